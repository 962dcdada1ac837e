//! `cargo +nightly fuzz run loader --features libfuzzer`. What it does is in `src/`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| farcall_fuzz::LOADER.check(data));
