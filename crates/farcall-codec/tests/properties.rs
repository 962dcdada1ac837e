//! Random types and values: round trips in bytes and in text, and that no bytes and no text do harm.
//!
//! Types are built by hand here, so that those are reached which no text makes.

use farcall_codec::{
    Limits, Value, check_params, decode, decode_params, encode, encode_params, invoked_name, is_script,
    min_encoded_size, parse_args, parse_invoke, parse_value, print_invoke, print_value,
};
use farcall_wit::{Function, Param, Type};
use proptest::collection::vec;
use proptest::prelude::*;

mod random;

use random::{Keys, ty, value};

fn typed() -> impl Strategy<Value = (Type, Value)> {
    ty(Keys::Any).prop_flat_map(|ty| value(&ty).prop_map(move |value| (ty.clone(), value)))
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
    fn whatever_decodes_encodes_to_the_same_bytes(ty in ty(Keys::Any), bytes in vec(any::<u8>(), 0..64)) {
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
    fn no_text_makes_parsing_panic(ty in ty(Keys::Any), text in "[\\[\\](){}:,\"'%a-z0-9.\\\\ue-]{0,24}") {
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
            let cut = print_invoke("f \"\u{202e}", &values, &function, limit);
            prop_assert!(cut.is_err(), "{}", limit);
        }
    }

    #[test]
    fn no_text_makes_reading_a_script_panic(ty in ty(Keys::Any), tokens in vec(token(), 0..12), garbage in any::<String>()) {
        let text = tokens.concat();
        for text in [&text, &garbage, &format!("(invoke \"f\" {text})"), &format!("(invoke {garbage})")] {
            is_script(text);
            let _ = invoked_name(text, &Limits::default());
            let _ = parse_invoke(text, &taking(ty.clone()), &Limits::default());
        }
    }

    #[test]
    fn a_value_beside_a_foreign_type_is_refused_not_encoded((_, value) in typed(), ty in ty(Keys::Any)) {
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
