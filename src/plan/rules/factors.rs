//! The two factors of an account, held against each other: other safes, other buildings, other people.
//!
//! Rules of this file:
//! - every password set of an account is compared with every way to its codes: the share sets of its virtual devices, and the
//!   safes of its hardware;
//! - behind a share stand its custodian and the controllers of its safe; behind a hardware device the controllers of its safe;
//! - one pair is one finding, however many accounts it opens.

use super::{About, Finding, Observed, PlanRule, listed};
use crate::{
    ident::{BuildingId, PersonId, SafeId, SetName},
    plan::{Account, Factor, Place, Plan, ShareSet},
};
use std::collections::{BTreeMap, BTreeSet};

/// Holds S21 and S22 against the plan.
pub(super) fn observe(plan: &Plan, observed: &mut Observed) {
    let mut sides: BTreeMap<Way<'_>, Side<'_>> = BTreeMap::new();
    for ((password, way), met) in pairs(plan) {
        for way in [Way::Set(password), way] {
            sides.entry(way).or_insert_with(|| Side::of(plan, way));
        }
        let (Some(one), Some(other)) = (sides.get(&Way::Set(password)), sides.get(&way)) else {
            continue;
        };
        observed.findings.extend(same_place(password, way, one, other, &met));
        observed.findings.extend(same_people(password, way, one, other, &met));
    }
}

/// A way to a factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way<'p> {
    /// A quorum of a share set.
    Set(&'p SetName),
    /// The safe in which a hardware device lies.
    Safe(&'p SafeId),
}

impl Way<'_> {
    fn about(self) -> About {
        match self {
            Self::Set(name) => About::Set(name.clone()),
            Self::Safe(id) => About::Safe(id.clone()),
        }
    }

    fn named(self) -> String {
        match self {
            Self::Set(name) => name.to_string(),
            Self::Safe(id) => format!("the hardware device in {id}"),
        }
    }
}

/// Where two ways meet: the first account of which they open the two factors, and how many there are.
struct Met<'p> {
    first: &'p Account,
    accounts: usize,
    /// Where the plan brings the way to the codes in.
    place: Place,
}

impl Met<'_> {
    fn named(&self) -> String {
        match self.accounts {
            1 => format!("of account {}", self.first.name),
            more => format!("of {more} accounts, {} among them", self.first.name),
        }
    }
}

type Codes<'p> = BTreeMap<Way<'p>, Met<'p>>;

/// Every password set with every way to codes that open the same account. Accounts with the same password sets are taken
/// together, so that ten thousand accounts cost little more than one.
fn pairs(plan: &Plan) -> BTreeMap<(&SetName, Way<'_>), Met<'_>> {
    let mut groups: BTreeMap<Vec<&SetName>, Codes<'_>> = BTreeMap::new();
    for account in plan.accounts().iter().filter(|account| account.is_judged()) {
        let passwords = plan
            .sets_for(account, Factor::Password, None)
            .into_iter()
            .map(ShareSet::name)
            .collect();
        let codes = groups.entry(passwords).or_default();
        let mut ways: BTreeMap<Way<'_>, Place> = BTreeMap::new();
        for device in &account.mfa {
            let sets = device
                .sets()
                .iter()
                .map(|set| (Way::Set(set), plan.set(set).map_or(device.at, ShareSet::at)));
            let safes = device.safe().into_iter().map(|safe| (Way::Safe(safe), device.at));
            sets.chain(safes).for_each(|(way, place)| {
                ways.entry(way).or_insert(place);
            });
        }
        for (way, place) in ways {
            codes
                .entry(way)
                .or_insert(Met {
                    first: account,
                    accounts: 0,
                    place,
                })
                .accounts += 1;
        }
    }
    let mut pairs: BTreeMap<(&SetName, Way<'_>), Met<'_>> = BTreeMap::new();
    for (passwords, codes) in &groups {
        for password in passwords {
            for (way, met) in codes {
                let here = Met {
                    first: met.first,
                    accounts: 0,
                    place: met.place,
                };
                pairs.entry((password, *way)).or_insert(here).accounts += met.accounts;
            }
        }
    }
    pairs
}

/// What stands behind a way.
#[derive(Default)]
struct Side<'p> {
    safes: BTreeSet<&'p SafeId>,
    buildings: BTreeSet<&'p BuildingId>,
    /// Each person, as what, and where the plan says so if it is this way that says it.
    people: BTreeMap<&'p PersonId, (String, Option<Place>)>,
}

impl<'p> Side<'p> {
    fn of(plan: &'p Plan, way: Way<'p>) -> Self {
        let mut side = Self::default();
        match way {
            Way::Safe(safe) => side.add_safe(plan, safe),
            Way::Set(name) => {
                for share in plan.set(name).map_or(&[][..], ShareSet::shares) {
                    side.people
                        .entry(&share.custodian)
                        .or_insert_with(|| (format!("custodian of {name}"), Some(share.at)));
                    if let Some(safe) = &share.safe {
                        side.add_safe(plan, safe);
                    }
                }
            }
        }
        side
    }

    fn add_safe(&mut self, plan: &'p Plan, id: &'p SafeId) {
        let Some(safe) = plan.safe(id) else { return };
        self.safes.insert(id);
        self.buildings.insert(&safe.building);
        for person in safe.controllers.of() {
            self.people
                .entry(person)
                .or_insert_with(|| (format!("controller of {id}"), None));
        }
    }
}

fn same_place(password: &SetName, way: Way<'_>, one: &Side<'_>, other: &Side<'_>, met: &Met<'_>) -> Option<Finding> {
    let building = one.buildings.intersection(&other.buildings).next()?;
    let shared: Vec<&str> = one.safes.intersection(&other.safes).map(|safe| safe.as_str()).collect();
    let place = if shared.is_empty() {
        format!("building {building}")
    } else {
        format!("safe{} {}", if shared.len() == 1 { "" } else { "s" }, listed(shared))
    };
    Some(Finding {
        rule: PlanRule::S21,
        place: met.place,
        about: way.about(),
        found: format!(
            "{place} holds both factors {}: {password} and {}",
            met.named(),
            way.named()
        ),
        why: None,
        allowed: "password and MFA in different safes of different buildings".to_string(),
        next: "move one of the two to a building that holds nothing of the other".to_string(),
    })
}

fn same_people(password: &SetName, way: Way<'_>, one: &Side<'_>, other: &Side<'_>, met: &Met<'_>) -> Option<Finding> {
    let both: Vec<_> = one
        .people
        .iter()
        .filter_map(|(person, role)| other.people.get(person).map(|there| (person, role, there)))
        .collect();
    let (person, (role, _), (there, place)) = both.first()?;
    let others = both.len() - 1;
    Some(Finding {
        rule: PlanRule::S22,
        place: place.unwrap_or(met.place),
        about: way.about(),
        found: format!("{person} stands behind both factors {}: {role}, {there}", met.named()),
        why: (others > 0).then(|| {
            format!(
                "so do {}",
                listed(both.iter().skip(1).map(|(person, ..)| person.as_str()))
            )
        }),
        allowed: format!("nobody behind both {password} and {}", way.named()),
        next: "name other custodians, or a safe with other controllers, for one of the two".to_string(),
    })
}
