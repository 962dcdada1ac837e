//! Random types and values: round trips in bytes and in text, and that no bytes and no text do harm.
//!
//! Types are built by hand here, so that those are reached which no text makes.

use std::sync::Arc;

use farcall_codec::{
    Limits, Value, check_params, decode, decode_params, encode, encode_params, invoked_name, is_script,
    min_encoded_size, parse_args, parse_invoke, parse_value, print_invoke, print_value,
};
use farcall_wit::{Case, Enum, Field, Flags, Function, Param, Record, Type, Variant};
use proptest::collection::vec;
use proptest::prelude::*;

fn names(count: usize) -> Vec<String> {
    // Keywords of WAVE and of WIT among them.
    let known = [
        "some", "none", "ok", "err", "true", "inf", "nan", "type", "a", "B", "c-1", "URL-x",
    ];
    (0..count)
        .map(|i| known.get(i).map_or_else(|| format!("n{i}"), |name| (*name).to_owned()))
        .collect()
}

fn ty() -> impl Strategy<Value = Type> {
    let scalar = prop_oneof![
        Just(Type::Bool),
        Just(Type::U8),
        Just(Type::U16),
        Just(Type::U32),
        Just(Type::U64),
        Just(Type::S8),
        Just(Type::S16),
        Just(Type::S32),
        Just(Type::S64),
        Just(Type::F32),
        Just(Type::F64),
        Just(Type::Char),
        Just(Type::String),
        (1usize..300).prop_map(|n| Type::Enum(Arc::new(Enum {
            name: None,
            cases: names(n)
        }))),
        (1usize..70).prop_map(|n| Type::Flags(Arc::new(Flags {
            name: None,
            flags: names(n)
        }))),
    ];
    scalar.prop_recursive(4, 24, 4, |inner| {
        let shared = inner.clone().prop_map(Arc::new);
        prop_oneof![
            2 => shared.clone().prop_map(Type::List),
            1 => (shared.clone(), 1u32..4).prop_map(|(t, n)| Type::FixedList(t, n)),
            1 => (shared.clone(), shared.clone()).prop_map(|(k, v)| Type::Map(k, v)),
            1 => shared.clone().prop_map(Type::Option),
            1 => (prop::option::of(shared.clone()), prop::option::of(shared)).prop_map(|(a, b)| Type::Result(a, b)),
            1 => vec(inner.clone(), 1..4).prop_map(|types| Type::Tuple(types.into())),
            1 => vec(inner.clone(), 1..5).prop_map(|types| {
                let fields = names(types.len()).into_iter().zip(types).map(|(name, ty)| Field { name, ty }).collect();
                Type::Record(Arc::new(Record { name: None, fields }))
            }),
            1 => vec(prop::option::of(inner), 1..5).prop_map(|types| {
                let cases = names(types.len()).into_iter().zip(types).map(|(name, ty)| Case { name, ty }).collect();
                Type::Variant(Arc::new(Variant { name: None, cases }))
            }),
        ]
    })
}

fn boxed(ty: Option<&Type>) -> BoxedStrategy<Option<Box<Value>>> {
    match ty {
        Some(ty) => value(ty).prop_map(|v| Some(Box::new(v))).boxed(),
        None => Just(None).boxed(),
    }
}

fn sequence<'a>(types: impl IntoIterator<Item = &'a Type>) -> BoxedStrategy<Vec<Value>> {
    types.into_iter().map(value).collect::<Vec<_>>().boxed()
}

fn value(ty: &Type) -> BoxedStrategy<Value> {
    match ty {
        Type::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        Type::U8 => any::<u8>().prop_map(Value::U8).boxed(),
        Type::U16 => any::<u16>().prop_map(Value::U16).boxed(),
        Type::U32 => any::<u32>().prop_map(Value::U32).boxed(),
        Type::U64 => any::<u64>().prop_map(Value::U64).boxed(),
        Type::S8 => any::<i8>().prop_map(Value::S8).boxed(),
        Type::S16 => any::<i16>().prop_map(Value::S16).boxed(),
        Type::S32 => any::<i32>().prop_map(Value::S32).boxed(),
        Type::S64 => any::<i64>().prop_map(Value::S64).boxed(),
        Type::F32 => any::<u32>().prop_map(|bits| Value::F32(f32::from_bits(bits))).boxed(),
        Type::F64 => any::<u64>().prop_map(|bits| Value::F64(f64::from_bits(bits))).boxed(),
        Type::Char => any::<char>().prop_map(Value::Char).boxed(),
        Type::String => any::<String>().prop_map(Value::String).boxed(),
        Type::List(t) => vec(value(t), 0..4).prop_map(Value::List).boxed(),
        Type::FixedList(t, n) => vec(value(t), *n as usize).prop_map(Value::List).boxed(),
        Type::Map(k, v) => vec((value(k), value(v)), 0..3).prop_map(Value::Map).boxed(),
        Type::Record(r) => sequence(r.fields.iter().map(|f| &f.ty)).prop_map(Value::Record).boxed(),
        Type::Tuple(types) => sequence(types.iter()).prop_map(Value::Tuple).boxed(),
        Type::Variant(v) => {
            let v = v.clone();
            (0..v.cases.len())
                .prop_flat_map(move |at| boxed(v.cases[at].ty.as_ref()).prop_map(move |p| Value::Variant(at as u32, p)))
                .boxed()
        }
        Type::Enum(e) => (0..e.cases.len() as u32).prop_map(Value::Enum).boxed(),
        Type::Flags(f) => vec(any::<bool>(), f.flags.len()).prop_map(Value::Flags).boxed(),
        Type::Option(t) => prop_oneof![Just(Value::Option(None)), boxed(Some(&**t)).prop_map(Value::Option)].boxed(),
        Type::Result(ok, err) => prop_oneof![
            boxed(ok.as_deref()).prop_map(|v| Value::Result(Ok(v))),
            boxed(err.as_deref()).prop_map(|v| Value::Result(Err(v))),
        ]
        .boxed(),
        other => panic!("{other} is not generated"),
    }
}

fn typed() -> impl Strategy<Value = (Type, Value)> {
    ty().prop_flat_map(|ty| value(&ty).prop_map(move |value| (ty.clone(), value)))
}

fn taking(ty: Type) -> Function {
    let params = vec![Param {
        name: "v".to_owned(),
        ty,
    }];
    Function {
        name: "f".to_owned(),
        params,
        result: None,
        is_async: false,
        docs: None,
    }
}

fn token() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "(",
        ")",
        " ",
        "invoke ",
        "\"f\"",
        "\"\\ff\"",
        "i32.const ",
        "u8.const ",
        "list.const ",
        "record.const ",
        "(field \"a\" ",
        "option.some ",
        "option.none",
        "variant.const ",
        "tuple.const ",
        "flags.const ",
        "enum.const ",
        "char.const ",
        "str.const ",
        "f32.const ",
        "nan:0x1",
        "-inf",
        "1",
        "-1",
        "0xff",
        "1e400",
        "0x1p-9999999999",
        "$a",
        ";;",
        "\n",
        "(;",
        ";)",
        "\"",
        "@a ",
        "ref.null func",
        "v128.const i8x16 ",
        "_",
        "\u{202e}",
        "\u{0}",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_value_round_trips_in_bytes((ty, value) in typed()) {
        let mut bytes = Vec::new();
        encode(&value, &ty, &mut bytes).unwrap();
        prop_assert!(bytes.len() >= min_encoded_size(&ty));
        let decoded = decode(&bytes, &ty, &Limits::default()).unwrap();
        prop_assert_eq!(&decoded, &value);
        prop_assert_eq!(check_params(&bytes, &taking(ty.clone())), Ok(()));
        for end in 0..bytes.len() {
            prop_assert!(decode(&bytes[..end], &ty, &Limits::default()).is_err());
        }
        bytes.push(0);
        prop_assert!(decode(&bytes, &ty, &Limits::default()).is_err());
    }

    #[test]
    fn every_value_round_trips_in_text((ty, value) in typed()) {
        let text = print_value(&value, &ty);
        let parsed = parse_value(&text, &ty);
        prop_assert_eq!(parsed.as_ref(), Ok(&value), "{}", text);
        let function = taking(ty);
        prop_assert_eq!(parse_args(&format!("({text})"), &function), Ok(vec![value]));
    }

    #[test]
    fn whatever_decodes_encodes_to_the_same_bytes(ty in ty(), bytes in vec(any::<u8>(), 0..64)) {
        let limits = Limits { decoded_bytes: 1 << 16, ..Limits::default() };
        let function = taking(ty.clone());
        match decode(&bytes, &ty, &limits) {
            Ok(value) => {
                let mut again = Vec::new();
                encode(&value, &ty, &mut again).unwrap();
                let decoded = decode(&again, &ty, &limits).unwrap();
                prop_assert_eq!(decoded, value);
                prop_assert_eq!(again.len(), bytes.len());
                if !has_float(&ty) {
                    prop_assert_eq!(again, bytes.clone());
                }
                prop_assert_eq!(check_params(&bytes, &function), Ok(()));
            }
            Err(error) => {
                prop_assert!(error.offset <= bytes.len());
                if !error.is_limit() {
                    prop_assert!(check_params(&bytes, &function).is_err());
                }
            }
        }
        prop_assert_eq!(decode_params(&bytes, &function, &limits).is_ok(), decode(&bytes, &ty, &limits).is_ok());
    }

    #[test]
    fn no_text_makes_parsing_panic(ty in ty(), text in "[\\[\\](){}:,\"'%a-z0-9.\\\\ue-]{0,24}") {
        let _ = parse_value(&text, &ty);
        let _ = parse_args(&text, &taking(ty));
    }

    #[test]
    fn every_value_round_trips_in_a_script((ty, value) in typed()) {
        let function = taking(ty);
        let values = vec![value];
        let text = print_invoke("f \"\u{202e}", &values, &function, usize::MAX).unwrap();
        let (name, parsed) = parse_invoke(&text, &function, &Limits::default()).unwrap();
        prop_assert_eq!(name.as_str(), "f \"\u{202e}");
        prop_assert_eq!(&parsed, &values, "{}", text);
        // Bit for bit, where the function is one of core types.
        prop_assert_eq!(encode_params(&parsed, &function), encode_params(&values, &function));
        for limit in [0, 1, text.len() / 2, text.len() - 1] {
            prop_assert!(print_invoke("f \"\u{202e}", &values, &function, limit).is_err());
        }
    }

    #[test]
    fn no_text_makes_reading_a_script_panic(ty in ty(), tokens in vec(token(), 0..12), garbage in any::<String>()) {
        let text = tokens.concat();
        for text in [&text, &garbage, &format!("(invoke \"f\" {text})"), &format!("(invoke {garbage})")] {
            is_script(text);
            let _ = invoked_name(text, &Limits::default());
            let _ = parse_invoke(text, &taking(ty.clone()), &Limits::default());
        }
    }

    #[test]
    fn a_value_beside_a_foreign_type_is_refused_not_encoded((_, value) in typed(), ty in ty()) {
        let mut bytes = Vec::new();
        let text = print_value(&value, &ty);
        match encode(&value, &ty, &mut bytes) {
            Ok(()) => prop_assert_eq!(decode(&bytes, &ty, &Limits::default()), Ok(value)),
            Err(error) => {
                prop_assert!(!error.to_string().is_empty());
                prop_assert!(text.contains('?') || matches!(value, Value::List(_) | Value::Map(_)), "{}", text);
            }
        }
    }
}

fn has_float(ty: &Type) -> bool {
    matches!(ty, Type::F32 | Type::F64) || ty.parts().into_iter().any(has_float)
}
