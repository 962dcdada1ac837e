//! The way out of a component: the trait that answers its linked imports, and the door that leads there.
//!
//! Not here: any carrier. What is behind a [`Transport`], a target or another program, is its implementor's matter.

use crate::context::Caller;
use crate::door::{Code, Method, Status, TRANSPORT};
use crate::failure::Aborted;
use crate::state::State;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use std::sync::Arc;
use std::time::{Duration, Instant};
use wasmtime::StoreContextMut;
use wasmtime::component::Linker;

/// What travels beside a call's bytes.
#[derive(Clone)]
pub struct CallContext {
    /// When the call ends at the latest. [`Limits::deadline`](crate::Limits::deadline) can only bring it nearer; a
    /// nested call is given the nearer of the two.
    pub deadline: Instant,
    /// Metadata for nested calls, names in lowercase: `traceparent` and what the operator configured. Never
    /// `authorization`.
    pub forward: Vec<(String, String)>,
    /// What the component is told of its caller, if it asks. Nested calls have callers of their own.
    pub caller: Option<Arc<dyn Caller>>,
}

impl std::fmt::Debug for CallContext {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("CallContext")
            .field("deadline", &self.deadline)
            .field("forward", &self.forward)
            .finish_non_exhaustive()
    }
}

impl CallContext {
    /// A call that may take `timeout` from now, with nothing to forward. A timeout past what the clock can say counts
    /// as ten years.
    pub fn within(timeout: Duration) -> Self {
        let now = Instant::now();
        let deadline = now.checked_add(timeout).unwrap_or(now + TEN_YEARS);
        Self {
            deadline,
            forward: Vec::new(),
            caller: None,
        }
    }

    /// The time left, zero when the deadline has passed.
    pub fn remaining(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}

/// What answers a component's linked imports.
///
/// A stub has encoded the parameters and will decode the result: both are opaque here. `context` is the calling
/// call's, with its deadline brought nearer by the caller's limits, so nested calls get what is left.
///
/// The future is dropped when the calling call ends early, by its deadline or because its own caller went away: treat
/// that as a cancellation. A panic in it ends the calling call alone.
pub trait Transport: Send + Sync + 'static {
    /// Carry one request, return the response. An error reaches the caller's code where its function's type has room
    /// for it, and is otherwise the end of the calling call as [`Failure::Aborted`](crate::Failure::Aborted).
    fn call<'a>(
        &'a self,
        method: Method,
        request: Vec<u8>,
        context: &'a CallContext,
    ) -> BoxFuture<'a, Result<Vec<u8>, Status>>;

    /// What answers the calls of one instance, where that is something of its own: it ends with the instance. Asked once
    /// for each instance; `None` means this transport itself.
    fn open(&self) -> Option<Arc<dyn Transport>> {
        None
    }

    /// Whether every call from now on would fail, because what [`open`](Self::open) gave has ended: another component's
    /// instance, for one. An instance is then not used for another call, and its state is given up.
    fn is_ended(&self) -> bool {
        false
    }
}

/// The transport of a component without links: every call is `unimplemented`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Closed;

impl Transport for Closed {
    fn call<'a>(
        &'a self,
        method: Method,
        _request: Vec<u8>,
        _context: &'a CallContext,
    ) -> BoxFuture<'a, Result<Vec<u8>, Status>> {
        let message = format!("`{}` is not linked: no target for {}", method.link, method.path);
        async move { Err(Status::new(Code::Unimplemented, message)) }.boxed()
    }
}

pub(crate) fn add_to_linker(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    let mut door = linker.instance(TRANSPORT)?;
    door.func_wrap_async(
        "call",
        |store: StoreContextMut<'_, State>, (method, request): (Method, Vec<u8>)| {
            let transport = Arc::clone(&store.data().transport);
            let context = Arc::clone(&store.data().context);
            let limit = store.data().message_limit;
            Box::new(async move {
                let response = carry(&*transport, method, request, &context, limit).await;
                Ok((response,))
            })
        },
    )?;
    // spec/wit/wasm-rpc-core.wit: "Does not return: the caller traps."
    door.func_wrap(
        "abort",
        |_: StoreContextMut<'_, State>, (method, status): (Method, Status)| {
            Err::<(), _>(wasmtime::Error::new(Aborted { method, status }))
        },
    )?;
    Ok(())
}

/// One request of a guest, held to the limit of a message.
pub(crate) async fn carry(
    transport: &dyn Transport,
    method: Method,
    request: Vec<u8>,
    context: &CallContext,
    limit: usize,
) -> Result<Vec<u8>, Status> {
    match request.len() {
        size if size > limit => Err(too_large(&method, size, limit)),
        _ => transport.call(method, request, context).await,
    }
}

fn too_large(method: &Method, size: usize, limit: usize) -> Status {
    let message = format!(
        "request of {size} bytes to {} exceeds the limit of {limit}",
        method.path
    );
    Status::new(Code::ResourceExhausted, message)
}

const TEN_YEARS: Duration = Duration::from_secs(10 * 365 * 24 * 3600);
