//! Many inputs for one reader: what came of them.

#![allow(unreachable_pub, reason = "two harnesses share it")]

use super::mutate;
use super::parsers::Parser;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// What came of them.
pub struct Outcome {
    pub inputs: usize,
    /// Numbers of inputs that ended in a panic.
    pub panics: Vec<usize>,
    /// Numbers of inputs out of which something came that nobody had put in.
    pub wrong: Vec<usize>,
    pub slowest: Duration,
}

impl Outcome {
    pub fn is_good(&self) -> bool {
        self.panics.is_empty() && self.wrong.is_empty() && self.slowest < Duration::from_secs(2)
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} inputs, {} panics {:?}, {} wrong {:?}, the slowest {} ms",
            self.inputs,
            self.panics.len(),
            self.panics.iter().take(5).collect::<Vec<_>>(),
            self.wrong.len(),
            self.wrong.iter().take(5).collect::<Vec<_>>(),
            self.slowest.as_millis()
        )
    }
}

/// Inputs `from` to `from + count`, each read twice as slowly as it must be is a failure.
pub fn attempt(parser: &Parser, from: usize, count: usize) -> Outcome {
    let seeds = (parser.seeds)();
    let right: std::collections::BTreeSet<String> = seeds.iter().flat_map(|seed| (parser.read)(seed)).collect();
    assert!(
        !parser.is_checked || !right.is_empty() || parser.name == "pdf",
        "{}: no seed is read",
        parser.name
    );
    let mut outcome = Outcome {
        inputs: count,
        panics: Vec::new(),
        wrong: Vec::new(),
        slowest: Duration::ZERO,
    };
    for number in from..from + count {
        let input = mutate::input(&seeds, parser.name, number);
        let started = Instant::now();
        let taken = catch_unwind(AssertUnwindSafe(|| (parser.read)(&input)));
        outcome.slowest = outcome.slowest.max(started.elapsed());
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
