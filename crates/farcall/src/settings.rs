//! What flags and a configuration file say about a component, and which of them wins.
//!
//! Reads neither flags nor files: `config` reads files, the command its flags.

use std::path::{Path, PathBuf};
use std::time::Duration;

use farcall_host::{Dir, Grants, Limits, Policy};

use crate::component::ComponentConfig;
use crate::error::Error;
use crate::link::Links;

/// What was said; `None` and empty are what was left open.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The component's name.
    pub name: Option<String>,
    /// How its instances live.
    pub policy: Option<Policy>,
    /// How long a call may take.
    pub deadline: Option<Duration>,
    /// The largest request or response, in bytes.
    pub max_message: Option<usize>,
    /// The memory of one instance, in bytes.
    pub memory: Option<usize>,
    /// Environment variables; a later one of the same name wins.
    pub env: Vec<(String, String)>,
    /// Directories.
    pub dirs: Vec<Dir>,
    /// Links of which each must link something.
    pub links: Links,
    /// Whether functions of the world itself are served.
    pub world_functions: Option<bool>,
    /// Whether every exported function of a plain module is served.
    pub all_exports: Option<bool>,
    /// The path of the device.
    pub device: Option<String>,
    /// A file of WIT: what a program serves over the device.
    pub wit: Option<PathBuf>,
}

impl Settings {
    /// Both, where `self` wins: over its deadline, its policy and so on, and over its links and variables by name.
    pub fn over(self, below: Settings) -> Settings {
        let mut env = below.env;
        env.retain(|(name, _)| self.env.iter().all(|(other, _)| other != name));
        env.extend(self.env);
        let mut dirs = below.dirs;
        dirs.retain(|dir| self.dirs.iter().all(|other| other.guest != dir.guest));
        dirs.extend(self.dirs);
        Settings {
            name: self.name.or(below.name),
            policy: self.policy.or(below.policy),
            deadline: self.deadline.or(below.deadline),
            max_message: self.max_message.or(below.max_message),
            memory: self.memory.or(below.memory),
            env,
            dirs,
            links: self.links.over(below.links),
            world_functions: self.world_functions.or(below.world_functions),
            all_exports: self.all_exports.or(below.all_exports),
            device: self.device.or(below.device),
            wit: self.wit.or(below.wit),
        }
    }

    /// The component's configuration, with the defaults of [`Limits`] for what was left open.
    pub fn component(self) -> ComponentConfig {
        let defaults = Limits::default();
        let limits = Limits {
            memory: self.memory.unwrap_or(defaults.memory),
            message: self.max_message.unwrap_or(defaults.message),
            deadline: self.deadline.unwrap_or(defaults.deadline),
            ..defaults
        };
        let mut links = self.links;
        links.client.max_message = limits.message;
        ComponentConfig {
            name: self.name,
            links,
            grants: Grants {
                env: self.env,
                dirs: self.dirs,
                ..Grants::default()
            },
            limits,
            policy: self.policy.unwrap_or_default(),
            world_functions: self.world_functions.unwrap_or_default(),
            all_exports: self.all_exports.unwrap_or_default(),
            device: self.device,
            wit: self.wit,
            ..ComponentConfig::default()
        }
    }
}

/// `HOST::GUEST`, the host's part relative to `folder`.
pub fn dir(text: &str, folder: &Path) -> Result<Dir, Error> {
    match text.split_once("::") {
        Some((host, guest)) if !host.is_empty() && !guest.is_empty() => Ok(Dir {
            host: folder.join(host),
            guest: guest.to_string(),
            read_only: false,
        }),
        _ => Err(Error::Setting(format!(
            "{text} is not a directory's grant: it looks like HOST::GUEST, as in ./data::/data"
        ))),
    }
}

/// The components in a folder: each `.wasm` and `.wat` file directly in it, by name.
pub fn components_in(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let failed = |source| Error::Read {
        path: folder.into(),
        source,
    };
    let entries = std::fs::read_dir(folder).map_err(failed)?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = paths.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "wasm" || extension == "wat")
    });
    paths.sort();
    match paths.is_empty() {
        true => Err(Error::Component {
            path: folder.into(),
            why: "the folder holds no .wasm or .wat file".into(),
        }),
        false => Ok(paths),
    }
}
