//! The way out of a component: its stub's calls, carried over its links.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use farcall_host::{CallContext, Method, Transport};
use farcall_net::{Code, Request, Status};
use farcall_wit::{Function, InterfaceName, Wit, difference, path};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::plain_link::{OpenLink, by_name};
use crate::registry::FINGERPRINT_MISMATCH;
use crate::status::to_door;
use crate::way::Way;

/// A component's links in use.
pub(crate) struct Outgoing {
    links: HashMap<String, Link>,
}

/// One import and its way.
struct Link {
    way: Way,
    /// The caller's own signature of each function, by path: all that goes this way, and what a mismatch is told with.
    signatures: Arc<HashMap<String, String>>,
}

impl Outgoing {
    pub(crate) fn new(ways: Vec<(InterfaceName, Way)>, wit: &Wit, world_service: &str) -> Outgoing {
        let imports = wit.imports();
        let links = ways.into_iter().map(|(name, way)| {
            let functions = imports
                .iter()
                .filter(|interface| interface.name == name)
                .flat_map(|interface| &interface.functions);
            let signature = |function: &Function| (path(&name, &function.name, world_service), function.signature());
            let signatures = Arc::new(functions.map(signature).collect());
            let link = match &name {
                InterfaceName::World => world_service.to_string(),
                name => name.to_string(),
            };
            (link, Link { way, signatures })
        });
        Outgoing { links: links.collect() }
    }

    /// The links of a plain module.
    pub(crate) fn of_plain(links: Vec<OpenLink>) -> Outgoing {
        let links = by_name(links).map(|(name, way, signatures)| {
            let signatures = Arc::new(signatures);
            (name, Link { way, signatures })
        });
        Outgoing { links: links.collect() }
    }

    async fn carry(&self, method: Method, request: Vec<u8>, context: &CallContext) -> Result<Vec<u8>, Status> {
        let Some(link) = self.links.get(&method.link) else {
            return Err(Status::not_run(
                Code::Unimplemented,
                format!("{} is not linked", method.link),
            ));
        };
        // A guest may import the door itself; it reaches no more than what its imports name.
        if !link.signatures.contains_key(&method.path) {
            let message = format!("{} is no function of {}", method.path, method.link);
            return Err(Status::not_run(Code::PermissionDenied, message));
        }
        let request = Request {
            fingerprint: Some(method.fingerprint),
            deadline: Some(context.deadline),
            metadata: forwarded(&context.forward),
            ..Request::new(method.path.clone(), request)
        };
        match link.way.call(request).await {
            Ok(response) => Ok(response.body.into()),
            Err(status) => Err(link.told(status, &method.path)),
        }
    }
}

impl Link {
    /// The status with what only this side knows: where the call went, and how the types differ.
    fn told(&self, mut status: Status, path: &str) -> Status {
        let way = &self.way;
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
        if !self.links.values().any(|link| link.way.is_local()) {
            return None;
        }
        let links = self.links.iter().map(|(name, link)| {
            let (way, signatures) = (link.way.open(), Arc::clone(&link.signatures));
            (name.clone(), Link { way, signatures })
        });
        Some(Arc::new(Outgoing { links: links.collect() }))
    }

    fn is_ended(&self) -> bool {
        self.links.values().any(|link| link.way.is_ended())
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

pub(crate) fn forwarded(pairs: &[(String, String)]) -> HeaderMap {
    let header =
        |(name, value): &(String, String)| Some((HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?));
    pairs.iter().filter_map(header).collect()
}

#[cfg(test)]
mod tests {
    use farcall_host::Host;
    use farcall_net::Executed;

    use super::*;
    use crate::component::ComponentConfig;
    use crate::link::Links;

    #[tokio::test]
    async fn a_guest_reaches_no_function_that_its_imports_do_not_name() {
        let text = "package a:b; interface c { d: func(); } world w { import c; }";
        let wit = Wit::from_text("t.wit", text, Some("w")).unwrap();
        let mut links = Links::default();
        links.add("a:b/c=http://127.0.0.1:1").unwrap();
        let resolved = links.of(&wit).unwrap().links;
        let ways = links
            .open(&resolved, &wit, &Host::default(), &ComponentConfig::default())
            .unwrap();
        let outgoing = Outgoing::new(ways, &wit, "");
        let context = CallContext::within(std::time::Duration::from_secs(5));
        let call = async |link: &str, path: &str| {
            let method = Method {
                link: link.into(),
                path: path.into(),
                fingerprint: String::new(),
            };
            outgoing.carry(method, Vec::new(), &context).await.unwrap_err()
        };
        let other = call("a:b/c", "/a.b.C/Other").await;
        assert_eq!((other.code, other.executed), (Code::PermissionDenied, Executed::No));
        assert_eq!(call("x:y/z", "/a.b.C/D").await.code, Code::Unimplemented);
        assert_eq!(call("a:b/c", "/a.b.C/D").await.code, Code::Unavailable);
    }
}
