//! `due`: what is overdue, and what comes next.

use super::as_of;
use crate::refusal::Refusal;
use crate::shell::args::{self, Place};
use crate::shell::commands::count;
use crate::shell::report::{Answer, print};
use crate::vault::Vault;
use crate::vault::due::{self, Due};
use crate::vault::store::Store;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::json;
use std::fmt::Write as _;

/// How far ahead the text looks, in days; and how many names it gives of one kind and day.
const AHEAD: i64 = 31;
const NAMES: usize = 3;

/// Says what is due; *no* when anything is overdue.
pub fn run(place: &Place, it: &args::Due) -> Result<Answer, Refusal> {
    let store = Store::open(&place.vault)?;
    let vault = Vault::load(&store)?;
    let as_of = as_of(it.on);
    let all = due::all(vault.plan(), vault.register(), as_of);
    print(&if it.json {
        as_json(&all, as_of.here())
    } else {
        as_text(&all, as_of.here())
    });
    Ok(if all.iter().any(|due| due.overdue) {
        Answer::No
    } else {
        Answer::Done
    })
}

fn as_text(all: &[Due], today: Date) -> String {
    let mut out = String::new();
    let (overdue, coming): (Vec<&Due>, Vec<&Due>) = all.iter().partition(|due| due.overdue);
    let horizon = today.checked_add(AHEAD.days()).unwrap_or(today);
    let soon: Vec<&Due> = coming.iter().copied().filter(|due| due.day <= horizon).collect();
    if overdue.is_empty() {
        let _ = writeln!(out, "nothing is overdue on {today}");
    } else {
        let _ = writeln!(out, "overdue on {today}");
        out.push_str(&rows(&overdue));
    }
    if !soon.is_empty() {
        let _ = writeln!(out, "\nwithin {AHEAD} days");
        out.push_str(&rows(&soon));
    }
    if let Some(next) = coming.iter().find(|due| due.day > horizon) {
        let later = coming.len() - soon.len();
        let _ = writeln!(out, "\nlater: {}, the first on {}", count(later, "thing"), next.day);
    }
    out
}

/// What is due on one day for one reason is one row.
fn rows(list: &[&Due]) -> String {
    let mut out = String::new();
    for group in list.chunk_by(|one, other| one.day == other.day && one.kind == other.kind) {
        let names: Vec<&str> = group.iter().take(NAMES).map(|due| due.about.as_str()).collect();
        let more = group.len() - names.len();
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        let note = match group {
            [one] => one.note.as_ref().map(|note| format!("  ({note})")).unwrap_or_default(),
            _ => String::new(),
        };
        let _ = writeln!(
            out,
            "  {}  {:<36} {}{more}{note}",
            group[0].day,
            group[0].kind.says(),
            names.join(" ")
        );
    }
    out
}

fn as_json(all: &[Due], today: Date) -> String {
    let due: Vec<_> = all.iter().map(row).collect();
    let overdue = all.iter().filter(|due| due.overdue).count();
    format!(
        "{}\n",
        json!({ "schema": "strongroom/due/1", "on": today, "overdue": overdue, "due": due })
    )
}

pub(super) fn row(due: &Due) -> serde_json::Value {
    json!({
        "day": due.day,
        "kind": due.kind.name(),
        "about": due.about.as_str(),
        "owner": due.owner,
        "note": due.note,
        "overdue": due.overdue,
    })
}
