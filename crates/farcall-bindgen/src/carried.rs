//! What of an interface is bound, and what Rust may derive for its types.
//!
//! Writes no Rust.

use farcall_wit::wit_parser::{Resolve, Type, TypeDefKind, TypeId};

/// Most elements of a tuple: Rust derives nothing for longer ones.
const MAX_TUPLE: usize = 12;
/// Most flags in one type.
const MAX_FLAGS: usize = 64;

/// Why no function of this type is bound; `None` if it is.
pub(crate) fn why_not(resolve: &Resolve, ty: &Type) -> Option<String> {
    let mut why = None;
    visit(resolve, ty, &mut |kind| {
        why = why.take().or(match kind {
            TypeDefKind::Tuple(tuple) if tuple.types.len() > MAX_TUPLE => {
                Some(format!("a tuple has more than {MAX_TUPLE} elements"))
            }
            TypeDefKind::Flags(flags) if flags.flags.len() > MAX_FLAGS => {
                Some(format!("flags are more than {MAX_FLAGS}"))
            }
            TypeDefKind::Resource | TypeDefKind::Handle(_) => Some("its type holds a resource".into()),
            TypeDefKind::Stream(_) => Some("its type holds a stream".into()),
            TypeDefKind::Future(_) => Some("its type holds a future".into()),
            _ => None,
        });
    });
    why.or_else(|| matches!(ty, Type::ErrorContext).then(|| "its type is an error-context".into()))
}

/// What Rust derives for a type besides `Clone`, `Debug` and `PartialEq`.
#[derive(Clone, Copy)]
pub(crate) struct Traits {
    /// It holds no float.
    pub(crate) eq: bool,
    /// It owns nothing.
    pub(crate) copy: bool,
}

pub(crate) fn traits(resolve: &Resolve, ty: &Type) -> Traits {
    let mut traits = of_leaf(ty);
    let mut leaves = Vec::new();
    visit(resolve, ty, &mut |kind| {
        if matches!(kind, TypeDefKind::List(_) | TypeDefKind::Map(..)) {
            traits.copy = false;
        }
        leaves.extend(parts(kind));
    });
    for leaf in &leaves {
        let leaf = of_leaf(leaf);
        traits.eq &= leaf.eq;
        traits.copy &= leaf.copy;
    }
    traits
}

fn of_leaf(ty: &Type) -> Traits {
    Traits {
        eq: !matches!(ty, Type::F32 | Type::F64),
        copy: !matches!(ty, Type::String),
    }
}

/// Every definition that a type is made of, each once.
fn visit<'a>(resolve: &'a Resolve, ty: &Type, look: &mut impl FnMut(&'a TypeDefKind)) {
    let mut seen: Vec<TypeId> = Vec::new();
    let mut rest = vec![*ty];
    while let Some(ty) = rest.pop() {
        let Type::Id(id) = ty else { continue };
        if !seen.contains(&id) {
            seen.push(id);
            let kind = &resolve.types[id].kind;
            look(kind);
            rest.extend(parts(kind));
        }
    }
}

fn parts(kind: &TypeDefKind) -> Vec<Type> {
    match kind {
        TypeDefKind::Record(record) => record.fields.iter().map(|field| field.ty).collect(),
        TypeDefKind::Variant(variant) => variant.cases.iter().filter_map(|case| case.ty).collect(),
        TypeDefKind::Tuple(tuple) => tuple.types.clone(),
        TypeDefKind::Option(ty)
        | TypeDefKind::List(ty)
        | TypeDefKind::FixedLengthList(ty, _)
        | TypeDefKind::Type(ty) => {
            vec![*ty]
        }
        TypeDefKind::Map(key, value) => vec![*key, *value],
        TypeDefKind::Result(result) => result.ok.iter().chain(&result.err).copied().collect(),
        _ => Vec::new(),
    }
}
