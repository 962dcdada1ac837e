//! Calls that go well: through the door in, through the door out, side by side, and as a command.

mod fixtures;

use farcall_host::{
    CallContext, Closed, Code, Executed, Failure, Grants, Host, HostConfig, Limits, Method, Program, Status,
};
use fixtures::*;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_request_passes_through_unread() {
    let program = callee(Limits::default());
    assert_eq!(
        program.call(ECHO, b"\x00\xff any bytes", soon()).await,
        Ok(b"\x00\xff any bytes".to_vec())
    );
    assert_eq!(program.call(ECHO, b"", soon()).await, Ok(vec![]));
}

#[tokio::test]
async fn a_program_describes_its_functions() {
    let program = callee(Limits::default());
    let method = Method {
        link: String::new(),
        path: "/demo.far.v0_1.Away/Go".into(),
        fingerprint: "print".into(),
    };
    assert_eq!(program.describe().await, Ok(vec![method]));
    assert!(program.is_callable() && !program.is_command());
    assert_eq!(program.name(), "behaviours");
}

#[tokio::test]
async fn a_refusal_is_told_apart_from_a_failed_run() {
    let failure = callee(Limits::default()).call(REFUSE, b"", soon()).await.unwrap_err();
    assert_eq!(
        failure,
        Failure::Refused(Status::new(Code::InvalidArgument, "not today"))
    );
    assert_eq!(failure.executed(), Executed::No);
}

#[tokio::test]
async fn a_nested_call_carries_method_and_bytes_both_ways() {
    let transport = Answer(|method: Method, request: Vec<u8>, _| -> Answered<'static> {
        assert_eq!(method.link, "demo:far/away@0.1.0");
        assert_eq!(method.path, "/demo.far.v0_1.Away/Go");
        assert_eq!(method.fingerprint, "print");
        Box::pin(async move { Ok([b"<", &request[..], b">"].concat()) })
    });
    let program = caller(Limits::default(), Arc::new(transport));
    assert_eq!(program.call(FORWARD, b"ping", soon()).await, Ok(b"<ping>".to_vec()));
    assert_eq!(
        program.call(FORWARD_OR_ABORT, b"ping", soon()).await,
        Ok(b"<ping>".to_vec())
    );
}

#[tokio::test]
async fn a_failed_nested_call_reaches_the_stub_as_its_status() {
    let status = Status {
        code: Code::Unauthenticated,
        message: "who".into(),
        details: vec![1, 2, 3],
    };
    let answer = status.clone();
    let transport = Answer(move |_, _, _| -> Answered<'static> {
        let answer = answer.clone();
        Box::pin(async move { Err(answer) })
    });
    let program = caller(Limits::default(), Arc::new(transport));
    assert_eq!(program.call(FORWARD, b"", soon()).await, Err(Failure::Refused(status)));
}

#[tokio::test]
async fn a_component_without_links_is_told_so_by_its_transport() {
    let Err(Failure::Refused(status)) = callee(Limits::default()).call(FORWARD, b"", soon()).await else {
        panic!("the stub passes the status on");
    };
    assert_eq!(status.code, Code::Unimplemented);
    assert_eq!(
        status.message,
        "`demo:far/away@0.1.0` is not linked: no target for /demo.far.v0_1.Away/Go"
    );
}

#[tokio::test]
async fn one_program_can_be_the_transport_of_another() {
    struct Linked(Program);
    impl farcall_host::Transport for Linked {
        fn call<'a>(&'a self, _: Method, request: Vec<u8>, context: &'a CallContext) -> Answered<'a> {
            Box::pin(async move {
                let answer = self.0.call(ECHO, &request, context.clone()).await;
                answer.map_err(|failure| Status::new(Code::Internal, failure.to_string()))
            })
        }
    }
    let host = Host::default();
    let load = |transport| {
        Program::load(
            &host,
            "one",
            &behaviours(),
            Grants::default(),
            Limits::default(),
            transport,
        )
        .unwrap()
    };
    let caller = load(Arc::new(Linked(load(Arc::new(Closed)))));
    assert_eq!(
        caller.call(FORWARD, b"next door", soon()).await,
        Ok(b"next door".to_vec())
    );
}

#[tokio::test]
async fn a_nested_call_is_given_the_nearer_deadline_and_what_is_forwarded() {
    let seen = Arc::new(Mutex::new(None));
    let transport = Answer({
        let seen = Arc::clone(&seen);
        move |_, request, context: CallContext| -> Answered<'static> {
            *seen.lock().unwrap() = Some(context);
            Box::pin(async move { Ok(request) })
        }
    });
    let limits = Limits {
        deadline: Duration::from_secs(5),
        ..Limits::default()
    };
    let program = caller(limits, Arc::new(transport));

    let forward = vec![("traceparent".to_owned(), "00-1-2-3".to_owned())];
    let near = CallContext {
        deadline: Instant::now() + Duration::from_secs(2),
        forward,
        caller: None,
    };
    program.call(FORWARD, b"", near.clone()).await.unwrap();
    let given = seen.lock().unwrap().take().unwrap();
    assert_eq!((given.deadline, given.forward), (near.deadline, near.forward));

    let before = Instant::now();
    program
        .call(FORWARD, b"", CallContext::within(Duration::MAX))
        .await
        .unwrap();
    let given = seen.lock().unwrap().take().unwrap().deadline;
    assert!(given >= before + Duration::from_secs(5) && given <= Instant::now() + Duration::from_secs(5));
}

#[tokio::test]
async fn calls_of_one_program_run_side_by_side() {
    let barrier = Arc::new(tokio::sync::Barrier::new(100));
    let transport = Answer(move |_, request, _| -> Answered<'static> {
        let barrier = Arc::clone(&barrier);
        Box::pin(async move {
            barrier.wait().await;
            Ok(request)
        })
    });
    let program = caller(Limits::default(), Arc::new(transport));
    let calls = (0..100u8).map(|number| {
        let program = program.clone();
        tokio::spawn(async move { (number, program.call(FORWARD, &[number], soon()).await) })
    });
    for call in calls.collect::<Vec<_>>() {
        let (number, response) = call.await.unwrap();
        assert_eq!(response, Ok(vec![number]));
    }
}

#[tokio::test]
async fn memory_that_is_refused_and_not_needed_is_no_failure() {
    let limits = Limits {
        memory: 1 << 20,
        ..Limits::default()
    };
    assert_eq!(
        callee(limits).call(SURVIVE, b"still here", soon()).await,
        Ok(b"still here".to_vec())
    );
}

#[tokio::test]
async fn a_command_ends_with_its_exit_code() {
    let host = Host::new(HostConfig::default());
    let run = async |args: &[&str]| {
        let grants = Grants {
            args: args.iter().map(|arg| arg.to_string()).collect(),
            ..Grants::default()
        };
        let program = Program::load(
            &host,
            "command",
            &command(),
            grants,
            Limits::default(),
            Arc::new(Closed),
        )
        .unwrap();
        assert!(program.is_command() && !program.is_callable());
        program.run(within_ms(200)).await
    };
    assert_eq!(run(&[]).await, Ok(0));
    assert_eq!(run(&["command"]).await, Ok(1));
    assert_eq!(run(&["command", "exit"]).await, Ok(0));
    assert!(matches!(
        run(&["command", "for", "ever"]).await,
        Err(Failure::Deadline(_))
    ));
}

#[tokio::test]
async fn a_door_that_is_not_there_is_named() {
    let failure = callee(Limits::default()).run(soon()).await.unwrap_err();
    assert_eq!(failure.to_string(), "component does not export wasi:cli/run@0.2.0");
}

#[test]
fn a_program_outlives_its_host() {
    let program = callee(Limits::default());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    assert_eq!(runtime.block_on(program.call(ECHO, b"x", soon())), Ok(b"x".to_vec()));
    assert!(matches!(
        runtime.block_on(program.call(LOOP, b"", within_ms(30))),
        Err(Failure::Deadline(_))
    ));
}
