//! What stands in a call: a value's bytes, its text, and the envelope around a message.

use bytes::Bytes;
use farcall_codec::{Limits, check_params, decode, encode, parse_value, print_value};
use farcall_wit::{Function, Param, Type};

use crate::random_type::random_type;

/// What decodes encodes to as many bytes, to the same ones where there is no NaN, and is what the check takes; its text
/// parses back.
pub fn decoder(data: &[u8]) {
    let (ty, message) = random_type(data);
    let checked = check_params(message, &taking(&ty));
    match decode(message, &ty, &Limits::default()) {
        Ok(value) => {
            assert_eq!(checked, Ok(()), "{ty}");
            let mut again = Vec::new();
            encode(&value, &ty, &mut again).expect("what decodes encodes");
            assert_eq!(again.len(), message.len(), "{ty}");
            assert!(again == message || has_float(&ty), "{ty}");
            let text = print_value(&value, &ty);
            assert_eq!(parse_value(&text, &ty).as_ref(), Ok(&value), "{text}");
        }
        Err(error) => {
            assert!(error.offset <= message.len(), "{error}");
            assert!(error.is_limit() || checked.is_err(), "{error}");
        }
    }
}

/// What parses prints to a text that parses to the same.
pub fn text(data: &[u8]) {
    let (ty, text) = random_type(data);
    let text = String::from_utf8_lossy(text);
    if let Ok(value) = parse_value(&text, &ty) {
        let printed = print_value(&value, &ty);
        assert_eq!(parse_value(&printed, &ty).as_ref(), Ok(&value), "{text} {printed}");
    }
}

/// However the bytes are cut into chunks, the message is the same or there is none.
pub fn envelope(data: &[u8]) {
    let [cut, limit, body @ ..] = data else { return };
    let limit = usize::from(*limit) << 16;
    let whole = Bytes::copy_from_slice(body);
    let at_once = farcall_net::assembled(limit, &mut std::iter::once(whole.clone()));
    let mut parts = body.chunks(usize::from(*cut) + 1).map(Bytes::copy_from_slice);
    let in_parts = farcall_net::assembled(limit, &mut parts);
    assert_eq!(at_once, in_parts);
    if let Some(message) = at_once {
        assert!(message.len() <= limit);
        assert_eq!(message, whole.slice(5..));
    }
}

fn taking(ty: &Type) -> Function {
    Function {
        name: "f".to_owned(),
        params: vec![Param {
            name: "v".to_owned(),
            ty: ty.clone(),
        }],
        result: None,
        is_async: false,
        docs: None,
    }
}

fn has_float(ty: &Type) -> bool {
    matches!(ty, Type::F32 | Type::F64) || ty.parts().into_iter().any(has_float)
}
