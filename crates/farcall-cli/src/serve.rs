//! `farcall serve`: components behind listeners, until a signal.

use std::io::Write;
use std::net::ToSocketAddrs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::bail;
use clap::Args;
use farcall::{Address, Config, Configured, Limits, Links, Registry, Server, ServerConfig, Settings, Source};

use crate::failure::Usage;
use crate::guest::{Guest, Printing};
use crate::{host::host, stop};

/// Offer what components export, to callers in any process
///
/// Every exported interface is served, except `wasi:*`. Guests reach nothing that no flag and no configuration names. A
/// folder's components are compiled at their first call. One line a listener on standard output says where; everything
/// else goes to standard error. SIGTERM and Ctrl-C let calls under way end.
#[derive(Args)]
#[command(after_help = "Examples:
  farcall serve calc.wasm
  farcall serve components/ --listen 127.0.0.1:0 --listen unix:/run/farcall.sock
  farcall serve app.wasm --link demo:calc/ops=http://10.0.0.1:7070,http://10.0.0.2:7070
  farcall serve calc.wasm --policy pooled --env MODE=fast --dir ./data::/data
  farcall serve --config farcall.toml

A configuration file:
  listen = [\"127.0.0.1:7070\"]          # a flag wins over the file, a component's table over what is for all
  health = false                       # also: reflection, interfaces, openapi: what clients and `inspect` ask
  cors = [\"https://app.example\"]       # pages that may call from a browser; \"*\" is any
  deadline = \"5s\"                      # also: max-message, memory, policy, env, dirs, links, world-functions, all-exports
  [[component]]                        # also: name, and wit = \"app.wit\" for a program on the device
  file = \"app.wasm\"                    # or folder = \"components/\"; paths are relative to the file
  policy = \"pooled\"
  env = { MODE = \"fast\" }
  links = { \"demo:calc/ops\" = [\"http://10.0.0.1:7070\", \"http://10.0.0.2:7070\"] }")]
pub struct Serve {
    /// Components, or folders of them (each .wasm file in it)
    #[arg(required_unless_present = "config", value_name = "FILE|DIR")]
    files: Vec<PathBuf>,
    /// Where to listen: HOST:PORT (port 0 picks one) or unix:/path; 127.0.0.1:7070, unless said
    #[arg(long, value_name = "ADDRESS")]
    listen: Vec<String>,
    /// The component's name, instead of its file's
    #[arg(long)]
    name: Option<String>,
    /// What a program serves over the device, where it does not announce that itself
    #[arg(long, value_name = "FILE.wit")]
    wit: Option<PathBuf>,
    /// What to serve and how, from a file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    guest: Guest,
}

impl Serve {
    /// Serves until a signal.
    pub async fn run(&self) -> anyhow::Result<ExitCode> {
        let (config, links, sources) = self.sources()?;
        let limits = sources.iter().map(|source| &source.config.limits);
        let max_message = limits.clone().map(|limits| limits.message).max();
        let deadline = limits.map(|limits| limits.deadline).max();
        let host = host();
        let components = tokio::task::block_in_place(|| farcall::load_all(&host, sources, &links))?;
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
        let defaults = Limits::default();
        let deadline = deadline.unwrap_or(defaults.deadline);
        let server = ServerConfig {
            max_message: max_message.unwrap_or(defaults.message),
            max_deadline: deadline,
            default_deadline: deadline,
            drain_timeout: DRAIN,
            cors: config.cors.clone(),
            ..ServerConfig::default()
        };
        let listen = match (self.listen.as_slice(), config.listen.as_slice()) {
            ([], []) => &[LISTEN.to_string()],
            ([], listen) | (listen, _) => listen,
        };
        listen.iter().for_each(|listen| warn_beyond_loopback(listen));
        let server = Server::bind(Registry::new(components)?.offer(config.built_in), listen, &server).await?;
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

    /// What the configuration and the flags name, each with its settings; and the links for whichever imports them.
    fn sources(&self) -> anyhow::Result<(Config, Links, Vec<Source>)> {
        let config = self
            .config
            .as_deref()
            .map(Config::read)
            .transpose()?
            .unwrap_or_default();
        let mut flags = self.guest.settings()?;
        let mut all = config.all.clone();
        let links = std::mem::take(&mut flags.links).over(std::mem::take(&mut all.links));
        let finish = |entry: Settings| Printing::Tagged.over(flags.clone().over(entry).over(all.clone()).component());
        let of_flags = self.files.iter().map(|path| Configured {
            path: path.clone(),
            settings: Settings::default(),
        });
        let mut sources = Vec::new();
        for entry in config.components.iter().cloned().chain(of_flags) {
            sources.extend(entry.sources(&finish)?);
        }
        let count = sources.len();
        match sources.as_mut_slice() {
            [] => return Err(Usage("nothing to serve: the configuration names no [[component]]".into()).into()),
            [source] => {
                source.config.name = self.name.clone().or(source.config.name.take());
                source.config.wit = self.wit.clone().or(source.config.wit.take());
            }
            _ => {
                let of_one = [
                    self.name.as_ref().map(|name| format!("--name {name} names")),
                    self.wit.as_ref().map(|wit| format!("--wit {} is for", wit.display())),
                ];
                if let Some(said) = of_one.into_iter().flatten().next() {
                    return Err(Usage(format!("{said} one component, and there are {count}")).into());
                }
            }
        }
        Ok((config, links, sources))
    }
}

fn announce(addresses: &[Address]) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    for address in addresses {
        writeln!(out, "listening on {address}")?;
    }
    Ok(out.flush()?)
}

fn warn_beyond_loopback(listen: &str) {
    let beyond = listen
        .strip_prefix("http://")
        .unwrap_or(listen)
        .to_socket_addrs()
        .is_ok_and(|mut found| found.any(|address| !address.ip().is_loopback()));
    if beyond {
        eprintln!("warning: {listen} is reachable from other machines, without TLS: whoever reaches it may call");
    }
}

const LISTEN: &str = "127.0.0.1:7070";
const DRAIN: Duration = Duration::from_secs(10);
