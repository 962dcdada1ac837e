//! `curl`: calls as JSON by hand, and requests that are wrong in what a hand gets wrong.

use std::io::Write;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::harness::{Server, calc, fixture, text};
use crate::tools::{on_path, program, run};

const JSON: &str = "content-type: application/json";
const HTTP: [&str; 2] = ["--http1.1", "--http2-prior-knowledge"];

#[tokio::test]
async fn the_result_of_a_json_call_is_json() {
    let Some(curl) = Curl::of(&[&calc()]).await else { return };
    for http in HTTP {
        let cases = [
            ("Add", json!({"a": 1, "b": 2}), json!({"result": 3})),
            ("Add", json!({}), json!({"result": 0})),
            ("Divide", json!({"a": 1}), json!({"err": "division by zero"})),
            ("Area", json!({"shape": {"empty": {}}}), json!({"err": "empty shape"})),
            (
                "Area",
                json!({"shape": {"rect": {"x": 2, "y": 3}}, "unknown": [1]}),
                json!({"ok": 6.0}),
            ),
            ("Sum", json!({"numbers": [1, 2.0, "3"]}), json!({"result": "6"})),
        ];
        for (function, request, result) in cases {
            let said = curl
                .call(&[http, "-H", JSON, "-d", &request.to_string()], function)
                .await;
            assert_eq!((said.code, said.json()), (200, result), "{function} {request}");
        }
    }
    let said = curl.call(&["-H", JSON, "-d", "{\"a\":1}", "-D", "-"], "Divide").await;
    assert!(said.body.contains("trailer-wit-result: err"), "{}", said.body);
    let charset = "content-type: application/json; charset=utf-8";
    let said = curl.call(&["-H", charset, "-d", "{\"a\":1,\"b\":2}"], "Add").await;
    assert_eq!((said.code, said.json()), (200, json!({"result": 3})));
}

#[tokio::test]
async fn json_that_is_no_request_is_an_invalid_argument() {
    let Some(curl) = Curl::of(&[&calc(), &fixture("values-callee-rust")]).await else {
        return;
    };
    let calc = [
        "",
        "{",
        "[]",
        "null",
        "1",
        "{\"a\": 1}x",
        "{\"a\": \"one\"}",
        "{\"a\": 1.5}",
        "{\"a\": 2147483648}",
        "{\"a\": [1]}",
        "{\"a\": 1, \"a\": 2}",
        "{\"a\": true}",
    ];
    let calc = calc.map(|body| ("demo.calc.v0_1.Ops/Add", body));
    let values = [
        ("demo.calc.v0_1.Ops/Area", "{}"),
        ("demo.calc.v0_1.Ops/Area", "{\"shape\": {}}"),
        ("demo.calc.v0_1.Ops/Area", "{\"shape\": {\"circle\": 1, \"empty\": {}}}"),
        ("demo.calc.v0_1.Ops/Greet", "{\"name\": \"\\ud800\"}"),
        ("demo.calc.v0_1.Ops/Sum", "{\"numbers\": [null]}"),
        ("test.values.v0_1.Scalars/NextU8", "{\"v\": 256}"),
        ("test.values.v0_1.Scalars/NextS16", "{\"v\": -32769}"),
        ("test.values.v0_1.Scalars/EchoChar", "{\"v\": \"\"}"),
        ("test.values.v0_1.Scalars/EchoChar", "{\"v\": \"ab\"}"),
        ("test.values.v0_1.Scalars/NextU64", "{\"v\": \"-1\"}"),
        ("test.values.v0_1.Lists/EchoBytes", "{\"v\": \"*\"}"),
        ("test.values.v0_1.Compounds/NextColor", "{\"v\": \"COLOR_PINK\"}"),
        ("test.values.v0_1.Compounds/NextColor", "{\"v\": 3}"),
    ];
    for (path, body) in calc.into_iter().chain(values) {
        let said = curl.path(&["-H", JSON, "-d", body], path).await;
        said.is(400, "invalid_argument", "no", &format!("{path} {body}"));
    }
    let folder = tempfile::tempdir().expect("a folder");
    let raw = written(folder.path(), "raw", b"{\"name\": \"\xff\xfe\"}");
    let said = curl.call(&["-H", JSON, "--data-binary", &raw], "Greet").await;
    said.is(400, "invalid_argument", "no", "a body that is no UTF-8");
    assert!(!said.body.contains("backtrace"), "{}", said.body);
}

#[tokio::test]
async fn what_is_no_call_is_told_so() {
    let Some(curl) = Curl::of(&[&calc()]).await else { return };
    for http in HTTP {
        let said = curl.call(&[http, "-d", "a=1&b=2"], "Add").await;
        assert_eq!(said.code, 415, "{}", said.body);
        let said = curl
            .call(&[http, "-H", "content-type: text/plain", "-d", "1"], "Add")
            .await;
        assert_eq!(said.code, 415, "{}", said.body);
        for method in ["GET", "PUT", "DELETE", "OPTIONS"] {
            let said = curl.call(&[http, "-X", method, "-H", JSON], "Add").await;
            assert_eq!(said.code, 405, "{method}: {}", said.body);
        }
        let said = curl
            .path(&[http, "-H", JSON, "-d", "{}"], "demo.calc.v0_1.Ops/Missing")
            .await;
        said.is(501, "unimplemented", "no", "a function that is not there");
        let said = curl
            .call(&[http, "-H", JSON, "-H", "connect-timeout-ms: soon", "-d", "{}"], "Add")
            .await;
        said.is(400, "invalid_argument", "no", "a deadline that is no number");
        let said = curl
            .call(
                &[http, "-H", JSON, "-H", "connect-protocol-version: 2", "-d", "{}"],
                "Add",
            )
            .await;
        said.is(400, "invalid_argument", "no", "another version of Connect");
    }
}

#[tokio::test]
async fn a_function_that_fails_is_a_status_with_details() {
    let Some(curl) = Curl::of(&[&calc()]).await else { return };
    for http in HTTP {
        let said = curl.call(&[http, "-H", JSON, "-d", "{}"], "Crash").await;
        said.is(500, "internal", "maybe", "a trap");
        let said = curl
            .call(&[http, "-H", JSON, "-H", "connect-timeout-ms: 200", "-d", "{}"], "Spin")
            .await;
        said.is(504, "deadline_exceeded", "maybe", "a deadline");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let empty = written(folder.path(), "empty", &[0; 5]);
    let grpc = [
        "--http2-prior-knowledge",
        "-D",
        "-",
        "-H",
        "content-type: application/grpc",
        "-H",
        "te: trailers",
    ];
    let spin = [&grpc[..], &["-H", "grpc-timeout: 200m", "--data-binary", &empty]].concat();
    let said = curl.call(&spin, "Spin").await.body;
    assert!(
        said.contains("grpc-status: 4\r\n") && said.contains("grpc-status-details-bin: "),
        "{said}"
    );
}

#[tokio::test]
async fn gzip_is_read_and_written() {
    let Some(curl) = Curl::of(&[&calc()]).await else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let name = "0123456789abcdef".repeat(65536);
    let body = written(
        folder.path(),
        "body.gz",
        &gzip(json!({"name": name}).to_string().as_bytes()),
    );
    for http in HTTP {
        let options = [
            http,
            "--compressed",
            "-H",
            JSON,
            "-H",
            "content-encoding: gzip",
            "--data-binary",
            &body,
        ];
        let said = curl.call(&options, "Greet").await;
        assert_eq!(said.code, 200, "{}", said.body);
        assert_eq!(said.json(), json!({"result": format!("hello, {name}")}));
        let headers = curl
            .call(&[&options[..], &["-D", "-", "-o", "/dev/null"]].concat(), "Greet")
            .await
            .body;
        assert!(headers.contains("content-encoding: gzip"), "{headers}");
    }
    let zeros = written(folder.path(), "bomb.gz", &gzip(&vec![b' '; 64 << 20]));
    let bomb = ["-H", JSON, "-H", "content-encoding: gzip", "--data-binary", &zeros];
    curl.call(&bomb, "Greet")
        .await
        .is(429, "resource_exhausted", "no", "a bomb");
    let broken = ["-H", JSON, "-H", "content-encoding: gzip", "-d", "{}"];
    curl.call(&broken, "Greet")
        .await
        .is(400, "invalid_argument", "no", "what is no gzip");
    let other = ["-H", JSON, "-H", "content-encoding: br", "-d", "{}"];
    curl.call(&other, "Greet")
        .await
        .is(501, "unimplemented", "no", "another coding");
    let large = written(
        folder.path(),
        "large",
        json!({"name": name.repeat(5)}).to_string().as_bytes(),
    );
    for http in HTTP {
        let said = curl.call(&[http, "-H", JSON, "--data-binary", &large], "Greet").await;
        said.is(429, "resource_exhausted", "no", "more than the limit");
    }
}

struct Curl {
    curl: std::path::PathBuf,
    server: Server,
}

struct Said {
    code: u16,
    body: String,
}

impl Curl {
    /// Beside a server of these; `None` where there is no curl.
    async fn of(arguments: &[&str]) -> Option<Curl> {
        let curl = on_path("curl")?;
        let server = Server::start(arguments).await;
        Some(Curl { curl, server })
    }

    async fn call(&self, options: &[&str], function: &str) -> Said {
        self.path(options, &format!("demo.calc.v0_1.Ops/{function}")).await
    }

    async fn path(&self, options: &[&str], path: &str) -> Said {
        let mut curl: Command = program(&self.curl);
        curl.args([
            "-q",
            "-sS",
            "--noproxy",
            "*",
            "--max-time",
            "100",
            "-w",
            "\n%{http_code}",
        ])
        .args(options);
        // A body larger than curl sends at once; nobody says to go on.
        curl.args(["-H", "expect:"])
            .arg(format!("{}/{path}", self.server.url()));
        let ended = run(&mut curl).await.with(0);
        let (body, code) = ended.stdout.rsplit_once('\n').expect("the code's line");
        Said {
            code: code.parse().expect("a status"),
            body: body.to_string(),
        }
    }
}

impl Said {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// Insists on a failure in Connect's form, and on what its details say of whether it ran.
    #[track_caller]
    fn is(&self, code: u16, name: &str, executed: &str, what: &str) {
        assert_eq!(self.code, code, "{what}: {}", self.body);
        let said = self.json();
        assert_eq!(said["code"], name, "{what}: {}", self.body);
        assert_eq!(
            said["details"][0]["type"], "google.rpc.ErrorInfo",
            "{what}: {}",
            self.body
        );
        let value = said["details"][0]["value"].as_str().expect("details in base64");
        let details = STANDARD_NO_PAD.decode(value).expect("base64 without padding");
        // The last field of the map's entry: the text of the value, behind its length.
        let fact = [
            &b"executed\x12"[..],
            &[u8::try_from(executed.len()).expect("it is short")],
            executed.as_bytes(),
        ]
        .concat();
        assert!(
            details.windows(fact.len()).any(|window| window == fact),
            "{what}: {}",
            details.escape_ascii()
        );
    }
}

/// A file with these bytes, as curl's `--data-binary` takes it.
fn written(folder: &Path, name: &str, bytes: &[u8]) -> String {
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("it can be written");
    format!("@{}", text(&path))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("memory is written");
    encoder.finish().expect("memory is written")
}
