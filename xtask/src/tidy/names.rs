//! Names that say nothing: of modules, functions and tests.

use super::sources::Source;

const BANNED_MODULES: [&str; 8] = [
    "util", "utils", "common", "helper", "helpers", "misc", "types", "manager",
];

/// What is wrong with a file's names.
pub fn faults(source: &Source) -> Vec<String> {
    let mut faults = Vec::new();
    if !source.is_rust() {
        return faults;
    }
    for part in source.path.trim_end_matches(".rs").split('/') {
        if BANNED_MODULES.contains(&part) {
            faults.push(source.fault(1, &format!("a module called {part} has no job of its own")));
        }
    }
    for (number, line) in source.text.lines().enumerate() {
        let Some(name) = declared(line) else { continue };
        if name.starts_with("get_") {
            faults.push(source.fault(number + 1, &format!("{name}: no get_ prefix")));
        }
        if name.starts_with("test_") {
            faults.push(source.fault(number + 1, &format!("{name}: a test is a sentence without test_")));
        }
    }
    faults
}

// The name of the function that the line declares.
fn declared(line: &str) -> Option<&str> {
    let (before, after) = line.split_once("fn ")?;
    let is_declaration = before.split_whitespace().all(|word| {
        matches!(word, "pub" | "const" | "async" | "unsafe" | "extern" | "default") || word.starts_with("pub(")
    });
    is_declaration.then(|| after.split(['(', '<']).next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn banned_names_are_faults() {
        let source = |path: &str, text: &str| Source {
            path: path.to_string(),
            text: text.to_string(),
        };
        assert_eq!(faults(&source("crates/x/src/util.rs", "")).len(), 1);
        assert_eq!(
            faults(&source("crates/x/src/call.rs", "    pub async fn get_name(&self) {}\n")).len(),
            1
        );
        assert_eq!(
            faults(&source(
                "crates/x/src/call.rs",
                "// the fn get_name of old\nfn gets() {}\n"
            ))
            .len(),
            0
        );
        assert_eq!(
            faults(&source("crates/x/src/call.rs", concat!("fn te", "st_it() {}\n"))).len(),
            1
        );
    }
}
