//! What a schema offers over HTTP with JSON, as an OpenAPI 3.1 document: a path each function, a component each message.
//!
//! Says what a writer writes; that a reader takes more (`spec/json.md`) is not in it.

use farcall_wit::proto::{Enum, Field, Kind, Label, Message, Method, Scalar, Schema, Service, Shape};
use serde_json::{Map, Value, json};

/// The document. Its size is that of the schema, each message once; the documentation of the WIT becomes descriptions.
///
/// ```
/// let wit = farcall_wit::Wit::from_text("w", "package demo:calc; interface ops { add: func(a: u32, b: u32) -> u32; }", None)?;
/// let schema = farcall_wit::proto::Schema::of_exports(&wit, "");
/// let document = farcall_codec::openapi(&schema, "calc", "1.0.0");
/// let request = &document["components"]["schemas"]["demo.calc.ops.AddRequest"];
/// assert_eq!(request["properties"]["a"]["maximum"], u32::MAX);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn openapi(schema: &Schema, title: &str, version: &str) -> Value {
    let mut document = Document {
        schema,
        needed: Vec::new(),
    };
    // A message comes after those that its fields hold.
    for message in schema.messages() {
        let is_one_of = matches!(message.shape, Shape::Variant(_) | Shape::Result(_));
        let is_needed = is_one_of || message.fields.iter().any(|field| document.is_needed(field));
        document.needed.push(is_needed);
    }
    let services = schema.services().iter();
    let paths: Map<String, Value> = services
        .clone()
        .flat_map(|service| service.methods.iter().map(move |method| (service, method)))
        .map(|(service, method)| document.path(service, method))
        .collect();
    let messages = schema.messages().iter().filter(|m| !m.is_map_entry);
    let messages = messages.map(|m| (m.full_name(), document.message(m)));
    let enums = schema.enums().iter().map(|e| (e.full_name(), enumeration(e)));
    let mut schemas: Map<String, Value> = messages.chain(enums).collect();
    // The name of a message has a dot.
    schemas.insert(ERROR.to_owned(), error());
    json!({
        "openapi": "3.1.0",
        "info": { "title": title, "version": version },
        "tags": services.map(tag).collect::<Vec<_>>(),
        "paths": paths,
        "components": { "schemas": schemas },
    })
}

struct Document<'a> {
    schema: &'a Schema,
    /// Of each message, whether one without fields is none.
    needed: Vec<bool>,
}

impl Document<'_> {
    fn path(&self, service: &Service, method: &Method) -> (String, Value) {
        let name = service.full_name();
        let content = |name: &str| json!({ "application/json": { "schema": reference(name) } });
        let message = |id| self.schema.message(id).full_name();
        let mut operation = json!({
            "operationId": format!("{name}.{}", method.name),
            "tags": [name],
            "requestBody": { "required": true, "content": content(&message(method.request)) },
            "responses": {
                "200": { "description": "The result.", "content": content(&message(method.response)) },
                "default": { "description": "Why there is no result.", "content": content(ERROR) },
            },
        });
        describe(&mut operation, &method.docs);
        (format!("/{name}/{}", method.name), json!({ "post": operation }))
    }

    fn message(&self, message: &Message) -> Value {
        let names = message.fields.iter().map(|field| field.json_name.clone());
        let properties: Map<String, Value> = names
            .clone()
            .zip(message.fields.iter().map(|f| self.field(f)))
            .collect();
        let mut out = json!({ "type": "object", "properties": properties });
        match message.shape {
            Shape::Variant(_) | Shape::Result(_) => {
                let cases: Vec<Value> = names.map(|name| json!({ "required": [name] })).collect();
                out["oneOf"] = Value::Array(cases);
            }
            Shape::Fields => {
                let needed = message.fields.iter().filter(|field| self.is_needed(field));
                let needed: Vec<&String> = needed.map(|field| &field.json_name).collect();
                if !needed.is_empty() {
                    out["required"] = json!(needed);
                }
            }
            Shape::Flags => {}
        }
        describe(&mut out, &message.docs);
        out
    }

    /// Whether there is nothing that stands for the field where it is absent (`spec/proto.md` G-15 to G-18).
    fn is_needed(&self, field: &Field) -> bool {
        match (field.label, field.kind) {
            (Label::FixedList(n), _) => n > 0,
            (Label::Single, Kind::Scalar(Scalar::FixedBytes(n))) => n > 0,
            (Label::Single, Kind::Scalar(Scalar::Char)) => true,
            (Label::Single, Kind::Message(id)) => self.needed.get(id.index()).copied().unwrap_or_default(),
            _ => false,
        }
    }

    fn field(&self, field: &Field) -> Value {
        let mut out = match (field.label, field.kind) {
            (Label::Single | Label::Optional, kind) => self.kind(kind),
            (Label::List, kind) => json!({ "type": "array", "items": self.kind(kind) }),
            (Label::FixedList(n), kind) => {
                json!({ "type": "array", "items": self.kind(kind), "minItems": n, "maxItems": n })
            }
            (Label::Map, kind) => self.map(kind),
        };
        describe(&mut out, &field.docs);
        out
    }

    fn map(&self, kind: Kind) -> Value {
        let entry = match kind {
            Kind::Message(id) => self.schema.message(id).fields.as_slice(),
            _ => &[],
        };
        let [key, value] = entry else {
            return json!({ "type": "object" });
        };
        let pattern = match key.kind {
            Kind::Scalar(Scalar::Bool) => "^(true|false)$",
            Kind::Scalar(Scalar::U8 | Scalar::U16 | Scalar::U32 | Scalar::U64) => UNSIGNED,
            Kind::Scalar(Scalar::S8 | Scalar::S16 | Scalar::S32 | Scalar::S64) => SIGNED,
            _ => return json!({ "type": "object", "additionalProperties": self.kind(value.kind) }),
        };
        json!({
            "type": "object",
            "propertyNames": { "pattern": pattern },
            "additionalProperties": self.kind(value.kind),
        })
    }

    fn kind(&self, kind: Kind) -> Value {
        match kind {
            Kind::Scalar(scalar) => of_scalar(scalar),
            Kind::Enum(id) => reference(&self.schema.enumeration(id).full_name()),
            Kind::Message(id) => reference(&self.schema.message(id).full_name()),
            Kind::Empty => json!({ "type": "object" }),
        }
    }
}

fn of_scalar(scalar: Scalar) -> Value {
    let integer = |least: i64, most: i64| json!({ "type": "integer", "minimum": least, "maximum": most });
    match scalar {
        Scalar::Bool => json!({ "type": "boolean" }),
        Scalar::U8 => integer(0, u8::MAX.into()),
        Scalar::U16 => integer(0, u16::MAX.into()),
        Scalar::U32 => integer(0, u32::MAX.into()),
        Scalar::S8 => integer(i8::MIN.into(), i8::MAX.into()),
        Scalar::S16 => integer(i16::MIN.into(), i16::MAX.into()),
        Scalar::S32 => integer(i32::MIN.into(), i32::MAX.into()),
        Scalar::U64 => json!({ "type": "string", "format": "uint64", "pattern": UNSIGNED }),
        Scalar::S64 => json!({ "type": "string", "format": "int64", "pattern": SIGNED }),
        Scalar::F32 => float("float"),
        Scalar::F64 => float("double"),
        Scalar::Char => json!({ "type": "string", "minLength": 1, "maxLength": 1 }),
        Scalar::String => json!({ "type": "string" }),
        Scalar::Bytes => json!({ "type": "string", "contentEncoding": "base64" }),
        Scalar::FixedBytes(n) => {
            let length = u64::from(n).div_ceil(3) * 4;
            json!({ "type": "string", "contentEncoding": "base64", "minLength": length, "maxLength": length })
        }
    }
}

fn float(format: &str) -> Value {
    json!({ "anyOf": [
        { "type": "number", "format": format },
        { "type": "string", "enum": ["NaN", "Infinity", "-Infinity"] },
    ] })
}

fn enumeration(e: &Enum) -> Value {
    let names: Vec<&String> = e.values.iter().map(|value| &value.name).collect();
    let mut out = json!({ "type": "string", "enum": names });
    let values = e.values.iter();
    let values = values.filter_map(|value| Some(format!("`{}`: {}", value.name, value.docs.as_deref()?)));
    let lines: Vec<String> = e.docs.iter().cloned().chain(values).collect();
    describe(&mut out, &(!lines.is_empty()).then(|| lines.join("\n\n")));
    out
}

fn tag(service: &Service) -> Value {
    let mut tag = json!({ "name": service.full_name() });
    describe(&mut tag, &service.docs);
    tag
}

/// The body of an error, `spec/status.md`.
fn error() -> Value {
    json!({
        "type": "object",
        "properties": {
            "code": { "type": "string", "enum": CODES },
            "message": { "type": "string" },
            "details": { "type": "array", "items": {
                "type": "object",
                "properties": {
                    "type": { "type": "string" },
                    "value": { "type": "string", "contentEncoding": "base64" },
                },
                "required": ["type", "value"],
            } },
        },
        "required": ["code"],
    })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn describe(value: &mut Value, docs: &Option<String>) {
    if let (Some(docs), Some(object)) = (docs, value.as_object_mut()) {
        object.insert("description".to_owned(), Value::String(docs.clone()));
    }
}

const ERROR: &str = "Error";
const UNSIGNED: &str = "^[0-9]+$";
const SIGNED: &str = "^-?[0-9]+$";
const CODES: [&str; 16] = [
    "canceled",
    "unknown",
    "invalid_argument",
    "deadline_exceeded",
    "not_found",
    "already_exists",
    "permission_denied",
    "resource_exhausted",
    "failed_precondition",
    "aborted",
    "out_of_range",
    "unimplemented",
    "internal",
    "unavailable",
    "data_loss",
    "unauthenticated",
];
