//! A native program: the device's messages on the socket of a server.

use std::path::Path;
use std::time::{Duration, Instant};

use farcall_net::{Code, DeviceClient, DeviceLimits, Executed, Request};
use tokio::process::Command;

use crate::harness::{Server, calc, fixture, run, within};

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

/// spec: E-23
#[tokio::test]
async fn a_native_program_in_c_calls_with_the_same_header() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("native");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../guests/c/device-native/native.c");
    let mut compiler = Command::new("cc");
    compiler
        .args(["-std=gnu17", "-Wall", "-Wextra", "-Werror", "-O1", "-o"])
        .args([&program, &source]);
    match within(compiler.output()).await {
        Ok(compiled) => assert!(
            compiled.status.success(),
            "{}",
            String::from_utf8_lossy(&compiled.stderr)
        ),
        Err(error) => {
            println!("skipped: cc: {error}");
            let required = std::env::var("FARCALL_REQUIRE_ALL").is_ok_and(|value| value == "1");
            assert!(!required, "FARCALL_REQUIRE_ALL is set, and there is no cc");
            return;
        }
    }
    let listen = format!("unix:{}", folder.path().join("s").display());
    let server = Server::start(&[&calc(), "--listen", &listen]).await;
    let socket = server.url().strip_prefix("unix:").expect("a socket");
    let output = within(Command::new(&program).arg(socket).output())
        .await
        .expect("it runs");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "0 42\n(str.const \"hello, C\")\ncode 12: nothing is not served here\n",
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
