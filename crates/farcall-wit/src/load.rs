//! Reads interfaces out of components, WIT text, WIT folders: hostile input becomes an error, never a panic.
//!
//! Does not fetch anything: bytes, text and paths come from the caller.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use wit_parser::decoding::{DecodedWasm, decode};
use wit_parser::{PackageId, Resolve, SourceMap, TypeDefKind, WorldId};

use crate::limits::{MAX_COMPONENT_BYTES, MAX_FUNCTIONS, MAX_MEMBERS, MAX_TEXT_BYTES, MAX_TYPE_DEPTH, MAX_TYPES};
use crate::name::InterfaceName;
use crate::sections::plausible;
use crate::wit::Wit;

/// Why a source gives no interfaces.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// Does not begin like WebAssembly.
    #[error("not WebAssembly: it does not begin with `\\0asm`")]
    NotWasm,
    /// A plain module.
    #[error("a core module, not a component: componentize it first, for example with `wasm-tools component new`")]
    CoreModule,
    /// Begins like WebAssembly but does not validate.
    #[error("not a valid component: {reason}")]
    InvalidComponent {
        /// What the decoder said.
        reason: String,
    },
    /// WIT that does not parse or resolve.
    #[error("not valid WIT: {reason}")]
    InvalidWit {
        /// What the parser said, with file and line.
        reason: String,
    },
    /// The named world is not there, or several are and none was named.
    #[error("no world to look at: {reason}")]
    World {
        /// What is there.
        reason: String,
    },
    /// A limit of `limits.rs` is exceeded.
    #[error("{count} {what}, more than the limit of {limit}")]
    Limit {
        /// What there is too much of.
        what: &'static str,
        /// How much there is.
        count: usize,
        /// How much is allowed.
        limit: usize,
    },
    /// A file could not be read.
    #[error("cannot read {}: {error}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
}

impl Wit {
    /// The imports and exports of a component, or the world of a WIT package in binary form if it has one alone.
    pub fn from_component(bytes: &[u8]) -> Result<Wit, LoadError> {
        within("bytes", bytes.len(), MAX_COMPONENT_BYTES)?;
        match bytes {
            [0, b'a', b's', b'm', _, _, 0, 0, ..] => return Err(LoadError::CoreModule),
            [0, b'a', b's', b'm', ..] => {}
            _ => return Err(LoadError::NotWasm),
        }
        let invalid = |reason: String| LoadError::InvalidComponent { reason };
        plausible(bytes).map_err(|e| invalid(one_line(&e)))?;
        let decoded = contained(|| decode(bytes))
            .map_err(invalid)?
            .map_err(|e| invalid(one_line(&e)))?;
        let (resolve, world) = match decoded {
            DecodedWasm::Component(resolve, world) => (resolve, world),
            DecodedWasm::WitPackage(resolve, package) => select(resolve, package, None)?,
        };
        checked(resolve, world)
    }

    /// A world out of WIT text, which may hold several `package ns:name { ... }` blocks. `name` stands for the text in
    /// errors. Without `world` the one world of the main package is meant; if it has none, one that exports each of
    /// its interfaces. Text of blocks alone has as main packages those that no other block uses.
    pub fn from_text(name: &str, text: &str, world: Option<&str>) -> Result<Wit, LoadError> {
        within("bytes of text", text.len(), MAX_TEXT_BYTES)?;
        let (resolve, world) =
            contained(|| parse(name, text, world)).map_err(|reason| LoadError::InvalidWit { reason })??;
        checked(resolve, world)
    }

    /// A world out of a `.wit` file, a folder of WIT with `deps/`, or a component.
    pub fn from_path(path: &Path, world: Option<&str>) -> Result<Wit, LoadError> {
        let io = |error| LoadError::Io {
            path: path.to_owned(),
            error,
        };
        let metadata = std::fs::metadata(path).map_err(io)?;
        if metadata.is_dir() {
            let mut resolve = Resolve::new();
            let pushed = contained(|| resolve.push_dir(path));
            let invalid = |reason| LoadError::InvalidWit { reason };
            let (package, _) = match pushed.map_err(invalid)? {
                Ok(pushed) => pushed,
                Err(error) => return Err(invalid(resolve.render_error(&error))),
            };
            let (resolve, world) = select(resolve, package, world)?;
            return checked(resolve, world);
        }
        within(
            "bytes",
            usize::try_from(metadata.len()).unwrap_or(usize::MAX),
            MAX_COMPONENT_BYTES,
        )?;
        let bytes = std::fs::read(path).map_err(io)?;
        if bytes.starts_with(b"\0asm") || path.extension().is_some_and(|extension| extension == "wasm") {
            return Wit::from_component(&bytes);
        }
        match std::str::from_utf8(&bytes) {
            Ok(text) => Wit::from_text(&path.display().to_string(), text, world),
            Err(error) => Err(LoadError::InvalidWit {
                reason: format!("{}: {error}", path.display()),
            }),
        }
    }
}

impl Wit {
    /// A world that exports this interface alone, which is one of this world's: what stands for whoever implements it.
    pub fn exporting(&self, name: &InterfaceName) -> Result<Wit, LoadError> {
        if self.exports().iter().any(|interface| interface.name == *name) {
            return Ok(self.served(|served| served == name));
        }
        let (resolve, world) = exporting(Resolve::clone(self.resolve()), &[name.to_string()])?;
        Ok(Wit::new(resolve, world))
    }
}

fn parse(name: &str, text: &str, world: Option<&str>) -> Result<(Resolve, WorldId), LoadError> {
    let invalid = |reason: String| LoadError::InvalidWit { reason };
    let mut map = SourceMap::default();
    map.push_str(name, text);
    let (group, headed) = match map.parse() {
        Ok(group) => (group, true),
        Err((map, error)) if is_headless(&error) => {
            let mut map = map;
            map.push_str("main", format!("package {SYNTHETIC_PACKAGE};"));
            (map.parse().map_err(|(map, error)| invalid(error.render(&map)))?, false)
        }
        Err((map, error)) => return Err(invalid(error.render(&map))),
    };
    let mut resolve = Resolve::new();
    let package = match resolve.push_group(group) {
        Ok(package) => package,
        Err(error) => return Err(invalid(error.render(&resolve.source_map))),
    };
    if headed {
        select(resolve, package, world)
    } else {
        select_of_blocks(resolve, package, world)
    }
}

fn is_headless(error: &wit_parser::ParseError) -> bool {
    error.to_string().contains("no `package` header was found")
}

/// The world of a main package: the named one, its only one, or one made up that exports its interfaces.
fn select(mut resolve: Resolve, package: PackageId, world: Option<&str>) -> Result<(Resolve, WorldId), LoadError> {
    if world.is_none() && resolve.packages[package].worlds.is_empty() {
        let interfaces = interface_ids(&resolve, package);
        return exporting(resolve, &interfaces);
    }
    let chosen = resolve
        .select_world(&[package], world)
        .map_err(|e| LoadError::World { reason: one_line(&e) })?;
    resolve.worlds[chosen].includes.clear();
    Ok((resolve, chosen))
}

fn select_of_blocks(resolve: Resolve, main: PackageId, world: Option<&str>) -> Result<(Resolve, WorldId), LoadError> {
    let blocks: Vec<PackageId> = resolve
        .packages
        .iter()
        .map(|(id, _)| id)
        .filter(|id| *id != main)
        .collect();
    let used: Vec<PackageId> = blocks.iter().flat_map(|id| resolve.package_direct_deps(*id)).collect();
    let top: Vec<PackageId> = blocks.into_iter().filter(|id| !used.contains(id)).collect();
    let worlds = |id: &PackageId| resolve.packages[*id].worlds.len();
    match top.as_slice() {
        [package] => select(resolve, *package, world),
        packages if world.is_none() && packages.iter().map(worlds).sum::<usize>() == 0 => {
            let interfaces: Vec<String> = top.iter().flat_map(|id| interface_ids(&resolve, *id)).collect();
            exporting(resolve, &interfaces)
        }
        packages => {
            let chosen = match packages
                .iter()
                .filter(|id| worlds(id) > 0)
                .collect::<Vec<_>>()
                .as_slice()
            {
                [package] => resolve.select_world(&[**package], world),
                _ => resolve.select_world(packages, world),
            };
            let chosen = chosen.map_err(|e| LoadError::World { reason: one_line(&e) })?;
            Ok((resolve, chosen))
        }
    }
}

fn interface_ids(resolve: &Resolve, package: PackageId) -> Vec<String> {
    resolve.packages[package]
        .interfaces
        .values()
        .filter_map(|id| resolve.id_of(*id))
        .collect()
}

/// Adds a package with one world that exports the interfaces; wit-parser adds the imports that their types need.
fn exporting(mut resolve: Resolve, interfaces: &[String]) -> Result<(Resolve, WorldId), LoadError> {
    if interfaces.is_empty() {
        return Err(LoadError::World {
            reason: "the main package has neither a world nor an interface".to_owned(),
        });
    }
    let exports: String = interfaces
        .iter()
        .map(|interface| format!("export {};\n", escaped(interface)))
        .collect();
    // The name that tools give to a component's own world.
    let text = format!("package root:component;\nworld root {{\n{exports}}}\n");
    let package = match resolve.push_source("root.wit", &text) {
        Ok(package) => package,
        Err(error) => {
            return Err(LoadError::InvalidWit {
                reason: resolve.render_error(&error),
            });
        }
    };
    let world = resolve
        .select_world(&[package], None)
        .map_err(|e| LoadError::World { reason: one_line(&e) })?;
    Ok((resolve, world))
}

/// `ns:pkg/iface@ver` with each name behind `%`, which keeps a name that is a keyword a name.
fn escaped(interface: &str) -> String {
    format!("%{}", interface.replacen(':', ":%", 1).replacen('/', "/%", 1))
}

fn checked(resolve: Resolve, world: WorldId) -> Result<Wit, LoadError> {
    within("types", resolve.types.len(), MAX_TYPES)?;
    let mut depths = vec![0usize; resolve.types.len()];
    // Types come after those that they refer to, so one pass without recursion is enough.
    for (id, def) in resolve.types.iter() {
        let part = |ty: &wit_parser::Type| match ty {
            wit_parser::Type::Id(id) => depths.get(id.index()).copied().unwrap_or(0),
            _ => 0,
        };
        let (deepest, members) = match &def.kind {
            // An alias adds nothing of its own.
            TypeDefKind::Type(ty) => (part(ty).saturating_sub(1), 1),
            TypeDefKind::Record(r) => (r.fields.iter().map(|f| part(&f.ty)).max().unwrap_or(0), r.fields.len()),
            TypeDefKind::Tuple(t) => (t.types.iter().map(part).max().unwrap_or(0), t.types.len()),
            TypeDefKind::Variant(v) => (
                v.cases
                    .iter()
                    .filter_map(|c| c.ty.as_ref())
                    .map(part)
                    .max()
                    .unwrap_or(0),
                v.cases.len(),
            ),
            TypeDefKind::Enum(e) => (0, e.cases.len()),
            TypeDefKind::Flags(f) => (0, f.flags.len()),
            TypeDefKind::List(t) | TypeDefKind::FixedLengthList(t, _) | TypeDefKind::Option(t) => (part(t), 1),
            TypeDefKind::Map(k, v) => (part(k).max(part(v)), 2),
            TypeDefKind::Result(r) => (r.ok.iter().chain(&r.err).map(part).max().unwrap_or(0), 2),
            TypeDefKind::Stream(t) | TypeDefKind::Future(t) => (t.as_ref().map_or(0, part), 1),
            TypeDefKind::Handle(_) | TypeDefKind::Resource | TypeDefKind::Unknown => (0, 0),
        };
        within("levels of types", deepest + 1, MAX_TYPE_DEPTH)?;
        within("fields or cases", members, MAX_MEMBERS)?;
        if let Some(depth) = depths.get_mut(id.index()) {
            *depth = deepest + 1;
        }
    }
    let functions = resolve.interfaces.iter().map(|(_, i)| i.functions.len()).sum::<usize>()
        + resolve
            .worlds
            .iter()
            .map(|(_, w)| w.exports.len() + w.imports.len())
            .sum::<usize>();
    within("functions", functions, MAX_FUNCTIONS)?;
    let params = resolve
        .interfaces
        .iter()
        .flat_map(|(_, i)| i.functions.values())
        .map(|f| f.params.len())
        .max();
    within("parameters", params.unwrap_or(0), MAX_MEMBERS)?;
    Ok(Wit::new(resolve, world))
}

fn within(what: &'static str, count: usize, limit: usize) -> Result<(), LoadError> {
    if count > limit {
        Err(LoadError::Limit { what, count, limit })
    } else {
        Ok(())
    }
}

/// A parser's assertion that hostile input trips is an error of the input.
fn contained<T>(parse: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(parse)).map_err(|panic| {
        let message = panic.downcast_ref::<String>().map(String::as_str);
        let message = message
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("unknown");
        format!("the parser gave up: {message}")
    })
}

fn one_line(error: &impl std::fmt::Display) -> String {
    format!("{error:#}")
}

/// The main package of a text that has none; nothing refers to it.
const SYNTHETIC_PACKAGE: &str = "root:blocks";
