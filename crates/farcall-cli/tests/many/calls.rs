//! Many calls at once: each gets its own result, over few connections. How fast they are is not measured here.

use std::sync::Arc;
use std::time::Duration;

use farcall::{CallOptions, Client, Value};
use tokio::task::JoinSet;

use crate::harness::{Server, Wire, calc, component};

const CALLERS: i32 = 64;
/// The most that a client opens to one endpoint.
const CONNECTIONS: usize = 4;

/// spec: C-13
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_calls_at_64_callers_end_with_the_right_results_under_each_policy() {
    for policy in ["fresh", "pooled", "shared"] {
        let server = Server::start(&[&calc(), "--policy", policy]).await;
        let wire = Wire::to(server.url()).await;
        adds(&wire.url, 1_000).await;
        let open = server.open_files();
        adds(&wire.url, 10_000).await;
        assert!(
            (1..=2 * CONNECTIONS).contains(&wire.connections()),
            "{policy}: {} connections of two clients",
            wire.connections()
        );
        // The second client's connections may still be closing.
        assert!(
            server.open_files() <= open + CONNECTIONS,
            "{policy}: {} files were open, now {}",
            open,
            server.open_files()
        );
        server.signal("TERM").await;
        server.ended().await.with(0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_calls_through_a_calling_component_end_with_the_right_results() {
    let folder = tempfile::tempdir().expect("a folder");
    let relay = component(folder.path(), "relay.wasm", include_str!("../components/relay.wat"));
    let far = Server::start(&[&calc()]).await;
    let wire = Wire::to(far.url()).await;
    let near = Server::start(&[&relay, "--link", &format!("demo:calc/ops={}", wire.url)]).await;
    adds(near.url(), 2_000).await;
    assert!(
        (1..=CONNECTIONS).contains(&wire.connections()),
        "{} connections",
        wire.connections()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_of_every_size_come_back_to_the_call_that_they_belong_to() {
    let server = Server::start(&[&calc()]).await;
    let client = Arc::new(Client::connect(server.url()).expect("a target"));
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        let client = Arc::clone(&client);
        callers.spawn(async move {
            let options = patient();
            let greet = client
                .catalog(&options)
                .await
                .expect("the server answers")
                .find(&name("greet"));
            let greet = greet.expect("it is there").clone();
            for call in 0..8 {
                let name = format!("{caller}.{call} ").repeat(1 << (2 * call));
                let greeting = client.call(&greet, &[Value::String(name.clone())], &options).await;
                let value = greeting.expect("it has no reason to fail").value;
                assert_eq!(value, Some(Value::String(format!("hello, {name}"))));
            }
        });
    }
    crate::harness::within(callers.join_all()).await;
}

/// So many calls of the target's `add`, no two with the same arguments, spread over the callers of one client.
async fn adds(url: &str, calls: i32) {
    let client = Arc::new(Client::connect(url).expect("a target"));
    let options = patient();
    let catalog = crate::harness::within(client.catalog(&options))
        .await
        .expect("the server answers");
    let add = Arc::new(catalog.find(&name("add")).expect("it is there").clone());
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        let (client, add, options) = (Arc::clone(&client), Arc::clone(&add), options.clone());
        callers.spawn(async move {
            let mut ended = 0;
            for n in (caller..calls).step_by(CALLERS as usize) {
                let (a, b) = (n, 1_000_000_007 - n * 65_537 % 40_009);
                let sum = client.call(&add, &[Value::S32(a), Value::S32(b)], &options).await;
                assert_eq!(
                    sum.expect("it has no reason to fail").value,
                    Some(Value::S32(a + b)),
                    "add({a}, {b})"
                );
                ended += 1;
            }
            ended
        });
    }
    let ended: i32 = crate::harness::within(callers.join_all()).await.into_iter().sum();
    assert_eq!(ended, calls);
}

fn name(function: &str) -> farcall::wit::CallName {
    function.parse().expect("a name")
}

fn patient() -> CallOptions {
    CallOptions {
        deadline: Some(Duration::from_secs(30)),
        ..CallOptions::default()
    }
}
