//! The callee of the bench: does as little as a function can.

wit_bindgen::generate!({ path: "../../wit/bench", world: "callee" });

use exports::bench::guest::ops::{Entry, Guest};

struct Callee;

impl Guest for Callee {
    fn add(a: i32, b: i32) -> i32 {
        a.wrapping_add(b)
    }

    fn echo(v: Vec<u8>) -> Vec<u8> {
        v
    }

    fn entries(v: Vec<Entry>) -> Vec<Entry> {
        v
    }
}

export!(Callee);
