//! Starts the `farcall` binary as a user would and waits for it within bounds. Knows nothing of what components do.

#![allow(dead_code, unused_imports, reason = "each test binary uses a part")]

mod gate;
mod guests;
mod server;
mod wire;

use std::future::Future;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, Command};

pub use gate::Gate;
pub use guests::{built, calc, calc_client, component, fixture, outdated, root, text};
pub use server::Server;
pub use wire::Wire;

/// Longer than anything here takes on a busy machine: what goes past it hangs.
pub const PATIENCE: Duration = Duration::from_secs(300);

/// Waits, but not for ever.
pub async fn within<T>(work: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(done) => done,
        Err(_) => panic!("nothing happened for {PATIENCE:?}"),
    }
}

/// The binary with these arguments, without input, without the environment's log setting, and with a cache of the tests'.
pub fn farcall(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_farcall"));
    command.args(arguments).env_remove("FARCALL_LOG").kill_on_drop(true);
    command.env("FARCALL_CACHE", concat!(env!("CARGO_TARGET_TMPDIR"), "/farcall-cache"));
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs the binary to its end.
pub async fn run(arguments: &[&str]) -> Ended {
    ended(farcall(arguments).spawn().expect("the binary starts")).await
}

/// Waits for a process and what it said.
pub async fn ended(child: Child) -> Ended {
    let output = within(child.wait_with_output())
        .await
        .expect("the process is waited for");
    Ended {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("standard output is UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("standard error is UTF-8"),
    }
}

/// Sends a signal, by its name without `SIG`.
pub async fn signal(child: &Child, name: &str) {
    let id = child.id().expect("the process runs");
    let sent = Command::new("sh")
        .args(["-c", &format!("kill -s {name} {id}")])
        .status()
        .await;
    assert!(sent.is_ok_and(|sent| sent.success()), "no {name} for process {id}");
}

/// How a process ended.
#[derive(Debug)]
pub struct Ended {
    /// `None` when a signal ended it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    /// Insists on the exit code.
    #[track_caller]
    pub fn with(self, code: i32) -> Ended {
        assert_eq!(
            self.code,
            Some(code),
            "stdout:\n{}\nstderr:\n{}",
            self.stdout,
            self.stderr
        );
        assert!(!self.stderr.contains("panicked at"), "{}", self.stderr);
        self
    }

    /// Insists on success, on silence on standard error and on exactly this on standard output.
    #[track_caller]
    pub fn prints(self, stdout: &str) {
        let ended = self.with(0);
        assert_eq!((ended.stdout.as_str(), ended.stderr.as_str()), (stdout, ""));
    }

    /// Insists on the exit code, on an empty standard output and on these pieces of standard error.
    #[track_caller]
    pub fn fails(self, code: i32, pieces: &[&str]) -> Ended {
        let ended = self.with(code);
        assert_eq!(ended.stdout, "", "a failure prints no result");
        for piece in pieces {
            assert!(ended.stderr.contains(piece), "`{piece}` is not in:\n{}", ended.stderr);
        }
        ended
    }
}
