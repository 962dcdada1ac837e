//! Emits the way of decoded parameters into the memory of the component that is served.
//!
//! A value is decoded, and so checked, in the skeleton's own memory; only then does the callee give room, because there
//! is no way to give it back. Bytes are copied whole, pointers are replaced in place. Nothing is checked here but the
//! room: it must be aligned and there, as the canonical ABI asks of every `realloc`.

use wasm_encoder::{BlockType, Instruction as I, ValType};

use crate::codec::{Codec, Place, Source};
use crate::module::{Body, Module};
use crate::shape::{Kind, ShapeId};
use crate::switch::switch;

/// The routines that take room in the callee's memory.
#[derive(Clone, Copy)]
pub(crate) struct Room {
    /// `(param size align) (result address)`
    take: u32,
    /// `(param address size align) (result address)`: room with those bytes of the skeleton's memory in it.
    give: u32,
}

impl Room {
    /// For a callee whose `realloc` was imported under that index, into a module with the callee's memory.
    pub(crate) fn of(module: &mut Module, realloc: u32) -> Room {
        let mut take = Body::new(2);
        let address = take.local(ValType::I32);
        take.extend([I::I32Const(0), I::I32Const(0), I::LocalGet(1), I::LocalGet(0)]);
        take.extend([I::Call(realloc), I::LocalTee(address), I::I32Const(1), I::LocalGet(0)]);
        take.extend([
            I::LocalGet(1),
            module.runtime().call("check_span"),
            I::LocalGet(address),
        ]);
        let take = module.define(&[ValType::I32; 2], &[ValType::I32], take);

        let mut give = Body::new(3);
        let address = give.local(ValType::I32);
        give.extend([I::LocalGet(1), I::LocalGet(2), I::Call(take), I::LocalTee(address)]);
        give.extend([I::LocalGet(0), I::LocalGet(1), COPY, I::LocalGet(address)]);
        let give = module.define(&[ValType::I32; 3], &[ValType::I32], give);
        Room { take, give }
    }

    /// Emits: room for that many bytes, its address left on the stack.
    pub(crate) fn take(self, body: &mut Body, size: u32, align: u32) {
        body.extend([I::I32Const(size as i32), I::I32Const(align as i32), I::Call(self.take)]);
    }
}

/// Copies from the skeleton's memory to the callee's: to, from, length.
pub(crate) const COPY: I<'static> = I::MemoryCopy {
    src_mem: 0,
    dst_mem: Source::CALLEE_MEMORY,
};

impl Codec {
    /// Emits, for a value of that shape at `place`: what its pointers lead to goes to the callee, and so do they.
    pub(crate) fn relocate(&mut self, module: &mut Module, body: &mut Body, room: Room, id: ShapeId, place: Place) {
        let shape = self.shape(id);
        if !shape.points {
            return;
        }
        let bytes = match &shape.kind {
            Kind::String => Some((1, 1)),
            Kind::List(element) => Some(self.shape(*element))
                .filter(|element| !element.points)
                .map(|element| (element.size, element.align)),
            _ => None,
        };
        if let Some((size, align)) = bytes {
            place.set_word(body, |body| {
                place.word(body);
                place.plus(4).word(body);
                if size != 1 {
                    body.extend([I::I32Const(size as i32), I::I32Mul]);
                }
                body.extend([I::I32Const(align as i32), I::Call(room.give)]);
            });
            return;
        }
        let routine = self.relocator(module, room, id);
        place.address(body);
        body.push(I::Call(routine));
    }

    /// The function that does so for values of that shape: `(param address)`.
    fn relocator(&mut self, module: &mut Module, room: Room, id: ShapeId) -> u32 {
        if let Some(routine) = self.relocators.get(&id) {
            return *routine;
        }
        let shape = self.shape(id);
        let mut body = Body::new(1);
        let here = Place::at(0);
        match &shape.kind {
            Kind::Record(fields) => {
                for (field, offset) in fields {
                    self.relocate(module, &mut body, room, *field, here.plus(*offset));
                }
            }
            Kind::Variant(cases) => {
                let tag = body.local(ValType::I32);
                here.tag(&mut body, cases.tag_size());
                body.push(I::LocalSet(tag));
                switch(&mut body, tag, &cases.payloads, |body, _, payload| {
                    self.relocate(module, body, room, *payload, here.plus(cases.payload_at));
                });
            }
            Kind::Fixed(element, count) => {
                let size = self.shape(*element).size;
                let end = body.local(ValType::I32);
                body.extend([I::LocalGet(0), I::I32Const((size * count) as i32)]);
                body.extend([I::I32Add, I::LocalSet(end)]);
                self.relocate_elements(module, &mut body, room, *element, 0, end);
            }
            Kind::List(element) => {
                let part = self.shape(*element);
                let [bytes, to, cursor, end] = [ValType::I32; 4].map(|ty| body.local(ty));
                here.plus(4).word(&mut body);
                body.extend([I::I32Const(part.size as i32), I::I32Mul, I::LocalTee(bytes)]);
                body.extend([I::I32Const(part.align as i32), I::Call(room.take), I::LocalSet(to)]);
                here.word(&mut body);
                body.extend([I::LocalTee(cursor), I::LocalGet(bytes), I::I32Add, I::LocalSet(end)]);
                self.relocate_elements(module, &mut body, room, *element, cursor, end);
                body.push(I::LocalGet(to));
                here.word(&mut body);
                body.extend([I::LocalGet(bytes), COPY]);
                here.set_word(&mut body, |body| _ = body.push(I::LocalGet(to)));
            }
            _ => unreachable!("scalars point nowhere, texts are copied in place"),
        }
        let routine = module.define(&[ValType::I32], &[], body);
        self.relocators.insert(id, routine);
        routine
    }

    fn relocate_elements(
        &mut self,
        module: &mut Module,
        body: &mut Body,
        room: Room,
        element: ShapeId,
        cursor: u32,
        end: u32,
    ) {
        let size = self.shape(element).size;
        body.extend([I::Block(BlockType::Empty), I::Loop(BlockType::Empty)]);
        body.extend([I::LocalGet(cursor), I::LocalGet(end), I::I32GeU, I::BrIf(1)]);
        self.relocate(module, body, room, element, Place::at(cursor));
        body.extend([I::LocalGet(cursor), I::I32Const(size as i32), I::I32Add]);
        body.extend([I::LocalSet(cursor), I::Br(0), I::End, I::End]);
    }
}
