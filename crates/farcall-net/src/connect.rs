//! What the Connect protocol writes for a unary call: header names, codes, a status as JSON, trailers as headers
//! (<https://connectrpc.com/docs/protocol>, "Unary-Request" to "Error codes"). Decides no code and opens no connection.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::Bytes;
use http::StatusCode;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use crate::details::MAX_MESSAGE;
use crate::metadata::is_trailer;
use crate::status::{Code, Status};
use crate::trailers::ANY_PADDING;

pub(crate) const CONTENT_TYPE: HeaderValue = HeaderValue::from_static("application/wit");
pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json");
pub(crate) const PROTOCOL_VERSION: HeaderName = HeaderName::from_static("connect-protocol-version");
pub(crate) const VERSION: HeaderValue = HeaderValue::from_static("1");
pub(crate) const TIMEOUT: HeaderName = HeaderName::from_static("connect-timeout-ms");

/// The HTTP status that goes with a code: Connect's table "Error codes".
pub(crate) fn http_of_code(code: Code) -> StatusCode {
    let number = match code {
        Code::Cancelled => 499,
        Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange => 400,
        Code::DeadlineExceeded => 504,
        Code::NotFound => 404,
        Code::AlreadyExists | Code::Aborted => 409,
        Code::PermissionDenied => 403,
        Code::ResourceExhausted => 429,
        Code::Unimplemented => 501,
        Code::Unavailable => 503,
        Code::Unauthenticated => 401,
        Code::Unknown | Code::Internal | Code::DataLoss => 500,
    };
    StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The code of an answer that does not say one: Connect's table "HTTP to error code", which is gRPC's too.
pub(crate) fn code_of_http(http: StatusCode) -> Code {
    match http.as_u16() {
        400 => Code::Internal,
        401 => Code::Unauthenticated,
        403 => Code::PermissionDenied,
        404 => Code::Unimplemented,
        429 | 502 | 503 | 504 => Code::Unavailable,
        _ => Code::Unknown,
    }
}

/// A status as the body of an answer of [`JSON`].
pub(crate) fn encode_status(status: &Status) -> Bytes {
    let end = status.message.floor_char_boundary(MAX_MESSAGE);
    let mut body = json!({ "code": name_of_code(status.code) });
    let message = status.message.get(..end).unwrap_or_default();
    if !message.is_empty() {
        body["message"] = message.into();
    }
    let details: Vec<Value> = status
        .list_details()
        .into_iter()
        .map(|detail| {
            let name = detail.type_url.strip_prefix(TYPE_URL).unwrap_or(&detail.type_url);
            json!({ "type": name, "value": STANDARD_NO_PAD.encode(&detail.value) })
        })
        .collect();
    if !details.is_empty() {
        body["details"] = details.into();
    }
    body.to_string().into()
}

/// The status of an answer's JSON, with `fallback` where it names no code that Connect has; `None` if it is no status.
/// Details that do not decode are left out.
pub(crate) fn decode_status(body: &[u8], fallback: Code) -> Option<Status> {
    let Value::Object(mut body) = serde_json::from_slice(body).ok()? else {
        return None;
    };
    let code = body.get("code").and_then(Value::as_str);
    if code.is_none() && !body.contains_key("message") {
        return None;
    }
    let message = body.get("message").and_then(Value::as_str).unwrap_or_default();
    let message = message
        .get(..message.floor_char_boundary(MAX_MESSAGE))
        .unwrap_or_default();
    let mut status = Status::new(code.and_then(code_of_name).unwrap_or(fallback), message);
    if let Some(Value::Array(details)) = body.remove("details") {
        for detail in details.iter().take(MAX_DETAILS) {
            let part = |name| detail.get(name).and_then(Value::as_str);
            if let (Some(name), Some(value)) = (part("type"), part("value"))
                && let Ok(value) = ANY_PADDING.decode(value)
            {
                let type_url = match name.contains('/') {
                    true => name.to_owned(),
                    false => format!("{TYPE_URL}{name}"),
                };
                status.take_detail(type_url, value.into());
            }
        }
    }
    Some(status)
}

/// Write trailers among the headers, as `trailer-NAME`.
pub(crate) fn trailers_to_headers(trailers: &HeaderMap, headers: &mut HeaderMap) {
    for (name, value) in trailers {
        // A name that fits a header fits one with these eight characters more, but for the longest.
        if let Ok(name) = HeaderName::try_from(format!("{TRAILER}{name}")) {
            headers.append(name, value.clone());
        }
    }
}

/// Take the trailers out of an answer's headers.
pub(crate) fn trailers_from_headers(headers: &mut HeaderMap) -> HeaderMap {
    let mut trailers = HeaderMap::new();
    for (name, value) in &*headers {
        if let Some(name) = name.as_str().strip_prefix(TRAILER)
            && let Ok(name) = HeaderName::try_from(name)
            && is_trailer(&name)
        {
            trailers.append(name, value.clone());
        }
    }
    drop_trailers(headers);
    trailers
}

/// Take away headers that would be read as trailers.
pub(crate) fn drop_trailers(headers: &mut HeaderMap) {
    while let Some(name) = headers.keys().find(|name| name.as_str().starts_with(TRAILER)).cloned() {
        headers.remove(name);
    }
}

/// Connect writes gRPC's names in lower case, and CANCELLED with one L.
fn name_of_code(code: Code) -> String {
    match code {
        Code::Cancelled => "canceled".to_owned(),
        code => code.name().to_ascii_lowercase(),
    }
}

fn code_of_name(name: &str) -> Option<Code> {
    Code::ALL.into_iter().find(|code| name_of_code(*code) == name)
}

const TRAILER: &str = "trailer-";
const TYPE_URL: &str = "type.googleapis.com/";
const MAX_DETAILS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::details::ForeignDetail;
    use crate::status::Executed;

    #[test]
    fn every_status_survives_as_json() {
        for code in Code::ALL {
            let mut status = Status::new(code, "100 % größer \"than\"\nbefore")
                .executed(Executed::Yes)
                .reason("WHY")
                .fact("a", "b");
            status.details.foreign.push(ForeignDetail {
                type_url: "type.googleapis.com/google.rpc.RetryInfo".into(),
                value: vec![10, 0].into(),
            });
            assert_eq!(decode_status(&encode_status(&status), Code::DataLoss), Some(status));
        }
        let bare = Status::new(Code::Cancelled, "");
        assert_eq!(encode_status(&bare), r#"{"code":"canceled"}"#);
        assert_eq!(decode_status(br#"{"code":"canceled"}"#, Code::Unknown), Some(bare));
    }

    #[test]
    fn the_json_is_what_connect_writes() {
        let status = Status::not_run(Code::ResourceExhausted, "too large");
        let body: Value = serde_json::from_slice(&encode_status(&status)).unwrap();
        assert_eq!(body["code"], "resource_exhausted");
        assert_eq!(body["message"], "too large");
        assert_eq!(body["details"][0]["type"], "google.rpc.ErrorInfo");
        assert!(!body["details"][0]["value"].as_str().unwrap().contains('='));
    }

    #[test]
    fn what_is_no_status_is_none_and_what_is_half_of_one_is_read() {
        for body in [
            "",
            "[]",
            "{}",
            "\"x\"",
            "<html>",
            "{\"code\":5}",
            "{\"code\":\"internal\"",
        ] {
            assert_eq!(decode_status(body.as_bytes(), Code::Unknown), None, "{body}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(decode_status(deep.as_bytes(), Code::Unknown), None);
        for (body, code) in [
            (r#"{"code":"not_found","details":7}"#, Code::NotFound),
            (r#"{"code":"no_such_code","message":"m"}"#, Code::Unavailable),
            (r#"{"message":"m"}"#, Code::Unavailable),
            (
                r#"{"code":"aborted","details":[1,{"type":"t"},{"type":"t","value":"*"}]}"#,
                Code::Aborted,
            ),
        ] {
            let status = decode_status(body.as_bytes(), Code::Unavailable).unwrap();
            assert_eq!((status.code, status.details.foreign.len()), (code, 0), "{body}");
        }
    }

    #[test]
    fn trailers_travel_as_headers_and_never_the_other_way() {
        let mut trailers = HeaderMap::new();
        trailers.insert("wit-result", HeaderValue::from_static("err"));
        trailers.append("x", HeaderValue::from_static("1"));
        trailers.append("x", HeaderValue::from_static("2"));
        let mut headers = HeaderMap::new();
        headers.insert("y", HeaderValue::from_static("3"));
        trailers_to_headers(&trailers, &mut headers);
        assert_eq!(headers["trailer-wit-result"], "err");
        headers.insert("trailer-grpc-status", HeaderValue::from_static("0"));
        assert_eq!(trailers_from_headers(&mut headers), trailers);
        assert_eq!((headers.len(), &headers["y"]), (1, &HeaderValue::from_static("3")));
    }
}
