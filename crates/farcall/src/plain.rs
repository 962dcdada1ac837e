//! A plain module made ready: what of it is served under which name, and where its calls go.
//!
//! Not here: components (`component`), and what its adapters are (`farcall-adapter`).

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use farcall_adapter::{
    LeftOut, PlainError, PlainExports, PlainFunction, PlainImport, PlainModule, Served, plain_served, plain_skeleton,
    plain_stub, plain_wit,
};
use farcall_host::{Closed, DeviceFile, Host, Instances, Limits, LoadError, Plain, Program, Stage, Staged, Transport};
use farcall_net::Session;
use farcall_wit::{InterfaceName, core_interface};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::catalog;
use crate::code::Code;
use crate::component::{Component, ComponentConfig, Instead, stem};
use crate::description::Document;
use crate::device::{DEVICE_PATH, RpcDevice};
use crate::device_module;
use crate::device_out::Outward;
use crate::error::Error;
use crate::plain_link::{PlainLink, resolve};
use crate::transport::Outgoing;
use crate::wasm;

/// A plain module whose functions are known; nothing is compiled.
pub(crate) struct MakingPlain<'a> {
    path: &'a Path,
    config: &'a ComponentConfig,
    name: String,
    interface: InterfaceName,
    module: PlainModule,
    served: Vec<Served>,
    /// Where each of the module's imports goes.
    links: Vec<PlainLink>,
}

impl<'a> MakingPlain<'a> {
    pub(crate) fn of(path: &'a Path, bytes: &[u8], config: &'a ComponentConfig) -> Result<MakingPlain<'a>, Error> {
        let failed = |why: String| Error::Component { path: path.into(), why };
        let serve = match (config.command, config.all_exports) {
            (true, _) => PlainExports::Nothing,
            (false, true) => PlainExports::All,
            (false, false) => PlainExports::Marked,
        };
        let module = PlainModule::read(bytes, serve).map_err(|error| failed(told(&error)))?;
        let name = config.name.clone().unwrap_or_else(|| stem(path));
        let interface = wasm::interface(path, config)?;
        let served = plain_served(&interface, &module.exports).map_err(|error| failed(told(&error)))?;
        if !config.command && served.is_empty() && !module.opens_files {
            return Err(failed(nothing_served(&module, serve)));
        }
        let of_imports = match module.opens_files {
            // The others are for its calls over the device.
            true => config.links.fitting_plain(&module.imports),
            false => config.links.clone(),
        };
        let links = resolve(&of_imports, &module.imports).map_err(|error| match error {
            Error::Component { why, .. } => failed(why),
            error => error,
        })?;
        Ok(MakingPlain {
            path,
            config,
            name,
            interface,
            module,
            served,
            links,
        })
    }

    pub(crate) fn served(&self) -> &[Served] {
        &self.served
    }

    pub(crate) fn compile(&self, host: &Host, bytes: &[u8]) -> Result<Instances, Error> {
        let program = self.program(host, bytes, self.config.limits.clone(), None)?;
        Ok(Instances::new(program, self.config.policy))
    }

    /// Whether what it serves, if anything, is what it announces when it runs.
    pub(crate) fn may_serve_over_device(&self) -> bool {
        !self.config.command && self.served.is_empty() && self.module.opens_files
    }

    /// The component of a program that runs from now on, and has said what it serves.
    pub(crate) fn serving_over_device(&self, host: &Host, bytes: &[u8]) -> Result<Component, Error> {
        let (opened, conversations) = unbounded_channel();
        // It runs for as long as its host; the limit of time is that of its calls.
        let limits = Limits {
            deadline: FOREVER,
            ..self.config.limits.clone()
        };
        let program = self.program(host, bytes, limits, Some(opened))?;
        if !program.is_command() {
            return Err(self.failed(nothing_served(&self.module, PlainExports::Marked)));
        }
        let limits = &self.config.limits;
        let listed = self.config.wit.as_deref().map(listed).transpose()?;
        let announced = device_module::start(
            (self.path, &self.name),
            program.clone(),
            conversations,
            listed.as_deref(),
            limits,
        )?;
        Ok(Component {
            name: self.name.clone(),
            path: self.path.into(),
            functions: announced.functions,
            document: announced.document,
            left_out: announced.left_out,
            world_service: self.name.clone(),
            code: Code::ready(Instances::new(program, self.config.policy)),
            asks: false,
            instead: Some(Instead::Program(announced.program)),
        })
    }

    fn program(
        &self,
        host: &Host,
        bytes: &[u8],
        limits: Limits,
        opened: Option<UnboundedSender<Session>>,
    ) -> Result<Program, Error> {
        let started = Instant::now();
        let imports: Vec<PlainImport> = self.links.iter().map(PlainLink::import).collect();
        let stub = (!imports.is_empty()).then(|| plain_stub(&imports));
        let skeleton = (!self.served.is_empty()).then(|| plain_skeleton(&self.module.exports));
        let transport: Arc<dyn Transport> = match self.links.is_empty() {
            true => Arc::new(Closed),
            false => {
                let ways = self.config.links.open_plain(&self.links, host, self.config)?;
                Arc::new(Outgoing::of_plain(ways))
            }
        };
        let plain = Plain {
            module: bytes,
            stub: stub.as_deref(),
            skeleton: skeleton.as_deref(),
            survives_traps: self.config.survives_traps,
        };
        let mut grants = self.config.grants.clone();
        if self.module.opens_files {
            grants.device = Some(self.device(host, opened)?);
        }
        let program =
            Program::load_plain(host, &self.name, plain, grants, limits, transport).map_err(|error| match error {
                LoadError::NoEntry => Error::NoStart(self.path.into()),
                LoadError::MissingImports(names) => self.failed(missing(&names)),
                error => self.failed(error.to_string()),
            })?;
        tracing::debug!(
            module = self.name,
            cached = program.loaded_from_cache(),
            took = ?started.elapsed(),
            "ready"
        );
        Ok(program)
    }

    fn device(&self, host: &Host, opened: Option<UnboundedSender<Session>>) -> Result<DeviceFile, Error> {
        let ways = self.config.links.open_named(host, self.config)?;
        let device = RpcDevice::new(Outward::new(ways), &self.config.limits, opened);
        let path = self.config.device.as_deref().unwrap_or(DEVICE_PATH);
        let file = DeviceFile::new(path, Arc::new(device)).map_err(|error| self.failed(error.to_string()))?;
        let folder = file.folder();
        if self
            .config
            .grants
            .dirs
            .iter()
            .any(|dir| dir.guest.trim_end_matches('/') == folder)
        {
            let why =
                format!("{folder} is a granted directory, and the device's own; give the device another with --device");
            return Err(self.failed(why));
        }
        Ok(file)
    }

    pub(crate) fn component(self, code: Code) -> Result<Component, Error> {
        let document = document(&self.name, &self.interface, (&self.module.exports, &[]), &self.served);
        let document = document.map_err(|error| self.failed(told(&error)))?;
        let left_out = self.module.left_out.iter().map(|(name, why)| LeftOut {
            name: format!("{}.{name}", self.interface),
            why: why.clone(),
        });
        Ok(Component {
            document,
            left_out: left_out.collect(),
            world_service: self.name.clone(),
            name: self.name,
            path: self.path.into(),
            functions: self.served,
            code,
            asks: false,
            instead: None,
        })
    }

    pub(crate) fn failed(&self, why: String) -> Error {
        let path = self.path.into();
        Error::Component { path, why }
    }
}

impl Component {
    /// A module on a stage, its functions as its skeleton has them. `name` is the interface's, `path` stands for the module
    /// in errors.
    pub fn staged(
        stage: &Stage,
        staged: Staged,
        (path, name): (&Path, &str),
        functions: &[PlainFunction],
    ) -> Result<Component, Error> {
        let failed = |why: String| Error::Component { path: path.into(), why };
        let interface = core_interface(name).map_err(|error| failed(error.to_string()))?;
        let served = plain_served(&interface, functions).map_err(|error| failed(told(&error)))?;
        let document = document(name, &interface, (functions, &[]), &served).map_err(|error| failed(told(&error)))?;
        Ok(Component {
            name: name.into(),
            path: path.into(),
            functions: served,
            document,
            left_out: Vec::new(),
            world_service: name.into(),
            asks: false,
            instead: None,
            code: Code::ready(Instances::staged(stage.clone(), staged)),
        })
    }
}

/// WIT that an operator lists.
fn listed(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|source| Error::Read {
        path: path.into(),
        source,
    })
}

/// The document of a module that is only looked at: every marked export, or every export where none is marked, and
/// what it imports.
pub(crate) fn document_of_file(path: &Path, bytes: &[u8]) -> Result<Document, Error> {
    let failed = |why: String| Error::Component { path: path.into(), why };
    let read = |serve| PlainModule::read(bytes, serve).map_err(|error| failed(told(&error)));
    let mut module = read(PlainExports::Marked)?;
    if module.exports.is_empty() {
        module = read(PlainExports::All)?;
    }
    let name = stem(path);
    let interface = core_interface(&name).map_err(|error| failed(error.to_string()))?;
    let served = plain_served(&interface, &module.exports).map_err(|error| failed(told(&error)))?;
    document(&name, &interface, (&module.exports, &module.imports), &served).map_err(|error| failed(told(&error)))
}

fn document(
    name: &str,
    interface: &InterfaceName,
    (exports, imports): (&[PlainFunction], &[PlainFunction]),
    served: &[Served],
) -> Result<Document, PlainError> {
    let wit = plain_wit(interface, exports, imports)?;
    Ok(catalog::document(name, &wit, served))
}

fn told(error: &PlainError) -> String {
    error.to_string()
}

fn nothing_served(module: &PlainModule, serve: PlainExports) -> String {
    match (serve, module.left_out.as_slice()) {
        (PlainExports::All, []) => "it exports no function".into(),
        (PlainExports::All, left_out) => {
            let why: Vec<String> = left_out.iter().map(|(name, why)| format!("{name}: {why}")).collect();
            format!("it exports nothing that can be carried: {}", why.join("; "))
        }
        _ => "the module exports no `__wasm_rpc_*` function (--all-exports offers each function that it exports), and is no program \
              that could announce some on the device"
            .into(),
    }
}

fn missing(names: &[String]) -> String {
    let plural = if names.len() == 1 { "" } else { "s" };
    format!(
        "nothing answers its import{plural} {}: a plain module may import WASI preview 1, and `__wasm_rpc_*` functions \
         from `env`, which --link links",
        names.join(", ")
    )
}

/// The functions behind one link, by path: what goes this way, and what a mismatch is told with.
pub(crate) fn signatures<'a>(links: impl Iterator<Item = &'a PlainLink>) -> HashMap<String, String> {
    links
        .map(|link| (link.served.path.clone(), link.served.function.signature()))
        .collect()
}

/// The time of a program that runs as long as its host.
const FOREVER: Duration = Duration::from_secs(10 * 365 * 24 * 3600);
