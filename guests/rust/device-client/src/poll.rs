//! `poll_oneoff` by hand: the standard library has no call for it.

use std::io;
use std::os::fd::AsRawFd;

use device_messages::Device;

#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Subscription {
    userdata: u64,
    tag: u64,
    /// A clock's id, or a descriptor.
    of: u64,
    timeout: u64,
    precision: u64,
    flags: u64,
}

#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Event {
    userdata: u64,
    error: u16,
    kind: u8,
    bytes: u64,
    flags: u16,
}

#[link(wasm_import_module = "wasi_snapshot_preview1")]
unsafe extern "C" {
    fn poll_oneoff(subscriptions: *const Subscription, events: *mut Event, count: usize, ready: *mut usize) -> i32;
    fn fd_fdstat_set_flags(fd: i32, flags: u32) -> i32;
}

const CLOCK: u64 = 0;
const READ: u64 = 1;
const WRITE: u64 = 2;
const MONOTONIC: u64 = 1;

fn of_fd(userdata: u64, tag: u64, fd: i32) -> Subscription {
    Subscription {
        userdata,
        tag,
        of: fd as u64,
        ..Subscription::default()
    }
}

fn clock(userdata: u64, milliseconds: u64) -> Subscription {
    Subscription {
        userdata,
        tag: CLOCK,
        of: MONOTONIC,
        timeout: milliseconds * 1_000_000,
        ..Subscription::default()
    }
}

/// What of it is ready, by its user data, with the bytes that are there.
fn ready(subscriptions: &[Subscription]) -> Vec<(u64, u64)> {
    let mut events = vec![Event::default(); subscriptions.len()];
    let mut count = 0;
    // SAFETY: both arrays have as many elements as the call is told, and live until it returns.
    let errno = unsafe { poll_oneoff(subscriptions.as_ptr(), events.as_mut_ptr(), subscriptions.len(), &mut count) };
    assert_eq!(errno, 0);
    events[..count]
        .iter()
        .map(|event| {
            assert_eq!(event.error, 0);
            (event.userdata, event.bytes)
        })
        .collect()
}

pub fn set_nonblocking(fd: i32) {
    // SAFETY: it takes two numbers and touches no memory.
    assert_eq!(unsafe { fd_fdstat_set_flags(fd, 4) }, 0);
}

pub fn readable(fd: i32) {
    ready(&[of_fd(1, READ, fd)]);
}

/// The device together with a clock and standard input, which has nothing for as long as this runs.
pub fn all(device: &mut Device) -> io::Result<()> {
    let fd = device.file.as_raw_fd();
    let (read, write, stdin) = (of_fd(1, READ, fd), of_fd(2, WRITE, fd), of_fd(3, READ, 0));
    println!("{:?}", ready(&[read, clock(9, 20), stdin]));
    println!("{:?}", ready(&[read, write, clock(9, 60_000), stdin]));
    device.call(1, "demo:calc/ops.add", 0, &[2, 40])?;
    println!("{:?}", ready(&[read, clock(9, 60_000), stdin]));
    println!("{:?}", device.returned()?);
    println!("{:?}", ready(&[clock(9, 1)]));
    Ok(())
}
