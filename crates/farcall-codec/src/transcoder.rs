//! Messages of proto3 and JSON to `wit` bytes and back, along a schema, without values between.
//!
//! Holds what of a schema is looked up while messages pass; the forms themselves are in `proto/` and `json/`.

use std::collections::HashMap;

use farcall_wit::proto::{EnumId, Field, Kind, Label, Message, MessageId, Method, Scalar, Schema, Shape};

use crate::decode_error::{DecodeError, DecodeErrorKind};
use crate::limits::Limits;
use crate::message_error::MessageError;
use crate::status::{self, Status};
use crate::{json, proto};

/// The form of a message that is not `wit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// The binary form of protobuf.
    Proto,
    /// Its JSON.
    Json,
}

/// What a function answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Response {
    /// The response message.
    Message(Vec<u8>),
    /// The error of a `result<T, status>`, which is the status of the call and no message.
    Status(Status),
}

/// Turns messages into `wit` bytes and back, in time linear in what goes in and comes out. Made once for a schema.
///
/// [`Limits::bytes`] bounds the message that is read, [`Limits::decoded_bytes`] what is made of it: absent fields take
/// no bytes in a message and some in `wit`.
#[derive(Clone, Debug)]
pub struct Transcoder {
    schema: Schema,
    least: Vec<usize>,
    fields: Vec<HashMap<String, usize>>,
    values: Vec<HashMap<String, u32>>,
}

impl Transcoder {
    /// A transcoder of the messages of `schema`.
    pub fn new(schema: Schema) -> Transcoder {
        let mut least: Vec<usize> = Vec::new();
        // A message comes after those that its fields hold.
        for message in schema.messages() {
            least.push(least_of(message, &least));
        }
        let fields = schema.messages().iter().map(|m| {
            let both = |(i, f): (usize, &Field)| [(f.name.clone(), i), (f.json_name.clone(), i)];
            m.fields.iter().enumerate().flat_map(both).collect()
        });
        let values = schema.enums().iter().map(|e| {
            let numbered = (0..).zip(&e.values);
            numbered.map(|(number, value)| (value.name.clone(), number)).collect()
        });
        Transcoder {
            least,
            fields: fields.collect(),
            values: values.collect(),
            schema,
        }
    }

    /// The schema.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// A message as the `wit` bytes of what it stands for.
    pub fn to_wit(
        &self,
        form: Form,
        message: MessageId,
        bytes: &[u8],
        limits: &Limits,
    ) -> Result<Vec<u8>, MessageError> {
        match form {
            Form::Proto => proto::to_wit(self, message, bytes, limits),
            Form::Json => json::to_wit(self, message, bytes, limits),
        }
    }

    /// `wit` bytes as a message.
    pub fn from_wit(
        &self,
        form: Form,
        message: MessageId,
        bytes: &[u8],
        limits: &Limits,
    ) -> Result<Vec<u8>, DecodeError> {
        match form {
            Form::Proto => proto::from_wit(self, message, bytes, limits),
            Form::Json => json::from_wit(self, message, bytes, limits),
        }
    }

    /// A request as the encoded parameters.
    pub fn request_to_wit(
        &self,
        form: Form,
        method: &Method,
        bytes: &[u8],
        limits: &Limits,
    ) -> Result<Vec<u8>, MessageError> {
        self.to_wit(form, method.request, bytes, limits)
    }

    /// Encoded parameters as a request.
    pub fn request_from_wit(
        &self,
        form: Form,
        method: &Method,
        bytes: &[u8],
        limits: &Limits,
    ) -> Result<Vec<u8>, DecodeError> {
        self.from_wit(form, method.request, bytes, limits)
    }

    /// An encoded result as a response, or as the status that it is.
    pub fn response_from_wit(
        &self,
        form: Form,
        method: &Method,
        bytes: &[u8],
        limits: &Limits,
    ) -> Result<Response, DecodeError> {
        let message = match bytes {
            _ if !method.returns_status => bytes,
            // spec: G-12
            [0, message @ ..] => message,
            _ => return status::read(bytes, limits).map(Response::Status),
        };
        self.from_wit(form, method.response, message, limits)
            .map(Response::Message)
    }

    /// A response as the encoded result.
    pub fn response_to_wit(
        &self,
        form: Form,
        method: &Method,
        bytes: &[u8],
        limits: &Limits,
    ) -> Result<Vec<u8>, MessageError> {
        let mut wit = self.to_wit(form, method.response, bytes, limits)?;
        if method.returns_status {
            wit.insert(0, 0);
        }
        Ok(wit)
    }

    /// The status of a call as the encoded result, where the function's type has room for it.
    pub fn status_to_wit(&self, method: &Method, status: &Status) -> Option<Vec<u8>> {
        method.returns_status.then(|| status::write(status)).flatten()
    }

    /// The fewest `wit` bytes of one thing that a field holds.
    pub(crate) fn least(&self, kind: Kind) -> usize {
        least_of_kind(kind, &self.least)
    }

    /// The field of this name, in either spelling.
    pub(crate) fn field(&self, message: MessageId, name: &str) -> Option<usize> {
        self.fields.get(message.index())?.get(name).copied()
    }

    /// The number of an enum's value.
    pub(crate) fn value(&self, id: EnumId, name: &str) -> Option<u32> {
        self.values.get(id.index())?.get(name).copied()
    }
}

fn least_of(message: &Message, least: &[usize]) -> usize {
    let field = |f: &Field| match f.label {
        Label::Single => least_of_kind(f.kind, least),
        Label::Optional | Label::List | Label::Map => 1,
        Label::FixedList(n) => usize::try_from(n)
            .unwrap_or(usize::MAX)
            .saturating_mul(least_of_kind(f.kind, least)),
    };
    match message.shape {
        Shape::Fields => message
            .fields
            .iter()
            .fold(0, |sum: usize, f| sum.saturating_add(field(f))),
        Shape::Variant(_) | Shape::Result(_) => {
            let payload = message.fields.iter().map(field).min();
            payload.unwrap_or(0).saturating_add(1)
        }
        Shape::Flags => message.fields.len().div_ceil(8),
    }
}

fn least_of_kind(kind: Kind, least: &[usize]) -> usize {
    match kind {
        Kind::Scalar(Scalar::F32) => 4,
        Kind::Scalar(Scalar::F64) => 8,
        Kind::Scalar(Scalar::FixedBytes(n)) => usize::try_from(n).unwrap_or(usize::MAX),
        Kind::Scalar(_) | Kind::Enum(_) => 1,
        Kind::Message(id) => least.get(id.index()).copied().unwrap_or(0),
        Kind::Empty => 0,
    }
}

/// What too long an answer is called.
pub(crate) const MADE_BYTES: &str = "bytes of a message in another form";

pub(crate) fn too_long(limits: &Limits) -> DecodeErrorKind {
    DecodeErrorKind::Limit {
        what: MADE_BYTES,
        limit: limits.decoded_bytes,
    }
}
