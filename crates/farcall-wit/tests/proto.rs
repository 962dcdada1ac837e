//! Schemas of proto3: the text of one beside its WIT (`proto/`), and that a compiler which is not ours reads it the same.
//!
//! `FARCALL_BLESS=1` writes the text anew. The compiler is that of Python's `grpcio-tools` (`FARCALL_PYTHON`, or `python3`);
//! without it that test is skipped, unless `FARCALL_REQUIRE_ALL` is 1.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use farcall_wit::Wit;
use farcall_wit::proto::prost_types::{FileDescriptorProto, FileDescriptorSet};
use farcall_wit::proto::{EMPTY_FILE, Schema, SchemaBuilder};
use prost::Message as _;

fn every() -> Wit {
    Wit::from_text("every.wit", include_str!("proto/every.wit"), None).unwrap()
}

fn text(schema: &Schema) -> String {
    schema.files().iter().fold(String::new(), |mut out, file| {
        let _ = write!(out, "// {}\n{}\n", file.name(), file.proto_text());
        out
    })
}

/// spec: G-1, G-2, G-3, G-4, G-5, G-6, G-7, G-8, G-9, G-10, G-11
#[test]
fn every_kind_of_type_has_its_text() {
    let text = text(&Schema::of_exports(&every(), "my-component"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/proto/every.proto");
    if std::env::var("FARCALL_BLESS").is_ok_and(|value| value == "1") {
        std::fs::write(&path, &text).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(text == expected, "FARCALL_BLESS=1 writes it anew:\n{text}");
}

/// spec: G-1
#[test]
fn a_schema_is_the_same_each_time_and_out_of_rendered_text() {
    let (once, twice) = (every(), every());
    let schema = Schema::of_exports(&once, "w");
    assert_eq!(text(&schema), text(&Schema::of_exports(&twice, "w")));
    let rendered = Wit::from_text("rendered.wit", &once.render(), None).unwrap();
    assert_eq!(text(&schema), text(&Schema::of_exports(&rendered, "w")));
}

/// spec: G-1
#[test]
fn no_two_symbols_are_one() {
    let text = "package a:b;
        interface i {
            record add-request { a: u8 }
            record tuple2-u8-u8 { a: u8 }
            enum a { b-c }
            enum a-b { c }
            add: func(r: add-request, x: u8);
            g: func(e: a, f: a-b, t: tuple2-u8-u8, u: tuple<u8, u8>);
        }
        interface v1 { f: func(a: u8); }
        world w { export i; export v1; }";
    let wit = Wit::from_text("symbols.wit", text, None).unwrap();
    let schema = Schema::of_exports(&wit, "");
    let messages = schema
        .messages()
        .iter()
        .filter(|m| !m.is_map_entry)
        .map(|m| m.full_name());
    let values = schema
        .enums()
        .iter()
        .flat_map(|e| e.values.iter().map(|v| format!("{}.{}", e.package, v.name)));
    let services = schema.services().iter().map(|s| s.full_name());
    let all: Vec<String> = messages
        .chain(schema.enums().iter().map(|e| e.full_name()))
        .chain(values)
        .chain(services)
        .collect();
    let mut distinct = all.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), all.len(), "{all:#?}");
    for expected in [
        "a.b.i.AddRequest",
        "a.b.i.AddRequest_",
        "a.b.i.A_B_C",
        "a.b.i.A_B_C_",
        "a.b.v1_.FRequest",
    ] {
        assert!(all.iter().any(|name| name == expected), "{expected}: {all:#?}");
    }
}

/// spec: G-2, G-12
#[test]
fn functions_that_are_not_carried_are_left_out_and_several_components_share_a_schema() {
    let schema = Schema::of_exports(&every(), "w");
    assert!(schema.method("/test.every_kind.v0_1.Ops/NotOffered").is_none());
    assert!(schema.method("/test.every_kind.v0_1.Ops/Add").is_some());
    assert!(schema.method("/W/Run").is_some());
    let mut builder = SchemaBuilder::default();
    builder.add_exports(&every(), "w", |name| name.to_string().ends_with("ops@0.1.2"));
    let once = builder.finish();
    let mut builder = SchemaBuilder::default();
    builder.add_exports(&every(), "w", |name| name.to_string().ends_with("ops@0.1.2"));
    builder.add_exports(&every(), "w", |name| name.to_string().ends_with("ops@0.1.2"));
    assert_eq!(text(&once), text(&builder.finish()));
    assert_eq!(once.services().len(), 1);
}

/// Types shared forty times over have short names and few messages.
#[test]
fn a_graph_of_types_is_not_unfolded() {
    let mut items = "type t0 = u8;".to_owned();
    for i in 1..45 {
        items += &format!("type t{i} = tuple<option<t{}>, list<t{}>>;", i - 1, i - 1);
    }
    let text = format!("package a:b; interface i {{ {items} f: func(v: t44, w: list<list<t44>>); }}");
    let schema = Schema::of_exports(&Wit::from_text("graph.wit", &text, None).unwrap(), "");
    assert!(schema.messages().len() < 300, "{}", schema.messages().len());
    assert!(schema.messages().iter().all(|m| m.name.len() <= 100));
}

fn python() -> Option<String> {
    let python = std::env::var("FARCALL_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mut probe = Command::new(&python);
    let probe = probe
        .args(["-c", "import grpc_tools.protoc"])
        .stderr(Stdio::null())
        .status();
    let is_there = probe.is_ok_and(|status| status.success());
    if !is_there {
        let required = std::env::var("FARCALL_REQUIRE_ALL").is_ok_and(|value| value == "1");
        assert!(
            !required,
            "FARCALL_REQUIRE_ALL is set, and {python} has no grpcio-tools"
        );
        eprintln!("skipped: {python} has no grpcio-tools");
    }
    is_there.then_some(python)
}

/// The text of a schema in files, as a compiler wants them.
fn written(schema: &Schema, name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    for file in schema.files() {
        let path = folder.join(file.name());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, file.proto_text()).unwrap();
    }
    folder
}

/// spec: G-1, G-5
#[test]
fn a_compiler_makes_the_same_descriptors_of_the_text() {
    let Some(python) = python() else { return };
    let names = "package a:b;
        interface i {
            enum %enum { none, a-1, a1, enum-a }
            record %record { message: u8, %option: u8, %package: u8, %import: u8, reserved: u8, oneof: u8, repeated: u8, true: u8,
                syntax: u8, map-entry: map<string, u8>, inf: u8, to: u8, max: u8, foo-bar: u8, foobar: u8, URL-x: u8 }
            variant %variant { value(u8), %result(map<u8, u8>), of-none(option<u8>) }
            none: func(a: %enum, r: %record, v: %variant) -> result<result<u8>, %record>;
            message: func(a: tuple<tuple<tuple<u8, %enum>, %record>, list<tuple<%variant, map<bool, %enum>>>>);
        }";
    let names = Wit::from_text("names.wit", names, None).unwrap();
    for (name, schema) in [
        ("every", Schema::of_exports(&every(), "my-component")),
        ("names", Schema::of_exports(&names, "")),
    ] {
        let folder = written(&schema, name);
        let files = schema.files();
        let mut compile = Command::new(&python);
        compile
            .current_dir(&folder)
            .args(["-m", "grpc_tools.protoc", "-I.", "-oset.bin", "--python_out=."]);
        let output = compile.args(files.iter().map(|file| file.name())).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let bytes = std::fs::read(folder.join("set.bin")).unwrap();
        let theirs = FileDescriptorSet::decode(bytes.as_slice()).unwrap();
        for file in files {
            let ours = file.descriptor();
            let theirs = theirs.file.iter().find(|f| f.name == ours.name).unwrap();
            assert_eq!(sorted(theirs), sorted(&ours), "{}", file.name());
            let declares_empty = ours.dependency.iter().any(|f| f == EMPTY_FILE);
            assert_eq!(declares_empty, file.proto_text().contains("google.protobuf.Empty"));
        }
    }
}

/// Messages before enums or the other way round: the text has one order, a descriptor two lists.
fn sorted(file: &FileDescriptorProto) -> FileDescriptorProto {
    let mut file = file.clone();
    file.dependency.sort();
    file
}
