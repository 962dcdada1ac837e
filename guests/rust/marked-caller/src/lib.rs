//! Calls every function of `marked-callee` and tells what came back.

use farcall_guest::{Status, Value, wasm_rpc};

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

#[wasm_rpc]
fn not(a: bool) -> bool {}

#[wasm_rpc]
fn next_char(c: char) -> char {}

#[wasm_rpc]
fn narrow(a: i8, b: u8, c: i16, d: u16) -> (i8, u8, i16, u16) {}

#[wasm_rpc]
fn wide(a: u32, b: i64, c: u64) -> (u32, i64, u64) {}

#[wasm_rpc]
fn scale(a: f32, b: f64) -> f64 {}

#[wasm_rpc]
fn greet(name: &str) -> String {}

#[wasm_rpc]
fn shout(name: String) -> String {}

#[wasm_rpc]
fn sum(numbers: &[i64]) -> i64 {}

#[wasm_rpc]
fn bytes(data: Vec<u8>) -> Vec<u8> {}

#[wasm_rpc]
fn words(text: &str) -> Vec<String> {}

#[wasm_rpc]
fn first(list: Vec<Option<String>>) -> Option<String> {}

#[wasm_rpc]
fn divide(a: i32, b: i32) -> Result<i32, String> {}

#[wasm_rpc]
fn check(ok: bool) -> Result<(), Colour> {}

#[wasm_rpc]
fn mirror(point: &Point) -> Point {}

#[wasm_rpc]
fn turn(shape: Shape) -> Shape {}

#[wasm_rpc]
fn redraw(drawing: Drawing) -> Drawing {}

#[wasm_rpc]
fn many(a: String, b: u64, c: Vec<u16>, d: Option<f64>, e: (char, bool), f: Shape, g: i32, h: i32, i: Point) -> String {}

#[wasm_rpc]
fn tail(list: Vec<(u8, Vec<Vec<u32>>)>, skip: u32) -> Vec<(u8, Vec<Vec<u32>>)> {}

#[wasm_rpc]
fn remember(number: u32);

#[wasm_rpc]
fn remembered() -> u32;

/// Nobody serves it.
#[wasm_rpc]
fn nowhere(a: u32) -> Result<u32, Status>;

/// Nobody serves it, and there is no room to say so.
#[wasm_rpc]
fn nowhere_at_all(a: u32) -> u32;

/// Of an interface that a component exports.
#[wasm_rpc(interface = "demo:calc/ops@0.1.0")]
fn add(a: i32, b: i32) -> i32;

/// What the component's `add` says.
#[wasm_rpc]
fn added(a: i32, b: i32) -> i32 {
    add(a, b)
}

/// Calls what nobody serves: the failure, as a value.
#[wasm_rpc]
fn lost() -> String {
    match nowhere(1) {
        Ok(number) => format!("{number}?"),
        Err(status) => format!("{:?}", status.code),
    }
}

/// Calls what nobody serves: a trap.
#[wasm_rpc]
fn trapped() -> u32 {
    nowhere_at_all(1)
}

/// Calls everything, and tells how often the answer was right.
#[wasm_rpc]
fn run() -> Result<String, String> {
    let mut checks = Checks(0);
    checks.same("not", not(true), false)?;
    checks.same("not", not(false), true)?;
    checks.same("next-char", next_char('ö'), '÷')?;
    checks.same("next-char", next_char('\u{1f600}'), '\u{1f601}')?;
    checks.same("narrow", narrow(-1, 2, i16::MAX, 0), (1, 253, -i16::MAX, u16::MAX))?;
    checks.same("narrow", narrow(i8::MIN, 255, -300, 65535), (i8::MIN, 0, 300, 0))?;
    checks.same("wide", wide(0, i64::MIN, u64::MAX - 1), (u32::MAX, i64::MIN, 1))?;
    checks.same("scale", scale(0.5, -8.0), -4.0)?;
    checks.same("greet", greet("world"), "hello, world".into())?;
    checks.same("greet", greet(""), "hello, ".into())?;
    checks.same("shout", shout("größe".into()), "GRÖSSE".into())?;
    checks.same("sum", sum(&[1, -2, i64::from(u32::MAX)]), 4294967294)?;
    checks.same("sum", sum(&[]), 0)?;
    checks.same("bytes", bytes(vec![1, 2, 3]), vec![3, 2, 1])?;
    checks.same("bytes", bytes(vec![]), vec![])?;
    checks.same("bytes", bytes(vec![7; 100_000]), vec![7; 100_000])?;
    checks.same("words", words(" a  bc d"), vec!["a".into(), "bc".into(), "d".into()])?;
    checks.same("first", first(vec![None, Some("x".into()), None]), Some("x".into()))?;
    checks.same("first", first(vec![None]), None)?;
    checks.same("divide", divide(-7, 2), Ok(-3))?;
    checks.same("divide", divide(1, 0), Err("cannot divide".into()))?;
    checks.same("check", check(true), Ok(()))?;
    checks.same("check", check(false), Err(Colour::DarkGreen))?;
    let [a, b] = [Point { x: 1, y: -2 }, Point { x: 3, y: 4 }];
    checks.same("mirror", mirror(&a), Point { x: -2, y: 1 })?;
    checks.same("turn", turn(Shape::Empty), Shape::Count(u64::MAX))?;
    checks.same("turn", turn(Shape::Circle(1.5)), Shape::Circle(-1.5))?;
    checks.same("turn", turn(Shape::Line(a.clone(), b.clone())), Shape::Line(b.clone(), a.clone()))?;
    let [polygon, nogylop] = [vec![a.clone(), b.clone()], vec![b.clone(), a.clone()]];
    checks.same("turn", turn(Shape::Polygon(polygon)), Shape::Polygon(nogylop))?;
    checks.same("turn", turn(Shape::Text("abc".into())), Shape::Text("cba".into()))?;
    checks.same("turn", turn(Shape::Count(8)), Shape::Count(4))?;
    let drawing = |id, shapes| Drawing {
        id: Id(id),
        title: Some("two".into()),
        shapes,
        colours: vec![Colour::Blue, Colour::Red],
        tags: vec![Pair(1, "one".into()), Pair(2, String::new())],
        r#type: 'x',
        visible: true,
        small: (-1, 1, -2, 2),
        weight: 0.25,
    };
    let (before, after) = (vec![Shape::Empty, Shape::Text("ab".into())], vec![Shape::Count(u64::MAX), Shape::Text("ba".into())]);
    checks.same("redraw", redraw(drawing(1, before)), drawing(2, after))?;
    let said = many("s".into(), 1, vec![2, 3], Some(0.5), ('c', true), Shape::Count(9), -1, -2, a.clone());
    let expected = "s 1 [2, 3] Some(0.5) ('c', true) Count(9) -1 -2 Point { x: 1, y: -2 }";
    checks.same("many", said, expected.into())?;
    let list = vec![(1, vec![vec![1, 2], vec![]]), (2, vec![])];
    checks.same("tail", tail(list.clone(), 1), list[1..].to_vec())?;
    remember(3);
    checks.same("remembered", remembered() % 3, 0)?;
    Ok(format!("{} checks", checks.0))
}

struct Checks(u32);

impl Checks {
    fn same<T: PartialEq + std::fmt::Debug>(&mut self, name: &str, found: T, expected: T) -> Result<(), String> {
        if found != expected {
            return Err(format!("{name}: {found:?} instead of {expected:?}"));
        }
        self.0 += 1;
        Ok(())
    }
}
