//! `farcall serve` in a process of its own, ended with its value. Calls nothing.

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::process::Child;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::{Ended, farcall, within};

/// A server that listens.
pub struct Server {
    child: Child,
    urls: Vec<String>,
    rest: JoinHandle<String>,
    stderr: watch::Receiver<String>,
    reading: JoinHandle<()>,
}

impl Server {
    /// `farcall serve` with these arguments, on a free port unless they say where.
    pub async fn start(arguments: &[&str]) -> Server {
        Server::start_in(arguments, &[]).await
    }

    /// The same with these variables in its environment.
    pub async fn start_in(arguments: &[&str], environment: &[(&str, &str)]) -> Server {
        let mut all = arguments.to_vec();
        let listeners = arguments.iter().filter(|argument| **argument == "--listen").count();
        if listeners == 0 {
            all.extend(["--listen", "127.0.0.1:0"]);
        }
        Server::with(&all, environment, listeners.max(1)).await
    }

    /// The same with so many listeners, which a configuration names.
    pub async fn listening(arguments: &[&str], listeners: usize) -> Server {
        Server::with(arguments, &[], listeners).await
    }

    async fn with(arguments: &[&str], environment: &[(&str, &str)], listeners: usize) -> Server {
        let mut all = vec!["serve"];
        all.extend(arguments);
        let mut command = farcall(&all);
        command.envs(environment.iter().copied());
        let mut child = command.spawn().expect("the binary starts");
        let (said, stderr) = watch::channel(String::new());
        let reading = tokio::spawn(collect(child.stderr.take().expect("a pipe"), said));
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut urls = Vec::new();
        for _ in 0..listeners {
            let mut line = String::new();
            within(stdout.read_line(&mut line))
                .await
                .expect("standard output is read");
            match line.trim_end().strip_prefix("listening on ") {
                Some(url) => urls.push(url.to_string()),
                None => {
                    within(reading).await.expect("standard error is read");
                    panic!(
                        "it does not listen; `{line}` on standard output, on standard error:\n{}",
                        *stderr.borrow()
                    );
                }
            }
        }
        let rest = tokio::spawn(async move {
            let mut rest = String::new();
            stdout
                .read_to_string(&mut rest)
                .await
                .expect("standard output is UTF-8");
            rest
        });
        Server {
            child,
            urls,
            rest,
            stderr,
            reading,
        }
    }

    /// Where its first listener is.
    pub fn url(&self) -> &str {
        &self.urls[0]
    }

    /// Where its listeners are.
    pub fn urls(&self) -> &[String] {
        &self.urls
    }

    /// How many files and sockets it has open.
    pub fn open_files(&self) -> usize {
        let id = self.child.id().expect("the process runs");
        let open = std::fs::read_dir(format!("/proc/{id}/fd"));
        open.map_or(0, |open| open.count())
    }

    /// Waits until it has said this on standard error.
    pub async fn has_said(&self, piece: &str) {
        let mut stderr = self.stderr.clone();
        let said = within(stderr.wait_for(|said| said.contains(piece))).await.is_ok();
        assert!(said, "it ended without `{piece}`:\n{}", *self.stderr.borrow());
    }

    /// Sends it a signal, by its name without `SIG`.
    pub async fn signal(&self, name: &str) {
        super::signal(&self.child, name).await;
    }

    /// Waits for its end; `stdout` is what it said after its listeners.
    pub async fn ended(mut self) -> Ended {
        let status = within(self.child.wait()).await.expect("the process is waited for");
        let stdout = within(self.rest).await.expect("standard output is read");
        within(self.reading).await.expect("standard error is read");
        let stderr = self.stderr.borrow().clone();
        Ended {
            code: status.code(),
            stdout,
            stderr,
        }
    }
}

async fn collect(mut from: impl AsyncRead + Unpin, into: watch::Sender<String>) {
    let mut chunk = [0; 4096];
    while let Ok(size) = from.read(&mut chunk).await
        && size > 0
    {
        into.send_modify(|said| said.push_str(&String::from_utf8_lossy(&chunk[..size])));
    }
}
