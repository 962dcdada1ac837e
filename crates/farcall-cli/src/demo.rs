//! `farcall demo`: serves and calls real components in processes of their own, and shows each command and its output.
//!
//! Everything goes through this program's own verbs, as a user would type them.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, bail, ensure};
use clap::Args;

use crate::print;

/// Prints a line, or ends the demonstration where nobody can read it.
macro_rules! say {
    ($($text:tt)*) => {
        print::out(&format!("{}\n", format_args!($($text)*)))?
    };
}

/// Serve and call real components, and say what happened
///
/// Two components that come with this program, one importing what the other exports, in two processes over HTTP/2.
#[derive(Args)]
pub struct Demo {}

/// Exports `demo:calc/ops`. Source: guests/rust/calc.
const CALC: &[u8] = include_bytes!("../demo/calc.wasm");
/// Imports `demo:calc/ops`, exports `demo:calc/app`. Source: guests/rust/calc-client.
const CLIENT: &[u8] = include_bytes!("../demo/calc-client.wasm");
/// Was built when `add` still took 64-bit integers.
const OUTDATED: &str = include_str!("../demo/outdated.wat");

impl Demo {
    /// Plays the demonstration; fails if any step does not go as it says.
    pub fn run(&self) -> anyhow::Result<()> {
        let folder = tempfile::Builder::new().prefix("farcall-demo-").tempdir()?.keep();
        let [calc, client, outdated] = ["calc.wasm", "calc-client.wasm", "outdated.wasm"].map(|name| folder.join(name));
        std::fs::write(&calc, CALC)?;
        std::fs::write(&client, CLIENT)?;
        std::fs::write(&outdated, wat::parse_str(OUTDATED)?)?;
        let stage = Stage {
            farcall: std::env::current_exe()?,
            folder,
        };

        stage.step("1. A component that exports demo:calc/ops, served by a process of its own:")?;
        let server = Server::start(&stage)?;
        let url = server.url.as_str();
        let link = format!("demo:calc/ops={url}");

        stage.step("2. Its interface, as the server tells it:")?;
        stage.expect(0, &["inspect", url])?;

        stage.step("3. Calls from the command line, arguments and results in WAVE:")?;
        stage.expect(0, &["call", url, "demo:calc/ops.add(2, 40)"])?;
        stage.expect(0, &["call", url, "area(rect({x: 3, y: 4}))"])?;
        stage.expect(0, &["call", url, "divide(1, 0)"])?;

        stage.step(
            "4. Another component, in a second process, imports what the first exports; neither knows of the network:",
        )?;
        stage.expect(0, &["run", "calc-client.wasm", "--link", &link, "--invoke", "run()"])?;

        stage.step("5. A deadline reaches the callee: its endless loop is ended there too:")?;
        stage.expect(1, &["call", url, "spin()", "--deadline", "300ms"])?;

        stage.step("6. A trap is one call's end; the server goes on:")?;
        stage.expect(1, &["call", url, "crash()"])?;
        stage.expect(0, &["call", url, "add(1, 2)"])?;

        stage.step("7. A caller that was built from other WIT is refused before anything runs:")?;
        stage.expect(1, &["run", "outdated.wasm", "--link", &link, "--invoke", "run()"])?;
        drop(server);

        stage.step("The components are still there. Try:")?;
        say!("  cd {}", stage.folder.display());
        say!("  farcall serve calc.wasm");
        say!("  farcall inspect http://127.0.0.1:7070                          (in a second terminal)");
        say!("  farcall call http://127.0.0.1:7070 'demo:calc/ops.add(2, 40)'");
        say!("  farcall run calc-client.wasm --link demo:calc/ops=http://127.0.0.1:7070 --invoke 'run()'");
        say!("  farcall run calc-client.wasm --link demo:calc/ops=calc.wasm --invoke 'run()'   (in one process)");
        Ok(())
    }
}

/// Where the demonstration plays.
struct Stage {
    farcall: PathBuf,
    folder: PathBuf,
}

impl Stage {
    fn step(&self, text: &str) -> anyhow::Result<()> {
        say!("\n{text}\n");
        Ok(())
    }

    fn command(&self, arguments: &[&str]) -> anyhow::Result<Command> {
        let shown: Vec<String> = arguments.iter().map(|argument| quoted(argument)).collect();
        say!("  $ farcall {}", shown.join(" "));
        let mut command = Command::new(&self.farcall);
        command.args(arguments).current_dir(&self.folder).stdin(Stdio::null());
        Ok(command)
    }

    /// Runs to the end, shows what it said, and insists on the exit code.
    fn expect(&self, code: i32, arguments: &[&str]) -> anyhow::Result<()> {
        let output = self
            .command(arguments)?
            .output()
            .with_context(|| self.farcall.display().to_string())?;
        for text in [&output.stdout, &output.stderr] {
            for line in String::from_utf8_lossy(text).lines() {
                say!("  {line}");
            }
        }
        ensure!(
            output.status.code() == Some(code),
            "`farcall {}` ended with {}",
            arguments.join(" "),
            output.status
        );
        Ok(())
    }
}

/// A server in a process of its own; it ends with this value.
struct Server {
    process: Child,
    url: String,
}

impl Server {
    fn start(stage: &Stage) -> anyhow::Result<Server> {
        let mut command = stage.command(&["serve", "calc.wasm", "--listen", "127.0.0.1:0"])?;
        let mut process = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("the server did not start")?;
        let out = process.stdout.take().context("the server has no output")?;
        let mut server = Server {
            process,
            url: String::new(),
        };
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        say!("  {}", line.trim_end());
        match line.trim_end().strip_prefix("listening on ") {
            Some(url) => server.url = url.to_string(),
            None => bail!("the server did not say where it listens"),
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// As one would type it in a shell.
fn quoted(argument: &str) -> String {
    match argument.contains(['(', ' ', '{']) {
        true => format!("'{argument}'"),
        false => argument.to_string(),
    }
}
