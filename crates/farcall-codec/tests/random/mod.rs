//! Random types and values for property tests.
//!
//! Does not check anything.

use std::sync::Arc;

use farcall_codec::Value;
use farcall_wit::{Case, Enum, Field, Flags, Record, Type, Variant};
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

/// Which types the keys of maps may be.
#[derive(Clone, Copy, PartialEq)]
#[allow(dead_code)] // Each test needs one.
pub enum Keys {
    /// Those that WIT allows.
    Wit,
    /// All.
    Any,
}

/// A type of every kind that is carried, a few levels deep.
pub fn ty(keys: Keys) -> impl Strategy<Value = Type> {
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
    scalar.prop_recursive(4, 24, 4, move |inner| {
        let shared = inner.clone().prop_map(Arc::new);
        prop_oneof![
            2 => shared.clone().prop_map(Type::List),
            1 => (shared.clone(), 1u32..4).prop_map(|(t, n)| Type::FixedList(t, n)),
            1 => (key(keys, shared.clone().boxed()), shared.clone()).prop_map(|(k, v)| Type::Map(k, v)),
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

fn key(keys: Keys, any: BoxedStrategy<Arc<Type>>) -> BoxedStrategy<Arc<Type>> {
    let scalars = [
        Type::Bool,
        Type::U8,
        Type::U16,
        Type::U32,
        Type::U64,
        Type::S8,
        Type::S16,
        Type::S32,
        Type::S64,
        Type::Char,
        Type::String,
    ];
    match keys {
        Keys::Any => any,
        Keys::Wit => prop::sample::select(scalars.map(Arc::new).to_vec()).boxed(),
    }
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

/// A value of a type.
pub fn value(ty: &Type) -> BoxedStrategy<Value> {
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
