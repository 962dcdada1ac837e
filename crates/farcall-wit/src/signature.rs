//! Types and functions as WIT text for people, and the difference of two such texts.
//!
//! What is printed here is bounded and is not parsed back; `render.rs` prints what is.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use crate::fingerprint::Digests;
use crate::function::Function;
use crate::limits::{MAX_DIFFERENCE_LINES, MAX_SIGNATURE_BYTES};
use crate::ty::{NodeId, Type};

/// `area: func(s: shape) -> f64;` and the definitions of the named types that it needs, in the order of their use.
pub(crate) fn function_text(function: &Function) -> String {
    let mut printer = Printer::default();
    let _ = write!(printer.out, "{}: func(", function.name);
    for (i, param) in function.params.iter().enumerate() {
        let _ = write!(printer.out, "{}{}: ", if i > 0 { ", " } else { "" }, param.name);
        printer.reference(&param.ty);
    }
    printer.out.push(')');
    if let Some(result) = &function.result {
        printer.out.push_str(" -> ");
        printer.reference(result);
    }
    printer.out.push_str(";\n");
    let mut next = 0;
    while let Some(ty) = printer.pending.get(next).cloned() {
        if printer.is_full() {
            break;
        }
        printer.definition(&ty);
        next += 1;
    }
    printer.finish()
}

/// A type as WIT refers to it, without definitions.
pub(crate) fn type_text(ty: &Type) -> String {
    let mut printer = Printer::default();
    printer.reference(ty);
    printer.finish()
}

/// A readable comparison of two signatures: lines of the old only behind `- `, of the new only behind `+ `, of both
/// behind two spaces. Compares at most [`MAX_DIFFERENCE_LINES`] lines of each.
pub fn difference(old_signature: &str, new_signature: &str) -> String {
    let old: Vec<&str> = old_signature.lines().take(MAX_DIFFERENCE_LINES).collect();
    let new: Vec<&str> = new_signature.lines().take(MAX_DIFFERENCE_LINES).collect();
    // Longest common subsequence: `common[i][j]` is its length for the lines from `i` and from `j` on.
    let width = new.len() + 1;
    let mut common = vec![0u32; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i * width + j] = if old[i] == new[j] {
                common[(i + 1) * width + j + 1] + 1
            } else {
                common[(i + 1) * width + j].max(common[i * width + j + 1])
            };
        }
    }
    let mut out = String::new();
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        let (mark, line) = if i < old.len() && j < new.len() && old[i] == new[j] {
            (i, j) = (i + 1, j + 1);
            ("  ", old[i - 1])
        } else if i < old.len() && (j == new.len() || common[(i + 1) * width + j] >= common[i * width + j + 1]) {
            i += 1;
            ("- ", old[i - 1])
        } else {
            j += 1;
            ("+ ", new[j - 1])
        };
        out.push_str(format!("{mark}{line}").trim_end());
        out.push('\n');
    }
    out
}

#[derive(Default)]
struct Printer {
    out: String,
    pending: Vec<Type>,
    seen: HashSet<NodeId>,
    names: HashMap<String, Vec<String>>,
    digests: Digests,
}

impl Printer {
    fn is_full(&self) -> bool {
        self.out.len() > MAX_SIGNATURE_BYTES
    }

    fn finish(mut self) -> String {
        if self.is_full() {
            let end = (0..=MAX_SIGNATURE_BYTES - 4)
                .rev()
                .find(|&at| self.out.is_char_boundary(at))
                .unwrap_or(0);
            self.out.truncate(end);
            self.out.push_str("...\n");
        }
        self.out
    }

    /// Two types of one name and different shape (from two interfaces) are told apart: `point`, `point-2`.
    fn named(&mut self, name: &str, ty: &Type) -> String {
        let digest = self.digests.reference(ty);
        let known = self.names.entry(name.to_owned()).or_default();
        let index = known.iter().position(|other| *other == digest).unwrap_or_else(|| {
            known.push(digest);
            self.pending.push(ty.clone());
            known.len() - 1
        });
        if index == 0 {
            name.to_owned()
        } else {
            format!("{name}-{}", index + 1)
        }
    }

    fn reference(&mut self, ty: &Type) {
        if self.is_full() {
            return;
        }
        match ty {
            Type::List(t) => self.generic("list", &[Some(t)]),
            Type::FixedList(t, n) => {
                self.out.push_str("list<");
                self.reference(t);
                let _ = write!(self.out, ", {n}>");
            }
            Type::Map(k, v) => self.generic("map", &[Some(k), Some(v)]),
            Type::Option(t) => self.generic("option", &[Some(t)]),
            Type::Result(None, None) => self.out.push_str("result"),
            Type::Result(Some(ok), None) => self.generic("result", &[Some(ok)]),
            Type::Result(ok, err) => self.generic("result", &[ok.as_deref(), err.as_deref()]),
            Type::Stream(None) => self.out.push_str("stream"),
            Type::Stream(t) => self.generic("stream", &[t.as_deref()]),
            Type::Future(None) => self.out.push_str("future"),
            Type::Future(t) => self.generic("future", &[t.as_deref()]),
            Type::Tuple(types) => self.generic("tuple", &types.iter().map(Some).collect::<Vec<_>>()),
            Type::Own(r) => self.out.push_str(&r.name),
            Type::Borrow(r) => {
                let _ = write!(self.out, "borrow<{}>", r.name);
            }
            _ => {
                let text = match name(ty) {
                    Some(name) => self.named(name, ty),
                    None if ty.node().is_some() => return self.inline(ty),
                    None => self.digests.reference(ty),
                };
                self.out.push_str(&text);
            }
        }
    }

    fn generic(&mut self, keyword: &str, types: &[Option<&Type>]) {
        self.out.push_str(keyword);
        self.out.push('<');
        for (i, ty) in types.iter().enumerate() {
            if i > 0 {
                self.out.push_str(", ");
            }
            match ty {
                Some(ty) => self.reference(ty),
                None => self.out.push('_'),
            }
        }
        self.out.push('>');
    }

    /// A definition without a name, as only types built by hand have.
    fn inline(&mut self, ty: &Type) {
        self.out.push_str(keyword(ty));
        self.out.push_str(" { ");
        self.members(ty, "", ", ");
        self.out.push_str(" }");
    }

    fn definition(&mut self, ty: &Type) {
        if ty.node().is_none_or(|node| !self.seen.insert(node)) {
            return;
        }
        let name = self.named(name(ty).unwrap_or_default(), ty);
        let _ = writeln!(self.out, "{} {name} {{", keyword(ty));
        self.members(ty, "  ", ",\n");
        self.out.push_str("}\n");
    }

    fn members(&mut self, ty: &Type, before: &str, after: &str) {
        let member = |printer: &mut Self, name: &str, ty: Option<&Type>, open: &str, close: &str| {
            if printer.is_full() {
                return;
            }
            let _ = write!(printer.out, "{before}{name}");
            if let Some(ty) = ty {
                printer.out.push_str(open);
                printer.reference(ty);
                printer.out.push_str(close);
            }
            printer.out.push_str(after);
        };
        match ty {
            Type::Record(r) => r
                .fields
                .iter()
                .for_each(|f| member(self, &f.name, Some(&f.ty), ": ", "")),
            Type::Variant(v) => v
                .cases
                .iter()
                .for_each(|c| member(self, &c.name, c.ty.as_ref(), "(", ")")),
            Type::Enum(e) => e.cases.iter().for_each(|c| member(self, c, None, "", "")),
            Type::Flags(f) => f.flags.iter().for_each(|f| member(self, f, None, "", "")),
            _ => {}
        }
    }
}

fn keyword(ty: &Type) -> &'static str {
    match ty {
        Type::Record(_) => "record",
        Type::Variant(_) => "variant",
        Type::Enum(_) => "enum",
        _ => "flags",
    }
}

fn name(ty: &Type) -> Option<&str> {
    match ty {
        Type::Record(t) => t.name.as_deref(),
        Type::Variant(t) => t.name.as_deref(),
        Type::Enum(t) => t.name.as_deref(),
        Type::Flags(t) => t.name.as_deref(),
        _ => None,
    }
}
