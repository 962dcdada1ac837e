//! A store in which plain modules are put one after another, each linked with those before it: as WebAssembly's own
//! test scripts have it.
//!
//! Not here: scripts. A module that is served has its own program; what is here lives as long as somebody holds it.

use crate::compile;
use crate::engine::Flavour;
use crate::failure::Failure;
use crate::grants::Grants;
use crate::host::Host;
use crate::limits::Limits;
use crate::live::{Kind, Live};
use crate::load::LoadError;
use crate::plain::{Plain, SERVED};
use crate::plain_instance::{Door, PlainInstance};
use crate::program::Program;
use crate::state::State;
use crate::transport::{CallContext, Transport};
use std::collections::HashMap;
use std::sync::{self, Arc, PoisonError};
use tokio::sync::Mutex;
use wasmtime::{Extern, Instance, Linker, Module, Store, Val};

/// Modules in one store. Clones are the same store; it ends with the last of them.
///
/// Calls run one after another. A trap ends its call alone, and whatever the modules share stays as it was left.
#[derive(Clone)]
pub struct Stage {
    program: Program,
    host: Host,
    inner: Arc<Mutex<Inner>>,
    /// Compiled, by their bytes: many modules of a script have functions of the same types and names.
    skeletons: Arc<sync::Mutex<HashMap<Box<[u8]>, Module>>>,
}

struct Inner {
    live: Option<Box<Live>>,
    /// What the next module may import: WASI, and what was registered.
    linker: Linker<State>,
    modules: Vec<Instance>,
}

/// A module on a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Staged {
    module: usize,
    door: usize,
}

/// Why a module did not come onto a stage.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StageError {
    /// It cannot be compiled.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Nothing that was registered answers one of its imports, or by another type.
    #[error("{0}")]
    Unlinkable(
        /// The engine's words.
        String,
    ),
    /// Its start function, or the filling of its tables and memories, trapped, or the stage has ended.
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// The value of a global, where calls could carry it: its bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // What WebAssembly calls them.
pub enum GlobalValue {
    I32(i32),
    I64(i64),
    F32(u32),
    F64(u64),
}

impl Stage {
    /// An empty stage. The limits are those of all its modules together, the deadline that of one call.
    ///
    /// # Errors
    ///
    /// A grant that cannot be given, an engine that does not start.
    pub fn new(
        host: &Host,
        name: &str,
        grants: Grants,
        limits: Limits,
        transport: Arc<dyn Transport>,
    ) -> Result<Stage, LoadError> {
        let plain = Plain {
            module: EMPTY_COMMAND,
            stub: None,
            skeleton: None,
            survives_traps: true,
        };
        let program = Program::load_plain(host, name, plain, grants, limits, transport)?;
        let (runtime, _) = host.runtime(Flavour::Synchronous)?;
        let mut linker = runtime.core.clone();
        linker.allow_shadowing(true);
        let inner = Inner {
            live: None,
            linker,
            modules: Vec::new(),
        };
        Ok(Stage {
            program,
            host: host.clone(),
            inner: Arc::new(Mutex::new(inner)),
            skeletons: Arc::default(),
        })
    }

    /// What its calls are held to.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// Compile and instantiate a module, its imports answered by what was registered; with its skeleton it can be called.
    ///
    /// # Errors
    ///
    /// [`StageError`] says at which step. What its start function did to other modules before it trapped stays done.
    pub async fn put(
        &self,
        module: &[u8],
        skeleton: Option<&[u8]>,
        context: CallContext,
    ) -> Result<Staged, StageError> {
        let module = compile::module(&self.host, module)?.code;
        let skeleton = skeleton.map(|bytes| self.skeleton(bytes)).transpose()?;
        let budget = self.program.budget(context);
        let mut inner = self.inner.lock().await;
        let Inner { live, linker, modules } = &mut *inner;
        let mut unlinkable = None;
        let put = self.program.guarded(&budget, async {
            let live = match live {
                Some(live) => live,
                None => live.insert(Box::new(self.program.instance(&budget).await?)),
            };
            live.arm(&budget);
            let made = linker.instantiate_async(&mut live.store, &module).await;
            let instance = match made {
                Ok(instance) => instance,
                Err(error) if Failure::is_end(&error) => {
                    return Err(Failure::in_start(
                        &error,
                        &live.store,
                        self.program.limits(),
                        budget.allowed,
                    ));
                }
                Err(error) => {
                    unlinkable = Some(format!("{error:#}"));
                    return Err(Failure::Ended);
                }
            };
            let door = match &skeleton {
                Some(skeleton) => {
                    let door = served(skeleton, &instance, &mut live.store).await;
                    Some(door.map_err(|error| Failure::Instance(format!("{error:#}")))?)
                }
                None => None,
            };
            modules.push(instance);
            let Kind::Plain(doors) = &mut live.kind else {
                return Err(Failure::Ended);
            };
            doors.push(PlainInstance { door, start: None });
            Ok(doors.len() - 1)
        });
        match (put.await, unlinkable) {
            (Ok(door), _) => Ok(Staged {
                module: inner.modules.len() - 1,
                door,
            }),
            (Err(_), Some(why)) => Err(StageError::Unlinkable(why)),
            (Err(failure), None) => Err(StageError::Failed(failure)),
        }
    }

    /// A skeleton's code.
    fn skeleton(&self, bytes: &[u8]) -> Result<Module, LoadError> {
        let known = || self.skeletons.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(module) = known().get(bytes) {
            return Ok(module.clone());
        }
        let module = compile::module(&self.host, bytes)?.code;
        known().insert(bytes.into(), module.clone());
        Ok(module)
    }

    /// Let later modules import a module's exports from `name`. A later one of that name takes its place.
    ///
    /// # Errors
    ///
    /// The module is not of this stage.
    pub async fn register(&self, name: &str, staged: Staged) -> Result<(), StageError> {
        let mut inner = self.inner.lock().await;
        let Inner { live, linker, modules } = &mut *inner;
        let (Some(live), Some(instance)) = (live, modules.get(staged.module)) else {
            return Err(StageError::Failed(Failure::Ended));
        };
        let registered = linker.instance(&mut live.store, name, *instance);
        registered
            .map(|_| ())
            .map_err(|error| StageError::Unlinkable(format!("{error:#}")))
    }

    /// The value that an exported global has now; `None` where there is none, or none that a call could carry.
    pub async fn global(&self, staged: Staged, name: &str) -> Option<GlobalValue> {
        let mut inner = self.inner.lock().await;
        let Inner { live, modules, .. } = &mut *inner;
        let (live, instance) = (live.as_mut()?, modules.get(staged.module)?);
        match instance.get_global(&mut live.store, name)?.get(&mut live.store) {
            Val::I32(value) => Some(GlobalValue::I32(value)),
            Val::I64(value) => Some(GlobalValue::I64(value)),
            Val::F32(bits) => Some(GlobalValue::F32(bits)),
            Val::F64(bits) => Some(GlobalValue::F64(bits)),
            _ => None,
        }
    }

    /// A call of a module's function, by its index in the skeleton; waits for its turn.
    pub(crate) async fn call(
        &self,
        staged: Staged,
        function: u32,
        request: &[u8],
        context: CallContext,
    ) -> Result<Vec<u8>, Failure> {
        let budget = self.program.budget(context);
        let call = async {
            let mut inner = self.inner.lock().await;
            let live = inner.live.as_mut().ok_or(Failure::Ended)?;
            live.arm(&budget);
            self.program
                .dispatch_to(live, staged.door, function, request, &budget)
                .await
        };
        self.program.guarded(&budget, call).await
    }
}

async fn served(skeleton: &Module, module: &Instance, store: &mut Store<State>) -> wasmtime::Result<Door> {
    let mut imports: Vec<Extern> = Vec::new();
    for import in skeleton.imports() {
        let found = match import.module() {
            SERVED => module.get_export(&mut *store, import.name()),
            _ => None,
        };
        imports.push(found.ok_or_else(|| wasmtime::Error::msg(format!("no export `{}`", import.name())))?);
    }
    let skeleton = Instance::new_async(&mut *store, skeleton, &imports).await?;
    Door::of(&skeleton, store)
}

impl std::fmt::Debug for Stage {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Stage")
            .field("program", &self.program)
            .finish_non_exhaustive()
    }
}

/// `(module (func (export "_start")))`: what makes a store, and does nothing in it.
const EMPTY_COMMAND: &[u8] =
    b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x07\x0a\x01\x06_start\0\0\x0a\x04\x01\x02\0\x0b";
