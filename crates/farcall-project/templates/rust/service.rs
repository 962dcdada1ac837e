//! The functions of `{{name}}:service/api`; `wit/world.wit` says what each does.

use exports::{{snake}}::service::api::{Guest, Point};

wit_bindgen::generate!({ path: "wit", world: "service" });

struct Service;

impl Guest for Service {
    fn greet(name: String) -> String {
        format!("Hello, {name}!")
    }

    fn middle(a: Point, b: Point) -> Point {
        Point {
            x: (a.x + b.x) / 2.0,
            y: (a.y + b.y) / 2.0,
        }
    }

    fn divide(dividend: i32, divisor: i32) -> Result<i32, String> {
        if divisor == 0 {
            return Err("division by zero".into());
        }
        dividend.checked_div(divisor).ok_or_else(|| "the quotient is too large".into())
    }
}

export!(Service);
