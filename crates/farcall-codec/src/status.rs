//! The protocol's own `status` as the error of a result, `wit` bytes and back.
//!
//! Does not know how a carrier says it.

use crate::decode::Decoder;
use crate::decode_error::{DecodeError, DecodeErrorKind};
use crate::leb128;
use crate::limits::Limits;

/// The record `status` of `wasm-rpc:core/types`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The code of gRPC, from 1 (cancelled) to 16 (unauthenticated).
    pub code: u32,
    /// For people.
    pub message: String,
    /// The bytes of a `google.rpc.Status`, or none.
    pub details: Vec<u8>,
}

/// An encoded `err(status)`.
pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Status, DecodeError> {
    let mut decoder = Decoder::new(bytes, limits)?;
    if decoder.byte()? != 1 {
        return Err(decoder.before(1, DecodeErrorKind::Tag { of: "a result" }));
    }
    let (case, _) = decoder.case(CODES)?;
    let message = decoder.text()?.to_owned();
    let length = decoder.length()?;
    let length = decoder.plausible(length, 1)?;
    let details = decoder.take(length)?.to_vec();
    decoder.end()?;
    Ok(Status {
        code: case.saturating_add(1),
        message,
        details,
    })
}

/// The same the other way; `None` for a code that is none.
pub(crate) fn write(status: &Status) -> Option<Vec<u8>> {
    let case = status.code.checked_sub(1)?;
    if usize::try_from(case).ok()? >= CODES {
        return None;
    }
    let mut out = vec![1];
    leb128::write_unsigned(case.into(), &mut out);
    for bytes in [status.message.as_bytes(), &status.details] {
        leb128::write_unsigned(u32::try_from(bytes.len()).ok()?.into(), &mut out);
        out.extend_from_slice(bytes);
    }
    Some(out)
}

const CODES: usize = 16;
