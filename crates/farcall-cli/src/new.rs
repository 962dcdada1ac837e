//! `farcall new`: a project to start from.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use farcall_project::{Language, ProjectName, caller, service, write_new};

use crate::print;

/// Write a project in a language: WIT, source, a build script
///
/// A service, or with --calls a component that calls one. What it builds works at once. The language's ordinary tools are
/// needed and nothing of WebAssembly's; what else there is to install, `build.sh` installs into the project's folder.
#[derive(Args)]
#[command(after_help = "Examples:
  farcall new --lang rust hello && cd hello && ./build.sh && farcall serve hello.wasm
  farcall new --lang python --calls hello app                    a component that calls it
  farcall new --lang go word-count --dir services/word-count")]
pub struct New {
    /// The project's name, and the namespace of its WIT: words joined by `-`
    name: ProjectName,
    /// The language
    #[arg(long, value_parser = languages())]
    lang: Language,
    /// A component that calls the service of this name, as `farcall new` writes it in any language
    #[arg(long, value_name = "SERVICE")]
    calls: Option<ProjectName>,
    /// The folder, which must have nothing in it: NAME, unless said
    #[arg(long)]
    dir: Option<PathBuf>,
}

impl New {
    /// Writes, and says what comes next.
    pub fn run(&self) -> anyhow::Result<ExitCode> {
        let name = &self.name;
        let folder = self.dir.clone().unwrap_or_else(|| name.as_str().into());
        let (files, next) = match &self.calls {
            None => (
                service(self.lang, name),
                format!(
                    "  farcall serve {name}.wasm\nand in another terminal:\n  \
                     farcall call http://127.0.0.1:7070 '{name}:service/api.greet(\"you\")'\n"
                ),
            ),
            Some(calls) => (
                caller(self.lang, name, calls),
                format!(
                    "and, while `farcall serve {calls}.wasm` runs:\n  \
                     farcall run {name}.wasm --invoke 'run(\"you\")' --link {calls}:service/api=http://127.0.0.1:7070\n"
                ),
            ),
        };
        for path in write_new(&folder, &files)? {
            print::out(&format!("{}\n", path.display()))?;
        }
        print::out(&format!("\nNext:\n  cd {}\n  ./build.sh\n{next}", folder.display()))?;
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
