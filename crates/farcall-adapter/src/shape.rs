//! Shapes: types as the canonical ABI lays them out in a 32-bit memory, each shape once.
//!
//! Names are gone here: two records with the same field shapes are one shape, and share their routines.
//! Layout and flattening follow the component model's `CanonicalABI.md`.

use std::collections::HashMap;

use farcall_wit::{NodeId, Type};
use wasm_encoder::ValType;

use crate::error::AdaptError;

/// More flat values than this are passed through memory (`MAX_FLAT_PARAMS`).
pub(crate) const MAX_FLAT: usize = 16;

/// An encoding longer than this is not reserved as a whole before it is written.
const MAX_RESERVED: u32 = 4096;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct ShapeId(u32);

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Kind {
    Bool,
    U8,
    U16,
    U32,
    U64,
    S8,
    S16,
    S32,
    S64,
    F32,
    F64,
    Char,
    String,
    List(ShapeId),
    /// So many elements in place.
    Fixed(ShapeId, u32),
    /// Shapes at offsets.
    Record(Vec<(ShapeId, u32)>),
    Flags(u32),
    Variant(Cases),
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Cases {
    /// A byte of 0 or 1 on the wire (`option`, `result`), not a case number.
    pub tag_byte: bool,
    pub payload_at: u32,
    pub payloads: Vec<Option<ShapeId>>,
}

impl Cases {
    /// Bytes of the discriminant in memory: 1, 2 or 4.
    pub(crate) fn tag_size(&self) -> u32 {
        match self.payloads.len() {
            0..=0x100 => 1,
            0x101..=0x1_0000 => 2,
            _ => 4,
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Shape {
    pub kind: Kind,
    pub size: u32,
    pub align: u32,
    /// The shortest encoding, in bytes.
    pub least: u32,
    /// The longest encoding, where there is one short enough to reserve at once.
    pub most: Option<u32>,
    /// The flat values; more than `MAX_FLAT` are cut off after one more.
    pub flat: Vec<ValType>,
    /// Whether a value holds pointers: to text or to a list.
    pub points: bool,
}

/// Every shape that a module needs.
#[derive(Default)]
pub(crate) struct Shapes {
    shapes: Vec<Shape>,
    by_kind: HashMap<Kind, ShapeId>,
    /// By a type's node, which `seen` keeps alive, so that shared types are walked once.
    by_node: HashMap<NodeId, ShapeId>,
    seen: Vec<Type>,
}

impl Shapes {
    pub(crate) fn shape(&self, id: ShapeId) -> &Shape {
        &self.shapes[id.0 as usize]
    }

    /// The shape of values laid out one after another: a function's parameters.
    pub(crate) fn tuple<'a>(&mut self, parts: impl IntoIterator<Item = &'a Type>) -> Result<ShapeId, AdaptError> {
        let parts = parts
            .into_iter()
            .map(|part| self.of(part))
            .collect::<Result<Vec<_>, _>>()?;
        self.record(parts)
    }

    pub(crate) fn of(&mut self, ty: &Type) -> Result<ShapeId, AdaptError> {
        let node = ty.node();
        if let Some(id) = node.and_then(|node| self.by_node.get(&node)) {
            return Ok(*id);
        }
        let id = self.build(ty)?;
        if let Some(node) = node {
            self.seen.push(ty.clone());
            self.by_node.insert(node, id);
        }
        Ok(id)
    }

    fn build(&mut self, ty: &Type) -> Result<ShapeId, AdaptError> {
        use ValType::{F32, F64, I32, I64};
        match ty {
            Type::Bool => self.scalar(Kind::Bool, 1, 1, 1, I32),
            Type::U8 => self.scalar(Kind::U8, 1, 1, 1, I32),
            Type::S8 => self.scalar(Kind::S8, 1, 1, 1, I32),
            Type::U16 => self.scalar(Kind::U16, 2, 1, 3, I32),
            Type::S16 => self.scalar(Kind::S16, 2, 1, 3, I32),
            Type::U32 => self.scalar(Kind::U32, 4, 1, 5, I32),
            Type::S32 => self.scalar(Kind::S32, 4, 1, 5, I32),
            Type::U64 => self.scalar(Kind::U64, 8, 1, 10, I64),
            Type::S64 => self.scalar(Kind::S64, 8, 1, 10, I64),
            Type::F32 => self.scalar(Kind::F32, 4, 4, 4, F32),
            Type::F64 => self.scalar(Kind::F64, 8, 8, 8, F64),
            Type::Char => self.scalar(Kind::Char, 4, 1, 4, I32),
            Type::String => Ok(self.sequence(Kind::String)),
            Type::List(element) => {
                let element = self.of(element)?;
                Ok(self.sequence(Kind::List(element)))
            }
            Type::Map(key, value) => {
                let entry = self.tuple([&**key, &**value])?;
                Ok(self.sequence(Kind::List(entry)))
            }
            Type::FixedList(element, count) => {
                let element = self.of(element)?;
                self.fixed(element, *count)
            }
            Type::Record(record) => self.tuple(record.fields.iter().map(|field| &field.ty)),
            Type::Tuple(parts) => self.tuple(parts.iter()),
            Type::Variant(variant) => {
                let payloads = variant
                    .cases
                    .iter()
                    .map(|case| case.ty.as_ref().map(|ty| self.of(ty)).transpose());
                let payloads = payloads.collect::<Result<Vec<_>, _>>()?;
                self.variant(payloads, false)
            }
            Type::Enum(cases) => self.variant(vec![None; cases.cases.len()], false),
            Type::Option(some) => {
                let some = self.of(some)?;
                self.variant(vec![None, Some(some)], true)
            }
            Type::Result(ok, err) => {
                let ok = ok.as_ref().map(|ty| self.of(ty)).transpose()?;
                let err = err.as_ref().map(|ty| self.of(ty)).transpose()?;
                self.variant(vec![ok, err], true)
            }
            Type::Flags(flags) => self.flags(flags.flags.len()),
            Type::Own(_) | Type::Borrow(_) | Type::Stream(_) | Type::Future(_) | Type::ErrorContext => {
                Err(AdaptError::Uncarried(format!("{ty:?}")))
            }
        }
    }

    fn scalar(&mut self, kind: Kind, size: u32, least: u32, most: u32, flat: ValType) -> Result<ShapeId, AdaptError> {
        Ok(self.intern(Shape {
            kind,
            size,
            align: size,
            least,
            most: Some(most),
            flat: vec![flat],
            points: false,
        }))
    }

    fn sequence(&mut self, kind: Kind) -> ShapeId {
        let flat = vec![ValType::I32, ValType::I32];
        self.intern(Shape {
            kind,
            size: 8,
            align: 4,
            least: 1,
            most: None,
            flat,
            points: true,
        })
    }

    fn flags(&mut self, labels: usize) -> Result<ShapeId, AdaptError> {
        let labels = u32::try_from(labels).map_err(|_| AdaptError::TypeTooLarge)?;
        let bytes = labels.div_ceil(8);
        let words = labels.div_ceil(32) as usize;
        let (size, align) = match labels {
            0..=8 => (1, 1),
            9..=16 => (2, 2),
            _ => (labels.div_ceil(32) * 4, 4),
        };
        let flat = vec![ValType::I32; words.clamp(1, MAX_FLAT + 1)];
        let most = Some(bytes).filter(|most| *most <= MAX_RESERVED);
        Ok(self.intern(Shape {
            kind: Kind::Flags(labels),
            size,
            align,
            least: bytes,
            most,
            flat,
            points: false,
        }))
    }

    fn record(&mut self, parts: Vec<ShapeId>) -> Result<ShapeId, AdaptError> {
        let mut fields = Vec::with_capacity(parts.len());
        let (mut end, mut align, mut least, mut most) = (0u32, 1u32, 0u32, Some(0u32));
        let mut flat = Vec::new();
        let mut points = false;
        for id in parts {
            let part = self.shape(id);
            let offset = end
                .checked_next_multiple_of(part.align)
                .ok_or(AdaptError::TypeTooLarge)?;
            end = offset.checked_add(part.size).ok_or(AdaptError::TypeTooLarge)?;
            align = align.max(part.align);
            least = least.saturating_add(part.least);
            most = sum(most, part.most);
            flat.extend_from_slice(&part.flat);
            flat.truncate(MAX_FLAT + 1);
            points |= part.points;
            fields.push((id, offset));
        }
        let size = end.checked_next_multiple_of(align).ok_or(AdaptError::TypeTooLarge)?;
        Ok(self.intern(Shape {
            kind: Kind::Record(fields),
            size,
            align,
            least,
            most,
            flat,
            points,
        }))
    }

    fn fixed(&mut self, element: ShapeId, count: u32) -> Result<ShapeId, AdaptError> {
        let part = self.shape(element);
        let (size, align) = (
            part.size.checked_mul(count).ok_or(AdaptError::TypeTooLarge)?,
            part.align,
        );
        let points = part.points && count > 0;
        let least = part.least.saturating_mul(count);
        let most = part
            .most
            .and_then(|most| most.checked_mul(count))
            .filter(|most| *most <= MAX_RESERVED);
        let flat = part
            .flat
            .iter()
            .copied()
            .cycle()
            .take(part.flat.len().saturating_mul(count as usize));
        let flat = flat.take(MAX_FLAT + 1).collect();
        Ok(self.intern(Shape {
            kind: Kind::Fixed(element, count),
            size,
            align,
            least,
            most,
            flat,
            points,
        }))
    }

    fn variant(&mut self, payloads: Vec<Option<ShapeId>>, tag_byte: bool) -> Result<ShapeId, AdaptError> {
        let mut cases = Cases {
            tag_byte,
            payload_at: 0,
            payloads,
        };
        let tag = cases.tag_size();
        let (mut align, mut size, mut least, mut most) = (1u32, 0u32, u32::MAX, Some(0u32));
        let mut joined: Vec<ValType> = Vec::new();
        let mut points = false;
        for payload in &cases.payloads {
            let Some(id) = payload else {
                least = 0;
                continue;
            };
            let payload = self.shape(*id);
            align = align.max(payload.align);
            size = size.max(payload.size);
            points |= payload.points;
            least = least.min(payload.least);
            most = most.zip(payload.most).map(|(a, b)| a.max(b));
            for (i, ty) in payload.flat.iter().enumerate() {
                match joined.get_mut(i) {
                    Some(other) => *other = join(*other, *ty),
                    None => joined.push(*ty),
                }
            }
        }
        let least = if cases.payloads.is_empty() { 0 } else { least };
        cases.payload_at = tag.next_multiple_of(align);
        let align = align.max(tag);
        let end = cases.payload_at.checked_add(size).ok_or(AdaptError::TypeTooLarge)?;
        let size = end.checked_next_multiple_of(align).ok_or(AdaptError::TypeTooLarge)?;
        let mut flat = vec![ValType::I32];
        flat.extend(joined);
        flat.truncate(MAX_FLAT + 1);
        let most = sum(most, Some(if tag_byte { 1 } else { 5 }));
        let least = least.saturating_add(1);
        Ok(self.intern(Shape {
            kind: Kind::Variant(cases),
            size,
            align,
            least,
            most,
            flat,
            points,
        }))
    }

    fn intern(&mut self, shape: Shape) -> ShapeId {
        if let Some(id) = self.by_kind.get(&shape.kind) {
            return *id;
        }
        let id = ShapeId(self.shapes.len() as u32);
        self.by_kind.insert(shape.kind.clone(), id);
        self.shapes.push(shape);
        id
    }
}

fn sum(a: Option<u32>, b: Option<u32>) -> Option<u32> {
    a.zip(b)
        .and_then(|(a, b)| a.checked_add(b))
        .filter(|sum| *sum <= MAX_RESERVED)
}

/// The core type that two cases' flat values share (`CanonicalABI.md`, `join`).
pub(crate) fn join(a: ValType, b: ValType) -> ValType {
    match (a, b) {
        (a, b) if a == b => a,
        (ValType::I32, ValType::F32) | (ValType::F32, ValType::I32) => ValType::I32,
        _ => ValType::I64,
    }
}
