//! However a stream is cut, and whatever is in it.

use farcall_net::{Call, Code, DeviceLimits, Event, Machine, Message, Status};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::fixture::{encoded, sent};

fn status() -> impl Strategy<Value = Status> {
    (1u32..=16, ".{0,20}", any::<bool>()).prop_map(|(code, message, not_run)| {
        let code = Code::from_number(code).unwrap();
        match not_run {
            true => Status::not_run(code, message).reason("WHY"),
            false => Status::new(code, message),
        }
    })
}

fn a_call() -> impl Strategy<Value = Message> {
    let fields = (
        any::<u32>(),
        ".{0,30}",
        proptest::option::of("[A-Za-z0-9_-]{1,22}"),
        proptest::option::of(1u64..=1 << 50),
        vec(("[a-z-]{1,8}", ".{0,8}"), 0..3),
        vec(any::<u8>(), 0..200),
    );
    fields.prop_map(|(number, function, fingerprint, timeout, metadata, request)| {
        Message::Call(Call {
            number,
            function,
            fingerprint,
            timeout: timeout.map(std::time::Duration::from_micros),
            metadata,
            request: request.into(),
        })
    })
}

fn message() -> impl Strategy<Value = Message> {
    let outcome = prop_oneof![
        vec(any::<u8>(), 0..200).prop_map(|bytes| Ok(bytes.into())),
        status().prop_map(Err)
    ];
    prop_oneof![
        a_call(),
        (any::<u32>(), outcome).prop_map(|(number, outcome)| Message::Return { number, outcome }),
        any::<u32>().prop_map(|number| Message::Cancel { number }),
        ".{0,60}".prop_map(|wit| Message::Announce { wit }),
        (any::<u32>(), ".{0,60}").prop_map(|(number, text)| Message::Invoke {
            number,
            timeout: None,
            text
        }),
        status().prop_map(Message::Refuse),
    ]
}

/// What a machine makes of bytes in these pieces: its events and what it sends.
fn seen(pieces: &[&[u8]]) -> (Vec<Event>, Vec<Message>) {
    let limits = DeviceLimits {
        max_message: 150,
        max_calls: 3,
        max_buffered: 1 << 20,
    };
    let mut machine = Machine::new(limits);
    let mut events = Vec::new();
    for piece in pieces {
        assert_eq!(machine.write(piece), piece.len());
        events.extend(std::iter::from_fn(|| machine.event()));
    }
    (events, sent(&mut machine))
}

fn cut<'a>(bytes: &'a [u8], cuts: &[usize]) -> Vec<&'a [u8]> {
    let mut places: Vec<usize> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).collect();
    places.extend([0, bytes.len()]);
    places.sort_unstable();
    places.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// spec: E-8
    #[test]
    fn a_message_comes_back_as_it_was(message in message()) {
        let bytes = encoded(message.clone());
        let length = u32::from_be_bytes(bytes[1..5].try_into().unwrap()) as usize;
        prop_assert_eq!(length, bytes.len() - 5);
        let back = Message::decode(bytes[0], bytes[5..].to_vec().into()).unwrap();
        prop_assert_eq!(back, message);
    }

    /// spec: E-7
    #[test]
    fn any_cut_gives_the_same_messages(messages in vec(message(), 0..8), cuts in vec(any::<usize>(), 0..20)) {
        let bytes: Vec<u8> = messages.into_iter().flat_map(encoded).collect();
        let whole = seen(&[&bytes]);
        prop_assert_eq!(seen(&cut(&bytes, &cuts)), whole.clone());
        let one_by_one: Vec<&[u8]> = bytes.chunks(1).collect();
        prop_assert_eq!(seen(&one_by_one), whole);
    }

    /// spec: E-20
    #[test]
    fn no_bytes_panic_and_a_good_call_after_them_arrives(
        mut bytes in vec(any::<u8>(), 0..300),
        kinds in vec(0u8..8, 1..20),
    ) {
        // Kinds that are known, more often than chance would have them, and lengths that end.
        for (at, kind) in kinds.into_iter().enumerate() {
            if let Some(place) = bytes.get_mut(at * 16..at * 16 + 5) {
                place.copy_from_slice(&[kind, 0, 0, 0, 11]);
            }
        }
        let (_, left) = borders(&bytes);
        let limits = DeviceLimits { max_calls: 1 << 20, ..DeviceLimits::default() };
        let mut machine = Machine::new(limits);
        prop_assert_eq!(machine.write(&bytes), bytes.len());
        while machine.event().is_some() {}
        if left == 0 {
            let call = encoded(crate::fixture::calling(u32::MAX, "/last.One/Here", b"x"));
            prop_assert_eq!(machine.write(&call), call.len());
            let is_there = matches!(machine.event(), Some(Event::Call(call)) if call.function == "/last.One/Here");
            prop_assert!(is_there);
        }
    }

    #[test]
    fn reading_in_any_pieces_gives_the_same_bytes(messages in vec(a_call(), 1..5), sizes in vec(1usize..40, 1..20)) {
        let (mut one, mut other) = (Machine::default(), Machine::default());
        for message in messages {
            let Message::Call(call) = message else { continue };
            one.call(call.clone()).unwrap();
            other.call(call).unwrap();
        }
        let mut whole = vec![0; one.unread()];
        one.read(&mut whole);
        let mut pieces = Vec::new();
        for size in sizes.into_iter().cycle().take(10_000) {
            let mut piece = vec![0; size];
            let count = other.read(&mut piece);
            pieces.extend_from_slice(&piece[..count]);
            if count == 0 {
                break;
            }
        }
        prop_assert_eq!(pieces, whole);
        prop_assert_eq!(other.unread(), 0);
    }
}

/// How many messages bytes hold by their lengths alone, and how many bytes the last one lacks or has begun.
fn borders(bytes: &[u8]) -> (usize, usize) {
    let (mut count, mut rest) = (0, bytes);
    loop {
        let [_, a, b, c, d, body @ ..] = rest else {
            return (count, rest.len());
        };
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        let Some(after) = body.get(length..) else {
            return (count, rest.len());
        };
        (count, rest) = (count + 1, after);
    }
}

#[test]
fn a_length_reserves_nothing() {
    // 4 GiB said, five bytes sent: a reservation of that size fails, or is seen.
    let limits = DeviceLimits {
        max_message: u32::MAX as usize,
        max_calls: 1,
        max_buffered: usize::MAX / 2,
    };
    let mut machines: Vec<Machine> = (0..1000).map(|_| Machine::new(limits)).collect();
    for machine in &mut machines {
        assert_eq!(machine.write(&[1, 0xff, 0xff, 0xff, 0xf0, 7]), 6);
        assert_eq!(machine.event(), None);
    }
}
