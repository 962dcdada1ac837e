//! The call as text on a server: a request in WebAssembly's script form becomes one in `wit` bytes, its result the same
//! way back (`spec/text.md`).
//!
//! Runs nothing: what it makes takes the same door as any other call.

use bytes::Bytes;
use farcall_adapter::PLAIN_PREFIX;
use farcall_codec::{Limits, decode_result, encode_params, invoked_name, parse_invoke, print_results};
use farcall_net::{Code, Executed, Status};
use farcall_wit::{CallName, Function, InterfaceName, core_label};

/// The name in a call as text, and what it may mean (spec: T-3, N-11, N-12): a function's own name, a plain module's export
/// with its mark or without, or the name with the interface before it.
pub(crate) struct Said {
    name: String,
    /// What WIT calls a plain module's export of that name.
    label: String,
    /// The same of an export that is marked so.
    unmarked: Option<String>,
    call: Option<CallName>,
}

impl Said {
    pub(crate) fn new(name: String) -> Said {
        Said {
            label: core_label(&name),
            unmarked: name.strip_prefix(PLAIN_PREFIX).map(core_label),
            call: name.parse().ok(),
            name,
        }
    }

    /// Whether it may mean that function.
    pub(crate) fn means(&self, interface: &InterfaceName, function: &str) -> bool {
        self.name == function
            || self.label == function
            || self.unmarked.as_deref() == Some(function)
            || self
                .call
                .as_ref()
                .is_some_and(|call| call.function == function && call.matches(interface))
    }

    /// As a person names a function, where it is such a name.
    pub(crate) fn call(&self) -> Option<&CallName> {
        self.call.as_ref()
    }

    /// As much of it as an error repeats.
    pub(crate) fn shown(&self) -> String {
        self.name.chars().take(MAX_SHOWN).collect()
    }
}

/// The function that a call as text names, where no path says it.
pub(crate) fn named(text: &[u8]) -> Result<Said, Status> {
    let refused = |why: String| Status::not_run(Code::InvalidArgument, format!("the call does not parse: {why}"));
    let text = std::str::from_utf8(text).map_err(|error| refused(format!("it is not UTF-8: {error}")))?;
    let name = invoked_name(text, &within(text.len())).map_err(|error| refused(error.to_string()))?;
    Ok(Said::new(name))
}

/// A function whose calls are written as text.
#[derive(Clone, Copy)]
pub(crate) struct Written<'a> {
    pub(crate) interface: &'a InterfaceName,
    pub(crate) function: &'a Function,
    /// As a person names it.
    pub(crate) name: &'a str,
}

/// The request in bytes.
pub(crate) fn decode_request(text: &[u8], written: Written<'_>) -> Result<Bytes, Status> {
    let refused = |why: String| {
        let message = format!("the request of {} does not parse: {why}", written.name);
        Status::not_run(Code::InvalidArgument, message)
    };
    let text = std::str::from_utf8(text).map_err(|error| refused(format!("it is not UTF-8: {error}")))?;
    let (name, arguments) =
        parse_invoke(text, written.function, &within(text.len())).map_err(|error| refused(error.to_string()))?;
    let said = Said::new(name);
    if !said.means(written.interface, &written.function.name) {
        let shown = said.shown();
        return Err(refused(format!(
            "it calls \"{shown}\", which is not the function of this path"
        )));
    }
    let request = encode_params(&arguments, written.function).map_err(|error| refused(error.to_string()))?;
    Ok(request.into())
}

/// The result as text.
pub(crate) fn encode_response(body: &[u8], written: Written<'_>) -> Result<Bytes, Status> {
    let failed = |code, why: String| {
        let message = format!("the result of {} cannot be written as text: {why}", written.name);
        Status::new(code, message).executed(Executed::Yes)
    };
    let value = decode_result(body, written.function, &within(body.len())).map_err(|error| {
        let code = match error.is_limit() {
            true => Code::ResourceExhausted,
            false => Code::Internal,
        };
        failed(code, error.to_string())
    })?;
    let text = print_results(value.as_ref(), written.function, MAX_TEXT)
        .map_err(|error| failed(Code::ResourceExhausted, error.to_string()).reason("MESSAGE_TOO_LARGE"))?;
    Ok(text.into())
}

/// The carrier has bounded the text and the result.
fn within(bytes: usize) -> Limits {
    Limits {
        bytes,
        ..Limits::default()
    }
}

/// Most bytes of a result's text, before the carrier's own limit: a few bytes of enums have a long text.
const MAX_TEXT: usize = 64 << 20;
/// Most characters of a caller's name that an error repeats.
const MAX_SHOWN: usize = 80;
