//! Which drill of a year proves which share.
//!
//! year = the drills from one day on, as far apart as the plan asks; share *i* of the *s*-th set is proved at drill (i + s) mod drills
//!
//! Rules of this file:
//! - within the year every share is proved, so every custodian practises and every safe that holds one is opened;
//! - one drill never proves a quorum of a set, as long as a set has enough drills for that; where it has not, the plan says so;
//! - neighbouring shares go to neighbouring drills, and sets start one after the other: custodians, safes and regions are spread.

use crate::ident::{PersonId, SafeId, SetName, ShareIndex};
use crate::plan::Plan;
use jiff::ToSpan as _;
use jiff::civil::Date;

/// One drill of the year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// On which day.
    pub day: Date,
    /// The shares that it proves.
    pub shares: Vec<PlannedShare>,
}

/// One share that a drill proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedShare {
    /// Of which set.
    pub set: SetName,
    /// Which.
    pub index: ShareIndex,
    /// Whose.
    pub custodian: PersonId,
    /// Where it lies.
    pub safe: Option<SafeId>,
}

/// The drills of a year.
pub fn of_year(plan: &Plan, from: Date) -> Vec<Planned> {
    let every = i64::from(plan.policy().drill_every.get());
    let end = from.checked_add(1.year()).unwrap_or(from);
    let mut days = Vec::new();
    let mut day = from;
    while day < end && days.len() < 366 {
        days.push(day);
        match day.checked_add(every.days()) {
            Ok(next) => day = next,
            Err(_) => break,
        }
    }
    let mut drills: Vec<Planned> = days
        .into_iter()
        .map(|day| Planned {
            day,
            shares: Vec::new(),
        })
        .collect();
    let count = drills.len();
    for (place, set) in plan.sets().iter().enumerate() {
        for (index, share) in set.indexed_shares() {
            let at = (usize::from(index.get()) - 1 + place) % count;
            drills[at].shares.push(PlannedShare {
                set: set.name().clone(),
                index,
                custodian: share.custodian.clone(),
                safe: share.safe.clone(),
            });
        }
    }
    drills
}

/// The sets of which one drill proves a quorum: they have too many shares for the number of drills.
pub fn quorums(plan: &Plan, drill: &Planned) -> Vec<SetName> {
    let whole = |set: &&crate::plan::ShareSet| {
        let proved = drill.shares.iter().filter(|share| share.set == *set.name()).count();
        proved >= usize::from(set.threshold().needed())
    };
    plan.sets().iter().filter(whole).map(|set| set.name().clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn example() -> Plan {
        Plan::parse(crate::plan::starter::example()).ok().unwrap()
    }

    #[test]
    fn within_a_year_every_share_is_proved_once_and_every_custodian_practises() {
        let plan = example();
        for from in ["2027-01-01", "2028-02-29", "2026-11-25"] {
            let drills = of_year(&plan, from.parse().unwrap());
            let proved: Vec<_> = drills.iter().flat_map(|drill| &drill.shares).collect();
            let all: usize = plan.sets().iter().map(|set| set.shares().len()).sum();
            assert_eq!(proved.len(), all);
            let custodians: BTreeSet<_> = proved.iter().map(|share| &share.custodian).collect();
            let planned: BTreeSet<_> = plan
                .sets()
                .iter()
                .flat_map(|set| set.shares().iter().map(|share| &share.custodian))
                .collect();
            assert_eq!(custodians, planned);
        }
    }

    #[test]
    fn no_drill_proves_a_quorum_and_none_is_in_one_region_alone() {
        let plan = example();
        let drills = of_year(&plan, "2027-01-01".parse().unwrap());
        assert_eq!(drills.len(), 4, "92 days apart");
        for drill in &drills {
            assert_eq!(quorums(&plan, drill), Vec::<SetName>::new(), "{}", drill.day);
            let regions: BTreeSet<_> = drill
                .shares
                .iter()
                .filter_map(|share| Some(&plan.safe(share.safe.as_ref()?)?.region))
                .collect();
            assert!(regions.len() >= 2, "{} in {regions:?}", drill.day);
        }
    }
}
