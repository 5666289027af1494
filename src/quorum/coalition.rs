//! Coalitions: for every account and factor the smallest groups that get in, by each kind of path.
//!
//! Rules of this file:
//! - a group is a minimal path set of the structure function of one kind of path: it gets in, and without any one of its people it
//!   does not;
//! - sizes and counts are exact; groups are listed smallest first, up to a number, each with the first path that lets it in;
//! - accounts of one structure are computed once.

use super::access::{Access, Kind, Path, Shape, Structure, Way};
use super::diagram::{Diagrams, Family, Function};
use super::gate::Gate;
use crate::ident::PersonId;
use crate::plan::{AccountKind, Factor, Provider};
use crate::refusal::Refusal;
use serde::Serialize;
use std::collections::BTreeMap;

/// The groups of one kind of path, or of one factor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Groups<'p> {
    /// How many people the smallest group has.
    pub smallest: usize,
    /// How many minimal groups there are; 2^128 - 1 stands for that many or more.
    pub count: u128,
    /// The first of them, the smallest first.
    pub groups: Vec<Group<'p>>,
}

/// One minimal group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group<'p> {
    /// Its people, in the order of the plan.
    pub people: Vec<&'p PersonId>,
    /// The path by which it gets in.
    pub path: String,
    /// The path itself.
    #[serde(skip)]
    pub by: Option<Path<'p>>,
}

/// The smallest groups of one structure, by size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Smallest {
    account: [Family; 3],
    factors: [[Family; 2]; 2],
}

/// The coalitions of every structure.
pub struct Coalitions<'a, 'p> {
    access: &'a Access<'p>,
    diagrams: Diagrams,
    of: Vec<Smallest>,
    /// The paths of the structure that was asked for last.
    paths: Option<(usize, Vec<Path<'p>>)>,
}

/// The functions of one account: by quorum, mixed, by the provider.
type Functions = [Function; 3];

impl<'a, 'p> Coalitions<'a, 'p> {
    /// Computes the smallest groups of every structure.
    pub fn of(access: &'a Access<'p>) -> Result<Self, Refusal> {
        Self::among(access, &|_| true)
    }

    /// As [`Coalitions::of`], among some people only.
    pub fn among(access: &'a Access<'p>, among: &dyn Fn(&'p PersonId) -> bool) -> Result<Self, Refusal> {
        let mut work = Work {
            access,
            absent: access.plan.people().iter().map(|person| !among(&person.id)).collect(),
            diagrams: Diagrams::new(access.order()),
            ways: BTreeMap::new(),
            sets: BTreeMap::new(),
        };
        let of = work.structures()?;
        Ok(Self {
            access,
            diagrams: work.diagrams,
            of,
            paths: None,
        })
    }

    /// The size of the smallest group of the `at`th structure by this kind of path, or nothing where no path of the kind leads in.
    pub fn smallest(&self, at: usize, kind: Kind) -> Option<usize> {
        self.diagrams.smallest(self.of[at].account[kind as usize])
    }

    /// The groups of the `at`th structure by this kind of path, at most `limit` of them.
    pub fn groups(&mut self, at: usize, kind: Kind, limit: usize) -> Option<Groups<'p>> {
        let shape = &self.access.structures[at].shape;
        // The three kinds are mostly asked for in a row.
        let paths = match self.paths.take() {
            Some((of, paths)) if of == at => paths,
            _ => self.access.paths(shape),
        };
        let of_kind: Vec<&Path<'p>> = paths.iter().filter(|path| path.kind() == kind).collect();
        let groups = self.listed(self.of[at].account[kind as usize], limit, shape, &of_kind);
        self.paths = Some((at, paths));
        groups
    }

    /// The groups that have one factor of the `at`th structure, by its shares and tokens or by the provider.
    pub fn factor(&mut self, at: usize, factor: Factor, by: Kind, limit: usize) -> Option<Groups<'p>> {
        let shape = &self.access.structures[at].shape;
        let (number, own, around) = match factor {
            Factor::Mfa => (1, shape.codes.as_deref().unwrap_or_default(), Way::MailboxAndPhone),
            Factor::Password | Factor::Contact => (0, shape.passwords.as_slice(), Way::Mailbox),
        };
        let (ways, family) = match by {
            Kind::Quorum => (own.to_vec(), self.of[at].factors[number][0]),
            Kind::Mixed | Kind::Provider => (vec![around], self.of[at].factors[number][1]),
        };
        // One factor has the name of its way.
        let paths: Vec<Path<'p>> = ways.into_iter().map(Path::Password).collect();
        let paths: Vec<&Path<'p>> = paths.iter().collect();
        let mut groups = self.listed(family, limit, shape, &paths)?;
        for group in &mut groups.groups {
            if let Some(Path::Password(way)) = &group.by {
                group.path = way.to_string();
            }
        }
        Some(groups)
    }

    /// How many steps the computation took.
    pub fn steps(&self) -> u64 {
        self.diagrams.steps()
    }

    fn listed(&mut self, of: Family, limit: usize, shape: &Shape<'p>, paths: &[&Path<'p>]) -> Option<Groups<'p>> {
        let smallest = self.diagrams.smallest(of)?;
        let group = |set: Vec<usize>| {
            let leads_in = |path: &&&Path<'p>| self.access.leads_in(path, shape, &|person| set.contains(&person));
            let by = paths.iter().find(leads_in).map(|path| (*path).clone());
            Group {
                people: set.iter().filter_map(|person| self.access.person(*person)).collect(),
                path: by.as_ref().map(ToString::to_string).unwrap_or_default(),
                by,
            }
        };
        Some(Groups {
            smallest,
            groups: self
                .diagrams
                .sets(of, usize::MAX, limit)
                .into_iter()
                .map(group)
                .collect(),
            count: self.diagrams.count(of),
        })
    }
}

struct Work<'a, 'p> {
    access: &'a Access<'p>,
    absent: Vec<bool>,
    diagrams: Diagrams,
    ways: BTreeMap<Way<'p>, Function>,
    sets: BTreeMap<Vec<usize>, Function>,
}

impl<'p> Work<'_, 'p> {
    /// Management accounts first: whoever opens one opens its members.
    fn structures(&mut self) -> Result<Vec<Smallest>, Refusal> {
        let access = self.access;
        let mut each: BTreeMap<Provider, Vec<Functions>> = BTreeMap::new();
        let is_management = |structure: &&Structure<'p>| structure.shape.kind == AccountKind::Management;
        for structure in access.structures.iter().filter(is_management) {
            let own = self.own(&structure.shape)?;
            each.entry(structure.shape.provider).or_default().push(own);
        }
        let mut management: BTreeMap<Provider, Functions> = BTreeMap::new();
        for (provider, of) in each {
            let mut any = [Function::NEVER; 3];
            for (kind, any) in any.iter_mut().enumerate() {
                *any = self.diagrams.any(of.iter().map(|own| own[kind]))?;
            }
            management.insert(provider, any);
        }
        let structures = access.structures.iter();
        structures
            .map(|structure| self.smallest(structure, &management))
            .collect()
    }

    fn smallest(
        &mut self,
        structure: &Structure<'p>,
        management: &BTreeMap<Provider, Functions>,
    ) -> Result<Smallest, Refusal> {
        let shape = &structure.shape;
        let [quorum, mut mixed, mut provider] = self.own(shape)?;
        if let Some([by_quorum, by_both, by_provider]) = management.get(&shape.provider)
            && shape.kind == AccountKind::Member
        {
            mixed = self.diagrams.any([mixed, *by_quorum, *by_both])?;
            provider = self.diagrams.either(provider, *by_provider)?;
        }
        let root_access = self.access.root_access(shape);
        let root_access = self.function(&root_access)?;
        provider = self.diagrams.either(provider, root_access)?;
        let (passwords, codes) = (self.password(shape)?, self.code(shape)?);
        let minimal = |function: Function, diagrams: &mut Diagrams| diagrams.minimal(function);
        let mut of = |functions: [Function; 2]| -> Result<[Family; 2], Refusal> {
            Ok([
                minimal(functions[0], &mut self.diagrams)?,
                minimal(functions[1], &mut self.diagrams)?,
            ])
        };
        let factors = [of(passwords)?, of(codes.unwrap_or([Function::NEVER; 2]))?];
        Ok(Smallest {
            account: [
                self.diagrams.minimal(quorum)?,
                self.diagrams.minimal(mixed)?,
                self.diagrams.minimal(provider)?,
            ],
            factors,
        })
    }

    /// The account by its own factors.
    fn own(&mut self, shape: &Shape<'p>) -> Result<Functions, Refusal> {
        if !shape.keeps_credentials {
            return Ok([Function::NEVER; 3]);
        }
        let [password, reset] = self.password(shape)?;
        let Some([code, code_reset]) = self.code(shape)? else {
            return Ok([password, Function::NEVER, reset]);
        };
        let quorum = self.diagrams.both(password, code)?;
        let provider = self.diagrams.both(reset, code_reset)?;
        let one = self.diagrams.both(reset, code)?;
        let other = self.diagrams.both(password, code_reset)?;
        Ok([quorum, self.diagrams.either(one, other)?, provider])
    }

    /// The password: by shares, by the provider.
    fn password(&mut self, shape: &Shape<'p>) -> Result<[Function; 2], Refusal> {
        if !shape.keeps_credentials {
            return Ok([Function::NEVER; 2]);
        }
        Ok([self.any_way(&shape.passwords, shape)?, self.people(&shape.mailbox)?])
    }

    /// The code: by shares and tokens, by the provider; nothing where none is asked.
    fn code(&mut self, shape: &Shape<'p>) -> Result<Option<[Function; 2]>, Refusal> {
        let Some(codes) = &shape.codes else { return Ok(None) };
        let (mailbox, phone) = (self.people(&shape.mailbox)?, self.people(&shape.phone)?);
        Ok(Some([self.any_way(codes, shape)?, self.diagrams.both(mailbox, phone)?]))
    }

    fn any_way(&mut self, ways: &[Way<'p>], shape: &Shape<'p>) -> Result<Function, Refusal> {
        let mut any = Function::NEVER;
        for way in ways {
            let function = if let Some(known) = self.ways.get(way) {
                *known
            } else {
                let function = self.function(&self.access.way(*way, shape))?;
                self.ways.insert(*way, function);
                function
            };
            any = self.diagrams.either(any, function)?;
        }
        Ok(any)
    }

    /// Any one of some people.
    fn people(&mut self, people: &[usize]) -> Result<Function, Refusal> {
        if let Some(known) = self.sets.get(people) {
            return Ok(*known);
        }
        let function = self.function(&Gate::at_least_of(1, people.iter().copied()))?;
        self.sets.insert(people.to_vec(), function);
        Ok(function)
    }

    fn function(&mut self, gate: &Gate) -> Result<Function, Refusal> {
        if self.absent.contains(&true) {
            let present = gate.settled(&|person| self.absent[person].then_some(false));
            return self.diagrams.function(&present);
        }
        self.diagrams.function(gate)
    }
}
