//! What the macros refuse: each error points at the token, and says what to write instead.
//!
//! Compiles each piece with the compiler that compiled this test.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use serde_json::Value;

/// The library as cargo built it for this test: the newest, where several are left from before.
fn library() -> (PathBuf, PathBuf) {
    let test = std::env::current_exe().expect("the test has a file");
    let folder = test.parent().expect("it is in a folder").to_path_buf();
    let newest = std::fs::read_dir(&folder)
        .expect("the folder can be read")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| name(path).starts_with("libfarcall_guest-") && name(path).ends_with(".rlib"))
        .max_by_key(|path| {
            let written = path.metadata().and_then(|metadata| metadata.modified());
            written.unwrap_or(SystemTime::UNIX_EPOCH)
        });
    (folder, newest.expect("the library was built"))
}

fn name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// Whether it points at the beginning of this: a macro's error of several tokens is shown at the first of them.
fn is_at(at: &str, expected: &str) -> bool {
    !at.is_empty() && expected.starts_with(at)
}

/// Errors of a piece of source: each message with its notes, and the text that it points at.
fn errors(source: &str) -> Vec<(String, String)> {
    let (folder, library) = library();
    let written = format!("farcall-refused-{}-{:p}.rmeta", std::process::id(), &library);
    let written = std::env::temp_dir().join(written);
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut compiler = Command::new(rustc)
        .args([
            "-",
            "--edition=2024",
            "--crate-type=lib",
            "--emit=metadata",
            "--error-format=json",
            "-o",
        ])
        .arg(&written)
        .arg("-L")
        .arg(format!("dependency={}", folder.display()))
        .arg("--extern")
        .arg(format!("farcall_guest={}", library.display()))
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the compiler runs");
    let source = format!("#![allow(unused)]\nuse farcall_guest::{{Status, Value, wasm_rpc}};\n{source}");
    let mut stdin = compiler.stdin.take().expect("it is piped");
    std::io::Write::write_all(&mut stdin, source.as_bytes()).expect("the compiler reads");
    drop(stdin);
    let output = compiler.wait_with_output().expect("the compiler ends");
    let _ = std::fs::remove_file(written);
    let said = String::from_utf8(output.stderr).expect("it says UTF-8");
    let messages = said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let errors = messages.filter(|message| message["level"] == "error" && message["spans"][0].is_object());
    let told = |message: Value| {
        let notes = message["children"].as_array().cloned().unwrap_or_default();
        let mut text = message["message"].as_str().unwrap_or_default().to_string();
        for note in notes {
            text += "\n";
            text += note["message"].as_str().unwrap_or_default();
        }
        let spans = message["spans"].as_array().cloned().unwrap_or_default();
        let span = spans
            .iter()
            .find(|span| span["is_primary"] == true)
            .cloned()
            .unwrap_or_default();
        let place = |name: &str| span[name].as_u64().unwrap_or_default() as usize;
        (text, source[place("byte_start")..place("byte_end")].to_string())
    };
    errors.map(told).collect()
}

#[track_caller]
fn refused(source: &str, token: &str, said: &str) {
    let errors = errors(source);
    let found = errors.iter().any(|(text, at)| text.contains(said) && is_at(at, token));
    assert!(found, "{source}: expected `{said}` at `{token}`, found {errors:#?}");
}

#[test]
fn what_is_supported_compiles() {
    let source = "
        /// A place.
        #[derive(Value, Clone)] pub struct Point { x: i32, y: i32 }
        #[derive(Value)] pub enum Figure { Empty, Line(Point, Point), Text(String) }
        pub type Id = u64;
        #[wasm_rpc] fn sub(a: i32, b: i32) -> i32 {}
        #[wasm_rpc] pub fn add(a: i32, mut b: i32) -> i32 { b += a; b }
        #[wasm_rpc] fn ping();
        #[wasm_rpc] fn pong() { () }
        #[wasm_rpc(interface = \"demo:calc/ops@0.1.0\")] fn turn(id: Id, f: &Figure, names: &[&str]) -> Result<Vec<Point>, Status> {}
        #[wasm_rpc] fn back(points: &[Point], name: &str, one: &Point, o: Option<(u8, char)>) -> Result<(), Figure> { Ok(()) }
    ";
    assert_eq!(errors(source), []);
}

#[test]
fn types_that_cannot_travel_are_pointed_at() {
    for (ty, token, said) in [
        ("usize", "usize", "take u32 or u64"),
        ("Vec<Option<isize>>", "isize", "take i32 or i64"),
        ("u128", "u128", "has no WIT type"),
        ("&mut i32", "mut", "cannot travel"),
        ("[u8; 4]", "[u8; 4]", "take Vec<T>"),
        ("*const u8", "*const u8", "means nothing to the other side"),
        ("fn() -> u8", "fn() -> u8", "means nothing to the other side"),
        ("impl Iterator", "impl Iterator", "leaves the type open"),
        ("Vec<()>", "()", "stands for no result"),
        ("std::time::Duration", "std::time::Duration", "supported: bool, char"),
        (
            "std::collections::HashMap<u8, u8>",
            "std::collections::HashMap<u8, u8>",
            "has no WIT type",
        ),
        ("Option<&str>", "Option<&str>", "take String for &str"),
    ] {
        refused(&format!("#[wasm_rpc] fn f(a: {ty}) -> u8 {{ 1 }}"), token, said);
    }
    refused("#[wasm_rpc] fn f() -> usize {}", "usize", "take u32 or u64");
    refused("#[wasm_rpc] fn f() -> ! { loop {} }", "!", "no result");
}

#[test]
fn functions_that_cannot_be_marked_are_pointed_at() {
    for (source, token, said) in [
        ("async fn f() {}", "async", "async"),
        ("unsafe fn f() {}", "unsafe", "unsafe"),
        ("extern \"C\" fn f() {}", "extern \"C\"", "leave `extern` out"),
        ("fn f<T>(a: T) {}", "T", "cannot be generic"),
        ("fn f((a, b): (u8, u8)) {}", "(a, b)", "needs a name"),
        ("fn f(self) {}", "self", "a method"),
        ("fn camelCase() {}", "camelCase", "no name in WIT"),
        ("fn f(sha_256: u8) {}", "sha_256", "no name in WIT"),
        ("fn f(a: u8, _a: u8) {}", "_a", "two parameters"),
        ("struct S;", "struct", "marks a function"),
        ("const fn f() -> u8 {}", "const", "cannot be const"),
    ] {
        refused(&format!("#[wasm_rpc] {source}"), token, said);
    }
    refused(
        "#[wasm_rpc(interfaces = \"a\")] fn f();",
        "interfaces",
        "unknown option",
    );
    refused("#[wasm_rpc(interface = \"calc\")] fn f();", "\"calc\"", "no interface");
}

#[test]
fn types_that_cannot_be_derived_are_pointed_at() {
    for (source, token, said) in [
        ("struct S;", "S", "without fields"),
        ("enum E {}", "E", "without cases"),
        ("union U { a: u8 }", "union", "take an enum"),
        ("struct S<T> { a: T }", "T", "cannot be generic"),
        ("enum E { A { x: u8 } }", "{ x: u8 }", "a struct of its own"),
        ("struct S { a: usize }", "usize", "take u32 or u64"),
        ("struct S { aB: u8 }", "aB", "no name in WIT"),
        ("struct S { a: std::rc::Rc<u8> }", "std::rc::Rc<u8>", "has no WIT type"),
    ] {
        refused(&format!("#[derive(Value)] {source}"), token, said);
    }
}

#[test]
fn a_borrow_of_a_parameter_can_be_returned() {
    assert_eq!(errors("#[wasm_rpc] pub fn f(a: &str) -> &str { a }"), []);
}
