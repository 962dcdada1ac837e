//! From wit-parser's types to ours: aliases expanded, every definition converted once.
//!
//! Does not check limits; what loads a component does (`load.rs`).

use std::collections::HashMap;
use std::sync::Arc;

use wit_parser::{Handle, Resolve, TypeDefKind, TypeId, TypeOwner, WorldItem, WorldKey};

use crate::function::{Function, Param};
use crate::interface::Interface;
use crate::name::InterfaceName;
use crate::ty::{Case, Enum, Field, Flags, Record, Resource, Type, Variant};

/// Converts types of one [`Resolve`], each definition once however often it is used.
pub struct Converter<'a> {
    resolve: &'a Resolve,
    done: HashMap<TypeId, Type>,
}

impl<'a> Converter<'a> {
    /// A converter with an empty memo.
    pub fn new(resolve: &'a Resolve) -> Converter<'a> {
        Converter {
            resolve,
            done: HashMap::new(),
        }
    }

    /// Converts a type. Its ids must be of this converter's [`Resolve`], and it must nest no deeper than
    /// [`crate::MAX_TYPE_DEPTH`], which every loader checks.
    pub fn ty(&mut self, ty: &wit_parser::Type) -> Type {
        match ty {
            wit_parser::Type::Bool => Type::Bool,
            wit_parser::Type::U8 => Type::U8,
            wit_parser::Type::U16 => Type::U16,
            wit_parser::Type::U32 => Type::U32,
            wit_parser::Type::U64 => Type::U64,
            wit_parser::Type::S8 => Type::S8,
            wit_parser::Type::S16 => Type::S16,
            wit_parser::Type::S32 => Type::S32,
            wit_parser::Type::S64 => Type::S64,
            wit_parser::Type::F32 => Type::F32,
            wit_parser::Type::F64 => Type::F64,
            wit_parser::Type::Char => Type::Char,
            wit_parser::Type::String => Type::String,
            wit_parser::Type::ErrorContext => Type::ErrorContext,
            wit_parser::Type::Id(id) => match self.done.get(id) {
                Some(done) => done.clone(),
                None => {
                    let ty = self.definition(*id);
                    self.done.insert(*id, ty.clone());
                    ty
                }
            },
        }
    }

    fn definition(&mut self, id: TypeId) -> Type {
        let resolve = self.resolve;
        let def = &resolve.types[id];
        let name = def.name.clone();
        match &def.kind {
            TypeDefKind::Type(t) => self.ty(t),
            TypeDefKind::List(t) => Type::List(self.shared(t)),
            TypeDefKind::FixedLengthList(t, n) => Type::FixedList(self.shared(t), *n),
            TypeDefKind::Map(k, v) => Type::Map(self.shared(k), self.shared(v)),
            TypeDefKind::Option(t) => Type::Option(self.shared(t)),
            TypeDefKind::Result(r) => Type::Result(self.maybe(&r.ok), self.maybe(&r.err)),
            TypeDefKind::Stream(t) => Type::Stream(self.maybe(t)),
            TypeDefKind::Future(t) => Type::Future(self.maybe(t)),
            TypeDefKind::Tuple(t) => Type::Tuple(t.types.iter().map(|t| self.ty(t)).collect()),
            TypeDefKind::Record(r) => {
                let field = |f: &wit_parser::Field| Field {
                    name: f.name.clone(),
                    ty: self.ty(&f.ty),
                };
                let fields = r.fields.iter().map(field).collect();
                Type::Record(Arc::new(Record { name, fields }))
            }
            TypeDefKind::Variant(v) => {
                let case = |c: &wit_parser::Case| Case {
                    name: c.name.clone(),
                    ty: c.ty.as_ref().map(|t| self.ty(t)),
                };
                let cases = v.cases.iter().map(case).collect();
                Type::Variant(Arc::new(Variant { name, cases }))
            }
            TypeDefKind::Enum(e) => {
                let cases = e.cases.iter().map(|c| c.name.clone()).collect();
                Type::Enum(Arc::new(Enum { name, cases }))
            }
            TypeDefKind::Flags(f) => {
                let flags = f.flags.iter().map(|f| f.name.clone()).collect();
                Type::Flags(Arc::new(Flags { name, flags }))
            }
            TypeDefKind::Handle(Handle::Own(id)) => Type::Own(Arc::new(resource(resolve, *id))),
            TypeDefKind::Handle(Handle::Borrow(id)) => Type::Borrow(Arc::new(resource(resolve, *id))),
            // A resource's name where a type is expected means an owned handle.
            TypeDefKind::Resource => Type::Own(Arc::new(resource(resolve, id))),
            // Only inside wit-parser, before a package is resolved.
            TypeDefKind::Unknown => Type::ErrorContext,
        }
    }

    fn shared(&mut self, ty: &wit_parser::Type) -> Arc<Type> {
        Arc::new(self.ty(ty))
    }

    fn maybe(&mut self, ty: &Option<wit_parser::Type>) -> Option<Arc<Type>> {
        ty.as_ref().map(|t| self.shared(t))
    }

    /// Converts a function.
    pub fn function(&mut self, f: &wit_parser::Function) -> Function {
        Function {
            name: f.name.clone(),
            params: f
                .params
                .iter()
                .map(|p| Param {
                    name: p.name.clone(),
                    ty: self.ty(&p.ty),
                })
                .collect(),
            result: f.result.as_ref().map(|t| self.ty(t)),
            is_async: f.kind.is_async(),
            docs: f.docs.contents.clone(),
        }
    }

    /// Converts what a world imports or exports: its own functions first, as one interface, then its interfaces.
    pub(crate) fn interfaces<'w>(
        &mut self,
        items: impl IntoIterator<Item = (&'w WorldKey, &'w WorldItem)>,
    ) -> Vec<Interface> {
        let resolve = self.resolve;
        let mut world = Interface {
            name: InterfaceName::World,
            docs: None,
            functions: Vec::new(),
        };
        let mut interfaces = Vec::new();
        for (key, item) in items {
            match item {
                WorldItem::Function(f) => world.functions.push(self.function(f)),
                WorldItem::Interface { id, .. } => {
                    let interface = &resolve.interfaces[*id];
                    interfaces.push(Interface {
                        name: InterfaceName::of_key(resolve, key),
                        docs: interface.docs.contents.clone(),
                        functions: interface.functions.values().map(|f| self.function(f)).collect(),
                    });
                }
                WorldItem::Type { .. } => {}
            }
        }
        if !world.functions.is_empty() {
            interfaces.insert(0, world);
        }
        interfaces
    }
}

/// The resource at the end of a chain of `use`s and aliases.
fn resource(resolve: &Resolve, mut id: TypeId) -> Resource {
    while let TypeDefKind::Type(wit_parser::Type::Id(next)) = &resolve.types[id].kind {
        id = *next;
    }
    let def = &resolve.types[id];
    let interface = match def.owner {
        TypeOwner::Interface(owner) => {
            InterfaceName::of_interface(resolve, owner).unwrap_or_else(|| inline_name(resolve, owner))
        }
        TypeOwner::World(_) | TypeOwner::None => InterfaceName::World,
    };
    Resource {
        interface,
        name: def.name.clone().unwrap_or_default(),
    }
}

/// The name of an interface without a name of its own is the one that its world gives it.
fn inline_name(resolve: &Resolve, interface: wit_parser::InterfaceId) -> InterfaceName {
    let of_world = |world: &wit_parser::World| {
        world
            .imports
            .iter()
            .chain(&world.exports)
            .find_map(|(key, item)| match (key, item) {
                (WorldKey::Name(name), WorldItem::Interface { id, .. }) if *id == interface => Some(name.clone()),
                _ => None,
            })
    };
    let name = resolve.worlds.iter().find_map(|(_, world)| of_world(world));
    name.map_or(InterfaceName::World, InterfaceName::Plain)
}
