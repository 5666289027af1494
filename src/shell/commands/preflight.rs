//! `preflight`: this machine, judged.

use super::SystemClock;
use crate::ceremony::ports::Clock as _;
use crate::code::words::{WordsTag, words_of};
use crate::entropy::{Entropy, Purpose, System};
use crate::hex;
use crate::plan::Defence;
use crate::refusal::{Refusal, Status};
use crate::shell::args::Preflight;
use crate::shell::report::{Answer, print};
use crate::shell::{guard, hardware, lockdown, machine, output};
use serde::Serialize;
use std::fmt::Write as _;
use std::path::Path;

/// What was looked at, what was found, and whether it is fit.
#[derive(Serialize)]
struct Item {
    what: &'static str,
    fit: bool,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hints: Vec<String>,
    #[serde(skip)]
    status: Option<Status>,
}

#[derive(Serialize)]
struct Report<'a> {
    schema: &'static str,
    fit: bool,
    items: &'a [Item],
}

impl Item {
    fn judged(what: &'static str, fit: String, judged: Result<(), Refusal>) -> Self {
        match judged {
            Ok(()) => Self {
                what,
                fit: true,
                found: fit,
                rule: None,
                hints: Vec::new(),
                status: None,
            },
            Err(refusal) => Self {
                what,
                fit: false,
                found: refusal.sentence().to_string(),
                rule: Some(refusal.rule().name()),
                hints: refusal.hints().to_vec(),
                status: Some(refusal.status()),
            },
        }
    }

    fn told(what: &'static str, found: String) -> Self {
        Self::judged(what, found, Ok(()))
    }
}

/// Judges, prints, and ends with the status of the gravest refusal.
pub fn run(it: &Preflight) -> Result<Answer, Refusal> {
    let mut items = judged(it.out.as_deref())?;
    // Last: afterwards this process reaches no file any more.
    items.extend(defence_items());
    let gravest = items.iter().filter_map(|item| item.status).max();
    if it.json {
        let report = Report {
            schema: "strongroom/preflight/1",
            fit: gravest.is_none(),
            items: &items,
        };
        print(&format!("{}\n", serde_json::to_string(&report).unwrap_or_default()));
    } else {
        print(&text(&items));
    }
    // The items have been told, each with its hint: what is left to say is one sentence and the status.
    match items
        .into_iter()
        .find(|item| item.status.is_some() && item.status == gravest)
    {
        None => Ok(Answer::Done),
        Some(item) => Err(Refusal::new(
            rule_of(item.rule),
            format!("this machine is not fit for secrets: {}", item.found),
        )),
    }
}

/// What is judged of this machine, a line each, for a room to hear; a refusal where it is not fit was met before.
pub(super) fn lines(out: Option<&Path>) -> Result<Vec<String>, Refusal> {
    let lines = judged(out)?
        .into_iter()
        .map(|item| format!("{}: {}", item.what, item.found));
    Ok(lines.collect())
}

fn judged(out: Option<&Path>) -> Result<Vec<Item>, Refusal> {
    let mut items = vec![network_item(), swap_item(), clock_item(), entropy_item()];
    items.extend(
        hardware::look()
            .into_iter()
            .map(|(what, found)| Item::told(what, found)),
    );
    if let Some(out) = out {
        items.push(Item::judged(
            "storage",
            format!("{} is in memory", out.display()),
            output::judge_place(out),
        ));
    }
    items.push(program_item()?);
    Ok(items)
}

fn rule_of(name: Option<&str>) -> crate::refusal::Rule {
    use crate::refusal::Rule;
    let found = Rule::ALL.iter().copied().find(|rule| Some(rule.name()) == name);
    found.unwrap_or(Rule::Internal)
}

fn network_item() -> Item {
    let found = lockdown::network();
    Item::judged(
        "network",
        found.network.as_str().to_string(),
        guard::judge_network(&found),
    )
}

fn swap_item() -> Item {
    Item::judged("swap", "off".to_string(), guard::judge_swap(&machine::swap_areas()))
}

/// Each defence, taken up in earnest: what this process lacks, one with secrets would lack.
fn defence_items() -> Vec<Item> {
    let missing = lockdown::close();
    let found = |defence| {
        if missing.contains(&defence) {
            "this system lacks it: a plan can demand it (`demand` under [policy])".to_string()
        } else {
            "held".to_string()
        }
    };
    Defence::ALL
        .into_iter()
        .map(|defence| Item::told(defence.as_str(), found(defence)))
        .collect()
}

fn clock_item() -> Item {
    Item::told(
        "clock",
        format!(
            "{} UTC: compare it with two watches",
            SystemClock.now().strftime("%Y-%m-%d %H:%M:%S")
        ),
    )
}

fn entropy_item() -> Item {
    let mut system = System;
    let mut entropy = Entropy::new(&mut system);
    let drawn = (0..64).try_for_each(|_| entropy.draw(Purpose::Serial).map(drop));
    Item::judged("entropy", "64 draws, none repeated".to_string(), drawn)
}

fn program_item() -> Result<Item, Refusal> {
    let hash = machine::own_hash()?;
    let words = words_of(WordsTag::Program, &hash);
    Ok(Item::told(
        "program",
        format!("{}  sha256 {}", words, hex::encode(&hash)),
    ))
}

fn text(items: &[Item]) -> String {
    let mut out = String::new();
    for item in items {
        let mark = if item.fit { "fit" } else { "NOT" };
        let _ = writeln!(out, "  {mark}  {:<18}{}", item.what, item.found);
        for hint in &item.hints {
            let _ = writeln!(out, "       {:<18}{hint}", "");
        }
    }
    out
}
