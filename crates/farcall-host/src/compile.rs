//! A component's or a module's bytes to the engine's code: from the cache where it is there, and compiled where not.
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
use wasmtime::{Engine, Module};

/// Code and the engine that it was made for.
pub(crate) struct Compiled<C> {
    pub(crate) code: C,
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) ticker: Arc<Ticker>,
    pub(crate) from_cache: bool,
}

/// The code of a component. Only what was found valid is in the cache, so what is there needs no second look; and most
/// are there for the synchronous engine.
pub(crate) fn component(host: &Host, bytes: &[u8]) -> Result<Compiled<Component>, LoadError> {
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
    keep(cache, &digest, &compiled, flavour);
    Ok(compiled)
}

/// The code of a core module, for the synchronous engine: modules know no asynchronous types.
pub(crate) fn module(host: &Host, bytes: &[u8]) -> Result<Compiled<Module>, LoadError> {
    let flavour = Flavour::Synchronous;
    let Some(cache) = host.cache() else {
        inspect::module(bytes)?;
        return compile(host, bytes, flavour);
    };
    let digest = digest(bytes);
    if let Some(found) = find(host, cache, &digest, flavour)? {
        return Ok(found);
    }
    inspect::module(bytes)?;
    let compiled = compile(host, bytes, flavour)?;
    keep(cache, &digest, &compiled, flavour);
    Ok(compiled)
}

/// What the engine compiles. The bytes of the two kinds differ in their first eight, so that they share the cache's keys.
trait Source: Sized {
    fn new(engine: &Engine, bytes: &[u8]) -> wasmtime::Result<Self>;

    fn serialize(&self) -> wasmtime::Result<Vec<u8>>;

    fn deserialize(engine: &Engine, entry: &Entry) -> wasmtime::Result<Self>;
}

impl Source for Component {
    fn new(engine: &Engine, bytes: &[u8]) -> wasmtime::Result<Self> {
        Component::new(engine, bytes)
    }

    fn serialize(&self) -> wasmtime::Result<Vec<u8>> {
        Component::serialize(self)
    }

    #[allow(unsafe_code, reason = "the engine cannot tell its own code from another's")]
    fn deserialize(engine: &Engine, entry: &Entry) -> wasmtime::Result<Self> {
        // SAFETY: the bytes must be what `Component::serialize` gave. They were read from a file of this user's, in a folder of
        // this user's, neither of which anyone else may write, whose digest is that of the code which a process like this
        // one, under a key of the same component, engine version, engine settings and format, wrote there. Who can write
        // there can also replace this program. The bytes are in memory: nobody changes them between that check and here.
        unsafe { Component::deserialize(engine, entry.code()) }
    }
}

impl Source for Module {
    fn new(engine: &Engine, bytes: &[u8]) -> wasmtime::Result<Self> {
        Module::from_binary(engine, bytes)
    }

    fn serialize(&self) -> wasmtime::Result<Vec<u8>> {
        Module::serialize(self)
    }

    #[allow(unsafe_code, reason = "the engine cannot tell its own code from another's")]
    fn deserialize(engine: &Engine, entry: &Entry) -> wasmtime::Result<Self> {
        // SAFETY: as for a component, by `Module::serialize`: the key is of the same module's bytes, which no component has.
        unsafe { Module::deserialize(engine, entry.code()) }
    }
}

fn compile<C: Source>(host: &Host, bytes: &[u8], flavour: Flavour) -> Result<Compiled<C>, LoadError> {
    let (runtime, ticker) = host.runtime(flavour)?;
    let code = C::new(&runtime.engine, bytes).map_err(|error| LoadError::Engine(format!("{error:#}")))?;
    Ok(Compiled {
        code,
        runtime,
        ticker,
        from_cache: false,
    })
}

fn keep<C: Source>(cache: &Cache, digest: &[u8; 32], compiled: &Compiled<C>, flavour: Flavour) {
    match compiled.code.serialize() {
        Ok(code) => cache.keep(&key(digest, &compiled.runtime, flavour), &code),
        Err(error) => tracing::debug!(%error, "compiled code cannot be kept"),
    }
}

fn find<C: Source>(
    host: &Host,
    cache: &Cache,
    digest: &[u8; 32],
    flavour: Flavour,
) -> Result<Option<Compiled<C>>, LoadError> {
    let (runtime, ticker) = host.runtime(flavour)?;
    let key = key(digest, &runtime, flavour);
    let Some(entry) = cache.find(&key) else { return Ok(None) };
    match C::deserialize(&runtime.engine, &entry) {
        Ok(code) => Ok(Some(Compiled {
            code,
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

fn key(digest: &[u8; 32], runtime: &Runtime, flavour: Flavour) -> Key {
    Key::new(digest, (flavour, runtime.engine.precompile_compatibility_hash()))
}
