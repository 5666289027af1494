//! Simulation: with some things lost, some people away and the clock at some hour, what can still be opened, by whom and when.
//!
//! Rules of this file:
//! - a share or a token that was taken from a safe while it was open stays at hand; so an account opens from the moment on at which
//!   the last safe that it takes has opened;
//! - travel is not modelled: who is not away can be at any safe;
//! - people who are lost or away hold nothing, open nothing and remember nothing, around the quorums too.

use super::access::{Access, Kind, Way};
use super::coalition::Coalitions;
use super::coverage::{is_at_hand, is_of};
use super::diagram::Diagrams;
use super::gate::{Component, Gate};
use super::loss::by_ways;
use super::steps::{Group, Step};
use super::units::{Unit, Units, Ways};
use crate::ident::{AccountId, PersonId, RegionId, SafeId};
use crate::plan::{Lost, Plan, Safe, ShareSet};
use crate::refusal::Refusal;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What is supposed.
#[derive(Clone, Debug)]
pub struct Scenario<'p> {
    /// What is lost.
    pub lost: BTreeSet<Unit<'p>>,
    /// Who is away.
    pub away: BTreeSet<&'p PersonId>,
    /// When it is.
    pub at: Timestamp,
}

/// A moment, and how far away it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Moment {
    /// From when on.
    pub from: Timestamp,
    /// In how many minutes.
    pub minutes: i64,
}

/// A quorum that is had soonest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Soonest<'p> {
    /// When.
    #[serde(flatten)]
    pub moment: Moment,
    /// A smallest group that does it then.
    pub people: Vec<&'p PersonId>,
    /// What they do.
    pub steps: Vec<Step<'p>>,
}

/// A region, and when its own ways lead in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ByRegion<'p> {
    /// The region.
    pub region: &'p RegionId,
    /// When; nothing if its ways are closed for good.
    pub moment: Option<Moment>,
}

/// What becomes of accounts with the same ways of recovery.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome<'p> {
    /// The accounts, in the order of the plan.
    pub accounts: Vec<&'p AccountId>,
    /// The name of the first.
    pub name: &'p str,
    /// The quorum that is had soonest; nothing if there is none any more.
    pub soonest: Option<Soonest<'p>>,
    /// Each region that has a way to their codes.
    pub regions: Vec<ByRegion<'p>>,
    /// What is lacking where nothing opens them.
    pub lacks: Vec<String>,
    /// How many people it takes around the quorum, if some still can.
    pub around: Option<usize>,
}

/// Plays a scenario: one outcome for each distinct ways of recovery, in the order of their first accounts.
pub fn simulate<'p>(access: &Access<'p>, scenario: &Scenario<'p>) -> Result<Vec<Outcome<'p>>, Refusal> {
    let world = World::of(access, scenario);
    let mut outcomes: Vec<Outcome<'p>> = Vec::new();
    let mut around = world.around()?;
    let mut by_ways: Vec<_> = by_ways(access).into_iter().collect();
    by_ways.sort_by_key(|(_, accounts)| accounts[0].at);
    for (ways, accounts) in by_ways {
        let soonest = world.soonest(&ways)?;
        outcomes.push(Outcome {
            lacks: if soonest.is_none() {
                world.lacks(&ways)
            } else {
                Vec::new()
            },
            soonest,
            regions: world.by_region(&ways),
            around: around.remove(&accounts[0].id).flatten(),
            name: accounts[0].name.as_str(),
            accounts: accounts.iter().map(|account| &account.id).collect(),
        });
    }
    Ok(outcomes)
}

/// The plan under a scenario.
struct World<'a, 'p> {
    access: &'a Access<'p>,
    scenario: &'a Scenario<'p>,
    units: Units<'p>,
    opens: BTreeMap<&'p SafeId, Option<Timestamp>>,
}

impl<'a, 'p> World<'a, 'p> {
    fn of(access: &'a Access<'p>, scenario: &'a Scenario<'p>) -> Self {
        let standing = |safe: &&'p Safe| {
            let lost = [
                Unit::Safe(&safe.id),
                Unit::Building(&safe.building),
                Unit::Region(&safe.region),
            ];
            lost.iter().all(|unit| !scenario.lost.contains(unit))
        };
        let opens = |safe: &'p Safe| {
            (
                &safe.id,
                Some(safe).filter(standing).and_then(|safe| opens(safe, scenario.at)),
            )
        };
        Self {
            access,
            scenario,
            units: Units::of(access.plan),
            opens: access.plan.safes().iter().map(opens).collect(),
        }
    }

    fn plan(&self) -> &'p Plan {
        self.access.plan
    }

    fn is_there(&self, person: &'p PersonId) -> bool {
        !self.scenario.away.contains(person) && !self.scenario.lost.contains(&Unit::Person(person))
    }

    /// Whether a unit is of use by a moment.
    fn is_had(&self, unit: Unit<'p>, by: Timestamp) -> bool {
        match unit {
            Unit::Person(person) => self.is_there(person),
            Unit::Safe(safe) => self.opens.get(safe).copied().flatten().is_some_and(|opens| opens <= by),
            other => !self.scenario.lost.contains(&other),
        }
    }

    fn holds(&self, gate: &Gate, by: Timestamp) -> bool {
        gate.holds(&|at: Component| self.units.list().get(at).is_some_and(|unit| self.is_had(*unit, by)))
    }

    /// The moments at which something changes for the better.
    fn moments(&self) -> BTreeSet<Timestamp> {
        self.opens
            .values()
            .flatten()
            .copied()
            .chain([self.scenario.at])
            .collect()
    }

    fn moment(&self, from: Timestamp) -> Moment {
        Moment {
            from,
            minutes: from.duration_since(self.scenario.at).as_mins(),
        }
    }

    fn soonest(&self, ways: &Ways<'p>) -> Result<Option<Soonest<'p>>, Refusal> {
        let recovery = self.units.recovery(ways);
        let Some(from) = self.moments().into_iter().find(|by| self.holds(&recovery, *by)) else {
            return Ok(None);
        };
        let people = self.smallest(&recovery, from)?;
        Ok(Some(Soonest {
            moment: self.moment(from),
            steps: self.steps(ways, &people, from),
            people,
        }))
    }

    /// A smallest group that makes the function hold by a moment.
    fn smallest(&self, gate: &Gate, by: Timestamp) -> Result<Vec<&'p PersonId>, Refusal> {
        let people = self.settled(gate, by);
        let order = self
            .access
            .order()
            .into_iter()
            .filter_map(|person| self.access.person(person));
        let mut diagrams = Diagrams::new(order.map(|person| self.units.number(Unit::Person(person))));
        let function = diagrams.function(&people)?;
        let family = diagrams.minimal(function)?;
        let set = diagrams.sets(family, usize::MAX, 1).pop().unwrap_or_default();
        let person = |at: Component| match self.units.list().get(at) {
            Some(Unit::Person(person)) => Some(*person),
            _ => None,
        };
        let mut people: Vec<&'p PersonId> = set.into_iter().filter_map(person).collect();
        people.sort_by_key(|person| self.access.number(person));
        Ok(people)
    }

    /// The function of those who are there, everything else being as it is.
    fn settled(&self, gate: &Gate, by: Timestamp) -> Gate {
        gate.settled(&|at| match self.units.list().get(at) {
            Some(unit) if self.is_had(*unit, by) => (unit.kind() != Lost::Person).then_some(true),
            _ => Some(false),
        })
    }

    fn by_region(&self, ways: &Ways<'p>) -> Vec<ByRegion<'p>> {
        let mut regions: Vec<&'p RegionId> = Vec::new();
        for safe in self.plan().safes() {
            let serves = ways
                .codes
                .iter()
                .flatten()
                .any(|way| is_of(self.plan(), *way, &safe.region));
            if serves && !regions.contains(&&safe.region) {
                regions.push(&safe.region);
            }
        }
        let of = |region: &'p RegionId| {
            let passwords = ways
                .passwords
                .iter()
                .copied()
                .filter(|way| is_at_hand(self.plan(), *way, region));
            let codes = ways
                .codes
                .iter()
                .flatten()
                .copied()
                .filter(|way| is_of(self.plan(), *way, region));
            let recovery = self.units.recovery(&Ways {
                passwords: passwords.collect(),
                codes: Some(codes.collect()),
            });
            let from = self.moments().into_iter().find(|by| self.holds(&recovery, *by));
            ByRegion {
                region,
                moment: from.map(|from| self.moment(from)),
            }
        };
        regions.into_iter().map(of).collect()
    }

    fn steps(&self, ways: &Ways<'p>, people: &[&'p PersonId], by: Timestamp) -> Vec<Step<'p>> {
        let opens = |way: &&Way<'p>| {
            let group = |at: Component| match self.units.list().get(at) {
                Some(Unit::Person(person)) => people.contains(person),
                Some(unit) => self.is_had(*unit, by),
                None => false,
            };
            self.units.way(**way).holds(&group)
        };
        let group = Group {
            plan: self.plan(),
            people,
            reaches: &|safe| self.is_had(Unit::Safe(safe), by),
            remembers: &|person| self.is_had(Unit::Passphrase(person), by),
        };
        let taken = [
            ways.passwords.iter().find(opens),
            ways.codes.iter().flatten().find(opens),
        ];
        let mut steps: Vec<Step<'p>> = taken.into_iter().flatten().flat_map(|way| group.steps(*way)).collect();
        let opened: BTreeSet<&SafeId> = steps.iter().filter_map(|step| step.safe).collect();
        let copies = self
            .plan()
            .copies()
            .iter()
            .filter(|copy| self.is_had(Unit::Copy(&copy.id), by));
        let mut copies: Vec<_> = copies
            .filter_map(|copy| Some((copy, group.opens(&copy.safe)?)))
            .collect();
        // A copy in a safe that is opened anyway takes nobody anywhere.
        copies.sort_by_key(|(copy, _)| !opened.contains(&copy.safe));
        steps.extend(copies.into_iter().take(1).map(|(copy, people)| Step {
            to: format!("vault copy {}", copy.id),
            safe: Some(&copy.safe),
            people,
            passphrases: Vec::new(),
        }));
        steps
    }

    /// What each factor lacks that cannot be had any more.
    fn lacks(&self, ways: &Ways<'p>) -> Vec<String> {
        let end = Timestamp::MAX;
        let mut lacks = Vec::new();
        for (factor, ways) in [("password", Some(&ways.passwords)), ("MFA", ways.codes.as_ref())] {
            let Some(ways) = ways else { continue };
            if ways.iter().any(|way| self.holds(&self.units.way(*way), end)) {
                continue;
            }
            if ways.is_empty() {
                lacks.push(format!("{factor}: no share set opens it"));
            }
            lacks.extend(ways.iter().map(|way| format!("{factor}: {}", self.lacking(*way))));
        }
        if !self.holds(&self.units.vault(), end) {
            lacks.push("vault: no copy of it can be had".to_string());
        }
        lacks
    }

    fn lacking(&self, way: Way<'p>) -> String {
        let end = Timestamp::MAX;
        let Way::Set(name) = way else {
            return format!("{way} cannot be had");
        };
        let shares = self.plan().set(name).map_or(&[][..], ShareSet::shares);
        let (had, gone): (Vec<_>, Vec<_>) = shares
            .iter()
            .partition(|share| self.holds(&self.units.share(share), end));
        let needed = self
            .plan()
            .set(name)
            .map_or(0, |set| usize::from(set.threshold().needed()));
        let mut of: Vec<String> = Vec::new();
        for share in gone {
            let at = share.safe.as_ref().map_or(String::new(), |safe| format!(" ({safe})"));
            of.push(format!("{}{at}", share.custodian));
        }
        format!(
            "{name} lacks {} more of {}",
            needed.saturating_sub(had.len()),
            of.join(", ")
        )
    }

    /// How many people it takes around the quorums, by account: of those who are there.
    fn around(&self) -> Result<BTreeMap<&'p AccountId, Option<usize>>, Refusal> {
        let coalitions = Coalitions::among(self.access, &|person| self.is_there(person))?;
        let structures = self.access.structures.iter().enumerate();
        let each = structures.flat_map(|(at, structure)| {
            let size = coalitions.smallest(at, Kind::Provider);
            structure.accounts.iter().map(move |account| (&account.id, size))
        });
        Ok(each.collect())
    }
}

/// When a safe can next be reached: at once, or when its hours begin.
pub(super) fn opens(safe: &Safe, at: Timestamp) -> Option<Timestamp> {
    let is_open = |at: Timestamp| safe.open.at(at.to_zoned(safe.time_zone.clone()).datetime());
    if is_open(at) {
        return Some(at);
    }
    // Hours begin on a whole minute of the local clock, and offsets of our days are whole minutes.
    let minute = Timestamp::from_second(at.as_second().div_euclid(60) * 60).ok()?;
    let minutes = (1..=8 * 24 * 60).map(|minutes| minute.checked_add(SignedDuration::from_mins(minutes)).ok());
    minutes.map_while(|at| at).find(|at| is_open(*at))
}
