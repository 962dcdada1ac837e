//! The options that say what a guest may reach and use: the same for `serve` and `run`.

use std::path::Path;
use std::time::Duration;

use bytesize::ByteSize;
use clap::Args;
use clap::builder::PossibleValuesParser;
use farcall::{ComponentConfig, Grants, Input, Links, Output, Settings};

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
    deadline: Option<Duration>,
    /// The largest request or response: 4MiB, unless said
    #[arg(long, value_name = "SIZE")]
    max_message: Option<ByteSize>,
    /// The memory that one instance may take: 512MiB, unless said
    #[arg(long, value_name = "SIZE")]
    memory: Option<ByteSize>,
    /// How instances live: `fresh`, one a call, unless said; `pooled`, used again, for components that keep no state;
    /// `shared`, one for all calls, in turn
    #[arg(long, value_name = "POLICY", value_parser = PossibleValuesParser::new(["fresh", "pooled", "shared"]))]
    policy: Option<String>,
    /// An environment variable for the guest; it sees no other
    #[arg(long = "env", value_name = "K=V")]
    env: Vec<String>,
    /// A directory for the guest; it sees no other
    #[arg(long = "dir", value_name = "HOST::GUEST")]
    dirs: Vec<String>,
    /// Offer functions of the world itself too
    #[arg(long)]
    world_functions: bool,
    /// Offer every exported function of a plain module, not those alone that are called `__wasm_rpc_*`
    #[arg(long)]
    all_exports: bool,
    /// Where a plain module with WASI finds the device, over which it calls and serves: /dev/wasi/rpc, unless said
    #[arg(long, value_name = "PATH")]
    device: Option<String>,
}

/// Who sees what a guest prints.
#[derive(Clone, Copy)]
pub enum Printing {
    /// The guest's output is this process's own.
    Own,
    /// Lines on standard error, tagged with the component's name.
    Tagged,
}

impl Guest {
    /// What the flags say.
    pub fn settings(&self) -> anyhow::Result<Settings> {
        let mut links = Links::default();
        for link in &self.links {
            links.add(link)?;
        }
        let env = self.env.iter().map(|pair| {
            let (name, value) = pair
                .split_once('=')
                .ok_or_else(|| Usage(format!("--env {pair}: it looks like NAME=VALUE")))?;
            Ok((name.to_string(), value.to_string()))
        });
        let dirs = self.dirs.iter().map(|text| {
            let dir = farcall::dir(text, Path::new(""));
            dir.map_err(|error| Usage(format!("--dir {error}")))
        });
        let bytes = |size: ByteSize| usize::try_from(size.as_u64()).unwrap_or(usize::MAX);
        Ok(Settings {
            name: None,
            policy: self.policy.as_deref().map(str::parse).transpose()?,
            deadline: self.deadline,
            max_message: self.max_message.map(bytes),
            memory: self.memory.map(bytes),
            env: env.collect::<Result<_, Usage>>()?,
            dirs: dirs.collect::<Result<_, Usage>>()?,
            links,
            world_functions: self.world_functions.then_some(true),
            all_exports: self.all_exports.then_some(true),
            device: self.device.clone(),
            wit: None,
        })
    }
}

impl Printing {
    /// The configuration with this output.
    pub fn over(self, mut config: ComponentConfig) -> ComponentConfig {
        let (stdin, stdout, stderr) = match self {
            Printing::Own => (Input::Inherit, Output::Inherit, Output::Inherit),
            Printing::Tagged => {
                let sink = Output::tagged(std::io::stderr());
                (Input::Empty, sink.clone(), sink)
            }
        };
        config.grants = Grants {
            stdin,
            stdout,
            stderr,
            ..config.grants
        };
        config
    }
}
