//! Emits the stub of a plain module: a core module that exports what the module imports, and goes out through one door.
//!
//! A plain function has no room for a failure in its type: a call that fails traps its caller, which the host sees to.
//!
//! Imports, from the transport: `call`, `(link path fingerprint request, each at and length; response room) -> length`,
//! which writes the response to `response`, cut to `room` bytes, one more than any valid one has; and `abort`, `(link path
//! fingerprint, code, message)`, which does not return. Exports: `memory`, from which and to which these go; the functions.

use wasm_encoder::{BlockType, Instruction as I};

use crate::door::{INTERNAL, METHOD_FLAT, TRANSPORT_INTERFACE, words};
use crate::module::{Body, Module};
use crate::plain::PlainImport;
use crate::plain_skeleton::{decode, encode, longest, written};
use crate::stub::push_texts;

/// The stub for those imports.
pub fn plain_stub(imports: &[PlainImport]) -> Vec<u8> {
    let mut module = Module::new();
    let call = module.import(TRANSPORT_INTERFACE, "call", &words(METHOD_FLAT + 4), &words(1));
    let abort = module.import(TRANSPORT_INTERFACE, "abort", &words(METHOD_FLAT + 3), &[]);
    let room = 1 + longest(imports.iter().map(|import| import.function.results.as_slice()));
    let response = module.place(&vec![0; room as usize], 8).at;
    for import in imports {
        let body = outgoing(&mut module, import, (call, abort), (response, room));
        let (params, results) = import.function.signature();
        let function = module.define(&params, &results, body);
        module.export(&import.function.symbol, function);
    }
    module.finish()
}

fn outgoing(
    module: &mut Module,
    import: &PlainImport,
    (call, abort): (u32, u32),
    (response, room): (u32, u32),
) -> Body {
    let PlainImport {
        function,
        link,
        path,
        fingerprint,
    } = import;
    let method = [link, path, fingerprint].map(|text| module.text(text.as_bytes()));
    let prefix = module.text(b"the response does not decode: ");
    let runtime = module.runtime();
    let mut body = Body::new(function.params.len());
    let params: Vec<u32> = (0..function.params.len() as u32).collect();
    body.push(runtime.call("arena_free"));
    encode(&mut body, module, &function.params, &params);
    body.push(I::I32Const(response as i32));
    push_texts(&mut body, &method);
    body.extend(written(module));
    body.extend([I::I32Const(response as i32), I::I32Const(room as i32), I::Call(call)]);
    body.push(runtime.call("in_begin"));
    let results: Vec<u32> = function
        .results
        .iter()
        .map(|ty| decode(&mut body, module, *ty))
        .collect();
    body.extend([runtime.call("in_finish"), I::I32Eqz, I::If(BlockType::Empty)]);
    body.extend(results.into_iter().map(I::LocalGet));
    body.extend([I::Return, I::End]);
    push_texts(&mut body, &method);
    body.extend([INTERNAL, prefix.at as i32, prefix.length as i32].map(I::I32Const));
    body.extend([runtime.call("fault_message"), I::Call(abort), I::Unreachable]);
    body
}
