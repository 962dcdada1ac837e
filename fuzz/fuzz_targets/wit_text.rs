//! `cargo +nightly fuzz run wit_text --features libfuzzer`. What it does is in `src/`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| farcall_fuzz::WIT_TEXT.check(data));
