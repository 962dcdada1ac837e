//! Pooled instances: how long one is used again, and what ends it.

mod fixtures;

use bytes::Bytes;
use farcall_host::{CallContext, Closed, Failure, Host, HostConfig, Instances, Limits, Method, Policy, Transport};
use fixtures::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;

fn pooled(host: &Host, limits: Limits, transport: Arc<dyn Transport>) -> Instances {
    stateful(host, Policy::Pooled, limits, transport)
}

fn call(instances: &Instances, function: u32) -> tokio::task::JoinHandle<Result<Vec<u8>, Failure>> {
    let instances = instances.clone();
    tokio::spawn(async move { instances.call(function, Bytes::from_static(b"it"), soon()).await })
}

#[tokio::test]
async fn two_calls_at_once_have_two_instances_and_the_one_just_used_is_next() {
    let host = Host::default();
    let (gate, mut came) = Gate::new();
    let instances = pooled(&host, Limits::default(), gate.clone());
    assert_eq!(count(&instances).await, 1);
    let first = call(&instances, state::FORWARD);
    came.recv().await.unwrap();
    assert_eq!(count(&instances).await, 1, "the other instance is in use");
    assert_eq!(host.usage().instances, 2);
    gate.let_go(1);
    assert_eq!(first.await.unwrap(), Ok(b"it".to_vec()));
    assert_eq!(
        count(&instances).await,
        2,
        "the instance that became idle last had run one"
    );
    assert_eq!(host.usage().instances, 2);
}

#[tokio::test]
async fn a_trap_ends_its_instance_and_the_call_beside_it_does_not_notice() {
    let host = Host::default();
    let (gate, mut came) = Gate::new();
    let instances = pooled(&host, Limits::default(), gate.clone());
    let beside = call(&instances, state::FORWARD);
    came.recv().await.unwrap();
    assert_eq!(count(&instances).await, 1);
    let failure = instances.call(state::TRAP, Bytes::new(), soon()).await.unwrap_err();
    assert!(matches!(failure, Failure::Trap { .. }), "{failure}");
    assert_eq!(host.usage().instances, 1, "the trapped instance is gone");
    gate.let_go(1);
    assert_eq!(beside.await.unwrap(), Ok(b"it".to_vec()));
    assert_eq!(count(&instances).await, 1);
    assert_eq!(count(&instances).await, 2, "the instance beside it is used again");
}

#[tokio::test]
async fn a_passed_deadline_ends_the_instance() {
    let host = Host::default();
    let (gate, _came) = Gate::new();
    let instances = pooled(&host, Limits::default(), gate);
    for function in [state::LOOP, state::FORWARD] {
        assert_eq!(count(&instances).await, 1);
        let failure = instances.call(function, Bytes::new(), within_ms(50)).await.unwrap_err();
        assert!(matches!(failure, Failure::Deadline(_)), "{failure}");
        assert_eq!(host.usage().instances, 0);
    }
}

#[tokio::test]
async fn each_call_has_a_deadline_of_its_own() {
    let instances = pooled(&Host::default(), Limits::default(), Arc::new(Closed));
    let short = CallContext::within(Duration::from_millis(100));
    instances.call(state::COUNT, Bytes::new(), short.clone()).await.unwrap();
    tokio::time::sleep_until((short.deadline + Duration::from_millis(10)).into()).await;
    assert_eq!(count(&instances).await, 2, "the last call's deadline is nobody else's");
}

#[tokio::test]
async fn a_dropped_call_ends_its_instance_and_what_is_nested() {
    let host = Host::default();
    let (transport, mut entered, mut dropped) = Pending::new();
    let instances = pooled(&host, Limits::default(), transport);
    assert_eq!(count(&instances).await, 1);
    let pending = call(&instances, state::FORWARD);
    entered.recv().await.unwrap();
    pending.abort();
    assert!(pending.await.unwrap_err().is_cancelled());
    assert_eq!(dropped.try_recv(), Ok(()));
    assert_eq!(host.usage().instances, 0);
    assert_eq!(count(&instances).await, 1);
}

#[tokio::test]
async fn a_panic_of_the_hosts_own_code_ends_the_instance() {
    let host = Host::default();
    let transport = Answer(|_, _, _| -> Answered<'static> { panic!("on the way out") });
    let instances = pooled(&host, Limits::default(), Arc::new(transport));
    let failure = instances.call(state::FORWARD, Bytes::new(), soon()).await;
    assert_eq!(failure, Err(Failure::Panic("on the way out".into())));
    assert_eq!(host.usage().instances, 0);
    assert_eq!(count(&instances).await, 1);
}

#[tokio::test]
async fn an_instance_takes_as_many_calls_as_its_limit_says() {
    let limits = Limits {
        calls_per_instance: 3,
        ..Limits::default()
    };
    let instances = pooled(&Host::default(), limits, Arc::new(Closed));
    for expected in [1, 2, 3, 1, 2, 3, 1] {
        assert_eq!(count(&instances).await, expected);
    }
}

#[tokio::test]
async fn no_more_instances_idle_than_the_limit_says() {
    let host = Host::default();
    let (gate, mut came) = Gate::new();
    let limits = Limits {
        idle_instances: 2,
        ..Limits::default()
    };
    let instances = pooled(&host, limits, gate.clone());
    let calls: Vec<_> = (0..5).map(|_| call(&instances, state::FORWARD)).collect();
    for _ in 0..5 {
        came.recv().await.unwrap();
    }
    assert_eq!(host.usage().instances, 5);
    gate.let_go(5);
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(host.usage().instances, 2);
}

#[tokio::test]
async fn an_idle_instance_ends_without_another_call() {
    let host = Host::default();
    let limits = Limits {
        idle_time: Duration::from_millis(20),
        ..Limits::default()
    };
    let instances = pooled(&host, limits, Arc::new(Closed));
    for _ in 0..2 {
        assert_eq!(count(&instances).await, 1);
        for _ in 0..10_000 {
            if host.usage().instances == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(host.usage().instances, 0);
    }
}

#[test]
fn idle_instances_outlive_the_runtime_that_watched_them() {
    let host = Host::default();
    let limits = Limits {
        idle_time: Duration::from_millis(20),
        ..Limits::default()
    };
    let instances = pooled(&host, limits, Arc::new(Closed));
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap()
    };
    assert_eq!(runtime().block_on(count(&instances)), 1);
    runtime().block_on(async {
        assert_eq!(count(&instances).await, 2);
        for _ in 0..10_000 {
            if host.usage().instances == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        panic!("nobody ends it");
    });
}

#[tokio::test]
async fn idle_instances_make_room_for_a_call_of_another_program() {
    let mut config = HostConfig::default();
    config.instances = 4;
    let host = Host::new(config);
    let (gate, mut came) = Gate::new();
    let idle = pooled(&host, Limits::default(), gate.clone());
    let calls: Vec<_> = (0..4).map(|_| call(&idle, state::FORWARD)).collect();
    for _ in 0..4 {
        came.recv().await.unwrap();
    }
    let other = stateful(&host, Policy::Fresh, Limits::default(), Arc::new(Closed));
    let failure = other.call(state::COUNT, Bytes::new(), soon()).await.unwrap_err();
    assert!(matches!(failure, Failure::Full(_)), "none of them idles: {failure}");
    gate.let_go(4);
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(host.usage().instances, 4);
    assert_eq!(count(&other).await, 1);
    assert_eq!(host.usage().instances, 2, "the older half went");
}

#[tokio::test]
async fn no_instance_idles_when_half_of_the_hosts_memory_is_taken() {
    let mut config = HostConfig::default();
    config.memory = 3 << 20;
    let host = Host::new(config);
    let instances = pooled(&host, Limits::default(), Arc::new(Closed));
    instances.call(state::GROW, Bytes::new(), soon()).await.unwrap();
    assert_eq!(host.usage().instances, 1);
    instances.call(state::GROW, Bytes::new(), soon()).await.unwrap();
    assert_eq!(host.usage().instances, 0);
    assert_eq!(host.usage().memory, 0);
}

#[tokio::test]
async fn an_instance_whose_way_out_has_ended_is_not_used_again() {
    struct Once(AtomicBool);
    impl Transport for Once {
        fn call<'a>(&'a self, _: Method, request: Vec<u8>, _: &'a CallContext) -> Answered<'a> {
            self.0.store(true, SeqCst);
            Box::pin(async move { Ok(request) })
        }
        fn open(&self) -> Option<Arc<dyn Transport>> {
            Some(Arc::new(Once(AtomicBool::new(false))))
        }
        fn is_ended(&self) -> bool {
            self.0.load(SeqCst)
        }
    }
    for policy in [Policy::Pooled, Policy::Shared] {
        let transport = Arc::new(Once(AtomicBool::new(false)));
        let instances = stateful(&Host::default(), policy, Limits::default(), transport);
        assert_eq!(count(&instances).await, 1);
        assert_eq!(count(&instances).await, 2);
        let answer = instances.call(state::FORWARD, Bytes::from_static(b"it"), soon()).await;
        assert_eq!(answer, Ok(b"it".to_vec()), "the call itself is answered");
        assert_eq!(count(&instances).await, 1, "{policy}");
    }
}
