//! What a content type says of a call: the form of its message, status and metadata, and how its values are written.
//!
//! Reads no message: the values' codec is passed on with them.

use http::header::HeaderValue;

use crate::envelope::Form;

/// How the values of a call are written. The answer is written like the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Codec {
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
    pub(crate) codec: Codec,
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
        matches!(self.codec, Codec::Json | Codec::Wat)
    }
}

const fn content(name: &'static str, form: Form, codec: Codec) -> Content {
    Content {
        form,
        web: false,
        codec,
        name,
    }
}

const fn web(name: &'static str, codec: Codec) -> Content {
    Content {
        web: true,
        ..content(name, Form::Grpc, codec)
    }
}

const UTF8: [&str; 2] = ["charset=utf-8", "charset=\"utf-8\""];

/// The most frequent ones first.
const TYPES: [Content; 10] = [
    content("application/grpc+wit", Form::Grpc, Codec::Wit),
    content("application/wit", Form::Connect, Codec::Wit),
    content("application/grpc", Form::Grpc, Codec::Proto),
    content("application/grpc+proto", Form::Grpc, Codec::Proto),
    content("application/json", Form::Connect, Codec::Json),
    content("application/proto", Form::Connect, Codec::Proto),
    content("application/wat", Form::Connect, Codec::Wat),
    web("application/grpc-web", Codec::Proto),
    web("application/grpc-web+proto", Codec::Proto),
    web("application/grpc-web+wit", Codec::Wit),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<(Form, Codec)> {
        let content = Content::of(&HeaderValue::from_str(text).unwrap())?;
        Some((content.form, content.codec))
    }

    #[test]
    fn every_content_type_is_known_by_its_name() {
        for content in TYPES {
            assert_eq!(Content::of(&content.value()), Some(content));
            assert_eq!(of(&content.name.to_uppercase()), Some((content.form, content.codec)));
        }
    }

    #[test]
    fn only_text_has_a_charset() {
        let json = Some((Form::Connect, Codec::Json));
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
