//! Emits a fused skeleton: the skeleton of a component as a core module inside that component.
//!
//! It calls the core functions that the component's lifts name, with a memory of its own for requests and responses, and
//! reads and writes the callee's memory itself. Whatever does not fit (asynchronous lifts, other text encodings,
//! functions of nested components) is refused with the reason, and left to composition.

use farcall_wit::InterfaceName;
use wasm_encoder::{BlockType, ExportKind, Instruction as I, ValType};
use wasmparser::{Parser, Payload, ValidPayload, Validator, WasmFeatures};

use crate::Served;
use crate::attach::{CALL, CALLEE, DESCRIBE, MEMORY, POST_CALL, REALLOC, Taken, attach};
use crate::codec::{Codec, Place, Source, allocate};
use crate::door::{DISPATCH_INTERFACE, words};
use crate::encode::check_tag;
use crate::module::{Body, Module};
use crate::outline::{Lift, Outline};
use crate::relocate::{COPY, Room};
use crate::shape::{Kind, MAX_FLAT, Shape, ShapeId};
use crate::skeleton::{answer_ok, describe, dispatch, fault_routine};

/// One served function: its core functions and its shapes.
struct Callee {
    call: u32,
    post_return: Option<u32>,
    params: ShapeId,
    result: Option<(ShapeId, Shape)>,
}

/// The component with its skeleton in it, or why there is none.
pub(crate) fn fuse(component: &[u8], served: &[Served]) -> Result<Vec<u8>, String> {
    let outline = Outline::read(component)?;
    if outline.exports(DISPATCH_INTERFACE) {
        return Err(format!("it exports {DISPATCH_INTERFACE} itself"));
    }
    let lifts: Vec<Lift> = served
        .iter()
        .map(|function| {
            let interface = (function.interface != InterfaceName::World).then(|| function.interface.to_string());
            let lift = outline.lift(interface.as_deref(), &function.function.name);
            lift.map_err(|why| format!("{}: {why}", function.name()))
        })
        .collect::<Result<_, _>>()?;
    let (module, taken) = emit(served, &lifts)?;
    let whole = attach(component, &outline, &module, &taken);
    validate(&whole).map_err(|error| format!("it would not be valid: {error}"))?;
    Ok(whole)
}

/// The module, and what it imports.
fn emit(served: &[Served], lifts: &[Lift]) -> Result<(Vec<u8>, Vec<Taken>), String> {
    let memory = only("memory", lifts.iter().filter_map(|lift| lift.memory))?;
    let realloc = only("realloc", lifts.iter().filter_map(|lift| lift.realloc))?;
    let mut module = match memory {
        Some(_) => Module::with_callee_memory(CALLEE, MEMORY),
        None => Module::new(),
    };
    let mut taken = Vec::new();
    let mut take = |name: String, kind, index| taken.push(Taken { name, kind, index });
    if let Some(memory) = memory {
        take(MEMORY.into(), ExportKind::Memory, memory);
    }
    let realloc = realloc.map(|realloc| {
        take(REALLOC.into(), ExportKind::Func, realloc);
        module.import(CALLEE, REALLOC, &words(4), &words(1))
    });

    let mut codec = Codec::default();
    let mut callees = Vec::new();
    for (i, (function, lift)) in served.iter().zip(lifts).enumerate() {
        let function = &function.function;
        let params = codec.shapes.tuple(function.params.iter().map(|param| &param.ty));
        let params = params.map_err(|error| error.to_string())?;
        let result = function.result.as_ref().map(|ty| codec.shapes.of(ty)).transpose();
        let result = result
            .map_err(|error| error.to_string())?
            .map(|id| (id, codec.shape(id)));
        let takes = match codec.shape(params).flat {
            flat if flat.len() > MAX_FLAT => words(1),
            flat => flat,
        };
        let gives = match &result {
            Some((_, shape)) if shape.flat.len() == 1 => shape.flat.clone(),
            Some(_) => words(1),
            None => Vec::new(),
        };
        let name = format!("call-{i}");
        let call = module.import(CALLEE, &name, &takes, &gives);
        take(name, ExportKind::Func, lift.function);
        let post_return = lift.post_return.map(|index| {
            let name = format!("post-{i}");
            let import = module.import(CALLEE, &name, &gives, &[]);
            take(name, ExportKind::Func, index);
            import
        });
        callees.push(Callee {
            call,
            post_return,
            params,
            result,
        });
    }

    let room = match (memory, realloc) {
        (Some(_), Some(realloc)) => Some(Room::of(&mut module, realloc)),
        _ => None,
    };
    let fault = fault_routine(&mut module);
    for callee in &callees {
        let body = serve(&mut module, &mut codec, callee, room, fault)?;
        let function = module.define(&words(1), &[], body);
        module.table_entry(function);
    }
    let body = dispatch(&mut module, callees.len());
    let call = module.define(&words(3), &words(1), body);
    module.export(CALL, call);
    let mut done = Body::new(1);
    done.push(module.runtime().call("arena_free"));
    let done = module.define(&words(1), &[], done);
    module.export(POST_CALL, done);
    let body = describe(&mut module, served);
    let describe = module.define(&[], &words(1), body);
    module.export(DESCRIBE, describe);
    Ok((module.finish(), taken))
}

/// The one index that all functions name, if any does.
fn only(what: &str, indices: impl Iterator<Item = u32>) -> Result<Option<u32>, String> {
    let mut one = None;
    for index in indices {
        if *one.get_or_insert(index) != index {
            return Err(format!("its functions have more than one {what}"));
        }
    }
    Ok(one)
}

/// `(param answer)`: decode, hand over, call, encode. All of the request is decoded in the skeleton's own memory first
/// (spec: D-3, D-5).
fn serve(
    module: &mut Module,
    codec: &mut Codec,
    callee: &Callee,
    room: Option<Room>,
    fault: u32,
) -> Result<Body, String> {
    let mut body = Body::new(1);
    let runtime = module.runtime();
    let params = codec.shape(callee.params);
    let spilled = params.flat.len() > MAX_FLAT;
    let room = match room {
        None if params.points || spilled => return Err("a lift takes memory and has no realloc".to_string()),
        room => room,
    };
    let base = allocate(&mut body, module, &params);
    if let Kind::Record(fields) = &params.kind {
        for (field, offset) in fields {
            codec.decode(module, &mut body, *field, Place { base, offset: *offset });
        }
    }
    body.extend([runtime.call("in_finish"), I::If(BlockType::Empty)]);
    body.extend([I::LocalGet(0), I::Call(fault), I::Return, I::End]);

    let there = body.local(ValType::I32);
    if let Some(room) = room {
        if spilled {
            room.take(&mut body, params.size, params.align);
            body.push(I::LocalSet(there));
        }
        if let Kind::Record(fields) = &params.kind {
            for (field, offset) in fields {
                codec.relocate(module, &mut body, room, *field, Place { base, offset: *offset });
            }
        }
    }
    let arguments = match spilled {
        true => {
            body.extend([I::LocalGet(there), I::LocalGet(base)]);
            body.extend([I::I32Const(params.size as i32), COPY]);
            vec![there]
        }
        false => codec.load_flat(&mut body, callee.params, Place::at(base)),
    };
    body.extend(arguments.into_iter().map(I::LocalGet));
    body.push(I::Call(callee.call));

    let mut given = None;
    match &callee.result {
        None => _ = body.push(runtime.call("out_begin")),
        Some((id, shape)) if shape.flat.len() == 1 => {
            let direct = body.local(shape.flat[0]);
            let settled = body.local(shape.flat[0]);
            body.extend([I::LocalTee(direct), I::LocalSet(settled)]);
            settle(module, codec, &mut body, *id, settled);
            let at = allocate(&mut body, module, shape);
            codec.store_flat(&mut body, *id, &[settled], Place::at(at));
            body.push(runtime.call("out_begin"));
            codec.encode_all(module, &mut body, &[(*id, Place::at(at))]);
            given = Some(direct);
        }
        Some((id, shape)) => {
            let at = body.local(ValType::I32);
            body.extend([I::LocalTee(at), I::I32Const(1)]);
            body.extend([shape.size, shape.align].map(|word| I::I32Const(word as i32)));
            body.extend([runtime.call("check_span"), runtime.call("out_begin_over")]);
            codec.source = Source::Callee;
            codec.encode_all(module, &mut body, &[(*id, Place::at(at))]);
            codec.source = Source::Own;
            given = Some(at);
        }
    }
    body.push(runtime.call("out_finish"));
    if let Some(post_return) = callee.post_return {
        body.extend(given.map(I::LocalGet));
        body.push(I::Call(post_return));
    }
    answer_ok(module, &mut body);
    Ok(body)
}

/// Makes a flat value that a callee gave one of its type, or traps, as the canonical ABI does.
fn settle(module: &Module, codec: &Codec, body: &mut Body, id: ShapeId, local: u32) {
    match codec.shape(id).kind {
        Kind::Bool => _ = body.extend([I::LocalGet(local), I::I32Const(0), I::I32Ne, I::LocalSet(local)]),
        Kind::Char => _ = body.extend([I::LocalGet(local), module.runtime().call("check_char"), I::Drop]),
        Kind::Variant(cases) => check_tag(body, local, &cases),
        Kind::Flags(labels @ 1..32) => {
            let mask = (1i32 << labels) - 1;
            body.extend([I::LocalGet(local), I::I32Const(mask), I::I32And, I::LocalSet(local)]);
        }
        Kind::Record(fields) => fields
            .iter()
            .for_each(|(field, _)| settle(module, codec, body, *field, local)),
        Kind::Fixed(element, _) => settle(module, codec, body, element, local),
        _ => {}
    }
}

/// Whether the parts fit: everything but the bodies of functions, which the engine validates when it compiles them.
fn validate(component: &[u8]) -> wasmparser::Result<()> {
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    for payload in Parser::new(0).parse_all(component) {
        let payload: Payload<'_> = payload?;
        if let ValidPayload::End(_) = validator.payload(&payload)? {
            break;
        }
    }
    Ok(())
}
