//! Checks of `test:values/scalars`.

use crate::tally::Tally;
use crate::test::values::scalars;

macro_rules! integers {
    ($tally:ident, $function:ident, $name:literal, $integer:ident) => {
        integers!(
            $tally,
            $function,
            $name,
            $integer,
            [0, 1, $integer::MIN, $integer::MAX, $integer::MAX / 2, $integer::MAX - 1]
        )
    };
    ($tally:ident, $function:ident, $name:literal, $integer:ident, $values:expr) => {
        $tally.function($name);
        let values: [$integer; _] = $values;
        for (number, v) in values.into_iter().enumerate() {
            $tally.check(number, scalars::$function(v) == v.wrapping_add(1))?;
        }
    };
}

const TEXTS: [&str; 7] = [
    "",
    "a",
    "plain",
    "grüße",
    "日本語",
    "\u{1F980}\u{10FFFF}",
    "\0 and\nmore",
];
const CHARS: [char; 10] = [
    '\0',
    'a',
    '\u{7F}',
    '\u{80}',
    '\u{7FF}',
    '\u{800}',
    '\u{D7FF}',
    '\u{E000}',
    '\u{10000}',
    '\u{10FFFF}',
];

pub fn check(tally: &mut Tally) -> Result<(), String> {
    tally.function("negate").check(0, scalars::negate(false))?;
    tally.check(1, !scalars::negate(true))?;
    integers!(tally, next_u8, "next-u8", u8);
    integers!(tally, next_s8, "next-s8", i8);
    integers!(tally, next_u16, "next-u16", u16);
    integers!(tally, next_s16, "next-s16", i16);
    integers!(tally, next_u32, "next-u32", u32, [0, 1, 0x7F, 0x80, 0x7FFF_FFFE]);
    integers!(tally, next_s32, "next-s32", i32);
    integers!(tally, next_u64, "next-u64", u64);
    integers!(
        tally,
        next_s64,
        "next-s64",
        i64,
        [0, 1, 0xFFFF_FFFF, i64::MAX / 2, i64::MAX - 1]
    );
    floats(tally)?;
    texts(tally)?;
    tally.function("touch");
    scalars::touch();
    tally.check(0, true)?;
    tally.function("seven").check(0, scalars::seven() == 7)?;
    tally.function("sink");
    scalars::sink("down it goes");
    tally.check(0, true)
}

fn floats(tally: &mut Tally) -> Result<(), String> {
    tally.function("echo-f32");
    let values = [
        0.0,
        -0.0,
        1.5,
        f32::MIN,
        f32::MAX,
        f32::MIN_POSITIVE,
        f32::from_bits(1),
        f32::INFINITY,
        -f32::INFINITY,
    ];
    for (number, v) in values.into_iter().enumerate() {
        tally.check(number, scalars::echo_f32(v).to_bits() == v.to_bits())?;
    }
    tally.check(values.len(), scalars::echo_f32(f32::NAN).is_nan())?;
    tally.function("echo-f64");
    let values = [
        0.0,
        -0.0,
        1.5,
        f64::MIN,
        f64::MAX,
        f64::MIN_POSITIVE,
        f64::from_bits(1),
        f64::INFINITY,
        -f64::INFINITY,
    ];
    for (number, v) in values.into_iter().enumerate() {
        tally.check(number, scalars::echo_f64(v).to_bits() == v.to_bits())?;
    }
    tally.check(values.len(), scalars::echo_f64(f64::NAN).is_nan())?;
    tally
        .function("subtract-f64")
        .check(0, scalars::subtract_f64(1.5, 0.25) == 1.25)?;
    tally.check(1, scalars::subtract_f64(0.25, 1.5) == -1.25)?;
    tally.check(2, scalars::subtract_f64(f64::INFINITY, f64::INFINITY).is_nan())
}

fn texts(tally: &mut Tally) -> Result<(), String> {
    tally.function("echo-char");
    for (number, v) in CHARS.into_iter().enumerate() {
        tally.check(number, scalars::echo_char(v) == v)?;
    }
    tally
        .function("swap-chars")
        .check(0, scalars::swap_chars('a', '\u{10FFFF}') == ('\u{10FFFF}', 'a'))?;
    tally.function("echo-string");
    for (number, v) in TEXTS.into_iter().enumerate() {
        tally.check(number, scalars::echo_string(v) == v)?;
    }
    let long = "ж".repeat(10_000);
    tally.check(TEXTS.len(), scalars::echo_string(&long) == long)?;
    tally
        .function("join")
        .check(0, scalars::join("a", "b", "c", ", ") == "a, b, c")?;
    tally.check(1, scalars::join("", "ß", "", "") == "ß")?;
    tally.check(2, scalars::join("", "", "", "日") == "日日")?;
    tally.function("split").check(0, scalars::split("").is_empty())?;
    tally.check(1, scalars::split("aß日\u{1F980}") == ["a", "ß", "日", "\u{1F980}"])
}
