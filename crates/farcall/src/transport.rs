//! The way out of a component: its stub's calls, carried over its links.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use farcall_host::{CallContext, Method, Transport};
use farcall_net::{Code, Request, Status};
use farcall_wit::{Wit, difference, path};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::link::Ways;
use crate::registry::FINGERPRINT_MISMATCH;
use crate::status::to_door;
use crate::way::Way;

/// A component's links in use.
pub(crate) struct Outgoing {
    ways: HashMap<String, Way>,
    /// The caller's own signature of each function, by path: what a mismatch is told with.
    signatures: Arc<HashMap<String, String>>,
}

impl Outgoing {
    pub(crate) fn new(ways: Ways, wit: &Wit, world_service: &str) -> Outgoing {
        let mut signatures = HashMap::new();
        for interface in wit.imports() {
            if ways.ways.iter().any(|(name, _)| *name == interface.name) {
                for function in &interface.functions {
                    signatures.insert(
                        path(&interface.name, &function.name, world_service),
                        function.signature(),
                    );
                }
            }
        }
        let link = |name: &farcall_wit::InterfaceName| match name {
            farcall_wit::InterfaceName::World => world_service.to_string(),
            name => name.to_string(),
        };
        let ways = ways.ways.into_iter().map(|(name, way)| (link(&name), way)).collect();
        Outgoing {
            ways,
            signatures: Arc::new(signatures),
        }
    }

    async fn carry(&self, method: Method, request: Vec<u8>, context: &CallContext) -> Result<Vec<u8>, Status> {
        let Some(way) = self.ways.get(&method.link) else {
            return Err(Status::not_run(
                Code::Unimplemented,
                format!("{} is not linked", method.link),
            ));
        };
        let request = Request {
            fingerprint: Some(method.fingerprint),
            deadline: Some(context.deadline),
            metadata: forwarded(&context.forward),
            ..Request::new(method.path.clone(), request)
        };
        match way.call(request).await {
            Ok(response) => Ok(response.body.into()),
            Err(status) => Err(self.told(status, &method.path, way)),
        }
    }

    /// The status with what only this side knows: where the call went, and how the types differ.
    fn told(&self, mut status: Status, path: &str, way: &Way) -> Status {
        if status.details.reason == FINGERPRINT_MISMATCH
            && let (Some(ours), Some(theirs)) = (self.signatures.get(path), status.details.metadata.get("signature"))
        {
            let difference = difference(ours, theirs);
            let difference = difference.trim_end();
            status.message = format!(
                "{} at {}; caller (-) and callee (+):\n{difference}",
                status.message,
                way.place()
            );
            return status;
        }
        let place = way.place();
        if !status.message.contains(&place) {
            let word = if way.is_local() { "in" } else { "at" };
            status.message = format!("{} ({word} {place})", status.message);
        }
        status
    }
}

impl Transport for Outgoing {
    fn open(&self) -> Option<Arc<dyn Transport>> {
        if !self.ways.values().any(Way::is_local) {
            return None;
        }
        let ways = self.ways.iter().map(|(link, way)| (link.clone(), way.open())).collect();
        Some(Arc::new(Outgoing {
            ways,
            signatures: Arc::clone(&self.signatures),
        }))
    }

    fn call<'a>(
        &'a self,
        method: Method,
        request: Vec<u8>,
        context: &'a CallContext,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<u8>, farcall_host::Status>> + Send + 'a>> {
        Box::pin(async move {
            self.carry(method, request, context)
                .await
                .map_err(|status| to_door(&status))
        })
    }
}

fn forwarded(pairs: &[(String, String)]) -> HeaderMap {
    let header =
        |(name, value): &(String, String)| Some((HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?));
    pairs.iter().filter_map(header).collect()
}
