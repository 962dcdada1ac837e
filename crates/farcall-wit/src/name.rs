//! What an interface is called: the world itself, an inline interface, or `ns:pkg/iface@ver`.
//!
//! Does not know paths on the wire (`path.rs`) nor how a person names a call (`call_name.rs`).

use std::fmt;
use std::str::FromStr;

use semver::Version;
use wit_parser::{InterfaceId, Resolve, WorldKey};

use crate::limits::MAX_NAME_BYTES;

/// The name of an interface, as it appears among a component's imports and exports.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum InterfaceName {
    /// The functions of the world itself. Displays as the empty string.
    World,
    /// An interface written inside the world: `export foo: interface { ... }`. Displays as `foo`.
    Plain(String),
    /// An interface of a package. Displays as `demo:calc/ops@0.1.0`.
    Package {
        /// `demo` in `demo:calc/ops@0.1.0`.
        namespace: String,
        /// `calc` in `demo:calc/ops@0.1.0`.
        package: String,
        /// `ops` in `demo:calc/ops@0.1.0`.
        interface: String,
        /// `0.1.0` in `demo:calc/ops@0.1.0`.
        version: Option<Version>,
    },
}

/// Why a text names no interface.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Longer than [`MAX_NAME_BYTES`].
    #[error("a name of {length} bytes is longer than {MAX_NAME_BYTES}")]
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// Not words of letters and digits joined with `-`.
    #[error("`{label}` is not a name: expected words of letters and digits joined with `-`, as in `my-name`")]
    Label {
        /// The part that is no label.
        label: String,
    },
    /// Not of the form `ns:pkg/iface@ver`.
    #[error("`{name}` does not name an interface: expected `namespace:package/interface@version`")]
    Form {
        /// The whole text.
        name: String,
    },
    /// Not a semantic version.
    #[error("`{version}` is not a version such as `1.2.0`: {reason}")]
    Version {
        /// The text after `@`.
        version: String,
        /// What the version parser said.
        reason: String,
    },
}

impl InterfaceName {
    /// The name under which a world of `resolve` imports or exports an interface.
    pub fn of_key(resolve: &Resolve, key: &WorldKey) -> InterfaceName {
        match key {
            WorldKey::Name(name) => name.parse().unwrap_or_else(|_| InterfaceName::Plain(name.clone())),
            WorldKey::Interface(id) => InterfaceName::of_interface(resolve, *id).unwrap_or(InterfaceName::World),
        }
    }

    /// The name of an interface in its package; `None` for an interface written inside a world.
    pub fn of_interface(resolve: &Resolve, id: InterfaceId) -> Option<InterfaceName> {
        let interface = resolve.interfaces.get(id)?;
        let package = &resolve.packages.get(interface.package?)?.name;
        Some(InterfaceName::Package {
            namespace: package.namespace.clone(),
            package: package.name.clone(),
            interface: interface.name.clone()?,
            version: package.version.clone(),
        })
    }

    /// Whether the package's namespace is `namespace` (as in `wasi`).
    pub fn is_in(&self, namespace: &str) -> bool {
        matches!(self, InterfaceName::Package { namespace: own, .. } if own == namespace)
    }
}

impl fmt::Display for InterfaceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InterfaceName::World => Ok(()),
            InterfaceName::Plain(name) => f.write_str(name),
            InterfaceName::Package {
                namespace,
                package,
                interface,
                version,
            } => {
                write!(f, "{namespace}:{package}/{interface}")?;
                version.iter().try_for_each(|version| write!(f, "@{version}"))
            }
        }
    }
}

impl FromStr for InterfaceName {
    type Err = NameError;

    fn from_str(name: &str) -> Result<InterfaceName, NameError> {
        if name.len() > MAX_NAME_BYTES {
            return Err(NameError::TooLong { length: name.len() });
        }
        let Some((package, rest)) = name.split_once('/') else {
            if name.is_empty() {
                return Ok(InterfaceName::World);
            }
            if name.contains([':', '@']) {
                return Err(NameError::Form { name: name.to_owned() });
            }
            return Ok(InterfaceName::Plain(label(name)?.to_owned()));
        };
        let Some((namespace, package)) = package.split_once(':') else {
            return Err(NameError::Form { name: name.to_owned() });
        };
        let (interface, version) = match rest.split_once('@') {
            Some((interface, version)) => (interface, Some(parse_version(version)?)),
            None => (rest, None),
        };
        Ok(InterfaceName::Package {
            namespace: label(namespace)?.to_owned(),
            package: label(package)?.to_owned(),
            interface: label(interface)?.to_owned(),
            version,
        })
    }
}

pub(crate) fn parse_version(version: &str) -> Result<Version, NameError> {
    Version::parse(version).map_err(|error| NameError::Version {
        version: version.to_owned(),
        reason: error.to_string(),
    })
}

/// The component model's `label`: words joined with `-`, each all lowercase or all uppercase; the first starts with a
/// letter.
pub(crate) fn label(text: &str) -> Result<&str, NameError> {
    let word = |word: &str| {
        let lower = word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let upper = word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        !word.is_empty() && (lower || upper)
    };
    if text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.split('-').all(word) {
        Ok(text)
    } else {
        Err(NameError::Label { label: text.to_owned() })
    }
}
