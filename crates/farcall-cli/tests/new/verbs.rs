//! What the verbs write and refuse. What they write is compiled in `projects`.

use std::path::Path;

use crate::harness::{calc, component, run, text};

const WIT: &str = "package demo:calc;
interface ops { add: func(a: u32, b: u32) -> u32; }
world calc { export ops; }
world client { import ops; export run: func() -> u32; }
";

const CORE: &str = r#"(module
  (func (export "demo:calc/ops#add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))"#;

fn wit(folder: &Path) -> String {
    let path = folder.join("calc.wit");
    std::fs::write(&path, WIT).expect("it can be written");
    text(&path).to_string()
}

#[tokio::test]
async fn new_refuses_a_folder_with_something_in_it_and_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = text(folder.path());
    std::fs::write(folder.path().join("mine"), "mine").expect("it can be written");
    let ended = run(&["new", "--lang", "c", "hello", "--dir", place]).await;
    ended.fails(1, &[place, "is not empty"]);
    let entries = std::fs::read_dir(folder.path()).expect("a folder");
    assert_eq!(entries.count(), 1);
}

#[tokio::test]
async fn new_refuses_names_and_languages_that_are_none() {
    let named = async |name| run(&["new", "--lang", "rust", "--dir", "/dev/null/none", name]).await;
    named("Hello_World")
        .await
        .fails(2, &["`Hello_World` is no name", "word-count"]);
    named("class").await.fails(2, &["`class` means something in C++"]);
    let ended = run(&["new", "--lang", "cobol", "hello"]).await;
    ended.fails(2, &["cobol", "rust, c, cpp, python, js, go"]);
}

#[tokio::test]
async fn bindings_are_written_below_the_folder_and_listed() {
    let folder = tempfile::tempdir().expect("a folder");
    let (wit, out) = (wit(folder.path()), folder.path().join("gen"));
    let out = text(&out);
    let ended = run(&["bindings", "--lang", "c", "--world", "client", &wit, "-o", out])
        .await
        .with(0);
    let listed: Vec<&str> = ended.stdout.lines().collect();
    let expected = ["client.c", "client.h", "client_component_type.o"].map(|file| format!("{out}/{file}"));
    assert_eq!(listed, expected);
    assert!(listed.iter().all(|path| Path::new(path).exists()));
    let ended = run(&["bindings", "--lang", "go", "--world", "calc", &wit, "-o", out])
        .await
        .with(0);
    assert!(ended.stdout.contains("wit_exports.go"), "{}", ended.stdout);
}

#[tokio::test]
async fn bindings_say_what_is_wrong_with_the_wit() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, wit) = (folder.path().join("bad.wit"), wit(folder.path()));
    let bindings = |wit: String, more: Vec<&'static str>| async move {
        let mut arguments = vec!["bindings", "--lang", "c", &wit, "-o", "/dev/null/none"];
        arguments.extend(more);
        run(&arguments).await
    };
    std::fs::write(&path, "package demo:calc;\nworld calc { export").expect("it can be written");
    let bad = text(&path).to_string();
    bindings(bad.clone(), vec![])
        .await
        .fails(1, &[&bad, "not valid WIT", ":2:"]);
    let missing = format!("{bad}.none");
    bindings(missing.clone(), vec![])
        .await
        .fails(1, &["cannot read", &missing]);
    let ended = bindings(wit.clone(), vec!["--world", "other"]).await;
    ended.fails(1, &[&wit, "other", "hint: --world"]);
    // There are two, and none is named.
    bindings(wit.clone(), vec![]).await.fails(1, &[&wit, "hint: --world"]);
    let ended = bindings(wit.clone(), vec!["--world", "calc"]).await;
    ended.fails(1, &["cannot write /dev/null/none"]);
    let ended = bindings(
        wit,
        vec!["--world", "calc", "--go-package", "a/gen", "--go-exports", "a"],
    )
    .await;
    ended.fails(2, &["--lang go"]);
}

#[tokio::test]
async fn componentize_makes_what_is_called() {
    let folder = tempfile::tempdir().expect("a folder");
    let (module, wit) = (component(folder.path(), "core.wasm", CORE), wit(folder.path()));
    let made = folder.path().join("calc.wasm");
    let made = text(&made);
    let ended = run(&["componentize", &module, "--wit", &wit, "--world", "calc", "-o", made]).await;
    ended.prints("");
    let ended = run(&["call", made, "demo:calc/ops.add(2, 40)"]).await;
    ended.prints("42\n");
}

#[tokio::test]
async fn componentize_says_what_is_wrong_with_the_module() {
    let folder = tempfile::tempdir().expect("a folder");
    let wit = wit(folder.path());
    let module = component(folder.path(), "core.wasm", CORE);
    let made = folder.path().join("made.wasm");
    let made = text(&made);
    let of = |arguments: Vec<String>| async move {
        let mut all = vec!["componentize", "-o", made];
        all.extend(arguments.iter().map(String::as_str));
        run(&all).await
    };
    let ended = of(vec![module.clone()]).await;
    ended.fails(1, &[&module, "nothing of its world", "hint: --wit PATH --world NAME"]);
    let with_wit = |module: &str, world: &str| {
        let arguments = [module, "--wit", &wit, "--world", world, "--wasi", "none"];
        of(arguments.map(String::from).to_vec())
    };
    with_wit(&module, "none").await.fails(1, &[&wit, "none"]);
    with_wit(&module, "client").await.fails(1, &[&module, "run"]);
    let mystery = r#"(module (import "env" "mystery" (func)) (func (export "demo:calc/ops#add") (param i32 i32) (result i32) i32.const 0))"#;
    let mystery = component(folder.path(), "mystery.wasm", mystery);
    with_wit(&mystery, "calc").await.fails(1, &[&mystery, "mystery"]);
    with_wit(&calc(), "calc").await.fails(1, &["a component already"]);
    let ended = of(vec![module.clone(), "--world".into(), "calc".into()]).await;
    ended.fails(2, &["--wit"]);
    let missing = format!("{module}.none");
    of(vec![missing.clone()]).await.fails(1, &[&missing]);
    assert!(!Path::new(made).exists());
}
