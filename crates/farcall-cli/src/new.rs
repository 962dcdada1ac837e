//! `farcall new`: a project to start from.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use farcall_project::{Language, ProjectName, project, write_new};

use crate::print;

/// Write a project in a language: WIT, source, a build script
///
/// What it builds is served and called at once. The language's ordinary tools are needed and nothing of WebAssembly's;
/// what else there is to install, `build.sh` installs into the project's folder.
#[derive(Args)]
#[command(after_help = "Examples:
  farcall new --lang rust hello && cd hello && ./build.sh && farcall serve hello.wasm
  farcall new --lang python word-count --dir services/word-count")]
pub struct New {
    /// The project's name, and the namespace of its WIT: words joined by `-`
    name: ProjectName,
    /// The language
    #[arg(long, value_parser = languages())]
    lang: Language,
    /// The folder, which must have nothing in it: NAME, unless said
    #[arg(long)]
    dir: Option<PathBuf>,
}

impl New {
    /// Writes, and says what comes next.
    pub fn run(&self) -> anyhow::Result<ExitCode> {
        let name = &self.name;
        let folder = self.dir.clone().unwrap_or_else(|| name.as_str().into());
        for path in write_new(&folder, &project(self.lang, name))? {
            print::out(&format!("{}\n", path.display()))?;
        }
        let folder = folder.display();
        print::out(&format!(
            "\nNext:\n  cd {folder}\n  ./build.sh\n  farcall serve {name}.wasm\n\
             and in another terminal:\n  farcall call http://127.0.0.1:7070 '{name}:service/api.greet(\"you\")'\n"
        ))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn languages() -> impl TypedValueParser<Value = Language> {
    let parser = PossibleValuesParser::new(Language::ALL.map(Language::name));
    parser.try_map(|name| {
        Language::ALL
            .into_iter()
            .find(|language| language.name() == name)
            .ok_or("no such language")
    })
}
