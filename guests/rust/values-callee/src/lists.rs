//! `test:values/lists`.

use crate::exports::test::values::lists::Guest;
use crate::exports::test::values::shapes::{Color, Line, Payload, Point};
use crate::{Callee, exchange_ends, next_color, next_payload, reversed};

impl Guest for Callee {
    fn echo_bytes(v: Vec<u8>) -> Vec<u8> {
        v
    }

    fn sum(v: Vec<i32>) -> i64 {
        v.into_iter().map(i64::from).sum()
    }

    fn reverse_u64(v: Vec<u64>) -> Vec<u64> {
        reversed(v)
    }

    fn reverse_f32(v: Vec<f32>) -> Vec<f32> {
        reversed(v)
    }

    fn negate_all(v: Vec<bool>) -> Vec<bool> {
        v.into_iter().map(|b| !b).collect()
    }

    fn spell(v: Vec<char>) -> String {
        v.into_iter().collect()
    }

    fn reverse_strings(v: Vec<String>) -> Vec<String> {
        reversed(v)
    }

    fn reverse_nested(v: Vec<Vec<u16>>) -> Vec<Vec<u16>> {
        v.into_iter().rev().map(reversed).collect()
    }

    fn move_points(v: Vec<Point>, by: Point) -> Vec<Point> {
        v.into_iter()
            .map(|p| Point {
                x: p.x.wrapping_add(by.x),
                y: p.y.wrapping_add(by.y),
            })
            .collect()
    }

    fn reverse_lines(v: Vec<Line>) -> Vec<Line> {
        v.into_iter().rev().map(exchange_ends).collect()
    }

    fn swap_pairs(v: Vec<(u8, String)>) -> Vec<(String, u8)> {
        v.into_iter().map(|(number, text)| (text, number)).collect()
    }

    fn next_payloads(v: Vec<Payload>) -> Vec<Payload> {
        v.into_iter().map(next_payload).collect()
    }

    fn next_colors(v: Vec<Color>) -> Vec<Color> {
        v.into_iter().map(next_color).collect()
    }

    fn reverse_options(v: Vec<Option<String>>) -> Vec<Option<String>> {
        reversed(v)
    }

    fn flip_results(v: Vec<Result<i32, String>>) -> Vec<Result<String, i32>> {
        v.into_iter()
            .map(|result| match result {
                Ok(number) => Err(number),
                Err(text) => Ok(text),
            })
            .collect()
    }
}
