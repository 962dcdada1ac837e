//! Compiled code kept on disk, so that a component that was loaded once starts without compiling.
//!
//! Not here: running the engine over what is found (`compile`). Nothing here fails a load: what goes wrong is logged, and
//! the component is compiled.

mod entry;
mod folder;

pub(crate) use entry::{Entry, Key, digest};

use folder::Folder;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// A folder of compiled code, bounded in size. Several processes may use the same one.
pub(crate) struct Cache {
    path: PathBuf,
    limit: u64,
    /// Bytes in the folder as far as is known: it grows by what is written from here, and is counted anew now and then.
    size: AtomicU64,
    writes: AtomicU64,
    warned: AtomicBool,
}

impl Cache {
    pub(crate) fn new(path: PathBuf, limit: u64) -> Self {
        Self {
            path,
            limit,
            size: AtomicU64::new(0),
            writes: AtomicU64::new(0),
            warned: AtomicBool::new(false),
        }
    }

    /// The code kept under `key`, whole and unchanged since it was written.
    pub(crate) fn find(&self, key: &Key) -> Option<Entry> {
        let folder = self.folder(false)?;
        let name = key.file_name();
        let found = folder.read(&name, LARGEST_ENTRY.min(self.limit));
        let bytes = match found {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(error) => {
                self.discard(key, &error.to_string());
                return None;
            }
        };
        match entry::open(bytes, key) {
            Ok(entry) => Some(entry),
            Err(reason) => {
                self.discard(key, &reason.to_string());
                None
            }
        }
    }

    /// Remove what cannot be used.
    pub(crate) fn discard(&self, key: &Key, reason: &str) {
        let name = key.file_name();
        tracing::warn!(folder = %self.path.display(), name, reason, "cached code is not used: the component is compiled");
        if let Some(folder) = self.folder(false) {
            folder.remove(&name);
        }
    }

    /// Keep `code` under `key`, and end what was used longest ago where there is too much.
    pub(crate) fn keep(&self, key: &Key, code: &[u8]) {
        let header = entry::header(key, code);
        let size = (header.len() + code.len()) as u64;
        if size > LARGEST_ENTRY.min(self.limit) {
            tracing::debug!(size, "compiled code is too large to be kept");
            return;
        }
        let Some(folder) = self.folder(true) else { return };
        if let Err(error) = folder.write(&key.file_name(), &[&header, code]) {
            tracing::debug!(folder = %self.path.display(), %error, "compiled code could not be kept");
            return;
        }
        let known = self.size.fetch_add(size, Relaxed).saturating_add(size);
        if known > self.limit || self.writes.fetch_add(1, Relaxed).is_multiple_of(WRITES_BETWEEN_COUNTS) {
            self.size.store(folder.shrink(self.limit), Relaxed);
        }
    }

    /// The folder, when there is one that only this user can write.
    fn folder(&self, create: bool) -> Option<Folder<'_>> {
        let found = if create {
            Folder::create(&self.path)
        } else {
            Folder::open(&self.path)
        };
        match found {
            Ok(folder) => Some(folder),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                if !self.warned.swap(true, Relaxed) {
                    tracing::warn!(folder = %self.path.display(), %error, "compiled code is not cached");
                }
                None
            }
        }
    }
}

/// Bytes of one entry: the code of the largest component, some times its size.
const LARGEST_ENTRY: u64 = 1 << 30;
/// How far the count may lag behind what other processes write.
const WRITES_BETWEEN_COUNTS: u64 = 64;
