//! Builds one core module: imports, the runtime, emitted functions, texts and a table.
//!
//! Knows nothing of WIT: `stub` and `skeleton` say what goes in.

use std::collections::HashMap;

use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ElementSection, Elements, EntityType, ExportKind, ExportSection, Function,
    FunctionSection, GlobalSection, GlobalType, ImportSection, Instruction, MemArg, MemorySection, MemoryType, RefType,
    TableSection, TableType, TypeSection, ValType,
};
use wasmparser::Parser;

use crate::runtime::{FAULT_TABLE, FAULT_TEXTS, FUSED_RUNTIME, RUNTIME, Runtime, TEXTS_START};

/// A pointer and a length in the module's data.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text {
    pub at: u32,
    pub length: u32,
}

type Signature = (Vec<ValType>, Vec<ValType>);

/// A core module under construction. Imports come first: `import` panics once a function is defined.
pub(crate) struct Module {
    runtime: &'static Runtime,
    /// Where the callee's memory is imported from, if there is one.
    callee_memory: Option<(&'static str, &'static str)>,
    signatures: HashMap<Signature, u32>,
    types: TypeSection,
    type_count: u32,
    imports: ImportSection,
    import_count: u32,
    /// Type indices and bodies of what follows the runtime's functions.
    functions: Vec<(u32, Function)>,
    exports: Vec<(String, u32)>,
    constants: Vec<(String, u32)>,
    table: Vec<u32>,
    data: Vec<u8>,
    texts: HashMap<Vec<u8>, Text>,
}

impl Module {
    pub(crate) fn new() -> Module {
        Module::around(&RUNTIME)
    }

    /// A module that reads from a second memory, which it imports: memory 1 for what is emitted, its own is 0.
    pub(crate) fn with_callee_memory(from: &'static str, name: &'static str) -> Module {
        let mut module = Module::around(&FUSED_RUNTIME);
        module.callee_memory = Some((from, name));
        module
    }

    fn around(runtime: &'static Runtime) -> Module {
        let mut module = Module {
            runtime,
            callee_memory: None,
            signatures: HashMap::new(),
            types: TypeSection::new(),
            type_count: 0,
            imports: ImportSection::new(),
            import_count: 0,
            functions: Vec::new(),
            exports: Vec::new(),
            constants: Vec::new(),
            table: Vec::new(),
            data: Vec::new(),
            texts: HashMap::new(),
        };
        for text in FAULT_TEXTS {
            module.text(text.as_bytes());
        }
        module
    }

    pub(crate) fn import(&mut self, from: &str, name: &str, params: &[ValType], results: &[ValType]) -> u32 {
        assert!(self.functions.is_empty(), "imports come before functions");
        let ty = self.signature(params, results);
        self.imports.import(from, name, EntityType::Function(ty));
        self.import_count += 1;
        self.import_count - 1
    }

    /// The runtime's function or global of that name.
    pub(crate) fn runtime(&self) -> RuntimeIndices {
        RuntimeIndices {
            first: self.import_count,
            runtime: self.runtime,
        }
    }

    pub(crate) fn define(&mut self, params: &[ValType], results: &[ValType], body: Body) -> u32 {
        let ty = self.signature(params, results);
        self.functions.push((ty, body.finish()));
        self.import_count + self.runtime.functions() + self.functions.len() as u32 - 1
    }

    pub(crate) fn export(&mut self, name: impl Into<String>, function: u32) {
        self.exports.push((name.into(), function));
    }

    /// Exports a number as a global.
    pub(crate) fn constant(&mut self, name: impl Into<String>, value: u32) {
        self.constants.push((name.into(), value));
    }

    /// Appends to the table for `call_indirect`.
    pub(crate) fn table_entry(&mut self, function: u32) {
        self.table.push(function);
    }

    pub(crate) fn signature(&mut self, params: &[ValType], results: &[ValType]) -> u32 {
        let key = (params.to_vec(), results.to_vec());
        if let Some(index) = self.signatures.get(&key) {
            return *index;
        }
        self.types
            .ty()
            .function(params.iter().copied(), results.iter().copied());
        let index = self.type_count;
        self.type_count += 1;
        self.signatures.insert(key, index);
        index
    }

    /// Bytes that are there from the start, each text once.
    pub(crate) fn text(&mut self, text: &[u8]) -> Text {
        if let Some(found) = self.texts.get(text) {
            return *found;
        }
        let placed = self.place(text, 1);
        self.texts.insert(text.to_vec(), placed);
        placed
    }

    /// Bytes that are there from the start, at a multiple of `align`.
    pub(crate) fn place(&mut self, bytes: &[u8], align: u32) -> Text {
        while !(TEXTS_START + self.data.len() as u32).is_multiple_of(align) {
            self.data.push(0);
        }
        let at = TEXTS_START + self.data.len() as u32;
        self.data.extend_from_slice(bytes);
        Text {
            at,
            length: bytes.len() as u32,
        }
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        let heap = (TEXTS_START + self.data.len() as u32).next_multiple_of(16);
        let mut fault_table = Vec::new();
        for text in FAULT_TEXTS {
            let text = self.texts[text.as_bytes()];
            fault_table.extend_from_slice(&text.at.to_le_bytes());
            fault_table.extend_from_slice(&text.length.to_le_bytes());
        }

        let mut functions = FunctionSection::new();
        let mut code = CodeSection::new();
        for (params, results) in self.runtime.signatures() {
            let ty = self.signature(params, results);
            functions.function(ty);
        }
        self.runtime.code(self.import_count, &mut code);
        for (ty, body) in &self.functions {
            functions.function(*ty);
            code.function(body);
        }

        let mut memories = MemorySection::new();
        memories.memory(memory_of(heap.div_ceil(65536).max(1)));
        if let Some((from, name)) = self.callee_memory {
            self.imports.import(from, name, memory_of(0));
        }
        let mut globals = GlobalSection::new();
        for (name, ty, mutable, init) in self.runtime.globals() {
            let init = if name == "brk" { i64::from(heap) } else { init };
            let value = match ty {
                ValType::I64 => ConstExpr::i64_const(init),
                _ => ConstExpr::i32_const(init as i32),
            };
            globals.global(
                GlobalType {
                    val_type: ty,
                    mutable,
                    shared: false,
                },
                &value,
            );
        }
        let mut exports = ExportSection::new();
        exports.export("memory", ExportKind::Memory, 0);
        let realloc = match self.callee_memory {
            Some(_) => "realloc_request",
            None => "realloc",
        };
        let realloc = self.import_count + self.runtime.function(realloc);
        exports.export("cabi_realloc", ExportKind::Func, realloc);
        for (name, function) in &self.exports {
            exports.export(name, ExportKind::Func, *function);
        }
        for (name, value) in &self.constants {
            exports.export(name, ExportKind::Global, globals.len());
            let constant = GlobalType {
                val_type: ValType::I32,
                mutable: false,
                shared: false,
            };
            globals.global(constant, &ConstExpr::i32_const(*value as i32));
        }
        let mut data = DataSection::new();
        data.active(0, &ConstExpr::i32_const(FAULT_TABLE as i32), fault_table);
        data.active(0, &ConstExpr::i32_const(TEXTS_START as i32), self.data);

        let mut module = wasm_encoder::Module::new();
        module.section(&self.types).section(&self.imports).section(&functions);
        if !self.table.is_empty() {
            let size = self.table.len() as u64;
            let mut tables = TableSection::new();
            tables.table(TableType {
                element_type: RefType::FUNCREF,
                table64: false,
                minimum: size,
                maximum: Some(size),
                shared: false,
            });
            module.section(&tables);
        }
        module.section(&memories).section(&globals).section(&exports);
        if !self.table.is_empty() {
            let mut elements = ElementSection::new();
            elements.active(
                None,
                &ConstExpr::i32_const(0),
                Elements::Functions(self.table.as_slice().into()),
            );
            module.section(&elements);
        }
        module.section(&code).section(&data);
        match self.callee_memory {
            Some(_) => own_memory_second(&module.finish()),
            None => module.finish(),
        }
    }
}

fn memory_of(pages: u32) -> MemoryType {
    MemoryType {
        minimum: u64::from(pages),
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    }
}

/// Imported memories come before a module's own: what was emitted for memory 0 is for memory 1, and the other way round.
fn own_memory_second(module: &[u8]) -> Vec<u8> {
    struct Swap;
    impl Reencode for Swap {
        type Error = std::convert::Infallible;

        fn memory_index(&mut self, memory: u32) -> Result<u32, Error<Self::Error>> {
            Ok(1 - memory)
        }
    }
    let mut out = wasm_encoder::Module::new();
    Swap.parse_core_module(&mut out, Parser::new(0), module)
        .expect("an emitted module is well formed and has two memories");
    out.finish()
}

/// Indices of the runtime's parts in a module whose imports are known.
#[derive(Clone, Copy)]
pub(crate) struct RuntimeIndices {
    first: u32,
    runtime: &'static Runtime,
}

impl RuntimeIndices {
    pub(crate) fn call(self, name: &str) -> Instruction<'static> {
        Instruction::Call(self.first + self.runtime.function(name))
    }

    pub(crate) fn global(self, name: &str) -> Instruction<'static> {
        Instruction::GlobalGet(self.runtime.global(name))
    }

    pub(crate) fn set_global(self, name: &str) -> Instruction<'static> {
        Instruction::GlobalSet(self.runtime.global(name))
    }
}

/// The body of one function: its locals and instructions.
pub(crate) struct Body {
    params: u32,
    locals: Vec<ValType>,
    /// Locals that hold a value for a few instructions, one a type.
    scratch: Vec<(ValType, u32)>,
    code: Vec<Instruction<'static>>,
}

impl Body {
    pub(crate) fn new(params: usize) -> Body {
        Body {
            params: params as u32,
            locals: Vec::new(),
            scratch: Vec::new(),
            code: Vec::new(),
        }
    }

    /// A local for a few instructions, shared by all who ask for that type.
    pub(crate) fn scratch(&mut self, ty: ValType) -> u32 {
        if let Some((_, local)) = self.scratch.iter().find(|(of, _)| *of == ty) {
            return *local;
        }
        let local = self.local(ty);
        self.scratch.push((ty, local));
        local
    }

    /// A new local; 0 until it is set.
    pub(crate) fn local(&mut self, ty: ValType) -> u32 {
        self.locals.push(ty);
        self.params + self.locals.len() as u32 - 1
    }

    pub(crate) fn push(&mut self, instruction: Instruction<'static>) -> &mut Body {
        self.code.push(instruction);
        self
    }

    pub(crate) fn extend(&mut self, instructions: impl IntoIterator<Item = Instruction<'static>>) -> &mut Body {
        self.code.extend(instructions);
        self
    }

    fn finish(self) -> Function {
        let mut function = Function::new_with_locals_types(self.locals);
        for instruction in &self.code {
            function.instruction(instruction);
        }
        function.instruction(&Instruction::End);
        function
    }
}

/// A memory operand `offset` bytes on, at its natural alignment of 2^`align` bytes.
pub(crate) fn at(offset: u32, align: u32) -> MemArg {
    MemArg {
        offset: u64::from(offset),
        align,
        memory_index: 0,
    }
}
