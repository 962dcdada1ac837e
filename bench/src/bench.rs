//! What all rows share: the programs, the guests, a folder of the run's own, how many calls a round has.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::machine::Cores;
use crate::process::{Server, Start};

/// One run.
pub struct Bench {
    pub cores: Cores,
    /// Of every comparison.
    pub rounds: usize,
    /// Tiny counts: only whether it works.
    pub quick: bool,
    /// The command under measurement.
    pub farcall: PathBuf,
    /// The repository.
    pub root: PathBuf,
    /// wRPC's command, if the run has one.
    pub wrpc: Option<PathBuf>,
    policies: String,
    folder: tempfile::TempDir,
}

impl Bench {
    /// Finds out what the command can do.
    pub fn new(
        cores: Cores,
        rounds: usize,
        quick: bool,
        farcall: PathBuf,
        root: PathBuf,
        wrpc: Option<PathBuf>,
    ) -> Result<Bench> {
        let help = Command::new(&farcall).args(["serve", "--help"]).output();
        let help = help.with_context(|| farcall.display().to_string())?;
        let policies = String::from_utf8_lossy(&help.stdout).into_owned();
        let folder = tempfile::tempdir()?;
        Ok(Bench {
            cores,
            rounds,
            quick,
            farcall,
            root,
            wrpc,
            policies,
            folder,
        })
    }

    /// Whether `farcall serve` has that policy.
    pub fn has_policy(&self, policy: &str) -> bool {
        let text = self.policies.split("--policy").nth(1).unwrap_or_default();
        text.split("\n      --")
            .next()
            .is_some_and(|about| about.contains(policy))
    }

    /// `farcall serve` on the servers' core, with a cache of the run's own.
    pub fn serve(&self, files: &[&Path], arguments: &[&str]) -> Result<Server> {
        let start = Start::new(self.cores.server(), &self.farcall);
        self.serving(start, &self.path("cache"), files, arguments).server()
    }

    /// `farcall serve` on all cores, with a cache that the caller names: for measuring how it starts.
    pub fn serve_from(&self, cache: &Path, files: &[&Path]) -> Result<Server> {
        let start = Start::new(self.cores.all(), &self.farcall);
        self.serving(start, cache, files, &[]).server()
    }

    fn serving(&self, start: Start, cache: &Path, files: &[&Path], arguments: &[&str]) -> Start {
        start.with(|command| {
            command
                .arg("serve")
                .args(files)
                .args(["--listen", "127.0.0.1:0"])
                .args(arguments);
            command.env_remove("FARCALL_CACHE").env("XDG_CACHE_HOME", cache);
        })
    }

    /// The native server.
    pub fn native(&self) -> Result<Server> {
        let start = Start::new(self.cores.server(), &std::env::current_exe()?);
        start
            .with(|command| {
                command.arg("native");
            })
            .server()
    }

    /// A component that is checked in.
    pub fn fixture(&self, name: &str) -> PathBuf {
        self.root.join("guests/fixtures").join(name).with_extension("wasm")
    }

    /// A component that `cargo xtask guests` builds.
    pub fn built(&self, name: &str) -> PathBuf {
        self.root.join("target/guests").join(name).with_extension("wasm")
    }

    /// A place of the run's own, gone after it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The calls of a round, far fewer in a quick run.
    pub fn calls(&self, full: u64) -> u64 {
        if self.quick { (full / 500).clamp(2, 100) } else { full }
    }
}
