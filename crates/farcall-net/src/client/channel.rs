//! Calls to a target: deadlines, and the attempts that are safe. Knows no function and no value.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use super::balance::{Balance, Tried};
use super::config::{ClientConfig, Envelope};
use super::connection::Connection;
use super::head::Head;
use super::{connect, grpc};
use crate::call::{Request, Response};
use crate::envelope::Form;
use crate::status::{Code, Executed, Status};
use crate::target::{Endpoint, Target};

/// A way to a target. Cheap to clone; all clones share their connections.
///
/// Nothing is connected before the first call. Calls run side by side on few connections; a lost connection is replaced
/// by the next call.
///
/// With several endpoints each call goes to the less busy one of two taken at random. One that cannot be reached is left
/// out for [`ClientConfig::backoff_first`], doubled up to [`ClientConfig::backoff_most`] and shortened by up to half at
/// random; after that the next call has it connected to in the background, and it gets calls again once that goes well.
/// One that answers UNAVAILABLE is left out for [`ClientConfig::backoff_first`].
#[derive(Clone)]
pub struct Channel {
    target: Arc<Target>,
    config: Arc<ClientConfig>,
    balance: Arc<Balance>,
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel")
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}

impl Channel {
    /// A channel to `target`. Connects nothing.
    pub fn new(target: Target, config: ClientConfig) -> Channel {
        Channel {
            balance: Arc::new(Balance::new(&target, &config)),
            target: Arc::new(target),
            config: Arc::new(config),
        }
    }

    /// Where calls go.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Make one call. Needs a tokio runtime with I/O and time.
    ///
    /// Without a deadline of its own the call gets [`ClientConfig::default_deadline`]; the deadline is sent along and
    /// kept here too. Dropping the future cancels the call at the callee. A call that the server certainly did not
    /// begin is sent again by itself, at most twice. With several endpoints that is done at another one, also when a
    /// server says UNAVAILABLE and that the function did not run; each endpoint is asked at most once, and the call is
    /// sent at most eight times. A call that may have run is never sent again.
    ///
    /// # Errors
    ///
    /// The callee's status, or one for what went wrong on the way; [`Status::executed`] says whether repeating is safe.
    pub async fn call(&self, request: Request) -> Result<Response, Status> {
        let deadline = match request.deadline {
            Some(deadline) => deadline,
            None => Instant::now() + self.config.default_deadline.min(MOST_DEADLINE),
        };
        let mut progress = Progress::default();
        let attempts = self.attempts(request, deadline, &mut progress);
        match tokio::time::timeout_at(deadline.into(), attempts).await {
            Ok(result) => result,
            Err(_) => {
                if let Some(connection) = &progress.connection {
                    connection.suspect();
                }
                Err(late(&self.target, &progress))
            }
        }
    }

    async fn attempts(&self, request: Request, deadline: Instant, progress: &mut Progress) -> Result<Response, Status> {
        let config = &self.config;
        let (limit, size) = (config.max_message, request.body.len());
        if size > limit {
            let message = format!("request of {size} bytes is over the limit of {limit}");
            return Err(Status::not_run(Code::ResourceExhausted, message).reason("MESSAGE_TOO_LARGE"));
        }
        if config.http1_only && config.envelope == Envelope::Grpc {
            return Err(Status::not_run(Code::InvalidArgument, "gRPC needs HTTP/2").reason("NOT_HTTP2"));
        }
        let head = Head::new(request.path, request.fingerprint, request.metadata)?;
        let several = self.balance.len() > 1;
        let most_sent = MOST_SENT.max(self.balance.len().min(MOST_SENT_TO_SEVERAL));
        let mut tried = Tried::default();
        let mut sent = 0;
        while let Some((index, pool)) = self.balance.pick(&tried) {
            let _busy = pool.enter();
            let mut place = match pool.place().await {
                Ok(place) => place,
                Err(status) => {
                    tried.refused(index, status);
                    continue;
                }
            };
            let form = match config.envelope {
                _ if place.is_http1() => Form::Connect,
                Envelope::Auto => AUTO_OVER_HTTP2,
                Envelope::Grpc => Form::Grpc,
                Envelope::Connect => Form::Connect,
            };
            let endpoint = pool.endpoint();
            let Some(head) = head.request(endpoint, form, deadline) else {
                break;
            };
            progress.connection = Some(place.connection().clone());
            progress.endpoint = Some(endpoint.clone());
            let body = request.body.clone();
            let Some(lane) = place.lane() else { break };
            let result = match form {
                Form::Grpc => grpc::exchange(endpoint, lane, head, body, limit, &mut progress.sent).await,
                Form::Connect => connect::exchange(endpoint, lane, head, body, limit, &mut progress.sent).await,
            };
            let failure = match result {
                Ok(response) => return Ok(response),
                Err(failure) => failure,
            };
            if failure.retire {
                place.retire();
            }
            // spec: S-5
            let may_move = failure.status.executed == Executed::No && failure.status.code == Code::Unavailable;
            sent += 1;
            if sent == most_sent || !may_move || !(failure.try_again || several) {
                return Err(failure.status);
            }
            if failure.try_again {
                tried.failed_at(index);
            } else {
                pool.rest();
                tried.refused(index, failure.status);
            }
            *progress = Progress::default();
        }
        if deadline <= Instant::now() {
            return Err(late(&self.target, &Progress::default()));
        }
        Err(self.balance.taken_by_none(tried))
    }
}

/// How far a call has come, for when it is given up.
#[derive(Default)]
struct Progress {
    sent: bool,
    endpoint: Option<Endpoint>,
    connection: Option<Arc<Connection>>,
}

fn late(target: &Target, progress: &Progress) -> Status {
    let (executed, message) = match &progress.endpoint {
        Some(endpoint) if progress.sent => (
            Executed::Maybe,
            format!("the deadline passed before {endpoint} answered"),
        ),
        _ => (
            Executed::No,
            format!("the deadline passed before the call was sent to {target}"),
        ),
    };
    Status::new(Code::DeadlineExceeded, message)
        .executed(executed)
        .reason("DEADLINE")
}

/// How calls are written over HTTP/2 where the channel may choose.
const AUTO_OVER_HTTP2: Form = Form::Grpc;
/// How often a call is sent where every attempt before certainly did not run: to one endpoint, and to several.
const MOST_SENT: usize = 3;
const MOST_SENT_TO_SEVERAL: usize = 8;
/// So that adding a deadline to a time never overflows.
const MOST_DEADLINE: std::time::Duration = std::time::Duration::from_secs(365 * 24 * 3600);
