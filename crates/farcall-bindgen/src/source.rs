//! The WIT that is bound, and the files that it was read from.
//!
//! Decides which interfaces are bound, and generates nothing.

use std::path::{Path, PathBuf};

use farcall_wit::wit_parser::{InterfaceId, WorldItem, WorldKey};
use farcall_wit::{InterfaceName, Wit};

use crate::input::{Input, Place};

/// A world, read.
pub(crate) struct Source {
    pub(crate) wit: Wit,
    /// What to build again after a change of.
    pub(crate) files: Vec<PathBuf>,
    /// Interfaces with functions to bind, in the order of the world, exports first.
    pub(crate) interfaces: Vec<(InterfaceName, InterfaceId)>,
}

impl Source {
    pub(crate) fn read(input: &Input) -> syn::Result<Source> {
        let failed = |error: &dyn std::fmt::Display| syn::Error::new(input.place.span(), error.to_string());
        let world = input.world.as_ref().map(|world| world.value());
        let (wit, files) = match &input.place {
            Place::Inline(text) => {
                let wit = Wit::from_text("the inline WIT", &text.value(), world.as_deref());
                (wit.map_err(|error| failed(&error))?, Vec::new())
            }
            Place::Path(path) => {
                let base = std::env::var_os("CARGO_MANIFEST_DIR")
                    .map(PathBuf::from)
                    .unwrap_or_default();
                let path = base.join(path.value());
                let wit = Wit::from_path(&path, world.as_deref());
                (wit.map_err(|error| failed(&error))?, files(&path))
            }
        };
        let interfaces = interfaces(&wit);
        if interfaces.is_empty() {
            return Err(failed(
                &"the world names no interface besides wasi's: there is nothing to bind",
            ));
        }
        Ok(Source { wit, files, interfaces })
    }
}

/// Those of the world, each once, without WASI's and the protocol's own, which every host answers.
fn interfaces(wit: &Wit) -> Vec<(InterfaceName, InterfaceId)> {
    let resolve = wit.resolve();
    let world = &resolve.worlds[wit.world()];
    let mut found: Vec<(InterfaceName, InterfaceId)> = Vec::new();
    for (key, item) in world.exports.iter().chain(&world.imports) {
        let WorldItem::Interface { id, .. } = item else {
            continue;
        };
        let name = name_of(wit, key);
        let is_answered = name.is_in("wasi") || name.is_in("wasm-rpc");
        if !is_answered && !found.iter().any(|(_, known)| known == id) {
            found.push((name, *id));
        }
    }
    found
}

fn name_of(wit: &Wit, key: &WorldKey) -> InterfaceName {
    InterfaceName::of_key(wit.resolve(), key)
}

/// Every `.wit` file at a path; a component's file itself.
fn files(path: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut rest = vec![path.to_path_buf()];
    while let Some(path) = rest.pop() {
        match std::fs::read_dir(&path) {
            Ok(entries) => rest.extend(entries.flatten().map(|entry| entry.path())),
            Err(_)
                if path
                    .extension()
                    .is_some_and(|extension| extension == "wit" || extension == "wasm") =>
            {
                found.push(path);
            }
            Err(_) => {}
        }
    }
    found.sort();
    found
}
