//! Where an interface's Rust stands: `demo:calc/ops` in `demo::calc::ops`.
//!
//! Fills no module.

use std::collections::BTreeMap;

use farcall_wit::InterfaceName;
use farcall_wit::wit_parser::{InterfaceId, Resolve};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::names::snake;

/// The path of modules of an interface, from where the macro stands.
pub(crate) fn path(resolve: &Resolve, id: InterfaceId, name: Option<&InterfaceName>) -> Vec<Ident> {
    let own = InterfaceName::of_interface(resolve, id);
    match own.as_ref().or(name) {
        Some(InterfaceName::Package {
            namespace,
            package,
            interface,
            version,
        }) => {
            let several = resolve
                .packages
                .iter()
                .filter(|(_, other)| (&other.name.namespace, &other.name.name) == (namespace, package))
                .count()
                > 1;
            // Two versions side by side are told apart.
            let package = match version {
                Some(version) if several => format!("{package}{}", version.to_string().replace(['.', '+'], "-")),
                _ => package.clone(),
            };
            [namespace, &package, interface].map(|part| snake(part)).into()
        }
        Some(InterfaceName::Plain(name)) => vec![snake(name)],
        Some(InterfaceName::World) | None => Vec::new(),
    }
}

/// Modules and what is in them.
#[derive(Default)]
pub(crate) struct Modules {
    docs: Vec<String>,
    items: TokenStream,
    children: BTreeMap<Ident, Modules>,
}

impl Modules {
    pub(crate) fn add(&mut self, path: &[Ident], docs: Vec<String>, items: TokenStream) {
        match path.split_first() {
            Some((first, rest)) => self.children.entry(first.clone()).or_default().add(rest, docs, items),
            None => {
                self.docs.extend(docs);
                self.items.extend(items);
            }
        }
    }

    pub(crate) fn tokens(&self) -> TokenStream {
        let items = &self.items;
        let children = self.children.iter().map(|(name, child)| {
            let content = child.tokens();
            let docs = match child.docs.is_empty() {
                true => vec![format!("`{name}`.")],
                false => child.docs.clone(),
            };
            quote! {
                #(#[doc = #docs])*
                pub mod #name { #content }
            }
        });
        quote! { #items #(#children)* }
    }
}
