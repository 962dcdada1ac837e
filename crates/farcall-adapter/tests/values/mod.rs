//! Values of any type, out of numbers: the tests' source of requests.

use farcall_codec::Value;
use farcall_wit::Type;

/// A value of that type, out of a stream of numbers.
pub fn value(ty: &Type, numbers: &mut impl FnMut() -> u64) -> Value {
    let count = |numbers: &mut dyn FnMut() -> u64| (numbers() % 4) as usize;
    match ty {
        Type::Bool => Value::Bool(numbers() % 2 == 1),
        Type::U8 => Value::U8(edge(numbers) as u8),
        Type::U16 => Value::U16(edge(numbers) as u16),
        Type::U32 => Value::U32(edge(numbers) as u32),
        Type::U64 => Value::U64(edge(numbers)),
        Type::S8 => Value::S8(edge(numbers) as i8),
        Type::S16 => Value::S16(edge(numbers) as i16),
        Type::S32 => Value::S32(edge(numbers) as i32),
        Type::S64 => Value::S64(edge(numbers) as i64),
        Type::F32 => Value::F32(f32::from_bits(edge(numbers) as u32)),
        Type::F64 => Value::F64(f64::from_bits(edge(numbers))),
        Type::Char => Value::Char(char::from_u32((edge(numbers) % 0x11_0000) as u32).unwrap_or('\u{e000}')),
        Type::String => {
            let length = numbers() % 40;
            Value::String(
                (0..length)
                    .map(|_| char::from_u32((numbers() % 0x3000) as u32).unwrap_or('é'))
                    .collect(),
            )
        }
        Type::List(of) => {
            let n = if numbers().is_multiple_of(16) {
                300
            } else {
                count(numbers)
            };
            Value::List((0..n).map(|_| value(of, numbers)).collect())
        }
        Type::FixedList(of, n) => Value::List((0..*n).map(|_| value(of, numbers)).collect()),
        Type::Map(key, of) => {
            let n = count(numbers);
            Value::Map((0..n).map(|_| (value(key, numbers), value(of, numbers))).collect())
        }
        Type::Record(record) => Value::Record(record.fields.iter().map(|field| value(&field.ty, numbers)).collect()),
        Type::Tuple(parts) => Value::Tuple(parts.iter().map(|part| value(part, numbers)).collect()),
        Type::Variant(variant) => {
            let case = (numbers() as usize) % variant.cases.len();
            Value::Variant(
                case as u32,
                variant.cases[case].ty.as_ref().map(|ty| Box::new(value(ty, numbers))),
            )
        }
        Type::Enum(cases) => Value::Enum((numbers() % cases.cases.len() as u64) as u32),
        Type::Flags(flags) => Value::Flags(flags.flags.iter().map(|_| numbers() % 2 == 1).collect()),
        Type::Option(of) => Value::Option((!numbers().is_multiple_of(3)).then(|| Box::new(value(of, numbers)))),
        Type::Result(ok, err) => {
            let is_err = numbers() % 2 == 1;
            let mut side = |side: &Option<std::sync::Arc<Type>>| side.as_ref().map(|ty| Box::new(value(ty, numbers)));
            Value::Result(if is_err { Err(side(err)) } else { Ok(side(ok)) })
        }
        other => unreachable!("{other} is not generated"),
    }
}

/// Numbers of every length, the extremes among them.
fn edge(numbers: &mut impl FnMut() -> u64) -> u64 {
    let bits = numbers();
    match bits % 8 {
        0 => 0,
        1 => u64::MAX,
        2 => 1 << (numbers() % 64),
        3 => (1 << (numbers() % 64)) - 1,
        _ => numbers() >> (numbers() % 64),
    }
}

/// Sebastiano Vigna's generator: the same numbers for the same seed.
pub fn splitmix(mut state: u64) -> impl FnMut() -> u64 {
    move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
