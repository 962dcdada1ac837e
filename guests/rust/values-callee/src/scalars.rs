//! `test:values/scalars`.

use crate::Callee;
use crate::exports::test::values::scalars::Guest;

impl Guest for Callee {
    fn negate(v: bool) -> bool {
        !v
    }

    fn next_u8(v: u8) -> u8 {
        v.wrapping_add(1)
    }

    fn next_s8(v: i8) -> i8 {
        v.wrapping_add(1)
    }

    fn next_u16(v: u16) -> u16 {
        v.wrapping_add(1)
    }

    fn next_s16(v: i16) -> i16 {
        v.wrapping_add(1)
    }

    fn next_u32(v: u32) -> u32 {
        v.wrapping_add(1)
    }

    fn next_s32(v: i32) -> i32 {
        v.wrapping_add(1)
    }

    fn next_u64(v: u64) -> u64 {
        v.wrapping_add(1)
    }

    fn next_s64(v: i64) -> i64 {
        v.wrapping_add(1)
    }

    fn echo_f32(v: f32) -> f32 {
        v
    }

    fn echo_f64(v: f64) -> f64 {
        v
    }

    fn subtract_f64(a: f64, b: f64) -> f64 {
        a - b
    }

    fn echo_char(v: char) -> char {
        v
    }

    fn swap_chars(a: char, b: char) -> (char, char) {
        (b, a)
    }

    fn echo_string(v: String) -> String {
        v
    }

    fn join(a: String, b: String, c: String, separator: String) -> String {
        [a, b, c].join(&separator)
    }

    fn split(text: String) -> Vec<String> {
        text.chars().map(String::from).collect()
    }

    fn touch() {}

    fn seven() -> u8 {
        7
    }

    fn sink(text: String) {
        drop(text);
    }
}
