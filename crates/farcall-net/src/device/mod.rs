//! The device: calls as messages in a stream of bytes, for whoever can open a file or a socket (`spec/device.md`).
//!
//! Parts, from bytes to calls: `fields` and `message` are one message, `inbox` finds messages in a stream, `machine` is one
//! conversation without input and output, `incoming` makes requests of its calls, `session` runs one, `socket` moves one
//! over a unix socket. Not here: what opens the file, which is a host's matter.

mod fields;
mod inbox;
mod incoming;
mod limits;
mod machine;
mod message;
mod session;
mod socket;

pub use limits::{DeviceConfig, DeviceLimits};
pub use machine::{Event, Machine};
pub use message::{Call, Malformed, Message};
pub use session::{DeviceError, Session};
pub use socket::DeviceClient;
pub(crate) use socket::{Times, drive, is_device};
