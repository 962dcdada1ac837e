//! One message as a body: behind gRPC's five bytes (a flag, and the length, big-endian) or, in Connect, by itself. Reads
//! and writes it without copying a message that arrives whole, and never reserves memory because a length says so.

use std::io::IoSlice;

use bytes::{Buf, Bytes, BytesMut};

/// How a call's message, metadata and status are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// gRPC over HTTP/2: a prefix before the message, the status in trailers.
    Grpc,
    /// Connect's unary call: the message by itself, the status as HTTP status and JSON.
    Connect,
}

/// A message as something to send. Also carries what shall live until it is sent.
///
/// ```text
/// flag u8 | length u32 big-endian | message
/// ```
pub(crate) struct Message<H = ()> {
    prefix: [u8; PREFIX],
    sent: usize,
    message: Bytes,
    _until_sent: H,
}

impl<H> Message<H> {
    /// Behind gRPC's prefix. `until_sent` is dropped when the message is handed to the network or given up. `None` for a message whose length
    /// does not fit the prefix.
    pub(crate) fn new(message: Bytes, until_sent: H) -> Option<Self> {
        Self::flagged(PLAIN, message, until_sent)
    }

    /// The same with that flag.
    pub(crate) fn flagged(flag: u8, message: Bytes, until_sent: H) -> Option<Self> {
        let [a, b, c, d] = u32::try_from(message.len()).ok()?.to_be_bytes();
        Some(Message {
            prefix: [flag, a, b, c, d],
            sent: 0,
            message,
            _until_sent: until_sent,
        })
    }

    /// Without prefix.
    pub(crate) fn bare(message: Bytes, until_sent: H) -> Self {
        Message {
            prefix: [0; PREFIX],
            sent: PREFIX,
            message,
            _until_sent: until_sent,
        }
    }
}

impl<H> Buf for Message<H> {
    fn remaining(&self) -> usize {
        PREFIX - self.sent + self.message.len()
    }

    fn chunk(&self) -> &[u8] {
        match self.prefix.get(self.sent..) {
            Some(rest) if !rest.is_empty() => rest,
            _ => &self.message,
        }
    }

    fn chunks_vectored<'a>(&'a self, slices: &mut [IoSlice<'a>]) -> usize {
        let rest = self.prefix.get(self.sent..).unwrap_or_default();
        let mut used = 0;
        for part in [rest, &self.message] {
            if !part.is_empty()
                && let Some(slice) = slices.get_mut(used)
            {
                *slice = IoSlice::new(part);
                used += 1;
            }
        }
        used
    }

    fn advance(&mut self, count: usize) {
        let of_prefix = count.min(PREFIX - self.sent);
        self.sent += of_prefix;
        self.message.advance(count - of_prefix);
    }
}

/// Why bytes are not exactly one message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum EnvelopeError {
    /// The prefix announces more than the limit.
    TooLarge { size: usize, limit: usize },
    /// The flag says compressed; no compression was agreed on.
    Compressed,
    /// The flag is not defined.
    Flag(u8),
    /// There is more after the message.
    Trailing,
    /// The bytes end before the message does.
    Truncated { expected: usize, got: usize },
    /// There is no message at all.
    Missing,
}

/// Assembles the one message of a body out of chunks of any size.
pub(crate) struct Assembly {
    limit: usize,
    prefix: [u8; PREFIX],
    prefix_len: usize,
    /// Whether a message may be compressed, and whether this one is.
    may_compress: bool,
    compressed: bool,
    /// The message's length, as far as it is known.
    size: Option<usize>,
    /// The first chunk, as it came, until there is a second one.
    first: Bytes,
    parts: BytesMut,
}

impl Assembly {
    /// Of a body that begins with gRPC's prefix.
    pub(crate) fn new(limit: usize) -> Assembly {
        Assembly {
            limit,
            prefix: [0; PREFIX],
            prefix_len: 0,
            may_compress: false,
            compressed: false,
            size: None,
            first: Bytes::new(),
            parts: BytesMut::new(),
        }
    }

    /// Of a body that is the message; `length` is what the peer says of it.
    pub(crate) fn bare(limit: usize, length: Option<u64>) -> Result<Assembly, EnvelopeError> {
        let size = length.map(|length| usize::try_from(length).unwrap_or(usize::MAX));
        if let Some(size) = size.filter(|size| *size > limit) {
            return Err(EnvelopeError::TooLarge { size, limit });
        }
        Ok(Assembly {
            prefix_len: PREFIX,
            size,
            ..Assembly::new(limit)
        })
    }

    /// Whether a message flagged as compressed is taken; by default it is refused.
    pub(crate) fn may_compress(mut self, may: bool) -> Assembly {
        self.may_compress = may;
        self
    }

    /// Whether the message was flagged as compressed.
    pub(crate) fn is_compressed(&self) -> bool {
        self.compressed
    }

    /// Take the next bytes. The limit is checked as soon as the prefix is complete, before anything is kept.
    pub(crate) fn push(&mut self, mut chunk: Bytes) -> Result<(), EnvelopeError> {
        while self.prefix_len < PREFIX && chunk.has_remaining() {
            if let Some(slot) = self.prefix.get_mut(self.prefix_len) {
                *slot = chunk.get_u8();
            }
            self.prefix_len += 1;
            if self.prefix_len == PREFIX {
                let (flag, size) = read_prefix(self.prefix, self.limit)?;
                self.compressed = flag == COMPRESSED;
                if self.compressed && !self.may_compress {
                    return Err(EnvelopeError::Compressed);
                }
                self.size = Some(size);
            }
        }
        if chunk.is_empty() {
            return Ok(());
        }
        if chunk.len() > self.room() {
            return Err(match self.size {
                Some(_) => EnvelopeError::Trailing,
                None => EnvelopeError::TooLarge {
                    size: self.len().saturating_add(chunk.len()),
                    limit: self.limit,
                },
            });
        }
        if self.len() == 0 {
            self.first = chunk;
            return Ok(());
        }
        let first = std::mem::take(&mut self.first);
        let new = first.len() + chunk.len();
        if self.parts.capacity() - self.parts.len() < new {
            // Grow by what has arrived, never by what was promised.
            let arrived = self.parts.len() + new;
            let missing = self.size.unwrap_or(self.limit).saturating_sub(arrived);
            let ahead = arrived.saturating_mul(AHEAD_TIMES).max(AHEAD).min(missing);
            self.parts.reserve(new + ahead);
        }
        self.parts.extend_from_slice(&first);
        self.parts.extend_from_slice(&chunk);
        Ok(())
    }

    /// Bytes of the message that are still to come, as far as known.
    pub(crate) fn missing(&self) -> Option<usize> {
        Some(self.size? - self.len())
    }

    /// The message, after the last chunk.
    pub(crate) fn finish(self) -> Result<Bytes, EnvelopeError> {
        if self.prefix_len == 0 {
            return Err(EnvelopeError::Missing);
        }
        if self.prefix_len < PREFIX {
            return Err(EnvelopeError::Truncated {
                expected: PREFIX,
                got: self.prefix_len,
            });
        }
        if let Some(expected) = self.size.filter(|size| *size != self.len()) {
            return Err(EnvelopeError::Truncated {
                expected,
                got: self.len(),
            });
        }
        Ok(if self.parts.is_empty() {
            self.first
        } else {
            self.parts.freeze()
        })
    }

    fn len(&self) -> usize {
        self.first.len() + self.parts.len()
    }

    fn room(&self) -> usize {
        self.size.unwrap_or(self.limit) - self.len()
    }
}

/// The one message of a body that arrives in these chunks; `None` for anything else. For fuzzing alone.
#[doc(hidden)]
pub fn assembled(limit: usize, chunks: &mut dyn Iterator<Item = Bytes>) -> Option<Bytes> {
    let mut assembly = Assembly::new(limit);
    for chunk in chunks {
        assembly.push(chunk).ok()?;
    }
    assembly.finish().ok()
}

fn read_prefix(prefix: [u8; PREFIX], limit: usize) -> Result<(u8, usize), EnvelopeError> {
    let [flag, length @ ..] = prefix;
    if !matches!(flag, PLAIN | COMPRESSED) {
        return Err(EnvelopeError::Flag(flag));
    }
    let size = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if size > limit {
        Err(EnvelopeError::TooLarge { size, limit })
    } else {
        Ok((flag, size))
    }
}

/// Flags of a message; the last is gRPC-Web's.
pub(crate) const PLAIN: u8 = 0;
pub(crate) const COMPRESSED: u8 = 1;
pub(crate) const TRAILERS: u8 = 0x80;
const PREFIX: usize = 5;
/// Room for what may come: what a megabyte in frames of 64 KiB needs is made in three steps.
const AHEAD: usize = 64 * 1024;
const AHEAD_TIMES: usize = 3;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bytes_of(mut envelope: Message) -> Bytes {
        envelope.copy_to_bytes(envelope.remaining())
    }

    fn assemble(limit: usize, chunks: &[&[u8]]) -> Result<Bytes, EnvelopeError> {
        let mut assembly = Assembly::new(limit);
        for chunk in chunks {
            assembly.push(Bytes::copy_from_slice(chunk))?;
        }
        assembly.finish()
    }

    proptest! {
        #[test]
        fn a_message_survives_any_chunking(message: Vec<u8>, cuts in prop::collection::vec(0usize..300, 0..8)) {
            let wire = bytes_of(Message::new(message.clone().into(), ()).unwrap());
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(wire.len())).collect();
            cuts.extend([0, wire.len()]);
            cuts.sort_unstable();
            let chunks: Vec<&[u8]> = cuts.windows(2).map(|pair| &wire[pair[0]..pair[1]]).collect();
            prop_assert_eq!(assemble(message.len(), &chunks).unwrap(), Bytes::from(message));
        }

        #[test]
        fn an_envelope_advances_like_its_bytes(message: Vec<u8>, step in 1usize..9) {
            let mut envelope = Message::new(message.clone().into(), ()).unwrap();
            let mut seen = Vec::new();
            while envelope.has_remaining() {
                let mut slices = [IoSlice::new(&[]); 4];
                let count = envelope.chunks_vectored(&mut slices);
                let listed: usize = slices[..count].iter().map(|slice| slice.len()).sum();
                prop_assert_eq!(listed, envelope.remaining());
                let take = step.min(envelope.chunk().len());
                seen.extend_from_slice(&envelope.chunk()[..take]);
                envelope.advance(take);
            }
            prop_assert_eq!(seen.split_off(5), message);
        }
    }

    #[test]
    fn a_lying_length_is_refused_before_anything_is_kept() {
        let mut assembly = Assembly::new(1024);
        let error = assembly
            .push(Bytes::from_static(&[0, 0xff, 0xff, 0xff, 0xff]))
            .unwrap_err();
        assert_eq!(
            error,
            EnvelopeError::TooLarge {
                size: 4_294_967_295,
                limit: 1024
            }
        );
    }

    #[test]
    fn a_promised_length_reserves_little() {
        let mut assembly = Assembly::new(usize::MAX);
        for chunk in [[0u8, 0xff, 0xff, 0xff].as_slice(), &[0xff, 1, 2, 3], &[4]] {
            assembly.push(Bytes::copy_from_slice(chunk)).unwrap();
        }
        assert!(assembly.parts.capacity() <= 2 * AHEAD, "{}", assembly.parts.capacity());
    }

    #[test]
    fn room_is_made_by_what_has_arrived() {
        let mut assembly = Assembly::new(usize::MAX);
        assembly.push(Bytes::from_static(&[0, 0x0f, 0xff, 0xff, 0xff])).unwrap();
        for _ in 0..100 {
            assembly.push(Bytes::from(vec![7; 10_000])).unwrap();
            let (len, room) = (assembly.len(), assembly.parts.capacity());
            assert!(room <= (1 + AHEAD_TIMES) * len + AHEAD, "{room} bytes for {len}");
        }
    }

    #[test]
    fn a_message_takes_no_more_than_its_room() {
        let mut assembly = Assembly::bare(1 << 20, Some(1 << 20)).unwrap();
        for _ in 0..16 {
            assembly.push(Bytes::from(vec![7; 1 << 16])).unwrap();
        }
        assert_eq!(assembly.parts.capacity(), 1 << 20);
    }

    fn assemble_bare(limit: usize, length: Option<u64>, chunks: &[&[u8]]) -> Result<Bytes, EnvelopeError> {
        let mut assembly = Assembly::bare(limit, length)?;
        for chunk in chunks {
            assembly.push(Bytes::copy_from_slice(chunk))?;
        }
        assembly.finish()
    }

    #[test]
    fn a_bare_message_is_all_of_its_body() {
        let abc = Ok(Bytes::from_static(b"abc"));
        assert_eq!(assemble_bare(3, None, &[]), Ok(Bytes::new()));
        assert_eq!(assemble_bare(3, None, &[b"a", b"", b"bc"]), abc);
        assert_eq!(assemble_bare(3, Some(3), &[b"abc"]), abc);
        let too_large = |size| Err(EnvelopeError::TooLarge { size, limit: 3 });
        assert_eq!(assemble_bare(3, None, &[b"ab", b"cd"]), too_large(4));
        assert_eq!(assemble_bare(3, Some(4), &[]), too_large(4));
        assert_eq!(assemble_bare(3, Some(2), &[b"abc"]), Err(EnvelopeError::Trailing));
        let truncated = EnvelopeError::Truncated { expected: 2, got: 1 };
        assert_eq!(assemble_bare(3, Some(2), &[b"a"]), Err(truncated));
        assert!(matches!(
            assemble_bare(3, Some(u64::MAX), &[]),
            Err(EnvelopeError::TooLarge { .. })
        ));
    }

    #[test]
    fn what_is_not_one_message_is_named() {
        assert_eq!(assemble(9, &[]), Err(EnvelopeError::Missing));
        assert_eq!(
            assemble(9, &[&[0, 0]]),
            Err(EnvelopeError::Truncated { expected: 5, got: 2 })
        );
        assert_eq!(
            assemble(9, &[&[0, 0, 0, 0, 3, 7]]),
            Err(EnvelopeError::Truncated { expected: 3, got: 1 })
        );
        assert_eq!(assemble(9, &[&[0, 0, 0, 0, 1, 7, 8]]), Err(EnvelopeError::Trailing));
        assert_eq!(assemble(9, &[&[0, 0, 0, 0, 0], &[1]]), Err(EnvelopeError::Trailing));
        assert_eq!(assemble(9, &[&[1, 0, 0, 0, 1, 7]]), Err(EnvelopeError::Compressed));
        assert_eq!(assemble(9, &[&[2, 0, 0, 0, 1, 7]]), Err(EnvelopeError::Flag(2)));
        assert_eq!(assemble(9, &[&[0, 0, 0, 0, 0]]), Ok(Bytes::new()));
    }
}
