//! A page's steps: files that it writes, commands with what they print, and what it quotes of files that are there. Runs
//! nothing.

/// One step of a page.
#[derive(Debug)]
pub enum Step {
    /// A block below `<!-- file NAME -->`.
    File { name: String, content: String },
    /// A block below `<!-- from PATH -->`, the path from the repository's root.
    Quote { path: String, content: String },
    /// A line of a `console` block, and what is below it: nothing where it may print anything; a line that begins with `error: `
    /// where it fails.
    Command { line: String, prints: String },
    /// A heading: another terminal, or another machine.
    Heading,
    /// `<!-- stop machine-a -->` before a block: its server ends.
    Stop,
}

pub struct Page {
    pub steps: Vec<Step>,
}

/// Reads the page of a language, which is named as `farcall new --lang` does.
pub fn read(language: &str) -> Page {
    let name = if language == "js" { "javascript" } else { language };
    let path = crate::harness::root().join(format!("docs/guides/{name}.md"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Page { steps: steps(&text) }
}

impl Page {
    pub fn commands(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().filter_map(|step| match step {
            Step::Command { line, .. } => Some(line.as_str()),
            _ => None,
        })
    }

    pub fn quotes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.steps.iter().filter_map(|step| match step {
            Step::Quote { path, content } => Some((path.as_str(), content.as_str())),
            _ => None,
        })
    }
}

fn steps(text: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut blocks = text.split("```");
    while let (Some(before), Some(block)) = (blocks.next(), blocks.next()) {
        let (language, content) = block.split_once('\n').expect("a block has lines");
        if before.contains("\n## ") {
            steps.push(Step::Heading);
        }
        // The last line before the block says what it is.
        let comment = before.trim_end().lines().last().unwrap_or_default();
        let comment = comment.strip_prefix("<!-- ").and_then(|rest| rest.strip_suffix(" -->"));
        match comment.and_then(|comment| comment.split_once(' ')) {
            Some(("file", name)) => steps.push(Step::File {
                name: name.to_owned(),
                content: content.to_owned(),
            }),
            Some(("from", path)) => steps.push(Step::Quote {
                path: path.to_owned(),
                content: content.to_owned(),
            }),
            Some(("stop", _)) => steps.push(Step::Stop),
            _ => {}
        }
        if language == "console" {
            steps.extend(commands(content));
        }
    }
    steps
}

fn commands(block: &str) -> Vec<Step> {
    let mut commands: Vec<(String, String)> = Vec::new();
    for line in block.lines() {
        match (line.strip_prefix("$ "), commands.last_mut()) {
            (Some(line), _) => commands.push((line.to_owned(), String::new())),
            (None, Some((command, _))) if command.ends_with('\\') => {
                command.push('\n');
                command.push_str(line);
            }
            (None, Some((_, prints))) => {
                prints.push_str(line);
                prints.push('\n');
            }
            (None, None) => panic!("a console block begins with `{line}`"),
        }
    }
    let commands = commands.into_iter();
    commands.map(|(line, prints)| Step::Command { line, prints }).collect()
}

#[test]
fn a_page_is_read_into_its_steps() {
    let text = "Text.\n\n## Heading\n\n<!-- file a/b.txt -->\n```wit\nx\n```\n\n```console\n$ one \\\n    two\nsaid\n$ three\n```\n<!-- stop it -->\n```sh\nno\n```\n";
    let steps = steps(text);
    let [
        Step::Heading,
        Step::File { name, content },
        Step::Command { line, prints },
        Step::Command { line: last, .. },
        Step::Stop,
    ] = &steps[..]
    else {
        panic!("{steps:?}");
    };
    assert_eq!((name.as_str(), content.as_str()), ("a/b.txt", "x\n"));
    assert_eq!(
        (line.as_str(), prints.as_str(), last.as_str()),
        ("one \\\n    two", "said\n", "three")
    );
}
