//! Emits the skeleton of a plain module: a core module beside it, from request bytes in its memory to response bytes.
//!
//! It knows the four core types alone, and keeps the bits of every NaN. Which function has which path is not its matter.
//!
//! Exports: `memory`; `request`, a global, where the host puts a request, and `room`, how many bytes of it at most: one
//! more than the longest valid request has, so that a longer one still does not decode; `call`, `(function length) ->
//! (status at length)`: status 0 and a response, or 1 + a `code` of the doors and a message. What it gives stands until the
//! next call. Imports: the functions, from [`PLAIN_MODULE`].

use wasm_encoder::{BlockType, Instruction as I, ValType};

use crate::door::{INVALID_ARGUMENT, UNIMPLEMENTED, words};
use crate::module::{Body, Module, at};
use crate::plain::{CoreType, PlainFunction};

/// What the skeleton calls the module that it serves.
pub const PLAIN_MODULE: &str = "module";

/// The skeleton for those functions; a function's index is its place.
pub fn plain_skeleton(functions: &[PlainFunction]) -> Vec<u8> {
    let mut module = Module::new();
    let imports: Vec<u32> = functions
        .iter()
        .map(|function| {
            let (params, results) = function.signature();
            module.import(PLAIN_MODULE, &function.symbol, &params, &results)
        })
        .collect();
    let room = 1 + longest(functions.iter().map(|function| function.params.as_slice()));
    let request = module.place(&vec![0; room as usize], 8);
    for (function, import) in functions.iter().zip(imports) {
        let body = serve(&mut module, function, import);
        let index = module.define(&[], &words(3), body);
        module.table_entry(index);
    }
    let body = dispatch(&mut module, functions.len(), request.at);
    let call = module.define(&words(2), &words(3), body);
    module.export("call", call);
    module.constant("request", request.at);
    module.constant("room", room);
    module.finish()
}

/// The most bytes that any of those lists of values takes.
pub(crate) fn longest<'a>(lists: impl Iterator<Item = &'a [CoreType]>) -> u32 {
    let size = |types: &[CoreType]| types.iter().map(|ty| ty.longest()).sum();
    lists.map(size).max().unwrap_or(0)
}

/// `(param function length) (result status at length)`.
fn dispatch(module: &mut Module, functions: usize, request: u32) -> Body {
    let unknown = module.text(b"no function has that index");
    let runtime = module.runtime();
    let mut body = Body::new(2);
    // What the last call gave, or left behind when it trapped.
    body.push(runtime.call("arena_free"));
    if functions > 0 {
        body.extend([
            I::LocalGet(0),
            I::I32Const(functions as i32),
            I::I32LtU,
            I::If(BlockType::Empty),
        ]);
        body.extend([
            I::I32Const(request as i32),
            I::LocalGet(1),
            runtime.call("in_begin"),
            I::LocalGet(0),
        ]);
        let type_index = module.signature(&[], &words(3));
        body.extend([
            I::CallIndirect {
                type_index,
                table_index: 0,
            },
            I::Return,
            I::End,
        ]);
    }
    // spec: D-4
    body.extend([1 + UNIMPLEMENTED, unknown.at as i32, unknown.length as i32].map(I::I32Const));
    body
}

/// Decode everything, call, encode (spec: D-3, D-5, D-9).
fn serve(module: &mut Module, function: &PlainFunction, import: u32) -> Body {
    let mut body = Body::new(0);
    let params: Vec<u32> = function
        .params
        .iter()
        .map(|ty| decode(&mut body, module, *ty))
        .collect();
    let prefix = module.text(b"the request does not decode: ");
    let runtime = module.runtime();
    body.extend([runtime.call("in_finish"), I::If(BlockType::Empty)]);
    body.extend([1 + INVALID_ARGUMENT, prefix.at as i32, prefix.length as i32].map(I::I32Const));
    body.extend([runtime.call("fault_message"), I::Return, I::End]);
    body.extend(params.into_iter().map(I::LocalGet)).push(I::Call(import));
    let results: Vec<u32> = function.results.iter().map(|ty| body.local(ty.val())).collect();
    body.extend(results.iter().rev().map(|local| I::LocalSet(*local)));
    encode(&mut body, module, &function.results, &results);
    body.push(I::I32Const(0));
    body.extend(written(module));
    body
}

/// Where what was written is, and its length.
pub(crate) fn written(module: &Module) -> [I<'static>; 4] {
    let runtime = module.runtime();
    [
        runtime.global("out_start"),
        runtime.global("out"),
        runtime.global("out_start"),
        I::I32Sub,
    ]
}

/// Writes the values in those locals as one message.
pub(crate) fn encode(body: &mut Body, module: &Module, types: &[CoreType], locals: &[u32]) {
    let runtime = module.runtime();
    body.push(runtime.call("out_begin"));
    body.extend([
        I::I32Const(types.iter().map(|ty| ty.longest()).sum::<u32>() as i32),
        runtime.call("reserve"),
    ]);
    for (ty, local) in types.iter().zip(locals) {
        // Floats go as they are (spec: V-6): the runtime's own writers make every NaN the canonical one.
        let store = match ty {
            CoreType::I32 | CoreType::I64 => None,
            CoreType::F32 => Some(I::F32Store(at(0, 0))),
            CoreType::F64 => Some(I::F64Store(at(0, 0))),
        };
        match store {
            None => {
                let put = if *ty == CoreType::I32 { "put_s32" } else { "put_s64" };
                body.extend([I::LocalGet(*local), runtime.call(put)]);
            }
            Some(store) => {
                body.extend([runtime.global("out"), I::LocalGet(*local), store, runtime.global("out")]);
                body.extend([I::I32Const(ty.longest() as i32), I::I32Add, runtime.set_global("out")]);
            }
        }
    }
    body.push(runtime.call("out_finish"));
}

/// Reads one value into a local of its own.
pub(crate) fn decode(body: &mut Body, module: &Module, ty: CoreType) -> u32 {
    let runtime = module.runtime();
    let local = body.local(ty.val());
    match ty {
        CoreType::I32 => body.extend([I::I64Const(32), runtime.call("get_s32")]),
        CoreType::I64 => body.extend([I::I64Const(64), runtime.call("get_s64")]),
        CoreType::F32 => body.extend([I::I32Const(4), runtime.call("take"), I::F32Load(at(0, 0))]),
        CoreType::F64 => body.extend([I::I32Const(8), runtime.call("take"), I::F64Load(at(0, 0))]),
    };
    body.push(I::LocalSet(local));
    local
}

impl CoreType {
    pub(crate) fn val(self) -> ValType {
        match self {
            CoreType::I32 => ValType::I32,
            CoreType::I64 => ValType::I64,
            CoreType::F32 => ValType::F32,
            CoreType::F64 => ValType::F64,
        }
    }

    /// The most bytes that one takes in the `wit` encoding.
    fn longest(self) -> u32 {
        match self {
            CoreType::I32 => 5,
            CoreType::I64 => 10,
            CoreType::F32 => 4,
            CoreType::F64 => 8,
        }
    }
}

impl PlainFunction {
    pub(crate) fn signature(&self) -> (Vec<ValType>, Vec<ValType>) {
        let vals = |types: &[CoreType]| types.iter().map(|ty| ty.val()).collect();
        (vals(&self.params), vals(&self.results))
    }
}
