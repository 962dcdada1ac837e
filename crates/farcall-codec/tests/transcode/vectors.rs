//! The vectors of `spec/vectors/proto.json`: a request or response in both forms, or one that breaks a rule.
//!
//! Does not make messages up; `round_trips.rs` does.

use farcall_codec::{Form, Limits};
use serde::Deserialize;

use crate::bad_input::rule;
use crate::subject::Subject;

#[derive(Deserialize)]
struct Vector {
    wit: String,
    #[serde(default, deserialize_with = "present")]
    params: Option<Option<String>>,
    result: Option<String>,
    proto: Option<String>,
    json: Option<String>,
    #[serde(default)]
    read_only: bool,
    rule: Option<String>,
    invalid: Option<String>,
}

fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

fn vectors() -> Vec<Vector> {
    let vectors: Vec<Vector> = serde_json::from_str(include_str!("../../../../spec/vectors/proto.json")).unwrap();
    assert!(vectors.len() >= 300, "{}", vectors.len());
    vectors
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits = (0..hex.len()).step_by(2);
    digits
        .map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap())
        .collect()
}

/// spec: G-5 to G-18, J-2 to J-9
#[test]
fn every_valid_vector_is_read_and_written() {
    for v in vectors().iter().filter(|v| v.invalid.is_none()) {
        let subject = Subject::of(&v.wit);
        let (wit, id) = match (&v.params, &v.result) {
            (Some(Some(text)), None) => (subject.params(text), subject.request),
            (None, Some(text)) => (subject.result(text), subject.response),
            _ => panic!("{}: neither a request nor a response", v.wit),
        };
        assert!(v.rule.is_some());
        if let Some(proto) = &v.proto {
            assert_eq!(subject.wit(Form::Proto, id, &bytes(proto)), wit, "{} {proto}", v.wit);
        }
        if let Some(json) = &v.json {
            assert_eq!(subject.wit(Form::Json, id, json.as_bytes()), wit, "{} {json}", v.wit);
        }
        if !v.read_only {
            let proto = subject.message(Form::Proto, id, &wit);
            assert_eq!(proto, bytes(v.proto.as_deref().unwrap()), "{} {:?}", v.wit, v.params);
            let json: serde_json::Value = serde_json::from_slice(&subject.message(Form::Json, id, &wit)).unwrap();
            let expected: serde_json::Value = serde_json::from_str(v.json.as_deref().unwrap()).unwrap();
            assert!(is_same(&json, &expected), "{} {json} {expected}", v.wit);
        }
    }
}

/// `0` and `0.0` are one number in JSON.
fn is_same(a: &serde_json::Value, b: &serde_json::Value) -> bool {
    use serde_json::Value::*;
    match (a, b) {
        (Number(a), Number(b)) => a.as_f64().map(f64::to_bits) == b.as_f64().map(f64::to_bits),
        (Array(a), Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b)),
        (Object(a), Object(b)) => a.len() == b.len() && a.iter().all(|(k, a)| b.get(k).is_some_and(|b| is_same(a, b))),
        (a, b) => a == b,
    }
}

/// spec: G-14 to G-18, J-1, J-3 to J-5, J-8
#[test]
fn every_invalid_vector_is_refused_by_its_rule() {
    for v in vectors() {
        let Some(expected) = &v.invalid else { continue };
        let subject = Subject::of(&v.wit);
        let messages = [
            (Form::Proto, v.proto.as_deref().map(bytes)),
            (Form::Json, v.json.as_deref().map(|text| text.as_bytes().to_vec())),
        ];
        for (form, message) in messages {
            let Some(message) = message else { continue };
            let made = subject
                .transcoder
                .to_wit(form, subject.request, &message, &Limits::default());
            let error = made
                .err()
                .unwrap_or_else(|| panic!("{} took {:?} {:?}", v.wit, v.proto, v.json));
            assert_eq!(
                rule(&error.kind, form),
                expected,
                "{} {:?} {:?}: {error}",
                v.wit,
                v.proto,
                v.json
            );
        }
    }
}
