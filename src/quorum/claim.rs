//! The claim: everything that is computed of a plan, and the rules that it is held against.
//!
//! Rules of this file:
//! - a finding is about accounts of one structure at a time, and names the first of them and how many they are; what the loss of
//!   one thing does is one finding about that thing;
//! - no day is judged here: the day says only from when on the clocks of a year are looked at.

use super::access::{Access, Kind, Structure};
use super::coalition::Coalitions;
use super::coverage::Coverage;
use super::loss::{Cuts, Losses};
use super::units::{Unit, Ways};
use crate::plan::rules::{About, Finding, Note, Observed, PlanRule, listed};
use crate::plan::{Account, Loss, Lost, Place, Plan};
use crate::refusal::Refusal;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// What is computed of a plan.
pub struct Claim<'a, 'p> {
    /// The access structure.
    pub access: &'a Access<'p>,
    /// Who can sign in.
    pub coalitions: Coalitions<'a, 'p>,
    /// What can be lost.
    pub losses: Losses<'p>,
    /// When a quorum can be had.
    pub coverage: Coverage<'p>,
}

impl<'a, 'p> Claim<'a, 'p> {
    /// Computes the claim of a plan; `today` says with which year of the clocks coverage begins.
    pub fn of(access: &'a Access<'p>, today: Date) -> Result<Self, Refusal> {
        Ok(Self {
            access,
            coalitions: Coalitions::of(access)?,
            losses: Losses::of(access)?,
            coverage: Coverage::of(access, today),
        })
    }

    /// Holds S7, S15, S29, S30, D5 and D6 against what was computed.
    pub fn observe(&mut self) -> Observed {
        let mut observed = Observed::default();
        for at in 0..self.access.structures.len() {
            self.too_few(at, &mut observed.findings);
        }
        observed.findings.extend(self.unsurvived());
        observed.findings.extend(self.uncovered());
        observed.notes.extend(self.tight());
        observed.notes.extend(self.former());
        observed
    }

    /// The size of the smallest group over all accounts that are judged, by one kind of path.
    pub fn smallest(&self, kind: Kind) -> Option<usize> {
        let judged = self
            .access
            .structures
            .iter()
            .enumerate()
            .filter(|(_, structure)| structure.shape.keeps_credentials);
        judged.filter_map(|(at, _)| self.coalitions.smallest(at, kind)).min()
    }

    /// S30 and D5 of one structure.
    fn too_few(&mut self, at: usize, out: &mut Vec<Finding>) {
        let structure = &self.access.structures[at];
        if !structure.shape.keeps_credentials {
            return;
        }
        let policy = self.access.plan.policy();
        for kind in Kind::ALL {
            let allowed = usize::from(match kind {
                Kind::Quorum => policy.smallest_by_quorum,
                Kind::Mixed | Kind::Provider => policy.smallest_by_provider,
            });
            match self.coalitions.smallest(at, kind) {
                Some(size) if size < allowed.max(2) => {}
                _ => continue,
            }
            if let Some(groups) = self.coalitions.groups(at, kind, 1)
                && let Some(group) = groups.groups.first()
            {
                let people = group.people.iter().map(|person| person.as_str()).collect();
                out.push(alone(structure, kind, allowed, (people, &group.path)));
            }
        }
    }

    /// S7 and S29: losses that the policy names and that are not survived.
    fn unsurvived(&self) -> Vec<Finding> {
        let mut alone: BTreeMap<Unit<'p>, (usize, &'p Account, Option<Loss>)> = BTreeMap::new();
        let mut together: BTreeMap<Loss, (usize, &'p Account, &[Unit<'p>])> = BTreeMap::new();
        for cuts in &self.losses.of {
            let count = cuts.accounts.len();
            let singles = cuts
                .broken
                .iter()
                .flat_map(|(loss, sets)| sets.iter().map(move |set| (Some(*loss), set.as_slice())));
            let people = indispensable(cuts).map(|set| (None, set));
            let mut counted = std::collections::BTreeSet::new();
            for (loss, set) in singles.chain(people) {
                match set {
                    [unit] if counted.insert(*unit) => {
                        let entry = alone.entry(*unit).or_insert((0, cuts.accounts[0], None));
                        entry.0 += count;
                        entry.2 = entry.2.or(loss);
                    }
                    [_, _, ..] => {
                        if let Some(loss) = loss {
                            together.entry(loss).or_insert((0, cuts.accounts[0], set)).0 += count;
                        }
                    }
                    _ => {}
                }
            }
        }
        let alone = alone
            .into_iter()
            .map(|(unit, (count, first, loss))| self.one_loss(unit, &locked(count, first), loss));
        let together = together
            .into_iter()
            .map(|(loss, (count, first, set))| self.several(loss, set, &locked(count, first)));
        alone.chain(together).collect()
    }

    fn one_loss(&self, unit: Unit<'p>, locked: &str, loss: Option<Loss>) -> Finding {
        let (plan, person) = (self.access.plan, matches!(unit, Unit::Person(_)));
        Finding {
            rule: if person { PlanRule::S29 } else { PlanRule::S7 },
            place: place_of(plan, unit),
            about: about(unit),
            found: if person {
                format!("{} is indispensable: without them {locked} cannot be opened", unit.id())
            } else {
                format!("the loss of {} {} locks out {locked}", unit.kind().as_str(), unit.id())
            },
            why: None,
            allowed: loss.map_or_else(
                || "any one person may be away".to_string(),
                |loss| format!("the policy says that {loss} may be lost"),
            ),
            next: "spread shares, tokens, copies or controllers so that the rest is a quorum".to_string(),
        }
    }

    fn several(&self, loss: Loss, set: &[Unit<'p>], locked: &str) -> Finding {
        let names: Vec<&str> = set.iter().map(Unit::id).collect();
        Finding {
            rule: PlanRule::S7,
            place: self.access.plan.policy().at,
            about: About::Policy,
            found: format!("the loss of {} locks out {locked}", listed(names)),
            why: None,
            allowed: format!("the policy says that {loss} may be lost"),
            next: "spread shares, tokens, copies or controllers further, or ask less of `survive`".to_string(),
        }
    }

    /// S15: hours without a quorum.
    fn uncovered(&self) -> impl Iterator<Item = Finding> {
        let hours = super::coverage::HOURS;
        // That no share set opens an account at all is found by another rule.
        let has_ways =
            |ways: &Ways<'_>| !ways.passwords.is_empty() && ways.codes.as_ref().is_none_or(|codes| !codes.is_empty());
        let gaps = self
            .coverage
            .overall
            .iter()
            .filter(move |one| one.covered.hours < hours && has_ways(&one.ways));
        gaps.map(move |one| {
            let first = one.accounts[0];
            let gaps = one.covered.gaps.iter().map(String::as_str);
            Finding {
                rule: PlanRule::S15,
                place: first.at,
                about: About::Account(first.id.clone()),
                found: format!(
                    "in {} of the {hours} hours of the week no quorum for {} can be had",
                    hours - one.covered.hours,
                    locked(one.accounts.len(), first)
                ),
                why: Some(format!("safes are shut (UTC): {}", listed(gaps))),
                allowed: "a quorum at every hour, through the safes then open".to_string(),
                next: "a safe that is open 24x7, or safes in other time zones".to_string(),
            }
        })
    }

    fn tight(&self) -> impl Iterator<Item = Note> {
        self.coverage.tight.iter().map(|tight| Note {
            rule: PlanRule::S15,
            place: tight.shut.at,
            about: About::Safe(tight.shut.id.clone()),
            found: format!(
                "{} is open {} only; at other times {} needs {}",
                tight.shut.id,
                tight.shut.open,
                tight.set.name(),
                listed(tight.needs.iter().copied())
            ),
        })
    }

    fn former(&self) -> impl Iterator<Item = Note> {
        self.access.former().map(|one| Note {
            rule: PlanRule::D6,
            place: self.access.plan.set(&one.set).map_or_else(Place::default, crate::plan::ShareSet::at),
            about: About::Set(one.set.clone()),
            found: format!(
                "paper of {} epoch {} is out there that the plan does not name; with an old copy of the vault it still opens {} records",
                one.set,
                one.epoch,
                one.opens.len()
            ),
        })
    }
}

/// The people without whom accounts are locked, whatever the policy says.
fn indispensable<'c, 'p>(cuts: &'c Cuts<'p>) -> impl Iterator<Item = &'c [Unit<'p>]> {
    cuts.alone
        .iter()
        .filter(|unit| unit.kind() == Lost::Person)
        .map(std::slice::from_ref)
}

/// `account log-archive`, `22 accounts, log-archive among them`.
fn locked(count: usize, first: &Account) -> String {
    match count {
        1 => format!("account {}", first.name),
        more => format!("{more} accounts, {} among them", first.name),
    }
}

fn alone(structure: &Structure<'_>, kind: Kind, allowed: usize, (people, path): (Vec<&str>, &str)) -> Finding {
    let first = structure.accounts[0];
    let accounts = locked(structure.accounts.len(), first);
    let by = match kind {
        Kind::Quorum => "by way of shares",
        Kind::Mixed => "by way of shares and the provider",
        Kind::Provider => "by way of the provider",
    };
    Finding {
        rule: if people.len() < 2 { PlanRule::S30 } else { PlanRule::D5 },
        place: first.at,
        about: About::Account(first.id.clone()),
        found: match people.as_slice() {
            [] => format!("nobody is needed to sign in to {accounts} {by}"),
            [one] => format!("{one} alone can sign in to {accounts} {by}"),
            several => format!("{} can sign in to {accounts} {by}", listed(several.iter().copied())),
        },
        why: Some(format!("the path: {path}")),
        allowed: format!("{} people or more", allowed.max(2)),
        next: match kind {
            Kind::Quorum => "more people behind the share sets or the safes of this path".to_string(),
            Kind::Mixed | Kind::Provider => {
                "other people behind mailbox, phone or root access, so that more must come together".to_string()
            }
        },
    }
}

fn about(unit: Unit<'_>) -> About {
    match unit {
        Unit::Person(id) | Unit::Passphrase(id) => About::Person(id.clone()),
        Unit::Safe(id) => About::Safe(id.clone()),
        Unit::Building(id) => About::Building(id.clone()),
        Unit::Region(id) => About::Region(id.clone()),
        Unit::Copy(id) => About::Copy(id.clone()),
    }
}

fn place_of(plan: &Plan, unit: Unit<'_>) -> Place {
    let first_safe =
        |is_it: &dyn Fn(&crate::plan::Safe) -> bool| plan.safes().iter().find(|safe| is_it(safe)).map(|safe| safe.at);
    let place = match unit {
        Unit::Person(id) | Unit::Passphrase(id) => plan.person(id).map(|person| person.at),
        Unit::Safe(id) => plan.safe(id).map(|safe| safe.at),
        Unit::Building(id) => first_safe(&|safe| safe.building == *id),
        Unit::Region(id) => first_safe(&|safe| safe.region == *id),
        Unit::Copy(id) => plan.copy(id).map(|copy| copy.at),
    };
    place.unwrap_or_default()
}
