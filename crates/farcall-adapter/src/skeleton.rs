//! Emits a skeleton: imports interfaces, exports `wasm-rpc:core/dispatch`.
//!
//! `call` jumps through a table to one body a function: decode, call, encode. Its arena is freed by `call`'s
//! post-return, when the host has taken the bytes.

use farcall_wit::path;
use farcall_wit::wit_parser::{LiftLowerAbi, ManglingAndAbi, WasmImport};
use wasm_encoder::{BlockType, Instruction as I, ValType};

use crate::Served;
use crate::codec::{Codec, Place, allocate};
use crate::component::encode_component;
use crate::door::{
    ANSWER_SIZE, DISPATCH_INTERFACE, INVALID_ARGUMENT, METHOD_SIZE, RESOURCE_EXHAUSTED, UNIMPLEMENTED, store_status,
    words,
};
use crate::error::AdaptError;
use crate::module::{Body, Module};
use crate::shape::{MAX_FLAT, ShapeId};
use crate::world::{AdapterWorld, Member};

const FAULT_TOO_LARGE: i32 = 10;

/// How one function is called: its import and its shapes.
struct Callee {
    import: u32,
    params: ShapeId,
    result: Option<ShapeId>,
}

/// A skeleton component, and the functions behind its indices.
pub(crate) fn emit(world: &AdapterWorld, world_service: &str) -> Result<(Vec<u8>, Vec<Served>), AdaptError> {
    let mut module = Module::new();
    let mut codec = Codec::default();
    let mut callees = Vec::new();
    for member in &world.members {
        callees.push(import(&mut module, &mut codec, world, member)?);
    }
    let served: Vec<Served> = world
        .members
        .iter()
        .map(|member| Served::new(member, world_service))
        .collect();

    let fault = fault_routine(&mut module);
    for callee in &callees {
        let body = serve(&mut module, &mut codec, callee, fault);
        let function = module.define(&words(1), &[], body);
        module.table_entry(function);
    }
    let call = dispatch(&mut module, callees.len());
    let call = module.define(&words(3), &words(1), call);
    module.export(format!("{DISPATCH_INTERFACE}#call"), call);

    let mut done = Body::new(1);
    done.push(module.runtime().call("arena_free"));
    let done = module.define(&words(1), &[], done);
    module.export(format!("cabi_post_{DISPATCH_INTERFACE}#call"), done);

    let describe = describe(&mut module, &served);
    let describe = module.define(&[], &words(1), describe);
    module.export(format!("{DISPATCH_INTERFACE}#describe"), describe);

    Ok((encode_component(module.finish(), &world.resolve, world.world)?, served))
}

fn import(module: &mut Module, codec: &mut Codec, world: &AdapterWorld, member: &Member) -> Result<Callee, AdaptError> {
    let (from, name) = world.resolve.wasm_import_name(
        ManglingAndAbi::Legacy(LiftLowerAbi::Sync),
        WasmImport::Func {
            interface: member.key.as_ref(),
            func: &member.raw,
        },
    );
    let params = codec
        .shapes
        .tuple(member.function.params.iter().map(|param| &param.ty))?;
    let result = member
        .function
        .result
        .as_ref()
        .map(|ty| codec.shapes.of(ty))
        .transpose()?;
    let flat = codec.shape(params).flat;
    let mut takes = if flat.len() > MAX_FLAT { words(1) } else { flat };
    let gives = match result.map(|result| codec.shape(result).flat) {
        Some(flat) if flat.len() == 1 => flat,
        Some(_) => {
            takes.push(ValType::I32);
            Vec::new()
        }
        None => Vec::new(),
    };
    Ok(Callee {
        import: module.import(&from, &name, &takes, &gives),
        params,
        result,
    })
}

/// `(param function request length) (result answer)`.
pub(crate) fn dispatch(module: &mut Module, functions: usize) -> Body {
    let mut body = Body::new(3);
    let answer = body.local(ValType::I32);
    let runtime = module.runtime();
    body.extend([
        I::I32Const(ANSWER_SIZE as i32),
        I::I32Const(4),
        runtime.call("alloc"),
        I::LocalSet(answer),
    ]);
    body.extend([
        I::LocalGet(0),
        I::I32Const(functions as i32),
        I::I32GeU,
        I::If(BlockType::Empty),
    ]);
    // spec: D-4
    let unknown = module.text(b"no function has that index");
    let status = Place {
        base: answer,
        offset: 4,
    };
    Place::at(answer).set_word(&mut body, |body| _ = body.push(I::I32Const(1)));
    let message = [unknown.at, unknown.length].map(|word| I::I32Const(word as i32));
    store_status(&mut body, status, vec![I::I32Const(UNIMPLEMENTED)], message);
    body.extend([I::LocalGet(answer), I::Return, I::End]);
    body.extend([I::LocalGet(1), I::LocalGet(2), runtime.call("in_begin")]);
    if functions > 0 {
        let type_index = module.signature(&words(1), &[]);
        body.extend([
            I::LocalGet(answer),
            I::LocalGet(0),
            I::CallIndirect {
                type_index,
                table_index: 0,
            },
        ]);
    }
    body.push(I::LocalGet(answer));
    body
}

/// `(param answer)`: decode, call, encode. Everything is decoded before the call (spec: D-3, D-5), the parameters in order and
/// nothing after them (D-9).
fn serve(module: &mut Module, codec: &mut Codec, callee: &Callee, fault: u32) -> Body {
    let mut body = Body::new(1);
    let runtime = module.runtime();
    let params = codec.shape(callee.params);
    let base = allocate(&mut body, module, &params);
    if let crate::shape::Kind::Record(fields) = &params.kind {
        for (field, offset) in fields {
            codec.decode(module, &mut body, *field, Place { base, offset: *offset });
        }
    }
    body.extend([runtime.call("in_finish"), I::If(BlockType::Empty)]);
    body.extend([I::LocalGet(0), I::Call(fault), I::Return, I::End]);

    let arguments = match params.flat.len() {
        0..=MAX_FLAT => codec.load_flat(&mut body, callee.params, Place::at(base)),
        _ => vec![base],
    };
    let result = callee.result.map(|id| (id, codec.shape(id)));
    let room = result.as_ref().map(|(_, shape)| allocate(&mut body, module, shape));
    body.extend(arguments.into_iter().map(I::LocalGet));
    match (&result, room) {
        (Some((id, shape)), Some(room)) if shape.flat.len() == 1 => {
            let direct = body.local(shape.flat[0]);
            body.extend([I::Call(callee.import), I::LocalSet(direct)]);
            codec.store_flat(&mut body, *id, &[direct], Place::at(room));
        }
        (_, Some(room)) => _ = body.extend([I::LocalGet(room), I::Call(callee.import)]),
        (_, None) => _ = body.push(I::Call(callee.import)),
    }

    body.push(runtime.call("out_begin"));
    if let (Some((id, _)), Some(room)) = (result, room) {
        codec.encode_all(module, &mut body, &[(id, Place::at(room))]);
    }
    body.push(runtime.call("out_finish"));
    answer_ok(module, &mut body);
    body
}

/// The answer at parameter 0: what was written.
pub(crate) fn answer_ok(module: &Module, body: &mut Body) {
    let runtime = module.runtime();
    let answer = Place::at(0);
    answer.set_word(body, |body| _ = body.push(I::I32Const(0)));
    answer
        .plus(4)
        .set_word(body, |body| _ = body.push(runtime.global("out_start")));
    answer.plus(8).set_word(body, |body| {
        body.extend([runtime.global("out"), runtime.global("out_start"), I::I32Sub]);
    });
}

/// `(param answer)`: the status of a request that does not decode.
pub(crate) fn fault_routine(module: &mut Module) -> u32 {
    let prefix = module.text(b"the request does not decode: ");
    let runtime = module.runtime();
    let mut body = Body::new(1);
    let (at_, length) = (body.local(ValType::I32), body.local(ValType::I32));
    body.extend([
        I::I32Const(prefix.at as i32),
        I::I32Const(prefix.length as i32),
        runtime.call("fault_message"),
    ]);
    body.extend([I::LocalSet(length), I::LocalSet(at_)]);
    Place::at(0).set_word(&mut body, |body| _ = body.push(I::I32Const(1)));
    let status = Place { base: 0, offset: 4 };
    let code = vec![
        I::I32Const(RESOURCE_EXHAUSTED),
        I::I32Const(INVALID_ARGUMENT),
        runtime.global("fault"),
        I::I32Const(FAULT_TOO_LARGE),
        I::I32Eq,
        I::Select,
    ];
    store_status(&mut body, status, code, [at_, length].map(I::LocalGet));
    module.define(&words(1), &[], body)
}

/// `(result list)`: the methods as they stand in the data, without a call of the component (spec: D-2).
pub(crate) fn describe(module: &mut Module, served: &[Served]) -> Body {
    let mut methods = Vec::with_capacity(served.len() * METHOD_SIZE as usize);
    for function in served {
        for text in ["", &function.path, &function.fingerprint.to_string()] {
            let text = module.text(text.as_bytes());
            methods.extend_from_slice(&text.at.to_le_bytes());
            methods.extend_from_slice(&text.length.to_le_bytes());
        }
    }
    let methods = module.place(&methods, 4);
    let list = [methods.at.to_le_bytes(), (served.len() as u32).to_le_bytes()].concat();
    let list = module.place(&list, 4);
    let mut body = Body::new(0);
    body.push(I::I32Const(list.at as i32));
    body
}

impl Served {
    pub(crate) fn new(member: &Member, world_service: &str) -> Served {
        Served {
            interface: member.interface.clone(),
            path: path(&member.interface, &member.function.name, world_service),
            fingerprint: member.function.fingerprint(),
            function: member.function.clone(),
        }
    }
}
