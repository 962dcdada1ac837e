//! A survey lists what adapting gives, entry for entry.

use farcall_adapter::{AdaptError, Adapted, Plan, Serve, Survey, adapt, skeleton, stub, survey};
use farcall_wit::{InterfaceName, Wit};

fn component(wit: &str) -> Vec<u8> {
    let wit = Wit::from_text("t.wit", wit, Some("w")).unwrap();
    let links: Vec<InterfaceName> = wit.imports().into_iter().map(|interface| interface.name).collect();
    stub(&wit, &links, "here").unwrap().component
}

fn same(component: &[u8], plan: &Plan) -> Survey {
    let surveyed = survey(component, plan).unwrap();
    let Adapted {
        functions,
        unlinked,
        left_out,
        ..
    } = adapt(component, plan).unwrap();
    assert_eq!(format!("{:?}", surveyed.functions), format!("{functions:?}"));
    if !matches!(plan.serve, Serve::Nothing) {
        // Composed or fused, an index means the same function.
        let wit = Wit::from_component(component).unwrap();
        let beside = skeleton(&wit, &plan.serve, &plan.world_service).unwrap().functions;
        assert_eq!(format!("{beside:?}"), format!("{functions:?}"));
    }
    assert_eq!(surveyed.unlinked, unlinked);
    assert_eq!(format!("{:?}", surveyed.left_out), format!("{left_out:?}"));
    surveyed
}

const MIXED: &str = "package a:b;
    interface i { use k.{p}; add: func(a: u8, b: p) -> u8; watch: func() -> stream<u8>; slow: async func() -> u8; }
    interface j { resource r { next: func() -> u8; } take: func(r: borrow<r>); plain: func(); }
    interface k { record p { x: u8 } only-types: func(p: p) -> list<p>; }
    world w { import i; import j; import k; import f: func() -> string; export i; export j; export k; export f: func() -> string; }";

#[test]
fn the_same_functions_and_the_same_reasons() {
    let component = component(MIXED);
    for serve in [Serve::Nothing, Serve::Interfaces, Serve::WithWorldFunctions] {
        let plan = Plan {
            serve: serve.clone(),
            world_service: "here".into(),
            ..Plan::default()
        };
        let surveyed = same(&component, &plan);
        let expected = match serve {
            Serve::Nothing => 0,
            Serve::Interfaces => 3,
            Serve::WithWorldFunctions => 4,
        };
        assert_eq!(surveyed.functions.len(), expected);
    }
}

#[test]
fn the_same_where_a_component_exports_an_interface_before_a_function_of_its_own() {
    let component = r#"(component
        (core module $m (func (export "f") (param i32)) (func (export "g")))
        (core instance $i (instantiate $m))
        (func $f (param "x" u32) (canon lift (core func $i "f")))
        (func $g (canon lift (core func $i "g")))
        (instance $first (export "f" (func $f)))
        (export "first" (instance $first))
        (export "g" (func $g)))"#;
    let plan = Plan {
        serve: Serve::WithWorldFunctions,
        world_service: "here".into(),
        ..Plan::default()
    };
    let surveyed = same(&wat::parse_str(component).unwrap(), &plan);
    let paths: Vec<&str> = surveyed
        .functions
        .iter()
        .map(|function| function.path.as_str())
        .collect();
    assert_eq!(paths, ["/First/F", "/Here/G"]);
}

#[test]
fn the_same_of_what_is_linked() {
    // A skeleton imports what it serves: a component with imports to link.
    let wit = Wit::from_text("t.wit", MIXED, Some("w")).unwrap();
    let skeleton = skeleton(&wit, &Serve::Interfaces, "").unwrap().component;
    let links: Vec<InterfaceName> = Wit::from_component(&skeleton)
        .unwrap()
        .imports()
        .into_iter()
        .filter(|interface| !interface.functions.is_empty())
        .map(|interface| interface.name)
        .collect();
    assert!(links.len() >= 3, "{links:?}");
    for linked in [&links[..], &links[..1], &[]] {
        let plan = Plan {
            links: linked.to_vec(),
            ..Plan::default()
        };
        let surveyed = same(&skeleton, &plan);
        assert_eq!(surveyed.unlinked.len(), links.len() - linked.len());
    }
    let none = Plan {
        links: vec!["x:y/z".parse().unwrap()],
        ..Plan::default()
    };
    let [surveyed, adapted] = [survey(&skeleton, &none).err(), adapt(&skeleton, &none).err()];
    assert!(
        matches!(surveyed, Some(AdaptError::NoSuchImport { .. })),
        "{surveyed:?}"
    );
    assert_eq!(surveyed.unwrap().to_string(), adapted.unwrap().to_string());
}

#[test]
fn the_same_of_real_guests() {
    let guests = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/guests");
    let Ok(entries) = std::fs::read_dir(guests) else { return };
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.extension().is_none_or(|extension| extension != "wasm") {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        for serve in [Serve::Interfaces, Serve::WithWorldFunctions] {
            let plan = Plan {
                serve,
                world_service: "guest".into(),
                ..Plan::default()
            };
            if Wit::from_component(&bytes).is_ok() {
                same(&bytes, &plan);
            }
        }
    }
}
