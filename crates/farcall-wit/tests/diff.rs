//! What breaks callers and what does not: pairs of WIT with the lines that they give, and what holds for any pair.
//!
//! Does not look at the wording of signatures; `fingerprints.rs` does.

use farcall_wit::{Change, ChangeKind, Diff, Wit, diff, path};
use proptest::collection::vec;
use proptest::prelude::*;

fn wit(text: &str) -> Wit {
    Wit::from_text("test.wit", text, None).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// What changed between two interfaces `i` of one package with these items.
fn items(old: &str, new: &str) -> Diff {
    let of = |items: &str| wit(&format!("package a:b@0.1.0; interface i {{ {items} }}"));
    diff(&of(old), &of(new))
}

/// spec: N-7, F-4, F-6
#[test]
fn a_pair_says_what_it_breaks_in_one_line_a_change() {
    let cases: &[(&str, &str, &str)] = &[
        ("f: func(a: u8);", "f: func(a: u8);", ""),
        ("f: func(a: u8);", "/// Docs.\n f: async func(a: u8);", ""),
        (
            "record p { x: u8 } f: func(a: p);",
            "record q { x: u8 } f: func(a: q);",
            "",
        ),
        ("type t = u8; f: func(a: t);", "f: func(a: u8);", ""),
        (
            "f: func(); g: func();",
            "g: func(); f: func(); h: func();",
            "safe a:b/i@0.1.0.h: the function is new\n",
        ),
        (
            "f: func(); g: func();",
            "f: func();",
            "breaks a:b/i@0.1.0.g: the function is gone\n",
        ),
        (
            "f: func(a: s32);",
            "f: func(a: s64);",
            "breaks a:b/i@0.1.0.f: parameter `a`: `s32` became `s64`\n",
        ),
        (
            "f: func(a: s32);",
            "f: func(b: s32);",
            "breaks a:b/i@0.1.0.f: parameter `a` became `b`\n",
        ),
        (
            "f: func(a: s32);",
            "f: func(a: s32, b: u8);",
            "breaks a:b/i@0.1.0.f: parameter `b` is new\n",
        ),
        (
            "f: func(a: s32, b: u8);",
            "f: func(b: u8, a: s32);",
            "breaks a:b/i@0.1.0.f: parameter `b` is where `a` was\n",
        ),
        (
            "f: func();",
            "f: func() -> u8;",
            "breaks a:b/i@0.1.0.f: a result is new, `u8`\n",
        ),
        (
            "f: func() -> u8;",
            "f: func();",
            "breaks a:b/i@0.1.0.f: the result is gone, `u8`\n",
        ),
        (
            "record p { x: s32, y: s32 } f: func(l: list<option<p>>);",
            "record p { x: s32, y: s64 } f: func(l: list<option<p>>);",
            "breaks a:b/i@0.1.0.f: parameter `l`, elements, `some`, field `y`: `s32` became `s64`\n",
        ),
        (
            "record p { x: s32 } f: func() -> result<p, string>;",
            "record p { x: s32, z: u8 } f: func() -> result<p, string>;",
            "breaks a:b/i@0.1.0.f: result, `ok`: field `z` is new\n",
        ),
        (
            "f: func() -> result<u8, string>;",
            "f: func() -> result<u8>;",
            "breaks a:b/i@0.1.0.f: result: `result<u8, string>` became `result<u8>`\n",
        ),
        (
            "variant v { a(u8), b } f: func(v: v);",
            "variant v { a(u8), b, c } f: func(v: v);",
            "breaks a:b/i@0.1.0.f: parameter `v`: case `c` is new\n",
        ),
        (
            "variant v { a(u8), b } f: func(v: v);",
            "variant v { a(u8), b(u8) } f: func(v: v);",
            "breaks a:b/i@0.1.0.f: parameter `v`: case `b` got its payload\n",
        ),
        (
            "variant v { a(tuple<u8, u8>) } f: func(v: v);",
            "variant v { a(tuple<u8, char>) } f: func(v: v);",
            "breaks a:b/i@0.1.0.f: parameter `v`, case `a`, part 1: `u8` became `char`\n",
        ),
        (
            "enum e { a, b, c } f: func(e: e);",
            "enum e { a, c } f: func(e: e);",
            "breaks a:b/i@0.1.0.f: parameter `e`: case `b` is gone\n",
        ),
        (
            "flags s { a, b } f: func(s: s);",
            "flags s { b, a } f: func(s: s);",
            "breaks a:b/i@0.1.0.f: parameter `s`: flag `b` is where `a` was\n",
        ),
        (
            "record p { x: u8 } f: func(p: p);",
            "variant p { x(u8) } f: func(p: p);",
            "breaks a:b/i@0.1.0.f: parameter `p`: `record p` became `variant p`\n",
        ),
        (
            "f: func(a: list<u8, 3>, b: map<u8, u8>);",
            "f: func(a: list<u8, 4>, b: map<u8, s8>);",
            "breaks a:b/i@0.1.0.f: parameter `a`: `list<u8, 3>` became `list<u8, 4>`\n",
        ),
        (
            "f: func(b: map<u8, u8>, s: stream<u8>);",
            "f: func(b: map<u8, s8>, s: stream<s8>);",
            "breaks a:b/i@0.1.0.f: parameter `b`, values: `u8` became `s8`\n",
        ),
        (
            "f: func(s: stream<u8>);",
            "f: func(s: stream<s8>);",
            "breaks a:b/i@0.1.0.f: parameter `s`, items: `u8` became `s8`\n",
        ),
        (
            "resource r { m: func(); } resource s; f: func(r: borrow<r>);",
            "resource r; resource s; f: func(r: borrow<s>);",
            "breaks a:b/i@0.1.0.[method]r.m: the function is gone\n\
             breaks a:b/i@0.1.0.f: parameter `r`: the resource `a:b/i@0.1.0.r` became `a:b/i@0.1.0.s`\n",
        ),
    ];
    for (old, new, lines) in cases {
        let diff = items(old, new);
        assert_eq!(diff.to_string(), *lines, "{old} -> {new}");
        assert_eq!(diff.is_safe(), !lines.contains("breaks"), "{old} -> {new}");
    }
}

/// spec: N-7
#[test]
fn a_version_that_replaces_the_old_one_is_no_change_and_another_is_another_interface() {
    let of = |version: &str| wit(&format!("package a:b{version}; interface i {{ f: func(); }}"));
    for (old, new) in [
        ("@0.1.0", "@0.1.5"),
        ("@0.1.5", "@0.1.0"),
        ("@1.0.0", "@1.9.0-rc.1"),
        ("", ""),
    ] {
        assert_eq!(diff(&of(old), &of(new)).changes, [], "{old} -> {new}");
    }
    for (old, new) in [
        ("@0.1.0", "@0.2.0"),
        ("@0.0.1", "@0.0.2"),
        ("@1.0.0", "@2.0.0"),
        ("", "@1.0.0"),
    ] {
        let diff = diff(&of(old), &of(new));
        let lines = format!(
            "breaks a:b/i{old}: the interface is gone; `a:b/i{new}` has other paths on the wire\n\
             safe a:b/i{new}: the interface is new\n"
        );
        assert_eq!(diff.to_string(), lines);
        assert!(!diff.is_safe());
    }
}

#[test]
fn an_old_version_beside_a_new_one_keeps_its_callers() {
    let old = wit("package a:b@0.1.0; interface i { f: func(); }");
    let new = wit(
        "package a:b@0.1.0 { interface i { f: func(); } } package a:b@0.2.0 { interface i { f: func(x: u8); } }
         package c:d { world w { export a:b/i@0.1.0; export a:b/i@0.2.0; } }",
    );
    let diff = diff(&old, &new);
    assert_eq!(diff.to_string(), "safe a:b/i@0.2.0: the interface is new\n");
    assert!(diff.is_safe());
}

#[test]
fn functions_of_the_world_and_inline_interfaces_are_compared_and_imports_are_not() {
    let of = |items: &str| {
        wit(&format!(
            "package a:b; interface log {{ f: func(); }} world w {{ {items} }}"
        ))
    };
    let old = of("import log; export run: func(); export stop: func(); export api: interface { f: func(); }");
    let new = of("export run: func() -> u8; export go: func(); export other: interface { f: func(); }");
    let diff = diff(&old, &new);
    assert_eq!(
        diff.to_string(),
        "breaks run: a result is new, `u8`\n\
         breaks stop: the function is gone\n\
         breaks api: the interface is gone\n\
         safe go: the function is new\n\
         safe other: the interface is new\n"
    );
    let words: Vec<&str> = diff.changes.iter().map(|change| change.kind.word()).collect();
    assert_eq!(
        words,
        [
            "changed-type",
            "removed-function",
            "removed-interface",
            "added-function",
            "added-interface"
        ]
    );
}

#[test]
fn a_changed_type_has_both_signatures_and_their_difference() {
    let diff = items(
        "record p { x: s32 } f: func(p: p);",
        "record p { x: s32, y: u8 } f: func(p: p);",
    );
    let [change @ Change { function, kind, .. }] = diff.changes.as_slice() else {
        panic!("{diff}")
    };
    assert_eq!(function.as_deref(), Some("f"));
    let ChangeKind::ChangedType { old, new, place } = kind else {
        panic!("{kind:?}")
    };
    assert!(old.contains("x: s32") && new.contains("y: u8"));
    assert_eq!(place.path, ["parameter `p`"]);
    assert_eq!(
        change.difference().unwrap(),
        "  f: func(p: p);\n  record p {\n    x: s32,\n+   y: u8,\n  }\n"
    );
}

#[test]
fn types_shared_a_hundred_times_over_are_compared_in_time() {
    let of = |leaf: &str| {
        let mut text = format!("type t0 = tuple<u8, {leaf}>;");
        for i in 1..60 {
            text += &format!("type t{i} = tuple<t{0}, t{0}>;\n", i - 1);
        }
        text + "f: func(v: t59);"
    };
    let line = items(&of("u8"), &of("char")).to_string();
    assert!(line.ends_with("part 0, part 1: `u8` became `char`\n"), "{line}");
    assert!(items(&of("u8"), &of("u8")).changes.is_empty());
}

/// Few names and types, so that two random worlds often meet.
fn world() -> impl Strategy<Value = Wit> {
    let function = (
        prop::sample::select(vec!["f", "g", "to-JSON", "to-json"]),
        prop::sample::select(vec!["", "x: u8", "x: p", "y: u8", "x: option<p>"]),
        prop::sample::select(vec!["", "-> u8", "-> p"]),
    );
    let field = prop::sample::select(vec!["u8", "s8"]);
    let interface = (
        prop::sample::select(vec!["a:b/i", "a:b/j"]),
        prop::sample::select(vec!["", "@0.1.0", "@0.1.2", "@0.2.0"]),
        field,
        vec(function, 0..4),
    );
    vec(interface, 1..4).prop_map(|interfaces| {
        let (mut blocks, mut exports, mut seen) = (String::new(), String::new(), Vec::new());
        for (at, (name, version, field, functions)) in interfaces.into_iter().enumerate() {
            let mut names = Vec::new();
            let functions: String = functions
                .into_iter()
                .filter(|(name, ..)| {
                    let is_new = !names.contains(&name.to_lowercase());
                    names.push(name.to_lowercase());
                    is_new
                })
                .map(|(name, params, result)| format!("{name}: func({params}) {result}; "))
                .collect();
            if seen.contains(&(name, version)) {
                continue;
            }
            seen.push((name, version));
            let (package, interface) = name.split_once('/').unwrap();
            // Each in a package of its own, so that no two blocks are of one package.
            let package = format!("{package}{at}{version}");
            blocks +=
                &format!("package {package} {{ interface {interface} {{ record p {{ x: {field} }} {functions} }} }}\n");
            exports += &format!("export {}/{interface}{version};\n", package.trim_end_matches(version));
        }
        wit(&format!("{blocks} package w:w {{ world w {{ {exports} }} }}"))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// spec: P-2, F-6
    #[test]
    fn safe_means_that_every_old_path_answers_with_the_old_fingerprint(old in world(), new in world()) {
        let facts = |wit: &Wit| {
            let mut facts = Vec::new();
            for interface in wit.exports() {
                for function in &interface.functions {
                    facts.push((path(&interface.name, &function.name, "w"), function.fingerprint()));
                }
            }
            facts
        };
        let (had, has) = (facts(&old), facts(&new));
        let kept = had.iter().all(|fact| has.contains(fact));
        prop_assert_eq!(diff(&old, &new).is_safe(), kept, "{} {:?} {:?}", diff(&old, &new), had, has);
        prop_assert_eq!(diff(&old, &old).changes, []);
    }
}
