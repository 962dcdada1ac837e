//! Every rule of the spec that says MUST is cited by a test: a rule is an item `- **V-1** ...` of `spec/*.md`, a citation its
//! id in a test of the crates or of fuzz (`/// spec: V-1`), or in a vector, which tests read.
//!
//! That a citation stands beside a check that holds the rule, only a reader can tell.

use super::sources::Source;
use std::collections::{BTreeMap, BTreeSet};

/// What was found.
pub struct Citations {
    /// Rules with MUST that no test cites.
    pub uncited: Vec<String>,
    /// Citations of rules that are not there, and rules with one id.
    pub unknown: Vec<String>,
}

struct Rule {
    at: String,
    must: bool,
}

/// Compare rules and citations.
pub fn check(sources: &[Source]) -> Citations {
    let mut rules: BTreeMap<&str, Rule> = BTreeMap::new();
    let mut unknown = Vec::new();
    for source in sources
        .iter()
        .filter(|source| source.path.starts_with("spec/") && source.path.ends_with(".md"))
    {
        let mut current = None;
        for (number, line) in source.text.lines().enumerate() {
            let item = line.strip_prefix("- **").or_else(|| line.strip_prefix("* **"));
            if let Some(id) = item.and_then(|rest| rest.split("**").next()).filter(|id| is_id(id)) {
                let at = source.fault(number + 1, id);
                if let Some(first) = rules.insert(
                    id,
                    Rule {
                        at: at.clone(),
                        must: false,
                    },
                ) {
                    unknown.push(format!("{at} is also at {}", first.at));
                }
                current = Some(id);
            } else if !line.starts_with("  ") {
                current = None;
            }
            if let Some(rule) = current.and_then(|id| rules.get_mut(id)) {
                rule.must |= line.contains("MUST");
            }
        }
    }
    let mut tested: BTreeSet<&str> = BTreeSet::new();
    for source in sources.iter().filter(|source| cites(source)) {
        let tests_begin = source.text.find("#[cfg(test)]").unwrap_or(source.text.len());
        let mut offset = 0;
        for (number, line) in source.text.lines().enumerate() {
            let is_test = !source.is_rust() || source.path.contains("/tests/") || offset >= tests_begin;
            offset += line.len() + 1;
            let marked = line.contains("spec: ") || line.contains("spec/");
            for word in line
                .split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
                .filter(|word| is_id(word))
            {
                if rules.contains_key(word) {
                    if is_test {
                        tested.insert(word);
                    }
                } else if marked {
                    unknown.push(source.fault(number + 1, &format!("{word}: the spec has no such rule")));
                }
            }
        }
    }
    let uncited = rules
        .iter()
        .filter(|(id, rule)| rule.must && !tested.contains(*id))
        .map(|(_, rule)| format!("{}: says MUST, and no test cites it", rule.at));
    Citations {
        uncited: uncited.collect(),
        unknown,
    }
}

fn cites(source: &Source) -> bool {
    source.is_rust() && !source.path.starts_with("xtask/") || source.path.starts_with("spec/vectors/")
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

    fn source(path: &str, text: &str) -> Source {
        Source {
            path: path.to_string(),
            text: text.to_string(),
        }
    }

    #[test]
    fn uncited_and_unknown_rules_are_found() {
        let sources = [
            source(
                "spec/values.md",
                "- **V-1** A request MUST be.\n- **V-2** And this, see V-1, on\n  two lines, MUST.\n* **V-3** MUST too.\n\
                 - **V-4** This may be.\n",
            ),
            source(
                "crates/x/tests/a.rs",
                "// spec: V-1\n// spec/values.md V-9: gone\n// utf-8 and X-5 are no citations\n",
            ),
            source("spec/vectors/values.json", "{\"invalid\": \"V-3\"}\n"),
        ];
        let found = check(&sources);
        assert_eq!(
            found.uncited,
            ["spec/values.md:2: V-2: says MUST, and no test cites it"]
        );
        assert_eq!(found.unknown, ["crates/x/tests/a.rs:2: V-9: the spec has no such rule"]);
    }

    #[test]
    fn a_citation_outside_tests_is_not_a_test() {
        let rules = source("spec/values.md", "- **V-1** MUST.\n- **V-2** MUST.\n");
        let code = source(
            "crates/x/src/a.rs",
            "// spec: V-1\n#[cfg(test)]\nmod tests {\n// spec: V-2\n}\n",
        );
        let found = check(&[rules, code]);
        assert_eq!(
            found.uncited,
            ["spec/values.md:1: V-1: says MUST, and no test cites it"]
        );
    }

    #[test]
    fn two_rules_of_one_id_are_named() {
        let twice = source("spec/values.md", "- **V-1** A.\n- **V-1** B.\n");
        assert_eq!(
            check(&[twice]).unknown,
            ["spec/values.md:2: V-1 is also at spec/values.md:1: V-1"]
        );
    }
}
