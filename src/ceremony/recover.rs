//! One record opened by a quorum, for a stated task and reason.
//!
//! Rules of this file:
//! - the record is the one that the ledger names last, or the older generation that was asked for, and in production one that paper
//!   vouches for;
//! - in production two people are present and a third approved (S8); two factors of one account are never gathered in one boot (S22);
//! - the ledger says what will be seen, and what was reachable, *before* it is shown: what was seen cannot be unseen by a crash;
//! - what comes back is one record; the identity that opened it is gone, and is derived anew for the next one;
//! - several records in one sitting open to one set that opens each of them, and each has a reason of its own.

use super::gathering::{Gathering, Held};
use super::generation;
use super::known::KnownEpochs;
use super::trust::Trust;
use crate::ident::{Generation, Mode, PersonId, TaskId};
use crate::plan::Factor;
use crate::refusal::{Refusal, Rule};
use crate::vault::event::{Boot, Event, NightEvent, Note, ReadEnvelope, SetEpoch};
use crate::vault::record::{Record, RecordName};
use crate::vault::register::RecordState;
use crate::vault::{Change, Vault};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// What is asked, by whom, why.
pub struct Request {
    /// Which record.
    pub name: RecordName,
    /// Which generation of it; none for the one in force.
    pub generation: Option<Generation>,
    /// For which task of the catalogue.
    pub task: TaskId,
    /// Why.
    pub reason: Note,
    /// Who is there.
    pub present: Vec<PersonId>,
    /// Who approved.
    pub approved_by: Option<PersonId>,
    /// The start of the machine.
    pub boot: Boot,
}

/// What may be opened: judged before a share is asked for.
pub struct Permit {
    request: Request,
    state: RecordState,
    on_paper: bool,
}

/// What opening a record exposes besides it.
pub struct Exposure {
    /// How the record is shown.
    pub shown: Note,
    /// Every envelope whose share was read.
    pub read: Vec<ReadEnvelope>,
}

/// The opened record and what opening it exposed.
pub struct Opened {
    /// The record.
    pub record: Record,
    /// By which epoch.
    pub of: SetEpoch,
    /// How many records the quorum could have opened.
    pub reachable: usize,
}

impl Request {
    /// Refuses to gather one factor where this machine, since it was started, gathered the other one.
    pub fn judge_boot(&self, vault: &Vault<'_>) -> Result<(), Refusal> {
        // What cannot be opened is refused where it is judged.
        match generation::choose(vault, &self.name, self.generation) {
            Ok(state) => one_factor_a_boot(vault, &self.name, state, &self.boot),
            Err(_) => Ok(()),
        }
    }

    /// Judges the request against the vault, before any share is at hand.
    pub fn judge(self, vault: &Vault<'_>, trust: &Trust) -> Result<Permit, Refusal> {
        if vault.mode() == Mode::Production {
            enough_people(&self.present, self.approved_by.as_ref())?;
        }
        let state = generation::choose(vault, &self.name, self.generation)?.clone();
        trust.plan(vault)?;
        match self.generation {
            None => trust.record(&self.name, &state)?,
            Some(_) => trust.generation(&self.name, &state)?,
        }
        let on_paper = trust.is_on_paper();
        Ok(Permit {
            request: self,
            state,
            on_paper,
        })
    }
}

impl Permit {
    /// Which record it is for.
    pub fn name(&self) -> &RecordName {
        &self.request.name
    }

    /// The epochs that open the record.
    pub fn sets(&self) -> &[SetEpoch] {
        &self.state.sets
    }

    /// The gathering for the records of one sitting: of the epochs that open each of them and are in force. Where no paper
    /// vouches, the stretched words of each are computed anew from its core: they are then all that ties a sheet to the vault.
    pub fn gathering<'k>(permits: &[Self], known: &'k KnownEpochs) -> Result<Gathering<'k>, Refusal> {
        let Some((first, others)) = permits.split_first() else {
            return Err(Refusal::new(Rule::Usage, "no record was asked for"));
        };
        let common = first.state.sets.iter();
        let common: Vec<&SetEpoch> = common
            .filter(|of| others.iter().all(|other| other.state.sets.contains(of)))
            .collect();
        if common.is_empty() {
            return Err(Refusal::new(
                Rule::Usage,
                "no share set opens all of these records: one quorum cannot recover them in one sitting",
            )
            .hint("recover them one after the other, each with its own quorum"));
        }
        let mut in_force = Vec::new();
        for of in common {
            let epoch = known.need(of)?;
            if !first.on_paper && epoch.stored.core.fingerprint() != epoch.stored.fingerprint {
                return Err(Refusal::new(
                    Rule::SetUnfit,
                    format!("the words of {of} are not those of its core"),
                ));
            }
            if epoch.state.void.is_none() {
                in_force.push(of.clone());
            }
        }
        Ok(Gathering::new(known, in_force))
    }

    /// Opens the record by the quorum that is held, and records it and what it exposes before it is given back.
    pub fn open(
        self,
        change: &mut Change<'_>,
        held: &Held,
        exposure: Exposure,
        now: Timestamp,
    ) -> Result<Opened, Refusal> {
        let Self {
            request,
            state,
            on_paper,
        } = self;
        let vault = change.vault();
        let locked = vault.locked_record(&request.name, &state)?;
        let record = Record::open(&locked, held.identity()?, vault.id(), &request.name, state.generation)?;
        let reachable = vault.register().reachable(&held.of);
        let exposed = NightEvent::Exposed {
            account: request.name.account.clone(),
            factor: request.name.factor,
            device: request.name.device.clone(),
            shown: exposure.shown,
            envelopes: exposure.read,
            boot: request.boot.clone(),
        };
        let event = Event::Recovered {
            account: request.name.account,
            factor: request.name.factor,
            device: request.name.device,
            generation: state.generation,
            task: request.task,
            reason: request.reason,
            present: request.present,
            approved_by: request.approved_by,
            of: held.of.clone(),
            shares: held.shares.clone(),
            reachable: reachable as u64,
            on_paper,
            boot: request.boot,
        };
        change.commit(&[], vec![Event::Night(exposed), event], now)?;
        Ok(Opened {
            record,
            of: held.of.clone(),
            reachable,
        })
    }
}

fn enough_people(present: &[PersonId], approved_by: Option<&PersonId>) -> Result<(), Refusal> {
    let distinct: BTreeSet<&PersonId> = present.iter().collect();
    let hint = "name them: --present ID,ID --approved-by ID";
    if distinct.len() < 2 {
        let found = format!(
            "in production two people are present at a recovery, {} {} named",
            distinct.len(),
            if distinct.len() == 1 { "is" } else { "are" }
        );
        return Err(Refusal::new(Rule::TooFewPeople, found).hint(hint));
    }
    match approved_by {
        None => Err(Refusal::new(
            Rule::TooFewPeople,
            "in production somebody approved a recovery, nobody is named",
        )
        .hint(hint)),
        Some(approver) if distinct.contains(approver) => Err(Refusal::new(
            Rule::TooFewPeople,
            format!("{approver} cannot approve what {approver} is present to do"),
        )
        .hint(hint)),
        Some(_) => Ok(()),
    }
}

/// What a machine gathered it could have opened whole. So it must not gather the other factor of any account within that.
pub(super) fn one_factor_a_boot(
    vault: &Vault<'_>,
    name: &RecordName,
    state: &RecordState,
    boot: &Boot,
) -> Result<(), Refusal> {
    let register = vault.register();
    let accounts = |sets: &BTreeSet<&SetEpoch>, factor: fn(Factor) -> bool| -> BTreeSet<String> {
        register
            .records()
            .filter(|(other, generations)| {
                factor(other.factor)
                    && generations
                        .iter()
                        .any(|state| state.sets.iter().any(|of| sets.contains(of)))
            })
            .map(|(other, _)| other.account.to_string())
            .collect()
    };
    let now: BTreeSet<&SetEpoch> = state.sets.iter().collect();
    let earlier: BTreeSet<&SetEpoch> = register.gathered_in(boot).map(|gathered| &gathered.of).collect();
    let is_password: fn(Factor) -> bool = |factor| factor == Factor::Password;
    let is_mfa: fn(Factor) -> bool = |factor| factor == Factor::Mfa;
    let (this, that) = match name.factor {
        Factor::Password => (is_password, is_mfa),
        Factor::Mfa => (is_mfa, is_password),
        Factor::Contact => return Ok(()),
    };
    let both = accounts(&now, this).intersection(&accounts(&earlier, that)).count();
    if both == 0 {
        return Ok(());
    }
    Err(Refusal::new(
        Rule::BothFactors,
        format!("since this machine was started it gathered a quorum for the other factor: with this one it could open {both} {} whole", if both == 1 { "account" } else { "accounts" }),
    )
    .hint("switch the laptop off and on again, or use another one")
    .hint("to go on all the same, and have it in the ledger: --allow-both-factors \"<reason>\""))
}
