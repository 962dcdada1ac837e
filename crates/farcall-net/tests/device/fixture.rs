//! Messages as bytes and back, for both sides of a conversation. Checks nothing.

use std::time::Duration;

use bytes::Bytes;
use farcall_net::{Call, Machine, Message};

/// A message's bytes.
pub fn encoded(message: Message) -> Vec<u8> {
    let (mut bytes, rest) = message.encode();
    bytes.extend_from_slice(&rest);
    bytes
}

/// A call of `/t.T/Echo`.
pub fn call(number: u32, request: &[u8]) -> Message {
    calling(number, "/t.T/Echo", request)
}

/// A call of that function.
pub fn calling(number: u32, function: &str, request: &[u8]) -> Message {
    Message::Call(Call {
        number,
        function: function.into(),
        request: Bytes::copy_from_slice(request),
        ..Call::default()
    })
}

/// A good answer.
pub fn answer(number: u32, response: &[u8]) -> Message {
    Message::Return {
        number,
        outcome: Ok(Bytes::copy_from_slice(response)),
    }
}

/// Whole messages in bytes, and how many bytes are left.
pub fn decoded(bytes: &[u8]) -> (Vec<Message>, usize) {
    let mut messages = Vec::new();
    let mut rest = bytes;
    while let [kind, a, b, c, d, body @ ..] = rest {
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        let Some((body, after)) = body.split_at_checked(length) else {
            break;
        };
        messages.push(Message::decode(*kind, Bytes::copy_from_slice(body)).expect("a message of the host's own"));
        rest = after;
    }
    (messages, rest.len())
}

/// All that a machine has for the other side.
pub fn sent(machine: &mut Machine) -> Vec<Message> {
    let mut bytes = vec![0; machine.unread()];
    assert_eq!(machine.read(&mut bytes), bytes.len());
    let (messages, left) = decoded(&bytes);
    assert_eq!(left, 0);
    messages
}

/// Writes all of it.
pub fn write(machine: &mut Machine, bytes: &[u8]) {
    assert_eq!(machine.write(bytes), bytes.len());
}

/// Longer than anything here takes.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Waits, but not for ever.
pub async fn in_time<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, work).await.expect("it ends in time")
}
