//! The runtime that every emitted module holds: `runtime.wat`, parsed once, joined function by function.
//!
//! It is text on purpose: no toolchain and no checked-in binary stands between its source and what is emitted.

use std::collections::HashMap;
use std::sync::LazyLock;

use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{CodeSection, ValType};
use wasmparser::{CompositeInnerType, ExternalKind, FunctionBody, Operator, Parser, Payload};

/// Where the emitter's own data begins.
pub(crate) const TEXTS_START: u32 = 256;

/// Where pointer and length of each fault's text stand, by the fault's kind.
pub(crate) const FAULT_TABLE: u32 = 160;

/// What a fault of each kind is called, in the order of `$fail`'s kinds; 0 is no fault.
pub(crate) const FAULT_TEXTS: [&str; 11] = [
    "nothing is wrong at byte ",
    "it ends too early at byte ",
    "a number that is not minimal or too large at byte ",
    "neither 0 nor 1 at byte ",
    "no such case at byte ",
    "text that is not UTF-8 at byte ",
    "not a character at byte ",
    "an unused flag is set at byte ",
    "bytes left over at byte ",
    "a list longer than the bytes that follow at byte ",
    "a list too large to decode at byte ",
];

/// The parsed runtime. Its text is part of this crate, so that failing to parse is a bug that every test shows.
pub(crate) static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::parse(TEXT));

/// The same with a second memory, the callee's, and what reads from it: `callee.wat`.
pub(crate) static FUSED_RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let one = TEXT.replacen("(memory $own 1)", "(memory $own 1) (memory $callee 1)", 1);
    let body = one.trim_end().strip_suffix(')').expect("a module in parentheses");
    Runtime::parse(&format!("{body}{})", include_str!("callee.wat")))
});

const TEXT: &str = include_str!("runtime.wat");

pub(crate) struct Runtime {
    wasm: Vec<u8>,
    signatures: Vec<(Vec<ValType>, Vec<ValType>)>,
    functions: HashMap<String, u32>,
    globals: Vec<Global>,
}

struct Global {
    name: String,
    ty: ValType,
    mutable: bool,
    init: i64,
}

impl Runtime {
    fn parse(text: &str) -> Runtime {
        let wasm = wat::parse_str(text).expect("runtime.wat is well formed");
        let mut types = Vec::new();
        let mut signatures = Vec::new();
        let mut functions = HashMap::new();
        let mut globals: Vec<Global> = Vec::new();
        for payload in Parser::new(0).parse_all(&wasm) {
            match payload.expect("runtime.wat is valid") {
                Payload::TypeSection(section) => {
                    for ty in section
                        .into_iter()
                        .flat_map(|group| group.expect("a type group").into_types())
                    {
                        let CompositeInnerType::Func(ty) = ty.composite_type.inner else {
                            continue;
                        };
                        types.push((
                            ty.params().iter().map(val).collect(),
                            ty.results().iter().map(val).collect(),
                        ));
                    }
                }
                Payload::FunctionSection(section) => {
                    for ty in section {
                        signatures.push(types[ty.expect("a type index") as usize].clone());
                    }
                }
                Payload::GlobalSection(section) => {
                    for global in section {
                        let global = global.expect("a global");
                        let init = match global
                            .init_expr
                            .get_operators_reader()
                            .read()
                            .expect("an initial value")
                        {
                            Operator::I32Const { value } => i64::from(value),
                            Operator::I64Const { value } => value,
                            _ => unreachable!("globals of the runtime begin as integers"),
                        };
                        globals.push(Global {
                            name: String::new(),
                            ty: val(&global.ty.content_type),
                            mutable: global.ty.mutable,
                            init,
                        });
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        let export = export.expect("an export");
                        match export.kind {
                            ExternalKind::Func => {
                                functions.insert(export.name.to_string(), export.index);
                            }
                            ExternalKind::Global => globals[export.index as usize].name = export.name.to_string(),
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        Runtime {
            wasm,
            signatures,
            functions,
            globals,
        }
    }

    /// How many functions it has.
    pub(crate) fn functions(&self) -> u32 {
        self.signatures.len() as u32
    }

    pub(crate) fn signatures(&self) -> impl Iterator<Item = (&[ValType], &[ValType])> {
        self.signatures
            .iter()
            .map(|(params, results)| (params.as_slice(), results.as_slice()))
    }

    pub(crate) fn globals(&self) -> impl Iterator<Item = (&str, ValType, bool, i64)> {
        self.globals
            .iter()
            .map(|global| (global.name.as_str(), global.ty, global.mutable, global.init))
    }

    pub(crate) fn function(&self, name: &str) -> u32 {
        self.functions[name]
    }

    pub(crate) fn global(&self, name: &str) -> u32 {
        self.globals
            .iter()
            .position(|global| global.name == name)
            .expect("a global of the runtime") as u32
    }

    /// Appends its functions to `code`, for a module with that many imports.
    pub(crate) fn code(&self, imports: u32, code: &mut CodeSection) {
        let mut join = Join { imports };
        for payload in Parser::new(0).parse_all(&self.wasm) {
            if let Payload::CodeSectionEntry(body) = payload.expect("runtime.wat is valid") {
                join.append(code, body).expect("the runtime uses plain instructions");
            }
        }
    }
}

struct Join {
    imports: u32,
}

impl Join {
    fn append(&mut self, code: &mut CodeSection, body: FunctionBody<'_>) -> Result<(), Error> {
        self.parse_function_body(code, body)
    }
}

impl Reencode for Join {
    type Error = std::convert::Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Self::Error>> {
        Ok(function + self.imports)
    }
}

fn val(ty: &wasmparser::ValType) -> ValType {
    match ty {
        wasmparser::ValType::I64 => ValType::I64,
        wasmparser::ValType::F32 => ValType::F32,
        wasmparser::ValType::F64 => ValType::F64,
        _ => ValType::I32,
    }
}
