//! The procedural macros of `farcall-guest`, which documents and re-exports them.
//!
//! They see tokens only: what a type is in WIT and in core WebAssembly is computed by `farcall-guest` while the crate is
//! compiled, so a type may come from anywhere.

mod derive;
mod expand;
mod marked;
mod name;
mod supported;

use proc_macro::TokenStream;

/// Marks a function that is called from elsewhere, or that calls elsewhere.
///
/// With a body it is inbound: the export `__wasm_rpc_<name>`. With an empty body, or none (`fn f();`), it is outbound: the
/// import `__wasm_rpc_<name>` of `env`. An inbound function that does nothing is written `{ () }`. On `wasm32-wasip2` the
/// same are functions of the component's world, called `name` with `-` for `_`.
///
/// Parameters and results: `bool`, `char`, the integers from 8 to 64 bits, `f32`, `f64`, `String`, `Vec<T>`, `Option<T>`,
/// `Result<T, E>`, tuples, and structs and enums with `#[derive(Value)]`; parameters may also be `&str`, `&[T]` and `&T`.
/// Documentation goes into the WIT.
///
/// `#[wasm_rpc(interface = "demo:calc/ops@0.1.0")]` names the interface that the function belongs to; without it the one who
/// serves or links the module does.
#[proc_macro_attribute]
pub fn wasm_rpc(options: TokenStream, item: TokenStream) -> TokenStream {
    marked::marked(options.into(), item.into())
        .unwrap_or_else(|error| error.into_compile_error())
        .into()
}

/// Makes a struct or an enum a type of WIT.
///
/// A struct with named fields is a `record`, one with a single unnamed field a name for what it holds, one with several a
/// `tuple`. An enum is an `enum`, or a `variant` if a case carries a value: one unnamed field, or several as a `tuple`.
/// Names become WIT's spelling: `LineItem` is `line-item`. Documentation goes along.
#[proc_macro_derive(Value)]
pub fn value(item: TokenStream) -> TokenStream {
    derive::derive(item.into())
        .unwrap_or_else(|error| error.into_compile_error())
        .into()
}
