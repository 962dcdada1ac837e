//! The caller of the bench: many calls from inside for one from outside.

wit_bindgen::generate!({ path: "../../wit/bench", world: "caller" });

use bench::guest::ops;
use exports::bench::guest::relay::Guest;

struct Caller;

impl Guest for Caller {
    fn adds(times: u32) -> i32 {
        (0..times).fold(0, |sum, _| ops::add(sum, 1))
    }
}

export!(Caller);
