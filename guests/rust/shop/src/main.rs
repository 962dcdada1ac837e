//! A command (`wasi:cli/run`) that imports `demo:calc/ops`: adds up the prices given as arguments, and greets `$CUSTOMER`.
//! Exits 1 on an argument that is no price.

wit_bindgen::generate!({ path: ["../../wit/calc", "../../wit/shop"], world: "demo:shop/shop", generate_all });

use demo::calc::ops;
use std::process::ExitCode;

fn main() -> ExitCode {
    let customer = std::env::var("CUSTOMER").unwrap_or_else(|_| "stranger".to_string());
    println!("{}", ops::greet(&customer));
    let mut total = 0;
    for argument in std::env::args().skip(1) {
        let Ok(price) = argument.parse() else {
            eprintln!("not a price: {argument}");
            return ExitCode::FAILURE;
        };
        total = ops::add(total, price);
        println!("{price:>8}");
    }
    println!("{total:>8} in all");
    match ops::divide(total, 4) {
        Ok(part) => println!("{part:>8} for each of four"),
        Err(message) => println!("{message}"),
    }
    ExitCode::SUCCESS
}
