//! Whole clients in other languages: each is a script that asserts by itself.

use std::path::Path;

use crate::harness::{Server, calc, fixture, run, text};
use crate::tools::{file, node_program, node_script, passes, program, python};

#[tokio::test]
async fn grpcio_calls_a_component_that_it_knows_by_reflection() {
    let Some(python) = python() else { return };
    // One call of the script lasts as long as the server lets it.
    let server = Server::start(&[&calc(), "--deadline", "5s"]).await;
    let script = file("python/calc_grpcio.py");
    passes(program(python).arg(script).arg(address(&server))).await;
}

#[tokio::test]
async fn grpcio_and_pythons_json_agree_on_every_value_type() {
    let Some(python) = python() else { return };
    let server = Server::start(&[&fixture("values-callee-rust")]).await;
    let script = file("python/values_grpcio.py");
    passes(
        program(python)
            .arg(script)
            .arg(address(&server))
            .arg(file("values.json")),
    )
    .await;
}

#[tokio::test]
async fn grpclib_calls_with_code_generated_from_the_protos() {
    let Some(python) = python() else { return };
    let server = Server::start(&[&calc()]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let protos = protos(folder.path(), &[server.url()]).await;
    let generated = folder.path().join("generated");
    std::fs::create_dir(&generated).expect("a folder");
    let mut protoc = program(&python);
    protoc.args(["-m", "grpc_tools.protoc", "-I", &protos]);
    for out in ["--python_out", "--grpclib_python_out"] {
        protoc.arg(format!("{out}={}", text(&generated)));
    }
    // The plugin lies beside the interpreter.
    let path = std::env::join_paths(
        [python.parent().expect("a folder").to_path_buf()]
            .into_iter()
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    );
    protoc.env("PATH", path.expect("a path"));
    protoc.args(["demo/calc/v0_1/ops.proto", "demo/calc/v0_1/ops/types.proto"]);
    crate::tools::run(&mut protoc).await.with(0);
    let (host, port) = address(&server).rsplit_once(':').expect("a port");
    let script = file("python/calc_grpclib.py");
    passes(program(python).arg(script).args([host, port]).arg(generated)).await;
}

#[tokio::test]
async fn grpc_js_calls_with_the_protos_loaded() {
    let Some(mut script) = node_script("grpc-js.js") else {
        return;
    };
    let server = Server::start(&[&calc()]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let protos = protos(folder.path(), &[server.url()]).await;
    passes(script.args([address(&server), &protos])).await;
}

#[tokio::test]
async fn connect_node_calls_in_three_protocols_two_codecs_and_both_versions_of_http() {
    let (Some(mut script), Some(buf)) = (node_script("connect.js"), node_program("buf")) else {
        return;
    };
    let values_guest = fixture("values-callee-rust");
    let calc = Server::start(&[&calc()]).await;
    let values = Server::start(&[&values_guest]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let protos = protos(folder.path(), &[calc.url(), &values_guest]).await;
    let set = folder.path().join("set.binpb");
    let mut build = program(buf);
    build
        .args(["build", &protos, "-o", text(&set)])
        .env("HOME", folder.path());
    crate::tools::run(&mut build).await.with(0);
    passes(
        script
            .args([calc.url(), values.url()])
            .arg(set)
            .arg(file("values.json")),
    )
    .await;
}

#[tokio::test]
async fn buf_curl_calls_in_three_protocols_and_with_either_reflection() {
    let Some(buf) = node_program("buf") else { return };
    let server = Server::start(&[&calc()]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let curl = |options: &[&str], path: &str| {
        let mut command = program(&buf);
        command.args(["curl", "--http2-prior-knowledge"]).args(options);
        command
            .arg(format!("{}{path}", server.url()))
            .env("HOME", folder.path());
        command
    };
    let protos = protos(folder.path(), &[server.url()]).await;
    let schemas: [(&str, &[&str]); 5] = [
        // As buf asks without being told: reflection in Connect's form.
        ("connect", &[]),
        ("grpc", &["--reflect-protocol", "grpc-v1"]),
        ("grpc", &["--reflect-protocol", "grpc-v1alpha"]),
        ("grpcweb", &["--schema", &protos]),
        ("connect", &["--schema", &protos]),
    ];
    for (protocol, schema) in schemas {
        let call = |data| [&["--protocol", protocol], schema, &["-d", data]].concat();
        let mut add = curl(&call("{\"a\": 2, \"b\": 40}"), "/demo.calc.v0_1.Ops/Add");
        let said = crate::tools::run(&mut add).await.with(0).stdout;
        assert_eq!(json(&said), serde_json::json!({"result": 42}), "{protocol}");
        let mut area = curl(
            &call("{\"shape\": {\"rect\": {\"x\": 3, \"y\": 4}}}"),
            "/demo.calc.v0_1.Ops/Area",
        );
        let said = crate::tools::run(&mut area).await.with(0).stdout;
        assert_eq!(json(&said), serde_json::json!({"ok": 12}), "{protocol}");
        let failed = crate::tools::run(&mut curl(&call("{}"), "/demo.calc.v0_1.Ops/Crash")).await;
        assert_ne!(failed.code, Some(0));
        let error = json(&failed.stderr);
        assert_eq!(
            (&error["code"], &error["details"][0]["type"]),
            (&"internal".into(), &"google.rpc.ErrorInfo".into())
        );
    }
    let listed = crate::tools::run(&mut curl(&["--protocol", "grpc", "--list-methods"], ""))
        .await
        .with(0)
        .stdout;
    let functions = ["Add", "Divide", "Sum", "Area", "Greet", "Spin", "Crash"];
    for function in functions.map(|function| format!("demo.calc.v0_1.Ops/{function}")) {
        assert!(listed.contains(&function), "{function} is not in:\n{listed}");
    }
}

/// Writes the protos of these servers or files, as a user would; returns the folder.
async fn protos(folder: &Path, targets: &[&str]) -> String {
    let out = folder.join("protos");
    for target in targets {
        run(&["proto", target, "--out", text(&out)]).await.with(0);
    }
    text(&out).to_string()
}

fn address(server: &Server) -> &str {
    server.url().strip_prefix("http://").expect("a URL")
}

fn json(said: &str) -> serde_json::Value {
    serde_json::from_str(said).unwrap_or_else(|error| panic!("{error}: {said}"))
}
