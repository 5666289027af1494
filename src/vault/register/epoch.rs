//! One epoch of one share set, and the life of its envelopes.
//!
//! Rules of this file:
//! - an envelope is in force until the page that replaces it was proved on paper (in a rehearsal: rendered); a page that was
//!   reprinted twice before that is spoilt, and still accounted for;
//! - a serial names one page; a proof that names another is refused;
//! - an epoch is *live* when every envelope in force was proved (in a rehearsal: rendered), and it is not void.

use crate::code::words::Fingerprint;
use crate::crypto::passphrase::LockDigest;
use crate::ident::{Mode, PersonId, SafeId, Serial, ShareIndex};
use crate::threshold::Threshold;
use crate::vault::event::SetEpoch;
use crate::vault::ledger::Hash;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// How far the page of an envelope has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Its share was dealt; the page may not exist.
    Dealt,
    /// The page was made, and read back from its own image.
    Rendered,
    /// The paper itself was proved.
    Proved,
}

impl Stage {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dealt => "dealt",
            Self::Rendered => "rendered",
            Self::Proved => "proved",
        }
    }

    /// How far a page must have come to be in force.
    fn in_force(mode: Mode) -> Self {
        match mode {
            Mode::Production => Self::Proved,
            Mode::Rehearsal => Self::Rendered,
        }
    }
}

/// One envelope of one epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Who is entitled to its share.
    pub custodian: PersonId,
    /// Where it is to lie.
    pub safe: Option<SafeId>,
    /// Its serial.
    pub serial: Serial,
    /// Which lines stand on its page, where its custodian's passphrase is upon them.
    pub lock: Option<LockDigest>,
    /// How far it has come.
    pub stage: Stage,
}

/// One epoch of one share set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpochState {
    /// The set and its epoch.
    pub of: SetEpoch,
    /// Its threshold.
    pub threshold: Threshold,
    /// The hash of its core.
    pub core: Hash,
    /// The fingerprint that its shares carry.
    pub fingerprint: Fingerprint,
    /// Its envelopes in force, by index.
    pub envelopes: BTreeMap<ShareIndex, Envelope>,
    /// Pages made again that are not in force yet, by index.
    pub reprints: BTreeMap<ShareIndex, Envelope>,
    /// Envelopes that were replaced, and pages that were spoilt: to be destroyed, and accounted for until then.
    pub replaced: Vec<(ShareIndex, Envelope)>,
    /// When it was dealt.
    pub dealt: Timestamp,
    /// The epoch whose quorum signed it, where one did.
    pub succeeds: Option<super::Succession>,
    /// Why it is out of force, where it is.
    pub void: Option<String>,
    /// Since when it is.
    pub void_since: Option<Timestamp>,
    /// Why nobody watched its dealing, where nobody did.
    pub unattended: Option<String>,
}

impl EpochState {
    /// Whether records may be locked to it.
    pub fn is_live(&self, mode: Mode) -> bool {
        let wanted = Stage::in_force(mode);
        self.void.is_none() && self.envelopes.values().all(|envelope| envelope.stage >= wanted)
    }

    pub(super) fn make_void(&mut self, why: String, time: Timestamp) {
        self.void_since.get_or_insert(time);
        self.void = Some(why);
    }

    /// Whether its pages were never all made: a crash ended its dealing.
    pub fn is_interrupted(&self) -> bool {
        self.void.is_none() && self.envelopes.values().any(|envelope| envelope.stage == Stage::Dealt)
    }

    /// The indices of pages in force that were not proved on paper.
    pub fn unproved(&self) -> Vec<ShareIndex> {
        self.envelopes
            .iter()
            .filter(|(_, envelope)| envelope.stage < Stage::Proved)
            .map(|(index, _)| *index)
            .collect()
    }

    /// The envelope in force that has this serial.
    pub fn find_serial(&self, serial: Serial) -> Option<(ShareIndex, &Envelope)> {
        let found = self.envelopes.iter().find(|(_, envelope)| envelope.serial == serial);
        found.map(|(index, envelope)| (*index, envelope))
    }

    /// Whether a page with this serial was ever made for this epoch.
    pub fn knows_serial(&self, serial: Serial) -> bool {
        let now = self.envelopes.values().chain(self.reprints.values());
        let replaced = self.replaced.iter().map(|(_, envelope)| envelope);
        now.chain(replaced).any(|envelope| envelope.serial == serial)
    }

    /// The envelope that a page of share `index` came in: by the digest of its lines where it is locked; else the newest page,
    /// since the lines of an open share are the same on each.
    pub fn envelope_of(&self, index: ShareIndex, lock: Option<LockDigest>) -> Option<&Envelope> {
        let newest = self.reprints.get(&index).into_iter().chain(self.envelopes.get(&index));
        newest.clone().find(|envelope| envelope.lock == lock).or_else(|| {
            // A page without a lock was printed before its share was given one, or the other way round.
            newest.into_iter().next_back()
        })
    }

    /// Whether the ledger knows a page of share `index` with these lines, in force or not.
    pub fn knows_lock(&self, index: ShareIndex, lock: LockDigest) -> bool {
        let earlier = self
            .replaced
            .iter()
            .filter(|(at, _)| *at == index)
            .map(|(_, envelope)| envelope);
        let now = self.reprints.get(&index).into_iter().chain(self.envelopes.get(&index));
        now.chain(earlier).any(|envelope| envelope.lock == Some(lock))
    }

    /// A page made again in place of the envelope in force.
    pub(super) fn reprint(&mut self, index: ShareIndex, replaces: Serial, page: &Page) -> Result<(), String> {
        let of = &self.of;
        let old = self
            .envelopes
            .get(&index)
            .ok_or_else(|| format!("{of} has no share {index}"))?;
        if old.serial != replaces {
            return Err(format!("share {index} of {of} is not in envelope {replaces}"));
        }
        let page = Envelope {
            custodian: old.custodian.clone(),
            safe: old.safe.clone(),
            serial: page.serial,
            lock: page.lock,
            stage: Stage::Dealt,
        };
        let spoilt = self.reprints.insert(index, page);
        self.replaced.extend(spoilt.map(|spoilt| (index, spoilt)));
        Ok(())
    }

    /// Every page that the ledger names was made.
    pub(super) fn render(&mut self, mode: Mode) {
        let pages = self.envelopes.values_mut().chain(self.reprints.values_mut());
        pages.for_each(|envelope| envelope.stage = envelope.stage.max(Stage::Rendered));
        if Stage::in_force(mode) == Stage::Rendered {
            let ready: Vec<ShareIndex> = self.reprints.keys().copied().collect();
            for index in ready {
                self.put_in_force(index);
            }
        }
    }

    /// The paper with this serial was proved.
    pub(super) fn prove(&mut self, index: ShareIndex, serial: Serial) -> Result<(), String> {
        if self.reprints.get(&index).is_some_and(|page| page.serial == serial) {
            self.put_in_force(index);
        }
        let of = &self.of;
        let envelope = self
            .envelopes
            .get_mut(&index)
            .ok_or_else(|| format!("{of} has no share {index}"))?;
        if envelope.serial != serial {
            return Err(format!("share {index} of {of} is not in envelope {serial}"));
        }
        envelope.stage = Stage::Proved;
        Ok(())
    }

    fn put_in_force(&mut self, index: ShareIndex) {
        let Some(page) = self.reprints.remove(&index) else {
            return;
        };
        let old = self.envelopes.insert(index, page);
        self.replaced.extend(old.map(|old| (index, old)));
    }
}

/// What is new about a page that was made again.
pub(super) struct Page {
    pub(super) serial: Serial,
    pub(super) lock: Option<LockDigest>,
}
