//! The files that tidy looks at, and the rules of a whole file: a module doc, and a size that one can read.

use anyhow::{Context, Result};
use std::path::Path;

/// One text file of the repository.
pub struct Source {
    /// From the root, with `/`.
    pub path: String,
    /// All of it.
    pub text: String,
}

impl Source {
    /// Whether it is Rust that the project writes: not a guest's.
    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
            && ["crates/", "xtask/", "bench/", "fuzz/"]
                .iter()
                .any(|ours| self.path.starts_with(ours))
    }

    /// A fault of one line, counted from 1.
    pub fn fault(&self, line: usize, message: &str) -> String {
        format!("{}:{line}: {message}", self.path)
    }
}

const FOLDERS: [&str; 10] = [
    "crates", "xtask", "bench", "fuzz", "guests", "examples", "spec", "docs", ".ci", ".cargo",
];
const EXTENSIONS: [&str; 15] = [
    "rs", "md", "toml", "wit", "wat", "wast", "sh", "c", "h", "js", "mjs", "json", "txt", "run", "py",
];
const SKIPPED: [&str; 5] = ["target", "node_modules", "out", "gen", ".venv"];

/// Every text file, sorted by path.
pub fn all(root: &Path) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    for entry in std::fs::read_dir(root).context("the repository's root")? {
        let path = entry?.path();
        if path.is_file() {
            add(root, &path, &mut sources)?;
        }
    }
    for folder in FOLDERS {
        let folder = root.join(folder);
        if folder.exists() {
            walk(root, &folder, &mut sources)?;
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(sources)
}

fn walk(root: &Path, folder: &Path, sources: &mut Vec<Source>) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            if !SKIPPED.contains(&name.as_ref()) {
                walk(root, &path, sources)?;
            }
        } else {
            add(root, &path, sources)?;
        }
    }
    Ok(())
}

fn add(root: &Path, path: &Path, sources: &mut Vec<Source>) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let extension = name.rsplit('.').next().unwrap_or_default();
    if !EXTENSIONS.contains(&extension) {
        return Ok(());
    }
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let path = path
        .strip_prefix(root)
        .unwrap_or(path)
        .to_string_lossy()
        .replace('\\', "/");
    sources.push(Source { path, text });
    Ok(())
}

/// Lines of a file without its tests.
const CEILING: usize = 500;
/// Lines of a file of tests.
const TEST_CEILING: usize = 800;

/// What is wrong with a file as a whole.
pub fn faults(source: &Source) -> Vec<String> {
    let mut faults = Vec::new();
    if !source.is_rust() {
        return faults;
    }
    if !source.text.starts_with("//! ") {
        faults.push(source.fault(
            1,
            "does not open with a module doc: one sentence for its job, then what it does not do",
        ));
    }
    let tests = source.text.find("#[cfg(test)]\nmod ").unwrap_or(source.text.len());
    let (body, _) = source.text.split_at(tests);
    let lines = body.lines().count();
    let ceiling = if source.path.contains("/tests/") {
        TEST_CEILING
    } else {
        CEILING
    };
    if lines > ceiling {
        faults.push(source.fault(
            ceiling + 1,
            &format!("{lines} lines without tests, the ceiling is {ceiling}: which two nouns live here?"),
        ));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rust(text: String) -> Source {
        Source {
            path: "crates/x/src/a.rs".to_string(),
            text,
        }
    }

    #[test]
    fn a_file_without_a_module_doc_is_a_fault() {
        assert_eq!(faults(&rust("//! Does one thing.\n".to_string())).len(), 0);
        assert_eq!(faults(&rust("use std::fmt;\n".to_string())).len(), 1);
    }

    #[test]
    fn tests_do_not_count_towards_the_ceiling() {
        let body = format!("//! Long.\n{}", "fn f() {}\n".repeat(CEILING - 1));
        assert_eq!(faults(&rust(body.clone())).len(), 0);
        assert_eq!(
            faults(&rust(format!(
                "{body}#[cfg(test)]\nmod tests {{\n{}}}\n",
                "\n".repeat(900)
            )))
            .len(),
            0
        );
        assert_eq!(faults(&rust(format!("{body}fn g() {{}}\n"))).len(), 1);
    }
}
