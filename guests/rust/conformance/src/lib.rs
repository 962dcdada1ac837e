//! The service of Connect's conformance runner for calls without streams: exports
//! `connectrpc:conformance/conformance-service`. It answers as it is asked to, and tells what came.

wit_bindgen::generate!({
    path: ["../../../spec/wit", "../../wit/conformance"],
    world: "connectrpc:conformance/conformance",
    generate_all,
});

mod proto;

use exports::connectrpc::conformance::conformance_service::{
    Any, Code, ConformancePayload, Error, Guest, Header, IdempotentUnaryRequest, IdempotentUnaryResponse, RequestInfo,
    UnaryRequest, UnaryResponse, UnaryResponseDefinition,
};
use wasm_rpc::core::context;
use wasm_rpc::core::types::{Code as StatusCode, Status};

struct Conformance;

impl Guest for Conformance {
    fn unary(request: UnaryRequest) -> Result<UnaryResponse, Status> {
        let value = proto::request(request.response_definition.as_ref(), &request.request_data);
        let payload = answer("UnaryRequest", value, request.response_definition)?;
        Ok(UnaryResponse { payload: Some(payload) })
    }

    fn idempotent_unary(request: IdempotentUnaryRequest) -> Result<IdempotentUnaryResponse, Status> {
        let value = proto::request(request.response_definition.as_ref(), &request.request_data);
        let payload = answer("IdempotentUnaryRequest", value, request.response_definition)?;
        Ok(IdempotentUnaryResponse { payload: Some(payload) })
    }
}

fn answer(
    name: &str,
    request: Vec<u8>,
    definition: Option<UnaryResponseDefinition>,
) -> Result<ConformancePayload, Status> {
    let info = RequestInfo {
        request_headers: headers(),
        timeout_ms: timeout_ms(),
        requests: vec![Any {
            type_url: proto::url(name),
            value: request,
        }],
    };
    let Some(definition) = definition else {
        return Ok(ConformancePayload {
            data: Vec::new(),
            request_info: Some(info),
        });
    };
    add(&definition.response_headers, context::add_header)?;
    add(&definition.response_trailers, context::add_trailer)?;
    if definition.response_delay_ms > 0 {
        std::thread::sleep(std::time::Duration::from_millis(definition.response_delay_ms.into()));
    }
    match definition.error {
        Some(error) => Err(failure(error, &info)),
        None => Ok(ConformancePayload {
            data: definition.response_data.unwrap_or_default(),
            request_info: Some(info),
        }),
    }
}

/// The call's metadata, a name once.
fn headers() -> Vec<Header> {
    let mut headers: Vec<Header> = Vec::new();
    for (name, value) in context::metadata() {
        let value = match name.ends_with("-bin") {
            true => proto::base64(&value),
            false => String::from_utf8_lossy(&value).into_owned(),
        };
        match headers.iter_mut().find(|header| header.name == name) {
            Some(header) => header.value.push(value),
            None => headers.push(Header {
                name,
                value: vec![value],
            }),
        }
    }
    headers
}

/// The deadline that the caller set. Where it set none the server's own counts, which is longer than any of the runner's.
fn timeout_ms() -> Option<i64> {
    let left = context::time_left() / 1_000_000;
    i64::try_from(left).ok().filter(|left| *left < SERVERS_OWN_MS)
}

fn add(headers: &[Header], add: fn(&str, &[u8]) -> Result<(), context::Refusal>) -> Result<(), Status> {
    for header in headers {
        for value in &header.value {
            let added = match header.name.ends_with("-bin") {
                true => match proto::bytes(value) {
                    Some(value) => add(&header.name, &value),
                    None => Err(context::Refusal::ValueInvalid),
                },
                false => add(&header.name, value.as_bytes()),
            };
            added.map_err(|refusal| Status {
                code: StatusCode::InvalidArgument,
                message: format!("{} is refused: {refusal:?}", header.name),
                details: Vec::new(),
            })?;
        }
    }
    Ok(())
}

fn failure(error: Error, info: &RequestInfo) -> Status {
    let message = error.message.unwrap_or_default();
    let mut details = error.details;
    details.push(Any {
        type_url: proto::url("ConformancePayload.RequestInfo"),
        value: proto::request_info(info),
    });
    Status {
        details: proto::status(error.code as u64, &message, &details),
        code: status_code(error.code),
        message,
    }
}

fn status_code(code: Code) -> StatusCode {
    match code {
        Code::Unspecified | Code::Unknown => StatusCode::Unknown,
        Code::Canceled => StatusCode::Cancelled,
        Code::InvalidArgument => StatusCode::InvalidArgument,
        Code::DeadlineExceeded => StatusCode::DeadlineExceeded,
        Code::NotFound => StatusCode::NotFound,
        Code::AlreadyExists => StatusCode::AlreadyExists,
        Code::PermissionDenied => StatusCode::PermissionDenied,
        Code::ResourceExhausted => StatusCode::ResourceExhausted,
        Code::FailedPrecondition => StatusCode::FailedPrecondition,
        Code::Aborted => StatusCode::Aborted,
        Code::OutOfRange => StatusCode::OutOfRange,
        Code::Unimplemented => StatusCode::Unimplemented,
        Code::Internal => StatusCode::Internal,
        Code::Unavailable => StatusCode::Unavailable,
        Code::DataLoss => StatusCode::DataLoss,
        Code::Unauthenticated => StatusCode::Unauthenticated,
    }
}

/// The tests serve it with a longer one.
const SERVERS_OWN_MS: i64 = 60_000;

export!(Conformance);
