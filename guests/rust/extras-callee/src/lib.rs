//! The extras callee: exports `test:extras/sequences`. What each function does is said in its WIT.

wit_bindgen::generate!({ path: "../../wit/extras", world: "callee" });

use exports::test::extras::sequences::{Guest, Matrix};
use wit_bindgen::rt::Map;

struct Callee;

impl Guest for Callee {
    fn reverse_four(mut v: [u32; 4]) -> [u32; 4] {
        v.reverse();
        v
    }

    fn thrice(v: String) -> [String; 3] {
        let (second, third) = (format!("{v}!"), format!("{v}!!"));
        [v, second, third]
    }

    fn turn(mut v: Matrix) -> Matrix {
        v.rows.reverse();
        for row in &mut v.rows {
            row.reverse();
        }
        v
    }

    fn sum_twenty(v: [u8; 20]) -> u32 {
        v.into_iter().map(u32::from).sum()
    }

    fn next_values(v: Map<String, u32>) -> Map<String, u32> {
        v.into_iter().map(|(key, value)| (key, value.wrapping_add(1))).collect()
    }

    fn invert(v: Map<u16, String>) -> Map<String, u16> {
        v.into_iter().map(|(key, value)| (value, key)).collect()
    }
}

export!(Callee);
