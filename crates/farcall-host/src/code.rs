//! What a program runs: a component's code with its doors, or a plain module's with its adapters.
//!
//! Not here: calls (`program`), and how a plain module is linked with its adapters (`plain`).

use crate::compile::{self, Compiled};
use crate::door::{DISPATCH, RUN};
use crate::grants::Guest;
use crate::host::Host;
use crate::imports::Imports;
use crate::load::LoadError;
use crate::plain::PlainCode;
use crate::state::State;
use crate::ticker::Ticker;
use std::sync::Arc;
use wasmtime::Engine;
use wasmtime::component::{ComponentExportIndex, InstancePre};

/// What was compiled.
pub(crate) enum Code {
    Component(ComponentCode),
    Plain(PlainCode),
}

pub(crate) struct ComponentCode {
    pub(crate) pre: InstancePre<State>,
    pub(crate) dispatch: Option<Dispatch>,
    pub(crate) run: Option<ComponentExportIndex>,
    pub(crate) uses_wasi: bool,
}

pub(crate) struct Dispatch {
    pub(crate) describe: ComponentExportIndex,
    pub(crate) call: ComponentExportIndex,
}

impl Code {
    /// The code of a component, its clock, and whether it was in the cache.
    pub(crate) fn of_component(
        host: &Host,
        bytes: &[u8],
        guest: &Guest,
    ) -> Result<(Code, Arc<Ticker>, bool), LoadError> {
        let Compiled {
            code: component,
            runtime,
            ticker,
            from_cache,
        } = compile::component(host, bytes)?;
        let imports = Imports::of(&component, &runtime.engine);
        if !imports.missing.is_empty() {
            return Err(LoadError::MissingImports(imports.missing));
        }
        let export = |instance: &str, function: &str| {
            let instance = component.get_export_index(None, instance)?;
            component.get_export_index(Some(&instance), function)
        };
        let dispatch = export(DISPATCH, "describe")
            .zip(export(DISPATCH, "call"))
            .map(|(describe, call)| Dispatch { describe, call });
        let run = export(RUN, "run");
        if dispatch.is_none() && run.is_none() {
            return Err(LoadError::NoDoor);
        }
        guest
            .context_with_dirs()
            .map_err(|(path, source)| LoadError::Directory { path, source })?;
        let pre = runtime
            .linker
            .instantiate_pre(&component)
            .map_err(|error| LoadError::MismatchedImport(format!("{error:#}")))?;
        let code = Code::Component(ComponentCode {
            pre,
            dispatch,
            run,
            uses_wasi: imports.wasi,
        });
        Ok((code, ticker, from_cache))
    }

    pub(crate) fn engine(&self) -> &Engine {
        match self {
            Code::Component(code) => code.pre.engine(),
            Code::Plain(code) => code.engine(),
        }
    }

    /// A component's door.
    pub(crate) fn dispatch(&self) -> Option<&Dispatch> {
        match self {
            Code::Component(code) => code.dispatch.as_ref(),
            Code::Plain(_) => None,
        }
    }

    /// Whether an instance is as good after a trap as before.
    pub(crate) fn survives_traps(&self) -> bool {
        matches!(self, Code::Plain(code) if code.survives_traps)
    }
}
