//! `ceremony`: share sets of one purpose dealt, their sheets made.

mod at_hand;
mod dry_run;
mod guided;
mod unattended;

use super::SystemClock;
use super::print::SecretPlace;
use crate::ceremony::deal;
use crate::ceremony::ports::Clock as _;
use crate::plan::ShareSet;
use crate::refusal::Refusal;
use crate::shell::args::{Ceremony, Place};
use crate::shell::report::{Answer, print};
use crate::vault::event::{Event, Note, RoomEvent};
use crate::vault::store::Store;
use crate::vault::{Change, Vault};

/// Deals, shows what it would do, or declares void.
pub fn run(place: &Place, it: Ceremony) -> Result<Answer, Refusal> {
    let store = Store::open(&place.vault)?;
    if it.dry_run {
        return dry_run::run(&Vault::load(&store)?, &it.sets);
    }
    let mut change = Change::begin(&store, place.site.as_ref())?;
    let plan = change.vault().plan().clone();
    let sets = it
        .sets
        .iter()
        .map(|name| plan.find_set(name))
        .collect::<Result<Vec<&ShareSet>, _>>()?;
    if let Some(reason) = it.void {
        return give_up(&mut change, &sets, &reason);
    }
    if it.unattended.unattended {
        unattended::run(&mut change, &sets, &it)
    } else {
        guided::run(&mut change, &plan, sets, &it)
    }
}

/// Declares the last epochs of the sets void, and ends the sitting that was to deal them.
fn give_up(change: &mut Change<'_>, sets: &[&ShareSet], reason: &Note) -> Result<Answer, Refusal> {
    let site = change.vault().register().room().site(change.chain().site());
    let sitting = site
        .sitting
        .filter(|sitting| sets.iter().any(|set| sitting.sets.contains(set.name())));
    for set in sets {
        let state = change.vault().register().last_epoch(set.name());
        let in_force = state.is_some_and(|state| state.void.is_none());
        if sitting.is_some() && !in_force {
            continue;
        }
        let of = deal::declare_void(change, set, reason.clone(), &SystemClock)?;
        print(&format!("{of} is void\n"));
    }
    if sitting.is_some() {
        super::exception::none_open(change)?;
        let ended = RoomEvent::SittingEnded {
            reason: Some(reason.clone()),
        };
        change.commit(&[], vec![Event::Room(ended)], SystemClock.now())?;
        print("the ceremony is given up\n");
    }
    Ok(Answer::Done)
}

fn place_of(it: &Ceremony) -> SecretPlace<'_> {
    SecretPlace {
        out: it.out.as_deref(),
        printer: it.printer.as_ref(),
        allow_disk: it.allow_disk.as_ref(),
        allow_spool: it.allow_spool.as_ref(),
    }
}
