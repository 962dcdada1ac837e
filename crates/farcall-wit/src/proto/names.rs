//! Names in proto3: packages, fields, enum values, files, `spec/proto.md`.
//!
//! What is taken already `symbols.rs` knows; paths and services `path.rs`.

use crate::name::InterfaceName;
use crate::path;

/// The package of an interface's messages: `demo.calc.v0_1.ops` beside the service `demo.calc.v0_1.Ops`.
pub(crate) fn message_package(interface: &InterfaceName, world_service: &str) -> String {
    let (package, _) = split(&path::service(interface, world_service));
    full(&package, &segment(interface, world_service))
}

/// The file of an interface's service: `demo/calc/v0_1/ops.proto`.
pub(crate) fn service_file(interface: &InterfaceName, world_service: &str) -> String {
    format!("{}.proto", message_package(interface, world_service).replace('.', "/"))
}

/// The file of a package's messages: `demo/calc/v0_1/ops/types.proto`.
pub(crate) fn types_file(package: &str) -> String {
    format!("{}/types.proto", package.replace('.', "/"))
}

/// The package and the last name of a full name.
pub(crate) fn split(full: &str) -> (String, String) {
    match full.rsplit_once('.') {
        Some((package, name)) => (package.to_owned(), name.to_owned()),
        None => (String::new(), full.to_owned()),
    }
}

pub(crate) fn full(package: &str, name: &str) -> String {
    if package.is_empty() {
        name.to_owned()
    } else {
        format!("{package}.{name}")
    }
}

fn segment(interface: &InterfaceName, world_service: &str) -> String {
    let snake = match interface {
        InterfaceName::Package { interface, .. } => path::snake(interface),
        InterfaceName::Plain(name) => path::snake(name),
        InterfaceName::World => match world_service.parse() {
            Ok(name @ InterfaceName::Package { .. }) => return segment(&name, ""),
            _ => path::snake(&path::sanitised(world_service)),
        },
    };
    // spec: G-3. An interface `v1` beside a package of version 1 would declare its messages where that has its services.
    let is_version = snake
        .strip_prefix('v')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if is_version { format!("{snake}_") } else { snake }
}

/// The JSON name that every proto3 compiler gives a field: `_` dropped, the letter after it in uppercase.
pub(crate) fn json(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut raise = false;
    for c in name.chars() {
        match c {
            '_' => raise = true,
            c if raise => {
                out.push(c.to_ascii_uppercase());
                raise = false;
            }
            c => out.push(c),
        }
    }
    out
}

/// What two names of one message may not share: compilers compare JSON names, older ones without case.
pub(crate) fn key(name: &str) -> String {
    name.replace('_', "").to_ascii_lowercase()
}

/// `my-color` is `MY_COLOR`.
pub(crate) fn upper(label: &str) -> String {
    label.to_ascii_uppercase().replace('-', "_")
}

/// The names of members in order, of which no two share a [`key`]: the later of two gets `_f` and its number.
pub(crate) fn distinct<'a>(labels: impl IntoIterator<Item = &'a str>, first: u32) -> Vec<String> {
    let mut taken = std::collections::HashSet::new();
    let mut names = Vec::new();
    for (number, label) in (first..).zip(labels) {
        let mut name = path::snake(label);
        while !taken.insert(key(&name)) {
            name = format!("{name}_f{number}");
        }
        names.push(name);
    }
    names
}

/// A name for the `oneof` of a message that none of its fields has.
pub(crate) fn oneof(wanted: &str, fields: &[String]) -> String {
    // No label ends with `_`.
    if fields.iter().any(|field| field == wanted) {
        format!("{wanted}_")
    } else {
        wanted.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// spec: G-3
    #[test]
    fn messages_have_a_package_of_their_interface() {
        let package = |name: &str| message_package(&name.parse().unwrap(), "my-component");
        assert_eq!(package("demo:calc/ops@0.1.0"), "demo.calc.v0_1.ops");
        assert_eq!(package("a:b-c/types-and-more"), "a.b_c.types_and_more");
        assert_eq!(package("a:b/v1"), "a.b.v1_");
        assert_eq!(package("foo"), "foo");
        assert_eq!(package(""), "my_component");
        assert_eq!(message_package(&InterfaceName::World, "a:b/c@1.0.0"), "a.b.v1.c");
    }

    /// spec: G-5
    #[test]
    fn json_names_are_what_compilers_make() {
        assert_eq!(json("user_id"), "userId");
        assert_eq!(json("sha_256"), "sha256");
        assert_eq!(json("f0"), "f0");
        assert_eq!(
            distinct(["foo-1", "foo1", "foo1-f2", "foo-bar", "foobar"], 1),
            ["foo_1", "foo1_f2", "foo1_f2_f3", "foo_bar", "foobar_f5"]
        );
    }
}
