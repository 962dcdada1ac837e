//! Values to WAVE text, written by the `wasm-wave` crate.
//!
//! Maps are lists of tuples and fixed-length lists are lists, for WAVE has no text of their own for either.

use std::borrow::Cow;

use farcall_wit::Type;
use wasm_wave::wasm::{WasmType, WasmTypeKind, WasmValue};

use crate::Value;

/// The value as WAVE text, on one line, as `wasm-wave` prints it. What is not of its type is printed as `?`.
pub fn print_value(value: &Value, ty: &Type) -> String {
    // Writing into a `String` cannot fail.
    wasm_wave::to_string(&Typed {
        ty,
        value: Part::Value(value),
    })
    .unwrap_or_default()
}

/// A value beside its type, as `wasm-wave` asks for both in one.
#[derive(Clone, Copy)]
struct Typed<'a> {
    ty: &'a Type,
    value: Part<'a>,
}

#[derive(Clone, Copy)]
enum Part<'a> {
    Value(&'a Value),
    /// One element of [`Value::Bytes`].
    Byte(u8),
    /// One entry of a map, a tuple in WAVE; the type beside it is the map's.
    Entry(&'a Value, &'a Value),
}

#[derive(Clone)]
struct Kind(WasmTypeKind);

impl WasmType for Kind {
    fn kind(&self) -> WasmTypeKind {
        self.0
    }
}

impl<'a> Typed<'a> {
    fn of(ty: &'a Type, value: &'a Value) -> Typed<'a> {
        Typed {
            ty,
            value: Part::Value(value),
        }
    }

    fn cow(ty: &'a Type, value: &'a Value) -> Cow<'a, Typed<'a>> {
        Cow::Owned(Typed::of(ty, value))
    }

    fn maybe<'b>(ty: Option<&'a Type>, value: &'a Option<Box<Value>>) -> Option<Cow<'b, Typed<'a>>> {
        Some(Cow::Owned(Typed::of(ty?, value.as_deref()?)))
    }
}

impl<'a> WasmValue for Typed<'a> {
    type Type = Kind;

    fn kind(&self) -> WasmTypeKind {
        use WasmTypeKind as K;
        let value = match self.value {
            Part::Value(value) => value,
            Part::Byte(_) => return K::U8,
            Part::Entry(..) => return K::Tuple,
        };
        match (value, self.ty) {
            (Value::Bool(_), Type::Bool) => K::Bool,
            (Value::U8(_), Type::U8) => K::U8,
            (Value::U16(_), Type::U16) => K::U16,
            (Value::U32(_), Type::U32) => K::U32,
            (Value::U64(_), Type::U64) => K::U64,
            (Value::S8(_), Type::S8) => K::S8,
            (Value::S16(_), Type::S16) => K::S16,
            (Value::S32(_), Type::S32) => K::S32,
            (Value::S64(_), Type::S64) => K::S64,
            (Value::F32(_), Type::F32) => K::F32,
            (Value::F64(_), Type::F64) => K::F64,
            (Value::Char(_), Type::Char) => K::Char,
            (Value::String(_), Type::String) => K::String,
            (Value::Bytes(_), Type::List(t) | Type::FixedList(t, _)) if matches!(**t, Type::U8) => K::List,
            (Value::List(_), Type::List(_) | Type::FixedList(..)) => K::List,
            (Value::Map(_), Type::Map(..)) => K::List,
            (Value::Record(v), Type::Record(r)) if v.len() == r.fields.len() => K::Record,
            (Value::Tuple(v), Type::Tuple(types)) if v.len() == types.len() => K::Tuple,
            (Value::Variant(case, payload), Type::Variant(v)) => {
                match usize::try_from(*case).ok().and_then(|at| v.cases.get(at)) {
                    Some(case) if case.ty.is_some() == payload.is_some() => K::Variant,
                    _ => K::Enum,
                }
            }
            (Value::Flags(set), Type::Flags(f)) if set.len() == f.flags.len() => K::Flags,
            (Value::Option(_), Type::Option(_)) => K::Option,
            (Value::Result(Ok(v)), Type::Result(t, _)) if v.is_some() == t.is_some() => K::Result,
            (Value::Result(Err(v)), Type::Result(_, t)) if v.is_some() == t.is_some() => K::Result,
            // An enum, or what is not of its type: `unwrap_enum` prints `?` for that.
            _ => K::Enum,
        }
    }

    fn unwrap_bool(&self) -> bool {
        matches!(self.value, Part::Value(Value::Bool(true)))
    }

    fn unwrap_u8(&self) -> u8 {
        match self.value {
            Part::Byte(v) | Part::Value(&Value::U8(v)) => v,
            _ => 0,
        }
    }

    fn unwrap_u16(&self) -> u16 {
        if let Part::Value(&Value::U16(v)) = self.value {
            v
        } else {
            0
        }
    }

    fn unwrap_u32(&self) -> u32 {
        if let Part::Value(&Value::U32(v)) = self.value {
            v
        } else {
            0
        }
    }

    fn unwrap_u64(&self) -> u64 {
        if let Part::Value(&Value::U64(v)) = self.value {
            v
        } else {
            0
        }
    }

    fn unwrap_s8(&self) -> i8 {
        if let Part::Value(&Value::S8(v)) = self.value {
            v
        } else {
            0
        }
    }

    fn unwrap_s16(&self) -> i16 {
        if let Part::Value(&Value::S16(v)) = self.value {
            v
        } else {
            0
        }
    }

    fn unwrap_s32(&self) -> i32 {
        if let Part::Value(&Value::S32(v)) = self.value {
            v
        } else {
            0
        }
    }

    fn unwrap_s64(&self) -> i64 {
        if let Part::Value(&Value::S64(v)) = self.value {
            v
        } else {
            0
        }
    }

    fn unwrap_f32(&self) -> f32 {
        if let Part::Value(&Value::F32(v)) = self.value {
            v
        } else {
            0.0
        }
    }

    fn unwrap_f64(&self) -> f64 {
        if let Part::Value(&Value::F64(v)) = self.value {
            v
        } else {
            0.0
        }
    }

    fn unwrap_char(&self) -> char {
        if let Part::Value(&Value::Char(v)) = self.value {
            v
        } else {
            '?'
        }
    }

    fn unwrap_string(&self) -> Cow<'_, str> {
        if let Part::Value(Value::String(v)) = self.value {
            Cow::Borrowed(v)
        } else {
            Cow::Borrowed("")
        }
    }

    fn unwrap_list(&self) -> Box<dyn Iterator<Item = Cow<'_, Self>> + '_> {
        let ty = self.ty;
        match (self.value, ty) {
            (Part::Value(Value::List(v)), Type::List(t) | Type::FixedList(t, _)) => {
                Box::new(v.iter().map(|v| Typed::cow(t, v)))
            }
            (Part::Value(Value::Bytes(v)), _) => Box::new(v.iter().map(move |v| {
                Cow::Owned(Typed {
                    ty,
                    value: Part::Byte(*v),
                })
            })),
            (Part::Value(Value::Map(entries)), _) => Box::new(entries.iter().map(move |(k, v)| {
                Cow::Owned(Typed {
                    ty,
                    value: Part::Entry(k, v),
                })
            })),
            _ => Box::new(std::iter::empty()),
        }
    }

    fn unwrap_record(&self) -> Box<dyn Iterator<Item = (Cow<'_, str>, Cow<'_, Self>)> + '_> {
        match (self.value, self.ty) {
            (Part::Value(Value::Record(v)), Type::Record(r)) => {
                let fields = r.fields.iter().zip(v);
                Box::new(fields.map(|(field, v)| (Cow::Borrowed(field.name.as_str()), Typed::cow(&field.ty, v))))
            }
            _ => Box::new(std::iter::empty()),
        }
    }

    fn unwrap_tuple(&self) -> Box<dyn Iterator<Item = Cow<'_, Self>> + '_> {
        match (self.value, self.ty) {
            (Part::Value(Value::Tuple(v)), Type::Tuple(types)) => {
                Box::new(types.iter().zip(v).map(|(ty, v)| Typed::cow(ty, v)))
            }
            (Part::Entry(key, value), Type::Map(k, v)) => {
                Box::new([Typed::cow(k, key), Typed::cow(v, value)].into_iter())
            }
            _ => Box::new(std::iter::empty()),
        }
    }

    fn unwrap_variant(&self) -> (Cow<'_, str>, Option<Cow<'_, Self>>) {
        if let (Part::Value(Value::Variant(case, payload)), Type::Variant(v)) = (self.value, self.ty)
            && let Some(case) = usize::try_from(*case).ok().and_then(|at| v.cases.get(at))
        {
            return (Cow::Borrowed(&case.name), Typed::maybe(case.ty.as_ref(), payload));
        }
        (Cow::Borrowed("?"), None)
    }

    fn unwrap_enum(&self) -> Cow<'_, str> {
        if let (Part::Value(Value::Enum(case)), Type::Enum(e)) = (self.value, self.ty)
            && let Some(case) = usize::try_from(*case).ok().and_then(|at| e.cases.get(at))
        {
            return Cow::Borrowed(case);
        }
        Cow::Borrowed("?")
    }

    fn unwrap_option(&self) -> Option<Cow<'_, Self>> {
        match (self.value, self.ty) {
            (Part::Value(Value::Option(v)), Type::Option(t)) => Typed::maybe(Some(&**t), v),
            _ => None,
        }
    }

    fn unwrap_result(&self) -> Result<Option<Cow<'_, Self>>, Option<Cow<'_, Self>>> {
        match (self.value, self.ty) {
            (Part::Value(Value::Result(Ok(v))), Type::Result(t, _)) => Ok(Typed::maybe(t.as_deref(), v)),
            (Part::Value(Value::Result(Err(v))), Type::Result(_, t)) => Err(Typed::maybe(t.as_deref(), v)),
            _ => Ok(None),
        }
    }

    fn unwrap_flags(&self) -> Box<dyn Iterator<Item = Cow<'_, str>> + '_> {
        match (self.value, self.ty) {
            (Part::Value(Value::Flags(set)), Type::Flags(f)) => {
                let named = f.flags.iter().zip(set).filter(|(_, set)| **set);
                Box::new(named.map(|(name, _)| Cow::Borrowed(name.as_str())))
            }
            _ => Box::new(std::iter::empty()),
        }
    }
}
