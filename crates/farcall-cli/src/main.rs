//! The `farcall` command: verbs over the `farcall` library. Holds no logic that a program would miss.

mod bindings;
mod call;
mod componentize;
mod demo;
mod diff;
mod failure;
mod guest;
mod host;
mod inspect;
mod new;
mod openapi;
mod print;
mod proto;
mod run;
mod serve;
mod stop;
mod wast;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Call functions of WebAssembly components across processes, machines and languages.
///
/// A component that exports an interface is served, a component that imports it is linked; they talk at any distance,
/// with no change to either. The interface is WIT.
#[derive(Parser)]
#[command(name = "farcall", version, after_help = EXAMPLES, arg_required_else_help = true)]
struct Farcall {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    Serve(serve::Serve),
    Run(run::Run),
    Call(call::Call),
    Inspect(inspect::Inspect),
    Diff(diff::Diff),
    Proto(proto::Proto),
    #[command(name = "openapi")]
    OpenApi(openapi::OpenApi),
    New(new::New),
    Bindings(bindings::Bindings),
    Componentize(componentize::Componentize),
    Wast(wast::Wast),
    Demo(demo::Demo),
}

impl Verb {
    /// A server tells its operator of failed calls; any other verb reports its own failure once.
    fn log_level(&self) -> &'static str {
        match self {
            Verb::Serve(_) => "info",
            _ => "warn",
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  farcall demo                                                  two components, two processes
  farcall serve calc.wasm                                       offer what calc.wasm exports
  farcall call http://127.0.0.1:7070 'demo:calc/ops.add(1, 2)'  call a function
  farcall inspect http://127.0.0.1:7070                         what is there
  farcall run app.wasm --link demo:calc/ops=http://127.0.0.1:7070
  farcall new --lang rust hello                                 a project to start from; also c, cpp, python, js, go

Exit codes: 0 done, 1 the call or the work failed, 2 usage.
FARCALL_CACHE=DIR keeps compiled code there (off: nowhere) instead of the user's cache folder.
FARCALL_LOG=info (or debug, or module=level) says more on standard error.";

fn main() -> ExitCode {
    let farcall = Farcall::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_env("FARCALL_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(farcall.verb.log_level()));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .with_target(false)
        .init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failure::report(&error.into(), false),
    };
    let (ended, json) = match farcall.verb {
        Verb::Serve(serve) => (runtime.block_on(serve.run()), false),
        Verb::Run(run) => (runtime.block_on(run.run()), false),
        Verb::Call(call) => (runtime.block_on(call.run()), call.json),
        Verb::Inspect(inspect) => (runtime.block_on(inspect.run()), inspect.json),
        Verb::Diff(diff) => (runtime.block_on(diff.run()), diff.json),
        Verb::Proto(proto) => (runtime.block_on(proto.run()), false),
        Verb::OpenApi(openapi) => (runtime.block_on(openapi.run()), false),
        Verb::New(new) => (new.run(), false),
        Verb::Bindings(bindings) => (bindings.run(), false),
        Verb::Componentize(componentize) => (componentize.run(), false),
        Verb::Wast(wast) => (runtime.block_on(wast.run()), false),
        Verb::Demo(demo) => (demo.run().map(|()| ExitCode::SUCCESS), false),
    };
    // A guest may still be on a worker thread; nobody waits for it.
    runtime.shutdown_background();
    ended.unwrap_or_else(|error| failure::report(&error, json))
}
