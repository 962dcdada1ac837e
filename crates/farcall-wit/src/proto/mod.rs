//! WIT interfaces as proto3: messages, enums and services as data, `spec/proto.md`.
//!
//! Does not read or write values: the codec follows what stands here. Functions whose type is not carried are left out.
//!
//! ```text
//!                SchemaBuilder                      files()         proto_text()
//!  Wit, ... ───────────────────> Schema ───────────────────> File ─────────────> `.proto`
//!                                  │ method(path)              │ descriptor()
//!                                  v                           v
//!                                Method ── request, response   FileDescriptorProto
//! ```

mod build;
mod descriptor;
mod names;
mod symbols;
mod text;
mod walk;

use std::collections::HashMap;
use std::sync::Arc;

pub use build::SchemaBuilder;
pub use descriptor::EMPTY_FILE;
pub use prost_types;

use crate::wit::Wit;

/// The messages, enums and services of one server or client. Each name occurs once.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    messages: Vec<Message>,
    enums: Vec<Enum>,
    services: Vec<Service>,
    paths: HashMap<String, (usize, usize)>,
}

/// One message of a [`Schema`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageId(usize);

/// One enum of a [`Schema`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EnumId(usize);

impl MessageId {
    /// Its place among [`Schema::messages`].
    pub fn index(self) -> usize {
        self.0
    }
}

impl EnumId {
    /// Its place among [`Schema::enums`].
    pub fn index(self) -> usize {
        self.0
    }
}

/// A message, and what of WIT it stands for.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its package: `demo.calc.v0_1.ops`.
    pub package: Arc<str>,
    /// Its name there: `AddRequest`.
    pub name: String,
    /// The documentation in the WIT.
    pub docs: Option<String>,
    /// What its fields are.
    pub shape: Shape,
    /// In the order of WIT, with the numbers from 1 on.
    pub fields: Vec<Field>,
    /// Whether it is an entry of a `map`: part of the fields that hold it, no message of its own in `.proto` text.
    pub is_map_entry: bool,
}

/// What the fields of a message are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// All of them, in order: a record, a tuple, parameters, a result, a wrapper.
    Fields,
    /// One of them, a variant's cases: the name of the `oneof`.
    Variant(String),
    /// One of them, `ok` or `err`: the name of the `oneof`.
    Result(String),
    /// Names of `flags`, each a `bool`.
    Flags,
}

/// One field.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name: `user_id`.
    pub name: String,
    /// Its name in JSON: `userId`.
    pub json_name: String,
    /// Its number, from 1.
    pub number: u32,
    /// The documentation in the WIT.
    pub docs: Option<String>,
    /// How often it occurs.
    pub label: Label,
    /// What it holds each time.
    pub kind: Kind,
}

/// How often a field occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Label {
    /// Once; absent it stands for its default.
    Single,
    /// Once or not at all: `option<T>`.
    Optional,
    /// `list<T>`.
    List,
    /// `list<T, N>`: so often and not otherwise.
    FixedList(u32),
    /// `map<K, V>`: each time a message that [is an entry](Message::is_map_entry).
    Map,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A number, a bool or text.
    Scalar(Scalar),
    /// A number of an enum.
    Enum(EnumId),
    /// A message of this schema.
    Message(MessageId),
    /// `google.protobuf.Empty`: a case without payload.
    Empty,
}

/// The scalars of WIT and the lists that are `bytes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // What WIT calls them.
pub enum Scalar {
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
    /// `list<u8>`.
    Bytes,
    /// `list<u8, N>`.
    FixedBytes(u32),
}

/// An enum: case `i` has the number `i`.
#[derive(Clone, Debug)]
pub struct Enum {
    /// Its package.
    pub package: Arc<str>,
    /// Its name there.
    pub name: String,
    /// The documentation in the WIT.
    pub docs: Option<String>,
    /// Its values in order.
    pub values: Vec<EnumValue>,
}

/// One value of an enum.
#[derive(Clone, Debug)]
pub struct EnumValue {
    /// Its name, behind the name of its enum: `COLOR_RED`.
    pub name: String,
    /// The documentation in the WIT.
    pub docs: Option<String>,
}

/// A service: an interface.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its package: `demo.calc.v0_1`; empty for an interface without one.
    pub package: Arc<str>,
    /// Its name there: `Ops`.
    pub name: String,
    /// The name of the file that declares it: `demo/calc/v0_1/ops.proto`.
    pub file: String,
    /// The documentation in the WIT.
    pub docs: Option<String>,
    /// Its methods in order.
    pub methods: Vec<Method>,
}

/// A method: a function.
#[derive(Clone, Debug)]
pub struct Method {
    /// Its name: `AddOne`.
    pub name: String,
    /// The documentation in the WIT.
    pub docs: Option<String>,
    /// The parameters, or the one record that is the parameter.
    pub request: MessageId,
    /// The result.
    pub response: MessageId,
    /// Whether the function's result is a `result<T, status>` of the protocol's own `status`: then the response is `T`,
    /// and the error the status of the call.
    pub returns_status: bool,
}

/// One `.proto` file.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) content: Content<'a>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Content<'a> {
    Service(&'a Service),
    Types(&'a str),
}

impl Schema {
    /// What a world exports, as proto3. `world_service` names the service of the world's own functions, as in
    /// [`crate::service`].
    pub fn of_exports(wit: &Wit, world_service: &str) -> Schema {
        let mut builder = SchemaBuilder::default();
        builder.add_exports(wit, world_service, |_| true);
        builder.finish()
    }

    /// The messages.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// The enums.
    pub fn enums(&self) -> &[Enum] {
        &self.enums
    }

    /// The services.
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// A message by its id, which must be of this schema.
    pub fn message(&self, id: MessageId) -> &Message {
        &self.messages[id.0]
    }

    /// An enum by its id, which must be of this schema.
    pub fn enumeration(&self, id: EnumId) -> &Enum {
        &self.enums[id.0]
    }

    /// The method of a path, `/demo.calc.v0_1.Ops/AddOne`.
    pub fn method(&self, path: &str) -> Option<&Method> {
        let (service, method) = self.paths.get(path)?;
        self.services.get(*service)?.methods.get(*method)
    }

    /// The files, each after those that it imports but for [`EMPTY_FILE`].
    pub fn files(&self) -> Vec<File<'_>> {
        let mut packages: Vec<&str> = Vec::new();
        let messages = self.messages.iter().filter(|m| !m.is_map_entry).map(|m| &m.package);
        for package in messages.chain(self.enums.iter().map(|e| &e.package)) {
            if !packages.contains(&&**package) {
                packages.push(package);
            }
        }
        let types = packages.into_iter().map(Content::Types);
        let contents = types.chain(self.services.iter().map(Content::Service));
        let mut files: Vec<File<'_>> = contents.map(|content| File { schema: self, content }).collect();
        descriptor::in_order(&mut files);
        files
    }

    /// Every message that fields of it and of those in turn hold is in this map.
    pub(crate) fn kinds<'a>(&'a self, message: &'a Message) -> impl Iterator<Item = Kind> + 'a {
        message.fields.iter().flat_map(|field| match field.kind {
            Kind::Message(entry) if self.message(entry).is_map_entry => {
                self.message(entry).fields.iter().map(|f| f.kind).collect::<Vec<_>>()
            }
            kind => vec![kind],
        })
    }
}

impl Message {
    /// `demo.calc.v0_1.ops.AddRequest`.
    pub fn full_name(&self) -> String {
        names::full(&self.package, &self.name)
    }
}

impl Enum {
    /// `demo.calc.v0_1.ops.Color`.
    pub fn full_name(&self) -> String {
        names::full(&self.package, &self.name)
    }
}

impl Service {
    /// `demo.calc.v0_1.Ops`.
    pub fn full_name(&self) -> String {
        names::full(&self.package, &self.name)
    }
}

impl<'a> File<'a> {
    /// Its name: `demo/calc/v0_1/ops.proto`, `demo/calc/v0_1/ops/types.proto`.
    pub fn name(&self) -> String {
        match self.content {
            Content::Service(service) => service.file.clone(),
            Content::Types(package) => names::types_file(package),
        }
    }

    /// Its package.
    pub fn package(&self) -> &'a str {
        match self.content {
            Content::Service(service) => &service.package,
            Content::Types(package) => package,
        }
    }

    /// The messages that it declares.
    pub fn messages(&self) -> impl Iterator<Item = &'a Message> + use<'a> {
        let package = self.types_package();
        let messages = self.schema.messages.iter();
        messages.filter(move |m| package == Some(&*m.package) && !m.is_map_entry)
    }

    /// The enums that it declares.
    pub fn enums(&self) -> impl Iterator<Item = &'a Enum> + use<'a> {
        let package = self.types_package();
        self.schema.enums.iter().filter(move |e| package == Some(&*e.package))
    }

    /// The service that it declares.
    pub fn service(&self) -> Option<&'a Service> {
        match self.content {
            Content::Service(service) => Some(service),
            Content::Types(_) => None,
        }
    }

    fn types_package(&self) -> Option<&'a str> {
        match self.content {
            Content::Service(_) => None,
            Content::Types(package) => Some(package),
        }
    }

    /// The file as `.proto` text, the documentation as comments.
    pub fn proto_text(&self) -> String {
        text::proto_text(self)
    }

    /// The file as a descriptor, for reflection.
    pub fn descriptor(&self) -> prost_types::FileDescriptorProto {
        descriptor::descriptor(self)
    }
}
