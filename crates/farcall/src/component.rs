//! A component file made ready: adapted, compiled, with its description.
//!
//! Opens no listener, and answers no call by itself; `registry` does.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use farcall_adapter::{LeftOut, Plan, Serve, Served, adapt};
use farcall_host::{CallContext, Closed, Failure, Grants, Host, Limits, Program, Transport};
use farcall_wit::{InterfaceName, Wit};

use crate::catalog;
use crate::description::Document;
use crate::error::Error;
use crate::link::Links;
use crate::transport::Outgoing;

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
    /// Whether functions of the world itself are served too. Some toolchains export initialisers there.
    pub world_functions: bool,
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
    pub(crate) program: Program,
}

impl Component {
    /// Reads, adapts and compiles a component; a link to a file loads that one too.
    ///
    /// Takes milliseconds to seconds of the processor and must run where that is no harm. Fails with an error that names
    /// the file: not a component, an import that nothing answers (with the flag that would), a link that links nothing.
    pub fn load(host: &Host, path: &Path, config: &ComponentConfig) -> Result<Component, Error> {
        Component::from_bytes(host, path, &read(path)?, config)
    }

    /// The same for components side by side: each gets the links that it imports. A link that none imports is an error.
    pub fn load_all(host: &Host, paths: &[PathBuf], config: &ComponentConfig) -> Result<Vec<Component>, Error> {
        if let [path] = paths {
            return Ok(vec![Component::load(host, path, config)?]);
        }
        let mut files = Vec::with_capacity(paths.len());
        let mut used = Vec::with_capacity(paths.len());
        for path in paths {
            let bytes = read(path)?;
            let wit = Wit::from_component(&bytes);
            let wit = wit.map_err(|error| Error::Component {
                path: path.clone(),
                why: error.to_string(),
            })?;
            used.push(config.links.fitting(&wit));
            files.push(bytes);
        }
        config.links.all_in(&used)?;
        let files = paths.iter().zip(files).zip(used);
        let load = |((path, bytes), links): ((&PathBuf, Vec<u8>), Links)| {
            Component::from_bytes(
                host,
                path,
                &bytes,
                &ComponentConfig {
                    links,
                    ..config.clone()
                },
            )
        };
        files.map(load).collect()
    }

    /// The same for a component that is in memory already; `path` stands for it in errors.
    pub fn from_bytes(host: &Host, path: &Path, bytes: &[u8], config: &ComponentConfig) -> Result<Component, Error> {
        let failed = |why: String| Error::Component { path: path.into(), why };
        let name = config.name.clone().unwrap_or_else(|| stem(path));
        let wit = Wit::from_component(bytes).map_err(|error| failed(error.to_string()))?;
        let links = config.links.of(&wit, host, config)?;
        let plan = Plan {
            links: links.imports(),
            serve: match (config.command, config.world_functions) {
                (true, _) => Serve::Nothing,
                (false, true) => Serve::WithWorldFunctions,
                (false, false) => Serve::Interfaces,
            },
            world_service: links.world_service().unwrap_or(&name).to_string(),
        };
        let adapted = adapt(bytes, &plan).map_err(|error| failed(error.to_string()))?;
        if !adapted.unlinked.is_empty() {
            return Err(failed(unlinked_message(&adapted.unlinked)));
        }
        if !config.command && adapted.functions.is_empty() {
            return Err(failed(nothing_served(&adapted.left_out)));
        }
        let transport: Arc<dyn Transport> = match plan.links.is_empty() {
            true => Arc::new(Closed),
            false => Arc::new(Outgoing::new(links, &wit, &plan.world_service)),
        };
        let (grants, limits) = (config.grants.clone(), config.limits.clone());
        let program = Program::load(host, &name, &adapted.component, grants, limits, transport)
            .map_err(|error| failed(error.to_string()))?;
        let interfaces: Vec<&InterfaceName> = adapted.functions.iter().map(|served| &served.interface).collect();
        let document = catalog::document(
            &name,
            &wit.served(|name| interfaces.contains(&name)),
            &adapted.functions,
        );
        Ok(Component {
            name,
            path: path.into(),
            functions: adapted.functions,
            document,
            left_out: adapted.left_out,
            program,
        })
    }

    /// Runs its `wasi:cli/run` and gives its exit code. Dropping the future ends it.
    pub async fn run(&self, context: CallContext) -> Result<i32, Failure> {
        self.program.run(context).await
    }

    /// Whether it has a `wasi:cli/run` to run.
    pub fn is_command(&self) -> bool {
        self.program.is_command()
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|source| Error::Read {
        path: path.into(),
        source,
    })
}

fn stem(path: &Path) -> String {
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
