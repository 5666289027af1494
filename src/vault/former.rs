//! Paper that is still out there although the plan does not name it: void epochs, and pages that were replaced.
//!
//! Rules of this file:
//! - an epoch is counted when it is void, when pages of it were replaced or lost, or when its envelopes are not where the plan has
//!   them; a page is out there until the ledger says that it was spoilt or destroyed;
//! - a page that is lost is in anybody's hands;
//! - what an epoch could open counts until a newer secret was enrolled and somebody has signed in since: older copies of the vault
//!   still open to it;
//! - an epoch of which fewer pages exist than are needed is dead, and so is one to which no record was ever locked: left out.

use super::register::life::envelope::{Held, Whereabouts};
use super::register::{EpochState, Register};
use super::store::Store;
use crate::plan::{Factor, Plan};
use crate::quorum::access::{FormerEpoch, FormerPage};
use crate::refusal::Refusal;
use std::collections::BTreeSet;

/// The paper that a plan does not name, by the ledger of the folder that it stands in; none where there is no ledger.
pub fn outstanding(store: &Store, plan: &Plan) -> Result<Vec<FormerEpoch>, Refusal> {
    if store.list("ledger")?.is_empty() {
        return Ok(Vec::new());
    }
    Ok(former(&Register::of(&super::read_chains(store)?, None)?, plan))
}

/// The paper that a plan does not name.
pub fn former(register: &Register, plan: &Plan) -> Vec<FormerEpoch> {
    let outstanding = register.epochs().filter(|state| !is_as_planned(register, state, plan));
    outstanding.filter_map(|state| epoch(register, state)).collect()
}

fn is_as_planned(register: &Register, state: &EpochState, plan: &Plan) -> bool {
    let Some(set) = plan.set(&state.of.set) else {
        return false;
    };
    let envelopes = state.envelopes.iter();
    let planned = set
        .indexed_shares()
        .map(|(index, share)| (index, &share.custodian, &share.safe, share.passphrase));
    let found = envelopes.map(|(index, one)| (*index, &one.custodian, &one.safe, one.lock.is_some()));
    state.void.is_none()
        && state.reprints.is_empty()
        && register.pages_of(state).all(|held| is_in_its_place(&held))
        && state.threshold == set.threshold()
        && planned.eq(found)
}

/// Whether a page is where the plan has it, or is no more because another took its place.
fn is_in_its_place(held: &Held<'_>) -> bool {
    let replaced = held
        .epoch
        .replaced
        .iter()
        .any(|(_, page)| page.serial == held.envelope.serial);
    if replaced {
        held.now.is_gone()
    } else {
        match &held.now {
            Whereabouts::Lost => false,
            Whereabouts::Deposited(safe) => *safe == held.envelope.safe,
            _ => true,
        }
    }
}

fn epoch(register: &Register, state: &EpochState) -> Option<FormerEpoch> {
    let locked = register
        .records()
        .filter(|(name, _)| register.is_exposed_to(name, &state.of));
    let locked: Vec<_> = locked.map(|(name, _)| name).collect();
    let factor = locked.first()?.factor;
    let opens = locked.iter().map(|name| (name.account.clone(), name.device.clone()));
    let pages: Vec<_> = register.pages_of(state).filter(|held| !held.now.is_gone()).collect();
    let shares: BTreeSet<_> = pages.iter().map(|held| held.index).collect();
    if shares.len() < usize::from(state.threshold.needed()) {
        return None;
    }
    Some(FormerEpoch {
        set: state.of.set.clone(),
        epoch: state.of.epoch,
        factor,
        needed: state.threshold.needed(),
        pages: pages.iter().map(page).collect(),
        opens: if factor == Factor::Mfa {
            opens.collect()
        } else {
            opens.map(|(account, _)| (account, None)).collect()
        },
    })
}

fn page(held: &Held<'_>) -> FormerPage {
    let envelope = held.envelope;
    // A share that was moved lies where it was deposited, not where it was dealt for.
    let safe = match &held.now {
        Whereabouts::Deposited(safe) => safe.clone(),
        _ => envelope.safe.clone(),
    };
    FormerPage {
        index: held.index,
        custodian: envelope.custodian.clone(),
        safe,
        passphrase: envelope.lock.is_some(),
        lost: held.now == Whereabouts::Lost,
    }
}
