//! Random functions with random values through real adapters: what goes in comes out, byte for byte.
//!
//! The bytes are `farcall-codec`'s, so this also holds the two codecs against each other.

mod engine;
mod values;

use std::fmt::Write;

use engine::{Code, Loop};
use farcall_adapter::{Plan, Serve, survey_wit};
use farcall_codec::encode;
use farcall_wit::Wit;
use proptest::collection::vec;
use proptest::prelude::*;
use values::{splitmix, value};

/// A type as WIT text, and the declarations that it needs.
#[derive(Clone, Debug)]
enum Ty {
    Plain(&'static str),
    List(Box<Ty>),
    Fixed(Box<Ty>, u32),
    Map(&'static str, Box<Ty>),
    Option(Box<Ty>),
    Result(Option<Box<Ty>>, Option<Box<Ty>>),
    Tuple(Vec<Ty>),
    Record(Vec<Ty>),
    Variant(Vec<Option<Ty>>),
    Enum(usize),
    Flags(usize),
}

fn ty() -> impl Strategy<Value = Ty> {
    let plain = [
        "bool", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "f32", "f64", "char", "string",
    ];
    let leaf = prop_oneof![
        6 => proptest::sample::select(plain.to_vec()).prop_map(Ty::Plain),
        1 => prop_oneof![1usize..8, 250usize..300].prop_map(Ty::Enum),
        1 => (1usize..33).prop_map(Ty::Flags),
    ];
    leaf.prop_recursive(4, 20, 4, |inner| {
        let boxed = inner.clone().prop_map(Box::new);
        prop_oneof![
            3 => boxed.clone().prop_map(Ty::List),
            1 => (boxed.clone(), 1u32..5).prop_map(|(ty, n)| Ty::Fixed(ty, n)),
            1 => (proptest::sample::select(vec!["string", "u8", "s64", "char", "bool"]), boxed.clone())
                .prop_map(|(key, ty)| Ty::Map(key, ty)),
            2 => boxed.clone().prop_map(Ty::Option),
            2 => (prop::option::of(boxed.clone()), prop::option::of(boxed)).prop_map(|(ok, err)| Ty::Result(ok, err)),
            1 => vec(inner.clone(), 1..4).prop_map(Ty::Tuple),
            2 => vec(inner.clone(), 1..5).prop_map(Ty::Record),
            2 => vec(prop::option::of(inner), 1..5).prop_map(Ty::Variant),
        ]
    })
}

/// The type's name, with its declarations appended to `out`.
fn declare(ty: &Ty, out: &mut String, count: &mut usize) -> String {
    match ty {
        Ty::Plain(name) => (*name).to_string(),
        Ty::Enum(cases) => named(out, count, "enum", (0..*cases).map(|i| format!("c{i}"))),
        Ty::Flags(flags) => named(out, count, "flags", (0..*flags).map(|i| format!("f{i}"))),
        Ty::List(of) => format!("list<{}>", declare(of, out, count)),
        Ty::Fixed(of, n) => format!("list<{}, {n}>", declare(of, out, count)),
        Ty::Map(key, of) => format!("map<{key}, {}>", declare(of, out, count)),
        Ty::Option(of) => format!("option<{}>", declare(of, out, count)),
        Ty::Result(ok, err) => {
            let mut side = |side: &Option<Box<Ty>>| side.as_ref().map(|ty| declare(ty, out, count));
            match (side(ok), side(err)) {
                (None, None) => "result".into(),
                (Some(ok), None) => format!("result<{ok}>"),
                (ok, Some(err)) => format!("result<{}, {err}>", ok.unwrap_or("_".into())),
            }
        }
        Ty::Tuple(parts) => {
            let parts: Vec<String> = parts.iter().map(|part| declare(part, out, count)).collect();
            format!("tuple<{}>", parts.join(", "))
        }
        Ty::Record(parts) => {
            let parts: Vec<String> = parts.iter().map(|part| declare(part, out, count)).collect();
            named(
                out,
                count,
                "record",
                parts.iter().enumerate().map(|(i, part)| format!("f{i}: {part}")),
            )
        }
        Ty::Variant(cases) => {
            let cases: Vec<Option<String>> = cases
                .iter()
                .map(|case| case.as_ref().map(|ty| declare(ty, out, count)))
                .collect();
            let case = |(i, case): (usize, &Option<String>)| match case {
                Some(ty) => format!("c{i}({ty})"),
                None => format!("c{i}"),
            };
            named(out, count, "variant", cases.iter().enumerate().map(case))
        }
    }
}

fn named(out: &mut String, count: &mut usize, keyword: &str, members: impl Iterator<Item = String>) -> String {
    *count += 1;
    writeln!(
        out,
        "{keyword} t{count} {{ {} }}",
        members.collect::<Vec<_>>().join(", ")
    )
    .unwrap();
    format!("t{count}")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_functions_keep_random_values(
        params in vec(ty(), 0..7),
        result in prop::option::of(ty()),
        seed in any::<u64>(),
    ) {
        let (mut text, mut count) = (String::new(), 0);
        let mut names = Vec::new();
        for (i, param) in params.iter().enumerate() {
            names.push(format!("p{i}: {}", declare(param, &mut text, &mut count)));
        }
        let result = result.map(|ty| format!(" -> {}", declare(&ty, &mut text, &mut count))).unwrap_or_default();
        let text = format!(
            "package r:r; interface i {{ {text} f: func({}){result}; }} world w {{ import i; export i; }}",
            names.join(", ")
        );
        let mut looped = Loop::new(&text);
        let plan = Plan { serve: Serve::Interfaces, ..Plan::default() };
        let surveyed = survey_wit(&Wit::from_text("t.wit", &text, Some("w")).unwrap(), &plan).unwrap();
        prop_assert_eq!(format!("{:?}", surveyed.functions), format!("{:?}", looped.skeleton.functions));
        let function = looped.skeleton.functions[0].function.clone();
        let mut numbers = splitmix(seed);
        for _ in 0..8 {
            let (mut request, mut response) = (Vec::new(), Vec::new());
            for param in &function.params {
                encode(&value(&param.ty, &mut numbers), &param.ty, &mut request).unwrap();
            }
            if let Some(ty) = &function.result {
                encode(&value(ty, &mut numbers), ty, &mut response).unwrap();
            }
            let seen = looped.call("f", &request, Ok(response.clone())).unwrap();
            prop_assert_eq!(&seen.request, &request, "{}", text);
            prop_assert_eq!(seen.response, Ok(response), "{}", text);

            // One byte less is never a value of the same type, and one more neither.
            request.push(0);
            let longer = looped.call("f", &request, Ok(Vec::new()));
            let refused = longer.ok().and_then(|seen| seen.response.err());
            prop_assert_eq!(refused.map(|status| status.code), Some(Code::InvalidArgument), "{}", text);
        }
    }
}
