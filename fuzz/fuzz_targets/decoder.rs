//! `cargo +nightly fuzz run decoder --features libfuzzer`. What it does is in `src/`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| farcall_fuzz::DECODER.check(data));
