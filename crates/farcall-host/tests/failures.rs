//! Calls that go wrong: each kind of failure, told apart, and nobody else disturbed.

mod fixtures;

use farcall_host::{Closed, Code, Executed, Failure, Grants, Host, HostConfig, Limits, Method, Program, Status};
use fixtures::*;
use std::sync::Arc;
use std::time::{Duration, Instant};

fn trap_code(failure: &Failure) -> &str {
    match failure {
        Failure::Trap { code, .. } => code,
        other => panic!("not a trap: {other:?}"),
    }
}

#[tokio::test]
async fn a_trap_names_its_kind_and_keeps_its_frames_apart() {
    let program = callee(Limits::default());
    let failure = program.call(TRAP, b"", soon()).await.unwrap_err();
    let Failure::Trap {
        code,
        message,
        backtrace,
    } = &failure
    else {
        panic!("not a trap: {failure:?}")
    };
    assert_eq!(code, "unreachable-code-reached");
    assert_eq!(message, "wasm trap: wasm `unreachable` instruction executed");
    assert!(backtrace.contains("wasm function"), "{backtrace}");
    assert!(!failure.to_string().contains("wasm function"), "{failure}");
    assert_eq!(failure.executed(), Executed::Maybe);

    assert_eq!(
        trap_code(&program.call(RECURSE, b"", soon()).await.unwrap_err()),
        "stack-overflow"
    );
    assert_eq!(
        trap_code(&program.call(OUTSIDE, b"", soon()).await.unwrap_err()),
        "memory-out-of-bounds"
    );
    assert_eq!(program.call(ECHO, b"fine", soon()).await, Ok(b"fine".to_vec()));
}

// One thread, so that the others get their turns only from the loop's yielding.
#[tokio::test(flavor = "current_thread")]
async fn an_endless_loop_ends_at_its_deadline_while_others_finish() {
    let program = callee(Limits::default());
    let looping = tokio::spawn({
        let program = program.clone();
        async move { program.call(LOOP, b"", within_ms(3_000)).await }
    });
    tokio::task::yield_now().await;
    let calls: Vec<_> = (0..20u8)
        .map(|number| {
            let program = program.clone();
            tokio::spawn(async move { program.call(ECHO, &[number], soon()).await })
        })
        .collect();
    for (number, call) in calls.into_iter().enumerate() {
        assert_eq!(call.await.unwrap(), Ok(vec![number as u8]));
    }
    assert!(!looping.is_finished(), "the others finished while it looped");
    let failure = looping.await.unwrap().unwrap_err();
    let Failure::Deadline(allowed) = failure else {
        panic!("{failure}")
    };
    assert!(
        allowed > Duration::from_secs(1) && allowed <= Duration::from_secs(3),
        "{allowed:?}"
    );
}

#[tokio::test]
async fn a_deadline_ends_a_loop_promptly() {
    let program = callee(Limits {
        deadline: Duration::from_millis(50),
        ..Limits::default()
    });
    let before = Instant::now();
    assert!(matches!(
        program.call(LOOP, b"", soon()).await,
        Err(Failure::Deadline(_))
    ));
    let took = before.elapsed();
    assert!(
        took >= Duration::from_millis(50) && took < Duration::from_secs(5),
        "{took:?}"
    );
}

#[tokio::test]
async fn a_deadline_that_has_passed_ends_the_call_at_once() {
    let program = callee(Limits::default());
    assert!(matches!(
        program.call(LOOP, b"", within_ms(0)).await,
        Err(Failure::Deadline(_))
    ));
}

#[tokio::test]
async fn a_deadline_covers_the_time_in_a_nested_call() {
    let (transport, mut entered, mut dropped) = Pending::new();
    let program = caller(Limits::default(), transport);
    assert!(matches!(
        program.call(FORWARD, b"", within_ms(50)).await,
        Err(Failure::Deadline(_))
    ));
    assert_eq!(entered.recv().await, Some(()));
    assert_eq!(dropped.recv().await, Some(()), "the nested call was cancelled");
}

#[tokio::test]
async fn a_guest_that_takes_memory_without_end_is_stopped_while_others_go_on() {
    let program = callee(Limits {
        memory: 64 << 20,
        ..Limits::default()
    });
    let hogs: Vec<_> = (0..8)
        .map(|_| {
            let program = program.clone();
            tokio::spawn(async move { program.call(HOG, b"", soon()).await })
        })
        .collect();
    for number in 0..50u8 {
        assert_eq!(program.call(ECHO, &[number], soon()).await, Ok(vec![number]));
    }
    for hog in hogs {
        let failure = hog.await.unwrap().unwrap_err();
        assert_eq!(failure, Failure::Memory { limit: 64 << 20 });
        assert_eq!(
            failure.to_string(),
            "guest needs more memory than its 67108864 bytes, or than the host has for all"
        );
    }
}

#[tokio::test]
async fn a_guest_that_needs_too_much_to_start_is_out_of_memory() {
    let program = callee(Limits {
        memory: 1000,
        ..Limits::default()
    });
    assert_eq!(
        program.call(ECHO, b"", soon()).await,
        Err(Failure::Memory { limit: 1000 })
    );
}

#[tokio::test]
async fn a_table_without_end_is_stopped() {
    let program = callee(Limits {
        table_elements: 50_000,
        ..Limits::default()
    });
    assert!(matches!(
        program.call(TABLE_HOG, b"", soon()).await,
        Err(Failure::Memory { .. })
    ));
}

#[tokio::test]
async fn a_component_of_too_many_instances_is_refused() {
    let program = callee(Limits {
        instances: 1,
        ..Limits::default()
    });
    let failure = program.call(ECHO, b"", soon()).await.unwrap_err();
    assert!(
        matches!(&failure, Failure::Instance(reason) if reason.contains("instance")),
        "{failure}"
    );
}

#[tokio::test]
async fn a_response_past_the_limit_of_a_message_is_not_passed_on() {
    let program = callee(Limits {
        message: 1000,
        ..Limits::default()
    });
    assert_eq!(
        program
            .call(WIDE, &1000u32.to_le_bytes(), soon())
            .await
            .map(|bytes| bytes.len()),
        Ok(1000)
    );
    let failure = program.call(WIDE, &1001u32.to_le_bytes(), soon()).await.unwrap_err();
    assert_eq!(failure, Failure::TooLarge { limit: 1000 });
    assert_eq!(failure.executed(), Executed::Maybe);
}

#[tokio::test]
async fn a_response_past_what_the_host_will_lift_is_too_large_as_well() {
    let program = callee(Limits {
        message: 1000,
        ..Limits::default()
    });
    let failure = program
        .call(WIDE, &(100u32 << 20).to_le_bytes(), soon())
        .await
        .unwrap_err();
    assert_eq!(failure, Failure::TooLarge { limit: 1000 });
}

#[tokio::test]
async fn a_nested_request_past_the_limit_is_refused_before_it_leaves() {
    let transport = Answer(|_, _, _| -> Answered<'static> { panic!("it left") });
    let program = caller(
        Limits {
            message: 1000,
            ..Limits::default()
        },
        Arc::new(transport),
    );
    let Err(Failure::Refused(status)) = program.call(FORWARD, &[0; 1001], soon()).await else {
        panic!("the stub passes the status on");
    };
    assert_eq!(status.code, Code::ResourceExhausted);
    assert_eq!(
        status.message,
        "request of 1001 bytes to /demo.far.v0_1.Away/Go exceeds the limit of 1000"
    );
}

#[tokio::test]
async fn a_stub_that_aborts_ends_the_call_with_the_nested_status() {
    let transport = Answer(|_, _, _| -> Answered<'static> {
        Box::pin(async {
            Err(Status {
                code: Code::Unavailable,
                message: "gone".into(),
                details: vec![7],
            })
        })
    });
    let program = caller(Limits::default(), Arc::new(transport));
    let failure = program.call(FORWARD_OR_ABORT, b"", soon()).await.unwrap_err();
    let method = Method {
        link: "demo:far/away@0.1.0".into(),
        path: "/demo.far.v0_1.Away/Go".into(),
        fingerprint: "print".into(),
    };
    let status = Status {
        code: Code::Unavailable,
        message: "gone".into(),
        details: vec![7],
    };
    assert_eq!(failure, Failure::Aborted { method, status });
    assert_eq!(
        failure.to_string(),
        "nested call /demo.far.v0_1.Away/Go through `demo:far/away@0.1.0` failed: unavailable: gone"
    );
}

#[tokio::test]
async fn a_panic_of_the_hosts_own_code_is_contained() {
    let transport = Answer(|_, request: Vec<u8>, _| -> Answered<'static> {
        assert!(request != b"at once", "before the first await");
        Box::pin(async move {
            tokio::task::yield_now().await;
            panic!("after {} bytes", request.len())
        })
    });
    let program = caller(Limits::default(), Arc::new(transport));
    assert_eq!(
        program.call(FORWARD, b"at once", soon()).await,
        Err(Failure::Panic("before the first await".into()))
    );
    assert_eq!(
        program.call(FORWARD, b"later", soon()).await,
        Err(Failure::Panic("after 5 bytes".into()))
    );
    assert_eq!(program.call(ECHO, b"fine", soon()).await, Ok(b"fine".to_vec()));
}

#[tokio::test]
async fn dropping_a_call_frees_its_store_and_cancels_what_is_nested() {
    let (transport, mut entered, mut dropped) = Pending::new();
    let program = caller(Limits::default(), transport);
    let call = tokio::spawn({
        let program = program.clone();
        async move { program.call(FORWARD, b"", soon()).await }
    });
    entered.recv().await.unwrap();
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    assert_eq!(dropped.try_recv(), Ok(()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn dropping_a_call_that_computes_ends_it() {
    let transport = Arc::new(Closed);
    let program = caller(Limits::default(), Arc::clone(&transport) as _);
    let idle = Arc::strong_count(&transport);
    let call = tokio::spawn({
        let program = program.clone();
        async move { program.call(LOOP, b"", soon()).await }
    });
    while Arc::strong_count(&transport) == idle {
        tokio::task::yield_now().await;
    }
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    assert_eq!(Arc::strong_count(&transport), idle, "the store is gone");
}

#[tokio::test]
async fn a_full_pool_refuses_the_next_call_and_takes_the_one_after() {
    let (transport, mut entered, _dropped) = Pending::new();
    let mut config = HostConfig::default();
    config.instances = 2;
    let host = Host::new(config);
    let program = Program::load(
        &host,
        "two",
        &behaviours(),
        Grants::default(),
        Limits::default(),
        transport,
    )
    .unwrap();
    let calls: Vec<_> = (0..2)
        .map(|_| {
            let program = program.clone();
            tokio::spawn(async move { program.call(FORWARD, b"", soon()).await })
        })
        .collect();
    entered.recv().await.unwrap();
    entered.recv().await.unwrap();
    let failure = program.call(ECHO, b"", soon()).await.unwrap_err();
    assert!(matches!(failure, Failure::Full(_)), "{failure}");
    assert_eq!(failure.executed(), Executed::No);
    for call in calls {
        call.abort();
        let _ = call.await;
    }
    assert_eq!(program.call(ECHO, b"room", soon()).await, Ok(b"room".to_vec()));
}
