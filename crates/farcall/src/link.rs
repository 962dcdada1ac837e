//! Links: which import of a component goes to which target, as people write it.
//!
//! `demo:calc/ops=http://host:7070` names an import, its version left out where one is imported; a name without `:` and
//! `/` that no import has is a service, and links the functions that the world itself imports.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use farcall_adapter::Served;
use farcall_host::{Grants, Host};
use farcall_net::{Channel, ClientConfig, Target};
use farcall_wit::{InterfaceName, InterfacePattern, Wit, difference, path};

use crate::bindings::Native;
use crate::component::{Component, ComponentConfig};
use crate::error::Error;
use crate::registry::Registry;
use crate::way::Way;

/// Links as they were written, not yet held against a component.
#[derive(Clone, Debug, Default)]
pub struct Links {
    links: Vec<Link>,
    /// Limits of the connections that links open.
    pub client: ClientConfig,
}

/// `IFACE=TARGET`.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) import: String,
    pub(crate) target: To,
}

/// Where a link goes.
#[derive(Clone, Debug)]
pub(crate) enum To {
    Remote(Target),
    /// A component in this process.
    File(PathBuf),
    /// What this process has already.
    Here(Arc<Registry>),
}

impl Links {
    /// Adds `IFACE=TARGET[,TARGET...]`; a file is relative to the current folder.
    pub fn add(&mut self, text: &str) -> Result<(), Error> {
        self.add_relative(text, Path::new(""))
    }

    /// The same, where a file is relative to `folder`.
    pub fn add_relative(&mut self, text: &str, folder: &Path) -> Result<(), Error> {
        let (import, target) = text
            .split_once('=')
            .filter(|(import, target)| !import.is_empty() && !target.is_empty())
            .ok_or_else(|| {
                Error::Link(format!(
                    "`{text}` is not a link: it looks like demo:calc/ops=http://127.0.0.1:7070"
                ))
            })?;
        self.check_new(import)?;
        self.links.push(Link {
            import: import.to_string(),
            target: match target.parse()? {
                To::File(path) => To::File(folder.join(path)),
                remote => remote,
            },
        });
        Ok(())
    }

    /// Links an import to an implementation in this process: every instance calls the same one.
    pub fn native(&mut self, import: &str, native: Native) -> Result<(), Error> {
        self.check_new(import)?;
        let registry = Registry::new(vec![Component::native(native)?])?;
        self.links.push(Link {
            import: import.to_owned(),
            target: To::Here(Arc::new(registry)),
        });
        Ok(())
    }

    fn check_new(&self, import: &str) -> Result<(), Error> {
        match self.links.iter().any(|link| link.import == import) {
            true => Err(Error::Link(format!(
                "{import} is linked twice; write --link {import}=A,B for several targets"
            ))),
            false => Ok(()),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.links.is_empty()
    }

    /// Both, where those of `self` win by the import's name.
    pub fn over(self, below: Links) -> Links {
        let mut links = below.links;
        links.retain(|link| self.links.iter().all(|other| other.import != link.import));
        links.extend(self.links);
        let client = self.client;
        Links { links, client }
    }

    /// Those that link an import of this component.
    pub(crate) fn fitting(&self, wit: &Wit) -> Links {
        let imports = imports(wit);
        self.only(|link| !link.matching(&imports).is_empty() || link.is_service(&imports))
    }

    /// Those that `fits` takes.
    pub(crate) fn only(&self, fits: impl Fn(&&Link) -> bool) -> Links {
        Links {
            links: self.links.iter().filter(fits).cloned().collect(),
            client: self.client.clone(),
        }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Link> {
        self.links.iter()
    }

    /// An error that names the first link that is in none of `used`.
    pub(crate) fn all_in(&self, used: &[Links]) -> Result<(), Error> {
        let is_used = |link: &Link| {
            used.iter()
                .any(|used| used.links.iter().any(|other| other.import == link.import))
        };
        match self.links.iter().find(|link| !is_used(link)) {
            Some(link) => Err(Error::Link(format!(
                "--link {} links nothing: no component imports it",
                link.import
            ))),
            None => Ok(()),
        }
    }

    /// The links of one component: each import with where its calls go. A link that fits no import is an error.
    pub(crate) fn of(&self, wit: &Wit) -> Result<Resolved, Error> {
        let imports = imports(wit);
        let mut resolved = Resolved::default();
        for link in &self.links {
            let name = match link.matching(&imports).as_slice() {
                [name] => (*name).clone(),
                [] if link.is_service(&imports) => {
                    resolved.world_service = Some(link.import.clone());
                    InterfaceName::World
                }
                [] => return Err(Error::Link(no_import(&link.import, &imports))),
                several => {
                    let names: Vec<String> = several.iter().map(|name| name.to_string()).collect();
                    let names = names.join(" or ");
                    return Err(Error::Link(format!(
                        "--link {} may mean {names}; say more of the name",
                        link.import
                    )));
                }
            };
            resolved.links.push((name, link.target.clone()));
        }
        Ok(resolved)
    }

    /// The ways that those links go. One to a file loads it, for the caller alone.
    pub(crate) fn open(
        &self,
        links: &[(InterfaceName, To)],
        wit: &Wit,
        host: &Host,
        caller: &ComponentConfig,
    ) -> Result<Vec<(InterfaceName, Way)>, Error> {
        let open = |(import, target): &(InterfaceName, To)| {
            let way = match target {
                To::Remote(target) => Way::Remote(Channel::new(target.clone(), self.client.clone())),
                To::Here(registry) => {
                    let functions = registry
                        .components()
                        .iter()
                        .flat_map(|component| component.functions.clone());
                    let functions: Vec<Served> = functions.collect();
                    let place = registry.place();
                    offers(&functions, (Path::new(&place), &place), wit, import)?;
                    Way::Local(Arc::clone(registry))
                }
                To::File(path) => {
                    // Each side keeps its own grants: the callee gets none of its caller's but the place for output.
                    let Grants { stdout, stderr, .. } = caller.grants.clone();
                    let config = ComponentConfig {
                        grants: Grants {
                            stdout,
                            stderr,
                            ..Grants::default()
                        },
                        limits: caller.limits.clone(),
                        world_functions: true,
                        interface: (*import != InterfaceName::World).then(|| import.clone()),
                        ..ComponentConfig::default()
                    };
                    let component = Component::load(host, path, &config)?;
                    offers(&component.functions, (path, &component.name), wit, import)?;
                    Way::Local(Arc::new(Registry::new(vec![component])?))
                }
            };
            Ok((import.clone(), way))
        };
        links.iter().map(open).collect()
    }
}

impl Link {
    fn matching<'a>(&self, imports: &'a [InterfaceName]) -> Vec<&'a InterfaceName> {
        let pattern = InterfacePattern::from_str(&self.import).ok();
        let fits = |name: &&InterfaceName| {
            name.to_string() == self.import || pattern.as_ref().is_some_and(|pattern| pattern.matches(name))
        };
        imports.iter().filter(fits).collect()
    }

    /// Whether it names a service for the functions that the world itself imports; a full name does where these are all
    /// that is imported.
    fn is_service(&self, imports: &[InterfaceName]) -> bool {
        let full = || imports == [InterfaceName::World] && self.import.parse::<InterfaceName>().is_ok();
        imports.contains(&InterfaceName::World) && (!self.import.contains([':', '/']) || full())
    }
}

impl FromStr for To {
    type Err = Error;

    /// A text with a scheme is a target on the network; any other is a file.
    fn from_str(text: &str) -> Result<To, Error> {
        let has_scheme = ["http://", "https://", "unix:", "nats://"]
            .iter()
            .any(|scheme| text.starts_with(scheme));
        if has_scheme || text.contains("://") {
            return Ok(To::Remote(text.parse()?));
        }
        Ok(To::File(text.into()))
    }
}

/// One component's links: its imports, and where their calls go.
#[derive(Debug, Default)]
pub(crate) struct Resolved {
    pub(crate) links: Vec<(InterfaceName, To)>,
    /// The service that the functions of its world belong to, if they are linked.
    pub(crate) world_service: Option<String>,
}

/// The imports that can be linked.
fn imports(wit: &Wit) -> Vec<InterfaceName> {
    let imports = wit.imports().into_iter();
    let imports = imports.filter(|interface| !interface.functions.is_empty() && !is_answered(&interface.name));
    imports.map(|interface| interface.name).collect()
}

/// Whether every host answers it.
fn is_answered(name: &InterfaceName) -> bool {
    name.is_in("wasi")
        || matches!(name, InterfaceName::Package { namespace, package, .. } if namespace == "wasm-rpc" && package == "core")
}

/// Whether a component in this process has what the import needs: on the network the first call would tell.
pub(crate) fn offers(
    functions: &[Served],
    (file, name): (&Path, &str),
    caller: &Wit,
    import: &InterfaceName,
) -> Result<(), Error> {
    let wanted = caller.imports().into_iter().find(|interface| interface.name == *import);
    let wanted = wanted.into_iter().flat_map(|interface| interface.functions);
    for function in wanted.filter(|function| function.uncarried().is_none() && !function.is_async) {
        let wanted = path(import, &function.name, name);
        let Some(served) = functions.iter().find(|served| served.path == wanted) else {
            let exist = functions.iter().map(Served::name).collect();
            let said = format!("{import}.{}", function.name);
            return Err(Error::Component {
                path: file.into(),
                why: Error::NoSuchFunction { said, exist }.to_string(),
            });
        };
        if !served
            .function
            .is_meant_by(&function.sent_fingerprint(), served.fingerprint)
        {
            return Err(Error::Mismatch {
                called: served.name(),
                target: file.display().to_string(),
                difference: difference(&function.signature(), &served.function.signature()),
            });
        }
    }
    Ok(())
}

fn no_import(link: &str, imports: &[InterfaceName]) -> String {
    let names: Vec<String> = imports.iter().map(|name| name.to_string()).collect();
    match names.as_slice() {
        [] => format!("--link {link} links nothing: the component imports only WASI, or nothing"),
        names => format!(
            "--link {link} links nothing: the component imports {}",
            names.join(", ")
        ),
    }
}
