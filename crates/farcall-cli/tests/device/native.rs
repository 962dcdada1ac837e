//! A native program: the device's messages on the socket of a server.

use std::time::{Duration, Instant};

use farcall_net::{Code, DeviceClient, DeviceLimits, Executed, Request};

use crate::harness::{Server, calc, fixture, run};

fn request(function: &str, body: &'static [u8]) -> Request {
    Request {
        deadline: Instant::now().checked_add(Duration::from_secs(60)),
        ..Request::new(function, body)
    }
}

/// spec: E-9, E-23
#[tokio::test]
async fn a_native_program_calls_by_name_and_by_path_beside_callers_of_http() {
    let folder = tempfile::tempdir().expect("a folder");
    let listen = format!("unix:{}", folder.path().join("s").display());
    let server = Server::start(&[&calc(), &fixture("device-server"), "--listen", &listen]).await;
    let client = DeviceClient::connect(server.url(), DeviceLimits::default())
        .await
        .expect("it listens");
    for (function, expected) in [
        ("demo:calc/ops.add", &[42][..]),
        ("/demo.calc.v0_1.Ops/Add", &[42]),
        ("demo:device/counter.add", &[42]),
        ("counter.add", &[42]),
    ] {
        assert_eq!(
            client.call(request(function, &[2, 40])).await.unwrap(),
            expected,
            "{function}"
        );
    }
    run(&["call", &listen, "ops.add(2, 40)"]).await.prints("42\n");
    for (function, code) in [
        ("add", Code::InvalidArgument),
        ("demo:calc/ops.nothing", Code::Unimplemented),
        ("not a name", Code::InvalidArgument),
        ("", Code::InvalidArgument),
    ] {
        let status = client.call(request(function, &[2, 40])).await.unwrap_err();
        assert_eq!((status.code, status.executed), (code, Executed::No), "{function}");
    }
    let status = client.call(request("counter.add", &[2])).await.unwrap_err();
    assert_eq!((status.code, status.executed), (Code::InvalidArgument, Executed::No));
}
