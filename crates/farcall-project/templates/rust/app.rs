//! Calls `{{calls}}:service/api`, wherever it is; `wit/` says what it offers.

use {{calls_snake}}::service::api;

wit_bindgen::generate!({ path: "wit", world: "app", generate_all });

struct App;

impl Guest for App {
    fn run(name: String) -> String {
        let greeting = api::greet(&name);
        match api::divide(7, 2) {
            Ok(quotient) => format!("{greeting} 7 / 2 is {quotient}."),
            Err(why) => format!("{greeting} 7 / 2: {why}."),
        }
    }
}

export!(App);
