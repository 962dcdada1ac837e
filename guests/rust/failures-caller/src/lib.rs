//! The caller of functions that fail: in Rust a function returns a `Result`.

wit_bindgen::generate!({ path: "../../wit/failures", world: "caller", generate_all });

use exports::test::failures::check::{Act, Guest};
use test::failures::remote::{self, Problem};
use wasm_rpc::core::types::Status;

struct Caller;

impl Guest for Caller {
    fn guarded(what: Act) -> String {
        said(remote::guarded(what).map_err(of_status))
    }

    fn cased(what: Act) -> String {
        said(remote::cased(what).map_err(|problem| match problem {
            Problem::Refused(reason) => format!("refused {reason}"),
            Problem::Call(status) => format!("call {}", of_status(status)),
        }))
    }

    fn worded(what: Act) -> String {
        said(remote::worded(what).map_err(|reason| format!("worded {reason}")))
    }

    fn bare(what: Act) -> String {
        remote::bare(what).to_string()
    }
}

fn said(answer: Result<u32, String>) -> String {
    match answer {
        Ok(number) => number.to_string(),
        Err(failure) => failure,
    }
}

/// `DeadlineExceeded` is `deadline-exceeded` in WIT, and here.
fn of_status(status: Status) -> String {
    let code = format!("{:?}", status.code);
    let mut name = String::new();
    for letter in code.trim_start_matches("Code::").chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.extend(letter.to_lowercase());
    }
    format!("{name}: {}", status.message)
}

export!(Caller);
