//! One source's interfaces: a resolved set of WIT packages and the world that is looked at.
//!
//! Does not read files or binaries; `load.rs` does.

use std::collections::HashSet;
use std::sync::Arc;

use wit_parser::{InterfaceId, Resolve, TypeId, WorldId, WorldItem, WorldKey};

use crate::convert::Converter;
use crate::interface::Interface;
use crate::name::InterfaceName;

/// What one component, WIT source or server offers and needs. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Wit {
    resolve: Arc<Resolve>,
    world: WorldId,
}

impl Wit {
    /// A world of `resolve`. Checks no limits: what is read from outside comes through the loaders
    /// ([`Wit::from_component`], [`Wit::from_text`], [`Wit::from_path`]).
    pub fn new(resolve: Resolve, world: WorldId) -> Wit {
        Wit {
            resolve: Arc::new(resolve),
            world,
        }
    }

    /// All packages.
    pub fn resolve(&self) -> &Resolve {
        &self.resolve
    }

    /// The world that is looked at.
    pub fn world(&self) -> WorldId {
        self.world
    }

    /// What the world exports: its own functions first, as one interface called [`InterfaceName::World`], if it has
    /// any, then its interfaces in order. Converts anew at each call.
    pub fn exports(&self) -> Vec<Interface> {
        Converter::new(&self.resolve).interfaces(&self.resolve.worlds[self.world].exports)
    }

    /// What the world imports, in the same shape.
    pub fn imports(&self) -> Vec<Interface> {
        Converter::new(&self.resolve).interfaces(&self.resolve.worlds[self.world].imports)
    }

    /// The same world with only those exports that `keep` takes, and of the imports only the types that these need,
    /// without functions: what a server shows.
    pub fn served(&self, keep: impl Fn(&InterfaceName) -> bool) -> Wit {
        let mut resolve = Resolve::clone(&self.resolve);
        let name = |key: &WorldKey, item: &WorldItem| match item {
            WorldItem::Interface { .. } => InterfaceName::of_key(&self.resolve, key),
            WorldItem::Function(_) | WorldItem::Type { .. } => InterfaceName::World,
        };
        let world = &mut resolve.worlds[self.world];
        world.exports.retain(|key, item| keep(&name(key, item)));
        let has_functions = world
            .exports
            .values()
            .any(|item| matches!(item, WorldItem::Function(_)));

        let exported = interfaces(world.exports.values());
        let mut needed = reachable(&self.resolve, &exported);
        if has_functions {
            let types = world.imports.values().filter_map(|item| match item {
                WorldItem::Type { id, .. } => Some(*id),
                _ => None,
            });
            let owners: Vec<InterfaceId> = types
                .filter_map(|id: TypeId| self.resolve.type_interface_dep(id))
                .collect();
            needed.extend(reachable(&self.resolve, &owners));
        }
        world.imports.retain(|_, item| match item {
            WorldItem::Interface { id, .. } => needed.contains(id),
            WorldItem::Type { .. } => has_functions,
            WorldItem::Function(_) => false,
        });
        let imported = interfaces(world.imports.values());
        for id in imported.into_iter().filter(|id| !exported.contains(id)) {
            resolve.interfaces[id].functions.clear();
        }
        Wit::new(resolve, self.world)
    }

    /// The world as WIT text, with every package that it needs as a nested block and nothing else. Parses back through
    /// [`Wit::from_text`] to the same interfaces with the same fingerprints.
    pub fn render(&self) -> String {
        crate::render::render(&self.resolve, self.world)
    }
}

fn interfaces<'a>(items: impl Iterator<Item = &'a WorldItem>) -> Vec<InterfaceId> {
    items
        .filter_map(|item| match item {
            WorldItem::Interface { id, .. } => Some(*id),
            _ => None,
        })
        .collect()
}

/// `roots` and every interface whose types they use, directly or not.
pub(crate) fn reachable(resolve: &Resolve, roots: &[InterfaceId]) -> HashSet<InterfaceId> {
    let mut seen = HashSet::new();
    let mut rest = roots.to_vec();
    while let Some(id) = rest.pop() {
        if seen.insert(id) {
            rest.extend(resolve.interface_direct_deps(id));
        }
    }
    seen
}
