//! Calls in both directions and their answers, without input and output.

use bytes::Bytes;
use farcall_net::{Call, Code, DeviceLimits, Event, Executed, Machine, Message, Status};

use crate::fixture::{answer, call, encoded, sent, write};

fn a_call() -> Call {
    Call {
        function: "/t.T/Echo".into(),
        request: Bytes::from_static(b"hello"),
        ..Call::default()
    }
}

fn numbers(messages: &[Message]) -> Vec<u32> {
    let number = |message: &Message| match message {
        Message::Call(call) => call.number,
        Message::Return { number, .. } | Message::Cancel { number } | Message::Invoke { number, .. } => *number,
        Message::Announce { .. } | Message::Refuse(_) => panic!("{message:?}"),
    };
    messages.iter().map(number).collect()
}

/// spec: E-10
#[test]
fn calls_are_answered_in_any_order_and_numbers_used_again() {
    let mut machine = Machine::default();
    for number in [5, 0, u32::MAX] {
        write(&mut machine, &encoded(call(number, b"q")));
        assert!(matches!(machine.event(), Some(Event::Call(call)) if call.number == number));
    }
    for number in [0, u32::MAX, 5] {
        machine.answer(number, Ok(Bytes::from_static(b"r")));
    }
    assert_eq!(
        sent(&mut machine),
        [answer(0, b"r"), answer(u32::MAX, b"r"), answer(5, b"r")]
    );
    write(&mut machine, &encoded(call(5, b"again")));
    assert!(matches!(machine.event(), Some(Event::Call(call)) if &call.request[..] == b"again"));
}

/// spec: E-10: each side has numbers of its own.
#[test]
fn both_sides_call_under_one_number() {
    let mut machine = Machine::default();
    let ours = machine.call(a_call()).unwrap();
    assert_eq!(numbers(&sent(&mut machine)), [ours]);
    write(&mut machine, &encoded(call(ours, b"theirs")));
    write(&mut machine, &encoded(answer(ours, b"r")));
    machine.answer(ours, Ok(Bytes::from_static(b"s")));
    assert!(matches!(machine.event(), Some(Event::Call(_))));
    assert_eq!(machine.event(), Some(Event::Return(ours, Ok(Bytes::from_static(b"r")))));
    assert_eq!(sent(&mut machine), [answer(ours, b"s")]);
}

/// spec: E-11
#[test]
fn a_call_is_answered_once() {
    let mut machine = Machine::default();
    write(&mut machine, &encoded(call(1, b"")));
    machine.answer(1, Ok(Bytes::new()));
    machine.answer(1, Ok(Bytes::from_static(b"again")));
    machine.answer(2, Ok(Bytes::from_static(b"never asked")));
    assert_eq!(sent(&mut machine), [answer(1, b"")]);
}

/// spec: E-13
#[test]
fn cancel_after_end_is_ignored() {
    let mut machine = Machine::default();
    write(&mut machine, &encoded(call(1, b"")));
    assert!(matches!(machine.event(), Some(Event::Call(_))));
    write(&mut machine, &encoded(Message::Cancel { number: 1 }));
    assert_eq!(machine.event(), Some(Event::Cancel(1)));
    machine.answer(1, Ok(Bytes::new()));
    for _ in 0..3 {
        write(&mut machine, &encoded(Message::Cancel { number: 1 }));
        write(&mut machine, &encoded(Message::Cancel { number: 9 }));
    }
    assert_eq!(machine.event(), None);
    assert_eq!(sent(&mut machine).len(), 1, "no refusals");
}

/// spec: E-12
#[test]
fn a_call_that_was_not_read_is_taken_back() {
    let mut machine = Machine::default();
    let (first, second) = (machine.call(a_call()).unwrap(), machine.call(a_call()).unwrap());
    assert_eq!(machine.give_up(first), Executed::No);
    assert_eq!(numbers(&sent(&mut machine)), [second]);
    assert_eq!(machine.give_up(second), Executed::Maybe);
    assert_eq!(sent(&mut machine), [Message::Cancel { number: second }]);
    // Its answer still comes, is heard by nobody, and frees the number.
    write(&mut machine, &encoded(answer(second, b"late")));
    assert_eq!(machine.event(), None);
    assert!(!machine.is_readable());
}

#[test]
fn one_byte_read_is_read() {
    let mut machine = Machine::default();
    let number = machine.call(a_call()).unwrap();
    assert_eq!(machine.may_have_run(number), Executed::No);
    assert_eq!(machine.read(&mut []), 0);
    assert_eq!(machine.may_have_run(number), Executed::No);
    assert_eq!(machine.read(&mut [0]), 1);
    assert_eq!(machine.may_have_run(number), Executed::Maybe);
    assert_eq!(machine.give_up(number), Executed::Maybe);
}

#[test]
fn a_number_is_taken_until_its_cancelled_call_is_answered() {
    let limits = DeviceLimits {
        max_calls: 2,
        ..DeviceLimits::default()
    };
    let mut machine = Machine::new(limits);
    for _ in 0..2 {
        let number = machine.call(a_call()).unwrap();
        sent(&mut machine);
        machine.give_up(number);
    }
    let status = machine.call(a_call()).unwrap_err();
    assert_eq!((status.code, status.executed), (Code::Unavailable, Executed::No));
    write(&mut machine, &encoded(answer(0, b"")));
    assert_eq!(machine.call(a_call()), Ok(2));
}

/// spec: E-22
#[test]
fn open_calls_of_either_side_are_bounded() {
    let limits = DeviceLimits {
        max_calls: 2,
        ..DeviceLimits::default()
    };
    let mut machine = Machine::new(limits);
    for number in 0..3 {
        write(&mut machine, &encoded(call(number, b"")));
    }
    let opened = std::iter::from_fn(|| machine.event()).count();
    assert_eq!(opened, 2);
    let [
        Message::Return {
            number: 2,
            outcome: Err(status),
        },
    ] = &sent(&mut machine)[..]
    else {
        panic!("the third is refused");
    };
    assert_eq!((status.code, status.executed), (Code::ResourceExhausted, Executed::No));
    assert_eq!(status.details.reason, "TOO_MANY_CALLS");
    assert!(machine.call(a_call()).is_ok() && machine.call(a_call()).is_ok());
    assert_eq!(machine.call(a_call()).unwrap_err().code, Code::Unavailable);
}

/// spec: E-22
#[test]
fn requests_that_are_held_together_are_bounded() {
    let limits = DeviceLimits {
        max_message: 1000,
        max_calls: 100,
        max_buffered: 2500,
    };
    let mut machine = Machine::new(limits);
    for number in 0..3 {
        write(&mut machine, &encoded(call(number, &[7; 1000])));
    }
    assert_eq!(std::iter::from_fn(|| machine.event()).count(), 2);
    let [
        Message::Return {
            number: 2,
            outcome: Err(status),
        },
    ] = &sent(&mut machine)[..]
    else {
        panic!("the third is refused");
    };
    assert_eq!(status.details.reason, "BUFFER_FULL");
    machine.answer(0, Ok(Bytes::new()));
    write(&mut machine, &encoded(call(3, &[7; 1000])));
    assert!(matches!(machine.event(), Some(Event::Call(call)) if call.number == 3));
}

/// spec: E-5, E-22
#[test]
fn a_side_that_never_reads_is_held_up_and_no_more_is_kept() {
    let limits = DeviceLimits {
        max_message: 1000,
        max_calls: 100,
        max_buffered: 3000,
    };
    let mut machine = Machine::new(limits);
    let mut reasons = Vec::new();
    for number in 0..10 {
        if machine.write(&encoded(call(number, b""))) == 0 {
            break;
        }
        if let Some(Event::Call(call)) = machine.event() {
            machine.answer(call.number, Ok(vec![1; 900].into()));
        }
        assert!(machine.unread() < 4000, "{}", machine.unread());
    }
    for _ in 0..1000 {
        // Refusals fill what answers may not.
        if machine.write(&encoded(answer(77, b""))) == 0 {
            break;
        }
    }
    assert!(machine.is_full() && machine.unread() < 4000, "{}", machine.unread());
    assert_eq!(machine.write(&encoded(call(99, b""))), 0);
    for message in sent(&mut machine) {
        if let Message::Return {
            outcome: Err(status), ..
        } = message
        {
            reasons.push((status.code, status.executed, status.details.reason));
        }
    }
    assert!(
        reasons.contains(&(Code::ResourceExhausted, Executed::Yes, "BUFFER_FULL".into())),
        "{reasons:?}"
    );
    write(&mut machine, &encoded(call(99, b"")));
    assert!(matches!(machine.event(), Some(Event::Call(_))));
}

#[test]
fn a_status_keeps_what_a_program_can_read() {
    let mut machine = Machine::default();
    write(&mut machine, &encoded(call(1, b"")));
    let status = Status::not_run(Code::FailedPrecondition, "another type").reason("FINGERPRINT_MISMATCH");
    machine.answer(1, Err(status.clone()));
    assert_eq!(
        sent(&mut machine),
        [Message::Return {
            number: 1,
            outcome: Err(status)
        }]
    );
}
