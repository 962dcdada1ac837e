//! Rendering: what is printed parses back to the same interfaces with the same fingerprints.
//!
//! Does not compare text; the printer's layout is its own.

use farcall_wit::{Fingerprint, InterfaceName, Wit};

fn exports(wit: &Wit) -> Vec<(String, String, Fingerprint)> {
    let mut all = Vec::new();
    for interface in wit.exports() {
        for function in interface.functions {
            all.push((
                interface.name.to_string(),
                function.name.clone(),
                function.fingerprint(),
            ));
        }
    }
    all.sort();
    all
}

fn imports(wit: &Wit) -> Vec<String> {
    wit.imports()
        .iter()
        .flat_map(|i| i.functions.iter().map(|f| format!("{}#{}", i.name, f.name)))
        .collect()
}

const FILES: &str = "
package demo:types@1.2.0 { interface geometry { record point { x: s32, y: s32 } resource canvas { draw: func(p: point); } } }
package demo:unrelated { interface never { never: func(); } }
package wasi:fake@0.2.3 { interface clock { now: func() -> u64; } }
package demo:calc@0.1.0 {
  interface shapes {
    use demo:types/geometry@1.2.0.{point};
    variant shape { circle(f64), polygon(list<point>) }
    /// Docs stay.
    area: func(s: shape) -> f64;
  }
  interface %interface { %func: func(%type: u8) -> list<u8, 3>; m: func(m: map<string, u8>); }
  interface painter {
    use demo:types/geometry@1.2.0.{canvas};
    paint: func(c: borrow<canvas>);
    @unstable(feature = nope) hidden: func();
    @since(version = 0.1.0) shown: func();
  }
  world calc {
    import wasi:fake/clock@0.2.3;
    use demo:types/geometry@1.2.0.{point};
    record local { p: point, n: u8 }
    export shapes;
    export %interface;
    export painter;
    export run: func(l: local) -> u32;
    export inline: interface { flags bits { a, b } f: func(b: bits) -> bits; }
    export wait: async func(s: stream<u8>) -> future<u8>;
  }
}";

#[test]
fn what_is_rendered_parses_back_to_the_same() {
    let wit = Wit::from_text("files.wit", FILES, Some("demo:calc/calc@0.1.0")).unwrap();
    let text = wit.render();
    let again = Wit::from_text("rendered.wit", &text, None).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(exports(&again), exports(&wit), "{text}");
    assert_eq!(imports(&again), imports(&wit), "{text}");
    assert!(text.contains("/// Docs stay."), "{text}");
    assert!(!text.contains("unrelated"), "{text}");
    assert_eq!(again.render(), text);
}

#[test]
fn what_is_served_has_the_kept_exports_and_only_types_as_imports() {
    let wit = Wit::from_text("files.wit", FILES, Some("demo:calc/calc@0.1.0")).unwrap();
    let all = wit.served(|_| true);
    assert_eq!(exports(&all), exports(&wit));
    assert_eq!(imports(&all), [""; 0]);
    let text = all.render();
    assert!(!text.contains("wasi:fake"), "{text}");
    let again = Wit::from_text("rendered.wit", &text, None).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(exports(&again), exports(&wit), "{text}");

    let shapes = wit.served(|name| name.to_string() == "demo:calc/shapes@0.1.0");
    let text = shapes.render();
    let again = Wit::from_text("rendered.wit", &text, None).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(exports(&again).len(), 1, "{text}");
    assert!(!text.contains("painter") && !text.contains("local"), "{text}");

    let world = wit.served(|name| *name == InterfaceName::World);
    let text = world.render();
    let again = Wit::from_text("rendered.wit", &text, None).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let names: Vec<String> = exports(&again)
        .into_iter()
        .map(|(interface, name, _)| interface + &name)
        .collect();
    assert_eq!(names, ["run", "wait"], "{text}");
}

#[test]
fn serving_nothing_renders_an_empty_world() {
    let wit = Wit::from_text("files.wit", FILES, Some("demo:calc/calc@0.1.0")).unwrap();
    let again = Wit::from_text("rendered.wit", &wit.served(|_| false).render(), None).unwrap();
    assert!(again.exports().is_empty());
    assert!(again.imports().is_empty());
}

#[test]
fn interfaces_without_a_world_render_too() {
    let wit = Wit::from_text("t", "package a:b@1.0.0; interface i { f: func(x: char); }", None).unwrap();
    let again = Wit::from_text("rendered.wit", &wit.render(), None).unwrap();
    assert_eq!(exports(&again), exports(&wit));
}
