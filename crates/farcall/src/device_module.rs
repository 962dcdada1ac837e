//! A plain module that serves over the device, made ready: started, and asked what it serves.
//!
//! Not here: how it is kept running (`device_program`), and modules whose exports are served (`plain`).

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use farcall_adapter::{LeftOut, Plan, Serve, Served, Survey, survey_wit};
use farcall_host::{Limits, Program};
use farcall_wit::{Fingerprint, Wit};
use tokio::runtime::{Handle, RuntimeFlavor};

use crate::catalog;
use crate::description::Document;
use crate::device_program::{Begins, Check, DeviceProgram, Opened, Serving};
use crate::error::Error;

/// What a program serves, and the program.
pub(crate) struct Announced {
    pub(crate) program: DeviceProgram,
    pub(crate) functions: Vec<Served>,
    pub(crate) left_out: Vec<LeftOut>,
    pub(crate) document: Document,
}

/// Starts a program and waits until it has said what it serves; where `listed`, WIT text of its operator, says it, until
/// it has opened the device.
///
/// Needs a runtime with its timer, on a thread that may wait.
pub(crate) fn start(
    (path, name): (&Path, &str),
    program: Program,
    opened: Opened,
    listed: Option<&str>,
    limits: &Limits,
) -> Result<Announced, Error> {
    let failed = |why: String| Error::Component { path: path.into(), why };
    let runtime = Handle::try_current().map_err(|error| failed(error.to_string()))?;
    if runtime.runtime_flavor() != RuntimeFlavor::MultiThread {
        return Err(failed(
            "a program that serves over the device needs a runtime of several threads".into(),
        ));
    }
    let first: Arc<OnceLock<Offer>> = Arc::default();
    let begins = match listed {
        None => Begins::WhenAnnounced,
        Some(wit) => {
            let offer = Offer::of(name, wit).map_err(|why| failed(format!("what is listed for it: {why}")))?;
            first.get_or_init(|| offer);
            Begins::AtOnce
        }
    };
    let check = same_each_time(name, Arc::clone(&first));
    let deadline = limits.deadline;
    let program = {
        let _in_runtime = runtime.enter();
        DeviceProgram::start(program, (opened, begins), check, deadline)
    };
    let mut serving = program.watch();
    let settled = serving.wait_for(|serving| !matches!(serving, Serving::Starting));
    let settled = tokio::task::block_in_place(|| {
        runtime.block_on(async { tokio::time::timeout(deadline.min(LONGEST_START), settled).await })
    });
    let why = match settled {
        Ok(Ok(serving)) => match &*serving {
            Serving::Ended(why) => Some(format!(
                "it serves nothing: the program {why} before it {}",
                begins.what()
            )),
            Serving::Refused(why) => Some(format!("what it announces on the device cannot be served: {why}")),
            Serving::Now(_) | Serving::Starting => None,
        },
        Ok(Err(_)) | Err(_) => Some(format!(
            "it serves nothing: it exports no `__wasm_rpc_*` function, and has not {} within {:?}",
            begins.what(),
            deadline.min(LONGEST_START)
        )),
    };
    if let Some(why) = why {
        return Err(failed(why));
    }
    let offer = first
        .get()
        .ok_or_else(|| failed("it announced nothing".into()))?
        .clone();
    Ok(Announced {
        document: catalog::document(name, &offer.wit, &offer.survey.functions),
        functions: offer.survey.functions,
        left_out: offer.survey.left_out,
        program,
    })
}

/// spec: E-18: takes the first announcement that can be served, and then no other.
fn same_each_time(name: &str, first: Arc<OnceLock<Offer>>) -> Check {
    let name = name.to_owned();
    Box::new(move |text| {
        let offer = Offer::of(&name, text)?;
        let before = first.get_or_init(|| offer.clone());
        match before.identities().eq(offer.identities()) {
            true => Ok(()),
            false => {
                Err("it announces other functions than are served: than were listed, or than at its first start".into())
            }
        }
    })
}

impl Begins {
    fn what(self) -> &'static str {
        match self {
            Begins::WhenAnnounced => "announced functions on the device",
            Begins::AtOnce => "opened the device",
        }
    }
}

/// What an announcement says.
#[derive(Clone)]
struct Offer {
    wit: Wit,
    survey: Survey,
}

impl Offer {
    /// spec: E-16
    fn of(name: &str, text: &str) -> Result<Offer, String> {
        let wit = Wit::from_text(name, text, None).map_err(|error| error.to_string())?;
        let plan = Plan {
            serve: Serve::Interfaces,
            ..Plan::default()
        };
        let survey = survey_wit(&wit, &plan).map_err(|error| error.to_string())?;
        match survey.functions.is_empty() {
            true => Err("it announces no function that can be carried".into()),
            false => Ok(Offer { wit, survey }),
        }
    }

    /// What callers know the functions by.
    fn identities(&self) -> impl Iterator<Item = (&str, Fingerprint)> {
        let functions = self.survey.functions.iter();
        functions.map(|served| (served.path.as_str(), served.fingerprint))
    }
}

/// How long a program may take until it announces.
const LONGEST_START: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    /// spec: E-16, E-18
    #[test]
    fn a_program_announces_the_same_functions_each_time() {
        let check = same_each_time("p", Arc::default());
        for refused in ["no WIT", "package a:b; interface c {}", ""] {
            assert!(check(refused).is_err(), "{refused}");
        }
        let wit = "package a:b; interface c { d: func(); }";
        assert_eq!(check(wit), Ok(()));
        assert_eq!(check(&format!("// once more\n{wit}")), Ok(()));
        let other = check("package a:b; interface c { d: func() -> u32; }");
        assert!(other.is_err_and(|why| why.contains("other functions")));
        let more = check("package a:b; interface c { d: func(); e: func(); }");
        assert!(more.is_err_and(|why| why.contains("other functions")));
    }
}
