//! `wit` bytes to values, strictly: one value has one encoding, and no length is believed, `spec/values.md`.
//!
//! Does not read from anything but memory; a message is whole before it comes here.

use farcall_wit::{Function, Type};

use crate::Value;
use crate::decode_error::{DecodeError, DecodeErrorKind as Kind};
use crate::encode::{canonical_f32, canonical_f64};
use crate::leb128::{self, Refused};
use crate::limits::{Limits, MAX_AHEAD_BYTES};
use crate::path::Path;
use crate::size::Sizes;

type Result<T, E = DecodeError> = std::result::Result<T, E>;

/// The value that `bytes` are, all of them.
pub fn decode(bytes: &[u8], ty: &Type, limits: &Limits) -> Result<Value> {
    let mut decoder = Decoder::new(bytes, limits)?;
    let value = decoder.value::<true>(ty)?;
    decoder.end()?;
    Ok(value)
}

/// The arguments of a request, in order. A function of core types keeps the bits of a NaN.
pub fn decode_params(bytes: &[u8], function: &Function, limits: &Limits) -> Result<Vec<Value>> {
    let mut decoder = Decoder::new(bytes, limits)?;
    decoder.keeps_nans = function.is_core();
    let mut values = Vec::new();
    for param in &function.params {
        values.push(
            decoder
                .value::<true>(&param.ty)
                .map_err(|e| e.within_name(&param.name))?,
        );
    }
    decoder.end()?;
    Ok(values)
}

/// The result in a response; `None` if the function has none. A function of core types keeps the bits of a NaN.
pub fn decode_result(bytes: &[u8], function: &Function, limits: &Limits) -> Result<Option<Value>> {
    let mut decoder = Decoder::new(bytes, limits)?;
    decoder.keeps_nans = function.is_core();
    let result = function
        .result
        .as_ref()
        .map(|ty| decoder.value::<true>(ty).map_err(|e| e.within_name("result")));
    let result = result.transpose()?;
    decoder.end()?;
    Ok(result)
}

/// Whether a request decodes, without building its values: allocates nothing that grows with the message, and takes
/// time linear in it. Only [`Limits::depth`] and [`Limits::zero_sized_elements`] apply, at their defaults.
pub fn check_params(bytes: &[u8], function: &Function) -> Result<()> {
    let limits = Limits {
        bytes: usize::MAX,
        decoded_bytes: usize::MAX,
        ..Limits::default()
    };
    let mut decoder = Decoder::new(bytes, &limits)?;
    for param in &function.params {
        decoder
            .value::<false>(&param.ty)
            .map_err(|e| e.within_name(&param.name))?;
    }
    decoder.end()
}

/// Reads values one after the other; nothing of it is believed.
pub struct Decoder<'a> {
    bytes: &'a [u8],
    at: usize,
    limits: Limits,
    depth: usize,
    decoded: usize,
    zero_sized: usize,
    empty: usize,
    sizes: Sizes,
    /// spec: V-6: whether NaNs are handed on bit for bit, as plain modules have them.
    keeps_nans: bool,
}

impl<'a> Decoder<'a> {
    pub(crate) fn new(bytes: &'a [u8], limits: &Limits) -> Result<Decoder<'a>> {
        let decoder = Decoder {
            bytes,
            at: 0,
            limits: *limits,
            depth: 0,
            decoded: 0,
            zero_sized: 0,
            empty: 0,
            sizes: Sizes::default(),
            keeps_nans: false,
        };
        if bytes.len() > limits.bytes {
            return Err(decoder.error(Kind::Limit {
                what: "bytes of a message",
                limit: limits.bytes,
            }));
        }
        Ok(decoder)
    }

    pub(crate) fn end(&self) -> Result<()> {
        // spec/values.md V-2: nothing follows the last value.
        match self.rest().len() {
            0 => Ok(()),
            count => Err(self.error(Kind::Trailing { count })),
        }
    }

    /// A value of `ty`. Without `BUILD` what is returned means nothing.
    fn value<const BUILD: bool>(&mut self, ty: &Type) -> Result<Value> {
        if BUILD {
            self.charge(size_of::<Value>())?;
        }
        let scalar = match ty {
            Type::Bool => match self.byte()? {
                0 => Value::Bool(false),
                1 => Value::Bool(true),
                _ => return Err(self.before(1, Kind::Bool)),
            },
            Type::U8 => Value::U8(self.byte()?),
            Type::S8 => Value::S8(i8::from_le_bytes([self.byte()?])),
            Type::U16 => Value::U16(self.unsigned(16)?),
            Type::U32 => Value::U32(self.unsigned(32)?),
            Type::U64 => Value::U64(self.unsigned(64)?),
            Type::S16 => Value::S16(self.signed(16)?),
            Type::S32 => Value::S32(self.signed(32)?),
            Type::S64 => Value::S64(self.signed(64)?),
            Type::F32 if self.keeps_nans => Value::F32(f32::from_le_bytes(self.array()?)),
            Type::F64 if self.keeps_nans => Value::F64(f64::from_le_bytes(self.array()?)),
            Type::F32 => Value::F32(canonical_f32(f32::from_le_bytes(self.array()?))),
            Type::F64 => Value::F64(canonical_f64(f64::from_le_bytes(self.array()?))),
            Type::Char => Value::Char(self.char()?),
            Type::String => self.string::<BUILD>()?,
            Type::Enum(e) => Value::Enum(self.case(e.cases.len())?.0),
            Type::Flags(f) => self.flags::<BUILD>(f.flags.len())?,
            _ => {
                if self.depth >= self.limits.depth {
                    return Err(self.error(Kind::Limit {
                        what: "levels of nesting",
                        limit: self.limits.depth,
                    }));
                }
                self.depth += 1;
                let value = self.composite::<BUILD>(ty)?;
                self.depth -= 1;
                value
            }
        };
        Ok(scalar)
    }

    fn composite<const BUILD: bool>(&mut self, ty: &Type) -> Result<Value> {
        Ok(match ty {
            Type::List(t) => {
                let length = self.length()?;
                self.elements::<BUILD>(t, length)?
            }
            Type::FixedList(t, n) => self.elements::<BUILD>(t, *n)?,
            Type::Map(k, v) => {
                let length = self.length()?;
                let least = self.sizes.of(k).saturating_add(self.sizes.of(v));
                let length = self.plausible(length, least)?;
                let mut entries = Vec::new();
                if BUILD {
                    entries.reserve(length.min(MAX_AHEAD_BYTES / size_of::<(Value, Value)>()));
                }
                for i in 0..length {
                    let key = self.value::<BUILD>(k).map_err(|e| e.within_index(i))?;
                    let value = self.value::<BUILD>(v).map_err(|e| e.within_index(i))?;
                    if BUILD {
                        entries.push((key, value));
                    }
                }
                Value::Map(entries)
            }
            Type::Record(r) => {
                let start = self.at;
                let mut fields = Vec::new();
                for field in &r.fields {
                    let value = self.value::<BUILD>(&field.ty).map_err(|e| e.within_name(&field.name))?;
                    if BUILD {
                        fields.push(value);
                    }
                }
                self.charge_if_empty(start)?;
                Value::Record(fields)
            }
            Type::Tuple(types) => {
                let start = self.at;
                let mut parts = Vec::new();
                for (i, ty) in types.iter().enumerate() {
                    let value = self.value::<BUILD>(ty).map_err(|e| e.within_index(i))?;
                    if BUILD {
                        parts.push(value);
                    }
                }
                self.charge_if_empty(start)?;
                Value::Tuple(parts)
            }
            Type::Variant(v) => {
                let (number, at) = self.case(v.cases.len())?;
                match v.cases.get(at) {
                    Some(case) => Value::Variant(
                        number,
                        self.maybe::<BUILD>(case.ty.as_ref())
                            .map_err(|e| e.within_name(&case.name))?,
                    ),
                    None => return Err(self.error(Kind::Case { cases: v.cases.len() })),
                }
            }
            Type::Option(t) => match self.byte()? {
                0 => Value::Option(None),
                1 => Value::Option(self.maybe::<BUILD>(Some(&**t)).map_err(|e| e.within_name("some"))?),
                _ => return Err(self.before(1, Kind::Tag { of: "an option" })),
            },
            Type::Result(ok, err) => match self.byte()? {
                0 => Value::Result(Ok(self
                    .maybe::<BUILD>(ok.as_deref())
                    .map_err(|e| e.within_name("ok"))?)),
                1 => Value::Result(Err(self
                    .maybe::<BUILD>(err.as_deref())
                    .map_err(|e| e.within_name("err"))?)),
                _ => return Err(self.before(1, Kind::Tag { of: "a result" })),
            },
            other => return Err(self.error(Kind::Uncarried { ty: other.to_string() })),
        })
    }

    fn elements<const BUILD: bool>(&mut self, ty: &Type, length: u32) -> Result<Value> {
        let least = self.sizes.of(ty);
        let length = self.plausible(length, least)?;
        if matches!(ty, Type::U8) {
            let bytes = self.take(length)?;
            if !BUILD {
                return Ok(Value::Bytes(Vec::new()));
            }
            self.charge(length)?;
            return Ok(Value::Bytes(bytes.to_vec()));
        }
        let mut values = Vec::new();
        if BUILD {
            values.reserve(length.min(MAX_AHEAD_BYTES / size_of::<Value>()));
        }
        for i in 0..length {
            let value = self.value::<BUILD>(ty).map_err(|e| e.within_index(i))?;
            if BUILD {
                values.push(value);
            }
        }
        Ok(Value::List(values))
    }

    fn maybe<const BUILD: bool>(&mut self, ty: Option<&Type>) -> Result<Option<Box<Value>>> {
        match ty {
            Some(ty) => {
                let value = self.value::<BUILD>(ty)?;
                Ok(if BUILD { Some(Box::new(value)) } else { None })
            }
            None => Ok(None),
        }
    }

    fn string<const BUILD: bool>(&mut self) -> Result<Value> {
        let text = self.text()?;
        if !BUILD {
            return Ok(Value::String(String::new()));
        }
        self.charge(text.len())?;
        Ok(Value::String(text.to_owned()))
    }

    /// A string, where it stands in the message.
    pub(crate) fn text(&mut self) -> Result<&'a str> {
        let length = self.length()?;
        let length = self.plausible(length, 1)?;
        let start = self.at;
        let text = std::str::from_utf8(self.take(length)?);
        // spec/values.md V-8: a string is valid UTF-8.
        text.map_err(|e| self.error_at(start.saturating_add(e.valid_up_to()), Kind::Utf8))
    }

    pub(crate) fn char(&mut self) -> Result<char> {
        let start = self.at;
        let width = match self.byte()? {
            0x00..=0x7f => 1,
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            _ => return Err(self.error_at(start, Kind::Char)),
        };
        self.at = start;
        let text = std::str::from_utf8(self.take(width)?).ok();
        text.and_then(|text| text.chars().next())
            .ok_or_else(|| self.error_at(start, Kind::Char))
    }

    fn flags<const BUILD: bool>(&mut self, count: usize) -> Result<Value> {
        let bytes = self.flag_bytes(count)?;
        if !BUILD {
            return Ok(Value::Flags(Vec::new()));
        }
        self.charge(count)?;
        let bit = |i: usize| bytes.get(i / 8).is_some_and(|byte| byte >> (i % 8) & 1 == 1);
        Ok(Value::Flags((0..count).map(bit).collect()))
    }

    /// The bytes of `count` flags.
    pub(crate) fn flag_bytes(&mut self, count: usize) -> Result<&'a [u8]> {
        let start = self.at;
        let bytes = self.take(count.div_ceil(8))?;
        // spec/values.md V-14: unused bits are zero.
        let used = count % 8;
        if used != 0 && bytes.last().is_some_and(|last| last >> used != 0) {
            return Err(self.error_at(start + bytes.len() - 1, Kind::Flags { flags: count }));
        }
        Ok(bytes)
    }

    /// How many bytes were read.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// All bytes of the message.
    pub(crate) fn message(&self) -> &'a [u8] {
        self.bytes
    }

    /// The number of a case, twice: as it is carried and as an index.
    pub(crate) fn case(&mut self, cases: usize) -> Result<(u32, usize)> {
        let start = self.at;
        let number: u32 = self.unsigned(32)?;
        match usize::try_from(number) {
            Ok(at) if at < cases => Ok((number, at)),
            _ => Err(self.error_at(start, Kind::Case { cases })),
        }
    }

    pub(crate) fn length(&mut self) -> Result<u32> {
        self.unsigned(32)
    }

    /// Refuses a length that the bytes left cannot hold, and charges elements that take none.
    pub(crate) fn plausible(&mut self, length: u32, least: usize) -> Result<usize> {
        let count = usize::try_from(length).unwrap_or(usize::MAX);
        let left = self.rest().len();
        if least == 0 {
            self.charge_zero_sized(count)?;
        }
        // spec/values.md V-9: a length that cannot be true is refused before anything is allocated.
        let needed = count.saturating_mul(least);
        if needed > left {
            return Err(self.error(Kind::Length { length, needed, left }));
        }
        Ok(count)
    }

    pub(crate) fn keep_nans(&mut self, keeps_nans: bool) {
        self.keeps_nans = keeps_nans;
    }

    pub(crate) fn keeps_nans(&self) -> bool {
        self.keeps_nans
    }

    pub(crate) fn charge(&mut self, bytes: usize) -> Result<()> {
        self.decoded = self.decoded.saturating_add(bytes);
        if self.decoded > self.limits.decoded_bytes {
            let limit = self.limits.decoded_bytes;
            return Err(self.error(Kind::Limit {
                what: "bytes of decoded values",
                limit,
            }));
        }
        Ok(())
    }

    fn charge_zero_sized(&mut self, count: usize) -> Result<()> {
        self.zero_sized = self.zero_sized.saturating_add(count);
        self.within_zero_sized(self.zero_sized)
    }

    /// A record or tuple that took no bytes may hold exponentially many that take none either.
    pub(crate) fn charge_if_empty(&mut self, start: usize) -> Result<()> {
        self.empty = self.empty.saturating_add(usize::from(self.at == start));
        self.within_zero_sized(self.empty)
    }

    fn within_zero_sized(&self, count: usize) -> Result<()> {
        let limit = self.limits.zero_sized_elements;
        match count > limit {
            true => Err(self.error(Kind::Limit {
                what: "elements without bytes",
                limit,
            })),
            false => Ok(()),
        }
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let rest = self.rest();
        match rest.get(..count) {
            Some(taken) => {
                self.at += count;
                Ok(taken)
            }
            None => Err(self.error_at(
                self.bytes.len(),
                Kind::End {
                    needed: count - rest.len(),
                },
            )),
        }
    }

    pub(crate) fn byte(&mut self) -> Result<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    pub(crate) fn unsigned<T: TryFrom<u64>>(&mut self, bits: u32) -> Result<T> {
        let read = leb128::read_unsigned(self.rest(), bits);
        self.integer(read, bits)
    }

    pub(crate) fn signed<T: TryFrom<i64>>(&mut self, bits: u32) -> Result<T> {
        let read = leb128::read_signed(self.rest(), bits);
        self.integer(read, bits)
    }

    fn integer<F, T: TryFrom<F>>(&mut self, read: Result<(F, usize), Refused>, bits: u32) -> Result<T> {
        let (value, taken) = read.map_err(|refused| match refused {
            Refused::End => self.error_at(self.bytes.len(), Kind::End { needed: 1 }),
            Refused::NotMinimal => self.error(Kind::NotMinimal),
            Refused::TooLarge => self.error(Kind::Range { bits }),
        })?;
        let value = T::try_from(value).map_err(|_| self.error(Kind::Range { bits }))?;
        self.at += taken;
        Ok(value)
    }

    pub(crate) fn error(&self, kind: Kind) -> DecodeError {
        self.error_at(self.at, kind)
    }

    pub(crate) fn before(&self, bytes: usize, kind: Kind) -> DecodeError {
        self.error_at(self.at.saturating_sub(bytes), kind)
    }

    fn error_at(&self, offset: usize, kind: Kind) -> DecodeError {
        DecodeError {
            offset,
            path: Path::default(),
            kind,
        }
    }
}
