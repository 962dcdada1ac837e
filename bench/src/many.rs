//! Components by the number: one of many functions, many of one. Written as text; they add two numbers and need no toolchain.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Result;

/// A component whose interface `bench:many/INTERFACE` has functions `f0`, `f1` and so on; each adds two numbers and its own.
pub fn component(interface: &str, functions: usize, first: usize) -> Result<Vec<u8>> {
    let (mut module, mut lifts, mut exports) = (String::new(), String::new(), String::new());
    for f in 0..functions {
        let own = first + f;
        writeln!(
            module,
            "(func (export \"f{f}\") (param i32 i32) (result i32)
               (i32.add (i32.const {own}) (i32.add (local.get 0) (local.get 1))))"
        )?;
        writeln!(
            lifts,
            "(func $f{f} (param \"a\" s32) (param \"b\" s32) (result s32) (canon lift (core func $i \"f{f}\")))"
        )?;
        writeln!(exports, "(export \"f{f}\" (func $f{f}))")?;
    }
    let text = format!(
        "(component (core module $m {module}) (core instance $i (instantiate $m)) {lifts}
           (instance $ops {exports}) (export \"bench:many/{interface}@0.1.0\" (instance $ops)))"
    );
    Ok(wat::parse_str(text)?)
}

/// A folder of components with one function each; returns the file of the one in the middle.
pub fn folder(folder: &Path, components: usize) -> Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    let file = |c: usize| folder.join(format!("c{c}.wasm"));
    for c in 0..components {
        std::fs::write(file(c), component(&format!("c{c}"), 1, c)?)?;
    }
    Ok(file(components / 2))
}
