//! A hash of everything that a component is built from, kept beside it: what is up to date is not built again. It looks at
//! contents and names only, never at times.

use super::out;
use crate::process::program;
use anyhow::{Context, Result};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// Of files and folders, and of the compiler's version.
pub fn of(sources: &[PathBuf]) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    crate::process::capture(program("rustc").arg("--version"))?.hash(&mut hasher);
    for source in sources {
        add(source, &mut hasher)?;
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Whether the component is there, built from what has this hash.
pub fn is_fresh(name: &str, stamp: &str) -> bool {
    let component = out().join(name).with_extension("wasm");
    component.exists() && is(name, stamp)
}

/// Whether what was built last under this name was built from what has this hash.
pub fn is(name: &str, stamp: &str) -> bool {
    std::fs::read_to_string(path(name)).is_ok_and(|written| written == stamp)
}

/// The component is built from what has this hash.
pub fn write(name: &str, stamp: &str) -> Result<()> {
    std::fs::write(path(name), stamp).with_context(|| path(name).display().to_string())
}

fn path(name: &str) -> PathBuf {
    out().join("stamps").join(name)
}

fn add(path: &Path, hasher: &mut DefaultHasher) -> Result<()> {
    path.file_name().hash(hasher);
    if path.is_dir() {
        let mut entries = Vec::new();
        for entry in std::fs::read_dir(path).with_context(|| path.display().to_string())? {
            entries.push(entry?.path());
        }
        entries.sort();
        entries.len().hash(hasher);
        for entry in entries {
            add(&entry, hasher)?;
        }
    } else {
        std::fs::read(path)
            .with_context(|| path.display().to_string())?
            .hash(hasher);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_file_changes_the_stamp_and_a_touched_one_does_not() {
        let folder = std::env::temp_dir().join(format!("farcall-stamp-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("src")).unwrap();
        std::fs::write(folder.join("src/a"), "one").unwrap();
        let first = of(std::slice::from_ref(&folder)).unwrap();
        std::fs::write(folder.join("src/a"), "one").unwrap();
        assert_eq!(of(std::slice::from_ref(&folder)).unwrap(), first);
        std::fs::write(folder.join("src/a"), "two").unwrap();
        let second = of(std::slice::from_ref(&folder)).unwrap();
        assert_ne!(second, first);
        std::fs::rename(folder.join("src/a"), folder.join("src/b")).unwrap();
        assert_ne!(of(std::slice::from_ref(&folder)).unwrap(), second);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
