//! One trait an interface: what answers calls from elsewhere.
//!
//! Listens nowhere; `farcall::Registry` takes what is made here.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::generator::{Bound, Interface};
use crate::names::{beside, shouty, snake};

pub(crate) fn server(interface: &Interface<'_>) -> TokenStream {
    let Some(wit) = &interface.wit else {
        return TokenStream::new();
    };
    let ident = beside("Server", &interface.taken);
    let dispatch = beside("Dispatcher", &interface.taken);
    let name = interface.name.to_string();
    let docs = format!(" Answers `{name}`.");
    let methods = interface.functions.iter().map(|function| method(interface, function));
    let arms = interface
        .functions
        .iter()
        .zip(0usize..)
        .map(|(function, index)| arm(function, index));
    quote! {
        #[doc = #docs]
        ///
        /// An `Err` of a method is the status that its caller gets. A future is dropped when its caller has gone or the deadline
        /// has passed. A panic ends its own call only, with INTERNAL.
        pub trait #ident: ::core::marker::Send + ::core::marker::Sync + 'static {
            #(#methods)*
        }

        /// An implementation, ready to be served.
        pub fn serve(server: impl #ident) -> ::farcall::Native {
            ::farcall::Native::new(#name, #wit, functions::_ALL, ::std::sync::Arc::new(#dispatch(server)))
        }

        struct #dispatch<S>(S);

        impl<S: #ident> ::farcall::bindings::Dispatch for #dispatch<S> {
            fn dispatch<'a>(
                &'a self,
                function: usize,
                request: &'a [::core::primitive::u8],
                call: &'a ::farcall::Incoming,
            ) -> ::farcall::bindings::BoxFuture<
                'a,
                ::core::result::Result<::std::vec::Vec<::core::primitive::u8>, ::farcall::Status>,
            > {
                match function {
                    #(#arms)*
                    _ => ::farcall::bindings::unknown(function),
                }
            }
        }
    }
}

fn method(interface: &Interface<'_>, bound: &Bound<'_>) -> TokenStream {
    let function = bound.function;
    let name = snake(&function.name);
    let docs = bound.docs();
    let params: Vec<Ident> = function.params.iter().map(|param| snake(&param.name)).collect();
    let types = function.params.iter().map(|param| interface.types.owned(&param.ty));
    let result = interface.types.maybe(function.result.as_ref());
    let call = Ident::new("call", Span::mixed_site());
    quote! {
        #docs
        #[allow(clippy::too_many_arguments)]
        fn #name(
            &self,
            #call: &::farcall::Incoming,
            #(#params: #types,)*
        ) -> impl ::core::future::Future<Output = ::core::result::Result<#result, ::farcall::Status>> + ::core::marker::Send;
    }
}

fn arm(bound: &Bound<'_>, index: usize) -> TokenStream {
    let function = bound.function;
    let (name, constant) = (snake(&function.name), shouty(&function.name));
    let params: Vec<Ident> = (0..function.params.len())
        .map(|index| Ident::new(&format!("p{index}"), Span::mixed_site()))
        .collect();
    let names = function.params.iter().map(|param| &param.name);
    quote! {
        #index => ::std::boxed::Box::pin(async move {
            let (#(#params,)*) = ::farcall::bindings::decode_request(&functions::#constant, request, |decoder| {
                let _ = &decoder;
                ::core::result::Result::Ok((#(decoder.named(#names)?,)*))
            })?;
            let result = self.0.#name(call, #(#params),*).await?;
            ::farcall::bindings::encode_response(&functions::#constant, &result)
        }),
    }
}
