//! Rust's names in WIT's spelling, and documentation as text.

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::{Attribute, Expr, ExprLit, Lit, Meta, Result};

/// `add_one` as `add-one`; underscores around it are left out.
pub fn of_snake(ident: &Ident) -> Result<String> {
    let name = ident.unraw().to_string();
    let label = name.trim_matches('_').replace('_', "-");
    checked(ident, label)
}

/// `LineItem` as `line-item`, `HTTPError` as `http-error`, `Utf8` as `utf8`.
pub fn of_camel(ident: &Ident) -> Result<String> {
    let name = ident.unraw().to_string();
    let chars: Vec<char> = name.trim_matches('_').chars().collect();
    let mut label = String::new();
    for (i, &c) in chars.iter().enumerate() {
        if c == '_' {
            label.push('-');
            continue;
        }
        let before = i.checked_sub(1).and_then(|i| chars.get(i));
        let after = chars.get(i + 1);
        let follows = before.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        let begins = before.is_some_and(|c| c.is_ascii_uppercase()) && after.is_some_and(|c| c.is_ascii_lowercase());
        if c.is_ascii_uppercase() && (follows || begins) {
            label.push('-');
        }
        label.push(c.to_ascii_lowercase());
    }
    checked(ident, label)
}

fn checked(ident: &Ident, label: String) -> Result<String> {
    let word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    if label.split('-').all(word) {
        return Ok(label);
    }
    Err(syn::Error::new(
        ident.span(),
        format!(
            "`{ident}` is no name in WIT, where it would be `{label}`: words of lowercase letters and digits, each \
             beginning with a letter"
        ),
    ))
}

/// The documentation among attributes, its lines joined with newlines.
pub fn docs(attributes: &[Attribute]) -> String {
    let mut lines = Vec::new();
    for attribute in attributes {
        if let Meta::NameValue(pair) = &attribute.meta
            && pair.path.is_ident("doc")
            && let Expr::Lit(ExprLit {
                lit: Lit::Str(text), ..
            }) = &pair.value
        {
            let text = text.value();
            lines.extend(text.lines().map(|line| line.trim().to_string()));
            if text.is_empty() {
                lines.push(String::new());
            }
        }
    }
    lines.join("\n").trim().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proc_macro2::Span;

    fn check(of: fn(&Ident) -> Result<String>, name: &str, expected: Option<&str>) {
        let found = of(&Ident::new(name, Span::call_site())).ok();
        assert_eq!(found.as_deref(), expected, "{name}");
    }

    #[test]
    fn functions_and_fields_are_spelled_with_hyphens() {
        check(of_snake, "add", Some("add"));
        check(of_snake, "word_count2", Some("word-count2"));
        check(of_snake, "_unused", Some("unused"));
        check(of_snake, "sha_256", None);
        check(of_snake, "camelCase", None);
        check(of_snake, "a__b", None);
        check(of_snake, "größe", None);
    }

    #[test]
    fn types_and_cases_are_split_where_words_begin() {
        check(of_camel, "Point", Some("point"));
        check(of_camel, "LineItem", Some("line-item"));
        check(of_camel, "HTTPError", Some("http-error"));
        check(of_camel, "Utf8Text", Some("utf8-text"));
        check(of_camel, "A", Some("a"));
        check(of_camel, "V2", Some("v2"));
        check(of_camel, "Größe", None);
    }
}
