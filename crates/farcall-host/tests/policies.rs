//! What each policy keeps between calls and what it does not, and that calls side by side never meet.

mod fixtures;

use bytes::Bytes;
use farcall_host::{CallContext, Closed, Code, Executed, Failure, Host, Limits, Method, Policy, Status};
use fixtures::*;
use std::sync::Arc;
use std::time::{Duration, Instant};

const POLICIES: [Policy; 3] = [Policy::Fresh, Policy::Pooled, Policy::Shared];

#[test]
fn a_policy_goes_by_its_name() {
    for policy in POLICIES {
        assert_eq!(policy.to_string().parse(), Ok(policy));
    }
    assert_eq!(Policy::default(), Policy::Fresh);
    let error = "Shared".parse::<Policy>().unwrap_err();
    assert_eq!(error.to_string(), "`Shared` is no policy: fresh, pooled or shared");
}

#[tokio::test]
async fn state_is_kept_as_the_policy_says() {
    for (policy, counts) in [
        (Policy::Fresh, [1, 1, 1]),
        (Policy::Pooled, [1, 2, 3]),
        (Policy::Shared, [1, 2, 3]),
    ] {
        let instances = stateful(&Host::default(), policy, Limits::default(), Arc::new(Closed));
        assert_eq!(instances.policy(), policy);
        let clone = instances.clone();
        let seen = [count(&instances).await, count(&clone).await, count(&instances).await];
        assert_eq!(seen, counts, "{policy}");
    }
}

#[tokio::test]
async fn a_refusal_and_a_response_too_large_leave_the_instance_as_it_was() {
    for policy in [Policy::Pooled, Policy::Shared] {
        let limits = Limits {
            message: 1000,
            ..Limits::default()
        };
        let instances = stateful(&Host::default(), policy, limits, Arc::new(Closed));
        assert_eq!(count(&instances).await, 1);
        let refused = instances.call(state::REFUSE, Bytes::new(), soon()).await;
        assert_eq!(
            refused,
            Err(Failure::Refused(Status::new(Code::InvalidArgument, "not today")))
        );
        let wide = Bytes::copy_from_slice(&1001u32.to_le_bytes());
        let too_large = instances.call(state::WIDE, wide, soon()).await;
        assert_eq!(too_large, Err(Failure::TooLarge { limit: 1000 }));
        assert_eq!(count(&instances).await, 2, "{policy}");
    }
}

#[tokio::test]
async fn a_trap_is_not_blamed_on_memory_that_an_earlier_call_was_refused() {
    for policy in [Policy::Pooled, Policy::Shared] {
        let instances = stateful(&Host::default(), policy, Limits::default(), Arc::new(Closed));
        instances.call(state::SURVIVE, Bytes::new(), soon()).await.unwrap();
        assert_eq!(count(&instances).await, 2, "the instance survived");
        let failure = instances.call(state::TRAP, Bytes::new(), soon()).await.unwrap_err();
        assert!(matches!(failure, Failure::Trap { .. }), "{policy}: {failure}");
    }
}

#[tokio::test]
async fn a_component_without_the_door_says_so_under_every_policy() {
    for policy in POLICIES {
        let program = farcall_host::Program::load(
            &Host::default(),
            "command",
            &command(),
            farcall_host::Grants::default(),
            Limits::default(),
            Arc::new(Closed),
        );
        let instances = farcall_host::Instances::new(program.unwrap(), policy);
        let failure = instances.call(0, Bytes::new(), soon()).await.unwrap_err();
        assert!(matches!(failure, Failure::NoDoor(_)), "{policy}: {failure}");
        assert_eq!(failure.executed(), Executed::No);
    }
}

/// What a transport sees of the context, as bytes.
fn seen(context: &CallContext, base: Instant) -> Vec<u8> {
    let nanoseconds = context.deadline.duration_since(base).as_nanos();
    format!("{nanoseconds} {:?}", context.forward).into_bytes()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_calls_of_64_callers_each_see_their_own_request_context_and_deadline() {
    let base = Instant::now();
    for policy in POLICIES {
        let transport = Answer(
            move |_: Method, request: Vec<u8>, context: CallContext| -> Answered<'static> {
                Box::pin(async move {
                    // Others get their turn while this call is in the middle.
                    tokio::task::yield_now().await;
                    Ok([request, seen(&context, base)].concat())
                })
            },
        );
        let host = Host::default();
        let instances = stateful(&host, policy, Limits::default(), Arc::new(transport));
        let callers = (0..64u64).map(|caller| {
            let instances = instances.clone();
            tokio::spawn(async move {
                for number in 0..157u64 {
                    let context = CallContext {
                        deadline: Instant::now() + Duration::from_millis(20_000 + caller),
                        forward: vec![("caller".into(), format!("{caller}.{number}"))],
                        caller: None,
                    };
                    let request = format!("{caller} {number} ");
                    let expected = [request.clone().into_bytes(), seen(&context, base)].concat();
                    let answer = instances.call(state::FORWARD, request.into(), context).await;
                    assert_eq!(answer, Ok(expected));
                }
            })
        });
        for caller in callers.collect::<Vec<_>>() {
            caller.await.unwrap();
        }
        let alive = host.usage().instances;
        match policy {
            Policy::Fresh => assert_eq!(alive, 0),
            Policy::Pooled => assert!((1..=64).contains(&alive), "{alive}"),
            Policy::Shared => assert_eq!(alive, 1),
        }
        drop(instances);
        assert_eq!(host.usage().instances, 0, "{policy}: instances end with what has them");
        assert_eq!(host.usage().memory, 0);
    }
}
