//! A world as WIT text that parses back: its package first, every package that it needs as a nested block.
//!
//! Does not choose what to show; [`crate::Wit::served`] does.

use std::collections::HashSet;

use wit_component::{OutputToString, WitPrinter};
use wit_parser::{InterfaceId, PackageId, Resolve, Stability, TypeId, WorldId, WorldItem};

use crate::wit::reachable;

pub(crate) fn render(resolve: &Resolve, world: WorldId) -> String {
    let Some(main) = resolve.worlds[world].package else {
        return String::new();
    };
    let mut pruned = resolve.clone();
    let shown = shown(resolve, world);
    for (_, package) in pruned.packages.iter_mut() {
        package.interfaces.retain(|_, id| shown.contains(id));
        package.worlds.retain(|_, id| *id == world);
    }
    ungate(&mut pruned, world);
    let nested: Vec<PackageId> = resolve
        .topological_packages()
        .into_iter()
        .filter(|id| *id != main && !pruned.packages[*id].interfaces.is_empty())
        .collect();
    let mut printer = WitPrinter::new(OutputToString::default());
    match printer.print(&pruned, main, &nested) {
        Ok(()) => printer.output.to_string(),
        // Printing fails only on a `use` of a type without a name, which no text and no decoder can make.
        Err(error) => format!("// {error}\n"),
    }
}

/// The interfaces that the world names and those whose types they use, but not those written inside the world.
fn shown(resolve: &Resolve, world: WorldId) -> HashSet<InterfaceId> {
    let world = &resolve.worlds[world];
    let mut roots = Vec::new();
    for item in world.imports.values().chain(world.exports.values()) {
        match item {
            WorldItem::Interface { id, .. } => roots.push(*id),
            WorldItem::Type { id, .. } => roots.extend(resolve.type_interface_dep(*id)),
            WorldItem::Function(_) => {}
        }
    }
    reachable(resolve, &roots)
}

/// Drops `@since` and `@unstable`: a parser leaves out what is behind a gate that it does not know.
fn ungate(resolve: &mut Resolve, world: WorldId) {
    for (_, interface) in resolve.interfaces.iter_mut() {
        interface.stability = Stability::Unknown;
        interface
            .functions
            .values_mut()
            .for_each(|function| function.stability = Stability::Unknown);
    }
    let types: Vec<TypeId> = resolve.types.iter().map(|(id, _)| id).collect();
    for id in types {
        resolve.types[id].stability = Stability::Unknown;
    }
    let world = &mut resolve.worlds[world];
    world.stability = Stability::Unknown;
    for item in world.imports.values_mut().chain(world.exports.values_mut()) {
        match item {
            WorldItem::Interface { stability, .. } => *stability = Stability::Unknown,
            WorldItem::Function(function) => function.stability = Stability::Unknown,
            WorldItem::Type { .. } => {}
        }
    }
}
