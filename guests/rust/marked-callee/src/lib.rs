//! Every type that `#[wasm_rpc]` knows, called: each function does something that its caller can check.

use farcall_guest::{Value, wasm_rpc};

/// A place in the plane.
#[derive(Clone, Debug, PartialEq, Value)]
pub struct Point {
    pub x: i32,
    /// Upwards.
    pub y: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Value)]
pub enum Colour {
    Red,
    DarkGreen,
    Blue,
}

/// What can be drawn.
#[derive(Clone, Debug, PartialEq, Value)]
pub enum Shape {
    Empty,
    Circle(f64),
    Line(Point, Point),
    /// Corner by corner.
    Polygon(Vec<Point>),
    Text(String),
    Count(u64),
}

/// A number that names a drawing.
#[derive(Clone, Copy, Debug, PartialEq, Value)]
pub struct Id(pub u64);

#[derive(Clone, Debug, PartialEq, Value)]
pub struct Pair(pub u8, pub String);

#[derive(Clone, Debug, PartialEq, Value)]
pub struct Drawing {
    pub id: Id,
    pub title: Option<String>,
    pub shapes: Vec<Shape>,
    pub colours: Vec<Colour>,
    pub tags: Vec<Pair>,
    pub r#type: char,
    pub visible: bool,
    pub small: (i8, u8, i16, u16),
    pub weight: f32,
}

/// The other one.
#[wasm_rpc]
fn not(a: bool) -> bool {
    !a
}

#[wasm_rpc]
fn next_char(c: char) -> char {
    char::from_u32(u32::from(c) + 1).unwrap_or(c)
}

#[wasm_rpc]
fn narrow(a: i8, b: u8, c: i16, d: u16) -> (i8, u8, i16, u16) {
    (a.wrapping_neg(), !b, c.wrapping_neg(), !d)
}

#[wasm_rpc]
fn wide(a: u32, b: i64, c: u64) -> (u32, i64, u64) {
    (!a, b.wrapping_neg(), !c)
}

#[wasm_rpc]
fn scale(a: f32, b: f64) -> f64 {
    f64::from(a) * b
}

/// Says hello.
#[wasm_rpc]
fn greet(name: &str) -> String {
    format!("hello, {name}")
}

#[wasm_rpc]
fn shout(name: String) -> String {
    name.to_uppercase()
}

#[wasm_rpc]
fn sum(numbers: &[i64]) -> i64 {
    numbers.iter().sum()
}

#[wasm_rpc]
fn bytes(data: Vec<u8>) -> Vec<u8> {
    data.into_iter().rev().collect()
}

#[wasm_rpc]
fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_string).collect()
}

#[wasm_rpc]
fn first(list: Vec<Option<String>>) -> Option<String> {
    list.into_iter().flatten().next()
}

#[wasm_rpc]
fn divide(a: i32, b: i32) -> Result<i32, String> {
    a.checked_div(b).ok_or_else(|| "cannot divide".to_string())
}

#[wasm_rpc]
fn check(ok: bool) -> Result<(), Colour> {
    if ok { Ok(()) } else { Err(Colour::DarkGreen) }
}

#[wasm_rpc]
fn mirror(point: &Point) -> Point {
    Point { x: point.y, y: point.x }
}

/// Turns it around.
#[wasm_rpc]
fn turn(shape: Shape) -> Shape {
    match shape {
        Shape::Empty => Shape::Count(u64::MAX),
        Shape::Circle(radius) => Shape::Circle(-radius),
        Shape::Line(from, to) => Shape::Line(to, from),
        Shape::Polygon(points) => Shape::Polygon(points.into_iter().rev().collect()),
        Shape::Text(text) => Shape::Text(text.chars().rev().collect()),
        Shape::Count(count) => Shape::Count(count / 2),
    }
}

#[wasm_rpc]
fn redraw(drawing: Drawing) -> Drawing {
    Drawing {
        id: Id(drawing.id.0 + 1),
        shapes: drawing.shapes.into_iter().map(turn).collect(),
        ..drawing
    }
}

/// More than fits into core parameters.
#[wasm_rpc]
fn many(a: String, b: u64, c: Vec<u16>, d: Option<f64>, e: (char, bool), f: Shape, g: i32, h: i32, i: Point) -> String {
    format!("{a} {b} {c:?} {d:?} {e:?} {f:?} {g} {h} {i:?}")
}

#[wasm_rpc]
fn tail(list: Vec<(u8, Vec<Vec<u32>>)>, skip: u32) -> Vec<(u8, Vec<Vec<u32>>)> {
    list.into_iter().skip(skip as usize).collect()
}

/// Adds to a number that this instance keeps.
#[wasm_rpc]
fn remember(number: u32) {
    KEPT.fetch_add(number, std::sync::atomic::Ordering::Relaxed);
}

#[wasm_rpc]
fn remembered() -> u32 {
    KEPT.load(std::sync::atomic::Ordering::Relaxed)
}

static KEPT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
