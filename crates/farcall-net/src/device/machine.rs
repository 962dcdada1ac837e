//! One end of a conversation over the device: bytes in, events out; calls and answers in, bytes out. It does no input or
//! output, reads no clock and runs no call; what a function means is not known here.
//!
//! ```text
//!   bytes of the other side ──> write ──> Event: a call, an answer, ...
//!   call, answer, refuse ──────────────> read ──> bytes for the other side
//! ```

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

use bytes::{Buf, Bytes};

use super::inbox::{Arrived, Inbox, Over, Room, Why};
use super::limits::DeviceLimits;
use super::message::{Call, Message, kind, name_of};
use crate::status::{Code, Executed, Status};

/// What the other side asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// It calls. Every call must be answered once.
    Call(Call),
    /// It calls in text. Every call must be answered once.
    Invoke {
        /// The call's number.
        number: u32,
        /// The time that it may take.
        timeout: Option<Duration>,
        /// The text.
        text: String,
    },
    /// It gives up its call, which is still to be answered.
    Cancel(u32),
    /// It answers a call of this side.
    Return(u32, Result<Bytes, Status>),
    /// It says what it serves.
    Announce(String),
    /// It refuses a message.
    Refuse(Status),
}

/// The state of one conversation.
#[derive(Debug, Default)]
pub struct Machine {
    limits: DeviceLimits,
    inbox: Inbox,
    events: VecDeque<Event>,
    /// The other side's open calls, each with the bytes of its request.
    theirs: HashMap<u32, usize>,
    ours: BTreeMap<u32, Ours>,
    next: u32,
    /// Bytes of the requests of `theirs`.
    requests: usize,
    outbox: VecDeque<Queued>,
    /// Bytes in `outbox`.
    unread: usize,
}

/// A call of this side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ours {
    /// None of its bytes was read.
    Queued,
    Sent,
    /// Given up; its number is taken until its answer comes.
    Cancelled,
}

/// A message on its way out.
#[derive(Debug)]
struct Queued {
    head: Bytes,
    rest: Bytes,
    /// The call of this side that it opens.
    opens: Option<u32>,
}

impl Machine {
    /// A conversation that has not begun.
    pub fn new(limits: DeviceLimits) -> Machine {
        Machine {
            limits,
            ..Machine::default()
        }
    }

    /// Takes bytes of the other side, cut anywhere, and gives how many it took: fewer than all, or none, while the other
    /// side has more unread than it may. What is wrong with a message never stops those after it.
    pub fn write(&mut self, bytes: &[u8]) -> usize {
        let mut taken = 0;
        while !self.is_full() {
            let Some(rest) = bytes.get(taken..).filter(|rest| !rest.is_empty()) else {
                break;
            };
            let room = Room {
                longest: self.limits.longest(),
                left: self.limits.max_buffered.saturating_sub(self.requests + self.unread),
            };
            let (count, arrived) = self.inbox.take(rest, &room);
            taken += count;
            match arrived {
                Some(Arrived::Whole { kind, body }) => self.whole(kind, body),
                Some(Arrived::Over(over)) => self.over(&over),
                None => {}
            }
        }
        taken
    }

    /// Whether bytes of the other side would wait: it must read first.
    pub fn is_full(&self) -> bool {
        self.unread >= self.limits.max_buffered
    }

    /// Whether there is something for the other side to read.
    pub fn is_readable(&self) -> bool {
        self.unread > 0
    }

    /// How many bytes the other side has to read.
    pub fn unread(&self) -> usize {
        self.unread
    }

    /// Whether the other side may end here: not in the middle of a message.
    pub fn is_between_messages(&self) -> bool {
        self.inbox.is_between()
    }

    /// Bytes for the other side; how many there were room and bytes for.
    pub fn read(&mut self, into: &mut [u8]) -> usize {
        let mut count = 0;
        while count < into.len()
            && let Some(front) = self.outbox.front_mut()
        {
            if let Some(number) = front.opens.take()
                && let Some(state @ Ours::Queued) = self.ours.get_mut(&number)
            {
                *state = Ours::Sent;
            }
            let piece = match front.head.is_empty() {
                true => &mut front.rest,
                false => &mut front.head,
            };
            let room = into.get_mut(count..).unwrap_or_default();
            let part = piece.len().min(room.len());
            if let (Some(place), Some(from)) = (room.get_mut(..part), piece.get(..part)) {
                place.copy_from_slice(from);
            }
            piece.advance(part);
            count += part;
            if front.head.is_empty() && front.rest.is_empty() {
                self.outbox.pop_front();
            }
        }
        self.unread -= count;
        count
    }

    /// What the other side wants next, in the order of its messages.
    pub fn event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Answers a call of the other side. One that is not open, because it was answered, is left alone.
    pub fn answer(&mut self, number: u32, outcome: Result<Bytes, Status>) {
        let Some(request) = self.theirs.remove(&number) else {
            return;
        };
        self.requests -= request;
        let outcome = outcome.and_then(|response| match response.len() {
            size if size > self.limits.max_message => Err(too_long("the response", size, self.limits.max_message)),
            size if self.held() + size > self.limits.max_buffered => Err(self.unread_answers()),
            _ => Ok(response),
        });
        self.send(Message::Return { number, outcome }, None);
    }

    /// Calls a function of the other side; gives the call its number.
    ///
    /// # Errors
    ///
    /// UNAVAILABLE, not executed, while too much is open or unread.
    pub fn call(&mut self, call: Call) -> Result<u32, Status> {
        let limit = self.limits.max_calls;
        if self.ours.len() >= limit {
            return Err(overloaded(format!(
                "{limit} calls are open there already, the most that may"
            )));
        }
        let size = call.request.len();
        if size > self.limits.max_message {
            return Err(too_long("the request", size, self.limits.max_message).executed(Executed::No));
        }
        if self.held() + size > self.limits.max_buffered {
            let limit = self.limits.max_buffered;
            return Err(overloaded(format!(
                "it has not read what it was sent, the most of {limit} bytes"
            )));
        }
        while self.ours.contains_key(&self.next) {
            self.next = self.next.wrapping_add(1);
        }
        let number = self.next;
        self.next = number.wrapping_add(1);
        self.ours.insert(number, Ours::Queued);
        self.send(Message::Call(Call { number, ..call }), Some(number));
        Ok(number)
    }

    /// Gives up a call of this side: takes it back, if nothing of it was read, and else says so. Whether it may have run.
    pub fn give_up(&mut self, number: u32) -> Executed {
        match self.ours.get_mut(&number) {
            Some(Ours::Queued) => {
                self.ours.remove(&number);
                let place = self.outbox.iter().position(|queued| queued.opens == Some(number));
                if let Some(queued) = place.and_then(|place| self.outbox.remove(place)) {
                    self.unread -= queued.head.len() + queued.rest.len();
                }
                Executed::No
            }
            Some(state @ Ours::Sent) => {
                *state = Ours::Cancelled;
                self.send(Message::Cancel { number }, None);
                Executed::Maybe
            }
            Some(Ours::Cancelled) | None => Executed::Maybe,
        }
    }

    /// Whether a call of this side may have run, should the other side be gone now.
    pub fn may_have_run(&self, number: u32) -> Executed {
        match self.ours.get(&number) {
            Some(Ours::Queued) => Executed::No,
            _ => Executed::Maybe,
        }
    }

    /// Whether the other side has read calls that it has not answered.
    pub fn is_awaited(&self) -> bool {
        self.ours.values().any(|state| *state != Ours::Queued)
    }

    /// Says what this side serves.
    pub fn announce(&mut self, wit: String) {
        self.send(Message::Announce { wit }, None);
    }

    /// Refuses something that belongs to no call.
    pub fn refuse(&mut self, status: Status) {
        self.send(Message::Refuse(status), None);
    }

    fn whole(&mut self, kind: u8, body: Bytes) {
        let size = body.len();
        let message = match Message::decode(kind, body) {
            Ok(message) => message,
            Err(malformed) => {
                let status = invalid(malformed.to_string());
                return match (kind, malformed.number) {
                    (kind::CALL | kind::INVOKE, Some(number)) if !self.theirs.contains_key(&number) => {
                        self.send(
                            Message::Return {
                                number,
                                outcome: Err(status),
                            },
                            None,
                        );
                    }
                    (kind::RETURN, Some(number)) if self.is_open(number) => {
                        self.ended(number, Err(Status::new(Code::Internal, malformed.to_string())));
                        self.refuse(status);
                    }
                    _ => self.refuse(status),
                };
            }
        };
        match message {
            Message::Call(call) => {
                if self.opens(call.number, size) {
                    self.events.push_back(Event::Call(call));
                }
            }
            Message::Invoke { number, timeout, text } => {
                if self.opens(number, size) {
                    self.events.push_back(Event::Invoke { number, timeout, text });
                }
            }
            Message::Return { number, outcome } if self.is_open(number) => self.ended(number, outcome),
            Message::Return { number, .. } => {
                self.refuse(out_of_turn(format!("a RETURN of the call {number}, which is not open")));
            }
            // The answer may have crossed it.
            Message::Cancel { number } => {
                if self.theirs.contains_key(&number) {
                    self.events.push_back(Event::Cancel(number));
                }
            }
            Message::Announce { wit } => self.events.push_back(Event::Announce(wit)),
            Message::Refuse(status) => self.events.push_back(Event::Refuse(status)),
        }
    }

    /// Whether a call of the other side is open from now on; it is told why not.
    fn opens(&mut self, number: u32, size: usize) -> bool {
        if self.theirs.contains_key(&number) {
            self.refuse(out_of_turn(format!(
                "a call with the number {number}, which an open one has"
            )));
            return false;
        }
        let limit = self.limits.max_calls;
        if self.theirs.len() >= limit {
            let message = format!("{limit} calls are open already, the most that may");
            let outcome = Err(Status::not_run(Code::ResourceExhausted, message).reason("TOO_MANY_CALLS"));
            self.send(Message::Return { number, outcome }, None);
            return false;
        }
        self.theirs.insert(number, size);
        self.requests += size;
        true
    }

    /// Tells of a message that was too long, in the words of whoever is concerned.
    fn over(&mut self, over: &Over) {
        let (what, length) = (name_of(over.kind), over.length);
        let status = match over.why {
            Why::UnknownKind => Status::not_run(
                Code::Unimplemented,
                format!("a message of kind {} is not known", over.kind),
            )
            .reason("UNKNOWN_KIND"),
            Why::TooLong => too_long(what.unwrap_or("a message"), length, self.limits.longest()).executed(Executed::No),
            Why::NoRoom => {
                let limit = self.limits.max_buffered;
                let message = format!("{length} bytes more than are held would pass the limit of {limit}");
                Status::not_run(Code::ResourceExhausted, message).reason("BUFFER_FULL")
            }
        };
        match (over.kind, over.number()) {
            (kind::CALL | kind::INVOKE, Some(number)) if !self.theirs.contains_key(&number) => {
                self.send(
                    Message::Return {
                        number,
                        outcome: Err(status),
                    },
                    None,
                );
            }
            (kind::RETURN, Some(number)) if self.is_open(number) => {
                self.ended(number, Err(status.clone().executed(Executed::Yes)));
                self.refuse(status);
            }
            _ => self.refuse(status),
        }
    }

    /// Whether a call of this side may be answered.
    fn is_open(&self, number: u32) -> bool {
        matches!(self.ours.get(&number), Some(Ours::Sent | Ours::Cancelled))
    }

    fn ended(&mut self, number: u32, outcome: Result<Bytes, Status>) {
        if self.ours.remove(&number) == Some(Ours::Sent) {
            self.events.push_back(Event::Return(number, outcome));
        }
    }

    fn held(&self) -> usize {
        self.requests + self.unread + self.inbox.kept()
    }

    fn unread_answers(&self) -> Status {
        let limit = self.limits.max_buffered;
        let message = format!("the response would pass the {limit} bytes that may be unread; read the answers before");
        Status::new(Code::ResourceExhausted, message)
            .executed(Executed::Yes)
            .reason("BUFFER_FULL")
    }

    fn send(&mut self, message: Message, opens: Option<u32>) {
        let (head, rest) = message.encode();
        self.unread += head.len() + rest.len();
        self.outbox.push_back(Queued {
            head: head.into(),
            rest,
            opens,
        });
    }
}

fn too_long(what: &str, size: usize, limit: usize) -> Status {
    Status::new(
        Code::ResourceExhausted,
        format!("{what} of {size} bytes exceeds the limit of {limit}"),
    )
    .executed(Executed::Yes)
    .reason("MESSAGE_TOO_LARGE")
    .fact("limit", limit.to_string())
}

fn invalid(message: String) -> Status {
    Status::not_run(Code::InvalidArgument, message).reason("MESSAGE_INVALID")
}

fn out_of_turn(what: String) -> Status {
    Status::not_run(Code::FailedPrecondition, format!("{what}, is out of turn")).reason("OUT_OF_TURN")
}

fn overloaded(message: String) -> Status {
    Status::not_run(Code::Unavailable, message).reason("OVERLOADED")
}
