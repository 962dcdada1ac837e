//! The way a call goes: over a channel, or to a component in this process. The same request, the same answer.

use std::sync::Arc;

use farcall_net::{Channel, Request, Response, Service, Status};

use crate::registry::Registry;

/// Where calls go.
#[derive(Clone, Debug)]
pub(crate) enum Way {
    Remote(Channel),
    Local(Arc<Registry>),
}

impl Way {
    /// Dropping the future cancels the call.
    pub(crate) async fn call(&self, request: Request) -> Result<Response, Status> {
        match self {
            Way::Remote(channel) => channel.call(request).await,
            Way::Local(registry) => registry.call(request).await,
        }
    }

    /// Where that is, for errors.
    pub(crate) fn place(&self) -> String {
        match self {
            Way::Remote(channel) => channel.target().to_string(),
            Way::Local(registry) => registry.place(),
        }
    }
}
