//! Turns core modules into components, writes C bindings, and prints the WIT of a component: what the guests' build needs
//! of wasm-tools and wit-bindgen.
//!
//! It knows no preview 1 adapter (no guest here needs one), compiles
//! no source code and installs nothing: `cargo xtask guests` does that.

use anyhow::{Context, Result, bail};
use wit_bindgen_core::Files;
use wit_parser::{Resolve, WorldId};

const USAGE: &str = "\
guest-tool new IN.wasm OUT.wasm      make a component out of a core module
guest-tool c WIT_DIR WORLD OUT_DIR   write C bindings
guest-tool wit COMPONENT.wasm        print the WIT of a component";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["new", input, output] => new(input, output),
        ["c", wit, world, out] => bindings(wit, world, out),
        ["wit", component] => print_wit(component),
        _ => bail!("usage:\n{USAGE}"),
    }
}

fn new(input: &str, output: &str) -> Result<()> {
    let module = std::fs::read(input).with_context(|| input.to_string())?;
    let component = wit_component::ComponentEncoder::default()
        .validate(true)
        .module(&module)?
        .encode()?;
    std::fs::write(output, component).with_context(|| output.to_string())
}

fn bindings(wit: &str, world: &str, out: &str) -> Result<()> {
    let (mut resolve, world) = load(wit, world)?;
    let mut files = Files::default();
    wit_bindgen_c::Opts::default()
        .build()
        .generate(&mut resolve, world, &mut files)?;
    std::fs::create_dir_all(out)?;
    for (name, bytes) in files.iter() {
        std::fs::write(format!("{out}/{name}"), bytes)?;
    }
    Ok(())
}

fn print_wit(component: &str) -> Result<()> {
    let bytes = std::fs::read(component).with_context(|| component.to_string())?;
    let decoded = wit_component::decode(&bytes)?;
    let mut printer = wit_component::WitPrinter::default();
    printer.print(decoded.resolve(), decoded.package(), &[])?;
    print!("{}", printer.output);
    Ok(())
}

fn load(wit: &str, world: &str) -> Result<(Resolve, WorldId)> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(wit)?;
    let world = resolve.select_world(&[package], Some(world))?;
    Ok((resolve, world))
}
