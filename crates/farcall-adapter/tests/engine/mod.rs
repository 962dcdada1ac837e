//! The test's engine: runs a skeleton with a stub of the same interfaces, and is the door behind the stub.
//!
//! Every call is made twice, of a skeleton beside the stub and of one fused into it, and must end alike.

#![allow(dead_code, reason = "each test file uses its part")]

use farcall_adapter::{Form, Plan, Serve, Skeleton, adapt, skeleton, stub};
use farcall_wit::Wit;
use wasmtime::component::{Component, ComponentType, Instance, InstancePre, Lift, Linker, Lower, TypedFunc};
use wasmtime::{Config, Engine, OptLevel, ResourceLimiter, Store};

#[derive(ComponentType, Lift, Lower, Clone, Copy, Debug, PartialEq)]
#[component(enum)]
#[repr(u8)]
pub enum Code {
    #[component(name = "cancelled")]
    Cancelled,
    #[component(name = "unknown")]
    Unknown,
    #[component(name = "invalid-argument")]
    InvalidArgument,
    #[component(name = "deadline-exceeded")]
    DeadlineExceeded,
    #[component(name = "not-found")]
    NotFound,
    #[component(name = "already-exists")]
    AlreadyExists,
    #[component(name = "permission-denied")]
    PermissionDenied,
    #[component(name = "resource-exhausted")]
    ResourceExhausted,
    #[component(name = "failed-precondition")]
    FailedPrecondition,
    #[component(name = "aborted")]
    Aborted,
    #[component(name = "out-of-range")]
    OutOfRange,
    #[component(name = "unimplemented")]
    Unimplemented,
    #[component(name = "internal")]
    Internal,
    #[component(name = "unavailable")]
    Unavailable,
    #[component(name = "data-loss")]
    DataLoss,
    #[component(name = "unauthenticated")]
    Unauthenticated,
}

#[derive(ComponentType, Lift, Lower, Clone, Debug, PartialEq)]
#[component(record)]
pub struct Status {
    pub code: Code,
    pub message: String,
    pub details: Vec<u8>,
}

#[derive(ComponentType, Lift, Lower, Clone, Debug, Default, PartialEq)]
#[component(record)]
pub struct Method {
    pub link: String,
    pub path: String,
    pub fingerprint: String,
}

/// What one call showed.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    pub method: Method,
    pub request: Vec<u8>,
    pub response: Result<Vec<u8>, Status>,
}

/// How one call ended.
#[derive(Clone, Debug)]
pub enum Ended {
    Answered(Seen),
    /// By a stub's `abort`.
    Aborted(Status),
    Trapped(String),
}

#[derive(Default)]
struct Door {
    answer: Option<Result<Vec<u8>, Status>>,
    method: Method,
    request: Vec<u8>,
    aborted: Option<Status>,
    memory: usize,
}

impl ResourceLimiter for Door {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        self.memory += desired - current;
        Ok(true)
    }

    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(true)
    }
}

type Call = TypedFunc<(u32, Vec<u8>), (Result<Vec<u8>, Status>,)>;

/// A skeleton that calls a stub: composed, and fused.
pub struct Loop {
    pub skeleton: Skeleton,
    sides: [Side; 2],
}

/// One adapted component, ready to be called.
pub struct Side {
    pre: InstancePre<Door>,
    live: Live,
}

/// A trap ends a store, and with it this.
struct Live {
    store: Store<Door>,
    instance: Instance,
    call: Call,
}

impl Live {
    fn new(pre: &InstancePre<Door>) -> Live {
        let mut store = Store::new(pre.engine(), Door::default());
        store.limiter(|door| door);
        let instance = pre.instantiate(&mut store).unwrap();
        let dispatch = instance
            .get_export_index(&mut store, None, farcall_adapter::DISPATCH_INTERFACE)
            .unwrap();
        let call = instance.get_export_index(&mut store, Some(&dispatch), "call").unwrap();
        let call: Call = instance.get_typed_func(&mut store, call).unwrap();
        Live { store, instance, call }
    }
}

pub fn engine() -> Engine {
    Engine::new(&config()).unwrap()
}

/// One that compiles fast and runs slowly.
pub fn quick_engine() -> Engine {
    Engine::new(config().cranelift_opt_level(OptLevel::None)).unwrap()
}

fn config() -> Config {
    let mut config = Config::new();
    config
        .wasm_component_model_map(true)
        .wasm_component_model_fixed_length_lists(true);
    config
}

impl Loop {
    /// From WIT text with a world `w` that imports what it exports.
    pub fn new(text: &str) -> Loop {
        Loop::of(&Wit::from_text("t.wit", text, Some("w")).unwrap())
    }

    pub fn of(wit: &Wit) -> Loop {
        Loop::try_of(wit).unwrap()
    }

    /// The same, for types that the engine may not take.
    pub fn try_new(text: &str) -> Result<Loop, String> {
        let wit = Wit::from_text("t.wit", text, Some("w")).map_err(|error| error.to_string())?;
        Loop::try_of(&wit)
    }

    fn try_of(wit: &Wit) -> Result<Loop, String> {
        let links: Vec<_> = wit.imports().into_iter().map(|interface| interface.name).collect();
        let stub = stub(wit, &links, "here").map_err(|error| error.to_string())?;
        let skeleton = skeleton(wit, &Serve::WithWorldFunctions, "here").map_err(|error| error.to_string())?;
        let engine = engine();
        let side = |form| {
            let plan = Plan {
                serve: Serve::WithWorldFunctions,
                world_service: "here".into(),
                form,
                ..Plan::default()
            };
            let whole = adapt(&stub.component, &plan).map_err(|error| error.to_string())?;
            assert_eq!(whole.fused.is_ok(), form == Form::Auto, "{:?}", whole.fused);
            Side::new(&engine, &whole.component)
        };
        let sides = [side(Form::Composed)?, side(Form::Auto)?];
        Ok(Loop { skeleton, sides })
    }

    pub fn index(&self, function: &str) -> u32 {
        let found = self
            .skeleton
            .functions
            .iter()
            .position(|served| served.function.name == function);
        found.unwrap_or_else(|| panic!("{function} is served")) as u32
    }

    /// Calls a function whose remote side gives `answer`. An error is a trap; an abort's status comes as the answer.
    pub fn call(&mut self, function: &str, request: &[u8], answer: Result<Vec<u8>, Status>) -> Result<Seen, Status> {
        let index = self.index(function);
        self.call_index(index, request, answer)
    }

    pub fn call_index(&mut self, index: u32, request: &[u8], answer: Result<Vec<u8>, Status>) -> Result<Seen, Status> {
        let [composed, fused] = &mut self.sides;
        let composed = composed.call(index, request, answer.clone());
        let fused = fused.call(index, request, answer);
        assert_eq!(composed, fused, "composed and fused");
        composed
    }

    /// Bytes that the stores' memories take, after the last call.
    pub fn memory(&self) -> usize {
        self.sides.iter().map(|side| side.live.store.data().memory).sum()
    }

    pub fn describe(&mut self) -> Vec<Method> {
        let [composed, fused] = self.sides.each_mut().map(Side::describe);
        assert_eq!(composed, fused, "composed and fused");
        composed
    }
}

impl Side {
    pub fn new(engine: &Engine, whole: &[u8]) -> Result<Side, String> {
        let component = Component::new(engine, whole).map_err(|error| format!("{error:#}"))?;
        let mut linker: Linker<Door> = Linker::new(engine);
        let mut transport = linker.instance(farcall_adapter::TRANSPORT_INTERFACE).unwrap();
        transport
            .func_wrap("call", |mut store, (method, request): (Method, Vec<u8>)| {
                let door: &mut Door = store.data_mut();
                door.method = method;
                door.request = request;
                Ok((door.answer.take().expect("one call at a time"),))
            })
            .unwrap();
        transport
            .func_wrap(
                "abort",
                |mut store, (_, status): (Method, Status)| -> wasmtime::Result<()> {
                    store.data_mut().aborted = Some(status);
                    Err(wasmtime::Error::msg("aborted"))
                },
            )
            .unwrap();
        // What a toolchain imports without need traps when it is called after all.
        linker
            .define_unknown_imports_as_traps(&component)
            .map_err(|error| format!("{error:#}"))?;
        let pre = linker
            .instantiate_pre(&component)
            .map_err(|error| format!("{error:#}"))?;
        let live = Live::new(&pre);
        Ok(Side { pre, live })
    }

    fn call(&mut self, index: u32, request: &[u8], answer: Result<Vec<u8>, Status>) -> Result<Seen, Status> {
        match self.outcome(index, request, answer) {
            Ended::Answered(seen) => Ok(seen),
            Ended::Aborted(status) => Err(status),
            Ended::Trapped(why) => panic!("trapped: {why}"),
        }
    }

    /// Calls whatever is there; after a trap the next call meets a new instance.
    pub fn outcome(&mut self, index: u32, request: &[u8], answer: Result<Vec<u8>, Status>) -> Ended {
        let Live { store, call, .. } = &mut self.live;
        let memory = store.data().memory;
        *store.data_mut() = Door {
            answer: Some(answer),
            memory,
            ..Door::default()
        };
        let ended = call.call(&mut *store, (index, request.to_vec()));
        let memory = store.data().memory;
        let door = std::mem::replace(
            store.data_mut(),
            Door {
                memory,
                ..Door::default()
            },
        );
        match ended {
            Ok((response,)) => Ended::Answered(Seen {
                method: door.method,
                request: door.request,
                response,
            }),
            Err(error) => {
                self.live = Live::new(&self.pre);
                match door.aborted {
                    Some(status) => Ended::Aborted(status),
                    None => Ended::Trapped(format!("{error:?}")),
                }
            }
        }
    }

    fn describe(&mut self) -> Vec<Method> {
        let Live { store, instance, .. } = &mut self.live;
        let dispatch = instance
            .get_export_index(&mut *store, None, farcall_adapter::DISPATCH_INTERFACE)
            .unwrap();
        let describe = instance
            .get_export_index(&mut *store, Some(&dispatch), "describe")
            .unwrap();
        let describe: TypedFunc<(), (Vec<Method>,)> = instance.get_typed_func(&mut *store, describe).unwrap();
        describe.call(&mut *store, ()).unwrap().0
    }
}

/// Compiles a component on an engine that knows the asynchronous types.
pub fn engine_with_async_takes(component: &[u8]) {
    let mut config = Config::new();
    config.wasm_component_model_async(true);
    Component::new(&Engine::new(&config).unwrap(), component).unwrap();
}

/// `"01 7f"` as bytes.
pub fn hex(text: &str) -> Vec<u8> {
    text.split_whitespace()
        .map(|byte| u8::from_str_radix(byte, 16).unwrap())
        .collect()
}
