//! `grpcurl`: what it lists, describes and calls, knowing nothing but the address.

use serde_json::json;

use crate::harness::{Server, calc, run, text};
use crate::tools::{go_program, program};

#[tokio::test]
async fn grpcurl_lists_describes_and_calls_with_either_reflection() {
    let Some(grpcurl) = go_program("grpcurl") else { return };
    let server = Server::start(&[&calc()]).await;
    let address = server.url().strip_prefix("http://").expect("a URL");
    let call = async |options: &[&str], words: &[&str]| {
        let mut command = program(&grpcurl);
        command.arg("-plaintext").args(options).arg(address).args(words);
        crate::tools::run(&mut command).await
    };

    // It asks with v1, and with v1alpha where there is no v1.
    let listed = call(&[], &["list"]).await.with(0).stdout;
    let services: Vec<&str> = listed.lines().collect();
    assert_eq!(
        services,
        [
            "demo.calc.v0_1.Ops",
            "grpc.health.v1.Health",
            "grpc.reflection.v1.ServerReflection",
            "grpc.reflection.v1alpha.ServerReflection",
        ]
    );
    let functions = call(&[], &["list", "demo.calc.v0_1.Ops"]).await.with(0).stdout;
    let names = ["Add", "Area", "Crash", "Divide", "Greet", "Spin", "Sum"];
    assert_eq!(
        functions,
        names.map(|name| format!("demo.calc.v0_1.Ops.{name}\n")).concat()
    );
    let service = call(&[], &["describe", "demo.calc.v0_1.Ops"]).await.with(0).stdout;
    let add = "rpc Add ( .demo.calc.v0_1.ops.AddRequest ) returns ( .demo.calc.v0_1.ops.AddResponse );";
    assert!(service.contains(add), "{service}");
    let message = call(&[], &["describe", "demo.calc.v0_1.ops.Shape"])
        .await
        .with(0)
        .stdout;
    assert!(message.contains("oneof value {"), "{message}");
    assert!(message.contains(".demo.calc.v0_1.ops.Point rect = 2;"), "{message}");

    let folder = tempfile::tempdir().expect("a folder");
    let protos = folder.path().join("protos");
    run(&["proto", server.url(), "--out", text(&protos)]).await.with(0);
    let schema = ["-import-path", text(&protos), "-proto", "demo/calc/v0_1/ops.proto"];
    for options in [&[][..], &schema] {
        let answer = async |function: &str, data: &str| {
            let options = [options, &["-d", data]].concat();
            let said = call(&options, &[function]).await.with(0).stdout;
            serde_json::from_str::<serde_json::Value>(&said).unwrap_or_else(|error| panic!("{error}: {said}"))
        };
        assert_eq!(
            answer("demo.calc.v0_1.Ops/Add", "{\"a\": 2, \"b\": 40}").await,
            json!({"result": 42})
        );
        let area = answer(
            "demo.calc.v0_1.Ops/Area",
            "{\"shape\": {\"rect\": {\"x\": 3, \"y\": 4}}}",
        )
        .await;
        assert_eq!(area, json!({"ok": 12}));
    }
    let healthy = call(&[], &["grpc.health.v1.Health/Check"]).await.with(0).stdout;
    assert!(healthy.contains("\"status\": \"SERVING\""), "{healthy}");

    // Its exit code is 64 and gRPC's code.
    let crash = call(&[], &["demo.calc.v0_1.Ops/Crash"]).await.with(64 + 13);
    for piece in ["Code: Internal", "google.rpc.ErrorInfo", "\"reason\": \"TRAP\""] {
        assert!(crash.stderr.contains(piece), "{}", crash.stderr);
    }
    let unknown = call(&schema, &["demo.calc.v0_1.Ops/Missing"]).await;
    assert_ne!(unknown.code, Some(0), "{}", unknown.stdout);
}

/// Reflection of one version alone, as `grpcurl` does not choose: each is asked for what it lists.
#[tokio::test]
async fn grpcurl_calls_each_version_of_reflection_as_the_service_that_it_is() {
    let Some(grpcurl) = go_program("grpcurl") else { return };
    let server = Server::start(&[&calc()]).await;
    let address = server.url().strip_prefix("http://").expect("a URL");
    for version in ["v1", "v1alpha"] {
        let mut command = program(&grpcurl);
        command.args(["-plaintext", "-d", "{\"list_services\": \"\"}", address]);
        command.arg(format!(
            "grpc.reflection.{version}.ServerReflection/ServerReflectionInfo"
        ));
        let said = crate::tools::run(&mut command).await.with(0).stdout;
        assert!(said.contains("\"name\": \"demo.calc.v0_1.Ops\""), "{version}: {said}");
    }
}
