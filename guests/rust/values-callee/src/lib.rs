//! The values callee: exports every interface of `test:values`. What each function does is said in its WIT.

wit_bindgen::generate!({ path: "../../wit/values", world: "callee" });

mod compounds;
mod lists;
mod scalars;

use exports::test::values::shapes::{Color, Line, Payload, Point};

/// Implements the interfaces, one in each file.
pub struct Callee;

impl exports::test::values::shapes::Guest for Callee {
    fn origin() -> Point {
        Point { x: 7, y: -7 }
    }
}

fn next_payload(payload: Payload) -> Payload {
    match payload {
        Payload::Nothing => Payload::Nothing,
        Payload::Number(number) => Payload::Number(-number),
        Payload::Long(long) => Payload::Long(long.wrapping_neg()),
        Payload::Text(text) => Payload::Text(text + "!"),
        Payload::Place(Point { x, y }) => Payload::Place(Point { x: y, y: x }),
    }
}

fn next_color(color: Color) -> Color {
    match color {
        Color::Red => Color::Green,
        Color::Green => Color::Blue,
        Color::Blue => Color::Red,
    }
}

fn exchange_ends(line: Line) -> Line {
    Line {
        from: line.to,
        to: line.from,
        ..line
    }
}

fn reversed<T>(mut list: Vec<T>) -> Vec<T> {
    list.reverse();
    list
}

export!(Callee);
