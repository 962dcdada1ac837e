//! The caller: greets everybody who is named on the command line. Where `greet` runs, it does not know.

wit_bindgen::generate!({ path: "hello.wit", world: "caller" });

use example::hello::greeting::greet;

fn main() {
    for name in std::env::args().skip(1) {
        println!("{}", greet(&name));
    }
}
