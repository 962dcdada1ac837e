//! What changed between two interfaces for those who call them: whether a caller built against the old is safe with the new.
//!
//! Follows what the wire does, paths and fingerprints, and nothing else: does not look at imports, at documentation, nor
//! at whether the new one can be served.

use std::collections::HashMap;
use std::fmt;

use crate::function::Function;
use crate::interface::Interface;
use crate::name::InterfaceName;
use crate::path::{path, service};
use crate::place::{Place, place};
use crate::signature::difference;
use crate::wit::Wit;

/// Every change that a caller can notice, those of the old one's functions first, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// The changes. Empty if nothing that can be called changed.
    pub changes: Vec<Change>,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The interface, as the old one calls it; as the new one does, if it is new.
    pub interface: InterfaceName,
    /// The function's WIT name; `None` if the change is of the interface as a whole.
    pub function: Option<String>,
    /// What happened.
    pub kind: ChangeKind,
}

/// What happened to an interface or a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// Nothing answers under the interface's paths any more: it is gone, or its version is one that cannot replace the
    /// old one. Breaks callers.
    RemovedInterface {
        /// The interface of the same name and another version, if there is one: it has other paths.
        successor: Option<InterfaceName>,
    },
    /// Nothing answers under the function's path any more. Breaks callers.
    RemovedFunction,
    /// The function has another fingerprint. Breaks callers.
    ChangedType {
        /// The old type as WIT text, definitions after it; at most [`crate::MAX_SIGNATURE_BYTES`].
        old: String,
        /// The new type, likewise.
        new: String,
        /// Where the two part first, and how.
        place: Place,
    },
    /// An interface that no caller of the old one knows. Safe.
    AddedInterface,
    /// A function that no caller of the old one knows. Safe.
    AddedFunction,
}

/// Compares what the worlds of `old` and `new` export, interface by interface and function by function.
///
/// Functions meet by their path, so that `@0.1.5` replaces `@0.1.0` and `@0.2.0` does not; the functions of the world
/// itself are taken to be served under one name. Functions that are not carried yet ([`Function::uncarried`]) are
/// compared like the others. To leave out what is never offered, give [`Wit::served`] of both.
pub fn diff(old: &Wit, new: &Wit) -> Diff {
    diff_interfaces(&old.exports(), &new.exports())
}

/// The same for interfaces of several worlds: all that a server offers.
pub fn diff_interfaces(old: &[Interface], new: &[Interface]) -> Diff {
    let (old_functions, new_functions) = (by_path(old), by_path(new));
    let (old_services, new_services) = (by_service(old), by_service(new));
    let mut changes = Vec::new();
    for interface in old {
        let change = |function: Option<&Function>, kind| Change {
            interface: interface.name.clone(),
            function: function.map(|function| function.name.clone()),
            kind,
        };
        let is_gone = !new_services.contains_key(&service(&interface.name, WORLD));
        if is_gone && interface.name != InterfaceName::World && !interface.functions.is_empty() {
            let successor = successor(&interface.name, new);
            changes.push(change(None, ChangeKind::RemovedInterface { successor }));
            continue;
        }
        for function in &interface.functions {
            let kind = match new_functions.get(&path(&interface.name, &function.name, WORLD)) {
                None => ChangeKind::RemovedFunction,
                Some(now) if now.iter().any(|now| now.fingerprint() == function.fingerprint()) => continue,
                Some(now) => match now.first() {
                    None => ChangeKind::RemovedFunction,
                    Some(now) => ChangeKind::ChangedType {
                        old: function.signature(),
                        new: now.signature(),
                        place: place(function, now),
                    },
                },
            };
            changes.push(change(Some(function), kind));
        }
    }
    for interface in new {
        let change = |function: Option<&Function>, kind| Change {
            interface: interface.name.clone(),
            function: function.map(|function| function.name.clone()),
            kind,
        };
        let is_new = !old_services.contains_key(&service(&interface.name, WORLD));
        if is_new && interface.name != InterfaceName::World && !interface.functions.is_empty() {
            changes.push(change(None, ChangeKind::AddedInterface));
            continue;
        }
        for function in &interface.functions {
            if !old_functions.contains_key(&path(&interface.name, &function.name, WORLD)) {
                changes.push(change(Some(function), ChangeKind::AddedFunction));
            }
        }
    }
    Diff { changes }
}

impl Diff {
    /// Whether every call that a caller of the old one can make means the same to the new one.
    pub fn is_safe(&self) -> bool {
        self.changes.iter().all(|change| change.kind.is_safe())
    }
}

impl Change {
    /// The interface and the function in one word, as a person writes them: `demo:calc/ops@0.1.0.add`, `run`.
    pub fn subject(&self) -> String {
        match (&self.interface, &self.function) {
            (InterfaceName::World, Some(function)) => function.clone(),
            (interface, Some(function)) => format!("{interface}.{function}"),
            (interface, None) => interface.to_string(),
        }
    }

    /// For a changed type the two signatures line by line, as [`difference`] shows them.
    pub fn difference(&self) -> Option<String> {
        match &self.kind {
            ChangeKind::ChangedType { old, new, .. } => Some(difference(old, new)),
            _ => None,
        }
    }
}

impl ChangeKind {
    /// Whether callers of the old one notice nothing.
    pub fn is_safe(&self) -> bool {
        matches!(self, ChangeKind::AddedInterface | ChangeKind::AddedFunction)
    }

    /// One word for a program: `removed-interface`, `removed-function`, `changed-type`, `added-interface`,
    /// `added-function`.
    pub fn word(&self) -> &'static str {
        match self {
            ChangeKind::RemovedInterface { .. } => "removed-interface",
            ChangeKind::RemovedFunction => "removed-function",
            ChangeKind::ChangedType { .. } => "changed-type",
            ChangeKind::AddedInterface => "added-interface",
            ChangeKind::AddedFunction => "added-function",
        }
    }
}

impl fmt::Display for Diff {
    /// One line a change; nothing if there is none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.changes.iter().try_for_each(|change| writeln!(f, "{change}"))
    }
}

impl fmt::Display for Change {
    /// One line: `breaks demo:calc/ops@0.1.0.add: parameter `b`: `s32` became `s64``.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let effect = if self.kind.is_safe() { "safe" } else { "breaks" };
        write!(f, "{effect} {}: ", self.subject())?;
        match &self.kind {
            ChangeKind::RemovedInterface { successor: None } => f.write_str("the interface is gone"),
            ChangeKind::RemovedInterface { successor: Some(now) } => {
                write!(f, "the interface is gone; `{now}` has other paths on the wire")
            }
            ChangeKind::RemovedFunction => f.write_str("the function is gone"),
            ChangeKind::ChangedType { place, .. } => write!(f, "{place}"),
            ChangeKind::AddedInterface => f.write_str("the interface is new"),
            ChangeKind::AddedFunction => f.write_str("the function is new"),
        }
    }
}

/// Several functions of one path cannot be served together; any of them may be the one that is.
fn by_path(interfaces: &[Interface]) -> HashMap<String, Vec<&Function>> {
    let mut functions: HashMap<String, Vec<&Function>> = HashMap::new();
    for interface in interfaces {
        for function in &interface.functions {
            let path = path(&interface.name, &function.name, WORLD);
            functions.entry(path).or_default().push(function);
        }
    }
    functions
}

fn by_service(interfaces: &[Interface]) -> HashMap<String, &Interface> {
    let services = interfaces.iter().map(|i| (service(&i.name, WORLD), i));
    services.collect()
}

/// The interface of the same name, whatever its version.
fn successor(gone: &InterfaceName, new: &[Interface]) -> Option<InterfaceName> {
    let unversioned = |name: &InterfaceName| match name.clone() {
        InterfaceName::Package {
            namespace,
            package,
            interface,
            ..
        } => Some((namespace, package, interface)),
        _ => None,
    };
    let wanted = unversioned(gone)?;
    let mut names = new.iter().map(|interface| &interface.name);
    names.find(|name| unversioned(name).as_ref() == Some(&wanted)).cloned()
}

/// Stands for the name under which the world's own functions are served, in the old and in the new.
const WORLD: &str = "world";
