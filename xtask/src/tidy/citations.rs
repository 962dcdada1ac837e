//! Every rule of the spec is cited: a rule is a line `- **V-1** ...` of `spec/*.md`, a citation is its id in Rust of the crates
//! (`// spec: V-1`, or `spec/values.md V-1`) or in a vector.
//!
//! That a citation stands beside a check that holds the rule, only a reader can tell.

use super::sources::Source;
use std::collections::BTreeMap;

/// What was found.
pub struct Citations {
    /// Rules that nothing cites.
    pub uncited: Vec<String>,
    /// Citations of rules that are not there, and rules with one id.
    pub unknown: Vec<String>,
}

/// Compare rules and citations.
pub fn check(sources: &[Source]) -> Citations {
    let mut rules: BTreeMap<&str, String> = BTreeMap::new();
    let mut unknown = Vec::new();
    for source in sources
        .iter()
        .filter(|source| source.path.starts_with("spec/") && source.path.ends_with(".md"))
    {
        for (number, line) in source.text.lines().enumerate() {
            let item = line.strip_prefix("- **").or_else(|| line.strip_prefix("* **"));
            let id = item.and_then(|rest| rest.split("**").next()).filter(|id| is_id(id));
            let Some(id) = id else { continue };
            if let Some(first) = rules.insert(id, source.fault(number + 1, id)) {
                unknown.push(source.fault(number + 1, &format!("{id} is also at {first}")));
            }
        }
    }
    let mut cited: Vec<&str> = Vec::new();
    for source in sources.iter().filter(|source| cites(source)) {
        for (number, line) in source.text.lines().enumerate() {
            let marked = line.contains("spec: ") || line.contains("spec/");
            for word in line
                .split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
                .filter(|word| is_id(word))
            {
                if rules.contains_key(word) {
                    cited.push(word);
                } else if marked {
                    unknown.push(source.fault(number + 1, &format!("{word}: the spec has no such rule")));
                }
            }
        }
    }
    let uncited = rules
        .iter()
        .filter(|(id, _)| !cited.contains(id))
        .map(|(_, at)| format!("{at}: cited by no test or source"));
    Citations {
        uncited: uncited.collect(),
        unknown,
    }
}

fn cites(source: &Source) -> bool {
    source.path.starts_with("crates/") && source.path.ends_with(".rs") || source.path.starts_with("spec/vectors/")
}

fn is_id(word: &str) -> bool {
    let Some((letter, number)) = word.split_once('-') else {
        return false;
    };
    letter.len() == 1
        && letter.starts_with(|c: char| c.is_ascii_uppercase())
        && !number.is_empty()
        && number.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uncited_and_unknown_rules_are_found() {
        let source = |path: &str, text: &str| Source {
            path: path.to_string(),
            text: text.to_string(),
        };
        let sources = [
            source(
                "spec/values.md",
                "- **V-1** A request MUST be.\n- **V-2** And this, see V-1.\n* **V-3** Too.\n",
            ),
            source(
                "crates/x/src/a.rs",
                "// spec: V-1\n// spec/values.md V-9: gone\n// utf-8 and X-5 are no citations\n",
            ),
            source("spec/vectors/values.json", "{\"invalid\": \"V-3\"}\n"),
        ];
        let found = check(&sources);
        assert_eq!(found.uncited, ["spec/values.md:2: V-2: cited by no test or source"]);
        assert_eq!(found.unknown, ["crates/x/src/a.rs:2: V-9: the spec has no such rule"]);
    }
}
