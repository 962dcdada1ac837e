//! Connect's unary calls by hand: what the headers and the JSON are, over both HTTPs, and what is refused.

use farcall_net::{ClientConfig, Code, Envelope, Executed, Request, ServerConfig};
use http::StatusCode;

use crate::fixture::{Event, Served, Way, in_time};
use crate::raw::{self, Answer};

const WIT: (&str, &str) = ("content-type", "application/wit");

async fn post(served: &Served, path: &str, headers: &[(&'static str, &str)], body: &[u8]) -> Answer {
    let sender = raw::connect(served.addr()).await;
    raw::post(&sender, served.addr(), path, headers, vec![body.to_vec()], true).await
}

fn json(answer: &Answer) -> serde_json::Value {
    assert_eq!(answer.head.headers()["content-type"], "application/json");
    serde_json::from_slice(&answer.bytes).unwrap()
}

#[tokio::test]
async fn a_result_is_the_body() {
    let served = Served::start().await;
    let answer = post(&served, "/t.T/Echo", &[WIT, ("connect-protocol-version", "1")], b"abc").await;
    assert_eq!(answer.head.status(), StatusCode::OK);
    assert_eq!(answer.head.headers()["content-type"], "application/wit");
    assert_eq!(answer.head.headers()["content-length"], "3");
    assert_eq!((answer.bytes.as_slice(), answer.trailers.len()), (&b"abc"[..], 0));
    let answer = post(&served, "/t.T/Meta", &[WIT], b"").await;
    assert_eq!(answer.head.headers()["trailer-wit-result"], "err");
    assert!(!answer.head.headers().contains_key("trailer-grpc-status"));
    assert!(!answer.head.headers().contains_key("wit-result"));
}

#[tokio::test]
async fn a_status_is_json_with_the_code_of_http() {
    let served = Served::start().await;
    let answer = post(&served, "/t.T/Fail", &[WIT], b"").await;
    assert_eq!(answer.head.status(), StatusCode::NOT_FOUND);
    let body = json(&answer);
    assert_eq!(body["code"], "not_found");
    assert_eq!(body["message"], "nothing here: 100 % größer\nthan before");
    assert_eq!(body["details"][0]["type"], "google.rpc.ErrorInfo");
    for (number, code) in [
        (1, 499),
        (2, 500),
        (3, 400),
        (4, 504),
        (5, 404),
        (6, 409),
        (7, 403),
        (8, 429),
        (9, 400),
        (10, 409),
        (11, 400),
        (12, 501),
        (13, 500),
        (14, 503),
        (15, 500),
        (16, 401),
    ] {
        let answer = post(&served, "/t.T/Status", &[WIT], number.to_string().as_bytes()).await;
        assert_eq!(answer.head.status().as_u16(), code, "{number}");
    }
}

#[tokio::test]
async fn what_connect_does_not_allow_is_refused() {
    let served = Served::start().await;
    for (header, said) in [
        (("connect-protocol-version", "2"), "connect-protocol-version"),
        (("connect-timeout-ms", "12345678901"), "connect-timeout-ms"),
        (("connect-timeout-ms", "1s"), "connect-timeout-ms"),
        (("connect-timeout-ms", ""), "connect-timeout-ms"),
    ] {
        let answer = post(&served, "/t.T/Echo", &[WIT, header], b"").await;
        assert_eq!(answer.head.status(), StatusCode::BAD_REQUEST);
        let body = json(&answer);
        assert_eq!(body["code"], "invalid_argument");
        assert!(body["message"].as_str().unwrap().contains(said), "{body}");
    }
    let answer = post(&served, "/t.T/Echo", &[WIT, ("content-encoding", "br")], b"").await;
    assert_eq!(answer.head.status(), StatusCode::NOT_IMPLEMENTED);
    assert_eq!(json(&answer)["code"], "unimplemented");
    let answer = post(&served, "/t.T/Echo?a=b", &[WIT], b"").await;
    assert_eq!(json(&answer)["code"], "unimplemented");
    assert_eq!(served.gauges.calls_started(), 0);
    let answer = post(&served, "/t.T/Echo", &[WIT, ("content-encoding", "identity")], b"").await;
    assert_eq!(answer.head.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_message_over_the_limit_is_refused_by_its_length() {
    let config = ServerConfig {
        max_message: 1000,
        ..ServerConfig::default()
    };
    let served = Served::with(config).await;
    let sender = raw::connect(served.addr()).await;
    // The stream stays open: the refusal waits for no more of the message.
    let headers = [WIT, ("content-length", "1001")];
    let answer = raw::post(&sender, served.addr(), "/t.T/Echo", &headers, vec![vec![1]], false).await;
    assert_eq!(answer.head.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(
        json(&answer)["message"],
        "request of 1001 bytes is over the limit of 1000"
    );
    // Without a length by what has come.
    let chunks = vec![vec![1; 600], vec![1; 600]];
    let answer = raw::post(&sender, served.addr(), "/t.T/Echo", &[WIT], chunks, false).await;
    assert_eq!(
        json(&answer)["message"],
        "request of 1200 bytes is over the limit of 1000"
    );
    assert_eq!(served.gauges.calls_started(), 0);
}

#[tokio::test]
async fn a_deadline_is_kept_and_said_in_json() {
    let mut served = Served::start().await;
    let answer = post(&served, "/t.T/Hang", &[WIT, ("connect-timeout-ms", "50")], b"").await;
    assert_eq!(answer.head.status(), StatusCode::GATEWAY_TIMEOUT);
    assert_eq!(json(&answer)["code"], "deadline_exceeded");
    assert_eq!(served.event().await, Event::Began);
    assert_eq!(served.event().await, Event::Dropped);
}

#[tokio::test]
async fn answers_of_others_are_read_within_limits() {
    for (answer, code, said) in [
        (
            "404 Not Found\r\ncontent-length: 0\r\n\r\n",
            Code::Unimplemented,
            "HTTP 404",
        ),
        (
            "503 X\r\ncontent-type: text/html\r\ncontent-length: 3\r\n\r\n<p>",
            Code::Unavailable,
            "`text/html`",
        ),
        (
            "400 X\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: 32\r\n\r\n\
             {\"code\":\"aborted\",\"message\":\"m\"}",
            Code::Aborted,
            "m",
        ),
        (
            "429 X\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}",
            Code::Unavailable,
            "HTTP 429",
        ),
        (
            "200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}",
            Code::Unknown,
            "`application/json`",
        ),
        (
            "200 OK\r\ncontent-type: application/wit\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\n{}",
            Code::Internal,
            "compressed",
        ),
        (
            "200 OK\r\ncontent-type: application/wit\r\ncontent-length: 99999999\r\n\r\n",
            Code::ResourceExhausted,
            "response of 99999999 bytes is over the limit of 4194304",
        ),
        (
            "200 OK\r\ncontent-type: application/wit\r\ncontent-length: 9\r\nconnection: close\r\n\r\nx",
            Code::Unavailable,
            "lost during the call",
        ),
        ("what is this", Code::Unavailable, "lost during the call"),
    ] {
        let answer: &'static str = Box::leak(format!("HTTP/1.1 {answer}").into_boxed_str());
        let addr = raw::answering_once(answer.as_bytes()).await;
        let channel = farcall_net::Channel::new(
            format!("http://{addr}").parse().unwrap(),
            Way::Http1.config(ClientConfig::default()),
        );
        let status = in_time(channel.call(Request::new("/t.T/Echo", "x"))).await.unwrap_err();
        assert!(
            status.code == code || answer.ends_with("this") && status.code == Code::Internal,
            "{answer}: {status}"
        );
        assert!(
            status.message.contains(said) || answer.ends_with("this"),
            "{answer}: {status}"
        );
        assert_ne!(status.executed, Executed::No, "{answer}");
    }
}

#[tokio::test]
async fn grpc_over_http1_is_refused_before_sending() {
    let served = Served::start().await;
    let config = ClientConfig {
        envelope: Envelope::Grpc,
        http1_only: true,
        ..ClientConfig::default()
    };
    let channel = farcall_net::Channel::new(served.address.to_string().parse().unwrap(), config);
    let status = channel.call(Request::new("/t.T/Echo", "")).await.unwrap_err();
    assert_eq!((status.code, status.executed), (Code::InvalidArgument, Executed::No));
    assert_eq!(served.gauges.connections_accepted(), 0);
}
