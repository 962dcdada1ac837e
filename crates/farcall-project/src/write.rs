//! Writes files into a folder. What is in them comes from `bindings` and `project`.

use std::io;
use std::path::{Path, PathBuf};

use crate::bindings::Written;
use crate::error::ProjectError;

/// Writes files below a folder, over what is there; returns their paths. Folders are made as needed.
pub fn write(folder: &Path, files: &[Written]) -> Result<Vec<PathBuf>, ProjectError> {
    let mut paths = Vec::new();
    for file in files {
        let path = folder.join(&file.path);
        put(&path, &file.bytes).map_err(|error| ProjectError::Write {
            path: path.clone(),
            error,
        })?;
        paths.push(path);
    }
    Ok(paths)
}

/// The same into a folder that has nothing in it yet, or is not there.
pub fn write_new(folder: &Path, files: &[Written]) -> Result<Vec<PathBuf>, ProjectError> {
    let failed = |error| ProjectError::Write {
        path: folder.into(),
        error,
    };
    match std::fs::read_dir(folder) {
        Ok(mut entries) => {
            if entries.next().is_some() {
                return Err(ProjectError::NotEmpty(folder.into()));
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    write(folder, files)
}

fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, bytes)?;
    #[cfg(unix)]
    if path.extension().is_some_and(|extension| extension == "sh") {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(path)?.permissions().mode();
        // Whoever may read it may run it.
        let run = (mode & 0o444) >> 2;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode | run))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Vec<Written> {
        let file = |path: &str| Written {
            path: path.into(),
            bytes: b"#!/bin/sh\n".to_vec(),
        };
        vec![file("build.sh"), file("a/b.txt")]
    }

    #[test]
    fn a_folder_with_something_in_it_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("mine"), "").unwrap();
        let error = write_new(folder.path(), &files()).unwrap_err();
        assert!(matches!(error, ProjectError::NotEmpty(_)));
        assert!(error.to_string().contains("is not empty"));
        assert!(!folder.path().join("build.sh").exists());
        let error = write_new(&folder.path().join("mine"), &files()).unwrap_err();
        assert!(matches!(error, ProjectError::Write { .. }), "{error}");
    }

    #[test]
    fn an_empty_folder_and_none_are_filled() {
        let folder = tempfile::tempdir().unwrap();
        write_new(folder.path(), &files()).unwrap();
        let paths = write_new(&folder.path().join("new/one"), &files()).unwrap();
        assert_eq!(std::fs::read(&paths[1]).unwrap(), b"#!/bin/sh\n");
    }

    #[cfg(unix)]
    #[test]
    fn scripts_can_be_run() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let paths = write(folder.path(), &files()).unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o111;
        assert_ne!(mode(&paths[0]), 0);
        assert_eq!(mode(&paths[1]), 0);
    }
}
