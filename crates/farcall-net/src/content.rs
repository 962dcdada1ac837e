//! What a content type says of a call: the form of its message, status and metadata, and how its values are written.
//!
//! Reads no message: the values' encoding is passed on with them.

use http::header::HeaderValue;

use crate::envelope::Form;

/// How the values of a call are written. The answer is written like the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Encoding {
    /// The protocol's own: `application/wit`, `+wit`.
    #[default]
    Wit,
    /// Protocol buffers: `application/proto`, `application/grpc`, `+proto`.
    Proto,
    /// The canonical JSON of protocol buffers: `application/json`.
    Json,
    /// A call as WebAssembly text: `application/wat`.
    Wat,
}

/// What a request's content type says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) form: Form,
    /// gRPC-Web: the trailers are the last message of the body.
    pub(crate) web: bool,
    pub(crate) encoding: Encoding,
    name: &'static str,
}

impl Content {
    /// `None` for a content type that no call has.
    pub(crate) fn of(content_type: &HeaderValue) -> Option<Content> {
        let bytes = content_type.as_bytes();
        let exact = TYPES.iter().find(|content| content.name.as_bytes() == bytes);
        exact.copied().or_else(|| {
            let text = content_type.to_str().ok()?;
            let (name, parameter) = text.split_once(';').unwrap_or((text, ""));
            let (name, parameter) = (name.trim(), parameter.trim());
            let content = TYPES.iter().find(|content| content.name.eq_ignore_ascii_case(name))?;
            let is_utf8 = UTF8.iter().any(|utf8| parameter.eq_ignore_ascii_case(utf8));
            (parameter.is_empty() || (is_utf8 && content.is_text())).then_some(*content)
        })
    }

    /// As an answer's header.
    pub(crate) fn value(self) -> HeaderValue {
        HeaderValue::from_static(self.name)
    }

    fn is_text(self) -> bool {
        matches!(self.encoding, Encoding::Json | Encoding::Wat)
    }
}

const fn content(name: &'static str, form: Form, encoding: Encoding) -> Content {
    Content {
        form,
        web: false,
        encoding,
        name,
    }
}

const fn web(name: &'static str, encoding: Encoding) -> Content {
    Content {
        web: true,
        ..content(name, Form::Grpc, encoding)
    }
}

const UTF8: [&str; 2] = ["charset=utf-8", "charset=\"utf-8\""];

/// The most frequent ones first.
const TYPES: [Content; 10] = [
    content("application/grpc+wit", Form::Grpc, Encoding::Wit),
    content("application/wit", Form::Connect, Encoding::Wit),
    content("application/grpc", Form::Grpc, Encoding::Proto),
    content("application/grpc+proto", Form::Grpc, Encoding::Proto),
    content("application/json", Form::Connect, Encoding::Json),
    content("application/proto", Form::Connect, Encoding::Proto),
    content("application/wat", Form::Connect, Encoding::Wat),
    web("application/grpc-web", Encoding::Proto),
    web("application/grpc-web+proto", Encoding::Proto),
    web("application/grpc-web+wit", Encoding::Wit),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<(Form, Encoding)> {
        let content = Content::of(&HeaderValue::from_str(text).unwrap())?;
        Some((content.form, content.encoding))
    }

    #[test]
    fn every_content_type_is_known_by_its_name() {
        for content in TYPES {
            assert_eq!(Content::of(&content.value()), Some(content));
            assert_eq!(of(&content.name.to_uppercase()), Some((content.form, content.encoding)));
        }
    }

    #[test]
    fn only_text_has_a_charset() {
        let json = Some((Form::Connect, Encoding::Json));
        for text in [
            "application/json; charset=utf-8",
            "application/JSON;charset=UTF-8",
            "application/json;",
        ] {
            assert_eq!(of(text), json, "{text}");
        }
        for text in [
            "application/json; charset=latin1",
            "application/grpc; charset=utf-8",
            "application/json; charset=utf-8; x=y",
            "application/grpc+json",
            "application/gr",
            "application/wit+proto",
            "text/plain",
            "",
            ";",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
