//! WIT text, written while the crate is compiled: the lines of a function and of the types that it speaks of.
//!
//! They stand in the custom section `wasm-rpc:wit`; the linker puts those of one module behind each other.

use crate::function::Function;
use crate::shape::{Member, Named, Shape};

/// Text of at most `N` bytes; what is beyond is counted only.
pub struct Text<const N: usize> {
    /// The bytes.
    pub bytes: [u8; N],
    /// How many there are, or would be.
    pub len: usize,
    names: [&'static str; MAX_NAMED],
    shapes: [&'static Shape; MAX_NAMED],
    named: usize,
}

/// How many types of its own one function speaks of at most. The compiler would walk more for a long time.
const MAX_NAMED: usize = 256;

/// The lines of a function.
pub const fn entry<const N: usize>(function: &Function) -> Text<N> {
    let text = Text {
        bytes: [0; N],
        len: 0,
        names: [""; MAX_NAMED],
        shapes: [&Shape::Unit; MAX_NAMED],
        named: 0,
    };
    let mut text = definitions(text, function);
    text = docs(text, function.docs, "");
    text = text.push(if function.inbound { "export " } else { "import " });
    if !function.interface.is_empty() {
        text = text.push(function.interface).push("#");
    }
    text = text.name(function.name).push(": func(");
    let mut i = 0;
    while i < function.params.len() {
        if i > 0 {
            text = text.push(", ");
        }
        text = text.name(function.params[i].name).push(": ");
        text = reference(text, function.params[i].shape);
        i += 1;
    }
    text = text.push(")");
    if !matches!(function.result, Shape::Unit) {
        text = reference(text.push(" -> "), function.result);
    }
    text.push(";\n")
}

impl<const N: usize> Text<N> {
    const fn push(mut self, text: &str) -> Text<N> {
        let bytes = text.as_bytes();
        let mut i = 0;
        while i < bytes.len() {
            if self.len < N {
                self.bytes[self.len] = bytes[i];
            }
            self.len += 1;
            i += 1;
        }
        self
    }

    // A word of WIT's own stands behind `%`.
    const fn name(self, name: &str) -> Text<N> {
        let mut i = 0;
        while i < KEYWORDS.len() {
            if same_text(KEYWORDS[i], name) {
                return self.push("%").push(name);
            }
            i += 1;
        }
        self.push(name)
    }
}

const fn definitions<const N: usize>(mut text: Text<N>, function: &Function) -> Text<N> {
    let mut i = 0;
    while i < function.params.len() {
        text = define(text, function.params[i].shape);
        i += 1;
    }
    define(text, function.result)
}

// What a type is made of comes before it.
const fn define<const N: usize>(mut text: Text<N>, shape: &'static Shape) -> Text<N> {
    match shape {
        Shape::List(shape) | Shape::Option(shape) => define(text, shape),
        Shape::Result(ok, err) => {
            text = define(text, ok);
            define(text, err)
        }
        Shape::Tuple(shapes) => {
            let mut i = 0;
            while i < shapes.len() {
                text = define(text, shapes[i]);
                i += 1;
            }
            text
        }
        Shape::Alias(named, inner) => {
            if is_known(&text, named, shape) {
                return text;
            }
            text = define(known(text, named, shape), inner);
            text = docs(text, named.docs, "").push("type ").name(named.name).push(" = ");
            reference(text, inner).push(";\n")
        }
        Shape::Record(named, members) => members_of(text, shape, named, members, "record "),
        Shape::Variant(named, members) => members_of(text, shape, named, members, "variant "),
        Shape::Enum(named, members) => members_of(text, shape, named, members, "enum "),
        _ => text,
    }
}

const fn members_of<const N: usize>(
    mut text: Text<N>,
    shape: &'static Shape,
    named: &'static Named,
    members: &'static [Member],
    keyword: &str,
) -> Text<N> {
    if is_known(&text, named, shape) {
        return text;
    }
    text = known(text, named, shape);
    let mut i = 0;
    while i < members.len() {
        text = define(text, members[i].shape);
        i += 1;
    }
    text = docs(text, named.docs, "").push(keyword).name(named.name).push(" {\n");
    let record = matches!(shape, Shape::Record(..));
    let mut i = 0;
    while i < members.len() {
        text = docs(text, members[i].docs, "  ").push("  ").name(members[i].name);
        if record {
            text = reference(text.push(": "), members[i].shape);
        } else if !matches!(members[i].shape, Shape::Unit) {
            text = reference(text.push("("), members[i].shape).push(")");
        }
        text = text.push(",\n");
        i += 1;
    }
    text.push("}\n")
}

const fn is_known<const N: usize>(text: &Text<N>, named: &Named, shape: &Shape) -> bool {
    let mut i = 0;
    while i < text.named {
        if same_text(text.names[i], named.name) {
            if !same(text.shapes[i], shape) {
                panic!("two different types of one WIT name in one function; rename one");
            }
            return true;
        }
        i += 1;
    }
    false
}

const fn known<const N: usize>(mut text: Text<N>, named: &'static Named, shape: &'static Shape) -> Text<N> {
    if text.named == MAX_NAMED {
        panic!("a function speaks of at most 256 types of its own");
    }
    text.names[text.named] = named.name;
    text.shapes[text.named] = shape;
    text.named += 1;
    text
}

// What a named type is made of is compared where it is defined.
const fn same(a: &Shape, b: &Shape) -> bool {
    match (a, b) {
        (Shape::Record(_, a), Shape::Record(_, b))
        | (Shape::Variant(_, a), Shape::Variant(_, b))
        | (Shape::Enum(_, a), Shape::Enum(_, b)) => {
            if a.len() != b.len() {
                return false;
            }
            let mut i = 0;
            while i < a.len() {
                if !same_text(a[i].name, b[i].name) || !same_reference(a[i].shape, b[i].shape) {
                    return false;
                }
                i += 1;
            }
            true
        }
        (Shape::Alias(_, a), Shape::Alias(_, b)) => same_reference(a, b),
        _ => false,
    }
}

const fn same_reference(a: &Shape, b: &Shape) -> bool {
    match (a, b) {
        (Shape::List(a), Shape::List(b)) | (Shape::Option(a), Shape::Option(b)) => same_reference(a, b),
        (Shape::Result(a, c), Shape::Result(b, d)) => same_reference(a, b) && same_reference(c, d),
        (Shape::Tuple(a), Shape::Tuple(b)) => {
            if a.len() != b.len() {
                return false;
            }
            let mut i = 0;
            while i < a.len() {
                if !same_reference(a[i], b[i]) {
                    return false;
                }
                i += 1;
            }
            true
        }
        _ => same_text(word(a), word(b)),
    }
}

const fn reference<const N: usize>(text: Text<N>, shape: &'static Shape) -> Text<N> {
    match shape {
        Shape::Unit => panic!("`()` has no WIT type; it stands for no result, or for a side of a Result"),
        Shape::List(shape) => reference(text.push("list<"), shape).push(">"),
        Shape::Option(shape) => reference(text.push("option<"), shape).push(">"),
        Shape::Result(Shape::Unit, Shape::Unit) => text.push("result"),
        Shape::Result(ok, Shape::Unit) => reference(text.push("result<"), ok).push(">"),
        Shape::Result(Shape::Unit, err) => reference(text.push("result<_, "), err).push(">"),
        Shape::Result(ok, err) => reference(reference(text.push("result<"), ok).push(", "), err).push(">"),
        Shape::Tuple(shapes) => {
            let mut text = text.push("tuple<");
            let mut i = 0;
            while i < shapes.len() {
                if i > 0 {
                    text = text.push(", ");
                }
                text = reference(text, shapes[i]);
                i += 1;
            }
            text.push(">")
        }
        Shape::Alias(named, _) | Shape::Record(named, _) | Shape::Variant(named, _) | Shape::Enum(named, _) => {
            text.name(named.name)
        }
        _ => text.push(word(shape)),
    }
}

const fn word(shape: &Shape) -> &'static str {
    match shape {
        Shape::Unit => "_",
        Shape::Bool => "bool",
        Shape::U8 => "u8",
        Shape::S8 => "s8",
        Shape::U16 => "u16",
        Shape::S16 => "s16",
        Shape::U32 => "u32",
        Shape::S32 => "s32",
        Shape::U64 => "u64",
        Shape::S64 => "s64",
        Shape::F32 => "f32",
        Shape::F64 => "f64",
        Shape::Char => "char",
        Shape::String => "string",
        Shape::List(_) => "list",
        Shape::Option(_) => "option",
        Shape::Result(..) => "result",
        Shape::Tuple(_) => "tuple",
        Shape::Alias(named, _) | Shape::Record(named, _) | Shape::Variant(named, _) | Shape::Enum(named, _) => {
            named.name
        }
    }
}

const fn docs<const N: usize>(mut text: Text<N>, docs: &'static str, indent: &str) -> Text<N> {
    let mut rest = docs.as_bytes();
    while !rest.is_empty() {
        let mut end = 0;
        while end < rest.len() && rest[end] != b'\n' {
            end += 1;
        }
        let (line, behind) = rest.split_at(end);
        text = text.push(indent).push("///");
        if let Ok(line) = core::str::from_utf8(line)
            && !line.is_empty()
        {
            text = text.push(" ").push(line);
        }
        text = text.push("\n");
        rest = match behind {
            [_, rest @ ..] => rest,
            [] => behind,
        };
    }
    text
}

pub(crate) const fn same_text(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// The words that wit-parser's lexer keeps for itself.
const KEYWORDS: [&str; 43] = [
    "use",
    "type",
    "func",
    "u8",
    "u16",
    "u32",
    "u64",
    "s8",
    "s16",
    "s32",
    "s64",
    "f32",
    "f64",
    "char",
    "resource",
    "own",
    "borrow",
    "record",
    "flags",
    "variant",
    "enum",
    "bool",
    "string",
    "option",
    "result",
    "future",
    "stream",
    "error-context",
    "list",
    "map",
    "as",
    "from",
    "static",
    "interface",
    "tuple",
    "world",
    "import",
    "export",
    "package",
    "constructor",
    "include",
    "with",
    "async",
];
