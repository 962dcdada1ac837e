//! `cargo xtask tidy`: holds the habits. Each rule is a module that looks at the files and returns what is wrong.
//!
//! It changes no file, and says nothing of what rustfmt and clippy hold already.

mod citations;
mod dependencies;
mod names;
mod sources;
mod text;

use crate::process::root;
use anyhow::{Result, bail};
use clap::Args;

/// Nothing to choose.
#[derive(Args, Debug, Default)]
pub struct Options {}

/// Check, print, and fail if anything is wrong.
pub fn run(_: &Options) -> Result<()> {
    let faults = faults()?;
    for fault in &faults {
        println!("tidy: {fault}");
    }
    if !faults.is_empty() {
        bail!("tidy: {} faults", faults.len());
    }
    Ok(())
}

fn faults() -> Result<Vec<String>> {
    let root = root();
    let sources = sources::all(&root)?;
    let mut faults = Vec::new();
    for source in &sources {
        faults.extend(sources::faults(source));
        faults.extend(names::faults(source));
        faults.extend(text::faults(source));
    }
    faults.extend(dependencies::faults(&root)?);
    let citations = citations::check(&sources);
    faults.extend(citations.unknown);
    faults.extend(citations.uncited);
    Ok(faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_is_tidy() {
        let faults = faults().unwrap();
        assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    }
}
