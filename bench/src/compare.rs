//! Rounds of several servers in turn, so that what the machine does meanwhile meets all of them.

use std::time::Duration;

use anyhow::{Context, Result};

use crate::exchange::Exchange;
use crate::load::{Caller, Shape, Took};
use crate::process::Server;

/// One of those that are compared.
pub struct Side<'a> {
    /// As the table names it.
    pub name: &'a str,
    /// It runs on the servers' core.
    pub server: &'a Server,
    /// What it is asked.
    pub exchange: &'a Exchange,
}

/// The rounds of one side.
#[derive(Default)]
pub struct Measured {
    cpu: Vec<f64>,
    calls_per_second: Vec<f64>,
    p50: Vec<f64>,
    p99: Vec<f64>,
}

/// Warms every side, then `rounds` rounds, there and back in turn: ABC, CBA. Ends at the first wrong answer.
pub async fn interleaved(sides: &[Side<'_>], shape: Shape, rounds: usize) -> Result<Vec<Measured>> {
    let mut callers = Vec::new();
    for side in sides {
        let caller = Caller::connect(side.server.address, shape.connections, side.exchange).await;
        let caller = caller.with_context(|| side.name.to_string())?;
        let warm = (shape.calls / 4).max(1);
        caller
            .round(shape.streams, warm)
            .await
            .with_context(|| side.name.to_string())?;
        callers.push((side, caller, Measured::default()));
    }
    for round in 0..rounds {
        let mut order: Vec<_> = callers.iter_mut().collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for (side, caller, measured) in order {
            let before = side.server.spent()?;
            let took = caller
                .round(shape.streams, shape.calls)
                .await
                .with_context(|| side.name.to_string())?;
            let cpu = side.server.spent_since(&before)?;
            measured.add(&took, cpu, shape.calls);
        }
    }
    Ok(callers.into_iter().map(|(_, _, measured)| measured).collect())
}

impl Measured {
    fn add(&mut self, took: &Took, cpu: Duration, calls: u64) {
        self.cpu.push(micros(cpu) / calls as f64);
        self.calls_per_second.push(calls as f64 / took.wall.as_secs_f64());
        self.p50.push(micros(took.percentile(50)));
        self.p99.push(micros(took.percentile(99)));
    }

    /// Microseconds of the server's processor for one call: the median of the rounds.
    pub fn cpu(&self) -> f64 {
        median(&self.cpu)
    }

    /// Of the clock: the median of the rounds.
    pub fn calls_per_second(&self) -> f64 {
        median(&self.calls_per_second)
    }

    /// Microseconds: the median over the rounds.
    pub fn p50(&self) -> f64 {
        median(&self.p50)
    }

    /// Microseconds: the median over the rounds.
    pub fn p99(&self) -> f64 {
        median(&self.p99)
    }

    /// Calls for each processor second as a multiple of the other's: the median of the ratios of each round.
    pub fn calls_per_cpu_of(&self, reference: &Measured) -> f64 {
        ratios(&reference.cpu, &self.cpu)
    }

    /// Processor time a call as a multiple of the other's: the median of the ratios of each round.
    pub fn cpu_of(&self, reference: &Measured) -> f64 {
        ratios(&self.cpu, &reference.cpu)
    }
}

fn ratios(over: &[f64], under: &[f64]) -> f64 {
    let ratios: Vec<f64> = over.iter().zip(under).map(|(over, under)| over / under).collect();
    median(&ratios)
}

/// The middle one, or the mean of the two in the middle.
pub fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match (
        sorted.len() % 2,
        sorted.get(middle),
        middle.checked_sub(1).and_then(|before| sorted.get(before)),
    ) {
        (1, Some(one), _) => *one,
        (_, Some(one), Some(other)) => (one + other) / 2.0,
        _ => f64::NAN,
    }
}

/// As the figures are written.
pub fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_is_the_middle() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
    }

    #[test]
    fn a_ratio_is_taken_round_by_round() {
        let ours = Measured {
            cpu: vec![10.0, 20.0, 30.0],
            ..Measured::default()
        };
        let theirs = Measured {
            cpu: vec![5.0, 10.0, 30.0],
            ..Measured::default()
        };
        assert_eq!(ours.calls_per_cpu_of(&theirs), 0.5);
        assert_eq!(ours.cpu_of(&theirs), 2.0);
    }
}
