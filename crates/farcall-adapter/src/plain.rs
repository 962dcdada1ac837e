//! Plain modules: what one exports for callers, what it wants to call, and what of it no call can carry.
//!
//! Only what its sections say; names on the wire and types of WIT are `plain_wit`'s, emission `plain_skeleton`'s and
//! `plain_stub`'s.

use std::collections::HashMap;
use std::fmt;

use farcall_wit::core_label;
use wasmparser::Parser;

use crate::annotations::{Annotations, label};
use crate::plain_error::PlainError;
use crate::plain_sections::Sections;

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
    /// Whether it opens files, by WASI preview 1: such a module may use the device.
    pub opens_files: bool,
    /// Functions that were asked for and cannot be carried: their names, each with the reason.
    pub left_out: Vec<(String, String)>,
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
        plain.take_declarations(module)?;
        let (count, limit) = (plain.exports.len() + plain.imports.len(), farcall_wit::MAX_FUNCTIONS);
        match count > limit {
            true => Err(PlainError::TooMany { count, limit }),
            false => Ok(plain),
        }
    }

    /// What the module's own WIT says of its functions. Types of more than numbers are for
    /// [`componentize`](crate::componentize), which comes before this.
    fn take_declarations(&mut self, module: &[u8]) -> Result<(), PlainError> {
        let annotations = Annotations::of(module).map_err(|error| PlainError::Wit(error.to_string()))?;
        let Some(annotations) = annotations else { return Ok(()) };
        for (functions, said) in [
            (&mut self.exports, &annotations.exports),
            (&mut self.imports, &annotations.imports),
        ] {
            for function in functions
                .iter_mut()
                .filter(|function| function.symbol.starts_with(PLAIN_PREFIX))
            {
                let labels = [core_label(&function.name), label(&function.name)];
                let said = said.iter().find(|said| labels.contains(&said.name));
                function.declared = said.map(|said| Declared {
                    ty: said.ty.clone(),
                    docs: said.docs.clone(),
                });
            }
        }
        Ok(())
    }

    fn take_imports(&mut self, sections: &Sections) -> Result<(), PlainError> {
        let mut known: HashMap<&str, PlainFunction> = HashMap::new();
        for (from, symbol, function) in &sections.imports {
            self.opens_files |= from == "wasi_snapshot_preview1" && symbol == "path_open";
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

/// Why a function is not offered by [`PlainExports::All`]: others call it.
fn reserved(symbol: &str) -> Option<&'static str> {
    match symbol {
        "_start" => Some("it is the entry of a command, which `run` runs"),
        "_initialize" | "__wasm_call_ctors" => Some("it is called when an instance is made"),
        "malloc" | "free" | "realloc" | "calloc" => Some("it belongs to the module's allocator"),
        // As toolchains put them there: also `cabi_realloc_wit_bindgen_0_46_0`, `cm32p2_realloc`, `cm32p2|_initialize`.
        symbol if symbol.starts_with("cabi_realloc") => Some("it belongs to the module's allocator"),
        symbol if symbol.starts_with("cabi_post_") => Some("it frees another function's result"),
        symbol if symbol.starts_with("cm32p2") => Some("it is a part of the canonical ABI"),
        _ => None,
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
