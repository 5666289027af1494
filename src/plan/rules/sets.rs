//! Each share set and each safe by itself: thresholds, custodians, and what one person or one safe holds.
//!
//! Rules of this file:
//! - a share in a safe belongs to whoever opens the safe, a share without one to its custodian: a seal is evidence, not a lock;
//! - one person alone has the shares in hand and those in safes that open to any one controller.

use super::{About, Finding, Note, Observed, PlanRule};
use crate::{
    ident::{PersonId, SafeId},
    plan::{Device, Plan, Provider, Safe, Share, ShareSet, people::AnyOf},
};
use std::collections::{BTreeMap, BTreeSet};

/// Holds S7, S8, S30, D2, D3 and D4 against the plan.
pub(super) fn observe(plan: &Plan, observed: &mut Observed) {
    let out = &mut observed.findings;
    out.extend(plan.safes().iter().filter_map(|safe| one_opens(plan, safe)));
    out.extend(
        plan.root_access()
            .filter(|access| access.any() == 1)
            .map(one_has_root_access),
    );
    for set in plan.sets() {
        out.extend(no_spare(set));
        out.extend(same_custodian(set));
        out.extend(too_few_open(set));
        out.extend(one_safe_suffices(set));
        out.extend(one_person_suffices(plan, set));
    }
    let used = used(plan);
    observed.notes.extend(
        plan.sets()
            .iter()
            .enumerate()
            .filter(|(at, _)| !used.contains(at))
            .map(|(_, set)| Note {
                rule: PlanRule::D3,
                place: set.at(),
                about: About::Set(set.name().clone()),
                found: format!(
                    "{} opens no factor of any open account that keeps root credentials",
                    set.name()
                ),
            }),
    );
}

fn one_opens(plan: &Plan, safe: &Safe) -> Option<Finding> {
    if safe.controllers.any() > 1 {
        return None;
    }
    let most = plan
        .sets()
        .iter()
        .map(|set| {
            (
                set.shares()
                    .iter()
                    .filter(|share| share.safe.as_ref() == Some(&safe.id))
                    .count(),
                set,
            )
        })
        .filter(|(shares, _)| *shares > 0)
        .max_by_key(|(shares, _)| *shares);
    Some(Finding {
        rule: PlanRule::S8,
        place: safe.controllers.at(),
        about: About::Safe(safe.id.clone()),
        found: format!("safe {} opens for any 1 of {}", safe.id, safe.controllers.of().len()),
        why: most.map(|(shares, set)| {
            format!(
                "one person then holds {shares} of the {} shares that {} needs",
                set.threshold().needed(),
                set.name()
            )
        }),
        allowed: "any 2 or more".to_string(),
        next: any_two("controllers", &safe.controllers),
    })
}

fn one_has_root_access(access: &AnyOf) -> Finding {
    Finding {
        rule: PlanRule::S8,
        place: access.at(),
        about: About::Provider(Provider::Aws),
        found: format!("centralised root access is open to any 1 of {}", access.of().len()),
        why: Some("one person and one mailbox then open every member".to_string()),
        allowed: "any 2 or more".to_string(),
        next: any_two("root_access", access),
    }
}

fn any_two(key: &str, people: &AnyOf) -> String {
    let mut names: Vec<String> = people.of().map(|person| format!("\"{person}\"")).collect();
    if names.len() < 2 {
        names.push("…".to_string());
    }
    format!("{key} = {{ any = 2, of = [{}] }}", names.join(", "))
}

fn no_spare(set: &ShareSet) -> Option<Finding> {
    let (needed, total) = (set.threshold().needed(), set.threshold().total());
    (needed == total).then(|| Finding {
        rule: PlanRule::S7,
        place: set.threshold_at(),
        about: About::Set(set.name().clone()),
        found: format!("{} needs all of its {total} shares", set.name()),
        why: Some("the loss of one share then locks its accounts".to_string()),
        allowed: "fewer needed than there are".to_string(),
        next: match total.checked_add(1) {
            Some(more) => format!("threshold = \"{needed}-of-{more}\", and one more share"),
            None => format!("threshold = \"{}-of-{total}\"", needed - 1),
        },
    })
}

fn same_custodian(set: &ShareSet) -> Option<Finding> {
    let mut seen = BTreeSet::new();
    let again = set.shares().iter().find(|share| !seen.insert(&share.custodian))?;
    let count = set
        .shares()
        .iter()
        .filter(|share| share.custodian == again.custodian)
        .count();
    Some(Finding {
        rule: PlanRule::D2,
        place: again.at,
        about: About::Set(set.name().clone()),
        found: format!("{} is custodian of {count} shares of {}", again.custodian, set.name()),
        why: None,
        allowed: "one share for each custodian".to_string(),
        next: "name another custodian here".to_string(),
    })
}

fn too_few_open(set: &ShareSet) -> Option<Finding> {
    let needed = usize::from(set.threshold().needed());
    let open = set.shares().iter().filter(|share| !share.passphrase).count();
    let last = set.shares().iter().rfind(|share| share.passphrase)?;
    (open < needed).then(|| Finding {
        rule: PlanRule::D4,
        place: last.at,
        about: About::Set(set.name().clone()),
        found: format!(
            "{open} shares of {} stand without a passphrase, and it needs {needed}",
            set.name()
        ),
        why: Some("passphrases that are forgotten then lock its accounts".to_string()),
        allowed: format!("at most {} with one", set.shares().len() - needed),
        next: "passphrase = false at this share".to_string(),
    })
}

fn one_safe_suffices(set: &ShareSet) -> Vec<Finding> {
    let needed = usize::from(set.threshold().needed());
    let mut held: BTreeMap<&SafeId, Vec<&Share>> = BTreeMap::new();
    for share in set.shares() {
        if let Some(safe) = &share.safe {
            held.entry(safe).or_default().push(share);
        }
    }
    let quorums = held.into_iter().filter(|(_, shares)| shares.len() >= needed);
    quorums
        .map(|(safe, shares)| Finding {
            rule: PlanRule::S8,
            place: shares.last().map_or(set.at(), |share| share.at),
            about: About::Set(set.name().clone()),
            found: format!(
                "safe {safe} alone holds {} of the {needed} shares that {} needs",
                shares.len(),
                set.name()
            ),
            why: Some("whoever opens that one safe opens the set".to_string()),
            allowed: format!("at most {} in one safe", needed - 1),
            next: "move shares to another safe".to_string(),
        })
        .collect()
}

fn one_person_suffices(plan: &Plan, set: &ShareSet) -> Vec<Finding> {
    let needed = usize::from(set.threshold().needed());
    let mut held: BTreeMap<&PersonId, Vec<&Share>> = BTreeMap::new();
    for share in set.shares() {
        match share.safe.as_ref().and_then(|safe| plan.safe(safe)) {
            None => held.entry(&share.custodian).or_default().push(share),
            Some(safe) if safe.controllers.any() == 1 => {
                for person in safe.controllers.of() {
                    held.entry(person).or_default().push(share);
                }
            }
            Some(_) => {}
        }
    }
    let quorums = held.into_iter().filter(|(_, shares)| shares.len() >= needed);
    quorums
        .map(|(person, shares)| Finding {
            rule: PlanRule::S30,
            place: shares.last().map_or(set.at(), |share| share.at),
            about: About::Set(set.name().clone()),
            found: format!(
                "{person} alone reaches {} of the {needed} shares that {} needs",
                shares.len(),
                set.name()
            ),
            why: None,
            allowed: format!("at most {} for one person", needed - 1),
            next: "name other custodians, or safes that open to any 2".to_string(),
        })
        .collect()
}

/// The sets, by position, that open a factor of an account that is judged.
fn used(plan: &Plan) -> BTreeSet<usize> {
    let judged: Vec<_> = plan.accounts().iter().filter(|account| account.is_judged()).collect();
    let named: BTreeSet<_> = judged
        .iter()
        .flat_map(|account| account.virtual_devices())
        .flat_map(Device::sets)
        .collect();
    let opens = |set: &ShareSet| named.contains(set.name()) || judged.iter().any(|account| set.opens(account));
    plan.sets()
        .iter()
        .enumerate()
        .filter(|(_, set)| opens(set))
        .map(|(at, _)| at)
        .collect()
}
