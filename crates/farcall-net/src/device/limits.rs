//! What one end of the device may hold, each limit with the attack that it stops. Measures nothing.

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

/// Room for the fields beside a payload: a name, metadata, or a status with its details.
const FIELDS: usize = 32 << 10;
