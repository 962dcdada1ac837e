//! The host that components are loaded into, with the folder that keeps their compiled code.
//!
//! Not here: what is kept and what of it is trusted; the host knows.

use std::path::PathBuf;

use farcall::{Host, HostConfig};

/// A host whose compiled code outlives it.
pub fn host() -> Host {
    let mut config = HostConfig::default();
    config.cache = cache();
    Host::new(config)
}

/// `FARCALL_CACHE`, where `off` is none; else `farcall` in the user's folder for such things.
fn cache() -> Option<PathBuf> {
    let variable = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    match variable("FARCALL_CACHE") {
        Some(folder) if folder.as_os_str() == "off" => None,
        Some(folder) => Some(folder),
        None => {
            let folder = variable("XDG_CACHE_HOME").or_else(|| Some(variable("HOME")?.join(".cache")));
            folder
                .filter(|folder| folder.is_absolute())
                .map(|folder| folder.join("farcall"))
        }
    }
}
