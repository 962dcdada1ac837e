//! Names on the wire: the vectors of `spec/vectors/names.json`, and that no two functions share a path.
//!
//! Does not touch types.

use farcall_wit::{CallName, InterfaceName, InterfacePattern, Version, core_method, method, parse_call, path};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(untagged)]
enum Vector {
    Path {
        interface: String,
        function: String,
        #[serde(default)]
        world_service: String,
        path: String,
    },
    Core {
        export: String,
        method: String,
    },
}

/// spec: N-4, N-5, N-6, N-7, N-8, N-9, N-10, N-11
#[test]
fn every_name_vector_holds() {
    let text = include_str!("../../../spec/vectors/names.json");
    let vectors: Vec<Vector> = serde_json::from_str(text).unwrap();
    assert!(vectors.len() >= 60);
    for vector in vectors {
        match vector {
            Vector::Path {
                interface: name,
                function,
                world_service,
                path: expected,
            } => {
                let interface: InterfaceName = name.parse().unwrap();
                assert_eq!(interface.to_string(), name);
                assert_eq!(path(&interface, &function, &world_service), expected);
            }
            Vector::Core {
                export,
                method: expected,
            } => assert_eq!(core_method(&export), expected, "{export}"),
        }
    }
}

fn label() -> impl Strategy<Value = String> {
    // Few letters, so that near misses are common; a later word may begin with a digit.
    let first = prop_oneof!["[ab][ab1]{0,2}", "[AB][AB1]{0,2}"];
    let next = prop_oneof!["[ab1]{1,2}", "[AB1]{1,2}"];
    (first, prop::collection::vec(next, 0..3))
        .prop_map(|(first, rest)| std::iter::once(first).chain(rest).collect::<Vec<_>>().join("-"))
}

fn version() -> impl Strategy<Value = Option<Version>> {
    prop::option::of(
        (0u64..3, 0u64..3, 0u64..3, any::<bool>()).prop_map(|(major, minor, patch, pre)| {
            let pre = if pre { "-rc.1" } else { "" };
            Version::parse(&format!("{major}.{minor}.{patch}{pre}")).unwrap()
        }),
    )
}

fn interface() -> impl Strategy<Value = InterfaceName> {
    let package = (label(), label(), label(), version()).prop_map(|(namespace, package, interface, version)| {
        InterfaceName::Package {
            namespace: namespace.to_lowercase(),
            package: package.to_lowercase(),
            interface,
            version,
        }
    });
    prop_oneof![3 => package, 1 => label().prop_map(InterfaceName::Plain)]
}

fn function() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => label(),
        1 => (prop_oneof![Just("method"), Just("static")], label(), label()).prop_map(|(k, r, m)| format!("[{k}]{r}.{m}")),
        1 => (prop_oneof![Just("constructor"), Just("resource-drop")], label()).prop_map(|(k, r)| format!("[{k}]{r}")),
    ]
}

/// What the component model itself takes for the same name: letters fold, `[method]` and `[static]` of one name clash,
/// and of a version only what `canonversion` keeps counts.
fn folded(interface: &InterfaceName, function: &str) -> String {
    let mut interface = interface.clone();
    if let InterfaceName::Package {
        version: Some(version), ..
    } = &mut interface
    {
        version.pre = Default::default();
        match (version.major, version.minor) {
            (0, 0) => {}
            (0, _) => version.patch = 0,
            _ => (version.minor, version.patch) = (0, 0),
        }
    }
    format!("{interface}#{}", function.replace("[static]", "[method]")).to_lowercase()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    /// spec/names.md N-2.
    #[test]
    fn two_functions_share_a_path_only_if_their_names_fold_together(
        (i, f) in (interface(), function()),
        (j, g) in (interface(), function()),
    ) {
        prop_assert_eq!(path(&i, &f, "w") == path(&j, &g, "w"), folded(&i, &f) == folded(&j, &g), "{} {}", path(&i, &f, "w"), path(&j, &g, "w"));
    }

    #[test]
    fn methods_are_injective_up_to_case(f in function(), g in function()) {
        let same = folded(&InterfaceName::World, &f) == folded(&InterfaceName::World, &g);
        prop_assert_eq!(method(&f) == method(&g), same, "{} {}", f, g);
    }

    /// spec/names.md N-1.
    #[test]
    fn a_path_is_two_segments_of_proto_identifiers(i in interface(), f in function(), w in ".{0,20}") {
        for interface in [i, InterfaceName::World] {
            let path = path(&interface, &f, &w);
            let segments: Vec<&str> = path.split('/').collect();
            prop_assert_eq!(segments.len(), 3, "{}", path);
            for word in segments[1].split('.').chain([segments[2]]) {
                prop_assert!(word.starts_with(|c: char| c.is_ascii_alphabetic()), "{}", path);
                prop_assert!(word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'), "{}", path);
            }
        }
    }

    #[test]
    fn exports_of_plain_modules_never_share_a_method(a in "[ab_A-]{0,4}", b in "[ab_A-]{0,4}") {
        prop_assert_eq!(core_method(&a) == core_method(&b), a == b);
    }

    #[test]
    fn interface_names_parse_back(i in interface()) {
        prop_assert_eq!(i.to_string().parse::<InterfaceName>().unwrap(), i);
    }

    #[test]
    fn no_text_makes_a_name_parser_panic(text in "[a-z:/@.0-9(\\-\\[\\]é]{0,40}") {
        let _ = text.parse::<InterfaceName>();
        let _ = text.parse::<CallName>();
        let _ = text.parse::<InterfacePattern>();
        let _ = parse_call(&text);
        let _ = method(&text);
    }
}

/// spec/names.md N-11.
#[test]
fn a_plain_module_s_export_is_a_label_or_hex() {
    let cases = [
        ("word_count", "WordCount"),
        ("mul", "Mul"),
        ("sha_256", "Sha_256"),
        ("A!", "Raw__4121"),
        ("wordCount", "Raw__776f7264436f756e74"),
        ("word-count", "Raw__776f72642d636f756e74"),
        ("_start", "Raw__5f7374617274"),
        ("a__b", "Raw__615f5f62"),
        ("", "Raw__"),
        ("é", "Raw__c3a9"),
    ];
    for (export, method) in cases {
        assert_eq!(core_method(export), method, "{export}");
    }
}

/// spec/names.md N-12.
#[test]
fn a_call_is_split_into_interface_function_and_arguments() {
    let (name, args) = parse_call("demo:calc/ops@0.1.0.add(1, 2)").unwrap();
    assert_eq!(name.function, "add");
    assert_eq!(name.interface.as_ref().unwrap().to_string(), "demo:calc/ops@0.1.0");
    assert_eq!(args, "(1, 2)");

    let (name, args) = parse_call(" ops.add-one (\"a.b(c\") ").unwrap();
    assert_eq!(name.to_string(), "ops.add-one");
    assert_eq!(args, "(\"a.b(c\")");

    let (name, _) = parse_call("demo:calc/ops@0.2.6-rc.1.add()").unwrap();
    assert_eq!(name.interface.unwrap().version.unwrap().to_string(), "0.2.6-rc.1");

    let (name, _) = parse_call("run()").unwrap();
    assert_eq!(name.interface, None);
}

#[test]
fn what_was_left_out_of_a_call_may_be_anything() {
    let name: InterfaceName = "demo:calc/ops@0.1.0".parse().unwrap();
    for said in ["ops", "calc/ops", "demo:calc/ops", "demo:calc/ops@0.1.0", "ops@0.1.0"] {
        assert!(said.parse::<InterfacePattern>().unwrap().matches(&name), "{said}");
    }
    for said in ["op", "demo/ops", "other:calc/ops", "demo:calc/ops@0.1.1", "ops@1.1.0"] {
        assert!(!said.parse::<InterfacePattern>().unwrap().matches(&name), "{said}");
    }
    assert!("f".parse::<CallName>().unwrap().matches(&InterfaceName::World));
    assert!(!"ops.f".parse::<CallName>().unwrap().matches(&InterfaceName::World));
}

#[test]
fn what_is_no_call_is_named() {
    for text in [
        "",
        "add",
        "add(",
        "demo:calc/ops.add",
        "demo:calc.add(1)",
        "Ops.add(1)",
        "ops.(1)",
        "ops@x.add(1)",
    ] {
        assert!(parse_call(text).is_err(), "{text}");
    }
    let error = parse_call("my ops.add(1)").unwrap_err();
    assert_eq!(
        error.to_string(),
        "`my ops` is not a name: expected words of letters and digits joined with `-`, as in `my-name`"
    );
}
