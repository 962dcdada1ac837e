//! Why there are no bindings, or no project.

use std::io;
use std::path::PathBuf;

/// Why something could not be made or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProjectError {
    /// The generator of a language refused the world, or gave up on it.
    #[error("no {language} bindings for the world `{world}`: {reason}")]
    Bindings {
        /// The language's name.
        language: &'static str,
        /// The world's name.
        world: String,
        /// What the generator said.
        reason: String,
    },
    /// A new project's folder has something in it.
    #[error("{} is not empty", .0.display())]
    NotEmpty(PathBuf),
    /// A file or a folder could not be written.
    #[error("cannot write {}: {error}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}
