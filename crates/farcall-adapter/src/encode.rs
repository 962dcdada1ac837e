//! Emits the writers: from the canonical ABI's memory layout to the wit encoding (spec/values.md).
//!
//! A shape with a bounded encoding trusts that its writer's caller reserved the room; any other reserves by itself.

use wasm_encoder::{BlockType, Instruction as I, ValType};

use crate::codec::{Codec, Place, Source, load_scalar};
use crate::module::{Body, Module, at};
use crate::shape::{Cases, Kind, ShapeId};
use crate::switch::switch;

impl Codec {
    /// Emits the encoding of values one after another, reserving room for all.
    pub(crate) fn encode_all(&mut self, module: &mut Module, body: &mut Body, parts: &[(ShapeId, Place)]) {
        let mut rest = parts;
        while let Some((first, place)) = rest.first() {
            let bounded: Vec<u32> = rest.iter().map_while(|(id, _)| self.shapes.shape(*id).most).collect();
            if bounded.is_empty() {
                self.encode(module, body, *first, *place);
                rest = &rest[1..];
                continue;
            }
            reserve(module, body, bounded.iter().sum());
            let (run, after) = rest.split_at(bounded.len());
            for (id, place) in run {
                self.encode(module, body, *id, *place);
            }
            rest = after;
        }
    }

    /// Emits the encoding of one value; room is reserved already where its encoding is bounded.
    fn encode(&mut self, module: &mut Module, body: &mut Body, id: ShapeId, place: Place) {
        let shape = self.shape(id);
        if let Some(load) = load_scalar(&shape.kind, place.offset) {
            let put = match shape.kind {
                Kind::Bool | Kind::U8 | Kind::S8 => "put_u8",
                Kind::U16 | Kind::U32 => "put_u32",
                Kind::S16 | Kind::S32 => "put_s32",
                Kind::U64 => "put_u64",
                Kind::S64 => "put_s64",
                Kind::F32 => "put_f32",
                Kind::F64 => "put_f64",
                _ => "put_char",
            };
            body.extend([I::LocalGet(place.base), self.source.load(load)]);
            match (self.source, &shape.kind) {
                // spec: V-3: true is 1, whatever a callee takes for it.
                (Source::Callee, Kind::Bool) => _ = body.extend([I::I32Const(0), I::I32Ne]),
                (Source::Callee, Kind::Char) => _ = body.push(module.runtime().call("check_char")),
                _ => {}
            }
            match &shape.kind {
                Kind::U16 | Kind::U32 | Kind::U64 => put_short(module, body, shape.flat[0], false, put),
                Kind::S16 | Kind::S32 | Kind::S64 => put_short(module, body, shape.flat[0], true, put),
                _ => _ = body.push(module.runtime().call(put)),
            }
            return;
        }
        let put = |own: &'static str, callee: &'static str| match self.source {
            Source::Own => own,
            Source::Callee => callee,
        };
        match &shape.kind {
            Kind::String => self.encode_slice(module, body, place, put("put_bytes", "put_string_from")),
            Kind::List(element) => match self.shapes.shape(*element).kind {
                Kind::U8 | Kind::S8 => self.encode_slice(module, body, place, put("put_bytes", "put_bytes_from")),
                Kind::Bool => self.encode_slice(module, body, place, put("put_bytes", "put_bools_from")),
                Kind::F32 => self.encode_slice(module, body, place, put("put_f32s", "put_f32s_from")),
                Kind::F64 => self.encode_slice(module, body, place, put("put_f64s", "put_f64s_from")),
                _ => self.encode_by_routine(module, body, id, place),
            },
            Kind::Flags(labels) => {
                place.address(body);
                let count = match self.source {
                    Source::Own => labels.div_ceil(8),
                    Source::Callee => *labels,
                };
                let put = put("put_raw", "put_flags_from");
                body.extend([I::I32Const(count as i32), module.runtime().call(put)]);
            }
            _ => self.encode_by_routine(module, body, id, place),
        }
    }

    fn encode_slice(&mut self, module: &mut Module, body: &mut Body, place: Place, put: &str) {
        place.word_from(body, self.source);
        place.plus(4).word_from(body, self.source);
        body.push(module.runtime().call(put));
    }

    fn encode_by_routine(&mut self, module: &mut Module, body: &mut Body, id: ShapeId, place: Place) {
        let routine = self.encoder(module, id);
        place.address(body);
        body.push(I::Call(routine));
    }

    /// The function that writes values of that shape: `(param address)`.
    fn encoder(&mut self, module: &mut Module, id: ShapeId) -> u32 {
        if let Some(routine) = self.encoders.get(&(self.source, id)) {
            return *routine;
        }
        let shape = self.shape(id);
        let mut body = Body::new(1);
        let here = Place::at(0);
        match &shape.kind {
            Kind::Record(fields) => {
                let parts: Vec<_> = fields
                    .iter()
                    .map(|(field, offset)| (*field, here.plus(*offset)))
                    .collect();
                match shape.most {
                    Some(_) => parts
                        .iter()
                        .for_each(|(field, at)| self.encode(module, &mut body, *field, *at)),
                    None => self.encode_all(module, &mut body, &parts),
                }
            }
            Kind::Variant(cases) => self.variant_encoder(module, &mut body, cases, shape.most.is_some()),
            Kind::Fixed(element, count) => {
                let element = (*element, self.shape(*element).size);
                let size = element.1 * count;
                let end = body.local(ValType::I32);
                body.extend([I::LocalGet(0), I::I32Const(size as i32), I::I32Add, I::LocalSet(end)]);
                self.encode_elements(module, &mut body, element, 0, end, shape.most.is_some());
            }
            Kind::List(element) => {
                let align = self.shape(*element).align;
                let element = (*element, self.shape(*element).size);
                let (cursor, end) = (body.local(ValType::I32), body.local(ValType::I32));
                if self.source == Source::Callee {
                    here.word_from(&mut body, self.source);
                    here.plus(4).word_from(&mut body, self.source);
                    body.extend([element.1, align].map(|word| I::I32Const(word as i32)));
                    body.push(module.runtime().call("check_span"));
                }
                reserve(module, &mut body, 5);
                here.plus(4).word_from(&mut body, self.source);
                body.push(module.runtime().call("put_u32"));
                here.word_from(&mut body, self.source);
                body.push(I::LocalTee(cursor));
                here.plus(4).word_from(&mut body, self.source);
                body.extend([I::I32Const(element.1 as i32), I::I32Mul, I::I32Add, I::LocalSet(end)]);
                self.encode_elements(module, &mut body, element, cursor, end, false);
            }
            _ => unreachable!("scalars, texts and flags are written in place"),
        }
        let routine = module.define(&[ValType::I32], &[], body);
        self.encoders.insert((self.source, id), routine);
        routine
    }

    /// Writes the elements from the address in `cursor` up to `end`.
    fn encode_elements(
        &mut self,
        module: &mut Module,
        body: &mut Body,
        (element, size): (ShapeId, u32),
        cursor: u32,
        end: u32,
        reserved: bool,
    ) {
        body.extend([I::Block(BlockType::Empty), I::Loop(BlockType::Empty)]);
        body.extend([I::LocalGet(cursor), I::LocalGet(end), I::I32GeU, I::BrIf(1)]);
        if reserved {
            self.encode(module, body, element, Place::at(cursor));
        } else {
            self.encode_all(module, body, &[(element, Place::at(cursor))]);
        }
        body.extend([
            I::LocalGet(cursor),
            I::I32Const(size as i32),
            I::I32Add,
            I::LocalSet(cursor),
        ]);
        body.extend([I::Br(0), I::End, I::End]);
    }

    fn variant_encoder(&mut self, module: &mut Module, body: &mut Body, cases: &Cases, reserved: bool) {
        let here = Place::at(0);
        let tag = body.local(ValType::I32);
        if !reserved {
            reserve(module, body, 5);
        }
        here.tag_from(body, cases.tag_size(), self.source);
        body.push(I::LocalTee(tag));
        if self.source == Source::Callee {
            check_tag(body, tag, cases);
        }
        body.push(module.runtime().call(if cases.tag_byte { "put_u8" } else { "put_u32" }));
        switch(body, tag, &cases.payloads, |body, _, payload| {
            let at = here.plus(cases.payload_at);
            match reserved {
                true => self.encode(module, body, *payload, at),
                false => self.encode_all(module, body, &[(*payload, at)]),
            }
        });
    }
}

/// Traps on a case that the type lacks, as the canonical ABI does.
pub(crate) fn check_tag(body: &mut Body, tag: u32, cases: &Cases) {
    body.extend([I::LocalGet(tag), I::I32Const(cases.payloads.len() as i32), I::I32GeU]);
    body.extend([I::If(BlockType::Empty), I::Unreachable, I::End]);
}

/// Writes the LEB128 on the stack: one that takes a byte here and now, a longer one by `put`.
fn put_short(module: &Module, body: &mut Body, ty: ValType, signed: bool, put: &str) {
    let runtime = module.runtime();
    let value = body.scratch(ty);
    body.push(I::LocalTee(value));
    // -64 to 63 where there is a sign, else 0 to 127.
    match (ty, signed) {
        (ValType::I64, true) => _ = body.extend([I::I64Const(64), I::I64Add, I::I64Const(128), I::I64LtU]),
        (ValType::I64, false) => _ = body.extend([I::I64Const(128), I::I64LtU]),
        (_, true) => _ = body.extend([I::I32Const(64), I::I32Add, I::I32Const(128), I::I32LtU]),
        (_, false) => _ = body.extend([I::I32Const(128), I::I32LtU]),
    }
    body.extend([I::If(BlockType::Empty), runtime.global("out"), I::LocalGet(value)]);
    match ty {
        ValType::I64 => _ = body.extend([I::I64Const(0x7f), I::I64And, I::I64Store8(at(0, 0))]),
        _ => _ = body.extend([I::I32Const(0x7f), I::I32And, I::I32Store8(at(0, 0))]),
    }
    body.extend([
        runtime.global("out"),
        I::I32Const(1),
        I::I32Add,
        runtime.set_global("out"),
    ]);
    body.extend([I::Else, I::LocalGet(value), runtime.call(put), I::End]);
}

fn reserve(module: &Module, body: &mut Body, room: u32) {
    body.extend([I::I32Const(room as i32), module.runtime().call("reserve")]);
}
