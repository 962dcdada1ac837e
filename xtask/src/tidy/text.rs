//! Texts that have no place in the repository: paths of one machine, tests that do not run, work left for later.

use super::sources::Source;

// Taken apart, so that this file does not name them.
const BANNED: [(&str, &str); 8] = [
    (concat!("TO", "DO"), "do it, or say in the docs what is absent"),
    (concat!("FIX", "ME"), "do it, or say in the docs what is absent"),
    (concat!("#[ig", "nore"), "a test that does not run tests nothing"),
    (concat!("/ho", "me/"), "a path of one machine"),
    (concat!("/ro", "ot/"), "a path of one machine"),
    (concat!("/Us", "ers/"), "a path of one machine"),
    (concat!("/wo", "rk/main"), "a path of one machine"),
    (concat!("/wo", "rk/shared"), "a path of one machine"),
];

/// What is wrong with a file's text.
pub fn faults(source: &Source) -> Vec<String> {
    let mut faults = Vec::new();
    for (number, line) in source.text.lines().enumerate() {
        for (banned, why) in BANNED {
            if line.contains(banned) {
                faults.push(source.fault(number + 1, &format!("{banned}: {why}")));
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn banned_texts_are_faults_with_their_line() {
        let text = format!("fine\n// {}: later\n", BANNED[0].0);
        let found = faults(&Source {
            path: "README.md".to_string(),
            text,
        });
        assert_eq!(found, [format!("README.md:2: {}: {}", BANNED[0].0, BANNED[0].1)]);
    }
}
