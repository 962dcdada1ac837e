//! A program that serves over the device: it runs for as long as its host, is started again when it ends, and its calls wait
//! in its descriptor.
//!
//! Not here: what it serves (`device_module` reads its announcement), and the messages.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use farcall_host::{CallContext, Failure, Program};
use farcall_net::{Code, Request, Session, Status};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

/// A running program. It ends with this value.
pub(crate) struct DeviceProgram {
    name: String,
    /// The conversation in which it serves, while there is one.
    serving: watch::Receiver<Serving>,
    /// Ends the program that runs now.
    stuck: Arc<Notify>,
    stopping: watch::Sender<bool>,
    /// The longest that a call may take: a program that has not moved for so long, with a call before it, is stuck.
    deadline: Duration,
    running: JoinHandle<()>,
}

/// Looks, at the end of each call, whether the program still moves: calls also end by their callers' leaving.
struct LookedAt<'a> {
    program: &'a DeviceProgram,
    session: &'a Session,
}

impl Drop for LookedAt<'_> {
    fn drop(&mut self) {
        let limit = self.program.deadline;
        // A little less: a call that came with the whole time ends when the program has had not quite all of it.
        if self.session.stalled() >= limit - limit / 8 {
            let program = &self.program.name;
            tracing::warn!(
                program,
                "the program neither reads nor writes with calls before it: it is ended"
            );
            self.program.stuck.notify_one();
        }
    }
}

/// What the program does now.
#[derive(Clone)]
pub(crate) enum Serving {
    /// It runs, and has not said what it serves.
    Starting,
    Now(Session),
    /// It runs, and what it says that it serves cannot be.
    Refused(String),
    /// It is not running.
    Ended(String),
}

/// Whether an announcement is what the program serves; the words say why not.
pub(crate) type Check = Box<dyn Fn(&str) -> Result<(), String> + Send + Sync>;

/// Which conversation serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Begins {
    /// The first in which the program announces what it serves.
    WhenAnnounced,
    /// The first that it opens: its operator has listed what it serves.
    AtOnce,
}

/// A conversation that the program opened.
pub(crate) type Opened = UnboundedReceiver<Session>;

impl DeviceProgram {
    /// Runs a program whose conversations come from `opened`. `check` looks at what it announces, each time that it runs.
    pub(crate) fn start(
        program: Program,
        (opened, begins): (Opened, Begins),
        check: Check,
        deadline: Duration,
    ) -> DeviceProgram {
        let (serving, watched) = watch::channel(Serving::Starting);
        let stuck = Arc::new(Notify::new());
        let (stopping, stopped) = watch::channel(false);
        let name = program.name().to_owned();
        let run = Run {
            program,
            opened,
            begins,
            check: Arc::new(check),
            serving,
            stuck: Arc::clone(&stuck),
            stopped,
        };
        DeviceProgram {
            name,
            serving: watched,
            stuck,
            stopping,
            deadline,
            running: tokio::spawn(run.on()),
        }
    }

    /// What it does, as it changes.
    pub(crate) fn watch(&self) -> watch::Receiver<Serving> {
        self.serving.clone()
    }

    /// Calls a function by its name.
    pub(crate) async fn call(&self, function: String, request: Request) -> Result<Bytes, Status> {
        let deadline = request.deadline.unwrap_or_else(|| Instant::now() + self.deadline);
        let session = self.session(deadline).await?;
        let _looked_at = LookedAt {
            program: self,
            session: &session,
        };
        let request = Request {
            path: function,
            deadline: Some(deadline),
            ..request
        };
        session.call(request).await
    }

    /// The conversation in which it serves; one that is just starting is waited for.
    async fn session(&self, deadline: Instant) -> Result<Session, Status> {
        let mut serving = self.serving.clone();
        let until = deadline.min(Instant::now() + LONGEST_WAIT);
        let there = serving.wait_for(|serving| matches!(serving, Serving::Now(_)));
        let found = match tokio::time::timeout_at(until.into(), there).await {
            Ok(Ok(serving)) => match &*serving {
                Serving::Now(session) => Some(session.clone()),
                _ => None,
            },
            Ok(Err(_)) | Err(_) => None,
        };
        found.ok_or_else(|| {
            let message = format!("the program {} is not running, and is started again", self.name);
            Status::not_run(Code::Unavailable, message)
                .reason("PROGRAM_GONE")
                .fact("retry-pushback-ms", "1000")
        })
    }

    /// Lets it end by itself: it finds the end of what it reads (spec: E-4). It has a moment for that.
    pub(crate) async fn stop(&self) {
        self.stopping.send_replace(true);
        let mut serving = self.serving.clone();
        let ended = serving.wait_for(|serving| matches!(serving, Serving::Ended(_)));
        let in_time = tokio::time::timeout(LONGEST_GOODBYE, ended).await.is_ok();
        if !in_time {
            tracing::debug!(program = self.name, "the program did not end by itself");
        }
        self.running.abort();
    }
}

impl Drop for DeviceProgram {
    fn drop(&mut self) {
        self.running.abort();
    }
}

impl std::fmt::Debug for DeviceProgram {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeviceProgram")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// The program's runs, one after another.
struct Run {
    program: Program,
    opened: Opened,
    begins: Begins,
    check: Arc<Check>,
    serving: watch::Sender<Serving>,
    stuck: Arc<Notify>,
    stopped: watch::Receiver<bool>,
}

impl Run {
    async fn on(mut self) {
        let mut pause = SHORTEST_PAUSE;
        loop {
            let started = Instant::now();
            let why = self.once().await;
            let stops = *self.stopped.borrow();
            let program = self.program.name();
            let served = matches!(*self.serving.borrow(), Serving::Now(_));
            self.serving.send_replace(Serving::Ended(why.clone()));
            if stops {
                return;
            }
            tracing::warn!(
                program,
                "the program {why}; calls under way are lost, and it is started again"
            );
            pause = match served && started.elapsed() >= LONG_ENOUGH {
                true => SHORTEST_PAUSE,
                false => (pause * 2).min(LONGEST_PAUSE),
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = self.stopped.wait_for(|stop| *stop) => return,
            }
            self.serving.send_replace(Serving::Starting);
        }
    }

    /// One run; how it ended.
    async fn once(&mut self) -> String {
        // What an earlier run opened has ended with it.
        while self.opened.try_recv().is_ok() {}
        let program = self.program.clone();
        let running = program.run(CallContext::within(FOREVER));
        tokio::pin!(running);
        let mut listening = tokio::task::JoinSet::new();
        let mut open: Vec<Session> = Vec::new();
        let mut stopping = false;
        loop {
            tokio::select! {
                ended = &mut running => return told(ended),
                Some(session) = self.opened.recv() => {
                    if stopping {
                        session.close();
                    }
                    if self.begins == Begins::AtOnce {
                        serves(&session, &self.serving);
                    }
                    let (serving, check) = (self.serving.clone(), Arc::clone(&self.check));
                    listening.spawn(listen(session.clone(), serving, check));
                    open.retain(|session| !session.is_ended());
                    open.push(session);
                }
                Some(_) = listening.join_next() => {}
                () = self.stuck.notified() => return "was stuck and was ended".into(),
                _ = self.stopped.wait_for(|stop| *stop), if !stopping => {
                    stopping = true;
                    open.iter().for_each(Session::close);
                }
            }
        }
    }
}

/// Waits for what the program says that it serves in one conversation. One alone serves: the first.
async fn listen(session: Session, serving: watch::Sender<Serving>, check: Arc<Check>) {
    let mut announced = session.announced();
    let Ok(wit) = announced.wait_for(Option::is_some).await.map(|wit| wit.clone()) else {
        return;
    };
    let refused = match check(&wit.unwrap_or_default()) {
        Err(why) => {
            serving.send_if_modified(|serving| {
                let is_starting = matches!(serving, Serving::Starting);
                if is_starting {
                    *serving = Serving::Refused(why.clone());
                }
                is_starting
            });
            Some(why)
        }
        Ok(()) => {
            let serves = serves(&session, &serving);
            (!serves).then(|| "another descriptor of this program serves already".to_owned())
        }
    };
    if let Some(why) = refused {
        tracing::warn!("an announcement is refused: {why}");
        session.refuse(Status::not_run(Code::InvalidArgument, why).reason("ANNOUNCE_REFUSED"));
    }
}

/// Whether it is this conversation that serves, from now on at the latest. It is if no other does.
fn serves(session: &Session, serving: &watch::Sender<Serving>) -> bool {
    let mut is_it = false;
    serving.send_if_modified(|serving| {
        let other = match serving {
            Serving::Now(other) if !other.is_ended() => Some(other),
            _ => None,
        };
        is_it = other.as_ref().is_none_or(|other| other.is_same(session));
        let begins = other.is_none();
        if begins {
            *serving = Serving::Now(session.clone());
        }
        begins
    });
    is_it
}

fn told(ended: Result<i32, Failure>) -> String {
    match ended {
        Ok(code) => format!("ended with exit code {code}"),
        Err(failure) => format!("ended: {failure}"),
    }
}

/// How long a call waits for a program that is starting.
const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// How long a program may take to end when its host does.
const LONGEST_GOODBYE: Duration = Duration::from_secs(2);
/// Between two runs; doubled each time that a program ends soon. Stops one that traps at once from taking a processor.
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// A run that served for so long is no failure of starting.
const LONG_ENOUGH: Duration = Duration::from_secs(5);
const FOREVER: Duration = Duration::from_secs(10 * 365 * 24 * 3600);
