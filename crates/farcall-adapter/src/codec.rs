//! The routines that every shape shares: one writer and one reader a shape, made when first needed.
//!
//! `encode` and `decode` emit their bodies; this is only who has been made already.

use std::collections::HashMap;

use wasm_encoder::{Instruction as I, MemArg, ValType};

use crate::module::{Body, Module, at};
use crate::shape::{Kind, Shape, ShapeId, Shapes};

/// Shapes with the functions that write and read them.
#[derive(Default)]
pub(crate) struct Codec {
    pub shapes: Shapes,
    /// Which memory the writers read from.
    pub(crate) source: Source,
    pub(crate) encoders: HashMap<(Source, ShapeId), u32>,
    pub(crate) decoders: HashMap<ShapeId, u32>,
    pub(crate) relocators: HashMap<ShapeId, u32>,
}

/// A memory with values in the canonical ABI's layout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Source {
    /// The module's own: whoever wrote it was made to check.
    #[default]
    Own,
    /// The memory of the component that is served, which may hold anything: checked when read, as the canonical ABI does.
    Callee,
}

impl Source {
    pub(crate) const CALLEE_MEMORY: u32 = 1;

    /// The load, from this memory.
    pub(crate) fn load(self, load: I<'static>) -> I<'static> {
        let Source::Callee = self else { return load };
        let there = |at: MemArg| MemArg {
            memory_index: Source::CALLEE_MEMORY,
            ..at
        };
        match load {
            I::I32Load8U(at) => I::I32Load8U(there(at)),
            I::I32Load8S(at) => I::I32Load8S(there(at)),
            I::I32Load16U(at) => I::I32Load16U(there(at)),
            I::I32Load16S(at) => I::I32Load16S(there(at)),
            I::I32Load(at) => I::I32Load(there(at)),
            I::I64Load(at) => I::I64Load(there(at)),
            I::F32Load(at) => I::F32Load(there(at)),
            I::F64Load(at) => I::F64Load(there(at)),
            other => unreachable!("{other:?} loads no scalar"),
        }
    }
}

impl Codec {
    pub(crate) fn shape(&self, id: ShapeId) -> Shape {
        self.shapes.shape(id).clone()
    }
}

/// Where a value is in memory: a pointer in a local, and how far from it.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub base: u32,
    pub offset: u32,
}

impl Place {
    pub(crate) fn at(base: u32) -> Place {
        Place { base, offset: 0 }
    }

    pub(crate) fn plus(self, offset: u32) -> Place {
        Place {
            base: self.base,
            offset: self.offset + offset,
        }
    }

    /// Leaves the place's address on the stack.
    pub(crate) fn address(self, body: &mut Body) {
        body.push(I::LocalGet(self.base));
        if self.offset != 0 {
            body.extend([I::I32Const(self.offset as i32), I::I32Add]);
        }
    }

    /// Loads an `i32`.
    pub(crate) fn word(self, body: &mut Body) {
        self.word_from(body, Source::Own);
    }

    /// The same, where the place is in that memory.
    pub(crate) fn word_from(self, body: &mut Body, source: Source) {
        body.extend([I::LocalGet(self.base), source.load(I::I32Load(at(self.offset, 2)))]);
    }

    /// Stores the `i32` that `value` leaves on the stack.
    pub(crate) fn set_word(self, body: &mut Body, value: impl FnOnce(&mut Body)) {
        body.push(I::LocalGet(self.base));
        value(body);
        body.push(I::I32Store(at(self.offset, 2)));
    }

    /// Loads a discriminant of that many bytes.
    pub(crate) fn tag(self, body: &mut Body, size: u32) {
        self.tag_from(body, size, Source::Own);
    }

    /// The same, where the place is in that memory.
    pub(crate) fn tag_from(self, body: &mut Body, size: u32, source: Source) {
        body.push(I::LocalGet(self.base));
        body.push(source.load(match size {
            1 => I::I32Load8U(at(self.offset, 0)),
            2 => I::I32Load16U(at(self.offset, 1)),
            _ => I::I32Load(at(self.offset, 2)),
        }));
    }

    /// Stores the local `value` as a discriminant of that many bytes.
    pub(crate) fn set_tag(self, body: &mut Body, size: u32, value: u32) {
        body.extend([I::LocalGet(self.base), I::LocalGet(value), store_int(self.offset, size)]);
    }
}

/// The instruction that loads a scalar as its flat value.
pub(crate) fn load_scalar(kind: &Kind, offset: u32) -> Option<I<'static>> {
    Some(match kind {
        Kind::Bool | Kind::U8 => I::I32Load8U(at(offset, 0)),
        Kind::S8 => I::I32Load8S(at(offset, 0)),
        Kind::U16 => I::I32Load16U(at(offset, 1)),
        Kind::S16 => I::I32Load16S(at(offset, 1)),
        Kind::U32 | Kind::S32 | Kind::Char => I::I32Load(at(offset, 2)),
        Kind::U64 | Kind::S64 => I::I64Load(at(offset, 3)),
        Kind::F32 => I::F32Load(at(offset, 2)),
        Kind::F64 => I::F64Load(at(offset, 3)),
        _ => return None,
    })
}

/// The instruction that stores a scalar's flat value.
pub(crate) fn store_scalar(kind: &Kind, offset: u32) -> Option<I<'static>> {
    Some(match kind {
        Kind::Bool | Kind::U8 | Kind::S8 => I::I32Store8(at(offset, 0)),
        Kind::U16 | Kind::S16 => I::I32Store16(at(offset, 1)),
        Kind::U32 | Kind::S32 | Kind::Char => I::I32Store(at(offset, 2)),
        Kind::U64 | Kind::S64 => I::I64Store(at(offset, 3)),
        Kind::F32 => I::F32Store(at(offset, 2)),
        Kind::F64 => I::F64Store(at(offset, 3)),
        _ => return None,
    })
}

/// The instruction that stores the low `size` bytes of an `i32`.
pub(crate) fn store_int(offset: u32, size: u32) -> I<'static> {
    match size {
        1 => I::I32Store8(at(offset, 0)),
        2 => I::I32Store16(at(offset, 1)),
        _ => I::I32Store(at(offset, 2)),
    }
}

/// Room for a value of that shape in the call's arena; the local holds its address.
pub(crate) fn allocate(body: &mut Body, module: &Module, shape: &Shape) -> u32 {
    let base = body.local(ValType::I32);
    body.extend([
        I::I32Const(shape.size as i32),
        I::I32Const(shape.align as i32),
        module.runtime().call("alloc"),
        I::LocalSet(base),
    ]);
    base
}
