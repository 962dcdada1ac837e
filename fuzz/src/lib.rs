//! What may come from a peer or a file, read from arbitrary bytes: nothing may panic, break a promise or take more memory
//! than its bound.
//!
//! Makes no bytes up; `tests/smoke.rs` mutates, and so does `cargo +nightly fuzz run NAME --features libfuzzer`.

mod alloc;
mod component;
mod message;
mod names;
mod random_type;
mod script;
mod source;
mod transcode;

use alloc::peak_of;
pub use script::script_seed;
pub use transcode::{json_seeds, proto_seeds};

/// One reader under test.
pub struct Target {
    /// Its name, also of its binary in `fuzz_targets/`.
    pub name: &'static str,
    run: fn(&[u8]),
    /// Bytes that it may hold at one time, whatever the input.
    pub fixed: usize,
    /// Bytes that it may hold in addition for each byte of the input.
    pub each: usize,
}

impl Target {
    /// Runs it, and returns the most bytes that it held at one time. Panics where a promise is broken, or that were more
    /// than `fixed` and `each` allow.
    pub fn check(&self, data: &[u8]) -> usize {
        let peak = peak_of(|| (self.run)(data));
        let bound = self.fixed + self.each * data.len();
        assert!(
            peak <= bound,
            "{}: {peak} bytes held for {} of input, the bound is {bound}",
            self.name,
            data.len()
        );
        peak
    }
}

/// Bytes of a message along a type (`farcall_codec::decode`). An element of one byte is a value of 32, its list may be
/// growing, and what is decoded is encoded and printed; every open level of nesting may be 64 KiB ahead.
pub const DECODER: Target = Target {
    name: "decoder",
    run: message::decoder,
    fixed: 512 * 1024,
    each: 128,
};

/// Text of a value along a type (`farcall_codec::parse_value`).
pub const TEXT: Target = Target {
    name: "text",
    run: message::text,
    fixed: 64 * 1024,
    each: 256,
};

/// A call as WebAssembly text (`farcall_codec::parse_invoke`): its tokens, its constants, the values, and both printed.
pub const SCRIPT: Target = Target {
    name: "script",
    run: script::script,
    fixed: 64 * 1024,
    each: 64,
};

/// A message of protobuf along an interface (`farcall_codec::Transcoder`). At most 64 KiB is made of it, and of that
/// again as much, each twice that while it grows.
pub const PROTO: Target = Target {
    name: "proto",
    run: transcode::proto,
    fixed: 320 * 1024,
    each: 16,
};

/// A message of JSON along an interface (`farcall_codec::Transcoder`).
pub const JSON: Target = Target {
    name: "json",
    run: transcode::json,
    fixed: 320 * 1024,
    each: 16,
};

/// The body of a call in chunks (`farcall_net`). At most 64 KiB ahead of what has come, and twice that while it grows.
pub const ENVELOPE: Target = Target {
    name: "envelope",
    run: message::envelope,
    fixed: 192 * 1024,
    each: 2,
};

/// Names, calls as a person writes them, versions, fingerprints.
pub const NAMES: Target = Target {
    name: "names",
    run: names::names,
    fixed: 4 * 1024,
    each: 32,
};

/// WIT text, as a server describes itself (`farcall_wit::Wit::from_text`).
pub const WIT_TEXT: Target = Target {
    name: "wit_text",
    run: source::wit_text,
    fixed: 256 * 1024,
    each: 256,
};

/// A component (`farcall_wit::Wit::from_component`, `farcall_adapter::adapt`).
pub const LOADER: Target = Target {
    name: "loader",
    run: component::loader,
    fixed: 4 * 1024 * 1024,
    each: 256,
};
