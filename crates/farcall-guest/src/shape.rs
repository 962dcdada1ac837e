//! The WIT type of a Rust type as a constant: its layout in memory and its core values, as the canonical ABI has them.
//!
//! Holds no value and writes no text.

/// A WIT type. Named ones carry their name and documentation.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub enum Shape {
    /// `()`: the side of a `result` that carries nothing, or the result of a function that has none.
    Unit,
    Bool,
    U8,
    S8,
    U16,
    S16,
    U32,
    S32,
    U64,
    S64,
    F32,
    F64,
    Char,
    String,
    List(&'static Shape),
    Option(&'static Shape),
    Result(&'static Shape, &'static Shape),
    Tuple(&'static [&'static Shape]),
    /// A struct of one unnamed field, or of several: a name for what it holds.
    Alias(&'static Named, &'static Shape),
    Record(&'static Named, &'static [Member]),
    Variant(&'static Named, &'static [Member]),
    /// A variant whose cases carry nothing.
    Enum(&'static Named, &'static [Member]),
}

/// A type's name in WIT, and its documentation.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    /// In WIT's spelling: `line-item`.
    pub name: &'static str,
    /// Lines, joined with a newline; empty for none.
    pub docs: &'static str,
}

/// A record's field or a variant's case; a case without a value is of shape `Unit`.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// In WIT's spelling.
    pub name: &'static str,
    /// As in [`Named`].
    pub docs: &'static str,
    /// The type of the field, or of the case's value.
    pub shape: &'static Shape,
}

/// No core value.
pub const NONE: u8 = 0;
/// The core type `i32`.
pub const I32: u8 = 1;
/// The core type `i64`.
pub const I64: u8 = 2;
/// The core type `f32`.
pub const F32: u8 = 3;
/// The core type `f64`.
pub const F64: u8 = 4;

/// How many core parameters a function has at most; more travel through memory. The canonical ABI's `MAX_FLAT_PARAMS`.
pub const MAX_FLAT_PARAMS: usize = 16;

/// The core types that a value is made of.
#[derive(Clone, Copy, Debug)]
pub struct Flat {
    /// The first of them; more than [`MAX_FLAT_PARAMS`] are counted only.
    pub kinds: [u8; MAX_FLAT_PARAMS],
    /// How many there are.
    pub count: usize,
}

impl Flat {
    /// None yet.
    pub const fn new() -> Flat {
        Flat {
            kinds: [NONE; MAX_FLAT_PARAMS],
            count: 0,
        }
    }

    const fn push(mut self, kind: u8) -> Flat {
        if self.count < MAX_FLAT_PARAMS {
            self.kinds[self.count] = kind;
        }
        self.count += 1;
        self
    }

    /// With those of one more value behind.
    pub const fn with(self, shape: &Shape) -> Flat {
        match shape {
            Shape::Unit => self,
            Shape::Bool | Shape::U8 | Shape::S8 | Shape::U16 | Shape::S16 => self.push(I32),
            Shape::U32 | Shape::S32 | Shape::Char => self.push(I32),
            Shape::U64 | Shape::S64 => self.push(I64),
            Shape::F32 => self.push(F32),
            Shape::F64 => self.push(F64),
            Shape::String | Shape::List(_) => self.push(I32).push(I32),
            Shape::Option(some) => self.push(I32).with(some),
            Shape::Result(ok, err) => {
                let base = self.push(I32);
                base.with(ok).joined(base.with(err), base.count)
            }
            Shape::Tuple(shapes) => {
                let mut flat = self;
                let mut i = 0;
                while i < shapes.len() {
                    flat = flat.with(shapes[i]);
                    i += 1;
                }
                flat
            }
            Shape::Alias(_, shape) => self.with(shape),
            Shape::Record(_, fields) => {
                let mut flat = self;
                let mut i = 0;
                while i < fields.len() {
                    flat = flat.with(fields[i].shape);
                    i += 1;
                }
                flat
            }
            Shape::Variant(_, cases) | Shape::Enum(_, cases) => {
                let base = self.push(I32);
                let mut flat = base;
                let mut i = 0;
                while i < cases.len() {
                    flat = flat.joined(base.with(cases[i].shape), base.count);
                    i += 1;
                }
                flat
            }
        }
    }

    /// The core values from `from` on that can hold either's.
    const fn joined(mut self, other: Flat, from: usize) -> Flat {
        let mut i = from;
        while i < MAX_FLAT_PARAMS {
            let (a, b) = (self.kinds[i], other.kinds[i]);
            self.kinds[i] = if a == b || b == NONE {
                a
            } else if a == NONE {
                b
            } else if (a == I32 || a == F32) && (b == I32 || b == F32) {
                I32
            } else {
                I64
            };
            i += 1;
        }
        if other.count > self.count {
            self.count = other.count;
        }
        self
    }
}

impl Default for Flat {
    fn default() -> Flat {
        Flat::new()
    }
}

impl Shape {
    /// How many core values a value is made of.
    pub const fn flat_count(&self) -> usize {
        Flat::new().with(self).count
    }

    /// The alignment in memory, in bytes.
    pub const fn align(&self) -> usize {
        match self {
            Shape::Unit | Shape::Bool | Shape::U8 | Shape::S8 => 1,
            Shape::U16 | Shape::S16 => 2,
            Shape::U32 | Shape::S32 | Shape::F32 | Shape::Char | Shape::String | Shape::List(_) => 4,
            Shape::U64 | Shape::S64 | Shape::F64 => 8,
            Shape::Option(some) => some.align(),
            Shape::Result(ok, err) => larger(ok.align(), err.align()),
            Shape::Tuple(shapes) => {
                let mut align = 1;
                let mut i = 0;
                while i < shapes.len() {
                    align = larger(align, shapes[i].align());
                    i += 1;
                }
                align
            }
            Shape::Alias(_, shape) => shape.align(),
            Shape::Record(_, members) => members_align(members),
            Shape::Variant(_, cases) | Shape::Enum(_, cases) => larger(case_size(cases.len()), members_align(cases)),
        }
    }

    /// The size in memory, in bytes.
    pub const fn size(&self) -> usize {
        match self {
            Shape::Unit => 0,
            Shape::Bool | Shape::U8 | Shape::S8 => 1,
            Shape::U16 | Shape::S16 => 2,
            Shape::U32 | Shape::S32 | Shape::F32 | Shape::Char => 4,
            Shape::U64 | Shape::S64 | Shape::F64 | Shape::String | Shape::List(_) => 8,
            Shape::Option(some) => aligned(self.payload_offset() + some.size(), self.align()),
            Shape::Result(ok, err) => aligned(self.payload_offset() + larger(ok.size(), err.size()), self.align()),
            Shape::Tuple(shapes) => {
                let mut size = 0;
                let mut i = 0;
                while i < shapes.len() {
                    size = aligned(size, shapes[i].align()) + shapes[i].size();
                    i += 1;
                }
                aligned(size, self.align())
            }
            Shape::Alias(_, shape) => shape.size(),
            Shape::Record(_, fields) => {
                let mut size = 0;
                let mut i = 0;
                while i < fields.len() {
                    size = aligned(size, fields[i].shape.align()) + fields[i].shape.size();
                    i += 1;
                }
                aligned(size, self.align())
            }
            Shape::Variant(_, cases) | Shape::Enum(_, cases) => {
                let mut size = 0;
                let mut i = 0;
                while i < cases.len() {
                    size = larger(size, cases[i].shape.size());
                    i += 1;
                }
                aligned(self.payload_offset() + size, self.align())
            }
        }
    }

    /// The size of a variant's case number in memory; 1 for what is no variant.
    pub const fn case_size(&self) -> usize {
        match self {
            Shape::Variant(_, cases) | Shape::Enum(_, cases) => case_size(cases.len()),
            _ => 1,
        }
    }

    /// Where in a variant its case's value begins.
    pub const fn payload_offset(&self) -> usize {
        let align = match self {
            Shape::Option(some) => some.align(),
            Shape::Result(ok, err) => larger(ok.align(), err.align()),
            Shape::Variant(_, cases) | Shape::Enum(_, cases) => members_align(cases),
            _ => 1,
        };
        aligned(self.case_size(), align)
    }
}

const fn members_align(members: &[Member]) -> usize {
    let mut align = 1;
    let mut i = 0;
    while i < members.len() {
        align = larger(align, members[i].shape.align());
        i += 1;
    }
    align
}

const fn case_size(cases: usize) -> usize {
    match cases {
        0..=0x100 => 1,
        0x101..=0x1_0000 => 2,
        _ => 4,
    }
}

/// `at`, moved up to a multiple of `align`.
pub const fn aligned(at: usize, align: usize) -> usize {
    at.next_multiple_of(align)
}

const fn larger(a: usize, b: usize) -> usize {
    if a > b { a } else { b }
}
