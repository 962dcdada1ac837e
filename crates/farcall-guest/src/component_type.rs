//! The world of one function in the component model's binary form, written while the crate is compiled.
//!
//! `wasm32-wasip2`'s linker reads such worlds from custom sections `component-type:*`, and makes the component of all of
//! them. The form is wit-component's: a component that exports one component type, the world.

use crate::function::Function;
use crate::shape::{Member, Named, Shape};

/// Bytes, at most `N`; what is beyond is counted only.
pub struct Binary<const N: usize> {
    /// The bytes.
    pub bytes: [u8; N],
    /// How many there are, or would be.
    pub len: usize,
    /// The index of the type that is defined next, in the scope that is written.
    next: i32,
    /// How many declarations the scope has.
    declarations: u32,
    /// How a type gets its name in this scope: imported into a world, exported from an interface.
    naming: u8,
    names: [&'static str; MAX_NAMED],
    indices: [i32; MAX_NAMED],
    named: usize,
}

const MAX_NAMED: usize = 256;
const IMPORT: u8 = 0x03;
const EXPORT: u8 = 0x04;

/// The section's bytes for a function.
pub const fn component_type<const N: usize>(function: &Function) -> Binary<N> {
    let binary = Binary {
        bytes: [0; N],
        len: 0,
        next: 0,
        declarations: 0,
        naming: IMPORT,
        names: [""; MAX_NAMED],
        indices: [0; MAX_NAMED],
        named: 0,
    };
    let binary = binary.raw(b"\0asm\x0d\0\x01\0");
    // Version 4 of the form, strings in UTF-8.
    let binary = binary.byte(0).byte(25).text("wit-component-encoding").raw(b"\x04\0");
    let (binary, section) = binary.byte(7).room();
    let (mut binary, declarations) = binary.raw(b"\x01\x41\x02\x01\x41").room();
    let direction = if function.inbound { EXPORT } else { IMPORT };
    if function.interface.is_empty() {
        binary = member(binary, function, direction);
    } else {
        let (inner, members) = binary.raw(b"\x01\x42").room();
        binary = member(
            Binary {
                naming: EXPORT,
                ..inner
            },
            function,
            EXPORT,
        );
        let count = binary.declarations;
        binary = binary.fill(members, count);
        binary = binary.byte(direction).byte(0).text(function.interface).raw(b"\x05\0");
        binary.declarations = 2;
    }
    let count = binary.declarations;
    let binary = binary.fill(declarations, count);
    // The world's name is never seen; sections of one would have to be alike.
    let prefix = if function.inbound {
        "wasm-rpc:export-"
    } else {
        "wasm-rpc:import-"
    };
    let length = prefix.len() + function.name.len() + "/module".len();
    let binary = binary.byte(EXPORT).byte(0).number(length as u32);
    let binary = binary
        .raw(prefix.as_bytes())
        .raw(function.name.as_bytes())
        .raw(b"/module\x04\0");
    let size = (binary.len - section - PADDED) as u32;
    let binary = binary.fill(section, size);
    binary.raw(b"\x0b\x0c\x01\0").text("module").raw(b"\x03\0\0")
}

// A function's declarations: the types that it speaks of, its own, itself.
const fn member<const N: usize>(mut binary: Binary<N>, function: &Function, direction: u8) -> Binary<N> {
    let mut values = [0_i32; MAX_PARAMS];
    if function.params.len() > MAX_PARAMS {
        panic!("a function has at most 128 parameters");
    }
    let mut i = 0;
    while i < function.params.len() {
        (binary, values[i]) = value(binary, function.params[i].shape);
        i += 1;
    }
    let result;
    (binary, result) = side(binary, function.result);
    let ty;
    (binary, ty) = binary.begin(0x40);
    binary = binary.number(function.params.len() as u32);
    let mut i = 0;
    while i < function.params.len() {
        binary = binary.text(function.params[i].name).signed(values[i]);
        i += 1;
    }
    binary = match result {
        NOTHING => binary.raw(b"\x01\0"),
        value => binary.byte(0).signed(value),
    };
    binary.declarations += 1;
    binary
        .byte(direction)
        .byte(0)
        .text(function.name)
        .byte(1)
        .number(ty as u32)
}

const MAX_PARAMS: usize = 128;
/// No value type; all others are indices, or negative.
const NOTHING: i32 = i32::MIN;

// Declares what a value's type is made of, and gives the type: an index, or a primitive one as its number below zero.
const fn value<const N: usize>(binary: Binary<N>, shape: &'static Shape) -> (Binary<N>, i32) {
    match shape {
        Shape::Unit => panic!("`()` has no WIT type; it stands for no result, or for a side of a Result"),
        Shape::List(shape) => {
            let (binary, element) = value(binary, shape);
            let (binary, index) = binary.begin(0x70);
            (binary.signed(element), index)
        }
        Shape::Option(shape) => {
            let (binary, some) = value(binary, shape);
            let (binary, index) = binary.begin(0x6b);
            (binary.signed(some), index)
        }
        Shape::Result(ok, err) => {
            let (binary, ok) = side(binary, ok);
            let (binary, err) = side(binary, err);
            let (binary, index) = binary.begin(0x6a);
            (binary.optional(ok).optional(err), index)
        }
        Shape::Tuple(shapes) => {
            let (mut binary, mut values) = (binary, [0_i32; MAX_PARAMS]);
            let mut i = 0;
            while i < shapes.len() {
                (binary, values[i]) = value(binary, shapes[i]);
                i += 1;
            }
            let index;
            (binary, index) = binary.begin(0x6f);
            binary = binary.number(shapes.len() as u32);
            let mut i = 0;
            while i < shapes.len() {
                binary = binary.signed(values[i]);
                i += 1;
            }
            (binary, index)
        }
        Shape::Alias(named, inner) => {
            if let Some(index) = binary.known(named) {
                return (binary, index);
            }
            let (mut binary, mut index) = value(binary, inner);
            if index < 0 {
                let primitive = (index & 0x7f) as u8;
                (binary, index) = binary.begin(primitive);
            }
            binary.name(named, index)
        }
        Shape::Record(named, members) => {
            if let Some(index) = binary.known(named) {
                return (binary, index);
            }
            let (binary, index) = members_of(binary, members, 0x72);
            binary.name(named, index)
        }
        Shape::Variant(named, members) => {
            if let Some(index) = binary.known(named) {
                return (binary, index);
            }
            let (binary, index) = members_of(binary, members, 0x71);
            binary.name(named, index)
        }
        Shape::Enum(named, members) => {
            if let Some(index) = binary.known(named) {
                return (binary, index);
            }
            let (binary, index) = members_of(binary, members, 0x6d);
            binary.name(named, index)
        }
        _ => (binary, primitive(shape) as i32 - 0x80),
    }
}

const fn side<const N: usize>(binary: Binary<N>, shape: &'static Shape) -> (Binary<N>, i32) {
    match shape {
        Shape::Unit => (binary, NOTHING),
        shape => value(binary, shape),
    }
}

const fn members_of<const N: usize>(binary: Binary<N>, members: &'static [Member], kind: u8) -> (Binary<N>, i32) {
    let (mut binary, mut values) = (binary, [NOTHING; MAX_MEMBERS]);
    if members.len() > MAX_MEMBERS {
        panic!("a struct or an enum has at most 1,024 fields or cases");
    }
    let mut i = 0;
    while i < members.len() {
        (binary, values[i]) = side(binary, members[i].shape);
        i += 1;
    }
    let index;
    (binary, index) = binary.begin(kind);
    binary = binary.number(members.len() as u32);
    let mut i = 0;
    while i < members.len() {
        binary = binary.text(members[i].name);
        binary = match kind {
            0x72 => binary.signed(values[i]),
            0x71 => binary.optional(values[i]).byte(0),
            _ => binary,
        };
        i += 1;
    }
    (binary, index)
}

const MAX_MEMBERS: usize = 1024;

const fn primitive(shape: &Shape) -> u8 {
    match shape {
        Shape::Bool => 0x7f,
        Shape::S8 => 0x7e,
        Shape::U8 => 0x7d,
        Shape::S16 => 0x7c,
        Shape::U16 => 0x7b,
        Shape::S32 => 0x7a,
        Shape::U32 => 0x79,
        Shape::S64 => 0x78,
        Shape::U64 => 0x77,
        Shape::F32 => 0x76,
        Shape::F64 => 0x75,
        Shape::Char => 0x74,
        _ => 0x73,
    }
}

/// A number whose size must not depend on its value takes five bytes.
const PADDED: usize = 5;

impl<const N: usize> Binary<N> {
    const fn byte(mut self, byte: u8) -> Binary<N> {
        if self.len < N {
            self.bytes[self.len] = byte;
        }
        self.len += 1;
        self
    }

    const fn raw(mut self, bytes: &[u8]) -> Binary<N> {
        let mut i = 0;
        while i < bytes.len() {
            self = self.byte(bytes[i]);
            i += 1;
        }
        self
    }

    const fn text(self, text: &str) -> Binary<N> {
        self.number(text.len() as u32).raw(text.as_bytes())
    }

    const fn number(mut self, mut number: u32) -> Binary<N> {
        while number > 0x7f {
            self = self.byte((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.byte(number as u8)
    }

    // A value type: an index, or a primitive type below zero. Signed LEB128.
    const fn signed(mut self, mut number: i32) -> Binary<N> {
        loop {
            let low = (number & 0x7f) as u8;
            number >>= 7;
            if (number == 0 && low & 0x40 == 0) || (number == -1 && low & 0x40 != 0) {
                return self.byte(low);
            }
            self = self.byte(low | 0x80);
        }
    }

    const fn optional(self, value: i32) -> Binary<N> {
        match value {
            NOTHING => self.byte(0),
            value => self.byte(1).signed(value),
        }
    }

    // Room for a number that is known later.
    const fn room(self) -> (Binary<N>, usize) {
        let at = self.len;
        (self.raw(&[0; PADDED]), at)
    }

    const fn fill(mut self, at: usize, number: u32) -> Binary<N> {
        let mut i = 0;
        while i < PADDED {
            let more = if i + 1 < PADDED { 0x80 } else { 0 };
            if at + i < N {
                self.bytes[at + i] = (number >> (7 * i)) as u8 & 0x7f | more;
            }
            i += 1;
        }
        self
    }

    // A type declaration begins; its index.
    const fn begin(mut self, kind: u8) -> (Binary<N>, i32) {
        let index = self.next;
        self.next += 1;
        self.declarations += 1;
        (self.byte(1).byte(kind), index)
    }

    const fn name(mut self, named: &'static Named, index: i32) -> (Binary<N>, i32) {
        if self.named == MAX_NAMED {
            panic!("a function speaks of at most 256 types of its own");
        }
        let naming = self.naming;
        self = self
            .byte(naming)
            .byte(0)
            .text(named.name)
            .raw(b"\x03\0")
            .number(index as u32);
        let index = self.next;
        self.next += 1;
        self.declarations += 1;
        self.names[self.named] = named.name;
        self.indices[self.named] = index;
        self.named += 1;
        (self, index)
    }

    // The text of the same function found types of one name to be the same.
    const fn known(&self, named: &Named) -> Option<i32> {
        let mut i = 0;
        while i < self.named {
            if crate::wit::same_text(self.names[i], named.name) {
                return Some(self.indices[i]);
            }
            i += 1;
        }
        None
    }
}
