//! A new epoch of a share set, signed by the quorum of the old one; and records locked again.
//!
//! custodians learn their passphrases → the old quorum → a dealing, its pages → every record locked to the new epoch as its next
//! generation → core, records, and the lines `dealt`, `reissued`, `relocked` in one write → pages out → `rendered`
//!
//! Rules of this file:
//! - a stated cause, and the old quorum; nobody else signs the next epoch;
//! - old files stay, and stay in force, until every new page is proved: whatever instant the power fails, the old quorum opens
//!   everything or the new one does;
//! - a record opened here goes into its new lock at once: nothing of it is shown or kept;
//! - no password is made anew: a new secret needs a reason of its own (S4).

use super::deal::{self, Beside, Dealt, Learned, Room};
use super::gathering::{Gathered, Gathering};
use super::recover::one_factor_a_boot;
use super::trust::Trust;
use crate::crypto::identity::{Recipient, Relocking};
use crate::ident::{Epoch, Mode, PersonId};
use crate::paper::sheet::Press;
use crate::plan::{Plan, ShareSet};
use crate::refusal::{Refusal, Rule};
use crate::vault::event::{Boot, Cause, Event, LifeEvent, LockedRecordNote, SetEpoch, Signature};
use crate::vault::ledger::Hash;
use crate::vault::record::{Record, RecordName};
use crate::vault::register::RecordState;
use crate::vault::{Change, Vault};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// A reissue that may be done: judged before anything is asked of people.
pub struct Wanted<'a> {
    set: &'a ShareSet,
    epoch: Epoch,
    old: SetEpoch,
    cause: Cause,
}

impl<'a> Wanted<'a> {
    /// Judges whether `set` can be dealt anew from the plan as it is now.
    pub fn judge(
        vault: &Vault<'_>,
        set: &'a ShareSet,
        cause: Cause,
        unattended: bool,
        press: &Press,
    ) -> Result<Self, Refusal> {
        let register = vault.register();
        let never = || {
            Refusal::new(
                Rule::SetNotLive,
                format!("{} has no epoch in force to reissue", set.name()),
            )
            .hint(format!("deal it: strongroom ceremony {} …", set.name()))
        };
        let old = register.live(set.name()).ok_or_else(never)?;
        nothing_waits(vault, &old.of)?;
        if unattended && vault.mode() == Mode::Production {
            deal::custodians_are_there(&[set])?;
        }
        let last = register.last_epoch(set.name()).unwrap_or(old);
        let epoch = last.of.epoch.next();
        let epoch = epoch.ok_or_else(|| Refusal::new(Rule::Internal, "there are no more epochs"))?;
        deal::check_pages(vault.plan(), vault.mode(), set, epoch, press)?;
        Ok(Self {
            set,
            epoch,
            old: old.of.clone(),
            cause,
        })
    }

    /// The epoch whose quorum is needed.
    pub fn old(&self) -> &SetEpoch {
        &self.old
    }

    /// Refuses where this machine, since it was started, gathered the other factor.
    pub fn judge_boot(&self, vault: &Vault<'_>, boot: &Boot) -> Result<(), Refusal> {
        match opened_by(vault, &self.old).first() {
            Some((name, state)) => one_factor_a_boot(vault, name, state, boot),
            None => Ok(()),
        }
    }

    /// Lets the custodians of locked shares learn their passphrases: while secrets are in memory nobody is waited for.
    pub fn prepare(self, plan: &Plan, room: &mut Room<'_, '_>) -> Result<Prepared<'a>, Refusal> {
        let passphrases = deal::learn_all(plan, self.set, self.epoch, room)?;
        Ok(Prepared {
            wanted: self,
            passphrases,
        })
    }
}

/// A reissue whose custodians are ready.
pub struct Prepared<'a> {
    wanted: Wanted<'a>,
    passphrases: Learned,
}

/// What came of a reissue.
pub struct Reissued {
    /// The new epoch.
    pub of: SetEpoch,
    /// The old one.
    pub old: SetEpoch,
    /// How many records were locked again.
    pub records: usize,
}

impl Prepared<'_> {
    /// Deals, locks every record again, signs, and puts the pages out.
    pub fn run(
        self,
        change: &mut Change<'_>,
        trust: &Trust,
        gathering: Gathering<'_>,
        room: &mut Room<'_, '_>,
    ) -> Result<Reissued, Refusal> {
        let Self { wanted, passphrases } = self;
        let Wanted { set, epoch, old, cause } = wanted;
        let vault = change.vault();
        trust.plan(vault)?;
        trust.live_set(vault, &old)?;
        let Gathered { identity, shares, .. } = gathering.finish()?;
        let relocking = identity.into_relocking();
        let rendered = Dealt::deal(vault, set, epoch, passphrases, room)?.render(vault.plan(), room.press)?;
        let core = rendered.core();
        let of = core.set_epoch();
        let mut locks = Locks::new(vault, trust);
        locks.recipients.insert(of.clone(), core.recipient.clone());
        for (name, state) in opened_by(vault, &old) {
            let sets = successors_of(vault, &state, &of);
            locks.lock_again(&relocking, name, &state, sets)?;
        }
        let before = vault
            .register()
            .epoch(&old)
            .map(|state| state.core)
            .ok_or_else(|| Refusal::new(Rule::Internal, "the old epoch is in the register"))?;
        let signature = relocking.sign_successor(&before.0, &core.hash().0);
        drop(relocking);
        let reissued = LifeEvent::Reissued {
            of: of.clone(),
            succeeds: old.clone(),
            cause,
            signature: Signature(signature),
            shares,
            reachable: vault.register().reachable(&old) as u64,
            boot: room.boot.clone(),
        };
        let records = locks.records.len();
        let mut events = vec![Event::Life(reissued)];
        let Locks {
            files, records: notes, ..
        } = locks;
        if records > 0 {
            events.push(Event::Life(LifeEvent::Relocked {
                factor: set.purpose(),
                records: notes,
                awaits: Some(of.clone()),
                by: old.clone(),
                boot: room.boot.clone(),
            }));
        }
        rendered.hand_out_beside(change, Beside { files, events }, room)?;
        change.clear_superseded()?;
        Ok(Reissued { of, old, records })
    }
}

/// The set to which `relock` adds, and the epochs of which any one quorum will do.
pub struct Adding<'a> {
    set: &'a ShareSet,
    live: SetEpoch,
    wanted: Vec<(RecordName, RecordState)>,
}

impl<'a> Adding<'a> {
    /// Every record that the plan lets this set open and that it does not open.
    pub fn judge(vault: &Vault<'_>, set: &'a ShareSet) -> Result<Self, Refusal> {
        let register = vault.register();
        let live = register.live(set.name()).ok_or_else(|| {
            Refusal::new(
                Rule::SetNotLive,
                format!("{} is not live: nothing can be locked to it", set.name()),
            )
            .hint(format!(
                "deal it, and prove every page: strongroom ceremony {} …",
                set.name()
            ))
        })?;
        nothing_waits(vault, &live.of)?;
        let mut wanted = Vec::new();
        for (name, _) in register.records() {
            let (Some(state), Some(account)) = (register.record(name), vault.plan().account(&name.account)) else {
                continue;
            };
            let sets = vault.plan().sets_for(account, name.factor, name.device.as_ref());
            let opens = sets.iter().any(|one| one.name() == set.name());
            if opens && !state.sets.contains(&live.of) {
                wanted.push((name.clone(), state.clone()));
            }
        }
        if wanted.is_empty() {
            return Err(Refusal::new(
                Rule::NothingToRelock,
                format!("{} opens already whatever the plan lets it open", live.of),
            ));
        }
        Ok(Self {
            set,
            live: live.of.clone(),
            wanted,
        })
    }

    /// The epochs that open one of these records and are in force: a quorum of any of them will do.
    pub fn openers(&self, vault: &Vault<'_>) -> BTreeSet<SetEpoch> {
        let all = self.wanted.iter().flat_map(|(_, state)| &state.sets);
        all.filter(|of| is_in_force(vault, of)).cloned().collect()
    }

    /// Refuses where this machine, since it was started, gathered the other factor.
    pub fn judge_boot(&self, vault: &Vault<'_>, boot: &Boot) -> Result<(), Refusal> {
        let first = self.wanted.first();
        first.map_or(Ok(()), |(name, state)| one_factor_a_boot(vault, name, state, boot))
    }

    /// Locks what the gathered quorum opens to this set too; how many records that were, and how many are left for another.
    pub fn run(
        self,
        change: &mut Change<'_>,
        trust: &Trust,
        gathering: Gathering<'_>,
        boot: Boot,
        now: Timestamp,
    ) -> Result<(usize, usize), Refusal> {
        let vault = change.vault();
        trust.plan(vault)?;
        trust.live_set(vault, &self.live)?;
        let gathered = gathering.finish()?;
        let relocking = gathered.identity.into_relocking();
        let mut locks = Locks::new(vault, trust);
        for (name, state) in &self.wanted {
            if state.sets.contains(&gathered.of) {
                let sets = successors_of(vault, state, &self.live);
                locks.lock_again(&relocking, name, state, sets)?;
            }
        }
        drop(relocking);
        let Locks { files, records, .. } = locks;
        let (done, left) = (records.len(), self.wanted.len() - records.len());
        let event = LifeEvent::Relocked {
            factor: self.set.purpose(),
            records,
            awaits: None,
            by: gathered.of,
            boot,
        };
        change.commit(&files, vec![Event::Life(event)], now)?;
        change.clear_superseded()?;
        Ok((done, left))
    }
}

/// Records on their way into new locks.
struct Locks<'v, 's> {
    vault: &'v Vault<'s>,
    trust: &'v Trust,
    recipients: BTreeMap<SetEpoch, Recipient>,
    files: Vec<(String, Vec<u8>)>,
    records: Vec<LockedRecordNote>,
}

impl<'v, 's> Locks<'v, 's> {
    fn new(vault: &'v Vault<'s>, trust: &'v Trust) -> Self {
        Self {
            vault,
            trust,
            recipients: BTreeMap::new(),
            files: Vec::new(),
            records: Vec::new(),
        }
    }

    fn lock_again(
        &mut self,
        relocking: &Relocking,
        name: &RecordName,
        state: &RecordState,
        sets: Vec<SetEpoch>,
    ) -> Result<(), Refusal> {
        let vault = self.vault;
        self.trust.record(name, state)?;
        for of in &sets {
            if !self.recipients.contains_key(of) {
                self.trust.live_set(vault, of)?;
                vault.judge_succession(of)?;
                self.recipients.insert(of.clone(), vault.core(of)?.core.recipient);
            }
        }
        let to: Vec<Recipient> = sets.iter().filter_map(|of| self.recipients.get(of).cloned()).collect();
        let next = vault.register().next_generation(name);
        let next = next.ok_or_else(|| Refusal::new(Rule::Internal, "there are no more generations"))?;
        let locked = vault.locked_record(name, state)?;
        let file = Record::relock(&locked, relocking, vault.id(), (name, state.generation, next), &to)?;
        self.records.push(LockedRecordNote {
            account: name.account.clone(),
            device: name.device.clone(),
            generation: next,
            sha256: Hash::of(&file),
            sets,
        });
        self.files.push((name.path(next), file));
        Ok(())
    }
}

/// The records in force that an epoch opens.
fn opened_by<'v>(vault: &'v Vault<'_>, of: &SetEpoch) -> Vec<(&'v RecordName, RecordState)> {
    let register = vault.register();
    let names = register.records().map(|(name, _)| name);
    names
        .filter_map(|name| Some((name, register.record(name)?.clone())))
        .filter(|(_, state)| state.sets.contains(of))
        .collect()
}

/// What a record is locked to next: the epochs in force that open it now, but for others of the set of `new`; and `new`.
fn successors_of(vault: &Vault<'_>, state: &RecordState, new: &SetEpoch) -> Vec<SetEpoch> {
    let others = state
        .sets
        .iter()
        .filter(|of| of.set != new.set && is_in_force(vault, of));
    others.chain([new]).cloned().collect()
}

fn is_in_force(vault: &Vault<'_>, of: &SetEpoch) -> bool {
    let register = vault.register();
    register.epoch(of).is_some_and(|state| state.is_live(register.mode()))
}

/// One reissue at a time where they share records: of two that wait, the later one would not know the other's epoch.
fn nothing_waits(vault: &Vault<'_>, of: &SetEpoch) -> Result<(), Refusal> {
    let register = vault.register();
    let sets: BTreeSet<SetEpoch> = opened_by(vault, of)
        .into_iter()
        .flat_map(|(_, state)| state.sets)
        .chain([of.clone()])
        .collect();
    let pending = sets.iter().find_map(|of| Some((of, register.pending_successor(of)?)));
    let Some((of, successor)) = pending else { return Ok(()) };
    Err(Refusal::new(
        Rule::ReissuePending,
        format!("{successor} is to succeed {of}, and waits for its pages to be proved"),
    )
    .hint("prove every page of it, then go on: strongroom prove --scan PAGES…")
    .hint(format!(
        "or give it up: strongroom ceremony {} --void \"<reason>\"",
        of.set
    )))
}

/// The records of an epoch whose secret was replaced and with which nobody has signed in since: the provider may still have the one before,
/// which only the old epoch opens.
pub fn untried(vault: &Vault<'_>, old: &SetEpoch) -> Vec<String> {
    let register = vault.register();
    let replaced = register.records().filter(|(name, generations)| {
        let secrets = generations.iter().filter(|state| !state.relocked).count();
        secrets > 1 && generations.iter().any(|state| state.sets.contains(old)) && !register.is_tried(name)
    });
    replaced.map(|(name, _)| name.to_string()).collect()
}

/// People who held a share of an epoch that is void and hold none of the one that succeeded it; and how many of the old shares.
pub fn leavers(vault: &Vault<'_>, old: &SetEpoch, new: &SetEpoch) -> Vec<(PersonId, usize)> {
    let register = vault.register();
    let custodians = |of: &SetEpoch| -> BTreeMap<PersonId, usize> {
        let mut people = BTreeMap::new();
        for envelope in register
            .epoch(of)
            .into_iter()
            .flat_map(|state| state.envelopes.values())
        {
            *people.entry(envelope.custodian.clone()).or_insert(0) += 1;
        }
        people
    };
    let stay = custodians(new);
    custodians(old)
        .into_iter()
        .filter(|(person, _)| !stay.contains_key(person))
        .collect()
}

/// The accounts whose secret in force an epoch could open by an older copy of the vault: nothing newer was enrolled and tried.
pub fn still_opens(vault: &Vault<'_>, of: &SetEpoch) -> BTreeSet<String> {
    let register = vault.register();
    let exposed = register.records().filter(|(name, _)| register.is_exposed_to(name, of));
    exposed.map(|(name, _)| name.account.to_string()).collect()
}
