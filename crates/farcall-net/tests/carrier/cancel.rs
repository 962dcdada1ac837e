//! Deadlines and cancellation, from both sides, each proved by the function's end.

use std::time::{Duration, Instant};

use farcall_net::{ClientConfig, Code, Executed, Request, ServerConfig};

use crate::fixture::{Event, Served, in_time, within};

#[tokio::test]
async fn a_dropped_call_drops_its_function() {
    let mut served = Served::start().await;
    let channel = served.channel();
    let call = tokio::spawn({
        let channel = channel.clone();
        async move { channel.call(Request::new("/t.T/Hang", "")).await }
    });
    assert_eq!(served.event().await, Event::Began);
    call.abort();
    assert_eq!(served.event().await, Event::Dropped);
    // The connection lives on.
    channel.call(Request::new("/t.T/Echo", "")).await.unwrap();
    assert_eq!(served.gauges.connections_accepted(), 1);
    assert_eq!(served.gauges.calls_running(), 0);
}

#[tokio::test]
async fn a_lost_connection_drops_its_functions() {
    let mut served = Served::start().await;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let channel = served.channel();
    runtime.spawn(async move { channel.call(Request::new("/t.T/Hang", "")).await });
    assert_eq!(served.event().await, Event::Began);
    // The connection's task ends with its runtime, as with its process.
    runtime.shutdown_background();
    assert_eq!(served.event().await, Event::Dropped);
}

#[tokio::test]
async fn a_deadline_ends_the_call_on_both_sides() {
    let mut served = Served::start().await;
    let channel = served.channel();
    let status = channel
        .call(within(Duration::from_millis(100), "/t.T/Hang", ""))
        .await
        .unwrap_err();
    assert_eq!(
        (status.code, status.executed),
        (Code::DeadlineExceeded, Executed::Maybe)
    );
    assert_eq!(served.event().await, Event::Began);
    assert_eq!(served.event().await, Event::Dropped);
}

#[tokio::test]
async fn the_function_sees_what_is_left_of_the_deadline() {
    let served = Served::start().await;
    let response = served
        .channel()
        .call(within(Duration::from_secs(7), "/t.T/Left", ""))
        .await
        .unwrap();
    let left: u64 = String::from_utf8(response.body.to_vec()).unwrap().parse().unwrap();
    assert!((1..=7_000).contains(&left), "{left}");
}

#[tokio::test]
async fn a_long_deadline_is_clamped_by_the_server() {
    let config = ServerConfig {
        max_deadline: Duration::from_millis(100),
        ..ServerConfig::default()
    };
    let mut served = Served::with(config).await;
    let status = served
        .channel()
        .call(within(Duration::from_secs(3600), "/t.T/Hang", ""))
        .await
        .unwrap_err();
    assert_eq!(
        (status.code, status.executed),
        (Code::DeadlineExceeded, Executed::Maybe)
    );
    assert!(status.message.contains("at the callee"), "{status}");
    assert_eq!(served.event().await, Event::Began);
    assert_eq!(served.event().await, Event::Dropped);
}

#[tokio::test]
async fn a_call_without_deadline_gets_the_default_of_the_channel() {
    let served = Served::start().await;
    let config = ClientConfig {
        default_deadline: Duration::from_millis(50),
        ..ClientConfig::default()
    };
    let status = in_time(served.channel_with(config).call(Request::new("/t.T/Hang", "")))
        .await
        .unwrap_err();
    assert_eq!(status.code, Code::DeadlineExceeded);
}

#[tokio::test]
async fn a_passed_deadline_sends_nothing() {
    let served = Served::start().await;
    let request = Request {
        deadline: Some(Instant::now()),
        ..Request::new("/t.T/Echo", "")
    };
    let status = served.channel().call(request).await.unwrap_err();
    assert_eq!((status.code, status.executed), (Code::DeadlineExceeded, Executed::No));
    assert_eq!(served.gauges.calls_started(), 0);
}
