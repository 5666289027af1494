//! Paper that is still out there although the plan does not name it: void epochs, and pages that were replaced.
//!
//! Rules of this file:
//! - an epoch is counted when it is void, when pages of it were replaced, or when its envelopes are not where the plan has them;
//!   nothing in the ledger says yet that an envelope was destroyed, so what was ever made is out there;
//! - an epoch to which no record was ever locked opens nothing and is left out.

use super::register::{Envelope, EpochState, Register};
use super::store::Store;
use crate::ident::ShareIndex;
use crate::plan::{Factor, Plan};
use crate::quorum::access::{FormerEpoch, FormerPage};
use crate::refusal::Refusal;

/// The paper that a plan does not name, by the ledger of the folder that it stands in; none where there is no ledger.
pub fn outstanding(store: &Store, plan: &Plan) -> Result<Vec<FormerEpoch>, Refusal> {
    if store.list("ledger")?.is_empty() {
        return Ok(Vec::new());
    }
    Ok(former(&Register::of(&super::read_chains(store)?, None)?, plan))
}

/// The paper that a plan does not name.
pub fn former(register: &Register, plan: &Plan) -> Vec<FormerEpoch> {
    let outstanding = register.epochs().filter(|state| !is_as_planned(state, plan));
    outstanding.filter_map(|state| epoch(register, state)).collect()
}

fn is_as_planned(state: &EpochState, plan: &Plan) -> bool {
    let Some(set) = plan.set(&state.of.set) else {
        return false;
    };
    let envelopes = state.envelopes.iter();
    let planned = set
        .indexed_shares()
        .map(|(index, share)| (index, &share.custodian, &share.safe, share.passphrase));
    let found = envelopes.map(|(index, one)| (*index, &one.custodian, &one.safe, one.lock.is_some()));
    state.void.is_none()
        && state.replaced.is_empty()
        && state.reprints.is_empty()
        && state.threshold == set.threshold()
        && planned.eq(found)
}

fn epoch(register: &Register, state: &EpochState) -> Option<FormerEpoch> {
    let locked = register
        .records()
        .filter(|(_, generations)| generations.iter().any(|one| one.sets.contains(&state.of)));
    let locked: Vec<_> = locked.map(|(name, _)| name).collect();
    let factor = locked.first()?.factor;
    let opens = locked.iter().map(|name| (name.account.clone(), name.device.clone()));
    let pages = state
        .envelopes
        .iter()
        .chain(&state.reprints)
        .map(|(index, envelope)| (*index, envelope));
    let replaced = state.replaced.iter().map(|(index, envelope)| (*index, envelope));
    Some(FormerEpoch {
        set: state.of.set.clone(),
        epoch: state.of.epoch,
        factor,
        needed: state.threshold.needed(),
        pages: pages.chain(replaced).map(page).collect(),
        opens: if factor == Factor::Mfa {
            opens.collect()
        } else {
            opens.map(|(account, _)| (account, None)).collect()
        },
    })
}

fn page((index, envelope): (ShareIndex, &Envelope)) -> FormerPage {
    FormerPage {
        index,
        custodian: envelope.custodian.clone(),
        safe: envelope.safe.clone(),
        passphrase: envelope.lock.is_some(),
    }
}
