//! Which target a plain module's call goes to, and as a function of which interface.
//!
//! A module says the names of functions alone: `--link m=TARGET` says that they are functions of `m`, and `--link
//! m.sub=TARGET` says it of one.

use std::sync::Arc;

use farcall_adapter::{PlainFunction, PlainImport, Served, plain_served};
use farcall_host::{Grants, Host};
use farcall_net::Channel;
use farcall_wit::{InterfaceName, InterfacePattern, core_label, difference};

use crate::component::{Component, ComponentConfig};
use crate::error::Error;
use crate::link::{Link, Links, To};
use crate::plain::signatures;
use crate::registry::Registry;
use crate::way::Way;

/// One import of a plain module with its link.
#[derive(Clone, Debug)]
pub(crate) struct PlainLink {
    pub(crate) function: PlainFunction,
    /// The link as it was written, before `=`.
    pub(crate) link: String,
    pub(crate) target: To,
    /// The function as its callee has it.
    pub(crate) served: Served,
}

impl PlainLink {
    /// As the stub needs it.
    pub(crate) fn import(&self) -> PlainImport {
        PlainImport {
            function: self.function.clone(),
            link: self.link.clone(),
            path: self.served.path.clone(),
            fingerprint: match self.function.declared {
                Some(_) => self.served.function.sent_fingerprint(),
                None => self.served.fingerprint.to_string(),
            },
        }
    }
}

/// What a link's text says to a plain module.
enum Said {
    Interface(InterfaceName),
    Function(InterfaceName, String),
}

impl Said {
    /// `m.sub` where the module imports a `sub`; otherwise an interface. A version's last number is no function.
    fn of(link: &Link, imports: &[PlainFunction]) -> Option<Said> {
        if let Some((interface, name)) = link.import.rsplit_once('.')
            && let Some(function) = imports.iter().find(|import| is_called(import, name))
            && let Ok(interface @ (InterfaceName::Plain(_) | InterfaceName::Package { .. })) = interface.parse()
        {
            return Some(Said::Function(interface, function.symbol.clone()));
        }
        match link.import.parse() {
            Ok(InterfaceName::World) | Err(_) => None,
            Ok(interface) => Some(Said::Interface(interface)),
        }
    }
}

fn is_called(import: &PlainFunction, name: &str) -> bool {
    import.name == name || core_label(&import.name) == name
}

/// The link of each import, in their order. An import that no link answers, and a link that answers none, are errors.
pub(crate) fn resolve(links: &Links, imports: &[PlainFunction]) -> Result<Vec<PlainLink>, Error> {
    let said: Vec<(&Link, Option<Said>)> = links.all().map(|link| (link, Said::of(link, imports))).collect();
    let mut used = vec![false; said.len()];
    let mut resolved = Vec::with_capacity(imports.len());
    let mut unlinked = Vec::new();
    for import in imports {
        let named = said
            .iter()
            .position(|(_, said)| matches!(said, Some(Said::Function(_, symbol)) if *symbol == import.symbol));
        let interfaces: Vec<usize> = (0..said.len())
            .filter(|i| matches!(said.get(*i), Some((_, Some(Said::Interface(_))))))
            .collect();
        let chosen = match (named, interfaces.as_slice()) {
            (Some(named), _) => named,
            (None, [one]) => *one,
            (None, []) => {
                unlinked.push(import);
                continue;
            }
            (None, _) => {
                let name = core_label(&import.name);
                let flags: Vec<String> = interfaces
                    .iter()
                    .filter_map(|i| said.get(*i))
                    .map(|(link, _)| format!("--link {}.{name}=TARGET", link.import))
                    .collect();
                let why = format!(
                    "several links may answer `{}`; write {}",
                    import.symbol,
                    flags.join(" or ")
                );
                return Err(Error::Link(why));
            }
        };
        let Some((link, Some(Said::Interface(interface) | Said::Function(interface, _)))) = said.get(chosen) else {
            continue;
        };
        if let Some(used) = used.get_mut(chosen) {
            *used = true;
        }
        let served = plain_served(interface, std::slice::from_ref(import))
            .map_err(|error| Error::Link(format!("--link {}: {error}", link.import)))?;
        resolved.extend(served.into_iter().map(|served| PlainLink {
            function: import.clone(),
            link: link.import.clone(),
            target: link.target.clone(),
            served,
        }));
    }
    if let Some(((link, _), _)) = said.iter().zip(&used).find(|(_, used)| !**used) {
        return Err(Error::Link(links_nothing(link, imports)));
    }
    match unlinked.is_empty() {
        true => Ok(resolved),
        false => Err(Error::Component {
            path: Default::default(),
            why: nothing_answers(&unlinked),
        }),
    }
}

fn nothing_answers(unlinked: &[&PlainFunction]) -> String {
    let names: Vec<String> = unlinked.iter().map(|import| format!("env.{}", import.symbol)).collect();
    format!(
        "nothing answers its import of {}; say whose functions they are: --link NAME=http://HOST:PORT",
        names.join(", ")
    )
}

fn links_nothing(link: &Link, imports: &[PlainFunction]) -> String {
    let names: Vec<String> = imports.iter().map(|import| core_label(&import.name)).collect();
    match names.as_slice() {
        [] => format!(
            "--link {} links nothing: the module imports no `__wasm_rpc_*` function from `env`",
            link.import
        ),
        names => format!(
            "--link {} links nothing: the module calls {}; write --link NAME=TARGET for all of them, or --link \
             NAME.{}=TARGET for one",
            link.import,
            names.join(", "),
            names.first().map_or("function", String::as_str)
        ),
    }
}

/// One link in use: its name, its way, and the functions that go there.
pub(crate) type OpenLink = (String, Way, Vec<PlainLink>);

impl Links {
    /// Those that link an import of this module.
    pub(crate) fn fitting_plain(&self, imports: &[PlainFunction]) -> Links {
        let fits = |link: &&Link| match Said::of(link, imports) {
            Some(Said::Function(..)) => true,
            Some(Said::Interface(_)) => !imports.is_empty(),
            None => false,
        };
        self.only(fits)
    }

    /// The ways that those links go. One to a file loads it, for the caller alone.
    pub(crate) fn open_plain(
        &self,
        links: &[PlainLink],
        host: &Host,
        caller: &ComponentConfig,
    ) -> Result<Vec<OpenLink>, Error> {
        let mut open: Vec<OpenLink> = Vec::new();
        for link in links {
            if let Some((_, _, functions)) = open.iter_mut().find(|(name, ..)| *name == link.link) {
                functions.push(link.clone());
                continue;
            }
            let way = self.way(&link.target, Some(link.served.interface.clone()), host, caller)?;
            open.push((link.link.clone(), way, vec![link.clone()]));
        }
        for (_, way, functions) in &open {
            let Way::Local(registry) = way else { continue };
            functions.iter().try_for_each(|link| offers(registry, link))?;
        }
        Ok(open)
    }
}

impl Links {
    /// The ways of all links by name, for calls that name their function themselves.
    pub(crate) fn open_named(
        &self,
        host: &Host,
        caller: &ComponentConfig,
    ) -> Result<Vec<(InterfacePattern, Way)>, Error> {
        let open = |link: &Link| {
            let name: InterfacePattern = match link.import.parse() {
                Ok(name) => name,
                Err(error) => match self.of_function(link) {
                    // `m.sub` links one function of `m`, which is an import's matter.
                    true => return Ok(None),
                    false => return Err(Error::Link(format!("--link {}: {error}", link.import))),
                },
            };
            let interface = link.import.parse().ok().filter(|name| *name != InterfaceName::World);
            let way = self.way(&link.target, interface, host, caller)?;
            Ok(Some((name, way)))
        };
        self.all().map(open).filter_map(Result::transpose).collect()
    }

    fn of_function(&self, link: &Link) -> bool {
        link.import
            .rsplit_once('.')
            .is_some_and(|(interface, _)| interface.parse::<InterfacePattern>().is_ok())
    }

    fn way(
        &self,
        target: &To,
        interface: Option<InterfaceName>,
        host: &Host,
        caller: &ComponentConfig,
    ) -> Result<Way, Error> {
        Ok(match target {
            To::Remote(target) => Way::Remote(Channel::new(target.clone(), self.client.clone())),
            To::Here(registry) => Way::Local(Arc::clone(registry)),
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
                    interface,
                    ..ComponentConfig::default()
                };
                let component = Component::load(host, path, &config)?;
                Way::Local(Arc::new(Registry::new(vec![component])?))
            }
        })
    }
}

/// Whether a callee in this process has the function: on the network the first call would tell.
fn offers(registry: &Registry, link: &PlainLink) -> Result<(), Error> {
    let wanted = &link.served;
    let functions = || registry.components().iter().flat_map(|component| &component.functions);
    let Some(found) = functions().find(|served| served.path == wanted.path) else {
        return Err(Error::NoSuchFunction {
            said: wanted.name(),
            exist: functions().map(Served::name).collect(),
        });
    };
    match found
        .function
        .is_meant_by(&link.import().fingerprint, found.fingerprint)
    {
        true => Ok(()),
        false => Err(Error::Mismatch {
            called: wanted.name(),
            target: registry.place(),
            difference: difference(&wanted.function.signature(), &found.function.signature()),
        }),
    }
}

/// As [`Outgoing`](crate::transport::Outgoing) needs them.
pub(crate) fn by_name(
    links: Vec<OpenLink>,
) -> impl Iterator<Item = (String, Way, std::collections::HashMap<String, String>)> {
    links.into_iter().map(|(name, way, functions)| {
        let signatures = signatures(functions.iter());
        (name, way, signatures)
    })
}
