//! WASI preview 1 for plain modules: the same grants as a component's, behind the functions that modules import.
//!
//! Not here: what is granted (`grants`); WASI 0.2, which components import (`engine`).

use crate::device_file;
use crate::state::State;
use wasmtime::Linker;
use wasmtime_wasi::p1;

/// Add every function of preview 1. A module gets them over the context in its store, which is made at the first call
/// of one.
pub(crate) fn add_to_linker(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    p1::add_to_linker_async(linker, State::preview1)?;
    device_file::add_to_linker(linker)
}
