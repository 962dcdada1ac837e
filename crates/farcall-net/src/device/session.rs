//! A conversation over the device that runs: the other side's calls are made of a [`Service`], this side's calls wait for
//! their answers. It moves no bytes by itself: whoever has the other side's descriptor or socket writes and reads.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::task::AtomicWaker;
use http::HeaderMap;
use tokio::sync::{oneshot, watch};
use tokio::task::AbortHandle;

use super::incoming::incoming;
use super::limits::DeviceConfig;
use super::machine::{Event, Machine};
use super::message::Call;
use crate::call::{Request, Service};
use crate::content::Codec;
use crate::status::{Code, Executed, Status};

/// Why bytes were not taken, or not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError {
    /// Nothing to read yet.
    #[error("nothing to read yet")]
    Empty,
    /// The other side must read before it may write.
    #[error("too much is unread")]
    Full,
    /// The conversation has ended.
    #[error("the conversation has ended")]
    Ended,
}

/// One conversation. Clones are the same one; it goes on until [`Session::end`].
#[derive(Clone)]
pub struct Session {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    service: Arc<dyn Service>,
    config: DeviceConfig,
    readable: AtomicWaker,
    writable: AtomicWaker,
    announced: watch::Sender<Option<Arc<str>>>,
}

struct State {
    machine: Machine,
    /// The other side's calls that run, each with a serial of its own: a number is used again.
    running: HashMap<u32, (u64, AbortHandle)>,
    serial: u64,
    /// This side's calls that wait.
    waiting: HashMap<u32, oneshot::Sender<Result<Bytes, Status>>>,
    /// When the other side last read or wrote.
    touched: Instant,
    /// When it was first called after that.
    called: Option<Instant>,
    phase: Phase,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Open,
    /// Nothing new is begun; what is there may be read to its end.
    Closing,
    Ended,
}

impl Session {
    /// A conversation whose other side calls functions of `service`.
    ///
    /// A request's path is what the other side wrote: a path, or a name that does not begin with `/`. A call as text
    /// ([`Codec::Wat`]) has the empty path: its text names the function. It is answered as text.
    pub fn new(service: Arc<dyn Service>, config: DeviceConfig) -> Session {
        let state = State {
            machine: Machine::new(config.limits),
            running: HashMap::new(),
            serial: 0,
            waiting: HashMap::new(),
            touched: Instant::now(),
            called: None,
            phase: Phase::Open,
        };
        Session {
            shared: Arc::new(Shared {
                state: Mutex::new(state),
                service,
                config,
                readable: AtomicWaker::new(),
                writable: AtomicWaker::new(),
                announced: watch::Sender::new(None),
            }),
        }
    }

    /// Takes bytes that the other side wrote, cut anywhere, and gives how many it took. Calls among them begin at once, on
    /// the runtime that this is called on; none of them may last beyond `latest`, and `forward` is metadata that they
    /// carry where they name none of their own.
    ///
    /// # Errors
    ///
    /// [`DeviceError::Full`] while too much is unread, [`DeviceError::Ended`] after the end.
    pub fn write(&self, bytes: &[u8], latest: Option<Instant>, forward: &HeaderMap) -> Result<usize, DeviceError> {
        let mut state = self.shared.lock();
        if state.phase == Phase::Ended {
            return Err(DeviceError::Ended);
        }
        let taken = state.machine.write(bytes);
        state.touch();
        while let Some(event) = state.machine.event() {
            self.happen(&mut state, event, latest, forward);
        }
        self.shared.wake(&state);
        match taken {
            0 if !bytes.is_empty() => Err(DeviceError::Full),
            taken => Ok(taken),
        }
    }

    /// Bytes for the other side, as many as there are and fit; 0 at the conversation's end.
    ///
    /// # Errors
    ///
    /// [`DeviceError::Empty`] when there are none now.
    pub fn read(&self, into: &mut [u8]) -> Result<usize, DeviceError> {
        let mut state = self.shared.lock();
        let count = state.machine.read(into);
        if count == 0 && !into.is_empty() {
            return match state.is_over() {
                true => Ok(0),
                false => Err(DeviceError::Empty),
            };
        }
        state.touch();
        self.shared.wake(&state);
        Ok(count)
    }

    /// How many bytes can be read now.
    pub fn unread(&self) -> usize {
        self.shared.lock().machine.unread()
    }

    /// Ready when [`Session::read`] gives something, the end included. One task at a time may wait.
    pub fn poll_readable(&self, cx: &mut Context<'_>) -> Poll<()> {
        self.shared.readable.register(cx.waker());
        let state = self.shared.lock();
        match state.machine.is_readable() || state.is_over() {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    }

    /// Ready when [`Session::write`] takes something. One task at a time may wait.
    pub fn poll_writable(&self, cx: &mut Context<'_>) -> Poll<()> {
        self.shared.writable.register(cx.waker());
        let state = self.shared.lock();
        match !state.machine.is_full() || state.phase == Phase::Ended {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    }

    /// What the other side says that it serves; once.
    pub fn announced(&self) -> watch::Receiver<Option<Arc<str>>> {
        self.shared.announced.subscribe()
    }

    /// Says what this side serves.
    pub fn announce(&self, wit: String) {
        let mut state = self.shared.lock();
        state.machine.announce(wit);
        self.shared.wake(&state);
    }

    /// Tells the other side what is wrong with something that belongs to no call.
    pub fn refuse(&self, status: Status) {
        let mut state = self.shared.lock();
        state.machine.refuse(status);
        self.shared.wake(&state);
    }

    /// Whether both are one conversation.
    pub fn is_same(&self, other: &Session) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    /// Whether it has ended.
    pub fn is_ended(&self) -> bool {
        self.shared.lock().phase == Phase::Ended
    }

    /// For how long the other side has neither read nor written while calls were before it; zero if none is.
    pub fn stalled(&self) -> Duration {
        let state = self.shared.lock();
        match state.called {
            Some(called) => called.elapsed(),
            None if state.machine.is_awaited() => state.touched.elapsed(),
            None => Duration::ZERO,
        }
    }

    /// Calls of either side that are open.
    pub fn open_calls(&self) -> usize {
        let state = self.shared.lock();
        state.running.len() + state.waiting.len()
    }

    /// Calls a function of the other side. Dropping the future, or its deadline, gives the call up.
    ///
    /// # Errors
    ///
    /// What the other side answers; DEADLINE_EXCEEDED; UNAVAILABLE when too much is open or the other side ends.
    pub async fn call(&self, request: Request) -> Result<Bytes, Status> {
        let metadata = request.metadata.iter();
        let metadata = metadata.filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())));
        let call = Call {
            number: 0,
            function: request.path,
            fingerprint: request.fingerprint,
            timeout: request
                .deadline
                .map(|deadline| deadline.saturating_duration_since(Instant::now())),
            metadata: metadata.collect(),
            request: request.body,
        };
        let (mut open, answer) = {
            let mut state = self.shared.lock();
            if state.phase != Phase::Open {
                return Err(gone().executed(Executed::No));
            }
            let number = state.machine.call(call)?;
            state.called.get_or_insert_with(Instant::now);
            let (sender, answer) = oneshot::channel();
            state.waiting.insert(number, sender);
            self.shared.wake(&state);
            let open = Open {
                session: self,
                number: Some(number),
            };
            (open, answer)
        };
        let answered = match request.deadline {
            Some(deadline) => tokio::time::timeout_at(deadline.into(), answer).await,
            None => Ok(answer.await),
        };
        match answered {
            Ok(outcome) => {
                open.number = None;
                outcome.unwrap_or_else(|_| Err(gone()))
            }
            Err(_) => {
                let status = Status::new(
                    Code::DeadlineExceeded,
                    "the deadline passed at the program behind the device",
                );
                Err(status.reason("DEADLINE").executed(open.give_up()))
            }
        }
    }

    /// Begins nothing new; the other side may read what is there, and then finds the end.
    pub fn close(&self) {
        let mut state = self.shared.lock();
        if state.phase == Phase::Open {
            state.phase = Phase::Closing;
        }
        self.shared.wake(&state);
    }

    /// Ends it: the other side's calls are cancelled, those to it fail with UNAVAILABLE, executed as far as it had read
    /// them.
    pub fn end(&self) {
        let mut state = self.shared.lock();
        if state.phase == Phase::Ended {
            return;
        }
        if !state.machine.is_between_messages() {
            tracing::debug!("the device was closed in the middle of a message");
        }
        state.phase = Phase::Ended;
        for (_, (_, running)) in state.running.drain() {
            running.abort();
        }
        let waiting = std::mem::take(&mut state.waiting);
        for (number, sender) in waiting {
            let executed = state.machine.may_have_run(number);
            // Whoever waits no longer needs no answer.
            let _ = sender.send(Err(gone().executed(executed)));
        }
        self.shared.readable.wake();
        self.shared.writable.wake();
    }

    fn happen(&self, state: &mut State, event: Event, latest: Option<Instant>, forward: &HeaderMap) {
        match event {
            Event::Call(call) => {
                self.called(state, call, Codec::Wit, latest, forward);
            }
            Event::Invoke { number, timeout, text } => {
                let call = Call {
                    number,
                    timeout,
                    request: text.into(),
                    ..Call::default()
                };
                self.called(state, call, Codec::Wat, latest, forward);
            }
            Event::Cancel(number) => {
                if let Some((_, running)) = state.running.remove(&number) {
                    running.abort();
                }
                let status = Status::new(Code::Cancelled, "the call was given up by its caller");
                state.machine.answer(number, Err(status.reason("CANCELLED")));
            }
            Event::Return(number, outcome) => {
                if let Some(sender) = state.waiting.remove(&number) {
                    // Whoever waits no longer needs no answer.
                    let _ = sender.send(outcome);
                }
            }
            Event::Announce(wit) => self.announcement(state, wit),
            Event::Refuse(status) => tracing::warn!(%status, "the other side of the device refuses a message"),
        }
    }

    fn announcement(&self, state: &mut State, wit: String) {
        if !self.shared.config.announces {
            let why = "functions are announced by programs that the host runs";
            return state
                .machine
                .refuse(Status::not_run(Code::PermissionDenied, why).reason("ANNOUNCE_REFUSED"));
        }
        let is_first = self.shared.announced.send_if_modified(|announced| {
            let is_first = announced.is_none();
            if is_first {
                *announced = Some(wit.into());
            }
            is_first
        });
        if !is_first {
            let why = "a second ANNOUNCE is out of turn";
            state
                .machine
                .refuse(Status::not_run(Code::FailedPrecondition, why).reason("OUT_OF_TURN"));
        }
    }

    fn called(&self, state: &mut State, call: Call, codec: Codec, latest: Option<Instant>, forward: &HeaderMap) {
        let number = call.number;
        match incoming(call, codec, &self.shared.config, latest, forward) {
            Ok(request) => self.begin(state, number, request),
            Err(status) => state.machine.answer(number, Err(status)),
        }
    }

    fn begin(&self, state: &mut State, number: u32, request: Request) {
        if state.phase != Phase::Open {
            let status = Status::not_run(Code::Unavailable, "the host is shutting down").reason("DRAINING");
            return state.machine.answer(number, Err(status));
        }
        state.serial += 1;
        let serial = state.serial;
        let session = self.clone();
        let running = tokio::spawn(async move {
            let deadline = request.deadline.unwrap_or_else(Instant::now);
            // The call is made inside the future, so that a panic before the first await is caught too.
            let work = AssertUnwindSafe(async { session.shared.service.call(request).await }).catch_unwind();
            let outcome = match tokio::time::timeout_at(deadline.into(), work).await {
                Ok(Ok(answer)) => answer.map(|response| response.body),
                Ok(Err(_)) => {
                    Err(Status::new(Code::Internal, "the host failed while it handled the call").reason("PANIC"))
                }
                Err(_) => Err(Status::new(Code::DeadlineExceeded, "the deadline passed").reason("DEADLINE")),
            };
            session.finished(number, serial, outcome);
        });
        state.running.insert(number, (serial, running.abort_handle()));
    }

    fn finished(&self, number: u32, serial: u64, outcome: Result<Bytes, Status>) {
        let mut state = self.shared.lock();
        // A cancelled call may end at the same moment, and its number stand for another one already.
        if state
            .running
            .get(&number)
            .is_some_and(|(running, _)| *running == serial)
        {
            state.running.remove(&number);
            state.machine.answer(number, outcome);
            self.shared.wake(&state);
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self, state: &State) {
        if state.machine.is_readable() || state.is_over() {
            self.readable.wake();
        }
        if !state.machine.is_full() {
            self.writable.wake();
        }
    }
}

impl State {
    fn touch(&mut self) {
        self.touched = Instant::now();
        self.called = None;
    }

    /// Whether the other side finds the end when it has read all that is there.
    fn is_over(&self) -> bool {
        match self.phase {
            Phase::Open => false,
            Phase::Closing => self.running.is_empty() && self.waiting.is_empty(),
            Phase::Ended => true,
        }
    }
}

/// A call of this side, given up when it is dropped.
struct Open<'a> {
    session: &'a Session,
    number: Option<u32>,
}

impl Open<'_> {
    fn give_up(&mut self) -> Executed {
        let Some(number) = self.number.take() else {
            return Executed::Maybe;
        };
        let mut state = self.session.shared.lock();
        state.waiting.remove(&number);
        let executed = state.machine.give_up(number);
        self.session.shared.wake(&state);
        executed
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.give_up();
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

fn gone() -> Status {
    Status::new(Code::Unavailable, "the program behind the device is gone").reason("PROGRAM_GONE")
}
