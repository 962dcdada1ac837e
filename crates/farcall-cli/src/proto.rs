//! `farcall proto`: what is there, as protocol buffers.

use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;

use crate::inspect::look;
use crate::print;

/// Show the functions of a server or of a file as proto3
///
/// A service for each interface, with the paths that it is served at; the WIT's documentation stands in comments. There
/// are several files, as each interface has a package for its messages: --out writes them where `protoc -I` finds them.
#[derive(Args)]
#[command(after_help = "Examples:
  farcall proto calc.wasm
  farcall proto http://127.0.0.1:7070 --out protos && protoc -I protos --python_out=. $(find protos -name '*.proto')")]
pub struct Proto {
    /// http://host:port, a component, a .wit file or a folder of WIT
    target: String,
    /// A folder for the files, which is made if need be
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Proto {
    /// Looks, prints or writes.
    pub async fn run(&self) -> anyhow::Result<ExitCode> {
        let files = look(&self.target).await?.proto()?;
        let Some(folder) = &self.out else {
            let texts = files
                .iter()
                .map(|file| format!("// FILE: {}\n{}", file.name, file.text));
            print::out(&texts.collect::<Vec<_>>().join("\n"))?;
            return Ok(ExitCode::SUCCESS);
        };
        for file in &files {
            // The names come from a server's WIT.
            let name = Path::new(&file.name);
            if !name.components().all(|part| matches!(part, Component::Normal(_))) {
                bail!("{} is not the name of a file", file.name);
            }
            let path = folder.join(name);
            let parent = path.parent().unwrap_or(folder);
            std::fs::create_dir_all(parent).with_context(|| parent.display().to_string())?;
            std::fs::write(&path, &file.text).with_context(|| path.display().to_string())?;
            print::out(&format!("{}\n", path.display()))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
