//! Results on standard output. What is not a result goes to standard error, and not through here.

use std::io::{self, ErrorKind, Write};

/// Prints a text as it is. A reader that has gone away wants no more: that is no failure.
pub fn out(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        printed => printed,
    }
}
