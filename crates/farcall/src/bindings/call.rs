//! A typed call: its parameters encoded, what goes with it, and the result that it awaits.
//!
//! Chooses no way; the client does.

use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;

use farcall_codec::typed::{Decoder, Encoder, decode_all};
use farcall_codec::{DecodeError, EncodeError};
use farcall_net::BoxFuture;
use farcall_wit::difference;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::client::{CallOptions, Client, decoding};
use crate::error::Error;
use crate::registry::FINGERPRINT_MISMATCH;

/// A function as its caller knows it.
#[doc(hidden)]
#[derive(Debug)]
pub struct Function {
    /// Its WIT name.
    pub name: &'static str,
    /// With its interface: `demo:calc/ops@0.1.0.add`.
    pub called: &'static str,
    pub path: &'static str,
    pub fingerprint: &'static str,
    /// Its type in WIT.
    pub signature: &'static str,
    /// Whether its NaNs are carried bit for bit (spec: V-6).
    pub is_core: bool,
}

/// A client and what goes with each of its calls.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct Caller {
    client: Arc<Client>,
    options: CallOptions,
}

/// A call that runs when it is awaited, and not before.
///
/// Dropping it, or the future that it becomes, cancels the call; the callee is told. The error says what was called, where and
/// why, and [`Error::blame`] whose fault it is.
#[must_use = "a call runs when it is awaited"]
#[derive(Debug)]
pub struct Call<'c, T> {
    client: &'c Client,
    function: &'static Function,
    request: Result<Vec<u8>, EncodeError>,
    options: CallOptions,
    refused: Option<Error>,
    decode: fn(&mut Decoder<'_>) -> Result<T, DecodeError>,
}

/// A result with what its callee sent beside it.
#[derive(Clone, Debug)]
pub struct Answer<T> {
    /// The result.
    pub value: T,
    /// Metadata sent before it.
    pub headers: HeaderMap,
    /// Metadata sent after it.
    pub trailers: HeaderMap,
}

impl Caller {
    pub fn new(client: Arc<Client>) -> Caller {
        Caller {
            client,
            options: CallOptions::default(),
        }
    }

    pub fn with(self, options: CallOptions) -> Caller {
        Caller { options, ..self }
    }

    pub fn call<'c, T>(
        &'c self,
        function: &'static Function,
        encode: impl FnOnce(&mut Encoder),
        decode: fn(&mut Decoder<'_>) -> Result<T, DecodeError>,
    ) -> Call<'c, T> {
        let mut encoder = Encoder::new(function.is_core);
        encode(&mut encoder);
        Call {
            client: &self.client,
            function,
            request: encoder.finish(),
            options: self.options.clone(),
            refused: None,
            decode,
        }
    }
}

impl<T> Call<'_, T> {
    /// How long it may take; 30 s without one. Sent along, so that the callee stops too.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.options.deadline = Some(deadline);
        self
    }

    /// Adds a line of metadata. One that cannot be sent is the call's error, and the function does not run.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            (Ok(name), Ok(value)) => drop(self.options.metadata.append(name, value)),
            _ => {
                let why = format!(
                    "{}: `{name}` with its value is no line of metadata",
                    self.function.called
                );
                self.refused = Some(Error::Setting(why));
            }
        }
        self
    }

    /// Adds lines of metadata.
    pub fn metadata(mut self, lines: HeaderMap) -> Self {
        self.options.metadata.extend(lines);
        self
    }

    /// Calls, and gives the result with what came beside it.
    pub async fn answer(self) -> Result<Answer<T>, Error> {
        if let Some(refused) = self.refused {
            return Err(refused);
        }
        let function = self.function;
        let request = self
            .request
            .map_err(|error| Error::Text(format!("{}: {error}", function.called)))?;
        let fingerprint = Some(function.fingerprint.to_owned());
        let sent = self
            .client
            .send(function.called, function.path, fingerprint, request, &self.options);
        let response = sent.await.map_err(|error| of_types(error, function))?;
        let limits = decoding(response.body.len());
        let value = decode_all(&response.body, function.is_core, &limits, self.decode);
        Ok(Answer {
            value: value.map_err(|error| Error::Result {
                called: function.called.to_owned(),
                why: error.to_string(),
            })?,
            headers: response.headers,
            trailers: response.trailers,
        })
    }
}

impl<'c, T: 'c> IntoFuture for Call<'c, T> {
    type Output = Result<T, Error>;
    type IntoFuture = BoxFuture<'c, Result<T, Error>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.answer().await.map(|answer| answer.value) })
    }
}

/// A refusal for the types' sake, with both of them.
fn of_types(error: Error, function: &Function) -> Error {
    match error {
        Error::Remote { called, target, status } if status.details.reason == FINGERPRINT_MISMATCH => {
            let theirs = status.details.metadata.get("signature").map_or("", String::as_str);
            Error::Mismatch {
                called,
                target,
                difference: difference(function.signature, theirs),
            }
        }
        error => error,
    }
}
