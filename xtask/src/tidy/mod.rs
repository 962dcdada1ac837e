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

/// How strict to be.
#[derive(Args, Debug, Default)]
pub struct Options {
    /// A rule of the spec that nothing cites is a failure, not a warning
    #[arg(long)]
    pub strict_citations: bool,
}

/// Check, print, and fail if anything is wrong.
pub fn run(options: &Options) -> Result<()> {
    let report = check(options)?;
    for warning in &report.warnings {
        println!("tidy: warning: {warning}");
    }
    for fault in &report.faults {
        println!("tidy: {fault}");
    }
    if !report.faults.is_empty() {
        bail!("tidy: {} faults", report.faults.len());
    }
    Ok(())
}

struct Report {
    faults: Vec<String>,
    warnings: Vec<String>,
}

fn check(options: &Options) -> Result<Report> {
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
    let mut warnings = Vec::new();
    let uncited = if options.strict_citations {
        &mut faults
    } else {
        &mut warnings
    };
    uncited.extend(citations.uncited);
    Ok(Report { faults, warnings })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_is_tidy() {
        let report = check(&Options::default()).unwrap();
        assert!(report.faults.is_empty(), "\n{}", report.faults.join("\n"));
    }
}
