//! The options that say what a guest may reach and use: the same for `serve` and `run`.

use std::path::PathBuf;
use std::time::Duration;

use bytesize::ByteSize;
use clap::{Args, ValueEnum};
use farcall::{ComponentConfig, Dir, Grants, Input, Limits, Links, Output};

use crate::failure::Usage;

/// What guests may reach and use.
#[derive(Args)]
pub struct Guest {
    /// Send the calls of an import to a target: `demo:calc/ops=http://host:7070`, or `=callee.wasm` for a component in
    /// this process
    #[arg(long = "link", value_name = "IFACE=TARGET")]
    links: Vec<String>,
    /// How long one call may take: 30s, unless said; a command of `run` may take for ever
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    pub deadline: Option<Duration>,
    /// The largest request or response
    #[arg(long, value_name = "SIZE", default_value = "4MiB")]
    max_message: ByteSize,
    /// The memory that one call's instance may take
    #[arg(long, value_name = "SIZE", default_value = "512MiB")]
    memory: ByteSize,
    /// How instances live: `fresh`, one a call
    #[arg(long, value_enum, default_value = "fresh")]
    policy: Policy,
    /// An environment variable for the guest; it sees no other
    #[arg(long = "env", value_name = "K=V")]
    env: Vec<String>,
    /// A directory for the guest; it sees no other
    #[arg(long = "dir", value_name = "HOST::GUEST")]
    dirs: Vec<String>,
    /// Offer functions of the world itself too
    #[arg(long)]
    pub world_functions: bool,
}

/// How instances live.
#[derive(Clone, Copy, ValueEnum)]
enum Policy {
    /// One instance a call: calls share nothing
    Fresh,
}

/// Who sees what a guest prints.
pub enum Printing {
    /// The guest's output is this process's own.
    Own,
    /// Lines on standard error, tagged with the component's name.
    Tagged,
}

impl Guest {
    /// The largest message, in bytes.
    pub fn max_message(&self) -> usize {
        usize::try_from(self.max_message.as_u64()).unwrap_or(usize::MAX)
    }

    /// How components are loaded.
    pub fn config(&self, printing: Printing, default_deadline: Duration) -> anyhow::Result<ComponentConfig> {
        let Policy::Fresh = self.policy;
        let mut links = Links::default();
        links.client.max_message = self.max_message();
        for link in &self.links {
            links.add(link)?;
        }
        let env = self.env.iter().map(|pair| {
            let (name, value) = pair
                .split_once('=')
                .ok_or_else(|| Usage(format!("--env {pair}: it looks like NAME=VALUE")))?;
            Ok((name.to_string(), value.to_string()))
        });
        let dirs = self.dirs.iter().map(|pair| {
            let Some((host, guest)) = pair.split_once("::") else {
                return Err(Usage(format!(
                    "--dir {pair}: it looks like HOST::GUEST, as in ./data::/data"
                )));
            };
            Ok(Dir {
                host: PathBuf::from(host),
                guest: guest.to_string(),
                read_only: false,
            })
        });
        let (stdin, stdout, stderr) = match printing {
            Printing::Own => (Input::Inherit, Output::Inherit, Output::Inherit),
            Printing::Tagged => {
                let sink = Output::tagged(std::io::stderr());
                (Input::Empty, sink.clone(), sink)
            }
        };
        let grants = Grants {
            env: env.collect::<Result<_, Usage>>()?,
            dirs: dirs.collect::<Result<_, Usage>>()?,
            stdin,
            stdout,
            stderr,
            ..Grants::default()
        };
        let limits = Limits {
            memory: usize::try_from(self.memory.as_u64()).unwrap_or(usize::MAX),
            message: self.max_message(),
            deadline: self.deadline.unwrap_or(default_deadline),
            ..Limits::default()
        };
        let world_functions = self.world_functions;
        Ok(ComponentConfig {
            links,
            grants,
            limits,
            world_functions,
            ..ComponentConfig::default()
        })
    }
}
