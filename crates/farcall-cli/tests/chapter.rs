//! The chapter from the proposal to the wire, as its reader would try it: its files are made, its commands run, and each
//! prints what the chapter says.
//!
//! Pieces of guests' sources are `marked.rs`'s.

mod harness;

use std::collections::HashMap;
use std::path::Path;

use harness::{Server, built, calc, run, text, within};
use tokio::process::Command;

/// One step of the chapter.
enum Step<'a> {
    File { name: &'a str, content: &'a str },
    Command { words: Vec<String>, prints: String },
}

fn steps(chapter: &str) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    let mut name = None;
    let mut blocks = chapter.split("```");
    while let (Some(before), Some(block)) = (blocks.next(), blocks.next()) {
        if let Some((_, rest)) = before.rsplit_once("<!-- file ") {
            name = rest.split_once(" -->").map(|(name, _)| name);
        }
        let (language, content) = block.split_once('\n').expect("a block has lines");
        match (language, name.take()) {
            ("console", None) => steps.extend(commands(content)),
            (_, Some(name)) => steps.push(Step::File { name, content }),
            (_, None) => {}
        }
    }
    steps
}

fn commands(content: &str) -> impl Iterator<Item = Step<'_>> {
    content.split("$ ").skip(1).map(|command| {
        let (line, prints) = command.split_once('\n').expect("a command's line ends");
        Step::Command {
            words: words(line),
            prints: prints.to_owned(),
        }
    })
}

/// A line's words; what is between `'` is one.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut is_quoted = false;
    for character in line.chars() {
        match character {
            '\'' => is_quoted = !is_quoted,
            ' ' if !is_quoted => words.push(String::new()),
            character => words.last_mut().expect("there is a word").push(character),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Where the chapter's addresses are in this run, and the servers that they are of.
struct Reader<'a> {
    folder: &'a Path,
    places: HashMap<String, String>,
    servers: Vec<Server>,
    missing: Option<String>,
}

impl Reader<'_> {
    /// The words as they are in this run: files in the folder, addresses of servers that run.
    fn here(&self, words: &[String]) -> Vec<String> {
        let here = |word: &String| {
            let mut word = match self.folder.join(word).exists() {
                true => text(&self.folder.join(word)).to_owned(),
                false => word.clone(),
            };
            for (said, place) in &self.places {
                word = word.replace(said, place);
            }
            word
        };
        words.iter().map(here).collect()
    }

    /// Puts the guests that a command names into the folder.
    fn bring(&mut self, words: &[String]) {
        for word in words.iter().filter(|word| word.ends_with(".wasm")) {
            let guest = match word.as_str() {
                "calc.wasm" => Some(calc().into()),
                name => built(name.trim_end_matches(".wasm")),
            };
            match guest {
                Some(guest) => drop(std::fs::copy(guest, self.folder.join(word)).expect("it can be copied")),
                None => self.missing = Some(word.clone()),
            }
        }
    }

    async fn serve(&mut self, words: &[String], prints: &str) {
        let said: Vec<&str> = prints
            .lines()
            .map(|line| line.strip_prefix("listening on ").expect("a line of a server"))
            .collect();
        let mut arguments = self.here(&words[2..]);
        for argument in &mut arguments {
            if argument.starts_with("127.0.0.1:") {
                *argument = "127.0.0.1:0".to_owned();
            }
            if let Some(socket) = argument.strip_prefix("unix:") {
                *argument = format!("unix:{}", self.folder.join(socket).display());
            }
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let server = Server::start(&arguments).await;
        assert_eq!(said.len(), server.urls().len(), "{words:?}");
        for (said, url) in said.iter().zip(server.urls()) {
            self.places.insert((*said).to_owned(), url.clone());
        }
        self.servers.push(server);
    }

    async fn command(&mut self, words: &[String], prints: &str) {
        self.bring(words);
        if let Some(missing) = &self.missing {
            return println!("skipped: {words:?}: {missing} is not built");
        }
        let here = self.here(words);
        let arguments: Vec<&str> = here[1..].iter().map(String::as_str).collect();
        match (words[0].as_str(), words[1].as_str()) {
            ("farcall", "serve") => self.serve(words, prints).await,
            ("farcall", _) => {
                let ended = run(&arguments).await.with(0);
                let said = (ended.stdout.trim_end(), ended.stderr.as_str());
                assert_eq!(said, (prints.trim_end(), ""), "{words:?}");
            }
            ("curl", _) => match within(Command::new("curl").args(&arguments).output()).await {
                Ok(output) => assert_eq!(String::from_utf8_lossy(&output.stdout), prints.trim_end(), "{words:?}"),
                Err(error) => println!("skipped: curl: {error}"),
            },
            other => panic!("{other:?} is no command of the chapter"),
        }
    }
}

#[tokio::test]
async fn the_chapters_commands_print_what_it_says() {
    let chapter = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/from-the-proposal.md");
    let chapter = std::fs::read_to_string(chapter).expect("it is there");
    let folder = tempfile::tempdir().expect("a folder");
    let mut reader = Reader {
        folder: folder.path(),
        places: HashMap::new(),
        servers: Vec::new(),
        missing: None,
    };
    let (mut files, mut commands) = (0, 0);
    for step in steps(&chapter) {
        match step {
            Step::File { name, content } => {
                std::fs::write(folder.path().join(name), content).expect("it can be written");
                files += 1;
            }
            Step::Command { words, prints } => {
                reader.command(&words, &prints).await;
                commands += 1;
            }
        }
    }
    assert_eq!((files, commands), (3, 13));
}
