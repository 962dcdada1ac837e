//! A call as WebAssembly text, along a type.

use farcall_codec::{
    Limits, decode, encode_params, encode_result, invoked_name, is_script, parse_invoke, print_invoke, print_results,
};
use farcall_wit::{Function, Param, Type};

use crate::random_type::random_type;

/// What parses names a function, encodes, and prints to a text that parses to the same bytes.
pub fn script(data: &[u8]) {
    let (ty, text) = random_type(data);
    let text = &*String::from_utf8_lossy(text);
    let function = taking(ty);
    let limits = Limits::default();
    let named = invoked_name(text, &limits);
    let Ok((name, values)) = parse_invoke(text, &function, &limits) else {
        return;
    };
    assert!(is_script(text), "{text}");
    assert_eq!(named.as_ref(), Ok(&name), "{text}");
    let request = encode_params(&values, &function).expect("what parses encodes");
    let printed = print_invoke(&name, &values, &function, usize::MAX).expect("no limit stops it");
    let (again, values) =
        parse_invoke(&printed, &function, &limits).unwrap_or_else(|error| panic!("{printed}: {error}"));
    assert_eq!(again, name, "{text} {printed}");
    assert_eq!(
        encode_params(&values, &function).as_ref(),
        Ok(&request),
        "{text} {printed}"
    );
    // The result is the argument.
    assert_eq!(
        encode_result(values.first(), &function).as_ref(),
        Ok(&request),
        "{text}"
    );
    let result = print_results(values.first(), &function, usize::MAX).expect("no limit stops it");
    assert!(
        print_results(values.first(), &function, result.len()).is_ok(),
        "{result}"
    );
    if let Some(less) = result.len().checked_sub(1) {
        assert!(print_results(values.first(), &function, less).is_err(), "{result}");
    }
}

/// The call of a value that these bytes begin with, after its type, as [`crate::SCRIPT`] takes it; `None` where there is none.
pub fn script_seed(data: &[u8]) -> Option<Vec<u8>> {
    let (ty, message) = random_type(data);
    let mut begins = (0..=message.len()).filter_map(|end| message.get(..end));
    let value = begins.find_map(|message| decode(message, &ty, &Limits::default()).ok())?;
    let text = print_invoke("f", &[value], &taking(ty), usize::MAX).ok()?;
    let (kind, _) = data.split_at_checked(data.len() - message.len())?;
    Some([kind, text.as_bytes()].concat())
}

fn taking(ty: Type) -> Function {
    Function {
        name: "f".to_owned(),
        params: vec![Param {
            name: "v".to_owned(),
            ty: ty.clone(),
        }],
        result: Some(ty),
        is_async: false,
        docs: None,
    }
}
