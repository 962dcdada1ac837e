//! One method a function: what calls an interface that is elsewhere.
//!
//! Sends nothing itself; `farcall::bindings::Call` does.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::generator::{Bound, Interface};
use crate::names::{beside, shouty, snake};

pub(crate) fn client(interface: &Interface<'_>) -> TokenStream {
    let ident = beside("Client", &interface.taken);
    let name = interface.name.to_string();
    let docs = format!(" Calls `{name}`, wherever it is.");
    let left_out = interface
        .left_out
        .iter()
        .map(|(function, why)| format!(" Left out: `{function}`, since {why}."));
    let methods = interface.functions.iter().map(|function| method(interface, function));
    quote! {
        #[doc = #docs]
        ///
        /// Cheap to clone. Each method gives a call that runs when it is awaited, and takes a deadline and metadata before.
        #(#[doc = ""] #[doc = #left_out])*
        #[derive(Clone, Debug)]
        pub struct #ident(::farcall::bindings::Caller);

        impl #ident {
            /// Calls over this client.
            pub fn new(client: impl ::core::convert::Into<::std::sync::Arc<::farcall::Client>>) -> Self {
                #ident(::farcall::bindings::Caller::new(client.into()))
            }

            /// Calls a target: `http://host:port`, several with commas between, `unix:/path`, or a component's file. Connects
            /// at the first call, and again whenever it must.
            pub fn connect(target: &::core::primitive::str) -> ::core::result::Result<Self, ::farcall::Error> {
                ::farcall::Client::connect(target).map(#ident::new)
            }

            /// The same, with what goes with each of its calls.
            pub fn with(self, options: ::farcall::CallOptions) -> Self {
                #ident(self.0.with(options))
            }

            #(#methods)*
        }
    }
}

fn method(interface: &Interface<'_>, bound: &Bound<'_>) -> TokenStream {
    let function = bound.function;
    let (name, constant) = (snake(&function.name), shouty(&function.name));
    let docs = bound.docs();
    let params: Vec<Ident> = function.params.iter().map(|param| snake(&param.name)).collect();
    let types = function.params.iter().map(|param| interface.types.borrowed(&param.ty));
    let result = interface.types.maybe(function.result.as_ref());
    let encoder = Ident::new("encoder", Span::mixed_site());
    let decode = bound.decode_result();
    quote! {
        #docs
        #[allow(clippy::too_many_arguments)]
        pub fn #name(&self, #(#params: #types),*) -> ::farcall::bindings::Call<'_, #result> {
            self.0.call(
                &functions::#constant,
                |#encoder| {
                    let _ = &#encoder;
                    #(::farcall::bindings::Encode::encode(&#params, #encoder);)*
                },
                #decode,
            )
        }
    }
}
