//! What [`bindgen!`](crate::bindgen) makes calls and answers with. Its types appear in generated signatures; everything marked
//! hidden is for generated code alone, and not stable.
//!
//! Knows no interface: the generated code brings paths, fingerprints and types.

mod call;
mod native;

#[doc(hidden)]
pub use bitflags;
pub use call::{Answer, Call};
#[doc(hidden)]
pub use call::{Caller, Function};
#[doc(hidden)]
pub use farcall_codec::DecodeError;
#[doc(hidden)]
pub use farcall_codec::typed::{Decode, Decoder, Encode, Encoder};
#[doc(hidden)]
pub use farcall_net::BoxFuture;
#[doc(hidden)]
pub use native::{Dispatch, decode_request, encode_response, unknown};
pub use native::{Incoming, Native};
