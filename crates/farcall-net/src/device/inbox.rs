//! Messages out of a stream of bytes that is cut anywhere. Keeps the one that is arriving, never more of it than has
//! come; what is too long is passed over as it comes. Decodes no body.

use bytes::Bytes;

use super::message::{HEADER, kind, name_of, number_of};

/// Finds the borders of messages.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    state: State,
}

#[derive(Debug)]
enum State {
    Header { bytes: [u8; HEADER], len: usize },
    Body { kind: u8, length: usize, body: Vec<u8> },
    Passing { over: Over, left: usize },
}

/// What came to its end.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Arrived {
    Whole {
        kind: u8,
        body: Bytes,
    },
    /// A message whose body was not kept.
    Over(Over),
}

/// A message that is passed over.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Over {
    pub(super) kind: u8,
    pub(super) length: usize,
    pub(super) why: Why,
    begin: Vec<u8>,
}

/// Why a message is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    UnknownKind,
    TooLong,
    NoRoom,
}

impl Over {
    /// The call that it is about.
    pub(super) fn number(&self) -> Option<u32> {
        number_of(self.kind, &self.begin)
    }
}

impl Default for State {
    fn default() -> State {
        State::Header {
            bytes: [0; HEADER],
            len: 0,
        }
    }
}

impl Inbox {
    /// Takes bytes up to the end of the first message in them, at most. `keeps` says how long a body may be, and what is
    /// wrong with one that is longer. Gives how many bytes it took.
    pub(super) fn take(&mut self, bytes: &[u8], limits: &Room) -> (usize, Option<Arrived>) {
        let mut taken = 0;
        if let State::Header { bytes: header, len } = &mut self.state {
            for (place, byte) in header.iter_mut().skip(*len).zip(bytes) {
                *place = *byte;
                taken += 1;
            }
            *len += taken;
            if *len < HEADER {
                return (taken, None);
            }
            let [kind, length @ ..] = *header;
            self.state = begin(kind, u32::from_be_bytes(length) as usize, limits);
        }
        let rest = bytes.get(taken..).unwrap_or_default();
        let missing = match &self.state {
            State::Body { length, body, .. } => length - body.len(),
            State::Passing { left, .. } => *left,
            State::Header { .. } => 0,
        };
        let part = rest.get(..missing.min(rest.len())).unwrap_or_default();
        taken += part.len();
        let whole = part.len() == missing;
        match &mut self.state {
            State::Body { length, body, .. } => {
                // What has come is kept, and no more than twice that is reserved.
                if body.capacity() - body.len() < part.len() {
                    body.reserve_exact((*length - body.len()).min((body.len() + part.len()).max(AHEAD)));
                }
                body.extend_from_slice(part);
            }
            State::Passing { over, left } => {
                let missing = NUMBER_BYTES - over.begin.len();
                over.begin.extend(part.iter().take(missing));
                *left -= part.len();
            }
            State::Header { .. } => {}
        }
        if !whole {
            return (taken, None);
        }
        let arrived = match std::mem::take(&mut self.state) {
            State::Body { kind, body, .. } => Some(Arrived::Whole {
                kind,
                body: body.into(),
            }),
            State::Passing { over, .. } => Some(Arrived::Over(over)),
            State::Header { .. } => None,
        };
        (taken, arrived)
    }

    /// Bytes of a message that is arriving and kept.
    pub(super) fn kept(&self) -> usize {
        match &self.state {
            State::Body { length, .. } => *length,
            State::Header { .. } | State::Passing { .. } => 0,
        }
    }

    /// Whether the stream may end here: between two messages.
    pub(super) fn is_between(&self) -> bool {
        matches!(self.state, State::Header { len: 0, .. })
    }
}

/// How much may be kept now.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// Of any message.
    pub(super) longest: usize,
    /// Of a message that opens a call: what the open ones leave.
    pub(super) left: usize,
}

fn begin(kind: u8, length: usize, room: &Room) -> State {
    let opens_a_call = matches!(kind, kind::CALL | kind::INVOKE);
    let why = match name_of(kind) {
        None => Some(Why::UnknownKind),
        Some(_) if length > room.longest => Some(Why::TooLong),
        Some(_) if opens_a_call && length > room.left => Some(Why::NoRoom),
        Some(_) => None,
    };
    match why {
        None => State::Body {
            kind,
            length,
            body: Vec::new(),
        },
        Some(why) => State::Passing {
            over: Over {
                kind,
                length,
                why,
                begin: Vec::new(),
            },
            left: length,
        },
    }
}

/// What is reserved before it has come.
const AHEAD: usize = 4 << 10;
/// A u32 in LEB128.
const NUMBER_BYTES: usize = 5;
