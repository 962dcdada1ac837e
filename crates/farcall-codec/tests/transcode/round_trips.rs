//! Random types and values through both forms and back.
//!
//! What others make of the same messages is in `reflect.rs` and `python.rs`.

use farcall_codec::{Form, Limits, Value, decode};
use farcall_wit::Type;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::random::{Keys, ty, value};
use crate::subject::{Subject, settled};

pub fn typed() -> impl Strategy<Value = (Type, Value)> {
    ty(Keys::Wit).prop_flat_map(|ty| value(&ty).prop_map(move |value| (ty.clone(), value)))
}

/// The value that `wit` bytes are, as its maps mean it.
pub fn read(subject: &Subject, wit: &[u8]) -> Value {
    settled(&decode(wit, &subject.function.params[0].ty, &Limits::default()).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// spec: G-1, G-6, G-7, G-9, G-13
    #[test]
    fn every_value_round_trips_as_protobuf((ty, value) in typed()) {
        let subject = Subject::echo(&ty);
        prop_assert!(subject.function.params[0].ty == ty);
        let wit = subject.encode(&value);
        for message in [subject.request, subject.response] {
            let proto = subject.message(Form::Proto, message, &wit);
            prop_assert_eq!(&subject.wit(Form::Proto, message, &proto), &wit);
        }
    }

    /// spec: J-2, J-9
    #[test]
    fn every_value_round_trips_as_json((ty, value) in typed()) {
        let subject = Subject::echo(&ty);
        let wit = subject.encode(&value);
        for message in [subject.request, subject.response] {
            let json = subject.message(Form::Json, message, &wit);
            let parsed: serde_json::Value = serde_json::from_slice(&json).unwrap();
            let back = subject.wit(Form::Json, message, &json);
            prop_assert_eq!(read(&subject, &back), settled(&value));
            // As another writer spaces and orders it.
            let pretty = serde_json::to_vec_pretty(&parsed).unwrap();
            if !has_float(&ty) {
                prop_assert_eq!(read(&subject, &subject.wit(Form::Json, message, &pretty)), settled(&value));
            }
        }
    }

    #[test]
    fn no_bytes_do_harm(ty in ty(Keys::Wit), bytes in vec(any::<u8>(), 0..64)) {
        let subject = Subject::echo(&ty);
        let limits = Limits { decoded_bytes: 1 << 16, ..Limits::default() };
        if let Ok(wit) = subject.transcoder.to_wit(Form::Proto, subject.request, &bytes, &limits) {
            prop_assert!(wit.len() <= limits.decoded_bytes);
            let proto = subject.message(Form::Proto, subject.request, &wit);
            prop_assert_eq!(subject.wit(Form::Proto, subject.request, &proto), wit);
        }
        for form in [Form::Proto, Form::Json] {
            let _ = subject.transcoder.from_wit(form, subject.request, &bytes, &limits);
        }
    }

    #[test]
    fn a_damaged_message_is_refused_or_is_another((ty, value) in typed(), at in any::<prop::sample::Index>(), by in 1u8..) {
        let subject = Subject::echo(&ty);
        let wit = subject.encode(&value);
        for form in [Form::Proto, Form::Json] {
            let mut message = subject.message(form, subject.request, &wit);
            if message.is_empty() {
                continue;
            }
            let at = at.index(message.len());
            message[at] ^= by;
            if let Ok(wit) = subject.transcoder.to_wit(form, subject.request, &message, &Limits::default()) {
                prop_assert!(decode(&wit, &ty, &Limits::default()).is_ok());
            }
            let _ = subject.transcoder.to_wit(form, subject.request, &message[..at], &Limits::default());
        }
    }

    #[test]
    fn no_text_does_harm(ty in ty(Keys::Wit), text in "[{}\\[\\]:,\"vab\\\\u0-9.e+-]{0,32}") {
        let subject = Subject::echo(&ty);
        for text in [text.clone(), format!("{{\"v\":{text}}}")] {
            let wit = subject.transcoder.to_wit(Form::Json, subject.request, text.as_bytes(), &Limits::default());
            if wit.is_ok() {
                prop_assert_ne!(is_json(&text), Some(false), "{}", text);
            }
        }
    }

    /// spec: J-1
    #[test]
    fn text_is_json_exactly_where_another_reader_says_so(text in "[{}\\[\\]:,\"\\\\ub0-9.eE+\\-truefalsn \\n]{0,24}") {
        // A message without fields: whatever stands in it is skipped.
        let subject = Subject::of("f: func();");
        let text = format!("{{\"x\":{text}}}");
        let ours = subject.transcoder.to_wit(Form::Json, subject.request, text.as_bytes(), &Limits::default());
        if let Some(theirs) = is_json(&text) {
            prop_assert_eq!(ours.is_ok(), theirs, "{} {:?}", text, ours);
        }
    }
}

/// Whether another reader takes a text; it does not say of one with a number beyond its own range.
fn is_json(text: &str) -> Option<bool> {
    match serde_json::from_str::<serde_json::Value>(text) {
        Err(error) if error.to_string().contains("out of range") => None,
        parsed => Some(parsed.is_ok()),
    }
}

/// The other writer takes floats as they are, but its reader may round them.
fn has_float(ty: &Type) -> bool {
    matches!(ty, Type::F32 | Type::F64) || ty.parts().into_iter().any(has_float)
}
