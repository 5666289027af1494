//! The exposure list: what the last sitting opened and showed, from the ledger alone.

use super::wordings::Paper;
use super::{Office, place_of, said_if};
use crate::ident::AccountId;
use crate::paper::flow::Dress;
use crate::paper::flow::values::{Moment, Said, Values};
use crate::plan::Factor;
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretBytes;
use crate::vault::event::{Event, NightEvent, Note, ReadEnvelope, SetEpoch};
use crate::vault::ledger::Entry;
use crate::vault::record::RecordName;
use std::collections::BTreeMap;

/// The list of what the last sitting exposed that read an envelope: what this laptop wrote between two closing entries.
pub fn exposure(office: &Office<'_>) -> Result<SecretBytes, Refusal> {
    let sitting = last_sitting(office.chain.entries()).ok_or_else(|| {
        Refusal::new(
            Rule::RecordMissing,
            "no recovery of this laptop has read an envelope yet",
        )
        .hint("this list is made after one: strongroom recover …")
    })?;
    let events = || sitting.iter().map(|entry| &entry.event);
    let mut read: BTreeMap<_, &ReadEnvelope> = BTreeMap::new();
    let (mut records, mut after) = (Vec::new(), Vec::new());
    for entry in sitting {
        let event = &entry.event;
        match event {
            Event::Night(NightEvent::Exposed {
                envelopes,
                account,
                factor,
                shown,
                ..
            }) => {
                read.extend(envelopes.iter().map(|one| ((&one.of, one.index), one)));
                if let Some(asked) = after_showing(&called(office, account), *factor, shown.as_str())
                    && !after.contains(&asked)
                {
                    after.push(asked);
                }
            }
            Event::Recovered { .. } => records.push(record(office, entry, shown_before(sitting, event))),
            _ => {}
        }
    }
    let overridden = events().any(|event| matches!(event, Event::Exception { .. }));
    let mut todo = vec![Said::of(&[
        &"each sheet above goes into a new envelope with a new seal; write the number of the seal beside it, above",
    ])];
    todo.extend(read.values().filter(|one| !one.sound).map(|one| {
        let found = &" was read and opened nothing: look at it. If it is forged, it is evidence: keep it apart, and open an exception";
        Said::of(&[&"the sheet of envelope ", &one.serial, found])
    }));
    let mut sets: Vec<&SetEpoch> = read.values().map(|one| &one.of).collect();
    sets.dedup();
    if overridden {
        let why = &" may have been seen by more than this laptop, for an exception was made: reissue it, or whoever approves writes here why not";
        todo.extend(sets.iter().map(|of| Said::of(&[&of.set, why])));
    }
    todo.append(&mut after);
    let nothing = "No record was opened: the gathering ended before a quorum.";
    let values = office
        .values()
        .list("none", said_if(records.is_empty(), nothing))
        .list("record", records)
        .list("envelope", read.values().map(|one| envelope(office, one)).collect())
        .list(
            "todo",
            todo.iter().map(|text| Values::new().with("text", text)).collect(),
        );
    office.render(Paper::Exposure, Dress::DENSE, &values)
}

fn last_sitting(entries: &[Entry]) -> Option<&[Entry]> {
    let read = |entry: &Entry| matches!(entry.event, Event::Night(NightEvent::Exposed { .. }));
    let closing = |entry: &Entry| matches!(entry.event, Event::Closing { .. });
    let last = entries.iter().rposition(read)?;
    let from = entries[..last].iter().rposition(closing).map_or(0, |at| at + 1);
    let to = entries[last..]
        .iter()
        .position(closing)
        .map_or(entries.len(), |at| last + at);
    entries.get(from..to)
}

/// How a record was shown: the line before the one that says it was opened.
fn shown_before<'a>(sitting: &'a [Entry], event: &Event) -> Option<&'a Note> {
    let at = sitting
        .iter()
        .position(|entry| std::ptr::eq(&raw const entry.event, event))?;
    match &sitting.get(at.checked_sub(1)?)?.event {
        Event::Night(NightEvent::Exposed { shown, .. }) => Some(shown),
        _ => None,
    }
}

/// What a record that was seen asks for. S4: never by the calendar, and this is a cause.
fn after_showing(account: &Said, factor: Factor, shown: &str) -> Option<Said> {
    match (factor, shown) {
        // Of codes nothing is left when their half minute is over.
        (_, "nothing") | (Factor::Contact, _) | (Factor::Mfa, "code") => None,
        (Factor::Password, _) => Some(Said::of(&[
            &"the password of ",
            account,
            &" was seen: once the task is done, enroll a new one and change it at the provider",
        ])),
        (Factor::Mfa, _) => Some(Said::of(&[
            &"the MFA seed of ",
            account,
            &" was seen: unless it went straight into a device that is kept like this one, replace the device",
        ])),
    }
}

/// An account by its name, where the plan still has it, and by its number.
fn called(office: &Office<'_>, account: &AccountId) -> Said {
    let name = office.plan().account(account).map(|account| &account.name);
    name.map_or(Said::of(&[account]), |name| Said::of(&[name, &" ", account]))
}

fn record(office: &Office<'_>, entry: &Entry, shown: Option<&Note>) -> Values {
    let Event::Recovered {
        account,
        factor,
        device,
        generation,
        task,
        reason,
        present,
        approved_by,
        reachable,
        ..
    } = &entry.event
    else {
        return Values::new();
    };
    let of = RecordName {
        account: account.clone(),
        factor: *factor,
        device: device.clone(),
    };
    let newest = office.register().record(&of).map(|state| state.generation);
    let older = if newest == Some(*generation) {
        Said::default()
    } else {
        Said::of(&[&", generation ", generation])
    };
    let device = device
        .as_ref()
        .map_or(Said::default(), |device| Said::of(&[&" ", device]));
    let approved = approved_by.as_ref().map_or(Said::default(), |person| {
        Said::of(&[&"; approved by ", &office.name(person)])
    });
    let people = if present.is_empty() {
        Said::of(&[&"nobody named"])
    } else {
        Said::of(&[&office.names(present), &approved])
    };
    Values::new()
        .with("time", &Moment(entry.time))
        .with("account", &called(office, account))
        .with("factor", &Said::of(&[&factor.as_str(), &device, &older]))
        .with("task", task)
        .with("reason", reason)
        .with("people", &people)
        .with("shown", &shown.map_or(Said::of(&[&"?"]), |shown| Said::of(&[shown])))
        .with("reachable", reachable)
}

fn envelope(office: &Office<'_>, one: &ReadEnvelope) -> Values {
    let kept = office
        .register()
        .epoch(&one.of)
        .and_then(|epoch| epoch.envelopes.get(&one.index));
    let custodian = kept.map_or(Said::of(&[&"?"]), |envelope| office.name(&envelope.custodian));
    Values::new()
        .with("serial", &one.serial)
        .with("set", &one.of.set)
        .with("epoch", &one.of.epoch)
        .with("index", &one.index)
        .with("custodian", &custodian)
        .with("safe", &place_of(kept.and_then(|envelope| envelope.safe.as_ref())))
        .with(
            "read",
            if one.afar {
                &"another\u{a0}laptop"
            } else {
                &"this\u{a0}laptop"
            },
        )
        .with("use", if one.sound { &"" } else { &"opened nothing" })
}
