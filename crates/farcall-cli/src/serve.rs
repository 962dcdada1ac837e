//! `farcall serve`: components behind listeners, until a signal.

use std::io::Write;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use farcall::{Component, Host, Limits, Registry, Server, ServerConfig};

use crate::failure::Usage;
use crate::guest::{Guest, Printing};
use crate::stop;

/// Offer what components export, to callers in any process
///
/// Every exported interface is served, except `wasi:*`. Guests reach nothing that no flag names. One line a listener on
/// standard output says where; everything else goes to standard error. SIGTERM and Ctrl-C let calls under way end.
#[derive(Args)]
#[command(after_help = "Examples:
  farcall serve calc.wasm
  farcall serve components/ --listen 127.0.0.1:0
  farcall serve app.wasm --link demo:calc/ops=http://127.0.0.1:7070 --env MODE=fast --dir ./data::/data")]
pub struct Serve {
    /// Components, or folders of them (each .wasm file in it)
    #[arg(required = true, value_name = "FILE|DIR")]
    files: Vec<PathBuf>,
    /// Where to listen; port 0 picks one
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:7070")]
    listen: Vec<String>,
    /// The component's name, instead of its file's
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    guest: Guest,
}

impl Serve {
    /// Serves until a signal.
    pub async fn run(&self) -> anyhow::Result<ExitCode> {
        let files = self.files()?;
        if self.name.is_some() && files.len() > 1 {
            return Err(Usage(format!("--name names one component, and there are {}", files.len())).into());
        }
        let mut config = self.guest.config(Printing::Tagged, Limits::default().deadline)?;
        config.name.clone_from(&self.name);
        let host = Host::default();
        let components = tokio::task::block_in_place(|| Component::load_all(&host, &files, &config))?;
        for component in &components {
            for left in &component.left_out {
                eprintln!(
                    "warning: {}: {} is left out: {}",
                    component.path.display(),
                    left.name,
                    left.why
                );
            }
        }
        let deadline = config.limits.deadline;
        let server = ServerConfig {
            max_message: self.guest.max_message(),
            max_deadline: deadline,
            default_deadline: deadline,
            drain_timeout: DRAIN,
            ..ServerConfig::default()
        };
        self.listen.iter().for_each(|listen| warn_beyond_loopback(listen));
        let server = Server::bind(Registry::new(components)?, &self.listen, &server).await?;
        // Whoever reads that it listens may ask it to stop.
        let stop = stop::asked_to();
        announce(&server.addresses())?;
        let running = server.calls_running();
        let (asked, again) = tokio::sync::oneshot::channel();
        let draining = async move {
            stop.await;
            let _ = asked.send(stop::asked_to());
            match running() {
                0 => {}
                calls => {
                    eprintln!("stopping: {calls} under way may end within {DRAIN:?}; a second signal stops at once")
                }
            }
        };
        let second = async {
            match again.await {
                Ok(again) => again.await,
                Err(_) => std::future::pending().await,
            }
        };
        let abandoned = tokio::select! {
            abandoned = server.serve(draining) => abandoned,
            () = second => bail!("stopped at once; the calls under way are given up"),
        };
        match abandoned {
            0 => Ok(ExitCode::SUCCESS),
            calls => bail!("{calls} of the calls under way did not end within {DRAIN:?} and were given up"),
        }
    }

    fn files(&self) -> anyhow::Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        for file in &self.files {
            match file.is_dir() {
                true => files.extend(components_in(file)?),
                false => files.push(file.clone()),
            }
        }
        Ok(files)
    }
}

fn components_in(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = paths
        .collect::<Result<Vec<_>, _>>()
        .with_context(|| format!("cannot read {}", folder.display()))?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "wasm"));
    paths.sort();
    if paths.is_empty() {
        bail!("{} holds no .wasm file", folder.display());
    }
    Ok(paths)
}

fn announce(addresses: &[SocketAddr]) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    for address in addresses {
        writeln!(out, "listening on http://{address}")?;
    }
    Ok(out.flush()?)
}

fn warn_beyond_loopback(listen: &str) {
    let beyond = listen
        .to_socket_addrs()
        .is_ok_and(|mut found| found.any(|address| !address.ip().is_loopback()));
    if beyond {
        eprintln!("warning: {listen} is reachable from other machines, without TLS: whoever reaches it may call");
    }
}

const DRAIN: Duration = Duration::from_secs(10);
