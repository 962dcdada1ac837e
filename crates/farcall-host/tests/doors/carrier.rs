//! The host's ends of a door's streams and futures, under a test's control.
//!
//! No sockets: what a carrier would bring and take is pushed and taken by hand.

use std::collections::VecDeque;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use tokio::sync::oneshot;
use wasmtime::component::{
    ComponentType, Destination, FutureConsumer, FutureReader, Lift, Lower, Source, StreamConsumer, StreamProducer,
    StreamReader, StreamResult, VecBuffer,
};
use wasmtime::{AsContextMut, Result, StoreContextMut};

/// `wasm-rpc:core/types.code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ComponentType, Lift, Lower)]
#[component(enum)]
#[repr(u8)]
#[allow(missing_docs, dead_code)]
pub enum Code {
    #[component(name = "cancelled")]
    Cancelled,
    #[component(name = "unknown")]
    Unknown,
    #[component(name = "invalid-argument")]
    InvalidArgument,
    #[component(name = "deadline-exceeded")]
    DeadlineExceeded,
    #[component(name = "not-found")]
    NotFound,
    #[component(name = "already-exists")]
    AlreadyExists,
    #[component(name = "permission-denied")]
    PermissionDenied,
    #[component(name = "resource-exhausted")]
    ResourceExhausted,
    #[component(name = "failed-precondition")]
    FailedPrecondition,
    #[component(name = "aborted")]
    Aborted,
    #[component(name = "out-of-range")]
    OutOfRange,
    #[component(name = "unimplemented")]
    Unimplemented,
    #[component(name = "internal")]
    Internal,
    #[component(name = "unavailable")]
    Unavailable,
    #[component(name = "data-loss")]
    DataLoss,
    #[component(name = "unauthenticated")]
    Unauthenticated,
}

/// `wasm-rpc:core/types.status`.
#[derive(Debug, Clone, PartialEq, Eq, ComponentType, Lift, Lower)]
#[component(record)]
#[allow(missing_docs)]
pub struct Status {
    pub code: Code,
    pub message: String,
    pub details: Vec<u8>,
}

/// `wasm-rpc:core/types.method`.
#[derive(Debug, Clone, PartialEq, Eq, ComponentType, Lift, Lower)]
#[component(record)]
#[allow(missing_docs)]
pub struct Method {
    pub link: String,
    pub path: String,
    pub fingerprint: String,
}

/// How a call ends.
pub type Outcome = Result<(), Status>;

#[derive(Default)]
struct Pipe {
    bytes: VecDeque<u8>,
    /// Bytes that the reading end may still take.
    credit: usize,
    closed: bool,
    dropped: bool,
    wakers: Vec<Waker>,
}

/// A pipe of bytes between a test and a guest's stream.
#[derive(Clone, Default)]
pub struct Wire(Arc<Mutex<Pipe>>);

impl Wire {
    /// Bytes for a guest to read.
    pub fn push(&self, bytes: &[u8]) {
        self.change(|pipe| pipe.bytes.extend(bytes));
    }

    /// No more bytes for a guest to read.
    pub fn close(&self) {
        self.change(|pipe| pipe.closed = true);
    }

    /// Let the guest write so many bytes more.
    pub fn grant(&self, bytes: usize) {
        self.change(|pipe| pipe.credit = pipe.credit.saturating_add(bytes));
    }

    /// As a reader: refuse what is written from now on.
    pub fn drop_reader(&self) {
        self.change(|pipe| pipe.dropped = true);
    }

    /// Exactly `count` bytes that the guest wrote, or fewer at the stream's end. Grants what it waits for.
    pub async fn take(&self, count: usize) -> Vec<u8> {
        self.change(|pipe| pipe.credit = pipe.credit.max(count.saturating_sub(pipe.bytes.len())));
        std::future::poll_fn(|cx| {
            let mut pipe = self.0.lock().unwrap();
            if pipe.bytes.len() < count && !pipe.closed {
                pipe.wakers.push(cx.waker().clone());
                return Poll::Pending;
            }
            let count = count.min(pipe.bytes.len());
            Poll::Ready(pipe.bytes.drain(..count).collect())
        })
        .await
    }

    /// Whether the guest dropped its end.
    pub fn is_dropped(&self) -> bool {
        self.0.lock().unwrap().dropped
    }

    /// Returns when the guest has read what was pushed.
    pub async fn drained(&self) {
        std::future::poll_fn(|cx| {
            let mut pipe = self.0.lock().unwrap();
            if pipe.bytes.is_empty() {
                return Poll::Ready(());
            }
            pipe.wakers.push(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }

    fn change(&self, change: impl FnOnce(&mut Pipe)) {
        let wakers = {
            let mut pipe = self.0.lock().unwrap();
            change(&mut pipe);
            std::mem::take(&mut pipe.wakers)
        };
        wakers.into_iter().for_each(Waker::wake);
    }

    /// The stream that gives a guest what is pushed.
    pub fn stream<T: 'static>(&self, store: impl AsContextMut<Data = T>) -> Result<StreamReader<u8>> {
        StreamReader::new(store, Feed(self.clone()))
    }

    /// Takes what a guest writes.
    pub fn drain<T: 'static>(&self, store: impl AsContextMut<Data = T>, stream: StreamReader<u8>) -> Result<()> {
        stream.pipe(store, Tap(self.clone()))
    }
}

struct Feed(Wire);

impl Drop for Feed {
    fn drop(&mut self) {
        self.0.change(|pipe| pipe.dropped = true);
    }
}

impl<D> StreamProducer<D> for Feed {
    type Item = u8;
    type Buffer = VecBuffer<u8>;

    fn poll_produce<'a>(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        _: StoreContextMut<'a, D>,
        mut destination: Destination<'a, u8, VecBuffer<u8>>,
        finish: bool,
    ) -> Poll<Result<StreamResult>> {
        let mut pipe = self.0.0.lock().unwrap();
        if !pipe.bytes.is_empty() {
            destination.set_buffer(pipe.bytes.drain(..).collect::<Vec<u8>>().into());
            pipe.wakers.drain(..).for_each(Waker::wake);
            return Poll::Ready(Ok(StreamResult::Completed));
        }
        if pipe.closed {
            return Poll::Ready(Ok(StreamResult::Dropped));
        }
        if finish {
            return Poll::Ready(Ok(StreamResult::Cancelled));
        }
        pipe.wakers.push(cx.waker().clone());
        Poll::Pending
    }
}

struct Tap(Wire);

impl Drop for Tap {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl<D> StreamConsumer<D> for Tap {
    type Item = u8;

    fn poll_consume(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        store: StoreContextMut<D>,
        source: Source<'_, u8>,
        finish: bool,
    ) -> Poll<Result<StreamResult>> {
        let mut pipe = self.0.0.lock().unwrap();
        if pipe.dropped {
            return Poll::Ready(Ok(StreamResult::Dropped));
        }
        if pipe.credit == 0 {
            if finish {
                return Poll::Ready(Ok(StreamResult::Cancelled));
            }
            pipe.wakers.push(cx.waker().clone());
            return Poll::Pending;
        }
        let mut source = source.as_direct(store);
        let offered = source.remaining();
        let count = offered.len().min(pipe.credit);
        pipe.bytes.extend(&offered[..count]);
        pipe.credit -= count;
        source.mark_read(count);
        let wakers = std::mem::take(&mut pipe.wakers);
        drop(pipe);
        wakers.into_iter().for_each(Waker::wake);
        Poll::Ready(Ok(StreamResult::Completed))
    }
}

struct Catch<T>(Option<oneshot::Sender<T>>);

impl<D, T: Lift + Send + Unpin + 'static> FutureConsumer<D> for Catch<T> {
    type Item = T;

    fn poll_consume(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        store: StoreContextMut<D>,
        mut source: Source<'_, T>,
        _: bool,
    ) -> Poll<Result<()>> {
        let mut value = None;
        source.read(store, &mut value)?;
        if let (Some(value), Some(sender)) = (value, self.0.take()) {
            let _ = sender.send(value);
        }
        Poll::Ready(Ok(()))
    }
}

/// The value of a guest's future, when it writes it; an error if its end goes without.
pub fn value<D: 'static, T: Lift + Send + Sync + Unpin + 'static>(
    store: impl AsContextMut<Data = D>,
    future: FutureReader<T>,
) -> Result<oneshot::Receiver<T>> {
    let (sender, receiver) = oneshot::channel();
    future.pipe(store, Catch(Some(sender)))?;
    Ok(receiver)
}

/// A future for a guest that completes when told, and never if the sender is dropped.
pub fn signal<D: 'static>(store: impl AsContextMut<Data = D>) -> Result<(oneshot::Sender<()>, FutureReader<()>)> {
    let (sender, receiver) = oneshot::channel();
    let future = FutureReader::new(store, async move {
        match receiver.await {
            Ok(()) => Ok::<(), wasmtime::Error>(()),
            Err(_) => std::future::pending().await,
        }
    })?;
    Ok((sender, future))
}

/// A future for a guest that gives it how a call ended; never completes if the sender is dropped.
pub fn outcome<D: 'static>(
    store: impl AsContextMut<Data = D>,
) -> Result<(oneshot::Sender<Outcome>, FutureReader<Outcome>)> {
    let (sender, receiver) = oneshot::channel();
    let future = FutureReader::new(store, async move {
        match receiver.await {
            Ok(outcome) => Ok::<Outcome, wasmtime::Error>(outcome),
            Err(_) => std::future::pending().await,
        }
    })?;
    Ok((sender, future))
}

/// Components written by hand, composed: each file is a component or, the last one, what joins them.
pub fn composed(files: &[&str]) -> Result<Vec<u8>> {
    composed_with(files, |text| text)
}

/// The same, its text changed before it is read.
pub fn composed_with(files: &[&str], change: impl FnOnce(String) -> String) -> Result<Vec<u8>> {
    let mut text = String::from("(component\n");
    for file in files {
        text.push_str(&std::fs::read_to_string(Path::new(FIXTURES).join(file))?);
    }
    text.push(')');
    Ok(wat::parse_str(change(text))?)
}

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doors");

/// One message: gRPC's five bytes and the payload.
pub fn message(payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0];
    bytes.extend(u32::try_from(payload.len()).unwrap().to_be_bytes());
    bytes.extend(payload);
    bytes
}
