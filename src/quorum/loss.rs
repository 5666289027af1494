//! Losses: what locks an account out when it is gone, alone and together.
//!
//! Rules of this file:
//! - a cut is a minimal cut set of the structure function of recovery by quorum: together these losses lock an account out, and any
//!   fewer of them do not; it is found as a minimal path set of the dual function;
//! - a cut stands for itself only where nothing smaller does as much: the safe rather than its building, the passphrase rather than
//!   its custodian;
//! - a safe, a building and a region are lost with what lies there, not with their people; the ways around are no recovery; where
//!   the plan names copies of the vault, one must be had;
//! - accounts with the same ways to both factors are computed once; closed ones and those without root credentials not at all.

use super::access::{Access, Way};
use super::diagram::Diagrams;
use super::gate::{Component, Gate};
use crate::ident::{BuildingId, CopyId, PersonId, RegionId, SafeId};
use crate::plan::{Account, Loss, Lost, Plan, Share, ShareSet};
use crate::refusal::Refusal;
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
    fn below(&self, unit: Unit<'p>) -> Vec<Unit<'p>> {
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

/// The cuts of accounts with the same ways of recovery.
#[derive(Clone, Debug)]
pub struct Cuts<'p> {
    /// The accounts, in the order of the plan.
    pub accounts: Vec<&'p Account>,
    /// The ways.
    pub ways: Ways<'p>,
    /// The cuts, the smallest first. The empty one stands for accounts that no quorum opens as it is.
    pub cuts: Vec<Vec<Unit<'p>>>,
    /// Every single thing whose loss locks them out, whether or not something smaller does as much.
    pub alone: Vec<Unit<'p>>,
    /// Whether there are more than are listed.
    pub more: bool,
    /// Each loss of the policy that is not survived, with the smallest losses of its kind that show it.
    pub broken: Vec<(Loss, Vec<Vec<Unit<'p>>>)>,
}

/// What a share set can spare.
#[derive(Clone, Debug, Serialize)]
pub struct Margin<'p> {
    /// The set.
    pub set: &'p str,
    /// Its threshold.
    pub threshold: String,
    /// How many shares it can lose.
    pub spare: u8,
    /// How many losses at once it survives, whatever they are; nothing if it does not open as it is.
    pub survives: Option<usize>,
    /// The smallest losses that are too much.
    pub cuts: Vec<Vec<Unit<'p>>>,
}

/// What the losses of a plan do.
#[derive(Clone, Debug)]
pub struct Losses<'p> {
    /// How many losses at once were looked at: two, or as many as the policy names.
    pub depth: usize,
    /// Accounts with the same ways of recovery, in the order of their first.
    pub of: Vec<Cuts<'p>>,
    /// The share sets.
    pub margins: Vec<Margin<'p>>,
}

/// How many cuts of one structure are looked at.
pub const LISTED: usize = 2_000;

/// How many losses stand for each broken promise, and for each share set.
const SHOWN: usize = 8;

impl<'p> Losses<'p> {
    /// Computes the losses of a plan.
    pub fn of(access: &Access<'p>) -> Result<Self, Refusal> {
        let units = Units::of(access.plan);
        let survive = &access.plan.policy().survive;
        let depth = survive
            .iter()
            .map(|loss| usize::from(loss.any))
            .max()
            .unwrap_or(0)
            .max(2);
        let mut work = Work {
            diagrams: Diagrams::new(0..units.list.len()),
            units,
        };
        let mut of: Vec<Cuts<'p>> = Vec::new();
        for (ways, accounts) in by_ways(access) {
            let survives = work.units.recovery(&ways);
            let (cuts, more) = work.cuts(&survives, depth, LISTED)?;
            let mut broken = Vec::new();
            for loss in survive {
                let cuts = work.of_kind(&survives, *loss)?;
                broken.extend((!cuts.is_empty()).then_some((*loss, cuts)));
            }
            of.push(Cuts {
                alone: work.alone(&survives),
                accounts,
                ways,
                cuts,
                more,
                broken,
            });
        }
        of.sort_by_key(|cuts| cuts.accounts[0].at);
        let sets = access.plan.sets().iter();
        Ok(Self {
            depth,
            of,
            margins: sets.map(|set| work.margin(set)).collect::<Result<_, _>>()?,
        })
    }

    /// Every cut of any account, with how many accounts it locks out and the first of them; the smallest first, then those that
    /// lock the most.
    pub fn by_cut(&self) -> Vec<(&[Unit<'p>], usize, &'p Account)> {
        let mut locked: BTreeMap<&[Unit<'p>], (usize, &'p Account)> = BTreeMap::new();
        for cuts in &self.of {
            for cut in &cuts.cuts {
                locked.entry(cut).or_insert((0, cuts.accounts[0])).0 += cuts.accounts.len();
            }
        }
        let mut cuts: Vec<_> = locked
            .into_iter()
            .map(|(cut, (accounts, first))| (cut, accounts, first))
            .collect();
        cuts.sort_by_key(|(cut, accounts, _)| (cut.len(), usize::MAX - accounts));
        cuts
    }

    /// The fewest losses at once that lock an account out, if there are as few as were looked at.
    pub fn smallest(&self) -> Option<usize> {
        self.of.iter().flat_map(|cuts| cuts.cuts.first()).map(Vec::len).min()
    }
}

/// The accounts that are judged, by their ways of recovery.
pub fn by_ways<'p>(access: &Access<'p>) -> BTreeMap<Ways<'p>, Vec<&'p Account>> {
    let mut by_ways: BTreeMap<Ways<'p>, Vec<&'p Account>> = BTreeMap::new();
    let in_force = |ways: &[Way<'p>]| {
        ways.iter()
            .copied()
            .filter(|way| !matches!(way, Way::Former(..)))
            .collect()
    };
    for structure in access
        .structures
        .iter()
        .filter(|structure| structure.shape.keeps_credentials)
    {
        let ways = Ways {
            passwords: in_force(&structure.shape.passwords),
            codes: structure.shape.codes.as_deref().map(in_force),
        };
        by_ways.entry(ways).or_default().extend(&structure.accounts);
    }
    by_ways
        .values_mut()
        .for_each(|accounts| accounts.sort_by_key(|account| account.at));
    by_ways
}

struct Work<'p> {
    diagrams: Diagrams,
    units: Units<'p>,
}

impl<'p> Work<'p> {
    /// The cuts of at most `depth` losses, and whether there are more than `limit`.
    fn cuts(&mut self, survives: &Gate, depth: usize, limit: usize) -> Result<(Vec<Vec<Unit<'p>>>, bool), Refusal> {
        let lost = survives.dual();
        let function = self.diagrams.function(&lost)?;
        let family = self.diagrams.minimal(function)?;
        let mut sets = self.diagrams.sets(family, depth, limit + 1);
        let more = sets.len() > limit;
        sets.truncate(limit);
        sets.retain(|set| !self.is_overdone(&lost, set));
        let mut cuts: Vec<Vec<Unit<'p>>> = sets.into_iter().map(|set| self.named(&set)).collect();
        cuts.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
        Ok((cuts, more))
    }

    fn alone(&self, survives: &Gate) -> Vec<Unit<'p>> {
        let units = self.units.list.iter().copied().enumerate();
        let survives_all = survives.holds(&|_| true);
        units
            .filter(|(at, _)| survives_all && !survives.holds(&|component| component != *at))
            .map(|(_, unit)| unit)
            .collect()
    }

    /// Whether less than one of the losses would do.
    fn is_overdone(&self, lost: &Gate, set: &[Component]) -> bool {
        set.iter().any(|at| {
            let Some(unit) = self.units.list.get(*at) else {
                return false;
            };
            self.units.below(*unit).into_iter().any(|less| {
                let less = self.units.number(less);
                lost.holds(&|component| component == less || component != *at && set.contains(&component))
            })
        })
    }

    /// The smallest losses of one kind that are no more than the policy says are survived.
    fn of_kind(&mut self, survives: &Gate, loss: Loss) -> Result<Vec<Vec<Unit<'p>>>, Refusal> {
        let of_kind = |at: Component| self.units.list.get(at).is_some_and(|unit| unit.kind() == loss.of);
        let lost = survives.settled(&|at| (!of_kind(at)).then_some(true)).dual();
        let function = self.diagrams.function(&lost)?;
        let family = self.diagrams.minimal(function)?;
        let sets = self.diagrams.sets(family, usize::from(loss.any), SHOWN);
        Ok(sets.iter().map(|set| self.named(set)).collect())
    }

    fn margin(&mut self, set: &'p ShareSet) -> Result<Margin<'p>, Refusal> {
        let survives = self.units.set(set);
        let function = self.diagrams.function(&survives.dual())?;
        let family = self.diagrams.minimal(function)?;
        let smallest = self.diagrams.smallest(family);
        let (mut cuts, _) = self.cuts(&survives, smallest.unwrap_or(0), LISTED)?;
        cuts.truncate(SHOWN);
        Ok(Margin {
            set: set.name().as_str(),
            threshold: set.threshold().to_string(),
            spare: set.threshold().total() - set.threshold().needed(),
            survives: smallest.and_then(|losses| losses.checked_sub(1)),
            cuts,
        })
    }

    fn named(&self, set: &[Component]) -> Vec<Unit<'p>> {
        let mut units: Vec<Unit<'p>> = set.iter().filter_map(|at| self.units.list.get(*at).copied()).collect();
        units.sort_unstable();
        units
    }
}
