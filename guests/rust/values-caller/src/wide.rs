//! Checks of bare values that not every toolchain carries.

use crate::Same;
use crate::tally::Tally;
use crate::test::values::shapes::Payload;
use crate::test::values::{compounds, lists, scalars};

pub fn check(tally: &mut Tally) -> Result<(), String> {
    tally.function("next-u32");
    for (number, v) in [u32::MAX, u32::MAX - 1, u32::MAX / 2, u32::MAX / 2 + 1]
        .into_iter()
        .enumerate()
    {
        tally.check(number, scalars::next_u32(v) == v.wrapping_add(1))?;
    }
    tally.function("next-s64");
    for (number, v) in [i64::MIN, i64::MAX, -1, -2, i64::from(i32::MIN)]
        .into_iter()
        .enumerate()
    {
        tally.check(number, scalars::next_s64(v) == v.wrapping_add(1))?;
    }
    tally
        .function("sum")
        .check(0, lists::sum(&[i32::MIN, -1]) == -2_147_483_649)?;
    tally
        .function("next-option")
        .check(0, compounds::next_option(Some(u32::MAX)) == Some(0))?;
    let smallest = Payload::Long(i64::MIN);
    tally
        .function("next-payload")
        .check(0, compounds::next_payload(&smallest).same(&smallest))?;
    tally.check(
        1,
        compounds::next_payload(&Payload::Number(-0.0)).same(&Payload::Number(0.0)),
    )?;
    tally.check(
        2,
        compounds::next_payload(&Payload::Number(f32::MIN)).same(&Payload::Number(f32::MAX)),
    )?;
    tally.function("kind").check(0, compounds::kind(&smallest) == "long")
}
