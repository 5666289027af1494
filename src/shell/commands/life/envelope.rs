//! `envelope`: the steps of an envelope's life, and where each is.

use super::day;
use crate::ceremony::ports::Clock as _;
use crate::ceremony::upkeep::envelopes::{self, Moved};
use crate::ident::Serial;
use crate::refusal::Refusal;
use crate::shell::args::{Envelope, EnvelopeCommand, Place, Witnessed};
use crate::shell::commands::SystemClock;
use crate::shell::report::{Answer, print, say};
use crate::vault::event::EnvelopeStep;
use crate::vault::register::life::envelope::Held;
use crate::vault::store::Store;
use crate::vault::{Change, Vault};
use serde_json::json;
use std::fmt::Write as _;

/// Writes the step down, or lists.
pub fn run(place: &Place, it: &Envelope) -> Result<Answer, Refusal> {
    let store = Store::open(&place.vault)?;
    if let EnvelopeCommand::List { all, json } = &it.step {
        let vault = Vault::load(&store)?;
        print(&if *json {
            as_json(&vault, *all)
        } else {
            as_text(&vault, *all)
        });
        return Ok(Answer::Done);
    }
    let mut change = Change::begin(&store, place.site.as_ref())?;
    if let EnvelopeCommand::Seal { serial, seal, again } = &it.step {
        let event = envelopes::sealed(change.vault(), *serial, seal, again)?;
        change.commit(&[], vec![event], SystemClock.now())?;
        return said(&change, &[*serial]);
    }
    let Some((serials, seen)) = named(&it.step) else {
        return Ok(Answer::Done);
    };
    // One line at a time: with each, its carrier has one share more.
    let mut events = Vec::new();
    for serial in serials {
        let step = step_of(&it.step, change.vault(), *serial)?;
        let moved = Moved {
            step,
            day: day(seen.on),
            by: &seen.by,
        };
        let event = envelopes::moved(change.vault(), *serial, &moved)?;
        if matches!(it.step, EnvelopeCommand::Send { .. }) {
            change.commit(&[], vec![event], SystemClock.now())?;
        } else {
            events.push(event);
        }
    }
    if !events.is_empty() {
        change.commit(&[], events, SystemClock.now())?;
    }
    said(&change, serials)
}

fn named(step: &EnvelopeCommand) -> Option<(&[Serial], &Witnessed)> {
    match step {
        EnvelopeCommand::Printed { serials, seen }
        | EnvelopeCommand::Spoilt { serials, seen, .. }
        | EnvelopeCommand::Send { serials, seen, .. }
        | EnvelopeCommand::Deposit { serials, seen, .. }
        | EnvelopeCommand::Open { serials, seen, .. }
        | EnvelopeCommand::Lost { serials, seen, .. }
        | EnvelopeCommand::Destroy { serials, seen } => Some((serials, seen)),
        EnvelopeCommand::Seal { .. } | EnvelopeCommand::List { .. } => None,
    }
}

fn step_of(step: &EnvelopeCommand, vault: &Vault<'_>, serial: Serial) -> Result<EnvelopeStep, Refusal> {
    let dealt_for = || envelopes::find(vault, serial).map(|held| held.envelope.safe.clone());
    Ok(match step {
        EnvelopeCommand::Printed { .. } => EnvelopeStep::Printed {},
        EnvelopeCommand::Spoilt { reason, .. } => EnvelopeStep::Spoilt { reason: reason.clone() },
        EnvelopeCommand::Send { carrier, due, .. } => EnvelopeStep::InTransit {
            carrier: carrier.clone(),
            safe: dealt_for()?,
            due: *due,
        },
        EnvelopeCommand::Deposit { safe: Some(safe), .. } => EnvelopeStep::Deposited {
            safe: Some(safe.clone()),
        },
        EnvelopeCommand::Deposit { .. } => EnvelopeStep::Deposited { safe: dealt_for()? },
        EnvelopeCommand::Open { reason, .. } => EnvelopeStep::Opened { reason: reason.clone() },
        EnvelopeCommand::Lost { reason, .. } => EnvelopeStep::Lost { reason: reason.clone() },
        EnvelopeCommand::Destroy { .. } | EnvelopeCommand::Seal { .. } | EnvelopeCommand::List { .. } => {
            EnvelopeStep::Destroyed {}
        }
    })
}

fn said(change: &Change<'_>, serials: &[Serial]) -> Result<Answer, Refusal> {
    for serial in serials {
        let held = envelopes::find(change.vault(), *serial)?;
        print(&format!("{serial}  {}\n", held.now));
        if let Some(next) = next_step(&held) {
            say(&format!("next: {next}"));
        }
    }
    Ok(Answer::Done)
}

/// What has to follow a step that leaves a share out of its place.
fn next_step(held: &Held<'_>) -> Option<String> {
    use crate::vault::register::life::envelope::{Force, Whereabouts};
    let (serial, set) = (held.envelope.serial, &held.epoch.of.set);
    match (&held.now, held.force) {
        (Whereabouts::Spoilt, Force::InForce) => Some(format!(
            "its share has no page now: strongroom ceremony {set} --void \"<reason>\", or reissue it"
        )),
        (Whereabouts::Lost, Force::InForce) => Some(format!(
            "the set is one share short, and whoever finds it is one nearer: strongroom reissue {set} --reason lost …"
        )),
        (Whereabouts::Opened, Force::InForce) => Some(format!(
            "prove it, and seal it again: strongroom envelope seal {serial} --seal NUMBER --again NUMBER"
        )),
        _ => None,
    }
}

fn as_text(vault: &Vault<'_>, all: bool) -> String {
    let mut out = String::new();
    for held in vault.register().pages().filter(|held| all || !held.now.is_gone()) {
        let _ = writeln!(
            out,
            "{}  {:<10} {:<28} {:<12} {}",
            held.envelope.serial,
            held.force.as_str(),
            format!("{} share {}", held.epoch.of, held.index),
            held.envelope.custodian,
            held.now
        );
    }
    out
}

fn as_json(vault: &Vault<'_>, all: bool) -> String {
    let pages = vault.register().pages().filter(|held| all || !held.now.is_gone());
    let envelopes: Vec<_> = pages.map(|held| row(&held)).collect();
    format!(
        "{}\n",
        json!({ "schema": "strongroom/envelope-list/1", "envelopes": envelopes })
    )
}

fn row(held: &Held<'_>) -> serde_json::Value {
    json!({
        "serial": held.envelope.serial,
        "set": held.epoch.of.set,
        "epoch": held.epoch.of.epoch.get(),
        "index": held.index.get(),
        "custodian": held.envelope.custodian,
        "safe": held.envelope.safe,
        "force": held.force.as_str(),
        "stage": held.now.as_str(),
        "since": held.since,
    })
}
