//! A project to start from: a component's WIT, source, build script and manifest in one language.
//!
//! Runs no tool: `build.sh` does, where a person can read it.

use crate::bindings::Written;
use crate::language::Language;
use crate::name::ProjectName;
use crate::templates;

/// The files of a new service, to be written below a folder of its own: a component that exports `NAME:service/api` and
/// imports nothing but what its language's library needs. Those that end in `.sh` are meant to be executable.
pub fn service(language: Language, name: &ProjectName) -> Vec<Written> {
    let template = language.template();
    let files = templates::SERVICE.iter().chain(template.build);
    let words = Words::new(language, name, name, "service", template.service.0);
    words.fill(files.chain([&template.service]))
}

/// The files of a component that calls such a service: it imports `SERVICE:service/api` and exports `run`.
pub fn caller(language: Language, name: &ProjectName, service: &ProjectName) -> Vec<Written> {
    let template = language.template();
    let files = templates::APP.iter().chain(template.build);
    let words = Words::new(language, name, service, "app", template.app.0);
    let mut files = words.fill(files.chain([&template.app]));
    files.push(Written {
        path: format!("wit/deps/{service}/world.wit"),
        bytes: templates::SERVICE_WIT
            .replace("{{name}}", service.as_str())
            .into_bytes(),
    });
    files
}

/// What stands for each placeholder.
struct Words([(&'static str, String); 7]);

impl Words {
    fn new(language: Language, name: &ProjectName, calls: &ProjectName, world: &str, source: &str) -> Words {
        Words([
            // The first has placeholders itself.
            ("{{source}}", source.into()),
            ("{{needs}}", language.needs().into()),
            ("{{world}}", world.into()),
            ("{{name}}", name.to_string()),
            ("{{snake}}", name.snake()),
            ("{{calls}}", calls.to_string()),
            ("{{calls_snake}}", calls.snake()),
        ])
    }

    fn fill<'a>(&self, files: impl Iterator<Item = &'a (&'a str, &'a str)>) -> Vec<Written> {
        let filled = |text: &str| {
            let words = self.0.iter();
            words.fold(text.to_owned(), |text, (placeholder, word)| {
                text.replace(placeholder, word)
            })
        };
        let files = files.map(|(path, text)| Written {
            path: filled(path),
            bytes: filled(text).into_bytes(),
        });
        files.collect()
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Component, Path};

    use farcall_wit::Wit;

    use super::*;

    fn name(text: &str) -> ProjectName {
        text.parse().unwrap()
    }

    fn text<'a>(files: &'a [Written], path: &str) -> &'a str {
        let file = files.iter().find(|file| file.path == path);
        std::str::from_utf8(&file.unwrap_or_else(|| panic!("no {path}")).bytes).unwrap()
    }

    #[test]
    fn every_language_has_projects_without_placeholders() {
        for language in Language::ALL {
            let (service, caller) = (
                service(language, &name("word-count")),
                caller(language, &name("my-app"), &name("word-count")),
            );
            for files in [&service, &caller] {
                for file in files {
                    let text = text(files, &file.path);
                    assert!(
                        !text.contains("{{") && !file.path.contains("{{"),
                        "{}:\n{text}",
                        file.path
                    );
                    let plain = |part: Component<'_>| matches!(part, Component::Normal(_));
                    assert!(Path::new(&file.path).components().all(plain), "{}", file.path);
                }
                let (readme, build) = (text(files, "README.md"), text(files, "build.sh"));
                assert!(
                    readme.contains("## What to change") && build.starts_with("#!/bin/sh\n"),
                    "{language:?}"
                );
                text(files, ".gitignore");
            }
            let source = language.template().service.0.replace("{{snake}}", "word_count");
            assert!(
                text(&service, "README.md").contains(&format!("`{source}`")),
                "{language:?}"
            );
            assert!(text(&service, &source).contains("division by zero"), "{language:?}");
        }
    }

    #[test]
    fn a_services_world_exports_what_its_callers_import() {
        let service = service(Language::C, &name("word-count"));
        let wit = Wit::from_text("world.wit", text(&service, "wit/world.wit"), Some("service")).unwrap();
        assert!(wit.imports().is_empty());

        let folder = tempfile::tempdir().unwrap();
        let caller = caller(Language::C, &name("my-app"), &name("word-count"));
        crate::write(folder.path(), &caller).unwrap();
        let calling = Wit::from_path(&folder.path().join("wit"), Some("app")).unwrap();
        let (exported, imported) = (&wit.exports()[0], &calling.imports()[0]);
        assert_eq!(exported.name.to_string(), "word-count:service/api");
        assert_eq!(exported.name, imported.name);
        assert_eq!(exported.functions.len(), imported.functions.len());
    }
}
