//! The fewest bytes that a value of a type encodes to: what a length prefix is checked against.
//!
//! Does not look at values.

use std::collections::HashMap;

use farcall_wit::{NodeId, Type};

/// The fewest bytes that a value of `ty` encodes to; saturates. Linear in the number of distinct types.
pub fn min_encoded_size(ty: &Type) -> usize {
    Sizes::default().of(ty)
}

/// A memo of sizes for the types of one message.
#[derive(Default)]
pub(crate) struct Sizes {
    done: HashMap<NodeId, usize>,
}

impl Sizes {
    pub(crate) fn of(&mut self, ty: &Type) -> usize {
        match ty {
            Type::F32 => return 4,
            Type::F64 => return 8,
            Type::List(_) | Type::Map(..) | Type::Option(_) | Type::Enum(_) => return 1,
            Type::Flags(flags) => return flags.flags.len().div_ceil(8),
            _ => {}
        }
        let Some(node) = ty.node() else { return 1 };
        if let Some(done) = self.done.get(&node) {
            return *done;
        }
        let size = match ty {
            Type::FixedList(t, n) => self.of(t).saturating_mul(usize::try_from(*n).unwrap_or(usize::MAX)),
            Type::Record(r) => r
                .fields
                .iter()
                .fold(0, |sum: usize, f| sum.saturating_add(self.of(&f.ty))),
            Type::Tuple(types) => types.iter().fold(0, |sum: usize, t| sum.saturating_add(self.of(t))),
            Type::Variant(v) => {
                let payload = v.cases.iter().map(|c| c.ty.as_ref().map_or(0, |t| self.of(t))).min();
                payload.unwrap_or(0).saturating_add(1)
            }
            Type::Result(ok, err) => {
                let mut of = |t: &Option<std::sync::Arc<Type>>| t.as_ref().map_or(0, |t| self.of(t));
                of(ok).min(of(err)).saturating_add(1)
            }
            _ => 1,
        };
        self.done.insert(node, size);
        size
    }
}
