//! Where a program's calls over the device go: the function that it names is held against the links that its operator made.
//!
//! Not here: messages and their order, which `farcall-net` knows; and imports, whose links are known before anything runs.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Instant;

use farcall_net::{BoxFuture, Code, Codec, Request, Response, Service, Status};
use farcall_wit::{CallName, InterfaceName, InterfacePattern, path};

use crate::catalog::{Catalog, Entry};
use crate::client::{CallOptions, Client};
use crate::error::Error;
use crate::script::{self, Said, Written};
use crate::way::Way;

/// A program's links.
#[derive(Clone, Default)]
pub(crate) struct Outward {
    links: Vec<OutLink>,
}

/// One link.
#[derive(Clone)]
struct OutLink {
    /// As it was written, before `=`.
    name: InterfacePattern,
    way: Way,
    /// The same way, with what the target offers: for calls by name.
    client: Arc<Client>,
}

impl Outward {
    /// Links by name.
    pub(crate) fn new(ways: impl IntoIterator<Item = (InterfacePattern, Way)>) -> Outward {
        let link = |(name, way): (InterfacePattern, Way)| OutLink {
            name,
            client: Arc::new(Client::over(way.clone())),
            way,
        };
        Outward {
            links: ways.into_iter().map(link).collect(),
        }
    }

    /// The links as one conversation has them: a component in this process lives and dies with it.
    pub(crate) fn open(&self) -> Outward {
        let open = |link: &OutLink| OutLink {
            way: link.way.open(),
            ..link.clone()
        };
        Outward {
            links: self.links.iter().map(open).collect(),
        }
    }

    async fn carry(&self, mut request: Request) -> Result<Response, Status> {
        if request.codec == Codec::Wat && request.path.is_empty() {
            return self.carry_text(request).await;
        }
        let link = match request.path.starts_with('/') {
            true => self.only(&request.path, |link| covers(&link.name, &request.path))?,
            false => {
                let name = CallName::from_str(&request.path).map_err(|error| {
                    let status = Status::not_run(Code::InvalidArgument, error.to_string());
                    status.reason("FUNCTION_INVALID")
                })?;
                let link = self.only(&request.path, |link| {
                    name.interface.as_ref().is_none_or(|said| agree(said, &link.name))
                })?;
                request.path = found(link, name, request.deadline).await?;
                link
            }
        };
        link.way.call(request).await
    }

    /// A call as text, which names its function itself; answered as text (spec: E-19).
    async fn carry_text(&self, mut request: Request) -> Result<Response, Status> {
        let said = script::named(&request.body)?;
        let (link, entry) = self.meant(&said, request.deadline).await?;
        let name = entry.name();
        let written = Written {
            interface: &entry.interface,
            function: &entry.function,
            name: &name,
        };
        request.body = script::decode_request(&request.body, written)?;
        request.path = entry.path.clone();
        request.fingerprint = Some(entry.fingerprint.clone());
        request.codec = Codec::Wit;
        let mut response = link.way.call(request).await?;
        response.body = script::encode_response(&response.body, written)?;
        Ok(response)
    }

    /// The one function that a text means, among those of the linked interfaces.
    async fn meant(&self, said: &Said, deadline: Option<Instant>) -> Result<(&OutLink, &Entry), Status> {
        let interface = said.call().and_then(|name| name.interface.as_ref());
        let fits = |link: &&OutLink| interface.is_none_or(|said| agree(said, &link.name));
        let mut meant = Vec::new();
        let mut is_linked = false;
        for link in self.links.iter().filter(fits) {
            is_linked = true;
            let functions = catalog(link, deadline).await?.functions().iter();
            let linked = functions.filter(|entry| link.name.matches(&entry.interface));
            let named = linked.filter(|entry| said.means(&entry.interface, &entry.function.name));
            meant.extend(named.map(|entry| (link, entry)));
        }
        match meant.as_slice() {
            [only] => Ok(*only),
            [] if !is_linked => Err(not_linked(&said.shown(), &self.links)),
            [] => {
                let message = format!("no linked interface has a function {}", said.shown());
                Err(Status::not_run(Code::Unimplemented, message).reason("UNKNOWN_FUNCTION"))
            }
            several => {
                let names: Vec<String> = several.iter().map(|(_, entry)| entry.name()).collect();
                Err(ambiguous(&said.shown(), &names))
            }
        }
    }

    /// The only link that fits.
    fn only(&self, called: &str, fits: impl Fn(&OutLink) -> bool) -> Result<&OutLink, Status> {
        let fitting: Vec<&OutLink> = self.links.iter().filter(|link| fits(link)).collect();
        match fitting.as_slice() {
            [link] => Ok(link),
            [] => Err(not_linked(called, &self.links)),
            several => {
                let names: Vec<String> = several.iter().map(|link| link.name.to_string()).collect();
                Err(ambiguous(called, &names))
            }
        }
    }
}

impl Service for Outward {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Response, Status>> {
        Box::pin(self.carry(request))
    }

    fn knows(&self, _: &str) -> bool {
        true
    }
}

/// The path of a function that is called by name: the link's target says what it has.
async fn found(link: &OutLink, mut name: CallName, deadline: Option<Instant>) -> Result<String, Status> {
    // The link may say more of the name than the call does.
    let said = name.interface.take();
    let (said, linked) = (said.as_ref().unwrap_or(&link.name), &link.name);
    name.interface = Some(InterfacePattern {
        namespace: said.namespace.clone().or_else(|| linked.namespace.clone()),
        package: said.package.clone().or_else(|| linked.package.clone()),
        interface: linked.interface.clone(),
        version: said.version.clone().or_else(|| linked.version.clone()),
    });
    match catalog(link, deadline).await?.find(&name) {
        Ok(entry) => Ok(entry.path.clone()),
        Err(error) => Err(Status::not_run(Code::Unimplemented, error.to_string()).reason("UNKNOWN_FUNCTION")),
    }
}

/// What the link's target offers.
async fn catalog(link: &OutLink, deadline: Option<Instant>) -> Result<&Catalog, Status> {
    let options = CallOptions {
        deadline: deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())),
        ..CallOptions::default()
    };
    link.client.catalog(&options).await.map_err(|error| match error {
        Error::Remote { status, .. } => status.executed(farcall_net::Executed::No),
        error => Status::not_run(Code::Unavailable, error.to_string()),
    })
}

fn ambiguous(called: &str, names: &[String]) -> Status {
    let message = format!("{called} may go to {}; say more of the name", names.join(" or "));
    Status::not_run(Code::InvalidArgument, message).reason("FUNCTION_AMBIGUOUS")
}

/// spec: E-15
fn not_linked(called: &str, links: &[OutLink]) -> Status {
    let names: Vec<String> = links.iter().map(|link| link.name.to_string()).collect();
    let linked = match names.as_slice() {
        [] => "nothing is linked".to_owned(),
        names => format!("linked are {}", names.join(", ")),
    };
    let message = format!("{called} is not linked: {linked}");
    Status::not_run(Code::Unimplemented, message).reason("NOT_LINKED")
}

/// Whether two names, each as far as it goes, may mean one interface.
fn agree(one: &InterfacePattern, other: &InterfacePattern) -> bool {
    fn same<T: PartialEq>(one: &Option<T>, other: &Option<T>) -> bool {
        one.is_none() || other.is_none() || one == other
    }
    one.interface == other.interface
        && same(&one.namespace, &other.namespace)
        && same(&one.package, &other.package)
        && same(&one.version, &other.version)
}

/// Whether a path is one of the linked interface's, whose package and version the link may leave out.
fn covers(link: &InterfacePattern, called: &str) -> bool {
    let service = |path: &str| path.rsplit_once('/').map(|(service, _)| service.to_owned());
    let Some(called) = service(called) else { return false };
    let interface = link.interface.clone();
    let name = match (&link.namespace, &link.package) {
        (Some(namespace), Some(package)) => InterfaceName::Package {
            namespace: namespace.clone(),
            package: package.clone(),
            interface,
            version: link.version.clone(),
        },
        _ => InterfaceName::Plain(interface),
    };
    let Some(linked) = service(&path(&name, "f", "")) else {
        return false;
    };
    if called == linked {
        return true;
    }
    match (&name, &link.version) {
        (InterfaceName::Package { .. }, None) => without_version(&called).is_some_and(|called| called == linked),
        (InterfaceName::Package { .. }, Some(_)) => false,
        // `ops` alone is the last word of any service.
        _ => link.package.is_none() && called.rsplit_once('.').map(|(_, last)| last) == linked.get(1..),
    }
}

/// `/demo.calc.v0_1.Ops` as `/demo.calc.Ops`.
fn without_version(service: &str) -> Option<String> {
    let (package, interface) = service.rsplit_once('.')?;
    let (package, version) = package.rsplit_once('.')?;
    let digits = version.strip_prefix('v')?;
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    digits
        .split('_')
        .all(is_number)
        .then(|| format!("{package}.{interface}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> InterfacePattern {
        text.parse().unwrap()
    }

    /// spec: E-15
    #[test]
    fn a_link_covers_the_paths_of_its_interface_alone() {
        for (link, path, expected) in [
            ("demo:calc/ops", "/demo.calc.Ops/Add", true),
            ("demo:calc/ops", "/demo.calc.v0_1.Ops/Add", true),
            ("demo:calc/ops", "/demo.calc.v0_1.Other/Add", false),
            ("demo:calc/ops", "/demo.calc.x.Ops/Add", false),
            ("demo:calc/ops", "/evil.demo.calc.Ops/Add", false),
            ("demo:calc/ops@0.1.0", "/demo.calc.v0_1.Ops/Add", true),
            ("demo:calc/ops@0.1.0", "/demo.calc.v0_2.Ops/Add", false),
            ("demo:calc/ops@0.1.0", "/demo.calc.Ops/Add", false),
            ("m", "/M/Mul", true),
            ("m", "/N/Mul", false),
            ("ops", "/demo.calc.v0_1.Ops/Add", true),
            ("ops", "/demo.calc.v0_1.Other/Add", false),
            ("ops", "", false),
            ("ops", "/", false),
            ("ops", "Ops", false),
        ] {
            assert_eq!(covers(&pattern(link), path), expected, "{link} {path}");
        }
    }

    #[test]
    fn names_agree_as_far_as_they_go() {
        assert!(agree(&pattern("ops"), &pattern("demo:calc/ops@0.1.0")));
        assert!(agree(&pattern("demo:calc/ops@0.1.0"), &pattern("demo:calc/ops")));
        assert!(!agree(&pattern("demo:calc/ops@0.1.0"), &pattern("demo:calc/ops@0.2.0")));
        assert!(!agree(&pattern("demo:calc/ops"), &pattern("demo:other/ops")));
    }

    /// spec: E-15
    #[tokio::test]
    async fn what_is_not_linked_is_told_so() {
        let outward = Outward::default();
        for (function, code) in [
            ("/demo.calc.v0_1.Ops/Add", Code::Unimplemented),
            ("demo:calc/ops.add", Code::Unimplemented),
            ("add", Code::Unimplemented),
            ("not a name!", Code::InvalidArgument),
            ("", Code::InvalidArgument),
        ] {
            let status = outward.call(Request::new(function, "")).await.unwrap_err();
            assert_eq!(
                (status.code, status.executed),
                (code, farcall_net::Executed::No),
                "{function}"
            );
        }
    }
}
