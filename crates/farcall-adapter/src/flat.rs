//! Emits the way between flat values, as the canonical ABI passes parameters, and the memory layout.
//!
//! Cases of a variant share flat values of joined types (`CanonicalABI.md`, "Flattening"); this is where they part.

use wasm_encoder::{Instruction as I, ValType};

use crate::codec::{Codec, Place, load_scalar, store_int, store_scalar};
use crate::module::{Body, at};
use crate::shape::{Cases, Kind, ShapeId};
use crate::switch::switch;

impl Codec {
    /// Stores the flat values in `locals` as a value of that shape at `place`; gives how many were used.
    pub(crate) fn store_flat(&mut self, body: &mut Body, id: ShapeId, locals: &[u32], place: Place) -> usize {
        let shape = self.shape(id);
        if let Some(store) = store_scalar(&shape.kind, place.offset) {
            body.extend([I::LocalGet(place.base), I::LocalGet(locals[0]), store]);
            return 1;
        }
        match &shape.kind {
            Kind::String | Kind::List(_) => {
                place.set_word(body, |body| _ = body.push(I::LocalGet(locals[0])));
                place
                    .plus(4)
                    .set_word(body, |body| _ = body.push(I::LocalGet(locals[1])));
                2
            }
            Kind::Flags(_) => {
                for (word, local) in locals[..shape.flat.len()].iter().enumerate() {
                    let store = store_int(place.offset + 4 * word as u32, shape.size.min(4));
                    body.extend([I::LocalGet(place.base), I::LocalGet(*local), store]);
                }
                shape.flat.len()
            }
            Kind::Record(fields) => fields.iter().fold(0, |used, (field, offset)| {
                used + self.store_flat(body, *field, &locals[used..], place.plus(*offset))
            }),
            Kind::Fixed(element, count) => {
                let size = self.shape(*element).size;
                (0..*count).fold(0, |used, i| {
                    used + self.store_flat(body, *element, &locals[used..], place.plus(i * size))
                })
            }
            Kind::Variant(cases) => {
                place.set_tag(body, cases.tag_size(), locals[0]);
                let joined = joined_types(self, cases);
                switch(body, locals[0], &cases.payloads, |body, _, payload| {
                    let flat = self.shape(*payload).flat;
                    let own = flat.iter().enumerate().map(|(i, ty)| {
                        let local = body.local(*ty);
                        body.push(I::LocalGet(locals[1 + i]));
                        convert(body, joined[i], *ty);
                        body.push(I::LocalSet(local));
                        local
                    });
                    let own: Vec<u32> = own.collect();
                    self.store_flat(body, *payload, &own, place.plus(cases.payload_at));
                });
                1 + joined.len()
            }
            _ => unreachable!("scalars are stored above"),
        }
    }

    /// Loads a value of that shape from `place` into new locals, one a flat value.
    pub(crate) fn load_flat(&mut self, body: &mut Body, id: ShapeId, place: Place) -> Vec<u32> {
        let shape = self.shape(id);
        if let Some(load) = load_scalar(&shape.kind, place.offset) {
            let local = body.local(shape.flat[0]);
            body.extend([I::LocalGet(place.base), load, I::LocalSet(local)]);
            return vec![local];
        }
        match &shape.kind {
            Kind::String | Kind::List(_) => vec![load_word(body, place), load_word(body, place.plus(4))],
            Kind::Flags(_) => {
                let words = 0..shape.flat.len() as u32;
                words
                    .map(|word| load_int(body, place.plus(4 * word), shape.size.min(4)))
                    .collect()
            }
            Kind::Record(fields) => fields
                .iter()
                .flat_map(|(field, offset)| self.load_flat(body, *field, place.plus(*offset)))
                .collect(),
            Kind::Fixed(element, count) => {
                let size = self.shape(*element).size;
                (0..*count)
                    .flat_map(|i| self.load_flat(body, *element, place.plus(i * size)))
                    .collect()
            }
            Kind::Variant(cases) => {
                let joined = joined_types(self, cases);
                let tag = load_int(body, place, cases.tag_size());
                let out: Vec<u32> = joined.iter().map(|ty| body.local(*ty)).collect();
                switch(body, tag, &cases.payloads, |body, _, payload| {
                    let flat = self.shape(*payload).flat;
                    let own = self.load_flat(body, *payload, place.plus(cases.payload_at));
                    for (i, (local, ty)) in own.iter().zip(flat).enumerate() {
                        body.push(I::LocalGet(*local));
                        convert(body, ty, joined[i]);
                        body.push(I::LocalSet(out[i]));
                    }
                });
                [vec![tag], out].concat()
            }
            _ => unreachable!("scalars are loaded above"),
        }
    }
}

fn joined_types(codec: &Codec, cases: &Cases) -> Vec<ValType> {
    let mut joined: Vec<ValType> = Vec::new();
    for payload in cases.payloads.iter().flatten() {
        for (i, ty) in codec.shapes.shape(*payload).flat.iter().enumerate() {
            match joined.get_mut(i) {
                Some(other) => *other = crate::shape::join(*other, *ty),
                None => joined.push(*ty),
            }
        }
    }
    joined
}

fn load_word(body: &mut Body, place: Place) -> u32 {
    load_int(body, place, 4)
}

fn load_int(body: &mut Body, place: Place, size: u32) -> u32 {
    let local = body.local(ValType::I32);
    let load = match size {
        1 => I::I32Load8U(at(place.offset, 0)),
        2 => I::I32Load16U(at(place.offset, 1)),
        _ => I::I32Load(at(place.offset, 2)),
    };
    body.extend([I::LocalGet(place.base), load, I::LocalSet(local)]);
    local
}

/// Turns the value on the stack from a case's own type into the joined one, or back: bits are kept.
fn convert(body: &mut Body, from: ValType, to: ValType) {
    match (from, to) {
        (from, to) if from == to => {}
        (ValType::I32, ValType::F32) => _ = body.push(I::F32ReinterpretI32),
        (ValType::F32, ValType::I32) => _ = body.push(I::I32ReinterpretF32),
        (ValType::I64, ValType::I32) => _ = body.push(I::I32WrapI64),
        (ValType::I32, ValType::I64) => _ = body.push(I::I64ExtendI32U),
        (ValType::I64, ValType::F32) => _ = body.extend([I::I32WrapI64, I::F32ReinterpretI32]),
        (ValType::F32, ValType::I64) => _ = body.extend([I::I32ReinterpretF32, I::I64ExtendI32U]),
        (ValType::I64, ValType::F64) => _ = body.push(I::F64ReinterpretI64),
        (ValType::F64, ValType::I64) => _ = body.push(I::I64ReinterpretF64),
        (from, to) => unreachable!("flat values of {from:?} and {to:?} are never joined"),
    }
}
