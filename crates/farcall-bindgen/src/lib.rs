//! The procedural macro of `farcall::bindgen!`, which documents and re-exports it.
//!
//! It reads WIT and writes Rust; what the Rust calls is in `farcall::bindings`. No other code is generated for native programs.
//!
//! ```text
//!  WIT ──> Source (what to bind) ──> Generator ──┬── types: structs, enums, Encode, Decode
//!                                                ├── client: one method a function
//!                                                └── server: one trait an interface
//! ```

mod carried;
mod client;
mod definitions;
mod generator;
mod input;
mod modules;
mod names;
mod server;
mod source;

use proc_macro::TokenStream;

/// Typed clients and servers for the interfaces of a WIT world.
///
/// ```ignore
/// farcall::bindgen!("wit"); // a file or folder of WIT, or a component, from the package's own folder
///
/// farcall::bindgen!({
///     path: "wit",                 // or `inline: "package demo:calc; interface ops { ... }"`
///     world: "app",                // needed where there is more than one
///     derives: [serde::Serialize], // for records, variants and enums, besides `Clone`, `Debug`, `PartialEq` ...
/// });
/// ```
///
/// Each interface that the world imports or exports becomes a module, `demo:calc/ops` becomes `demo::calc::ops`. A WIT file
/// without a world stands for all of its interfaces. In the module are
///
/// * the interface's types. A record is a struct, a variant and an enum are enums (an enum has `ALL`), flags are as the crate
///   `bitflags` has them, `list<T>` is `Vec<T>`, `map<K, V>` is `BTreeMap<K, V>`, `result<_, E>` is `Result<(), E>`. A type that
///   is a function's error is a `std::error::Error`.
/// * `Client`, with a method for each function. What it gives is a call, which runs when it is awaited, and before takes
///   `deadline`, `header` and `metadata`; `answer` gives the metadata that came back too. An error is a `farcall::Error`, whose
///   `blame` says whose fault it is; a function's own `err` is in its result.
/// * `Server`, a trait with an `async fn` for each function, and `serve`, which makes of an implementation what
///   `farcall::Component::native` puts behind a server and `farcall::Links::native` behind a component's import.
///
/// Names of Rust's own get a `_` (`type_`), and so do `Client` and `Server` where the interface has such a type. Left out are
/// functions that use streams, futures, resources, tuples of more than twelve or are `async`; the module says so. Of a world's
/// own functions, outside of any interface, nothing is made.
///
/// ```ignore
/// use demo::calc::ops;
///
/// let calc = ops::Client::connect("http://127.0.0.1:7070")?;
/// let sum = calc.add(1, 2).deadline(Duration::from_secs(1)).await?;
///
/// struct Calc;
/// impl ops::Server for Calc {
///     async fn add(&self, call: &farcall::Incoming, a: i32, b: i32) -> Result<i32, farcall::Status> {
///         Ok(a + b)
///     }
/// }
/// let registry = farcall::Registry::new(vec![farcall::Component::native(ops::serve(Calc))?])?;
/// let server = farcall::Server::bind(registry, &["127.0.0.1:7070".into()], &Default::default()).await?;
/// ```
#[proc_macro]
pub fn bindgen(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as input::Input);
    generator::generate(&input)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}
