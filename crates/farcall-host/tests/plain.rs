//! Plain modules through their generated adapters: values, WASI preview 1, calls out, limits, traps.

use farcall_adapter::{CoreType, PlainExports, PlainFunction, PlainImport, PlainModule, plain_skeleton, plain_stub};
use farcall_host::{
    CallContext, Closed, Code, Failure, Grants, Host, Instances, Limits, LoadError, Method, Output, Plain, Policy,
    Program, Status, Transport,
};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A module with its adapters, loaded.
struct Loading {
    module: Vec<u8>,
    limits: Limits,
    grants: Grants,
    transport: Arc<dyn Transport>,
    survives_traps: bool,
}

impl Loading {
    fn of(text: &str) -> Self {
        Self {
            module: wat::parse_str(text).unwrap(),
            limits: Limits::default(),
            grants: Grants::default(),
            transport: Arc::new(Closed),
            survives_traps: false,
        }
    }

    fn load(self) -> Result<Program, LoadError> {
        let plain = PlainModule::read(&self.module, PlainExports::Marked).unwrap();
        let imports: Vec<PlainImport> = plain
            .imports
            .iter()
            .map(|function| PlainImport {
                function: function.clone(),
                link: "m".into(),
                path: format!("/M/{}", function.name),
                fingerprint: "f".into(),
            })
            .collect();
        let stub = (!imports.is_empty()).then(|| plain_stub(&imports));
        let skeleton = (!plain.exports.is_empty()).then(|| plain_skeleton(&plain.exports));
        let parts = Plain {
            module: &self.module,
            stub: stub.as_deref(),
            skeleton: skeleton.as_deref(),
            survives_traps: self.survives_traps,
        };
        Program::load_plain(
            &Host::default(),
            "plain",
            parts,
            self.grants,
            self.limits,
            self.transport,
        )
    }
}

fn program(text: &str) -> Program {
    Loading::of(text).load().unwrap()
}

fn soon() -> CallContext {
    CallContext::within(Duration::from_secs(20))
}

/// Answers every call with its request, and keeps the method.
#[derive(Default)]
struct Echo(Mutex<Vec<Method>>);

impl Transport for Echo {
    fn call<'a>(
        &'a self,
        method: Method,
        request: Vec<u8>,
        _: &'a CallContext,
    ) -> BoxFuture<'a, Result<Vec<u8>, Status>> {
        self.0.lock().unwrap().push(method);
        async move { Ok(request) }.boxed()
    }
}

const ADD: &str = r#"(module
    (func (export "__wasm_rpc_add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "__wasm_rpc_many") (param i32 i64 f32 f64) (result f64 f32 i64 i32)
      (local.get 3) (local.get 2) (local.get 1) (local.get 0))
    (func (export "__wasm_rpc_nothing")))"#;

#[tokio::test]
async fn a_plain_function_is_called_through_its_skeleton() {
    let program = program(ADD);
    assert!(program.is_callable() && !program.is_command());
    assert_eq!(program.call(0, &[1, 2], soon()).await, Ok(vec![3]));
    assert_eq!(program.call(0, &[0x7f, 2], soon()).await, Ok(vec![1]), "-1 + 2");
    assert_eq!(program.call(2, &[], soon()).await, Ok(vec![]));
}

/// spec: V-6
#[tokio::test]
async fn the_bits_of_a_nan_come_back_and_several_results_in_order() {
    let program = program(ADD);
    let (single, double) = (0x7fa0_0001_u32.to_le_bytes(), 0xfff4_0000_0000_0042_u64.to_le_bytes());
    let mut request = vec![0x80, 0x80, 0x80, 0x80, 0x78, 0x7f];
    request.extend(single);
    request.extend(double);
    let mut response = [&double[..], &single[..]].concat();
    response.extend([0x7f, 0x80, 0x80, 0x80, 0x80, 0x78]);
    assert_eq!(program.call(1, &request, soon()).await, Ok(response));
}

#[tokio::test]
async fn a_request_that_does_not_decode_is_refused_with_its_byte() {
    let program = program(ADD);
    let refused = async |function, request: &[u8]| match program.call(function, request, soon()).await {
        Err(Failure::Refused(status)) => (status.code, status.message),
        other => panic!("{other:?}"),
    };
    for (request, what) in [
        (&[1][..], "ends too early at byte 1"),
        (&[1, 2, 3], "bytes left over at byte 2"),
        (&[0x81, 0x00, 2], "not minimal or too large at byte 0"),
        (&[0xff, 0xff, 0xff, 0xff, 0x0f, 2], "at byte 0"),
        (&[7; 1000], "bytes left over at byte 2"),
    ] {
        let (code, message) = refused(0, request).await;
        assert_eq!(code, Code::InvalidArgument);
        assert!(message.contains(what), "{message}");
    }
    let (code, message) = refused(3, &[]).await;
    assert_eq!(
        (code, message.as_str()),
        (Code::Unimplemented, "no function has that index")
    );
}

#[tokio::test]
async fn a_reactor_is_initialised_once_and_prints_through_preview_1() {
    let text = r#"(module
        (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1)
        (data (i32.const 100) "hello\n")
        (global $calls (mut i32) (i32.const 0))
        (func (export "_initialize") (global.set $calls (i32.add (global.get $calls) (i32.const 10))))
        (func (export "__wasm_rpc_hello") (result i32)
          (i32.store (i32.const 0) (i32.const 100))
          (i32.store (i32.const 4) (i32.const 6))
          (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
          (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
          (global.get $calls)))"#;
    let out = Buffer::default();
    let mut loading = Loading::of(text);
    loading.grants.stdout = Output::tagged(out.clone());
    let program = loading.load().unwrap();
    assert_eq!(program.call(0, &[], soon()).await, Ok(vec![11]));
    let pooled = Instances::new(program.clone(), Policy::Pooled);
    let shared = Instances::new(program, Policy::Shared);
    for instances in [pooled, shared] {
        for expected in [11, 12] {
            assert_eq!(instances.call(0, Vec::new().into(), soon()).await, Ok(vec![expected]));
        }
    }
    assert_eq!(out.text(), "[plain] hello\n".repeat(5));
}

#[tokio::test]
async fn a_command_runs_to_its_exit_code() {
    let text = r#"(module
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 1)
        (func (export "_start") (call $exit (i32.const 7))))"#;
    let command = program(text);
    assert!(command.is_command() && !command.is_callable());
    assert_eq!(command.run(soon()).await, Ok(7));
    let quiet = program(r#"(module (func (export "_start")))"#);
    assert_eq!(quiet.run(soon()).await, Ok(0));
}

#[tokio::test]
async fn a_call_out_goes_through_the_transport_with_its_bits() {
    let text = r#"(module
        (import "env" "__wasm_rpc_far" (func $far (param i64 f32) (result i64 f32)))
        (func (export "__wasm_rpc_near") (param i64 f32) (result i64 f32)
          (call $far (local.get 0) (local.get 1))))"#;
    let echo = Arc::new(Echo::default());
    let mut loading = Loading::of(text);
    loading.transport = Arc::clone(&echo) as _;
    let program = loading.load().unwrap();
    let message = [&[0xc0, 0xbb, 0x78][..], &0xffa0_1234_u32.to_le_bytes()].concat();
    assert_eq!(program.call(0, &message, soon()).await, Ok(message));
    let method = Method {
        link: "m".into(),
        path: "/M/far".into(),
        fingerprint: "f".into(),
    };
    assert_eq!(*echo.0.lock().unwrap(), [method]);
}

#[tokio::test]
async fn a_call_out_that_fails_ends_its_caller_with_the_cause() {
    let text = r#"(module
        (import "env" "__wasm_rpc_far" (func $far (result i32)))
        (func (export "__wasm_rpc_near") (result i32) (call $far)))"#;
    let failed = program(text).call(0, &[], soon()).await;
    let Err(Failure::Aborted { method, status }) = failed else {
        panic!("{failed:?}");
    };
    assert_eq!((method.path.as_str(), status.code), ("/M/far", Code::Unimplemented));

    // An echo of no parameters is an empty response, which is no i32.
    let mut loading = Loading::of(text);
    loading.transport = Arc::new(Echo::default());
    let failed = loading.load().unwrap().call(0, &[], soon()).await;
    let Err(Failure::Aborted { status, .. }) = failed else {
        panic!("{failed:?}");
    };
    assert_eq!(status.code, Code::Internal);
    assert!(status.message.contains("ends too early at byte 0"), "{status}");
}

#[tokio::test]
async fn a_trap_ends_a_shared_instance_unless_it_is_to_survive() {
    let text = r#"(module
        (global $calls (mut i32) (i32.const 0))
        (func (export "__wasm_rpc_count") (param i32) (result i32)
          (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
          (if (local.get 0) (then unreachable))
          (global.get $calls))
        (func $deep (export "__wasm_rpc_deep") (result i32) (i32.add (call $deep) (i32.const 1))))"#;
    for (survives_traps, after) in [(false, 1), (true, 3)] {
        let mut loading = Loading::of(text);
        loading.survives_traps = survives_traps;
        let shared = Instances::new(loading.load().unwrap(), Policy::Shared);
        assert_eq!(shared.call(0, vec![0].into(), soon()).await, Ok(vec![1]));
        let trapped = shared.call(0, vec![1].into(), soon()).await;
        assert!(
            matches!(&trapped, Err(Failure::Trap { code, .. }) if code == "unreachable-code-reached"),
            "{trapped:?}"
        );
        assert_eq!(shared.call(0, vec![0].into(), soon()).await, Ok(vec![after]));
        let deep = shared.call(1, Vec::new().into(), soon()).await;
        assert!(
            matches!(&deep, Err(Failure::Trap { code, .. }) if code == "stack-overflow"),
            "{deep:?}"
        );
    }
}

#[tokio::test]
async fn a_loop_ends_at_its_deadline_and_memory_at_its_limit() {
    let text = r#"(module
        (memory 1)
        (func (export "__wasm_rpc_loop") (loop $again (br $again)))
        (func (export "__wasm_rpc_grow")
          (if (i32.eq (memory.grow (i32.const 100)) (i32.const -1)) (then unreachable))))"#;
    let mut loading = Loading::of(text);
    loading.limits.memory = 4 << 20;
    let program = loading.load().unwrap();
    let looped = program
        .call(0, &[], CallContext::within(Duration::from_millis(50)))
        .await;
    assert!(matches!(looped, Err(Failure::Deadline(_))), "{looped:?}");
    let grown = program.call(1, &[], soon()).await;
    assert_eq!(grown, Err(Failure::Memory { limit: 4 << 20 }));
}

#[tokio::test]
async fn a_start_function_that_traps_is_named() {
    let text = r#"(module (func $s unreachable) (start $s) (func (export "__wasm_rpc_f")))"#;
    let failed = program(text).call(0, &[], soon()).await;
    let Err(Failure::Trap { message, .. }) = &failed else {
        panic!("{failed:?}");
    };
    assert!(
        message.starts_with("in its start function, before any call: "),
        "{message}"
    );
}

#[test]
fn imports_that_nothing_gives_are_all_named() {
    let text = r#"(module
        (import "env" "memory" (memory 1))
        (import "env" "print" (func (param i32)))
        (import "wasi_snapshot_preview1" "fd_wrote" (func))
        (func (export "__wasm_rpc_f")))"#;
    match Loading::of(text).load() {
        Err(LoadError::MissingImports(names)) => {
            assert_eq!(names, ["env.memory", "env.print", "wasi_snapshot_preview1.fd_wrote"]);
        }
        other => panic!("{other:?}"),
    }
    let text =
        r#"(module (import "wasi_snapshot_preview1" "fd_close" (func (param i64))) (func (export "__wasm_rpc_f")))"#;
    assert!(matches!(Loading::of(text).load(), Err(LoadError::MismatchedImport(_))));
}

#[test]
fn what_is_no_whole_module_is_told_apart() {
    let load = |bytes: &[u8]| {
        let function = PlainFunction {
            symbol: "f".into(),
            name: "f".into(),
            params: vec![CoreType::I32],
            results: Vec::new(),
            declared: None,
        };
        let skeleton = plain_skeleton(&[function]);
        let plain = Plain {
            module: bytes,
            stub: None,
            skeleton: Some(&skeleton),
            survives_traps: false,
        };
        let (grants, limits) = (Grants::default(), Limits::default());
        Program::load_plain(&Host::default(), "plain", plain, grants, limits, Arc::new(Closed)).unwrap_err()
    };
    assert!(matches!(load(b"#!/bin/sh"), LoadError::NotWasm { .. }));
    assert!(matches!(load(b"\0asm\x01\0\0"), LoadError::Truncated { .. }));
    assert!(matches!(
        load(&wat::parse_str("(component)").unwrap()),
        LoadError::Component
    ));
    let module = wat::parse_str("(module)").unwrap();
    assert!(matches!(load(&module), LoadError::MissingImports(names) if names == ["module.f"]));
}

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Buffer {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
