//! Core modules that become components: their section of WIT, their names, and what is refused.
//!
//! Runs none of them.

use farcall_adapter::{Annotation, Annotations, componentize, needs_component};
use farcall_wit::Wit;

#[test]
fn entries_of_several_objects_are_read_as_one_text() {
    let text = "/// Adds.\n/// Twice.\nexport add: func(a: s32, b: s32) -> s32;\n\0record point {\n  /// {\n  x: s32,\n}\n\
                import a:b/c@0.1.0#%list: func(p: point);record point {\n  /// {\n  x: s32,\n}\ntype id=u64;\n// said\n";
    let found = Annotations::parse(text).expect("it is well formed");
    let export = Annotation {
        interface: String::new(),
        name: "add".into(),
        ty: "func(a: s32, b: s32) -> s32".into(),
        docs: "/// Adds.\n/// Twice.\n".into(),
    };
    assert_eq!(found.exports, [export]);
    let import = Annotation {
        interface: "a:b/c@0.1.0".into(),
        name: "list".into(),
        ty: "func(p: point)".into(),
        docs: String::new(),
    };
    assert_eq!(found.imports, [import]);
    assert_eq!(found.types.keys().collect::<Vec<_>>(), ["id", "point"]);
}

#[test]
fn what_is_no_entry_is_refused() {
    for (text, said) in [
        ("export add", "has no end"),
        ("export add;", "no `name: func(...)`"),
        ("export : func();", "no `name: func(...)`"),
        ("record {}", "has no name"),
        ("world w {}", "expected export"),
        ("} export a: func();", "has no end"),
        ("record a { x: u8 } record a { x: u16 }", "two different types `a`"),
        ("export a: func(); export a: func(x: u8);", "declared twice"),
    ] {
        let error = Annotations::parse(text).expect_err(text).to_string();
        assert!(error.contains(said), "{text}: {error}");
    }
}

/// A module with that WIT and those fields.
fn module(wit: &str, fields: &str) -> Vec<u8> {
    let wit = wit.replace('\n', "\\n").replace('"', "\\\"");
    wat::parse_str(format!(
        r#"(module {fields} (memory (export "memory") 1) (@custom "wasm-rpc:wit" "{wit}")
            (func (export "cabi_realloc___wasm_rpc_greet") (param i32 i32 i32 i32) (result i32) (i32.const 64)))"#
    ))
    .expect("the module is well formed")
}

const GREET: &str = "/// Says hello.\nexport greet: func(name: string) -> string;\n";
const GREET_CORE: &str = r#"(func (export "__wasm_rpc_greet") (param i32 i32) (result i32) (i32.const 0))
    (func (export "cabi_post___wasm_rpc_greet") (param i32))"#;

#[track_caller]
fn check(wit: &str, fields: &str, name: &str, expected: &[&str]) {
    let component = componentize(&module(wit, fields), name).expect("it becomes a component");
    let rendered = Wit::from_component(&component).expect("a component").render();
    for line in expected {
        assert!(rendered.contains(line), "{line}: {rendered}");
    }
}

#[test]
fn exports_become_the_interface_that_is_named() {
    check(
        GREET,
        GREET_CORE,
        "m",
        &[
            "export m: interface {",
            "/// Says hello.",
            "greet: func(name: string) -> string;",
        ],
    );
    let expected = ["export demo:hello/words@0.1.0;", "greet: func(name: string) -> string;"];
    check(GREET, GREET_CORE, "demo:hello/words@0.1.0", &expected);
}

#[test]
fn types_come_along_with_the_functions_that_speak_of_them() {
    let wit = "record point {\n  x: s32,\n  colour: colour,\n}\nenum colour {\n  red,\n  blue,\n}\nrecord unused {\n  x: s32,\n}\n\
               import turn: func(p: point) -> point;\nexport shown: func(c: colour) -> colour;\n";
    let fields = r#"(import "env" "__wasm_rpc_turn" (func (param i32 i32 i32)))
        (func (export "__wasm_rpc_shown") (param i32) (result i32) (local.get 0))"#;
    let component = componentize(&module(wit, fields), "m").expect("it becomes a component");
    let rendered = Wit::from_component(&component).expect("a component").render();
    assert!(rendered.contains("import turn: func(p: point) -> point;"), "{rendered}");
    assert!(rendered.contains("record point {"), "{rendered}");
    assert!(!rendered.contains("unused"), "{rendered}");
}

#[test]
fn functions_that_name_their_interface_go_there() {
    let wit = "import demo:calc/ops@0.1.0#add: func(a: s32, b: s32) -> s32;\n\
               import demo:calc/ops@0.1.0#sub: func(a: s32, b: s32) -> s32;\n\
               export demo:twice/ops#double: func(a: s32) -> s32;\n";
    let fields = r#"(import "env" "__wasm_rpc_add" (func (param i32 i32) (result i32)))
        (import "env" "__wasm_rpc_sub" (func (param i32 i32) (result i32)))
        (func (export "__wasm_rpc_double") (param i32) (result i32) (local.get 0))
        (func (export "__wasm_rpc_loose_end") (param i64) (local.get 0) (drop))"#;
    let expected = [
        "import demo:calc/ops@0.1.0;",
        "export demo:twice/ops;",
        "add: func(a: s32, b: s32) -> s32;",
        "export m: interface {",
        "loose-end: func(p0: s64);",
    ];
    check(wit, fields, "m", &expected);
    assert!(needs_component(&module(wit, fields)).expect("a module"));
}

#[test]
fn what_is_declared_and_never_called_is_no_import() {
    let wit = format!("{GREET}import sub: func(a: s32, b: s32) -> s32;\n");
    let component = componentize(&module(&wit, GREET_CORE), "m").expect("it becomes a component");
    assert!(
        Wit::from_component(&component)
            .expect("a component")
            .imports()
            .is_empty()
    );
}

#[test]
fn a_module_of_preview_1_becomes_one_of_wasi_0_2() {
    let fields =
        format!(r#"(import "wasi_snapshot_preview1" "random_get" (func (param i32 i32) (result i32))) {GREET_CORE}"#);
    check(
        GREET,
        &fields,
        "m",
        &["import wasi:random/random@0.2", "export m: interface {"],
    );
}

#[test]
fn functions_of_core_types_alone_need_no_component() {
    let needs = |wit: &str| needs_component(&module(wit, "")).expect("a module");
    assert!(!needs(
        "export add: func(a: s32, b: f64) -> s64;\nexport ping: func();\nimport sub: func(a: f32);\n"
    ));
    for wit in [
        "export add: func(a: u32);\n",
        "export add: func() -> list<s32>;\n",
        "export add: func(a: tuple<s32, s32>);\n",
        "import add: func(a: bool);\n",
    ] {
        assert!(needs(wit), "{wit}");
    }
    assert!(!needs_component(&wat::parse_str("(module)").expect("a module")).expect("a module"));
}

#[test]
fn a_module_that_does_not_fit_its_wit_is_refused() {
    for (wit, fields, said) in [
        (GREET, "", "exports no __wasm_rpc_greet"),
        (GREET, r#"(func (export "__wasm_rpc_greet") (param i64))"#, "greet"),
        ("export greet: func(name: strin) -> string;\n", GREET_CORE, "strin"),
        (
            GREET,
            r#"(import "env" "elsewhere" (func)) (func (export "__wasm_rpc_greet"))"#,
            "env",
        ),
        ("", r#"(func (export "__wasm_rpc_Greet!"))"#, "its name is none in WIT"),
        (
            "",
            r#"(func (export "__wasm_rpc_two") (result i32 i32) unreachable)"#,
            "several results",
        ),
        (
            "",
            r#"(func (export "__wasm_rpc_vector") (param v128))"#,
            "a value of type v128 cannot travel",
        ),
        (
            "",
            r#"(func (export "__wasm_rpc_a_b")) (func (export "__wasm_rpc__a_b"))"#,
            "two exports are the function",
        ),
    ] {
        let error = componentize(&module(wit, fields), "m").expect_err(fields).to_string();
        assert!(error.contains(said), "{wit} {fields}: {error}");
    }
    let error = componentize(b"\0asm nothing", "m").expect_err("no module").to_string();
    assert!(error.contains("cannot be made into a component"), "{error}");
}
