//! The cache's folder: read, write, remove and shrink, all with the rule that only this user may have written what is read.
//!
//! Not here: what is in the files (`entry`).

use super::entry::SUFFIX;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, SystemTime};

/// A folder that belongs to this user and that nobody else can write.
pub(super) struct Folder<'a> {
    path: &'a Path,
}

impl<'a> Folder<'a> {
    pub(super) fn open(path: &'a Path) -> io::Result<Self> {
        let found = fs::symlink_metadata(path)?;
        if !found.is_dir() {
            return Err(io::Error::new(io::ErrorKind::NotADirectory, "not a folder"));
        }
        owner::check(&found)?;
        Ok(Self { path })
    }

    /// With its parents, where there is none.
    pub(super) fn create(path: &'a Path) -> io::Result<Self> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        owner::private_folder(&mut builder);
        builder.create(path)?;
        Self::open(path)
    }

    /// The bytes of a file, at most `limit`; marks it as used now.
    pub(super) fn read(&self, name: &str, limit: u64) -> io::Result<Vec<u8>> {
        let mut options = OpenOptions::new();
        options.read(true);
        owner::no_link_and_no_wait(&mut options);
        let file = options.open(self.path.join(name))?;
        let found = file.metadata()?;
        if !found.is_file() {
            return Err(io::Error::other("not a file"));
        }
        owner::check(&found)?;
        if found.len() > limit {
            return Err(io::Error::other(format!(
                "{} bytes exceed the limit of {limit}",
                found.len()
            )));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(found.len()).unwrap_or_default());
        (&file).take(limit).read_to_end(&mut bytes)?;
        // What is used least is removed first; a clock that cannot be set costs no more than that.
        let _ = file.set_modified(SystemTime::now());
        Ok(bytes)
    }

    /// A file of these parts. Whoever opens the name sees all of it or what was there before.
    pub(super) fn write(&self, name: &str, parts: &[&[u8]]) -> io::Result<()> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let unfinished = format!(
            "{name}.{}.{}{UNFINISHED}",
            std::process::id(),
            COUNT.fetch_add(1, Relaxed)
        );
        let unfinished = self.path.join(unfinished);
        let written = self.write_new(&unfinished, parts);
        let kept = written.and_then(|()| fs::rename(&unfinished, self.path.join(name)));
        if kept.is_err() {
            let _ = fs::remove_file(&unfinished);
        }
        kept
    }

    fn write_new(&self, path: &Path, parts: &[&[u8]]) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        owner::private_file(&mut options);
        let mut file = options.open(path)?;
        parts.iter().try_for_each(|part| file.write_all(part))
    }

    pub(super) fn remove(&self, name: &str) {
        let _ = fs::remove_file(self.path.join(name));
    }

    /// Remove what was used longest ago until no more than `limit` bytes are left, and what a process that died has left
    /// unfinished. Gives the bytes that are left.
    pub(super) fn shrink(&self, limit: u64) -> u64 {
        let now = SystemTime::now();
        let mut kept: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
        for file in fs::read_dir(self.path).into_iter().flatten().flatten() {
            let name = file.file_name();
            let name = name.to_string_lossy();
            let Ok(found) = file.metadata() else { continue };
            let used = found.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            if name.ends_with(SUFFIX) && found.is_file() {
                kept.push((used, found.len(), file.path()));
            } else if name.ends_with(UNFINISHED) && now.duration_since(used).is_ok_and(|age| age > ABANDONED) {
                let _ = fs::remove_file(file.path());
            }
        }
        kept.sort();
        let mut size: u64 = kept.iter().map(|(_, size, _)| size).sum();
        for (_, file, path) in kept {
            if size <= limit {
                break;
            }
            if fs::remove_file(path).is_ok() {
                size = size.saturating_sub(file);
            }
        }
        size
    }
}

/// Who may write: on Unix, the user of this process alone.
#[cfg(unix)]
mod owner {
    use rustix::fs::OFlags;
    use std::fs::{DirBuilder, Metadata, OpenOptions};
    use std::io;
    use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};

    pub(super) fn check(found: &Metadata) -> io::Result<()> {
        let denied = |reason: String| Err(io::Error::new(io::ErrorKind::PermissionDenied, reason));
        let user = rustix::process::geteuid().as_raw();
        match (found.uid(), found.mode() & 0o7777) {
            (owner, _) if owner != user => denied(format!("it belongs to user {owner}, not to {user}")),
            (_, mode) if mode & 0o022 != 0 => denied(format!("others than its owner may write it: mode {mode:o}")),
            _ => Ok(()),
        }
    }

    pub(super) fn private_folder(builder: &mut DirBuilder) {
        builder.mode(0o700);
    }

    pub(super) fn private_file(options: &mut OpenOptions) {
        options.mode(0o600);
    }

    /// A pipe must not hold up whoever opens it, and a link may lead out of the folder.
    pub(super) fn no_link_and_no_wait(options: &mut OpenOptions) {
        options.custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed());
    }
}

/// Elsewhere nobody can tell, so nothing is cached.
#[cfg(not(unix))]
mod owner {
    use std::fs::{DirBuilder, Metadata, OpenOptions};
    use std::io;

    pub(super) fn check(_: &Metadata) -> io::Result<()> {
        Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "who may write it cannot be told here",
        ))
    }

    pub(super) fn private_folder(_: &mut DirBuilder) {}

    pub(super) fn private_file(_: &mut OpenOptions) {}

    pub(super) fn no_link_and_no_wait(_: &mut OpenOptions) {}
}

const UNFINISHED: &str = ".new";
/// Nobody takes so long to write a file.
const ABANDONED: Duration = Duration::from_secs(3600);

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs::File;

    fn fresh(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("farcall-folder-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        path
    }

    #[test]
    fn what_was_used_longest_ago_goes_first() {
        let path = fresh("shrink");
        let folder = Folder::create(&path).unwrap();
        let now = SystemTime::now();
        for (name, age) in [
            ("a.code", 30),
            ("b.code", 20),
            ("c.code", 10),
            ("notes", 90),
            ("d.code.1.2.new", 20),
        ] {
            folder.write_new(&path.join(name), &[&[7; 100]]).unwrap();
            let file = File::options().write(true).open(path.join(name)).unwrap();
            file.set_modified(now - Duration::from_secs(age)).unwrap();
        }
        folder.read("a.code", 100).unwrap();
        assert_eq!(folder.shrink(200), 200);
        let left = |name: &str| path.join(name).exists();
        assert!(left("a.code") && !left("b.code") && left("c.code"));
        assert!(
            left("notes") && left("d.code.1.2.new"),
            "not the cache's, or being written"
        );
        let abandoned = File::options().write(true).open(path.join("d.code.1.2.new")).unwrap();
        abandoned.set_modified(now - 2 * ABANDONED).unwrap();
        assert_eq!(folder.shrink(200), 200);
        assert!(!left("d.code.1.2.new"));
        fs::remove_dir_all(&path).unwrap();
    }

    #[test]
    fn a_write_that_fails_leaves_nothing_behind() {
        let path = fresh("failed");
        let folder = Folder::create(&path).unwrap();
        fs::create_dir(path.join("taken.code")).unwrap();
        assert!(folder.write("taken.code", &[b"code"]).is_err());
        assert_eq!(fs::read_dir(&path).unwrap().count(), 1);
        fs::remove_dir_all(&path).unwrap();
    }
}
