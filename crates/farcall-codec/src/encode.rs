//! Values to `wit` bytes, `spec/values.md`.
//!
//! Does not invent values: one that is not of its type is an error that says where.

use farcall_wit::{Function, Type};

use crate::Value;
use crate::leb128;
use crate::path::Path;

/// Why a value cannot be encoded: it is not of its type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path} {kind}")]
pub struct EncodeError {
    /// Where in the value.
    pub path: Path,
    /// What is wrong there.
    pub kind: EncodeErrorKind,
}

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodeErrorKind {
    /// Another kind of value than the type asks for.
    #[error("is a {found}, expected {expected}")]
    Kind {
        /// The type, as WIT refers to it.
        expected: String,
        /// The kind of value.
        found: &'static str,
    },
    /// Another number of elements, fields, flags or arguments.
    #[error("has {found} parts, expected {expected}")]
    Count {
        /// How many the type has.
        expected: usize,
        /// How many the value has.
        found: usize,
    },
    /// A case that the type does not have.
    #[error("is case {case} of {cases} cases")]
    Case {
        /// The number of the case.
        case: u32,
        /// How many there are.
        cases: usize,
    },
    /// A payload where the type has none, or the other way round.
    #[error("{}", if *.expected { "lacks its payload" } else { "has a payload, expected none" })]
    Payload {
        /// Whether the type has a payload.
        expected: bool,
    },
    /// More than 2^32 - 1 elements or bytes.
    #[error("has {length} elements, more than 4294967295")]
    Length {
        /// How many.
        length: usize,
    },
    /// A stream, a future, a handle or an error context.
    #[error("is of a type that is not carried yet: {ty}")]
    Uncarried {
        /// The type.
        ty: String,
    },
}

type Result<T = (), E = EncodeError> = std::result::Result<T, E>;

/// Appends the encoding of `value` to `out`. On an error `out` holds a part of it.
pub fn encode(value: &Value, ty: &Type, out: &mut Vec<u8>) -> Result {
    match (value, ty) {
        (Value::Bool(v), Type::Bool) => out.push(u8::from(*v)),
        (Value::U8(v), Type::U8) => out.push(*v),
        (Value::S8(v), Type::S8) => out.push(v.to_le_bytes()[0]),
        (Value::U16(v), Type::U16) => leb128::write_unsigned((*v).into(), out),
        (Value::U32(v), Type::U32) => leb128::write_unsigned((*v).into(), out),
        (Value::U64(v), Type::U64) => leb128::write_unsigned(*v, out),
        (Value::S16(v), Type::S16) => leb128::write_signed((*v).into(), out),
        (Value::S32(v), Type::S32) => leb128::write_signed((*v).into(), out),
        (Value::S64(v), Type::S64) => leb128::write_signed(*v, out),
        (Value::F32(v), Type::F32) => out.extend(canonical_f32(*v).to_le_bytes()),
        (Value::F64(v), Type::F64) => out.extend(canonical_f64(*v).to_le_bytes()),
        (Value::Char(v), Type::Char) => out.extend(v.encode_utf8(&mut [0; 4]).bytes()),
        (Value::String(v), Type::String) => {
            length(v.len(), out)?;
            out.extend(v.bytes());
        }
        (Value::Bytes(v), Type::List(t)) if matches!(**t, Type::U8) => {
            length(v.len(), out)?;
            out.extend(v);
        }
        (Value::Bytes(v), Type::FixedList(t, n)) if matches!(**t, Type::U8) => {
            count(v.len(), *n)?;
            out.extend(v);
        }
        (Value::List(v), Type::List(t)) => {
            length(v.len(), out)?;
            indexed(v, t, out)?;
        }
        (Value::List(v), Type::FixedList(t, n)) => {
            count(v.len(), *n)?;
            indexed(v, t, out)?;
        }
        (Value::Map(entries), Type::Map(key, item)) => {
            length(entries.len(), out)?;
            for (i, (k, v)) in entries.iter().enumerate() {
                encode(k, key, out)
                    .and_then(|()| encode(v, item, out))
                    .map_err(|e| e.within_index(i))?;
            }
        }
        (Value::Record(v), Type::Record(r)) => {
            count(v.len(), r.fields.len())?;
            for (v, field) in v.iter().zip(&r.fields) {
                encode(v, &field.ty, out).map_err(|e| e.within_name(&field.name))?;
            }
        }
        (Value::Tuple(v), Type::Tuple(types)) => {
            count(v.len(), types.len())?;
            for (i, (v, ty)) in v.iter().zip(types.iter()).enumerate() {
                encode(v, ty, out).map_err(|e| e.within_index(i))?;
            }
        }
        (Value::Variant(case, payload), Type::Variant(v)) => {
            let cases = v.cases.len();
            let known = usize::try_from(*case).ok().and_then(|at| v.cases.get(at));
            let known = known.ok_or(EncodeErrorKind::Case { case: *case, cases })?;
            leb128::write_unsigned((*case).into(), out);
            maybe(payload, known.ty.as_ref(), out).map_err(|e| e.within_name(&known.name))?;
        }
        (Value::Enum(case), Type::Enum(e)) => {
            let cases = e.cases.len();
            if usize::try_from(*case).map_or(true, |at| at >= cases) {
                return Err(EncodeErrorKind::Case { case: *case, cases }.into());
            }
            leb128::write_unsigned((*case).into(), out);
        }
        (Value::Flags(set), Type::Flags(f)) => {
            count(set.len(), f.flags.len())?;
            out.extend(
                set.chunks(8)
                    .map(|bits| bits.iter().rev().fold(0u8, |byte, bit| byte << 1 | u8::from(*bit))),
            );
        }
        (Value::Option(v), Type::Option(t)) => {
            out.push(u8::from(v.is_some()));
            if let Some(v) = v {
                encode(v, t, out).map_err(|e| e.within_name("some"))?;
            }
        }
        (Value::Result(Ok(v)), Type::Result(ok, _)) => {
            out.push(0);
            maybe(v, ok.as_deref(), out).map_err(|e| e.within_name("ok"))?;
        }
        (Value::Result(Err(v)), Type::Result(_, err)) => {
            out.push(1);
            maybe(v, err.as_deref(), out).map_err(|e| e.within_name("err"))?;
        }
        (_, Type::Own(_) | Type::Borrow(_) | Type::Stream(_) | Type::Future(_) | Type::ErrorContext) => {
            return Err(EncodeErrorKind::Uncarried { ty: ty.to_string() }.into());
        }
        (value, ty) => {
            return Err(EncodeErrorKind::Kind {
                expected: ty.to_string(),
                found: value.kind(),
            }
            .into());
        }
    }
    Ok(())
}

/// A request: the parameters in order. A function of core types keeps the bits of a NaN.
pub fn encode_params(values: &[Value], function: &Function) -> Result<Vec<u8>> {
    count(values.len(), function.params.len())?;
    let encode = encoder(function);
    let mut out = Vec::new();
    for (value, param) in values.iter().zip(&function.params) {
        encode(value, &param.ty, &mut out).map_err(|e| e.within_name(&param.name))?;
    }
    Ok(out)
}

/// A response: the result, or nothing if the function has none. A function of core types keeps the bits of a NaN.
pub fn encode_result(value: Option<&Value>, function: &Function) -> Result<Vec<u8>> {
    let encode = encoder(function);
    let mut out = Vec::new();
    match (value, &function.result) {
        (Some(value), Some(ty)) => encode(value, ty, &mut out).map_err(|e| e.within_name("result"))?,
        (None, None) => {}
        (_, ty) => return Err(EncodeError::from(EncodeErrorKind::Payload { expected: ty.is_some() })),
    }
    Ok(out)
}

/// spec: V-6: values of plain modules are carried bit for bit, and nobody else has such a function's NaN to keep.
fn encoder(function: &Function) -> fn(&Value, &Type, &mut Vec<u8>) -> Result {
    if function.is_core() { encode_bits } else { encode }
}

fn encode_bits(value: &Value, ty: &Type, out: &mut Vec<u8>) -> Result {
    match (value, ty) {
        (Value::F32(v), Type::F32) => out.extend(v.to_le_bytes()),
        (Value::F64(v), Type::F64) => out.extend(v.to_le_bytes()),
        (Value::Tuple(v), Type::Tuple(types)) => {
            count(v.len(), types.len())?;
            for (i, (v, ty)) in v.iter().zip(types.iter()).enumerate() {
                encode_bits(v, ty, out).map_err(|e| e.within_index(i))?;
            }
        }
        (value, ty) => return encode(value, ty, out),
    }
    Ok(())
}

pub(crate) fn canonical_f32(value: f32) -> f32 {
    if value.is_nan() {
        f32::from_bits(0x7fc0_0000)
    } else {
        value
    }
}

pub(crate) fn canonical_f64(value: f64) -> f64 {
    if value.is_nan() {
        f64::from_bits(0x7ff8_0000_0000_0000)
    } else {
        value
    }
}

fn length(length: usize, out: &mut Vec<u8>) -> Result {
    let short = u32::try_from(length).map_err(|_| EncodeErrorKind::Length { length })?;
    leb128::write_unsigned(short.into(), out);
    Ok(())
}

fn count(found: usize, expected: impl TryInto<usize>) -> Result {
    let expected = expected.try_into().unwrap_or(usize::MAX);
    if found == expected {
        Ok(())
    } else {
        Err(EncodeErrorKind::Count { expected, found }.into())
    }
}

fn indexed(values: &[Value], ty: &Type, out: &mut Vec<u8>) -> Result {
    values
        .iter()
        .enumerate()
        .try_for_each(|(i, value)| encode(value, ty, out).map_err(|e| e.within_index(i)))
}

fn maybe(value: &Option<Box<Value>>, ty: Option<&Type>, out: &mut Vec<u8>) -> Result {
    match (value, ty) {
        (Some(value), Some(ty)) => encode(value, ty, out),
        (None, None) => Ok(()),
        (_, ty) => Err(EncodeErrorKind::Payload { expected: ty.is_some() }.into()),
    }
}

impl From<EncodeErrorKind> for EncodeError {
    fn from(kind: EncodeErrorKind) -> EncodeError {
        EncodeError {
            path: Path::default(),
            kind,
        }
    }
}

impl EncodeError {
    fn within_name(mut self, name: &str) -> EncodeError {
        self.path.within_name(name);
        self
    }

    fn within_index(mut self, index: usize) -> EncodeError {
        self.path.within_index(index);
        self
    }
}
