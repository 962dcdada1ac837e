//! The demonstration's callee: exports `demo:calc/ops` and imports nothing.

wit_bindgen::generate!({ path: "../../wit/calc", world: "calc" });

use exports::demo::calc::ops::{Guest, Shape};

struct Calc;

impl Guest for Calc {
    fn add(a: i32, b: i32) -> i32 {
        a.wrapping_add(b)
    }

    fn divide(a: i32, b: i32) -> Result<i32, String> {
        if b == 0 {
            return Err("division by zero".to_string());
        }
        a.checked_div(b).ok_or_else(|| "overflow".to_string())
    }

    fn sum(numbers: Vec<i32>) -> i64 {
        numbers.into_iter().map(i64::from).sum()
    }

    fn area(shape: Shape) -> Result<f64, String> {
        match shape {
            Shape::Circle(radius) => Ok(std::f64::consts::PI * radius * radius),
            Shape::Rect(corner) => Ok((f64::from(corner.x) * f64::from(corner.y)).abs()),
            Shape::Empty => Err("empty shape".to_string()),
        }
    }

    fn greet(name: String) -> String {
        format!("hello, {name}")
    }

    fn spin() {
        loop {
            std::hint::black_box(());
        }
    }

    fn crash() {
        core::arch::wasm32::unreachable()
    }
}

export!(Calc);
