//! Interfaces as text, the way a server describes itself.

use farcall_wit::{Fingerprint, Wit, diff, path};

/// What loads can be looked at, is no change to itself, and renders to what loads with the same functions.
pub fn wit_text(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Ok(wit) = Wit::from_text("fuzz.wit", &text, None) else {
        return;
    };
    look_at(&wit);
    let rendered = wit.render();
    match Wit::from_text("rendered.wit", &rendered, None) {
        Ok(again) => assert_eq!(facts(&again), facts(&wit), "{rendered}"),
        Err(error) => panic!("{error}\n{rendered}"),
    }
}

/// Everything that is said of a world: nothing of it may panic, whatever the names and types are.
pub fn look_at(wit: &Wit) {
    for interface in wit.exports().iter().chain(&wit.imports()) {
        for function in &interface.functions {
            let _ = (function.signature(), function.nameless_fingerprint());
            let _ = (function.fingerprint(), function.uncarried());
            let _ = path(&interface.name, &function.name, "w");
        }
    }
    let difference = diff(wit, wit);
    assert_eq!(difference.changes, [], "{difference}");
}

/// The functions that a world exports.
pub fn facts(wit: &Wit) -> Vec<(String, String, Fingerprint)> {
    let mut facts = Vec::new();
    for interface in wit.exports() {
        for function in &interface.functions {
            facts.push((
                interface.name.to_string(),
                function.name.clone(),
                function.fingerprint(),
            ));
        }
    }
    facts.sort();
    facts
}
