//! Functions that are not carried yet are left out by name, and those beside them work.

mod engine;

use engine::{Code, Loop};
use farcall_adapter::{Serve, skeleton, stub};
use farcall_wit::Wit;

const MIXED: &str = "package a:b;
    interface i {
        resource r { constructor(); next: func() -> u8; }
        add: func(a: u8, b: u8) -> u8;
        watch: func() -> stream<u8>;
        later: func() -> future<string>;
        take: func(r: borrow<r>);
        slow: async func() -> u8;
    }
    world w { import i; export i; }";

#[test]
fn a_skeleton_leaves_them_out_with_the_reason() {
    let wit = Wit::from_text("t.wit", MIXED, Some("w")).unwrap();
    let skeleton = skeleton(&wit, &Serve::Interfaces, "").unwrap();
    let names: Vec<String> = skeleton.functions.iter().map(|served| served.name()).collect();
    assert_eq!(names, ["a:b/i.add"]);
    let left: Vec<String> = skeleton
        .left_out
        .iter()
        .map(|left| format!("{}: {}", left.name, left.why))
        .collect();
    for (name, why) in [
        ("a:b/i.watch", "its type holds a stream"),
        ("a:b/i.later", "its type holds a future"),
        ("a:b/i.take", "its type holds a handle of the resource `r`"),
        ("a:b/i.slow", "it is an async function"),
        ("a:b/i.[method]r.next", "`[method]r.next` is a member of a resource"),
    ] {
        assert!(left.contains(&format!("{name}: {why}")), "{name}: {why} in {left:#?}");
    }
}

#[test]
fn a_stub_has_them_all_and_those_abort() {
    let text = "package a:b; interface i { add: func(a: u8, b: u8) -> u8; watch: func() -> stream<u8>; }
        world w { import i; export i; }";
    let wit = Wit::from_text("t.wit", text, Some("w")).unwrap();
    let links: Vec<_> = wit.imports().into_iter().map(|interface| interface.name).collect();
    let stub = stub(&wit, &links, "").unwrap();
    assert_eq!(stub.left_out.len(), 1, "{:?}", stub.left_out);
    let again = Wit::from_component(&stub.component).unwrap();
    assert_eq!(again.exports()[0].functions.len(), 2);

    let mut looped = Loop::of(&wit);
    assert_eq!(looped.call("add", &[1, 2], Ok(vec![3])).unwrap().response, Ok(vec![3]));
    assert_eq!(
        looped
            .call_index(1, &[], Ok(vec![]))
            .unwrap()
            .response
            .unwrap_err()
            .code,
        Code::Unimplemented
    );
}

#[test]
fn a_stub_of_an_interface_with_a_resource_is_a_component() {
    let wit = Wit::from_text("t.wit", MIXED, Some("w")).unwrap();
    let links: Vec<_> = wit.imports().into_iter().map(|interface| interface.name).collect();
    let stub = stub(&wit, &links, "").unwrap();
    assert!(stub.left_out.len() >= 5, "{:?}", stub.left_out);
    engine::engine_with_async_takes(&stub.component);
}
