//! Many components side by side: what is loaded at once, and what at its first call.
//!
//! Not here: what one component needs (`component`).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use farcall_adapter::{PlainExports, PlainModule, is_plain};
use farcall_host::Host;
use farcall_wit::Wit;
use tokio::sync::Semaphore;

use crate::component::{Component, ComponentConfig};
use crate::error::Error;
use crate::link::Links;
use crate::wasm::{prepared, read};

/// A component to serve.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its file.
    pub path: PathBuf,
    /// How it is loaded. Each of its links must be an import of it.
    pub config: ComponentConfig,
    /// Whether its code is compiled at its first call instead of now: for a folder of many.
    pub at_first_call: bool,
}

/// Loads components side by side. Of `links`, each component gets those that it imports, behind its own; one that
/// nothing imports is an error.
///
/// Takes the processor for as long as the files need that are compiled now; the others cost reading their interfaces.
/// At most [`COMPILED_AT_ONCE`] are compiled at once later.
pub fn load_all(host: &Host, sources: Vec<Source>, links: &Links) -> Result<Vec<Component>, Error> {
    let workers = Arc::new(Semaphore::new(COMPILED_AT_ONCE));
    let single = sources.len() == 1;
    let mut used = Vec::new();
    let mut components = Vec::with_capacity(sources.len());
    for source in sources {
        let bytes = prepared(&source.path, read(&source.path)?, &source.config)?;
        let mut config = source.config;
        let shared = match single {
            // The component itself tells best what it imports.
            true => links.clone(),
            false => fitting(links, &source.path, &bytes)?,
        };
        if !shared.is_empty() {
            used.push(shared.clone());
            config.links = config.links.over(shared);
        }
        components.push(match source.at_first_call {
            true => Component::at_first_call(host, &source.path, &bytes, &config, Arc::clone(&workers))?,
            false => Component::from_bytes(host, &source.path, &bytes, &config)?,
        });
    }
    links.all_in(&used)?;
    Ok(components)
}

fn fitting(links: &Links, path: &Path, bytes: &[u8]) -> Result<Links, Error> {
    let failed = |why: String| Error::Component { path: path.into(), why };
    if is_plain(bytes) {
        let module = PlainModule::read(bytes, PlainExports::Nothing).map_err(|error| failed(error.to_string()))?;
        return Ok(match module.opens_files {
            // Which of them it calls over the device shows when it does.
            true => links.clone(),
            false => links.fitting_plain(&module.imports),
        });
    }
    let wit = Wit::from_component(bytes).map_err(|error| failed(error.to_string()))?;
    Ok(links.fitting(&wit))
}

/// The compiler uses every core for one component already; more of them at once would only take more memory. Stops
/// calls to every path of a large folder from taking the machine.
pub const COMPILED_AT_ONCE: usize = 2;
