//! What an auditor asks for: the ledger of a period, and what it adds up to, by control.
//!
//! Rules of this file:
//! - every line of the period is there with its hash, so that it can be held against the ledger;
//! - redacted, people and accounts have numbers of this export instead of their ids, and what people wrote is left out; hashes stay;
//! - a control is named with what was done about it in the period, and says so where nothing was.

use super::Written;
use crate::plan::Plan;
use crate::refusal::{Refusal, Rule};
use crate::shell::args::Place;
use crate::vault::Vault;
use crate::vault::ledger::Entry;
use crate::vault::store::Store;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Which kinds of lines show that a control works: its name, what it asks, the kinds.
const CONTROLS: [(&str, &str, &[&str]); 15] = [
    (
        "SOC 2 CC4.1",
        "controls are evaluated as time goes on",
        &["drill", "debriefed", "review", "reviewed"],
    ),
    (
        "SOC 2 CC6.1",
        "access to secrets takes several people",
        &["dealt", "rendered", "proved", "recovered"],
    ),
    (
        "SOC 2 CC6.2, CC6.3",
        "access is reviewed, and taken away",
        &["review", "reviewed", "reissued", "void"],
    ),
    (
        "SOC 2 CC6.4",
        "access to safes is restricted and written down",
        &["visited", "moved", "sealed", "lock-serviced"],
    ),
    (
        "SOC 2 CC7.2, CC7.3",
        "what is unusual is found and judged",
        &["exception", "finding", "settled"],
    ),
    (
        "SOC 2 CC7.4, CC7.5",
        "incidents are answered and recovered from",
        &["recovered", "rehearsed"],
    ),
    (
        "SOC 2 A1.3",
        "recovery is tested",
        &["drill", "tried", "practised", "debriefed"],
    ),
    (
        "PCI DSS 3.7.1",
        "keys are strong when they are made",
        &["dealt", "enrolled", "machine"],
    ),
    (
        "PCI DSS 3.7.2",
        "keys are handed out safely",
        &["dealt", "sealed", "moved"],
    ),
    (
        "PCI DSS 3.7.3",
        "keys are kept safely",
        &["moved", "visited", "copy-confirmed"],
    ),
    (
        "PCI DSS 3.7.4",
        "keys are changed at the end of their period: here for a stated cause, never by the calendar",
        &["reissued", "enrolled"],
    ),
    (
        "PCI DSS 3.7.5",
        "keys are replaced when they are weakened, and old ones destroyed",
        &["reissued", "relocked", "void", "moved"],
    ),
    (
        "PCI DSS 3.7.6",
        "split knowledge and dual control",
        &["dealt", "recovered", "practised"],
    ),
    (
        "PCI DSS 3.7.7",
        "no key is put in another's place unseen",
        &["closing", "proved"],
    ),
    (
        "PCI DSS 3.7.8",
        "custodians say that they know what they do",
        &["practised", "debriefed", "proved"],
    ),
];

/// Fields with people in them, with accounts, and with what people wrote.
const PEOPLE: [&str; 7] = [
    "by",
    "present",
    "approved-by",
    "custodian",
    "led-by",
    "owner",
    "practised",
];
const ACCOUNTS: [&str; 1] = ["account"];
const WRITTEN: [&str; 17] = [
    "reason",
    "found",
    "wrong",
    "remark",
    "change",
    "how",
    "about",
    "ticket",
    "carrier",
    "model",
    "number",
    "unattended",
    "access",
    "of",
    "paper",
    "printer",
    "seal",
];

/// The files.
pub(super) fn files(place: &Place, (from, to): (Date, Date), redact: bool) -> Result<Vec<Written>, Refusal> {
    if from > to {
        return Err(
            Refusal::new(Rule::Usage, format!("{from} comes after {to}")).hint(format!("--from {to} --to {from}"))
        );
    }
    let store = Store::open(&place.vault)?;
    let vault = Vault::load(&store)?;
    let mut lines = Vec::new();
    for chain in vault.chains() {
        let inside = |entry: &&Entry| {
            let day = entry.time.to_zoned(TimeZone::UTC).date();
            from <= day && day <= to
        };
        for entry in chain.entries().iter().filter(inside) {
            let (kind, body) = entry
                .event
                .to_parts()
                .map_err(|fault| Refusal::new(Rule::Internal, format!("a ledger line cannot be written: {fault}")))?;
            lines.push((
                chain.site().to_string(),
                entry.number,
                entry.time,
                kind,
                body,
                entry.hash,
            ));
        }
    }
    let mut names = Names::default();
    let rows: Vec<Value> = lines
        .iter()
        .map(|(site, number, time, kind, body, hash)| {
            let body = if redact { names.redacted("", body) } else { body.clone() };
            json!({ "site": site, "number": number, "time": time, "kind": kind, "body": body, "sha256": hash })
        })
        .collect();
    let of = |kinds: &[&str]| -> Vec<&Value> {
        let wanted = |row: &&Value| row["kind"].as_str().is_some_and(|kind| kinds.contains(&kind));
        rows.iter().filter(wanted).collect()
    };
    let evidence = json!({
        "schema": "strongroom/evidence/1",
        "vault": vault.id(),
        "from": from,
        "to": to,
        "redacted": redact,
        "plan": vault.plan_hash(),
        "heads": vault.chains().iter().map(|chain| json!({ "site": chain.site(), "lines": chain.entries().len(), "sha256": chain.head() })).collect::<Vec<_>>(),
        "drills": of(&["drill", "tried", "practised", "debriefed", "rehearsed"]),
        "reviews": of(&["review", "reviewed"]),
        "visits": of(&["visited", "lock-serviced", "copy-confirmed"]),
        "exceptions": of(&["exception"]),
        "findings": of(&["finding", "settled"]),
        "acceptances": acceptances(vault.plan(), redact),
        "lines": rows,
    });
    let text = serde_json::to_string_pretty(&evidence)
        .map_err(|fault| Refusal::new(Rule::Internal, format!("it cannot be written as JSON: {fault}")))?;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, _, _, kind, _, _) in &lines {
        *counts.entry(kind).or_default() += 1;
    }
    Ok(vec![
        ("evidence.json".to_string(), format!("{text}\n").into_bytes()),
        (
            "evidence.md".to_string(),
            index(&vault, (from, to), &counts, redact).into_bytes(),
        ),
    ])
}

fn acceptances(plan: &Plan, redact: bool) -> Vec<Value> {
    let one = |one: &crate::plan::Acceptance| {
        let (about, reason) = (one.about.to_string(), one.reason.to_string());
        let hidden = || "redacted".to_string();
        json!({
            "rule": one.rule.name(),
            "about": if redact { hidden() } else { about },
            "reason": if redact { hidden() } else { reason },
            "until": one.until,
        })
    };
    plan.acceptances().iter().map(one).collect()
}

fn index(vault: &Vault<'_>, (from, to): (Date, Date), counts: &BTreeMap<&str, usize>, redact: bool) -> String {
    let organisation = if redact {
        "redacted".to_string()
    } else {
        vault.plan().organisation().to_string()
    };
    let mut out = format!(
        "# Evidence, {from} to {to}\n\nOrganisation: {organisation}. Vault {}. The lines stand in `evidence.json`, each with its SHA-256; whoever has the \
         ledger and a signed closing sheet can hold them against it (`strongroom ledger verify --head WORDS`).\n\n\
         | control | asks | lines of the period |\n|---|---|---|\n",
        vault.id()
    );
    for (control, asks, kinds) in CONTROLS {
        let found: Vec<String> = kinds
            .iter()
            .filter_map(|kind| counts.get(kind).map(|count| format!("{count} {kind}")))
            .collect();
        let found = if found.is_empty() {
            "none in this period".to_string()
        } else {
            found.join(", ")
        };
        let _ = writeln!(out, "| {control} | {asks} | {found} |");
    }
    let _ = writeln!(
        out,
        "\nAccepted findings, as of the plan now: {}.",
        vault.plan().acceptances().len()
    );
    out
}

/// The numbers that stand for people and accounts in one export.
#[derive(Default)]
struct Names(BTreeMap<(&'static str, String), usize>);

impl Names {
    fn number(&mut self, kind: &'static str, name: &str) -> String {
        let next = self.0.keys().filter(|(other, _)| *other == kind).count() + 1;
        let number = self.0.entry((kind, name.to_string())).or_insert(next);
        format!("{kind}-{number}")
    }

    fn redacted(&mut self, key: &str, value: &Value) -> Value {
        match value {
            Value::String(text) if PEOPLE.contains(&key) => Value::String(self.number("person", text)),
            Value::String(text) if ACCOUNTS.contains(&key) => Value::String(self.number("account", text)),
            Value::String(_) if WRITTEN.contains(&key) => Value::String("redacted".to_string()),
            Value::Array(items) => Value::Array(items.iter().map(|item| self.redacted(key, item)).collect()),
            Value::Object(fields) => Value::Object(
                fields
                    .iter()
                    .map(|(key, value)| (key.clone(), self.redacted(key, value)))
                    .collect(),
            ),
            other => other.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redacted_line_names_nobody_and_keeps_who_is_who() {
        let body = json!({
            "by": ["ana", "ben"],
            "owner": "ana",
            "account": "111122223333",
            "reason": "Ana has left",
            "records": [{ "account": "111122223333", "sha256": "00" }],
            "of": { "set": "root-password", "epoch": 1 },
        });
        let redacted = Names::default().redacted("", &body);
        assert_eq!(redacted["reason"], "redacted");
        assert_eq!(redacted["records"][0]["sha256"], "00", "hashes stay");
        assert_eq!(redacted["of"]["set"], "root-password");
        let text = redacted.to_string();
        assert!(
            !text.contains("ana") && !text.contains("1111") && !text.contains("left"),
            "{text}"
        );
        assert_eq!(
            redacted["owner"], redacted["by"][0],
            "the same person has the same number"
        );
    }
}
