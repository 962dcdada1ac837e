//! The greeter: exports `example:hello/greeting`. Nothing here knows of processes, machines or HTTP.

wit_bindgen::generate!({ path: "hello.wit", world: "greeter" });

use exports::example::hello::greeting::Guest;

struct Greeter;

impl Guest for Greeter {
    fn greet(name: String) -> String {
        format!("Hello, {name}!")
    }
}

export!(Greeter);
