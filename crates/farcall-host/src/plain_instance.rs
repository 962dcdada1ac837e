//! One instance of a plain module: a call through its skeleton, and the stub's way out.
//!
//! Not here: the skeleton's and the stub's code, which is the adapter's; it says there what each export and import means.

use crate::door::{Code, Method, Status, TRANSPORT};
use crate::failure::Aborted;
use crate::state::State;
use crate::transport::carry;
use std::sync::Arc;
use wasmtime::{Caller, Extern, Instance, Linker, Memory, Store, TypedFunc};

/// The entries of an instance.
pub(crate) struct PlainInstance {
    /// Its skeleton's door, if anything is served.
    pub(crate) door: Option<Door>,
    /// A command's `_start`.
    pub(crate) start: Option<TypedFunc<(), ()>>,
}

/// A skeleton's door.
pub(crate) struct Door {
    call: TypedFunc<(u32, u32), (u32, u32, u32)>,
    memory: Memory,
    /// Where a request is put.
    request: usize,
    /// The bytes of it that are put there at most: one more than any valid request has.
    room: usize,
}

impl Door {
    pub(crate) fn of(skeleton: &Instance, store: &mut Store<State>) -> wasmtime::Result<Door> {
        let call = skeleton.get_typed_func(&mut *store, "call")?;
        let memory = skeleton.get_memory(&mut *store, "memory").ok_or_else(no_skeleton)?;
        let mut constant = |name: &str| {
            let global = skeleton.get_global(&mut *store, name)?;
            global.get(&mut *store).i32().map(at)
        };
        let (request, room) = (constant("request"), constant("room"));
        Ok(Door {
            call,
            memory,
            request: request.ok_or_else(no_skeleton)?,
            room: room.ok_or_else(no_skeleton)?,
        })
    }

    /// One call. A request that does not decode is a status; an error is a trap, or what else ended the guest.
    pub(crate) async fn call(
        &self,
        store: &mut Store<State>,
        function: u32,
        request: &[u8],
    ) -> wasmtime::Result<Result<Vec<u8>, Status>> {
        let request = request.get(..self.room).unwrap_or(request);
        self.memory.write(&mut *store, self.request, request)?;
        let length = u32::try_from(request.len())?;
        let (status, start, length) = self.call.call_async(&mut *store, (function, length)).await?;
        let answer = slice(self.memory.data(&*store), start, length)?;
        Ok(match status.checked_sub(1) {
            None => Ok(answer.to_vec()),
            Some(case) => Err(status_of(case, answer)?),
        })
    }
}

/// The way out of a plain module's stub. A call that fails is the end of its caller: a plain function's type has no room
/// for a failure.
pub(crate) fn add_to_linker(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    linker.func_wrap_async(
        TRANSPORT,
        "call",
        |mut caller: Caller<'_, State>, words: (u32, u32, u32, u32, u32, u32, u32, u32, u32, u32)| {
            Box::new(async move {
                let (link, link_length, path, path_length, mark, mark_length, request, request_length, response, room) =
                    words;
                let memory = memory_of(&mut caller)?;
                let data = memory.data(&caller);
                let method = Method {
                    link: text(data, link, link_length)?,
                    path: text(data, path, path_length)?,
                    fingerprint: text(data, mark, mark_length)?,
                };
                let request = slice(data, request, request_length)?.to_vec();
                let (transport, context) = (Arc::clone(&caller.data().transport), Arc::clone(&caller.data().context));
                let limit = caller.data().message_limit;
                match carry(&*transport, method.clone(), request, &context, limit).await {
                    Ok(answer) => {
                        let room = usize::try_from(room)?;
                        let answer = answer.get(..room).unwrap_or(&answer);
                        memory.write(&mut caller, usize::try_from(response)?, answer)?;
                        Ok(u32::try_from(answer.len())?)
                    }
                    Err(status) => Err(wasmtime::Error::new(Aborted { method, status })),
                }
            })
        },
    )?;
    linker.func_wrap(
        TRANSPORT,
        "abort",
        |mut caller: Caller<'_, State>,
         link: u32,
         link_length: u32,
         path: u32,
         path_length: u32,
         mark: u32,
         mark_length: u32,
         code: u32,
         message: u32,
         message_length: u32|
         -> wasmtime::Result<()> {
            let memory = memory_of(&mut caller)?;
            let data = memory.data(&caller);
            let method = Method {
                link: text(data, link, link_length)?,
                path: text(data, path, path_length)?,
                fingerprint: text(data, mark, mark_length)?,
            };
            let status = status_of(code, slice(data, message, message_length)?)?;
            Err(wasmtime::Error::new(Aborted { method, status }))
        },
    )?;
    Ok(())
}

fn memory_of(caller: &mut Caller<'_, State>) -> wasmtime::Result<Memory> {
    match caller.get_export("memory") {
        Some(Extern::Memory(memory)) => Ok(memory),
        _ => Err(wasmtime::Error::msg("the caller of the transport exports no memory")),
    }
}

fn status_of(case: u32, message: &[u8]) -> wasmtime::Result<Status> {
    let code = Code::of_case(case).ok_or_else(|| wasmtime::Error::msg("a status without a code"))?;
    Ok(Status::new(code, String::from_utf8_lossy(message)))
}

fn text(data: &[u8], start: u32, length: u32) -> wasmtime::Result<String> {
    Ok(String::from_utf8(slice(data, start, length)?.to_vec())?)
}

fn slice(data: &[u8], start: u32, length: u32) -> wasmtime::Result<&[u8]> {
    let start = usize::try_from(start)?;
    let end = start.checked_add(usize::try_from(length)?);
    end.and_then(|end| data.get(start..end))
        .ok_or_else(|| wasmtime::Error::msg("bytes outside of the memory"))
}

/// An address, whose sign is no part of it.
fn at(word: i32) -> usize {
    usize::try_from(word.cast_unsigned()).unwrap_or(usize::MAX)
}

fn no_skeleton() -> wasmtime::Error {
    wasmtime::Error::msg("not a skeleton of a plain module")
}
