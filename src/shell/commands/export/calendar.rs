//! Everything that is due, as a calendar: RFC 5545.
//!
//! Rules of this file:
//! - one entry for what is due on one day for one reason, for the whole day: clocks and zones have no say in it;
//! - ids of the plan and serials alone: a calendar is shared, and lies on servers of others;
//! - an entry keeps its UID as long as it is the same thing on the same day, so that reading the file again doubles nothing.

use crate::ceremony::ports::Clock as _;
use crate::hex;
use crate::refusal::Refusal;
use crate::secret::SecretBytes;
use crate::shell::args::Place;
use crate::shell::commands::SystemClock;
use crate::shell::commands::life::as_of;
use crate::shell::output;
use crate::shell::report::{Answer, print};
use crate::vault::Vault;
use crate::vault::due::{self, Due};
use crate::vault::store::Store;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use sha2::{Digest as _, Sha256};
use std::path::Path;

/// How many names an entry gives.
const NAMES: usize = 20;
/// The longest line in octets, its end not counted (RFC 5545, section 3.1).
const LINE: usize = 75;

/// Writes the calendar.
pub(super) fn export(place: &Place, out: Option<&Path>, on: Option<Date>) -> Result<Answer, Refusal> {
    let store = Store::open(&place.vault)?;
    let vault = Vault::load(&store)?;
    let all = due::all(vault.plan(), vault.register(), as_of(on));
    let text = calendar(&vault.id().to_string(), &all, SystemClock.now());
    match out {
        Some(path) => {
            output::write_new(path, &SecretBytes::new(text.into_bytes()))?;
            print(&format!("{}\n", path.display()));
        }
        // A terminal shows a carriage return as what it is.
        None => print(&text.replace("\r\n", "\n")),
    }
    Ok(Answer::Done)
}

fn calendar(vault: &str, all: &[Due], now: Timestamp) -> String {
    let mut out = String::new();
    let mut line = |text: &str| folded(text, &mut out);
    line("BEGIN:VCALENDAR");
    line("VERSION:2.0");
    line("PRODID:-//strongroom//strongroom//EN");
    let stamp = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    for group in all.chunk_by(|one, other| one.day == other.day && one.kind == other.kind) {
        let first = &group[0];
        let names: Vec<&str> = group.iter().take(NAMES).map(|due| due.about.as_str()).collect();
        let more = group.len() - names.len();
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        let uid = hex::encode(&Sha256::digest(format!("{vault} {} {}", first.kind.name(), first.day))[..16]);
        let next = first.day.checked_add(1.day()).unwrap_or(first.day);
        line("BEGIN:VEVENT");
        line(&format!("UID:{uid}@strongroom"));
        line(&format!("DTSTAMP:{stamp}"));
        line(&format!("DTSTART;VALUE=DATE:{}", first.day.strftime("%Y%m%d")));
        line(&format!("DTEND;VALUE=DATE:{}", next.strftime("%Y%m%d")));
        line(&format!("SUMMARY:{}", escaped(first.kind.says())));
        line(&format!(
            "DESCRIPTION:{}",
            escaped(&format!("{}{more}", names.join(" ")))
        ));
        line(&format!("CATEGORIES:{}", first.kind.name()));
        line("TRANSP:TRANSPARENT");
        line("END:VEVENT");
    }
    line("END:VCALENDAR");
    out
}

/// Text as a value (RFC 5545, section 3.3.11).
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// One line, folded where it is too long, never within a character.
fn folded(text: &str, out: &mut String) {
    let mut room = LINE;
    for c in text.chars() {
        if c.len_utf8() > room {
            out.push_str("\r\n ");
            room = LINE - 1;
        }
        out.push(c);
        room -= c.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_folded_and_no_character_is_cut() {
        let mut out = String::new();
        folded(&"ä".repeat(100), &mut out);
        assert!(out.split("\r\n").all(|line| line.len() <= LINE));
        assert_eq!(out.replace("\r\n ", ""), "ä".repeat(100) + "\r\n");
    }

    #[test]
    fn what_means_something_to_a_calendar_is_escaped() {
        assert_eq!(escaped("a,b;c\\d\ne\r"), "a\\,b\\;c\\\\d\\ne");
    }
}
