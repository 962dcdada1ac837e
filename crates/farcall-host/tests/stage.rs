//! Several plain modules in one store: what they share, what a trap leaves, what does not link.

use farcall_adapter::{PlainExports, PlainModule, plain_skeleton};
use farcall_host::{
    CallContext, Closed, Failure, GlobalValue, Grants, Host, Instances, Limits, Policy, Stage, StageError, Staged,
};
use std::sync::Arc;
use std::time::Duration;

fn stage() -> Stage {
    let (grants, limits) = (Grants::default(), Limits::default());
    Stage::new(&Host::default(), "script", grants, limits, Arc::new(Closed)).unwrap()
}

fn soon() -> CallContext {
    CallContext::within(Duration::from_secs(20))
}

async fn put(stage: &Stage, text: &str) -> Result<Staged, StageError> {
    let module = wat::parse_str(text).unwrap();
    let plain = PlainModule::read(&module, PlainExports::Every).unwrap();
    let skeleton = (!plain.exports.is_empty()).then(|| plain_skeleton(&plain.exports));
    stage.put(&module, skeleton.as_deref(), soon()).await
}

async fn called(stage: &Stage, staged: Staged, function: u32, request: &[u8]) -> Result<Vec<u8>, Failure> {
    let instances = Instances::staged(stage.clone(), staged);
    assert_eq!(instances.policy(), Policy::Shared);
    instances.call(function, request.to_vec().into(), soon()).await
}

const COUNTER: &str = r#"(module
    (memory (export "memory") 1)
    (global (export "limit") i32 (i32.const -5))
    (func (export "count") (result i32)
      (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
      (i32.load (i32.const 0)))
    (func (export "") (result i32) unreachable))"#;

#[tokio::test]
async fn modules_share_memories_and_globals_and_go_on_after_a_trap() {
    let stage = stage();
    let counter = put(&stage, COUNTER).await.unwrap();
    assert_eq!(called(&stage, counter, 0, &[]).await, Ok(vec![1]));
    stage.register("counter", counter).await.unwrap();
    let text = r#"(module
        (import "counter" "memory" (memory 1))
        (import "counter" "count" (func $count (result i32)))
        (global (export "big") (mut i64) (i64.const 5000000000))
        (func (export "reset") (i32.store (i32.const 0) (i32.const 40)))
        (func (export "through") (result i32) (call $count)))"#;
    let user = put(&stage, text).await.unwrap();
    assert_eq!(called(&stage, user, 1, &[]).await, Ok(vec![2]));
    let trapped = called(&stage, counter, 1, &[]).await;
    assert!(matches!(&trapped, Err(Failure::Trap { .. })), "{trapped:?}");
    assert_eq!(called(&stage, user, 0, &[]).await, Ok(vec![]));
    assert_eq!(called(&stage, counter, 0, &[]).await, Ok(vec![41]));
    assert_eq!(stage.global(counter, "limit").await, Some(GlobalValue::I32(-5)));
    assert_eq!(stage.global(user, "big").await, Some(GlobalValue::I64(5_000_000_000)));
    assert_eq!(stage.global(user, "small").await, None);
}

#[tokio::test]
async fn what_does_not_link_is_told_from_what_traps() {
    let stage = stage();
    let counter = put(&stage, COUNTER).await.unwrap();
    stage.register("counter", counter).await.unwrap();
    for text in [
        r#"(module (import "counter" "none" (func)))"#,
        r#"(module (import "nobody" "count" (func)))"#,
        r#"(module (import "counter" "count" (func (param i32))))"#,
        r#"(module (import "counter" "memory" (memory 2)))"#,
    ] {
        let failed = put(&stage, text).await;
        assert!(matches!(failed, Err(StageError::Unlinkable(_))), "{text}: {failed:?}");
    }
    for text in [
        r#"(module (func $s unreachable) (start $s))"#,
        r#"(module (memory 1) (data (i32.const 65536) "a"))"#,
    ] {
        let failed = put(&stage, text).await;
        assert!(
            matches!(failed, Err(StageError::Failed(Failure::Trap { .. }))),
            "{text}: {failed:?}"
        );
    }
    assert_eq!(called(&stage, counter, 0, &[]).await, Ok(vec![1]));
}

#[tokio::test]
async fn a_call_without_end_stops_at_its_deadline_and_the_stage_goes_on() {
    let stage = stage();
    let text = r#"(module
        (func (export "loop") (loop $again (br $again)))
        (func $deep (export "deep") (call $deep))
        (func (export "one") (result i32) (i32.const 1)))"#;
    let module = put(&stage, text).await.unwrap();
    let instances = Instances::staged(stage.clone(), module);
    let looped = instances
        .call(0, Vec::new().into(), CallContext::within(Duration::from_millis(50)))
        .await;
    assert!(matches!(looped, Err(Failure::Deadline(_))), "{looped:?}");
    let deep = called(&stage, module, 1, &[]).await;
    assert!(
        matches!(&deep, Err(Failure::Trap { code, .. }) if code == "stack-overflow"),
        "{deep:?}"
    );
    assert_eq!(called(&stage, module, 2, &[]).await, Ok(vec![1]));
}
