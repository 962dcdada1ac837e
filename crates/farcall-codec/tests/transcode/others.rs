//! Agreement with Python's and JavaScript's own protobuf, in both directions and both forms: a script reads what we write
//! and writes it again.
//!
//! Needs a Python with `protobuf`, `FARCALL_PYTHON` or `python3`, and a folder with Node's packages, `FARCALL_NODE`.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use farcall_codec::{Form, Value};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use prost::Message as _;
use serde_json::{Value as Json, json};

use crate::round_trips::{read, typed};
use crate::subject::{Subject, settled};

/// A Python that has these modules, or none and a word about it.
pub fn python(modules: &str) -> Option<String> {
    let python = std::env::var("FARCALL_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let probe = Command::new(&python)
        .args(["-c", &format!("import {modules}")])
        .stderr(Stdio::null())
        .status();
    let is_there = probe.is_ok_and(|status| status.success());
    if !is_there {
        let required = std::env::var("FARCALL_REQUIRE_ALL").is_ok_and(|value| value == "1");
        assert!(
            !required,
            "FARCALL_REQUIRE_ALL is set, and {python} cannot import {modules}"
        );
        eprintln!("skipped: {python} cannot import {modules}");
    }
    is_there.then_some(python)
}

/// Node with the packages of `FARCALL_NODE`, or none and a word about it.
fn node() -> Option<Vec<String>> {
    let folder = std::env::var("FARCALL_NODE").ok();
    let is_there = |folder: &String| Path::new(folder).join("node_modules/@bufbuild/protobuf").is_dir();
    let Some(folder) = folder.filter(is_there) else {
        let required = std::env::var("FARCALL_REQUIRE_ALL").is_ok_and(|value| value == "1");
        assert!(
            !required,
            "FARCALL_REQUIRE_ALL is set, and FARCALL_NODE has no @bufbuild/protobuf"
        );
        eprintln!("skipped: FARCALL_NODE has no @bufbuild/protobuf");
        return None;
    };
    Some(vec!["node".to_owned(), script("node/agree.cjs"), folder])
}

fn script(name: &str) -> String {
    format!("{}/tests/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// What a script answers to a question.
pub fn ask(python: &str, name: &str, question: &Json) -> Json {
    ask_program(&[python.to_owned(), script(&format!("python/{name}"))], question)
}

fn ask_program(command: &[String], question: &Json) -> Json {
    let mut child = Command::new(&command[0])
        .args(&command[1..])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let question = question.to_string();
    let writer = std::thread::spawn(move || stdin.write_all(question.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Random types with a value each.
fn cases() -> Vec<(Subject, Value)> {
    let mut runner = TestRunner::deterministic();
    let mut case = || {
        let (ty, value) = typed().new_tree(&mut runner).unwrap().current();
        (Subject::echo(&ty), value)
    };
    (0..400).map(|_| case()).collect()
}

/// Their requests and responses, with the descriptors that they need.
fn questions(cases: &[(Subject, Value)]) -> Json {
    let messages = cases
        .iter()
        .flat_map(|(subject, value)| [subject.request, subject.response].map(|id| (subject, value, id)));
    let questions = messages.map(|(subject, value, id)| {
        let wit = subject.encode(value);
        let schema = subject.transcoder.schema();
        let files = schema.files();
        let files = files
            .iter()
            .map(|file| STANDARD.encode(file.descriptor().encode_to_vec()));
        json!({
            "files": files.collect::<Vec<_>>(),
            "message": schema.message(id).full_name(),
            "proto": STANDARD.encode(subject.message(Form::Proto, id, &wit)),
            "json": String::from_utf8(subject.message(Form::Json, id, &wit)).unwrap(),
        })
    });
    questions.collect()
}

/// What the other wrote means what it was given. `written` is what of a value its JSON can say.
fn agrees(answers: &Json, cases: &[(Subject, Value)], written: fn(&Value) -> Value) {
    let answers = answers.as_array().unwrap();
    assert_eq!(answers.len(), 2 * cases.len());
    for (pair, (subject, value)) in answers.chunks(2).zip(cases) {
        for (answer, id) in pair.iter().zip([subject.request, subject.response]) {
            let text = |member: &str| answer[member].as_str().unwrap_or_else(|| panic!("{answer}"));
            let expected = settled(value);
            for member in ["proto", "proto_of_json"] {
                let proto = STANDARD.decode(text(member)).unwrap();
                let wit = subject.wit(Form::Proto, id, &proto);
                assert_eq!(read(subject, &wit), expected, "{member}");
            }
            for member in ["json", "json_with_names"] {
                let wit = subject.wit(Form::Json, id, text(member).as_bytes());
                assert_eq!(
                    written(&read(subject, &wit)),
                    written(&expected),
                    "{member} {}",
                    text(member)
                );
            }
        }
    }
}

/// spec: G-5, G-8, G-13, J-2
#[test]
fn python_reads_and_writes_the_same_messages() {
    let Some(python) = python("google.protobuf") else {
        return;
    };
    let cases = cases();
    agrees(&ask(&python, "agree.py", &questions(&cases)), &cases, Value::clone);
}

/// spec: G-5, G-8, G-13, J-2
#[test]
fn javascript_reads_and_writes_the_same_messages() {
    let Some(node) = node() else { return };
    let cases = cases();
    agrees(&ask_program(&node, &questions(&cases)), &cases, Value::clone);
}
