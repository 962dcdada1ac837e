//! The values callee: answers every interface of `test:values`. What each function does is said in its WIT.

use farcall::{Component, Incoming, Native, Status};

use super::bindings::test::values::compounds::{self, Big, Everything, Flags1, Flags8, Flags9, Flags32};
use super::bindings::test::values::shapes::{self, Color, Line, Payload, Point};
use super::bindings::test::values::{lists, scalars};

/// Every interface.
#[derive(Clone, Copy, Debug)]
pub struct Callee;

impl Callee {
    pub fn natives() -> [Native; 4] {
        [
            shapes::serve(Callee),
            scalars::serve(Callee),
            lists::serve(Callee),
            compounds::serve(Callee),
        ]
    }

    pub fn components() -> Vec<Component> {
        let components = Callee::natives().into_iter().map(Component::native);
        components
            .collect::<Result<_, _>>()
            .expect("its own WIT is well formed")
    }
}

/// A result as it always comes about here: nothing fails on the way.
type Answer<T> = Result<T, Status>;

fn exchanged(line: Line) -> Line {
    Line {
        from: line.to,
        to: line.from,
        ..line
    }
}

fn after(payload: Payload) -> Payload {
    match payload {
        Payload::Nothing => Payload::Nothing,
        Payload::Number(number) => Payload::Number(-number),
        Payload::Long(long) => Payload::Long(long.wrapping_neg()),
        Payload::Text(text) => Payload::Text(text + "!"),
        Payload::Place(Point { x, y }) => Payload::Place(Point { x: y, y: x }),
    }
}

fn next(color: Color) -> Color {
    match color {
        Color::Red => Color::Green,
        Color::Green => Color::Blue,
        Color::Blue => Color::Red,
    }
}

fn reversed<T>(values: Vec<T>) -> Vec<T> {
    values.into_iter().rev().collect()
}

impl shapes::Server for Callee {
    async fn origin(&self, _: &Incoming) -> Answer<Point> {
        Ok(Point { x: 7, y: -7 })
    }
}

macro_rules! next {
    ($($name:ident $ty:ty;)*) => {$(
        async fn $name(&self, _: &Incoming, v: $ty) -> Answer<$ty> {
            Ok(v.wrapping_add(1))
        }
    )*};
}

impl scalars::Server for Callee {
    next! {
        next_u8 u8;
        next_s8 i8;
        next_u16 u16;
        next_s16 i16;
        next_u32 u32;
        next_s32 i32;
        next_u64 u64;
        next_s64 i64;
    }

    async fn negate(&self, _: &Incoming, v: bool) -> Answer<bool> {
        Ok(!v)
    }

    async fn echo_f32(&self, _: &Incoming, v: f32) -> Answer<f32> {
        Ok(v)
    }

    async fn echo_f64(&self, _: &Incoming, v: f64) -> Answer<f64> {
        Ok(v)
    }

    async fn subtract_f64(&self, _: &Incoming, a: f64, b: f64) -> Answer<f64> {
        Ok(a - b)
    }

    async fn echo_char(&self, _: &Incoming, v: char) -> Answer<char> {
        Ok(v)
    }

    async fn swap_chars(&self, _: &Incoming, a: char, b: char) -> Answer<(char, char)> {
        Ok((b, a))
    }

    async fn echo_string(&self, _: &Incoming, v: String) -> Answer<String> {
        Ok(v)
    }

    async fn join(&self, _: &Incoming, a: String, b: String, c: String, separator: String) -> Answer<String> {
        Ok([a, b, c].join(&separator))
    }

    async fn split(&self, _: &Incoming, text: String) -> Answer<Vec<String>> {
        Ok(text.chars().map(String::from).collect())
    }

    async fn touch(&self, _: &Incoming) -> Answer<()> {
        Ok(())
    }

    async fn seven(&self, _: &Incoming) -> Answer<u8> {
        Ok(7)
    }

    async fn sink(&self, _: &Incoming, _: String) -> Answer<()> {
        Ok(())
    }
}

impl lists::Server for Callee {
    async fn echo_bytes(&self, _: &Incoming, v: Vec<u8>) -> Answer<Vec<u8>> {
        Ok(v)
    }

    async fn sum(&self, _: &Incoming, v: Vec<i32>) -> Answer<i64> {
        Ok(v.into_iter().map(i64::from).sum())
    }

    async fn reverse_u64(&self, _: &Incoming, v: Vec<u64>) -> Answer<Vec<u64>> {
        Ok(reversed(v))
    }

    async fn reverse_f32(&self, _: &Incoming, v: Vec<f32>) -> Answer<Vec<f32>> {
        Ok(reversed(v))
    }

    async fn negate_all(&self, _: &Incoming, v: Vec<bool>) -> Answer<Vec<bool>> {
        Ok(v.into_iter().map(|v| !v).collect())
    }

    async fn spell(&self, _: &Incoming, v: Vec<char>) -> Answer<String> {
        Ok(v.into_iter().collect())
    }

    async fn reverse_strings(&self, _: &Incoming, v: Vec<String>) -> Answer<Vec<String>> {
        Ok(reversed(v))
    }

    async fn reverse_nested(&self, _: &Incoming, v: Vec<Vec<u16>>) -> Answer<Vec<Vec<u16>>> {
        Ok(v.into_iter().rev().map(reversed).collect())
    }

    async fn move_points(&self, _: &Incoming, v: Vec<Point>, by: Point) -> Answer<Vec<Point>> {
        let moved = |point: Point| Point {
            x: point.x.wrapping_add(by.x),
            y: point.y.wrapping_add(by.y),
        };
        Ok(v.into_iter().map(moved).collect())
    }

    async fn reverse_lines(&self, _: &Incoming, v: Vec<Line>) -> Answer<Vec<Line>> {
        Ok(v.into_iter().rev().map(exchanged).collect())
    }

    async fn swap_pairs(&self, _: &Incoming, v: Vec<(u8, String)>) -> Answer<Vec<(String, u8)>> {
        Ok(v.into_iter().map(|(number, text)| (text, number)).collect())
    }

    async fn next_payloads(&self, _: &Incoming, v: Vec<Payload>) -> Answer<Vec<Payload>> {
        Ok(v.into_iter().map(after).collect())
    }

    async fn next_colors(&self, _: &Incoming, v: Vec<Color>) -> Answer<Vec<Color>> {
        Ok(v.into_iter().map(next).collect())
    }

    async fn reverse_options(&self, _: &Incoming, v: Vec<Option<String>>) -> Answer<Vec<Option<String>>> {
        Ok(reversed(v))
    }

    async fn flip_results(&self, _: &Incoming, v: Vec<Result<i32, String>>) -> Answer<Vec<Result<String, i32>>> {
        Ok(v.into_iter().map(flipped).collect())
    }
}

fn flipped<T, E>(result: Result<T, E>) -> Result<E, T> {
    match result {
        Ok(value) => Err(value),
        Err(error) => Ok(error),
    }
}

impl compounds::Server for Callee {
    async fn swap_pair(&self, _: &Incoming, (number, text): (u8, String)) -> Answer<(String, u8)> {
        Ok((text, number))
    }

    async fn turn(&self, _: &Incoming, v: Line) -> Answer<Line> {
        Ok(Line {
            name: format!("{}~", v.name),
            weight: -v.weight,
            ..exchanged(v)
        })
    }

    async fn next_everything(&self, _: &Incoming, v: Everything) -> Answer<Everything> {
        Ok(Everything {
            a: !v.a,
            b: v.b.wrapping_add(1),
            c: v.c.wrapping_add(1),
            d: v.d.wrapping_add(1),
            e: v.e.wrapping_add(1),
            f: v.f.wrapping_add(1),
            g: v.g.wrapping_add(1),
            h: v.h + 1.0,
            i: v.i.wrapping_add(1),
            j: v.j,
            k: -v.k,
            l: v.l.wrapping_add(1),
            m: v.m + "+",
            n: v.n.wrapping_add(1),
            o: v.o.map(|o| o.wrapping_add(1)),
            p: next(v.p),
            q: reversed(v.q),
        })
    }

    async fn next_payload(&self, _: &Incoming, v: Payload) -> Answer<Payload> {
        Ok(after(v))
    }

    async fn kind(&self, _: &Incoming, v: Payload) -> Answer<String> {
        let kind = match v {
            Payload::Nothing => "nothing",
            Payload::Number(_) => "number",
            Payload::Long(_) => "long",
            Payload::Text(_) => "text",
            Payload::Place(_) => "place",
        };
        Ok(kind.to_owned())
    }

    async fn next_color(&self, _: &Incoming, v: Color) -> Answer<Color> {
        Ok(next(v))
    }

    async fn next_big(&self, _: &Incoming, v: Big) -> Answer<Big> {
        Ok(Big::ALL[(v as usize + 1) % Big::ALL.len()])
    }

    async fn invert(
        &self,
        _: &Incoming,
        a: Flags1,
        b: Flags8,
        c: Flags9,
        d: Flags32,
    ) -> Answer<(Flags1, Flags8, Flags9, Flags32)> {
        Ok((!a, !b, !c, !d))
    }

    async fn next_option(&self, _: &Incoming, v: Option<u32>) -> Answer<Option<u32>> {
        Ok(v.map(|v| v.wrapping_add(1)))
    }

    async fn next_nested(&self, _: &Incoming, v: Option<Option<String>>) -> Answer<Option<Option<String>>> {
        Ok(match v {
            None => Some(None),
            Some(None) => Some(Some("new".to_owned())),
            Some(Some(_)) => None,
        })
    }

    async fn echo_deep(&self, _: &Incoming, v: Option<Option<Option<u8>>>) -> Answer<Option<Option<Option<u8>>>> {
        Ok(v)
    }

    async fn flip(&self, _: &Incoming, v: Result<u8, Color>) -> Answer<Result<Color, u8>> {
        Ok(flipped(v))
    }

    async fn outcome(&self, _: &Incoming, v: bool) -> Answer<Result<(), ()>> {
        Ok(v.then_some(()).ok_or(()))
    }

    async fn only_ok(&self, _: &Incoming, v: i32) -> Answer<Result<u32, ()>> {
        Ok(u32::try_from(v).map_err(|_| ()))
    }

    async fn only_err(&self, _: &Incoming, v: i32) -> Answer<Result<(), String>> {
        Ok(if v < 0 { Err(format!("negative: {v}")) } else { Ok(()) })
    }

    async fn divide(&self, _: &Incoming, a: i32, b: i32) -> Answer<Result<i32, String>> {
        Ok(match (b, a.checked_div(b)) {
            (0, _) => Err("division by zero".to_owned()),
            (_, None) => Err("overflow".to_owned()),
            (_, Some(quotient)) => Ok(quotient),
        })
    }

    async fn find(&self, _: &Incoming, name: String) -> Answer<Result<Line, Payload>> {
        Ok(match name.as_str() {
            "none" => Err(Payload::Nothing),
            text if text.starts_with('-') => Err(Payload::Text(name)),
            _ => Ok(Line {
                name,
                from: Point { x: 1, y: 2 },
                to: Point { x: 3, y: 4 },
                weight: 0.5,
            }),
        })
    }

    #[allow(clippy::too_many_arguments)]
    async fn many(
        &self,
        _: &Incoming,
        a: u8,
        b: i8,
        c: u16,
        d: i16,
        e: u32,
        f: i32,
        g: u64,
        h: i64,
        i: String,
        j: u8,
        k: u8,
        l: u8,
        m: u8,
        n: u8,
        o: String,
        p: u32,
    ) -> Answer<String> {
        Ok(format!(
            "{a},{b},{c},{d},{e},{f},{g},{h},{i},{j},{k},{l},{m},{n},{o},{p}"
        ))
    }
}
