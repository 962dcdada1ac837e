//! One component or plain module, loaded: calls through its doors, each in an instance of its own.
//!
//! Not here: the doors' bytes, which pass through unread, and which function an index means.

use crate::code::{Code, ComponentCode};
use crate::door::{DISPATCH, Method, RUN};
use crate::failure::{Failure, panic_message};
use crate::grants::{Grants, Guest};
use crate::host::Host;
use crate::kept::Kept;
use crate::limits::{Limits, Pool};
use crate::live::{self, Budget, Kind, Live};
use crate::load::LoadError;
use crate::plain::{self, Loaded, Plain, PlainCode};
use crate::pooled::Resting;
use crate::state::State;
use crate::ticker::Ticker;
use crate::transport::{CallContext, Transport};
use futures_util::FutureExt;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;
use wasmtime::{Engine, Store};

/// A compiled component with what it may reach, what it may use, and its way out. Clones are the same program.
///
/// Every call runs in a fresh instance: calls side by side share nothing, and one that traps, loops or takes all its
/// memory is noticed by nobody else; [`Instances`](crate::Instances) are for other policies. Calls need a tokio runtime
/// with its timer.
#[derive(Clone)]
pub struct Program {
    inner: Arc<Inner>,
}

struct Inner {
    guest: Arc<Guest>,
    code: Code,
    from_cache: bool,
    limits: Limits,
    memory: Arc<Pool>,
    transport: Arc<dyn Transport>,
    resting: Arc<Resting>,
    ticker: Arc<Ticker>,
}

impl Program {
    /// Compile a component that exports `wasm-rpc:core/dispatch`, `wasi:cli/run`, or both.
    ///
    /// It may import `wasm-rpc:core/transport`, which `transport` answers, and WASI 0.2 without `wasi:http`. `name` tags
    /// its output. This takes the processor for milliseconds to seconds: in a server, call it on a blocking thread.
    ///
    /// # Errors
    ///
    /// [`LoadError`] says what is wrong with the bytes, or all the imports that nothing answers, or the grant that
    /// cannot be given.
    pub fn load(
        host: &Host,
        name: &str,
        component: &[u8],
        grants: Grants,
        limits: Limits,
        transport: Arc<dyn Transport>,
    ) -> Result<Program, LoadError> {
        contained(|| {
            within(host, component)?;
            let guest = guest(name, grants);
            let (code, ticker, from_cache) = Code::of_component(host, component, &guest)?;
            Ok(Self::of(host, guest, code, ticker, from_cache, limits, transport))
        })
    }

    /// Compile a plain module with the adapters that were made for it.
    ///
    /// It may import WASI preview 1, and from `env` what its stub exports; calls of that go to `transport`. Its functions
    /// are called as a component's are. [`run`](Self::run) runs its `_start`.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load).
    pub fn load_plain(
        host: &Host,
        name: &str,
        plain: Plain<'_>,
        grants: Grants,
        limits: Limits,
        transport: Arc<dyn Transport>,
    ) -> Result<Program, LoadError> {
        contained(|| {
            within(host, plain.module)?;
            let guest = guest(name, grants);
            guest
                .preview1_with_dirs()
                .map_err(|(path, source)| LoadError::Directory { path, source })?;
            let scratch = |engine: &Engine| {
                let budget = Budget::none();
                let (guest, transport) = (Arc::clone(&guest), Arc::clone(&transport));
                Store::new(
                    engine,
                    State::new(guest, None, &limits, host.memory(), transport, &budget),
                )
            };
            let Loaded {
                code,
                ticker,
                from_cache,
            } = PlainCode::load(host, plain, scratch)?;
            if !code.is_callable() && !code.is_command() {
                return Err(LoadError::NoEntry);
            }
            let code = Code::Plain(code);
            Ok(Self::of(host, guest, code, ticker, from_cache, limits, transport))
        })
    }

    fn of(
        host: &Host,
        guest: Arc<Guest>,
        code: Code,
        ticker: Arc<Ticker>,
        from_cache: bool,
        limits: Limits,
        transport: Arc<dyn Transport>,
    ) -> Program {
        let inner = Inner {
            guest,
            code,
            from_cache,
            limits,
            memory: host.memory(),
            transport,
            resting: host.resting(),
            ticker,
        };
        Program { inner: Arc::new(inner) }
    }

    /// The name that it was loaded with.
    pub fn name(&self) -> &str {
        &self.inner.guest.name
    }

    /// What its calls may use.
    pub fn limits(&self) -> &Limits {
        &self.inner.limits
    }

    /// Whether its code was on disk, in [`HostConfig::cache`](crate::HostConfig::cache), and did not have to be compiled.
    pub fn loaded_from_cache(&self) -> bool {
        self.inner.from_cache
    }

    /// Whether [`call`](Self::call) and [`describe`](Self::describe) have a door to go through.
    pub fn is_callable(&self) -> bool {
        match &self.inner.code {
            Code::Component(code) => code.dispatch.is_some(),
            Code::Plain(code) => code.is_callable(),
        }
    }

    /// Whether [`run`](Self::run) has one.
    pub fn is_command(&self) -> bool {
        match &self.inner.code {
            Code::Component(code) => code.run.is_some(),
            Code::Plain(code) => code.is_command(),
        }
    }

    /// Call a function by its index in [`describe`](Self::describe). Takes and gives encoded bytes.
    ///
    /// Dropping the future ends the call: its instance is dropped, its nested calls are cancelled.
    ///
    /// # Errors
    ///
    /// [`Failure::Refused`] when the skeleton would not take the request; the others say what ended the call.
    pub async fn call(&self, function: u32, request: &[u8], context: CallContext) -> Result<Vec<u8>, Failure> {
        let budget = self.budget(context);
        self.guarded(&budget, async {
            let mut live = self.instance(&budget).await?;
            self.dispatch(&mut live, function, request, &budget).await
        })
        .await
    }

    /// One call in an instance that is there.
    pub(crate) async fn dispatch(
        &self,
        live: &mut Live,
        function: u32,
        request: &[u8],
        budget: &Budget,
    ) -> Result<Vec<u8>, Failure> {
        self.dispatch_to(live, 0, function, request, budget).await
    }

    /// The same to one of several plain modules in its store.
    pub(crate) async fn dispatch_to(
        &self,
        live: &mut Live,
        module: usize,
        function: u32,
        request: &[u8],
        budget: &Budget,
    ) -> Result<Vec<u8>, Failure> {
        live.dispatch(&self.inner.code, module, function, request, &self.inner.limits, budget)
            .await
    }

    /// An instance that stays between calls, made at its first one.
    pub fn keep(&self) -> Kept {
        Kept::new(self.clone())
    }

    /// The functions that [`call`](Self::call) takes; a function's index is its place.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call): this runs the component's code. A plain module has no such function of its own.
    pub async fn describe(&self) -> Result<Vec<Method>, Failure> {
        let dispatch = self.inner.code.dispatch().ok_or(Failure::NoDoor(DISPATCH))?;
        let budget = self.budget(CallContext::within(self.inner.limits.deadline));
        self.guarded(&budget, async {
            let mut live = self.instance(&budget).await?;
            let Kind::Component(instance, _) = &live.kind else {
                return Err(Failure::NoDoor(DISPATCH));
            };
            let door = instance
                .get_typed_func::<(), (Vec<Method>,)>(&mut live.store, &dispatch.describe)
                .map_err(|error| Failure::Instance(format!("{error:#}")))?;
            let answer = door.call_async(&mut live.store, ()).await;
            let (methods,) = answer.map_err(|error| self.failure(&live, &error, &budget))?;
            Ok(methods)
        })
        .await
    }

    /// Run a command, `wasi:cli/run` or a plain module's `_start`, to its exit code: 0 or 1 as it returns, or what it
    /// passes to `wasi:cli/exit` or `proc_exit`.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call), without [`Failure::Refused`] and [`Failure::Exit`]. Dropping the future ends the command.
    pub async fn run(&self, context: CallContext) -> Result<i32, Failure> {
        if !self.is_command() {
            return Err(Failure::NoDoor(RUN));
        }
        let budget = self.budget(context);
        let ended = self.guarded(&budget, async {
            let mut live = self.instance(&budget).await?;
            let answer = match (&live.kind, &self.inner.code) {
                (Kind::Component(instance, _), Code::Component(ComponentCode { run: Some(run), .. })) => {
                    let door = instance
                        .get_typed_func::<(), (Result<(), ()>,)>(&mut live.store, run)
                        .map_err(|error| Failure::Instance(format!("{error:#}")))?;
                    let answer = door.call_async(&mut live.store, ()).await;
                    answer.map(|(result,)| i32::from(result.is_err()))
                }
                (Kind::Plain(modules), _) => {
                    let start = modules.first().and_then(|module| module.start.clone());
                    let start = start.ok_or(Failure::NoDoor(RUN))?;
                    start.call_async(&mut live.store, ()).await.map(|()| 0)
                }
                _ => return Err(Failure::NoDoor(RUN)),
            };
            answer.map_err(|error| self.failure(&live, &error, &budget))
        });
        match ended.await {
            Err(Failure::Exit(code)) => Ok(code),
            ended => ended,
        }
    }

    pub(crate) fn budget(&self, mut context: CallContext) -> Budget {
        let now = Instant::now();
        if let Some(latest) = now.checked_add(self.inner.limits.deadline) {
            context.deadline = context.deadline.min(latest);
        }
        Budget {
            ends: context.deadline,
            allowed: context.deadline.saturating_duration_since(now),
            context: Arc::new(context),
        }
    }

    /// Let `work` go on until it ends, the deadline passes or something in it panics.
    pub(crate) async fn guarded<T>(
        &self,
        budget: &Budget,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let _running = self.inner.ticker.run();
        let deadline = budget.ends.into();
        let contained = AssertUnwindSafe(work).catch_unwind();
        match tokio::time::timeout_at(deadline, contained).await {
            Ok(Ok(result)) => result,
            Ok(Err(payload)) => Err(Failure::panicked(&*payload)),
            Err(_) => Err(Failure::Deadline(budget.allowed)),
        }
    }

    fn failure(&self, live: &Live, error: &wasmtime::Error, budget: &Budget) -> Failure {
        Failure::in_call(error, &live.store, &self.inner.limits, budget.allowed)
    }

    /// A fresh instance, armed for one call. Instances that idle anywhere on the host make room for it.
    pub(crate) async fn instance(&self, budget: &Budget) -> Result<Live, Failure> {
        for _ in 0..ATTEMPTS {
            match self.try_instance(budget).await {
                Err(Failure::Full(_)) if self.inner.resting.release() => {}
                made => return made,
            }
        }
        self.try_instance(budget).await
    }

    async fn try_instance(&self, budget: &Budget) -> Result<Live, Failure> {
        let Inner {
            guest,
            code,
            limits,
            memory,
            transport,
            ..
        } = &*self.inner;
        let gone = |(path, error): (PathBuf, io::Error)| Failure::Directory {
            path,
            reason: error.to_string(),
        };
        let (wasi, preview1) = match code {
            Code::Component(code) if code.uses_wasi => (guest.context_with_dirs().map_err(gone)?, None),
            Code::Component(_) => (None, None),
            Code::Plain(_) => (None, guest.preview1_with_dirs().map_err(gone)?),
        };
        let transport = transport.open().unwrap_or_else(|| Arc::clone(transport));
        let mut state = State::new(Arc::clone(guest), wasi, limits, Arc::clone(memory), transport, budget);
        state.preview1 = preview1;
        if matches!(code, Code::Plain(_)) {
            state.device = guest.device(limits);
        }
        let mut store = Store::new(code.engine(), state);
        store.limiter(|state| &mut state.meter);
        store.set_hostcall_fuel(limits.hostcall_fuel());
        live::watch(&mut store);
        let in_start = |store: &Store<State>, error| Failure::in_start(&error, store, limits, budget.allowed);
        let kind = match code {
            Code::Component(code) => match code.pre.instantiate_async(&mut store).await {
                Ok(instance) => Kind::Component(instance, None),
                Err(error) => return Err(in_start(&store, error)),
            },
            Code::Plain(code) => match code.instantiate(&mut store).await {
                Ok(instance) => Kind::Plain(vec![instance]),
                Err((step, error)) => return Err(plain::in_step(step, in_start(&store, error))),
            },
        };
        Ok(Live::new(store, kind))
    }

    /// The instances that idle, on the whole host.
    pub(crate) fn resting(&self) -> &Resting {
        &self.inner.resting
    }

    /// The memory that all instances of the host share.
    pub(crate) fn memory(&self) -> &Pool {
        &self.inner.memory
    }
}

fn guest(name: &str, grants: Grants) -> Arc<Guest> {
    let name = name.to_owned();
    Arc::new(Guest { name, grants })
}

fn within(host: &Host, bytes: &[u8]) -> Result<(), LoadError> {
    let (size, limit) = (bytes.len(), host.config().component_bytes);
    match size > limit {
        true => Err(LoadError::TooLarge { size, limit }),
        false => Ok(()),
    }
}

/// The engine's panics over what it is given are errors of that alone.
fn contained(load: impl FnOnce() -> Result<Program, LoadError>) -> Result<Program, LoadError> {
    panic::catch_unwind(AssertUnwindSafe(load))
        .unwrap_or_else(|payload| Err(LoadError::Panic(panic_message(&*payload))))
}

/// How often idle instances are asked to make room before a call is refused: each time half of them go.
const ATTEMPTS: usize = 8;

impl std::fmt::Debug for Program {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Program")
            .field("name", &self.inner.guest.name)
            .finish_non_exhaustive()
    }
}
