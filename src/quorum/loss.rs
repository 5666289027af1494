//! Losses: what locks an account out when it is gone, alone and together.
//!
//! Rules of this file:
//! - a cut is a minimal cut set of the structure function of recovery by quorum: together these losses lock an account out, and any
//!   fewer of them do not;
//! - a cut stands for itself only where nothing smaller does as much: the safe rather than its building, the passphrase rather than
//!   its custodian;
//! - what is computed is counted by one [`Effort`] for all accounts and share sets;
//! - accounts with the same ways to both factors are computed once; closed ones and those without root credentials not at all.

use super::access::{Access, Way};
use super::cut::{self, Cut, cuts};
use super::effort::{self, Effort};
use super::gate::{Component, Gate};
use super::units::{Unit, Units, Ways};
use crate::plan::{Account, Loss, ShareSet};
use crate::refusal::Refusal;
use serde::Serialize;
use std::collections::BTreeMap;

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
    /// The fewest losses at once after which it does not open; nothing where as many as are looked at do not suffice.
    pub locked_by: Option<usize>,
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

/// How many cuts of one structure are listed.
pub const LISTED: usize = 2_000;

/// How many losses stand for each broken promise, and for each share set.
const SHOWN: usize = 8;

impl<'p> Losses<'p> {
    /// Computes the losses of a plan.
    pub fn of(access: &Access<'p>) -> Result<Self, Refusal> {
        let mut work = Work {
            units: Units::of(access.plan),
            effort: Effort::new(effort::Of::Losses),
        };
        let survive = &access.plan.policy().survive;
        let depth = survive
            .iter()
            .map(|loss| usize::from(loss.any))
            .max()
            .unwrap_or(0)
            .max(2);
        let mut of: Vec<Cuts<'p>> = Vec::new();
        for (ways, accounts) in by_ways(access) {
            let survives = work.units.recovery(&ways);
            let (cuts, more) = work.named_cuts(&survives, depth)?;
            let mut broken = Vec::new();
            for loss in survive {
                let cuts = work.of_kind(&survives, *loss)?;
                broken.extend((!cuts.is_empty()).then_some((*loss, cuts)));
            }
            of.push(Cuts {
                alone: work.alone(&survives)?,
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
        self.of.iter().filter_map(|cuts| cuts.cuts.first()).map(Vec::len).min()
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
    for accounts in by_ways.values_mut() {
        accounts.sort_by_key(|account| account.at);
    }
    by_ways
}

struct Work<'p> {
    units: Units<'p>,
    effort: Effort,
}

impl<'p> Work<'p> {
    /// The cuts of at most `depth` losses, and whether there are more than are listed.
    fn named_cuts(&mut self, survives: &Gate, depth: usize) -> Result<(Vec<Vec<Unit<'p>>>, bool), Refusal> {
        let asked = survives.size();
        let mut named: Vec<Vec<Unit<'p>>> = Vec::new();
        let mut more = false;
        for cut in cuts(survives, depth, &mut self.effort)? {
            if self.is_overdone(survives, asked, cut)? {
                continue;
            }
            more = named.len() == LISTED;
            if more {
                break;
            }
            named.push(self.named(cut));
        }
        named.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
        Ok((named, more))
    }

    fn alone(&mut self, survives: &Gate) -> Result<Vec<Unit<'p>>, Refusal> {
        self.effort.spend(survives.size() * self.units.list().len())?;
        let units = self.units.list().iter().copied().enumerate();
        let survives_all = survives.holds(&|_| true);
        let alone = units.filter(|(at, _)| survives_all && !survives.holds(&|component| component != *at));
        Ok(alone.map(|(_, unit)| unit).collect())
    }

    /// Whether less than one of the losses would do. To ask the function takes `asked` steps.
    fn is_overdone(&mut self, survives: &Gate, asked: usize, cut: Cut) -> Result<bool, Refusal> {
        let lost: Vec<Component> = cut.components().collect();
        for at in &lost {
            let Some(unit) = self.units.list().get(*at) else {
                continue;
            };
            for less in self.units.below(*unit) {
                self.effort.spend(asked)?;
                let less = self.units.number(less);
                if !survives.holds(&|component| component != less && (component == *at || !lost.contains(&component))) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// The smallest losses of one kind that are no more than the policy says are survived.
    fn of_kind(&mut self, survives: &Gate, loss: Loss) -> Result<Vec<Vec<Unit<'p>>>, Refusal> {
        let of_kind = |at: Component| self.units.list().get(at).is_some_and(|unit| unit.kind() == loss.of);
        let survives = survives.settled(&|at| (!of_kind(at)).then_some(true));
        let mut cuts = cuts(&survives, usize::from(loss.any), &mut self.effort)?;
        cuts.truncate(SHOWN);
        Ok(cuts.into_iter().map(|cut| self.named(cut)).collect())
    }

    fn margin(&mut self, set: &'p ShareSet) -> Result<Margin<'p>, Refusal> {
        let survives = self.units.set(set);
        let (mut cuts, _) = self.named_cuts(&survives, cut::MOST)?;
        let locked_by = cuts.first().map(Vec::len);
        cuts.retain(|cut| Some(cut.len()) == locked_by);
        cuts.truncate(SHOWN);
        Ok(Margin {
            set: set.name().as_str(),
            threshold: set.threshold().to_string(),
            spare: set.threshold().total() - set.threshold().needed(),
            locked_by,
            cuts,
        })
    }

    fn named(&self, cut: Cut) -> Vec<Unit<'p>> {
        let units = cut.components().filter_map(|at| self.units.list().get(at).copied());
        let mut units: Vec<Unit<'p>> = units.collect();
        units.sort_unstable();
        units
    }
}
