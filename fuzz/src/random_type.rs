//! A type out of bytes: every kind that has an encoding, at most seven levels deep, as WIT could write it.
//!
//! Values are not made here; the rest of the bytes is one, or is not.

use std::sync::Arc;

use farcall_wit::{Case, Enum, Field, Flags, Record, Type, Variant};

/// The type that the first bytes stand for, and the bytes after them.
pub fn random_type(data: &[u8]) -> (Type, &[u8]) {
    let mut bytes = Bytes { data };
    let ty = bytes.ty(LEVELS);
    (ty, bytes.data)
}

struct Bytes<'a> {
    data: &'a [u8],
}

impl Bytes<'_> {
    fn next(&mut self) -> u8 {
        match self.data {
            [first, rest @ ..] => {
                self.data = rest;
                *first
            }
            [] => 0,
        }
    }

    fn shared(&mut self, levels: usize) -> Arc<Type> {
        Arc::new(self.ty(levels))
    }

    fn maybe(&mut self, levels: usize) -> Option<Type> {
        (self.next() % 3 > 0).then(|| self.ty(levels))
    }

    fn several<T>(&mut self, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let count = self.next() % 4 + 1;
        (0..count).map(|_| one(self)).collect()
    }

    fn ty(&mut self, levels: usize) -> Type {
        let kind = self.next();
        let Some(below) = levels.checked_sub(1) else {
            return scalar(kind);
        };
        match kind % 32 {
            0..=14 => scalar(kind),
            15 => Type::Enum(Arc::new(Enum {
                name: None,
                cases: names(usize::from(self.next()) + 1),
            })),
            16 => Type::Flags(Arc::new(Flags {
                name: None,
                flags: names(usize::from(self.next() % 40) + 1),
            })),
            17..=19 => Type::List(self.shared(below)),
            20 => Type::FixedList(self.shared(below), u32::from(self.next() % 5) + 1),
            21 => Type::FixedList(self.shared(below), u32::from(self.next()) << 24 | 1),
            22 => Type::Map(Arc::new(scalar(kind)), self.shared(below)),
            23..=24 => Type::Option(self.shared(below)),
            25 => Type::Result(self.maybe(below).map(Arc::new), self.maybe(below).map(Arc::new)),
            26..=27 => Type::Tuple(self.several(|bytes| bytes.ty(below)).into()),
            28..=29 => {
                let types = self.several(|bytes| bytes.ty(below));
                let fields = names(types.len()).into_iter().zip(types);
                let fields = fields.map(|(name, ty)| Field { name, ty }).collect();
                Type::Record(Arc::new(Record { name: None, fields }))
            }
            _ => {
                let types = self.several(|bytes| bytes.maybe(below));
                let cases = names(types.len()).into_iter().zip(types);
                let cases = cases.map(|(name, ty)| Case { name, ty }).collect();
                Type::Variant(Arc::new(Variant { name: None, cases }))
            }
        }
    }
}

fn scalar(kind: u8) -> Type {
    let all = [
        Type::Bool,
        Type::U8,
        Type::U16,
        Type::U32,
        Type::U64,
        Type::S8,
        Type::S16,
        Type::S32,
        Type::S64,
        Type::F32,
        Type::F64,
        Type::Char,
        Type::String,
    ];
    all.get(usize::from(kind) % all.len()).cloned().unwrap_or(Type::Bool)
}

/// Keywords of WAVE among them.
fn names(count: usize) -> Vec<String> {
    let known = ["some", "ok", "inf", "true", "a", "URL"];
    (0..count)
        .map(|i| known.get(i).map_or_else(|| format!("n{i}"), |name| (*name).to_owned()))
        .collect()
}

const LEVELS: usize = 6;
