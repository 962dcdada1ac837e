//! A plain module loaded: compiled with its stub and its skeleton, which are core modules beside it in one store.
//!
//! Not here: how the adapters are made, which function an index means, and one instance's calls (`plain_instance`).

use crate::compile::{self, Compiled};
use crate::engine::Runtime;
use crate::failure::Failure;
use crate::host::Host;
use crate::load::LoadError;
use crate::plain_instance::{Door, PlainInstance};
use crate::state::State;
use crate::ticker::Ticker;
use std::sync::Arc;
use wasmtime::{Engine, Extern, ExternType, ImportType, Instance, Module, ModuleExport, Store};

/// A plain module and the adapters made for it.
#[derive(Clone, Copy, Debug)]
pub struct Plain<'a> {
    /// The module.
    pub module: &'a [u8],
    /// What answers its calls: exports the functions that it imports from `env`.
    pub stub: Option<&'a [u8]>,
    /// What serves its functions: imports them from `module`.
    pub skeleton: Option<&'a [u8]>,
    /// Whether an instance goes on after a trap, as WebAssembly itself has it and its test scripts expect. Otherwise a trap
    /// ends the instance, as it does a component's: nobody meets the state that a call left half made.
    pub survives_traps: bool,
}

/// The compiled modules and where their imports come from.
pub(crate) struct PlainCode {
    runtime: Arc<Runtime>,
    stub: Option<Part>,
    module: Part,
    skeleton: Option<Part>,
    initialize: Option<ModuleExport>,
    start: Option<ModuleExport>,
    pub(crate) survives_traps: bool,
}

/// One module and what it is given, in the order of its imports.
struct Part {
    code: Module,
    imports: Vec<Source>,
}

enum Source {
    /// A function of the host: WASI, or the stub's way out.
    Host { module: String, name: String },
    /// An export of the stub, for the module, and of the module, for the skeleton.
    Export(ModuleExport),
}

/// What [`PlainCode::load`] gives.
pub(crate) struct Loaded {
    pub(crate) code: PlainCode,
    pub(crate) ticker: Arc<Ticker>,
    pub(crate) from_cache: bool,
}

impl PlainCode {
    /// `scratch` makes a store to look at the host's functions in.
    pub(crate) fn load(
        host: &Host,
        plain: Plain<'_>,
        scratch: impl FnOnce(&Engine) -> Store<State>,
    ) -> Result<Loaded, LoadError> {
        let Compiled {
            code: module,
            runtime,
            ticker,
            mut from_cache,
        } = compile::module(host, plain.module)?;
        let mut adapter = |bytes: Option<&[u8]>| -> Result<Option<Module>, LoadError> {
            let Some(bytes) = bytes else { return Ok(None) };
            let compiled = compile::module(host, bytes)?;
            from_cache &= compiled.from_cache;
            Ok(Some(compiled.code))
        };
        let (stub, skeleton) = (adapter(plain.stub)?, adapter(plain.skeleton)?);
        let mut scratch = scratch(&runtime.engine);
        let mut answered = Answered {
            runtime: &runtime,
            scratch: &mut scratch,
            missing: Vec::new(),
        };
        let from_stub = |import: &ImportType<'_>| {
            let stub = stub.as_ref().filter(|_| import.module() == STUB)?;
            stub.get_export_index(import.name())
        };
        let from_module = |import: &ImportType<'_>| match import.module() {
            SERVED => module.get_export_index(import.name()),
            _ => None,
        };
        let imports = answered.imports(&module, from_stub)?;
        let stub = stub
            .as_ref()
            .map(|stub| answered.part(stub.clone(), |_| None))
            .transpose()?;
        let skeleton = skeleton
            .map(|skeleton| answered.part(skeleton, from_module))
            .transpose()?;
        if !answered.missing.is_empty() {
            return Err(LoadError::MissingImports(answered.missing));
        }
        let entry = |name: &str| match module.get_export(name) {
            Some(ExternType::Func(ty)) if ty.params().len() + ty.results().len() == 0 => module.get_export_index(name),
            _ => None,
        };
        let (initialize, start) = (entry("_initialize"), entry("_start"));
        let code = PlainCode {
            stub,
            skeleton,
            initialize,
            start,
            survives_traps: plain.survives_traps,
            module: Part { code: module, imports },
            runtime,
        };
        Ok(Loaded {
            code,
            ticker,
            from_cache,
        })
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.runtime.engine
    }

    pub(crate) fn is_callable(&self) -> bool {
        self.skeleton.is_some()
    }

    pub(crate) fn is_command(&self) -> bool {
        self.start.is_some()
    }

    /// An instance of each module; a reactor's `_initialize` has been called. The error says in which step it ended.
    pub(crate) async fn instantiate(
        &self,
        store: &mut Store<State>,
    ) -> Result<PlainInstance, (&'static str, wasmtime::Error)> {
        let stub = match &self.stub {
            Some(stub) => Some(self.instance(store, stub, None).await.map_err(|error| (STUB, error))?),
            None => None,
        };
        let module = self.instance(store, &self.module, stub.as_ref()).await;
        let module = module.map_err(|error| ("its start function", error))?;
        let entry = |store: &mut Store<State>, export: &Option<ModuleExport>| {
            let function = module.get_module_export(&mut *store, export.as_ref()?)?.into_func()?;
            function.typed::<(), ()>(&*store).ok()
        };
        if let Some(initialize) = entry(store, &self.initialize) {
            let initialized = initialize.call_async(&mut *store, ()).await;
            initialized.map_err(|error| ("`_initialize`", error))?;
        }
        let start = entry(store, &self.start);
        let door = match &self.skeleton {
            Some(skeleton) => {
                let made = self.instance(store, skeleton, Some(&module)).await;
                let made = made.and_then(|instance| Door::of(&instance, store));
                Some(made.map_err(|error| ("its skeleton", error))?)
            }
            None => None,
        };
        Ok(PlainInstance { door, start })
    }

    async fn instance(
        &self,
        store: &mut Store<State>,
        part: &Part,
        before: Option<&Instance>,
    ) -> wasmtime::Result<Instance> {
        let mut imports: Vec<Extern> = Vec::with_capacity(part.imports.len());
        for source in &part.imports {
            let found = match source {
                Source::Host { module, name } => Some(self.runtime.core.get(&mut *store, module, name)?),
                Source::Export(export) => before.and_then(|before| before.get_module_export(&mut *store, export)),
            };
            imports.push(found.ok_or_else(|| wasmtime::Error::msg("an import is gone"))?);
        }
        Instance::new_async(store, &part.code, &imports).await
    }
}

/// Finds what answers the imports of several modules, and notes those that nothing does.
struct Answered<'a> {
    runtime: &'a Runtime,
    scratch: &'a mut Store<State>,
    missing: Vec<String>,
}

impl Answered<'_> {
    fn part(
        &mut self,
        code: Module,
        export: impl Fn(&ImportType<'_>) -> Option<ModuleExport>,
    ) -> Result<Part, LoadError> {
        let imports = self.imports(&code, export)?;
        Ok(Part { code, imports })
    }

    fn imports(
        &mut self,
        code: &Module,
        export: impl Fn(&ImportType<'_>) -> Option<ModuleExport>,
    ) -> Result<Vec<Source>, LoadError> {
        let mut sources = Vec::new();
        for import in code.imports() {
            if let Some(found) = export(&import) {
                sources.push(Source::Export(found));
                continue;
            }
            let (module, name) = (import.module().to_owned(), import.name().to_owned());
            let Ok(found) = self.runtime.core.get(&mut *self.scratch, &module, &name) else {
                self.missing.push(format!("{module}.{name}"));
                continue;
            };
            let fits = match (found, import.ty()) {
                (Extern::Func(here), ExternType::Func(wanted)) => here.ty(&*self.scratch).matches(&wanted),
                _ => false,
            };
            if !fits {
                let why = format!("`{module}.{name}` is no such function here");
                return Err(LoadError::MismatchedImport(why));
            }
            sources.push(Source::Host { module, name });
        }
        Ok(sources)
    }
}

/// How a plain module names the place where it imports the functions that it calls.
const STUB: &str = "env";
/// How a skeleton names the module that it serves.
pub(crate) const SERVED: &str = "module";

/// What went wrong in which step of making an instance, told as the guest's trap where it is one.
pub(crate) fn in_step(step: &str, failure: Failure) -> Failure {
    match failure {
        Failure::Trap {
            code,
            message,
            backtrace,
        } => Failure::Trap {
            code,
            message: format!("in {step}, before any call: {message}"),
            backtrace,
        },
        other => other,
    }
}
