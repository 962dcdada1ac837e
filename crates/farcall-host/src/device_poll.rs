//! `poll_oneoff` over descriptors of the device together with clocks and descriptors of wasmtime-wasi: each kind waits in its
//! own place, and whichever is ready first ends the call.
//!
//! Not here: when the device is ready, which its stream knows.

use crate::device_file::{MODULE, has};
use crate::device_memory::{Guest, errno, put, slice};
use crate::device_table::DeviceTable;
use crate::state::State;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll};
use wasmtime::{Caller, Linker};
use wasmtime_wasi::p1::WasiP1Ctx;
use wasmtime_wasi::p1::wasi_snapshot_preview1 as inner;
use wiggle::GuestMemory;

pub(crate) fn add_to_linker(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    linker.func_wrap_async(
        MODULE,
        "poll_oneoff",
        |mut caller: Caller<'_, State>, (subscriptions, events, count, ready): (u32, u32, u32, u32)| {
            Box::new(async move {
                let guest = Guest::of(&mut caller)?;
                let asked = match Asked::read(&guest, subscriptions, count) {
                    Ok(asked) => asked,
                    Err(errno) => return Ok(errno),
                };
                let split = Split::of(asked, |fd| has(&caller, fd));
                if split.device.is_empty() {
                    let (memory, context) = Guest::of(&mut caller)?.inner();
                    let [a, b, c, d] = [subscriptions, events, count, ready].map(u32::cast_signed);
                    return inner::poll_oneoff(context, &mut GuestMemory::Unshared(memory), a, b, c, d).await;
                }
                let (memory, context, device) = Guest::of(&mut caller)?.parts();
                let Some(device) = device else {
                    return Ok(errno::BADF);
                };
                let found = match split.wait(context, device).await? {
                    Ok(found) => found,
                    Err(errno) => return Ok(errno),
                };
                let many = u32::try_from(found.len() / EVENT)?;
                let done = put(memory, events, &found).and_then(|()| put(memory, ready, &many.to_le_bytes()));
                Ok(done.err().unwrap_or(errno::SUCCESS))
            })
        },
    )?;
    Ok(())
}

/// Subscriptions as the guest wrote them.
struct Asked(Vec<[u8; SUBSCRIPTION]>);

impl Asked {
    fn read(guest: &Guest<'_>, at: u32, count: u32) -> Result<Asked, i32> {
        if count > MAX_SUBSCRIPTIONS {
            return Err(errno::INVAL);
        }
        let bytes = guest.bytes(at, count * SUBSCRIPTION as u32)?;
        let (asked, _) = bytes.as_chunks();
        Ok(Asked(asked.to_vec()))
    }
}

/// The subscriptions by where they wait.
struct Split {
    device: Vec<OfDevice>,
    /// The others', one after another.
    others: Vec<u8>,
}

/// A subscription of the device.
struct OfDevice {
    userdata: [u8; 8],
    kind: u8,
    fd: u32,
}

impl Split {
    fn of(asked: Asked, is_device: impl Fn(u32) -> bool) -> Split {
        let mut split = Split {
            device: Vec::new(),
            others: Vec::new(),
        };
        for subscription in asked.0 {
            let [userdata @ .., _, _, _, _, _, _, _, _] = first(&subscription);
            let kind = subscription.get(8).copied().unwrap_or_default();
            let mut fd = [0; 4];
            fd.iter_mut()
                .zip(subscription.iter().skip(16))
                .for_each(|(place, byte)| *place = *byte);
            let fd = u32::from_le_bytes(fd);
            match matches!(kind, FD_READ | FD_WRITE) && is_device(fd) {
                true => split.device.push(OfDevice { userdata, kind, fd }),
                false => split.others.extend(subscription),
            }
        }
        split
    }

    /// Waits until something is ready; the events.
    async fn wait(self, context: &mut WasiP1Ctx, device: &mut DeviceTable) -> wasmtime::Result<Result<Vec<u8>, i32>> {
        let many = self.others.len() / SUBSCRIPTION;
        let others = async {
            match many {
                0 => std::future::pending().await,
                many => poll_others(context, &self.others, many).await,
            }
        };
        let mut others = pin!(others);
        poll_fn(|cx| {
            let mut found = Vec::new();
            if let Poll::Ready(ended) = others.as_mut().poll(cx) {
                match ended {
                    Ok(Ok(events)) => found = events,
                    ended => return Poll::Ready(ended),
                }
            }
            for asked in &self.device {
                found.extend(asked.poll(device, cx).into_iter().flatten());
            }
            match found.is_empty() {
                true => Poll::Pending,
                false => Poll::Ready(Ok(Ok(found))),
            }
        })
        .await
    }
}

impl OfDevice {
    fn poll(&self, device: &mut DeviceTable, cx: &mut Context<'_>) -> Option<[u8; EVENT]> {
        let (error, bytes) = match device.stream(self.fd).is_some() {
            false => (errno::BADF, 0),
            true if device.poll(self.fd, self.kind == FD_WRITE, cx).is_pending() => return None,
            true => (errno::SUCCESS, self.bytes(device)),
        };
        let mut event = [0; EVENT];
        let fields = self.userdata.into_iter();
        let fields = fields.chain(u16::try_from(error).unwrap_or_default().to_le_bytes());
        let fields = fields.chain([self.kind, 0, 0, 0, 0, 0]).chain(u64::to_le_bytes(bytes));
        for (place, byte) in event.iter_mut().zip(fields) {
            *place = byte;
        }
        Some(event)
    }

    /// How much can be moved now; of a write nobody knows more than that it is something.
    fn bytes(&self, device: &mut DeviceTable) -> u64 {
        match device.stream(self.fd) {
            Some((stream, _)) if self.kind == FD_READ => stream.unread() as u64,
            _ => 1,
        }
    }
}

/// wasmtime-wasi's part, in a memory of its own: `poll_oneoff` knows only descriptors that it gave.
async fn poll_others(
    context: &mut WasiP1Ctx,
    subscriptions: &[u8],
    many: usize,
) -> wasmtime::Result<Result<Vec<u8>, i32>> {
    let events = subscriptions.len();
    let count = events + many * EVENT;
    let mut scratch = subscriptions.to_vec();
    scratch.resize(count + 8, 0);
    let at = |place: usize| i32::try_from(place).map_err(wasmtime::Error::from);
    let (events_at, many, count_at) = (at(events)?, at(many)?, at(count)?);
    let mut memory = GuestMemory::Unshared(&mut scratch);
    let errno = inner::poll_oneoff(context, &mut memory, 0, events_at, many, count_at).await?;
    if errno != errno::SUCCESS {
        return Ok(Err(errno));
    }
    let ready = slice(&scratch, u32::try_from(count)?, 4)
        .ok()
        .and_then(|bytes| bytes.try_into().ok());
    let ready = ready.map_or(0, u32::from_le_bytes) as usize;
    let found = scratch.get(events..events + ready * EVENT);
    Ok(found.map(<[u8]>::to_vec).ok_or(errno::FAULT))
}

fn first(subscription: &[u8; SUBSCRIPTION]) -> [u8; 16] {
    let (chunks, _) = subscription.as_chunks();
    chunks.first().copied().unwrap_or_default()
}

const SUBSCRIPTION: usize = 48;
const EVENT: usize = 32;
const FD_READ: u8 = 1;
const FD_WRITE: u8 = 2;
/// A guest waits for its own descriptors, and has no more of them.
const MAX_SUBSCRIPTIONS: u32 = 16 << 10;
