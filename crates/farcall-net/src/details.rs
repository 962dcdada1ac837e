//! The details of a status as bytes: a `google.rpc.Status` holding one `google.rpc.ErrorInfo` of the domain `wasm-rpc`.
//! Interprets no other kind of detail: those are carried unread.

use std::collections::BTreeMap;

use bytes::Bytes;
use prost::Message;

use crate::status::{Code, Executed, Status};

/// What a program can read of a status.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Details {
    /// Why, in UPPER_SNAKE (`MESSAGE_TOO_LARGE`); empty if there is nothing to say beyond the code.
    pub reason: String,
    /// Facts that belong to the reason. The key `executed` is the protocol's and is not in here.
    pub metadata: BTreeMap<String, String>,
    /// Details of kinds that this protocol does not define, in their order.
    pub foreign: Vec<ForeignDetail>,
}

/// A detail that is carried and not understood: a `google.protobuf.Any`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ForeignDetail {
    /// Its type, `type.googleapis.com/google.rpc.RetryInfo`.
    pub type_url: String,
    /// Its encoded message.
    pub value: Bytes,
}

impl Status {
    /// The bytes of `grpc-status-details-bin`: empty if they would say nothing that code and message do not.
    ///
    /// At most 8 KiB, so that they fit a header list: beyond that foreign details are left out first, then facts, from
    /// the last key on, and the fact `truncated` says so.
    pub fn encode_details(&self) -> Bytes {
        self.bounded_details()
            .map_or_else(Bytes::new, |message| message.encode_to_vec().into())
    }

    /// The details one by one, within the same bound; none if they would say nothing.
    pub(crate) fn list_details(&self) -> Vec<ForeignDetail> {
        let list = self.bounded_details().map(|message| message.details);
        list.unwrap_or_default()
            .into_iter()
            .map(|any| ForeignDetail {
                type_url: any.type_url,
                value: any.value,
            })
            .collect()
    }

    fn bounded_details(&self) -> Option<RpcStatus> {
        if self.executed == Executed::Maybe && self.details == Details::default() {
            return None;
        }
        let whole = self.details_message(&self.details);
        if whole.encoded_len() <= MAX_ENCODED {
            return Some(whole);
        }
        let mut cut = Details {
            foreign: Vec::new(),
            ..self.details.clone()
        };
        cut.reason.truncate(cut.reason.floor_char_boundary(MAX_REASON));
        let mut kept = BTreeMap::from([("truncated".to_owned(), "true".to_owned())]);
        let mut room = MAX_ENCODED.saturating_sub(self.message.len().min(MAX_MESSAGE) + cut.reason.len() + FRAMING);
        for (key, value) in std::mem::take(&mut cut.metadata) {
            let cost = key.len() + value.len() + FRAMING_OF_FACT;
            if cost > room {
                break;
            }
            room -= cost;
            kept.insert(key, value);
        }
        cut.metadata = kept;
        Some(self.details_message(&cut))
    }

    /// A status out of its three parts, as headers or a door carry them. Bytes that do not decode are ignored: a status
    /// is never refused for its details.
    pub fn with_encoded_details(code: Code, message: impl Into<String>, encoded: &[u8]) -> Status {
        let mut status = Status::new(code, message);
        if let Ok(decoded) = RpcStatus::decode(encoded) {
            for any in decoded.details {
                status.take_detail(any.type_url, any.value);
            }
        }
        status
    }

    /// Take in one detail as it came.
    pub(crate) fn take_detail(&mut self, type_url: String, value: Bytes) {
        match own_info(&type_url, &value) {
            Some(info) => {
                self.details.reason = info.reason;
                self.details.metadata = info.metadata;
                if let Some(executed) = self.details.metadata.remove(EXECUTED) {
                    self.executed = Executed::from_name(&executed);
                }
            }
            None => self.details.foreign.push(ForeignDetail { type_url, value }),
        }
    }

    fn details_message(&self, details: &Details) -> RpcStatus {
        let mut metadata = details.metadata.clone();
        metadata.insert(EXECUTED.to_owned(), self.executed.name().to_owned());
        let info = ErrorInfo {
            reason: details.reason.clone(),
            domain: DOMAIN.to_owned(),
            metadata,
        };
        let says_nothing = self.executed == Executed::Maybe && details.reason.is_empty() && details.metadata.is_empty();
        let own = (!says_nothing).then(|| Any {
            type_url: ERROR_INFO.to_owned(),
            value: info.encode_to_vec().into(),
        });
        let foreign = details.foreign.iter().map(|d| Any {
            type_url: d.type_url.clone(),
            value: d.value.clone(),
        });
        let end = self.message.floor_char_boundary(MAX_MESSAGE);
        RpcStatus {
            code: i32::from(self.code.number()),
            message: self.message.get(..end).unwrap_or_default().to_owned(),
            details: own.into_iter().chain(foreign).collect(),
        }
    }
}

/// The longest message of a status that is sent, in bytes.
pub(crate) const MAX_MESSAGE: usize = 2048;

fn own_info(type_url: &str, value: &Bytes) -> Option<ErrorInfo> {
    if type_url != ERROR_INFO {
        return None;
    }
    ErrorInfo::decode(value.clone())
        .ok()
        .filter(|info| info.domain == DOMAIN)
}

#[derive(Clone, PartialEq, prost::Message)]
struct RpcStatus {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
    #[prost(message, repeated, tag = "3")]
    details: Vec<Any>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Any {
    #[prost(string, tag = "1")]
    type_url: String,
    #[prost(bytes = "bytes", tag = "2")]
    value: Bytes,
}

#[derive(Clone, PartialEq, prost::Message)]
struct ErrorInfo {
    #[prost(string, tag = "1")]
    reason: String,
    #[prost(string, tag = "2")]
    domain: String,
    #[prost(btree_map = "string, string", tag = "3")]
    metadata: BTreeMap<String, String>,
}

const DOMAIN: &str = "wasm-rpc";
const EXECUTED: &str = "executed";
const ERROR_INFO: &str = "type.googleapis.com/google.rpc.ErrorInfo";
const MAX_ENCODED: usize = 8 * 1024;
const MAX_REASON: usize = 128;
/// Room for tags, lengths, the type URL, the domain, `executed` and `truncated`.
const FRAMING: usize = 256;
const FRAMING_OF_FACT: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(status: &Status) -> Status {
        Status::with_encoded_details(status.code, status.message.clone(), &status.encode_details())
    }

    #[test]
    fn details_survive_the_wire() {
        let status = Status::not_run(Code::FailedPrecondition, "the types differ")
            .reason("FINGERPRINT")
            .fact("callee", "func(a: u32)")
            .fact("caller", "func(a: s32)");
        assert_eq!(round_trip(&status), status);
        for executed in [Executed::No, Executed::Maybe, Executed::Yes] {
            let status = Status::new(Code::Internal, "x").executed(executed);
            assert_eq!(round_trip(&status), status);
        }
    }

    #[test]
    fn a_status_with_nothing_to_add_has_no_details() {
        assert!(Status::new(Code::Unknown, "x").encode_details().is_empty());
    }

    #[test]
    fn foreign_details_are_carried_unread() {
        let mut status = Status::new(Code::Unavailable, "later");
        status.details.foreign = vec![
            ForeignDetail {
                type_url: "type.googleapis.com/google.rpc.RetryInfo".into(),
                value: vec![10, 0].into(),
            },
            // An ErrorInfo of somebody else's domain is foreign too.
            ForeignDetail {
                type_url: ERROR_INFO.into(),
                value: ErrorInfo {
                    reason: "R".into(),
                    domain: "other".into(),
                    metadata: BTreeMap::new(),
                }
                .encode_to_vec()
                .into(),
            },
        ];
        assert_eq!(round_trip(&status), status);
    }

    #[test]
    fn details_that_do_not_decode_leave_the_status_usable() {
        let status = Status::with_encoded_details(Code::Aborted, "x", &[0xff, 0xff, 0xff]);
        assert_eq!(status, Status::new(Code::Aborted, "x"));
    }

    #[test]
    fn long_details_are_cut_and_say_so() {
        let mut status = Status::not_run(Code::Unimplemented, "m".repeat(100_000)).reason("UNKNOWN_FUNCTION");
        for index in 0..1000 {
            status = status.fact(format!("function-{index:04}"), "demo:calc/ops@0.1.0.add".repeat(3));
        }
        let encoded = status.encode_details();
        assert!(encoded.len() <= MAX_ENCODED, "{}", encoded.len());
        let back = Status::with_encoded_details(status.code, "", &encoded);
        assert_eq!(back.executed, Executed::No);
        assert_eq!(back.details.reason, "UNKNOWN_FUNCTION");
        assert_eq!(back.details.metadata.get("truncated").map(String::as_str), Some("true"));
        assert!(back.details.metadata.contains_key("function-0000"));
    }

    #[test]
    fn the_worked_bytes_of_the_spec_are_what_is_sent() {
        let status = Status::not_run(Code::ResourceExhausted, "too large").reason("MESSAGE_TOO_LARGE");
        let spec = include_str!("../../../spec/status.md");
        let encoded = status.encode_details();
        let hex: String = encoded.iter().map(|byte| format!("{byte:02x}")).collect();
        let page: String = spec.split_whitespace().collect();
        assert!(page.contains(&hex), "spec/status.md lacks {hex}");
    }
}
