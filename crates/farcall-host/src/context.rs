//! What a component may ask about the call that runs, and add to its answer: `wasm-rpc:core/context`.
//!
//! Not here: what metadata is, and which names it may have; whoever takes the call knows.

use crate::door::CONTEXT;
use crate::state::State;
use wasmtime::StoreContextMut;
use wasmtime::component::{ComponentType, Lift, Linker, Lower};

/// A call's other side, as far as a component may see it: `spec/context.md`.
///
/// Each function is called on the guest's stack: none may block.
pub trait Caller: Send + Sync + 'static {
    /// What came beside the request: names in lowercase, values as they were meant.
    fn metadata(&self) -> Vec<(String, Vec<u8>)>;

    /// Its address, where it has one.
    fn peer(&self) -> Option<String>;

    /// Take this to be sent before the result.
    ///
    /// # Errors
    ///
    /// [`Refusal`] goes to the guest.
    fn add_header(&self, name: &str, value: &[u8]) -> Result<(), Refusal>;

    /// The same, after the result.
    ///
    /// # Errors
    ///
    /// As [`add_header`](Self::add_header).
    fn add_trailer(&self, name: &str, value: &[u8]) -> Result<(), Refusal>;
}

/// Why a header or trailer was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ComponentType, Lift, Lower)]
#[component(enum)]
#[repr(u8)]
pub enum Refusal {
    /// No name of metadata.
    #[component(name = "name-invalid")]
    NameInvalid,
    /// The protocol's own.
    #[component(name = "name-reserved")]
    NameReserved,
    /// Not visible ASCII, under a name that says it is.
    #[component(name = "value-invalid")]
    ValueInvalid,
    /// More than an answer may carry.
    #[component(name = "too-large")]
    TooLarge,
}

pub(crate) fn add_to_linker(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    let mut context = linker.instance(CONTEXT)?;
    context.func_wrap("metadata", |store: StoreContextMut<'_, State>, (): ()| {
        let caller = store.data().context.caller.as_deref();
        Ok((caller.map(Caller::metadata).unwrap_or_default(),))
    })?;
    context.func_wrap("time-left", |store: StoreContextMut<'_, State>, (): ()| {
        let left = store.data().context.remaining().as_nanos();
        Ok((u64::try_from(left).unwrap_or(u64::MAX),))
    })?;
    context.func_wrap("peer", |store: StoreContextMut<'_, State>, (): ()| {
        Ok((store.data().context.caller.as_deref().and_then(Caller::peer),))
    })?;
    context.func_wrap(
        "add-header",
        |store: StoreContextMut<'_, State>, (name, value): (String, Vec<u8>)| {
            Ok((answer(&store, |caller| caller.add_header(&name, &value)),))
        },
    )?;
    context.func_wrap(
        "add-trailer",
        |store: StoreContextMut<'_, State>, (name, value): (String, Vec<u8>)| {
            Ok((answer(&store, |caller| caller.add_trailer(&name, &value)),))
        },
    )
}

/// Outside of a call that somebody made, there is no answer to add to.
fn answer(
    store: &StoreContextMut<'_, State>,
    add: impl FnOnce(&dyn Caller) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    store.data().context.caller.as_deref().map_or(Ok(()), add)
}
