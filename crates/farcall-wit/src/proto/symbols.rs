//! The symbols of each package, each given once, and names for types that have none.
//!
//! Does not know what a symbol stands for.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

/// Names that are taken, by package.
#[derive(Debug, Default)]
pub(crate) struct Symbols {
    taken: HashMap<Arc<str>, HashSet<String>>,
}

impl Symbols {
    /// `wanted`, or with as many `_` behind it as it needs to be new in its package.
    pub(crate) fn give(&mut self, package: &Arc<str>, wanted: &str) -> String {
        let taken = self.taken.entry(package.clone()).or_default();
        let mut name = wanted.to_owned();
        while !taken.insert(name.clone()) {
            name.push('_');
        }
        name
    }
}

/// A name for a type that WIT does not name, out of its constructor and the names of its parts: `Tuple2_U8_String`.
/// One that would be too long ends in 16 digits of a hash of it: types shared a hundred times would print exponentially.
pub(crate) fn structural<'a>(constructor: &str, parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut name = constructor.to_owned();
    for part in parts {
        name.push('_');
        name.push_str(part);
    }
    if name.len() <= MAX_STRUCTURAL_BYTES {
        return name;
    }
    let mut short = format!("{constructor}_");
    for byte in Sha256::digest(&name).iter().take(8) {
        let _ = write!(short, "{byte:02x}");
    }
    short
}

const MAX_STRUCTURAL_BYTES: usize = 96;
