//! A function as data: its name, parameters and result, and why it may not be carried yet.
//!
//! Does not call anything.

use std::collections::HashSet;
use std::fmt;

use wit_parser::Resolve;

use crate::convert::Converter;
use crate::fingerprint::{Digests, Fingerprint};
use crate::ty::Type;

/// One function of an interface.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its WIT name: `add-one`, `[method]counter.next`.
    pub name: String,
    /// The parameters in order; a method's first is `self`.
    pub params: Vec<Param>,
    /// The type of the result, if it has one.
    pub result: Option<Type>,
    /// Whether it is an `async func`. Not part of its fingerprint.
    pub is_async: bool,
    /// The documentation in the WIT, if the source keeps it.
    pub docs: Option<String>,
}

/// One parameter of a function.
#[derive(Clone, Debug)]
pub struct Param {
    /// Its WIT name.
    pub name: String,
    /// Its type.
    pub ty: Type,
}

/// Why a function cannot be called from afar yet: what its type holds that is not carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Uncarried {
    /// `stream<T>`.
    Stream,
    /// `future<T>`.
    Future,
    /// A handle, `own<R>` or `borrow<R>`.
    Resource {
        /// The resource's name.
        name: String,
    },
    /// `error-context`.
    ErrorContext,
    /// The function is a constructor, method or static function of a resource.
    Member {
        /// The function's WIT name.
        function: String,
    },
}

impl fmt::Display for Uncarried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Uncarried::Stream => f.write_str("its type holds a stream"),
            Uncarried::Future => f.write_str("its type holds a future"),
            Uncarried::Resource { name } => write!(f, "its type holds a handle of the resource `{name}`"),
            Uncarried::ErrorContext => f.write_str("its type holds an error-context"),
            Uncarried::Member { function } => write!(f, "`{function}` is a member of a resource"),
        }
    }
}

impl Function {
    /// Converts one function. To convert many of one [`Resolve`], keep a [`Converter`].
    pub fn new(resolve: &Resolve, f: &wit_parser::Function) -> Function {
        Converter::new(resolve).function(f)
    }

    /// The fingerprint of the function's type: parameter names and types and the result, without its own name,
    /// the names of types, documentation and `async`. Linear in the number of distinct types.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.canonical())
    }

    /// The text that [`Function::fingerprint`] hashes, as `spec/fingerprints.md` defines it.
    pub fn canonical(&self) -> String {
        let mut digests = Digests::default();
        let params: Vec<String> = self
            .params
            .iter()
            .map(|p| format!("{}:{}", p.name, digests.reference(&p.ty)))
            .collect();
        let result = self
            .result
            .as_ref()
            .map(|ty| format!("->{}", digests.reference(ty)))
            .unwrap_or_default();
        format!("func({}){result}", params.join(","))
    }

    /// The fingerprint that a plain module sends, which has no names for parameters: for functions of the core types
    /// `s32`, `s64`, `f32`, `f64` alone, whose result is none, one of these or a tuple of them.
    pub fn nameless_fingerprint(&self) -> Option<Fingerprint> {
        Some(Fingerprint::of(&self.nameless_canonical()?))
    }

    /// What a caller that knows the names of the parameters sends in `wit-fp`: the fingerprint, and after a comma the
    /// nameless one where there is one, for servers that know no names (spec: F-7).
    pub fn sent_fingerprint(&self) -> String {
        match self.nameless_fingerprint() {
            Some(nameless) => format!("{},{nameless}", self.fingerprint()),
            None => self.fingerprint().to_string(),
        }
    }

    /// Whether a request with this `wit-fp` means this function, which is known by `own`: its fingerprint, or the
    /// nameless one where the names of its parameters are not known (spec: F-5, F-7).
    pub fn is_meant_by(&self, sent: &str, own: Fingerprint) -> bool {
        let (first, last) = sent
            .split_once(',')
            .map_or((sent, None), |(first, last)| (first, Some(last)));
        let own = own.to_string();
        if own == self.fingerprint().to_string() {
            let nameless = || {
                self.nameless_fingerprint()
                    .is_some_and(|nameless| nameless.to_string() == first)
            };
            return own == first || last.is_none() && nameless();
        }
        own == last.unwrap_or(first)
    }

    /// The text that [`Function::nameless_fingerprint`] hashes.
    pub fn nameless_canonical(&self) -> Option<String> {
        let params = self.params.iter().map(|p| core(&p.ty)).collect::<Option<Vec<_>>>()?;
        let results = match &self.result {
            None => Vec::new(),
            Some(Type::Tuple(types)) => types.iter().map(core).collect::<Option<Vec<_>>>()?,
            Some(ty) => vec![core(ty)?],
        };
        Some(format!("core({})->({})", params.join(","), results.join(",")))
    }

    /// Whether its type is one that a plain module's function has (spec: F-5): such values are carried bit for bit.
    pub fn is_core(&self) -> bool {
        let of_one = |ty: &Type| core(ty).is_some();
        self.params.iter().all(|p| of_one(&p.ty))
            && match &self.result {
                Some(Type::Tuple(types)) => types.iter().all(of_one),
                result => result.iter().all(of_one),
            }
    }

    /// The function's type as WIT text, the definitions of named types after it: what a mismatch shows. At most
    /// [`crate::MAX_SIGNATURE_BYTES`], cut off with `...`.
    pub fn signature(&self) -> String {
        crate::signature::function_text(self)
    }

    /// What of this function's type is not carried yet; `None` if all of it is.
    pub fn uncarried(&self) -> Option<Uncarried> {
        if self.name.starts_with('[') {
            return Some(Uncarried::Member {
                function: self.name.clone(),
            });
        }
        let mut seen = HashSet::new();
        let mut rest: Vec<&Type> = self
            .result
            .iter()
            .chain(self.params.iter().rev().map(|p| &p.ty))
            .collect();
        while let Some(ty) = rest.pop() {
            match ty {
                Type::Stream(_) => return Some(Uncarried::Stream),
                Type::Future(_) => return Some(Uncarried::Future),
                Type::Own(r) | Type::Borrow(r) => return Some(Uncarried::Resource { name: r.name.clone() }),
                Type::ErrorContext => return Some(Uncarried::ErrorContext),
                _ if ty.node().is_some_and(|node| !seen.insert(node)) => {}
                _ => rest.extend(ty.parts()),
            }
        }
        None
    }
}

fn core(ty: &Type) -> Option<&'static str> {
    match ty {
        Type::S32 => Some("s32"),
        Type::S64 => Some("s64"),
        Type::F32 => Some("f32"),
        Type::F64 => Some("f64"),
        _ => None,
    }
}
