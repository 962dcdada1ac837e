//! The functions of WASI preview 1 for descriptors of the device; every other descriptor goes on to wasmtime-wasi.
//!
//! Not here: `poll_oneoff`, which takes both kinds at once (`device_poll`), what is open (`device_table`), and what the bytes
//! mean.

use crate::device::DeviceWait;
use crate::device_memory::{Guest, errno};
use crate::device_poll;
use crate::device_table::{DeviceTable, Opened, What};
use crate::state::State;
use std::future::poll_fn;
use wasmtime::{Caller, Linker};
use wasmtime_wasi::p1::wasi_snapshot_preview1 as inner;
use wiggle::GuestMemory;

/// A function of wasmtime-wasi, over the guest's memory and context.
macro_rules! inner {
    ($caller:ident, $function:ident($($argument:expr),*) $($await:tt)*) => {{
        let (memory, context) = Guest::of(&mut $caller)?.inner();
        inner::$function(context, &mut GuestMemory::Unshared(memory) $(, $argument.cast_signed())*) $($await)*
    }};
}

/// A function that the device does not have: `errno` for its descriptors.
macro_rules! not_of_the_device {
    ($linker:ident, $function:ident($($argument:ident: $ty:ty),*) of $($fd:ident),+ => $errno:expr) => {
        $linker.func_wrap_async(
            MODULE,
            stringify!($function),
            |mut caller: Caller<'_, State>, ($($argument,)*): ($($ty,)*)| {
                Box::new(async move {
                    match [$($fd),+].into_iter().any(|fd| has(&caller, fd)) {
                        true => Ok($errno),
                        false => inner!(caller, $function($($argument),*).await),
                    }
                })
            },
        )?;
    };
}

/// Put the device before the functions of preview 1 that are in the linker.
pub(crate) fn add_to_linker(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    reading_and_writing(linker)?;
    opening(linker)?;
    asking(linker)?;
    device_poll::add_to_linker(linker)?;
    not_of_the_device!(linker, fd_pread(fd: u32, iovs: u32, count: u32, offset: u64, read: u32) of fd => errno::SPIPE);
    not_of_the_device!(linker, fd_pwrite(fd: u32, iovs: u32, count: u32, offset: u64, written: u32) of fd => errno::SPIPE);
    not_of_the_device!(linker, fd_seek(fd: u32, offset: u64, whence: u32, position: u32) of fd => errno::SPIPE);
    not_of_the_device!(linker, fd_renumber(from: u32, to: u32) of from, to => errno::NOTSUP);
    not_of_the_device!(linker, fd_advise(fd: u32, offset: u64, length: u64, advice: u32) of fd => errno::SPIPE);
    not_of_the_device!(linker, fd_datasync(fd: u32) of fd => errno::INVAL);
    not_of_the_device!(linker, fd_sync(fd: u32) of fd => errno::INVAL);
    not_of_the_device!(linker, fd_filestat_set_size(fd: u32, size: u64) of fd => errno::INVAL);
    not_of_the_device!(linker, fd_filestat_set_times(fd: u32, a: u64, m: u64, flags: u32) of fd => errno::ROFS);
    not_of_the_device!(linker, path_create_directory(fd: u32, path: u32, length: u32) of fd => errno::ROFS);
    not_of_the_device!(linker, path_filestat_set_times(fd: u32, lookup: u32, path: u32, length: u32, a: u64, m: u64, flags: u32)
        of fd => errno::ROFS);
    not_of_the_device!(linker, path_link(from: u32, lookup: u32, old: u32, old_length: u32, to: u32, new: u32, new_length: u32)
        of from, to => errno::ROFS);
    not_of_the_device!(linker, path_readlink(fd: u32, path: u32, length: u32, into: u32, room: u32, used: u32)
        of fd => errno::INVAL);
    not_of_the_device!(linker, path_remove_directory(fd: u32, path: u32, length: u32) of fd => errno::ROFS);
    not_of_the_device!(linker, path_rename(from: u32, old: u32, old_length: u32, to: u32, new: u32, new_length: u32)
        of from, to => errno::ROFS);
    not_of_the_device!(linker, path_symlink(old: u32, old_length: u32, fd: u32, new: u32, new_length: u32)
        of fd => errno::ROFS);
    not_of_the_device!(linker, path_unlink_file(fd: u32, path: u32, length: u32) of fd => errno::ROFS);
    linker.allow_shadowing(false);
    Ok(())
}

/// Whether a descriptor is the device's.
pub(crate) fn has(caller: &Caller<'_, State>, fd: u32) -> bool {
    caller.data().device.as_ref().is_some_and(|device| device.has(fd))
}

fn reading_and_writing(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    linker.func_wrap_async(
        MODULE,
        "fd_read",
        |mut caller: Caller<'_, State>, (fd, iovs, count, read): (u32, u32, u32, u32)| {
            Box::new(async move {
                if !has(&caller, fd) {
                    return inner!(caller, fd_read(fd, iovs, count, read).await);
                }
                loop {
                    let mut guest = Guest::of(&mut caller)?;
                    let done = match guest.read(fd, iovs, count) {
                        Ok(bytes) => guest.put_u32(read, bytes),
                        Err(errno) => Err(errno),
                    };
                    if done != Err(errno::WOULD_BLOCK) {
                        return Ok(done.err().unwrap_or(errno::SUCCESS));
                    }
                    // Nothing of the host waits here but this call: spec: E-3.
                    poll_fn(|cx| match &mut caller.data_mut().device {
                        Some(device) => device.poll(fd, false, cx),
                        None => std::task::Poll::Ready(()),
                    })
                    .await;
                }
            })
        },
    )?;
    linker.func_wrap_async(
        MODULE,
        "fd_write",
        |mut caller: Caller<'_, State>, (fd, iovs, count, written): (u32, u32, u32, u32)| {
            Box::new(async move {
                if !has(&caller, fd) {
                    return inner!(caller, fd_write(fd, iovs, count, written).await);
                }
                let mut guest = Guest::of(&mut caller)?;
                let done = guest.write(fd, iovs, count);
                let done = done.and_then(|bytes| guest.put_u32(written, bytes));
                Ok(done.err().unwrap_or(errno::SUCCESS))
            })
        },
    )?;
    Ok(())
}

fn opening(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    linker.func_wrap_async(
        MODULE,
        "path_open",
        |mut caller: Caller<'_, State>,
         (fd, lookup, path, length, how, rights, inherited, flags, opened): (
            u32,
            u32,
            u32,
            u32,
            u32,
            u64,
            u64,
            u32,
            u32,
        )| {
            Box::new(async move {
                if !has(&caller, fd) {
                    reserve(&mut caller).await?;
                    return inner!(
                        caller,
                        path_open(fd, lookup, path, length, how, rights, inherited, flags, opened).await
                    );
                }
                let mut guest = Guest::of(&mut caller)?;
                let found = guest.named(fd, path, length);
                let what = found.and_then(|is_device| match (is_device, how & O_DIRECTORY != 0) {
                    _ if how & (O_CREAT | O_EXCL) == O_CREAT | O_EXCL => Err(errno::EXIST),
                    (true, true) => Err(errno::NOTDIR),
                    (true, false) => Ok(What::Stream {
                        nonblocking: flags & NONBLOCK != 0,
                    }),
                    (false, _) => Ok(What::Folder),
                });
                let done = what.and_then(|what| {
                    // Before it is opened: nothing is left open that the guest has no number of.
                    guest.put_u32(opened, 0)?;
                    let fd = guest.device()?.open(what).ok_or(errno::MFILE)?;
                    guest.put_u32(opened, fd)
                });
                Ok(done.err().unwrap_or(errno::SUCCESS))
            })
        },
    )?;
    linker.func_wrap_async(MODULE, "fd_close", |mut caller: Caller<'_, State>, (fd,): (u32,)| {
        Box::new(async move {
            if !has(&caller, fd) {
                return inner!(caller, fd_close(fd).await);
            }
            if let Some(device) = &mut caller.data_mut().device {
                device.close(fd);
            }
            Ok(errno::SUCCESS)
        })
    })?;
    Ok(())
}

/// Sees to it that wasmtime-wasi gives the folder's number to no file of its own: its next number is taken before the
/// guest opens anything, by opening the first granted directory once more.
async fn reserve(caller: &mut Caller<'_, State>) -> wasmtime::Result<()> {
    let Some(device) = caller.data_mut().device.as_mut().filter(|device| !device.reserved) else {
        return Ok(());
    };
    device.reserved = true;
    let folder = device.folder();
    let context = Guest::of(caller)?.context();
    let mut scratch = *b".\0\0\0\0\0\0\0";
    let mut memory = GuestMemory::Unshared(&mut scratch);
    let errno = inner::path_open(context, &mut memory, 3, 0, 0, 1, O_DIRECTORY.cast_signed(), 0, 0, 0, 4).await?;
    let [_, _, _, _, number @ ..] = scratch;
    if (errno, u32::from_le_bytes(number)) != (errno::SUCCESS, folder)
        && let Some(device) = &mut caller.data_mut().device
    {
        tracing::warn!(
            errno,
            "the device's folder goes: its number cannot be kept from other files"
        );
        device.close(folder);
    }
    Ok(())
}

fn asking(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    linker.func_wrap(
        MODULE,
        "fd_prestat_get",
        |mut caller: Caller<'_, State>, fd: u32, into: u32| {
            let mut guest = Guest::of(&mut caller)?;
            let Some(length) = guest.preopened(fd).map(|path| path.len()) else {
                return inner!(caller, fd_prestat_get(fd, into));
            };
            let mut stat = [0; 8];
            for (place, byte) in stat.iter_mut().skip(4).zip(u32::try_from(length)?.to_le_bytes()) {
                *place = byte;
            }
            Ok(guest.put(into, &stat).err().unwrap_or(errno::SUCCESS))
        },
    )?;
    linker.func_wrap(
        MODULE,
        "fd_prestat_dir_name",
        |mut caller: Caller<'_, State>, fd: u32, into: u32, room: u32| {
            let mut guest = Guest::of(&mut caller)?;
            let Some(path) = guest.preopened(fd).map(str::to_owned) else {
                return inner!(caller, fd_prestat_dir_name(fd, into, room));
            };
            if path.len() > room as usize {
                return Ok(errno::NAMETOOLONG);
            }
            Ok(guest.put(into, path.as_bytes()).err().unwrap_or(errno::SUCCESS))
        },
    )?;
    linker.func_wrap_async(
        MODULE,
        "fd_fdstat_get",
        |mut caller: Caller<'_, State>, (fd, into): (u32, u32)| {
            Box::new(async move {
                if !has(&caller, fd) {
                    return inner!(caller, fd_fdstat_get(fd, into).await);
                }
                let mut guest = Guest::of(&mut caller)?;
                let done = guest.device().map(|device| fdstat(device, fd));
                let done = done.and_then(|stat| guest.put(into, &stat));
                Ok(done.err().unwrap_or(errno::SUCCESS))
            })
        },
    )?;
    linker.func_wrap(
        MODULE,
        "fd_fdstat_set_flags",
        |mut caller: Caller<'_, State>, fd: u32, flags: u32| {
            if !has(&caller, fd) {
                return inner!(caller, fd_fdstat_set_flags(fd, flags));
            }
            if let Ok(device) = Guest::of(&mut caller)?.device()
                && let Some(Opened::Stream { nonblocking, .. }) = device.opened(fd)
            {
                *nonblocking = flags & NONBLOCK != 0;
            }
            Ok(errno::SUCCESS)
        },
    )?;
    linker.func_wrap(
        MODULE,
        "fd_tell",
        |mut caller: Caller<'_, State>, fd: u32, into: u32| match has(&caller, fd) {
            true => Ok(errno::SPIPE),
            false => inner!(caller, fd_tell(fd, into)),
        },
    )?;
    linker.func_wrap_async(
        MODULE,
        "fd_filestat_get",
        |mut caller: Caller<'_, State>, (fd, into): (u32, u32)| {
            Box::new(async move {
                if !has(&caller, fd) {
                    return inner!(caller, fd_filestat_get(fd, into).await);
                }
                let mut guest = Guest::of(&mut caller)?;
                let is_folder = guest.device().is_ok_and(|device| device.is_folder(fd));
                Ok(guest.put(into, &filestat(is_folder)).err().unwrap_or(errno::SUCCESS))
            })
        },
    )?;
    linker.func_wrap_async(
        MODULE,
        "path_filestat_get",
        |mut caller: Caller<'_, State>, (fd, lookup, path, length, into): (u32, u32, u32, u32, u32)| {
            Box::new(async move {
                if !has(&caller, fd) {
                    return inner!(caller, path_filestat_get(fd, lookup, path, length, into).await);
                }
                let mut guest = Guest::of(&mut caller)?;
                let done = guest.named(fd, path, length);
                let done = done.and_then(|is_device| guest.put(into, &filestat(!is_device)));
                Ok(done.err().unwrap_or(errno::SUCCESS))
            })
        },
    )?;
    linker.func_wrap_async(
        MODULE,
        "fd_readdir",
        |mut caller: Caller<'_, State>, (fd, into, room, cookie, used): (u32, u32, u32, u64, u32)| {
            Box::new(async move {
                if !has(&caller, fd) {
                    return inner!(caller, fd_readdir(fd, into, room, cookie, used).await);
                }
                let mut guest = Guest::of(&mut caller)?;
                let entry = match guest.device() {
                    Ok(device) if device.is_folder(fd) => entry(device.name(), cookie),
                    Ok(_) => return Ok(errno::NOTDIR),
                    Err(errno) => return Ok(errno),
                };
                let part = entry.get(..entry.len().min(room as usize)).unwrap_or_default();
                let done = guest.put(into, part);
                let done = done.and_then(|()| guest.put_u32(used, u32::try_from(part.len()).unwrap_or(u32::MAX)));
                Ok(done.err().unwrap_or(errno::SUCCESS))
            })
        },
    )?;
    Ok(())
}

fn fdstat(device: &mut DeviceTable, fd: u32) -> [u8; 24] {
    let (filetype, flags, rights, inherited) = match device.opened(fd) {
        Some(Opened::Stream { nonblocking: true, .. }) => (CHARACTER_DEVICE, NONBLOCK, STREAM_RIGHTS, 0),
        Some(Opened::Stream { .. }) => (CHARACTER_DEVICE, 0, STREAM_RIGHTS, 0),
        Some(Opened::Folder) | None => (DIRECTORY, 0, FOLDER_RIGHTS, FOLDER_RIGHTS | STREAM_RIGHTS),
    };
    let mut stat = [0; 24];
    let fields = [filetype, 0]
        .into_iter()
        .chain((flags as u16).to_le_bytes())
        .chain([0; 4]);
    let rights = u64::to_le_bytes(rights).into_iter().chain(u64::to_le_bytes(inherited));
    for (place, byte) in stat.iter_mut().zip(fields.chain(rights)) {
        *place = byte;
    }
    stat
}

fn filestat(is_folder: bool) -> [u8; 64] {
    let mut stat = [0; 64];
    let [_, _, _, _, _, _, _, _, inode, _, _, _, _, _, _, _, filetype, ..] = &mut stat;
    (*inode, *filetype) = if is_folder {
        (1, DIRECTORY)
    } else {
        (2, CHARACTER_DEVICE)
    };
    stat
}

/// What the folder lists from a place on: the device alone.
fn entry(name: &str, cookie: u64) -> Vec<u8> {
    if cookie > 0 {
        return Vec::new();
    }
    let mut entry = Vec::new();
    entry.extend(1u64.to_le_bytes());
    entry.extend(2u64.to_le_bytes());
    entry.extend(u32::try_from(name.len()).unwrap_or(u32::MAX).to_le_bytes());
    entry.extend([CHARACTER_DEVICE, 0, 0, 0]);
    entry.extend(name.as_bytes());
    entry
}

/// What becomes of a descriptor that does not move bytes now.
pub(crate) fn waits(wait: DeviceWait, nonblocking: bool) -> i32 {
    match (wait, nonblocking) {
        (DeviceWait::Empty, false) => errno::WOULD_BLOCK,
        (DeviceWait::Empty | DeviceWait::Full, true) => errno::AGAIN,
        // spec: E-5: only the guest itself can make room.
        (DeviceWait::Full, false) => errno::NOBUFS,
        (DeviceWait::Ended, _) => errno::PIPE,
    }
}

pub(crate) const MODULE: &str = "wasi_snapshot_preview1";
const O_CREAT: u32 = 1;
const O_DIRECTORY: u32 = 2;
const O_EXCL: u32 = 4;
const NONBLOCK: u32 = 4;
const CHARACTER_DEVICE: u8 = 2;
const DIRECTORY: u8 = 3;
/// To read, write, set flags, stat and poll. With seek and tell, which fail, libc takes it for no terminal.
const STREAM_RIGHTS: u64 = 1 << 1 | 1 << 2 | 1 << 3 | 1 << 5 | 1 << 6 | 1 << 21 | 1 << 27;
/// To open in it, list it and stat.
const FOLDER_RIGHTS: u64 = 1 << 13 | 1 << 14 | 1 << 18 | 1 << 21;
