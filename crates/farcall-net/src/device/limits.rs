//! What one end of the device may hold and for how long, each limit with the attack that it stops. Measures nothing.

use std::time::Duration;

/// Limits of one descriptor, or of one connection of a native program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceLimits {
    /// Bytes of one request, response or announcement: 4 MiB. Stops a program that has the host buffer what it claims to
    /// send; checked on the length, before anything is kept.
    pub max_message: usize,
    /// Calls that are open at once, in either direction each: 256. Stops a program that calls, or lets itself be called,
    /// without end.
    pub max_calls: usize,
    /// Bytes held at once: requests of open calls, what is arriving, and what the program has not read: 16 MiB. Stops
    /// many large messages, each within its own limit, and a program that never reads.
    pub max_buffered: usize,
}

impl Default for DeviceLimits {
    fn default() -> Self {
        DeviceLimits::for_message(4 << 20)
    }
}

impl DeviceLimits {
    /// The default for messages of that size: room for four of them.
    pub fn for_message(max_message: usize) -> Self {
        DeviceLimits {
            max_message,
            max_calls: 256,
            max_buffered: max_message.saturating_add(FIELDS).saturating_mul(4),
        }
    }

    /// The longest body: a message with the fields beside it.
    pub(super) fn longest(&self) -> usize {
        self.max_message.saturating_add(FIELDS)
    }
}

/// How a conversation is held.
#[derive(Debug, Clone)]
pub struct DeviceConfig {
    /// What it may hold.
    pub limits: DeviceLimits,
    /// The time of a call that names none: 30 s.
    pub default_deadline: Duration,
    /// The longest time that a call may name; longer ones are shortened: 30 s. Bounds what a stalled call holds.
    pub max_deadline: Duration,
    /// Whether the other side may say what it serves: a program that the host runs may, one that connects may not, so
    /// that nobody who reaches a socket takes a function's place.
    pub announces: bool,
}

impl Default for DeviceConfig {
    fn default() -> Self {
        DeviceConfig {
            limits: DeviceLimits::default(),
            default_deadline: Duration::from_secs(30),
            max_deadline: Duration::from_secs(30),
            announces: false,
        }
    }
}

/// Room for the fields beside a payload: a name, metadata, or a status with its details.
const FIELDS: usize = 32 << 10;
