//! A reader of a guide: has a folder, writes the page's files into it and runs its commands. Knows nothing of what they do.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;
use tokio::process::Command;

use crate::harness::{Ended, Server, farcall, root, text};
use crate::page::{Page, Step};
use crate::toolchain::Toolchain;

/// Machine A, as the pages call it.
const MACHINE: &str = "machine-a:7070";

/// Longer than a compiler takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(900);

pub struct Reader {
    folder: TempDir,
    /// Where `cd` has led.
    place: PathBuf,
    toolchain: Toolchain,
    server: Option<Server>,
    /// Where machine A is in this run, once it serves; afterwards too.
    address: Option<String>,
}

impl Reader {
    pub fn new(toolchain: Toolchain) -> Reader {
        let folder = tempfile::tempdir().expect("a folder");
        let programs = folder.path().join("programs");
        std::fs::create_dir(&programs).expect("it can be made");
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_farcall"), programs.join("farcall")).expect("it can be linked");
        Reader {
            place: folder.path().to_path_buf(),
            folder,
            toolchain,
            server: None,
            address: None,
        }
    }

    /// Does all of it; panics where something is not as the page says.
    pub async fn follow(&mut self, page: &Page) {
        for step in &page.steps {
            match step {
                Step::File { name, content } => {
                    let path = self.folder.path().join(name);
                    std::fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
                    std::fs::write(path, self.here(content)).expect("it can be written");
                }
                Step::Command { line, prints } => self.command(line, prints).await,
                Step::Heading => self.place = self.folder.path().to_path_buf(),
                Step::Stop => {
                    let server = self.server.take().expect("a server runs");
                    server.signal("TERM").await;
                    server.ended().await.with(0);
                }
                Step::Quote { .. } => {}
            }
        }
    }

    async fn command(&mut self, line: &str, prints: &str) {
        if let Some(folder) = line.strip_prefix("cd ") {
            self.place = self.place.join(folder);
            assert!(self.place.is_dir(), "{line}");
        } else if let Some(file) = line.strip_prefix("farcall serve ") {
            let file = file
                .strip_suffix(" --listen 0.0.0.0:7070")
                .expect("a server for other machines");
            // Compiled before: a server has less time to start than that takes on a busy machine.
            let compiled = format!("farcall run {file} --invoke 'hello:service/api.greet(\"you\")'");
            assert_eq!(self.shell(&compiled).await.with(0).stdout, "\"Hello, you!\"\n");
            let server = Server::start(&[text(&self.place.join(file))]).await;
            self.address = server.url().strip_prefix("http://").map(str::to_owned);
            self.server = Some(server);
            assert_eq!(prints, "listening on http://0.0.0.0:7070\n", "{line}");
        } else {
            let ended = self.shell(line).await;
            let said = ended.stdout + &ended.stderr;
            let code = i32::from(prints.starts_with("error: "));
            assert_eq!(ended.code, Some(code), "{line}\n{said}");
            let is_right = prints.is_empty() || said == self.here(prints);
            if line.starts_with("farcall new ") {
                let project = line.rsplit(' ').next().expect("a name");
                self.bring_packages(&self.place.join(project));
            }
            assert!(is_right, "{line}\nprinted:\n{said}\nand the page says:\n{prints}");
        }
    }

    /// What is here already is not fetched again: the versions that the guests are built with, npm's packages.
    fn bring_packages(&self, project: &Path) {
        if project.join("Cargo.toml").exists() {
            let lock = root().join("guests/rust/Cargo.lock");
            std::fs::copy(lock, project.join("Cargo.lock")).expect("a lock file");
        }
        if let Some(packages) = &self.toolchain.node_modules {
            std::os::unix::fs::symlink(packages, project.join("node_modules")).expect("it can be linked");
        }
    }

    /// Runs the line where `cd` has led, with the toolchain and with the settings that the tests have for `farcall`.
    async fn shell(&self, line: &str) -> Ended {
        let mut shell = Command::new("sh");
        shell.args(["-c", &self.here(line)]).current_dir(&self.place);
        for (name, value) in farcall(&[]).as_std().get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        let inherited = std::env::var_os("PATH").unwrap_or_default();
        let mut path = vec![self.folder.path().join("programs")];
        path.extend(self.toolchain.path.iter().cloned());
        path.extend(std::env::split_paths(&inherited));
        shell.env("PATH", std::env::join_paths(path).expect("a path"));
        shell.envs(self.toolchain.variables.iter().map(|(name, value)| (name, value)));
        // Set for the host's programs, they would hide the target's.
        shell.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
        shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = shell.kill_on_drop(true).spawn().expect("there is a shell");
        let output = tokio::time::timeout(PATIENCE, child.wait_with_output()).await;
        let output = output.expect("it ends").expect("it is waited for");
        Ended {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// With the address that machine A has in this run.
    fn here(&self, said: &str) -> String {
        match &self.address {
            Some(address) => said.replace(MACHINE, address),
            None => said.to_owned(),
        }
    }
}
