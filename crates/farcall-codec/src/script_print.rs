//! Values as the constants of WebAssembly scripts, `(i32.const 3)`, or a whole call: `spec/text.md`.
//!
//! What it writes, [`crate::parse_invoke`] reads back to the same values.

use std::fmt::{self, Write};

use farcall_wit::{Function, Type};

use crate::value::Value;

/// A text that would be longer than it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text is longer than the limit of {limit} bytes")]
pub struct TextTooLong {
    /// The limit in bytes.
    pub limit: usize,
}

/// A result as constants, one space between them: nothing where there is none, one of a value, and of a function of core
/// types one for each result. At most `limit` bytes: a value of few bytes may have a long text, for its names are
/// written out. What is not of its type is printed as `?`.
pub fn print_results(value: Option<&Value>, function: &Function, limit: usize) -> Result<String, TextTooLong> {
    let mut out = Bounded {
        text: String::new(),
        limit,
    };
    let printed = match (value, &function.result) {
        (Some(Value::Tuple(values)), Some(Type::Tuple(types))) if function.is_core() => {
            let mut results = values.iter().zip(types.iter());
            results.try_for_each(|(value, ty)| out.result(value, ty, true))
        }
        (Some(value), Some(ty)) => out.result(value, ty, function.is_core()),
        _ => Ok(()),
    };
    printed.map_err(|fmt::Error| TextTooLong { limit })?;
    Ok(out.text)
}

/// A whole call, `(invoke "add" (i32.const 1))`, at most `limit` bytes long.
pub fn print_invoke(name: &str, values: &[Value], function: &Function, limit: usize) -> Result<String, TextTooLong> {
    let mut out = Bounded {
        text: String::new(),
        limit,
    };
    let mut print = || {
        out.write_str("(invoke ")?;
        out.string(name)?;
        for (value, param) in values.iter().zip(&function.params) {
            out.result(value, &param.ty, function.is_core())?;
        }
        out.write_str(")")
    };
    print().map_err(|fmt::Error| TextTooLong { limit })?;
    Ok(out.text)
}

struct Bounded {
    text: String,
    limit: usize,
}

impl Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if text.len() > self.limit.saturating_sub(self.text.len()) {
            return Err(fmt::Error);
        }
        self.text.push_str(text);
        Ok(())
    }
}

impl Bounded {
    /// One constant in parentheses, after a space if it is not the first thing.
    fn result(&mut self, value: &Value, ty: &Type, core: bool) -> fmt::Result {
        if !self.text.is_empty() {
            self.write_str(" ")?;
        }
        match (value, ty) {
            (Value::S32(v), Type::S32) if core => write!(self, "(i32.const {v})"),
            (Value::S64(v), Type::S64) if core => write!(self, "(i64.const {v})"),
            (value, ty) => self.nested(value, ty),
        }
    }

    fn nested(&mut self, value: &Value, ty: &Type) -> fmt::Result {
        self.write_str("(")?;
        self.constant(value, ty)?;
        self.write_str(")")
    }

    fn constant(&mut self, value: &Value, ty: &Type) -> fmt::Result {
        match (value, ty) {
            (Value::Bool(v), Type::Bool) => write!(self, "bool.const {v}"),
            (Value::U8(v), Type::U8) => write!(self, "u8.const {v}"),
            (Value::S8(v), Type::S8) => write!(self, "s8.const {v}"),
            (Value::U16(v), Type::U16) => write!(self, "u16.const {v}"),
            (Value::S16(v), Type::S16) => write!(self, "s16.const {v}"),
            (Value::U32(v), Type::U32) => write!(self, "u32.const {v}"),
            (Value::S32(v), Type::S32) => write!(self, "s32.const {v}"),
            (Value::U64(v), Type::U64) => write!(self, "u64.const {v}"),
            (Value::S64(v), Type::S64) => write!(self, "s64.const {v}"),
            (Value::F32(v), Type::F32) => {
                self.write_str("f32.const ")?;
                let payload = v.to_bits() & 0x7f_ffff;
                match v.is_nan() {
                    true => self.nan(v.is_sign_negative(), payload.into(), 0x40_0000),
                    false => write!(self, "{v:?}"),
                }
            }
            (Value::F64(v), Type::F64) => {
                self.write_str("f64.const ")?;
                let payload = v.to_bits() & 0xf_ffff_ffff_ffff;
                match v.is_nan() {
                    true => self.nan(v.is_sign_negative(), payload, 0x8_0000_0000_0000),
                    false => write!(self, "{v:?}"),
                }
            }
            (Value::Char(v), Type::Char) => {
                self.write_str("char.const ")?;
                self.string(v.encode_utf8(&mut [0; 4]))
            }
            (Value::String(v), Type::String) => {
                self.write_str("str.const ")?;
                self.string(v)
            }
            (Value::Bytes(v), Type::List(_) | Type::FixedList(..)) => {
                self.write_str("list.const")?;
                v.iter().try_for_each(|byte| write!(self, " (u8.const {byte})"))
            }
            (Value::List(v), Type::List(t) | Type::FixedList(t, _)) => {
                self.write_str("list.const")?;
                v.iter().try_for_each(|value| self.after_space(value, t))
            }
            (Value::Map(entries), Type::Map(key, item)) => {
                self.write_str("list.const")?;
                entries.iter().try_for_each(|(k, v)| {
                    self.write_str(" (tuple.const")?;
                    self.after_space(k, key)?;
                    self.after_space(v, item)?;
                    self.write_str(")")
                })
            }
            (Value::Record(v), Type::Record(r)) => {
                self.write_str("record.const")?;
                v.iter().zip(&r.fields).try_for_each(|(value, field)| {
                    write!(self, " (field \"{}\" ", field.name)?;
                    self.constant(value, &field.ty)?;
                    self.write_str(")")
                })
            }
            (Value::Tuple(v), Type::Tuple(types)) => {
                self.write_str("tuple.const")?;
                v.iter()
                    .zip(types.iter())
                    .try_for_each(|(value, ty)| self.after_space(value, ty))
            }
            (Value::Variant(number, payload), Type::Variant(v)) => {
                let case = usize::try_from(*number).ok().and_then(|at| v.cases.get(at));
                write!(self, "variant.const \"{}\"", case.map_or("?", |case| &case.name))?;
                self.maybe(payload, case.and_then(|case| case.ty.as_ref()))
            }
            (Value::Enum(number), Type::Enum(e)) => {
                let case = usize::try_from(*number).ok().and_then(|at| e.cases.get(at));
                write!(self, "enum.const \"{}\"", case.map_or("?", |case| case))
            }
            (Value::Flags(set), Type::Flags(f)) => {
                self.write_str("flags.const")?;
                let mut named = set.iter().zip(&f.flags);
                named.try_for_each(|(set, name)| if *set { write!(self, " \"{name}\"") } else { Ok(()) })
            }
            (Value::Option(None), Type::Option(_)) => self.write_str("option.none"),
            (Value::Option(v @ Some(_)), Type::Option(t)) => {
                self.write_str("option.some")?;
                self.maybe(v, Some(t))
            }
            (Value::Result(Ok(v)), Type::Result(ok, _)) => {
                self.write_str("result.ok")?;
                self.maybe(v, ok.as_deref())
            }
            (Value::Result(Err(v)), Type::Result(_, err)) => {
                self.write_str("result.err")?;
                self.maybe(v, err.as_deref())
            }
            _ => self.write_str("?"),
        }
    }

    fn after_space(&mut self, value: &Value, ty: &Type) -> fmt::Result {
        self.write_str(" ")?;
        self.nested(value, ty)
    }

    fn maybe(&mut self, value: &Option<Box<Value>>, ty: Option<&Type>) -> fmt::Result {
        match (value, ty) {
            (Some(value), Some(ty)) => self.after_space(value, ty),
            _ => Ok(()),
        }
    }

    fn nan(&mut self, negative: bool, payload: u64, canonical: u64) -> fmt::Result {
        self.write_str(if negative { "-nan" } else { "nan" })?;
        match payload == canonical {
            true => Ok(()),
            false => write!(self, ":{payload:#x}"),
        }
    }

    fn string(&mut self, text: &str) -> fmt::Result {
        self.write_str("\"")?;
        for c in text.chars() {
            match c {
                '"' => self.write_str("\\\"")?,
                '\\' => self.write_str("\\\\")?,
                '\t' => self.write_str("\\t")?,
                '\n' => self.write_str("\\n")?,
                '\r' => self.write_str("\\r")?,
                // Readers of WebAssembly text may refuse what changes the direction of writing.
                c if c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}') => {
                    write!(self, "\\u{{{:x}}}", u32::from(c))?;
                }
                c => self.write_char(c)?,
            }
        }
        self.write_str("\"")
    }
}
