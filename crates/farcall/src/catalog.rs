//! The functions of a target by name: what a person may leave out of a name, and what an error says is there.
//!
//! Calls nothing; a catalog is made of a description or of a file's own interfaces.

use std::collections::HashMap;

use farcall_wit::{CallName, Function, InterfaceName, Wit, path};

use crate::description::{DescribedFunction, Document};
use crate::error::Error;
use crate::script::Said;

/// Everything that a target offers.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// The documents, one a component.
    pub documents: Vec<Document>,
    functions: Vec<Entry>,
    /// What the documents' WIT has beyond the functions that can be called, with the reason.
    uncarried: Vec<(Entry, String)>,
}

/// One function that can be called.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its interface.
    pub interface: InterfaceName,
    /// Its type.
    pub function: Function,
    /// Its path on the wire.
    pub path: String,
    /// What a call of it sends as `wit-fp`.
    pub fingerprint: String,
}

impl Entry {
    /// As a person names it: `demo:calc/ops@0.1.0.add`.
    pub fn name(&self) -> String {
        match &self.interface {
            InterfaceName::World => self.function.name.clone(),
            interface => format!("{interface}.{}", self.function.name),
        }
    }
}

impl Catalog {
    /// Out of what a server says of itself. A function whose type does not have the fingerprint that the server names
    /// is left out: its WIT is not what is served.
    pub(crate) fn of_documents(documents: Vec<Document>) -> Result<Catalog, Error> {
        let (mut functions, mut uncarried) = (Vec::new(), Vec::new());
        for document in &documents {
            let wit = Wit::from_text(&document.name, &document.wit, None)
                .map_err(|error| Error::Description(format!("the WIT of {}: {error}", document.name)))?;
            let described: HashMap<&str, &DescribedFunction> = document
                .functions
                .iter()
                .map(|function| (function.name.as_str(), function))
                .collect();
            for interface in wit.exports() {
                for function in interface.functions {
                    let mut entry = Entry {
                        interface: interface.name.clone(),
                        function,
                        path: String::new(),
                        fingerprint: String::new(),
                    };
                    let name = entry.name();
                    let known = described.get(name.as_str()).and_then(|described| {
                        let fingerprint = sent(&entry.function, &described.fingerprint)?;
                        Some((described.path.clone(), fingerprint))
                    });
                    if let Some((path, fingerprint)) = known {
                        (entry.path, entry.fingerprint) = (path, fingerprint);
                        functions.push(entry);
                    } else if let Some(why) = why_not(&entry.function) {
                        uncarried.push((entry, why));
                    }
                }
            }
        }
        Ok(Catalog {
            documents,
            functions,
            uncarried,
        })
    }

    /// Every function, in the order of the documents.
    pub fn functions(&self) -> &[Entry] {
        &self.functions
    }

    /// Functions that are there and cannot be called, by name, each with the reason.
    pub fn uncarried(&self) -> impl Iterator<Item = (String, &str)> {
        self.uncarried.iter().map(|(entry, why)| (entry.name(), why.as_str()))
    }

    /// The one function that a name in a call as text means (spec: T-3): of the function alone, or with its interface, in
    /// which version and package may be left out while that is unambiguous.
    pub fn find_invoked(&self, said: &str) -> Result<&Entry, Error> {
        let meaning = Said::new(said.to_owned());
        let is_meant = |entry: &&Entry| meaning.means(&entry.interface, &entry.function.name);
        match self.functions.iter().filter(is_meant).collect::<Vec<_>>().as_slice() {
            [entry] => Ok(entry),
            [] => match meaning.call() {
                Some(name) => self.find(name),
                None => Err(Error::NoSuchFunction {
                    said: format!("{said:?}"),
                    exist: self.functions.iter().map(Entry::name).collect(),
                }),
            },
            several => Err(Error::Ambiguous {
                said: format!("{said:?}"),
                candidates: several.iter().map(|entry| entry.name()).collect(),
            }),
        }
    }

    /// The one function that a name means, in which version and package may be left out while that is unambiguous.
    pub fn find(&self, name: &CallName) -> Result<&Entry, Error> {
        let said = name.to_string();
        let named: Vec<&Entry> = self
            .functions
            .iter()
            .filter(|entry| entry.function.name == name.function)
            .collect();
        let matching = |entry: &&&Entry| name.matches(&entry.interface);
        match named.iter().filter(matching).collect::<Vec<_>>().as_slice() {
            [entry] => return Ok(entry),
            [] => {}
            several => {
                let candidates = several.iter().map(|entry| entry.name()).collect();
                return Err(Error::Ambiguous { said, candidates });
            }
        }
        let is_meant = |entry: &Entry| entry.function.name == name.function && name.matches(&entry.interface);
        if let Some((_, why)) = self.uncarried.iter().find(|(entry, _)| is_meant(entry)) {
            let why = why.clone();
            return Err(Error::NotCarried { said, why });
        }
        let interfaces: Vec<&Entry> = self
            .functions
            .iter()
            .filter(|entry| name.matches(&entry.interface))
            .collect();
        let exist = match interfaces.as_slice() {
            [] => self.functions.iter().map(Entry::name).collect(),
            some => some.iter().map(|entry| entry.name()).collect(),
        };
        Err(Error::NoSuchFunction { said, exist })
    }
}

/// What to send for a function that a server describes by that fingerprint; `None` if its type is another. A server that
/// knows no names of parameters made those of its WIT up: they are not sent.
fn sent(function: &Function, described: &str) -> Option<String> {
    if described == function.fingerprint().to_string() {
        return Some(function.sent_fingerprint());
    }
    let nameless = function.nameless_fingerprint()?.to_string();
    (described == nameless).then_some(nameless)
}

/// Why a function does not go through the doors yet.
fn why_not(function: &Function) -> Option<String> {
    let asynchronous = function.is_async.then(|| "it is an async function".to_string());
    function.uncarried().map(|why| why.to_string()).or(asynchronous)
}

/// The document of a component's exports. `functions` are those that can be called.
pub(crate) fn document(name: &str, served: &Wit, functions: &[farcall_adapter::Served]) -> Document {
    let functions = functions.iter().map(|served| DescribedFunction {
        name: served.name(),
        path: served.path.clone(),
        fingerprint: served.fingerprint.to_string(),
    });
    Document {
        name: name.to_string(),
        wit: served.render(),
        functions: functions.collect(),
    }
}

/// The document of a file that is only looked at: every exported and carried function, and what it imports.
pub(crate) fn document_of_file(name: &str, wit: &Wit) -> Document {
    let mut functions = Vec::new();
    for interface in wit.exports() {
        for function in interface
            .functions
            .iter()
            .filter(|function| why_not(function).is_none())
        {
            let entry = Entry {
                interface: interface.name.clone(),
                path: path(&interface.name, &function.name, name),
                fingerprint: function.sent_fingerprint(),
                function: function.clone(),
            };
            functions.push(DescribedFunction {
                name: entry.name(),
                path: entry.path,
                fingerprint: entry.function.fingerprint().to_string(),
            });
        }
    }
    Document {
        name: name.to_string(),
        wit: wit.render(),
        functions,
    }
}
