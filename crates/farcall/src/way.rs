//! The way a call goes: over a channel, as messages of the device, or to a component in this process. The same request, the
//! same answer.

use std::sync::Arc;

use farcall_host::Kept;
use farcall_net::{Channel, DeviceClient, Request, Response, Service, Status};

use tokio::sync::Mutex;

use crate::registry::Registry;

/// Where calls go.
#[derive(Clone, Debug)]
pub(crate) enum Way {
    Remote(Channel),
    /// Messages of the device on a server's unix socket.
    Device(Arc<DeviceClient>, String),
    /// A fresh instance a call.
    Local(Arc<Registry>),
    /// One instance for all calls, in turn.
    Kept(Arc<Registry>, Arc<Mutex<Kept>>),
}

impl Way {
    /// Dropping the future cancels the call.
    pub(crate) async fn call(&self, request: Request) -> Result<Response, Status> {
        match self {
            Way::Remote(channel) => channel.call(request).await,
            Way::Device(client, _) => client.call(request).await.map(Response::new),
            Way::Local(registry) => registry.call(request).await,
            Way::Kept(registry, instance) => registry.call_kept(request, &mut *instance.lock().await).await,
        }
    }

    /// The way as one calling instance has it: a component in this process lives and dies with its caller.
    pub(crate) fn open(&self) -> Way {
        match self {
            Way::Local(registry) => match registry.keep() {
                Some(instance) => Way::Kept(Arc::clone(registry), Arc::new(Mutex::new(instance))),
                None => self.clone(),
            },
            way => way.clone(),
        }
    }

    /// Whether `open` gives something of the caller's own.
    pub(crate) fn is_local(&self) -> bool {
        !matches!(self, Way::Remote(_) | Way::Device(..))
    }

    /// Whether it leads to an instance that has ended. One that a call holds has not.
    pub(crate) fn is_ended(&self) -> bool {
        match self {
            Way::Kept(_, instance) => instance.try_lock().is_ok_and(|instance| instance.is_ended()),
            Way::Remote(_) | Way::Device(..) | Way::Local(_) => false,
        }
    }

    /// Where that is, for errors.
    pub(crate) fn place(&self) -> String {
        match self {
            Way::Remote(channel) => channel.target().to_string(),
            Way::Device(_, socket) => format!("the device on {socket}"),
            Way::Local(registry) | Way::Kept(registry, _) => registry.place(),
        }
    }
}
