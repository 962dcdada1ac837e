//! The modules of one script: in one store, each behind a server and a client of its own.
//!
//! Reads no script.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use farcall_adapter::{PlainExports, PlainModule, plain_skeleton};
use farcall_codec::Value;
use farcall_host::{CallContext, Closed, GlobalValue, Grants, Host, Stage, StageError, Staged};
use farcall_net::{ServerConfig, Status};
use farcall_wit::{InterfaceName, core_path};
use tokio::sync::{OnceCell, oneshot};

use super::ScriptCarrier;
use crate::client::{CallOptions, Client};
use crate::component::Component;
use crate::error::Error;
use crate::registry::Registry;
use crate::server::Server;

/// One store, and the modules that came into it.
pub(super) struct Theatre {
    stage: Stage,
    carrier: ScriptCarrier,
    sockets: Option<Folder>,
    modules: usize,
}

/// A module of the script.
pub(super) struct Actor {
    staged: Staged,
    interface: InterfaceName,
    module: PlainModule,
    /// Made at the first call: most modules of most scripts are never called.
    connection: OnceCell<Connection>,
}

struct Connection {
    client: Client,
    /// The server ends with its value.
    _stop: oneshot::Sender<()>,
}

/// How a call ended.
pub(super) enum Ended {
    Returned(Option<Value>),
    Failed(Box<Status>),
}

/// Why there was no call.
pub(super) enum NoCall {
    /// The function's type holds what no call carries.
    Uncarried(String),
    /// Nothing is there by that name, or something went wrong that no script expects.
    Broken(String),
}

impl Theatre {
    /// An empty store but for `spectest`.
    pub(super) async fn open(host: &Host, carrier: ScriptCarrier) -> Result<Theatre, Error> {
        let limits = farcall_host::Limits::default();
        let stage = Stage::new(host, "script", Grants::default(), limits, std::sync::Arc::new(Closed));
        let failed = |why: String| Error::Setting(format!("no script can run here: {why}"));
        let stage = stage.map_err(|error| failed(error.to_string()))?;
        let sockets = match carrier {
            ScriptCarrier::Http => None,
            ScriptCarrier::Unix | ScriptCarrier::Device => Some(Folder::new()?),
        };
        let theatre = Theatre {
            stage,
            carrier,
            sockets,
            modules: 0,
        };
        let spectest = wat::parse_str(SPECTEST).map_err(|error| failed(error.to_string()))?;
        let spectest = theatre.stage.put(&spectest, None, theatre.context()).await;
        let registered = match spectest {
            Ok(staged) => theatre.stage.register("spectest", staged).await,
            Err(error) => Err(error),
        };
        registered.map_err(|error| failed(error.to_string()))?;
        Ok(theatre)
    }

    /// Instantiates a module in the store.
    pub(super) async fn put(&mut self, bytes: &[u8]) -> Result<Actor, StageError> {
        // What does not even parse is the engine's to refuse.
        let module = PlainModule::read(bytes, PlainExports::Every).unwrap_or_default();
        let skeleton = (!module.exports.is_empty()).then(|| plain_skeleton(&module.exports));
        let staged = self.stage.put(bytes, skeleton.as_deref(), self.context()).await?;
        self.modules += 1;
        Ok(Actor {
            staged,
            interface: InterfaceName::Plain(format!("module{}", self.modules)),
            module,
            connection: OnceCell::new(),
        })
    }

    pub(super) async fn register(&self, name: &str, actor: &Actor) -> Result<(), StageError> {
        self.stage.register(name, actor.staged).await
    }

    /// The value of an exported global: it has no function, so no call asks for it.
    pub(super) async fn global(&self, actor: &Actor, name: &str) -> Option<Value> {
        Some(match self.stage.global(actor.staged, name).await? {
            GlobalValue::I32(value) => Value::S32(value),
            GlobalValue::I64(value) => Value::S64(value),
            GlobalValue::F32(bits) => Value::F32(f32::from_bits(bits)),
            GlobalValue::F64(bits) => Value::F64(f64::from_bits(bits)),
        })
    }

    /// Calls an exported function from afar.
    pub(super) async fn call(&self, actor: &Actor, export: &str, arguments: &[Value]) -> Result<Ended, NoCall> {
        if let Some((_, why)) = actor.module.left_out.iter().find(|(name, _)| name == export) {
            return Err(NoCall::Uncarried(why.clone()));
        }
        if !actor.module.exports.iter().any(|function| function.symbol == export) {
            return Err(NoCall::Broken(format!("the module exports no function {export:?}")));
        }
        let broken = |error: Error| NoCall::Broken(error.to_string());
        let connection = actor
            .connection
            .get_or_try_init(|| self.serve(actor))
            .await
            .map_err(broken)?;
        let options = CallOptions::default();
        let catalog = connection.client.catalog(&options).await.map_err(broken)?;
        let path = core_path(&actor.interface, export);
        let entry = catalog.functions().iter().find(|entry| entry.path == path);
        let entry = entry.ok_or_else(|| NoCall::Broken(format!("{path} is not served")))?;
        match connection.client.call(entry, arguments, &options).await {
            Ok(outcome) => Ok(Ended::Returned(outcome.value)),
            Err(Error::Remote { status, .. }) => Ok(Ended::Failed(status)),
            Err(error) => Err(broken(error)),
        }
    }

    async fn serve(&self, actor: &Actor) -> Result<Connection, Error> {
        let name = actor.interface.to_string();
        let named = (Path::new(&name), name.as_str());
        let component = Component::staged(&self.stage, actor.staged, named, &actor.module.exports)?;
        let registry = Registry::new(vec![component])?;
        let listen = match &self.sockets {
            None => "127.0.0.1:0".to_owned(),
            Some(folder) => format!("unix:{}", folder.path.join(actor.interface.to_string()).display()),
        };
        let server = Server::bind(registry, &[listen], &ServerConfig::default()).await?;
        let address = server.addresses().first().map(ToString::to_string).unwrap_or_default();
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(server.serve(async { drop(stopped.await) }));
        let client = match self.carrier {
            ScriptCarrier::Http | ScriptCarrier::Unix => Client::connect(&address)?,
            ScriptCarrier::Device => Client::over_device(&address).await?,
        };
        Ok(Connection { client, _stop: stop })
    }

    fn context(&self) -> CallContext {
        CallContext {
            deadline: Instant::now() + self.stage.program().limits().deadline,
            forward: Vec::new(),
            caller: None,
        }
    }

    /// What its calls go over.
    pub(super) fn carrier(&self) -> ScriptCarrier {
        self.carrier
    }
}

/// A folder for sockets, of this user's alone; it ends with its value.
struct Folder {
    path: PathBuf,
}

impl Folder {
    fn new() -> Result<Folder, Error> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("farcall-wast-{}-{count}", std::process::id()));
        let failed =
            |error: std::io::Error| Error::Setting(format!("no folder for sockets at {}: {error}", path.display()));
        std::fs::create_dir(&path).map_err(failed)?;
        Ok(Folder { path })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.path) {
            tracing::debug!(%error, "the sockets' folder stays");
        }
    }
}

/// What every script may import (the reference interpreter's README, "Spectest host module"). What is printed is dropped.
const SPECTEST: &str = r#"(module
  (func (export "print"))
  (func (export "print_i32") (param i32))
  (func (export "print_i64") (param i64))
  (func (export "print_f32") (param f32))
  (func (export "print_f64") (param f64))
  (func (export "print_i32_f32") (param i32 f32))
  (func (export "print_f64_f64") (param f64 f64))
  (global (export "global_i32") i32 (i32.const 666))
  (global (export "global_i64") i64 (i64.const 666))
  (global (export "global_f32") f32 (f32.const 666.6))
  (global (export "global_f64") f64 (f64.const 666.6))
  (table (export "table") 10 20 funcref)
  (memory (export "memory") 1 2))"#;
