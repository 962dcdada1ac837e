//! How often pages were seen, kept in memory: served as `shared`, one instance answers all calls.

wit_bindgen::generate!({ path: "visits.wit", world: "visits" });

use std::collections::HashMap;
use std::sync::Mutex;

use exports::example::visits::pages::Guest;

static SEEN: Mutex<Option<HashMap<String, u32>>> = Mutex::new(None);

struct Visits;

impl Guest for Visits {
    fn visit(page: String) -> u32 {
        let mut seen = SEEN.lock().expect("one call at a time");
        let count = seen.get_or_insert_default().entry(page).or_default();
        *count += 1;
        *count
    }
}

export!(Visits);
