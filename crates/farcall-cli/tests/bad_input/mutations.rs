//! Damaged components: cut off anywhere, changed anywhere. Whatever is left of one loads, or is refused with its name.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use farcall::{Component, ComponentConfig, Host};

use crate::harness::{Ended, calc, component, run, text};

/// As many as fit into a few seconds; the seed makes a failure come again.
const MUTATIONS: u64 = 400;
const CUTS: usize = 64;
const BY_THE_BINARY: u64 = 24;

#[test]
fn no_cut_component_loads() {
    let (host, whole) = (Host::default(), std::fs::read(calc()).expect("calc.wasm"));
    for cut in (0..whole.len()).step_by(whole.len() / CUTS) {
        let loaded = Component::from_bytes(&host, Path::new("cut.wasm"), &whole[..cut], &ComponentConfig::default());
        let error = loaded.expect_err("a part is no component").to_string();
        assert!(error.contains("cut.wasm"), "cut at {cut}: {error}");
    }
}

#[test]
fn no_changed_component_breaks_the_loader() {
    let (host, whole) = (Host::default(), std::fs::read(calc()).expect("calc.wasm"));
    let mut refused = 0;
    for seed in 1..=MUTATIONS {
        let bytes = changed(&whole, seed);
        let path = Path::new("changed.wasm");
        let load = || Component::from_bytes(&host, path, &bytes, &ComponentConfig::default());
        match catch_unwind(AssertUnwindSafe(load)) {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => {
                let error = error.to_string();
                assert!(error.contains("changed.wasm"), "seed {seed}: {error}");
                refused += 1;
            }
            Err(_) => panic!("seed {seed} panics"),
        }
    }
    assert!(
        refused > MUTATIONS / 10,
        "only {refused} of {MUTATIONS} were refused: the test changes too little"
    );
}

#[tokio::test]
async fn a_changed_component_is_called_or_refused_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = std::fs::read(calc()).expect("calc.wasm");
    for seed in 1..=BY_THE_BINARY {
        let path = folder.path().join("changed.wasm");
        std::fs::write(&path, changed(&whole, seed)).expect("a file");
        let Ended { code, stderr, .. } = run(&["call", text(&path), "add(1, 2)", "--deadline", "2s"]).await;
        assert!(!stderr.contains("panicked"), "seed {seed}: {stderr}");
        match code {
            Some(0) => {}
            Some(1) => assert!(stderr.contains("changed.wasm"), "seed {seed}: {stderr}"),
            // The name or the types of the function may be what changed.
            Some(2) => assert!(stderr.starts_with("error: "), "seed {seed}: {stderr}"),
            code => panic!("seed {seed} ends with {code:?}: {stderr}"),
        }
    }
}

#[tokio::test]
async fn a_cut_file_is_refused_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let whole = std::fs::read(calc()).expect("calc.wasm");
    for part in [7, 8, 9, whole.len() / 2, whole.len() - 1] {
        let path = folder.path().join("cut.wasm");
        std::fs::write(&path, &whole[..part]).expect("a file");
        run(&["serve", text(&path), "--listen", "127.0.0.1:0"])
            .await
            .fails(1, &["cut.wasm"]);
    }
}

#[tokio::test]
async fn a_component_that_claims_more_memory_than_allowed_is_one_calls_failure() {
    let vast = lifting(
        "(memory (export \"memory\") 65536)",
        "(func (export \"one\") (result i32) (i32.const 1))",
    );
    fails_to_call(&vast, "vast.wasm", "RESOURCE_EXHAUSTED").await;
}

#[tokio::test]
async fn a_component_that_never_ends_its_start_meets_the_deadline() {
    let start = "(func $start (loop (br 0))) (start $start)";
    let endless = lifting(start, "(func (export \"one\") (result i32) (i32.const 1))");
    fails_to_call(&endless, "endless.wasm", "DEADLINE_EXCEEDED").await;
}

#[tokio::test]
async fn types_nested_without_end_are_refused_by_name() {
    let depth = 5_000;
    let lists: String = (1..=depth)
        .map(|n| format!("(type $t{n} (list $t{}))\n", n - 1))
        .collect();
    let wat = format!(
        "(component (type $t0 (list u8)) {lists}
           (core module $code (func (export \"one\") (param i32 i32)) (memory (export \"memory\") 1)
             (func (export \"realloc\") (param i32 i32 i32 i32) (result i32) (i32.const 0)))
           (core instance $code (instantiate $code))
           (func $one (param \"v\" $t{depth}) (canon lift (core func $code \"one\") (memory $code \"memory\")
             (realloc (func $code \"realloc\"))))
           (instance $i (export \"one\" (func $one)))
           (export \"test:deep/i\" (instance $i)))"
    );
    let folder = tempfile::tempdir().expect("a folder");
    let deep = component(folder.path(), "deep.wasm", &wat);
    run(&["serve", &deep, "--listen", "127.0.0.1:0"])
        .await
        .fails(1, &["deep.wasm"]);
}

async fn fails_to_call(wat: &str, name: &str, code: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = component(folder.path(), name, wat);
    let ended = run(&["call", &file, "one()", "--deadline", "500ms"]).await;
    ended.fails(1, &[name, code]);
}

/// A component with the function `one`, around a module of these fields.
fn lifting(fields: &str, one: &str) -> String {
    format!(
        "(component
           (core module $code {fields} {one})
           (core instance $code (instantiate $code))
           (func $one (result u32) (canon lift (core func $code \"one\")))
           (instance $i (export \"one\" (func $one)))
           (export \"test:hostile/i\" (instance $i)))"
    )
}

/// The bytes with one to eight changes: a bit, a byte, a byte more, a byte less, a stretch twice.
fn changed(whole: &[u8], seed: u64) -> Vec<u8> {
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mut bytes = whole.to_vec();
    for _ in 0..=random.below(8) {
        let at = random.below(bytes.len());
        match random.below(5) {
            0 => bytes[at] ^= 1 << random.below(8),
            1 => bytes[at] = random.next() as u8,
            2 => bytes.insert(at, random.next() as u8),
            3 => drop(bytes.remove(at)),
            _ => {
                let end = (at + random.below(64)).min(bytes.len());
                let stretch = bytes[at..end].to_vec();
                bytes.splice(at..at, stretch);
            }
        }
    }
    bytes
}

/// Xorshift: the same numbers at every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}
