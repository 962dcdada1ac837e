//! What goes with a call, how it fails, and whose fault that is.

use std::sync::Arc;
use std::time::{Duration, Instant};

use farcall::{
    Blame, CallOptions, Client, Code, Component, ComponentConfig, Error, Executed, Host, Incoming, Links, Status,
};
use http::HeaderMap;
use tokio::sync::Notify;

use crate::serve;

farcall::bindgen!({
    inline: "
        package test:calls@0.1.0;

        interface deeds {
          /// What the caller sent as `name`, and `x-before` and `x-after` around it.
          echo-header: func(name: string) -> option<string>;
          fail: func() -> u32;
          panic: func() -> u32;
          never: func();
          /// The milliseconds that are left.
          left: func() -> u64;
          add: func(a: s32, b: s32) -> s32;
        }
    ",
});

/// The same interface with another type of `add`.
mod other {
    farcall::bindgen!({
        inline: "
            package test:calls@0.1.0;
            interface deeds { add: func(a: s64, b: s64) -> s64; gone: func(); }
        ",
    });
}

use test::calls::deeds;

#[derive(Clone, Default)]
struct Deeds {
    /// Told when `never` begins, and when it is dropped.
    begun: Arc<Notify>,
    dropped: Arc<Notify>,
}

struct Tells(Arc<Notify>);

impl Drop for Tells {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

impl deeds::Server for Deeds {
    async fn echo_header(&self, call: &Incoming, name: String) -> Result<Option<String>, Status> {
        call.add_header("x-before", "b")
            .map_err(|error| Status::new(Code::Internal, error.to_string()))?;
        call.add_trailer("x-after", "a")
            .map_err(|error| Status::new(Code::Internal, error.to_string()))?;
        assert!(
            call.add_header("grpc-status", "0").is_err(),
            "it belongs to the protocol"
        );
        Ok(call
            .metadata()
            .get(&name)
            .map(|value| value.to_str().unwrap_or_default().to_owned()))
    }

    async fn fail(&self, _: &Incoming) -> Result<u32, Status> {
        Err(Status::not_run(Code::NotFound, "no such deed").reason("NO_DEED"))
    }

    async fn panic(&self, _: &Incoming) -> Result<u32, Status> {
        panic!("a deed that panics")
    }

    async fn never(&self, _: &Incoming) -> Result<(), Status> {
        let _tells = Tells(Arc::clone(&self.dropped));
        self.begun.notify_one();
        std::future::pending().await
    }

    async fn left(&self, call: &Incoming) -> Result<u64, Status> {
        let onward = call.onward();
        assert!(
            onward
                .deadline
                .is_some_and(|left| left <= call.deadline().duration_since(Instant::now()) + Duration::from_secs(1))
        );
        Ok(onward.deadline.unwrap_or_default().as_millis() as u64)
    }

    async fn add(&self, _: &Incoming, a: i32, b: i32) -> Result<i32, Status> {
        Ok(a.wrapping_add(b))
    }
}

/// Over HTTP and in this process.
async fn both(deeds: Deeds) -> (crate::Served, [deeds::Client; 2]) {
    let component = || Component::native(deeds::serve(deeds.clone())).unwrap();
    let served = serve(vec![component()]).await;
    let far = deeds::Client::connect(&served.url).unwrap();
    let near = deeds::Client::new(Client::of(component()).unwrap());
    (served, [far, near])
}

#[tokio::test]
async fn metadata_goes_with_a_call_and_comes_with_its_answer() {
    let (_served, clients) = both(Deeds::default()).await;
    for deeds in clients {
        let answer = deeds.echo_header("x-who").header("x-who", "me").answer().await.unwrap();
        assert_eq!(answer.value.as_deref(), Some("me"));
        assert_eq!(
            (&answer.headers["x-before"], &answer.trailers["x-after"]),
            (&"b".parse().unwrap(), &"a".parse().unwrap())
        );
        assert_eq!(deeds.echo_header("x-who").await.unwrap(), None);
        let always = CallOptions {
            metadata: HeaderMap::from_iter([("x-who".parse().unwrap(), "always".parse().unwrap())]),
            ..CallOptions::default()
        };
        assert_eq!(
            deeds.with(always).echo_header("x-who").await.unwrap().as_deref(),
            Some("always")
        );
    }
}

#[tokio::test]
async fn an_error_says_whose_fault_it_is() {
    let (served, clients) = both(Deeds::default()).await;
    for deeds in clients {
        let failed = deeds.fail().await.unwrap_err();
        let status = failed.status().unwrap();
        assert_eq!(
            (failed.blame(), status.code, status.executed),
            (Blame::Remote, Code::NotFound, Executed::No)
        );
        assert!(
            failed.to_string().starts_with("test:calls/deeds@0.1.0.fail at "),
            "{failed}"
        );
        assert_eq!(deeds.panic().await.unwrap_err().blame(), Blame::Trap);
        assert_eq!(deeds.add(2, 40).await.unwrap(), 42, "a panic ends its own call alone");
        let wrong = deeds.add(1, 1).header("not a name", "x").await.unwrap_err();
        assert_eq!(wrong.blame(), Blame::Misuse);
        let left = deeds.left().deadline(Duration::from_secs(5)).await.unwrap();
        assert!((1..=5_000).contains(&left), "{left}");
        let late = deeds.never().deadline(Duration::from_millis(50)).await.unwrap_err();
        assert_eq!(late.blame(), Blame::Deadline);
    }
    let other = other::test::calls::deeds::Client::connect(&served.url).unwrap();
    let mismatch = other.add(1, 2).await.unwrap_err();
    assert_eq!(mismatch.blame(), Blame::Incompatible);
    let said = mismatch.to_string();
    assert!(
        said.contains("- ") && said.contains("s64") && said.contains("s32"),
        "{said}"
    );
    assert_eq!(other.gone().await.unwrap_err().blame(), Blame::Incompatible);
    let nobody = deeds::Client::connect("http://127.0.0.1:1").unwrap();
    let unreached = nobody.add(1, 2).await.unwrap_err();
    assert_eq!(
        (unreached.blame(), unreached.status().unwrap().executed),
        (Blame::Carrier, Executed::No)
    );
}

#[tokio::test]
async fn a_dropped_call_ends_what_answers_it() {
    let deeds = Deeds::default();
    let (begun, dropped) = (Arc::clone(&deeds.begun), Arc::clone(&deeds.dropped));
    let (_served, clients) = both(deeds).await;
    for deeds in clients {
        let call = tokio::spawn(async move { deeds.never().await });
        begun.notified().await;
        call.abort();
        dropped.notified().await;
    }
}

/// `run` gives `add(x, 2)` of its import.
const CALLER: &str = r#"
(component
  (type $deeds (instance (export "add" (func (param "a" s32) (param "b" s32) (result s32)))))
  (import "test:calls/deeds@0.1.0" (instance $deeds (type $deeds)))
  (core func $add (canon lower (func $deeds "add")))
  (core module $code
    (import "deeds" "add" (func $add (param i32 i32) (result i32)))
    (func (export "run") (param $x i32) (result i32) (call $add (local.get $x) (i32.const 2))))
  (core instance $code (instantiate $code (with "deeds" (instance (export "add" (func $add))))))
  (func $run (param "x" s32) (result s32) (canon lift (core func $code "run")))
  (instance $app (export "run" (func $run)))
  (export "test:calls/app" (instance $app)))"#;

#[tokio::test]
async fn a_component_calls_rust_of_its_own_process_and_of_another() {
    let served = serve(vec![Component::native(deeds::serve(Deeds::default())).unwrap()]).await;
    let mut near = Links::default();
    near.native("test:calls/deeds", deeds::serve(Deeds::default())).unwrap();
    assert!(
        near.native("test:calls/deeds", deeds::serve(Deeds::default())).is_err(),
        "it is linked twice"
    );
    let mut far = Links::default();
    far.add(&format!("test:calls/deeds={}", served.url)).unwrap();
    for links in [near, far] {
        let config = ComponentConfig {
            links,
            ..ComponentConfig::default()
        };
        let bytes = wat::parse_str(CALLER).unwrap();
        let component = Component::from_bytes(&Host::default(), "app".as_ref(), &bytes, &config).unwrap();
        let client = Client::of(component).unwrap();
        let sum = client
            .call_text("test:calls/app.run(40)", &Default::default())
            .await
            .unwrap();
        assert_eq!(sum.text().as_deref(), Some("42"));
    }
}

#[test]
fn a_link_to_rust_of_another_type_is_refused_at_load() {
    struct Other;
    impl other::test::calls::deeds::Server for Other {
        async fn add(&self, _: &Incoming, a: i64, b: i64) -> Result<i64, Status> {
            Ok(a + b)
        }

        async fn gone(&self, _: &Incoming) -> Result<(), Status> {
            Ok(())
        }
    }
    let mut links = Links::default();
    links
        .native("test:calls/deeds", other::test::calls::deeds::serve(Other))
        .unwrap();
    let config = ComponentConfig {
        links,
        ..ComponentConfig::default()
    };
    let bytes = wat::parse_str(CALLER).unwrap();
    let refused = Component::from_bytes(&Host::default(), "app".as_ref(), &bytes, &config).unwrap_err();
    assert!(matches!(refused, Error::Mismatch { .. }), "{refused}");
}
