//! Components that toolchains made, composed and fused: the same requests end alike, byte for byte.

mod engine;
mod values;

use engine::{Ended, Side, engine, quick_engine};
use farcall_adapter::{Adapted, Form, Plan, Serve, adapt};
use farcall_codec::encode;
use values::{splitmix, value};
use wasmtime::Engine;

fn adapted(component: &[u8], form: Form) -> Adapted {
    let plan = Plan {
        serve: Serve::Interfaces,
        form,
        ..Plan::default()
    };
    adapt(component, &plan).unwrap()
}

fn read(folder: &str, name: &str) -> Option<Vec<u8>> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../{folder}/{name}.wasm"));
    std::fs::read(path).ok()
}

/// Calls every function of a guest in both forms, `rounds` times with random values.
fn compare(engine: &Engine, component: &[u8], rounds: u64) -> u64 {
    let composed = adapted(component, Form::Composed);
    let fused = adapted(component, Form::Auto);
    assert_eq!(fused.fused, Ok(()));
    assert_eq!(format!("{:?}", composed.functions), format!("{:?}", fused.functions));
    let mut sides = [&composed, &fused].map(|adapted| Side::new(engine, &adapted.component).unwrap());
    let mut answered = 0;
    for (index, served) in fused.functions.iter().enumerate() {
        let mut numbers = splitmix(index as u64);
        for _ in 0..rounds {
            let mut request = Vec::new();
            for param in &served.function.params {
                encode(&value(&param.ty, &mut numbers), &param.ty, &mut request).unwrap();
            }
            // A request that does not decode comes between, and must leave nothing behind.
            for request in [&[&request[..], &[0]].concat(), &request] {
                let ended = sides
                    .each_mut()
                    .map(|side| side.outcome(index as u32, request, Ok(Vec::new())));
                match ended {
                    [Ended::Answered(a), Ended::Answered(b)] => {
                        assert_eq!(a, b, "{} {request:?}", served.name());
                        answered += u64::from(a.response.is_ok());
                    }
                    [Ended::Trapped(_), Ended::Trapped(_)] => {}
                    ended => panic!("{} {request:?}: {ended:?}", served.name()),
                }
            }
        }
    }
    answered
}

#[test]
fn a_rust_guest_answers_alike() {
    let guest = read("guests/fixtures", "values-callee-rust").unwrap();
    assert!(compare(&engine(), &guest, 40) > 2_000);
}

#[test]
fn a_c_guest_answers_alike() {
    let guest = read("guests/fixtures", "values-callee-c").unwrap();
    assert!(compare(&engine(), &guest, 40) > 2_000);
}

/// The JavaScript engine is megabytes: compared where it was built, a few calls a function.
#[test]
fn a_javascript_guest_answers_alike() {
    let Some(guest) = read("target/guests", "values-callee-js") else {
        return;
    };
    assert!(compare(&quick_engine(), &guest, 3) > 100);
}

#[test]
fn a_guest_whose_functions_are_lifted_inside_is_composed() {
    let Some(guest) = read("target/guests", "calc-quickjs") else {
        return;
    };
    let adapted = adapted(&guest, Form::Auto);
    assert!(
        adapted.fused.clone().unwrap_err().contains("nested"),
        "{:?}",
        adapted.fused
    );
    assert!(!adapted.functions.is_empty());
}
