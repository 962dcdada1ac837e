//! A conversation that runs: the other side's calls are made, this side's wait, and either may end.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use farcall_net::{
    BoxFuture, Call, Code, Codec, DeviceConfig, DeviceError, Executed, Message, Request, Response, Service, Session,
    Status,
};
use http::HeaderMap;
use tokio::sync::watch;

use crate::fixture::{answer, call, calling, decoded, encoded, in_time};

/// `/t.T/Echo` gives back its request, `/t.T/Wait` waits for ever, `/t.T/Panic` does, `/t.T/Left` gives the time that is
/// left in seconds, `/t.T/Meta` the value of `tracestate`. A text waits, or is given back with the time that is left.
#[derive(Default)]
pub struct Functions {
    waiting: watch::Sender<usize>,
    stopped: Arc<AtomicUsize>,
    stops: watch::Sender<usize>,
}

struct Stop<'a>(&'a Functions);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.stopped.fetch_add(1, Ordering::SeqCst);
        self.0.stops.send_modify(|stops| *stops += 1);
    }
}

impl Functions {
    async fn wait(&self) -> Result<Response, Status> {
        let _stop = Stop(self);
        self.waiting.send_modify(|waiting| *waiting += 1);
        std::future::pending().await
    }

    pub async fn waits(&self, calls: usize) {
        in_time(self.waiting.subscribe().wait_for(|waiting| *waiting >= calls))
            .await
            .unwrap();
    }

    pub async fn stops(&self, calls: usize) {
        in_time(self.stops.subscribe().wait_for(|stops| *stops >= calls))
            .await
            .unwrap();
    }
}

impl Service for Functions {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Response, Status>> {
        let left = request
            .deadline
            .map(|deadline| deadline.saturating_duration_since(Instant::now()));
        match request.path.as_str() {
            "" if request.codec == Codec::Wat && &request.body[..] == b"(invoke \"wait\")" => Box::pin(self.wait()),
            "" if request.codec == Codec::Wat => Box::pin(async move {
                let within = format!(" within {} s", left.unwrap().as_secs_f64().ceil());
                Ok(Response::new([&request.body[..], within.as_bytes()].concat()))
            }),
            "/t.T/Echo" => Box::pin(async move { Ok(Response::new(request.body)) }),
            "/t.T/Wait" => Box::pin(self.wait()),
            "/t.T/Left" => Box::pin(async move { Ok(Response::new(left.unwrap().as_secs().to_string())) }),
            "/t.T/Meta" => {
                let value = request
                    .metadata
                    .get("tracestate")
                    .map(|value| value.as_bytes().to_vec());
                Box::pin(async move { Ok(Response::new(value.unwrap_or_default())) })
            }
            "/t.T/Panic" => panic!("as asked"),
            path => {
                let status = Status::not_run(Code::Unimplemented, format!("{path} is not here"));
                Box::pin(async move { Err(status) })
            }
        }
    }

    fn knows(&self, path: &str) -> bool {
        path.starts_with("/t.T/")
    }
}

fn session(config: DeviceConfig) -> (Session, Arc<Functions>) {
    let functions = Arc::new(Functions::default());
    (Session::new(functions.clone(), config), functions)
}

fn write(session: &Session, message: Message) {
    let bytes = encoded(message);
    assert_eq!(session.write(&bytes, None, &HeaderMap::new()), Ok(bytes.len()));
}

/// The next messages, at least one.
async fn read(session: &Session) -> Vec<Message> {
    in_time(std::future::poll_fn(|cx| session.poll_readable(cx))).await;
    let mut bytes = vec![0; 1 << 16];
    let count = session.read(&mut bytes).unwrap();
    decoded(&bytes[..count]).0
}

/// The next message, which is a failure of this call.
async fn failed(session: &Session, number: u32) -> Status {
    match &read(session).await[..] {
        [
            Message::Return {
                number: ended,
                outcome: Err(status),
            },
        ] if *ended == number => status.clone(),
        other => panic!("{other:?}"),
    }
}

fn request(path: &str, timeout: Duration) -> Request {
    Request {
        deadline: Instant::now().checked_add(timeout),
        ..Request::new(path, "q")
    }
}

#[tokio::test]
async fn calls_run_side_by_side() {
    let (session, functions) = session(DeviceConfig::default());
    write(&session, calling(1, "/t.T/Wait", b""));
    functions.waits(1).await;
    write(&session, call(2, b"hello"));
    assert_eq!(read(&session).await, [answer(2, b"hello")]);
    assert_eq!(session.open_calls(), 1);
}

/// spec: E-13, C-12
#[tokio::test]
async fn a_cancelled_call_is_stopped_and_answered() {
    let (session, functions) = session(DeviceConfig::default());
    write(&session, calling(1, "/t.T/Wait", b""));
    functions.waits(1).await;
    write(&session, Message::Cancel { number: 1 });
    assert_eq!(failed(&session, 1).await.code, Code::Cancelled);
    functions.stops(1).await;
    // The number is free.
    write(&session, call(1, b"again"));
    assert_eq!(read(&session).await, [answer(1, b"again")]);
}

/// spec: E-12
#[tokio::test]
async fn a_late_call_ends_by_itself() {
    let (session, functions) = session(DeviceConfig::default());
    let late = Call {
        number: 4,
        function: "/t.T/Wait".into(),
        timeout: Some(Duration::from_millis(5)),
        ..Call::default()
    };
    write(&session, Message::Call(late));
    let status = failed(&session, 4).await;
    assert_eq!(
        (status.code, status.executed),
        (Code::DeadlineExceeded, Executed::Maybe)
    );
    functions.stops(1).await;
}

/// spec: E-12
#[tokio::test]
async fn the_hosts_maximum_and_the_calling_calls_deadline_shorten_a_timeout() {
    let (session, _) = session(DeviceConfig {
        default_deadline: Duration::from_secs(1000),
        max_deadline: Duration::from_secs(2000),
        ..DeviceConfig::default()
    });
    let left = async |timeout: Option<u64>, latest: Option<u64>| {
        let call = Call {
            function: "/t.T/Left".into(),
            timeout: timeout.map(Duration::from_secs),
            ..Call::default()
        };
        let bytes = encoded(Message::Call(call));
        let latest = latest.and_then(|latest| Instant::now().checked_add(Duration::from_secs(latest)));
        session.write(&bytes, latest, &HeaderMap::new()).unwrap();
        match &read(&session).await[..] {
            [Message::Return { outcome: Ok(left), .. }] => std::str::from_utf8(left).unwrap().parse::<u64>().unwrap(),
            other => panic!("{other:?}"),
        }
    };
    assert!((900..1000).contains(&left(None, None).await));
    assert!((1900..2000).contains(&left(Some(1 << 40), None).await));
    assert!((400..500).contains(&left(Some(1500), Some(500)).await));
    assert!((100..150).contains(&left(Some(150), Some(500)).await));
}

/// spec: E-14, C-7
#[tokio::test]
async fn reserved_metadata_is_refused_and_other_metadata_goes_on() {
    let (session, _) = session(DeviceConfig::default());
    let with = |name: &str, value: &str| {
        Message::Call(Call {
            function: "/t.T/Meta".into(),
            metadata: vec![(name.into(), value.into())],
            ..Call::default()
        })
    };
    for name in [
        "grpc-timeout",
        "wit-fp",
        "connect-protocol-version",
        "not a name",
        "",
        "host",
    ] {
        write(&session, with(name, "x"));
        let status = failed(&session, 0).await;
        assert_eq!(
            (status.code, status.details.reason.as_str()),
            (Code::InvalidArgument, "METADATA_RESERVED")
        );
    }
    write(&session, with("tracestate", "a=1"));
    assert_eq!(read(&session).await, [answer(0, b"a=1")]);
    let forward = HeaderMap::from_iter([(
        http::HeaderName::from_static("tracestate"),
        http::HeaderValue::from_static("b=2"),
    )]);
    for (message, expected) in [
        (calling(0, "/t.T/Meta", b""), &b"b=2"[..]),
        (with("tracestate", "own"), b"own"),
    ] {
        session.write(&encoded(message), None, &forward).unwrap();
        assert_eq!(read(&session).await, [answer(0, expected)]);
    }
}

#[tokio::test]
async fn a_panic_is_one_calls_end() {
    let (session, _) = session(DeviceConfig::default());
    write(&session, calling(1, "/t.T/Panic", b""));
    assert_eq!(failed(&session, 1).await.details.reason, "PANIC");
    write(&session, call(2, b"on"));
    assert_eq!(read(&session).await, [answer(2, b"on")]);
}

/// spec: E-19
#[tokio::test]
async fn a_call_as_text_is_one_without_a_path_whose_values_are_text() {
    let (session, _) = session(DeviceConfig::default());
    let text = "(invoke \"add\" (i32.const 1))".to_owned();
    let timeout = Some(Duration::from_secs(7));
    write(
        &session,
        Message::Invoke {
            number: 3,
            timeout,
            text,
        },
    );
    assert_eq!(
        read(&session).await,
        [answer(3, b"(invoke \"add\" (i32.const 1)) within 7 s")]
    );
}

/// spec: E-12, E-19
#[tokio::test]
async fn a_call_as_text_has_the_hosts_time_at_the_most() {
    let (session, functions) = session(DeviceConfig::default());
    let invoke = |timeout| Message::Invoke {
        number: 3,
        timeout,
        text: "(invoke \"wait\")".to_owned(),
    };
    write(&session, invoke(Some(Duration::from_millis(1))));
    assert_eq!(failed(&session, 3).await.code, Code::DeadlineExceeded);
    functions.stops(1).await;
    write(&session, invoke(None));
    functions.waits(2).await;
    write(&session, Message::Cancel { number: 3 });
    assert_eq!(failed(&session, 3).await.code, Code::Cancelled);
    functions.stops(2).await;
}

#[tokio::test]
async fn the_other_side_is_called_and_answers() {
    let (session, _) = session(DeviceConfig::default());
    let called = session.clone();
    let calling = tokio::spawn(async move { called.call(request("demo:calc/ops.add", Duration::from_secs(60))).await });
    let [Message::Call(call)] = &read(&session).await[..] else {
        panic!("one call");
    };
    assert_eq!(
        (call.function.as_str(), &call.request[..]),
        ("demo:calc/ops.add", &b"q"[..])
    );
    assert!(call.timeout.is_some_and(|timeout| timeout <= Duration::from_secs(60)));
    write(&session, answer(call.number, b"r"));
    assert_eq!(in_time(calling).await.unwrap().unwrap(), "r");
}

/// spec: E-12, C-11
#[tokio::test]
async fn a_call_to_the_other_side_that_is_late_is_taken_back_or_cancelled() {
    let (session, _) = session(DeviceConfig::default());
    let soon = Duration::from_millis(5);
    let status = session.call(request("f", soon)).await.unwrap_err();
    assert_eq!((status.code, status.executed), (Code::DeadlineExceeded, Executed::No));
    assert_eq!(session.read(&mut [0; 64]), Err(DeviceError::Empty), "it was taken back");

    let called = session.clone();
    let late = tokio::spawn(async move { called.call(request("f", Duration::from_millis(500))).await });
    let number = match &read(&session).await[..] {
        [Message::Call(call)] => call.number,
        other => panic!("{other:?}"),
    };
    let status = in_time(late).await.unwrap().unwrap_err();
    assert_eq!(
        (status.code, status.executed),
        (Code::DeadlineExceeded, Executed::Maybe)
    );
    assert_eq!(read(&session).await, [Message::Cancel { number }]);
}

/// spec: E-12
#[tokio::test]
async fn a_call_to_the_other_side_whose_caller_is_gone_is_cancelled() {
    let (session, _) = session(DeviceConfig::default());
    let called = session.clone();
    let calling = tokio::spawn(async move { called.call(request("f", Duration::from_secs(60))).await });
    assert!(matches!(&read(&session).await[..], [Message::Call(_)]));
    calling.abort();
    assert!(matches!(&read(&session).await[..], [Message::Cancel { .. }]));
}

/// spec: E-6, C-12
#[tokio::test]
async fn the_end_cancels_calls_both_ways() {
    let (session, functions) = session(DeviceConfig::default());
    write(&session, calling(1, "/t.T/Wait", b""));
    functions.waits(1).await;
    let called = session.clone();
    let read_in_part = tokio::spawn(async move { called.call(request("f", Duration::from_secs(60))).await });
    in_time(std::future::poll_fn(|cx| session.poll_readable(cx))).await;
    assert_eq!(session.read(&mut [0]), Ok(1));
    let unread = session.clone();
    let unread = tokio::spawn(async move { unread.call(request("f", Duration::from_secs(60))).await });
    while session.open_calls() < 3 {
        tokio::task::yield_now().await;
    }
    // In the middle of a message too.
    session.write(&[1, 0, 0], None, &HeaderMap::new()).unwrap();
    session.end();
    functions.stops(1).await;
    let status = in_time(read_in_part).await.unwrap().unwrap_err();
    assert_eq!((status.code, status.executed), (Code::Unavailable, Executed::Maybe));
    let status = in_time(unread).await.unwrap().unwrap_err();
    assert_eq!((status.code, status.executed), (Code::Unavailable, Executed::No));
    assert_eq!(session.write(b"x", None, &HeaderMap::new()), Err(DeviceError::Ended));
    let status = session.call(request("f", Duration::from_secs(60))).await.unwrap_err();
    assert_eq!((status.code, status.executed), (Code::Unavailable, Executed::No));
}

/// spec: E-4
#[tokio::test]
async fn a_closed_conversation_ends_when_its_calls_have() {
    let (session, _) = session(DeviceConfig::default());
    let called = session.clone();
    let calling = tokio::spawn(async move { called.call(request("f", Duration::from_secs(60))).await });
    let [Message::Call(open)] = &read(&session).await[..] else {
        panic!("one call");
    };
    session.close();
    write(&session, call(9, b"late"));
    assert_eq!(failed(&session, 9).await.details.reason, "DRAINING");
    assert_eq!(session.read(&mut [0; 64]), Err(DeviceError::Empty));
    write(&session, answer(open.number, b"r"));
    assert_eq!(in_time(calling).await.unwrap().unwrap(), "r");
    in_time(std::future::poll_fn(|cx| session.poll_readable(cx))).await;
    assert_eq!(session.read(&mut [0; 64]), Ok(0));
}

/// spec: E-16, E-20
#[tokio::test]
async fn an_announcement_is_heard_once_and_only_where_it_may_be_made() {
    let wit = || Message::Announce {
        wit: "package a:b;".into(),
    };
    let reason = async |session: &Session| match &read(session).await[..] {
        [Message::Refuse(status)] => status.details.reason.clone(),
        other => panic!("{other:?}"),
    };
    let (closed, _) = session(DeviceConfig::default());
    write(&closed, wit());
    assert_eq!(reason(&closed).await, "ANNOUNCE_REFUSED");
    assert_eq!(*closed.announced().borrow(), None);
    let (open, _) = session(DeviceConfig {
        announces: true,
        ..DeviceConfig::default()
    });
    write(&open, wit());
    assert_eq!(open.announced().borrow().as_deref(), Some("package a:b;"));
    write(&open, wit());
    assert_eq!(reason(&open).await, "OUT_OF_TURN");
}

#[tokio::test]
async fn a_side_that_does_not_move_with_a_call_before_it_is_stalled() {
    let (session, _) = session(DeviceConfig::default());
    assert_eq!(session.stalled(), Duration::ZERO);
    let soon = Duration::from_millis(5);
    // It never reads: the call is taken back, and the other side is stalled nevertheless.
    session.call(request("f", soon)).await.unwrap_err();
    assert!(session.stalled() >= soon, "{:?}", session.stalled());
    write(&session, call(1, b""));
    assert_eq!(session.stalled(), Duration::ZERO);
    // It reads, and does not answer.
    let called = session.clone();
    let late = tokio::spawn(async move { called.call(request("f", Duration::from_millis(500))).await });
    read(&session).await;
    in_time(late).await.unwrap().unwrap_err();
    assert!(session.stalled() > Duration::ZERO);
}
