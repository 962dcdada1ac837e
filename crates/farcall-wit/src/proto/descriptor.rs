//! A file of a schema as a `FileDescriptorProto`, as a compiler makes it out of the text.
//!
//! Comments are in the text alone.

use std::collections::{BTreeSet, HashMap};

use prost_types::field_descriptor_proto::{Label as Cardinality, Type};
use prost_types::{
    DescriptorProto, EnumDescriptorProto, EnumValueDescriptorProto, FieldDescriptorProto, FileDescriptorProto,
    MessageOptions, MethodDescriptorProto, OneofDescriptorProto, ServiceDescriptorProto,
};

use super::names;
use super::{Content, Enum, Field, File, Kind, Label, Message, Scalar, Schema, Shape};

/// The file that declares `google.protobuf.Empty`, which cases without payload hold: no file of a schema.
pub const EMPTY_FILE: &str = "google/protobuf/empty.proto";

/// The names of the files that a file imports, in order.
pub(super) fn imports(file: &File<'_>) -> BTreeSet<String> {
    let schema = file.schema;
    let mut needed = BTreeSet::new();
    let mut need = |kind: Kind| {
        let package = match kind {
            Kind::Scalar(_) => return,
            Kind::Enum(id) => &schema.enumeration(id).package,
            Kind::Message(id) => &schema.message(id).package,
            Kind::Empty => {
                needed.insert(EMPTY_FILE.to_owned());
                return;
            }
        };
        needed.insert(names::types_file(package));
    };
    match file.content {
        Content::Service(service) => {
            for method in &service.methods {
                need(Kind::Message(method.request));
                need(Kind::Message(method.response));
            }
        }
        Content::Types(_) => file.messages().for_each(|m| schema.kinds(m).for_each(&mut need)),
    }
    needed.remove(&file.name());
    needed
}

/// Puts files behind those that they import; keeps the order otherwise.
pub(super) fn in_order(files: &mut Vec<File<'_>>) {
    let mut waiting: Vec<(File<'_>, BTreeSet<String>)> = files.iter().map(|f| (*f, imports(f))).collect();
    let mut left: HashMap<String, ()> = files.iter().map(|f| (f.name(), ())).collect();
    files.clear();
    while !waiting.is_empty() {
        let ready = |(_, imports): &(File<'_>, BTreeSet<String>)| imports.iter().all(|i| !left.contains_key(i));
        // Interfaces do not use each other in a circle; if packages did, any order is as good.
        let at = waiting.iter().position(ready).unwrap_or(0);
        let (file, _) = waiting.remove(at);
        left.remove(&file.name());
        files.push(file);
    }
}

pub(super) fn descriptor(file: &File<'_>) -> FileDescriptorProto {
    let schema = file.schema;
    let name = |id| format!(".{}", schema.message(id).full_name());
    let service = file.service().map(|service| ServiceDescriptorProto {
        name: Some(service.name.clone()),
        method: service
            .methods
            .iter()
            .map(|method| MethodDescriptorProto {
                name: Some(method.name.clone()),
                input_type: Some(name(method.request)),
                output_type: Some(name(method.response)),
                ..MethodDescriptorProto::default()
            })
            .collect(),
        options: None,
    });
    FileDescriptorProto {
        name: Some(file.name()),
        package: (!file.package().is_empty()).then(|| file.package().to_owned()),
        dependency: imports(file).into_iter().collect(),
        message_type: file.messages().map(|m| message(schema, m)).collect(),
        enum_type: file.enums().map(enumeration).collect(),
        service: service.into_iter().collect(),
        syntax: Some("proto3".to_owned()),
        ..FileDescriptorProto::default()
    }
}

fn message(schema: &Schema, m: &Message) -> DescriptorProto {
    let mut out = DescriptorProto {
        name: Some(m.name.clone()),
        ..DescriptorProto::default()
    };
    if let Shape::Variant(oneof) | Shape::Result(oneof) = &m.shape {
        out.oneof_decl.push(named_oneof(oneof.clone()));
    }
    let is_oneof = !out.oneof_decl.is_empty();
    for f in &m.fields {
        let mut field = field(schema, f);
        if is_oneof {
            field.oneof_index = Some(0);
        }
        if f.label == Label::Optional && matches!(f.kind, Kind::Scalar(_) | Kind::Enum(_)) {
            field.proto3_optional = Some(true);
            field.oneof_index = i32::try_from(out.oneof_decl.len()).ok();
            out.oneof_decl.push(named_oneof(format!("_{}", f.name)));
        }
        if let (Label::Map, Kind::Message(id)) = (f.label, f.kind) {
            let mut entry = message(schema, schema.message(id));
            let name = format!("{}Entry", camel(&f.name));
            field.type_name = Some(format!(".{}.{name}", m.full_name()));
            entry.name = Some(name);
            entry.options = Some(MessageOptions {
                map_entry: Some(true),
                ..MessageOptions::default()
            });
            out.nested_type.push(entry);
        }
        out.field.push(field);
    }
    out
}

fn named_oneof(name: String) -> OneofDescriptorProto {
    OneofDescriptorProto {
        name: Some(name),
        options: None,
    }
}

fn field(schema: &Schema, f: &Field) -> FieldDescriptorProto {
    let (ty, type_name) = match f.kind {
        Kind::Scalar(scalar) => (scalar_type(scalar), None),
        Kind::Enum(id) => (Type::Enum, Some(format!(".{}", schema.enumeration(id).full_name()))),
        Kind::Message(id) => (Type::Message, Some(format!(".{}", schema.message(id).full_name()))),
        Kind::Empty => (Type::Message, Some(".google.protobuf.Empty".to_owned())),
    };
    let cardinality = match f.label {
        Label::Single | Label::Optional => Cardinality::Optional,
        Label::List | Label::FixedList(_) | Label::Map => Cardinality::Repeated,
    };
    FieldDescriptorProto {
        name: Some(f.name.clone()),
        json_name: Some(f.json_name.clone()),
        number: i32::try_from(f.number).ok(),
        label: Some(cardinality.into()),
        r#type: Some(ty.into()),
        type_name,
        ..FieldDescriptorProto::default()
    }
}

fn scalar_type(scalar: Scalar) -> Type {
    match scalar {
        Scalar::Bool => Type::Bool,
        Scalar::U8 | Scalar::U16 | Scalar::U32 => Type::Uint32,
        Scalar::U64 => Type::Uint64,
        Scalar::S8 | Scalar::S16 | Scalar::S32 => Type::Int32,
        Scalar::S64 => Type::Int64,
        Scalar::F32 => Type::Float,
        Scalar::F64 => Type::Double,
        Scalar::Char | Scalar::String => Type::String,
        Scalar::Bytes | Scalar::FixedBytes(_) => Type::Bytes,
    }
}

fn enumeration(e: &Enum) -> EnumDescriptorProto {
    EnumDescriptorProto {
        name: Some(e.name.clone()),
        value: (0..)
            .zip(&e.values)
            .map(|(number, value)| EnumValueDescriptorProto {
                name: Some(value.name.clone()),
                number: Some(number),
                options: None,
            })
            .collect(),
        ..EnumDescriptorProto::default()
    }
}

/// `by_name` is `ByName`, as compilers name the entries of a map.
fn camel(name: &str) -> String {
    let json = names::json(name);
    let mut chars = json.chars();
    chars
        .next()
        .map(|first| first.to_ascii_uppercase())
        .into_iter()
        .chain(chars)
        .collect()
}
