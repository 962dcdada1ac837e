//! Messages of protobuf to `wit` bytes: fields in any order become values in the order of WIT.
//!
//! Reads each byte once for each message around it that had to be told from its neighbours, and once for itself.

use farcall_wit::proto::{Field, Kind, Label, MessageId, Scalar, Shape};

use super::runs::{Chain, Runs};
use super::wire::{Fields, Occurrence, Span, WireType, carried};
use crate::encode::{canonical_f32, canonical_f64};
use crate::limits::Limits;
use crate::message_error::{MessageError, MessageErrorKind as Error};
use crate::output::Output;
use crate::transcoder::{MADE_BYTES, Transcoder};

type Result<T = (), E = MessageError> = std::result::Result<T, E>;

pub(crate) fn to_wit(transcoder: &Transcoder, id: MessageId, bytes: &[u8], limits: &Limits) -> Result<Vec<u8>> {
    // Runs hold places of 32 bits.
    let limit = limits.bytes.min(usize::try_from(u32::MAX - 1).unwrap_or(usize::MAX));
    if bytes.len() > limit {
        let what = "bytes of a message";
        return Err(Error::Limit { what, limit }.at(0));
    }
    let mut decoder = Decoder {
        transcoder,
        bytes,
        limits: *limits,
        runs: Runs::default(),
        chains: Vec::new(),
        out: Output::new(limits),
    };
    let whole = Span {
        start: 0,
        end: bytes.len(),
    };
    decoder.message(id, Pieces::One(whole))?;
    Ok(decoder.out.bytes)
}

struct Decoder<'a> {
    transcoder: &'a Transcoder,
    bytes: &'a [u8],
    limits: Limits,
    runs: Runs,
    chains: Vec<Chain>,
    out: Output,
}

/// The bytes of a message: of one field, or of all fields of one number, which are read as if they were one.
#[derive(Clone, Copy)]
enum Pieces {
    One(Span),
    // spec: G-15
    All(Chain),
}

impl<'a> Decoder<'a> {
    fn message(&mut self, id: MessageId, pieces: Pieces) -> Result {
        let transcoder = self.transcoder;
        let message = transcoder.schema().message(id);
        let (runs, chains, start) = (self.runs.mark(), self.chains.len(), self.out.len());
        match &message.shape {
            Shape::Fields => {
                self.chains.resize(chains + message.fields.len(), Chain::EMPTY);
                self.each(pieces, |decoder, occurrence| {
                    let Some((at, field)) = known(&message.fields, occurrence.number) else {
                        return Ok(());
                    };
                    expect(field, occurrence).map_err(|e| e.within_name(&field.name))?;
                    if let Some(chain) = decoder.chains.get_mut(chains + at) {
                        decoder.runs.add(chain, occurrence);
                    }
                    decoder.check_runs(occurrence)
                })?;
                for (at, field) in message.fields.iter().enumerate() {
                    let chain = self.chains.get(chains + at).copied().unwrap_or(Chain::EMPTY);
                    self.field(field, chain).map_err(|e| e.within_name(&field.name))?;
                }
            }
            Shape::Variant(_) | Shape::Result(_) => {
                let mut set: Option<(usize, Chain)> = None;
                self.each(pieces, |decoder, occurrence| {
                    let Some((at, field)) = known(&message.fields, occurrence.number) else {
                        return Ok(());
                    };
                    expect(field, occurrence).map_err(|e| e.within_name(&field.name))?;
                    // spec: G-15. Another case takes the place of the one before.
                    let (_, mut chain) = set.filter(|(set, _)| *set == at).unwrap_or((at, Chain::EMPTY));
                    decoder.runs.add(&mut chain, occurrence);
                    set = Some((at, chain));
                    decoder.check_runs(occurrence)
                })?;
                let cases = message.fields.len();
                let set = set.and_then(|(at, chain)| Some((at, chain, message.fields.get(at)?)));
                // spec: G-17
                let Some((at, chain, field)) = set else {
                    return Err(Error::Unset { cases }.at(self.offset(pieces)));
                };
                // A result's tag is its case: both are one byte.
                self.out.length(at).map_err(|e| e.at(0))?;
                self.field(field, chain).map_err(|e| e.within_name(&field.name))?;
            }
            Shape::Flags => {
                self.out.bytes.resize(start + message.fields.len().div_ceil(8), 0);
                self.each(pieces, |decoder, occurrence| {
                    let Some((at, field)) = known(&message.fields, occurrence.number) else {
                        return Ok(());
                    };
                    expect(field, occurrence).map_err(|e| e.within_name(&field.name))?;
                    let is_set = decoder.packed(occurrence.payload).varint()? != 0;
                    decoder.out.flag(start, at, is_set);
                    Ok(())
                })?;
            }
        }
        self.runs.forget(runs);
        self.chains.truncate(chains);
        self.out.check_empty(start).map_err(|e| e.at(self.offset(pieces)))
    }

    fn each(&mut self, pieces: Pieces, mut take: impl FnMut(&mut Self, &Occurrence) -> Result) -> Result {
        match pieces {
            Pieces::One(span) => self.fields(span, &mut take),
            Pieces::All(chain) => {
                let mut place = Runs::first(chain);
                while let Some(run) = self.runs.next(&mut place) {
                    self.fields(run, &mut |decoder: &mut Self, of: &Occurrence| {
                        decoder.fields(of.payload, &mut take)
                    })?;
                }
                Ok(())
            }
        }
    }

    fn fields(&mut self, span: Span, take: &mut impl FnMut(&mut Self, &Occurrence) -> Result) -> Result {
        let mut fields = Fields::new(self.bytes, span, self.limits.depth);
        while let Some(occurrence) = fields.next()? {
            take(self, &occurrence)?;
        }
        Ok(())
    }

    fn field(&mut self, field: &'a Field, chain: Chain) -> Result {
        match field.label {
            Label::Single => {
                if chain.is_empty() {
                    return self.absent(field);
                }
                self.last(field.kind, chain)
            }
            Label::Optional => {
                self.out.bytes.push(u8::from(!chain.is_empty()));
                if chain.is_empty() {
                    return Ok(());
                }
                self.last(field.kind, chain)
            }
            Label::List | Label::Map => {
                let start = self.out.len();
                let count = self.elements(field.kind, chain)?;
                self.out.count_before(start, count).map_err(|e| e.at(self.end(chain)))
            }
            // spec: G-18
            Label::FixedList(expected) => {
                let count = self.elements(field.kind, chain)?;
                match u32::try_from(count) == Ok(expected) {
                    true => Ok(()),
                    false => Err(Error::Count { expected }.at(self.end(chain))),
                }
            }
        }
    }

    fn absent(&mut self, field: &Field) -> Result {
        self.out.absent(self.transcoder, field).map_err(|(error, path)| {
            path.iter()
                .fold(error.at(self.bytes.len()), |error, name| error.within_name(name))
        })
    }

    /// The last of several counts; messages are merged.
    fn last(&mut self, kind: Kind, chain: Chain) -> Result {
        match kind {
            Kind::Message(id) => self.message(id, Pieces::All(chain)),
            Kind::Empty => self.each(Pieces::All(chain), |_, _| Ok(())),
            kind => match self.runs.last(chain) {
                Some(payload) => self.one(kind, payload),
                None => Ok(()),
            },
        }
    }

    fn elements(&mut self, kind: Kind, chain: Chain) -> Result<usize> {
        let (_, is_packable) = carried(kind);
        let mut count = 0usize;
        let mut place = Runs::first(chain);
        while let Some(run) = self.runs.next(&mut place) {
            self.fields(run, &mut |decoder: &mut Self, occurrence: &Occurrence| {
                if !is_packable || occurrence.wire_type != WireType::Length {
                    let done = decoder.one(kind, occurrence.payload);
                    done.map_err(|e| e.within_index(count))?;
                    count += 1;
                    return Ok(());
                }
                let mut packed = decoder.packed(occurrence.payload);
                while !packed.is_at_end() {
                    let done = decoder.number(kind, &mut packed);
                    done.map_err(|e| e.within_index(count))?;
                    count += 1;
                }
                Ok(())
            })?;
        }
        Ok(count)
    }

    /// One thing of a kind out of its payload.
    fn one(&mut self, kind: Kind, payload: Span) -> Result {
        let bytes = self.bytes.get(payload.start..payload.end).unwrap_or_default();
        let fails = |error: Error| Err(error.at(payload.start));
        match kind {
            Kind::Message(id) => return self.message(id, Pieces::One(payload)),
            Kind::Empty => return self.fields(payload, &mut |_: &mut Self, _: &Occurrence| Ok(())),
            Kind::Scalar(Scalar::Bytes) => self.out.prefixed(bytes).map_err(|e| e.at(payload.start))?,
            Kind::Scalar(Scalar::FixedBytes(expected)) => {
                if u32::try_from(bytes.len()) != Ok(expected) {
                    return fails(Error::Count { expected });
                }
                self.out.bytes.extend_from_slice(bytes);
            }
            Kind::Scalar(scalar @ (Scalar::String | Scalar::Char)) => {
                let Ok(text) = std::str::from_utf8(bytes) else {
                    return fails(Error::Utf8);
                };
                if scalar == Scalar::String {
                    self.out.prefixed(bytes).map_err(|e| e.at(payload.start))?;
                } else if text.chars().count() == 1 {
                    self.out.bytes.extend_from_slice(bytes);
                } else {
                    return fails(Error::Char);
                }
            }
            kind => {
                let mut payload = self.packed(payload);
                return self.number(kind, &mut payload);
            }
        }
        self.out.check().map_err(|e| e.at(payload.start))
    }

    /// A number, a bool or an enum.
    fn number(&mut self, kind: Kind, payload: &mut Fields<'a>) -> Result {
        let at = payload.at();
        let transcoder = self.transcoder;
        let out = &mut self.out;
        match kind {
            Kind::Scalar(Scalar::F32) => {
                let value = f32::from_le_bytes(payload.array()?);
                out.bytes.extend(canonical_f32(value).to_le_bytes());
            }
            Kind::Scalar(Scalar::F64) => {
                let value = f64::from_le_bytes(payload.array()?);
                out.bytes.extend(canonical_f64(value).to_le_bytes());
            }
            kind => {
                let value = payload.varint()?;
                integer(transcoder, kind, value, out).map_err(|e| e.at(at))?;
            }
        }
        self.out.check().map_err(|e| e.at(at))
    }

    fn packed(&self, payload: Span) -> Fields<'a> {
        Fields::new(self.bytes, payload, self.limits.depth)
    }

    fn check_runs(&self, occurrence: &Occurrence) -> Result {
        let limit = self.limits.decoded_bytes;
        match self.runs.bytes() > limit {
            true => Err(Error::Limit {
                what: MADE_BYTES,
                limit,
            }
            .at(occurrence.whole.start)),
            false => Ok(()),
        }
    }

    fn end(&self, chain: Chain) -> usize {
        self.runs.last(chain).map_or(self.bytes.len(), |span| span.end)
    }

    fn offset(&self, pieces: Pieces) -> usize {
        match pieces {
            Pieces::One(span) => span.end,
            Pieces::All(chain) => self.end(chain),
        }
    }
}

/// spec: G-16. A number of 32 bits is the lower half of what is carried, as every implementation of protobuf takes it;
/// what is narrower is checked.
fn integer(transcoder: &Transcoder, kind: Kind, value: u64, out: &mut Output) -> Result<(), Error> {
    let low = u32::from_le_bytes(low_half(value));
    let signed = i32::from_le_bytes(low_half(value));
    match kind {
        Kind::Enum(id) => {
            let cases = transcoder.schema().enumeration(id).values.len();
            match usize::try_from(low) {
                Ok(case) if case < cases => out.unsigned(low.into()),
                _ => return Err(Error::Enum { cases }),
            }
        }
        Kind::Scalar(Scalar::Bool) => out.bytes.push(u8::from(value != 0)),
        Kind::Scalar(Scalar::U8) => out.bytes.push(narrow(low, 8)?),
        Kind::Scalar(Scalar::U16) => out.unsigned(narrow::<u16, _>(low, 16)?.into()),
        Kind::Scalar(Scalar::U32) => out.unsigned(low.into()),
        Kind::Scalar(Scalar::U64) => out.unsigned(value),
        Kind::Scalar(Scalar::S8) => out.bytes.extend(narrow::<i8, _>(signed, 8)?.to_le_bytes()),
        Kind::Scalar(Scalar::S16) => out.signed(narrow::<i16, _>(signed, 16)?.into()),
        Kind::Scalar(Scalar::S32) => out.signed(signed.into()),
        Kind::Scalar(Scalar::S64) => out.signed(i64::from_le_bytes(value.to_le_bytes())),
        // No other kind is a varint.
        _ => {}
    }
    Ok(())
}

fn low_half(value: u64) -> [u8; 4] {
    let [a, b, c, d, ..] = value.to_le_bytes();
    [a, b, c, d]
}

fn narrow<T: TryFrom<F>, F>(value: F, bits: u32) -> Result<T, Error> {
    T::try_from(value).map_err(|_| Error::Range { bits })
}

/// The field of a number: fields are numbered from 1 in their order.
fn known(fields: &[Field], number: u32) -> Option<(usize, &Field)> {
    let at = usize::try_from(number).ok()?.checked_sub(1)?;
    fields.get(at).map(|field| (at, field))
}

/// spec: G-15
fn expect(field: &Field, occurrence: &Occurrence) -> Result {
    let (expected, is_packable) = carried(field.kind);
    let is_list = matches!(field.label, Label::List | Label::FixedList(_));
    let is_packed = is_list && is_packable && occurrence.wire_type == WireType::Length;
    match occurrence.wire_type == expected || is_packed {
        true => Ok(()),
        false => Err(Error::wire_type(expected).at(occurrence.whole.start)),
    }
}
