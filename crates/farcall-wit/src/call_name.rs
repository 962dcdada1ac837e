//! How a person names a call: `demo:calc/ops@0.1.0.add(1, 2)`, version and package left out where that is unambiguous.
//!
//! Does not parse the arguments, nor decide what is unambiguous: it says which interfaces a name may mean.

use std::fmt;
use std::str::FromStr;

use semver::Version;

use crate::limits::MAX_NAME_BYTES;
use crate::name::{InterfaceName, NameError, label, parse_version};

/// What a call names: an interface, perhaps, and a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallName {
    /// The interface as far as it was said; `None` for a function alone.
    pub interface: Option<InterfacePattern>,
    /// The WIT name of the function.
    pub function: String,
}

/// An interface as a person names it: `ops`, `calc/ops`, `demo:calc/ops`, `demo:calc/ops@0.1.0`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterfacePattern {
    /// `demo`, if it was said.
    pub namespace: Option<String>,
    /// `calc`, if it was said.
    pub package: Option<String>,
    /// `ops`.
    pub interface: String,
    /// `0.1.0`, if it was said.
    pub version: Option<Version>,
}

/// Why a text is no call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallNameError {
    /// No `(...)` at the end.
    #[error("`{text}` is not a call: expected `interface.function(arguments)`, as in `demo:calc/ops.add(1, 2)`")]
    NoArguments {
        /// The text, cut to a length that can be shown.
        text: String,
    },
    /// A part is no name.
    #[error(transparent)]
    Name(#[from] NameError),
}

/// Splits `demo:calc/ops@0.1.0.add(1, 2)` into the name and the text of the arguments, `(1, 2)`.
pub fn parse_call(text: &str) -> Result<(CallName, &str), CallNameError> {
    let text = text.trim();
    match text.find('(') {
        Some(at) if text.ends_with(')') => {
            let (name, arguments) = text.split_at(at);
            Ok((name.trim_end().parse()?, arguments))
        }
        _ => Err(CallNameError::NoArguments {
            text: text.chars().take(80).collect(),
        }),
    }
}

impl FromStr for CallName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<CallName, NameError> {
        if text.len() > MAX_NAME_BYTES {
            return Err(NameError::TooLong { length: text.len() });
        }
        let (interface, function) = match text.rsplit_once('.') {
            Some((interface, function)) => (Some(interface.parse()?), function),
            None if text.contains(['/', ':', '@']) => return Err(NameError::Form { name: text.to_owned() }),
            None => (None, text),
        };
        Ok(CallName {
            interface,
            function: label(function)?.to_owned(),
        })
    }
}

impl FromStr for InterfacePattern {
    type Err = NameError;

    fn from_str(text: &str) -> Result<InterfacePattern, NameError> {
        let (name, version) = match text.split_once('@') {
            Some((name, version)) => (name, Some(parse_version(version)?)),
            None => (text, None),
        };
        let (package, interface) = match name.split_once('/') {
            Some((package, interface)) => (Some(package), interface),
            None if name.contains(':') => return Err(NameError::Form { name: text.to_owned() }),
            None => (None, name),
        };
        let (namespace, package) = match package.map(|package| package.split_once(':').ok_or(package)) {
            Some(Ok((namespace, package))) => (Some(namespace), Some(package)),
            Some(Err(package)) => (None, Some(package)),
            None => (None, None),
        };
        let owned = |text: Option<&str>| text.map(|text| label(text).map(str::to_owned)).transpose();
        Ok(InterfacePattern {
            namespace: owned(namespace)?,
            package: owned(package)?,
            interface: label(interface)?.to_owned(),
            version,
        })
    }
}

impl InterfacePattern {
    /// Whether `name` may be meant. What was left out may be anything; what was said must be the same.
    pub fn matches(&self, name: &InterfaceName) -> bool {
        let said = |said: &Option<String>, is: &String| said.as_ref().is_none_or(|said| said == is);
        match name {
            InterfaceName::World => false,
            InterfaceName::Plain(name) => {
                self.namespace.is_none() && self.package.is_none() && self.version.is_none() && self.interface == *name
            }
            InterfaceName::Package {
                namespace,
                package,
                interface,
                version,
            } => {
                said(&self.namespace, namespace)
                    && said(&self.package, package)
                    && self.interface == *interface
                    && (self.version.is_none() || self.version == *version)
            }
        }
    }
}

impl CallName {
    /// Whether a function of this name in the interface `name` may be meant: a function alone may be of any interface,
    /// or of the world.
    pub fn matches(&self, name: &InterfaceName) -> bool {
        self.interface.as_ref().is_none_or(|pattern| pattern.matches(name))
    }
}

impl fmt::Display for InterfacePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.namespace
            .iter()
            .try_for_each(|namespace| write!(f, "{namespace}:"))?;
        self.package.iter().try_for_each(|package| write!(f, "{package}/"))?;
        f.write_str(&self.interface)?;
        self.version.iter().try_for_each(|version| write!(f, "@{version}"))
    }
}

impl fmt::Display for CallName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.interface
            .iter()
            .try_for_each(|interface| write!(f, "{interface}."))?;
        f.write_str(&self.function)
    }
}
