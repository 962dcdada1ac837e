//! The table caller x callee: what each pair said, whether all of it is right, and README's copy of it.
//!
//! It calls nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::harness::Ended;

/// A row or a column: what tests call it, and what readers call it.
#[derive(Clone, Copy)]
pub struct Language {
    pub key: &'static str,
    pub title: &'static str,
}

impl Language {
    pub const fn new(key: &'static str, title: &'static str) -> Language {
        Language { key, title }
    }
}

/// How one pair did in one function of the caller's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// So many functions of the callee were called, and so many answers were right.
    Passed {
        functions: u32,
        checks: u32,
    },
    Failed(String),
    /// A toolchain or a library is not there.
    Skipped(String),
}

impl Outcome {
    /// Of what `farcall run --invoke 'run()'` printed: `ok("54 functions, 180 checks")`, or else.
    pub fn of(ended: &Ended) -> Outcome {
        let said = ended.stdout.trim_end();
        let inner = said.strip_prefix("ok(\"").and_then(|said| said.strip_suffix("\")"));
        match inner.and_then(Outcome::counted) {
            Some(passed) if ended.code == Some(0) => passed,
            _ => Outcome::Failed(format!("{said} {}", ended.stderr.trim_end())),
        }
    }

    /// Of `54 functions, 180 checks`, which callers of every kind say.
    pub fn counted(said: &str) -> Option<Outcome> {
        let (functions, checks) = said.strip_suffix(" checks")?.split_once(" functions, ")?;
        Some(Outcome::Passed {
            functions: functions.parse().ok()?,
            checks: checks.parse().ok()?,
        })
    }
}

/// What each caller is asked: the function's name, and how many functions of the callee it calls.
const ASKED: [(&str, u32); 2] = [("run", 54), ("run-wide", 6)];

/// What each pair said.
pub struct Table {
    callers: Vec<Language>,
    callees: Vec<Language>,
    /// By caller, callee and function.
    rows: BTreeMap<(&'static str, &'static str, &'static str), Outcome>,
}

impl Table {
    pub fn new(callers: &[&[Language]], callees: &[Language]) -> Table {
        Table {
            callers: callers.concat(),
            callees: callees.to_vec(),
            rows: BTreeMap::new(),
        }
    }

    /// The functions that a cell needs to be full. JavaScript engines get the wide values wrong, whoever is on the other
    /// side: guests/README.md.
    pub fn asked(caller: &str, callee: &str) -> impl Iterator<Item = &'static str> {
        let javascript = [caller, callee].iter().any(|key| ["js", "ts"].contains(key));
        let asked = ASKED.iter().map(|(function, _)| *function);
        asked.filter(move |function| !javascript || *function != "run-wide")
    }

    /// Notes one answer. A cell is full when it has one for each of `Table::asked`.
    pub fn add(&mut self, caller: &'static str, callee: &'static str, function: &'static str, outcome: Outcome) {
        assert!(
            self.callers.iter().any(|one| one.key == caller),
            "no row for the caller {caller}"
        );
        assert!(
            self.callees.iter().any(|one| one.key == callee),
            "no column for the callee {callee}"
        );
        let before = self.rows.insert((caller, callee, function), outcome);
        assert!(before.is_none(), "{caller} called {function} of {callee} twice");
    }

    /// Leaves a column out, for a reason.
    pub fn skip_callee(&mut self, callee: &'static str, reason: &str) {
        for caller in self.callers.clone() {
            for function in Table::asked(caller.key, callee) {
                self.add(caller.key, callee, function, Outcome::Skipped(reason.to_string()));
            }
        }
    }

    /// Prints all. Fails for a cell without an answer, for one that is wrong, for a caller that did not call every function
    /// or made other checks of another callee, for a skip where `FARCALL_REQUIRE_ALL` is 1, and, once nothing is skipped,
    /// for a README that shows another table; `FARCALL_BLESS=1` writes that anew.
    pub fn check(&self) {
        let (details, skips) = self.details();
        let grid = self.grid();
        println!("\n{details}\n{grid}");
        let wrong = self.wrong();
        assert!(wrong.is_empty(), "{}\n{details}\n{grid}", wrong.join("\n"));
        for reason in &skips {
            skipped(reason);
        }
        if skips.is_empty() {
            compare_readme(&grid);
        }
    }

    fn wrong(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut first: BTreeMap<(&str, &str), (u32, &str)> = BTreeMap::new();
        for caller in &self.callers {
            for callee in &self.callees {
                for function in Table::asked(caller.key, callee.key) {
                    let pair = format!("{} calls {}, {function}", caller.key, callee.key);
                    match self.rows.get(&(caller.key, callee.key, function)) {
                        None => wrong.push(format!("{pair}: no test")),
                        Some(Outcome::Failed(failure)) => wrong.push(format!("{pair}: {failure}")),
                        Some(Outcome::Skipped(_)) => {}
                        Some(Outcome::Passed { functions, checks }) => {
                            if !ASKED.contains(&(function, *functions)) {
                                wrong.push(format!("{pair}: not every function was called, only {functions}"));
                            }
                            let (of_first, other) =
                                *first.entry((caller.key, function)).or_insert((*checks, callee.key));
                            if of_first != *checks {
                                wrong.push(format!("{pair}: {checks} checks, and {of_first} of {other}"));
                            }
                        }
                    }
                }
            }
        }
        wrong
    }

    fn details(&self) -> (String, BTreeSet<String>) {
        let mut text = String::new();
        let mut reasons = BTreeSet::new();
        for ((caller, callee, function), outcome) in &self.rows {
            let shown = match outcome {
                Outcome::Passed { functions, checks } => format!("{functions} functions, {checks} checks"),
                Outcome::Failed(failure) => failure.clone(),
                Outcome::Skipped(reason) => {
                    reasons.insert(reason.clone());
                    "skipped".to_string()
                }
            };
            let _ = writeln!(text, "{caller:<12} {callee:<10} {function:<9} {shown}");
        }
        (text, reasons)
    }

    /// The table as README has it: in each cell how many functions were called with every answer right, wide values
    /// counted apart.
    fn grid(&self) -> String {
        let mut text = String::from("| caller \\ callee |");
        for callee in &self.callees {
            let _ = write!(text, " {} |", callee.title);
        }
        text.push_str("\n|---|");
        text.push_str(&"---|".repeat(self.callees.len()));
        text.push('\n');
        for caller in &self.callers {
            let _ = write!(text, "| {} |", caller.title);
            for callee in &self.callees {
                let _ = write!(text, " {} |", self.cell(caller.key, callee.key));
            }
            text.push('\n');
        }
        text
    }

    fn cell(&self, caller: &'static str, callee: &'static str) -> String {
        let mut counts = Vec::new();
        for function in Table::asked(caller, callee) {
            match self.rows.get(&(caller, callee, function)) {
                Some(Outcome::Passed { functions, .. }) => counts.push(functions.to_string()),
                Some(Outcome::Skipped(_)) => return "skipped".to_string(),
                Some(Outcome::Failed(_)) => return "FAILED".to_string(),
                None => return "NO TEST".to_string(),
            }
        }
        counts.join(" + ")
    }
}

/// Says what was left out; fails where nothing may be.
pub fn skipped(reason: &str) {
    println!("skipped: {reason}");
    let required = std::env::var("FARCALL_REQUIRE_ALL").is_ok_and(|value| value == "1");
    assert!(!required, "FARCALL_REQUIRE_ALL is set: {reason}");
}

const BEGIN: &str = "<!-- matrix: written by FARCALL_BLESS=1 cargo test --test matrix -->\n";
const END: &str = "<!-- end of matrix -->";

fn compare_readme(grid: &str) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
    let readme = std::fs::read_to_string(path).expect("README.md");
    let (before, rest) = readme.split_once(BEGIN).expect("README.md has the matrix");
    let (shown, after) = rest.split_once(END).expect("README.md's matrix has an end");
    if std::env::var("FARCALL_BLESS").is_ok_and(|value| value == "1") {
        std::fs::write(path, format!("{before}{BEGIN}{grid}{END}{after}")).expect("README.md can be written");
        return;
    }
    assert!(
        shown == grid,
        "README.md shows another table; FARCALL_BLESS=1 writes it anew:\n{grid}"
    );
}
