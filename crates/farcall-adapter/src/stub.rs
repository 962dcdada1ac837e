//! Emits a stub: exports interfaces, imports `wasm-rpc:core/transport`.
//!
//! Each function encodes its parameters, goes out through the door and decodes the answer. A failed call becomes the
//! function's own error where its type has room for a `status`; else the caller traps through `abort` (spec: D-6).

use farcall_wit::wit_parser::abi::{AbiVariant, WasmType};
use farcall_wit::wit_parser::{LiftLowerAbi, ManglingAndAbi, WasmExport, WasmExportKind};
use farcall_wit::{Type, path};
use wasm_encoder::{BlockType, Instruction as I, ValType};

use crate::codec::{Codec, Place, allocate};
use crate::component::encode_component;
use crate::door::{
    ANSWER_SIZE, INTERNAL, METHOD_FLAT, STATUS_FLAT, STATUS_SIZE, TRANSPORT_INTERFACE, UNIMPLEMENTED, store_status,
    words,
};
use crate::error::AdaptError;
use crate::module::{Body, Module, Text};
use crate::shape::{Kind, MAX_FLAT, ShapeId};
use crate::world::{AdapterWorld, Member};

/// The door's two functions in the module.
#[derive(Clone, Copy)]
struct Door {
    call: u32,
    abort: u32,
}

/// A stub component for that world.
pub(crate) fn emit(world: &AdapterWorld, world_service: &str) -> Result<Vec<u8>, AdaptError> {
    let mut module = Module::new();
    let mut codec = Codec::default();
    let door = Door {
        call: module.import(TRANSPORT_INTERFACE, "call", &words(METHOD_FLAT + 3), &[]),
        abort: module.import(TRANSPORT_INTERFACE, "abort", &words(METHOD_FLAT + STATUS_FLAT), &[]),
    };
    let mut done = Body::new(1);
    done.push(module.runtime().call("arena_free"));
    let done = module.define(&words(1), &[], done);

    for member in &world.members {
        let link = match &member.key {
            Some(_) => member.interface.to_string(),
            None => world_service.to_string(),
        };
        let path = path(&member.interface, &member.function.name, world_service);
        let method = [&link, &path, &member.function.sent_fingerprint()].map(|text| module.text(text.as_bytes()));
        let name = |kind| {
            world.resolve.wasm_export_name(
                ManglingAndAbi::Legacy(LiftLowerAbi::Sync),
                WasmExport::Func {
                    interface: member.key.as_ref(),
                    func: &member.raw,
                    kind,
                },
            )
        };
        if let Some(why) = &member.why {
            let why = format!("{} is not carried: {why}", member.function.name);
            let function = uncarried(&mut module, world, member, &method, door, &why);
            module.export(name(WasmExportKind::Normal), function);
            continue;
        }
        let (function, through_memory) = outgoing(&mut module, &mut codec, member, &method, door)?;
        module.export(name(WasmExportKind::Normal), function);
        if through_memory {
            module.export(name(WasmExportKind::PostReturn), done);
        }
    }
    encode_component(module.finish(), &world.resolve, world.world)
}

/// The exported function of `member`, and whether its result is left in memory until post-return.
fn outgoing(
    module: &mut Module,
    codec: &mut Codec,
    member: &Member,
    method: &[Text; 3],
    door: Door,
) -> Result<(u32, bool), AdaptError> {
    let function = &member.function;
    let params = codec.shapes.tuple(function.params.iter().map(|param| &param.ty))?;
    let shape = codec.shape(params);
    let result = function.result.as_ref().map(|ty| codec.shapes.of(ty)).transpose()?;
    let flat_params = if shape.flat.len() > MAX_FLAT {
        words(1)
    } else {
        shape.flat.clone()
    };
    let flat_result = match result.map(|id| codec.shape(id).flat) {
        Some(flat) if flat.len() == 1 => flat,
        Some(_) => words(1),
        None => Vec::new(),
    };
    let through_memory = result.is_some_and(|id| codec.shape(id).flat.len() > 1);

    let mut body = Body::new(flat_params.len());
    let runtime = module.runtime();
    let base = match shape.flat.len() {
        0 => 0,
        1..=MAX_FLAT => {
            let base = allocate(&mut body, module, &shape);
            let locals: Vec<u32> = (0..flat_params.len() as u32).collect();
            codec.store_flat(&mut body, params, &locals, Place::at(base));
            base
        }
        _ => 0,
    };
    let answer = body.local(ValType::I32);
    body.extend([
        I::I32Const(ANSWER_SIZE as i32),
        I::I32Const(4),
        runtime.call("alloc"),
        I::LocalSet(answer),
    ]);
    body.push(runtime.call("out_begin"));
    if let Kind::Record(fields) = &shape.kind {
        let parts: Vec<_> = fields
            .iter()
            .map(|(field, offset)| (*field, Place { base, offset: *offset }))
            .collect();
        codec.encode_all(module, &mut body, &parts);
    }
    body.push(runtime.call("out_finish"));
    push_texts(&mut body, method);
    body.extend([
        runtime.global("out_start"),
        runtime.global("out"),
        runtime.global("out_start"),
        I::I32Sub,
    ]);
    body.extend([I::LocalGet(answer), I::Call(door.call)]);

    // From here on either `return` is reached or the status stands behind the answer's tag.
    let status = Place {
        base: answer,
        offset: 4,
    };
    Place::at(answer).tag(&mut body, 1);
    body.extend([I::I32Eqz, I::If(BlockType::Empty)]);
    status.word(&mut body);
    status.plus(4).word(&mut body);
    body.push(runtime.call("in_begin"));
    let room = result.map(|id| {
        let room = allocate(&mut body, module, &codec.shape(id));
        codec.decode(module, &mut body, id, Place::at(room));
        room
    });
    body.extend([runtime.call("in_finish"), I::I32Eqz, I::If(BlockType::Empty)]);
    match (result, room) {
        (Some(_), Some(room)) if through_memory => _ = body.push(I::LocalGet(room)),
        (Some(id), Some(room)) => {
            let direct = codec.load_flat(&mut body, id, Place::at(room));
            body.extend([runtime.call("arena_free"), I::LocalGet(direct[0])]);
        }
        _ => _ = body.push(runtime.call("arena_free")),
    }
    body.extend([I::Return, I::End]);
    let prefix = module.text(b"the response does not decode: ");
    let (message, length) = (body.local(ValType::I32), body.local(ValType::I32));
    body.extend([
        I::I32Const(prefix.at as i32),
        I::I32Const(prefix.length as i32),
        runtime.call("fault_message"),
    ]);
    body.extend([I::LocalSet(length), I::LocalSet(message)]);
    store_status(
        &mut body,
        status,
        vec![I::I32Const(INTERNAL)],
        [message, length].map(I::LocalGet),
    );
    body.push(I::End);

    fail(codec, &mut body, member, result, module, method, status, door);
    Ok((module.define(&flat_params, &flat_result, body), through_memory))
}

/// Ends the function with the status: as its own error where the type has room, else by `abort` (spec: D-6, S-8).
#[allow(clippy::too_many_arguments)]
fn fail(
    codec: &mut Codec,
    body: &mut Body,
    member: &Member,
    result: Option<ShapeId>,
    module: &Module,
    method: &[Text; 3],
    status: Place,
    door: Door,
) {
    let err = match &member.function.result {
        Some(Type::Result(_, Some(err))) => StatusRoom::of(err),
        _ => None,
    };
    if let (Some(err), Some(id)) = (err, result) {
        let shape = codec.shape(id);
        let Kind::Variant(cases) = &shape.kind else {
            unreachable!("a result has cases")
        };
        let room = allocate(body, module, &shape);
        store_byte(body, Place::at(room), 1);
        let mut at = Place::at(room).plus(cases.payload_at);
        if let (StatusRoom::Case(case), Some(Some(payload))) = (err, cases.payloads.get(1)) {
            let payload = codec.shape(*payload);
            let Kind::Variant(own) = &payload.kind else {
                unreachable!("a case belongs to a variant")
            };
            let tag = body.local(ValType::I32);
            body.extend([I::I32Const(case as i32), I::LocalSet(tag)]);
            at.set_tag(body, own.tag_size(), tag);
            at = at.plus(own.payload_at);
        }
        at.address(body);
        status.address(body);
        body.extend([
            I::I32Const(STATUS_SIZE as i32),
            I::MemoryCopy { src_mem: 0, dst_mem: 0 },
            I::LocalGet(room),
        ]);
        return;
    }
    push_texts(body, method);
    status.tag(body, 1);
    for word in [4, 8, 12, 16] {
        status.plus(word).word(body);
    }
    body.extend([I::Call(door.abort), I::Unreachable]);
}

/// Whether a stub returns a transport's failure as the function's own error, where it would else trap (spec: D-6).
pub fn returns_failures(function: &farcall_wit::Function) -> bool {
    match &function.result {
        Some(Type::Result(_, Some(err))) => StatusRoom::of(err).is_some(),
        _ => false,
    }
}

/// Where an error type has room for a `status`.
enum StatusRoom {
    Itself,
    Case(usize),
}

impl StatusRoom {
    fn of(err: &Type) -> Option<StatusRoom> {
        if is_status(err) {
            return Some(StatusRoom::Itself);
        }
        let Type::Variant(variant) = err else { return None };
        let case = variant
            .cases
            .iter()
            .position(|case| case.ty.as_ref().is_some_and(is_status))?;
        Some(StatusRoom::Case(case))
    }
}

/// Whether a type is `wasm-rpc:core/types.status`: types are structural, so its fields and cases say so.
fn is_status(ty: &Type) -> bool {
    let Type::Record(record) = ty else { return false };
    let [code, message, details] = record.fields.as_slice() else {
        return false;
    };
    let Type::Enum(codes) = &code.ty else { return false };
    let names = [&code.name, &message.name, &details.name];
    names == ["code", "message", "details"]
        && codes.cases.len() == 16
        && codes.cases.first().is_some_and(|case| case == "cancelled")
        && codes.cases.last().is_some_and(|case| case == "unauthenticated")
        && matches!(message.ty, Type::String)
        && matches!(&details.ty, Type::List(byte) if matches!(**byte, Type::U8))
}

/// A function whose type is not carried: calling it aborts, those beside it work.
fn uncarried(
    module: &mut Module,
    world: &AdapterWorld,
    member: &Member,
    method: &[Text; 3],
    door: Door,
    why: &str,
) -> u32 {
    let signature = world.resolve.wasm_signature(AbiVariant::GuestExport, &member.raw);
    let why = module.text(why.as_bytes());
    let mut body = Body::new(signature.params.len());
    push_texts(&mut body, method);
    body.extend([UNIMPLEMENTED, why.at as i32, why.length as i32, 0, 0].map(I::I32Const));
    body.extend([I::Call(door.abort), I::Unreachable]);
    let [params, results] =
        [&signature.params, &signature.results].map(|types| types.iter().map(core).collect::<Vec<_>>());
    module.define(&params, &results, body)
}

pub(crate) fn push_texts(body: &mut Body, texts: &[Text]) {
    body.extend(
        texts
            .iter()
            .flat_map(|text| [I::I32Const(text.at as i32), I::I32Const(text.length as i32)]),
    );
}

fn store_byte(body: &mut Body, place: Place, value: u32) {
    let local = body.local(ValType::I32);
    body.extend([I::I32Const(value as i32), I::LocalSet(local)]);
    place.set_tag(body, 1, local);
}

fn core(ty: &WasmType) -> ValType {
    match ty {
        WasmType::I64 | WasmType::PointerOrI64 => ValType::I64,
        WasmType::F32 => ValType::F32,
        WasmType::F64 => ValType::F64,
        WasmType::I32 | WasmType::Pointer | WasmType::Length => ValType::I32,
    }
}
