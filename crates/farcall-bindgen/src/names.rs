//! WIT's names as Rust writes them.
//!
//! Knows no type.

use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};
use proc_macro2::{Ident, Span};

/// `next-point` as a function, field or module: `next_point`.
pub(crate) fn snake(name: &str) -> Ident {
    ident(name.to_snake_case())
}

/// `next-point` as a type or case: `NextPoint`.
pub(crate) fn camel(name: &str) -> Ident {
    ident(name.to_upper_camel_case())
}

/// `next-point` as a constant: `NEXT_POINT`.
pub(crate) fn shouty(name: &str) -> Ident {
    ident(name.to_shouty_snake_case())
}

/// A name for what is generated beside the interface's own types: with `_` where one of these has it.
pub(crate) fn beside(name: &str, taken: &[Ident]) -> Ident {
    let mut name = Ident::new(name, Span::call_site());
    while taken.contains(&name) {
        name = Ident::new(&format!("{name}_"), Span::call_site());
    }
    name
}

/// A name that Rust keeps for itself gets a `_`.
fn ident(name: String) -> Ident {
    match syn::parse_str::<Ident>(&name) {
        Ok(_) => Ident::new(&name, Span::call_site()),
        Err(_) => Ident::new(&format!("{name}_"), Span::call_site()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_rusts_and_its_keywords_are_avoided() {
        assert_eq!(snake("next-u8").to_string(), "next_u8");
        assert_eq!(camel("point-3d").to_string(), "Point3d");
        assert_eq!(shouty("read-only").to_string(), "READ_ONLY");
        assert_eq!(
            (snake("type").to_string(), snake("self").to_string()),
            ("type_".into(), "self_".into())
        );
        assert_eq!(camel("self").to_string(), "Self_");
    }

    #[test]
    fn what_is_generated_steps_aside_for_the_interfaces_own() {
        assert_eq!(
            beside("Client", &[camel("client"), camel("server")]).to_string(),
            "Client_"
        );
        assert_eq!(beside("Client", &[]).to_string(), "Client");
    }
}
