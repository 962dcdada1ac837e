//! Which of a component's imports nothing here answers, all of them at once.
//!
//! Not here: whether an answered import has the right type; the engine's linker checks that.

use crate::engine;
use wasmtime::Engine;
use wasmtime::component::Component;
use wasmtime::component::types::{ComponentExtern, ComponentItem};

/// What a component imports.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Imports {
    /// The names that nothing answers, as the component writes them.
    pub(crate) missing: Vec<String>,
    /// Whether anything of WASI is among the rest.
    pub(crate) wasi: bool,
}

impl Imports {
    pub(crate) fn of(component: &Component, engine: &Engine) -> Self {
        let answered = engine::answered();
        let mut imports = Self::default();
        for (name, import) in component.component_type().imports(engine) {
            if !needs_an_answer(engine, &import) {
                continue;
            }
            let (interface, version) = name.split_once('@').unwrap_or((name, ""));
            if !answered.contains(interface) || !is_on_track(interface, version) {
                imports.missing.push(name.to_owned());
            } else if interface.starts_with("wasi:") {
                imports.wasi = true;
            }
        }
        imports
    }
}

/// An interface of plain types alone is satisfied by being named.
fn needs_an_answer(engine: &Engine, import: &ComponentExtern<'_>) -> bool {
    match &import.ty {
        ComponentItem::Type(_) => false,
        ComponentItem::ComponentInstance(instance) => instance
            .exports(engine)
            .any(|(_, export)| needs_an_answer(engine, &export)),
        _ => true,
    }
}

/// Whether the linker takes `version` for one that it has: the component model's compatible versions.
fn is_on_track(interface: &str, version: &str) -> bool {
    let track = if interface.starts_with("wasi:") { "0.2." } else { "0.1." };
    version
        .strip_prefix(track)
        .is_some_and(|patch| !patch.is_empty() && patch.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_released_versions_of_a_track_are_answered() {
        assert!(is_on_track("wasi:io/poll", "0.2.0"));
        assert!(is_on_track("wasi:io/poll", "0.2.12"));
        assert!(!is_on_track("wasi:io/poll", "0.3.0"));
        assert!(!is_on_track("wasi:io/poll", "0.2.0-rc.1"));
        assert!(!is_on_track("wasi:io/poll", ""));
        assert!(is_on_track("wasm-rpc:core/transport", "0.1.3"));
    }
}
