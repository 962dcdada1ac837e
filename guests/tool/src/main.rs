//! Turns core modules into components, writes bindings of C, C++ and Go, and prints the WIT of a component: what the
//! guests' build needs of wasm-tools and wit-bindgen.
//!
//! It compiles no source code and installs nothing: `cargo xtask guests` does that.

mod cpp;
mod go;

use anyhow::{Context, Result, bail};
use wit_bindgen_core::{Files, WorldGenerator};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::{Resolve, WorldId};

const USAGE: &str = "\
guest-tool new IN.wasm OUT.wasm [ADAPTER.wat]     make a component out of a core module; what it imports of WASI
                                                  preview 1 is answered by the adapter
guest-tool embed WIT_DIR WORLD IN.wasm OUT.wasm   say in a core module which world it is of
guest-tool c|cpp|go WIT_DIR WORLD OUT_DIR         write bindings
guest-tool wit COMPONENT.wasm                     print the WIT of a component";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["new", input, output] => new(input, output, None),
        ["new", input, output, adapter] => new(input, output, Some(adapter)),
        [language @ ("c" | "cpp" | "go"), wit, world, out] => bindings(language, wit, world, out),
        ["embed", wit, world, input, output] => embed(wit, world, input, output),
        ["wit", component] => print_wit(component),
        _ => bail!("usage:\n{USAGE}"),
    }
}

fn new(input: &str, output: &str, adapter: Option<&str>) -> Result<()> {
    let module = std::fs::read(input).with_context(|| input.to_string())?;
    let mut encoder = ComponentEncoder::default();
    encoder.validate(true).module(&module)?;
    if let Some(adapter) = adapter {
        encoder.adapter("wasi_snapshot_preview1", &wat::parse_file(adapter)?)?;
    }
    std::fs::write(output, encoder.encode()?).with_context(|| output.to_string())
}

fn embed(wit: &str, world: &str, input: &str, output: &str) -> Result<()> {
    let (resolve, world) = load(wit, world)?;
    let mut module = std::fs::read(input).with_context(|| input.to_string())?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false)?;
    std::fs::write(output, module).with_context(|| output.to_string())
}

fn generator(language: &str) -> Box<dyn WorldGenerator> {
    match language {
        "c" => wit_bindgen_c::Opts::default().build(),
        "cpp" => wit_bindgen_cpp::Opts::default().build(None),
        _ => wit_bindgen_go::Opts::default().build(),
    }
}

fn bindings(language: &str, wit: &str, world: &str, out: &str) -> Result<()> {
    let (mut resolve, world) = load(wit, world)?;
    let mut files = Files::default();
    generator(language).generate(&mut resolve, world, &mut files)?;
    for (name, bytes) in files.iter() {
        let path = std::path::Path::new(out).join(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let write = match () {
            () if name.ends_with(".cpp") => std::fs::write(&path, cpp::separate_lists(std::str::from_utf8(bytes)?)?),
            () if name.ends_with(".go") => std::fs::write(&path, go::sign_shared_slots(std::str::from_utf8(bytes)?)),
            () => std::fs::write(&path, bytes),
        };
        write.with_context(|| path.display().to_string())?;
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
