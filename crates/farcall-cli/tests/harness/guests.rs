//! Where the components are that the tests run. Builds none; what is small is written as text in `tests/components`.

use std::path::{Path, PathBuf};

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A path as an argument.
pub fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

/// The demonstration's callee, `demo:calc/ops`.
pub fn calc() -> String {
    demo("calc.wasm")
}

/// The demonstration's caller: imports `demo:calc/ops`, exports `demo:calc/app`.
pub fn calc_client() -> String {
    demo("calc-client.wasm")
}

/// A caller of `demo:calc/ops` from when `add` took other integers.
pub fn outdated() -> &'static str {
    include_str!("../../demo/outdated.wat")
}

/// A guest that `cargo xtask guests` builds: from `$FARCALL_GUESTS`, else from where it builds, else as checked in.
pub fn built(name: &str) -> Option<PathBuf> {
    let root = root();
    let folders = std::env::var_os("FARCALL_GUESTS").map(PathBuf::from).into_iter();
    let folders = folders.chain([root.join("target/guests"), root.join("guests/fixtures")]);
    folders
        .map(|folder| folder.join(format!("{name}.wasm")))
        .find(|path| path.exists())
}

/// The same for one of those that are checked in.
pub fn fixture(name: &str) -> String {
    let path = built(name).unwrap_or_else(|| panic!("guests/fixtures has no {name}.wasm"));
    text(&path).to_string()
}

/// Writes a component, given as text, into a folder.
pub fn component(folder: &Path, name: &str, wat: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, wat::parse_str(wat).expect("the component's text is well formed"))
        .expect("it can be written");
    text(&path).to_string()
}

fn demo(name: &str) -> String {
    text(&Path::new(env!("CARGO_MANIFEST_DIR")).join("demo").join(name)).to_string()
}
