//! Builds a [`Schema`]: services and methods out of interfaces, their types by `walk.rs`.
//!
//! Functions whose type is not carried are left out, as a server leaves them out.

use std::sync::Arc;

use wit_parser::{Param, TypeDefKind, WorldItem, WorldKey};

use super::names;
use super::symbols::Symbols;
use super::walk::{Known, Walk, text};
use super::{Field, Kind, Label, MessageId, Method, Schema, Service, Shape};
use crate::name::InterfaceName;
use crate::path;
use crate::wit::Wit;

/// Collects the interfaces of one or several components into one [`Schema`].
#[derive(Debug, Default)]
pub struct SchemaBuilder {
    pub(super) schema: Schema,
    pub(super) symbols: Symbols,
    pub(super) known: Known,
}

impl SchemaBuilder {
    /// Adds what a world exports, of its interfaces those that `keep` takes. A method whose path is there already is
    /// left out.
    pub fn add_exports(&mut self, wit: &Wit, world_service: &str, keep: impl Fn(&InterfaceName) -> bool) {
        let world = &wit.resolve().worlds[wit.world()];
        self.add(wit, &world.exports, world_service, keep);
    }

    /// Adds what a world imports, likewise.
    pub fn add_imports(&mut self, wit: &Wit, world_service: &str, keep: impl Fn(&InterfaceName) -> bool) {
        let world = &wit.resolve().worlds[wit.world()];
        self.add(wit, &world.imports, world_service, keep);
    }

    /// What was collected.
    pub fn finish(self) -> Schema {
        self.schema
    }

    fn add<'w>(
        &mut self,
        wit: &Wit,
        items: impl IntoIterator<Item = (&'w WorldKey, &'w WorldItem)>,
        world_service: &str,
        keep: impl Fn(&InterfaceName) -> bool,
    ) {
        let resolve = wit.resolve();
        let mut walk = Walk::new(self, wit, world_service);
        let mut world = Vec::new();
        let mut offered: Vec<Offered<'_>> = Vec::new();
        for (key, item) in items {
            match item {
                WorldItem::Function(f) => world.push(f),
                WorldItem::Interface { id, .. } => {
                    let interface = &resolve.interfaces[*id];
                    let name = InterfaceName::of_key(resolve, key);
                    walk.name_interface(*id, &name);
                    offered.push(Offered {
                        name,
                        docs: text(&interface.docs),
                        functions: interface.functions.values().collect(),
                    });
                }
                WorldItem::Type { .. } => {}
            }
        }
        if !world.is_empty() {
            offered.insert(
                0,
                Offered {
                    name: InterfaceName::World,
                    docs: None,
                    functions: world,
                },
            );
        }
        offered.retain(|interface| keep(&interface.name));
        for interface in &mut offered {
            interface.functions.retain(|f| walk.is_carried(f));
        }
        // spec: G-4. Names of types come first, so that a function's message gives way to a type's.
        for interface in &offered {
            let package = walk.package(&interface.name);
            for f in &interface.functions {
                for param in &f.params {
                    walk.place(&package, &param.ty);
                }
                if let Some(result) = &f.result {
                    types_of(&mut walk, &package, result);
                }
            }
        }
        for interface in &offered {
            interface.declare(&mut walk, world_service);
        }
    }
}

struct Offered<'a> {
    name: InterfaceName,
    docs: Option<String>,
    functions: Vec<&'a wit_parser::Function>,
}

impl Offered<'_> {
    fn declare(&self, walk: &mut Walk<'_, '_>, world_service: &str) {
        if self.functions.is_empty() {
            return;
        }
        let full = path::service(&self.name, world_service);
        let package = walk.package(&self.name);
        let at = service(&mut walk.builder.schema, &full, || {
            names::service_file(&self.name, world_service)
        });
        for f in &self.functions {
            let name = path::method(&f.name);
            let path = format!("/{full}/{name}");
            if walk.builder.schema.paths.contains_key(&path) {
                continue;
            }
            let request = request(walk, &package, &name, &f.params);
            let (response, returns_status) = response(walk, &package, &name, f.result.as_ref());
            let schema = &mut walk.builder.schema;
            if let Some(service) = schema.services.get_mut(at) {
                schema.paths.insert(path, (at, service.methods.len()));
                service.docs = service.docs.take().or_else(|| self.docs.clone());
                service.methods.push(Method {
                    name,
                    docs: text(&f.docs),
                    request,
                    response,
                    returns_status,
                });
            }
        }
    }
}

fn service(schema: &mut Schema, full: &str, file: impl FnOnce() -> String) -> usize {
    let (package, name) = names::split(full);
    let known = schema
        .services
        .iter()
        .position(|s| *s.package == *package && s.name == name);
    known.unwrap_or_else(|| {
        schema.services.push(Service {
            package: package.into(),
            name,
            file: file(),
            docs: None,
            methods: Vec::new(),
        });
        schema.services.len() - 1
    })
}

/// spec: G-10
fn request(walk: &mut Walk<'_, '_>, package: &Arc<str>, method: &str, params: &[Param]) -> MessageId {
    if let [only] = params
        && let Some(record) = record(walk, package, &only.ty)
    {
        return record;
    }
    let labels = names::distinct(params.iter().map(|p| p.name.as_str()), 1);
    let mut fields = Vec::new();
    for ((number, name), param) in (1..).zip(labels).zip(params) {
        let (label, kind) = walk.place(package, &param.ty);
        fields.push(field(name, number, None, label, kind));
    }
    walk.declare(package, &format!("{method}Request"), None, Shape::Fields, fields)
}

/// spec: G-12
fn response(
    walk: &mut Walk<'_, '_>,
    package: &Arc<str>,
    method: &str,
    result: Option<&wit_parser::Type>,
) -> (MessageId, bool) {
    let name = format!("{method}Response");
    match result.and_then(|result| of_status(walk, result)) {
        Some(ok) => (message(walk, package, &name, ok.as_ref()), true),
        None => (message(walk, package, &name, result), false),
    }
}

/// What a result is where its error is the status of the call.
fn of_status(walk: &Walk<'_, '_>, result: &wit_parser::Type) -> Option<Option<wit_parser::Type>> {
    match walk.definition(result)?.1 {
        TypeDefKind::Result(sides) if walk.is_status(sides.err.as_ref()?) => Some(sides.ok),
        _ => None,
    }
}

/// spec: G-11
fn message(walk: &mut Walk<'_, '_>, package: &Arc<str>, name: &str, result: Option<&wit_parser::Type>) -> MessageId {
    let Some(result) = result else {
        return walk.declare(package, name, None, Shape::Fields, Vec::new());
    };
    if let Some((_, TypeDefKind::Result(sides))) = walk.definition(result) {
        let (shape, fields) = walk.result(package, sides.ok.as_ref(), sides.err.as_ref());
        return walk.declare(package, name, None, shape, fields);
    }
    plain(walk, package, name, result)
}

fn plain(walk: &mut Walk<'_, '_>, package: &Arc<str>, name: &str, result: &wit_parser::Type) -> MessageId {
    if let Some(record) = record(walk, package, result) {
        return record;
    }
    let (label, kind) = walk.place(package, result);
    let fields = vec![field("result".to_owned(), 1, None, label, kind)];
    walk.declare(package, name, None, Shape::Fields, fields)
}

/// The types of a result, of which a `result` has no message of its own.
fn types_of(walk: &mut Walk<'_, '_>, package: &Arc<str>, result: &wit_parser::Type) {
    let result = match of_status(walk, result) {
        Some(Some(ok)) => ok,
        Some(None) => return,
        None => *result,
    };
    if let Some((_, TypeDefKind::Result(sides))) = walk.definition(&result) {
        walk.result(package, sides.ok.as_ref(), sides.err.as_ref());
    } else {
        walk.place(package, &result);
    }
}

/// The message of a type that is a record.
fn record(walk: &mut Walk<'_, '_>, package: &Arc<str>, ty: &wit_parser::Type) -> Option<MessageId> {
    let is_record = matches!(walk.definition(ty), Some((_, TypeDefKind::Record(_))));
    match walk.place(package, ty) {
        (Label::Single, Kind::Message(id)) if is_record => Some(id),
        _ => None,
    }
}

pub(super) fn field(name: String, number: u32, docs: Option<String>, label: Label, kind: Kind) -> Field {
    Field {
        json_name: names::json(&name),
        name,
        number,
        docs,
        label,
        kind,
    }
}
