//! What the lines about recoveries add up to.
//!
//! Rules of this file:
//! - a phrase that announces is one whose digest a line before it names; the digests of a vault differ;
//! - two copies may each have announced with one phrase before they met: every window is kept, none breaks the ledger.

use super::Register;
use crate::ident::{AccountId, PersonId};
use crate::vault::event::{NightEvent, NoticeNote};
use crate::vault::ledger::Hash;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// One announcement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announced {
    /// From when on a sign-in is expected.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// To which account.
    pub account: AccountId,
    /// Why.
    pub reason: String,
    /// Who announced it.
    pub by: Vec<PersonId>,
}

/// One notice, and what was announced by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its number and digests.
    pub note: NoticeNote,
    /// What was announced by its phrase: once, or more often where copies of the vault met later.
    pub announced: Vec<Announced>,
}

/// The notices of a vault.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NightState {
    notices: Vec<Notice>,
    /// Which notice a digest is of.
    by_digest: BTreeMap<Hash, usize>,
}

impl NightState {
    /// Every notice that was printed, in order.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// The next notice: the first, by its number, whose phrase was not spent.
    pub fn next(&self) -> Option<&Notice> {
        let unspent = self.notices.iter().filter(|notice| notice.announced.is_empty());
        unspent.min_by_key(|notice| notice.note.number)
    }

    /// The number of the next notice to be printed.
    pub fn next_number(&self) -> u32 {
        self.notices.iter().map(|notice| notice.note.number).max().unwrap_or(0) + 1
    }

    /// The notice of which this is the digest of a phrase.
    pub fn find(&self, digest: Hash) -> Option<&Notice> {
        self.notices.get(*self.by_digest.get(&digest)?)
    }
}

impl Register {
    /// The access notices.
    pub fn night(&self) -> &NightState {
        &self.night
    }

    pub(super) fn add_night(&mut self, event: &NightEvent) -> Result<(), String> {
        match event {
            NightEvent::Notices { notices, .. } => notices.iter().try_for_each(|note| self.add_notice(note)),
            NightEvent::Announced {
                call,
                from,
                until,
                account,
                reason,
                by,
            } => {
                let night = &mut self.night;
                let notice = night.by_digest.get(call).and_then(|at| night.notices.get_mut(*at));
                let notice = notice.filter(|notice| notice.note.call == *call);
                let notice = notice.ok_or("no notice has the phrase of this announcement")?;
                notice.announced.push(Announced {
                    from: *from,
                    until: *until,
                    account: account.clone(),
                    reason: reason.as_str().to_string(),
                    by: by.clone(),
                });
                Ok(())
            }
            NightEvent::Invited { .. } => Ok(()),
            NightEvent::Exposed { envelopes, .. } => {
                for read in envelopes {
                    self.epoch_mut(&read.of)?;
                }
                Ok(())
            }
        }
    }

    fn add_notice(&mut self, note: &NoticeNote) -> Result<(), String> {
        if note.number == 0 {
            return Err("notices are numbered from 1".to_string());
        }
        let taken = [note.call, note.answer]
            .into_iter()
            .any(|digest| self.night.find(digest).is_some());
        if taken || note.call == note.answer {
            return Err(format!("the phrases of notice {} were used before", note.number));
        }
        let at = self.night.notices.len();
        self.night.by_digest.extend([(note.call, at), (note.answer, at)]);
        self.night.notices.push(Notice {
            note: note.clone(),
            announced: Vec::new(),
        });
        Ok(())
    }
}
