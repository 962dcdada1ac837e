//! A component's or plain module's file made ready: adapted, compiled, with its description.
//!
//! Opens no listener, and answers no call by itself; `registry` does.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use farcall_adapter::{LeftOut, Plan, Serve, Served, Survey, adapt_wit, is_plain, survey_wit};
use farcall_host::{
    CallContext, Closed, Failure, Grants, Host, Instances, Limits, LoadError, Policy, Program, Transport,
};
use farcall_wit::{Fingerprint, InterfaceName, Wit};
use tokio::sync::Semaphore;

use crate::bindings::Native;
use crate::catalog;
use crate::code::Code;
use crate::context;
use crate::description::Document;
use crate::device_program::DeviceProgram;
use crate::error::Error;
use crate::link::{Links, Resolved, To};
use crate::plain::MakingPlain;
use crate::plug::plug;
use crate::transport::Outgoing;
use crate::wasm::{prepared, read};

/// How a component is loaded. The default grants nothing and links nothing.
#[derive(Clone, Debug, Default)]
pub struct ComponentConfig {
    /// What it is called in errors, in its output's tag, and as the service of its world's own functions. By default
    /// the file's stem.
    pub name: Option<String>,
    /// Where its imports go.
    pub links: Links,
    /// What it may reach.
    pub grants: Grants,
    /// What a call may use.
    pub limits: Limits,
    /// How its instances live.
    pub policy: Policy,
    /// Whether functions of the world itself are served too. Some toolchains export initialisers there.
    pub world_functions: bool,
    /// Whether every exported function of a plain module is served, and not those alone that `__wasm_rpc_` marks.
    pub all_exports: bool,
    /// The interface that a plain module's functions are of; by default its name says it.
    pub interface: Option<InterfaceName>,
    /// Where a plain module with WASI preview 1 finds the device; [`DEVICE_PATH`](crate::DEVICE_PATH).
    pub device: Option<String>,
    /// A file of WIT: what a program serves over the device, where it does not announce that itself.
    pub wit: Option<PathBuf>,
    /// Whether a plain module's instance goes on after a trap, as WebAssembly's own test scripts expect. Otherwise a trap
    /// ends it, as a component's.
    pub survives_traps: bool,
    /// Whether nothing is served: the component only runs.
    pub command: bool,
}

/// A component that can be called, run, or both.
#[derive(Debug)]
pub struct Component {
    /// Its name.
    pub name: String,
    /// Where it was read.
    pub path: PathBuf,
    /// The functions that can be called, by index.
    pub functions: Vec<Served>,
    /// What it offers, as a server tells it.
    pub document: Document,
    /// Functions that are not carried, each with the reason.
    pub left_out: Vec<LeftOut>,
    /// The service of its world's own functions.
    pub(crate) world_service: String,
    pub(crate) code: Code,
    /// Whether it asks about its calls.
    pub(crate) asks: bool,
    /// What answers its calls where its code does not.
    pub(crate) instead: Option<Instead>,
}

impl Component {
    /// Reads, adapts and compiles a component; a link to a file loads that one too.
    ///
    /// Takes milliseconds to seconds of the processor and must run where that is no harm. Fails with an error that names
    /// the file: not a component, an import that nothing answers (with the flag that would), a link that links nothing.
    pub fn load(host: &Host, path: &Path, config: &ComponentConfig) -> Result<Component, Error> {
        Component::from_bytes(host, path, &read(path)?, config)
    }

    /// The same for a component that is in memory already; `path` stands for it in errors.
    pub fn from_bytes(host: &Host, path: &Path, bytes: &[u8], config: &ComponentConfig) -> Result<Component, Error> {
        let bytes = &prepared(path, bytes.to_vec(), config)?;
        let made = Made::of(path, bytes, config)?;
        if let Some(component) = made.over_device(host, (path, bytes), config)? {
            return Ok(component);
        }
        let code = Code::ready(made.compile(host, bytes)?);
        made.component(code)
    }

    /// Reads a component and its interfaces, and compiles it at its first call, from the file as it is then: a file that
    /// has other functions by then answers no call. `workers` bounds how many are compiled at once.
    pub(crate) fn at_first_call(
        host: &Host,
        path: &Path,
        bytes: &[u8],
        config: &ComponentConfig,
        workers: Arc<Semaphore>,
    ) -> Result<Component, Error> {
        let made = Made::of(path, bytes, config)?;
        // Only the program itself can say what it serves.
        if let Some(component) = made.over_device(host, (path, bytes), config)? {
            return Ok(component);
        }
        let shown: Vec<_> = made.functions().iter().map(identity).collect();
        let (host, file, config) = (host.clone(), path.to_path_buf(), config.clone());
        let make = move || {
            let bytes = prepared(&file, read(&file)?, &config)?;
            let now = Made::of(&file, &bytes, &config)?;
            match now.functions().iter().map(identity).eq(shown.iter().cloned()) {
                true => now.compile(&host, &bytes),
                false => Err(Error::Component {
                    path: file.clone(),
                    why: "it has other functions now than when the server started".into(),
                }),
            }
        };
        let code = Code::at_first_call(workers, Box::new(make));
        made.component(code)
    }

    /// Runs its `wasi:cli/run` or `_start` and gives its exit code. Dropping the future ends it.
    pub async fn run(&self, context: CallContext) -> Result<i32, Failure> {
        match self.code.now() {
            Some(instances) => instances.program().run(context).await,
            None => Err(Failure::NoDoor("wasi:cli/run")),
        }
    }

    /// Whether it has something to run.
    pub fn is_command(&self) -> bool {
        self.code.now().is_some_and(|code| code.program().is_command())
    }
}

/// What answers a component's calls in place of instances of its code.
#[derive(Debug)]
pub(crate) enum Instead {
    /// A program that runs already, and serves over the device.
    Program(DeviceProgram),
    /// Rust of this process.
    Native(Native),
}

/// What a file holds, read.
enum Made<'a> {
    Component(Box<Making<'a>>),
    Plain(Box<MakingPlain<'a>>),
}

impl<'a> Made<'a> {
    fn of(path: &'a Path, bytes: &[u8], config: &'a ComponentConfig) -> Result<Made<'a>, Error> {
        Ok(match is_plain(bytes) {
            true => Made::Plain(Box::new(MakingPlain::of(path, bytes, config)?)),
            false => Made::Component(Box::new(Making::of(path, bytes, config)?)),
        })
    }

    /// The component, where it is a program that serves over the device.
    fn over_device(
        &self,
        host: &Host,
        (path, bytes): (&Path, &[u8]),
        config: &ComponentConfig,
    ) -> Result<Option<Component>, Error> {
        match self {
            Made::Plain(plain) if plain.may_serve_over_device() => plain.serving_over_device(host, bytes).map(Some),
            _ if config.wit.is_some() => Err(Error::Component {
                path: path.into(),
                why: "WIT is listed for it, and it is no program that serves over the device: what it exports is what \
                      it serves"
                    .into(),
            }),
            _ => Ok(None),
        }
    }

    fn functions(&self) -> &[Served] {
        match self {
            Made::Component(made) => &made.survey.functions,
            Made::Plain(made) => made.served(),
        }
    }

    fn compile(&self, host: &Host, bytes: &[u8]) -> Result<Instances, Error> {
        match self {
            Made::Component(made) => made.compile(host, bytes),
            Made::Plain(made) => made.compile(host, bytes),
        }
    }

    fn component(self, code: Code) -> Result<Component, Error> {
        match self {
            Made::Component(made) => Ok(made.component(code)),
            Made::Plain(made) => made.component(code),
        }
    }
}

/// A component whose interfaces are read and whose links are known by name; nothing is compiled.
struct Making<'a> {
    path: &'a Path,
    config: &'a ComponentConfig,
    name: String,
    wit: Wit,
    links: Vec<(InterfaceName, To)>,
    plan: Plan,
    survey: Survey,
}

impl<'a> Making<'a> {
    fn of(path: &'a Path, bytes: &[u8], config: &'a ComponentConfig) -> Result<Making<'a>, Error> {
        let failed = |why: String| Error::Component { path: path.into(), why };
        let name = config.name.clone().unwrap_or_else(|| stem(path));
        let wit = Wit::from_component(bytes).map_err(|error| failed(error.to_string()))?;
        let Resolved { links, world_service } = config.links.of(&wit)?;
        let (mut through_doors, mut plugs) = (Vec::new(), Vec::new());
        for (import, target) in links {
            match &target {
                To::File(file) => match plug(file, &wit, &import)? {
                    Some(plug) => plugs.push(plug),
                    None => through_doors.push((import, target)),
                },
                To::Remote(_) | To::Here(_) => through_doors.push((import, target)),
            }
        }
        let links = through_doors;
        let plan = Plan {
            links: links.iter().map(|(import, _)| import.clone()).collect(),
            plugs,
            serve: match (config.command, config.world_functions) {
                (true, _) => Serve::Nothing,
                (false, true) => Serve::WithWorldFunctions,
                (false, false) => Serve::Interfaces,
            },
            world_service: world_service.unwrap_or_else(|| name.clone()),
            ..Plan::default()
        };
        let survey = survey_wit(&wit, &plan).map_err(|error| failed(error.to_string()))?;
        if !survey.unlinked.is_empty() {
            return Err(failed(unlinked_message(&survey.unlinked)));
        }
        if !config.command && survey.functions.is_empty() {
            return Err(failed(nothing_served(&survey.left_out)));
        }
        Ok(Making {
            path,
            config,
            name,
            wit,
            links,
            plan,
            survey,
        })
    }

    fn compile(&self, host: &Host, bytes: &[u8]) -> Result<Instances, Error> {
        let started = Instant::now();
        let adapted = adapt_wit(bytes, &self.wit, &self.plan).map_err(|error| self.failed(&error.to_string()))?;
        let transport: Arc<dyn Transport> = match self.links.is_empty() {
            true => Arc::new(Closed),
            false => {
                let ways = self.config.links.open(&self.links, &self.wit, host, self.config)?;
                Arc::new(Outgoing::new(ways, &self.wit, &self.plan.world_service))
            }
        };
        let ComponentConfig { grants, limits, .. } = self.config.clone();
        let program = Program::load(host, &self.name, &adapted.component, grants, limits, transport).map_err(
            |error| match error {
                LoadError::NoDoor if self.config.command => Error::NoCommand(self.path.into()),
                error => self.failed(&error.to_string()),
            },
        )?;
        tracing::debug!(
            component = self.name,
            cached = program.loaded_from_cache(),
            fused = adapted.fused.is_ok(),
            plugged = self.plan.plugs.len(),
            took = ?started.elapsed(),
            "ready"
        );
        Ok(Instances::new(program, self.config.policy))
    }

    fn component(self, code: Code) -> Component {
        let functions = self.survey.functions;
        let interfaces: Vec<&InterfaceName> = functions.iter().map(|served| &served.interface).collect();
        let wit = self.wit.served(|name| interfaces.contains(&name));
        Component {
            document: catalog::document(&self.name, &wit, &functions),
            name: self.name,
            path: self.path.into(),
            functions,
            left_out: self.survey.left_out,
            world_service: self.plan.world_service,
            code,
            asks: context::asks(&self.wit),
            instead: None,
        }
    }

    fn failed(&self, why: &str) -> Error {
        let (path, why) = (self.path.into(), why.into());
        Error::Component { path, why }
    }
}

/// What a caller knows a function by.
fn identity(served: &Served) -> (String, Fingerprint) {
    (served.path.clone(), served.fingerprint)
}

pub(crate) fn stem(path: &Path) -> String {
    path.file_stem()
        .map_or_else(|| "component".into(), |stem| stem.to_string_lossy().into_owned())
}

fn unlinked_message(names: &[InterfaceName]) -> String {
    let imports: Vec<String> = names.iter().map(|name| name.to_string()).collect();
    let flags: Vec<String> = names
        .iter()
        .map(|name| match name {
            InterfaceName::World => "--link SERVICE=http://HOST:PORT".to_string(),
            name => format!("--link {name}=http://HOST:PORT"),
        })
        .collect();
    format!(
        "nothing answers its import of {}; link it: {}",
        imports.join(", "),
        flags.join(" ")
    )
}

fn nothing_served(left_out: &[LeftOut]) -> String {
    match left_out {
        [] => "it exports no interface to serve (functions of the world itself need --world-functions)".into(),
        left_out => {
            let names: Vec<String> = left_out
                .iter()
                .map(|left| format!("{}: {}", left.name, left.why))
                .collect();
            format!("it exports nothing that can be carried: {}", names.join("; "))
        }
    }
}
