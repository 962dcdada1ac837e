//! Checks of `test:values/lists`.

use crate::tally::Tally;
use crate::test::values::lists;
use crate::test::values::shapes::{Line, Payload, Point};
use crate::{COLORS, Same, line, payloads, with_ends_exchanged};

const MANY: usize = 10_000;

pub fn check(tally: &mut Tally) -> Result<(), String> {
    numbers(tally)?;
    texts(tally)?;
    compounds(tally)
}

fn numbers(tally: &mut Tally) -> Result<(), String> {
    tally
        .function("echo-bytes")
        .check(0, lists::echo_bytes(&[]).is_empty())?;
    let bytes: Vec<u8> = (0..MANY).map(|i| (i % 251) as u8).collect();
    tally.check(1, lists::echo_bytes(&bytes) == bytes)?;
    tally.check(2, lists::echo_bytes(&[0xFF, 0, 0x80]) == [0xFF, 0, 0x80])?;

    tally.function("sum").check(0, lists::sum(&[]) == 0)?;
    tally.check(1, lists::sum(&[i32::MAX, i32::MAX, 3]) == 4_294_967_297)?;
    let many: Vec<i32> = (0..MANY as i32).collect();
    tally.check(2, lists::sum(&many) == 49_995_000)?;

    tally
        .function("reverse-u64")
        .check(0, lists::reverse_u64(&[]).is_empty())?;
    tally.check(
        1,
        lists::reverse_u64(&[0, 1, u64::MAX, 1 << 63]) == [1 << 63, u64::MAX, 1, 0],
    )?;

    tally.function("reverse-f32").check(
        0,
        lists::reverse_f32(&[1.5, -2.5, f32::INFINITY]) == [f32::INFINITY, -2.5, 1.5],
    )?;
    tally.check(1, lists::reverse_f32(&[f32::NAN])[0].is_nan())?;

    tally
        .function("negate-all")
        .check(0, lists::negate_all(&[]).is_empty())?;
    tally.check(1, lists::negate_all(&[true, false, false]) == [false, true, true])
}

fn texts(tally: &mut Tally) -> Result<(), String> {
    tally.function("spell").check(0, lists::spell(&[]).is_empty())?;
    tally.check(1, lists::spell(&['f', 'ü', '日', '\u{10FFFF}']) == "fü日\u{10FFFF}")?;

    tally
        .function("reverse-strings")
        .check(0, lists::reverse_strings(&[]).is_empty())?;
    let three = ["".to_string(), "zwei".to_string(), "три".to_string()];
    tally.check(1, lists::reverse_strings(&three) == ["три", "zwei", ""])?;
    let many: Vec<String> = (0..MANY).map(|i| i.to_string()).collect();
    let answer = lists::reverse_strings(&many);
    tally.check(2, answer.iter().rev().eq(many.iter()))?;

    tally
        .function("reverse-nested")
        .check(0, lists::reverse_nested(&[]).is_empty())?;
    let nested = [vec![1, 2, u16::MAX], vec![], vec![4]];
    tally.check(
        1,
        lists::reverse_nested(&nested) == [vec![4], vec![], vec![u16::MAX, 2, 1]],
    )
}

fn compounds(tally: &mut Tally) -> Result<(), String> {
    let by = Point { x: 1, y: -1 };
    tally
        .function("move-points")
        .check(0, lists::move_points(&[], by).is_empty())?;
    let points: Vec<Point> = (0..MANY as i32).map(|i| Point { x: i, y: -i }).collect();
    let moved: Vec<Point> = (0..MANY as i32).map(|i| Point { x: i + 1, y: -i - 1 }).collect();
    tally.check(1, lists::move_points(&points, by).same(&moved))?;
    let wrapped = lists::move_points(
        &[Point {
            x: i32::MAX,
            y: i32::MIN,
        }],
        by,
    );
    tally.check(
        2,
        wrapped.same(&vec![Point {
            x: i32::MIN,
            y: i32::MAX,
        }]),
    )?;

    tally
        .function("reverse-lines")
        .check(0, lists::reverse_lines(&[]).is_empty())?;
    let lines: Vec<Line> = (0..100).map(line).collect();
    let reversed: Vec<Line> = lines.iter().rev().map(with_ends_exchanged).collect();
    tally.check(1, lists::reverse_lines(&lines).same(&reversed))?;

    let pairs = [(0, "".to_string()), (255, "ü".to_string())];
    tally
        .function("swap-pairs")
        .check(0, lists::swap_pairs(&[]).is_empty())?;
    tally.check(
        1,
        lists::swap_pairs(&pairs) == [("".to_string(), 0), ("ü".to_string(), 255)],
    )?;

    let (before, after): (Vec<Payload>, Vec<Payload>) = payloads().into_iter().unzip();
    tally
        .function("next-payloads")
        .check(0, lists::next_payloads(&[]).is_empty())?;
    tally.check(1, lists::next_payloads(&before).same(&after))?;

    tally
        .function("next-colors")
        .check(0, lists::next_colors(&COLORS) == [COLORS[1], COLORS[2], COLORS[0]])?;

    let options = [None, Some("".to_string()), Some("x".to_string())];
    let reversed = [Some("x".to_string()), Some("".to_string()), None];
    tally
        .function("reverse-options")
        .check(0, lists::reverse_options(&options) == reversed)?;

    let results = [Ok(i32::MIN), Err("not".to_string()), Ok(7), Err("".to_string())];
    let flipped = [Err(i32::MIN), Ok("not".to_string()), Err(7), Ok("".to_string())];
    tally
        .function("flip-results")
        .check(0, lists::flip_results(&results) == flipped)
}
