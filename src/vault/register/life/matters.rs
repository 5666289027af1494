//! Drills, reviews and findings, and what a visit to a safe left unexplained.
//!
//! Rules of this file:
//! - a drill is closed by its debrief, a review by its answers, a finding by whoever settled it; until then each is open;
//! - a visit is held against what the ledger expected in that safe when it was written down: what was not there, what was there and
//!   should not have been, and every seal that was not whole is unexplained until it is settled; what was taken out or put in, until a step
//!   of the envelope says why.

use super::LifeState;
use super::envelope::Whereabouts;
use crate::ident::{PersonId, SafeId, Serial, SetName};
use crate::vault::event::{LifeEvent, LineId, ReviewAnswer};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// The most envelopes that one visit names as not seen, where it says that all of them were looked for.
const NAMED_MAX: usize = 100;

/// A visit to a safe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitState {
    /// Which safe.
    pub safe: SafeId,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Vec<PersonId>,
    /// Why.
    pub reason: String,
    /// Envelopes that were seen, taken out or put in.
    pub serials: Vec<Serial>,
    /// What did not fit the ledger when it was written down.
    odd: Vec<String>,
    /// What was taken out, and how many steps it had gone then.
    taken: Vec<(Serial, usize)>,
    /// What was put in.
    put: Vec<Serial>,
    /// When that was settled.
    pub settled: Option<Date>,
}

/// A drill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrillState {
    /// On which day.
    pub day: Date,
    /// Who leads it.
    pub led_by: PersonId,
    /// Whose shares are to be proved.
    pub sets: Vec<SetName>,
    /// Its debrief.
    pub debrief: Option<Debrief>,
}

/// How a drill went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Debrief {
    /// On which day.
    pub day: Date,
    /// What went wrong.
    pub wrong: String,
    /// Who practised.
    pub practised: Vec<PersonId>,
}

/// A review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewState {
    /// On which day it began.
    pub day: Date,
    /// Who leads it.
    pub led_by: PersonId,
    /// On which day it was signed.
    pub closed: Option<Date>,
    /// What is not to be kept.
    pub others: Vec<ReviewAnswer>,
}

/// A finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingState {
    /// What it came of.
    pub of: String,
    /// What was found.
    pub found: String,
    /// What is to be changed.
    pub change: String,
    /// Who sees to it.
    pub owner: PersonId,
    /// Until when.
    pub until: Date,
    /// When it was settled.
    pub settled: Option<Date>,
}

impl LifeState {
    /// The drills that have no debrief yet.
    pub fn open_drills(&self) -> impl Iterator<Item = (&LineId, &DrillState)> {
        self.drills.iter().filter(|(_, drill)| drill.debrief.is_none())
    }

    /// The reviews that nobody signed yet.
    pub fn open_reviews(&self) -> impl Iterator<Item = (&LineId, &ReviewState)> {
        self.reviews.iter().filter(|(_, review)| review.closed.is_none())
    }

    /// The findings that are not settled.
    pub fn open_findings(&self) -> impl Iterator<Item = (&LineId, &FindingState)> {
        self.findings.iter().filter(|(_, finding)| finding.settled.is_none())
    }

    /// The visits that left something unexplained.
    pub fn open_visits(&self) -> impl Iterator<Item = (&LineId, &VisitState)> {
        let open = |(_, visit): &(&LineId, &VisitState)| visit.settled.is_none() && !self.unexplained(visit).is_empty();
        self.visits.iter().filter(open)
    }

    /// What a visit found that does not fit the ledger; and what it moved, as long as no step of the envelope says why.
    pub fn unexplained(&self, visit: &VisitState) -> Vec<String> {
        let mut all = visit.odd.clone();
        let still = |serial: Serial| {
            let last = self.steps(serial).last().map(|step| &step.to);
            matches!(last, Some(Whereabouts::Deposited(Some(safe))) if *safe == visit.safe)
        };
        let taken = visit.taken.iter();
        let taken = taken.filter(|(serial, steps)| still(*serial) && self.steps(*serial).len() <= *steps);
        all.extend(taken.map(|(serial, _)| format!("{serial} was taken out, and no step of it says why")));
        let here = |serial: &&Serial| self.deposited.contains(&(**serial, visit.safe.clone()));
        let put = visit.put.iter().filter(|serial| !here(serial));
        all.extend(put.map(|serial| format!("{serial} was put in, and was never deposited there")));
        all
    }

    /// The last review that was signed.
    pub fn last_review(&self) -> Option<Date> {
        self.reviews.values().filter_map(|review| review.closed).max()
    }

    /// The last drill that was talked over.
    pub fn last_drill(&self) -> Option<Date> {
        let closed = self.drills.values().filter(|drill| drill.debrief.is_some());
        closed.map(|drill| drill.day).max()
    }

    pub(super) fn see_matter(&mut self, id: LineId, event: &LifeEvent) {
        match event {
            LifeEvent::Visited { .. } => self.see_visit(id, event),
            LifeEvent::Drill { day, led_by, sets } => {
                let drill = DrillState {
                    day: *day,
                    led_by: led_by.clone(),
                    sets: sets.clone(),
                    debrief: None,
                };
                self.drills.insert(id, drill);
            }
            LifeEvent::Debriefed {
                drill,
                practised,
                wrong,
                day,
                ..
            } => {
                if let Some(drill) = self.drills.get_mut(drill) {
                    drill.debrief = Some(Debrief {
                        day: *day,
                        wrong: wrong.as_str().to_string(),
                        practised: practised.clone(),
                    });
                }
            }
            LifeEvent::Review { day, led_by } => {
                let review = ReviewState {
                    day: *day,
                    led_by: led_by.clone(),
                    closed: None,
                    others: Vec::new(),
                };
                self.reviews.insert(id, review);
            }
            LifeEvent::Reviewed {
                review, others, day, ..
            } => {
                if let Some(review) = self.reviews.get_mut(review) {
                    review.closed = Some(*day);
                    review.others.clone_from(others);
                }
            }
            LifeEvent::Finding {
                of,
                found,
                change,
                owner,
                until,
            } => {
                let finding = FindingState {
                    of: of.as_str().to_string(),
                    found: found.as_str().to_string(),
                    change: change.as_str().to_string(),
                    owner: owner.clone(),
                    until: *until,
                    settled: None,
                };
                self.findings.insert(id, finding);
            }
            LifeEvent::Settled { finding, day, .. } => {
                if let Some(state) = self.findings.get_mut(finding) {
                    state.settled = Some(*day);
                }
                if let Some(visit) = self.visits.get_mut(finding) {
                    visit.settled = Some(*day);
                }
            }
            _ => {}
        }
    }

    fn see_visit(&mut self, id: LineId, event: &LifeEvent) {
        let LifeEvent::Visited {
            safe,
            at,
            by,
            reason,
            intact,
            broken,
            taken,
            put,
            whole,
        } = event
        else {
            return;
        };
        let seen: BTreeSet<Serial> = intact.iter().chain(broken).chain(taken).copied().collect();
        let put_in: BTreeSet<Serial> = put.iter().copied().collect();
        let none = BTreeSet::new();
        let expected = self.lies.get(safe).unwrap_or(&none);
        let mut unexplained = Vec::new();
        if *whole {
            let accounted: BTreeSet<&Serial> = seen.union(&put_in).collect();
            let unseen = expected.len() - accounted.iter().filter(|serial| expected.contains(serial)).count();
            let missing = expected.iter().filter(|serial| !accounted.contains(serial));
            let missing = missing.take(NAMED_MAX.min(unseen));
            unexplained.extend(missing.map(|serial| format!("{serial} should lie there and was not seen")));
            if unseen > NAMED_MAX {
                unexplained.push(format!(
                    "{} more should lie there and were not seen",
                    unseen - NAMED_MAX
                ));
            }
        }
        let strangers = seen.difference(expected).filter(|serial| !put_in.contains(serial));
        unexplained.extend(strangers.map(|serial| format!("{serial} was there, and the ledger does not say so")));
        unexplained.extend(
            broken
                .iter()
                .map(|serial| format!("the seal of {serial} was not whole")),
        );
        let visit = VisitState {
            safe: safe.clone(),
            at: *at,
            by: by.clone(),
            reason: reason.as_str().to_string(),
            serials: seen.union(&put_in).copied().collect(),
            odd: unexplained,
            taken: taken
                .iter()
                .map(|serial| (*serial, self.steps(*serial).len()))
                .collect(),
            put: put.clone(),
            settled: None,
        };
        self.visits.insert(id, visit);
    }
}
