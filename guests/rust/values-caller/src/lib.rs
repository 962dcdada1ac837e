//! The values caller: imports every interface of `test:values`, calls every function with many values, and says the first
//! answer that is wrong.

wit_bindgen::generate!({ path: "../../wit/values", world: "caller" });

mod compounds;
mod lists;
mod scalars;
mod tally;
mod wide;

use tally::Tally;
use test::values::shapes::{self, Color, Line, Payload, Point};

struct Caller;

impl exports::test::values::check::Guest for Caller {
    fn run() -> Result<String, String> {
        let mut tally = Tally::new();
        let origin = shapes::origin();
        tally.function("origin").check(0, (origin.x, origin.y) == (7, -7))?;
        scalars::check(&mut tally)?;
        lists::check(&mut tally)?;
        compounds::check(&mut tally)?;
        Ok(tally.summary())
    }

    fn run_wide() -> Result<String, String> {
        let mut tally = Tally::new();
        wide::check(&mut tally)?;
        Ok(tally.summary())
    }
}

/// Equality of types that the bindings give none.
trait Same {
    fn same(&self, other: &Self) -> bool;
}

impl Same for Point {
    fn same(&self, other: &Self) -> bool {
        (self.x, self.y) == (other.x, other.y)
    }
}

impl Same for Line {
    fn same(&self, other: &Self) -> bool {
        self.name == other.name
            && self.from.same(&other.from)
            && self.to.same(&other.to)
            && self.weight.to_bits() == other.weight.to_bits()
    }
}

impl Same for Payload {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Payload::Nothing, Payload::Nothing) => true,
            (Payload::Number(a), Payload::Number(b)) => a.to_bits() == b.to_bits(),
            (Payload::Long(a), Payload::Long(b)) => a == b,
            (Payload::Text(a), Payload::Text(b)) => a == b,
            (Payload::Place(a), Payload::Place(b)) => a.same(b),
            _ => false,
        }
    }
}

impl<T: Same> Same for Vec<T> {
    fn same(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().zip(other).all(|(a, b)| a.same(b))
    }
}

/// Each case of the variant with a value, and what `next-payload` makes of it.
fn payloads() -> Vec<(Payload, Payload)> {
    vec![
        (Payload::Nothing, Payload::Nothing),
        (Payload::Number(1.5), Payload::Number(-1.5)),
        (Payload::Number(0.0), Payload::Number(-0.0)),
        (Payload::Long(i64::MAX), Payload::Long(-i64::MAX)),
        (Payload::Long(0x1_0000_0001), Payload::Long(-0x1_0000_0001)),
        (Payload::Text(String::new()), Payload::Text("!".to_string())),
        (Payload::Text("日本".to_string()), Payload::Text("日本!".to_string())),
        (
            Payload::Place(Point { x: 1, y: -2 }),
            Payload::Place(Point { x: -2, y: 1 }),
        ),
    ]
}

fn line(number: i32) -> Line {
    Line {
        name: format!("línea {number}"),
        from: Point { x: number, y: -number },
        to: Point {
            x: i32::MAX,
            y: i32::MIN,
        },
        weight: f64::from(number) / 4.0,
    }
}

fn with_ends_exchanged(line: &Line) -> Line {
    Line {
        name: line.name.clone(),
        from: line.to,
        to: line.from,
        weight: line.weight,
    }
}

const COLORS: [Color; 3] = [Color::Red, Color::Green, Color::Blue];

export!(Caller);
