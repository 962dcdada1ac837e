//! Tells HTTP/2 with prior knowledge, HTTP/1.1 and the device's messages apart by a connection's first bytes. Parses none.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};

use crate::device::is_device;

/// What a connection speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    Http1,
    Http2,
    Device,
}

/// Read as many bytes as the decision needs; they are read again from the result.
pub(super) async fn detect<Io: AsyncRead + Unpin>(mut io: Io) -> io::Result<(Version, Rewound<Io>)> {
    let mut seen = [0; DECISIVE.len()];
    let mut len = 0;
    while len < seen.len() && DECISIVE.get(..len) == seen.get(..len) {
        let count = io.read(seen.get_mut(len..).unwrap_or_default()).await?;
        if count == 0 {
            break;
        }
        len += count;
    }
    let version = if seen == *DECISIVE {
        Version::Http2
    } else if len > 0 && seen.first().copied().is_some_and(is_device) {
        Version::Device
    } else {
        Version::Http1
    };
    Ok((version, Rewound { seen, at: 0, len, io }))
}

/// A connection whose first bytes are read twice.
pub(super) struct Rewound<Io> {
    seen: [u8; DECISIVE.len()],
    at: usize,
    len: usize,
    io: Io,
}

impl<Io: AsyncRead + Unpin> AsyncRead for Rewound<Io> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.at == self.len {
            return Pin::new(&mut self.io).poll_read(cx, into);
        }
        let rest = self.seen.get(self.at..self.len).unwrap_or_default();
        let count = rest.len().min(into.remaining());
        into.put_slice(rest.get(..count).unwrap_or_default());
        self.at += count;
        Poll::Ready(Ok(()))
    }
}

impl<Io: AsyncWrite + Unpin> AsyncWrite for Rewound<Io> {
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
        ready!(Pin::new(&mut self.io).poll_flush(cx))?;
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

/// No HTTP/1.1 method begins so (RFC 9113, 3.4 chose the preface for it).
const DECISIVE: &[u8; 14] = b"PRI * HTTP/2.0";

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt;

    use super::*;

    async fn detected(chunks: &[&[u8]]) -> (Version, Vec<u8>) {
        let (mut far, near) = tokio::io::duplex(64);
        let chunks: Vec<Vec<u8>> = chunks.iter().map(|chunk| chunk.to_vec()).collect();
        let writer = tokio::spawn(async move {
            for chunk in chunks {
                far.write_all(&chunk).await.unwrap();
                tokio::task::yield_now().await;
            }
        });
        let (version, mut io) = detect(near).await.unwrap();
        let mut all = Vec::new();
        io.read_to_end(&mut all).await.unwrap();
        writer.await.unwrap();
        (version, all)
    }

    #[tokio::test]
    async fn both_versions_are_told_apart_however_they_arrive() {
        let preface: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
        assert_eq!(detected(&[preface]).await, (Version::Http2, preface.to_vec()));
        let trickle: Vec<&[u8]> = preface.chunks(1).collect();
        assert_eq!(detected(&trickle).await, (Version::Http2, preface.to_vec()));
        for text in [
            b"PROPFIND / HTTP/1.1\r\n\r\n".as_slice(),
            b"GET / HTTP/1.1\r\n\r\n",
            b"PRI",
            b"",
        ] {
            assert_eq!(detected(&[text]).await, (Version::Http1, text.to_vec()));
        }
    }

    #[tokio::test]
    async fn a_message_of_the_device_is_no_http() {
        for first in 1..=6 {
            let bytes = [first, 0, 0, 0, 1, 7];
            assert_eq!(detected(&[&bytes]).await, (Version::Device, bytes.to_vec()));
        }
        assert_eq!(detected(&[&[0, 0]]).await.0, Version::Http1);
    }
}
