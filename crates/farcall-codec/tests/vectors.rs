//! The vectors of `spec/vectors/values.json` and `messages.json`: bytes and WAVE text of a value or a message each, or bytes
//! that break one rule.
//!
//! Does not make values up; `properties.rs` does.

use farcall_codec::{
    DecodeError, DecodeErrorKind, Limits, check_params, decode, decode_params, decode_result, encode, encode_params,
    encode_result, parse_args, parse_value, print_value,
};
use farcall_wit::{Function, Wit};
use serde::Deserialize;

#[derive(Deserialize)]
struct Vector {
    #[serde(rename = "type")]
    ty: String,
    #[serde(default)]
    wit: String,
    hex: String,
    wave: Option<String>,
    /// The encoding of the value, where `hex` is another that a decoder takes.
    canonical: Option<String>,
    /// The rule of `spec/values.md` that `hex` is an instance of.
    rule: Option<String>,
    /// The one that it breaks.
    invalid: Option<String>,
}

/// A request of `f` where `params` is there (null if it is invalid), else a response.
#[derive(Deserialize)]
struct Message {
    wit: String,
    #[serde(default, deserialize_with = "there")]
    params: Option<Option<String>>,
    #[serde(default)]
    result: Option<String>,
    hex: String,
    invalid: Option<String>,
}

fn there<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

fn vectors() -> Vec<Vector> {
    serde_json::from_str(include_str!("../../../spec/vectors/values.json")).unwrap()
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap())
        .collect()
}

fn function(v: &Vector) -> Function {
    f(&format!("{} f: func(v: {ty}) -> {ty};", v.wit, ty = v.ty))
}

/// The function `f` of an interface with these items.
fn f(items: &str) -> Function {
    let text = format!("package v:v; interface i {{ {items} }}");
    let interface = Wit::from_text("vector.wit", &text, None).unwrap().exports().remove(0);
    interface.function("f").unwrap().clone()
}

fn rule(kind: &DecodeErrorKind) -> &'static str {
    use DecodeErrorKind::*;
    match kind {
        End { .. } | Trailing { .. } => "V-2",
        Bool => "V-4",
        NotMinimal | Range { .. } => "V-5",
        Char => "V-7",
        Utf8 => "V-8",
        Length { .. } => "V-9",
        Case { .. } => "V-13",
        Flags { .. } => "V-14",
        Tag { of: "an option" } => "V-15",
        Tag { .. } => "V-16",
        Limit { .. } => "V-18",
        Uncarried { .. } => "V-17",
    }
}

/// spec/values.md V-1, V-3 to V-9, V-11 to V-16, V-20.
#[test]
fn every_valid_vector_decodes_prints_parses_and_encodes() {
    let limits = Limits::default();
    for v in vectors().iter().filter(|v| v.invalid.is_none()) {
        let f = function(v);
        let (ty, hex, wave) = (&f.params[0].ty, bytes(&v.hex), v.wave.as_deref().unwrap());
        let value = decode(&hex, ty, &limits).unwrap_or_else(|error| panic!("{} {}: {error}", v.ty, v.hex));
        assert_eq!(print_value(&value, ty), wave, "{} {}", v.ty, v.hex);
        let parsed = parse_value(wave, ty).unwrap_or_else(|error| panic!("{} {wave}: {error}", v.ty));
        assert_eq!(parsed, value, "{wave}");
        assert!(v.rule.as_deref().is_some_and(|rule| rule.starts_with("V-")), "{wave}");
        let mut encoded = Vec::new();
        encode(&value, ty, &mut encoded).unwrap();
        assert_eq!(
            encoded,
            v.canonical.as_deref().map_or(hex.clone(), bytes),
            "{} {wave}",
            v.ty
        );
        assert_eq!(check_params(&hex, &f), Ok(()));
        assert_eq!(decode_params(&hex, &f, &limits).unwrap(), std::slice::from_ref(&value));
        assert_eq!(decode_result(&hex, &f, &limits).unwrap(), Some(value.clone()));
        assert_eq!(encode_params(&[value], &f).unwrap(), encoded);
    }
}

/// spec/values.md V-2 to V-9, V-13 to V-16.
#[test]
fn every_invalid_vector_is_refused_by_its_rule() {
    for v in vectors() {
        let Some(expected) = &v.invalid else { continue };
        let f = function(&v);
        let error = decode(&bytes(&v.hex), &f.params[0].ty, &Limits::default()).unwrap_err();
        assert_eq!(rule(&error.kind), expected, "{} {}: {error}", v.ty, v.hex);
        assert!(error.offset <= bytes(&v.hex).len());
        let mut checked = check_params(&bytes(&v.hex), &f).unwrap_err();
        // What follows the last value is in no parameter.
        if !matches!(error.kind, DecodeErrorKind::Trailing { .. }) {
            assert!(checked.path.to_string().starts_with('v'), "{checked}");
        }
        checked.path = error.path.clone();
        assert_eq!(checked, error);
    }
}

/// spec: V-1, V-2
#[test]
fn every_message_vector_holds() {
    let messages: Vec<Message> = serde_json::from_str(include_str!("../../../spec/vectors/messages.json")).unwrap();
    assert!(messages.len() >= 30, "{}", messages.len());
    let limits = Limits::default();
    for m in messages {
        let (f, hex, what) = (f(&m.wit), bytes(&m.hex), format!("{} {}", m.wit, m.hex));
        let refused = |error: Option<DecodeError>| {
            let error = error.unwrap_or_else(|| panic!("{what} was taken"));
            assert_eq!(Some(rule(&error.kind)), m.invalid.as_deref(), "{what}: {error}");
        };
        match (&m.params, &m.invalid) {
            (Some(Some(text)), None) => {
                let params = decode_params(&hex, &f, &limits).unwrap_or_else(|error| panic!("{what}: {error}"));
                let printed = params
                    .iter()
                    .zip(&f.params)
                    .map(|(value, param)| print_value(value, &param.ty));
                assert_eq!(format!("({})", printed.collect::<Vec<_>>().join(", ")), *text);
                assert_eq!(
                    encode_params(&parse_args(text, &f).unwrap(), &f).unwrap(),
                    hex,
                    "{what}"
                );
                assert_eq!(check_params(&hex, &f), Ok(()));
            }
            (None, None) => {
                let result = decode_result(&hex, &f, &limits).unwrap_or_else(|error| panic!("{what}: {error}"));
                let text = m.result.as_deref().unwrap();
                let parsed = f.result.as_ref().map(|ty| parse_value(text, ty).unwrap());
                assert_eq!(parsed, result, "{what}");
                let printed = result.iter().zip(&f.result).map(|(value, ty)| print_value(value, ty));
                assert_eq!(printed.collect::<String>(), text);
                assert_eq!(encode_result(result.as_ref(), &f).unwrap(), hex, "{what}");
            }
            (Some(None), Some(_)) => {
                refused(decode_params(&hex, &f, &limits).err());
                refused(check_params(&hex, &f).err());
            }
            (None, Some(_)) => refused(decode_result(&hex, &f, &limits).err()),
            (Some(Some(text)), Some(_)) => panic!("{text} is invalid and has a text"),
            (Some(None), None) => panic!("{what} has no text"),
        }
    }
}

#[test]
fn there_are_vectors_of_every_rule() {
    let vectors = vectors();
    assert!(vectors.len() >= 400, "{}", vectors.len());
    for expected in ["V-2", "V-4", "V-5", "V-7", "V-8", "V-9", "V-13", "V-14", "V-15", "V-16"] {
        let broken = vectors.iter().any(|v| v.invalid.as_deref() == Some(expected));
        assert!(broken, "{expected} is broken by none");
    }
    for expected in 4..=16 {
        let expected = format!("V-{expected}");
        // V-10 is of types that no WIT can write.
        let kept = vectors.iter().any(|v| v.rule.as_ref() == Some(&expected));
        assert!(kept || expected == "V-10", "{expected} is kept by none");
    }
}
