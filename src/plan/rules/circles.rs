//! What depends on what: circles in which an account would have to be open before it can be opened.
//!
//! Rules of this file:
//! - the plan says by `needs` on which accounts a safe (its combination, the badges of its building) and an account (its mailbox,
//!   its phone) depend; what it does not say is not guessed;
//! - an account depends on what it needs itself, and on what the safes need in which its shares, its tokens and the copies of the
//!   vault lie; dependence passes on;
//! - one circle is one finding, at the `needs` that closes it.

use super::{About, Finding, Observed, PlanRule, listed};
use crate::ident::{AccountId, SafeId};
use crate::plan::{Account, Device, Factor, Place, Placed, Plan, ShareSet};
use std::collections::{BTreeMap, BTreeSet};

/// Holds S6 against the plan.
pub(super) fn observe(plan: &Plan, observed: &mut Observed) {
    let says_anything = plan.safes().iter().any(|safe| !safe.needs.is_empty())
        || plan.accounts().iter().any(|account| !account.needs.is_empty());
    if !says_anything {
        return;
    }
    let needs: BTreeMap<&AccountId, Vec<Need<'_>>> = plan
        .accounts()
        .iter()
        .filter(|account| account.is_judged())
        .map(|account| (&account.id, needs(plan, account)))
        .collect();
    let mut seen: BTreeSet<BTreeSet<&AccountId>> = BTreeSet::new();
    for account in needs.keys() {
        let Some(circle) = circle(&needs, account) else {
            continue;
        };
        if seen.insert(circle.iter().map(|need| need.on).collect()) {
            observed.findings.push(finding(account, &circle));
        }
    }
}

/// One dependence.
#[derive(Clone, Copy)]
struct Need<'p> {
    on: &'p AccountId,
    /// The safe that brings it in, if one does.
    safe: Option<&'p SafeId>,
    place: Place,
}

fn needs<'p>(plan: &'p Plan, account: &'p Account) -> Vec<Need<'p>> {
    let need = |safe| {
        move |on: &'p Placed<AccountId>| Need {
            on: &on.value,
            safe,
            place: on.place,
        }
    };
    let passwords = plan.sets_for(account, Factor::Password, None).into_iter();
    let codes = plan.sets_for(account, Factor::Mfa, None).into_iter();
    let shares = passwords
        .chain(codes)
        .flat_map(ShareSet::shares)
        .filter_map(|share| share.safe.as_ref());
    let tokens = account.mfa.iter().filter_map(Device::safe);
    let copies = plan.copies().iter().map(|copy| &copy.safe);
    let safes: BTreeSet<&SafeId> = shares.chain(tokens).chain(copies).collect();
    let of_safes = safes.into_iter().filter_map(|id| plan.safe(id));
    let of_safes = of_safes.flat_map(|safe| safe.needs.iter().map(need(Some(&safe.id))));
    account.needs.iter().map(need(None)).chain(of_safes).collect()
}

/// The shortest way from an account back to itself.
fn circle<'p>(needs: &BTreeMap<&'p AccountId, Vec<Need<'p>>>, from: &AccountId) -> Option<Vec<Need<'p>>> {
    let mut reached: BTreeSet<&AccountId> = BTreeSet::new();
    let mut ways: Vec<Vec<Need<'p>>> = vec![Vec::new()];
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            let at = way.last().map_or(from, |need| need.on);
            for need in needs.get(at).into_iter().flatten() {
                let way: Vec<Need<'p>> = way.iter().copied().chain([*need]).collect();
                if need.on == from {
                    return Some(way);
                }
                if reached.insert(need.on) {
                    longer.push(way);
                }
            }
        }
        ways = longer;
    }
    None
}

fn finding(account: &AccountId, circle: &[Need<'_>]) -> Finding {
    let through = |need: &Need<'_>| match need.safe {
        Some(safe) => format!("{} through safe {safe}", need.on),
        None => need.on.to_string(),
    };
    let steps: Vec<String> = circle.iter().map(through).collect();
    Finding {
        rule: PlanRule::S6,
        place: circle.last().map(|need| need.place).unwrap_or_default(),
        about: About::Account(account.clone()),
        found: format!("account {account} depends on itself: it needs {}", listed(steps.iter().map(String::as_str))),
        why: Some("when it is locked, so is what would open it".to_string()),
        allowed: "nothing that opens an account depends on it".to_string(),
        next: "keep the combination, the mailbox or the phone where no account of this plan is needed, and take it out here".to_string(),
    }
}
