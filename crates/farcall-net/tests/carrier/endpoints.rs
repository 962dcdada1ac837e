//! Several endpoints: calls are spread, a dead one is left out and comes back, and nothing runs twice.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use farcall_net::{
    BoxFuture, Channel, ClientConfig, Code, Executed, Request, Response, Server, ServerConfig, Service, Status,
};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::fixture::{Served, Way, in_time};

/// How often each request ran, over all servers.
#[derive(Default)]
struct Ran(Mutex<HashMap<Bytes, usize>>);

/// Counts what runs, after a pause in which the server can die.
struct Counting {
    ran: Arc<Ran>,
    calls: Arc<AtomicU64>,
}

impl Service for Counting {
    fn knows(&self, _: &str) -> bool {
        true
    }

    fn call(&self, request: Request) -> BoxFuture<'_, Result<Response, Status>> {
        Box::pin(async move {
            *self.ran.0.lock().unwrap().entry(request.body.clone()).or_default() += 1;
            self.calls.fetch_add(1, Ordering::SeqCst);
            for _ in 0..3 {
                tokio::task::yield_now().await;
            }
            Ok(Response::new(request.body))
        })
    }
}

/// A server with a runtime of its own, to be killed as its process would be.
struct Killable {
    runtime: Option<Runtime>,
    address: SocketAddr,
    calls: Arc<AtomicU64>,
}

impl Killable {
    fn start(listen: &str, ran: &Arc<Ran>) -> Killable {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let calls = Arc::new(AtomicU64::new(0));
        let service = Arc::new(Counting {
            ran: ran.clone(),
            calls: calls.clone(),
        });
        let server = runtime
            .block_on(Server::bind(listen, service, ServerConfig::default()))
            .unwrap();
        let address = server.local_addr().socket().unwrap();
        runtime.spawn(server.serve(std::future::pending()));
        Killable {
            runtime: Some(runtime),
            address,
            calls,
        }
    }

    /// Sockets close at once, whatever is under way.
    fn kill(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }

    fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }
}

impl Drop for Killable {
    fn drop(&mut self) {
        self.kill();
    }
}

/// How each call of one caller ended.
type Ends = Vec<(Bytes, Result<(), Status>)>;

/// 32 callers that call until they are told to stop; what they were told of each call.
struct Load {
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicU64>,
    callers: Vec<std::thread::JoinHandle<Ends>>,
}

const CALLERS: usize = 32;

impl Load {
    fn begin(channel: &Channel) -> (Runtime, Load) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let answered = Arc::new(AtomicU64::new(0));
        let callers = (0..CALLERS)
            .map(|caller| {
                let (channel, stop, answered) = (channel.clone(), stop.clone(), answered.clone());
                let handle = runtime.handle().clone();
                std::thread::spawn(move || {
                    let mut told = Vec::new();
                    while !stop.load(Ordering::SeqCst) && told.len() < MOST_CALLS {
                        let body = Bytes::from(format!("{caller}/{}", told.len()));
                        let result = handle.block_on(channel.call(Request::new("/t.T/Count", body.clone())));
                        let result = result.map(|response| assert_eq!(response.body, body));
                        answered.fetch_add(1, Ordering::SeqCst);
                        told.push((body, result));
                    }
                    told
                })
            })
            .collect();
        (
            runtime,
            Load {
                stop,
                answered,
                callers,
            },
        )
    }

    /// Wait until this many more calls have been answered.
    fn wait_for(&self, more: u64) {
        let wanted = self.answered.load(Ordering::SeqCst) + more;
        wait_until(|| self.answered.load(Ordering::SeqCst) >= wanted);
    }

    fn end(self) -> Vec<(Bytes, Result<(), Status>)> {
        self.stop.store(true, Ordering::SeqCst);
        self.callers
            .into_iter()
            .flat_map(|caller| caller.join().unwrap())
            .collect()
    }
}

const MOST_CALLS: usize = 100_000;

fn wait_until(mut is_so: impl FnMut() -> bool) {
    for _ in 0..60_000 {
        if is_so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    panic!("waited for 60 s");
}

fn one_of_three_is_killed_and_comes_back(way: Way) {
    let ran = Arc::new(Ran::default());
    let mut servers: Vec<Killable> = (0..3).map(|_| Killable::start("127.0.0.1:0", &ran)).collect();
    let target: Vec<String> = servers
        .iter()
        .map(|server| format!("http://{}", server.address))
        .collect();
    let config = ClientConfig {
        backoff_first: Duration::from_millis(10),
        backoff_most: Duration::from_millis(100),
        ..way.config(ClientConfig::default())
    };
    let channel = Channel::new(target.join(",").parse().unwrap(), config);
    let (runtime, load) = Load::begin(&channel);

    load.wait_for(1000);
    for server in &servers {
        assert!(server.calls() > 100, "{}", server.calls());
    }
    servers[1].kill();
    load.wait_for(1000);
    let others = [servers[0].calls(), servers[2].calls()];
    load.wait_for(1000);
    assert!(servers[0].calls() > others[0] + 100 && servers[2].calls() > others[1] + 100);

    let revived = Killable::start(&servers[1].address.to_string(), &ran);
    wait_until(|| revived.calls() > 100);
    let told = load.end();
    runtime.shutdown_background();

    let ran = ran.0.lock().unwrap();
    let mut maybe = 0;
    for (body, result) in &told {
        let count = ran.get(body).copied().unwrap_or(0);
        match result {
            Ok(()) => assert_eq!(count, 1, "{body:?} was answered"),
            Err(status) => {
                // Whatever was certainly not run has moved on, for two of three were always there.
                assert_eq!(
                    (status.code, status.executed),
                    (Code::Unavailable, Executed::Maybe),
                    "{status}"
                );
                assert!(count <= 1, "{body:?} ran {count} times");
                assert!(status.message.contains(&target[1]), "{status}");
                maybe += 1;
            }
        }
    }
    assert!(maybe <= CALLERS, "{maybe} calls were under way at the killed server");
    assert!(told.len() > 3000);
}

#[test]
fn one_of_three_is_killed_and_comes_back_over_grpc() {
    one_of_three_is_killed_and_comes_back(Way::Grpc);
}

#[test]
fn one_of_three_is_killed_and_comes_back_over_connect() {
    one_of_three_is_killed_and_comes_back(Way::Connect);
}

#[test]
fn one_of_three_is_killed_and_comes_back_over_http1() {
    one_of_three_is_killed_and_comes_back(Way::Http1);
}

async fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

#[tokio::test]
async fn when_all_are_dead_each_is_named_with_its_reason() {
    let (one, two) = (free_address().await, free_address().await);
    let target = format!("http://{one},http://{two},unix:/no/such/socket");
    let channel = Channel::new(target.parse().unwrap(), ClientConfig::default());
    for _ in 0..3 {
        let status = in_time(channel.call(Request::new("/t.T/Echo", ""))).await.unwrap_err();
        assert_eq!((status.code, status.executed), (Code::Unavailable, Executed::No));
        assert_eq!(
            status.message,
            format!(
                "none of 3 endpoints takes the call: nothing listens at http://{one} (connection refused); nothing \
                 listens at http://{two} (connection refused); nothing listens at unix:/no/such/socket (there is no \
                 such socket)"
            )
        );
    }
}

#[tokio::test]
async fn a_dead_endpoint_costs_no_call() {
    let served = Served::start().await;
    let target = format!("http://{},{}", free_address().await, served.address);
    let channel = Channel::new(target.parse().unwrap(), ClientConfig::default());
    for _ in 0..100 {
        in_time(channel.call(Request::new("/t.T/Echo", ""))).await.unwrap();
    }
    assert_eq!(served.gauges.calls_started(), 100);
}

#[tokio::test]
async fn a_call_that_a_full_server_refuses_moves_on() {
    let full = Served::with(ServerConfig {
        max_concurrent_calls: 0,
        ..ServerConfig::default()
    })
    .await;
    let served = Served::start().await;
    let target = format!("{},{}", full.address, served.address);
    let channel = Channel::new(target.parse().unwrap(), ClientConfig::default());
    for _ in 0..50 {
        in_time(channel.call(Request::new("/t.T/Echo", ""))).await.unwrap();
    }
    assert_eq!(served.gauges.calls_started(), 50);
    // With nobody else to ask it is the server's own word.
    let channel = Channel::new(full.address.to_string().parse().unwrap(), ClientConfig::default());
    let status = in_time(channel.call(Request::new("/t.T/Echo", ""))).await.unwrap_err();
    assert_eq!(status.details.reason, "OVERLOADED");
}

#[tokio::test]
async fn a_status_of_a_function_stays_where_it_was_made() {
    let (one, two) = (Served::start().await, Served::start().await);
    let target = format!("{},{}", one.address, two.address);
    let channel = Channel::new(target.parse().unwrap(), ClientConfig::default());
    for calls in 1..=20 {
        let status = in_time(channel.call(Request::new("/t.T/Status", "14")))
            .await
            .unwrap_err();
        assert_eq!((status.code, status.executed), (Code::Unavailable, Executed::Maybe));
        let started = one.gauges.calls_started() + two.gauges.calls_started();
        assert_eq!(started, calls);
    }
}
