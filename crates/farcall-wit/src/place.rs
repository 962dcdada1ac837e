//! Where two types of one function part first, and how: `parameter `p`, field `x`: `s32` became `s64``.
//!
//! Does not say which side is right, nor list what else differs.

use std::fmt;

use crate::fingerprint::Digests;
use crate::function::Function;
use crate::ty::{Resource, Type};

/// The first difference of two types, from the outside in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The way there, outermost first: `parameter `p``, `field `x``. Empty for the function itself. At most
    /// [`crate::MAX_TYPE_DEPTH`] and one steps.
    pub path: Vec<String>,
    /// What happened there: `` `s32` became `s64` ``, `` field `z` is new ``. At most about a hundred bytes of each name.
    pub what: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path.join(", "))?;
        }
        f.write_str(&self.what)
    }
}

/// The first difference of two functions whose fingerprints differ.
pub(crate) fn place(old: &Function, new: &Function) -> Place {
    let mut walk = Walk::default();
    let names = |f: &Function| f.params.iter().map(|p| p.name.clone()).collect::<Vec<_>>();
    if let Some(what) = names_differ("parameter", &names(old), &names(new)) {
        return walk.end(what);
    }
    for (old, new) in old.params.iter().zip(&new.params) {
        if walk.differ(&old.ty, &new.ty) {
            walk.path.push(format!("parameter `{}`", shown(&old.name)));
            return walk.into(&old.ty, &new.ty);
        }
    }
    match (&old.result, &new.result) {
        (None, Some(ty)) => walk.end(format!("a result is new, `{}`", text(ty))),
        (Some(ty), None) => walk.end(format!("the result is gone, `{}`", text(ty))),
        (Some(old), Some(new)) => {
            walk.path.push("result".to_owned());
            walk.into(old, new)
        }
        (None, None) => walk.end("its type changed".to_owned()),
    }
}

#[derive(Default)]
struct Walk {
    path: Vec<String>,
    digests: Digests,
}

impl Walk {
    fn end(self, what: String) -> Place {
        Place { path: self.path, what }
    }

    fn differ(&mut self, old: &Type, new: &Type) -> bool {
        self.digests.reference(old) != self.digests.reference(new)
    }

    /// Goes down where exactly the constructors agree. Each step is one level of a type, which loaders bound.
    fn into(mut self, old: &Type, new: &Type) -> Place {
        let steps: Vec<(String, &Type, &Type)> = match (old, new) {
            (Type::List(a), Type::List(b)) => vec![("elements".to_owned(), &**a, &**b)],
            (Type::FixedList(a, n), Type::FixedList(b, m)) if n == m => vec![("elements".to_owned(), &**a, &**b)],
            (Type::Option(a), Type::Option(b)) => vec![("`some`".to_owned(), &**a, &**b)],
            (Type::Map(k, v), Type::Map(l, w)) => {
                vec![("keys".to_owned(), &**k, &**l), ("values".to_owned(), &**v, &**w)]
            }
            (Type::Stream(Some(a)), Type::Stream(Some(b))) | (Type::Future(Some(a)), Type::Future(Some(b))) => {
                vec![("items".to_owned(), &**a, &**b)]
            }
            (Type::Result(ok, err), Type::Result(ok2, err2))
                if ok.is_some() == ok2.is_some() && err.is_some() == err2.is_some() =>
            {
                let oks = ok.iter().zip(ok2).map(|(a, b)| ("`ok`".to_owned(), &**a, &**b));
                oks.chain(err.iter().zip(err2).map(|(a, b)| ("`err`".to_owned(), &**a, &**b)))
                    .collect()
            }
            (Type::Tuple(a), Type::Tuple(b)) if a.len() == b.len() => (0..)
                .zip(a.iter().zip(b.iter()))
                .map(|(i, (a, b)): (usize, _)| (format!("part {i}"), a, b))
                .collect(),
            (Type::Record(a), Type::Record(b)) => {
                let names = |r: &crate::ty::Record| r.fields.iter().map(|f| f.name.clone()).collect::<Vec<_>>();
                if let Some(what) = names_differ("field", &names(a), &names(b)) {
                    return self.end(what);
                }
                let fields = a.fields.iter().zip(&b.fields);
                fields
                    .map(|(a, b)| (format!("field `{}`", shown(&a.name)), &a.ty, &b.ty))
                    .collect()
            }
            (Type::Variant(a), Type::Variant(b)) => {
                let names = |v: &crate::ty::Variant| v.cases.iter().map(|c| c.name.clone()).collect::<Vec<_>>();
                if let Some(what) = names_differ("case", &names(a), &names(b)) {
                    return self.end(what);
                }
                let mut steps = Vec::new();
                for (a, b) in a.cases.iter().zip(&b.cases) {
                    match (&a.ty, &b.ty) {
                        (Some(x), Some(y)) => steps.push((format!("case `{}`", shown(&a.name)), x, y)),
                        (None, None) => {}
                        (was, _) => {
                            let how = if was.is_some() { "lost" } else { "got" };
                            let what = format!("case `{}` {how} its payload", shown(&a.name));
                            return self.end(what);
                        }
                    }
                }
                steps
            }
            (Type::Enum(a), Type::Enum(b)) => match names_differ("case", &a.cases, &b.cases) {
                Some(what) => return self.end(what),
                None => Vec::new(),
            },
            (Type::Flags(a), Type::Flags(b)) => match names_differ("flag", &a.flags, &b.flags) {
                Some(what) => return self.end(what),
                None => Vec::new(),
            },
            (Type::Own(a), Type::Own(b)) | (Type::Borrow(a), Type::Borrow(b)) => {
                let place = |r: &Resource| shown(&format!("{}.{}", r.interface, r.name));
                return self.end(format!("the resource `{}` became `{}`", place(a), place(b)));
            }
            _ => Vec::new(),
        };
        for (step, old, new) in steps {
            if self.differ(old, new) {
                self.path.push(step);
                return self.into(old, new);
            }
        }
        self.end(format!("`{}` became `{}`", text(old), text(new)))
    }
}

/// How one list of names became another, by the first name that is not where it was.
fn names_differ(of: &str, old: &[String], new: &[String]) -> Option<String> {
    let at = old.iter().zip(new).position(|(a, b)| a != b);
    let at = at.unwrap_or(old.len().min(new.len()));
    match (old.get(at), new.get(at)) {
        (None, None) => None,
        (Some(gone), None) => Some(format!("{of} `{}` is gone", shown(gone))),
        (None, Some(came)) => Some(format!("{of} `{}` is new", shown(came))),
        (Some(a), Some(b)) => Some(match (new.contains(a), old.contains(b)) {
            (true, true) => format!("{of} `{}` is where `{}` was", shown(b), shown(a)),
            (true, false) => format!("{of} `{}` is new", shown(b)),
            (false, true) => format!("{of} `{}` is gone", shown(a)),
            (false, false) => format!("{of} `{}` became `{}`", shown(a), shown(b)),
        }),
    }
}

/// With its sort where it has a name, so that a record `point` that became a variant `point` says so.
fn text(ty: &Type) -> String {
    let sort = match ty {
        Type::Record(_) => "record ",
        Type::Variant(_) => "variant ",
        Type::Enum(_) => "enum ",
        Type::Flags(_) => "flags ",
        _ => "",
    };
    format!("{sort}{}", shown(&ty.to_string()))
}

fn shown(text: &str) -> String {
    let text = text.trim_end();
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Longest name or type that a line shows.
const SHOWN_CHARS: usize = 100;
