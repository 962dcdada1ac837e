//! The values caller: calls every function of `test:values` with many values, and says the first answer that is wrong.

use std::fmt::Debug;
use std::sync::Arc;

use farcall::{Call, Client};

use super::bindings::test::values::compounds::{self, Big, Everything, Flags1, Flags8, Flags9, Flags32};
use super::bindings::test::values::shapes::{self, Color, Line, Payload, Point};
use super::bindings::test::values::{lists, scalars};

const MANY: i32 = 10_000;

/// What is called, and how it went until now.
pub struct Caller {
    shapes: shapes::Client,
    scalars: scalars::Client,
    lists: lists::Client,
    compounds: compounds::Client,
    functions: usize,
    checks: usize,
}

/// Says what was called; an error names the function and the values.
macro_rules! check {
    ($caller:ident, $interface:ident . $function:ident: $(($($parameter:expr),*) => $right:expr),+ $(,)?) => {
        $caller.functions += 1;
        $({
            $caller.checks += 1;
            let call = $caller.$interface.$function($($parameter),*);
            expect(stringify!($function), call, $right).await?;
        })+
    };
    ($caller:ident, $interface:ident . $function:ident same: $values:expr) => {
        $caller.functions += 1;
        for value in $values {
            $caller.checks += 1;
            expect(stringify!($function), $caller.$interface.$function(value), value).await?;
        }
    };
}

/// All NaNs are one value; `0.0` and `-0.0` are two: that is how they are printed.
async fn expect<T: Debug>(function: &str, call: Call<'_, T>, right: T) -> Result<(), String> {
    let answer = call.await.map_err(|error| format!("{function}: {error}"))?;
    let (answer, right) = (format!("{answer:?}"), format!("{right:?}"));
    let cut = |text: &str| text.chars().take(200).collect::<String>();
    match answer == right {
        true => Ok(()),
        false => Err(format!("{function}: {} instead of {}", cut(&answer), cut(&right))),
    }
}

impl Caller {
    pub fn new(client: Client) -> Caller {
        let client = Arc::new(client);
        Caller {
            shapes: shapes::Client::new(Arc::clone(&client)),
            scalars: scalars::Client::new(Arc::clone(&client)),
            lists: lists::Client::new(Arc::clone(&client)),
            compounds: compounds::Client::new(client),
            functions: 0,
            checks: 0,
        }
    }

    /// Calls everything: `54 functions, 180 checks`.
    pub async fn run(mut self) -> Result<String, String> {
        check!(self, shapes.origin: () => Point { x: 7, y: -7 });
        self.scalars().await?;
        self.lists().await?;
        self.compounds().await?;
        Ok(self.said())
    }

    /// Values that some languages get wrong, whoever is on the other side.
    pub async fn run_wide(mut self) -> Result<String, String> {
        check!(self, scalars.next_u32: (u32::MAX) => 0, (u32::MAX - 1) => u32::MAX, (1 << 31) => (1 << 31) + 1);
        check!(self, scalars.next_s64: (i64::MIN) => i64::MIN + 1, (i64::MAX) => i64::MIN, (-1) => 0, (-2) => -1);
        check!(self, lists.sum: (&[i32::MIN, -1]) => -2_147_483_649);
        check!(self, compounds.next_option: (Some(u32::MAX)) => Some(0));
        check!(
            self, compounds.next_payload:
            (&Payload::Long(i64::MIN)) => Payload::Long(i64::MIN),
            (&Payload::Number(-0.0)) => Payload::Number(0.0),
            (&Payload::Number(-f32::MAX)) => Payload::Number(f32::MAX),
        );
        check!(self, compounds.kind: (&Payload::Long(i64::MIN)) => "long".to_owned());
        Ok(self.said())
    }

    fn said(&self) -> String {
        format!("{} functions, {} checks", self.functions, self.checks)
    }

    async fn scalars(&mut self) -> Result<(), String> {
        check!(self, scalars.negate: (false) => true, (true) => false);
        check!(self, scalars.next_u8: (0) => 1, (127) => 128, (254) => 255, (255) => 0);
        check!(self, scalars.next_s8: (0) => 1, (-128) => -127, (126) => 127, (127) => -128);
        check!(self, scalars.next_u16: (0) => 1, (127) => 128, (65_534) => 65_535, (65_535) => 0);
        check!(self, scalars.next_s16: (0) => 1, (-64) => -63, (i16::MIN) => i16::MIN + 1, (i16::MAX) => i16::MIN);
        check!(self, scalars.next_u32: (0) => 1, (0x7f) => 0x80, (0x80) => 0x81, (0x7fff_fffe) => 0x7fff_ffff);
        check!(self, scalars.next_s32: (0) => 1, (-1) => 0, (i32::MIN) => i32::MIN + 1, (i32::MAX) => i32::MIN);
        check!(self, scalars.next_u64: (0) => 1, (1 << 63) => (1 << 63) + 1, (u64::MAX - 1) => u64::MAX, (u64::MAX) => 0);
        check!(self, scalars.next_s64: (0) => 1, (1 << 32) => (1 << 32) + 1, (i64::MAX - 1) => i64::MAX);
        let singles = [
            0.0,
            -0.0,
            1.5,
            f32::MIN,
            f32::MAX,
            f32::MIN_POSITIVE,
            1e-45,
            f32::INFINITY,
            f32::NAN,
        ];
        check!(self, scalars.echo_f32 same: singles);
        let doubles = [
            0.0,
            -0.0,
            1.5,
            f64::MIN,
            f64::MAX,
            f64::MIN_POSITIVE,
            5e-324,
            f64::NEG_INFINITY,
            f64::NAN,
        ];
        check!(self, scalars.echo_f64 same: doubles);
        check!(
            self, scalars.subtract_f64:
            (1.5, 0.25) => 1.25,
            (0.25, 1.5) => -1.25,
            (f64::INFINITY, f64::INFINITY) => f64::NAN,
        );
        let chars = [
            '\0',
            'a',
            '\x7f',
            '\u{80}',
            '\u{7ff}',
            '\u{800}',
            '\u{d7ff}',
            '\u{e000}',
            '\u{10000}',
            char::MAX,
        ];
        check!(self, scalars.echo_char same: chars);
        check!(self, scalars.swap_chars: ('a', char::MAX) => (char::MAX, 'a'));
        let long = "ж".repeat(10_000);
        check!(
            self, scalars.echo_string:
            ("") => String::new(),
            ("plain") => "plain".to_owned(),
            ("grüße 日本語 🦀\u{10ffff}\0 and\nmore") => "grüße 日本語 🦀\u{10ffff}\0 and\nmore".to_owned(),
            (&long) => long.clone(),
        );
        check!(
            self, scalars.join:
            ("a", "b", "c", ", ") => "a, b, c".to_owned(),
            ("", "ß", "", "") => "ß".to_owned(),
            ("", "", "", "日") => "日日".to_owned(),
        );
        let strings = |parts: &[&str]| parts.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>();
        check!(self, scalars.split: ("") => Vec::new(), ("aß日🦀") => strings(&["a", "ß", "日", "🦀"]));
        check!(self, scalars.touch: () => ());
        check!(self, scalars.seven: () => 7);
        check!(self, scalars.sink: ("down it goes") => ());
        Ok(())
    }

    async fn lists(&mut self) -> Result<(), String> {
        let many: Vec<u8> = (0..MANY).map(|i| (i % 251) as u8).collect();
        check!(self, lists.echo_bytes: (&[]) => Vec::new(), (&many) => many.clone(), (&[255, 0, 128]) => vec![255, 0, 128]);
        let numbers: Vec<i32> = (0..MANY).collect();
        check!(
            self, lists.sum:
            (&[]) => 0,
            (&[i32::MAX, i32::MAX, 3]) => 4_294_967_297,
            (&numbers) => 49_995_000,
        );
        check!(self, lists.reverse_u64: (&[]) => vec![], (&[0, 1, u64::MAX, 1 << 63]) => vec![1 << 63, u64::MAX, 1, 0]);
        check!(self, lists.reverse_f32: (&[1.5, -2.5, f32::INFINITY]) => vec![f32::INFINITY, -2.5, 1.5], (&[f32::NAN]) => vec![f32::NAN]);
        check!(self, lists.negate_all: (&[]) => vec![], (&[true, false, false]) => vec![false, true, true]);
        check!(self, lists.spell: (&[]) => String::new(), (&['f', 'ü', '日', char::MAX]) => "fü日\u{10ffff}".to_owned());
        let texts: Vec<String> = (0..MANY).map(|i| i.to_string()).collect();
        let backwards: Vec<String> = texts.iter().rev().cloned().collect();
        check!(self, lists.reverse_strings: (&[]) => vec![], (&texts) => backwards);
        check!(
            self, lists.reverse_nested:
            (&[vec![1, 2, 65_535], vec![], vec![4]]) => vec![vec![4], vec![], vec![65_535, 2, 1]],
        );
        let points: Vec<Point> = (0..MANY).map(|i| Point { x: i, y: 5 - i }).collect();
        let moved: Vec<Point> = (0..MANY).map(|i| Point { x: i + 1, y: 4 - i }).collect();
        let by = Point { x: 1, y: -1 };
        let (before, after) = (
            Point {
                x: i32::MAX,
                y: i32::MIN,
            },
            Point {
                x: i32::MIN,
                y: i32::MAX,
            },
        );
        check!(
            self, lists.move_points:
            (&[], by) => vec![],
            (&points, by) => moved,
            (&[before], by) => vec![after],
        );
        let lines: Vec<Line> = (0..100).map(line).collect();
        let turned: Vec<Line> = lines.iter().rev().map(exchanged).collect();
        check!(self, lists.reverse_lines: (&[]) => vec![], (&lines) => turned);
        let (pairs, swapped) = (
            [(0, String::new()), (255, "ü".to_owned())],
            [(String::new(), 0), ("ü".to_owned(), 255)],
        );
        check!(self, lists.swap_pairs: (&[]) => vec![], (&pairs) => swapped.to_vec());
        let (before, after): (Vec<_>, Vec<_>) = payloads().into_iter().unzip();
        check!(self, lists.next_payloads: (&[]) => vec![], (&before) => after);
        let colors = [Color::Red, Color::Green, Color::Blue];
        check!(self, lists.next_colors: (&colors) => vec![Color::Green, Color::Blue, Color::Red]);
        let options = [None, Some(String::new()), Some("x".to_owned())];
        check!(self, lists.reverse_options: (&options) => options.iter().rev().cloned().collect());
        let results = [Ok(i32::MIN), Err("not".to_owned()), Ok(7), Err(String::new())];
        let flipped = vec![Err(i32::MIN), Ok("not".to_owned()), Err(7), Ok(String::new())];
        check!(self, lists.flip_results: (&results) => flipped);
        Ok(())
    }

    async fn compounds(&mut self) -> Result<(), String> {
        check!(self, compounds.swap_pair: (&(200, "ü".to_owned())) => ("ü".to_owned(), 200));
        for number in [1, -8] {
            let turned = Line {
                name: format!("línea {number}~"),
                weight: -f64::from(number) / 4.0,
                ..exchanged(&line(number))
            };
            expect("turn", self.compounds.turn(&line(number)), turned).await?;
        }
        (self.functions, self.checks) = (self.functions + 1, self.checks + 2);
        let [largest, after, small, grown] = everything();
        check!(self, compounds.next_everything: (&largest) => after, (&small) => grown);
        let payloads = payloads();
        let names = ["nothing", "number", "number", "long", "long", "text", "text", "place"];
        for ((before, after), name) in payloads.iter().zip(names) {
            expect("next-payload", self.compounds.next_payload(before), after.clone()).await?;
            expect("kind", self.compounds.kind(before), name.to_owned()).await?;
        }
        (self.functions, self.checks) = (self.functions + 2, self.checks + 2 * payloads.len());
        check!(
            self, compounds.next_color:
            (Color::Red) => Color::Green,
            (Color::Green) => Color::Blue,
            (Color::Blue) => Color::Red,
        );
        check!(
            self, compounds.next_big:
            (Big::C0) => Big::C1,
            (Big::C254) => Big::C255,
            (Big::C255) => Big::C256,
            (Big::C299) => Big::C0,
        );
        let none = (Flags1::empty(), Flags8::empty(), Flags9::empty(), Flags32::empty());
        let all = (Flags1::all(), Flags8::all(), Flags9::all(), Flags32::all());
        let some = (
            Flags1::B0,
            Flags8::B0 | Flags8::B7,
            Flags9::B8,
            Flags32::B31 | Flags32::B16,
        );
        check!(
            self, compounds.invert:
            (none.0, none.1, none.2, none.3) => all,
            (all.0, all.1, all.2, all.3) => none,
            (some.0, some.1, some.2, some.3) => (!some.0, !some.1, !some.2, !some.3),
        );
        check!(self, compounds.next_option: (None) => None, (Some(0)) => Some(1), (Some(41)) => Some(42));
        let new = Some(Some("new".to_owned()));
        check!(
            self, compounds.next_nested:
            (None) => Some(None),
            (Some(None)) => new,
            (Some(Some(""))) => None,
        );
        check!(self, compounds.echo_deep same: [None, Some(None), Some(Some(None)), Some(Some(Some(0))), Some(Some(Some(255)))]);
        check!(self, compounds.flip: (Ok(255)) => Err(255), (Err(Color::Blue)) => Ok(Color::Blue));
        check!(self, compounds.outcome: (true) => Ok(()), (false) => Err(()));
        check!(self, compounds.only_ok: (i32::MAX) => Ok(i32::MAX as u32), (-1) => Err(()));
        check!(self, compounds.only_err: (0) => Ok(()), (i32::MIN) => Err("negative: -2147483648".to_owned()));
        check!(
            self, compounds.divide:
            (-7, 2) => Ok(-3),
            (1, 0) => Err("division by zero".to_owned()),
            (i32::MIN, -1) => Err("overflow".to_owned()),
        );
        let found = Line {
            name: "ü".to_owned(),
            from: Point { x: 1, y: 2 },
            to: Point { x: 3, y: 4 },
            weight: 0.5,
        };
        check!(
            self, compounds.find:
            ("ü") => Ok(found),
            ("none") => Err(Payload::Nothing),
            ("-x") => Err(Payload::Text("-x".to_owned())),
        );
        check!(
            self, compounds.many:
            (1, -2, 3, -4, 5, -6, 7, -8, "neun", 10, 11, 12, 13, 14, "fünfzehn", 16)
                => "1,-2,3,-4,5,-6,7,-8,neun,10,11,12,13,14,fünfzehn,16".to_owned(),
        );
        Ok(())
    }
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

fn exchanged(line: &Line) -> Line {
    Line {
        from: line.to,
        to: line.from,
        ..line.clone()
    }
}

/// Each case with a value, and what `next-payload` makes of it.
fn payloads() -> Vec<(Payload, Payload)> {
    let text = |text: &str| Payload::Text(text.to_owned());
    vec![
        (Payload::Nothing, Payload::Nothing),
        (Payload::Number(1.5), Payload::Number(-1.5)),
        (Payload::Number(0.0), Payload::Number(-0.0)),
        (Payload::Long(i64::MAX), Payload::Long(-i64::MAX)),
        (Payload::Long(0x1_0000_0001), Payload::Long(-0x1_0000_0001)),
        (text(""), text("!")),
        (text("日本"), text("日本!")),
        (
            Payload::Place(Point { x: 1, y: -2 }),
            Payload::Place(Point { x: -2, y: 1 }),
        ),
    ]
}

/// Two values, each followed by what `next-everything` makes of it.
fn everything() -> [Everything; 4] {
    let largest = Everything {
        a: true,
        b: 255,
        c: i16::MAX,
        d: 0,
        e: u32::MAX,
        f: i8::MAX,
        g: u64::MAX,
        h: 0.5,
        i: i64::MAX,
        j: char::MAX,
        k: 0.0,
        l: u16::MAX,
        m: String::new(),
        n: i32::MAX,
        o: Some(u64::MAX),
        p: Color::Blue,
        q: vec![1, 2, 255],
    };
    let after = Everything {
        a: false,
        b: 0,
        c: i16::MIN,
        d: 1,
        e: 0,
        f: i8::MIN,
        g: 0,
        h: 1.5,
        i: i64::MIN,
        j: char::MAX,
        k: -0.0,
        l: 0,
        m: "+".to_owned(),
        n: i32::MIN,
        o: Some(0),
        p: Color::Red,
        q: vec![255, 2, 1],
    };
    let small = Everything {
        j: 'j',
        k: 2.0,
        m: "mm".to_owned(),
        o: None,
        q: Vec::new(),
        ..after.clone()
    };
    let grown = Everything {
        a: true,
        b: 1,
        c: i16::MIN + 1,
        d: 2,
        e: 1,
        f: i8::MIN + 1,
        g: 1,
        h: 2.5,
        i: i64::MIN + 1,
        k: -2.0,
        l: 1,
        m: "mm+".to_owned(),
        n: i32::MIN + 1,
        p: Color::Green,
        ..small.clone()
    };
    [largest, after, small, grown]
}
