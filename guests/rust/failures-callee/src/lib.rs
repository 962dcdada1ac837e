//! The callee of `test:failures`: answers, refuses, traps or never ends, as it is told to.

wit_bindgen::generate!({ path: "../../wit/failures", world: "callee", generate_all });

use exports::test::failures::remote::{Act, Guest, Problem};
use wasm_rpc::core::types::{Code, Status};

struct Callee;

impl Guest for Callee {
    fn guarded(what: Act) -> Result<u32, Status> {
        answer(what).map_err(|message| Status {
            code: Code::Aborted,
            message,
            details: Vec::new(),
        })
    }

    fn cased(what: Act) -> Result<u32, Problem> {
        answer(what).map_err(Problem::Refused)
    }

    fn worded(what: Act) -> Result<u32, String> {
        answer(what)
    }

    fn bare(what: Act) -> u32 {
        answer(what).unwrap_or(7)
    }
}

fn answer(what: Act) -> Result<u32, String> {
    match what {
        Act::Answer => Ok(7),
        Act::Refuse => Err("not today".into()),
        Act::Trap => panic!("told to trap"),
        Act::Spin => loop {
            std::hint::spin_loop();
        },
    }
}

export!(Callee);
