//! One value of any type that is carried: by position, so that it means something only beside its type.
//!
//! Does not hold handles, streams or futures.

/// A value. Cases, fields and flags are numbers in the order of their type.
#[derive(Clone, Debug)]
#[allow(missing_docs)] // The scalars are what WIT calls them.
pub enum Value {
    Bool(bool),
    U8(u8),
    U16(u16),
    U32(u32),
    U64(u64),
    S8(i8),
    S16(i16),
    S32(i32),
    S64(i64),
    F32(f32),
    F64(f64),
    Char(char),
    String(String),
    /// `list<u8>` and `list<u8, N>`, as decoding and parsing make them. Equal to the same list of [`Value::U8`].
    Bytes(Vec<u8>),
    /// `list<T>` and `list<T, N>`.
    List(Vec<Value>),
    /// `map<K, V>`: the entries as they are carried; of two with one key the later counts.
    Map(Vec<(Value, Value)>),
    /// The fields in order.
    Record(Vec<Value>),
    Tuple(Vec<Value>),
    /// The case's number, and its payload if it has one.
    Variant(u32, Option<Box<Value>>),
    /// The case's number.
    Enum(u32),
    /// Whether each flag is set, in order.
    Flags(Vec<bool>),
    Option(Option<Box<Value>>),
    Result(Result<Option<Box<Value>>, Option<Box<Value>>>),
}

impl Value {
    /// What kind of value it is, in WIT's words.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Bool(_) => "bool",
            Value::U8(_) => "u8",
            Value::U16(_) => "u16",
            Value::U32(_) => "u32",
            Value::U64(_) => "u64",
            Value::S8(_) => "s8",
            Value::S16(_) => "s16",
            Value::S32(_) => "s32",
            Value::S64(_) => "s64",
            Value::F32(_) => "f32",
            Value::F64(_) => "f64",
            Value::Char(_) => "char",
            Value::String(_) => "string",
            Value::Bytes(_) | Value::List(_) => "list",
            Value::Map(_) => "map",
            Value::Record(_) => "record",
            Value::Tuple(_) => "tuple",
            Value::Variant(..) => "variant",
            Value::Enum(_) => "enum",
            Value::Flags(_) => "flags",
            Value::Option(_) => "option",
            Value::Result(_) => "result",
        }
    }
}

/// All NaNs are one value; `0.0` and `-0.0` are two.
impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        use Value::*;
        match (self, other) {
            (Bool(a), Bool(b)) => a == b,
            (U8(a), U8(b)) => a == b,
            (U16(a), U16(b)) => a == b,
            (U32(a), U32(b)) => a == b,
            (U64(a), U64(b)) => a == b,
            (S8(a), S8(b)) => a == b,
            (S16(a), S16(b)) => a == b,
            (S32(a), S32(b)) => a == b,
            (S64(a), S64(b)) => a == b,
            (F32(a), F32(b)) => a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan(),
            (F64(a), F64(b)) => a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan(),
            (Char(a), Char(b)) => a == b,
            (String(a), String(b)) => a == b,
            (Bytes(a), Bytes(b)) => a == b,
            (List(a), List(b)) | (Record(a), Record(b)) | (Tuple(a), Tuple(b)) => a == b,
            (Bytes(bytes), List(list)) | (List(list), Bytes(bytes)) => {
                bytes.len() == list.len() && bytes.iter().zip(list).all(|(a, b)| matches!(b, U8(b) if a == b))
            }
            (Map(a), Map(b)) => a == b,
            (Variant(a, x), Variant(b, y)) => a == b && x == y,
            (Enum(a), Enum(b)) => a == b,
            (Flags(a), Flags(b)) => a == b,
            (Option(a), Option(b)) => a == b,
            (Result(a), Result(b)) => a == b,
            _ => false,
        }
    }
}

impl Eq for Value {}
