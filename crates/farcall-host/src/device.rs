//! What stands behind the device's file: a stream of bytes for each descriptor, without a meaning here (`spec/device.md`).
//!
//! Not here: the file as a guest sees it (`device_file`), and the messages in the stream, which are its implementor's.

use crate::transport::CallContext;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

/// A device that guests may open.
pub trait Device: Send + Sync + 'static {
    /// A conversation of its own for one descriptor.
    fn open(&self) -> Box<dyn DeviceStream>;
}

/// One descriptor's bytes, both ways. Dropping it is the guest's close, in the middle of anything.
pub trait DeviceStream: Send + 'static {
    /// Bytes for the guest, as many as there are and fit; 0 at the end.
    ///
    /// # Errors
    ///
    /// [`DeviceWait::Empty`] when there are none now.
    fn read(&mut self, into: &mut [u8]) -> Result<usize, DeviceWait>;

    /// Takes bytes of the guest, in the call of `context`, and gives how many.
    ///
    /// # Errors
    ///
    /// [`DeviceWait::Full`] when it takes none before the guest reads, [`DeviceWait::Ended`] when it takes none any more.
    fn write(&mut self, bytes: &[u8], context: &CallContext) -> Result<usize, DeviceWait>;

    /// How many bytes can be read now.
    fn unread(&self) -> usize;

    /// Ready when [`read`](Self::read) gives something, the end included.
    fn poll_readable(&mut self, cx: &mut Context<'_>) -> Poll<()>;

    /// Ready when [`write`](Self::write) takes something, or never will.
    fn poll_writable(&mut self, cx: &mut Context<'_>) -> Poll<()>;
}

/// Why bytes did not move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeviceWait {
    /// There is nothing to read yet.
    #[error("there is nothing to read yet")]
    Empty,
    /// The guest has too much unread.
    #[error("too much is unread")]
    Full,
    /// The device has ended.
    #[error("the device has ended")]
    Ended,
}

/// The device's file, as a plain module with WASI preview 1 finds it.
#[derive(Clone)]
pub struct DeviceFile {
    /// Its path, `/dev/wasi/rpc`.
    path: String,
    pub(crate) device: Arc<dyn Device>,
}

impl DeviceFile {
    /// A device at this path.
    ///
    /// # Errors
    ///
    /// A path that is not absolute, or has no folder, or is no plain path: the words say why.
    pub fn new(path: &str, device: Arc<dyn Device>) -> Result<DeviceFile, DevicePathError> {
        let parts: Vec<&str> = path.strip_prefix('/').unwrap_or_default().split('/').collect();
        let is_plain = |part: &&str| !part.is_empty() && *part != "." && *part != ".." && !part.contains('\0');
        if parts.len() < 2 || !parts.iter().all(is_plain) || path.len() > MAX_PATH {
            return Err(DevicePathError(path.chars().take(80).collect()));
        }
        let path = path.to_owned();
        Ok(DeviceFile { path, device })
    }

    /// Its folder, which the guest sees as a preopened directory with nothing else in it: `/dev/wasi`.
    pub fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// Its name there: `rpc`.
    pub fn name(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(_, name)| name)
    }
}

impl fmt::Debug for DeviceFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("DeviceFile")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// A device's path that cannot be one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no path for a device: it is absolute and in a folder, as /dev/wasi/rpc")]
pub struct DevicePathError(String);

const MAX_PATH: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    struct None;

    impl Device for None {
        fn open(&self) -> Box<dyn DeviceStream> {
            unreachable!("nobody opens it")
        }
    }

    #[test]
    fn a_device_is_a_file_in_a_folder() {
        let file = DeviceFile::new("/dev/wasi/rpc", Arc::new(None)).unwrap();
        assert_eq!((file.folder(), file.name()), ("/dev/wasi", "rpc"));
        for path in [
            "",
            "rpc",
            "/rpc",
            "dev/rpc",
            "/dev//rpc",
            "/dev/../rpc",
            "/dev/rpc/",
            "/a\0/b",
        ] {
            assert!(DeviceFile::new(path, Arc::new(None)).is_err(), "{path}");
        }
    }
}
