//! Names on the wire: `demo:calc/ops@0.1.0` and `add-one` become `/demo.calc.v0_1.Ops/AddOne`, `spec/names.md`.
//!
//! Does not parse paths: a server looks them up byte for byte among those of the functions it has.

use semver::Version;

use crate::name::{InterfaceName, NameError};

/// The path of a function: `/` service `/` method.
///
/// `world_service` names the service of the world's own functions, usually after the component.
pub fn path(interface: &InterfaceName, function: &str, world_service: &str) -> String {
    format!("/{}/{}", service(interface, world_service), method(function))
}

/// The service of an interface: `demo.calc.v0_1.Ops`.
pub fn service(interface: &InterfaceName, world_service: &str) -> String {
    match interface {
        InterfaceName::Package {
            namespace,
            package,
            interface,
            version,
        } => {
            let version = version.as_ref().map(version_segment).unwrap_or_default();
            format!("{}.{}.{version}{}", snake(namespace), snake(package), pascal(interface))
        }
        InterfaceName::Plain(name) => pascal(name),
        InterfaceName::World => match world_service.parse() {
            Ok(name @ InterfaceName::Package { .. }) => service(&name, ""),
            _ => pascal(&sanitised(world_service)),
        },
    }
}

/// The method of a function: `AddOne`, `Counter_Next`, `Counter__New`, `Counter__Drop` for `[resource-drop]counter`.
pub fn method(function: &str) -> String {
    let Some((kind, name)) = function.strip_prefix('[').and_then(|rest| rest.split_once(']')) else {
        return pascal(function);
    };
    match (kind, name.split_once('.')) {
        (_, Some((resource, member))) => format!("{}_{}", pascal(resource), pascal(member)),
        ("constructor", None) => format!("{}__New", pascal(name)),
        ("resource-drop", None) => format!("{}__Drop", pascal(name)),
        (_, None) => pascal(name),
    }
}

/// The method of a plain module's export: as the label that it becomes by `_` to `-`, otherwise `Raw__` and the
/// lowercase hex of its UTF-8.
pub fn core_method(export: &str) -> String {
    let label = export.replace('_', "-");
    // `a-b` and `a_b` would meet, so only names without `-` become labels.
    if !export.contains('-') && crate::name::label(&label).is_ok() && !export.contains(|c: char| c.is_ascii_uppercase())
    {
        return pascal(&label);
    }
    let hex: String = export.bytes().map(|byte| format!("{byte:02x}")).collect();
    format!("Raw__{hex}")
}

/// The WIT name of a plain module's export: the label that it becomes, otherwise `raw-x` and the lowercase hex of its
/// UTF-8.
pub fn core_label(export: &str) -> String {
    let label = export.replace('_', "-");
    match core_method(export).strip_prefix("Raw__") {
        Some(hex) => format!("raw-x{hex}"),
        None => label,
    }
}

/// The path of a plain module's export.
pub fn core_path(interface: &InterfaceName, export: &str) -> String {
    format!("/{}/{}", service(interface, ""), core_method(export))
}

/// The interface that a plain module's functions belong to: `name` itself where it is that of an interface, otherwise a
/// label made of it, often a file's name, as of a component's (spec: N-9).
pub fn core_interface(name: &str) -> Result<InterfaceName, NameError> {
    let label = || {
        let label = sanitised(name).to_ascii_lowercase();
        label.trim_end_matches('-').to_owned()
    };
    match name.parse() {
        Ok(InterfaceName::World) => Ok(InterfaceName::Plain(label())),
        Err(_) if !name.contains([':', '/']) => Ok(InterfaceName::Plain(label())),
        parsed => parsed,
    }
}

/// The component model's `canonversion`: what two versions share that can replace each other. `1.2.3` is `1`,
/// `0.2.6-rc.1` is `0.2`, `0.0.1` is itself.
pub(crate) fn canonical_version(version: &Version) -> String {
    match (version.major, version.minor, version.patch) {
        (0, 0, patch) => format!("0.0.{patch}"),
        (0, minor, _) => format!("0.{minor}"),
        (major, ..) => major.to_string(),
    }
}

fn version_segment(version: &Version) -> String {
    format!("v{}.", canonical_version(version).replace('.', "_"))
}

pub(crate) fn snake(label: &str) -> String {
    label.to_ascii_lowercase().replace('-', "_")
}

/// `types-and-more` is `TypesAndMore`, `get-JSON` is `GetJson`, `sha-256` is `Sha_256`.
pub(crate) fn pascal(label: &str) -> String {
    let mut out = String::with_capacity(label.len());
    for word in label.split('-') {
        let mut chars = word.chars();
        match chars.next() {
            Some(first) if first.is_ascii_digit() => out.extend(['_', first]),
            Some(first) => out.push(first.to_ascii_uppercase()),
            None => {}
        }
        out.extend(chars.map(|c| c.to_ascii_lowercase()));
    }
    out
}

/// A component's name, often a file's, as a label: runs of anything but letters and digits become one `-`.
pub(crate) fn sanitised(name: &str) -> String {
    let words = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    let label = words.collect::<Vec<_>>().join("-");
    if label.starts_with(|c: char| c.is_ascii_alphabetic()) {
        label
    } else {
        format!("world-{label}")
    }
}
