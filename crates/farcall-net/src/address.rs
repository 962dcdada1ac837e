//! Where a server listens, as text and as a value. Opens nothing and resolves no name.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::target::TargetError;

/// Where a server listens: `http://127.0.0.1:7070` or `unix:/run/calc.sock`. Its text is a target that reaches it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// An IP address and a port.
    Tcp(SocketAddr),
    /// The path of a unix socket.
    Unix(PathBuf),
}

impl Address {
    /// The IP address and port; `None` for a unix socket.
    pub fn socket(&self) -> Option<SocketAddr> {
        match self {
            Address::Tcp(address) => Some(*address),
            Address::Unix(_) => None,
        }
    }

    /// The path of the unix socket; `None` for an IP address.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Address::Tcp(_) => None,
            Address::Unix(path) => Some(path),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Tcp(address) => write!(f, "http://{address}"),
            Address::Unix(path) => write!(f, "{UNIX}{}", path.display()),
        }
    }
}

impl FromStr for Address {
    type Err = TargetError;

    /// `http://IP:PORT` or `unix:/path`: a name is not an address.
    fn from_str(text: &str) -> Result<Self, TargetError> {
        let invalid = |why| TargetError::Invalid {
            text: text.to_owned(),
            why,
        };
        if let Some(path) = text.strip_prefix(UNIX) {
            return unix_path(path).map(Address::Unix).map_err(invalid);
        }
        let socket = text
            .strip_prefix("http://")
            .ok_or_else(|| invalid("it lacks a scheme"))?;
        let socket = socket.strip_suffix('/').unwrap_or(socket);
        socket
            .parse()
            .map(Address::Tcp)
            .map_err(|_| invalid("it is not an IP address and a port"))
    }
}

/// The path behind `unix:`; what else it could be is said.
pub(crate) fn unix_path(path: &str) -> Result<PathBuf, &'static str> {
    if path.is_empty() {
        return Err("it lacks a path");
    }
    // `unix://host/path` would read as a path of a host.
    if !path.starts_with('/') || path.starts_with("//") {
        return Err("the path of a unix socket begins with one slash");
    }
    if path.contains('\0') {
        return Err("its path holds a zero byte");
    }
    if path.len() > MAX_UNIX_PATH {
        return Err("its path is longer than the system's limit for sockets");
    }
    Ok(path.into())
}

pub(crate) const UNIX: &str = "unix:";
/// What `sockaddr_un` has room for, without the zero byte at its end.
pub(crate) const MAX_UNIX_PATH: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_parsed_and_printed_alike() {
        for text in ["http://127.0.0.1:7070", "http://[::1]:80", "unix:/run/a b.sock"] {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "unix:",
            "unix:a",
            "unix://host/a",
            "http://name:80",
            "127.0.0.1:80",
            "unix:/a\0b",
        ] {
            assert!(text.parse::<Address>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_path_over_the_limit_is_refused() {
        let path = |length| format!("unix:/{}", "p".repeat(length - 1));
        assert!(path(MAX_UNIX_PATH).parse::<Address>().is_ok());
        assert!(path(MAX_UNIX_PATH + 1).parse::<Address>().is_err());
    }
}
