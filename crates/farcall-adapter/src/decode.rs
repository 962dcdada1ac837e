//! Emits the readers: from the wit encoding (spec/values.md) to the canonical ABI's memory layout.
//!
//! Everything is checked here, before the callee sees it: a value that breaks a rule would trap the callee.
//! After the first fault reads give nothing and loops end, so that a body checks once, at its end.

use wasm_encoder::{BlockType, Instruction as I, ValType};

use crate::codec::{Codec, Place, store_scalar};
use crate::module::{Body, Module};
use crate::shape::{Cases, Kind, ShapeId};
use crate::switch::switch;

const FAULT_NO_SUCH_CASE: i32 = 4;

impl Codec {
    /// Emits the decoding of one value to `place`.
    pub(crate) fn decode(&mut self, module: &mut Module, body: &mut Body, id: ShapeId, place: Place) {
        let shape = self.shape(id);
        let runtime = module.runtime();
        if let Some(store) = store_scalar(&shape.kind, place.offset) {
            body.push(I::LocalGet(place.base));
            match shape.kind {
                Kind::Bool => body.push(runtime.call("get_bool")),
                Kind::U8 | Kind::S8 => body.push(runtime.call("get_u8")),
                Kind::U16 => body.extend([I::I32Const(0xffff), runtime.call("get_u32")]),
                Kind::U32 => body.extend([I::I32Const(-1), runtime.call("get_u32")]),
                Kind::S16 => body.extend([I::I64Const(16), runtime.call("get_s32")]),
                Kind::S32 => body.extend([I::I64Const(32), runtime.call("get_s32")]),
                Kind::U64 => body.extend([I::I64Const(-1), runtime.call("get_u64")]),
                Kind::S64 => body.extend([I::I64Const(64), runtime.call("get_s64")]),
                Kind::F32 => body.push(runtime.call("get_f32")),
                Kind::F64 => body.push(runtime.call("get_f64")),
                _ => body.push(runtime.call("get_char")),
            };
            body.push(store);
            return;
        }
        match &shape.kind {
            Kind::String => self.decode_slice(module, body, place, "get_string"),
            Kind::List(element) => match self.shapes.shape(*element).kind {
                Kind::U8 | Kind::S8 => self.decode_slice(module, body, place, "get_bytes"),
                Kind::Bool => self.decode_slice(module, body, place, "get_bools"),
                Kind::F32 => self.decode_slice(module, body, place, "get_f32s"),
                Kind::F64 => self.decode_slice(module, body, place, "get_f64s"),
                _ => self.decode_by_routine(module, body, id, place),
            },
            Kind::Flags(labels) => {
                place.address(body);
                body.extend([
                    I::I32Const(*labels as i32),
                    I::I32Const(shape.size as i32),
                    runtime.call("get_flags"),
                ]);
            }
            _ => self.decode_by_routine(module, body, id, place),
        }
    }

    fn decode_slice(&mut self, module: &mut Module, body: &mut Body, place: Place, get: &str) {
        place.address(body);
        body.push(module.runtime().call(get));
    }

    fn decode_by_routine(&mut self, module: &mut Module, body: &mut Body, id: ShapeId, place: Place) {
        let routine = self.decoder(module, id);
        place.address(body);
        body.push(I::Call(routine));
    }

    /// The function that reads values of that shape: `(param address)`.
    fn decoder(&mut self, module: &mut Module, id: ShapeId) -> u32 {
        if let Some(routine) = self.decoders.get(&id) {
            return *routine;
        }
        let shape = self.shape(id);
        let mut body = Body::new(1);
        let here = Place::at(0);
        match &shape.kind {
            Kind::Record(fields) => {
                for (field, offset) in fields {
                    self.decode(module, &mut body, *field, here.plus(*offset));
                }
            }
            Kind::Variant(cases) => self.variant_decoder(module, &mut body, cases),
            Kind::Fixed(element, count) => {
                let element = (*element, self.shape(*element).size);
                let size = element.1 * count;
                let end = body.local(ValType::I32);
                body.extend([I::LocalGet(0), I::I32Const(size as i32), I::I32Add, I::LocalSet(end)]);
                self.decode_elements(module, &mut body, element, 0, end);
            }
            Kind::List(element) => {
                let part = self.shape(*element);
                let (cursor, end) = (body.local(ValType::I32), body.local(ValType::I32));
                body.extend([
                    I::LocalGet(0),
                    I::I32Const(part.least as i32),
                    I::I32Const(part.size as i32),
                    I::I32Const(part.align as i32),
                    module.runtime().call("get_list"),
                    I::LocalTee(cursor),
                ]);
                here.plus(4).word(&mut body);
                body.extend([I::I32Const(part.size as i32), I::I32Mul, I::I32Add, I::LocalSet(end)]);
                self.decode_elements(module, &mut body, (*element, part.size), cursor, end);
            }
            _ => unreachable!("scalars, texts and flags are read in place"),
        }
        let routine = module.define(&[ValType::I32], &[], body);
        self.decoders.insert(id, routine);
        routine
    }

    /// Reads elements to the address in `cursor` up to `end`, or up to the first fault.
    fn decode_elements(
        &mut self,
        module: &mut Module,
        body: &mut Body,
        (element, size): (ShapeId, u32),
        cursor: u32,
        end: u32,
    ) {
        body.extend([I::Block(BlockType::Empty), I::Loop(BlockType::Empty)]);
        body.extend([I::LocalGet(cursor), I::LocalGet(end), I::I32GeU, I::BrIf(1)]);
        body.extend([module.runtime().global("fault"), I::BrIf(1)]);
        self.decode(module, body, element, Place::at(cursor));
        body.extend([
            I::LocalGet(cursor),
            I::I32Const(size as i32),
            I::I32Add,
            I::LocalSet(cursor),
        ]);
        body.extend([I::Br(0), I::End, I::End]);
    }

    fn variant_decoder(&mut self, module: &mut Module, body: &mut Body, cases: &Cases) {
        let here = Place::at(0);
        let runtime = module.runtime();
        let tag = body.local(ValType::I32);
        if cases.tag_byte {
            body.extend([runtime.call("get_bool"), I::LocalSet(tag)]);
        } else {
            // spec: V-13: a case number that the type lacks is a fault at the number's first byte.
            let start = body.local(ValType::I32);
            body.extend([runtime.global("in"), I::LocalSet(start)]);
            body.extend([I::I32Const(-1), runtime.call("get_u32"), I::LocalTee(tag)]);
            body.extend([
                I::I32Const(cases.payloads.len() as i32),
                I::I32GeU,
                I::If(BlockType::Empty),
            ]);
            body.extend([I::LocalGet(start), runtime.set_global("in")]);
            body.extend([I::I32Const(FAULT_NO_SUCH_CASE), runtime.call("fail"), I::Return, I::End]);
        }
        here.set_tag(body, cases.tag_size(), tag);
        switch(body, tag, &cases.payloads, |body, _, payload| {
            self.decode(module, body, *payload, here.plus(cases.payload_at));
        });
    }
}
