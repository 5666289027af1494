//! Seven shares of a 4-of-7, up to three of them forged, in every order: recovered, and the forgers named.

#![allow(unreachable_pub, reason = "each test file uses a part of this")]

use crate::common::{Scratch, World, run};
use std::collections::BTreeSet;
use strongroom::ceremony::gathering::Gathering;
use strongroom::ceremony::known::KnownEpochs;
use strongroom::ceremony::ports::Passphrases;
use strongroom::code::reading::read_text;
use strongroom::code::share_code::{PaperShare, ShareBody};
use strongroom::crypto::passphrase::Passphrase;
use strongroom::ident::Mode;
use strongroom::paper::scan;
use strongroom::refusal::{Refusal, Rule};
use strongroom::secret::Secret;
use strongroom::vault::Vault;
use strongroom::vault::store::Store;

struct Nobody;

impl Passphrases for Nobody {
    fn next(&mut self, _: &str, _: usize) -> Result<Option<Passphrase>, Refusal> {
        Ok(None)
    }
}

/// A rehearsal whose passwords open to four of seven.
fn four_of_seven() -> World {
    let scratch = Scratch::new();
    let (vault, pages) = (scratch.join("vault"), scratch.join("pages"));
    let world = World { scratch, vault, pages };
    run(&["init", &world.vault, "--example", "--rehearsal"]).ok();
    let plan = format!("{}/strongroom.toml", world.vault);
    let text = std::fs::read_to_string(&plan).unwrap();
    let more = "  { custodian = \"mei\", safe = \"sin-1\" },\n  { custodian = \"ravi\", safe = \"sin-1\" },\n  { custodian = \"dwight\", safe = \"nyc-1\" },\n";
    let text = text
        .replacen("threshold = \"3-of-5\"", "threshold = \"4-of-7\"", 1)
        .replacen("  { custodian = \"mei\", safe = \"sin-1\" },\n", more, 1);
    std::fs::write(&plan, text).unwrap();
    world
        .run(&["ceremony", "root-password", "--unattended", "--out", &world.pages])
        .ok();
    world
}

fn code_on(sheet: &str) -> String {
    let pages = scan::codes(&std::fs::read(sheet).unwrap()).unwrap_or_else(|refusal| panic!("{refusal}"));
    pages[0].codes[0].expose(str::to_string)
}

fn share(code: &str) -> PaperShare {
    read_text(code, Mode::Rehearsal).pop().and_then(Result::ok).unwrap()
}

/// The share with another value, and every checksum right; with its blinder or without.
fn forged(code: &str, whole: bool) -> PaperShare {
    let paper = share(code);
    let ShareBody::Open { value, blinder } = paper.body else {
        panic!("an open share")
    };
    let value = Secret::build(|out: &mut [u8; 32]| {
        value.expose(|value| *out = *value);
        out[5] ^= 0x40;
    });
    PaperShare::new(paper.head, value, blinder.filter(|_| whole))
}

/// The order of this number, 0 to 5,039, of seven things.
fn order(number: usize) -> Vec<usize> {
    let (mut left, mut rest): (Vec<usize>, usize) = ((0..7).collect(), number);
    (1..=7)
        .rev()
        .map(|count| {
            let at = rest % count;
            rest /= count;
            left.remove(at)
        })
        .collect()
}

/// Tries `count` orders, evenly spread over all; gives what went wrong.
pub fn attempt(count: usize) -> Vec<String> {
    let world = four_of_seven();
    let codes: Vec<String> = world
        .sheets("root-password")
        .iter()
        .map(|sheet| code_on(sheet))
        .collect();
    let store = Store::open(world.vault.as_ref()).unwrap_or_else(|refusal| panic!("{refusal}"));
    let vault = Vault::load(&store).unwrap_or_else(|refusal| panic!("{refusal}"));
    let known = KnownEpochs::read(&vault);
    (0..count)
        .filter_map(|at| one(&known, &codes, at * 5040 / count).err())
        .collect()
}

/// One order: which of the first three arrivals are forged, and how, is the number's own.
fn one(known: &KnownEpochs, codes: &[String], number: usize) -> Result<(), String> {
    let order = order(number);
    let forgers: BTreeSet<usize> = order.iter().copied().skip(number % 4).take(number % 4).collect();
    let epoch = known.epoch_of(&share(&codes[0]).head).unwrap();
    let of = epoch.state.of.clone();
    let mut gathering = Gathering::new(known, [of]);
    let mut named = BTreeSet::new();
    for at in &order {
        let paper = if forgers.contains(at) {
            forged(&codes[*at], (number + at).is_multiple_of(2))
        } else {
            share(&codes[*at])
        };
        if let Err(refusal) = gathering.add(paper, &mut Nobody) {
            if refusal.rule() != Rule::ShareForged {
                return Err(format!("order {number}: {refusal}"));
            }
            named.insert(refusal.sentence().to_string());
        }
    }
    let held = gathering
        .hold()
        .map_err(|refusal| format!("order {number}: {refusal}"))?;
    let identity = held
        .identity()
        .map_err(|refusal| format!("order {number}: {refusal}"))?;
    named.extend(held.wrong.iter().map(|refusal| refusal.sentence().to_string()));
    let expected: Vec<String> = forgers.iter().map(|at| format!("share {} of ", at + 1)).collect();
    let all = expected
        .iter()
        .all(|name| named.iter().any(|sentence| sentence.starts_with(name)));
    if identity.recipient() != epoch.stored.core.recipient || !all || named.len() != forgers.len() {
        return Err(format!("order {number}: forged {expected:?}, named {named:?}"));
    }
    Ok(())
}
