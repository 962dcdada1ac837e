//! Where and when a run takes place, and which core does what. Reads /proc; elsewhere fields stay empty.

use std::process::Command;

use serde::Serialize;

/// What a figure means nothing without.
#[derive(Serialize)]
pub struct Machine {
    pub date: String,
    pub processor: String,
    pub cores: usize,
    pub kernel: String,
    pub rustc: String,
    pub commit: String,
    /// Of the minute before: above the number of cores that the bench uses, figures of time are doubtful.
    pub load_before: String,
    pub pinned: bool,
}

impl Machine {
    /// This one, now.
    pub fn here(cores: &Cores) -> Machine {
        let processor = read("/proc/cpuinfo").lines().find_map(|line| {
            Some(
                line.strip_prefix("model name")?
                    .trim_start_matches([' ', '\t', ':'])
                    .to_string(),
            )
        });
        let dirty = !said("git", &["status", "--porcelain"]).is_empty();
        Machine {
            date: humantime::format_rfc3339_seconds(std::time::SystemTime::now()).to_string(),
            processor: processor.unwrap_or_default(),
            cores: cores.allowed.len(),
            kernel: read("/proc/sys/kernel/osrelease").trim().to_string(),
            rustc: said("rustc", &["--version"]),
            commit: said("git", &["rev-parse", "--short=12", "HEAD"]) + if dirty { " with changes" } else { "" },
            load_before: read("/proc/loadavg").split(' ').next().unwrap_or_default().to_string(),
            pinned: cores.server().is_some(),
        }
    }
}

/// The cores that this process may use; the servers get the first, the caller the last.
pub struct Cores {
    allowed: Vec<usize>,
    taskset: bool,
}

impl Cores {
    /// As the kernel and the `taskset` program allow. Pins this process.
    pub fn take() -> Cores {
        let status = read("/proc/self/status");
        let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
        let allowed = list.map(|list| numbers(list.trim())).unwrap_or_default();
        let mut cores = Cores { allowed, taskset: true };
        if let (Some(_), Some(last)) = (cores.server(), cores.allowed.last()) {
            let process = std::process::id().to_string();
            let pin = Command::new("taskset")
                .args(["-c", "-p", &last.to_string(), &process])
                .output();
            cores.taskset = pin.is_ok_and(|output| output.status.success());
        }
        cores
    }

    /// None to pin to.
    #[cfg(test)]
    pub fn none() -> Cores {
        Cores {
            allowed: Vec::new(),
            taskset: false,
        }
    }

    /// The servers' core; none where there is only one core, or no `taskset`.
    pub fn server(&self) -> Option<String> {
        match self.allowed.as_slice() {
            [first, _, ..] if self.taskset => Some(first.to_string()),
            _ => None,
        }
    }

    /// All of them: a program that this one starts would inherit the caller's.
    pub fn all(&self) -> Option<String> {
        let all: Vec<String> = self.allowed.iter().map(usize::to_string).collect();
        self.server().map(|_| all.join(","))
    }
}

// `0-3,8` as numbers.
fn numbers(list: &str) -> Vec<usize> {
    let ranges = list.split(',').filter_map(|range| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        Some(first.parse().ok()?..=last.parse().ok()?)
    });
    ranges.flatten().collect()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output
        .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_list_of_cores_is_read_with_its_ranges() {
        assert_eq!(super::numbers("0-2,5"), [0, 1, 2, 5]);
        assert_eq!(super::numbers("3"), [3]);
    }
}
