//! Where in a value something is wrong: `shape.rect.points[3].x`.
//!
//! Holds names out of types alone, never anything out of a value.

use std::fmt;

/// A place within a value, built from the inside out as an error travels up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path {
    steps: Vec<Step>,
}

/// One step of a [`Path`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Name(String),
    Index(usize),
}

impl Path {
    pub(crate) fn within_name(&mut self, name: &str) {
        self.steps.push(Step::Name(name.to_owned()));
    }

    pub(crate) fn within_index(&mut self, index: usize) {
        self.steps.push(Step::Index(index));
    }

    /// Whether it is the value as a whole.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("the value");
        }
        for (i, step) in self.steps.iter().rev().enumerate() {
            match step {
                Step::Name(name) if i == 0 => f.write_str(name)?,
                Step::Name(name) => write!(f, ".{name}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}
