//! A project to start from: a component's WIT, source, build script and manifest in one language.
//!
//! Runs no tool: `build.sh` does, where a person can read it.

use crate::bindings::Written;
use crate::language::Language;
use crate::name::ProjectName;
use crate::templates;

/// The files of a new project, to be written below a folder of its own. Those that end in `.sh` are meant to be executable.
///
/// Its component exports `NAME:service/api` and imports nothing of the project's own.
pub fn project(language: Language, name: &ProjectName) -> Vec<Written> {
    let filled = |text: &str| {
        // The first two have placeholders themselves.
        text.replace("{{source}}", language.source())
            .replace("{{needs}}", language.needs())
            .replace("{{name}}", name.as_str())
            .replace("{{snake}}", &name.snake())
    };
    let files = templates::SERVICE.iter().chain(language.template());
    let files = files.map(|(path, text)| Written {
        path: filled(path),
        bytes: filled(text).into_bytes(),
    });
    files.collect()
}

#[cfg(test)]
mod tests {
    use std::path::{Component, Path};

    use farcall_wit::Wit;

    use super::*;

    #[test]
    fn every_language_has_a_project_without_placeholders() {
        for language in Language::ALL {
            let files = project(language, &"word-count".parse().unwrap());
            for file in &files {
                let text = std::str::from_utf8(&file.bytes).unwrap();
                assert!(
                    !text.contains("{{") && !file.path.contains("{{"),
                    "{}:\n{text}",
                    file.path
                );
                let plain = |part: Component<'_>| matches!(part, Component::Normal(_));
                assert!(Path::new(&file.path).components().all(plain), "{}", file.path);
            }
            let has = |path: &str| files.iter().any(|file| file.path == path);
            let source = language.source().replace("{{snake}}", "word_count");
            assert!(
                has("README.md") && has("build.sh") && has(".gitignore") && has(&source),
                "{language:?}"
            );
        }
    }

    #[test]
    fn a_projects_wit_is_a_world_that_exports_its_interface() {
        let files = project(Language::C, &"word-count".parse().unwrap());
        let world = files.iter().find(|file| file.path == "wit/world.wit").unwrap();
        let wit = Wit::from_text("world.wit", std::str::from_utf8(&world.bytes).unwrap(), Some("service")).unwrap();
        assert_eq!(wit.exports()[0].name.to_string(), "word-count:service/api");
        assert!(wit.imports().is_empty());
    }
}
