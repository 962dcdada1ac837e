//! Checks of `test:values/compounds`.

use crate::tally::Tally;
use crate::test::values::compounds::{self, Big, Everything, Flags1, Flags8, Flags9, Flags32};
use crate::test::values::shapes::{Color, Line, Payload, Point};
use crate::{COLORS, Same, line, payloads, with_ends_exchanged};

pub fn check(tally: &mut Tally) -> Result<(), String> {
    records(tally)?;
    cases(tally)?;
    flags(tally)?;
    options(tally)?;
    results(tally)?;
    many(tally)
}

fn records(tally: &mut Tally) -> Result<(), String> {
    tally
        .function("swap-pair")
        .check(0, compounds::swap_pair((200, "ü")) == ("ü".to_string(), 200))?;
    tally.function("turn");
    for (number, before) in [line(1), line(-8)].into_iter().enumerate() {
        let after = with_ends_exchanged(&before);
        let after = Line {
            name: after.name + "~",
            weight: -after.weight,
            ..after
        };
        tally.check(number, compounds::turn(&before).same(&after))?;
    }
    tally.function("next-everything");
    let largest = Everything {
        a: true,
        b: u8::MAX,
        c: i16::MAX,
        d: 0,
        e: u32::MAX,
        f: i8::MAX,
        g: u64::MAX,
        h: 0.5,
        i: i64::MAX,
        j: '\u{10FFFF}',
        k: 0.0,
        l: u16::MAX,
        m: String::new(),
        n: i32::MAX,
        o: Some(u64::MAX),
        p: Color::Blue,
        q: vec![1, 2, 255],
    };
    let answer = compounds::next_everything(&largest);
    let numbers = (
        answer.b, answer.c, answer.d, answer.e, answer.f, answer.g, answer.i, answer.l, answer.n,
    );
    tally.check(0, numbers == (0, i16::MIN, 1, 0, i8::MIN, 0, i64::MIN, 0, i32::MIN))?;
    tally.check(
        1,
        answer.h == 1.5 && answer.k.to_bits() == (-0.0f64).to_bits() && !answer.a,
    )?;
    tally.check(2, answer.j == '\u{10FFFF}' && answer.m == "+" && answer.o == Some(0))?;
    tally.check(3, answer.p == Color::Red && answer.q == [255, 2, 1])?;
    let small = Everything {
        a: false,
        j: 'j',
        m: "mm".to_string(),
        o: None,
        p: Color::Red,
        q: vec![],
        ..answer
    };
    let answer = compounds::next_everything(&small);
    tally.check(
        4,
        answer.a && answer.j == 'j' && answer.m == "mm+" && answer.o.is_none(),
    )?;
    tally.check(
        5,
        answer.p == Color::Green && answer.q.is_empty() && answer.d == 2 && answer.h == 2.5,
    )
}

fn cases(tally: &mut Tally) -> Result<(), String> {
    tally.function("next-payload");
    for (number, (before, after)) in payloads().into_iter().enumerate() {
        tally.check(number, compounds::next_payload(&before).same(&after))?;
    }
    tally.function("kind");
    let kinds = ["nothing", "number", "number", "long", "long", "text", "text", "place"];
    for (number, ((payload, _), kind)) in payloads().into_iter().zip(kinds).enumerate() {
        tally.check(number, compounds::kind(&payload) == kind)?;
    }
    tally.function("next-color");
    for (number, color) in COLORS.into_iter().enumerate() {
        tally.check(number, compounds::next_color(color) == COLORS[(number + 1) % 3])?;
    }
    tally.function("next-big");
    let pairs = [
        (Big::C0, Big::C1),
        (Big::C254, Big::C255),
        (Big::C255, Big::C256),
        (Big::C256, Big::C257),
        (Big::C299, Big::C0),
    ];
    for (number, (before, after)) in pairs.into_iter().enumerate() {
        tally.check(number, compounds::next_big(before) == after)?;
    }
    Ok(())
}

fn flags(tally: &mut Tally) -> Result<(), String> {
    tally.function("invert");
    let none = (Flags1::empty(), Flags8::empty(), Flags9::empty(), Flags32::empty());
    let all = (Flags1::all(), Flags8::all(), Flags9::all(), Flags32::all());
    tally.check(0, compounds::invert(none.0, none.1, none.2, none.3) == all)?;
    tally.check(1, compounds::invert(all.0, all.1, all.2, all.3) == none)?;
    let some = (
        Flags1::B0,
        Flags8::B0 | Flags8::B7,
        Flags9::B8,
        Flags32::B31 | Flags32::B16 | Flags32::B1,
    );
    let others = (Flags1::empty(), all.1 - some.1, all.2 - some.2, all.3 - some.3);
    tally.check(2, compounds::invert(some.0, some.1, some.2, some.3) == others)
}

fn options(tally: &mut Tally) -> Result<(), String> {
    tally
        .function("next-option")
        .check(0, compounds::next_option(None).is_none())?;
    tally.check(1, compounds::next_option(Some(0)) == Some(1))?;
    tally.check(2, compounds::next_option(Some(i32::MAX as u32)) == Some(1 << 31))?;
    tally
        .function("next-nested")
        .check(0, compounds::next_nested(None) == Some(None))?;
    tally.check(1, compounds::next_nested(Some(None)) == Some(Some("new".to_string())))?;
    tally.check(2, compounds::next_nested(Some(Some(""))).is_none())?;
    tally.function("echo-deep");
    let values = [
        None,
        Some(None),
        Some(Some(None)),
        Some(Some(Some(0))),
        Some(Some(Some(255))),
    ];
    for (number, v) in values.into_iter().enumerate() {
        tally.check(number, compounds::echo_deep(v) == v)?;
    }
    Ok(())
}

fn results(tally: &mut Tally) -> Result<(), String> {
    tally.function("flip").check(0, compounds::flip(Ok(255)) == Err(255))?;
    tally.check(1, compounds::flip(Err(Color::Blue)) == Ok(Color::Blue))?;
    tally.check(2, compounds::flip(Err(Color::Red)) == Ok(Color::Red))?;
    tally.function("outcome").check(0, compounds::outcome(true).is_ok())?;
    tally.check(1, compounds::outcome(false).is_err())?;
    tally
        .function("only-ok")
        .check(0, compounds::only_ok(i32::MAX) == Ok(2_147_483_647))?;
    tally.check(1, compounds::only_ok(-1) == Err(()))?;
    tally.function("only-err").check(0, compounds::only_err(0) == Ok(()))?;
    tally.check(
        1,
        compounds::only_err(i32::MIN) == Err("negative: -2147483648".to_string()),
    )?;
    tally.function("divide").check(0, compounds::divide(-7, 2) == Ok(-3))?;
    tally.check(1, compounds::divide(1, 0) == Err("division by zero".to_string()))?;
    tally.check(2, compounds::divide(i32::MIN, -1) == Err("overflow".to_string()))?;
    tally.function("find");
    let found = Line {
        name: "ü".to_string(),
        from: Point { x: 1, y: 2 },
        to: Point { x: 3, y: 4 },
        weight: 0.5,
    };
    tally.check(0, compounds::find("ü").is_ok_and(|line| line.same(&found)))?;
    tally.check(1, compounds::find("none").is_err_and(|e| e.same(&Payload::Nothing)))?;
    tally.check(
        2,
        compounds::find("-x").is_err_and(|e| e.same(&Payload::Text("-x".to_string()))),
    )
}

fn many(tally: &mut Tally) -> Result<(), String> {
    tally.function("many");
    let answer = compounds::many(1, -2, 3, -4, 5, -6, 7, -8, "neun", 10, 11, 12, 13, 14, "fünfzehn", 16);
    tally.check(0, answer == "1,-2,3,-4,5,-6,7,-8,neun,10,11,12,13,14,fünfzehn,16")?;
    let answer = compounds::many(
        u8::MAX,
        i8::MIN,
        u16::MAX,
        i16::MIN,
        u32::MAX,
        i32::MIN,
        u64::MAX,
        i64::MIN,
        "",
        0,
        0,
        0,
        0,
        255,
        "",
        u32::MAX,
    );
    let expected = "255,-128,65535,-32768,4294967295,-2147483648,18446744073709551615,-9223372036854775808,,0,0,0,0,255,,4294967295";
    tally.check(1, answer == expected)
}
