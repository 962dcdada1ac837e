//! The asynchronous door in: a skeleton with streams of records (`points-skeleton.wat`), driven as a host drives it.

use crate::carrier::{Code, Outcome, Status, Wire, composed_with, message, signal, value};
use tokio::sync::oneshot;
use wasmtime::component::{Accessor, Component, FutureReader, Instance, Linker, StreamReader, TypedFunc};
use wasmtime::error::{Context as _, Result};
use wasmtime::{Config, Engine, Store};

type Params = (u32, StreamReader<u8>, FutureReader<()>);
type Answer = ((StreamReader<u8>, FutureReader<Outcome>),);

pub const POINTS: u32 = 0;
const SUM: u32 = 1;
const HOLD: u32 = 2;

pub struct Door {
    call: TypedFunc<Params, Answer>,
    produced: TypedFunc<(), (u32,)>,
    callee_live: TypedFunc<(), (u32,)>,
    skeleton_live: TypedFunc<(), (u32,)>,
}

/// One call under way.
pub struct Call {
    pub request: Wire,
    pub response: Wire,
    done: Option<oneshot::Sender<()>>,
    outcome: oneshot::Receiver<Outcome>,
}

impl Call {
    pub fn cancel(&mut self) {
        let _ = self.done.take().expect("not cancelled before").send(());
    }

    pub async fn end(self) -> Result<Outcome> {
        self.outcome.await.context("the outcome was never written")
    }
}

pub async fn open() -> Result<(Store<()>, Door)> {
    open_with(&config(), |text| text).await
}

fn config() -> Config {
    let mut config = Config::new();
    config
        .wasm_component_model_async(true)
        .wasm_component_model_more_async_builtins(true);
    config
}

async fn open_with(config: &Config, change: impl FnOnce(String) -> String) -> Result<(Store<()>, Door)> {
    let engine = Engine::new(config)?;
    let component = composed_with(
        &["points-callee.wat", "points-skeleton.wat", "points-served.wat"],
        change,
    )?;
    let component = Component::new(&engine, component)?;
    let mut store = Store::new(&engine, ());
    let instance = Linker::new(&engine).instantiate_async(&mut store, &component).await?;
    let dispatch = instance
        .get_export_index(&mut store, None, "wasm-rpc:core/dispatch-async@0.1.0")
        .context("door")?;
    let call = instance
        .get_export_index(&mut store, Some(&dispatch), "call")
        .context("call")?;
    let gauge = |store: &mut Store<()>, instance: &Instance, name: &str| {
        instance.get_typed_func::<(), (u32,)>(&mut *store, name)
    };
    let door = Door {
        call: instance.get_typed_func(&mut store, call)?,
        produced: gauge(&mut store, &instance, "produced")?,
        callee_live: gauge(&mut store, &instance, "callee-live")?,
        skeleton_live: gauge(&mut store, &instance, "skeleton-live")?,
    };
    Ok((store, door))
}

pub async fn start(accessor: &Accessor<()>, door: &Door, function: u32) -> Result<Call> {
    let request = Wire::default();
    let response = Wire::default();
    let (stream, done, future) = accessor.with(|mut access| {
        let (done, future) = signal(&mut access)?;
        wasmtime::error::Ok((request.stream(&mut access)?, done, future))
    })?;
    let ((bytes, end),) = door.call.call_concurrent(accessor, (function, stream, future)).await?;
    let outcome = accessor.with(|mut access| {
        response.drain(&mut access, bytes)?;
        value(&mut access, end)
    })?;
    Ok(Call {
        request,
        response,
        done: Some(done),
        outcome,
    })
}

/// Turns of the event loop, enough for whatever can still move in the guests to move.
async fn settle(accessor: &Accessor<()>, door: &Door) -> Result<()> {
    for _ in 0..64 {
        door.produced.call_concurrent(accessor, ()).await?;
        tokio::task::yield_now().await;
    }
    Ok(())
}

async fn nothing_lives(accessor: &Accessor<()>, door: &Door) -> Result<()> {
    settle(accessor, door).await?;
    assert_eq!(
        door.callee_live.call_concurrent(accessor, ()).await?,
        (0,),
        "tasks of the callee"
    );
    assert_eq!(
        door.skeleton_live.call_concurrent(accessor, ()).await?,
        (0,),
        "tasks of the skeleton"
    );
    Ok(())
}

fn stopped(code: Code) -> Outcome {
    Err(Status {
        code,
        message: "stopped".into(),
        details: Vec::new(),
    })
}

#[tokio::test]
async fn items_come_out_as_messages() -> Result<()> {
    let (mut store, door) = open().await?;
    store
        .run_concurrent(async |accessor| {
            let call = start(accessor, &door, POINTS).await?;
            call.request.push(&message(&[3]));
            call.request.close();
            // (0, 0), (1, -3), (2, -6)
            let expected = [message(&[0, 0]), message(&[1, 0x7d]), message(&[2, 0x7a])].concat();
            assert_eq!(call.response.take(expected.len() + 1).await, expected);
            assert_eq!(call.end().await?, Ok(()));
            nothing_lives(accessor, &door).await
        })
        .await?
}

/// spec: D-11
#[tokio::test]
async fn messages_may_be_cut_anywhere() -> Result<()> {
    let (mut store, door) = open().await?;
    store
        .run_concurrent(async |accessor| {
            let call = start(accessor, &door, SUM).await?;
            // (1, -3), (64, 2^31 - 1), (-2^31, 5), one byte at a time
            let items = [
                message(&[1, 0x7d]),
                message(&[0xc0, 0x00, 0xff, 0xff, 0xff, 0xff, 0x07]),
                message(&[0x80, 0x80, 0x80, 0x80, 0x78, 5]),
            ];
            for byte in items.concat() {
                call.request.push(&[byte]);
                tokio::task::yield_now().await;
            }
            call.request.close();
            // 1 - 3 + 64 + (2^31 - 1) - 2^31 + 5 = 66
            let expected = message(&[0xc2, 0x00]);
            assert_eq!(call.response.take(expected.len() + 1).await, expected);
            assert_eq!(call.end().await?, Ok(()));
            nothing_lives(accessor, &door).await
        })
        .await?
}

/// spec: D-16
#[tokio::test]
async fn the_callee_waits_for_the_reader() -> Result<()> {
    let (mut store, door) = open().await?;
    store
        .run_concurrent(async |accessor| {
            let call = start(accessor, &door, POINTS).await?;
            call.request.push(&message(&[0xc0, 0x84, 0x3d])); // a million
            call.request.close();
            settle(accessor, &door).await?;
            let (idle,) = door.produced.call_concurrent(accessor, ()).await?;
            assert!(
                (1..=32).contains(&idle),
                "{idle} items made for a reader that takes none"
            );
            call.response.take(10 * 7).await;
            settle(accessor, &door).await?;
            let (after,) = door.produced.call_concurrent(accessor, ()).await?;
            assert!(
                (10..=idle + 32).contains(&after),
                "{after} items made for a reader that took ten"
            );
            settle(accessor, &door).await?;
            assert_eq!(door.produced.call_concurrent(accessor, ()).await?, (after,));
            Ok(())
        })
        .await?
}

/// spec: D-15, D-18
#[tokio::test]
async fn done_cancels_in_the_middle() -> Result<()> {
    let (mut store, door) = open().await?;
    store
        .run_concurrent(async |accessor| {
            let mut call = start(accessor, &door, POINTS).await?;
            call.request.push(&message(&[0xc0, 0x84, 0x3d]));
            call.request.close();
            assert_eq!(call.response.take(7).await, message(&[0, 0]));
            call.cancel();
            assert_eq!(call.end().await?, stopped(Code::Cancelled));
            nothing_lives(accessor, &door).await
        })
        .await?
}

/// spec: D-14, D-18
#[tokio::test]
async fn done_cancels_before_the_request_is_there() -> Result<()> {
    let (mut store, door) = open().await?;
    store
        .run_concurrent(async |accessor| {
            for function in [POINTS, SUM, HOLD] {
                let mut call = start(accessor, &door, function).await?;
                call.cancel();
                assert_eq!(call.end().await?, stopped(Code::Cancelled));
            }
            nothing_lives(accessor, &door).await
        })
        .await?
}

#[tokio::test]
async fn a_reader_that_goes_stops_the_callee() -> Result<()> {
    let (mut store, door) = open().await?;
    store
        .run_concurrent(async |accessor| {
            let call = start(accessor, &door, POINTS).await?;
            call.request.push(&message(&[0xc0, 0x84, 0x3d]));
            call.request.close();
            call.response.take(70).await;
            call.response.drop_reader();
            call.response.grant(0);
            assert_eq!(call.end().await?, stopped(Code::Cancelled));
            nothing_lives(accessor, &door).await
        })
        .await?
}

#[tokio::test]
async fn an_outcome_that_nobody_reads_ends_the_call() -> Result<()> {
    let (mut store, door) = open().await?;
    store
        .run_concurrent(async |accessor| {
            let request = Wire::default();
            let (stream, done, future) = accessor.with(|mut access| {
                let (done, future) = signal(&mut access)?;
                wasmtime::error::Ok((request.stream(&mut access)?, done, future))
            })?;
            let ((mut bytes, mut end),) = door.call.call_concurrent(accessor, (POINTS, stream, future)).await?;
            accessor.with(|mut access| {
                bytes.close(&mut access)?;
                end.close(&mut access)
            })?;
            request.push(&message(&[3]));
            request.close();
            nothing_lives(accessor, &door).await?;
            drop(done);
            Ok(())
        })
        .await?
}

/// spec: D-7
#[tokio::test]
async fn calls_overlap_in_one_instance() -> Result<()> {
    let (mut store, door) = open().await?;
    store
        .run_concurrent(async |accessor| {
            let mut calls = Vec::new();
            for n in 1..=40u8 {
                let points = start(accessor, &door, POINTS).await?;
                points.request.push(&message(&[n]));
                points.request.close();
                let sum = start(accessor, &door, SUM).await?;
                sum.request.push(&message(&[n, 1]));
                calls.push((n, points, sum));
            }
            assert_eq!(door.skeleton_live.call_concurrent(accessor, ()).await?, (80,));
            // Last come, first served: no call waits for another.
            for (n, points, sum) in calls.into_iter().rev() {
                sum.request.push(&message(&[1, 1]));
                sum.request.close();
                assert_eq!(sum.response.take(7).await, message(&[n + 3]));
                assert_eq!(sum.end().await?, Ok(()));
                let mut got = Vec::new();
                while let Some(&last) = points.response.take(5).await.last() {
                    got.extend(points.response.take(last.into()).await.first().copied());
                }
                assert_eq!(got, (0..n).collect::<Vec<_>>());
                assert_eq!(points.end().await?, Ok(()));
            }
            nothing_lives(accessor, &door).await
        })
        .await?
}

#[tokio::test]
async fn a_bad_request_is_a_status_before_the_callee_runs() -> Result<()> {
    let (mut store, door) = open().await?;
    store
        .run_concurrent(async |accessor| {
            let cases: [(u32, &[u8], Code); 8] = [
                (9, &[], Code::Unimplemented),
                (POINTS, &[], Code::InvalidArgument),
                (POINTS, &[0, 0, 0, 0, 2, 1], Code::InvalidArgument),
                (POINTS, &[1, 0, 0, 0, 1, 1], Code::InvalidArgument),
                (POINTS, &[0, 0, 0, 0, 1, 0x80], Code::InvalidArgument),
                (POINTS, &[0, 0, 0, 0, 1, 1, 0], Code::InvalidArgument),
                (SUM, &[0, 0, 0, 0, 2, 1], Code::InvalidArgument),
                (SUM, &[0, 0xff, 0xff, 0xff, 0xff], Code::ResourceExhausted),
            ];
            for (function, request, code) in cases {
                let call = start(accessor, &door, function).await?;
                call.request.push(request);
                call.request.close();
                assert_eq!(call.end().await?, stopped(code), "{function} {request:?}");
            }
            nothing_lives(accessor, &door).await?;
            assert_eq!(door.produced.call_concurrent(accessor, ()).await?, (0,));
            Ok(())
        })
        .await?
}

#[tokio::test]
async fn cancelling_reaches_a_callee_that_waits() -> Result<()> {
    let (mut store, door) = open().await?;
    store
        .run_concurrent(async |accessor| {
            let mut call = start(accessor, &door, HOLD).await?;
            call.request.push(&message(&[1]));
            call.request.close();
            settle(accessor, &door).await?;
            assert_eq!(door.callee_live.call_concurrent(accessor, ()).await?, (1,));
            call.cancel();
            assert_eq!(call.end().await?, stopped(Code::Cancelled));
            nothing_lives(accessor, &door).await
        })
        .await?
}

/// Starts a call whose function never writes, and closes one of its ends at once.
async fn held_with_one_end_closed(accessor: &Accessor<()>, door: &Door, response: bool) -> Result<Wire> {
    let request = Wire::default();
    let (stream, done, future) = accessor.with(|mut access| {
        let (done, future) = signal(&mut access)?;
        wasmtime::error::Ok((request.stream(&mut access)?, done, future))
    })?;
    let ((mut bytes, mut end),) = door.call.call_concurrent(accessor, (HOLD, stream, future)).await?;
    let outcome = accessor.with(|mut access| {
        if response {
            bytes.close(&mut access)?;
            return value(&mut access, end).map(Some);
        }
        end.close(&mut access)?;
        Wire::default().drain(&mut access, bytes).map(|()| None)
    })?;
    request.push(&message(&[1]));
    request.close();
    if let Some(outcome) = outcome {
        assert_eq!(outcome.await?, stopped(Code::Cancelled));
    } else {
        settle(accessor, door).await?;
        assert_eq!(
            door.callee_live.call_concurrent(accessor, ()).await?,
            (1,),
            "the call goes on"
        );
        done.send(()).ok().context("a skeleton that waits for `done`")?;
    }
    Ok(request)
}

/// spec: D-19
#[tokio::test]
async fn a_dropped_end_is_told_while_nothing_is_written() -> Result<()> {
    let (mut store, door) = open().await?;
    store
        .run_concurrent(async |accessor| {
            for response in [true, false] {
                let request = held_with_one_end_closed(accessor, &door, response).await?;
                nothing_lives(accessor, &door).await?;
                assert!(request.is_dropped());
            }
            Ok(())
        })
        .await?
}

/// `subtask.cancel`, in the fixture asynchronous, as a synchronous built-in.
fn cancel_synchronously(text: String) -> String {
    let (plain, apart) = (
        "(call $subtask.cancel (local.get $h))",
        "(call $subtask.cancel (call $apart (local.get $h)))",
    );
    assert!(text.contains(plain) && text.contains("(canon subtask.cancel async)"));
    text.replace(plain, apart)
        .replace("(canon subtask.cancel async)", "(canon subtask.cancel)")
}

/// Whether another call starts after a call whose callee ignores that it is cancelled.
async fn another_starts_beside_a_stubborn_callee((mut store, door): (Store<()>, Door)) -> Result<bool> {
    store
        .run_concurrent(async |accessor| {
            let mut held = start(accessor, &door, HOLD).await?;
            held.request.push(&message(&[0]));
            held.request.close();
            settle(accessor, &door).await?;
            held.cancel();
            assert_eq!(held.end().await?, stopped(Code::Cancelled));
            let other = start(accessor, &door, POINTS);
            tokio::select! {
                biased;
                other = other => other.map(|_| true),
                settled = settle(accessor, &door) => settled.map(|()| false),
            }
        })
        .await?
}

/// spec: D-18
#[tokio::test]
async fn a_callee_that_will_not_be_cancelled_holds_up_nobody() -> Result<()> {
    assert!(another_starts_beside_a_stubborn_callee(open().await?).await?);
    Ok(())
}

/// spec: D-20
#[tokio::test]
async fn cancelling_synchronously_would_hold_up_the_instance() -> Result<()> {
    let opened = open_with(&config(), cancel_synchronously).await?;
    assert!(!another_starts_beside_a_stubborn_callee(opened).await?);
    Ok(())
}
