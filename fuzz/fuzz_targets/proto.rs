//! `cargo +nightly fuzz run proto --features libfuzzer`. What it does is in `src/`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| farcall_fuzz::PROTO.check(data));
