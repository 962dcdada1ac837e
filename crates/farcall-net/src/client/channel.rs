//! Calls to a target: deadlines, the request's headers, and the attempts that are safe. Knows no function and no value.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use http::header::{CONTENT_TYPE as CONTENT_TYPE_NAME, HeaderMap, HeaderValue, TE, USER_AGENT};
use http::uri::{PathAndQuery, Scheme, Uri};
use http::{Method, Request as HttpRequest, Version};

use super::config::ClientConfig;
use super::connection::Connection;
use super::exchange::exchange;
use super::pool::Pool;
use crate::call::{Request, Response};
use crate::deadline::encode_timeout;
use crate::metadata::is_metadata;
use crate::status::{Code, Executed, Status};
use crate::target::{Endpoint, Target};
use crate::trailers::{CONTENT_TYPE, FINGERPRINT, GRPC_TIMEOUT};

/// A way to a target. Cheap to clone; all clones share their connections.
///
/// Nothing is connected before the first call. Calls run side by side on few connections; a lost connection is replaced
/// by the next call.
#[derive(Clone)]
pub struct Channel {
    target: Arc<Target>,
    pool: Arc<Pool>,
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
        let pool = Pool::new(target.first().clone(), config);
        Channel {
            target: Arc::new(target),
            pool,
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
    /// begin is tried again by itself, at most twice.
    ///
    /// # Errors
    ///
    /// The callee's status, or one for what went wrong on the way; [`Status::executed`] says whether repeating is safe.
    pub async fn call(&self, request: Request) -> Result<Response, Status> {
        let deadline = match request.deadline {
            Some(deadline) => deadline,
            None => Instant::now() + self.pool.config().default_deadline.min(MOST_DEADLINE),
        };
        let mut progress = Progress::default();
        let attempts = self.attempts(request, deadline, &mut progress);
        match tokio::time::timeout_at(deadline.into(), attempts).await {
            Ok(result) => result,
            Err(_) => {
                if let Some(connection) = &progress.connection {
                    connection.suspect();
                }
                Err(late(&self.target, progress.sent))
            }
        }
    }

    async fn attempts(&self, request: Request, deadline: Instant, progress: &mut Progress) -> Result<Response, Status> {
        let limit = self.pool.config().max_message;
        let size = request.body.len();
        if size > limit {
            let message = format!("request of {size} bytes is over the limit of {limit}");
            return Err(Status::not_run(Code::ResourceExhausted, message).reason("MESSAGE_TOO_LARGE"));
        }
        let mut head = Head::new(
            self.pool.endpoint(),
            request.path,
            request.fingerprint,
            request.metadata,
        )?;
        for attempt in 1.. {
            let (place, sender) = self.pool.place().await?;
            let Some(head) = head.request(deadline) else { break };
            progress.connection = Some(place.connection().clone());
            let body = request.body.clone();
            let result = exchange(self.pool.endpoint(), sender, head, body, limit, &mut progress.sent).await;
            let failure = match result {
                Ok(response) => return Ok(response),
                Err(failure) => failure,
            };
            if failure.retire {
                place.retire();
            }
            if !failure.try_again || attempt == MOST_ATTEMPTS {
                return Err(failure.status);
            }
            *progress = Progress::default();
        }
        Err(late(&self.target, false))
    }
}

/// How far a call has come, for when it is given up.
#[derive(Default)]
struct Progress {
    sent: bool,
    connection: Option<Arc<Connection>>,
}

/// What the headers of every attempt of one call are made of.
struct Head {
    uri: Uri,
    fingerprint: Option<HeaderValue>,
    metadata: HeaderMap,
}

impl Head {
    fn new(
        endpoint: &Endpoint,
        path: String,
        fingerprint: Option<String>,
        metadata: HeaderMap,
    ) -> Result<Head, Status> {
        if let Some(name) = metadata.keys().find(|name| !is_metadata(name)) {
            let message = format!("metadata `{name}` has a name that belongs to the protocol");
            return Err(Status::not_run(Code::InvalidArgument, message).reason("METADATA_RESERVED"));
        }
        let fingerprint = fingerprint.map(HeaderValue::try_from).transpose().map_err(|_| {
            Status::not_run(Code::InvalidArgument, "the fingerprint is not ASCII").reason("FINGERPRINT_INVALID")
        })?;
        Ok(Head {
            uri: uri(endpoint, path)?,
            fingerprint,
            metadata,
        })
    }

    /// `None` once the deadline has passed.
    fn request(&mut self, deadline: Instant) -> Option<HttpRequest<()>> {
        let left = deadline
            .checked_duration_since(Instant::now())
            .filter(|left| !left.is_zero())?;
        let mut head = HttpRequest::new(());
        *head.method_mut() = Method::POST;
        *head.version_mut() = Version::HTTP_2;
        *head.uri_mut() = self.uri.clone();
        let headers = head.headers_mut();
        if !self.metadata.is_empty() {
            *headers = self.metadata.clone();
        }
        headers.reserve(FIXED_HEADERS);
        headers.insert(CONTENT_TYPE_NAME, CONTENT_TYPE);
        headers.insert(TE, TRAILERS);
        headers.entry(USER_AGENT).or_insert(AGENT);
        headers.insert(GRPC_TIMEOUT, encode_timeout(left));
        if let Some(fingerprint) = &self.fingerprint {
            headers.insert(FINGERPRINT, fingerprint.clone());
        }
        Some(head)
    }
}

fn uri(endpoint: &Endpoint, path: String) -> Result<Uri, Status> {
    let visible = path
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#'));
    if !path.starts_with('/') || !visible {
        let path: String = path.chars().take(200).collect();
        let message = format!("`{}` is not a function's path", path.escape_debug());
        return Err(Status::not_run(Code::InvalidArgument, message).reason("PATH_INVALID"));
    }
    let invalid = |_| Status::not_run(Code::InvalidArgument, "the path is not a URL's path").reason("PATH_INVALID");
    let mut parts = http::uri::Parts::default();
    parts.scheme = Some(Scheme::HTTP);
    parts.authority = Some(endpoint.authority().clone());
    parts.path_and_query = Some(PathAndQuery::try_from(path).map_err(invalid)?);
    Uri::from_parts(parts)
        .map_err(|_| Status::not_run(Code::InvalidArgument, "the path is not a URL's path").reason("PATH_INVALID"))
}

fn late(target: &Target, sent: bool) -> Status {
    let executed = if sent { Executed::Maybe } else { Executed::No };
    let message = match sent {
        true => format!("the deadline passed before {target} answered"),
        false => format!("the deadline passed before the call was sent to {target}"),
    };
    Status::new(Code::DeadlineExceeded, message)
        .executed(executed)
        .reason("DEADLINE")
}

const MOST_ATTEMPTS: usize = 3;
/// Content type, te, user agent, fingerprint, timeout.
const FIXED_HEADERS: usize = 5;
const TRAILERS: HeaderValue = HeaderValue::from_static("trailers");
const AGENT: HeaderValue = HeaderValue::from_static(concat!("farcall/", env!("CARGO_PKG_VERSION")));
/// So that adding a deadline to a time never overflows.
const MOST_DEADLINE: std::time::Duration = std::time::Duration::from_secs(365 * 24 * 3600);
