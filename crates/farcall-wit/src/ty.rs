//! Types as a shared graph: aliases expanded, each definition once, whatever refers to it.
//!
//! Does not know how a value of a type looks; that is the codec's.

use std::fmt;
use std::sync::Arc;

use crate::fingerprint::Digests;
use crate::name::InterfaceName;

/// A type of WIT with its aliases expanded.
///
/// A graph, not a tree: sixty records that each hold two of the one before have 2^60 leaves. Clones share. Comparing,
/// hashing and converting take time linear in the number of distinct nodes; whoever walks a type keeps a memo by
/// address, or is bounded by a value. Two types are equal if their fingerprints are: the names of types do not count,
/// the names of fields and cases do.
#[derive(Clone)]
#[allow(missing_docs)] // The scalars are what WIT calls them.
pub enum Type {
    Bool,
    U8,
    U16,
    U32,
    U64,
    S8,
    S16,
    S32,
    S64,
    F32,
    F64,
    Char,
    String,
    /// `list<T>`.
    List(Arc<Type>),
    /// `list<T, N>`.
    FixedList(Arc<Type>, u32),
    /// `map<K, V>`.
    Map(Arc<Type>, Arc<Type>),
    Record(Arc<Record>),
    Tuple(Arc<[Type]>),
    Variant(Arc<Variant>),
    Enum(Arc<Enum>),
    Flags(Arc<Flags>),
    Option(Arc<Type>),
    /// `result<T, E>`: the type of `ok`, the type of `err`, each where there is one.
    Result(Option<Arc<Type>>, Option<Arc<Type>>),
    /// `own<R>`.
    Own(Arc<Resource>),
    /// `borrow<R>`.
    Borrow(Arc<Resource>),
    Stream(Option<Arc<Type>>),
    Future(Option<Arc<Type>>),
    ErrorContext,
}

/// A record's fields, in order.
pub struct Record {
    /// What WIT calls it, for people only.
    pub name: Option<String>,
    /// The fields in order.
    pub fields: Vec<Field>,
}

/// One field of a record.
pub struct Field {
    /// Its WIT name.
    pub name: String,
    /// Its type.
    pub ty: Type,
}

/// A variant's cases, in order.
pub struct Variant {
    /// What WIT calls it, for people only.
    pub name: Option<String>,
    /// The cases in order.
    pub cases: Vec<Case>,
}

/// One case of a variant.
pub struct Case {
    /// Its WIT name.
    pub name: String,
    /// The type of its payload, if it has one.
    pub ty: Option<Type>,
}

/// An enum's cases, in order.
#[derive(Debug)]
pub struct Enum {
    /// What WIT calls it, for people only.
    pub name: Option<String>,
    /// The names of the cases in order.
    pub cases: Vec<String>,
}

/// The names of flags, in order.
#[derive(Debug)]
pub struct Flags {
    /// What WIT calls it, for people only.
    pub name: Option<String>,
    /// The names of the flags in order; the first is bit 0 of the first byte.
    pub flags: Vec<String>,
}

/// A resource type, known by where it is defined.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Resource {
    /// The interface that defines it.
    pub interface: InterfaceName,
    /// Its name there.
    pub name: String,
}

/// Tells one node of a type's graph from another, for memos; valid as long as the type is alive.
///
/// Equal ids mean equal types; equal types may have several ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NodeId(u8, usize, usize);

impl Type {
    /// The id of this node, or `None` for a scalar, a string, a handle and an error context, which need no memo.
    pub fn node(&self) -> Option<NodeId> {
        fn at<T: ?Sized>(node: &Arc<T>) -> usize {
            Arc::as_ptr(node).cast::<u8>().addr()
        }
        fn maybe(node: &Option<Arc<Type>>) -> usize {
            node.as_ref().map_or(0, at)
        }
        Some(match self {
            Type::List(t) => NodeId(0, at(t), 0),
            Type::FixedList(t, n) => NodeId(1, at(t), usize::try_from(*n).unwrap_or(usize::MAX)),
            Type::Map(k, v) => NodeId(2, at(k), at(v)),
            Type::Record(t) => NodeId(3, at(t), 0),
            Type::Tuple(t) => NodeId(4, at(t), 0),
            Type::Variant(t) => NodeId(5, at(t), 0),
            Type::Enum(t) => NodeId(6, at(t), 0),
            Type::Flags(t) => NodeId(7, at(t), 0),
            Type::Option(t) => NodeId(8, at(t), 0),
            Type::Result(ok, err) => NodeId(9, maybe(ok), maybe(err)),
            Type::Stream(t) => NodeId(10, maybe(t), 0),
            Type::Future(t) => NodeId(11, maybe(t), 0),
            _ => return None,
        })
    }

    /// The types that this one is made of, each as often as it occurs.
    pub fn parts(&self) -> Vec<&Type> {
        match self {
            Type::List(t) | Type::FixedList(t, _) | Type::Option(t) => vec![t],
            Type::Map(k, v) => vec![k, v],
            Type::Record(r) => r.fields.iter().map(|field| &field.ty).collect(),
            Type::Tuple(types) => types.iter().collect(),
            Type::Variant(v) => v.cases.iter().filter_map(|case| case.ty.as_ref()).collect(),
            Type::Result(ok, err) => ok.iter().chain(err).map(|t| &**t).collect(),
            Type::Stream(t) | Type::Future(t) => t.iter().map(|t| &**t).collect(),
            _ => Vec::new(),
        }
    }
}

impl PartialEq for Type {
    fn eq(&self, other: &Type) -> bool {
        if let (Some(a), Some(b)) = (self.node(), other.node())
            && a == b
        {
            return true;
        }
        let mut digests = Digests::default();
        digests.reference(self) == digests.reference(other)
    }
}

impl Eq for Type {}

impl fmt::Debug for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::signature::type_text(self))
    }
}

impl fmt::Display for Type {
    /// As WIT refers to the type: by its name where it has one. At most [`crate::MAX_SIGNATURE_BYTES`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::signature::type_text(self))
    }
}

impl Type {
    /// Converts one type. To convert many of one [`wit_parser::Resolve`], keep a [`crate::Converter`].
    pub fn new(resolve: &wit_parser::Resolve, ty: &wit_parser::Type) -> Type {
        crate::Converter::new(resolve).ty(ty)
    }
}
