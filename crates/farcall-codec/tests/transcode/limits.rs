//! What a message may cost, whatever it says.
//!
//! Counts what is made; measures no time.

use farcall_codec::{Form, Limits, MessageErrorKind};

use crate::subject::Subject;

fn is_limited(subject: &Subject, form: Form, message: &[u8], limits: &Limits) {
    let made = subject.transcoder.to_wit(form, subject.request, message, limits);
    let error = made.err().unwrap_or_else(|| panic!("taken"));
    assert!(
        error.is_limit() && matches!(error.kind, MessageErrorKind::Limit { .. }),
        "{error}"
    );
}

/// spec: G-19
#[test]
fn a_message_beyond_its_bytes_is_refused_in_both_forms_and_directions() {
    let subject = Subject::of("f: func(v: string);");
    let limits = Limits {
        bytes: 4,
        ..Limits::default()
    };
    is_limited(&subject, Form::Proto, &[0x0a, 3, 1, 1, 1], &limits);
    is_limited(&subject, Form::Json, b"{\"v\":\"\"}", &limits);
    for form in [Form::Proto, Form::Json] {
        let error = subject
            .transcoder
            .from_wit(form, subject.request, &[5, 1, 1, 1, 1, 1], &limits);
        assert!(error.unwrap_err().is_limit());
    }
}

/// spec: G-19
#[test]
fn what_is_absent_does_not_grow_beyond_bounds() {
    // Each record holds two of the one before: 2^40 numbers of which none is in the message.
    let mut items = "record r0 { a: u32, b: u32 } ".to_owned();
    for i in 1..40 {
        items += &format!("record r{i} {{ a: r{}, b: r{} }} ", i - 1, i - 1);
    }
    let subject = Subject::of(&format!("{items} f: func(r: r39);"));
    let limits = Limits {
        decoded_bytes: 1 << 16,
        ..Limits::default()
    };
    is_limited(&subject, Form::Proto, b"", &limits);
    is_limited(&subject, Form::Json, b"{}", &limits);
    let list = Subject::of("record wide { a: f64, b: f64, c: f64, d: f64 } f: func(v: list<wide>);");
    is_limited(&list, Form::Proto, &[0x0a, 0].repeat(4096), &limits);
    let text = format!("{{\"v\":[{}{{}}]}}", "{},".repeat(4096));
    is_limited(&list, Form::Json, text.as_bytes(), &limits);
}

/// spec: G-19
#[test]
fn fields_that_come_in_turns_cost_no_more_than_is_allowed() {
    let subject = Subject::of("f: func(a: list<u32>, b: list<u32>);");
    let turns = [8, 1, 16, 2].repeat(10_000);
    let wit = subject.wit(Form::Proto, subject.request, &turns);
    assert_eq!(wit.len(), 2 * (10_000 + 2));
    let limits = Limits {
        decoded_bytes: 100_000,
        ..Limits::default()
    };
    is_limited(&subject, Form::Proto, &turns, &limits);
}

/// spec: G-14, G-19, J-3
#[test]
fn what_is_skipped_may_not_nest_without_end() {
    let subject = Subject::of("f: func(v: u32);");
    let limits = Limits::default();
    let nested = |levels: usize| {
        let mut group = [0x2b].repeat(levels);
        group.extend([0x2c].repeat(levels));
        group
    };
    assert!(
        subject
            .transcoder
            .to_wit(Form::Proto, subject.request, &nested(100), &limits)
            .is_ok()
    );
    is_limited(&subject, Form::Proto, &nested(101), &limits);
    is_limited(&subject, Form::Proto, &[0x2b].repeat(1_000_000), &limits);
    let nested = |levels: usize| format!("{{\"x\":{}{}}}", "[".repeat(levels), "]".repeat(levels)).into_bytes();
    assert!(
        subject
            .transcoder
            .to_wit(Form::Json, subject.request, &nested(100), &limits)
            .is_ok()
    );
    is_limited(&subject, Form::Json, &nested(101), &limits);
    is_limited(&subject, Form::Json, &"{\"x\":[".repeat(500_000).into_bytes(), &limits);
}

/// spec: G-18
#[test]
fn a_list_of_billions_is_not_made_for_a_message_of_none() {
    let subject = Subject::of("f: func(a: list<u32, 4000000000>, b: list<u8, 4000000000>);");
    for (form, message) in [
        (Form::Proto, &b""[..]),
        (Form::Json, b"{}"),
        (Form::Json, b"{\"a\":[1],\"b\":\"\"}"),
    ] {
        let made = subject
            .transcoder
            .to_wit(form, subject.request, message, &Limits::default());
        assert!(matches!(made.unwrap_err().kind, MessageErrorKind::Count { .. }));
    }
    for form in [Form::Proto, Form::Json] {
        let made = subject
            .transcoder
            .from_wit(form, subject.request, &[1, 2, 3], &Limits::default());
        assert!(made.is_err());
    }
}

#[test]
fn an_answer_beyond_its_bytes_is_refused() {
    let subject = Subject::of("f: func(v: list<list<s32>>);");
    let limits = Limits {
        decoded_bytes: 1000,
        ..Limits::default()
    };
    let mut wit = vec![200, 1];
    wit.extend([1, 0x7f].repeat(200));
    for form in [Form::Proto, Form::Json] {
        assert!(
            subject
                .transcoder
                .from_wit(form, subject.request, &wit, &Limits::default())
                .is_ok()
        );
        let error = subject
            .transcoder
            .from_wit(form, subject.request, &wit, &limits)
            .unwrap_err();
        assert!(error.is_limit(), "{error}");
    }
}
