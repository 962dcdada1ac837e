//! A native program that speaks the device's messages over a unix socket: its calls, held to the server's limits. Knows no
//! message; `crate::device` does.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;

use super::{Shared, exchange};
use crate::call::{BoxFuture, Request, Response, Service};
use crate::device::{DeviceConfig, DeviceLimits, Session, Times, drive};
use crate::status::Status;

/// Serve one connection until it ends, is idle or stalled for too long, or has drained.
pub(super) async fn serve(
    shared: &Arc<Shared>,
    io: impl AsyncRead + AsyncWrite + Unpin,
    draining: watch::Receiver<()>,
) -> io::Result<()> {
    let config = DeviceConfig {
        limits: DeviceLimits::for_message(shared.config.max_message),
        default_deadline: shared.config.default_deadline,
        max_deadline: shared.config.max_deadline,
        announces: false,
    };
    let session = Session::new(Arc::new(Bounded(shared.clone())), config);
    let times = Times {
        idle: shared.config.idle_timeout,
        stalled: shared.config.stall_timeout,
    };
    drive(io, &session, &times, Some(draining)).await
}

/// The server's functions behind its limits.
struct Bounded(Arc<Shared>);

impl Service for Bounded {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Response, Status>> {
        Box::pin(async move {
            exchange::not_draining(&self.0)?;
            exchange::run(&self.0, request).await
        })
    }

    fn knows(&self, path: &str) -> bool {
        self.0.service.knows(path)
    }
}
