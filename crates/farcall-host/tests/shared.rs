//! The shared instance: one call after another, what cancelling and deadlines do to a call, and what ends its state.

mod fixtures;

use bytes::Bytes;
use farcall_host::{
    CallContext, Closed, Code, Executed, Failure, Host, Instances, Limits, Method, Policy, Status, Transport,
};
use fixtures::*;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::task::JoinHandle;

fn shared(limits: Limits, transport: Arc<dyn Transport>) -> Instances {
    stateful(&Host::default(), Policy::Shared, limits, transport)
}

fn call(
    instances: &Instances,
    function: u32,
    request: u8,
    context: CallContext,
) -> JoinHandle<Result<Vec<u8>, Failure>> {
    let instances = instances.clone();
    tokio::spawn(async move { instances.call(function, vec![request].into(), context).await })
}

/// On one thread, a task that was spawned has taken its place after the next turn.
async fn turn() {
    tokio::task::yield_now().await;
}

#[tokio::test]
async fn calls_run_one_after_another_in_the_order_of_their_arrival() {
    let (gate, mut came) = Gate::new();
    let instances = shared(Limits::default(), gate.clone());
    let mut calls = Vec::new();
    for number in 0..20 {
        calls.push(call(&instances, state::FORWARD, number, soon()));
        turn().await;
    }
    for number in 0..20 {
        assert_eq!(came.recv().await, Some(vec![number]));
        assert!(came.try_recv().is_err(), "one at a time");
        gate.let_go(1);
    }
    for (number, call) in calls.into_iter().enumerate() {
        assert_eq!(call.await.unwrap(), Ok(vec![number as u8]));
    }
}

#[tokio::test]
async fn dropping_a_call_that_runs_does_not_end_it() {
    let (gate, mut came) = Gate::new();
    let instances = shared(Limits::default(), gate.clone());
    assert_eq!(count(&instances).await, 1);
    let running = call(&instances, state::FORWARD, 1, soon());
    came.recv().await.unwrap();
    running.abort();
    assert!(running.await.unwrap_err().is_cancelled());
    let next = call(&instances, state::COUNT, 0, soon());
    turn().await;
    assert!(
        !next.is_finished(),
        "the call that nobody hears is still in the instance"
    );
    gate.let_go(1);
    assert_eq!(
        next.await.unwrap(),
        Ok(2u64.to_le_bytes().to_vec()),
        "the state is kept"
    );
}

#[tokio::test]
async fn a_call_whose_deadline_passes_runs_on_unheard() {
    let (gate, mut came) = Gate::new();
    let instances = shared(Limits::default(), gate.clone());
    assert_eq!(count(&instances).await, 1);
    let failure = call(&instances, state::FORWARD, 1, within_ms(50)).await.unwrap();
    assert!(
        matches!(failure, Err(Failure::Deadline(allowed)) if allowed <= Duration::from_millis(50)),
        "{failure:?}"
    );
    came.recv().await.unwrap();
    gate.let_go(1);
    assert_eq!(count(&instances).await, 2);
}

#[tokio::test]
async fn the_operators_limit_ends_the_instance_and_waiting_calls_get_a_new_one() {
    let limits = Limits {
        deadline: Duration::from_millis(300),
        ..Limits::default()
    };
    let instances = shared(limits, Arc::new(Closed));
    assert_eq!(count(&instances).await, 1);
    let looping = call(&instances, state::LOOP, 0, within_ms(30));
    turn().await;
    let failure = looping.await.unwrap();
    assert!(
        matches!(failure, Err(Failure::Deadline(allowed)) if allowed <= Duration::from_millis(30)),
        "{failure:?}"
    );
    assert_eq!(count(&instances).await, 1, "its state is lost");
    assert_eq!(count(&instances).await, 2);
}

#[tokio::test]
async fn the_operators_limit_counts_from_where_a_call_began_to_run() {
    let (gate, mut came) = Gate::new();
    let limits = Limits {
        deadline: Duration::from_secs(2),
        ..Limits::default()
    };
    let instances = shared(limits, gate.clone());
    let first = call(&instances, state::FORWARD, 1, soon());
    came.recv().await.unwrap();
    let second = call(&instances, state::FORWARD, 2, soon());
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    gate.let_go(1);
    assert!(first.await.unwrap().is_ok());
    came.recv().await.unwrap();
    let failure = second.await.unwrap();
    assert!(
        matches!(failure, Err(Failure::Deadline(_))),
        "its caller waited and ran for 2 s: {failure:?}"
    );
    gate.let_go(1);
    assert_eq!(
        count(&instances).await,
        1,
        "the instance had time left, and is the same"
    );
    assert_eq!(
        instances.call(state::COUNT, Bytes::new(), soon()).await,
        Ok(2u64.to_le_bytes().to_vec())
    );
}

#[tokio::test]
async fn a_trap_ends_the_state_and_calls_that_had_not_begun_get_a_new_instance() {
    let (gate, mut came) = Gate::new();
    let instances = shared(Limits::default(), gate.clone());
    assert_eq!(count(&instances).await, 1);
    let first = call(&instances, state::FORWARD, 1, soon());
    came.recv().await.unwrap();
    let trap = call(&instances, state::TRAP, 0, soon());
    turn().await;
    let after = call(&instances, state::COUNT, 0, soon());
    turn().await;
    gate.let_go(1);
    assert_eq!(first.await.unwrap(), Ok(vec![1]), "it was done before");
    let failure = trap.await.unwrap();
    assert!(matches!(failure, Err(Failure::Trap { .. })), "{failure:?}");
    assert_eq!(after.await.unwrap(), Ok(1u64.to_le_bytes().to_vec()));
}

#[tokio::test]
async fn a_call_that_waits_in_vain_says_so_and_did_not_run() {
    let (gate, mut came) = Gate::new();
    let instances = shared(Limits::default(), gate.clone());
    let first = call(&instances, state::FORWARD, 1, soon());
    came.recv().await.unwrap();
    let failure = instances
        .call(state::COUNT, Bytes::new(), within_ms(80))
        .await
        .unwrap_err();
    assert!(matches!(failure, Failure::Waited { allowed } if allowed <= Duration::from_millis(80)));
    assert_eq!(failure.executed(), Executed::No);
    assert!(failure.to_string().contains("waits for itself"), "{failure}");
    gate.let_go(1);
    assert_eq!(first.await.unwrap(), Ok(vec![1]));
    assert_eq!(count(&instances).await, 1);
}

#[tokio::test]
async fn a_call_whose_deadline_has_passed_never_enters_the_instance() {
    let instances = shared(Limits::default(), Arc::new(Closed));
    let failure = instances.call(state::COUNT, Bytes::new(), within_ms(0)).await;
    assert_eq!(failure, Err(Failure::Deadline(Duration::ZERO)));
    assert_eq!(count(&instances).await, 1);
}

#[tokio::test]
async fn the_queue_has_an_end_and_a_dropped_call_leaves_it() {
    let (gate, mut came) = Gate::new();
    let limits = Limits {
        waiting: 2,
        ..Limits::default()
    };
    let instances = shared(limits, gate.clone());
    let first = call(&instances, state::FORWARD, 1, soon());
    came.recv().await.unwrap();
    let (second, third) = (
        call(&instances, state::COUNT, 0, soon()),
        call(&instances, state::COUNT, 0, soon()),
    );
    turn().await;
    let failure = instances.call(state::COUNT, Bytes::new(), soon()).await.unwrap_err();
    assert_eq!(
        failure.to_string(),
        "no instance is free: 2 calls wait for the shared instance, the limit"
    );
    assert_eq!(failure.executed(), Executed::No);
    second.abort();
    assert!(second.await.unwrap_err().is_cancelled());
    let fourth = call(&instances, state::COUNT, 0, soon());
    turn().await;
    gate.let_go(1);
    assert_eq!(first.await.unwrap(), Ok(vec![1]));
    assert_eq!(third.await.unwrap(), Ok(1u64.to_le_bytes().to_vec()));
    assert_eq!(
        fourth.await.unwrap(),
        Ok(2u64.to_le_bytes().to_vec()),
        "the dropped one did not run"
    );
}

#[tokio::test]
async fn a_panic_of_the_hosts_own_code_ends_the_instance_alone() {
    let transport = Answer(|_, _, _| -> Answered<'static> { panic!("on the way out") });
    let instances = shared(Limits::default(), Arc::new(transport));
    assert_eq!(count(&instances).await, 1);
    let failure = instances.call(state::FORWARD, Bytes::new(), soon()).await;
    assert_eq!(failure, Err(Failure::Panic("on the way out".into())));
    assert_eq!(count(&instances).await, 1);
}

/// Answers an instance's imports by calls of other instances, which are named later: links may form a ring.
#[derive(Default)]
struct To(OnceLock<Instances>);

impl Transport for To {
    fn call<'a>(&'a self, _: Method, request: Vec<u8>, context: &'a CallContext) -> Answered<'a> {
        Box::pin(async move {
            let next = self.0.get().expect("it is linked");
            let answer = next.call(state::FORWARD, request.into(), context.clone()).await;
            answer.map_err(|failure| match failure {
                Failure::Refused(status) => status,
                failure => Status::new(Code::DeadlineExceeded, failure.to_string()),
            })
        })
    }
}

#[tokio::test]
async fn a_call_that_comes_back_to_its_own_instance_ends_in_time_and_says_why() {
    let (to_a, to_b) = (Arc::new(To::default()), Arc::new(To::default()));
    let a = shared(Limits::default(), to_b.clone());
    let b = shared(Limits::default(), to_a.clone());
    to_a.0.set(a.clone()).unwrap();
    to_b.0.set(b).unwrap();
    assert_eq!(count(&a).await, 1);
    let Err(Failure::Refused(status)) = a.call(state::FORWARD, Bytes::new(), within_ms(400)).await else {
        panic!("the stubs pass the status on");
    };
    assert_eq!(status.code, Code::DeadlineExceeded);
    assert!(status.message.contains("waits for itself"), "{status}");
    assert_eq!(count(&a).await, 2, "the state is kept");
}

#[test]
fn a_runtime_that_stops_ends_what_runs_and_the_next_one_has_a_new_instance() {
    let (gate, mut came) = Gate::new();
    let instances = shared(Limits::default(), gate);
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap()
    };
    runtime().block_on(async {
        assert_eq!(count(&instances).await, 1);
        drop(call(&instances, state::FORWARD, 1, soon()));
        came.recv().await.unwrap();
    });
    assert_eq!(runtime().block_on(count(&instances)), 1);
}
