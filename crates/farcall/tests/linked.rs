//! A component linked to another in the same process: state, its end, and whose grants are whose.

use std::path::{Path, PathBuf};

use farcall::{CallOptions, Client, Code, Component, ComponentConfig, Error, Host, Links};

/// `bump` counts up from 1, `fall` traps.
const COUNTER: &str = r#"
(component
  (core module $code
    (global $n (mut i32) (i32.const 0))
    (func (export "bump") (result i32)
      (global.set $n (i32.add (global.get $n) (i32.const 1)))
      (global.get $n))
    (func (export "fall") unreachable))
  (core instance $code (instantiate $code))
  (func $bump (result u32) (canon lift (core func $code "bump")))
  (func $fall (canon lift (core func $code "fall")))
  (instance $counter (export "bump" (func $bump)) (export "fall" (func $fall)))
  (export "test:state/counter" (instance $counter)))"#;

/// The same component with an import, which keeps it behind the doors.
fn with_an_import() -> String {
    let import = r#"
  (type $random (instance (export "get-random-u64" (func (result u64)))))
  (import "wasi:random/random@0.2.0" (instance $random (type $random)))
  (core module"#;
    COUNTER.replacen("\n  (core module", import, 1)
}

/// `times` bumps so often and gives the last count; `past` falls first.
const CALLER: &str = r#"
(component
  (type $counter (instance (export "bump" (func (result u32))) (export "fall" (func))))
  (import "test:state/counter" (instance $counter (type $counter)))
  (core func $bump (canon lower (func $counter "bump")))
  (core func $fall (canon lower (func $counter "fall")))
  (core module $code
    (import "counter" "bump" (func $bump (result i32)))
    (import "counter" "fall" (func $fall))
    (func (export "times") (param $n i32) (result i32)
      (local $last i32)
      (loop $again
        (local.set $last (call $bump))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br_if $again (local.get $n)))
      (local.get $last))
    (func (export "past") (result i32)
      (call $fall)
      (call $bump)))
  (core instance $code (instantiate $code
    (with "counter" (instance (export "bump" (func $bump)) (export "fall" (func $fall))))))
  (func $times (param "n" u32) (result u32) (canon lift (core func $code "times")))
  (func $past (result u32) (canon lift (core func $code "past")))
  (instance $app (export "times" (func $times)) (export "past" (func $past)))
  (export "test:state/app" (instance $app)))"#;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        Folder::with(name, COUNTER)
    }

    fn with(name: &str, counter: &str) -> Folder {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("counter.wasm"), wat::parse_str(counter).unwrap()).unwrap();
        Folder(folder)
    }

    fn client(&self) -> Client {
        let mut config = ComponentConfig::default();
        let counter = self.0.join("counter.wasm");
        config
            .links
            .add(&format!("test:state/counter={}", counter.display()))
            .unwrap();
        let caller = wat::parse_str(CALLER).unwrap();
        let component = Component::from_bytes(&Host::default(), Path::new("caller.wasm"), &caller, &config).unwrap();
        Client::of(component).unwrap()
    }
}

async fn call(client: &Client, text: &str) -> Result<String, Error> {
    let outcome = client.call_text(text, &CallOptions::default()).await?;
    Ok(outcome.text().unwrap_or_default())
}

#[tokio::test]
async fn a_linked_component_keeps_its_state_and_ends_with_its_caller() {
    for folder in [Folder::new("keeps"), Folder::with("keeps-far", &with_an_import())] {
        let client = folder.client();
        assert_eq!(call(&client, "times(5)").await.unwrap(), "5");
        // A call is a fresh instance of the caller, and so of what it is linked to.
        assert_eq!(call(&client, "times(2)").await.unwrap(), "2");
    }
}

#[tokio::test]
async fn a_trap_of_a_component_that_is_plugged_in_is_its_callers() {
    let client = Folder::new("falls").client();
    let Err(Error::Remote { status, .. }) = call(&client, "past()").await else {
        panic!("it did not fail")
    };
    assert_eq!(status.code, Code::Internal);
    assert_eq!(status.details.reason, "TRAP");
    assert!(
        status.message.contains("test:state/app.past trapped"),
        "{}",
        status.message
    );
    assert_eq!(call(&client, "times(1)").await.unwrap(), "1");
}

#[tokio::test]
async fn a_trap_of_a_component_behind_the_doors_tells_the_way_that_it_took() {
    let client = Folder::with("falls-far", &with_an_import()).client();
    let Err(Error::Remote { status, .. }) = call(&client, "past()").await else {
        panic!("it did not fail")
    };
    assert_eq!(status.code, Code::Internal);
    assert_eq!(status.details.metadata["link"], "test:state/counter");
    let told = status.message.contains("test:state/counter.fall trapped");
    assert!(told, "{}", status.message);
    assert_eq!(call(&client, "times(1)").await.unwrap(), "1");
}

#[tokio::test]
async fn a_file_serves_the_same_functions_in_process() {
    let folder = Folder::new("serves");
    let client = Client::connect(&folder.0.join("counter.wasm").display().to_string()).unwrap();
    assert_eq!(call(&client, "test:state/counter.bump()").await.unwrap(), "1");
    assert_eq!(call(&client, "bump()").await.unwrap(), "1");
}

#[test]
fn an_import_without_a_link_names_the_flag_that_links_it() {
    let caller = wat::parse_str(CALLER).unwrap();
    let config = ComponentConfig::default();
    let error = Component::from_bytes(&Host::default(), Path::new("caller.wasm"), &caller, &config).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("--link test:state/counter=http://HOST:PORT"), "{text}");
}

#[test]
fn a_link_that_links_nothing_says_what_could_be_linked() {
    let mut links = Links::default();
    links.add("demo:calc/ops=http://127.0.0.1:7070").unwrap();
    let config = ComponentConfig {
        links,
        ..ComponentConfig::default()
    };
    let caller = wat::parse_str(CALLER).unwrap();
    let error = Component::from_bytes(&Host::default(), Path::new("caller.wasm"), &caller, &config).unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("demo:calc/ops") && text.contains("test:state/counter"),
        "{text}"
    );
}
