//! What stands after an interruption, and what was lost with the memory of the machine.
//!
//! Rules of this file:
//! - a step that was done stands; except that what was judged of a machine is judged again after a start of it, and dice and
//!   passphrases that no dealing used are thrown and learnt again;
//! - an epoch of which one page was neither handed out nor is in hand can never be whole: it is declared void, its pages that
//!   exist are destroyed and counted, and its steps begin again.

use super::AtWork;
use crate::ceremony::deal::page_name;
use crate::ceremony::steps::{Act, ShareOf};
use crate::ident::{Serial, ShareIndex};
use crate::refusal::Refusal;
use crate::vault::event::{Event, SetEpoch};
use crate::vault::note;
use crate::vault::register::{EpochState, Stage};

impl AtWork<'_, '_, '_, '_> {
    /// Whether a step was done and need not be done again.
    pub(super) fn stands(&self, act: &Act) -> bool {
        let Some(sitting) = self.sitting() else { return false };
        let name = act.to_string();
        let mut done = sitting.done.iter().filter(|done| done.step == name);
        match act {
            Act::Preflight | Act::RollCall | Act::Program | Act::Clock | Act::PrinterTest => {
                done.any(|done| done.boot == self.lent.boot)
            }
            Act::Dice => done.next().is_some() && (self.thrown || !self.dealings_are_left()),
            Act::Passphrase(of) => {
                done.next().is_some() && (self.is_learned(of) || self.stands(&Act::Deal(of.set.clone())))
            }
            _ => done.next().is_some(),
        }
    }

    fn dealings_are_left(&self) -> bool {
        let mut sets = self.planned.sets.iter();
        sets.any(|set| !self.stands(&Act::Deal(set.name().clone())))
    }

    fn is_learned(&self, of: &ShareOf) -> bool {
        self.learned
            .get(&of.set)
            .is_some_and(|learned| learned.contains_key(&of.index))
    }

    /// Declares void what can never be whole.
    pub(super) fn give_up_what_is_lost(&mut self) -> Result<(), Refusal> {
        let sets: Vec<_> = self.planned.sets.iter().map(|set| set.name().clone()).collect();
        for set in sets {
            let Some(state) = self.change.vault().register().last_epoch(&set).cloned() else {
                continue;
            };
            if state.void.is_some() || !self.is_lost(&state) {
                continue;
            }
            let out = self.paper_of(&state);
            let of = state.of.clone();
            self.say(&format!(
                "{of} was interrupted while its pages were in the memory of the machine: it can never be whole, and opens nothing"
            ))?;
            self.say(&if out.is_empty() {
                "none of its pages was printed".to_string()
            } else {
                format!("pages that may exist: {}", listed(&out))
            })?;
            self.now = format!("void {of}");
            let question = if out.is_empty() {
                "declare it void, and deal it again? [y]"
            } else {
                "were they shredded before everybody's eyes, and counted? then it is void, and dealt again [y]"
            };
            while !super::asking::is_yes(&self.text(question)?) {}
            self.lent_withdraw(&state);
            let reason = if out.is_empty() {
                "its dealing was interrupted; none of its pages was printed".to_string()
            } else {
                format!("its dealing was interrupted; shredded: {}", listed(&out))
            };
            self.commit(vec![Event::Void {
                of,
                reason: note(&reason)?,
            }])?;
        }
        Ok(())
    }

    /// Whether one page of an epoch is neither proved, on paper, nor in hand.
    fn is_lost(&mut self, state: &EpochState) -> bool {
        if state.is_interrupted() {
            return true;
        }
        let unproved: Vec<(ShareIndex, Serial)> = state
            .envelopes
            .iter()
            .filter(|(_, envelope)| envelope.stage < Stage::Proved)
            .map(|(index, envelope)| (*index, envelope.serial))
            .collect();
        unproved.into_iter().any(|(index, serial)| {
            let act = Act::Page(ShareOf {
                set: state.of.set.clone(),
                index,
            });
            !self.stands(&act) && !self.is_in_hand(&state.of, index, serial)
        })
    }

    fn is_in_hand(&mut self, of: &SetEpoch, index: ShareIndex, serial: Serial) -> bool {
        let out = self
            .sitting()
            .is_some_and(|sitting| sitting.handed_out.contains(&serial));
        out || self.lent.desk.page(&page_name(of, index, serial)).is_some()
    }

    /// The serials of an epoch that may be on paper.
    fn paper_of(&self, state: &EpochState) -> Vec<Serial> {
        let handed = self.sitting().map(|sitting| sitting.handed_out).unwrap_or_default();
        let waits = self.lent.pages.waits();
        let each = state.envelopes.values().chain(state.reprints.values());
        let each = each.chain(state.replaced.iter().map(|(_, envelope)| envelope));
        let out = each
            .map(|envelope| envelope.serial)
            .filter(|serial| !waits || handed.contains(serial));
        out.collect()
    }

    fn lent_withdraw(&mut self, state: &EpochState) {
        use crate::ceremony::ports::Pages as _;
        for (index, envelope) in &state.envelopes {
            self.lent.pages.withdraw(&page_name(&state.of, *index, envelope.serial));
        }
    }
}

fn listed(serials: &[Serial]) -> String {
    let each: Vec<String> = serials.iter().map(ToString::to_string).collect();
    each.join(" ")
}
