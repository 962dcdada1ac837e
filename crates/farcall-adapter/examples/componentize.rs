//! `componentize MODULE NAME COMPONENT`: makes a component of a core module whose functions have WIT.
//!
//! What `farcall serve` does with such a module by itself.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [module, name, component] = arguments.as_slice() else {
        eprintln!("usage: componentize MODULE NAME COMPONENT");
        return ExitCode::from(2);
    };
    let made = std::fs::read(module)
        .map_err(|error| error.to_string())
        .and_then(|module| farcall_adapter::componentize(&module, name).map_err(|error| error.to_string()))
        .and_then(|made| std::fs::write(component, made).map_err(|error| error.to_string()));
    match made {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{module}: {error}");
            ExitCode::FAILURE
        }
    }
}
