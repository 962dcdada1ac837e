//! The synchronous door in: a skeleton with a resource (`counter-skeleton.wat`), driven as a session drives it.

use crate::carrier::{Code, Method, Status, composed};
use wasmtime::component::{Component, Linker, TypedFunc};
use wasmtime::error::{Context as _, Result};
use wasmtime::{Config, Engine, Store};

const NEW: u32 = 0;
const NEXT: u32 = 1;
const JOIN: u32 = 2;
const DROP: u32 = 3;

type Answer = Result<Vec<u8>, Status>;

/// One session: an instance of its own.
struct Session {
    store: Store<()>,
    describe: TypedFunc<(), (Vec<Method>,)>,
    call: TypedFunc<(u32, Vec<u8>), (Answer,)>,
    made: TypedFunc<(), (u32,)>,
    destroyed: TypedFunc<(), (u32,)>,
}

impl Session {
    fn open(concurrency: bool) -> Result<Self> {
        let mut config = Config::new();
        config.concurrency_support(concurrency);
        let engine = Engine::new(&config)?;
        let component = composed(&["counter-callee.wat", "counter-skeleton.wat", "counter-served.wat"])?;
        let component = Component::new(&engine, component)?;
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine).instantiate(&mut store, &component)?;
        let dispatch = instance
            .get_export_index(&mut store, None, "wasm-rpc:core/dispatch@0.1.0")
            .context("door")?;
        let describe = instance
            .get_export_index(&mut store, Some(&dispatch), "describe")
            .context("describe")?;
        let call = instance
            .get_export_index(&mut store, Some(&dispatch), "call")
            .context("call")?;
        Ok(Session {
            describe: instance.get_typed_func(&mut store, describe)?,
            call: instance.get_typed_func(&mut store, call)?,
            made: instance.get_typed_func(&mut store, "made")?,
            destroyed: instance.get_typed_func(&mut store, "destroyed")?,
            store,
        })
    }

    fn call(&mut self, function: u32, request: &[u8]) -> Result<Result<Vec<u8>, Status>> {
        Ok(self.call.call(&mut self.store, (function, request.to_vec()))?.0)
    }

    /// Counters made and destroyed.
    fn gauges(&mut self) -> Result<(u32, u32)> {
        let (made,) = self.made.call(&mut self.store, ())?;
        let (destroyed,) = self.destroyed.call(&mut self.store, ())?;
        Ok((made, destroyed))
    }
}

fn code(answer: Result<Vec<u8>, Status>) -> Code {
    answer.expect_err("a status").code
}

#[test]
fn describe_names_the_functions_of_a_resource() -> Result<()> {
    let mut session = Session::open(false)?;
    let (methods,) = session.describe.call(&mut session.store, ())?;
    let names: Vec<_> = methods
        .iter()
        .map(|method| method.path.rsplit('/').next().unwrap_or_default())
        .collect();
    assert_eq!(names, ["Counter__New", "Counter_Next", "Counter_Join", "Counter__Drop"]);
    assert!(
        methods
            .iter()
            .all(|method| method.link.is_empty() && !method.fingerprint.is_empty())
    );
    Ok(())
}

#[test]
fn state_lives_in_the_instance_between_calls() -> Result<()> {
    for concurrency in [false, true] {
        let mut session = Session::open(concurrency)?;
        assert_eq!(session.call(NEW, &[40])?, Ok(vec![0, 0]));
        assert_eq!(session.call(NEW, &[0x7f])?, Ok(vec![1, 0]));
        assert_eq!(session.call(NEXT, &[0, 0])?, Ok(vec![40]));
        assert_eq!(session.call(NEXT, &[0, 0])?, Ok(vec![41]));
        assert_eq!(session.call(NEXT, &[1, 0])?, Ok(vec![0x7f]));
        assert_eq!(session.call(NEXT, &[1, 0])?, Ok(vec![0]));
    }
    Ok(())
}

#[test]
fn another_session_has_other_handles() -> Result<()> {
    let mut one = Session::open(false)?;
    let mut other = Session::open(false)?;
    assert_eq!(one.call(NEW, &[5])?, Ok(vec![0, 0]));
    assert_eq!(code(other.call(NEXT, &[0, 0])?), Code::NotFound);
    Ok(())
}

#[test]
fn a_dropped_handle_is_stale_even_when_its_index_is_used_again() -> Result<()> {
    let mut session = Session::open(false)?;
    assert_eq!(session.call(NEW, &[1])?, Ok(vec![0, 0]));
    assert_eq!(session.call(DROP, &[0, 0])?, Ok(vec![]));
    assert_eq!(session.gauges()?, (1, 1));
    assert_eq!(code(session.call(NEXT, &[0, 0])?), Code::NotFound);
    assert_eq!(code(session.call(DROP, &[0, 0])?), Code::NotFound);
    assert_eq!(session.call(NEW, &[7])?, Ok(vec![0, 1]));
    assert_eq!(code(session.call(NEXT, &[0, 0])?), Code::NotFound);
    assert_eq!(session.call(NEXT, &[0, 1])?, Ok(vec![7]));
    Ok(())
}

#[test]
fn an_owned_parameter_leaves_the_table() -> Result<()> {
    let mut session = Session::open(false)?;
    assert_eq!(session.call(NEW, &[20])?, Ok(vec![0, 0]));
    assert_eq!(session.call(NEW, &[22])?, Ok(vec![1, 0]));
    assert_eq!(session.call(JOIN, &[0, 0, 1, 0])?, Ok(vec![0, 1]));
    assert_eq!(session.gauges()?, (3, 2));
    assert_eq!(code(session.call(NEXT, &[1, 0])?), Code::NotFound);
    assert_eq!(session.call(NEXT, &[0, 1])?, Ok(vec![42]));
    Ok(())
}

#[test]
fn a_refused_call_takes_nothing() -> Result<()> {
    let mut session = Session::open(false)?;
    assert_eq!(session.call(NEW, &[20])?, Ok(vec![0, 0]));
    assert_eq!(code(session.call(JOIN, &[0, 0, 9, 0])?), Code::NotFound);
    assert_eq!(code(session.call(JOIN, &[0, 0, 0, 0])?), Code::NotFound);
    assert_eq!(code(session.call(JOIN, &[0, 0])?), Code::InvalidArgument);
    assert_eq!(code(session.call(NEXT, &[0, 0, 0])?), Code::InvalidArgument);
    assert_eq!(code(session.call(NEXT, &[0x80])?), Code::InvalidArgument);
    assert_eq!(code(session.call(9, &[])?), Code::Unimplemented);
    assert_eq!(session.call(NEXT, &[0, 0])?, Ok(vec![20]));
    assert_eq!(session.gauges()?, (1, 0));
    Ok(())
}

#[test]
fn handles_are_limited_and_given_back() -> Result<()> {
    let mut session = Session::open(false)?;
    for index in 0..64 {
        assert_eq!(session.call(NEW, &[0])?, Ok(vec![index, 0]));
    }
    assert_eq!(code(session.call(NEW, &[0])?), Code::ResourceExhausted);
    assert_eq!(session.gauges()?, (64, 0));
    assert_eq!(session.call(DROP, &[33, 0])?, Ok(vec![]));
    assert_eq!(session.call(NEW, &[0])?, Ok(vec![33, 1]));
    Ok(())
}
