//! The functions that a core module imports and exports, with their core types as WIT.
//!
//! Knows nothing of what a component's encoder wants.

use std::collections::BTreeMap;

use wasmparser::{CompositeInnerType, ExternalKind, FuncType, Parser, Payload, TypeRef, ValType};

use crate::annotations::Annotation;
use crate::error::AdaptError;

/// A core module's functions by name.
#[derive(Default)]
pub(crate) struct CoreFunctions {
    pub exports: BTreeMap<String, FuncType>,
    /// By module and name.
    pub imports: BTreeMap<(String, String), FuncType>,
}

impl CoreFunctions {
    /// Those of a module that is valid.
    pub fn of(module: &[u8]) -> Result<CoreFunctions, AdaptError> {
        let failed = |error: wasmparser::BinaryReaderError| AdaptError::Module(error.to_string());
        let mut found = CoreFunctions::default();
        let mut types: Vec<Option<FuncType>> = Vec::new();
        let mut functions: Vec<u32> = Vec::new();
        let ty_of = |types: &[Option<FuncType>], index: u32| types.get(index as usize).cloned().flatten();
        for payload in Parser::new(0).parse_all(module) {
            match payload.map_err(failed)? {
                Payload::TypeSection(section) => {
                    for group in section {
                        for ty in group.map_err(failed)?.into_types() {
                            types.push(match ty.composite_type.inner {
                                CompositeInnerType::Func(ty) => Some(ty),
                                _ => None,
                            });
                        }
                    }
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let import = import.map_err(failed)?;
                        if let TypeRef::Func(index) = import.ty {
                            functions.push(index);
                            if let Some(ty) = ty_of(&types, index) {
                                found
                                    .imports
                                    .insert((import.module.to_string(), import.name.to_string()), ty);
                            }
                        }
                    }
                }
                Payload::FunctionSection(section) => {
                    for index in section {
                        functions.push(index.map_err(failed)?);
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        let export = export.map_err(failed)?;
                        if export.kind == ExternalKind::Func
                            && let Some(index) = functions.get(export.index as usize)
                            && let Some(ty) = ty_of(&types, *index)
                        {
                            found.exports.insert(export.name.to_string(), ty);
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(found)
    }

    /// Whether the module imports a function of that module.
    pub fn imports_module(&self, name: &str) -> bool {
        self.imports.keys().any(|(module, _)| module == name)
    }
}

impl Annotation {
    /// What a function without WIT is: its core type says all, but the parameters' names.
    pub(crate) fn of_core(label: &str, ty: &FuncType, symbol: &str) -> Result<Annotation, AdaptError> {
        let refused = |why: &str| AdaptError::Annotation(format!("{symbol} has no WIT of its own, and {why}"));
        let word = |ty: &ValType| match ty {
            ValType::I32 => Ok("s32"),
            ValType::I64 => Ok("s64"),
            ValType::F32 => Ok("f32"),
            ValType::F64 => Ok("f64"),
            other => Err(refused(&format!("a value of type {other} cannot travel"))),
        };
        let named = !label.is_empty() && label.parse::<farcall_wit::InterfaceName>().is_ok();
        if !named {
            return Err(refused("its name is none in WIT"));
        }
        let mut params = Vec::new();
        for (i, ty) in ty.params().iter().enumerate() {
            params.push(format!("p{i}: {}", word(ty)?));
        }
        let result = match ty.results() {
            [] => String::new(),
            [one] => format!(" -> {}", word(one)?),
            _ => {
                return Err(refused(
                    "it has several results, which functions of a component do not have",
                ));
            }
        };
        Ok(Annotation {
            interface: String::new(),
            name: label.to_string(),
            ty: format!("func({}){result}", params.join(", ")),
            docs: String::new(),
        })
    }
}

/// Whether a function's type is made of `s32`, `s64`, `f32` and `f64` alone, with one result at most: such functions need no
/// component.
pub(crate) fn core_type(ty: &str) -> bool {
    let Some(rest) = ty.strip_prefix("func(") else {
        return false;
    };
    let Some((params, result)) = rest.split_once(')') else {
        return false;
    };
    let core = |ty: &str| matches!(ty.trim(), "s32" | "s64" | "f32" | "f64");
    let params = params.split(',').filter(|param| !param.trim().is_empty());
    let result = result.trim();
    params
        .into_iter()
        .all(|param| param.rsplit(':').next().is_some_and(core))
        && (result.is_empty() || result.strip_prefix("->").is_some_and(core))
}
