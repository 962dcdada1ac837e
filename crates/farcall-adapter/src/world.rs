//! Worlds for adapters: what a stub exports and a skeleton imports, made out of the component's own world.
//!
//! Says nothing of how the functions work.

use std::collections::HashMap;
use std::sync::LazyLock;

use farcall_wit::wit_parser::{InterfaceId, Resolve, WorldId, WorldItem, WorldKey};
use farcall_wit::{Converter, Function, InterfaceName, Wit};

use crate::LeftOut;
use crate::door::{CORE_WIT, DISPATCH, TRANSPORT};
use crate::error::AdaptError;

static CORE: LazyLock<Resolve> = LazyLock::new(|| {
    let mut resolve = Resolve::default();
    resolve
        .push_source("wasm-rpc-core.wit", CORE_WIT)
        .expect("the doors' WIT is well formed");
    resolve
});

/// One function of an adapter's world.
pub(crate) struct Member {
    /// `None` for a function of the world itself.
    pub key: Option<WorldKey>,
    pub interface: InterfaceName,
    pub raw: farcall_wit::wit_parser::Function,
    pub function: Function,
    /// Why it is not carried, if it is not.
    pub why: Option<String>,
}

/// A world for an adapter, with the functions that go through it.
pub(crate) struct AdapterWorld {
    pub resolve: Resolve,
    pub world: WorldId,
    pub members: Vec<Member>,
}

/// The world of a skeleton for those exports of `wit` that `keep` names: functions not carried are left out.
pub(crate) fn skeleton(
    wit: &Wit,
    keep: &dyn Fn(&InterfaceName) -> bool,
    left_out: &mut Vec<LeftOut>,
) -> Result<AdapterWorld, AdaptError> {
    let (mut resolve, world) = with_doors(wit)?;
    let exports = std::mem::take(&mut resolve.worlds[world].exports);
    let mut members = Vec::new();
    for (key, item) in exports {
        let found = kept_of(&resolve, &key, &item, keep);
        if found.is_empty() {
            continue;
        }
        let mut kept = 0;
        for member in found {
            let Some(why) = &member.why else {
                kept += 1;
                members.push(member);
                continue;
            };
            left_out.push(LeftOut::new(&member.interface, &member.function.name, why));
            if let WorldItem::Interface { id, .. } = &item {
                resolve.interfaces[*id].functions.shift_remove(&member.function.name);
            }
        }
        if kept > 0 {
            resolve.worlds[world].exports.insert(key, item);
        }
    }
    // Merging has put the world's own functions first; indices follow the component's order, which `survey` told.
    let order: HashMap<(String, String), usize> = survey(wit, true, keep).iter().map(place).zip(0..).collect();
    members.sort_by_key(|member| order.get(&place(member)).copied());
    resolve
        .importize(world, Some("farcall-skeleton".into()))
        .map_err(encode_error)?;
    let [types, dispatch] = ["types", DISPATCH].map(|name| door(&resolve, name));
    add(&mut resolve, world, types, false);
    add(&mut resolve, world, dispatch, true);
    Ok(AdapterWorld {
        resolve,
        world,
        members,
    })
}

/// The world of a stub for those imports of `wit` that `keep` names.
pub(crate) fn stub(
    wit: &Wit,
    keep: &dyn Fn(&InterfaceName) -> bool,
    left_out: &mut Vec<LeftOut>,
) -> Result<AdapterWorld, AdaptError> {
    let (mut resolve, world) = with_doors(wit)?;
    let mut members = Vec::new();
    let mut kept = Vec::new();
    for (key, item) in resolve.worlds[world].imports.clone() {
        let found = kept_of(&resolve, &key, &item, keep);
        if found.is_empty() {
            continue;
        }
        kept.push(key);
        for member in found {
            if let Some(why) = &member.why {
                left_out.push(LeftOut::new(&member.interface, &member.function.name, why));
            }
            members.push(member);
        }
    }
    let imports = &mut resolve.worlds[world].imports;
    imports.retain(|key, item| kept.contains(key) || matches!(item, WorldItem::Type { .. }));
    let filter = |key: &WorldKey, item: &WorldItem| kept.contains(key) && !matches!(item, WorldItem::Type { .. });
    resolve
        .exportize(world, Some("farcall-stub".into()), Some(&filter))
        .map_err(encode_error)?;
    // The last that is added stands first: `types` before the door that uses it.
    let [types, transport] = ["types", TRANSPORT].map(|name| door(&resolve, name));
    add(&mut resolve, world, transport, false);
    add(&mut resolve, world, types, false);
    Ok(AdapterWorld {
        resolve,
        world,
        members,
    })
}

fn place(member: &Member) -> (String, String) {
    (member.interface.to_string(), member.function.name.clone())
}

fn with_doors(wit: &Wit) -> Result<(Resolve, WorldId), AdaptError> {
    let mut resolve = CORE.clone();
    let remap = resolve.merge(wit.resolve().clone()).map_err(encode_error)?;
    let world = remap
        .map_world(wit.world(), Default::default())
        .map_err(|error| AdaptError::Encode(format!("{error:?}")))?;
    Ok((resolve, world))
}

/// The functions that `keep` names among a world's exports, as [`skeleton`] finds them, and among its imports.
pub(crate) fn survey(wit: &Wit, exports: bool, keep: &dyn Fn(&InterfaceName) -> bool) -> Vec<Member> {
    let world = &wit.resolve().worlds[wit.world()];
    let items = if exports { &world.exports } else { &world.imports };
    let found = items
        .iter()
        .flat_map(|(key, item)| kept_of(wit.resolve(), key, item, keep));
    found.collect()
}

fn kept_of(resolve: &Resolve, key: &WorldKey, item: &WorldItem, keep: &dyn Fn(&InterfaceName) -> bool) -> Vec<Member> {
    let found = members_of(resolve, key, item);
    if found.first().is_some_and(|member| keep(&member.interface)) {
        found
    } else {
        Vec::new()
    }
}

fn members_of(resolve: &Resolve, key: &WorldKey, item: &WorldItem) -> Vec<Member> {
    let mut converter = Converter::new(resolve);
    let mut member = |key: Option<&WorldKey>, interface: InterfaceName, raw: &farcall_wit::wit_parser::Function| {
        let function = converter.function(raw);
        let asynchronous = function.is_async.then(|| "it is an async function".to_string());
        let why = function.uncarried().map(|why| why.to_string()).or(asynchronous);
        Member {
            key: key.cloned(),
            interface,
            raw: raw.clone(),
            function,
            why,
        }
    };
    match item {
        WorldItem::Interface { id, .. } => {
            let name = InterfaceName::of_key(resolve, key);
            let functions = resolve.interfaces[*id].functions.values();
            functions.map(|raw| member(Some(key), name.clone(), raw)).collect()
        }
        WorldItem::Function(raw) => vec![member(None, InterfaceName::World, raw)],
        WorldItem::Type { .. } => Vec::new(),
    }
}

fn door(resolve: &Resolve, name: &str) -> InterfaceId {
    let core = resolve.packages.iter().find(|(_, package)| {
        package.name.namespace == "wasm-rpc" && package.name.name == "core" && package.interfaces.contains_key(DISPATCH)
    });
    core.expect("the doors were merged").1.interfaces[name]
}

/// Puts a door's interface first, also if the component's own interfaces brought it in further back: what uses it comes
/// after it.
fn add(resolve: &mut Resolve, world: WorldId, id: InterfaceId, export: bool) {
    let item = WorldItem::Interface {
        id,
        stability: Default::default(),
        external_id: None,
        docs: Default::default(),
        span: Default::default(),
    };
    let world = &mut resolve.worlds[world];
    let items = if export { &mut world.exports } else { &mut world.imports };
    items.shift_remove(&WorldKey::Interface(id));
    items.shift_insert(0, WorldKey::Interface(id), item);
}

fn encode_error(error: impl std::fmt::Display) -> AdaptError {
    AdaptError::Encode(format!("{error:#}"))
}
