//! Plain modules as a user meets them: served, called, linked with components and with each other. Their bad input too.

#[path = "../harness/mod.rs"]
mod harness;

mod bad;
mod links;
mod served;

use std::path::Path;

/// A module of `tests/components`, in text as it is.
pub fn module(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/components")
        .join(name);
    harness::text(&path).to_string()
}

/// Writes a module's text into a folder.
pub fn written(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("it can be written");
    harness::text(&path).to_string()
}
