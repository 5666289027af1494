//! A share set is dealt, its pages are made and read back, and handed out.
//!
//! [`Dealt`] (shares) → [`Rendered`] (pages, each read back from its own image) → handed out and in the ledger
//!
//! Rules of this file:
//! - custodians learn their passphrases before the secret exists: while it does, nobody is waited for;
//! - what can be found before a secret exists is found there ([`judge`]);
//! - the ledger names every serial *before* its page leaves the memory, and says so again when all have left: whatever
//!   instant the power fails, no page exists that nobody accounts for;
//! - shares are dropped when their page is made, pages when they are out;
//! - an epoch whose dealing was interrupted is declared void, never continued: its secret is gone with the process.

mod fit;

pub use self::fit::{check_names, judge, one_purpose};
pub(super) use self::fit::{check_pages, custodians_are_there};

use super::locks;
use super::page_of::{Addressee, PageOf};
use super::ports::{Clock, Custodians, Pages, Voice};
use crate::code::share_code::{PaperShare, ShareHead};
use crate::code::words::Fingerprint;
use crate::crypto::identity::{IdentityKind, SetIdentity};
use crate::crypto::passphrase::Passphrase;
use crate::crypto::sharing::{self, Share};
use crate::entropy::{Entropy, Purpose};
use crate::ident::{Epoch, Serial, SetName, ShareIndex};
use crate::paper::read_back::ReadBack;
use crate::paper::sheet::Press;
use crate::plan::{self, Plan, ShareSet};
use crate::refusal::{Refusal, Rule};
use crate::secret::Secret;
use crate::vault::event::{Boot, DealtEnvelope, Event, Note, SetEpoch};
use crate::vault::ledger::Hash;
use crate::vault::share_set::{Core, StoredCore};
use crate::vault::{Change, Vault, note};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeMap;
use strongroom_bedrock::stack;

/// What a dealing needs of the room.
pub struct Room<'r, 'e> {
    /// Randomness.
    pub entropy: &'r mut Entropy<'e>,
    /// Time.
    pub clock: &'r dyn Clock,
    /// What pages are set in and worded with.
    pub press: &'r Press,
    /// Where pages go.
    pub pages: &'r mut dyn Pages,
    /// Who learns the passphrases of locked shares.
    pub custodians: &'r mut dyn Custodians,
    /// Who is told.
    pub voice: &'r mut dyn Voice,
    /// The start of the machine.
    pub boot: Boot,
    /// Why nobody watches, where nobody does.
    pub unattended: Option<Note>,
}

/// A share that goes under a passphrase, as its custodian is asked for it.
pub struct LockedShare<'a> {
    /// The share set.
    pub set: &'a SetName,
    /// Its epoch.
    pub epoch: Epoch,
    /// The index of the share.
    pub index: ShareIndex,
    /// The name of its custodian.
    pub custodian: &'a str,
}

impl std::fmt::Display for LockedShare<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            set,
            epoch,
            index,
            custodian,
        } = self;
        write!(f, "share {index} of {set}, epoch {epoch} ({custodian})")
    }
}

/// Deals each of `sets`, one after the other, and hands out its pages.
pub fn deal_sets(change: &mut Change<'_>, sets: &[&ShareSet], room: &mut Room<'_, '_>) -> Result<(), Refusal> {
    let epochs = judge(change.vault(), sets, room.unattended.is_some(), room.press)?;
    for (set, epoch) in sets.iter().zip(epochs) {
        let passphrases = learn_all(change.vault().plan(), set, epoch, room)?;
        let dealt = Dealt::deal(change.vault(), set, epoch, passphrases, room)?;
        let rendered = dealt.render(change.vault().plan(), room.press)?;
        rendered.hand_out(change, room)?;
    }
    Ok(())
}

/// Declares the last epoch of a set void: its dealing was interrupted, or its pages are out of force.
pub fn declare_void(
    change: &mut Change<'_>,
    set: &ShareSet,
    reason: Note,
    clock: &dyn Clock,
) -> Result<SetEpoch, Refusal> {
    let state = change
        .vault()
        .register()
        .last_epoch(set.name())
        .filter(|state| state.void.is_none());
    let state = state.ok_or_else(|| {
        Refusal::new(
            Rule::UnknownSet,
            format!("{} has no epoch in force to declare void", set.name()),
        )
    })?;
    if change.vault().register().reachable(&state.of) > 0 {
        return Err(Refusal::new(
            Rule::SetAlreadyDealt,
            format!("{} opens records: declared void, they would be lost", state.of),
        )
        .hint("only an epoch that no record is locked to can be declared void"));
    }
    let of = state.of.clone();
    change.commit(&[], vec![Event::Void { of: of.clone(), reason }], clock.now())?;
    Ok(of)
}

/// A set whose shares exist in memory and nowhere else.
pub struct Dealt<'a> {
    set: &'a ShareSet,
    core: Core,
    fingerprint: Fingerprint,
    day: Date,
    shares: Vec<(PaperShare, Serial, Secret<64>)>,
}

impl<'a> Dealt<'a> {
    /// Deals `set`, and derives its public half. `passphrases`: one for each share that is to be locked, by index.
    pub fn deal(
        vault: &Vault<'_>,
        set: &'a ShareSet,
        epoch: Epoch,
        mut passphrases: Learned,
        room: &mut Room<'_, '_>,
    ) -> Result<Self, Refusal> {
        let missing = set
            .indexed_shares()
            .find(|(index, planned)| planned.passphrase && !passphrases.contains_key(index));
        if let Some((index, _)) = missing {
            let found = format!("nobody has learnt the passphrase of share {index} of {}", set.name());
            return Err(Refusal::new(Rule::CustodianAbsent, found));
        }
        let dealing = sharing::deal(set.threshold(), room.entropy)?;
        let kind = IdentityKind::X25519;
        let identity = SetIdentity::derive(dealing.secret, vault.mode(), kind)?;
        let core = Core {
            vault: vault.id(),
            name: set.name().clone(),
            purpose: set.purpose(),
            region: set.region().cloned(),
            epoch,
            threshold: set.threshold(),
            identity_kind: kind,
            recipient: identity.recipient(),
            commitments: dealing.commitments,
            successor_key: identity.successor_key(),
            before: vault
                .register()
                .last_epoch(set.name())
                .map_or(Hash([0; 32]), |last| last.core),
        };
        drop(identity);
        let fingerprint = core.fingerprint();
        let mut shares = Vec::with_capacity(dealing.shares.len());
        for share in dealing.shares {
            let passphrase = passphrases.remove(&share.index());
            let serial = fresh_serial(vault, &shares, room.entropy)?;
            let tint = room.entropy.draw(Purpose::Tint)?;
            let open = paper_share(&core, fingerprint, share);
            let paper = match passphrase {
                Some(passphrase) => locks::lock(&open, &passphrase, &core.commitments, room.entropy)?,
                None => open,
            };
            shares.push((paper, serial, tint));
        }
        let day = day_of(room.clock.now());
        Ok(Self {
            set,
            core,
            fingerprint,
            day,
            shares,
        })
    }

    /// Makes every page and reads it back, two at a time; each share is dropped with its page.
    pub fn render(self, plan: &Plan, press: &Press) -> Result<Rendered<'a>, Refusal> {
        let Self {
            set,
            core,
            fingerprint,
            day,
            shares,
        } = self;
        let page = PageOf::new(plan, set, core.epoch, core.mode(), day, press);
        let of = core.set_epoch();
        let envelopes = envelopes(set, &shares);
        let work: Vec<_> = shares.into_iter().zip(set.shares()).collect();
        let queue = std::sync::Mutex::new(work.into_iter().enumerate());
        let made = std::sync::Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..std::thread::available_parallelism().map_or(1, |cores| cores.get().min(4)) {
                scope.spawn(|| {
                    loop {
                        let next = queue.lock().ok().and_then(|mut queue| queue.next());
                        let Some((at, ((paper, serial, tint), planned))) = next else {
                            break;
                        };
                        // A thread's stack is kept for the next one.
                        let page = stack::cleared(|| {
                            page.make(&paper, Addressee::planned(planned), serial, &fingerprint, &tint)
                        });
                        let name = page_name(&of, paper.head.index, serial);
                        if let Ok(mut made) = made.lock() {
                            made.push((at, page.map(|page| (name, page))));
                        }
                    }
                });
            }
        });
        let mut made = made
            .into_inner()
            .map_err(|_| Refusal::new(Rule::PageUnfit, "a page could not be drawn"))?;
        made.sort_by_key(|(at, _)| *at);
        let pages = made.into_iter().map(|(_, page)| page).collect::<Result<Vec<_>, _>>()?;
        if pages.len() != envelopes.len() {
            return Err(Refusal::new(Rule::PageUnfit, "a page could not be drawn"));
        }
        Ok(Rendered {
            set,
            core,
            fingerprint,
            envelopes,
            pages,
        })
    }
}

/// What the ledger keeps of the pages of `shares`.
fn envelopes(set: &ShareSet, shares: &[(PaperShare, Serial, Secret<64>)]) -> Vec<DealtEnvelope> {
    let planned = shares.iter().zip(set.shares());
    let envelope = |((paper, serial, _), planned): (&(PaperShare, Serial, Secret<64>), &plan::Share)| DealtEnvelope {
        index: paper.head.index,
        custodian: planned.custodian.clone(),
        safe: planned.safe.clone(),
        serial: *serial,
        lock: paper.lock_digest(),
    };
    planned.map(envelope).collect()
}

/// A set whose pages exist in memory; its shares are gone.
pub struct Rendered<'a> {
    set: &'a ShareSet,
    core: Core,
    fingerprint: Fingerprint,
    envelopes: Vec<DealtEnvelope>,
    pages: Vec<(String, ReadBack)>,
}

/// What else is written in one piece with the line that names a dealing.
#[derive(Default)]
pub struct Beside {
    /// Files.
    pub files: Vec<(String, Vec<u8>)>,
    /// Lines, after the dealing's own.
    pub events: Vec<Event>,
}

impl Rendered<'_> {
    /// The core of the epoch.
    pub fn core(&self) -> &Core {
        &self.core
    }

    /// Names the epoch in the ledger, puts its pages out, and says so. A page that cannot be put out ends the epoch.
    pub fn hand_out(self, change: &mut Change<'_>, room: &mut Room<'_, '_>) -> Result<(), Refusal> {
        self.hand_out_beside(change, Beside::default(), room)
    }

    /// The same, with other files and lines in the one write that names the epoch.
    pub fn hand_out_beside(
        self,
        change: &mut Change<'_>,
        beside: Beside,
        room: &mut Room<'_, '_>,
    ) -> Result<(), Refusal> {
        let Self {
            set,
            core,
            fingerprint,
            envelopes,
            pages,
        } = self;
        let of = core.set_epoch();
        let dealt = Event::Dealt {
            of: of.clone(),
            threshold: core.threshold,
            core: core.hash(),
            fingerprint: note(&fingerprint.hex())?,
            envelopes,
            unattended: room.unattended.clone(),
            boot: room.boot.clone(),
        };
        let file = core.render(&fingerprint).into_bytes();
        // The rendering must read back, before anything is locked to it.
        StoredCore::parse(&core.path(), &file)?;
        let Beside { mut files, mut events } = beside;
        files.insert(0, (core.path(), file));
        events.insert(0, dealt);
        change.commit(&files, events, room.clock.now())?;
        for (at, (name, page)) in pages.iter().enumerate() {
            if let Err(refusal) = room.pages.put(name, page.pdf()) {
                pages[..at].iter().for_each(|(name, _)| room.pages.withdraw(name));
                let reason = note("a page could not be put out")?;
                change.commit(&[], vec![Event::Void { of, reason }], room.clock.now())?;
                return Err(refusal);
            }
        }
        drop(pages);
        change.commit(&[], vec![Event::Rendered { of: of.clone() }], room.clock.now())?;
        room.voice.say(&format!(
            "{of}: {} dealt, {} sheets made and read back",
            set.threshold(),
            set.shares().len()
        ));
        room.voice.say(&format!("  fingerprint  {fingerprint}"));
        Ok(())
    }
}

/// Passphrases that their custodians have learnt, by index.
pub type Learned = BTreeMap<ShareIndex, Passphrase>;

/// Lets the custodian of every share that the plan wants locked learn a passphrase of its own; in the order of the shares.
pub(super) fn learn_all(
    plan: &Plan,
    set: &ShareSet,
    epoch: Epoch,
    room: &mut Room<'_, '_>,
) -> Result<Learned, Refusal> {
    let mut learned = Learned::new();
    for (index, _) in set.indexed_shares().filter(|(_, planned)| planned.passphrase) {
        learned.insert(index, learn(plan, set, epoch, index, room)?);
    }
    Ok(learned)
}

/// Lets the custodian of one share learn its passphrase.
pub fn learn(
    plan: &Plan,
    set: &ShareSet,
    epoch: Epoch,
    index: ShareIndex,
    room: &mut Room<'_, '_>,
) -> Result<Passphrase, Refusal> {
    let planned = set.indexed_shares().find(|(at, _)| *at == index);
    let id = planned.map(|(_, planned)| &planned.custodian);
    let person = id.and_then(|id| plan.person(id));
    let passphrase = Passphrase::generate(room.entropy)?;
    let share = LockedShare {
        set: set.name(),
        epoch,
        index,
        custodian: person.map_or(id.map_or("", |id| id.as_str()), |person| person.name.as_str()),
    };
    room.custodians.hand_over(&share, &passphrase)?;
    Ok(passphrase)
}

fn paper_share(core: &Core, fingerprint: Fingerprint, share: Share) -> PaperShare {
    let head = ShareHead {
        mode: core.mode(),
        identity_kind: core.identity_kind,
        needed: core.threshold.needed(),
        index: share.index(),
        fingerprint,
    };
    let (value, blinder) = share.into_scalars();
    PaperShare::new(head, value, blinder)
}

fn fresh_serial(
    vault: &Vault<'_>,
    taken: &[(PaperShare, Serial, Secret<64>)],
    entropy: &mut Entropy<'_>,
) -> Result<Serial, Refusal> {
    loop {
        let serial = new_serial(vault, entropy)?;
        if taken.iter().all(|(_, other, _)| *other != serial) {
            return Ok(serial);
        }
    }
}

/// The name of the file of a page.
pub fn page_name(of: &SetEpoch, index: ShareIndex, serial: Serial) -> String {
    format!("{}-{}-share-{index}-{serial}.pdf", of.set, of.epoch)
}

/// The day that a sheet names.
pub(super) fn day_of(time: Timestamp) -> Date {
    time.to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// A serial that this vault never used.
pub(super) fn new_serial(vault: &Vault<'_>, entropy: &mut Entropy<'_>) -> Result<Serial, Refusal> {
    loop {
        let serial = entropy
            .bytes::<4>(Purpose::Serial)?
            .expose(|bytes| Serial::from_bits(u32::from_be_bytes(*bytes)));
        if !vault.register().has_serial(&serial) {
            return Ok(serial);
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
