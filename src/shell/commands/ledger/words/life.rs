//! The lines about an arrangement's life, in words.

use super::people;
use crate::shell::commands::count;
use crate::vault::event::{EnvelopeStep, LifeEvent};

/// One line.
#[allow(clippy::too_many_lines, reason = "one of each")]
pub(super) fn describe(event: &LifeEvent) -> String {
    match event {
        LifeEvent::Moved { serial, step, day, by } => {
            format!(
                "moved       {serial} {} on {day}{}",
                step_in_words(step),
                people(by, None)
            )
        }
        LifeEvent::Visited {
            safe,
            at,
            by,
            reason,
            intact,
            broken,
            taken,
            put,
            ..
        } => format!(
            "visited     {safe} at {}: {}; {} intact, {} broken, {} out, {} in{}",
            at.strftime("%Y-%m-%d %H:%M"),
            reason.as_str(),
            intact.len(),
            broken.len(),
            taken.len(),
            put.len(),
            people(by, None)
        ),
        LifeEvent::LockServiced { safe, day, .. } => format!("lock        of {safe} serviced on {day}"),
        LifeEvent::CopyConfirmed { copy, day, .. } => format!("copy        {copy} looked at on {day}"),
        LifeEvent::Device {
            account,
            device,
            model,
            number,
            ..
        } => format!(
            "device      {device} of {account}: {}, number {}",
            model.as_str(),
            number.as_str()
        ),
        LifeEvent::DeviceChecked {
            account,
            device,
            works,
            day,
            ..
        } => format!(
            "device      {device} of {account} {} on {day}",
            if *works { "works" } else { "does not work" }
        ),
        LifeEvent::DeviceRetired {
            account,
            device,
            day,
            reason,
        } => format!(
            "device      {device} of {account} retired on {day}: {}",
            reason.as_str()
        ),
        LifeEvent::Guidance { ticket, about, until } => {
            format!("guidance    {} until {until}: {}", ticket.as_str(), about.as_str())
        }
        LifeEvent::Drill { day, led_by, sets } => {
            format!("drill       on {day}, led by {led_by}, {}", count(sets.len(), "set"))
        }
        LifeEvent::Tried { drill, account, .. } => format!("tried       {account} in drill {drill}{}", found(event)),
        LifeEvent::Practised {
            drill,
            account,
            factor,
            of,
            shares,
            reachable,
            ..
        } => format!(
            "practised   {account} {} in drill {drill}; {} of {of}, {reachable} reachable",
            factor.as_str(),
            count(shares.len(), "share")
        ),
        LifeEvent::Debriefed { drill, wrong, by, .. } => {
            format!("debriefed   drill {drill}: {}{}", wrong.as_str(), people(by, None))
        }
        LifeEvent::Rehearsed { drill, runbook, .. } => {
            format!("rehearsed   runbook {} in drill {drill}", runbook.as_str())
        }
        LifeEvent::Review { day, led_by } => format!("review      on {day}, led by {led_by}"),
        LifeEvent::Reviewed {
            review,
            kept,
            others,
            by,
            ..
        } => format!(
            "reviewed    {review}: {kept} kept, {} not{}",
            others.len(),
            people(by, None)
        ),
        LifeEvent::Finding {
            of,
            found,
            change,
            owner,
            until,
        } => format!(
            "finding     {}: {}; {}, {owner} until {until}",
            of.as_str(),
            found.as_str(),
            change.as_str()
        ),
        LifeEvent::Settled { finding, how, .. } => format!("settled     {finding}: {}", how.as_str()),
        LifeEvent::Reissued {
            of, succeeds, cause, ..
        } => format!(
            "reissued    {of} is to succeed epoch {}: {}",
            succeeds.epoch,
            cause.as_str()
        ),
        LifeEvent::Relocked {
            factor,
            records,
            awaits,
            by,
            ..
        } => format!(
            "relocked    {} {} by {by}{}",
            count(records.len(), "record"),
            factor.as_str(),
            awaits.as_ref().map_or(String::new(), |of| format!(", for {of}"))
        ),
    }
}

fn step_in_words(step: &EnvelopeStep) -> String {
    match step {
        EnvelopeStep::Printed {} => "printed".to_string(),
        EnvelopeStep::Spoilt { reason } => format!("spoilt: {};", reason.as_str()),
        EnvelopeStep::InTransit { carrier, due, .. } => format!("in transit with {}, due {due},", carrier.as_str()),
        EnvelopeStep::Deposited { safe: Some(safe) } => format!("deposited in {safe}"),
        EnvelopeStep::Deposited { safe: None } => "deposited with its custodian".to_string(),
        EnvelopeStep::Opened { reason } => format!("opened: {};", reason.as_str()),
        EnvelopeStep::Lost { reason } => format!("lost: {};", reason.as_str()),
        EnvelopeStep::Destroyed {} => "destroyed".to_string(),
    }
}

fn found(event: &LifeEvent) -> String {
    let LifeEvent::Tried {
        signed_in,
        phone,
        mailbox,
        contact,
        ..
    } = event
    else {
        return String::new();
    };
    let each = [
        ("sign-in", signed_in),
        ("phone", phone),
        ("mailbox", mailbox),
        ("contact", contact),
    ];
    let words = each.into_iter().filter_map(|(name, worked)| {
        worked.map(|worked| format!("; {name} {}", if worked { "works" } else { "does not work" }))
    });
    words.collect()
}
