//! One page made again: it was spoilt, or its custodian changes the passphrase upon it. No quorum, and no secret of the set.
//!
//! the sheet at hand → its share, known by its digest or proved → (a new lock) → a page under a new serial, read back → out
//!
//! Rules of this file:
//! - the share stays the same: its set, the other envelopes and the records are not touched;
//! - of a locked sheet the same lines are printed again, known by the digest that the ledger has: its custodian need not be there;
//! - the envelope in force stays so until the new page is proved on paper;
//! - a share that passes through a machine so counts as one seen at a drill: never a quorum within one boot.

use super::deal::{self, LockedShare, Room};
use super::known::{KnownEpoch, KnownEpochs, forged};
use super::locks;
use super::page_of::{Addressee, PageOf};
use super::ports::Passphrases;
use super::prove;
use crate::code::share_code::PaperShare;
use crate::crypto::passphrase::Passphrase;
use crate::entropy::Purpose;
use crate::ident::{Mode, Serial, ShareIndex};
use crate::refusal::{Refusal, Rule};
use crate::vault::Change;
use crate::vault::event::{Event, Note};
use crate::vault::register::Envelope;

/// What the new page is to carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anew {
    /// The same lines.
    SameLines,
    /// The same share under a new passphrase.
    NewPassphrase,
}

/// A page that may be made again, before its sheet is read.
pub struct Wanted<'k> {
    known: &'k KnownEpochs,
    epoch: &'k KnownEpoch,
    index: ShareIndex,
    envelope: &'k Envelope,
    anew: Anew,
}

impl<'k> Wanted<'k> {
    /// The envelope in force with this serial; judged before its sheet is read.
    pub fn find(change: &Change<'_>, known: &'k KnownEpochs, serial: Serial, anew: Anew) -> Result<Self, Refusal> {
        let (epoch, index, envelope) = known.find_serial(serial).ok_or_else(|| unknown(change, serial))?;
        let wanted = Self {
            known,
            epoch,
            index,
            envelope,
            anew,
        };
        if anew == Anew::NewPassphrase {
            wanted.planned_with_passphrase(change)?;
        }
        Ok(wanted)
    }

    /// What a person is told of it.
    pub fn name(&self) -> String {
        self.known.name(self.epoch, self.index)
    }

    /// Makes the page from the sheet at hand, and puts it out under a new serial; gives that serial.
    pub fn reprint(
        self,
        change: &mut Change<'_>,
        paper: PaperShare,
        reason: Note,
        passphrases: &mut dyn Passphrases,
        room: &mut Room<'_, '_>,
    ) -> Result<Serial, Refusal> {
        self.is_the_sheet(&paper)?;
        self.never_a_quorum(change, room)?;
        let share = match self.anew {
            Anew::SameLines if paper.is_locked() => self.known_lines(paper)?,
            Anew::SameLines => self.proved(paper, passphrases)?,
            Anew::NewPassphrase => self.locked_anew(&self.proved(paper, passphrases)?, room)?,
        };
        self.put_out(change, &share, reason, room)
    }

    fn is_the_sheet(&self, paper: &PaperShare) -> Result<(), Refusal> {
        let epoch = self.known.identify(&paper.head)?;
        if epoch.state.of == self.epoch.state.of && paper.head.index == self.index {
            return Ok(());
        }
        let found = self.known.name(epoch, paper.head.index);
        Err(Refusal::new(
            Rule::ShareNotOfThisSet,
            format!("this sheet is {found}, not {}", self.name()),
        )
        .hint("put it back into its envelope"))
    }

    fn never_a_quorum(&self, change: &Change<'_>, room: &Room<'_, '_>) -> Result<(), Refusal> {
        // Of a set that is not live yet every share passed through the machine that dealt it.
        if change.vault().mode() == Mode::Rehearsal || !self.epoch.state.is_live(Mode::Production) {
            return Ok(());
        }
        let seen = change.vault().register().practised_in(&room.boot, &self.epoch.state.of);
        prove::never_a_quorum(&self.epoch.state, seen, self.index)
    }

    fn known_lines(&self, paper: PaperShare) -> Result<PaperShare, Refusal> {
        let digest = paper.lock_digest().ok_or_else(|| {
            Refusal::new(
                Rule::ShareIncomplete,
                format!("{} came without its line C", self.name()),
            )
            .hint("enter all three lines, or scan a code")
        })?;
        if self.epoch.state.knows_lock(self.index, digest) {
            return Ok(paper);
        }
        Err(locks::not_printed(&self.name()))
    }

    /// The share without a lock, proved.
    fn proved(&self, paper: PaperShare, passphrases: &mut dyn Passphrases) -> Result<PaperShare, Refusal> {
        let (head, name) = (paper.head, self.name());
        let share = locks::unlock(paper, self.epoch, &name, passphrases)?;
        if share.blinder().is_none() {
            return Err(Refusal::new(
                Rule::ShareIncomplete,
                format!("{name} cannot be printed again without its last line"),
            )
            .hint("enter all of its lines, or scan a code"));
        }
        let proved = self.epoch.stored.core.commitments.prove(share);
        let (value, blinder) = proved.map_err(|_| forged(&name))?.into_share().into_scalars();
        Ok(PaperShare::new(head, value, blinder))
    }

    fn locked_anew(&self, open: &PaperShare, room: &mut Room<'_, '_>) -> Result<PaperShare, Refusal> {
        let passphrase = Passphrase::generate(room.entropy)?;
        let of = &self.epoch.state.of;
        let share = LockedShare {
            set: &of.set,
            epoch: of.epoch,
            index: self.index,
            custodian: self.known.custodian(self.envelope),
        };
        room.custodians.hand_over(&share, &passphrase)?;
        locks::lock(open, &passphrase, &self.epoch.stored.core.commitments, room.entropy)
    }

    fn planned_with_passphrase(&self, change: &Change<'_>) -> Result<(), Refusal> {
        let set = change.vault().plan().find_set(self.epoch.state.of.set.as_str())?;
        let planned = set.indexed_shares().find(|(index, _)| *index == self.index);
        if planned.is_some_and(|(_, share)| share.passphrase) {
            return Ok(());
        }
        let found = format!(
            "the plan keeps share {} of {} without a passphrase",
            self.index,
            set.name()
        );
        Err(Refusal::new(Rule::Usage, found).hint(format!(
            "in strongroom.toml, at that share of {}: passphrase = true",
            set.name()
        )))
    }

    fn put_out(
        &self,
        change: &mut Change<'_>,
        share: &PaperShare,
        reason: Note,
        room: &mut Room<'_, '_>,
    ) -> Result<Serial, Refusal> {
        let (state, vault) = (&self.epoch.state, change.vault());
        let of = &state.of;
        let set = vault.plan().find_set(of.set.as_str())?;
        let serial = deal::new_serial(vault, room.entropy)?;
        let tint = room.entropy.draw(Purpose::Tint)?;
        let to = Addressee {
            custodian: &self.envelope.custodian,
            safe: self.envelope.safe.as_ref(),
        };
        let day = deal::day_of(state.dealt);
        let page = PageOf::new(vault.plan(), set, of.epoch, vault.mode(), day, room.press);
        let page = page.make(share, to, serial, &self.epoch.stored.fingerprint, &tint)?;
        let event = Event::Reprinted {
            of: of.clone(),
            index: self.index,
            replaces: self.envelope.serial,
            serial,
            lock: share.lock_digest(),
            reason,
            boot: room.boot.clone(),
        };
        change.commit(&[], vec![event], room.clock.now())?;
        room.pages.put(&deal::page_name(of, self.index, serial), page.pdf())?;
        change.commit(&[], vec![Event::Rendered { of: of.clone() }], room.clock.now())?;
        Ok(serial)
    }
}

fn unknown(change: &Change<'_>, serial: Serial) -> Refusal {
    let found = if change.vault().register().has_serial(&serial) {
        format!("serial {serial} is no longer in force: its page was replaced, or its epoch is void")
    } else {
        format!("this vault has no envelope with serial {serial}")
    };
    Refusal::new(Rule::UnknownSerial, found).hint("the serial stands at the head of the sheet and on its label")
}
