//! Fingerprints: a hash of hashes over the canonical text of a function's type, `spec/fingerprints.md`.
//!
//! Does not compare signatures for compatibility; two fingerprints are equal or not.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::name::InterfaceName;
use crate::path::canonical_version;
use crate::ty::{NodeId, Resource, Type};

/// The first 16 bytes of a SHA-256; displays as 22 characters of base64url without padding.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint([u8; 16]);

/// A text is no fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a fingerprint: expected 22 characters of base64url")]
pub struct NotAFingerprint;

impl Fingerprint {
    /// The fingerprint of a canonical text.
    pub(crate) fn of(canonical: &str) -> Fingerprint {
        let mut bytes = [0; 16];
        for (to, from) in bytes.iter_mut().zip(Sha256::digest(canonical)) {
            *to = from;
        }
        Fingerprint(bytes)
    }

    /// The 16 bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl FromStr for Fingerprint {
    type Err = NotAFingerprint;

    fn from_str(text: &str) -> Result<Fingerprint, NotAFingerprint> {
        // 22 characters carry 132 bits; the decoder refuses the four spare ones unless they are zero.
        let bytes = if text.len() == 22 {
            URL_SAFE_NO_PAD.decode(text).ok()
        } else {
            None
        };
        bytes
            .and_then(|bytes| bytes.try_into().ok())
            .map(Fingerprint)
            .ok_or(NotAFingerprint)
    }
}

/// The references of types within canonical texts, each composite type hashed once.
#[derive(Default)]
pub(crate) struct Digests {
    done: HashMap<NodeId, Fingerprint>,
}

impl Digests {
    /// How a canonical text refers to a type: a keyword, or `#` and the fingerprint of the type's own canonical text.
    pub(crate) fn reference(&mut self, ty: &Type) -> String {
        if let Some(keyword) = keyword(ty) {
            return keyword.to_owned();
        }
        let node = ty.node();
        if let Some(done) = node.and_then(|node| self.done.get(&node)) {
            return format!("#{done}");
        }
        let fingerprint = Fingerprint::of(&self.canonical(ty));
        if let Some(node) = node {
            self.done.insert(node, fingerprint);
        }
        format!("#{fingerprint}")
    }

    /// The canonical text of a composite type.
    pub(crate) fn canonical(&mut self, ty: &Type) -> String {
        let maybe = |digests: &mut Self, ty: Option<&Type>| ty.map_or("_".to_owned(), |ty| digests.reference(ty));
        match ty {
            Type::List(t) => format!("list<{}>", self.reference(t)),
            Type::FixedList(t, n) => format!("list<{},{n}>", self.reference(t)),
            Type::Map(k, v) => format!("map<{},{}>", self.reference(k), self.reference(v)),
            Type::Option(t) => format!("option<{}>", self.reference(t)),
            Type::Result(ok, err) => {
                format!("result<{},{}>", maybe(self, ok.as_deref()), maybe(self, err.as_deref()))
            }
            Type::Stream(t) => format!("stream<{}>", maybe(self, t.as_deref())),
            Type::Future(t) => format!("future<{}>", maybe(self, t.as_deref())),
            Type::Tuple(types) => {
                let types: Vec<String> = types.iter().map(|t| self.reference(t)).collect();
                format!("tuple<{}>", types.join(","))
            }
            Type::Record(r) => {
                let fields: Vec<String> = r
                    .fields
                    .iter()
                    .map(|f| format!("{}:{}", f.name, self.reference(&f.ty)))
                    .collect();
                format!("record{{{}}}", fields.join(","))
            }
            Type::Variant(v) => {
                let cases: Vec<String> = v
                    .cases
                    .iter()
                    .map(|c| match &c.ty {
                        Some(ty) => format!("{}({})", c.name, self.reference(ty)),
                        None => c.name.clone(),
                    })
                    .collect();
                format!("variant{{{}}}", cases.join(","))
            }
            Type::Enum(e) => format!("enum{{{}}}", e.cases.join(",")),
            Type::Flags(f) => format!("flags{{{}}}", f.flags.join(",")),
            Type::Own(r) => format!("own<{}>", resource(r)),
            Type::Borrow(r) => format!("borrow<{}>", resource(r)),
            scalar => keyword(scalar).unwrap_or_default().to_owned(),
        }
    }
}

/// `demo:calc/ops@0.1.counter`: the version canonical, so that a client of `0.1.2` meets a server of `0.1.3`.
fn resource(resource: &Resource) -> String {
    let interface = match &resource.interface {
        InterfaceName::Package {
            namespace,
            package,
            interface,
            version,
        } => {
            let version = version
                .as_ref()
                .map(|v| format!("@{}", canonical_version(v)))
                .unwrap_or_default();
            format!("{namespace}:{package}/{interface}{version}")
        }
        other => other.to_string(),
    };
    format!("{interface}.{}", resource.name)
}

fn keyword(ty: &Type) -> Option<&'static str> {
    Some(match ty {
        Type::Bool => "bool",
        Type::U8 => "u8",
        Type::U16 => "u16",
        Type::U32 => "u32",
        Type::U64 => "u64",
        Type::S8 => "s8",
        Type::S16 => "s16",
        Type::S32 => "s32",
        Type::S64 => "s64",
        Type::F32 => "f32",
        Type::F64 => "f64",
        Type::Char => "char",
        Type::String => "string",
        Type::ErrorContext => "error-context",
        _ => return None,
    })
}
