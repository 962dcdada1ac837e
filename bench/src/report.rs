//! Rows as people and programs read them: the ratio and its goal first, what it was taken from below.

use std::fmt;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

use crate::machine::Machine;

/// One row of the table.
#[derive(Serialize)]
pub struct Row {
    /// What was measured.
    pub what: String,
    /// Its reference.
    pub against: String,
    /// What the ratio is a ratio of.
    pub of: &'static str,
    /// `None`: not measured, and `note` says why.
    pub ratio: Option<f64>,
    pub goal: Option<Goal>,
    /// Set with the row's goal.
    pub reached: Option<bool>,
    pub figures: Vec<Figure>,
    pub note: Option<String>,
    /// Whether it should have been measured and could not be.
    pub failed: bool,
}

/// What a ratio should be.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    AtLeast(f64),
    AtMost(f64),
}

/// A measured figure, ours beside the reference's.
#[derive(Serialize)]
pub struct Figure {
    pub name: String,
    pub unit: &'static str,
    pub ours: f64,
    pub reference: Option<f64>,
}

impl Row {
    /// A row without figures yet.
    pub fn new(what: impl Into<String>, against: impl Into<String>) -> Row {
        Row {
            what: what.into(),
            against: against.into(),
            of: "",
            ratio: None,
            goal: None,
            reached: None,
            figures: Vec::new(),
            note: None,
            failed: false,
        }
    }

    /// Its ratio, and what it should be.
    pub fn ratio(mut self, of: &'static str, ratio: f64, goal: Option<Goal>) -> Row {
        self.of = of;
        self.ratio = Some(ratio);
        self.goal = goal;
        self.reached = goal.map(|goal| match goal {
            Goal::AtLeast(least) => ratio >= least,
            Goal::AtMost(most) => ratio <= most,
        });
        self
    }

    /// One figure more.
    pub fn figure(mut self, name: impl Into<String>, unit: &'static str, ours: f64, reference: Option<f64>) -> Row {
        self.figures.push(Figure {
            name: name.into(),
            unit,
            ours,
            reference,
        });
        self
    }

    /// Something to know when reading it.
    pub fn note(mut self, note: impl Into<String>) -> Row {
        self.note = Some(note.into());
        self
    }

    /// One that could not be measured, though it should have been.
    pub fn failed(what: impl Into<String>, error: &anyhow::Error) -> Row {
        Row {
            failed: true,
            ..Row::new(what, "").note(format!("failed: {error:#}"))
        }
    }

    /// One that is not there to be measured.
    pub fn skipped(what: impl Into<String>, why: impl std::fmt::Display) -> Row {
        Row::new(what, "").note(format!("skipped: {why}"))
    }
}

/// All of a run.
#[derive(Serialize)]
pub struct Report {
    pub machine: Machine,
    pub rounds: usize,
    pub quick: bool,
    pub rows: Vec<Row>,
}

impl Report {
    /// Whether every row that should be there is.
    pub fn complete(&self) -> bool {
        !self.rows.iter().any(|row| row.failed)
    }

    /// What stands above the rows.
    pub fn head(&self) -> String {
        let machine = &self.machine;
        let mut text = format!(
            "{}, {}, {} cores, Linux {}, {}, commit {}\n{}, medians of {} interleaved rounds, load before {}\n\n",
            machine.date,
            machine.processor,
            machine.cores,
            machine.kernel,
            machine.rustc,
            machine.commit,
            if machine.pinned {
                "servers on one core, the caller on another"
            } else {
                "nothing pinned"
            },
            self.rounds,
            machine.load_before,
        );
        if self.quick {
            text += "QUICK: a check that the bench works; its figures mean nothing\n\n";
        }
        text
    }

    /// For programs.
    pub fn write(&self, path: &Path) -> Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        }
        std::fs::write(path, serde_json::to_string_pretty(self)? + "\n").with_context(|| path.display().to_string())
    }
}

impl fmt::Display for Row {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ratio = self
            .ratio
            .map_or_else(String::new, |ratio| format!("{} x {}", shown(ratio), self.of));
        let goal = match (self.goal, self.reached) {
            (Some(Goal::AtLeast(goal)), Some(true)) => format!("goal {goal:.1}: reached"),
            (Some(Goal::AtMost(goal)), Some(true)) => format!("goal at most {goal:.1}: reached"),
            (Some(Goal::AtLeast(goal)), _) => format!("goal {goal:.1}: NOT reached"),
            (Some(Goal::AtMost(goal)), _) => format!("goal at most {goal:.1}: NOT reached"),
            (None, _) => String::new(),
        };
        let line = format!("{:<44} {:<36} {ratio:<30} {goal}", self.what, self.against);
        writeln!(out, "{}", line.trim_end())?;
        for figure in &self.figures {
            let Figure {
                name,
                unit,
                ours,
                reference,
            } = figure;
            let reference = reference.map_or_else(String::new, |reference| format!("{:>10} {unit}", shown(reference)));
            let line = format!("    {name:<40} {:>10} {unit:<14} {reference}", shown(*ours));
            writeln!(out, "{}", line.trim_end())?;
        }
        match &self.note {
            Some(note) => writeln!(out, "    {note}"),
            None => Ok(()),
        }
    }
}

fn shown(figure: f64) -> String {
    match figure.abs() {
        size if size >= 1000.0 => format!("{figure:.0}"),
        size if size >= 10.0 => format!("{figure:.1}"),
        _ => format!("{figure:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_reached_from_the_right_side() {
        let reached = |ratio, goal| Row::new("", "").ratio("", ratio, Some(goal)).reached;
        assert_eq!(reached(1.0, Goal::AtLeast(1.0)), Some(true));
        assert_eq!(reached(0.9, Goal::AtLeast(1.0)), Some(false));
        assert_eq!(reached(1.1, Goal::AtMost(1.1)), Some(true));
        assert_eq!(reached(1.2, Goal::AtMost(1.1)), Some(false));
    }

    #[test]
    fn a_failed_row_makes_a_report_incomplete_and_a_skipped_one_does_not() {
        let machine = || Machine::here(&crate::machine::Cores::none());
        let report = |row| Report {
            machine: machine(),
            rounds: 1,
            quick: true,
            rows: vec![row],
        };
        assert!(report(Row::skipped("a", "not there")).complete());
        assert!(!report(Row::failed("a", &anyhow::anyhow!("wrong"))).complete());
    }
}
