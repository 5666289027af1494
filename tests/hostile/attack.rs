//! Many inputs for one reader: what came of them.

#![allow(unreachable_pub, reason = "two harnesses share it")]

use super::MEMORY;
use super::mutate;
use super::parsers::Parser;
use std::collections::BTreeSet;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// What came of them.
pub struct Outcome {
    pub inputs: usize,
    /// Numbers of inputs that ended in a panic.
    pub panics: Vec<usize>,
    /// Numbers of inputs out of which something came that nobody had put in.
    pub wrong: Vec<usize>,
    pub slowest: Duration,
    /// Its number.
    pub slowest_input: usize,
    /// The most that was allocated at once, seeds and harness with it, in MiB.
    pub memory: usize,
}

impl Outcome {
    pub fn is_good(&self) -> bool {
        self.panics.is_empty() && self.wrong.is_empty() && self.slowest < Duration::from_secs(2) && self.memory < 256
    }

    fn join(mut self, other: Self) -> Self {
        self.inputs += other.inputs;
        self.panics.extend(other.panics);
        self.wrong.extend(other.wrong);
        if other.slowest > self.slowest {
            (self.slowest, self.slowest_input) = (other.slowest, other.slowest_input);
        }
        self.memory = self.memory.max(other.memory);
        self
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} inputs, {} panics {:?}, {} wrong {:?}, the slowest {} ms (number {}), at most {} MiB",
            self.inputs,
            self.panics.len(),
            self.panics.iter().take(5).collect::<Vec<_>>(),
            self.wrong.len(),
            self.wrong.iter().take(5).collect::<Vec<_>>(),
            self.slowest.as_millis(),
            self.slowest_input,
            self.memory
        )
    }
}

/// `count` inputs, on two processors: the memory is that of both together.
pub fn attempt(parser: &Parser, count: usize) -> Outcome {
    let seeds = (parser.seeds)();
    let right: BTreeSet<String> = seeds.iter().flat_map(|seed| (parser.read)(seed)).collect();
    assert!(
        !parser.is_checked || !right.is_empty() || parser.name == "pdf",
        "{}: no seed is read",
        parser.name
    );
    MEMORY.reset_peak_usage();
    let half = |numbers: Range<usize>| one_by_one(parser, &seeds, &right, numbers);
    let outcome = std::thread::scope(|scope| {
        let second = scope.spawn(|| half(count / 2..count));
        let first = half(0..count / 2);
        first.join(second.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    Outcome {
        memory: MEMORY.peak_usage() >> 20,
        ..outcome
    }
}

/// How long this thread has been at work: other work on the machine slows no reader down.
fn worked() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

fn one_by_one(parser: &Parser, seeds: &[Vec<u8>], right: &BTreeSet<String>, numbers: Range<usize>) -> Outcome {
    let mut outcome = Outcome {
        inputs: numbers.len(),
        panics: Vec::new(),
        wrong: Vec::new(),
        slowest: Duration::ZERO,
        slowest_input: 0,
        memory: 0,
    };
    for number in numbers {
        let input = mutate::input(seeds, parser.name, number);
        let started = worked();
        let taken = catch_unwind(AssertUnwindSafe(|| (parser.read)(&input)));
        let took = worked().saturating_sub(started);
        if took > outcome.slowest {
            (outcome.slowest, outcome.slowest_input) = (took, number);
        }
        match taken {
            Err(_) => outcome.panics.push(number),
            Ok(taken) if parser.is_checked && !taken.iter().all(|one| right.contains(one)) => {
                outcome.wrong.push(number);
            }
            Ok(_) => {}
        }
    }
    outcome
}
