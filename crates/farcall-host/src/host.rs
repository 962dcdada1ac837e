//! The host: the engines and the ticker that all programs of a process share.
//!
//! Not here: anything of one component (`program`).

use crate::cache::Cache;
use crate::engine::{Flavour, Runtime};
use crate::limits::{Pool, Usage};
use crate::load::LoadError;
use crate::pooled::Resting;
use crate::ticker::Ticker;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// What a [`Host`] provides for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HostConfig {
    /// Instances alive at once, so calls at once, each engine for itself; 1,000. A call past it fails as
    /// [`Failure::Full`](crate::Failure::Full). Stops a flood of calls from taking all memory.
    pub instances: u32,
    /// Bytes of linear memory, all instances together; 8 GiB. A guest that grows past it is refused, as by its own limit.
    /// Stops many calls, each within its own limit, from taking the machine's memory. Memories that were used once keep
    /// up to 1 MiB each for the next instance, which comes on top.
    pub memory: usize,
    /// Bytes of one component; 256 MiB. Stops a file that would keep the compiler busy for ever.
    pub component_bytes: usize,
    /// A folder that keeps compiled code, so that a component which was loaded before starts without compiling; none. It is
    /// made where it does not exist, for this user alone.
    ///
    /// Code is run as it is found there. So nothing is taken from, or put into, a folder that belongs to another user or
    /// that others may write; links are not followed; and a file that is not whole is removed. Trouble with the folder
    /// never fails a load: the component is compiled. Processes may share it.
    pub cache: Option<PathBuf>,
    /// Bytes in that folder; 2 GiB. What was used longest ago is removed. Stops it from filling the disk.
    pub cache_bytes: u64,
}

impl Default for HostConfig {
    fn default() -> Self {
        Self {
            instances: 1_000,
            memory: 8 << 30,
            component_bytes: 256 << 20,
            cache: None,
            cache_bytes: 2 << 30,
        }
    }
}

/// Engines and their clock. Clones are the same host; it ends with the last of them and of the programs loaded on it.
#[derive(Clone)]
pub struct Host {
    shared: Arc<Shared>,
}

struct Shared {
    config: HostConfig,
    memory: Arc<Pool>,
    resting: Arc<Resting>,
    cache: Option<Cache>,
    started: Mutex<Started>,
}

#[derive(Default)]
struct Started {
    ticker: Option<Arc<Ticker>>,
    synchronous: Option<Arc<Runtime>>,
    asynchronous: Option<Arc<Runtime>>,
}

impl Host {
    /// A host that starts an engine when the first component needs it.
    pub fn new(config: HostConfig) -> Self {
        Self {
            shared: Arc::new(Shared {
                memory: Arc::new(Pool::new(config.memory)),
                resting: Arc::default(),
                cache: config.cache.clone().map(|path| Cache::new(path, config.cache_bytes)),
                config,
                started: Mutex::default(),
            }),
        }
    }

    /// What its instances hold now.
    pub fn usage(&self) -> Usage {
        self.shared.memory.usage()
    }

    /// The memory that all instances share.
    pub(crate) fn memory(&self) -> Arc<Pool> {
        Arc::clone(&self.shared.memory)
    }

    /// The instances that idle.
    pub(crate) fn resting(&self) -> Arc<Resting> {
        Arc::clone(&self.shared.resting)
    }

    /// The compiled code on disk, where there is to be any.
    pub(crate) fn cache(&self) -> Option<&Cache> {
        self.shared.cache.as_ref()
    }

    pub(crate) fn config(&self) -> &HostConfig {
        &self.shared.config
    }

    pub(crate) fn runtime(&self, flavour: Flavour) -> Result<(Arc<Runtime>, Arc<Ticker>), LoadError> {
        let mut started = self.shared.started.lock().unwrap_or_else(PoisonError::into_inner);
        let ticker = match &started.ticker {
            Some(ticker) => Arc::clone(ticker),
            None => {
                let ticker = Ticker::start().map_err(|error| LoadError::Engine(error.to_string()))?;
                Arc::clone(started.ticker.insert(Arc::new(ticker)))
            }
        };
        let slot = match flavour {
            Flavour::Synchronous => &mut started.synchronous,
            Flavour::Asynchronous => &mut started.asynchronous,
        };
        if let Some(runtime) = slot {
            return Ok((Arc::clone(runtime), ticker));
        }
        let runtime = Runtime::new(flavour, self.config()).map_err(|error| LoadError::Engine(format!("{error:#}")))?;
        ticker.add(&runtime.engine);
        Ok((Arc::clone(slot.insert(Arc::new(runtime))), ticker))
    }
}

impl Default for Host {
    fn default() -> Self {
        Self::new(HostConfig::default())
    }
}

impl std::fmt::Debug for Host {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Host")
            .field("config", self.config())
            .finish_non_exhaustive()
    }
}
