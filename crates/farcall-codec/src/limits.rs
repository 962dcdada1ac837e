//! What decoding may cost, each limit with the attack that it stops.
//!
//! Limits on types are farcall-wit's, limits on messages in assembly the carrier's.

/// What decoding one message may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes of one encoded message; 4 MiB by default. Stops a message that fills the memory before it is read.
    pub bytes: usize,
    /// Most bytes that the decoded values may take, counted as they are built; 128 MiB by default. Stops a small message
    /// that decodes to a large value: an element of one byte is a [`crate::Value`] of many.
    pub decoded_bytes: usize,
    /// Most levels of nesting; 100 by default, as deep as types may be. Stops a type that exhausts the stack.
    pub depth: usize,
    /// Most elements without any bytes of their own, over the whole message; 65,536 by default. Stops a length prefix of
    /// 2^32 - 1 that no count of bytes contradicts.
    pub zero_sized_elements: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            bytes: 4 * 1024 * 1024,
            decoded_bytes: 128 * 1024 * 1024,
            depth: farcall_wit::MAX_TYPE_DEPTH,
            zero_sized_elements: 65_536,
        }
    }
}

/// Most bytes that are allocated ahead for the elements of one list, whatever its length prefix says.
pub(crate) const MAX_AHEAD_BYTES: usize = 64 * 1024;
