//! The rows of the table, by name.

mod envelopes;
mod functions;
mod guests;
mod languages;
mod linked;
mod native;
mod starts;
mod wrpc;

use anyhow::Result;

use crate::bench::Bench;
use crate::exchange::Work;
use crate::report::Row;

/// The names that `--only` takes, in the table's order.
pub const NAMES: [&str; 11] = [
    "small",
    "echo",
    "records",
    "linked",
    "functions",
    "envelopes",
    "guests",
    "languages",
    "starts",
    "folder",
    "wrpc",
];

/// The rows of that name.
pub async fn measure(bench: &Bench, name: &str) -> Result<Vec<Row>> {
    match name {
        "small" => native::rows(bench, Work::Add).await,
        "echo" => native::rows(bench, Work::Echo).await,
        "records" => native::rows(bench, Work::Entries).await,
        "linked" => linked::rows(bench).await,
        "functions" => functions::rows(bench).await,
        "envelopes" => envelopes::rows(bench).await,
        "guests" => guests::rows(bench).await,
        "languages" => languages::rows(bench).await,
        "starts" => starts::rows(bench).await,
        "folder" => starts::folder(bench).await,
        "wrpc" => wrpc::rows(bench).await,
        other => anyhow::bail!("no row is called {other}; there are {}", NAMES.join(", ")),
    }
}
