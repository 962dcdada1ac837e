//! Where calls go: one endpoint or a set of them, parsed from text. Opens no socket: that is `client::dial`.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use http::uri::{Authority, Scheme, Uri};

use crate::address::{UNIX, unix_path};

/// One server, `http://host:port` or `unix:/path`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    place: Place,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Tcp(Authority),
    Unix(PathBuf),
}

impl Endpoint {
    /// Host and port as they are sent in `:authority`; a unix socket is `localhost`.
    pub(crate) fn authority(&self) -> Authority {
        match &self.place {
            Place::Tcp(authority) => authority.clone(),
            Place::Unix(_) => Authority::from_static("localhost"),
        }
    }

    /// The host, without the brackets of an IPv6 address; `None` for a unix socket.
    pub fn host(&self) -> Option<&str> {
        match &self.place {
            Place::Tcp(authority) => Some(authority.host().trim_start_matches('[').trim_end_matches(']')),
            Place::Unix(_) => None,
        }
    }

    /// The port; 80 if the text names none; `None` for a unix socket.
    pub fn port(&self) -> Option<u16> {
        match &self.place {
            Place::Tcp(authority) => Some(authority.port_u16().unwrap_or(80)),
            Place::Unix(_) => None,
        }
    }

    /// The path of a unix socket.
    pub fn path(&self) -> Option<&Path> {
        match &self.place {
            Place::Tcp(_) => None,
            Place::Unix(path) => Some(path),
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Tcp(authority) => write!(f, "http://{authority}"),
            Place::Unix(path) => write!(f, "{UNIX}{}", path.display()),
        }
    }
}

impl FromStr for Endpoint {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, TargetError> {
        let invalid = |why: &'static str| TargetError::Invalid {
            text: text.to_owned(),
            why,
        };
        let later = |scheme: &'static str| TargetError::NotYet {
            text: text.to_owned(),
            scheme,
        };
        if let Some(path) = text.strip_prefix(UNIX) {
            let place = Place::Unix(unix_path(path).map_err(invalid)?);
            return Ok(Endpoint { place });
        }
        let uri: Uri = text.parse().map_err(|_| invalid("it is not a URL"))?;
        match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTP => {}
            Some(scheme) if *scheme == Scheme::HTTPS => return Err(later("https")),
            Some(scheme) if scheme.as_str() == "nats" => return Err(later("nats")),
            Some(_) => return Err(invalid("its scheme is not known")),
            None => return Err(invalid("it lacks a scheme")),
        }
        let authority = uri.authority().ok_or_else(|| invalid("it lacks a host"))?;
        if authority.host().is_empty() {
            return Err(invalid("it lacks a host"));
        }
        if authority.as_str().contains('@') {
            return Err(invalid("it holds a user name or password"));
        }
        if authority.as_str() != authority.host() && authority.port_u16().is_none() {
            return Err(invalid("its port is not a number up to 65535"));
        }
        if uri.query().is_some() || !matches!(uri.path(), "" | "/") {
            return Err(invalid("it has a path or a query, where only host and port belong"));
        }
        let place = Place::Tcp(authority.clone());
        Ok(Endpoint { place })
    }
}

/// A set of endpoints that serve the same functions; calls are spread over them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    first: Endpoint,
    others: Vec<Endpoint>,
}

impl Target {
    /// The endpoints, in the order they were named; at least one.
    pub fn endpoints(&self) -> impl Iterator<Item = &Endpoint> {
        std::iter::once(&self.first).chain(&self.others)
    }
}

impl From<Endpoint> for Target {
    fn from(first: Endpoint) -> Self {
        Target {
            first,
            others: Vec::new(),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first)?;
        self.others.iter().try_for_each(|endpoint| write!(f, ",{endpoint}"))
    }
}

impl FromStr for Target {
    type Err = TargetError;

    /// `http://a:1`, `unix:/a.sock` or a list of them, `http://a:1,unix:/b.sock`: at most 1,024 endpoints. A path that
    /// holds a comma cannot be written.
    fn from_str(text: &str) -> Result<Self, TargetError> {
        let count = text.split(',').count();
        if count > MAX_ENDPOINTS {
            return Err(TargetError::TooMany {
                count,
                limit: MAX_ENDPOINTS,
            });
        }
        let mut endpoints = text.split(',').map(|part| part.trim().parse());
        let first = endpoints.next().unwrap_or(Err(TargetError::Invalid {
            text: String::new(),
            why: "it is empty",
        }))?;
        Ok(Target {
            first,
            others: endpoints.collect::<Result<_, _>>()?,
        })
    }
}

/// Why a text is not a target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// The text is wrong.
    #[error("`{text}` is not a target: {why}; a target looks like http://127.0.0.1:7070 or unix:/run/calc.sock")]
    Invalid {
        /// What was given.
        text: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The text is right, and this version cannot reach it.
    #[error("`{text}`: targets of scheme {scheme} are not supported yet; use http://host:port or unix:/path")]
    NotYet {
        /// What was given.
        text: String,
        /// Its scheme.
        scheme: &'static str,
    },
    /// Too many endpoints.
    #[error("a target of {count} endpoints is over the limit of {limit}")]
    TooMany {
        /// How many were given.
        count: usize,
        /// How many there may be.
        limit: usize,
    },
}

const MAX_ENDPOINTS: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_parsed_and_printed_alike() {
        for (text, host, port) in [
            ("http://127.0.0.1:7070", "127.0.0.1", 7070),
            ("http://[::1]:7070", "::1", 7070),
            ("http://calc.example", "calc.example", 80),
        ] {
            let endpoint: Endpoint = text.parse().unwrap();
            assert_eq!(
                (endpoint.host(), endpoint.port(), endpoint.to_string()),
                (Some(host), Some(port), text.to_owned())
            );
        }
        assert_eq!("http://a:1/".parse::<Endpoint>().unwrap().to_string(), "http://a:1");
    }

    #[test]
    fn a_target_is_a_set() {
        let target: Target = "http://a:1, unix:/b.sock".parse().unwrap();
        assert_eq!(target.endpoints().count(), 2);
        assert_eq!(target.to_string(), "http://a:1,unix:/b.sock");
        let paths: Vec<_> = target.endpoints().map(Endpoint::path).collect();
        assert_eq!(paths, [None, Some(Path::new("/b.sock"))]);
    }

    #[test]
    fn what_comes_later_is_told_apart_from_what_is_wrong() {
        for text in ["https://a:1", "nats://a:4222"] {
            assert!(
                matches!(text.parse::<Target>(), Err(TargetError::NotYet { .. })),
                "{text}"
            );
        }
        for text in [
            "",
            "a",
            "a:1",
            "http://",
            "http://a:99999",
            "http://a:",
            "http://u:p@a:1",
            "http://a:1/x",
            "http://a:1?x",
            "ftp://a",
            "http://a:1,",
            ",http://a:1",
            "/a/b",
            "unix:",
            "unix:a.sock",
            "unix://host/a.sock",
        ] {
            assert!(
                matches!(text.parse::<Target>(), Err(TargetError::Invalid { .. })),
                "{text}"
            );
        }
        let many = vec!["http://a:1"; 1025].join(",");
        assert_eq!(
            many.parse::<Target>(),
            Err(TargetError::TooMany {
                count: 1025,
                limit: 1024
            })
        );
    }
}
