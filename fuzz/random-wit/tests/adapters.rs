//! Random components: whatever a component imports and exports, its adapters are valid, serve what they can and name what
//! they cannot.
//!
//! Runs nothing; values through running adapters are `farcall-adapter`'s own tests.

use arbitrary::Unstructured;
use farcall_adapter::{AdaptError, Plan, Serve, adapt};
use farcall_wit::wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use farcall_wit::wit_parser::decoding::decode;
use farcall_wit::wit_parser::{ManglingAndAbi, Resolve, TypeDefKind, WorldId};
use farcall_wit::{InterfaceName, Wit};
use random_wit::noise;
use wasmparser::{Validator, WasmFeatures};

/// A component of a world whose functions all trap; `None` where a toolchain could not make one.
fn component(resolve: &Resolve, world: WorldId) -> Option<Vec<u8>> {
    let mut module = dummy_module(resolve, world, ManglingAndAbi::Standard32);
    embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8).ok()?;
    let encoder = ComponentEncoder::default().module(&module).ok()?;
    encoder.validate(true).encode().ok()
}

fn has_resources(resolve: &Resolve) -> bool {
    let mut types = resolve.types.iter();
    types.any(|(_, ty)| matches!(ty.kind, TypeDefKind::Resource))
}

#[test]
fn every_component_gets_valid_adapters() {
    let config = wit_smith::Config {
        max_world_items: 12,
        max_interface_items: 12,
        fixed_length_lists: true,
        ..Default::default()
    };
    let (mut adapted_count, mut served, mut left_out, mut clashes, mut unjoined) = (0, 0, 0, 0, 0);
    for seed in 1..1500 {
        let Ok(bytes) = wit_smith::smith(&config, &mut Unstructured::new(&noise(seed))) else {
            continue;
        };
        let decoded = decode(&bytes).unwrap();
        let resolve = decoded.resolve();
        for (world, _) in resolve.worlds.iter() {
            let Some(component) = component(resolve, world) else {
                continue;
            };
            let wit = Wit::from_component(&component).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
            let imports = wit.imports().into_iter().filter(|i| !i.functions.is_empty());
            let plan = Plan {
                links: imports.map(|interface| interface.name).collect(),
                serve: Serve::WithWorldFunctions,
                world_service: "root".to_owned(),
                ..Plan::default()
            };
            let adapted = match adapt(&component, &plan) {
                Ok(adapted) => adapted,
                // Two versions that share a path, for one.
                Err(AdaptError::PathTaken { .. }) => {
                    clashes += 1;
                    continue;
                }
                // Resources of the world itself, and those that an interface and its world both import, have no adapters yet.
                Err(_) if has_resources(resolve) => {
                    unjoined += 1;
                    continue;
                }
                Err(error) => panic!("seed {seed}: {error}\n{}", wit.render()),
            };
            if let Err(error) = Validator::new_with_features(WasmFeatures::all()).validate_all(&adapted.component) {
                panic!("seed {seed}: {error}\n{}", wit.render());
            }
            let exported = wit.exports();
            let functions = exported
                .iter()
                .flat_map(|i| i.functions.iter().map(move |f| (&i.name, f)));
            let carried = functions.clone().filter(|(_, f)| f.uncarried().is_none()).count();
            assert!(adapted.functions.len() <= carried, "seed {seed}");
            for function in &adapted.functions {
                let (_, exported) = functions
                    .clone()
                    .find(|(name, f)| **name == function.interface && f.name == function.function.name)
                    .unwrap_or_else(|| panic!("seed {seed}: {} is served and not exported", function.name()));
                assert_eq!(exported.fingerprint(), function.fingerprint, "seed {seed}");
            }
            for (name, function) in functions.filter(|(_, f)| f.uncarried().is_some()) {
                let full = match name {
                    InterfaceName::World => function.name.clone(),
                    name => format!("{name}.{}", function.name),
                };
                assert!(
                    adapted.left_out.iter().any(|left| left.name == full),
                    "seed {seed}: {full} is neither served nor named"
                );
            }
            served += adapted.functions.len();
            left_out += adapted.left_out.len();
            adapted_count += 1;
        }
    }
    println!("{adapted_count} components, {served} functions served, {left_out} left out, {clashes} clashes of paths");
    assert!(
        adapted_count > 100 && served > 200 && unjoined * 20 < adapted_count,
        "{adapted_count} components, {served} functions, {unjoined} that could not be joined"
    );
}
