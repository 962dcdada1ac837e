//! Types of WIT as messages, enums and labels of fields: each definition once, whatever refers to it, `spec/proto.md`.
//!
//! Does not know functions; `build.rs` does.

use std::collections::HashMap;
use std::sync::Arc;

use wit_parser::{Docs, InterfaceId, Resolve, TypeDefKind, TypeId, TypeOwner};

use super::build::{SchemaBuilder, field};
use super::names;
use super::symbols::structural;
use super::{Enum, EnumId, EnumValue, Field, Kind, Label, Message, MessageId, Scalar, Shape};
use crate::convert::Converter;
use crate::name::InterfaceName;
use crate::path;
use crate::ty::Type;
use crate::wit::Wit;

/// Where a type goes: how often the field that holds it occurs, and what it holds.
pub(super) type Place = (Label, Kind);

/// A package, and a name or a shape in it.
type Key = (Arc<str>, String);

/// Types that have their messages, over all components of one schema.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// By package and name in WIT; of two components two types of one name may differ.
    named: HashMap<Key, Vec<(Type, Kind)>>,
    /// By package, constructor and parts.
    unnamed: HashMap<Key, MessageId>,
}

/// A walk over the types of one component.
pub(super) struct Walk<'b, 'w> {
    pub(super) builder: &'b mut SchemaBuilder,
    resolve: &'w Resolve,
    converter: Converter<'w>,
    world_service: &'b str,
    inline: HashMap<InterfaceId, InterfaceName>,
    done: HashMap<(TypeId, Arc<str>), Place>,
}

impl<'b, 'w> Walk<'b, 'w> {
    pub(super) fn new(builder: &'b mut SchemaBuilder, wit: &'w Wit, world_service: &'b str) -> Walk<'b, 'w> {
        Walk {
            builder,
            resolve: wit.resolve(),
            converter: Converter::new(wit.resolve()),
            world_service,
            inline: HashMap::new(),
            done: HashMap::new(),
        }
    }

    /// What the world calls an interface, which has no name of its own where it is written inside the world.
    pub(super) fn name_interface(&mut self, id: InterfaceId, name: &InterfaceName) {
        self.inline.insert(id, name.clone());
    }

    pub(super) fn is_carried(&mut self, f: &wit_parser::Function) -> bool {
        self.converter.function(f).uncarried().is_none()
    }

    pub(super) fn package(&self, name: &InterfaceName) -> Arc<str> {
        names::message_package(name, self.world_service).into()
    }

    /// The definition at the end of a chain of aliases and `use`s; `None` for a scalar.
    pub(super) fn definition(&self, ty: &wit_parser::Type) -> Option<(TypeId, &'w TypeDefKind)> {
        let mut ty = *ty;
        loop {
            match ty {
                wit_parser::Type::Id(id) => match &self.resolve.types[id].kind {
                    TypeDefKind::Type(next) => ty = *next,
                    kind => return Some((id, kind)),
                },
                _ => return None,
            }
        }
    }

    /// Whether a type is the protocol's own `status`.
    pub(super) fn is_status(&self, ty: &wit_parser::Type) -> bool {
        let Some((id, TypeDefKind::Record(_))) = self.definition(ty) else {
            return false;
        };
        let def = &self.resolve.types[id];
        let TypeOwner::Interface(owner) = def.owner else {
            return false;
        };
        def.name.as_deref() == Some("status")
            && matches!(
                InterfaceName::of_interface(self.resolve, owner),
                Some(InterfaceName::Package { namespace, package, interface, .. })
                    if namespace == "wasm-rpc" && package == "core" && interface == "types"
            )
    }

    /// What a field of type `ty` is, in a message of `package`. Nests as deep as types do, which loaders bound.
    pub(super) fn place(&mut self, package: &Arc<str>, ty: &wit_parser::Type) -> Place {
        let Some((id, kind)) = self.definition(ty) else {
            return (Label::Single, Kind::Scalar(self.scalar(ty)));
        };
        let key = (id, package.clone());
        if let Some(done) = self.done.get(&key) {
            return *done;
        }
        // spec: G-3. What a definition with a name holds lies beside it, wherever it is used.
        let package = self.owner(id).unwrap_or_else(|| package.clone());
        let place = match kind {
            TypeDefKind::List(t) => match self.place(&package, t) {
                (Label::Single, Kind::Scalar(Scalar::U8)) => (Label::Single, Kind::Scalar(Scalar::Bytes)),
                _ => (Label::List, self.singular(&package, t)),
            },
            TypeDefKind::FixedLengthList(t, n) => match self.place(&package, t) {
                (Label::Single, Kind::Scalar(Scalar::U8)) => (Label::Single, Kind::Scalar(Scalar::FixedBytes(*n))),
                _ => (Label::FixedList(*n), self.singular(&package, t)),
            },
            TypeDefKind::Option(t) => (Label::Optional, self.singular(&package, t)),
            TypeDefKind::Map(k, v) => {
                let key = self.singular(&package, k);
                let value = self.singular(&package, v);
                self.map(&package, key, value)
            }
            kind => (Label::Single, self.message_or_enum(&package, id, kind)),
        };
        self.done.insert(key, place);
        place
    }

    /// What holds one value of `ty` where a field can only occur once: where it cannot, a message around it.
    fn singular(&mut self, package: &Arc<str>, ty: &wit_parser::Type) -> Kind {
        let (label, kind) = self.place(package, ty);
        let (constructor, inner) = match label {
            Label::Single => return kind,
            Label::Optional => ("Option".to_owned(), "value"),
            Label::List => ("List".to_owned(), "values"),
            Label::FixedList(n) => (format!("List{n}"), "values"),
            Label::Map => ("Map".to_owned(), "entries"),
        };
        let parts = match kind {
            Kind::Message(entry) if label == Label::Map => {
                let fields = self.builder.schema.message(entry).fields.iter();
                fields.map(|f| f.kind).collect()
            }
            kind => vec![kind],
        };
        let fields = vec![field(inner.to_owned(), 1, None, label, kind)];
        Kind::Message(self.unnamed(package, &constructor, &parts, Shape::Fields, fields))
    }

    fn map(&mut self, package: &Arc<str>, key: Kind, value: Kind) -> Place {
        let fields = vec![
            field("key".to_owned(), 1, None, Label::Single, key),
            field("value".to_owned(), 2, None, Label::Single, value),
        ];
        let is_key = match key {
            Kind::Scalar(key) => !matches!(key, Scalar::F32 | Scalar::F64 | Scalar::Bytes | Scalar::FixedBytes(_)),
            _ => false,
        };
        let parts = [key, value];
        if !is_key {
            // Valid WIT has no such key; a list of entries is what the map is in any case.
            return (
                Label::List,
                Kind::Message(self.unnamed(package, "Entry", &parts, Shape::Fields, fields)),
            );
        }
        let identity = (package.clone(), format!("map entry {parts:?}"));
        if let Some(entry) = self.builder.known.unnamed.get(&identity) {
            return (Label::Map, Kind::Message(*entry));
        }
        let entry = push(
            self.builder,
            Message {
                package: package.clone(),
                name: String::new(),
                docs: None,
                shape: Shape::Fields,
                fields,
                is_map_entry: true,
            },
        );
        self.builder.known.unnamed.insert(identity, entry);
        (Label::Map, Kind::Message(entry))
    }

    fn message_or_enum(&mut self, package: &Arc<str>, id: TypeId, kind: &TypeDefKind) -> Kind {
        let def = &self.resolve.types[id];
        let Some(name) = &def.name else {
            let (constructor, shape, fields) = match kind {
                TypeDefKind::Tuple(t) => (format!("Tuple{}", t.types.len()), Shape::Fields, self.tuple(package, t)),
                TypeDefKind::Result(r) => {
                    let (shape, fields) = self.result(package, r.ok.as_ref(), r.err.as_ref());
                    ("Result".to_owned(), shape, fields)
                }
                // Records, variants, enums and flags have names; handles, streams and futures are not carried.
                _ => return Kind::Empty,
            };
            let parts: Vec<Kind> = fields.iter().map(|f| f.kind).collect();
            return Kind::Message(self.unnamed(package, &constructor, &parts, shape, fields));
        };
        let ty = self.converter.ty(&wit_parser::Type::Id(id));
        let known_as = (package.clone(), name.clone());
        if let Some(known) = self.builder.known.named.get(&known_as)
            && let Some((_, kind)) = known.iter().find(|(known, _)| *known == ty)
        {
            return *kind;
        }
        let docs = text(&def.docs);
        let pascal = path::pascal(name);
        let (shape, fields) = match kind {
            TypeDefKind::Record(r) => {
                let labels = names::distinct(r.fields.iter().map(|f| f.name.as_str()), 1);
                let mut fields = Vec::new();
                for ((number, name), f) in (1..).zip(labels).zip(&r.fields) {
                    let (label, kind) = self.place(package, &f.ty);
                    fields.push(field(name, number, text(&f.docs), label, kind));
                }
                (Shape::Fields, fields)
            }
            TypeDefKind::Variant(v) => {
                let labels = names::distinct(v.cases.iter().map(|c| c.name.as_str()), 1);
                let oneof = names::oneof("value", &labels);
                let mut fields = Vec::new();
                for ((number, name), case) in (1..).zip(labels).zip(&v.cases) {
                    let kind = case.ty.map_or(Kind::Empty, |ty| self.singular(package, &ty));
                    fields.push(field(name, number, text(&case.docs), Label::Single, kind));
                }
                (Shape::Variant(oneof), fields)
            }
            TypeDefKind::Flags(f) => {
                let labels = names::distinct(f.flags.iter().map(|f| f.name.as_str()), 1);
                let flags = (1..).zip(labels).zip(&f.flags);
                let bool = Kind::Scalar(Scalar::Bool);
                let fields = flags.map(|((number, name), f)| field(name, number, text(&f.docs), Label::Single, bool));
                (Shape::Flags, fields.collect())
            }
            TypeDefKind::Enum(e) => {
                let kind = Kind::Enum(self.enumeration(package, name, docs, e));
                self.builder.known.named.entry(known_as).or_default().push((ty, kind));
                return kind;
            }
            TypeDefKind::Tuple(t) => (Shape::Fields, self.tuple(package, t)),
            TypeDefKind::Result(r) => self.result(package, r.ok.as_ref(), r.err.as_ref()),
            _ => return Kind::Empty,
        };
        let kind = Kind::Message(self.declare(package, &pascal, docs, shape, fields));
        self.builder.known.named.entry(known_as).or_default().push((ty, kind));
        kind
    }

    fn tuple(&mut self, package: &Arc<str>, t: &wit_parser::Tuple) -> Vec<Field> {
        let mut fields = Vec::new();
        for (number, ty) in (1..).zip(&t.types) {
            let (label, kind) = self.place(package, ty);
            fields.push(field(format!("f{}", number - 1), number, None, label, kind));
        }
        fields
    }

    /// The `oneof` of a `result`: here, or in a response.
    pub(super) fn result(
        &mut self,
        package: &Arc<str>,
        ok: Option<&wit_parser::Type>,
        err: Option<&wit_parser::Type>,
    ) -> (Shape, Vec<Field>) {
        let mut side = |ty: Option<&wit_parser::Type>| ty.map_or(Kind::Empty, |ty| self.singular(package, ty));
        let fields = vec![
            field("ok".to_owned(), 1, None, Label::Single, side(ok)),
            field("err".to_owned(), 2, None, Label::Single, side(err)),
        ];
        (Shape::Result("result".to_owned()), fields)
    }

    fn enumeration(&mut self, package: &Arc<str>, name: &str, docs: Option<String>, e: &wit_parser::Enum) -> EnumId {
        // spec: G-8
        let cases = names::distinct(e.cases.iter().map(|c| c.name.as_str()), 0);
        let prefix = names::upper(name);
        let values = cases.iter().zip(&e.cases).map(|(case, of)| EnumValue {
            name: self
                .builder
                .symbols
                .give(package, &format!("{prefix}_{}", names::upper(case))),
            docs: text(&of.docs),
        });
        let values = values.collect();
        let name = self.builder.symbols.give(package, &path::pascal(name));
        let enums = &mut self.builder.schema.enums;
        enums.push(Enum {
            package: package.clone(),
            name,
            docs,
            values,
        });
        EnumId(enums.len() - 1)
    }

    fn unnamed(
        &mut self,
        package: &Arc<str>,
        constructor: &str,
        parts: &[Kind],
        shape: Shape,
        fields: Vec<Field>,
    ) -> MessageId {
        let held: Vec<(Label, Kind)> = fields.iter().map(|f| (f.label, f.kind)).collect();
        let identity = (package.clone(), format!("{constructor} {held:?}"));
        if let Some(known) = self.builder.known.unnamed.get(&identity) {
            return *known;
        }
        let parts: Vec<String> = parts.iter().map(|kind| self.part(*kind)).collect();
        let name = structural(constructor, parts.iter().map(String::as_str));
        let id = self.declare(package, &name, None, shape, fields);
        self.builder.known.unnamed.insert(identity, id);
        id
    }

    fn part(&self, kind: Kind) -> String {
        match kind {
            Kind::Scalar(Scalar::FixedBytes(n)) => format!("Bytes{n}"),
            Kind::Scalar(scalar) => format!("{scalar:?}"),
            Kind::Enum(id) => self.builder.schema.enumeration(id).name.clone(),
            Kind::Message(id) => self.builder.schema.message(id).name.clone(),
            Kind::Empty => "Empty".to_owned(),
        }
    }

    /// A message of a name of its own.
    pub(super) fn declare(
        &mut self,
        package: &Arc<str>,
        name: &str,
        docs: Option<String>,
        shape: Shape,
        fields: Vec<Field>,
    ) -> MessageId {
        let name = self.builder.symbols.give(package, name);
        let message = Message {
            package: package.clone(),
            name,
            docs,
            shape,
            fields,
            is_map_entry: false,
        };
        push(self.builder, message)
    }

    fn owner(&self, id: TypeId) -> Option<Arc<str>> {
        let name = match self.resolve.types[id].owner {
            TypeOwner::Interface(owner) => match InterfaceName::of_interface(self.resolve, owner) {
                Some(name) => name,
                None => self.inline.get(&owner)?.clone(),
            },
            TypeOwner::World(_) => InterfaceName::World,
            TypeOwner::None => return None,
        };
        Some(self.package(&name))
    }

    fn scalar(&self, ty: &wit_parser::Type) -> Scalar {
        match self.end(ty) {
            wit_parser::Type::Bool => Scalar::Bool,
            wit_parser::Type::U8 => Scalar::U8,
            wit_parser::Type::U16 => Scalar::U16,
            wit_parser::Type::U32 => Scalar::U32,
            wit_parser::Type::U64 => Scalar::U64,
            wit_parser::Type::S8 => Scalar::S8,
            wit_parser::Type::S16 => Scalar::S16,
            wit_parser::Type::S32 => Scalar::S32,
            wit_parser::Type::S64 => Scalar::S64,
            wit_parser::Type::F32 => Scalar::F32,
            wit_parser::Type::F64 => Scalar::F64,
            wit_parser::Type::Char => Scalar::Char,
            // An error-context is not carried.
            wit_parser::Type::String | wit_parser::Type::ErrorContext | wit_parser::Type::Id(_) => Scalar::String,
        }
    }

    fn end(&self, ty: &wit_parser::Type) -> wit_parser::Type {
        let mut ty = *ty;
        while let wit_parser::Type::Id(id) = ty
            && let TypeDefKind::Type(next) = &self.resolve.types[id].kind
        {
            ty = *next;
        }
        ty
    }
}

fn push(builder: &mut SchemaBuilder, message: Message) -> MessageId {
    let messages = &mut builder.schema.messages;
    messages.push(message);
    MessageId(messages.len() - 1)
}

pub(super) fn text(docs: &Docs) -> Option<String> {
    docs.contents.clone()
}
