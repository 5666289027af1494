//! Whom to call: computed from the register where the record is enrolled, from the plan where it is not.
//!
//! Rules of this file:
//! - numbers and names first: who, where, from when on, by which telephone; no secret is near;
//! - what the plan does not say (a telephone) is said to be missing: that is worth knowing by day.

use crate::ceremony::generation;
use crate::ident::{Generation, PersonId, SafeId};
use crate::plan::Plan;
use crate::quorum::simulate::Moment;
use crate::quorum::whom::{Asked, Call, Calls, Kept, whom};
use crate::vault::Vault;
use crate::vault::record::RecordName;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The sets that open a record, soonest first.
pub(super) fn calls(
    vault: &Vault<'_>,
    (name, generation): (&RecordName, Option<Generation>),
    away: &[PersonId],
    at: Timestamp,
) -> Vec<Calls> {
    let away: BTreeSet<PersonId> = away.iter().cloned().collect();
    whom(vault.plan(), asked(vault, name, generation), &away, at)
}

fn asked(vault: &Vault<'_>, name: &RecordName, generation: Option<Generation>) -> Vec<Asked> {
    let Ok(record) = generation::choose(vault, name, generation) else {
        return planned(vault.plan(), name);
    };
    let epochs = record.sets.iter().filter_map(|of| vault.register().epoch(of));
    let in_force = epochs.filter(|epoch| epoch.void.is_none());
    let asked = in_force.map(|epoch| Asked {
        set: epoch.of.set.clone(),
        needed: usize::from(epoch.threshold.needed()),
        shares: epoch
            .envelopes
            .iter()
            .map(|(index, envelope)| Kept {
                index: *index,
                custodian: envelope.custodian.clone(),
                safe: envelope.safe.clone(),
                locked: envelope.lock.is_some(),
            })
            .collect(),
    });
    asked.collect()
}

fn planned(plan: &Plan, name: &RecordName) -> Vec<Asked> {
    let Some(account) = plan.account(&name.account) else {
        return Vec::new();
    };
    let sets = plan.sets_for(account, name.factor, name.device.as_ref());
    let asked = sets.into_iter().map(|set| Asked {
        set: set.name().clone(),
        needed: usize::from(set.threshold().needed()),
        shares: set
            .indexed_shares()
            .map(|(index, share)| Kept {
                index,
                custodian: share.custodian.clone(),
                safe: share.safe.clone(),
                locked: share.passphrase,
            })
            .collect(),
    });
    asked.collect()
}

/// The calls as a page: each set, its shares, then the safes with those who open them.
pub(super) fn page(plan: &Plan, calls: &[Calls], at: Timestamp) -> String {
    let mut out = format!(
        "whom to call, soonest first, at {} UTC\n",
        at.strftime("%Y-%m-%d %H:%M")
    );
    for set in calls {
        let _ = write!(
            out,
            "\n  {}   {} of {} needed   {}\n",
            set.set,
            set.needed,
            set.calls.len(),
            when(set.moment)
        );
        for call in &set.calls {
            push_call(&mut out, plan, call);
        }
        let mut told: BTreeSet<&SafeId> = BTreeSet::new();
        for call in &set.calls {
            if let (Some(safe), Some((any, there))) = (&call.kept.safe, &call.controllers)
                && told.insert(safe)
            {
                push_safe(&mut out, plan, safe, *any, there);
            }
        }
    }
    if calls.is_empty() {
        out.push_str("\n  no share set opens this: the plan names none\n");
    }
    out
}

fn push_call(out: &mut String, plan: &Plan, call: &Call) {
    let kept = &call.kept;
    let place = kept.safe.as_ref().map_or("in hand", SafeId::as_str);
    let passphrase = if kept.locked { ", passphrase" } else { "" };
    let _ = writeln!(
        out,
        "    {}  {:<20} {:<10} {:<12} {}{passphrase}",
        kept.index,
        name_of(plan, &kept.custodian),
        place,
        when(call.moment),
        reach_of(plan, &kept.custodian),
    );
}

fn push_safe(out: &mut String, plan: &Plan, safe: &SafeId, any: usize, there: &[PersonId]) {
    let place = plan.safe(safe).map_or("", |safe| safe.place.as_str());
    let _ = writeln!(out, "    {safe}: {place}; opens to any {any} of");
    for person in there {
        let _ = writeln!(out, "       {:<20} {}", name_of(plan, person), reach_of(plan, person));
    }
    if there.len() < any {
        let _ = writeln!(out, "       only {} of them are there: it stays shut", there.len());
    }
}

/// The shares that lack, soonest first, in one row.
pub(super) fn soonest(plan: &Plan, calls: &Calls, lacks: &dyn Fn(&Call) -> bool) -> String {
    let lacking = calls.calls.iter().filter(|call| lacks(call));
    let named = lacking.map(|call| {
        let place = call.kept.safe.as_ref().map_or("in hand", SafeId::as_str);
        format!(
            "{} ({place}, {})",
            name_of(plan, &call.kept.custodian),
            when(call.moment)
        )
    });
    named.take(3).collect::<Vec<_>>().join(", ")
}

fn name_of<'p>(plan: &'p Plan, person: &'p PersonId) -> &'p str {
    plan.person(person)
        .map_or(person.as_str(), |person| person.name.as_str())
}

fn reach_of<'p>(plan: &'p Plan, person: &PersonId) -> &'p str {
    let reach = plan.person(person).and_then(|person| person.reach.as_ref());
    reach.map_or("no telephone in the plan", |reach| reach.as_str())
}

fn when(moment: Option<Moment>) -> String {
    match moment.map(|moment| moment.minutes) {
        None => "not to be had".to_string(),
        Some(..=0) => "at once".to_string(),
        Some(minutes) => format!("in {}:{:02} h", minutes / 60, minutes % 60),
    }
}
