//! gRPC's own interoperability tests of unary calls, against a component that implements `grpc.testing.TestService`.

use crate::harness::{Server, fixture};
use crate::tools::{file, go_program, passes, program, python};

/// What a client of unary calls alone asks for. `custom_metadata` and `status_code_and_message` have a half with a stream: the
/// script has the other one.
const CASES: [(&str, &str); 5] = [
    ("empty_unary", "EmptyUnaryCall done"),
    ("large_unary", "LargeUnaryCall done"),
    ("special_status_message", "SpecialStatusMessage done"),
    ("unimplemented_method", "UnimplementedMethod done"),
    ("unimplemented_service", "UnimplementedService done"),
];

#[tokio::test]
async fn grpcs_own_client_passes_its_cases_of_unary_calls() {
    let Some(client) = go_program("client") else { return };
    let server = Server::start(&[&fixture("interop")]).await;
    let (host, port) = address(&server).rsplit_once(':').expect("a port");
    for (case, passed) in CASES {
        let mut test = program(&client);
        test.args(["--server_host", host, "--server_port", port, "--test_case", case]);
        test.env("GRPC_GO_LOG_SEVERITY_LEVEL", "info");
        let ended = crate::tools::run(&mut test).await.with(0);
        assert!(ended.stderr.contains(passed), "{case}: {}", ended.stderr);
    }
}

#[tokio::test]
async fn grpcio_passes_the_unary_half_of_the_other_cases() {
    let Some(python) = python() else { return };
    let server = Server::start(&[&fixture("interop")]).await;
    passes(program(python).arg(file("python/interop.py")).arg(address(&server))).await;
}

fn address(server: &Server) -> &str {
    server.url().strip_prefix("http://").expect("a URL")
}
