//! OpenAPI documents: a validator that is not ours takes them, and takes the messages that we write by them.
//!
//! Needs a Python with `openapi-spec-validator`: `FARCALL_PYTHON`, or `python3`.

use farcall_codec::{Form, openapi};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use serde_json::{Value as Json, json};

use crate::others::{ask, python};
use crate::round_trips::typed;
use crate::subject::Subject;

#[test]
fn a_document_names_paths_messages_and_what_is_needed() {
    let subject = Subject::of(
        "/// Two numbers.
         record point { /// To the right.
            x: s32, y: s64 }
         /// A shape.
         variant shape { nothing, at(point) }
         enum color { red, /// Like grass.
            green }
         /// Moves.
         f: func(p: point, s: shape, c: char, d: color, o: option<shape>, m: map<u8, f32>) -> result<point, string>;",
    );
    let document = openapi(subject.transcoder.schema(), "title", "1.0.0");
    let operation = &document["paths"]["/v.v.I/F"]["post"];
    assert_eq!(operation["description"], "Moves.");
    let schemas = &document["components"]["schemas"];
    let request = &schemas["v.v.i.FRequest"];
    assert_eq!(request["required"], json!(["s", "c"]));
    assert_eq!(
        request["properties"]["p"],
        json!({ "$ref": "#/components/schemas/v.v.i.Point" })
    );
    assert_eq!(request["properties"]["m"]["propertyNames"]["pattern"], "^[0-9]+$");
    assert_eq!(schemas["v.v.i.Point"]["description"], "Two numbers.");
    assert_eq!(
        schemas["v.v.i.Point"]["properties"]["x"]["description"],
        "To the right."
    );
    assert_eq!(
        schemas["v.v.i.Shape"]["oneOf"],
        json!([{ "required": ["nothing"] }, { "required": ["at"] }])
    );
    assert_eq!(schemas["v.v.i.Color"]["description"], "`COLOR_GREEN`: Like grass.");
    assert_eq!(
        schemas["v.v.i.FResponse"]["oneOf"],
        json!([{ "required": ["ok"] }, { "required": ["err"] }])
    );
}

#[test]
fn a_validator_takes_documents_and_the_messages_by_them() {
    let Some(python) = python("openapi_spec_validator, jsonschema") else {
        return;
    };
    let mut runner = TestRunner::deterministic();
    let questions: Vec<Json> = (0..100)
        .map(|_| {
            let (ty, value) = typed().new_tree(&mut runner).unwrap().current();
            let subject = Subject::echo(&ty);
            let wit = subject.encode(&value);
            let schema = subject.transcoder.schema();
            let messages = [subject.request, subject.response].map(|id| {
                let message = subject.message(Form::Json, id, &wit);
                json!([
                    schema.message(id).full_name(),
                    serde_json::from_slice::<Json>(&message).unwrap()
                ])
            });
            json!({ "document": openapi(schema, "random", "1.0.0"), "messages": messages })
        })
        .collect();
    let answers = ask(&python, "openapi.py", &Json::Array(questions));
    assert_eq!(answers, json!([]), "what is not valid");
}
