//! The name of a new project: a namespace of WIT that is also a name in every language that its code may be in.

use std::fmt;
use std::str::FromStr;

use farcall_wit::Wit;

/// A project's name, such as `hello` or `word-count`: words of `a-z` and digits that begin with a letter, joined by `-`; 64
/// characters at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectName(String);

/// Why a text is no name of a project.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProjectNameError {
    /// Not words joined by `-`.
    #[error("`{0}` is no name: words of a-z and 0-9 that begin with a letter, joined by `-`, such as `word-count`")]
    Form(String),
    /// Too long for what is made of it.
    #[error("a name has {MAX_CHARACTERS} characters at most, this has {0}")]
    Long(usize),
    /// A word that some language, or WIT, keeps for itself.
    #[error("`{name}` means something in {language}; choose another name")]
    Taken {
        /// The name.
        name: String,
        /// Where it does.
        language: &'static str,
    },
}

impl ProjectName {
    /// As it stands in WIT.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it stands in identifiers: `word_count`.
    pub fn snake(&self) -> String {
        self.0.replace('-', "_")
    }
}

impl fmt::Display for ProjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ProjectName {
    type Err = ProjectNameError;

    fn from_str(text: &str) -> Result<ProjectName, ProjectNameError> {
        if text.len() > MAX_CHARACTERS {
            return Err(ProjectNameError::Long(text.chars().count()));
        }
        let is_word = |word: &str| {
            word.starts_with(|first: char| first.is_ascii_lowercase())
                && word
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        if !text.split('-').all(is_word) {
            return Err(ProjectNameError::Form(text.into()));
        }
        let taken = |language| ProjectNameError::Taken {
            name: text.into(),
            language,
        };
        if let Some((language, _)) = TAKEN.iter().find(|(_, words)| words.contains(&text)) {
            return Err(taken(language));
        }
        // WIT's own words are the parser's to know.
        let wit = format!("package {text}:service; interface api {{}}");
        match Wit::from_text("the name", &wit, None) {
            Ok(_) => Ok(ProjectName(text.into())),
            Err(_) => Err(taken("WIT")),
        }
    }
}

const MAX_CHARACTERS: usize = 64;

const TAKEN: [(&str, &[&str]); 3] = [
    ("WASI and WASM RPC", &["wasi", "wasm", "wasm-rpc", "root"]),
    (
        "Rust",
        &[
            "abstract",
            "alloc",
            "as",
            "async",
            "await",
            "become",
            "box",
            "break",
            "const",
            "continue",
            "core",
            "crate",
            "do",
            "dyn",
            "else",
            "enum",
            "extern",
            "false",
            "final",
            "fn",
            "for",
            "gen",
            "if",
            "impl",
            "in",
            "let",
            "loop",
            "macro",
            "match",
            "mod",
            "move",
            "mut",
            "override",
            "priv",
            "proc-macro",
            "pub",
            "ref",
            "return",
            "self",
            "static",
            "std",
            "struct",
            "super",
            "test",
            "trait",
            "true",
            "try",
            "type",
            "typeof",
            "unsafe",
            "unsized",
            "use",
            "virtual",
            "where",
            "while",
            "wit-bindgen",
            "yield",
        ],
    ),
    (
        "C++",
        &[
            "alignas",
            "alignof",
            "and",
            "and-eq",
            "asm",
            "auto",
            "bitand",
            "bitor",
            "bool",
            "case",
            "catch",
            "char",
            "class",
            "compl",
            "concept",
            "const-cast",
            "consteval",
            "constexpr",
            "constinit",
            "co-await",
            "co-return",
            "co-yield",
            "decltype",
            "default",
            "delete",
            "double",
            "dynamic-cast",
            "errno",
            "explicit",
            "export",
            "float",
            "friend",
            "goto",
            "inline",
            "int",
            "linux",
            "long",
            "mutable",
            "namespace",
            "new",
            "noexcept",
            "not",
            "not-eq",
            "nullptr",
            "operator",
            "or",
            "or-eq",
            "private",
            "protected",
            "public",
            "register",
            "reinterpret-cast",
            "requires",
            "short",
            "signed",
            "sizeof",
            "static-assert",
            "static-cast",
            "switch",
            "template",
            "this",
            "thread-local",
            "throw",
            "typedef",
            "typeid",
            "typename",
            "union",
            "unix",
            "unsigned",
            "using",
            "void",
            "volatile",
            "wchar-t",
            "wit",
            "xor",
            "xor-eq",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_joined_by_hyphens_are_names() {
        for name in ["hello", "word-count", "a", "v2", "a1-b2-c3"] {
            let parsed: ProjectName = name.parse().unwrap();
            assert_eq!(parsed.as_str(), name);
        }
        let name: ProjectName = "word-count".parse().unwrap();
        assert_eq!(name.snake(), "word_count");
    }

    #[test]
    fn what_is_no_word_is_refused_with_the_form_that_is_one() {
        for name in [
            "", "-", "Hello", "hello-", "-hello", "he--llo", "2nd", "a-2", "a_b", "a b", "grüße", "a/b", "..", "a.b",
        ] {
            let error = name.parse::<ProjectName>().unwrap_err();
            assert_eq!(error, ProjectNameError::Form(name.into()));
            assert!(error.to_string().contains("such as `word-count`"));
        }
        let long = "a".repeat(65);
        assert_eq!(long.parse::<ProjectName>(), Err(ProjectNameError::Long(65)));
        assert!("a".repeat(64).parse::<ProjectName>().is_ok());
    }

    #[test]
    fn words_of_a_language_are_refused_by_its_name() {
        let language = |name: &str| match name.parse::<ProjectName>() {
            Err(ProjectNameError::Taken { language, .. }) => language,
            other => panic!("{other:?}"),
        };
        assert_eq!(language("record"), "WIT");
        assert_eq!(language("world"), "WIT");
        assert_eq!(language("match"), "Rust");
        assert_eq!(language("class"), "C++");
        assert_eq!(language("std"), "Rust");
        assert_eq!(language("wasi"), "WASI and WASM RPC");
    }
}
