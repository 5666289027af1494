//! Everything of a plan that can be lost, and what of recovery stands on it.
//!
//! Rules of this file:
//! - a safe, a building and a region are lost with what lies there, not with their people;
//! - the ways around and paper out of force are no recovery; where the plan names copies of the vault, one must be had;
//! - who is lost knows nothing any more; a passphrase is lost alone where its custodian is there and does not remember.

use super::access::Way;
use super::gate::{Component, Gate};
use crate::ident::{BuildingId, CopyId, PersonId, RegionId, SafeId};
use crate::plan::{Lost, Plan, Share, ShareSet};
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;

/// One thing that can be lost. Written `safe:fra-1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit<'p> {
    /// A person, with what they hold and know.
    Person(&'p PersonId),
    /// A safe, with what lies in it.
    Safe(&'p SafeId),
    /// A building, with its safes.
    Building(&'p BuildingId),
    /// A region, with its buildings.
    Region(&'p RegionId),
    /// A copy of the vault.
    Copy(&'p CopyId),
    /// A passphrase: its custodian is there, and does not remember.
    Passphrase(&'p PersonId),
}

impl Unit<'_> {
    /// What kind of thing it is.
    pub fn kind(self) -> Lost {
        match self {
            Self::Person(_) => Lost::Person,
            Self::Safe(_) => Lost::Safe,
            Self::Building(_) => Lost::Building,
            Self::Region(_) => Lost::Region,
            Self::Copy(_) => Lost::Copy,
            Self::Passphrase(_) => Lost::Passphrase,
        }
    }

    /// Its id.
    pub fn id(&self) -> &str {
        match self {
            Self::Person(id) | Self::Passphrase(id) => id.as_str(),
            Self::Safe(id) => id.as_str(),
            Self::Building(id) => id.as_str(),
            Self::Region(id) => id.as_str(),
            Self::Copy(id) => id.as_str(),
        }
    }

    /// How a sentence calls it: safes, as they are the rule, by their id alone.
    pub fn named(&self) -> String {
        match self {
            Self::Safe(id) => id.to_string(),
            other => format!("{} {}", other.kind().as_str(), other.id()),
        }
    }
}

impl fmt::Display for Unit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind().as_str(), self.id())
    }
}

impl Serialize for Unit<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Everything of a plan that can be lost, numbered.
pub struct Units<'p> {
    plan: &'p Plan,
    list: Vec<Unit<'p>>,
    numbers: BTreeMap<Unit<'p>, Component>,
}

impl<'p> Units<'p> {
    /// What can be lost of a plan: region by region, so that what falls together stands together.
    pub fn of(plan: &'p Plan) -> Self {
        let mut units = Self {
            plan,
            list: Vec::new(),
            numbers: BTreeMap::new(),
        };
        let locked: Vec<&Share> = plan
            .sets()
            .iter()
            .flat_map(ShareSet::shares)
            .filter(|share| share.passphrase)
            .collect();
        let mut safes: Vec<_> = plan.safes().iter().collect();
        safes.sort_by_key(|safe| (&safe.region, &safe.building));
        for safe in safes {
            units.add([
                Unit::Region(&safe.region),
                Unit::Building(&safe.building),
                Unit::Safe(&safe.id),
            ]);
            units.add(
                plan.copies()
                    .iter()
                    .filter(|copy| copy.safe == safe.id)
                    .map(|copy| Unit::Copy(&copy.id)),
            );
            units.add(safe.controllers.of().map(Unit::Person));
            for share in locked.iter().filter(|share| share.safe.as_ref() == Some(&safe.id)) {
                units.add([Unit::Person(&share.custodian), Unit::Passphrase(&share.custodian)]);
            }
        }
        units.add(locked.iter().map(|share| Unit::Passphrase(&share.custodian)));
        units.add(plan.people().iter().map(|person| Unit::Person(&person.id)));
        units
    }

    /// The units, in their order.
    pub fn list(&self) -> &[Unit<'p>] {
        &self.list
    }

    /// The number of a unit.
    pub fn number(&self, unit: Unit<'p>) -> Component {
        self.numbers.get(&unit).copied().unwrap_or(usize::MAX)
    }

    /// That a safe can be opened.
    pub fn safe(&self, id: &'p SafeId) -> Gate {
        let Some(safe) = self.plan.safe(id) else {
            return Gate::never();
        };
        let stands = [
            Unit::Region(&safe.region),
            Unit::Building(&safe.building),
            Unit::Safe(&safe.id),
        ];
        let controllers = safe.controllers.of().map(|person| self.number(Unit::Person(person)));
        let opens = Gate::at_least_of(safe.controllers.any(), controllers);
        Gate::all(stands.map(|unit| self.one(unit)).into_iter().chain([opens]))
    }

    /// That a share can be had.
    pub fn share(&self, share: &'p Share) -> Gate {
        let held = match &share.safe {
            Some(safe) => self.safe(safe),
            None => self.one(Unit::Person(&share.custodian)),
        };
        if !share.passphrase {
            return held;
        }
        let knows = [Unit::Person(&share.custodian), Unit::Passphrase(&share.custodian)];
        Gate::all(knows.map(|unit| self.one(unit)).into_iter().chain([held]))
    }

    /// That a share set opens.
    pub fn set(&self, set: &'p ShareSet) -> Gate {
        Gate::at_least(
            usize::from(set.threshold().needed()),
            set.shares().iter().map(|share| self.share(share)),
        )
    }

    /// That a way to a factor is open. Paper out of force and the provider's ways are no recovery.
    pub fn way(&self, way: Way<'p>) -> Gate {
        match way {
            Way::Set(name) => self.plan.set(name).map_or_else(Gate::never, |set| self.set(set)),
            Way::Token(safe) => self.safe(safe),
            Way::Former(..) | Way::Mailbox | Way::MailboxAndPhone => Gate::never(),
        }
    }

    /// That a copy of the vault can be had.
    pub fn vault(&self) -> Gate {
        let copies = self.plan.copies();
        if copies.is_empty() {
            return Gate::always();
        }
        Gate::any(
            copies
                .iter()
                .map(|copy| Gate::all([self.one(Unit::Copy(&copy.id)), self.safe(&copy.safe)])),
        )
    }

    /// That both factors can be had.
    pub fn recovery(&self, of: &Ways<'p>) -> Gate {
        let any = |ways: &[Way<'p>]| Gate::any(ways.iter().map(|way| self.way(*way)));
        let code = of.codes.as_deref().map_or_else(Gate::always, any);
        Gate::all([self.vault(), any(&of.passwords), code])
    }

    /// What is lost at the least when a unit is: one step down.
    pub fn below(&self, unit: Unit<'p>) -> Vec<Unit<'p>> {
        let safes = || self.plan.safes().iter();
        let mut below: Vec<Unit<'p>> = match unit {
            Unit::Region(region) => safes()
                .filter(|safe| safe.region == *region)
                .map(|safe| Unit::Building(&safe.building))
                .collect(),
            Unit::Building(building) => safes()
                .filter(|safe| safe.building == *building)
                .map(|safe| Unit::Safe(&safe.id))
                .collect(),
            Unit::Safe(safe) => {
                let copies = self.plan.copies().iter().filter(|copy| copy.safe == *safe);
                copies.map(|copy| Unit::Copy(&copy.id)).collect()
            }
            Unit::Person(person) => vec![Unit::Passphrase(person)],
            Unit::Copy(_) | Unit::Passphrase(_) => Vec::new(),
        };
        below.dedup();
        below.retain(|unit| self.numbers.contains_key(unit));
        below
    }

    fn one(&self, unit: Unit<'p>) -> Gate {
        self.numbers
            .get(&unit)
            .map_or_else(Gate::never, |number| Gate::One(*number))
    }

    fn add(&mut self, units: impl IntoIterator<Item = Unit<'p>>) {
        for unit in units {
            let next = self.list.len();
            if *self.numbers.entry(unit).or_insert(next) == next {
                self.list.push(unit);
            }
        }
    }
}

/// The ways of recovery that accounts have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ways<'p> {
    /// To the password.
    pub passwords: Vec<Way<'p>>,
    /// To the codes; nothing where none is asked.
    pub codes: Option<Vec<Way<'p>>>,
}
