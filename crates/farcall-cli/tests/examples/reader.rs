//! A reader of an example's README: has the example's folder, built, and runs the commands of its console blocks. Knows
//! nothing of what they do.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tempfile::TempDir;
use tokio::process::Command;

use crate::harness::{Ended, Server, ended, text};

/// The reader, with a copy of the folder.
pub struct Reader {
    folder: TempDir,
    /// What the README says where a server is, and where it is in this run.
    places: Vec<(String, String)>,
    servers: Vec<Server>,
}

impl Reader {
    /// A reader of an example that is built, or `None` with the reason printed; a failure where nothing may be skipped.
    pub fn of(example: &str) -> Option<Reader> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let guests = std::env::var_os("FARCALL_GUESTS").map_or_else(|| root.join("target/guests"), PathBuf::from);
        let built = guests.join("examples").join(example);
        if !built.is_dir() {
            println!("skipped: {example} is not built; `cargo xtask guests` builds it, or says what it lacks");
            let required = std::env::var("FARCALL_REQUIRE_ALL").is_ok_and(|value| value == "1");
            assert!(!required, "FARCALL_REQUIRE_ALL is set, and {example} is not built");
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder");
        copy(&root.join("examples").join(example), folder.path());
        copy(&built, &folder.path().join("out"));
        let programs = folder.path().join(PROGRAMS);
        std::fs::create_dir(&programs).expect("it can be made");
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_farcall"), programs.join("farcall")).expect("it can be linked");
        Some(Reader {
            folder,
            places: Vec::new(),
            servers: Vec::new(),
        })
    }

    /// Runs the commands of the README, and insists on what it says that they print; how many there were.
    pub async fn follow(&mut self) -> usize {
        let readme = std::fs::read_to_string(self.path("README.md")).expect("it is there");
        let steps = steps(&readme);
        for step in &steps {
            self.step(step).await;
        }
        steps.len()
    }

    /// A file or folder of the example.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The servers that the README had started, in its order.
    pub fn servers(&mut self) -> &mut Vec<Server> {
        &mut self.servers
    }

    /// Runs a line in the folder, with the README's addresses, and waits for its end.
    pub async fn run(&self, line: &str) -> Ended {
        ended(self.shell(line).spawn().expect("there is a shell")).await
    }

    /// The line, in the folder and with the README's addresses, not started.
    pub fn shell(&self, line: &str) -> Command {
        let mut line = line.to_owned();
        for (said, place) in &self.places {
            line = line.replace(said, place);
        }
        let mut command = Command::new("sh");
        command.args(["-c", &line]).current_dir(self.folder.path());
        command.env_remove("FARCALL_LOG");
        command.env("FARCALL_CACHE", concat!(env!("CARGO_TARGET_TMPDIR"), "/farcall-cache"));
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::iter::once(self.path(PROGRAMS)).chain(std::env::split_paths(&path));
        command.env("PATH", std::env::join_paths(path).expect("a path"));
        command.kill_on_drop(true);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    async fn step(&mut self, step: &Step) {
        let Step { line, prints } = step;
        if line == "./build.sh" {
            // `cargo xtask guests` ran it.
            return assert!(self.path("out").is_dir());
        }
        match line.strip_prefix("farcall serve ") {
            Some(arguments) => self.serve(arguments, prints).await,
            None => {
                let ended = self.run(line).await.with(0);
                assert_eq!(ended.stdout.trim_end(), prints.trim_end(), "{line}\n{}", ended.stderr);
            }
        }
    }

    /// Starts a server of the README, on a port that is free.
    async fn serve(&mut self, arguments: &str, prints: &str) {
        let said = prints
            .strip_prefix("listening on ")
            .expect("a line of a server")
            .trim_end();
        let mut arguments = arguments.to_owned();
        for (said, place) in &self.places {
            arguments = arguments.replace(said, place);
        }
        let mut words: Vec<String> = Vec::new();
        for word in arguments.split_whitespace() {
            match (words.last().map(String::as_str), self.path(word)) {
                (Some("--listen"), _) => drop(words.pop()),
                (_, path) if path.exists() => words.push(text(&path).to_owned()),
                _ => words.push(word.to_owned()),
            }
        }
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let server = Server::start(&words).await;
        self.places.retain(|(before, _)| before != said);
        self.places.push((said.to_owned(), server.url().to_owned()));
        self.servers.push(server);
    }
}

/// A command and what it prints.
struct Step {
    line: String,
    prints: String,
}

fn steps(readme: &str) -> Vec<Step> {
    let blocks = readme.split("```").skip(1).step_by(2);
    let consoles = blocks.filter_map(|block| block.strip_prefix("console\n"));
    let commands = consoles.flat_map(|console| console.split("$ ").skip(1));
    let step = |command: &str| {
        let mut end = 0;
        for line in command.split_inclusive('\n') {
            end += line.len();
            if !line.ends_with("\\\n") {
                break;
            }
        }
        let (line, prints) = command.split_at(end);
        Step {
            line: line.trim_end().to_owned(),
            prints: prints.to_owned(),
        }
    };
    commands.map(step).collect()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("it can be made");
    for entry in std::fs::read_dir(from).expect("it can be read") {
        let path = entry.expect("it can be read").path();
        let name = path.file_name().expect("it has a name");
        if path.is_file() {
            std::fs::copy(&path, to.join(name)).expect("it can be copied");
        } else if !BUILT.contains(&name.to_string_lossy().as_ref()) {
            copy(&path, &to.join(name));
        }
    }
}

const PROGRAMS: &str = "programs";
/// What somebody who built an example by hand has in its folder.
const BUILT: [&str; 5] = ["out", "gen", "target", "node_modules", ".venv"];
