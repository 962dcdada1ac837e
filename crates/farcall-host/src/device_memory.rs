//! A guest that calls a function of WASI for the device: its memory, its context and its table of descriptors.
//!
//! Not here: the functions (`device_file`, `device_poll`).

use crate::device_file::waits;
use crate::device_table::DeviceTable;
use crate::state::State;
use std::sync::Arc;
use wasmtime::{AsContextMut, Caller, Extern};
use wasmtime_wasi::p1::WasiP1Ctx;
use wasmtime_wasi::p1::wasi_snapshot_preview1::WasiSnapshotPreview1;

/// A guest in a call of a host's function.
pub(crate) struct Guest<'a> {
    memory: &'a mut [u8],
    state: &'a mut State,
    fuel: usize,
}

impl<'a> Guest<'a> {
    /// # Errors
    ///
    /// The guest has no memory of its own, as WASI wants it.
    pub(crate) fn of(caller: &'a mut Caller<'_, State>) -> wasmtime::Result<Guest<'a>> {
        let Some(Extern::Memory(memory)) = caller.get_export("memory") else {
            return Err(wasmtime::Error::msg("missing required memory export"));
        };
        let fuel = caller.as_context_mut().hostcall_fuel();
        let (memory, state) = memory.data_and_store_mut(caller);
        Ok(Guest { memory, state, fuel })
    }

    /// The memory, and the context of wasmtime-wasi.
    pub(crate) fn inner(self) -> (&'a mut [u8], &'a mut WasiP1Ctx) {
        let Guest { memory, state, fuel } = self;
        let context = state.preview1();
        context.set_hostcall_fuel(fuel);
        (memory, context)
    }

    pub(crate) fn context(self) -> &'a mut WasiP1Ctx {
        self.inner().1
    }

    /// All three, for a function that needs both kinds of descriptors.
    pub(crate) fn parts(self) -> (&'a mut [u8], &'a mut WasiP1Ctx, Option<&'a mut DeviceTable>) {
        let Guest { memory, state, fuel } = self;
        let (context, device) = state.preview1_and_device();
        context.set_hostcall_fuel(fuel);
        (memory, context, device)
    }

    pub(crate) fn device(&mut self) -> Result<&mut DeviceTable, i32> {
        self.state.device.as_mut().ok_or(errno::BADF)
    }

    pub(crate) fn preopened(&self, fd: u32) -> Option<&str> {
        self.state.device.as_ref()?.preopened(fd)
    }

    /// Whether a path in the device's folder is the device, or the folder itself.
    pub(crate) fn named(&mut self, fd: u32, path: u32, length: u32) -> Result<bool, i32> {
        let path = slice(self.memory, path, length)?;
        let path = path.strip_prefix(b"./").unwrap_or(path);
        let device = self.state.device.as_ref().ok_or(errno::BADF)?;
        match path {
            _ if !device.is_folder(fd) => Err(errno::NOTDIR),
            b"." | b"" => Ok(false),
            path if path == device.name().as_bytes() => Ok(true),
            _ => Err(errno::NOENT),
        }
    }

    /// Reads into buffers, as much as there is; `WOULD_BLOCK` if that is nothing and the descriptor waits.
    pub(crate) fn read(&mut self, fd: u32, iovs: u32, count: u32) -> Result<u32, i32> {
        let Guest { memory, state, .. } = self;
        let device = state.device.as_mut().ok_or(errno::BADF)?;
        let (stream, nonblocking) = device.stream(fd).ok_or(errno::ISDIR)?;
        let mut done = 0;
        for at in 0..within(count)? {
            let (start, length) = buffer(memory, iovs, at)?;
            let into = slice_mut(memory, start, length)?;
            if into.is_empty() {
                continue;
            }
            match stream.read(into) {
                Ok(read) => {
                    done += read;
                    if read < into.len() {
                        break;
                    }
                }
                Err(wait) if done == 0 => return Err(waits(wait, nonblocking)),
                Err(_) => break,
            }
        }
        u32::try_from(done).map_err(|_| errno::OVERFLOW)
    }

    /// Writes buffers, as much as is taken.
    pub(crate) fn write(&mut self, fd: u32, iovs: u32, count: u32) -> Result<u32, i32> {
        let Guest { memory, state, .. } = self;
        let context = Arc::clone(&state.context);
        let device = state.device.as_mut().ok_or(errno::BADF)?;
        let (stream, nonblocking) = device.stream(fd).ok_or(errno::ISDIR)?;
        let mut done = 0;
        for at in 0..within(count)? {
            let (start, length) = buffer(memory, iovs, at)?;
            let bytes = slice(memory, start, length)?;
            if bytes.is_empty() {
                continue;
            }
            match stream.write(bytes, &context) {
                Ok(written) => {
                    done += written;
                    if written < bytes.len() {
                        break;
                    }
                }
                Err(wait) if done == 0 => return Err(waits(wait, nonblocking)),
                Err(_) => break,
            }
        }
        u32::try_from(done).map_err(|_| errno::OVERFLOW)
    }

    pub(crate) fn bytes(&self, at: u32, length: u32) -> Result<&[u8], i32> {
        slice(self.memory, at, length)
    }

    pub(crate) fn put(&mut self, at: u32, bytes: &[u8]) -> Result<(), i32> {
        put(self.memory, at, bytes)
    }

    pub(crate) fn put_u32(&mut self, at: u32, number: u32) -> Result<(), i32> {
        self.put(at, &number.to_le_bytes())
    }
}

/// Address and length of one buffer in an array of them.
fn buffer(memory: &[u8], iovs: u32, at: u32) -> Result<(u32, u32), i32> {
    let start = at.checked_mul(8).and_then(|offset| iovs.checked_add(offset));
    let iov = slice(memory, start.ok_or(errno::FAULT)?, 8)?;
    match *iov {
        [a, b, c, d, e, f, g, h] => Ok((u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]))),
        _ => Err(errno::FAULT),
    }
}

fn within(count: u32) -> Result<u32, i32> {
    match count <= MAX_BUFFERS {
        true => Ok(count),
        false => Err(errno::INVAL),
    }
}

pub(crate) fn slice(memory: &[u8], at: u32, length: u32) -> Result<&[u8], i32> {
    let rest = memory.get(at as usize..).ok_or(errno::FAULT)?;
    rest.get(..length as usize).ok_or(errno::FAULT)
}

fn slice_mut(memory: &mut [u8], at: u32, length: u32) -> Result<&mut [u8], i32> {
    let rest = memory.get_mut(at as usize..).ok_or(errno::FAULT)?;
    rest.get_mut(..length as usize).ok_or(errno::FAULT)
}

pub(crate) fn put(memory: &mut [u8], at: u32, bytes: &[u8]) -> Result<(), i32> {
    let length = u32::try_from(bytes.len()).map_err(|_| errno::OVERFLOW)?;
    slice_mut(memory, at, length)?.copy_from_slice(bytes);
    Ok(())
}

/// What POSIX calls IOV_MAX.
const MAX_BUFFERS: u32 = 1024;

/// WASI's error numbers.
pub(crate) mod errno {
    pub(crate) const SUCCESS: i32 = 0;
    pub(crate) const AGAIN: i32 = 6;
    pub(crate) const BADF: i32 = 8;
    pub(crate) const EXIST: i32 = 20;
    pub(crate) const FAULT: i32 = 21;
    pub(crate) const INVAL: i32 = 28;
    pub(crate) const ISDIR: i32 = 31;
    pub(crate) const MFILE: i32 = 33;
    pub(crate) const NAMETOOLONG: i32 = 37;
    pub(crate) const NOBUFS: i32 = 42;
    pub(crate) const NOENT: i32 = 44;
    pub(crate) const NOTDIR: i32 = 54;
    pub(crate) const NOTSUP: i32 = 58;
    pub(crate) const OVERFLOW: i32 = 61;
    pub(crate) const PIPE: i32 = 64;
    pub(crate) const ROFS: i32 = 69;
    pub(crate) const SPIPE: i32 = 70;
    /// None of WASI's: the call waits.
    pub(crate) const WOULD_BLOCK: i32 = -1;
}
