//! gRPC's test service for its interoperability tests of unary calls: exports `grpc:testing/test-service`.

wit_bindgen::generate!({
    path: ["../../../spec/wit", "../../wit/interop"],
    world: "grpc:testing/interop",
    generate_all,
});

use exports::grpc::testing::test_service::{GrpclbRouteType, Guest, Payload, PayloadType, SimpleRequest, SimpleResponse};
use wasm_rpc::core::context;
use wasm_rpc::core::types::{Code, Status};

struct Interop;

impl Guest for Interop {
    fn empty_call() {}

    fn unary_call(request: SimpleRequest) -> Result<SimpleResponse, Status> {
        answer(request)
    }

    fn cacheable_unary_call(request: SimpleRequest) -> Result<SimpleResponse, Status> {
        answer(request)
    }
}

fn answer(request: SimpleRequest) -> Result<SimpleResponse, Status> {
    echo_metadata()?;
    if let Some(asked) = request.response_status
        && asked.code != 0
    {
        return Err(status(code(asked.code), asked.message));
    }
    let Ok(size) = usize::try_from(request.response_size) else {
        return Err(status(Code::InvalidArgument, "a size below zero".to_string()));
    };
    if size > LARGEST {
        return Err(status(Code::InvalidArgument, format!("a size over {LARGEST}")));
    }
    Ok(SimpleResponse {
        payload: Some(Payload {
            type_: PayloadType::Compressable,
            body: vec![0; size],
        }),
        username: String::new(),
        oauth_scope: String::new(),
        server_id: String::new(),
        grpclb_route_type: GrpclbRouteType::Unknown,
        hostname: String::new(),
    })
}

/// What the test `custom_metadata` wants back: one as a header, the other as a trailer.
fn echo_metadata() -> Result<(), Status> {
    for (name, value) in context::metadata() {
        let added = match name.as_str() {
            "x-grpc-test-echo-initial" => context::add_header(&name, &value),
            "x-grpc-test-echo-trailing-bin" => context::add_trailer(&name, &value),
            _ => continue,
        };
        added.map_err(|refusal| status(Code::InvalidArgument, format!("{name} is refused: {refusal:?}")))?;
    }
    Ok(())
}

fn status(code: Code, message: String) -> Status {
    Status {
        code,
        message,
        details: Vec::new(),
    }
}

/// A status by gRPC's number; what gRPC does not define is `unknown`.
fn code(number: i32) -> Code {
    match number {
        1 => Code::Cancelled,
        3 => Code::InvalidArgument,
        4 => Code::DeadlineExceeded,
        5 => Code::NotFound,
        6 => Code::AlreadyExists,
        7 => Code::PermissionDenied,
        8 => Code::ResourceExhausted,
        9 => Code::FailedPrecondition,
        10 => Code::Aborted,
        11 => Code::OutOfRange,
        12 => Code::Unimplemented,
        13 => Code::Internal,
        14 => Code::Unavailable,
        15 => Code::DataLoss,
        16 => Code::Unauthenticated,
        _ => Code::Unknown,
    }
}

/// Larger than anything that is asked for.
const LARGEST: usize = 16 << 20;

export!(Interop);
