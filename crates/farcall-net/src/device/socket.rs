//! A conversation over a unix socket: moves its bytes both ways until either side ends. Decodes nothing.

use std::future::poll_fn;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::limits::{DeviceConfig, DeviceLimits};
use super::session::{DeviceError, Session};
use crate::call::{BoxFuture, Request, Response, Service};
use crate::status::{Code, Status};

/// Whether a connection that begins with this byte speaks the device's messages: it is a message's kind, and no request
/// of HTTP begins with a control character.
pub(crate) fn is_device(first: u8) -> bool {
    (1..9).contains(&first)
}

/// Moves bytes between a socket and a session until one of them ends, is idle for too long, or leaves what it is sent
/// unread. The session is over then.
pub(crate) async fn drive(
    io: impl AsyncRead + AsyncWrite + Unpin,
    session: &Session,
    times: &Times,
    mut draining: Option<watch::Receiver<()>>,
) -> io::Result<()> {
    let _end = End(session);
    let (mut from, mut to) = tokio::io::split(io);
    let (mut arrived, mut leaving) = (vec![0; CHUNK], vec![0; CHUNK]);
    let (mut untaken, mut unsent) = (0..0, 0..0);
    let nothing = HeaderMap::new();
    loop {
        let is_idle = session.open_calls() == 0;
        tokio::select! {
            count = from.read(&mut arrived), if untaken.is_empty() => match count? {
                0 => return Ok(()),
                count => untaken = 0..count,
            },
            () = poll_fn(|cx| session.poll_writable(cx)), if !untaken.is_empty() => {
                match session.write(arrived.get(untaken.clone()).unwrap_or_default(), None, &nothing) {
                    Ok(count) => untaken.start += count,
                    Err(DeviceError::Full | DeviceError::Empty) => {}
                    Err(DeviceError::Ended) => return Ok(()),
                }
            }
            () = poll_fn(|cx| session.poll_readable(cx)), if unsent.is_empty() => match session.read(&mut leaving) {
                Ok(0) => return to.shutdown().await,
                Ok(count) => unsent = 0..count,
                Err(_) => {}
            },
            count = to.write(leaving.get(unsent.clone()).unwrap_or_default()), if !unsent.is_empty() => {
                unsent.start += count?;
            }
            () = tokio::time::sleep(times.stalled), if !unsent.is_empty() => {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "what it is sent was left unread"));
            }
            () = tokio::time::sleep(times.idle), if is_idle && unsent.is_empty() => return Ok(()),
            () = drained(&mut draining) => {
                draining = None;
                session.close();
            }
        }
    }
}

/// How long a connection may do nothing.
pub(crate) struct Times {
    pub(crate) idle: Duration,
    pub(crate) stalled: Duration,
}

async fn drained(draining: &mut Option<watch::Receiver<()>>) {
    match draining {
        // It ends with its sender.
        Some(draining) => while draining.changed().await.is_ok() {},
        None => std::future::pending().await,
    }
}

struct End<'a>(&'a Session);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// A native program's end of the device: calls over one connection to a server's unix socket.
pub struct DeviceClient {
    session: Session,
    moving: JoinHandle<()>,
}

impl DeviceClient {
    /// Connects to `unix:/path` or `/path`. Needs a runtime.
    ///
    /// # Errors
    ///
    /// The system's.
    pub async fn connect(path: &str, limits: DeviceLimits) -> io::Result<DeviceClient> {
        let io = UnixStream::connect(Path::new(path.strip_prefix("unix:").unwrap_or(path))).await?;
        let config = DeviceConfig {
            limits,
            ..DeviceConfig::default()
        };
        let session = Session::new(Arc::new(Nothing), config);
        let moved = session.clone();
        let moving = tokio::spawn(async move {
            let times = Times {
                idle: FOREVER,
                stalled: FOREVER,
            };
            if let Err(error) = drive(io, &moved, &times, None).await {
                tracing::debug!(%error, "the device's connection ended");
            }
        });
        Ok(DeviceClient { session, moving })
    }

    /// Makes a call; its path may be a name. Dropping the future cancels it.
    ///
    /// # Errors
    ///
    /// What the server answers; UNAVAILABLE when the connection is lost.
    pub async fn call(&self, request: Request) -> Result<Bytes, Status> {
        self.session.call(request).await
    }
}

impl Drop for DeviceClient {
    fn drop(&mut self) {
        self.moving.abort();
    }
}

impl std::fmt::Debug for DeviceClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeviceClient").finish_non_exhaustive()
    }
}

/// What a side serves that serves nothing.
struct Nothing;

impl Service for Nothing {
    fn call(&self, _: Request) -> BoxFuture<'_, Result<Response, Status>> {
        Box::pin(async { Err(Status::not_run(Code::Unimplemented, "nothing is served here")) })
    }

    fn knows(&self, _: &str) -> bool {
        false
    }
}

const CHUNK: usize = 32 << 10;
const FOREVER: Duration = Duration::from_secs(365 * 24 * 3600);
