//! One line of the ledger in words.

mod life;

use crate::ident::PersonId;
use crate::shell::commands::count;
use crate::vault::event::{Event, InRole, NightEvent, Note, RoomEvent};

/// One line about an event, without its hashes.
#[allow(clippy::too_many_lines, reason = "one of each")]
pub(super) fn describe(event: &Event) -> String {
    match event {
        Event::Init { vault, mode, program } => format!("init        {mode} vault {vault}, by {}", program.as_str()),
        Event::Site { .. } => "site        began its chain".to_string(),
        Event::Machine {
            network, swap, program, ..
        } => {
            format!(
                "machine     network {}, swap {}, {}",
                network.as_str(),
                if *swap { "on" } else { "off" },
                program.as_str()
            )
        }
        Event::Plan { sha256 } => format!("plan        sha256 {}", &sha256.to_string()[..16]),
        Event::Dealt {
            of,
            threshold,
            unattended,
            ..
        } => {
            let watched = unattended
                .as_ref()
                .map(|reason| format!(", unattended: {}", reason.as_str()))
                .unwrap_or_default();
            format!("dealt       {of}, {threshold}{watched}")
        }
        Event::Reprinted {
            of,
            index,
            replaces,
            serial,
            reason,
            ..
        } => format!(
            "reprinted   {of}: share {index}, serial {serial} in place of {replaces}: {}",
            reason.as_str()
        ),
        Event::Rendered { of } => format!("rendered    {of}: every page made and read back"),
        Event::Proved { of, shares, drill, .. } => {
            let indices: Vec<String> = shares.iter().map(|share| share.index.to_string()).collect();
            format!(
                "proved      {of}: share {}{}",
                indices.join(" "),
                if *drill { ", at a drill" } else { "" }
            )
        }
        Event::Void { of, reason } => format!("void        {of}: {}", reason.as_str()),
        Event::Enrolled {
            factor,
            records,
            reason,
            ..
        } => {
            let reason = reason
                .as_ref()
                .map(|reason| format!(": {}", reason.as_str()))
                .unwrap_or_default();
            format!(
                "enrolled    {} {}{reason}",
                count(records.len(), "record"),
                factor.as_str()
            )
        }
        Event::Recovered {
            account,
            factor,
            device,
            generation,
            task,
            reason,
            of,
            shares,
            reachable,
            on_paper,
            present,
            approved_by,
            ..
        } => {
            let device = device.as_ref().map(|device| format!(" {device}")).unwrap_or_default();
            let paper = if *on_paper { "" } else { ", not vouched for by paper" };
            format!(
                "recovered   {account} {}{device} for {task}: {}; {} of {of}, {reachable} reachable, generation {generation}{paper}{}",
                factor.as_str(),
                reason.as_str(),
                count(shares.len(), "share"),
                people(present, approved_by.as_ref())
            )
        }
        Event::Printed { paper, printer, .. } => {
            let printer = printer.as_ref().map(|printer| format!(" by {}", printer.as_str()));
            format!("printed     {}{}", paper.as_str(), printer.unwrap_or_default())
        }
        Event::Defences { missing } => {
            let names: Vec<&str> = missing.iter().map(|defence| defence.as_str()).collect();
            let names = if names.is_empty() {
                "none".to_string()
            } else {
                names.join(", ")
            };
            format!("defences    missing: {names}")
        }
        Event::Exception { rule, found, reason } => {
            format!("exception   {}: {}; {}", rule.as_str(), found.as_str(), reason.as_str())
        }
        Event::Closing { .. } => "closing".to_string(),
        Event::Room(event) => describe_room(event),
        Event::Life(event) => life::describe(event),
        Event::Night(event) => describe_night(event),
    }
}

fn people(present: &[PersonId], approved_by: Option<&PersonId>) -> String {
    let names: Vec<&str> = present.iter().map(PersonId::as_str).collect();
    let present = if names.is_empty() {
        String::new()
    } else {
        format!("; present {}", names.join(" "))
    };
    present
        + &approved_by
            .map(|person| format!(", approved by {person}"))
            .unwrap_or_default()
}

#[allow(clippy::too_many_lines, reason = "one of each")]
fn describe_room(event: &RoomEvent) -> String {
    match event {
        RoomEvent::Sitting {
            sets,
            room,
            items,
            steps,
            ..
        } => {
            let sets: Vec<&str> = sets.iter().map(crate::ident::SetName::as_str).collect();
            format!(
                "sitting     {}, {steps} steps; {}{}",
                sets.join(" "),
                roles(room),
                noted("; in the room", items)
            )
        }
        RoomEvent::Resumed { room, items, .. } => {
            format!("resumed     {}{}", roles(room), noted("; in the room", items))
        }
        RoomEvent::Step {
            number, step, by, said, ..
        } => {
            let said = said.as_ref().map(|said| format!(": {}", said.as_str()));
            format!(
                "step        {number} {}{}; {}",
                step.as_str(),
                said.unwrap_or_default(),
                names(by)
            )
        }
        RoomEvent::Clock { watch, by } => format!(
            "clock       a watch said {}; {}",
            watch.strftime("%Y-%m-%d %H:%M:%S"),
            names(by)
        ),
        RoomEvent::HandedOut { of, index, serial } => format!("handed out  {of}: share {index}, serial {serial}"),
        RoomEvent::Sealed {
            of,
            index,
            serial,
            seal,
        } => format!(
            "sealed      {of}: share {index}, serial {serial}, seal {}",
            seal.as_str()
        ),
        RoomEvent::ExceptionOpened {
            exception,
            left,
            taken,
            reason,
        } => format!(
            "exception   {exception} opened: {}{}{}",
            reason.as_str(),
            if left.is_empty() {
                String::new()
            } else {
                format!("; left: {}", names(left))
            },
            noted("; taken out", taken)
        ),
        RoomEvent::ExceptionClosed {
            exception,
            returned,
            brought,
        } => format!(
            "exception   {exception} closed{}{}",
            if returned.is_empty() {
                String::new()
            } else {
                format!("; returned: {}", names(returned))
            },
            noted("; brought back", brought)
        ),
        RoomEvent::Unforeseen {
            expected,
            happened,
            decided,
        } => format!(
            "unforeseen  expected {}; happened {}; decided {}",
            expected.as_str(),
            happened.as_str(),
            decided.as_str()
        ),
        RoomEvent::Dissent { person, step, reason } => {
            format!(
                "dissent     {person} does not agree with {}: {}",
                step.as_str(),
                reason.as_str()
            )
        }
        RoomEvent::SittingEnded { reason } => match reason {
            None => "sitting     over, its script done".to_string(),
            Some(reason) => format!("sitting     given up: {}", reason.as_str()),
        },
        RoomEvent::AtProvider {
            account,
            factor,
            device,
            generation,
            state,
            by,
        } => {
            let device = device.as_ref().map(|device| format!(" {device}")).unwrap_or_default();
            format!(
                "provider    {account} {}{device}, generation {generation}: {}; {}",
                factor.as_str(),
                state.as_str(),
                names(by)
            )
        }
    }
}

fn names(people: &[PersonId]) -> String {
    let names: Vec<&str> = people.iter().map(PersonId::as_str).collect();
    names.join(" ")
}

fn roles(room: &[InRole]) -> String {
    let each: Vec<String> = room.iter().map(|one| format!("{} {}", one.role, one.person)).collect();
    each.join(", ")
}

fn noted(heading: &str, items: &[Note]) -> String {
    if items.is_empty() {
        return String::new();
    }
    let items: Vec<&str> = items.iter().map(Note::as_str).collect();
    format!("{heading}: {}", items.join(", "))
}

fn describe_night(event: &NightEvent) -> String {
    match event {
        NightEvent::Notices { notices, .. } => {
            let numbers = |at: Option<&crate::vault::event::NoticeNote>| at.map_or(0, |notice| notice.number);
            format!(
                "notices     {} to {} printed",
                numbers(notices.first()),
                numbers(notices.last())
            )
        }
        NightEvent::Announced {
            from,
            until,
            account,
            reason,
            by,
            ..
        } => format!(
            "announced   {account} from {} to {}: {}{}",
            from.strftime("%Y-%m-%d %H:%M"),
            until.strftime("%Y-%m-%d %H:%M"),
            reason.as_str(),
            people(by, None)
        ),
        NightEvent::Invited {
            account,
            factor,
            device,
            invite,
            ..
        } => {
            let device = device.as_ref().map(|device| format!(" {device}")).unwrap_or_default();
            format!(
                "invited     {account} {}{device}: sha256 {}",
                factor.as_str(),
                &invite.to_string()[..16]
            )
        }
        NightEvent::Exposed {
            account,
            factor,
            device,
            shown,
            envelopes,
            ..
        } => {
            let device = device.as_ref().map(|device| format!(" {device}")).unwrap_or_default();
            let serials: Vec<String> = envelopes.iter().map(|read| read.serial.to_string()).collect();
            format!(
                "exposed     {account} {}{device} as {}; envelopes {}",
                factor.as_str(),
                shown.as_str(),
                serials.join(" ")
            )
        }
    }
}
