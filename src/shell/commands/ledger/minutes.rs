//! What happened in the rooms of ceremonies, as minutes: who did what, when, what was seen, and how long it took.
//!
//! Rules of this file:
//! - times are the laptop's, in UTC; where two people compared it with a watch, how far it was from that is said beside them;
//! - a closing entry stands with its eight words, so that paper and minutes can be compared.

use super::words::describe;
use crate::plan::Plan;
use crate::vault::Vault;
use crate::vault::event::{Event, RoomEvent};
use crate::vault::ledger::{Chain, Entry, head_words};
use std::fmt::Write as _;

/// The minutes of every chain.
pub(super) fn of(vault: &Vault<'_>) -> String {
    let mut out = String::new();
    for chain in vault.chains() {
        write_chain(&mut out, chain, vault.plan());
    }
    if out.is_empty() {
        out.push_str("no ceremony was led here\n");
    }
    out
}

fn write_chain(out: &mut String, chain: &Chain, plan: &Plan) {
    let mut sitting = false;
    for entry in chain.entries() {
        if let Event::Room(RoomEvent::Sitting { sets, room, steps, .. }) = &entry.event {
            sitting = true;
            let sets: Vec<&str> = sets.iter().map(crate::ident::SetName::as_str).collect();
            let _ = writeln!(
                out,
                "ceremony of {}, {} UTC, site {}, {steps} steps",
                sets.join(" "),
                entry.time.strftime("%Y-%m-%d %H:%M"),
                chain.site()
            );
            for one in room {
                let name = plan.person(&one.person);
                let name = name.map_or_else(|| one.person.to_string(), |person| person.name.to_string());
                let _ = writeln!(out, "  {:<15}{name}", one.role);
            }
            continue;
        }
        if !sitting {
            continue;
        }
        if let Some(line) = line(entry) {
            let _ = writeln!(out, "  {}  {line}", entry.time.strftime("%H:%M:%S"));
        }
        sitting = !matches!(entry.event, Event::Closing { .. });
    }
}

/// A line of the minutes; nothing for what a step says already.
fn line(entry: &Entry) -> Option<String> {
    match &entry.event {
        Event::Room(RoomEvent::Step {
            number, step, by, said, ..
        }) => {
            let by: Vec<&str> = by.iter().map(crate::ident::PersonId::as_str).collect();
            let said = said
                .as_ref()
                .map(|said| format!("   {}", said.as_str()))
                .unwrap_or_default();
            Some(format!("step {number:>3}  {:<28}{}{said}", step.as_str(), by.join(" ")))
        }
        Event::Room(RoomEvent::Clock { watch, .. }) => {
            let ahead = entry.time.as_second() - watch.as_second();
            Some(format!("          the laptop is {ahead:+} s from the watch"))
        }
        Event::Closing { .. } => Some(format!("          closed: {}", head_words(entry.hash))),
        Event::Room(RoomEvent::HandedOut { .. } | RoomEvent::Sealed { .. }) | Event::Proved { .. } => None,
        other => Some(format!("          {}", describe(other))),
    }
}
