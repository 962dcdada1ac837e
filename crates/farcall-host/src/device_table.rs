//! The descriptors of one guest that lead to the device: its folder, and what is open of it.
//!
//! Not here: the functions of WASI that take them (`device_file`), and every other descriptor, which wasmtime-wasi has.

use crate::device::{DeviceFile, DeviceStream};
use std::collections::BTreeMap;
use std::task::{Context, Poll};

/// The device in one store.
pub(crate) struct DeviceTable {
    file: DeviceFile,
    /// The folder's own descriptor: the one after those of the granted directories, where libc looks for it.
    folder: u32,
    /// Whether wasmtime-wasi gives that number to nothing else.
    pub(crate) reserved: bool,
    open: BTreeMap<u32, Opened>,
    limit: usize,
}

/// One descriptor.
pub(crate) enum Opened {
    Folder,
    Stream {
        stream: Box<dyn DeviceStream>,
        nonblocking: bool,
    },
}

impl DeviceTable {
    /// `dirs` is how many directories are granted, `limit` how many descriptors of the device may be open.
    pub(crate) fn new(file: DeviceFile, dirs: usize, limit: usize) -> DeviceTable {
        let folder = u32::try_from(dirs).map_or(u32::MAX, |dirs| dirs.saturating_add(FIRST_PREOPENED));
        DeviceTable {
            file,
            folder,
            reserved: dirs == 0,
            open: BTreeMap::from([(folder, Opened::Folder)]),
            limit,
        }
    }

    pub(crate) fn folder(&self) -> u32 {
        self.folder
    }

    /// The folder's path, for whoever asks what the descriptor was opened as.
    pub(crate) fn preopened(&self, fd: u32) -> Option<&str> {
        let is_open = fd == self.folder && self.open.contains_key(&fd);
        is_open.then(|| self.file.folder())
    }

    pub(crate) fn has(&self, fd: u32) -> bool {
        self.open.contains_key(&fd)
    }

    pub(crate) fn is_folder(&self, fd: u32) -> bool {
        matches!(self.open.get(&fd), Some(Opened::Folder))
    }

    pub(crate) fn opened(&mut self, fd: u32) -> Option<&mut Opened> {
        self.open.get_mut(&fd)
    }

    pub(crate) fn stream(&mut self, fd: u32) -> Option<(&mut dyn DeviceStream, bool)> {
        match self.open.get_mut(&fd) {
            Some(Opened::Stream { stream, nonblocking }) => Some((stream.as_mut(), *nonblocking)),
            Some(Opened::Folder) | None => None,
        }
    }

    pub(crate) fn close(&mut self, fd: u32) {
        self.open.remove(&fd);
    }

    /// The device's own name in its folder.
    pub(crate) fn name(&self) -> &str {
        self.file.name()
    }

    /// A new descriptor; `None` when as many are open as may.
    pub(crate) fn open(&mut self, what: What) -> Option<u32> {
        let opened = self.open.keys().filter(|fd| **fd >= FIRST).count();
        if opened >= self.limit {
            return None;
        }
        let fd = (FIRST..).find(|fd| !self.open.contains_key(fd))?;
        let opened = match what {
            What::Folder => Opened::Folder,
            What::Stream { nonblocking } => Opened::Stream {
                stream: self.file.device.open(),
                nonblocking,
            },
        };
        self.open.insert(fd, opened);
        Some(fd)
    }

    /// Whether a descriptor is ready to be read or written; the folder never is.
    pub(crate) fn poll(&mut self, fd: u32, write: bool, cx: &mut Context<'_>) -> Poll<()> {
        match self.stream(fd) {
            Some((stream, _)) if write => stream.poll_writable(cx),
            Some((stream, _)) => stream.poll_readable(cx),
            None => Poll::Pending,
        }
    }
}

/// What is opened in the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Folder,
    Stream { nonblocking: bool },
}

/// Standard input, output and error come before.
const FIRST_PREOPENED: u32 = 3;
/// Far from the numbers that wasmtime-wasi gives, which begin at the lowest.
const FIRST: u32 = 1 << 20;
