//! The device as programs meet it that know files alone: clients and servers in Rust and C, and a native program on a
//! socket.

#[path = "../harness/mod.rs"]
mod harness;

mod clients;
mod listed;
mod native;
mod servers;
mod texts;

/// A program in C, or `None` with the reason printed; a failure where nothing may be skipped.
fn in_c(name: &str) -> Option<String> {
    let program = harness::built(name).map(|path| harness::text(&path).to_owned());
    if program.is_none() {
        println!("skipped: {name}.wasm is not built; `cargo xtask guests` builds it, or says what it lacks");
        let required = std::env::var("FARCALL_REQUIRE_ALL").is_ok_and(|value| value == "1");
        assert!(!required, "FARCALL_REQUIRE_ALL is set, and {name} is not built");
    }
    program
}
