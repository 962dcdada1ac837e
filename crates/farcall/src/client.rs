//! A client: calls by name, in text or in values, wherever the functions are.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use farcall_codec::{
    Limits, Value, decode_result, encode_params, invoked_name, is_script, parse_args, parse_invoke, print_value,
};
use farcall_host::Host;
use farcall_net::{Channel, DeviceClient, DeviceLimits, Executed, Request, Response};
use farcall_wit::parse_call;
use http::HeaderMap;
use tokio::sync::OnceCell;

use crate::catalog::{Catalog, Entry};
use crate::component::{Component, ComponentConfig};
use crate::description::{self, GET};
use crate::error::Error;
use crate::link::To;
use crate::registry::Registry;
use crate::way::Way;

pub use farcall_net::ClientConfig;

/// Calls functions of one target.
#[derive(Debug)]
pub struct Client {
    way: Way,
    catalog: OnceCell<Catalog>,
}

/// What goes with a call.
#[derive(Clone, Debug, Default)]
pub struct CallOptions {
    /// How long the call may take; 30 s without one. Sent along, so that the callee stops too.
    pub deadline: Option<Duration>,
    /// Metadata for the callee.
    pub metadata: HeaderMap,
}

/// A call's result with its function.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What was called.
    pub entry: Entry,
    /// What it gave; `None` for a function without a result.
    pub value: Option<Value>,
}

impl Outcome {
    /// The result in WAVE.
    pub fn text(&self) -> Option<String> {
        Some(print_value(self.value.as_ref()?, self.entry.function.result.as_ref()?))
    }
}

impl Client {
    /// A client of `http://host:port` (of several, with commas between, whichever is alive) or of a component's file, which is
    /// then loaded into this process. Connects at the first call, and again whenever it must.
    pub fn connect(target: &str) -> Result<Client, Error> {
        Client::with(
            target,
            ClientConfig::default(),
            &Host::default(),
            &ComponentConfig::default(),
        )
    }

    /// The same with limits for the connection, and how a file is loaded.
    pub fn with(target: &str, config: ClientConfig, host: &Host, file: &ComponentConfig) -> Result<Client, Error> {
        match target.parse()? {
            To::Remote(target) => Ok(Client::over(Way::Remote(Channel::new(target, config)))),
            To::Here(registry) => Ok(Client::over(Way::Local(registry))),
            To::File(path) => Client::of(Component::load(host, Path::new(&path), file)?),
        }
    }

    /// A client of a server's unix socket, `unix:/path`, whose calls are messages of the device (`spec/device.md`).
    ///
    /// Connects at once, and not again. Needs a runtime.
    pub async fn over_device(socket: &str) -> Result<Client, Error> {
        let client = DeviceClient::connect(socket, DeviceLimits::default()).await;
        let client = client.map_err(|error| Error::Setting(format!("no device on {socket}: {error}")))?;
        Ok(Client::over(Way::Device(Arc::new(client), socket.to_owned())))
    }

    /// A client of a component in this process.
    pub fn of(component: Component) -> Result<Client, Error> {
        Ok(Client::over(Way::Local(Arc::new(Registry::new(vec![component])?))))
    }

    pub(crate) fn over(way: Way) -> Client {
        Client {
            way,
            catalog: OnceCell::new(),
        }
    }

    /// Where its calls go.
    pub fn target(&self) -> String {
        self.way.place()
    }

    /// What the target offers. Asked for once.
    pub async fn catalog(&self, options: &CallOptions) -> Result<&Catalog, Error> {
        let fetch = async {
            let answer = self.send("the interfaces", &GET.1, None, Vec::new(), options).await?;
            Catalog::of_documents(description::decode(&answer.body)?)
        };
        self.catalog.get_or_try_init(|| fetch).await
    }

    /// Calls what a text says: `demo:calc/ops.add(1, 2)`, arguments in WAVE, or as WebAssembly scripts write it,
    /// `(invoke "add" (i32.const 1) (i32.const 2))`. Dropping the future cancels the call.
    pub async fn call_text(&self, text: &str, options: &CallOptions) -> Result<Outcome, Error> {
        if is_script(text) {
            return self.call_script(text, options).await;
        }
        let (name, arguments) = parse_call(text).map_err(|error| Error::Text(error.to_string()))?;
        let entry = self
            .catalog(options)
            .await
            .map_err(|error| before_calling(&name.to_string(), error))?
            .find(&name)?;
        let arguments = parse_args(arguments, &entry.function)
            .map_err(|error| Error::Text(format!("{}: {error}\n{}", entry.name(), entry.function.signature())))?;
        self.call(entry, &arguments, options).await
    }

    async fn call_script(&self, text: &str, options: &CallOptions) -> Result<Outcome, Error> {
        let limits = Limits::default();
        let said = invoked_name(text, &limits).map_err(|error| Error::Text(error.to_string()))?;
        let catalog = self.catalog(options).await;
        let entry = catalog
            .map_err(|error| before_calling(&format!("{said:?}"), error))?
            .find_invoked(&said)?;
        let (_, arguments) = parse_invoke(text, &entry.function, &limits)
            .map_err(|error| Error::Text(format!("{}: {error}\n{}", entry.name(), entry.function.signature())))?;
        self.call(entry, &arguments, options).await
    }

    /// Calls a function of the catalog. Dropping the future cancels the call.
    pub async fn call(&self, entry: &Entry, arguments: &[Value], options: &CallOptions) -> Result<Outcome, Error> {
        let request = encode_params(arguments, &entry.function)
            .map_err(|error| Error::Text(format!("{}: {error}", entry.name())))?;
        let fingerprint = entry.fingerprint.clone();
        let response = self
            .send(&entry.name(), &entry.path, Some(fingerprint), request, options)
            .await?
            .body;
        let limits = decoding(response.len());
        let value = decode_result(&response, &entry.function, &limits).map_err(|error| Error::Result {
            called: entry.name(),
            why: error.to_string(),
        })?;
        Ok(Outcome {
            entry: entry.clone(),
            value,
        })
    }

    pub(crate) async fn send(
        &self,
        called: &str,
        path: &str,
        fingerprint: Option<String>,
        body: Vec<u8>,
        options: &CallOptions,
    ) -> Result<Response, Error> {
        let deadline = options.deadline.unwrap_or(ClientConfig::default().default_deadline);
        let request = Request {
            fingerprint,
            deadline: Instant::now().checked_add(deadline),
            metadata: options.metadata.clone(),
            ..Request::new(path, body)
        };
        let answer = self.way.call(request).await;
        let failed = |status| Error::Remote {
            called: called.into(),
            target: self.target(),
            status: Box::new(status),
        };
        answer.map_err(failed)
    }
}

/// What decoding a response of so many bytes may cost: the carrier's limit has bounded it, and an honest value is some times
/// its encoding.
pub(crate) fn decoding(bytes: usize) -> Limits {
    let limits = Limits::default();
    Limits {
        bytes,
        decoded_bytes: limits.decoded_bytes.max(bytes.saturating_mul(16)),
        ..limits
    }
}

/// A failure to learn what is there, told as that of the call it was for: whose function certainly did not run.
fn before_calling(name: &str, error: Error) -> Error {
    match error {
        Error::Remote { target, mut status, .. } => {
            status.executed = Executed::No;
            Error::Remote {
                called: name.to_owned(),
                target,
                status,
            }
        }
        error => error,
    }
}
