//! `ceremony`: share sets of one purpose dealt, their sheets made.

use super::SystemClock;
use super::print::{SecretPlace, press};
use crate::ceremony::deal::{self, Room};
use crate::ceremony::ports::{Clock as _, Custodians};
use crate::entropy::{Entropy, System};
use crate::ident::Mode;
use crate::plan::ShareSet;
use crate::refusal::{Refusal, Rule};
use crate::shell::args::{Ceremony, Place};
use crate::shell::guard::{self, Exceptions};
use crate::shell::passphrases::{AtTheTerminal, InAFile};
use crate::shell::report::{Answer, Standard, print, say};
use crate::shell::terminal::Terminal;
use crate::vault::Change;
use crate::vault::store::Store;
use std::path::Path;

/// Deals, or declares void.
pub fn run(place: &Place, it: Ceremony) -> Result<Answer, Refusal> {
    let store = Store::open(&place.vault)?;
    let mut change = Change::begin(&store, place.site.as_ref())?;
    let plan = change.vault().plan().clone();
    let sets = it
        .sets
        .iter()
        .map(|name| plan.find_set(name))
        .collect::<Result<Vec<&ShareSet>, _>>()?;
    if let Some(reason) = it.void {
        for set in sets {
            let of = deal::declare_void(&mut change, set, reason.clone(), &SystemClock)?;
            print(&format!("{of} is void\n"));
        }
        return Ok(Answer::Done);
    }
    let mode = change.vault().mode();
    let unattended = it.unattended.unattended;
    let press = press(change.vault(), it.templates.as_deref())?;
    deal::judge(change.vault(), &sets, unattended, &press)?;
    if !unattended && !sets.iter().any(|set| set.has_locked_shares()) {
        return Err(Refusal::new(
            Rule::Usage,
            "this version asks nothing but passphrases at a ceremony, and no share of these sets has one: the guided ceremony is not in it yet",
        )
        .hint(format!(
            "strongroom ceremony {} --unattended --reason \"<reason>\" --out /dev/shm/pages",
            it.sets.join(" ")
        )));
    }
    guard::judge_unattended(mode, &it.unattended, &format!("ceremony {}", it.sets.join(" ")))?;
    let to = SecretPlace {
        out: it.out.as_deref(),
        printer: it.printer.as_ref(),
        allow_disk: it.allow_disk.as_ref(),
        allow_spool: it.allow_spool.as_ref(),
    };
    let mut exceptions = Exceptions::default();
    to.judge(&change, &mut exceptions)?;
    let passphrases = to.out.unwrap_or(Path::new("/dev/shm"));
    let mut there = if unattended {
        None
    } else {
        Some(AtTheTerminal(Terminal::open()?))
    };
    let mut written = InAFile::beside(passphrases);
    let custodians: &mut dyn Custodians = match &mut there {
        Some(there) => there,
        None => &mut written,
    };
    let boot = guard::enter(&mut change, &it.overrides, exceptions, SystemClock.now())?;
    let mut system = System;
    let mut entropy = Entropy::new(&mut system);
    let mut pages = to.open()?;
    let reason = it.unattended.reason.filter(|_| unattended).or_else(|| {
        (unattended && mode == Mode::Rehearsal)
            .then(|| "rehearsal".parse().ok())
            .flatten()
    });
    let mut room = Room {
        entropy: &mut entropy,
        clock: &SystemClock,
        press: &press,
        pages: pages.as_mut(),
        custodians,
        voice: &mut Standard,
        boot,
        unattended: reason,
    };
    deal::deal_sets(&mut change, &sets, &mut room)?;
    for file in written.write()? {
        say(&format!("the passphrases of this rehearsal are in {}", file.display()));
    }
    say(&to.said());
    if mode == Mode::Production {
        say(&match to.out {
            Some(out) => format!(
                "next: print them, then prove every page on paper: strongroom prove --scan {}",
                out.display()
            ),
            None => "next: prove every page on paper: strongroom prove --scan SCANS".to_string(),
        });
    }
    Ok(Answer::Done)
}
