//! A marked function as a constant, and its core signature.
//!
//! Calls nothing.

use crate::shape::{F32, F64, Flat, I32, I64, MAX_FLAT_PARAMS, NONE, Shape};

/// A function, as WIT knows it.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// Called by others; else it calls out.
    pub inbound: bool,
    /// The interface that it belongs to, if one was named: `demo:calc/ops@0.1.0`.
    pub interface: &'static str,
    /// In WIT's spelling: `add-one`.
    pub name: &'static str,
    /// Lines, joined with a newline; empty for none.
    pub docs: &'static str,
    /// In order.
    pub params: &'static [Param],
    /// `Unit` for none.
    pub result: &'static Shape,
}

/// A parameter.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// In WIT's spelling.
    pub name: &'static str,
    /// Its type.
    pub shape: &'static Shape,
}

/// A function as core WebAssembly sees it.
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    /// The core types of its parameters, `NONE` behind the last.
    pub params: [u8; MAX_FLAT_PARAMS + 1],
    /// The core type of its result.
    pub result: u8,
    /// The parameters are in memory, and the one core parameter points at them.
    pub params_in_memory: bool,
    /// The result is in memory: an inbound function returns where, an outbound one is told where in its last parameter.
    pub result_in_memory: bool,
}

impl Function {
    /// The canonical ABI's signature of the function.
    pub const fn signature(&self) -> Signature {
        let mut flat = Flat::new();
        let mut i = 0;
        while i < self.params.len() {
            flat = flat.with(self.params[i].shape);
            i += 1;
        }
        let params_in_memory = flat.count > MAX_FLAT_PARAMS;
        let mut params = [NONE; MAX_FLAT_PARAMS + 1];
        let mut count = 0;
        if params_in_memory {
            params[0] = I32;
            count = 1;
        } else {
            while count < flat.count {
                params[count] = flat.kinds[count];
                count += 1;
            }
        }
        let result = Flat::new().with(self.result);
        let result_in_memory = result.count > 1;
        if result_in_memory && !self.inbound {
            params[count] = I32;
        }
        Signature {
            params,
            result: match (result.count, self.inbound) {
                (0, _) => NONE,
                (1, _) => result.kinds[0],
                (_, true) => I32,
                (_, false) => NONE,
            },
            params_in_memory,
            result_in_memory,
        }
    }

    /// The size of the parameters together in memory, in bytes.
    pub const fn params_size(&self) -> usize {
        let mut size = 0;
        let mut i = 0;
        while i < self.params.len() {
            let shape = self.params[i].shape;
            size = crate::shape::aligned(size, shape.align()) + shape.size();
            i += 1;
        }
        crate::shape::aligned(size, self.params_align())
    }

    /// Their alignment.
    pub const fn params_align(&self) -> usize {
        let mut align = 1;
        let mut i = 0;
        while i < self.params.len() {
            if self.params[i].shape.align() > align {
                align = self.params[i].shape.align();
            }
            i += 1;
        }
        align
    }
}

/// A core type by its number, as generated functions write their parameters: `Slot<I64>` is `i64`, `Slot<NONE>` is `()`,
/// which takes no room in a core signature.
pub type Slot<const KIND: u8> = <Kind<KIND> as CoreKind>::Type;

/// The number of a core type, as a type.
pub struct Kind<const KIND: u8>;

/// The core type of a [`Kind`].
pub trait CoreKind {
    /// The type.
    type Type: CoreValue;
}

macro_rules! kinds {
    ($($kind:ident $ty:ty),*) => { $(
        impl CoreKind for Kind<$kind> {
            type Type = $ty;
        }
    )* };
}
kinds!(NONE(), I32 i32, I64 i64, F32 f32, F64 f64);

/// A core value as 64 bits, the upper ones zero in narrow types: so those of a variant's cases share their place.
pub trait CoreValue: Copy {
    /// To bits.
    fn into_bits(self) -> u64;
    /// From bits; upper ones that the type has no room for are dropped, as the canonical ABI drops them.
    fn from_bits(bits: u64) -> Self;
}

impl CoreValue for () {
    fn into_bits(self) -> u64 {
        0
    }
    fn from_bits(_: u64) {}
}

impl CoreValue for i32 {
    fn into_bits(self) -> u64 {
        u64::from(self.cast_unsigned())
    }
    fn from_bits(bits: u64) -> i32 {
        bits as i32
    }
}

impl CoreValue for i64 {
    fn into_bits(self) -> u64 {
        self.cast_unsigned()
    }
    fn from_bits(bits: u64) -> i64 {
        bits.cast_signed()
    }
}

impl CoreValue for f32 {
    fn into_bits(self) -> u64 {
        u64::from(self.to_bits())
    }
    fn from_bits(bits: u64) -> f32 {
        f32::from_bits(bits as u32)
    }
}

impl CoreValue for f64 {
    fn into_bits(self) -> u64 {
        self.to_bits()
    }
    fn from_bits(bits: u64) -> f64 {
        f64::from_bits(bits)
    }
}
