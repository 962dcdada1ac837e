//! Messages that cannot be used: each is told to whoever sent it, and changes nothing else.

use bytes::Bytes;
use farcall_net::{Call, Code, DeviceLimits, Event, Executed, Machine, Message, Status};

use crate::fixture::{answer, call, encoded, sent, write};

fn raw(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind];
    bytes.extend((body.len() as u32).to_be_bytes());
    bytes.extend(body);
    bytes
}

/// A machine with one open call of either side, the other side's being 1.
fn with_open_calls() -> (Machine, u32) {
    let limits = DeviceLimits {
        max_message: 1000,
        ..DeviceLimits::for_message(1000)
    };
    let mut machine = Machine::new(limits);
    write(&mut machine, &encoded(call(1, b"open")));
    assert!(matches!(machine.event(), Some(Event::Call(_))));
    let ours = Call {
        function: "/t.T/Ours".into(),
        ..Call::default()
    };
    let ours = machine.call(ours).unwrap();
    assert_eq!(sent(&mut machine).len(), 1);
    (machine, ours)
}

/// After all that went wrong: both calls end as if nothing had happened.
fn both_still_end(mut machine: Machine, ours: u32) {
    machine.answer(1, Ok(Bytes::from_static(b"done")));
    assert_eq!(sent(&mut machine), [answer(1, b"done")]);
    write(&mut machine, &encoded(answer(ours, b"ours")));
    assert_eq!(
        machine.event(),
        Some(Event::Return(ours, Ok(Bytes::from_static(b"ours"))))
    );
    assert!(!machine.is_readable());
}

/// What is refused, and how.
#[track_caller]
fn refused(bytes: &[u8]) -> Status {
    let (mut machine, ours) = with_open_calls();
    write(&mut machine, bytes);
    assert_eq!(machine.event(), None);
    let [Message::Refuse(status)] = &sent(&mut machine)[..] else {
        panic!("one refusal");
    };
    both_still_end(machine, ours);
    status.clone()
}

/// The call under a free number that is answered at once, and how.
#[track_caller]
fn answered(bytes: &[u8]) -> (u32, Status) {
    let (mut machine, ours) = with_open_calls();
    write(&mut machine, bytes);
    assert_eq!(machine.event(), None);
    let [
        Message::Return {
            number,
            outcome: Err(status),
        },
    ] = &sent(&mut machine)[..]
    else {
        panic!("one answer");
    };
    let end = (*number, status.clone());
    both_still_end(machine, ours);
    end
}

/// spec: E-20
#[test]
fn an_unknown_kind_is_passed_over() {
    for kind in [0, 7, 200] {
        let status = refused(&raw(kind, &[9; 3000]));
        assert_eq!(
            (status.code, status.details.reason.as_str()),
            (Code::Unimplemented, "UNKNOWN_KIND")
        );
    }
}

/// spec: E-20, E-8
#[test]
fn a_call_that_does_not_decode_is_answered_by_its_number() {
    for body in [
        &[8][..],
        &[8, 5, b'a'],
        &[8, 1, 0xff, 0, 0, 0],
        &[8, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x0f],
    ] {
        let (number, status) = answered(&raw(1, body));
        assert_eq!(
            (number, status.code, status.executed),
            (8, Code::InvalidArgument, Executed::No)
        );
        assert_eq!(status.details.reason, "MESSAGE_INVALID");
    }
    for body in [&[][..], &[0x80, 0x00], &[0xff; 6]] {
        assert_eq!(refused(&raw(1, body)).details.reason, "MESSAGE_INVALID");
    }
    let status = refused(&raw(3, &[8, 8]));
    assert!(status.message.contains("1 bytes are left over"), "{status}");
}

/// spec: E-20, E-22
#[test]
fn a_message_that_is_too_long_is_passed_over() {
    let mut long = encoded(call(8, b""));
    long.truncate(5 + 14);
    long.extend(vec![1; 100_000]);
    let length = (long.len() - 5) as u32;
    long[1..5].copy_from_slice(&length.to_be_bytes());
    let (number, status) = answered(&long);
    assert_eq!(
        (number, status.code, status.executed),
        (8, Code::ResourceExhausted, Executed::No)
    );
    assert_eq!(status.details.reason, "MESSAGE_TOO_LARGE");
    let status = refused(&raw(4, &[b'x'; 100_000]));
    assert_eq!(status.details.reason, "MESSAGE_TOO_LARGE");
}

/// spec: E-20
#[test]
fn a_call_with_an_open_ones_number_is_refused() {
    let status = refused(&encoded(call(1, b"other")));
    assert_eq!(
        (status.code, status.details.reason.as_str()),
        (Code::FailedPrecondition, "OUT_OF_TURN")
    );
}

/// spec: E-20
#[test]
fn an_answer_without_a_call_is_refused() {
    let status = refused(&encoded(answer(1234, b"")));
    assert_eq!(status.details.reason, "OUT_OF_TURN");
}

#[test]
fn an_answer_to_a_call_that_was_not_read_is_out_of_turn() {
    let mut machine = Machine::default();
    let number = machine.call(Call::default()).unwrap();
    write(&mut machine, &encoded(answer(number, b"guessed")));
    assert_eq!(machine.event(), None);
    assert!(matches!(
        &sent(&mut machine)[..],
        [Message::Call(_), Message::Refuse(_)]
    ));
}

/// spec: E-21
#[test]
fn an_answer_that_cannot_be_used_ends_its_call() {
    let (mut machine, ours) = with_open_calls();
    let number = u8::try_from(ours).unwrap();
    write(&mut machine, &raw(2, &[number, 5, 9]));
    let Some(Event::Return(ended, Err(status))) = machine.event() else {
        panic!("the call ends");
    };
    assert_eq!(
        (ended, status.code, status.executed),
        (ours, Code::Internal, Executed::Maybe)
    );
    assert!(matches!(&sent(&mut machine)[..], [Message::Refuse(_)]));

    let (mut machine, ours) = with_open_calls();
    let mut long = vec![number, 0];
    long.extend(vec![1; 100_000]);
    write(&mut machine, &raw(2, &long));
    let Some(Event::Return(ended, Err(status))) = machine.event() else {
        panic!("the call ends");
    };
    assert_eq!(
        (ended, status.code, status.executed),
        (ours, Code::ResourceExhausted, Executed::Yes)
    );
    assert!(matches!(&sent(&mut machine)[..], [Message::Refuse(_)]));
}

#[test]
fn a_code_that_nobody_defined_is_unknown() {
    let (mut machine, ours) = with_open_calls();
    write(&mut machine, &raw(2, &[u8::try_from(ours).unwrap(), 99, 1, b'x']));
    let Some(Event::Return(_, Err(status))) = machine.event() else {
        panic!("the call ends");
    };
    assert_eq!((status.code, status.message.as_str()), (Code::Unknown, "x"));
}
