//! A core module's sections as far as calls matter: which functions it imports and exports, and their types.
//!
//! Not here: which of them are meant (`plain`).

use wasmparser::{CompositeInnerType, ExternalKind, Parser, Payload, TypeRef, ValType};

use crate::plain::{CoreType, PlainFunction};
use crate::plain_error::PlainError;

/// The sections that matter here. An import or export that is no function says what it is.
pub(crate) struct Sections {
    types: Vec<Option<(Vec<ValType>, Vec<ValType>)>>,
    pub(crate) imports: Vec<(String, String, Result<u32, &'static str>)>,
    pub(crate) exports: Vec<(String, Result<u32, &'static str>)>,
}

impl Sections {
    pub(crate) fn read(module: &[u8]) -> Result<Sections, PlainError> {
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

    pub(crate) fn function(
        &self,
        symbol: &str,
        name: &str,
        ty: u32,
        place: &'static str,
    ) -> Result<PlainFunction, PlainError> {
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

/// Bytes of a function's name: as hex it still is a name that can be called, and a path that every proxy takes.
const LONGEST_NAME: usize = 500;
