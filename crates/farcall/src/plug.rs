//! Whether a linked component in the same process can be plugged in directly, and what is plugged then.
//!
//! Not here: links that go through the doors (`link`), and the composition itself.

use std::path::Path;

use farcall_adapter::{Plan, Plug, Serve, is_plain, returns_failures, survey_wit};
use farcall_wit::{InterfaceName, Wit};

use crate::component::stem;
use crate::error::Error;
use crate::link::offers;
use crate::wasm::read;

/// The component of a file as an answer to that import, if it can be one: without stub, skeleton and door between.
///
/// It can where nothing is lost by it (docs/decisions/0007): it imports nothing, so that no grant of its caller becomes its
/// own; and no function of the interface returns failures of the way as values. Other components go through the doors.
pub(crate) fn plug(path: &Path, caller: &Wit, import: &InterfaceName) -> Result<Option<Plug>, Error> {
    let bytes = read(path)?;
    if is_plain(&bytes) {
        return Ok(None);
    }
    let failed = |why: String| Error::Component { path: path.into(), why };
    let wit = Wit::from_component(&bytes).map_err(|error| failed(error.to_string()))?;
    let imports_nothing = wit.imports().iter().all(|interface| interface.functions.is_empty());
    let exported = wit.exports().iter().any(|interface| interface.name == *import);
    let wanted = caller.imports().into_iter().find(|interface| interface.name == *import);
    let plain = wanted.is_some_and(|interface| {
        let plain = |function: &farcall_wit::Function| {
            !function.is_async && function.uncarried().is_none() && !returns_failures(function)
        };
        interface.functions.iter().all(plain)
    });
    if *import == InterfaceName::World || !(imports_nothing && exported && plain) {
        return Ok(None);
    }
    let plan = Plan {
        serve: Serve::Interfaces,
        ..Plan::default()
    };
    let survey = survey_wit(&wit, &plan).map_err(|error| failed(error.to_string()))?;
    offers(&survey.functions, (path, &stem(path)), caller, import)?;
    let import = import.clone();
    Ok(Some(Plug {
        import,
        component: bytes,
    }))
}
