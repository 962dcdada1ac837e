//! The asynchronous door out: a stub with a stream (`points-stub.wat`) under a client, its door answered by the test, and
//! by a skeleton in another store.

use crate::carrier::{Code, Method, Outcome, Status, Wire, composed_with, message, outcome, value};
use crate::points;
use tokio::sync::{mpsc, oneshot};
use wasmtime::component::{Component, FutureReader, Linker, StreamReader, TypedFunc};
use wasmtime::error::{Context as _, Result};
use wasmtime::{Config, Engine, Store};

/// A call that came out of the door.
struct Outgoing {
    method: Method,
    request: Wire,
    response: Wire,
    /// Nothing, if the door closed its end of `done` at once.
    done: Option<oneshot::Receiver<()>>,
    outcome: oneshot::Sender<Outcome>,
}

struct Client {
    store: Store<mpsc::UnboundedSender<Outgoing>>,
    calls: mpsc::UnboundedReceiver<Outgoing>,
    total: TypedFunc<(u32, u32), (i64,)>,
    live: TypedFunc<(), (u32,)>,
}

async fn client() -> Result<Client> {
    client_with(true, |text| text).await
}

async fn client_with(listens: bool, change: impl FnOnce(String) -> String) -> Result<Client> {
    let mut config = Config::new();
    config
        .wasm_component_model_async(true)
        .wasm_component_model_async_stackful(true);
    let engine = Engine::new(&config)?;
    let component = composed_with(&["points-stub.wat", "points-client.wat", "points-linked.wat"], change)?;
    let component = Component::new(&engine, component)?;
    let mut linker = Linker::<mpsc::UnboundedSender<Outgoing>>::new(&engine);
    let mut door = linker.instance("wasm-rpc:core/transport-async@0.1.0")?;
    door.func_wrap_concurrent(
        "call",
        move |accessor, (method, request, mut done): (Method, StreamReader<u8>, FutureReader<()>)| {
            Box::pin(async move {
                accessor.with(|mut access| {
                    let (sent, response) = (Wire::default(), Wire::default());
                    sent.grant(usize::MAX);
                    sent.drain(&mut access, request)?;
                    let (end, ended) = outcome(&mut access)?;
                    let done = if listens {
                        Some(value(&mut access, done)?)
                    } else {
                        done.close(&mut access)?;
                        None
                    };
                    let bytes = response.stream(&mut access)?;
                    let call = Outgoing {
                        method,
                        request: sent,
                        response,
                        done,
                        outcome: end,
                    };
                    access.get().send(call).ok();
                    Ok(((bytes, ended),))
                })
            })
        },
    )?;
    door.func_wrap(
        "abort",
        |_, (method, status): (Method, Status)| -> wasmtime::Result<()> {
            Err(wasmtime::format_err!(
                "{}: {:?}: {}",
                method.path,
                status.code,
                status.message
            ))
        },
    )?;
    let (sender, calls) = mpsc::unbounded_channel();
    let mut store = Store::new(&engine, sender);
    let instance = linker.instantiate_async(&mut store, &component).await?;
    let total = instance.get_typed_func(&mut store, "total")?;
    let live = instance.get_typed_func(&mut store, "stub-live")?;
    Ok(Client {
        store,
        calls,
        total,
        live,
    })
}

#[tokio::test]
async fn a_client_reads_a_remote_stream() -> Result<()> {
    let Client {
        mut store,
        mut calls,
        total,
        live,
    } = client().await?;
    let carrier = async {
        let call = calls.recv().await.context("a call")?;
        assert_eq!(call.method.link, "demo:shapes/points@0.1.0");
        assert_eq!(call.method.path, "/demo.shapes.v0_1.Points/Points");
        assert_eq!(call.request.take(7).await, message(&[3]));
        for item in [[5, 0], [6, 0], [0x7f, 0]] {
            for byte in message(&item) {
                call.response.push(&[byte]);
                tokio::task::yield_now().await;
            }
        }
        call.response.close();
        call.outcome
            .send(Ok(()))
            .ok()
            .context("a stub that waits for the outcome")?;
        call.done
            .context("done")?
            .await
            .context("`done` is written after the end too")
    };
    let guest = store.run_concurrent(async |accessor| {
        let total = total.call_concurrent(accessor, (3, 100)).await?;
        wasmtime::error::Ok((total, live.call_concurrent(accessor, ()).await?))
    });
    let (guest, carrier) = tokio::join!(guest, carrier);
    carrier?;
    assert_eq!(guest??, ((10,), (0,)));
    Ok(())
}

#[tokio::test]
async fn a_client_that_stops_reading_cancels_the_call() -> Result<()> {
    let Client {
        mut store,
        mut calls,
        total,
        live,
    } = client().await?;
    let (cancelled, seen) = oneshot::channel();
    let carrier = async {
        let call = calls.recv().await.context("a call")?;
        call.response
            .push(&[message(&[1, 0]), message(&[2, 0]), message(&[3, 0])].concat());
        call.done.context("done")?.await.context("`done` is written")?;
        assert!(!call.outcome.is_closed() || call.response.is_dropped());
        cancelled.send(()).ok().context("a guest that waits")
    };
    let guest = store.run_concurrent(async |accessor| {
        let total = total.call_concurrent(accessor, (1000, 2)).await?;
        seen.await.context("the carrier is told")?;
        wasmtime::error::Ok((total, live.call_concurrent(accessor, ()).await?))
    });
    let (guest, carrier) = tokio::join!(guest, carrier);
    carrier?;
    assert_eq!(guest??, ((3,), (0,)));
    Ok(())
}

/// spec: D-6, S-8
#[tokio::test]
async fn a_status_without_room_traps_the_client() -> Result<()> {
    let Client {
        mut store,
        mut calls,
        total,
        ..
    } = client().await?;
    let carrier = async {
        let call = calls.recv().await.context("a call")?;
        call.response.push(&message(&[1, 0]));
        call.response.close();
        let status = Status {
            code: Code::Unavailable,
            message: "nobody there".into(),
            details: vec![],
        };
        call.outcome
            .send(Err(status))
            .ok()
            .context("a stub that waits for the outcome")
    };
    let guest = store.run_concurrent(async |accessor| total.call_concurrent(accessor, (3, 100)).await);
    let (guest, carrier) = tokio::join!(guest, carrier);
    carrier?;
    let error = guest.and_then(|result| result).expect_err("a trap");
    let text = format!("{error:?}");
    assert!(
        text.contains("/demo.shapes.v0_1.Points/Points: Unavailable: nobody there"),
        "{text}"
    );
    Ok(())
}

#[tokio::test]
async fn bytes_carried_between_two_stores_join_the_doors() -> Result<()> {
    let Client {
        mut store,
        mut calls,
        total,
        live,
    } = client().await?;
    let (mut served, door) = points::open().await?;
    let (n, most) = (1_000_000, 300);
    let guest = store.run_concurrent(async |accessor| {
        let total = total.call_concurrent(accessor, (n, most)).await?;
        // The stub outlives its answer, to see `done` taken.
        let mut turns = 0;
        while live.call_concurrent(accessor, ()).await? != (0,) && turns < 1000 {
            tokio::task::yield_now().await;
            turns += 1;
        }
        wasmtime::error::Ok((total, live.call_concurrent(accessor, ()).await?))
    });
    let server = served.run_concurrent(async |accessor| {
        let out = calls.recv().await.context("a call")?;
        let mut call = points::start(accessor, &door, points::POINTS).await?;
        call.request.push(&out.request.take(usize::MAX).await);
        call.request.close();
        let mut done = out.done.context("done")?;
        loop {
            tokio::select! {
                bytes = call.response.take(5) => {
                    out.response.push(&bytes);
                    out.response.drained().await;
                }
                _ = &mut done => break,
            }
        }
        call.cancel();
        call.end().await
    });
    let (guest, server) = tokio::join!(guest, server);
    assert_eq!(server??.expect_err("cancelled").code, Code::Cancelled);
    assert_eq!(guest??, (((0..i64::from(most)).sum::<i64>(),), (0,)));
    Ok(())
}

/// spec: D-17
#[tokio::test]
async fn done_cannot_be_dropped_unwritten() -> Result<()> {
    let change = |text: String| {
        let write = "(call $done.write (i32.load offset=8 (local.get $b)) (i32.const 0))";
        assert!(text.contains(write));
        text.replace(write, "(i32.const 0)")
    };
    let Client {
        mut store,
        mut calls,
        total,
        ..
    } = client_with(true, change).await?;
    let carrier = async {
        let call = calls.recv().await.context("a call")?;
        call.response.close();
        call.outcome
            .send(Ok(()))
            .ok()
            .context("a stub that waits for the outcome")
    };
    let guest = store.run_concurrent(async |accessor| {
        let total = total.call_concurrent(accessor, (3, 100)).await;
        std::future::poll_fn(|cx| accessor.poll_no_interesting_tasks(cx)).await;
        total
    });
    let (guest, carrier) = tokio::join!(guest, carrier);
    carrier?;
    let error = guest.and_then(|result| result).expect_err("a trap");
    let text = format!("{error:?}");
    assert!(
        text.contains("cannot drop future write end without first writing a value"),
        "{text}"
    );
    Ok(())
}

#[tokio::test]
async fn a_door_that_does_not_listen_ends_the_call_all_the_same() -> Result<()> {
    let Client {
        mut store,
        mut calls,
        total,
        live,
    } = client_with(false, |text| text).await?;
    let carrier = async {
        let call = calls.recv().await.context("a call")?;
        call.response.push(&message(&[4, 0]));
        call.response.close();
        call.outcome
            .send(Ok(()))
            .ok()
            .context("a stub that waits for the outcome")
    };
    let guest = store.run_concurrent(async |accessor| {
        let total = total.call_concurrent(accessor, (1, 100)).await?;
        std::future::poll_fn(|cx| accessor.poll_no_interesting_tasks(cx)).await;
        wasmtime::error::Ok((total, live.call_concurrent(accessor, ()).await?))
    });
    let (guest, carrier) = tokio::join!(guest, carrier);
    carrier?;
    assert_eq!(guest??, ((4,), (0,)));
    Ok(())
}

#[tokio::test]
async fn realloc_knows_no_call_at_an_asynchronous_delivery() -> Result<()> {
    // spec/doors.md D-8: the context, set by the call, must not be what `realloc` goes by. Here it traps if it reads 0.
    let replacements = [
        (
            "(core instance $blocks (instantiate $Blocks (with \"\" (instance $memory))))",
            "(core func $context (canon context.get i32 0))
             (core instance $blocks (instantiate $Blocks (with \"\" (instance
               (export \"memory\" (memory $memory \"memory\")) (export \"context\" (func $context))))))",
        ),
        (
            "(core module $Blocks",
            "(core module $Blocks (import \"\" \"context\" (func $context (result i32)))",
        ),
        (
            "(if (i32.gt_u (local.get $want) (i32.const 1024))",
            "(if (i32.eqz (call $context))",
        ),
    ];
    let change = |text: String| {
        replacements.iter().fold(text, |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replace(from, to)
        })
    };
    let Client {
        mut store,
        mut calls,
        total,
        ..
    } = client_with(true, change).await?;
    let carrier = async {
        let call = calls.recv().await.context("a call")?;
        call.response.close();
        let status = Status {
            code: Code::Unavailable,
            message: "nobody there".into(),
            details: vec![],
        };
        call.outcome
            .send(Err(status))
            .ok()
            .context("a stub that waits for the outcome")
    };
    let guest = store.run_concurrent(async |accessor| total.call_concurrent(accessor, (3, 100)).await);
    let (guest, carrier) = tokio::join!(guest, carrier);
    carrier?;
    let error = format!("{:?}", guest.and_then(|result| result).expect_err("a trap"));
    assert!(error.contains("wasm `unreachable` instruction executed"), "{error}");
    Ok(())
}
