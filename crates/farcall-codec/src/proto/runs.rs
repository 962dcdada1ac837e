//! Where the fields of a message occur: runs of one field that lie side by side, linked, so that a field that comes again
//! later is found without looking at all others once more.
//!
//! Does not read payloads.

use super::wire::{Occurrence, Span};

/// Occurrences of one field side by side. 20 bytes for at least two of a message.
#[derive(Clone, Copy, Debug)]
struct Run {
    start: u32,
    end: u32,
    last_start: u32,
    last_end: u32,
    next: u32,
}

/// The first and the last run of a field.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chain {
    first: u32,
    last: u32,
}

/// A stack of runs: those of a message are gone when it is read.
#[derive(Debug, Default)]
pub(super) struct Runs {
    runs: Vec<Run>,
}

impl Chain {
    pub(super) const EMPTY: Chain = Chain {
        first: NONE,
        last: NONE,
    };

    pub(super) fn is_empty(self) -> bool {
        self.first == NONE
    }
}

impl Runs {
    pub(super) fn mark(&self) -> usize {
        self.runs.len()
    }

    pub(super) fn forget(&mut self, mark: usize) {
        self.runs.truncate(mark);
    }

    /// How many bytes all of them take.
    pub(super) fn bytes(&self) -> usize {
        self.runs.len().saturating_mul(size_of::<Run>())
    }

    /// Adds an occurrence to a chain. Messages are shorter than 4 GiB, which whoever reads them checks.
    pub(super) fn add(&mut self, chain: &mut Chain, occurrence: &Occurrence) {
        let short = |at: usize| u32::try_from(at).unwrap_or(NONE);
        let (start, end) = (short(occurrence.whole.start), short(occurrence.whole.end));
        let (last_start, last_end) = (short(occurrence.payload.start), short(occurrence.payload.end));
        let at = short(self.runs.len());
        let last = usize::try_from(chain.last)
            .ok()
            .and_then(|last| self.runs.get_mut(last));
        match last {
            Some(last) if last.end == start => {
                (last.end, last.last_start, last.last_end) = (end, last_start, last_end);
                return;
            }
            Some(last) => last.next = at,
            None => chain.first = at,
        }
        chain.last = at;
        self.runs.push(Run {
            start,
            end,
            last_start,
            last_end,
            next: NONE,
        });
    }

    /// The payload of the last occurrence.
    pub(super) fn last(&self, chain: Chain) -> Option<Span> {
        let run = self.runs.get(usize::try_from(chain.last).ok()?)?;
        Some(span(run.last_start, run.last_end))
    }

    /// The run at a place in a chain, and the place after it.
    pub(super) fn next(&self, place: &mut u32) -> Option<Span> {
        let run = self.runs.get(usize::try_from(*place).ok()?)?;
        *place = run.next;
        Some(span(run.start, run.end))
    }

    pub(super) fn first(chain: Chain) -> u32 {
        chain.first
    }
}

fn span(start: u32, end: u32) -> Span {
    let long = |at: u32| usize::try_from(at).unwrap_or(usize::MAX);
    Span {
        start: long(start),
        end: long(end),
    }
}

const NONE: u32 = u32::MAX;
