//! What the engine must be told, and what it does by itself, where the doors rest on it.

use wasmtime::component::{Component, Linker};
use wasmtime::error::Result;
use wasmtime::{Config, Engine, Store};

use crate::carrier::composed;

/// A synchronous lift that calls a synchronously lowered import, as a stub of synchronous functions does.
const SYNC_THROUGH: &str = r#"(component
    (import "door" (func $door (param "n" u32) (result u32)))
    (core func $door (canon lower (func $door)))
    (core module $Main
        (import "" "door" (func $door (param i32) (result i32)))
        (func (export "run") (param i32) (result i32) (i32.add (call $door (local.get 0)) (i32.const 1))))
    (core instance $main (instantiate $Main (with "" (instance (export "door" (func $door))))))
    (func (export "run") (param "n" u32) (result u32) (canon lift (core func $main "run"))))"#;

async fn through(concurrency: bool) -> Result<u32> {
    let mut config = Config::new();
    config.concurrency_support(concurrency);
    let engine = Engine::new(&config)?;
    let component = Component::new(&engine, wat::parse_str(SYNC_THROUGH)?)?;
    let mut linker = Linker::<()>::new(&engine);
    linker.root().func_wrap_async("door", |_, (n,): (u32,)| {
        Box::new(async move {
            tokio::task::yield_now().await;
            Ok((n * 2,))
        })
    })?;
    let mut store = Store::new(&engine, ());
    let instance = linker.instantiate_async(&mut store, &component).await?;
    let run = instance.get_typed_func::<(u32,), (u32,)>(&mut store, "run")?;
    Ok(run.call_async(&mut store, (20,)).await?.0)
}

#[tokio::test]
async fn a_synchronous_door_may_be_answered_asynchronously() -> Result<()> {
    for concurrency in [false, true] {
        assert_eq!(through(concurrency).await?, 41);
    }
    Ok(())
}

#[tokio::test]
async fn synchronous_calls_never_overlap_in_an_instance() -> Result<()> {
    let engine = Engine::default();
    let component = Component::new(&engine, wat::parse_str(SYNC_THROUGH)?)?;
    let mut linker = Linker::<(u32, u32)>::new(&engine);
    linker.root().func_wrap_async("door", |mut store, (n,): (u32,)| {
        Box::new(async move {
            let (inside, most) = store.data_mut();
            *inside += 1;
            *most = (*most).max(*inside);
            tokio::task::yield_now().await;
            store.data_mut().0 -= 1;
            Ok((n,))
        })
    })?;
    let mut store = Store::new(&engine, (0, 0));
    let instance = linker.instantiate_async(&mut store, &component).await?;
    let run = instance.get_typed_func::<(u32,), (u32,)>(&mut store, "run")?;
    let (one, other) = store
        .run_concurrent(async |accessor| {
            tokio::join!(run.call_concurrent(accessor, (1,)), run.call_concurrent(accessor, (2,)))
        })
        .await?;
    assert_eq!((one?, other?), ((2,), (3,)));
    assert_eq!(store.data().1, 1);
    Ok(())
}

/// spec: D-10
#[test]
fn a_synchronous_door_cannot_be_answered_concurrently() -> Result<()> {
    let engine = Engine::default();
    let component = Component::new(&engine, wat::parse_str(SYNC_THROUGH)?)?;
    let mut linker = Linker::<()>::new(&engine);
    linker
        .root()
        .func_wrap_concurrent("door", |_, (n,): (u32,)| Box::pin(async move { Ok((n,)) }))?;
    let error = linker
        .instantiate(Store::new(&engine, ()), &component)
        .expect_err("the linker refuses");
    assert!(format!("{error:?}").contains("type mismatch with async"), "{error:?}");
    Ok(())
}

fn takes(config: &Config, component: &[u8]) -> Result<bool> {
    Ok(Component::new(&Engine::new(config)?, component).is_ok())
}

#[test]
fn asynchronous_components_need_concurrency_support() -> Result<()> {
    let streams = composed(&["points-stub.wat", "points-client.wat", "points-linked.wat"])?;
    let mut config = Config::new();
    config.concurrency_support(false);
    assert!(!takes(&config, &streams)?);
    config.wasm_component_model_async(true);
    assert!(Engine::new(&config).is_err(), "one without the other is refused");
    config
        .concurrency_support(true)
        .wasm_component_model_async_stackful(true);
    assert!(takes(&config, &streams)?);
    Ok(())
}

#[test]
fn skeletons_need_the_further_asynchronous_built_ins() -> Result<()> {
    let skeleton = composed(&["points-callee.wat", "points-skeleton.wat", "points-served.wat"])?;
    let mut config = Config::new();
    assert!(!takes(&config, &skeleton)?);
    config.wasm_component_model_more_async_builtins(true);
    assert!(takes(&config, &skeleton)?);
    Ok(())
}

#[test]
fn maps_and_fixed_length_lists_are_behind_flags() -> Result<()> {
    let component = |ty: &str| {
        wat::parse_str(format!(
            "(component (type $t {ty}) (import \"f\" (func (param \"a\" $t))))"
        ))
    };
    let mut told = Config::new();
    told.wasm_component_model_map(true)
        .wasm_component_model_fixed_length_lists(true);
    for ty in ["(map string u32)", "(list u8 4)"] {
        let component = component(ty)?;
        assert!(!takes(&Config::new(), &component)?, "{ty}");
        assert!(takes(&told, &component)?, "{ty}");
        told.concurrency_support(false);
        assert!(takes(&told, &component)?, "{ty} without concurrency");
    }
    assert!(
        !takes(&told, &component("(stream char)")?)?,
        "no engine takes a stream of characters"
    );
    Ok(())
}
