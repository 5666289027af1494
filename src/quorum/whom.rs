//! Whom to call: the sets that open a record and the shares of each, in the order in which a quorum can be had soonest.
//!
//! Rules of this file:
//! - a share is had when its safe next opens, with its controllers there; one that its custodian keeps, at once;
//! - a set is had with its `needed`-th share; sets come in that order, shares within a set too, those that cannot be had last;
//! - who is away brings nothing and opens nothing; travel is not modelled: who is there can be at any safe.

use super::simulate::{Moment, opens};
use crate::ident::{PersonId, SafeId, SetName, ShareIndex};
use crate::plan::{Plan, Safe};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// A share as the register has it: whose, and where.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Its index.
    pub index: ShareIndex,
    /// Who is entitled to it.
    pub custodian: PersonId,
    /// Where it lies; nothing where its custodian keeps it.
    pub safe: Option<SafeId>,
    /// Whether its custodian must be there too, for the passphrase.
    pub locked: bool,
}

/// A set as the register has it.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The set.
    pub set: SetName,
    /// How many of its shares open the record.
    pub needed: usize,
    /// Its shares.
    pub shares: Vec<Kept>,
}

/// One share, and how it is had.
#[derive(Clone, Debug)]
pub struct Call {
    /// Whose it is, and where.
    pub kept: Kept,
    /// From when on it can be had; nothing where it cannot.
    pub moment: Option<Moment>,
    /// How many of the controllers must come, and those who are there.
    pub controllers: Option<(usize, Vec<PersonId>)>,
}

/// One set, and when a quorum of it can be had.
#[derive(Clone, Debug)]
pub struct Calls {
    /// The set.
    pub set: SetName,
    /// How many shares it takes.
    pub needed: usize,
    /// From when on; nothing where it cannot be had.
    pub moment: Option<Moment>,
    /// Its shares, soonest first.
    pub calls: Vec<Call>,
}

/// Whom to call, soonest set first.
pub fn whom(plan: &Plan, sets: Vec<Asked>, away: &BTreeSet<PersonId>, at: Timestamp) -> Vec<Calls> {
    let mut all: Vec<Calls> = sets.into_iter().map(|asked| calls(plan, asked, away, at)).collect();
    all.sort_by_key(|calls| (calls.moment.is_none(), calls.moment, calls.needed));
    all
}

fn calls(plan: &Plan, asked: Asked, away: &BTreeSet<PersonId>, at: Timestamp) -> Calls {
    let mut calls: Vec<Call> = asked
        .shares
        .into_iter()
        .map(|kept| call(plan, kept, away, at))
        .collect();
    calls.sort_by_key(|call| (call.moment.is_none(), call.moment, call.kept.index));
    let moment = calls.get(asked.needed.saturating_sub(1)).and_then(|last| last.moment);
    Calls {
        set: asked.set,
        needed: asked.needed,
        moment,
        calls,
    }
}

fn call(plan: &Plan, kept: Kept, away: &BTreeSet<PersonId>, at: Timestamp) -> Call {
    let custodian_there = !away.contains(&kept.custodian);
    let Some(safe) = kept.safe.as_ref().and_then(|safe| plan.safe(safe)) else {
        let there = custodian_there && kept.safe.is_none();
        return Call {
            moment: there.then_some(Moment { from: at, minutes: 0 }),
            kept,
            controllers: None,
        };
    };
    let there = controllers_there(safe, away);
    let enough = there.len() >= safe.controllers.any() && (custodian_there || !kept.locked);
    let from = enough.then(|| opens(safe, at)).flatten();
    Call {
        moment: from.map(|from| Moment {
            from,
            minutes: from.duration_since(at).as_mins(),
        }),
        controllers: Some((safe.controllers.any(), there)),
        kept,
    }
}

fn controllers_there(safe: &Safe, away: &BTreeSet<PersonId>) -> Vec<PersonId> {
    let there = safe.controllers.of().filter(|person| !away.contains(*person));
    there.cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(plan: &Plan, name: &str) -> Asked {
        let set = plan.find_set(name).unwrap();
        let shares = set.indexed_shares().map(|(index, share)| Kept {
            index,
            custodian: share.custodian.clone(),
            safe: share.safe.clone(),
            locked: share.passphrase,
        });
        Asked {
            set: set.name().clone(),
            needed: usize::from(set.threshold().needed()),
            shares: shares.collect(),
        }
    }

    fn example() -> Plan {
        Plan::parse(crate::plan::starter::example()).unwrap()
    }

    #[test]
    fn a_quorum_is_had_when_its_last_needed_safe_opens() {
        let plan = example();
        let at = "2026-11-25T03:00:00Z".parse().unwrap();
        for calls in whom(
            &plan,
            vec![asked(&plan, "root-password"), asked(&plan, "mfa-emea")],
            &BTreeSet::new(),
            at,
        ) {
            assert_eq!(calls.moment, calls.calls[calls.needed - 1].moment);
            assert!(
                calls
                    .calls
                    .is_sorted_by_key(|call| (call.moment.is_none(), call.moment))
            );
        }
    }

    #[test]
    fn who_is_away_opens_nothing_and_moves_their_shares_to_the_end() {
        let plan = example();
        let at = "2026-11-25T12:00:00Z".parse().unwrap();
        let before = whom(&plan, vec![asked(&plan, "root-password")], &BTreeSet::new(), at).remove(0);
        let safe = plan.safe(before.calls[0].kept.safe.as_ref().unwrap()).unwrap();
        let away: BTreeSet<PersonId> = safe.controllers.of().cloned().collect();
        let after = whom(&plan, vec![asked(&plan, "root-password")], &away, at).remove(0);
        let last = after.calls.last().unwrap();
        assert!(last.moment.is_none() && last.kept.safe.as_ref() == Some(&safe.id));
        assert!(after.moment >= before.moment || after.moment.is_none());
    }
}
