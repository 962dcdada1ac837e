//! The rows of the table, by name.

mod native;

use anyhow::Result;

use crate::bench::Bench;
use crate::exchange::Work;
use crate::report::Row;

/// The names that `--only` takes, in the table's order.
pub const NAMES: [&str; 3] = ["small", "echo", "records"];

/// The rows of that name.
pub async fn measure(bench: &Bench, name: &str) -> Result<Vec<Row>> {
    match name {
        "small" => native::rows(bench, Work::Add).await,
        "echo" => native::rows(bench, Work::Echo).await,
        "records" => native::rows(bench, Work::Entries).await,
        other => anyhow::bail!("no row is called {other}; there are {}", NAMES.join(", ")),
    }
}
