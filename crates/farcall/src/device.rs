//! The device of one plain module: what its file leads to. Each descriptor is a conversation of its own, whose calls go out
//! over the module's links.
//!
//! Not here: where a call goes (`device_out`), and a program that serves (`device_program`).

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use farcall_host::{CallContext, Device, DeviceStream, DeviceWait, Limits};
use farcall_net::{DeviceConfig, DeviceError, DeviceLimits, Session};
use http::HeaderMap;
use tokio::sync::mpsc::UnboundedSender;

use crate::device_out::Outward;
use crate::transport::forwarded;

/// What a module's device file leads to.
pub(crate) struct RpcDevice {
    outward: Outward,
    config: DeviceConfig,
    /// Who is told of each conversation, where the program may serve.
    opened: Option<UnboundedSender<Session>>,
}

impl RpcDevice {
    pub(crate) fn new(outward: Outward, limits: &Limits, opened: Option<UnboundedSender<Session>>) -> RpcDevice {
        let config = DeviceConfig {
            limits: DeviceLimits::for_message(limits.message),
            default_deadline: DEFAULT_DEADLINE.min(limits.deadline),
            max_deadline: limits.deadline,
            announces: opened.is_some(),
        };
        RpcDevice {
            outward,
            config,
            opened,
        }
    }
}

impl Device for RpcDevice {
    fn open(&self) -> Box<dyn DeviceStream> {
        let session = Session::new(Arc::new(self.outward.open()), self.config.clone());
        if let Some(opened) = &self.opened {
            // Whoever would hear of it is gone when the host ends.
            let _ = opened.send(session.clone());
        }
        Box::new(Conversation(session))
    }
}

/// One descriptor.
struct Conversation(Session);

impl DeviceStream for Conversation {
    fn read(&mut self, into: &mut [u8]) -> Result<usize, DeviceWait> {
        self.0.read(into).map_err(wait)
    }

    fn write(&mut self, bytes: &[u8], context: &CallContext) -> Result<usize, DeviceWait> {
        let forward = match context.forward.is_empty() {
            true => HeaderMap::new(),
            false => forwarded(&context.forward),
        };
        self.0.write(bytes, Some(context.deadline), &forward).map_err(wait)
    }

    fn unread(&self) -> usize {
        self.0.unread()
    }

    fn poll_readable(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.0.poll_readable(cx)
    }

    fn poll_writable(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.0.poll_writable(cx)
    }
}

impl Drop for Conversation {
    fn drop(&mut self) {
        self.0.end();
    }
}

fn wait(error: DeviceError) -> DeviceWait {
    match error {
        DeviceError::Empty => DeviceWait::Empty,
        DeviceError::Full => DeviceWait::Full,
        DeviceError::Ended => DeviceWait::Ended,
    }
}

/// Where a program has the device unless its operator says otherwise.
pub const DEVICE_PATH: &str = "/dev/wasi/rpc";
/// The time of a call that names none, in a program that itself may run for ever.
const DEFAULT_DEADLINE: Duration = Duration::from_secs(30);
