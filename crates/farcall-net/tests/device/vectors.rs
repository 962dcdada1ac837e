//! The vectors of `spec/vectors/device.json`: messages and their bytes, and bytes that are none.

use std::time::Duration;

use bytes::Bytes;
use farcall_net::{Call, Code, Message, Status};
use serde_json::Value;

use crate::fixture::encoded;

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<char> = hex.chars().filter(|c| !c.is_whitespace()).collect();
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap())
        .collect()
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

fn message(vector: &Value) -> Message {
    let number = vector["number"].as_u64().map(|number| u32::try_from(number).unwrap());
    let timeout = vector["timeout"]
        .as_u64()
        .filter(|micros| *micros > 0)
        .map(Duration::from_micros);
    let status = |vector: &Value| {
        let code = Code::from_number(vector["code"].as_u64().unwrap() as u32).unwrap();
        Status::with_encoded_details(code, text(&vector["message"]), &bytes(&text(&vector["details"])))
    };
    match vector["message_kind"].as_str().unwrap() {
        "CALL" => Message::Call(Call {
            number: number.unwrap(),
            function: text(&vector["function"]),
            fingerprint: Some(text(&vector["fingerprint"])).filter(|fingerprint| !fingerprint.is_empty()),
            timeout,
            metadata: vector["metadata"]
                .as_array()
                .unwrap()
                .iter()
                .map(|pair| (text(&pair[0]), text(&pair[1])))
                .collect(),
            request: bytes(&text(&vector["request"])).into(),
        }),
        "RETURN" => Message::Return {
            number: number.unwrap(),
            outcome: match vector["code"].as_u64() {
                Some(0) => Ok(bytes(&text(&vector["response"])).into()),
                _ => Err(status(vector)),
            },
        },
        "CANCEL" => Message::Cancel {
            number: number.unwrap(),
        },
        "ANNOUNCE" => Message::Announce {
            wit: text(&vector["wit"]),
        },
        "INVOKE" => Message::Invoke {
            number: number.unwrap(),
            timeout,
            text: text(&vector["text"]),
        },
        "REFUSE" => Message::Refuse(status(vector)),
        other => panic!("{other} is no kind"),
    }
}

/// spec: E-8
#[test]
fn every_vector_holds() {
    let vectors: Vec<Value> = serde_json::from_str(include_str!("../../../../spec/vectors/device.json")).unwrap();
    assert!(vectors.len() >= 25, "{}", vectors.len());
    for vector in &vectors {
        let whole = bytes(&text(&vector["hex"]));
        let (head, body) = whole.split_at(5);
        assert_eq!(head[1..], (body.len() as u32).to_be_bytes(), "{vector}");
        let decoded = Message::decode(head[0], Bytes::copy_from_slice(body));
        if vector.get("invalid").is_some() {
            assert!(decoded.is_err(), "{vector} gave {decoded:?}");
            continue;
        }
        assert_eq!(decoded.unwrap(), message(vector), "{vector}");
        if vector.get("read_only").is_none() {
            assert_eq!(encoded(message(vector)), whole, "{vector}");
        }
    }
}
