//! `ceremony`: share sets of one purpose dealt, their sheets made.

use super::SystemClock;
use crate::ceremony::deal::{self, Room};
use crate::ceremony::ports::Clock as _;
use crate::entropy::{Entropy, System};
use crate::ident::Mode;
use crate::plan::ShareSet;
use crate::refusal::{Refusal, Rule};
use crate::shell::args::{Ceremony, Place};
use crate::shell::guard::{self, Exceptions};
use crate::shell::output::{self, Folder};
use crate::shell::report::{Answer, Standard, print, say};
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
    deal::judge(change.vault(), &sets)?;
    if !it.unattended.unattended {
        return Err(Refusal::new(
            Rule::Usage,
            "this version deals unattended only: the guided ceremony is not in it yet",
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
    let boot = guard::enter(&mut change, &it.overrides, exceptions, SystemClock.now())?;
    let mut system = System;
    let mut entropy = Entropy::new(&mut system);
    let mut pages = Folder::open(&out)?;
    let unattended = it
        .unattended
        .reason
        .or_else(|| (mode == Mode::Rehearsal).then(|| "rehearsal".parse().ok()).flatten());
    let mut room = Room {
        entropy: &mut entropy,
        clock: &SystemClock,
        pages: &mut pages,
        voice: &mut Standard,
        boot,
        unattended,
    };
    deal::deal_sets(&mut change, &sets, &mut room)?;
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
