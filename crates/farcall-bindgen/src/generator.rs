//! The whole of what is generated: modules, in each the types of an interface, its functions as data, a client and a server.
//!
//! What is in these is written by `definitions`, `client` and `server`.

use std::collections::HashSet;

use farcall_wit::wit_parser::{self, InterfaceId, Resolve, Type, TypeDefKind, TypeId};
use farcall_wit::{Converter, InterfaceName, Wit, path};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::carried::why_not;
use crate::client::client;
use crate::definitions::{self, Types};
use crate::input::Input;
use crate::modules::{self, Modules};
use crate::names::shouty;
use crate::server::server;
use crate::source::Source;

/// One interface, as its module needs it.
pub(crate) struct Interface<'a> {
    pub(crate) name: InterfaceName,
    pub(crate) types: Types<'a>,
    /// The Rust names of its types.
    pub(crate) taken: Vec<Ident>,
    pub(crate) functions: Vec<Bound<'a>>,
    /// Functions that are not bound, each with the reason.
    pub(crate) left_out: Vec<(String, String)>,
    /// A world that exports it.
    pub(crate) wit: Option<String>,
}

/// One function that is bound.
pub(crate) struct Bound<'a> {
    pub(crate) function: &'a wit_parser::Function,
    data: farcall_wit::Function,
}

impl Bound<'_> {
    pub(crate) fn docs(&self) -> TokenStream {
        definitions::docs(self.function.docs.contents.as_deref(), || {
            format!("`{}`.", self.function.name)
        })
    }

    /// A closure that takes a result.
    pub(crate) fn decode_result(&self) -> TokenStream {
        match self.function.result {
            Some(_) => quote!(|decoder| decoder.named("result")),
            None => quote!(|_| ::core::result::Result::Ok(())),
        }
    }
}

pub(crate) fn generate(input: &Input) -> syn::Result<TokenStream> {
    let source = Source::read(input)?;
    let resolve = source.wit.resolve();
    let mut modules = Modules::default();
    for id in with_types(resolve, &source.interfaces) {
        let bound = source.interfaces.iter().find(|(_, bound)| *bound == id);
        let path = modules::path(resolve, id, bound.map(|(name, _)| name));
        let types = Types {
            resolve,
            depth: path.len(),
            derives: &input.derives,
            errors: errors(resolve, id),
        };
        let definitions = types.definitions(id);
        let docs = docs_of(resolve, id);
        let content = match bound {
            Some((name, _)) if !resolve.interfaces[id].functions.is_empty() => {
                let interface = interface(&source.wit, (name, id), types);
                let (functions, client, server) = (functions(&interface), client(&interface), server(&interface));
                quote! { #definitions #functions #client #server }
            }
            _ => definitions,
        };
        modules.add(&path, docs, content);
    }
    let content = modules.tokens();
    let files = source.files.iter().map(|file| file.display().to_string());
    Ok(quote! {
        #content
        #(const _: &[::core::primitive::u8] = ::core::include_bytes!(#files);)*
    })
}

fn interface<'a>(wit: &'a Wit, (name, id): (&InterfaceName, InterfaceId), types: Types<'a>) -> Interface<'a> {
    let resolve = wit.resolve();
    let mut converter = Converter::new(resolve);
    let (mut functions, mut left_out) = (Vec::new(), Vec::new());
    for function in resolve.interfaces[id].functions.values() {
        let data = converter.function(function);
        let parts = function.params.iter().map(|param| &param.ty).chain(&function.result);
        let why = data
            .uncarried()
            .map(|why| why.to_string())
            .or_else(|| data.is_async.then(|| "it is an async function".to_owned()))
            .or_else(|| parts.into_iter().find_map(|ty| why_not(resolve, ty)));
        match why {
            Some(why) => left_out.push((function.name.clone(), why)),
            None => functions.push(Bound { function, data }),
        }
    }
    Interface {
        name: name.clone(),
        taken: types.taken(id),
        types,
        functions,
        left_out,
        // One that is written inside a world, and imported, has no name under which anybody exports it.
        wit: wit.exporting(name).ok().map(|wit| wit.render()),
    }
}

/// The functions as data: what a call of each says of itself.
fn functions(interface: &Interface<'_>) -> TokenStream {
    let functions = interface.functions.iter().map(|bound| {
        let data = &bound.data;
        let constant = shouty(&data.name);
        let name = &data.name;
        let called = format!("{}.{}", interface.name, data.name);
        let path = path(&interface.name, &data.name, "");
        let fingerprint = data.sent_fingerprint();
        let signature = data.signature();
        let is_core = data.is_core();
        quote! {
            pub(super) static #constant: Function = Function {
                name: #name,
                called: #called,
                path: #path,
                fingerprint: #fingerprint,
                signature: #signature,
                is_core: #is_core,
            };
        }
    });
    let constants = interface.functions.iter().map(|bound| shouty(&bound.data.name));
    quote! {
        mod functions {
            use ::farcall::bindings::Function;

            #(#functions)*

            // No name of WIT begins so.
            pub(super) static _ALL: &[&Function] = &[#(&#constants),*];
        }
    }
}

/// The interfaces that are bound, and those whose types they use.
fn with_types(resolve: &Resolve, bound: &[(InterfaceName, InterfaceId)]) -> Vec<InterfaceId> {
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    let mut rest: Vec<InterfaceId> = bound.iter().rev().map(|(_, id)| *id).collect();
    while let Some(id) = rest.pop() {
        if seen.insert(id) {
            all.push(id);
            rest.extend(resolve.interface_direct_deps(id));
        }
    }
    all
}

/// The types that functions of the interface, or of those that use it, have for `err`.
fn errors(resolve: &Resolve, interface: InterfaceId) -> Vec<TypeId> {
    let results = resolve
        .interfaces
        .iter()
        .flat_map(|(_, interface)| interface.functions.values())
        .filter_map(|function| function.result.as_ref());
    let errors = results.filter_map(|result| match definition(resolve, *result) {
        Some(id) => match &resolve.types[id].kind {
            TypeDefKind::Result(result) => definition(resolve, result.err?),
            _ => None,
        },
        None => None,
    });
    errors
        .filter(|id| resolve.types[*id].owner == wit_parser::TypeOwner::Interface(interface))
        .filter(|id| !matches!(resolve.types[*id].kind, TypeDefKind::Flags(_)))
        .collect()
}

/// What defines a type, behind its aliases.
fn definition(resolve: &Resolve, ty: Type) -> Option<TypeId> {
    let Type::Id(mut id) = ty else { return None };
    while let TypeDefKind::Type(Type::Id(next)) = resolve.types[id].kind {
        id = next;
    }
    Some(id)
}

fn docs_of(resolve: &Resolve, id: InterfaceId) -> Vec<String> {
    let docs = resolve.interfaces[id].docs.contents.iter();
    docs.flat_map(|text| text.lines().map(|line| format!(" {line}")))
        .collect()
}
