//! `status`: one screen.

use super::{as_of, due};
use crate::ident::Epoch;
use crate::refusal::Refusal;
use crate::shell::args::{self, Place};
use crate::shell::report::{Answer, print};
use crate::vault::Vault;
use crate::vault::standing::{self, SetStanding, Standing};
use crate::vault::store::Store;
use serde_json::json;
use std::fmt::Write as _;

/// How many of what is due next are shown.
const NEXT: usize = 5;
/// How wide a screen is.
const SCREEN: usize = 80;

/// Says where everything stands; *no* when anything is overdue.
pub fn run(place: &Place, it: &args::Status) -> Result<Answer, Refusal> {
    let store = Store::open(&place.vault)?;
    let vault = Vault::load(&store)?;
    let standing = standing::of(vault.plan(), vault.register(), as_of(it.on));
    print(&if it.json {
        as_json(&standing)
    } else {
        as_text(&vault, &standing)
    });
    Ok(if standing.due.iter().any(|due| due.overdue) {
        Answer::No
    } else {
        Answer::Done
    })
}

fn as_text(vault: &Vault<'_>, it: &Standing) -> String {
    let mut out = format!("{}, {} vault, {}\n\n", vault.plan().organisation(), vault.mode(), it.on);
    let counted = |out: &mut String, name: &str, pairs: &mut dyn Iterator<Item = (&str, usize)>| {
        let said: Vec<String> = pairs.map(|(what, count)| format!("{count} {what}")).collect();
        let _ = writeln!(out, "{name:<12} {}", within(&said));
    };
    counted(
        &mut out,
        "accounts",
        &mut it.accounts.iter().map(|(what, count)| (*what, *count)),
    );
    counted(
        &mut out,
        "envelopes",
        &mut it.envelopes.iter().map(|(what, count)| (*what, *count)),
    );
    if it.to_destroy > 0 {
        let _ = writeln!(out, "{:<12} {} out of force, to be destroyed", "", it.to_destroy);
    }
    let open = it.open.iter().filter(|(_, count)| *count > 0);
    counted(&mut out, "open", &mut open.map(|(what, count)| (*what, *count)));
    for (what, day) in it.last {
        let day = day.map_or("never".to_string(), |day| day.to_string());
        let _ = writeln!(out, "last {what:<7} {day}");
    }
    let _ = writeln!(
        out,
        "\n{:<24} {:>5}  {:<8} {:>6} {:>9}  {:>7}",
        "set", "epoch", "needs", "margin", "deposited", "records"
    );
    for set in &it.sets {
        out.push_str(&row(set));
    }
    let overdue = it.due.iter().filter(|due| due.overdue).count();
    let _ = writeln!(out, "\noverdue      {overdue}");
    for due in it.due.iter().take(NEXT) {
        let mark = if due.overdue { "overdue" } else { "next" };
        let _ = writeln!(out, "{mark:<12} {}  {}, {}", due.day, due.kind.says(), due.about);
    }
    out
}

/// Parts on one line, or on several where they are too many for a screen.
fn within(parts: &[String]) -> String {
    let mut out = String::new();
    let mut column = 0;
    for part in parts {
        let width = part.chars().count() + 3;
        if column > 0 && column + width > SCREEN - 13 {
            out.push_str("\n             ");
            column = 0;
        } else if column > 0 {
            out.push_str(" · ");
        }
        out.push_str(part);
        column += width;
    }
    if out.is_empty() { "none".to_string() } else { out }
}

fn row(set: &SetStanding) -> String {
    let epoch = set.epoch.map_or("–".to_string(), |epoch| epoch.to_string());
    let margin = match set.epoch {
        None => "not live".to_string(),
        Some(_) => format!("{:+}", set.margin()),
    };
    let pending = set
        .pending
        .map_or(String::new(), |epoch| format!("  epoch {epoch} waits for its pages"));
    format!(
        "{:<24} {epoch:>5}  {:<8} {margin:>6} {:>9}  {:>7}{pending}\n",
        set.set, set.threshold, set.deposited, set.opens
    )
}

fn as_json(it: &Standing) -> String {
    let sets: Vec<_> = it
        .sets
        .iter()
        .map(|set| {
            json!({
                "set": set.set,
                "epoch": set.epoch.map(Epoch::get),
                "threshold": set.threshold.to_string(),
                "margin": set.epoch.map(|_| set.margin()),
                "deposited": set.deposited,
                "records": set.opens,
                "pending": set.pending.map(Epoch::get),
            })
        })
        .collect();
    let open: serde_json::Map<_, _> = it
        .open
        .iter()
        .map(|(what, count)| (what.replace(' ', "_"), json!(count)))
        .collect();
    let last: serde_json::Map<_, _> = it
        .last
        .iter()
        .map(|(what, day)| ((*what).to_string(), json!(day)))
        .collect();
    let due: Vec<_> = it.due.iter().map(due::row).collect();
    format!(
        "{}\n",
        json!({
            "schema": "strongroom/status/1",
            "on": it.on,
            "accounts": it.accounts,
            "sets": sets,
            "envelopes": it.envelopes,
            "to_destroy": it.to_destroy,
            "open": open,
            "last": last,
            "overdue": it.due.iter().filter(|due| due.overdue).count(),
            "due": due,
        })
    )
}
