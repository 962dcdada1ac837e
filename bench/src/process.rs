//! Servers in processes of their own: started on the server's core, measured from outside, ended with their value.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// A running server.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// From the start of the process to its first `listening on` line.
    pub started_in: Duration,
}

/// How a server is started.
pub struct Start {
    command: Command,
}

impl Start {
    /// The program, on these cores; on any if there are none.
    pub fn new(cores: Option<String>, program: &Path) -> Start {
        let mut command = match cores {
            Some(cores) => {
                let mut command = Command::new("taskset");
                command.args(["-c", &cores]).arg(program);
                command
            }
            None => Command::new(program),
        };
        // The same for every server, pinned or not.
        command.env("TOKIO_WORKER_THREADS", "1");
        Start { command }
    }

    /// For arguments and environment.
    pub fn with(mut self, set: impl FnOnce(&mut Command)) -> Start {
        set(&mut self.command);
        self
    }

    /// Starts one that does not say where it listens: it was told. Whether it does yet is for the caller to find out.
    pub fn server_at(mut self, address: SocketAddr) -> Result<Server> {
        self.command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let child = self.command.spawn().with_context(|| format!("{:?}", self.command))?;
        Ok(Server {
            child,
            address,
            started_in: Duration::ZERO,
        })
    }

    /// Starts it, and waits until it listens or ends.
    pub fn server(mut self) -> Result<Server> {
        let mut errors = tempfile::tempfile()?;
        self.command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(errors.try_clone()?);
        let start = Instant::now();
        let mut child = self.command.spawn().with_context(|| format!("{:?}", self.command))?;
        let mut lines = BufReader::new(child.stdout.take().context("no standard output")?);
        let mut line = String::new();
        lines.read_line(&mut line)?;
        let started_in = start.elapsed();
        let address = line
            .trim()
            .strip_prefix("listening on http://")
            .and_then(|address| address.parse().ok());
        let Some(address) = address else {
            let _ = child.kill();
            let _ = child.wait();
            bail!("{:?} does not listen: {line}{}", self.command, said(&mut errors));
        };
        Ok(Server {
            child,
            address,
            started_in,
        })
    }
}

fn said(errors: &mut File) -> String {
    let mut text = String::new();
    let _ = errors.rewind();
    let _ = errors.read_to_string(&mut text);
    text.trim_end().to_string()
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Processor time by thread, to be compared with a later one.
pub struct Spent(HashMap<String, u64>);

impl Server {
    /// What each thread has spent until now.
    pub fn spent(&self) -> Result<Spent> {
        let mut threads = HashMap::new();
        for thread in std::fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let path = thread?.path();
            // A thread may end between the two.
            let Ok(text) = std::fs::read_to_string(path.join("schedstat")) else {
                continue;
            };
            let nanoseconds = text.split(' ').next().and_then(|field| field.parse().ok());
            threads.insert(
                path.display().to_string(),
                nanoseconds.context("schedstat has another form")?,
            );
        }
        if threads.is_empty() {
            bail!("the kernel tells no processor time: no /proc/PID/task/TID/schedstat");
        }
        Ok(Spent(threads))
    }

    /// What the threads that are there have spent since then.
    pub fn spent_since(&self, before: &Spent) -> Result<Duration> {
        let now = self.spent()?;
        let since = |(thread, spent): (&String, &u64)| spent.saturating_sub(before.0.get(thread).copied().unwrap_or(0));
        Ok(Duration::from_nanos(now.0.iter().map(since).sum()))
    }

    /// Resident memory, in bytes.
    pub fn resident(&self) -> Result<u64> {
        self.status("VmRSS:")
    }

    /// The most resident memory since the start or the last [`Server::forget_peak`], in bytes.
    pub fn peak(&self) -> Result<u64> {
        self.status("VmHWM:")
    }

    /// Starts the peak again from here.
    pub fn forget_peak(&self) -> Result<()> {
        let path = format!("/proc/{}/clear_refs", self.child.id());
        std::fs::write(&path, "5").with_context(|| path)
    }

    fn status(&self, field: &str) -> Result<u64> {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(field))
            .with_context(|| format!("no {field}"))?;
        let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse().context("kB")?;
        Ok(kibibytes * 1024)
    }
}
