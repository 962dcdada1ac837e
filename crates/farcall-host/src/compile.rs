//! A component's bytes to the engine's code: from the cache where it is there, and compiled where not.
//!
//! Not here: the cache's files (`cache`).

use crate::cache::{Cache, Entry, Key, digest};
use crate::engine::{Flavour, Runtime};
use crate::host::Host;
use crate::inspect;
use crate::load::LoadError;
use crate::ticker::Ticker;
use std::sync::Arc;
use wasmtime::component::Component;

/// A component's code and the engine that it was made for.
pub(crate) struct Compiled {
    pub(crate) component: Component,
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) ticker: Arc<Ticker>,
    pub(crate) from_cache: bool,
}

/// The code of `bytes`. Only a component that was found valid is in the cache, so what is there needs no second look; and
/// most are there for the synchronous engine.
pub(crate) fn component(host: &Host, bytes: &[u8]) -> Result<Compiled, LoadError> {
    let Some(cache) = host.cache() else {
        return compile(host, bytes, inspect::flavour(bytes)?);
    };
    let digest = digest(bytes);
    if let Some(found) = find(host, cache, &digest, Flavour::Synchronous)? {
        return Ok(found);
    }
    let flavour = inspect::flavour(bytes)?;
    if flavour == Flavour::Asynchronous
        && let Some(found) = find(host, cache, &digest, flavour)?
    {
        return Ok(found);
    }
    let compiled = compile(host, bytes, flavour)?;
    match compiled.component.serialize() {
        Ok(code) => cache.keep(&key(&digest, &compiled.runtime, flavour), &code),
        Err(error) => tracing::debug!(%error, "compiled code cannot be kept"),
    }
    Ok(compiled)
}

fn compile(host: &Host, bytes: &[u8], flavour: Flavour) -> Result<Compiled, LoadError> {
    let (runtime, ticker) = host.runtime(flavour)?;
    let component = Component::new(&runtime.engine, bytes).map_err(|error| LoadError::Engine(format!("{error:#}")))?;
    Ok(Compiled {
        component,
        runtime,
        ticker,
        from_cache: false,
    })
}

fn find(host: &Host, cache: &Cache, digest: &[u8; 32], flavour: Flavour) -> Result<Option<Compiled>, LoadError> {
    let (runtime, ticker) = host.runtime(flavour)?;
    let key = key(digest, &runtime, flavour);
    let Some(entry) = cache.find(&key) else { return Ok(None) };
    match deserialize(&runtime, &entry) {
        Ok(component) => Ok(Some(Compiled {
            component,
            runtime,
            ticker,
            from_cache: true,
        })),
        Err(error) => {
            cache.discard(&key, &format!("{error:#}"));
            Ok(None)
        }
    }
}

#[allow(unsafe_code, reason = "the engine cannot tell its own code from another's")]
fn deserialize(runtime: &Runtime, entry: &Entry) -> wasmtime::Result<Component> {
    // SAFETY: the bytes must be what `Component::serialize` gave. They were read from a file of this user's, in a folder of this
    // user's, neither of which anyone else may write, whose digest is that of the code which a process like this one,
    // under a key of the same component, engine version, engine settings and format, wrote there. Who can write there can
    // also replace this program. The bytes are in memory: nobody changes them between that check and here.
    unsafe { Component::deserialize(&runtime.engine, entry.code()) }
}

fn key(digest: &[u8; 32], runtime: &Runtime, flavour: Flavour) -> Key {
    Key::new(digest, (flavour, runtime.engine.precompile_compatibility_hash()))
}
