//! Plain modules: what one exports for callers, what it wants to call, and what of it no call can carry.
//!
//! Only what its sections say; names on the wire and types of WIT are `plain_wit`'s, emission `plain_skeleton`'s and
//! `plain_stub`'s.

use std::collections::HashMap;
use std::fmt;

use wasmparser::{CompositeInnerType, ExternalKind, Parser, Payload, TypeRef, ValType};

/// What marks a plain module's functions for calls, among its exports and its imports from [`PLAIN_IMPORTS`].
pub const PLAIN_PREFIX: &str = "__wasm_rpc_";
/// Where a plain module imports the functions from that it calls.
pub const PLAIN_IMPORTS: &str = "env";

/// A type of a plain function's parameter or result: `s32`, `s64`, `f32` and `f64` in WIT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // What WebAssembly calls them.
pub enum CoreType {
    I32,
    I64,
    F32,
    F64,
}

/// A function that a plain module exports or imports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainFunction {
    /// Its name in the module: `__wasm_rpc_add`.
    pub symbol: String,
    /// Its name for callers: `add`.
    pub name: String,
    /// Its parameters.
    pub params: Vec<CoreType>,
    /// Its results.
    pub results: Vec<CoreType>,
    /// Its type in WIT, where the module says it.
    pub declared: Option<Declared>,
}

/// What a plain module says of a function's type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// The type: `func(a: s32) -> s32`.
    pub ty: String,
    /// Lines that each begin with `///`.
    pub docs: String,
}

/// A function that a plain module calls, and what its call is known by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainImport {
    /// The function.
    pub function: PlainFunction,
    /// The link that it goes over.
    pub link: String,
    /// Its path on the wire.
    pub path: String,
    /// Its fingerprint.
    pub fingerprint: String,
}

/// Which exports of a plain module are served.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlainExports {
    /// None.
    Nothing,
    /// Those that [`PLAIN_PREFIX`] marks, by the name that follows it.
    #[default]
    Marked,
    /// Every function, by its name without that mark, but for what a WASI module's host and its toolchain call.
    All,
    /// Every function by its whole name.
    Every,
}

/// What a plain module has to do with calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlainModule {
    /// The functions that can be served, in the module's order.
    pub exports: Vec<PlainFunction>,
    /// The functions that it calls, each once.
    pub imports: Vec<PlainFunction>,
    /// Functions that were asked for and cannot be carried: their names, each with the reason.
    pub left_out: Vec<(String, String)>,
}

/// Why a plain module cannot be served or linked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlainError {
    /// The module does not parse.
    #[error("not a valid module: {reason} at byte {offset:#x}")]
    Invalid {
        /// What the parser said.
        reason: String,
        /// Where.
        offset: u64,
    },
    /// A marked export is no function.
    #[error("its export `{name}` is {what}, not a function, and no call can reach it; export a function, or rename it")]
    NotAFunction {
        /// The export.
        name: String,
        /// What it is.
        what: &'static str,
    },
    /// A marked function has a type that no call carries.
    #[error("{place} `{name}` has {what}, which no call can carry; use i32, i64, f32 and f64, or a component")]
    Uncarried {
        /// `its export` or `its import`.
        place: &'static str,
        /// The function.
        name: String,
        /// The type.
        what: String,
    },
    /// Two exports would have one name for callers.
    #[error("its exports `{first}` and `{second}` are both `{name}` to callers; rename one of them")]
    Clash {
        /// The first.
        first: String,
        /// The second.
        second: String,
        /// The name.
        name: String,
    },
    /// One import with two types.
    #[error("it imports `{name}` twice, with two types: {first} and {second}")]
    TwoTypes {
        /// The import.
        name: String,
        /// One type.
        first: String,
        /// The other.
        second: String,
    },
    /// Its functions make no WIT: two exports have one WIT name, for one.
    #[error("its functions make no interface: {0}")]
    Wit(String),
    /// A name is too long to be called by.
    #[error("the name of `{start}...` has {length} bytes, more than the limit of {limit}")]
    LongName {
        /// How it begins.
        start: String,
        /// Its length.
        length: usize,
        /// The limit.
        limit: usize,
    },
    /// The module's WIT does not fit its functions.
    #[error("its section wasm-rpc:wit says `{name}: {declared}`, but `{symbol}` is {actual}")]
    Misdeclared {
        /// The function's name in the WIT.
        name: String,
        /// Its type there.
        declared: String,
        /// Its name in the module.
        symbol: String,
        /// Its type in the module.
        actual: String,
    },
    /// More functions than a component may have.
    #[error("{count} functions to serve or call, more than the limit of {limit}")]
    TooMany {
        /// How many.
        count: usize,
        /// How many there may be.
        limit: usize,
    },
}

/// Whether those bytes are a core module's, as far as its first bytes tell.
pub fn is_plain(bytes: &[u8]) -> bool {
    Parser::is_core_wasm(bytes)
}

impl PlainModule {
    /// Reads a module's imports and exports. Its code is not looked at.
    ///
    /// # Errors
    ///
    /// A marked import or export that no call can carry, names that clash, a module that does not parse. Under
    /// [`PlainExports::All`] and [`PlainExports::Every`] an unmarked export that cannot be carried is left out instead.
    pub fn read(module: &[u8], serve: PlainExports) -> Result<PlainModule, PlainError> {
        let sections = Sections::read(module)?;
        let mut plain = PlainModule::default();
        plain.take_imports(&sections)?;
        plain.take_exports(&sections, serve)?;
        let (count, limit) = (plain.exports.len() + plain.imports.len(), farcall_wit::MAX_FUNCTIONS);
        match count > limit {
            true => Err(PlainError::TooMany { count, limit }),
            false => Ok(plain),
        }
    }

    fn take_imports(&mut self, sections: &Sections) -> Result<(), PlainError> {
        let mut known: HashMap<&str, PlainFunction> = HashMap::new();
        for (from, symbol, function) in &sections.imports {
            let Some(name) = symbol.strip_prefix(PLAIN_PREFIX).filter(|_| from == PLAIN_IMPORTS) else {
                continue;
            };
            let place = "its import";
            let function = match function {
                Ok(signature) => sections.function(symbol, name, *signature, place)?,
                Err(what) => {
                    let (name, what) = (symbol.clone(), format!("the type of {what}"));
                    return Err(PlainError::Uncarried { place, name, what });
                }
            };
            match known.get(symbol.as_str()) {
                Some(other) if *other != function => {
                    return Err(PlainError::TwoTypes {
                        name: symbol.clone(),
                        first: other.to_string(),
                        second: function.to_string(),
                    });
                }
                Some(_) => {}
                None => {
                    self.imports.push(function.clone());
                    known.insert(symbol, function);
                }
            }
        }
        Ok(())
    }

    fn take_exports(&mut self, sections: &Sections, serve: PlainExports) -> Result<(), PlainError> {
        let mut taken: HashMap<&str, &str> = HashMap::new();
        for (symbol, function) in &sections.exports {
            let mark = symbol.strip_prefix(PLAIN_PREFIX);
            let name = match (serve, mark) {
                (PlainExports::Nothing, _) | (PlainExports::Marked, None) => continue,
                (PlainExports::Every, _) => symbol,
                (_, Some(name)) => name,
                (PlainExports::All, None) => symbol.as_str(),
            };
            let marked = mark.is_some() && serve != PlainExports::Every;
            if !marked
                && serve == PlainExports::All
                && let Some(why) = reserved(symbol)
            {
                self.left_out.push((name.to_owned(), why.to_owned()));
                continue;
            }
            let function = match function {
                Ok(signature) => sections.function(symbol, name, *signature, "its export"),
                // An unmarked memory or table is no function that anybody meant.
                Err(_) if !marked => continue,
                Err(what) => {
                    let name = symbol.clone();
                    return Err(PlainError::NotAFunction { name, what });
                }
            };
            match function {
                Ok(function) => {
                    if let Some(first) = taken.insert(name, symbol) {
                        let [first, second, name] = [first, symbol, name].map(str::to_owned);
                        return Err(PlainError::Clash { first, second, name });
                    }
                    self.exports.push(function);
                }
                Err(PlainError::Uncarried { what, .. }) if !marked => {
                    self.left_out
                        .push((name.to_owned(), format!("it has {what}, which no call can carry")));
                }
                Err(error @ PlainError::LongName { .. }) if !marked => {
                    self.left_out.push((name.chars().take(20).collect(), error.to_string()));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Bytes of a function's name: as hex it still is a name that can be called, and a path that every proxy takes.
const LONGEST_NAME: usize = 500;

/// Why a function is not offered by [`PlainExports::All`]: others call it.
fn reserved(symbol: &str) -> Option<&'static str> {
    match symbol {
        "_start" => Some("it is the entry of a command, which `run` runs"),
        "_initialize" | "__wasm_call_ctors" => Some("it is called when an instance is made"),
        "cabi_realloc" | "malloc" | "free" | "realloc" | "calloc" => Some("it belongs to the module's allocator"),
        _ => None,
    }
}

/// The sections that matter here. An import or export that is no function says what it is.
struct Sections {
    types: Vec<Option<(Vec<ValType>, Vec<ValType>)>>,
    imports: Vec<(String, String, Result<u32, &'static str>)>,
    exports: Vec<(String, Result<u32, &'static str>)>,
}

impl Sections {
    fn read(module: &[u8]) -> Result<Sections, PlainError> {
        let mut sections = Sections {
            types: Vec::new(),
            imports: Vec::new(),
            exports: Vec::new(),
        };
        // The type of each function, imported ones first.
        let mut functions: Vec<u32> = Vec::new();
        for payload in Parser::new(0).parse_all(module) {
            match payload.map_err(invalid)? {
                Payload::TypeSection(section) => {
                    for group in section {
                        let types = group.map_err(invalid)?.into_types();
                        sections.types.extend(types.map(|ty| match ty.composite_type.inner {
                            CompositeInnerType::Func(ty) => Some((ty.params().to_vec(), ty.results().to_vec())),
                            _ => None,
                        }));
                    }
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import.map_err(invalid)?;
                        let what = match import.ty {
                            TypeRef::Func(ty) | TypeRef::FuncExact(ty) => {
                                functions.push(ty);
                                Ok(ty)
                            }
                            TypeRef::Table(_) => Err("a table"),
                            TypeRef::Memory(_) => Err("a memory"),
                            TypeRef::Global(_) => Err("a global"),
                            TypeRef::Tag(_) => Err("a tag"),
                        };
                        sections.imports.push((import.module.into(), import.name.into(), what));
                    }
                }
                Payload::FunctionSection(section) => {
                    for ty in section {
                        functions.push(ty.map_err(invalid)?);
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        let export = export.map_err(invalid)?;
                        let what = match export.kind {
                            ExternalKind::Func | ExternalKind::FuncExact => {
                                let ty = usize::try_from(export.index)
                                    .ok()
                                    .and_then(|index| functions.get(index));
                                Ok(*ty.ok_or_else(|| PlainError::Invalid {
                                    reason: format!("the export `{}` is a function that is not there", export.name),
                                    offset: 0,
                                })?)
                            }
                            ExternalKind::Table => Err("a table"),
                            ExternalKind::Memory => Err("a memory"),
                            ExternalKind::Global => Err("a global"),
                            ExternalKind::Tag => Err("a tag"),
                        };
                        sections.exports.push((export.name.into(), what));
                    }
                }
                _ => {}
            }
        }
        Ok(sections)
    }

    fn function(&self, symbol: &str, name: &str, ty: u32, place: &'static str) -> Result<PlainFunction, PlainError> {
        if name.len() > LONGEST_NAME {
            let start = name.chars().take(20).collect();
            let (length, limit) = (name.len(), LONGEST_NAME);
            return Err(PlainError::LongName { start, length, limit });
        }
        let signature = usize::try_from(ty).ok().and_then(|ty| self.types.get(ty));
        let Some(Some((params, results))) = signature else {
            return Err(PlainError::Invalid {
                reason: format!("the type of `{symbol}` is not there"),
                offset: 0,
            });
        };
        let carried = |types: &[ValType], what: &str| {
            let core = types.iter().map(|ty| {
                core(*ty).ok_or_else(|| PlainError::Uncarried {
                    place,
                    name: symbol.to_owned(),
                    what: format!("a {what} of type {ty}"),
                })
            });
            core.collect::<Result<Vec<_>, _>>()
        };
        Ok(PlainFunction {
            symbol: symbol.to_owned(),
            name: name.to_owned(),
            params: carried(params, "parameter")?,
            results: carried(results, "result")?,
            declared: None,
        })
    }
}

fn core(ty: ValType) -> Option<CoreType> {
    match ty {
        ValType::I32 => Some(CoreType::I32),
        ValType::I64 => Some(CoreType::I64),
        ValType::F32 => Some(CoreType::F32),
        ValType::F64 => Some(CoreType::F64),
        ValType::V128 | ValType::Ref(_) => None,
    }
}

fn invalid(error: wasmparser::BinaryReaderError) -> PlainError {
    PlainError::Invalid {
        reason: error.message().to_owned(),
        offset: error.offset() as u64,
    }
}

impl CoreType {
    /// What WIT calls it.
    pub fn wit(self) -> &'static str {
        match self {
            CoreType::I32 => "s32",
            CoreType::I64 => "s64",
            CoreType::F32 => "f32",
            CoreType::F64 => "f64",
        }
    }
}

impl fmt::Display for PlainFunction {
    /// Its type, as WebAssembly text has it: `(i32 i32) -> (i32)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |types: &[CoreType]| {
            let names = types.iter().map(|ty| format!("{ty:?}").to_lowercase());
            names.collect::<Vec<_>>().join(" ")
        };
        write!(f, "({}) -> ({})", list(&self.params), list(&self.results))
    }
}
