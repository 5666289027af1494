//! `ledger`: show, close, verify.

mod minutes;
mod words;

use self::words::describe;
use super::{SystemClock, count};
use crate::ceremony::ports::Clock as _;
use crate::code::words::Fingerprint;
use crate::entropy::{Entropy, System};
use crate::refusal::Refusal;
use crate::shell::args::{Ledger, LedgerCommand, Place};
use crate::shell::report::{Answer, note, print, say};
use crate::vault::anchor::Anchor;
use crate::vault::ledger::{Chain, Entry, head_words};
use crate::vault::store::Store;
use crate::vault::{Change, Vault};
use serde_json::json;
use std::fmt::Write as _;

/// Shows, closes or verifies.
pub fn run(place: &Place, it: &Ledger) -> Result<Answer, Refusal> {
    let store = Store::open(&place.vault)?;
    match &it.command {
        LedgerCommand::Show { step, json } => {
            let vault = Vault::load(&store)?;
            print(&match (step, json) {
                (true, _) => minutes::of(&vault),
                (_, true) => as_json(&vault),
                _ => as_text(&vault),
            });
            Ok(Answer::Done)
        }
        LedgerCommand::Head => head(&store, place),
        LedgerCommand::Verify { head, json } => verify(&Vault::load(&store)?, head.as_ref(), *json),
    }
}

fn as_json(vault: &Vault<'_>) -> String {
    let entry = |entry: &Entry| json!({ "number": entry.number, "time": entry.time, "event": entry.event, "sha256": entry.hash });
    let chain = |chain: &Chain| {
        let entries: Vec<_> = chain.entries().iter().map(entry).collect();
        json!({ "site": chain.site(), "entries": entries })
    };
    let chains: Vec<_> = vault.chains().iter().map(chain).collect();
    format!(
        "{}\n",
        json!({ "schema": "strongroom/ledger-show/1", "vault": vault.id(), "chains": chains })
    )
}

fn as_text(vault: &Vault<'_>) -> String {
    let mut out = String::new();
    for chain in vault.chains() {
        let _ = writeln!(out, "site {}: {}", chain.site(), count(chain.entries().len(), "line"));
        for entry in chain.entries() {
            let time = entry.time.strftime("%Y-%m-%d %H:%M:%S");
            let _ = writeln!(out, "{:>6}  {time}  {}", entry.number, describe(&entry.event));
        }
    }
    out
}

fn head(store: &Store, place: &Place) -> Result<Answer, Refusal> {
    let mut change = Change::begin(store, place.site.as_ref())?;
    super::exception::none_open(&change)?;
    let planned = change.vault().register().plan;
    let mut system = System;
    let head = change.close(&mut Entropy::new(&mut system), SystemClock.now())?;
    if planned != change.vault().register().plan {
        say(&format!(
            "the plan has changed since it was last recorded: this head vouches for it as it is now, sha256 {}",
            change.vault().plan_hash()
        ));
    }
    let words = head_words(head);
    print(&format!("{words}\n{}\n", words.hex_grouped()));
    Ok(Answer::Done)
}

/// The most faults that are written one by one.
const NAMED_MAX: usize = 50;

fn verify(vault: &Vault<'_>, words: Option<&Fingerprint>, json: bool) -> Result<Answer, Refusal> {
    let mut wrong = Vec::new();
    let (mut cores, mut records) = (0, 0);
    for state in vault.register().epochs() {
        match vault.core(&state.of) {
            Ok(stored) if stored.core.fingerprint() == stored.fingerprint => cores += 1,
            Ok(_) => wrong.push(Refusal::new(
                crate::refusal::Rule::SetUnfit,
                format!("the words in the file of {} are not those of its core", state.of),
            )),
            Err(refusal) => wrong.push(refusal),
        }
        wrong.extend(vault.judge_succession(&state.of).err());
    }
    for (name, generations) in vault.register().records() {
        for state in generations {
            match vault.locked_record(name, state) {
                Ok(_) => records += 1,
                // Locked again since, with the same secret: its file may be gone.
                Err(refusal)
                    if refusal.rule() == crate::refusal::Rule::RecordMissing
                        && vault.register().is_superseded(name, state) => {}
                Err(refusal) => wrong.push(refusal),
            }
        }
    }
    let anchor = words.map(|words| Anchor::find(vault.chains(), words)).transpose()?;
    let lines: usize = vault.chains().iter().map(|chain| chain.entries().len()).sum();
    let vouched = anchor.as_ref().map(|anchor| anchor.extent.values().sum::<usize>());
    if json {
        let wrong: Vec<_> = wrong
            .iter()
            .map(|refusal| json!({ "rule": refusal.rule().name(), "found": refusal.sentence() }))
            .collect();
        let whole = wrong.is_empty();
        print(&format!(
            "{}\n",
            json!({ "schema": "strongroom/ledger-verify/1", "whole": whole, "lines": lines, "cores": cores, "records": records, "lines_on_paper": vouched, "wrong": wrong })
        ));
        return Ok(if whole { Answer::Done } else { Answer::No });
    }
    wrong.iter().take(NAMED_MAX).for_each(note);
    if wrong.len() > NAMED_MAX {
        say(&format!(
            "and {} like these: --json has them all",
            wrong.len() - NAMED_MAX
        ));
    }
    for chain in vault.chains().iter().filter(|chain| chain.cut() > 0) {
        say(&format!(
            "site {}: {} at its end are the rest of a write that a crash ended; they count for nothing",
            chain.site(),
            count(chain.cut(), "byte")
        ));
    }
    if !wrong.is_empty() {
        print(&format!(
            "the ledger is whole, {}, but {} that it names {} not what it says\n",
            count(lines, "line"),
            count(wrong.len(), "file"),
            if wrong.len() == 1 { "is" } else { "are" }
        ));
        return Ok(Answer::No);
    }
    print(&format!(
        "the ledger is whole: {}; {} and {} are the ones that it names\n",
        count(lines, "line"),
        count(cores, "core"),
        count(records, "record")
    ));
    if let (Some(anchor), Some(vouched)) = (anchor, vouched) {
        print(&format!(
            "these words are line {} of site {}, {}\n",
            anchor.number,
            anchor.site,
            anchor.time.strftime("%Y-%m-%d %H:%M UTC")
        ));
        print(&match lines - vouched {
            0 => "everything is on paper\n".to_string(),
            later => format!("{} after it: not yet on paper\n", count(later, "line")),
        });
    }
    Ok(Answer::Done)
}
