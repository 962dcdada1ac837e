//! Watches the first bytes that a server sends, to tell HTTP/2 from everything else and to say what else. Changes nothing.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::oneshot;

/// A connection whose first bytes are reported once.
pub(super) struct Sniffed<Io> {
    io: Io,
    head: Vec<u8>,
    seen: usize,
    report: Option<oneshot::Sender<Vec<u8>>>,
}

impl<Io> Sniffed<Io> {
    /// The receiver gets the first bytes: as soon as they are no HTTP/2, or once the first frame has been taken in and
    /// more is read for, so that whoever waits finds the server's settings in force.
    pub(super) fn new(io: Io) -> (Self, oneshot::Receiver<Vec<u8>>) {
        let (report, reported) = oneshot::channel();
        (
            Sniffed {
                io,
                head: Vec::new(),
                seen: 0,
                report: Some(report),
            },
            reported,
        )
    }

    fn see(&mut self, bytes: &[u8]) {
        self.seen = self.seen.saturating_add(bytes.len());
        self.head.extend(bytes.iter().take(MOST - self.head.len().min(MOST)));
        if bytes.is_empty() || (self.head.len() >= FRAME_HEADER && !is_http2(&self.head)) {
            self.tell();
        }
    }

    fn has_first_frame(&self) -> bool {
        match self.head.as_slice() {
            [_, high, low, ..] => self.seen >= FRAME_HEADER + usize::from(u16::from_be_bytes([*high, *low])),
            _ => false,
        }
    }

    fn tell(&mut self) {
        if let Some(report) = self.report.take() {
            // Nobody waits any more when connecting was given up.
            let _ = report.send(std::mem::take(&mut self.head));
        }
    }
}

/// What was seen is told even where the connection fails before a whole frame: a TLS alert is seven bytes.
impl<Io> Drop for Sniffed<Io> {
    fn drop(&mut self) {
        self.tell();
    }
}

/// Whether these bytes begin a server's side of HTTP/2: with a SETTINGS frame on stream 0 (RFC 9113, 3.4).
pub(super) fn is_http2(head: &[u8]) -> bool {
    matches!(head, [0, _, _, 4, 0, 0, 0, 0, 0, ..])
}

/// Whether these bytes begin an answer of HTTP/1.1.
pub(super) fn is_http1(head: &[u8]) -> bool {
    head.starts_with(b"HTTP/1.")
}

/// What these bytes seem to be, for people.
pub(super) fn describe(head: &[u8]) -> String {
    match head {
        [] => "it closed the connection without a word".to_owned(),
        [0x15 | 0x16, 3, ..] => "it answered in TLS".to_owned(),
        _ => {
            let line = head
                .split(|byte| matches!(byte, b'\r' | b'\n'))
                .next()
                .unwrap_or_default();
            format!("it answered `{}`", line.escape_ascii())
        }
    }
}

impl<Io: AsyncRead + Unpin> AsyncRead for Sniffed<Io> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.report.is_some() && self.has_first_frame() {
            self.tell();
        }
        if self.report.is_none() {
            return Pin::new(&mut self.io).poll_read(cx, into);
        }
        let before = into.filled().len();
        let read = ready!(Pin::new(&mut self.io).poll_read(cx, into));
        self.see(into.filled().get(before..).unwrap_or_default());
        Poll::Ready(read)
    }
}

impl<Io: AsyncWrite + Unpin> AsyncWrite for Sniffed<Io> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, from)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        from: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(cx, from)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

const FRAME_HEADER: usize = 9;
const MOST: usize = 48;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_http2_and_nothing_else_is() {
        assert!(is_http2(&[0, 0, 18, 4, 0, 0, 0, 0, 0, 0, 3]));
        for head in [
            b"HTTP/1.1 400 Bad Request".as_slice(),
            b"",
            &[0, 0, 18, 4],
            b"\x15\x03\x03\0\x02\x02\x16\0\0",
        ] {
            assert!(!is_http2(head), "{head:?}");
        }
    }

    #[test]
    fn what_was_seen_is_said_in_one_line() {
        assert_eq!(
            describe(b"HTTP/1.1 400 Bad Request\r\nServer: x"),
            "it answered `HTTP/1.1 400 Bad Request`"
        );
        assert_eq!(describe(b"\x15\x03\x01\0\x02\x02\x46"), "it answered in TLS");
        assert_eq!(describe(b"\xff\x00garbage"), "it answered `\\xff\\x00garbage`");
    }
}
