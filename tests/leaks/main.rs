//! `just leaks`: the memory of every command with secrets, searched at eight moments, its end included; status 1 when a secret
//! lies anywhere but in locked memory, or anywhere at all at the end. The last figures stand in docs/assurance.md.
//!
//! A search that finds nothing proves nothing by itself: at some moment each command must be seen to hold its secrets, and
//! the program without its wiping allocator must be caught.

#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test harness of its own, which may stop at the first surprise"
)]

#[path = "../common/mod.rs"]
mod common;
mod held;
mod needles;
mod patched;
mod rows;

use aho_corasick::{AhoCorasick, MatchKind};
use held::{Piece, Seen, Task};
use needles::Needle;
use rows::{ROWS, Row};
use std::process::ExitCode;
use std::time::Instant;

/// How often each command is looked into: so many times while it works, and once at its end.
const MOMENTS: usize = 8;

/// How many moments are tried to see a secret at all.
const CONTROLS: usize = 60;

/// What was found at one moment.
#[derive(Default)]
struct Found {
    locked: usize,
    elsewhere: usize,
    places: Vec<String>,
}

fn search(needles: &[Needle], memory: &[Piece]) -> Found {
    let forms: Vec<(String, Vec<u8>)> = needles
        .iter()
        .flat_map(|needle| {
            needles::forms(&needle.bytes)
                .into_iter()
                .map(|(form, bytes)| (format!("{}, {form}", needle.name), bytes))
        })
        .collect();
    let searcher = AhoCorasick::builder()
        .match_kind(MatchKind::Standard)
        .build(forms.iter().map(|(_, bytes)| bytes))
        .unwrap();
    let mut found = Found::default();
    for piece in memory {
        for hit in searcher.find_overlapping_iter(&piece.bytes) {
            if piece.locked {
                found.locked += 1;
                continue;
            }
            found.elsewhere += 1;
            if std::env::var_os("LEAKS_CONTEXT").is_some() {
                let around = &piece.bytes[hit.start().saturating_sub(64)..(hit.end() + 64).min(piece.bytes.len())];
                println!("    {:x} {}", hit.start(), around.escape_ascii());
            }
            found
                .places
                .push(format!("{} in {}", forms[hit.pattern().as_usize()].0, piece.name));
        }
    }
    found.places.sort();
    found.places.dedup();
    found
}

/// One row: whether it is clean and was seen to hold secrets.
fn judge(row: &Row) -> (bool, String) {
    let started = Instant::now();
    let points = held::points(&(row.ready)().task, MOMENTS - 1, false);
    let (mut seen_holding, mut clean, mut searched) = (false, true, 0);
    for point in &points {
        let ready = (row.ready)();
        let seen = held::look(&ready.task, point).expect("a moment that the command came to before");
        let found = found_in(&ready, &seen, &mut searched);
        seen_holding |= found.locked > 0;
        clean &= found.elsewhere == 0;
        tell(&format!("{} {}", point.call, point.nth), &found);
    }
    seen_holding = seen_holding || is_seen_holding(row);
    let ready = (row.ready)();
    let seen = held::look_at_the_end(&ready.task);
    let found = found_in(&ready, &seen, &mut searched);
    clean &= found.elsewhere + found.locked == 0;
    tell("exit", &found);
    let text = format!(
        "{} moments, {} MB searched, secrets {} at work, in {:.0} s",
        points.len() + 1,
        searched / 1_000_000,
        if seen_holding { "seen" } else { "NEVER SEEN" },
        started.elapsed().as_secs_f64()
    );
    (clean && seen_holding, text)
}

/// Whether a secret is ever seen: a search that finds nothing at any moment of the work is a bad search.
fn is_seen_holding(row: &Row) -> bool {
    held::points(&(row.ready)().task, CONTROLS, true)
        .iter()
        .rev()
        .any(|point| {
            let ready = (row.ready)();
            let seen = held::look(&ready.task, point);
            seen.is_some_and(|seen| {
                let found = found_in(&ready, &seen, &mut 0);
                found.locked + found.elsewhere > 0
            })
        })
}

fn found_in(ready: &rows::Ready, seen: &Seen, searched: &mut usize) -> Found {
    assert_eq!(seen.status, 0, "{}{}", seen.out, seen.err);
    *searched += seen.memory.iter().map(|piece| piece.bytes.len()).sum::<usize>();
    search(&(ready.secrets)(&ready.world, &seen.out), &seen.memory)
}

fn tell(moment: &str, found: &Found) {
    if found.elsewhere == 0 && (moment != "exit" || found.locked == 0) {
        return;
    }
    println!(
        "    at {moment}: {} elsewhere, {} locked",
        found.elsewhere, found.locked
    );
    for place in found.places.iter().take(12) {
        println!("      {place}");
    }
}

/// The program without a defence is caught: at least one secret is found where none may be.
fn is_caught(name: &str, program: &str) -> bool {
    let mut caught = 0;
    let rows = ROWS
        .iter()
        .filter(|row| row.name.starts_with("recover") || row.name == "ceremony");
    for row in rows {
        let ready = (row.ready)();
        let seen = held::look_at_the_end(&Task::of(ready.task.clone(), program));
        let found = found_in(&ready, &seen, &mut 0);
        caught += found.elsewhere + found.locked;
        if caught > 0 {
            break;
        }
        for point in held::points(&Task::of((row.ready)().task, program), MOMENTS - 1, false) {
            let ready = (row.ready)();
            let seen = held::look(&Task::of(ready.task.clone(), program), &point);
            caught += seen.map_or(0, |seen| found_in(&ready, &seen, &mut 0).elsewhere);
        }
    }
    println!(
        "{:<8} {name}: {caught} secrets found",
        if caught > 0 { "caught" } else { "MISSED" }
    );
    caught > 0
}

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|word| name.contains(word.as_str()));
    println!(
        "release {}, {} forms of each secret\n",
        !cfg!(debug_assertions),
        needles::FORMS
    );
    let mut short = 0;
    for row in ROWS.iter().filter(|row| is_wanted(row.name)) {
        let (kept, reached) = judge(row);
        short += usize::from(!kept);
        println!("{:<8} {}: {reached}", if kept { "clean" } else { "LEAKS" }, row.name);
    }
    for defence in patched::DEFENCES.iter().filter(|defence| is_wanted(defence.name)) {
        short += usize::from(!is_caught(defence.name, &patched::build(defence)));
    }
    println!("\n{short} of the rows fell short");
    if short == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
