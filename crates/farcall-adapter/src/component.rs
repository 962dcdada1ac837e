//! Turns an emitted core module into a component.

use farcall_wit::wit_parser::{Resolve, WorldId};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};

use crate::error::AdaptError;

/// The component of that world around `module`, validated.
pub(crate) fn encode_component(mut module: Vec<u8>, resolve: &Resolve, world: WorldId) -> Result<Vec<u8>, AdaptError> {
    let failed = |error: &dyn std::fmt::Display| AdaptError::Encode(format!("{error:#}"));
    embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8).map_err(|error| failed(&error))?;
    let encoder = ComponentEncoder::default()
        .validate(true)
        .module(&module)
        .map_err(|error| failed(&error))?;
    let mut encoder = encoder;
    encoder.encode().map_err(|error| failed(&error))
}
