//! A component as a file gives it, from its bytes to the component behind the doors.

use farcall_adapter::{Plan, Serve, adapt};
use farcall_wit::Wit;

use crate::source::look_at;

/// What loads can be looked at; what is put behind the doors loads again, and serves nothing but what it exported.
pub fn loader(data: &[u8]) {
    let Ok(wit) = Wit::from_component(data) else {
        let plan = Plan {
            serve: Serve::WithWorldFunctions,
            ..Plan::default()
        };
        assert!(adapt(data, &plan).is_err(), "what does not load is not adapted");
        return;
    };
    look_at(&wit);
    let imports = wit.imports().into_iter().filter(|i| !i.functions.is_empty());
    let links = imports
        .map(|interface| interface.name)
        .filter(|name| !name.is_in("wasi"));
    let plan = Plan {
        links: links.collect(),
        serve: Serve::WithWorldFunctions,
        world_service: "w".to_owned(),
        ..Plan::default()
    };
    let Ok(adapted) = adapt(data, &plan) else { return };
    let exports = wit.exports();
    for served in &adapted.functions {
        let interface = exports.iter().find(|interface| interface.name == served.interface);
        let function = interface.and_then(|interface| interface.function(&served.function.name));
        let function = function.expect("only what is exported is served");
        assert_eq!(function.fingerprint(), served.fingerprint);
    }
    if let Err(error) = Wit::from_component(&adapted.component) {
        panic!("what was put behind the doors does not load: {error}");
    }
}
