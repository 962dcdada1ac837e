//! Where guests' output goes: nowhere, to this process's own, or line by line, tagged, to a writer.
//!
//! Not here: standard error as such; the embedder brings the writer.

use bytes::Bytes;
use std::fmt;
use std::io::{self, Write};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

/// Where one of a guest's output streams goes.
#[derive(Clone, Debug, Default)]
pub enum Output {
    /// Nowhere.
    #[default]
    Discard,
    /// This process's own stream of the same kind, byte for byte.
    Inherit,
    /// A writer that many components share.
    Tagged(Sink),
}

impl Output {
    /// Lines as `[name] line`, each in one write, control characters escaped so that no guest can forge another's line.
    /// A line past 8 KiB is broken, so a guest that never ends one holds no memory. A failing writer is ignored; a slow
    /// one holds the guest up.
    pub fn tagged(writer: impl Write + Send + 'static) -> Self {
        Output::Tagged(Sink {
            writer: Arc::new(Mutex::new(writer)),
        })
    }
}

/// A shared writer of whole lines; made by [`Output::tagged`].
#[derive(Clone)]
pub struct Sink {
    writer: Arc<Mutex<dyn Write + Send>>,
}

impl Sink {
    /// One call's stream into this sink.
    pub(crate) fn tagged(&self, name: &str) -> Tagged {
        let tag = format!("[{name}] ");
        Tagged {
            lines: Arc::new(Mutex::new(Lines {
                tag,
                open: Vec::new(),
                sink: self.clone(),
            })),
        }
    }
}

impl fmt::Debug for Sink {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Sink")
    }
}

/// All handles that a guest takes of one stream write to the same line.
#[derive(Clone)]
pub(crate) struct Tagged {
    lines: Arc<Mutex<Lines>>,
}

impl Tagged {
    fn push(&self, bytes: &[u8]) {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).push(bytes);
    }
}

impl IsTerminal for Tagged {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Tagged {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

impl OutputStream for Tagged {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.push(&bytes);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(PERMIT)
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for Tagged {
    async fn ready(&mut self) {}
}

impl AsyncWrite for Tagged {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.push(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

struct Lines {
    tag: String,
    open: Vec<u8>,
    sink: Sink,
}

impl Lines {
    fn push(&mut self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let (mut text, ends) = match piece.split_last() {
                Some((b'\n', text)) => (text, true),
                _ => (piece, false),
            };
            while self.open.len() + text.len() > LONGEST_LINE {
                let (head, tail) = text.split_at(LONGEST_LINE - self.open.len());
                self.open.extend_from_slice(head);
                self.emit();
                text = tail;
            }
            self.open.extend_from_slice(text);
            if ends {
                self.emit();
            }
        }
    }

    fn emit(&mut self) {
        let mut line = self.tag.clone();
        for character in String::from_utf8_lossy(&self.open).chars() {
            match character {
                '\t' => line.push('\t'),
                // A carriage return before the end of a line is how some guests end it.
                '\r' => {}
                character if character.is_control() => line.extend(character.escape_default()),
                character => line.push(character),
            }
        }
        line.push('\n');
        self.open.clear();
        let mut writer = self.sink.writer.lock().unwrap_or_else(PoisonError::into_inner);
        // The operator's log being full or gone is no reason to fail a call.
        let _ = writer.write_all(line.as_bytes()).and_then(|()| writer.flush());
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        if !self.open.is_empty() {
            self.emit();
        }
    }
}

/// Bytes of one line before it is broken.
const LONGEST_LINE: usize = 8 << 10;
/// Bytes that a guest may write at once.
const PERMIT: usize = 64 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Default)]
    struct Buffer(Arc<Mutex<Vec<u8>>>);

    impl Buffer {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl Write for Buffer {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn stream(buffer: &Buffer) -> Tagged {
        match Output::tagged(buffer.clone()) {
            Output::Tagged(sink) => sink.tagged("calc"),
            _ => unreachable!(),
        }
    }

    #[test]
    fn each_line_carries_its_component_and_the_last_needs_no_end() {
        let buffer = Buffer::default();
        let stream = stream(&buffer);
        stream.push(b"one\ntw");
        stream.push(b"o\r\n\nthree");
        assert_eq!(buffer.text(), "[calc] one\n[calc] two\n[calc] \n");
        drop(stream);
        assert_eq!(buffer.text(), "[calc] one\n[calc] two\n[calc] \n[calc] three\n");
    }

    #[test]
    fn control_characters_cannot_forge_a_line() {
        let buffer = Buffer::default();
        stream(&buffer).push(b"a\r[other] b\x1b[2K\xff\n");
        assert_eq!(buffer.text(), "[calc] a[other] b\\u{1b}[2K\u{fffd}\n");
    }

    #[test]
    fn a_line_without_end_is_broken_and_not_kept() {
        let buffer = Buffer::default();
        let stream = stream(&buffer);
        for _ in 0..100 {
            stream.push(&[b'x'; 1000]);
            assert!(stream.lines.lock().unwrap().open.len() <= LONGEST_LINE);
        }
        drop(stream);
        let text = buffer.text();
        assert_eq!(text.matches('x').count(), 100_000);
        assert_eq!(text.lines().count(), 100_000usize.div_ceil(LONGEST_LINE));
    }
}
