//! An order of steps that could do harm is no script.
//!
//! Rules of this file, each named in the refusal:
//! - nothing secret is drawn before machine, room, program, clock and plan were judged, and the dice thrown where the plan asks;
//! - a custodian learns a passphrase before the secret exists;
//! - no page is printed before the printer test, nor before its set was dealt and its fingerprint written down;
//! - a page is printed, proved, sealed and signed for, in this order, and each of them once;
//! - a set is counted when every envelope of it was signed for;
//! - pages are wiped when every one was proved; the ceremony is closed last, with nothing after it.

use super::{Act, ShareOf, Step};
use std::collections::BTreeSet;

/// Steps in an order that was judged. There is no other way to have one.
#[derive(Clone, Debug)]
pub struct Script(Vec<Step>);

/// Why an order is refused: the step that came too early, or twice, and what has to come before it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutOfOrder {
    /// Something is missing before a step.
    #[error("{step} comes before {missing}")]
    TooEarly {
        /// The step.
        step: String,
        /// What must come before.
        missing: String,
    },
    /// A step stands there twice.
    #[error("{0} stands there twice")]
    Twice(String),
    /// Something comes after the end, or there is no end.
    #[error("a script ends with close, and with nothing after it")]
    NoEnd,
}

impl Script {
    /// Judges an order.
    pub fn judged(steps: Vec<Step>) -> Result<Self, OutOfOrder> {
        judge(steps.iter().map(|step| &step.act))?;
        Ok(Self(steps))
    }

    /// The steps, in order.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }
}

fn judge<'a>(acts: impl Iterator<Item = &'a Act> + Clone) -> Result<(), OutOfOrder> {
    let shares: BTreeSet<&ShareOf> = acts.clone().filter_map(share_of).collect();
    let dice = acts.clone().any(|act| *act == Act::Dice);
    let mut done: BTreeSet<&Act> = BTreeSet::new();
    let mut last = None;
    for act in acts {
        if last == Some(&Act::Close) {
            return Err(OutOfOrder::NoEnd);
        }
        let missing = before(act, &shares, dice).into_iter().find(|act| !done.contains(act));
        if let Some(missing) = missing {
            return Err(OutOfOrder::TooEarly {
                step: act.to_string(),
                missing: missing.to_string(),
            });
        }
        if !done.insert(act) {
            return Err(OutOfOrder::Twice(act.to_string()));
        }
        if let Act::Passphrase(of) = act
            && done.contains(&Act::Deal(of.set.clone()))
        {
            return Err(OutOfOrder::TooEarly {
                step: Act::Deal(of.set.clone()).to_string(),
                missing: act.to_string(),
            });
        }
        last = Some(act);
    }
    if last == Some(&Act::Close) {
        Ok(())
    } else {
        Err(OutOfOrder::NoEnd)
    }
}

fn share_of(act: &Act) -> Option<&ShareOf> {
    match act {
        Act::Page(of) | Act::Prove(of) | Act::Seal(of) | Act::Receipt(of) => Some(of),
        _ => None,
    }
}

/// What has to be done before an act.
fn before(act: &Act, shares: &BTreeSet<&ShareOf>, dice: bool) -> Vec<Act> {
    let each = |make: fn(ShareOf) -> Act| shares.iter().map(move |of| make((*of).clone()));
    match act {
        Act::Preflight => vec![],
        Act::RollCall | Act::Program | Act::Clock | Act::Plan | Act::PrinterTest => vec![Act::Preflight],
        Act::Dice | Act::Passphrase(_) => vec![Act::RollCall, Act::Program, Act::Clock, Act::Plan],
        Act::Deal(_) => {
            let mut needed = vec![Act::RollCall, Act::Program, Act::Clock, Act::Plan];
            needed.extend(dice.then_some(Act::Dice));
            needed
        }
        Act::Fingerprint(set) => vec![Act::Deal(set.clone())],
        Act::Page(of) => vec![
            Act::PrinterTest,
            Act::Deal(of.set.clone()),
            Act::Fingerprint(of.set.clone()),
        ],
        Act::Prove(of) => vec![Act::Page(of.clone())],
        Act::Seal(of) => vec![Act::Prove(of.clone())],
        Act::Receipt(of) => vec![Act::Seal(of.clone())],
        Act::Count(set) => each(Act::Receipt).filter(|act| act.set() == Some(set)).collect(),
        Act::Wipe => each(Act::Prove).collect(),
        Act::Dissent => each(Act::Receipt).collect(),
        Act::Close => each(Act::Receipt).chain([Act::Wipe, Act::Dissent]).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ceremony::steps::dealing;
    use crate::plan::{Plan, starter};

    fn acts() -> Vec<Act> {
        let plan = Plan::parse(starter::example()).unwrap();
        let sets = [plan.find_set("management-password").unwrap()];
        dealing(&plan, &sets)
            .unwrap()
            .steps()
            .iter()
            .map(|step| step.act.clone())
            .collect()
    }

    fn at(acts: &[Act], name: &str) -> usize {
        acts.iter().position(|act| act.to_string() == name).unwrap()
    }

    /// The refusal when `first` and `second` change places.
    fn swapped(first: &str, second: &str) -> String {
        let mut acts = acts();
        let (first, second) = (at(&acts, first), at(&acts, second));
        acts.swap(first, second);
        judge(acts.iter()).map_or_else(|out| out.to_string(), |()| String::new())
    }

    #[test]
    fn the_order_of_the_program_is_one() {
        assert_eq!(judge(acts().iter()), Ok(()));
    }

    #[test]
    fn nothing_is_dealt_before_the_clock_is_set() {
        assert!(swapped("clock", "deal management-password").contains("before clock"));
    }

    #[test]
    fn nothing_is_printed_before_the_printer_test() {
        let found = swapped("printer-test", "page management-password 2");
        assert!(
            found.contains("page management-password 2 comes before printer-test"),
            "{found}"
        );
    }

    #[test]
    fn nothing_is_sealed_before_it_was_proved() {
        let found = swapped("prove management-password 1", "seal management-password 1");
        assert!(
            found.contains("seal management-password 1 comes before prove management-password 1"),
            "{found}"
        );
    }

    #[test]
    fn nobody_learns_a_passphrase_when_the_secret_exists() {
        let found = swapped("passphrase management-password 1", "deal management-password");
        assert!(found.contains("before"), "{found}");
    }

    #[test]
    fn every_step_that_is_left_out_is_missed_except_what_stands_for_itself() {
        let all = acts();
        for (at, act) in all.iter().enumerate() {
            let mut less = all.clone();
            less.remove(at);
            let free = matches!(act, Act::Passphrase(_) | Act::Count(_));
            assert_eq!(judge(less.iter()).is_ok(), free, "without {act}");
        }
    }

    #[test]
    fn the_ceremony_is_not_closed_before_every_page_is_proved_and_signed_for() {
        let found = swapped("close", "receipt management-password 5");
        assert!(!found.is_empty(), "{found}");
    }

    #[test]
    fn nothing_comes_twice_or_after_the_end() {
        let mut acts = acts();
        acts.push(Act::Wipe);
        assert_eq!(judge(acts.iter()), Err(OutOfOrder::NoEnd));
        acts.insert(1, Act::Preflight);
        assert_eq!(judge(acts.iter()), Err(OutOfOrder::Twice("preflight".to_string())));
    }
}
