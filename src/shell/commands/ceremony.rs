//! `ceremony`: share sets of one purpose dealt, their sheets made.

use super::SystemClock;
use crate::ceremony::deal::{self, Room};
use crate::ceremony::ports::{Clock as _, Custodians};
use crate::entropy::{Entropy, System};
use crate::ident::Mode;
use crate::plan::ShareSet;
use crate::refusal::{Refusal, Rule};
use crate::shell::args::{Ceremony, Place};
use crate::shell::guard::{self, Exceptions};
use crate::shell::output::{self, Folder};
use crate::shell::passphrases::{AtTheTerminal, InAFile};
use crate::shell::report::{Answer, Standard, print, say};
use crate::shell::terminal::Terminal;
use crate::vault::Change;
use crate::vault::store::Store;

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
    deal::judge(change.vault(), &sets, unattended)?;
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
    let out = it.out.ok_or_else(|| {
        Refusal::new(Rule::Usage, "the sheets need a place to go to")
            .hint("--out DIR, on memory-backed storage: --out /dev/shm/pages")
    })?;
    let mut exceptions = Exceptions::default();
    if mode == Mode::Production {
        exceptions.allow(output::judge_place(&out), it.allow_disk.as_ref())?;
    }
    let mut there = if unattended {
        None
    } else {
        Some(AtTheTerminal(Terminal::open()?))
    };
    let mut written = InAFile::beside(&out);
    let custodians: &mut dyn Custodians = match &mut there {
        Some(there) => there,
        None => &mut written,
    };
    let boot = guard::enter(&mut change, &it.overrides, exceptions, SystemClock.now())?;
    let mut system = System;
    let mut entropy = Entropy::new(&mut system);
    let mut pages = Folder::open(&out)?;
    let reason = it.unattended.reason.filter(|_| unattended).or_else(|| {
        (unattended && mode == Mode::Rehearsal)
            .then(|| "rehearsal".parse().ok())
            .flatten()
    });
    let mut room = Room {
        entropy: &mut entropy,
        clock: &SystemClock,
        pages: &mut pages,
        custodians,
        voice: &mut Standard,
        boot,
        unattended: reason,
    };
    deal::deal_sets(&mut change, &sets, &mut room)?;
    for file in written.write()? {
        say(&format!("the passphrases of this rehearsal are in {}", file.display()));
    }
    say(&format!(
        "sheets in {}: they stay there until you wipe them",
        out.display()
    ));
    if mode == Mode::Production {
        say(&format!(
            "next: print them, then prove every page on paper: strongroom prove --scan {}",
            out.display()
        ));
    }
    Ok(Answer::Done)
}
