//! Deadlines and cancellation, from both sides, each proved by the function's end.

use std::time::{Duration, Instant};

use farcall_net::{ClientConfig, Code, Executed, Request, ServerConfig};

use crate::fixture::{Event, Served, Way, in_time, over_every_way, within};

over_every_way!(
    a_dropped_call_drops_its_function,
    a_lost_connection_drops_its_functions,
    a_deadline_ends_the_call_on_both_sides,
    the_function_sees_what_is_left_of_the_deadline,
    a_long_deadline_is_clamped_by_the_server,
    a_call_without_deadline_gets_the_default_of_the_channel,
    a_passed_deadline_sends_nothing,
);

async fn a_dropped_call_drops_its_function(way: Way) {
    let mut served = Served::over(way, ServerConfig::default()).await;
    let channel = served.channel();
    let call = tokio::spawn({
        let channel = channel.clone();
        async move { channel.call(Request::new("/t.T/Hang", "")).await }
    });
    assert_eq!(served.event().await, Event::Began);
    call.abort();
    assert_eq!(served.event().await, Event::Dropped);
    // An HTTP/2 connection lives on; closing it is how HTTP/1.1 cancels.
    channel.call(Request::new("/t.T/Echo", "")).await.unwrap();
    assert_eq!(served.gauges.connections_accepted(), way.connections(2));
    in_time(async {
        while served.gauges.calls_running() > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

async fn a_lost_connection_drops_its_functions(way: Way) {
    let mut served = Served::over(way, ServerConfig::default()).await;
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

async fn a_deadline_ends_the_call_on_both_sides(way: Way) {
    let mut served = Served::over(way, ServerConfig::default()).await;
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

async fn the_function_sees_what_is_left_of_the_deadline(way: Way) {
    let served = Served::over(way, ServerConfig::default()).await;
    let response = served
        .channel()
        .call(within(Duration::from_secs(7), "/t.T/Left", ""))
        .await
        .unwrap();
    let left: u64 = String::from_utf8(response.body.to_vec()).unwrap().parse().unwrap();
    assert!((1..=7_000).contains(&left), "{left}");
}

async fn a_long_deadline_is_clamped_by_the_server(way: Way) {
    let config = ServerConfig {
        max_deadline: Duration::from_millis(100),
        ..ServerConfig::default()
    };
    let mut served = Served::over(way, config).await;
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

async fn a_call_without_deadline_gets_the_default_of_the_channel(way: Way) {
    let served = Served::over(way, ServerConfig::default()).await;
    let config = ClientConfig {
        default_deadline: Duration::from_millis(50),
        ..ClientConfig::default()
    };
    let status = in_time(served.channel_with(config).call(Request::new("/t.T/Hang", "")))
        .await
        .unwrap_err();
    assert_eq!(status.code, Code::DeadlineExceeded);
}

async fn a_passed_deadline_sends_nothing(way: Way) {
    let served = Served::over(way, ServerConfig::default()).await;
    let request = Request {
        deadline: Some(Instant::now()),
        ..Request::new("/t.T/Echo", "")
    };
    let status = served.channel().call(request).await.unwrap_err();
    assert_eq!((status.code, status.executed), (Code::DeadlineExceeded, Executed::No));
    assert_eq!(served.gauges.calls_started(), 0);
}
