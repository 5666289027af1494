//! A step of an envelope's life, judged before it is written.
//!
//! Rules of this file:
//! - the ledger takes any step, since sites may tell it differently; a person is refused one that skips a stage;
//! - a deposit, an opening and a destruction are seen by two;
//! - a page that is spoilt or lost is not in its place: whoever says so is told what to do next.

use super::two_of;
use crate::ident::{PersonId, SafeId, Serial};
use crate::refusal::{Refusal, Rule};
use crate::vault::Vault;
use crate::vault::event::{EnvelopeStep, Event, LifeEvent, Note, RoomEvent};
use crate::vault::register::life::envelope::{Force, Held, Whereabouts};
use jiff::civil::Date;

/// A step that people say an envelope went.
pub struct Moved<'a> {
    /// What came of it.
    pub step: EnvelopeStep,
    /// On which day.
    pub day: Date,
    /// Who did it, or saw it.
    pub by: &'a [PersonId],
}

/// The envelope with this serial, in force or not.
pub fn find<'v>(vault: &'v Vault<'_>, serial: Serial) -> Result<Held<'v>, Refusal> {
    vault.register().page(serial).ok_or_else(|| {
        let found = format!("this vault never had an envelope with serial {serial}");
        Refusal::new(Rule::UnknownSerial, found).hint("the serials of this vault: strongroom envelope list --all")
    })
}

/// The line for a step of an envelope.
pub fn moved(vault: &Vault<'_>, serial: Serial, step: &Moved<'_>) -> Result<Event, Refusal> {
    let held = find(vault, serial)?;
    let next = judge(vault, &held, step)?;
    follows(vault, &held, &next)?;
    Ok(Event::Life(LifeEvent::Moved {
        serial,
        step: step.step.clone(),
        day: step.day,
        by: step.by.to_vec(),
    }))
}

/// The line for a seal, whose number two people read.
pub fn sealed(vault: &Vault<'_>, serial: Serial, seal: &Note, again: &Note) -> Result<Event, Refusal> {
    let held = find(vault, serial)?;
    if seal != again {
        return Err(Refusal::new(
            Rule::InputMalformed,
            format!(
                "the number on the seal was read as {} and as {}",
                seal.as_str(),
                again.as_str()
            ),
        )
        .hint("read it once more, both of you"));
    }
    if held.force != Force::InForce {
        return Err(not_in_force(&held));
    }
    if let Some(other) = vault.register().room().sealed_by(seal.as_str()) {
        return Err(Refusal::new(
            Rule::InputMalformed,
            format!(
                "the seal {} closed envelope {other} before: a seal is used once",
                seal.as_str()
            ),
        )
        .hint("take a new seal"));
    }
    follows(vault, &held, &Whereabouts::Sealed(seal.as_str().to_string()))?;
    Ok(Event::Room(RoomEvent::Sealed {
        of: held.epoch.of.clone(),
        index: held.index,
        serial,
        seal: seal.clone(),
    }))
}

fn judge(vault: &Vault<'_>, held: &Held<'_>, step: &Moved<'_>) -> Result<Whereabouts, Refusal> {
    let (plan, serial) = (vault.plan(), held.envelope.serial);
    super::known(plan, step.by)?;
    match &step.step {
        EnvelopeStep::Printed {} => Ok(Whereabouts::Printed),
        EnvelopeStep::Spoilt { .. } => Ok(Whereabouts::Spoilt),
        EnvelopeStep::Lost { .. } => Ok(Whereabouts::Lost),
        EnvelopeStep::InTransit { carrier, safe, due } => {
            never_a_quorum(vault, held, carrier)?;
            Ok(Whereabouts::InTransit {
                carrier: carrier.as_str().to_string(),
                safe: safe.clone(),
                due: *due,
            })
        }
        EnvelopeStep::Deposited { safe } => {
            two_of(plan, step.by, &format!("the deposit of {serial}"))?;
            known_safe(vault, safe.as_ref())?;
            Ok(Whereabouts::Deposited(safe.clone()))
        }
        EnvelopeStep::Opened { .. } => {
            two_of(plan, step.by, &format!("the opening of {serial}"))?;
            Ok(Whereabouts::Opened)
        }
        EnvelopeStep::Destroyed {} => {
            two_of(plan, step.by, &format!("the destruction of {serial}"))?;
            Ok(Whereabouts::Destroyed)
        }
    }
}

fn known_safe(vault: &Vault<'_>, safe: Option<&SafeId>) -> Result<(), Refusal> {
    let Some(safe) = safe else { return Ok(()) };
    if vault.plan().safe(safe).is_some() {
        return Ok(());
    }
    let known: Vec<&str> = vault.plan().safes().iter().map(|safe| safe.id.as_str()).collect();
    Err(
        Refusal::new(Rule::UnknownSafe, format!("the plan has no safe `{safe}`"))
            .hint(format!("it has {}", known.join(", "))),
    )
}

fn never_a_quorum(vault: &Vault<'_>, held: &Held<'_>, carrier: &Note) -> Result<(), Refusal> {
    let (with, needed) = (
        vault.register().carried_with(held, carrier),
        held.epoch.threshold.needed(),
    );
    if with < usize::from(needed) {
        return Ok(());
    }
    Err(Refusal::new(
        Rule::CarrierQuorum,
        format!(
            "with {} {} would carry {with} shares of {}, and {needed} open its records",
            held.envelope.serial,
            carrier.as_str(),
            held.epoch.of
        ),
    )
    .hint("let somebody else carry it, or wait until the others are deposited"))
}

fn follows(vault: &Vault<'_>, held: &Held<'_>, next: &Whereabouts) -> Result<(), Refusal> {
    if held.now.may_become(next, vault.mode()) {
        return Ok(());
    }
    let serial = held.envelope.serial;
    let found = format!("envelope {serial} is {}: it cannot be {} next", held.now, next.as_str());
    Err(Refusal::new(Rule::StageSkipped, found).hint(match (&held.now, next) {
        (Whereabouts::Destroyed | Whereabouts::Spoilt, _) => {
            "it is no more; a page that turns up is a finding".to_string()
        }
        (Whereabouts::Lost, _) => {
            format!("lost paper that turns up is destroyed: strongroom envelope destroy {serial} --by ID,ID")
        }
        (Whereabouts::Dealt | Whereabouts::Rendered | Whereabouts::Printed, _) => {
            "prove the paper first: strongroom prove --scan FILE".to_string()
        }
        (Whereabouts::Proved | Whereabouts::Opened, _) => {
            format!("strongroom envelope seal {serial} --seal NUMBER --again NUMBER")
        }
        (Whereabouts::Sealed(_), _) => {
            format!("strongroom envelope send {serial} --carrier WHO --due DATE --by ID")
        }
        (Whereabouts::InTransit { .. }, _) => format!("strongroom envelope deposit {serial} --by ID,ID"),
        (Whereabouts::Deposited(_), _) => format!("strongroom envelope open {serial} --reason TEXT --by ID,ID"),
    }))
}

fn not_in_force(held: &Held<'_>) -> Refusal {
    let found = format!(
        "envelope {} is {}: only a page in force is sealed",
        held.envelope.serial,
        held.force.as_str()
    );
    Refusal::new(Rule::UnknownSerial, found).hint("a page that was replaced or whose epoch is void is destroyed")
}
