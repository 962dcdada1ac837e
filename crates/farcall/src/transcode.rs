//! Calls in protobuf and JSON on a server: requests become `wit` bytes, results the same way back (`spec/proto.md`).
//!
//! Runs nothing: what it makes takes the same door as any other call.

use bytes::Bytes;
use farcall_adapter::Served;
use farcall_codec::{Form, Limits, Response, Transcoder};
use farcall_net::{Code, Executed, Status};
use farcall_wit::Wit;
use farcall_wit::proto::prost_types::FileDescriptorSet;
use farcall_wit::proto::{Method, SchemaBuilder};

use crate::component::Component;
use crate::inspect::openapi_of;
use crate::standard_files;

/// The messages of every function that the components serve.
#[derive(Debug)]
pub(crate) struct Messages(Transcoder);

impl Messages {
    /// Takes time that grows with the interfaces; they are read out of the components' documents.
    pub(crate) fn of(components: &[Component]) -> Messages {
        let mut schema = SchemaBuilder::default();
        for component in components {
            match Wit::from_text(&component.document.name, &component.document.wit, None) {
                Ok(wit) => schema.add_exports(&wit, &component.world_service, |_| true),
                Err(error) => tracing::error!(component = component.name, %error, "its own WIT is not read"),
            }
        }
        Messages(Transcoder::new(schema.finish()))
    }

    /// What `/openapi.json` tells.
    pub(crate) fn openapi(&self, names: &[&str]) -> serde_json::Value {
        openapi_of(self.0.schema(), names)
    }

    /// What reflection tells.
    pub(crate) fn files(&self) -> FileDescriptorSet {
        let mut file: Vec<_> = self.0.schema().files().iter().map(|file| file.descriptor()).collect();
        file.extend(standard_files::all());
        FileDescriptorSet { file }
    }

    /// A request in `wit` bytes.
    pub(crate) fn request(&self, form: Form, path: &str, body: &[u8], served: &Served) -> Result<Bytes, Status> {
        let method = self.method(path)?;
        let limits = within(body.len());
        let request = self.0.request_to_wit(form, method, body, &limits).map_err(|error| {
            let code = match error.is_limit() {
                true => Code::ResourceExhausted,
                false => Code::InvalidArgument,
            };
            let message = format!("the request of {} does not decode: {error}", served.name());
            Status::not_run(code, message)
        })?;
        Ok(request.into())
    }

    /// A result as a response, or as the status that it is.
    pub(crate) fn response(&self, form: Form, path: &str, body: &[u8], served: &Served) -> Result<Bytes, Status> {
        let method = self.method(path)?;
        let limits = within(body.len());
        match self.0.response_from_wit(form, method, body, &limits) {
            Ok(Response::Message(message)) => Ok(message.into()),
            Ok(Response::Status(status)) => {
                let code = Code::from_number(status.code).unwrap_or(Code::Unknown);
                // spec: S-9: as the function gave it.
                Err(Status::with_encoded_details(code, status.message, &status.details))
            }
            Err(error) => {
                let code = match error.is_limit() {
                    true => Code::ResourceExhausted,
                    false => Code::Internal,
                };
                let message = format!("the result of {} cannot be written so: {error}", served.name());
                Err(Status::new(code, message).executed(Executed::Yes))
            }
        }
    }

    fn method(&self, path: &str) -> Result<&Method, Status> {
        self.0.schema().method(path).ok_or_else(|| {
            let message = format!("{path} is called as application/wit or application/grpc+wit only");
            Status::not_run(Code::Unimplemented, message).reason("CODEC")
        })
    }
}

/// The carrier has bounded the message.
fn within(bytes: usize) -> Limits {
    Limits {
        bytes,
        ..Limits::default()
    }
}
