//! The components of `examples/`, each folder built by its own `build.sh` in a copy under `target/guests-build`, with the
//! toolchains that the guests are built with handed over by environment. It knows nothing of what is in a folder.

use super::{Options, Toolchains, out, stamp};
use crate::process::{built, capture, program, root};
use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// One folder of `examples`.
struct Example {
    folder: &'static str,
    needs: &'static [Need],
}

/// What a `build.sh` starts.
#[derive(Clone, Copy)]
enum Need {
    Rust,
    /// A C compiler, and `farcall` for the bindings and the component.
    C,
    /// The same for C++.
    Cpp,
    JavaScript,
    Python,
}

const EXAMPLES: [Example; 4] = [
    Example {
        folder: "hello",
        needs: &[Need::Rust],
    },
    Example {
        folder: "faas",
        needs: &[Need::Rust, Need::C, Need::JavaScript],
    },
    Example {
        folder: "image-thumbnail",
        needs: &[Need::Rust, Need::JavaScript],
    },
    Example {
        folder: "word-count",
        needs: &[Need::Python, Need::C, Need::Cpp],
    },
];

/// Variables for a `build.sh`.
pub type Environment = Vec<(String, OsString)>;

/// Build them, and return what was skipped, like the guests.
pub fn build(options: &Options, toolchains: &mut Toolchains) -> Result<Vec<String>> {
    let mut skipped = Vec::new();
    for example in &EXAMPLES {
        let name = format!("example-{}", example.folder);
        if options
            .filter
            .as_ref()
            .is_some_and(|text| !name.contains(text.as_str()))
        {
            continue;
        }
        let from = root().join("examples").join(example.folder);
        let stamp = stamp::of(&sources(&from)?)?;
        let to = out().join("examples").join(example.folder);
        if !options.force && to.exists() && stamp::is(&name, &stamp) {
            println!("guests: {name} is up to date");
            continue;
        }
        // A test must not take the components of older sources for these.
        remove(&to)?;
        let start = Instant::now();
        println!("guests: building {name}");
        match environment(example.needs, toolchains)? {
            Ok(environment) => {
                make(&from, &to, &environment).with_context(|| format!("guest {name}"))?;
                stamp::write(&name, &stamp)?;
                println!("guests: {name} built in {:.1} s", start.elapsed().as_secs_f32());
            }
            Err(reason) => {
                println!("guests: {name} skipped: {reason}");
                skipped.push(format!("{name}: {reason}"));
            }
        }
    }
    Ok(skipped)
}

fn environment(needs: &[Need], toolchains: &mut Toolchains) -> Result<Result<Environment, String>> {
    let mut all = vec![("CARGO_TARGET_DIR".to_string(), work().join("target").into())];
    for need in needs {
        let found = match need {
            Need::Rust => toolchains.rust().map(|rust| rust.environment()),
            Need::C => toolchains.c().map(|c| c.environment()),
            Need::Cpp => toolchains.cpp().map(|cpp| cpp.environment()),
            Need::JavaScript => toolchains.javascript().map(|javascript| javascript.environment()),
            Need::Python => toolchains.python().map(|python| python.environment()),
        };
        match found {
            Ok(found) => all.extend(found),
            Err(reason) => return Ok(Err(reason)),
        }
        if matches!(need, Need::C | Need::Cpp) {
            let farcall = built("farcall")?;
            all.push((
                "PATH".to_string(),
                path_with(farcall.parent().context("it is in a folder")?)?,
            ));
        }
    }
    Ok(Ok(all))
}

fn path_with(folder: &Path) -> Result<OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    Ok(std::env::join_paths(
        std::iter::once(folder.to_path_buf()).chain(std::env::split_paths(&path)),
    )?)
}

/// In a copy: what a build writes stays out of the sources, and what is missing in the folder is missed.
fn make(from: &Path, to: &Path, environment: &Environment) -> Result<()> {
    let name = from.file_name().context("an example has a name")?;
    let copy = work().join(name);
    remove(&copy)?;
    for source in sources(from)? {
        let place = copy.join(source.strip_prefix(from)?);
        if source.is_file() {
            std::fs::create_dir_all(place.parent().context("a file is in a folder")?)?;
            std::fs::copy(&source, &place).with_context(|| source.display().to_string())?;
        }
    }
    let mut build = program("sh");
    build
        .arg("build.sh")
        .current_dir(&copy)
        .envs(environment.iter().cloned());
    // Set for the host's programs, they would hide the target's own, or break it.
    build.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    capture(&mut build)?;
    if !copy.join("out").is_dir() {
        bail!("build.sh made no folder out");
    }
    std::fs::create_dir_all(to.parent().context("it is in a folder")?)?;
    std::fs::rename(copy.join("out"), to).with_context(|| to.display().to_string())
}

/// Every file that is not built.
fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        match path.is_dir() {
            true if BUILT.contains(&name.as_ref()) => {}
            true => found.extend(sources(&path)?),
            false => found.push(path),
        }
    }
    found.sort();
    Ok(found)
}

fn remove(folder: &Path) -> Result<()> {
    match folder.exists() {
        true => std::fs::remove_dir_all(folder).with_context(|| folder.display().to_string()),
        false => Ok(()),
    }
}

fn work() -> PathBuf {
    root().join("target/guests-build/examples")
}

/// What `build.sh` writes, in the folder of a person who tried it.
const BUILT: [&str; 6] = ["out", "gen", "target", "node_modules", ".venv", "__pycache__"];
