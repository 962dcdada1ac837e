//! Loading: what is there comes out, and what is hostile, cut off or missing becomes an error.
//!
//! Does not look at fingerprints or names on the wire.

use farcall_wit::wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use farcall_wit::wit_parser::{ManglingAndAbi, Resolve};
use farcall_wit::{InterfaceName, LoadError, MAX_TEXT_BYTES, Type, Wit};

const CALC: &str = r#"
package demo:calc@0.1.0;

/// Numbers and shapes.
interface types {
  record point { x: s32, y: s32 }
  variant shape { circle(f64), polygon(list<point>), nothing }
}

/// What it can do.
interface ops {
  use types.{point, shape};
  /// Adds one.
  add-one: func(x: u32) -> u32;
  area: func(s: shape) -> result<f64, string>;
  move: func(p: point) -> point;
}

interface log { write: func(line: string); }

world calc {
  import log;
  export ops;
  export version: func() -> string;
  export extra: interface { f: func(); }
}
"#;

/// A real component of a world, with bodies that trap.
fn component(text: &str, world: &str) -> Vec<u8> {
    let mut resolve = Resolve::new();
    let package = resolve.push_source("test.wit", text).unwrap();
    let world = resolve.select_world(&[package], Some(world)).unwrap();
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Standard32);
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default()
        .module(&module)
        .unwrap()
        .validate(true)
        .encode()
        .unwrap()
}

fn names(wit: &Wit) -> Vec<String> {
    wit.exports()
        .iter()
        .map(|interface| interface.name.to_string())
        .collect()
}

#[test]
fn a_component_tells_its_exports_and_imports() {
    let wit = Wit::from_component(&component(CALC, "calc")).unwrap();
    let mut exported = names(&wit);
    exported.sort();
    assert_eq!(exported, ["", "demo:calc/ops@0.1.0", "extra"]);
    let exports = wit.exports();
    assert_eq!(exports[0].name, InterfaceName::World);
    assert_eq!(exports[0].functions[0].name, "version");
    let ops = exports
        .iter()
        .find(|i| i.name.to_string() == "demo:calc/ops@0.1.0")
        .unwrap();
    let area = ops.function("area").unwrap();
    assert!(matches!(&area.params[0].ty, Type::Variant(v) if v.cases[1].name == "polygon"));
    let imports: Vec<String> = wit.imports().iter().map(|i| i.name.to_string()).collect();
    assert!(imports.contains(&"demo:calc/log@0.1.0".to_owned()), "{imports:?}");
}

#[test]
fn a_component_and_its_wit_have_the_same_fingerprints() {
    let from_text = Wit::from_text("calc.wit", CALC, Some("calc")).unwrap();
    let from_binary = Wit::from_component(&component(CALC, "calc")).unwrap();
    for interface in from_text.exports() {
        let others = from_binary.exports();
        let other = others.iter().find(|i| i.name == interface.name).unwrap();
        for function in &interface.functions {
            let same = other.function(&function.name).unwrap();
            assert_eq!(function.fingerprint(), same.fingerprint(), "{}", function.name);
            assert_eq!(function.signature(), same.signature());
        }
    }
}

#[test]
fn documentation_comes_along() {
    let wit = Wit::from_text("calc.wit", CALC, None).unwrap();
    let exports = wit.exports();
    let ops = exports
        .iter()
        .find(|i| i.name.to_string() == "demo:calc/ops@0.1.0")
        .unwrap();
    assert_eq!(ops.docs.as_deref(), Some("What it can do."));
    assert_eq!(ops.function("add-one").unwrap().docs.as_deref(), Some("Adds one."));
}

#[test]
fn a_core_module_is_told_from_a_component_and_from_anything_else() {
    assert!(matches!(
        Wit::from_component(b"\0asm\x01\0\0\0"),
        Err(LoadError::CoreModule)
    ));
    for bytes in [&b""[..], b"\0as", b"\0asm", b"hello world", b"#!/bin/sh"] {
        let error = Wit::from_component(bytes).unwrap_err();
        assert!(
            matches!(error, LoadError::NotWasm | LoadError::InvalidComponent { .. }),
            "{error}"
        );
    }
}

#[test]
fn every_truncation_of_a_component_is_an_error_or_has_fewer_exports() {
    let whole = component(CALC, "calc");
    let exports = names(&Wit::from_component(&whole).unwrap());
    for end in 0..whole.len() {
        // A cut between two sections leaves a valid component that ends early.
        if let Ok(wit) = Wit::from_component(&whole[..end]) {
            assert!(names(&wit).len() <= exports.len());
        }
    }
    assert!(Wit::from_component(&whole[..whole.len() / 2]).is_err());
}

#[test]
fn no_flipped_byte_makes_loading_panic() {
    let whole = component(CALC, "calc");
    for at in 0..whole.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut bytes = whole.clone();
            bytes[at] ^= flip;
            if let Ok(wit) = Wit::from_component(&bytes) {
                let _ = (wit.exports(), wit.imports());
            }
        }
    }
}

#[test]
fn interfaces_without_a_world_are_exported_each() {
    let wit = Wit::from_text(
        "t",
        "package a:b; interface i { f: func(); } interface %world { g: func(); }",
        None,
    )
    .unwrap();
    assert_eq!(names(&wit), ["a:b/i", "a:b/world"]);
    let wit = Wit::from_text("t", "package a:b@1.0.0-rc.1; interface i { f: func(); }", None).unwrap();
    assert_eq!(names(&wit), ["a:b/i@1.0.0-rc.1"]);
}

#[test]
fn text_of_blocks_alone_has_the_package_that_no_other_uses_as_its_main_one() {
    let text = "package a:types { interface t { record r { x: u8 } } }
                package a:main { interface i { use a:types/t.{r}; f: func(r: r); } }";
    assert_eq!(names(&Wit::from_text("t", text, None).unwrap()), ["a:main/i"]);
    let text = "package a:types { interface t { record r { x: u8 } } }
                package a:main { world w { export a:types/t; } }";
    assert_eq!(names(&Wit::from_text("t", text, None).unwrap()), ["a:types/t"]);
}

#[test]
fn several_worlds_must_be_chosen_between() {
    let text = "package a:b; world one { export f: func(); } world two { export g: func(); }";
    let error = Wit::from_text("t", text, None).unwrap_err();
    assert!(
        matches!(&error, LoadError::World { reason } if reason.contains("one") && reason.contains("two")),
        "{error}"
    );
    let wit = Wit::from_text("t", text, Some("two")).unwrap();
    assert_eq!(wit.exports()[0].functions[0].name, "g");
    assert!(matches!(
        Wit::from_text("t", text, Some("three")),
        Err(LoadError::World { .. })
    ));
}

#[test]
fn wit_that_does_not_parse_says_where() {
    let error = Wit::from_text("my.wit", "package a:b;\ninterface i { f: funk(); }", None).unwrap_err();
    assert!(error.to_string().contains("my.wit:2:"), "{error}");
    let error = Wit::from_text("my.wit", "package a:b; interface i { use c:d/e.{f}; }", None).unwrap_err();
    assert!(error.to_string().contains("my.wit"), "{error}");
    assert!(matches!(
        Wit::from_text("t", "", None),
        Err(LoadError::World { .. } | LoadError::InvalidWit { .. })
    ));
}

#[test]
fn text_that_nests_or_chains_types_too_deep_is_refused() {
    let nested = format!(
        "package a:b; interface i {{ f: func(x: {}u8{}); }}",
        "list<".repeat(5000),
        ">".repeat(5000)
    );
    assert!(Wit::from_text("t", &nested, None).is_err());
    let mut chain = "package a:b; interface i { type t0 = list<u8>;\n".to_owned();
    for i in 1..20_000 {
        chain += &format!("type t{i} = list<t{}>;\n", i - 1);
    }
    chain += "f: func(x: t19999); }";
    let error = Wit::from_text("t", &chain, None).unwrap_err();
    assert!(
        matches!(
            error,
            LoadError::Limit {
                what: "levels of types",
                ..
            }
        ),
        "{error}"
    );
    let long = " ".repeat(MAX_TEXT_BYTES + 1);
    assert!(matches!(Wit::from_text("t", &long, None), Err(LoadError::Limit { .. })));
}

#[test]
fn too_many_functions_are_refused() {
    let functions: String = (0..10_001).map(|i| format!("fn{i}: func();\n")).collect();
    let error = Wit::from_text("t", &format!("package a:b; interface i {{ {functions} }}"), None).unwrap_err();
    assert!(matches!(error, LoadError::Limit { what: "functions", .. }), "{error}");
}

#[test]
fn a_folder_with_deps_a_file_and_a_component_all_load_by_path() {
    let dir = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("load-by-path");
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(dir.join("deps/other")).unwrap();
    std::fs::write(
        dir.join("deps/other/o.wit"),
        "package o:o; interface t { record r { x: u8 } }",
    )
    .unwrap();
    std::fs::write(
        dir.join("main.wit"),
        "package a:b; interface i { use o:o/t.{r}; f: func(r: r); }",
    )
    .unwrap();
    assert_eq!(names(&Wit::from_path(&dir, None).unwrap()), ["a:b/i"]);
    std::fs::write(dir.join("calc.txt"), CALC).unwrap();
    assert_eq!(
        names(&Wit::from_path(&dir.join("calc.txt"), Some("calc")).unwrap()).len(),
        3
    );
    std::fs::write(dir.join("calc.wasm"), component(CALC, "calc")).unwrap();
    assert_eq!(names(&Wit::from_path(&dir.join("calc.wasm"), None).unwrap()).len(), 3);
    assert!(matches!(
        Wit::from_path(&dir.join("none.wit"), None),
        Err(LoadError::Io { .. })
    ));
    std::fs::write(dir.join("empty.wasm"), b"").unwrap();
    assert!(matches!(
        Wit::from_path(&dir.join("empty.wasm"), None),
        Err(LoadError::NotWasm)
    ));
}
