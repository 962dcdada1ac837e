//! Emits a jump on a case number: the one place that knows how nested blocks and `br_table` fit together.

use wasm_encoder::{BlockType, Instruction as I};

use crate::module::Body;

/// Emits `arms[k]` for the value `k` of the local `tag`; a case without an arm, and any other value, does nothing.
///
/// Arms run in the order of their cases, so that locals which they create stay in step with the caller's.
pub(crate) fn switch<T>(body: &mut Body, tag: u32, arms: &[Option<T>], mut emit: impl FnMut(&mut Body, usize, &T)) {
    let live: Vec<(usize, &T)> = arms
        .iter()
        .enumerate()
        .filter_map(|(k, arm)| Some((k, arm.as_ref()?)))
        .collect();
    if live.is_empty() {
        return;
    }
    let count = live.len() as u32;
    for _ in 0..=count {
        body.push(I::Block(BlockType::Empty));
    }
    let mut next = 0u32;
    let targets: Vec<u32> = arms
        .iter()
        .map(|arm| if arm.is_some() { (next, next += 1).0 } else { count })
        .collect();
    body.push(I::LocalGet(tag)).push(I::BrTable(targets.into(), count));
    for (position, (k, arm)) in live.into_iter().enumerate() {
        body.push(I::End);
        emit(body, k, arm);
        body.push(I::Br(count - 1 - position as u32));
    }
    body.push(I::End);
}
