//! Counts functions and checks, and names the first check that fails. It knows no value.

/// What was checked so far.
pub struct Tally {
    function: &'static str,
    functions: u32,
    checks: u32,
}

impl Tally {
    /// Nothing checked yet.
    pub fn new() -> Tally {
        Tally {
            function: "",
            functions: 0,
            checks: 0,
        }
    }

    /// The checks that follow are of this function.
    pub fn function(&mut self, name: &'static str) -> &mut Tally {
        self.function = name;
        self.functions += 1;
        self
    }

    /// One check of the function. `number` tells it from the function's other checks.
    pub fn check(&mut self, number: usize, right: bool) -> Result<(), String> {
        self.checks += 1;
        if right {
            Ok(())
        } else {
            Err(format!("{}: check {number} failed", self.function))
        }
    }

    /// `54 functions, 180 checks`.
    pub fn summary(&self) -> String {
        format!("{} functions, {} checks", self.functions, self.checks)
    }
}
