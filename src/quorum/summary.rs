//! The claim in a few lines: what a person reads on a screen, and signs on paper.
//!
//! Rules of this file:
//! - accounts stand in one row where their kind and their three numbers are the same; the weakest row is that with the smallest
//!   group by any path;
//! - the sentence says what is true, also where that is not what was hoped for.

use super::access::Kind;
use super::claim::Claim;
use super::steps;
use super::units::Unit;
use crate::plan::{Account, AccountKind};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Accounts with the same three numbers.
#[derive(Clone, Debug)]
pub struct Row<'p> {
    /// Member or management.
    pub kind: AccountKind,
    /// Whether they keep root credentials.
    pub keeps_credentials: bool,
    /// How many there are.
    pub accounts: usize,
    /// The first of them.
    pub first: &'p Account,
    /// The smallest group by each kind of path.
    pub smallest: [Option<usize>; 3],
    /// The first structure among them.
    pub structure: usize,
}

/// Losses of one size that lock the same number of accounts out.
#[derive(Clone, Debug)]
pub struct LossRow<'p> {
    /// How many losses at once.
    pub losses: usize,
    /// How many accounts they lock out.
    pub accounts: usize,
    /// The first of these.
    pub first: &'p Account,
    /// The losses.
    pub cuts: Vec<Vec<Unit<'p>>>,
}

impl<'p> Claim<'_, 'p> {
    /// The rows, management accounts first, then by their numbers.
    pub fn rows(&self) -> Vec<Row<'p>> {
        let mut rows: BTreeMap<_, Row<'p>> = BTreeMap::new();
        for (at, structure) in self.access.structures.iter().enumerate() {
            let shape = &structure.shape;
            let smallest = Kind::ALL.map(|kind| self.coalitions.smallest(at, kind));
            let key = (!shape.keeps_credentials, shape.kind == AccountKind::Member, smallest);
            let row = rows.entry(key).or_insert(Row {
                kind: shape.kind,
                keeps_credentials: shape.keeps_credentials,
                accounts: 0,
                first: structure.accounts[0],
                smallest,
                structure: at,
            });
            row.accounts += structure.accounts.len();
        }
        rows.into_values().collect()
    }

    /// The structure whose smallest group by a kind of path is the smallest of all that are judged; of equals that with the most
    /// accounts.
    pub fn weakest(&self, kind: Kind) -> Option<usize> {
        let structures = &self.access.structures;
        let judged = (0..structures.len()).filter(|at| structures[*at].shape.keeps_credentials);
        let sized = judged.filter_map(|at| {
            Some((
                self.coalitions.smallest(at, kind)?,
                Reverse(structures[at].accounts.len()),
                at,
            ))
        });
        sized.min().map(|(.., at)| at)
    }

    /// In words, who the smallest group of a structure by a kind of path would be.
    pub fn who(&mut self, at: usize, kind: Kind) -> Option<String> {
        let groups = self.coalitions.groups(at, kind, 1)?;
        let group = groups.groups.first()?;
        let path = group.by.as_ref()?;
        Some(steps::spelled(
            self.access,
            &self.access.structures[at].shape,
            path,
            &group.people,
        ))
    }

    /// The losses that lock accounts out, by how many at once and how many accounts.
    pub fn loss_rows(&self) -> Vec<LossRow<'p>> {
        let mut rows: Vec<LossRow<'p>> = Vec::new();
        for (cut, accounts, first) in self.losses.by_cut() {
            match rows.last_mut() {
                Some(row) if (row.losses, row.accounts) == (cut.len(), accounts) && row.first.id == first.id => {
                    row.cuts.push(cut.to_vec());
                }
                _ => rows.push(LossRow {
                    losses: cut.len(),
                    accounts,
                    first,
                    cuts: vec![cut.to_vec()],
                }),
            }
        }
        rows
    }

    /// How many accounts are judged.
    pub fn judged(&self) -> usize {
        let kept = self
            .access
            .structures
            .iter()
            .filter(|structure| structure.shape.keeps_credentials);
        kept.map(|structure| structure.accounts.len()).sum()
    }

    /// The first half of the claim: who can sign in alone.
    pub fn alone(&self) -> String {
        let fewest = |at: &usize| {
            Kind::ALL
                .into_iter()
                .filter_map(|kind| self.coalitions.smallest(*at, kind))
                .min()
        };
        let judged = (0..self.access.structures.len()).filter(|at| self.access.structures[*at].shape.keeps_credentials);
        let open = judged.filter(|at| fewest(at).is_some_and(|people| people < 2));
        match open.map(|at| self.access.structures[at].accounts.len()).sum() {
            0 => "nobody can sign in to any account alone".to_string(),
            1 => "one person alone can sign in to 1 account".to_string(),
            accounts => format!("one person alone can sign in to {accounts} accounts"),
        }
    }

    /// The second half of the claim: what a single loss does.
    pub fn single_loss(&self) -> String {
        let locked = |size: usize| -> usize {
            let cut = self
                .losses
                .of
                .iter()
                .filter(|cuts| cuts.cuts.first().is_some_and(|cut| cut.len() == size));
            cut.map(|cuts| cuts.accounts.len()).sum()
        };
        match (locked(0), locked(1)) {
            (0, 0) => "no single loss locks one out".to_string(),
            (0, 1) => "a single loss can lock 1 account out".to_string(),
            (0, accounts) => format!("a single loss can lock {accounts} accounts out"),
            (1, _) => "1 account is locked out as it is".to_string(),
            (accounts, _) => format!("{accounts} accounts are locked out as it is"),
        }
    }

    /// The claim in one sentence.
    pub fn sentence(&self) -> String {
        if self.judged() == 0 {
            return "there is no account to judge".to_string();
        }
        format!("{}; {}", self.alone(), self.single_loss())
    }

    /// The kinds of single losses that lock an account out.
    pub fn single_kinds(&self) -> BTreeSet<&'static str> {
        let alone = self.losses.of.iter().flat_map(|cuts| &cuts.alone);
        alone.map(|unit| unit.kind().as_str()).collect()
    }
}
