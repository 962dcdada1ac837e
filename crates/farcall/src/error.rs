//! What can go wrong, by whose fault it is.

use std::path::PathBuf;

use farcall_net::Status;

/// Why something could not be done. The variants say whose fault it is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The remote side, or the way there, answered a call with a status.
    #[error("{called} at {target}: {status}")]
    Remote {
        /// What was called.
        called: String,
        /// Where.
        target: String,
        /// How it ended.
        status: Box<Status>,
    },
    /// The remote function's type is not the one that this side was built for.
    #[error("{called} at {target} has another type there; caller (-) and callee (+):\n{}", .difference.trim_end())]
    Mismatch {
        /// What was called.
        called: String,
        /// Where.
        target: String,
        /// Both signatures, line by line.
        difference: String,
    },
    /// The description that a server gives of itself makes no sense.
    #[error("the server's description of its interfaces is wrong: {0}")]
    Description(String),
    /// A result does not decode: the callee breaks the protocol.
    #[error("the result of {called} does not decode: {why}")]
    Result {
        /// What was called.
        called: String,
        /// Where in the bytes and in the value.
        why: String,
    },
    /// The name fits nothing that is there.
    #[error("{said} is not there; there {}", listed(.exist))]
    NoSuchFunction {
        /// What was asked for.
        said: String,
        /// What there is.
        exist: Vec<String>,
    },
    /// The function is there, and cannot be called yet.
    #[error("{said} is there, but is not carried: {why}")]
    NotCarried {
        /// What was asked for.
        said: String,
        /// Why.
        why: String,
    },
    /// The name fits several functions.
    #[error("{said} may mean {}; say more of the name", .candidates.join(" or "))]
    Ambiguous {
        /// What was asked for.
        said: String,
        /// What it may mean.
        candidates: Vec<String>,
    },
    /// A call's text is not a call, or its arguments are not of the function's type.
    #[error("{0}")]
    Text(String),
    /// A target's text is wrong.
    #[error(transparent)]
    Target(#[from] farcall_net::TargetError),
    /// A link's text is wrong, or links nothing.
    #[error("{0}")]
    Link(String),
    /// A setting's text is wrong.
    #[error("{0}")]
    Setting(String),
    /// A configuration file is wrong.
    #[error("{}: {why}", .path.display())]
    Config {
        /// Which.
        path: PathBuf,
        /// What is wrong, and where.
        why: String,
    },
    /// A file cannot be read.
    #[error("cannot read {}: {source}", .path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A component cannot be loaded.
    #[error("{}: {why}", .path.display())]
    Component {
        /// Which.
        path: PathBuf,
        /// Why, and what to try.
        why: String,
    },
    /// The component is to run as a command, and is none.
    #[error("{} is no command: it exports no wasi:cli/run; call one of its functions with --invoke 'name()'", .0.display())]
    NoCommand(PathBuf),
    /// The plain module is to run as a command, and is none.
    #[error("{} is no command: it exports no `_start`; call one of its functions with --invoke 'name()'", .0.display())]
    NoStart(PathBuf),
    /// Two components export one path.
    #[error("{first} and {second} both export {name}: serve them by two servers, or leave one out")]
    Conflict {
        /// The component that has it.
        first: String,
        /// The component that has it too.
        second: String,
        /// The function.
        name: String,
    },
    /// A listener cannot be opened.
    #[error(transparent)]
    Bind(#[from] farcall_net::BindError),
}

fn listed(names: &[String]) -> String {
    const SHOWN: usize = 20;
    match names {
        [] => "is nothing".into(),
        [one] => format!("is {one}"),
        names => {
            let more = names.len().saturating_sub(SHOWN);
            let shown = names
                .iter()
                .take(SHOWN)
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(", ");
            match more {
                0 => format!("are {shown}"),
                more => format!("are {shown} and {more} more"),
            }
        }
    }
}
