//! Calls that go well: bytes, metadata, statuses of functions, many at once.

use bytes::Bytes;
use farcall_net::{Code, Executed, Request, ServerConfig};

use crate::fixture::{Served, Way, in_time, over_every_way};

over_every_way!(
    a_call_returns_its_bytes,
    metadata_fingerprint_and_peer_reach_the_function,
    reserved_metadata_is_refused_before_sending,
    a_status_arrives_whole,
    an_unknown_path_gets_the_status_of_the_service,
    what_is_no_path_is_refused_before_sending,
    ten_thousand_calls_of_64_callers_share_few_connections,
    calls_of_one_function_run_side_by_side,
);

async fn a_call_returns_its_bytes(way: Way) {
    let served = Served::over(way, ServerConfig::default()).await;
    let channel = served.channel();
    for size in [0, 1, 5, 300, 16_384, 70_000, 1 << 20, 4 << 20] {
        let body = Bytes::from((0..size).map(|i| (i % 251) as u8).collect::<Vec<u8>>());
        let response = channel.call(Request::new("/t.T/Echo", body.clone())).await.unwrap();
        assert_eq!(response.body, body);
    }
    assert_eq!(served.gauges.connections_accepted(), 1);
}

async fn metadata_fingerprint_and_peer_reach_the_function(way: Way) {
    let served = Served::over(way, ServerConfig::default()).await;
    let mut request = Request::new("/t.T/Meta", "");
    request.fingerprint = Some("q1w2e3".into());
    request.metadata.insert("traceparent", "00-1".parse().unwrap());
    request.metadata.append("x-key", "a".parse().unwrap());
    request.metadata.append("x-key", "b".parse().unwrap());
    request.metadata.insert("blob-bin", "AAEC".parse().unwrap());
    let response = served.channel().call(request).await.unwrap();
    // traceparent, x-key, blob-bin, and the user agent.
    // A caller of a unix socket has no address.
    let has_peer = served.address.socket().is_some();
    assert_eq!(response.body, format!("Some(\"q1w2e3\") {has_peer} 4"));
    assert_eq!(response.headers["traceparent"], "00-1");
    assert_eq!(response.headers.get_all("x-key").iter().count(), 2);
    assert_eq!(response.headers["blob-bin"], "AAEC");
    assert_eq!(response.headers.len(), 4);
    // A function writes no protocol header.
    assert_eq!(response.trailers.len(), 1);
    assert_eq!(response.trailers["wit-result"], "err");
}

async fn reserved_metadata_is_refused_before_sending(way: Way) {
    let served = Served::over(way, ServerConfig::default()).await;
    for name in ["grpc-timeout", "connect-timeout-ms", "wit-fp", "content-type", "te"] {
        let mut request = Request::new("/t.T/Echo", "");
        request.metadata.insert(name, "1".parse().unwrap());
        let status = served.channel().call(request).await.unwrap_err();
        assert_eq!((status.code, status.executed), (Code::InvalidArgument, Executed::No));
        assert!(status.message.contains(name), "{status}");
    }
    assert_eq!(served.gauges.connections_accepted(), 0);
}

async fn a_status_arrives_whole(way: Way) {
    let served = Served::over(way, ServerConfig::default()).await;
    let status = served.channel().call(Request::new("/t.T/Fail", "")).await.unwrap_err();
    assert_eq!((status.code, status.executed), (Code::NotFound, Executed::Yes));
    assert_eq!(status.message, "nothing here: 100 % größer\nthan before");
    assert_eq!(status.details.reason, "MISSING");
    assert_eq!(status.details.metadata["handle"], "7");
}

async fn an_unknown_path_gets_the_status_of_the_service(way: Way) {
    let served = Served::over(way, ServerConfig::default()).await;
    for path in ["/no.Such/Function", "/T.t/Echo", "/"] {
        let status = served
            .channel()
            .call(Request::new(path, vec![0; 100_000]))
            .await
            .unwrap_err();
        assert_eq!((status.code, status.executed), (Code::Unimplemented, Executed::No));
        assert!(status.message.contains("there is /t.T/Echo"), "{status}");
    }
}

async fn what_is_no_path_is_refused_before_sending(way: Way) {
    let served = Served::over(way, ServerConfig::default()).await;
    for path in [
        "",
        "t.T/Echo",
        "/t.T/Echo?x=1",
        "/t.T/Echo#x",
        "/t.T/E cho",
        "/t.T/Échо",
    ] {
        let status = served.channel().call(Request::new(path, "")).await.unwrap_err();
        assert_eq!(
            (status.code, status.executed),
            (Code::InvalidArgument, Executed::No),
            "{path}"
        );
    }
    assert_eq!(served.gauges.connections_accepted(), 0);
}

async fn ten_thousand_calls_of_64_callers_share_few_connections(way: Way) {
    let served = Served::over(way, ServerConfig::default()).await;
    let channel = served.channel();
    let callers: Vec<_> = (0..64u32)
        .map(|caller| {
            let channel = channel.clone();
            tokio::spawn(async move {
                let calls = if caller < 16 { 157 } else { 156 };
                for call in 0..calls {
                    let body = format!("{caller}/{call}");
                    let response = channel.call(Request::new("/t.T/Echo", body.clone())).await.unwrap();
                    assert_eq!(response.body, body);
                }
                calls
            })
        })
        .collect();
    let mut calls = 0;
    for caller in callers {
        calls += in_time(caller).await.unwrap();
    }
    assert_eq!(calls, 10_000);
    assert_eq!(served.gauges.calls_started(), 10_000);
    assert!(served.gauges.connections_accepted() <= way.connections(64));
    assert_eq!(served.ended().await.abandoned_calls, 0);
}

async fn calls_of_one_function_run_side_by_side(way: Way) {
    let mut served = Served::over(way, ServerConfig::default()).await;
    let channel = served.channel();
    let waiting: Vec<_> = (0..50)
        .map(|_| {
            let channel = channel.clone();
            tokio::spawn(async move { channel.call(Request::new("/t.T/Wait", "x")).await })
        })
        .collect();
    for _ in 0..50 {
        served.event().await;
    }
    assert_eq!(served.gauges.calls_running(), 50);
    // None of them holds up another call.
    channel.call(Request::new("/t.T/Echo", "")).await.unwrap();
    served.functions.release.notify_waiters();
    for call in waiting {
        in_time(call).await.unwrap().unwrap();
    }
    assert_eq!(served.gauges.connections_accepted(), way.connections(51));
}
