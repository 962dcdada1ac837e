//! Every vector of `spec/vectors/values.json` through real adapters: what is valid passes unchanged, what is not is
//! refused by the skeleton before anything is called, and by the stub before its caller sees it.

mod engine;

use engine::{Code, Loop, Status};
use serde::Deserialize;

#[derive(Deserialize)]
struct Vector {
    #[serde(rename = "type")]
    ty: String,
    #[serde(default)]
    wit: String,
    hex: String,
    /// The encoding of the value, where `hex` is another that a decoder takes.
    canonical: Option<String>,
    /// The rule of `spec/values.md` that `hex` breaks.
    invalid: Option<String>,
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap())
        .collect()
}

/// The vectors of one type share an instance. Types that the engine does not take (more than 32 flags, a list of 2^32-1
/// in place) are counted, so that the test cannot pass by leaving out what it is for.
/// spec: D-3, D-9, V-1
#[test]
fn adapters_agree_with_every_vector() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/vectors/values.json");
    let vectors: Vec<Vector> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut groups: std::collections::BTreeMap<String, Vec<Vector>> = Default::default();
    for vector in vectors {
        let text = format!(
            "package v:v; interface i {{ {} takes: func(v: {ty}) -> bool; gives: func() -> {ty}; }}
             world w {{ import i; export i; }}",
            vector.wit,
            ty = vector.ty
        );
        groups.entry(text).or_default().push(vector);
    }
    let (mut checked, mut not_taken) = (0, Vec::new());
    for (text, vectors) in groups {
        let mut looped = match Loop::try_new(&text) {
            Ok(looped) => looped,
            Err(why) => {
                not_taken.push(format!("{}: {why}", vectors[0].ty));
                continue;
            }
        };
        for vector in vectors {
            check(&mut looped, &vector);
            checked += 1;
        }
    }
    println!("{checked} vectors checked; types that the engine does not take: {not_taken:#?}");
    assert!(checked > 180, "{checked} vectors checked, not taken: {not_taken:#?}");
    assert!(not_taken.len() <= 3, "{not_taken:#?}");
}

fn check(looped: &mut Loop, vector: &Vector) {
    let what = format!("{} {} {}", vector.ty, vector.wit, vector.hex);
    let hex = bytes(&vector.hex);
    let taken = looped
        .call("takes", &hex, Ok(vec![1]))
        .unwrap_or_else(|status| panic!("{what}: {status:?}"));
    let given = looped.call("gives", &[], Ok(hex.clone()));
    if vector.invalid.is_none() {
        let canonical = vector.canonical.as_deref().map_or(hex, bytes);
        assert_eq!(taken.response, Ok(vec![1]), "{what}");
        assert_eq!(taken.request, canonical, "{what}");
        assert_eq!(given.unwrap().response, Ok(canonical), "{what}");
        return;
    }
    let Err(Status { code, message, .. }) = taken.response else {
        panic!("{what} was taken: {:?}", taken.request)
    };
    assert!(
        matches!(code, Code::InvalidArgument | Code::ResourceExhausted),
        "{what}: {code:?}"
    );
    assert!(
        message.starts_with("the request does not decode: "),
        "{what}: {message}"
    );
    let Err(Status { code, message, .. }) = given else {
        panic!("{what} was given: {given:?}")
    };
    assert_eq!(code, Code::Internal, "{what}");
    assert!(
        message.starts_with("the response does not decode: "),
        "{what}: {message}"
    );
}
