//! The plan as an access structure: who can have what, and by which paths an account opens.
//!
//! Rules of this file:
//! - a share in a safe belongs to whoever opens the safe, and under a passphrase to them with its custodian; a share without a safe
//!   is its custodian's; a custodian without the safe has nothing;
//! - the vault is no obstacle to those who come together: it holds no secret in the clear, and copies of it travel;
//! - paper of an epoch that is out of force is a path until it is destroyed: its quorum, with an old copy of the vault, opens what
//!   was locked to it;
//! - accounts are taken together where everything that this floor can see of them is the same.

use super::gate::{Component, Gate};
pub use super::path::{Kind, Path, Way};
use crate::ident::{AccountId, DeviceName, Epoch, PersonId, SafeId, SetName, ShareIndex};
use crate::plan::{Account, AccountKind, Device, Factor, Plan, Provider, Share, ShareSet};
use std::collections::{BTreeMap, BTreeSet};

/// Paper of one epoch that is not what the plan says: void and not destroyed, or with pages that were replaced.
#[derive(Clone, Debug)]
pub struct FormerEpoch {
    /// The share set.
    pub set: SetName,
    /// Its epoch.
    pub epoch: Epoch,
    /// The factor that it opens.
    pub factor: Factor,
    /// How many shares it takes.
    pub needed: u8,
    /// Every page that was not destroyed. Two pages of one share count once.
    pub pages: Vec<FormerPage>,
    /// What was ever locked to it: the account, and of an MFA record its device.
    pub opens: BTreeSet<(AccountId, Option<DeviceName>)>,
}

/// A page that still exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormerPage {
    /// Which share is on it.
    pub index: ShareIndex,
    /// Whose it was.
    pub custodian: PersonId,
    /// Where it lies.
    pub safe: Option<SafeId>,
    /// Whether its custodian's passphrase is upon it.
    pub passphrase: bool,
    /// Whether nobody knows where it is: then it is in anybody's hands, but for a passphrase upon it.
    pub lost: bool,
}

/// Accounts of which everything that bears on access is the same.
#[derive(Clone, Debug)]
pub struct Structure<'p> {
    /// The accounts, in the order of the plan; at least one.
    pub accounts: Vec<&'p Account>,
    /// What they have in common.
    pub shape: Shape<'p>,
}

/// What bears on access to an account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shape<'p> {
    /// Member or management.
    pub kind: AccountKind,
    /// Whose account it is.
    pub provider: Provider,
    /// Whether it keeps root credentials; without them, only the ways around lead in.
    pub keeps_credentials: bool,
    /// The ways to its password by shares.
    pub passwords: Vec<Way<'p>>,
    /// The ways to its codes by shares and tokens; nothing where the account asks for none.
    pub codes: Option<Vec<Way<'p>>>,
    /// Who reads its mailbox, by number.
    pub mailbox: Vec<Component>,
    /// Who has its phone, by number.
    pub phone: Vec<Component>,
}

/// The access structure of a plan.
pub struct Access<'p> {
    /// The plan.
    pub plan: &'p Plan,
    former: BTreeMap<(&'p SetName, Epoch), &'p FormerEpoch>,
    numbers: BTreeMap<&'p PersonId, Component>,
    /// The ways by shares and tokens, each once.
    gates: BTreeMap<Way<'p>, Gate>,
    /// Which structures are of management accounts.
    management: Vec<usize>,
    /// The distinct structures, in the order of their first accounts. Closed accounts are in none.
    pub structures: Vec<Structure<'p>>,
}

impl<'p> Access<'p> {
    /// The access structure of a plan, and of the paper that is still out there.
    pub fn of(plan: &'p Plan, former: &'p [FormerEpoch]) -> Self {
        let mut access = Self {
            plan,
            former: former.iter().map(|one| ((&one.set, one.epoch), one)).collect(),
            numbers: plan
                .people()
                .iter()
                .enumerate()
                .map(|(at, person)| (&person.id, at))
                .collect(),
            gates: BTreeMap::new(),
            management: Vec::new(),
            structures: Vec::new(),
        };
        let mut known: BTreeMap<Shape<'p>, usize> = BTreeMap::new();
        for account in plan.accounts().iter().filter(|account| account.is_open()) {
            let shape = access.shape(account);
            if let Some(at) = known.get(&shape) {
                access.structures[*at].accounts.push(account);
                continue;
            }
            access.remember(&shape);
            known.insert(shape.clone(), access.structures.len());
            access.structures.push(Structure {
                accounts: vec![account],
                shape,
            });
        }
        access
    }

    /// The paper that is still out there although the plan does not name it.
    pub fn former(&self) -> impl Iterator<Item = &'p FormerEpoch> {
        self.former.values().copied()
    }

    /// The number of a person.
    pub fn number(&self, person: &PersonId) -> Component {
        self.numbers.get(person).copied().unwrap_or(usize::MAX)
    }

    /// The person of a number.
    pub fn person(&self, number: Component) -> Option<&'p PersonId> {
        self.plan.people().get(number).map(|person| &person.id)
    }

    /// The structures that open a member as a whole: the management accounts of its provider.
    pub fn management_of(&self, shape: &Shape<'p>) -> impl Iterator<Item = &Structure<'p>> {
        let member = shape.kind == AccountKind::Member;
        let provider = shape.provider;
        let management = self.management.iter().filter_map(|at| self.structures.get(*at));
        management.filter(move |one| member && one.shape.provider == provider)
    }

    /// Every path into an account of a structure, those by the quorum first.
    pub fn paths(&self, shape: &Shape<'p>) -> Vec<Path<'p>> {
        let mut paths = Vec::new();
        if shape.keeps_credentials {
            let passwords = shape.passwords.iter().copied().chain([Way::Mailbox]);
            for password in passwords {
                match &shape.codes {
                    None => paths.push(Path::Password(password)),
                    Some(codes) => {
                        let codes = codes.iter().copied().chain([Way::MailboxAndPhone]);
                        paths.extend(codes.map(|code| Path::Both(password, code)));
                    }
                }
            }
        }
        if shape.kind == AccountKind::Member && shape.provider == Provider::Aws && self.plan.root_access().is_some() {
            paths.push(Path::RootAccess);
        }
        for management in self.management_of(shape) {
            let by = self.paths(&management.shape).into_iter();
            paths.extend(by.map(|by| Path::Management(&management.accounts[0].id, Box::new(by))));
        }
        paths.sort_by_key(Path::kind);
        paths
    }

    /// Who it takes for a way to a factor of an account of a structure.
    pub fn way(&self, way: Way<'p>, shape: &Shape<'p>) -> Gate {
        let readers = || Gate::at_least_of(1, shape.mailbox.iter().copied());
        match way {
            Way::Set(name) => self.plan.set(name).map_or_else(Gate::never, |set| self.quorum(set)),
            Way::Former(name, epoch) => self
                .former
                .get(&(name, epoch))
                .map_or_else(Gate::never, |one| self.former_quorum(one)),
            Way::Token(safe) => self.safe(safe),
            Way::Mailbox => readers(),
            Way::MailboxAndPhone => Gate::all([readers(), Gate::at_least_of(1, shape.phone.iter().copied())]),
        }
    }

    /// Who it takes for centralised root access to an account of a structure.
    pub fn root_access(&self, shape: &Shape<'p>) -> Gate {
        let aws_member = shape.kind == AccountKind::Member && shape.provider == Provider::Aws;
        match self.plan.root_access().filter(|_| aws_member) {
            None => Gate::never(),
            Some(any) => Gate::all([
                Gate::at_least_of(any.any(), any.of().map(|person| self.number(person))),
                self.way(Way::Mailbox, shape),
            ]),
        }
    }

    /// Whether a group gets in by a path.
    pub fn leads_in(&self, path: &Path<'p>, shape: &Shape<'p>, group: &impl Fn(Component) -> bool) -> bool {
        let has = |way: &Way<'p>| match self.gates.get(way) {
            Some(gate) => gate.holds(group),
            None => self.way(*way, shape).holds(group),
        };
        match path {
            Path::Password(way) => has(way),
            Path::Both(password, mfa) => has(password) && has(mfa),
            Path::RootAccess => self.root_access(shape).holds(group),
            Path::Management(account, by) => {
                let mut of = self.management_of(shape).filter(|one| one.accounts[0].id == **account);
                of.any(|management| self.leads_in(by, &management.shape, group))
            }
        }
    }

    /// Who opens a safe.
    pub fn safe(&self, id: &SafeId) -> Gate {
        self.plan.safe(id).map_or_else(Gate::never, |safe| {
            Gate::at_least_of(
                safe.controllers.any(),
                safe.controllers.of().map(|person| self.number(person)),
            )
        })
    }

    /// Who has a share.
    pub fn share(&self, share: &Share) -> Gate {
        self.page(&share.custodian, share.safe.as_ref(), share.passphrase)
    }

    fn quorum(&self, set: &ShareSet) -> Gate {
        Gate::at_least(
            usize::from(set.threshold().needed()),
            set.shares().iter().map(|share| self.share(share)),
        )
    }

    fn former_quorum(&self, of: &FormerEpoch) -> Gate {
        let mut shares: BTreeMap<ShareIndex, Vec<Gate>> = BTreeMap::new();
        for page in &of.pages {
            let gate = match (page.lost, page.passphrase) {
                (false, passphrase) => self.page(&page.custodian, page.safe.as_ref(), passphrase),
                (true, true) => self.page(&page.custodian, None, false),
                (true, false) => Gate::always(),
            };
            shares.entry(page.index).or_default().push(gate);
        }
        Gate::at_least(usize::from(of.needed), shares.into_values().map(Gate::any))
    }

    fn page(&self, custodian: &PersonId, safe: Option<&SafeId>, passphrase: bool) -> Gate {
        let custodian = || match self.numbers.get(custodian) {
            Some(number) => Gate::One(*number),
            // Who left the plan is still out there, but is nobody whom the plan counts.
            None => Gate::never(),
        };
        match safe {
            None => custodian(),
            Some(safe) if passphrase => Gate::all([self.safe(safe), custodian()]),
            Some(safe) => self.safe(safe),
        }
    }

    fn shape(&self, account: &'p Account) -> Shape<'p> {
        let keeps = account.keeps_root_credentials();
        let numbers = |people: &[PersonId]| {
            let mut numbers: Vec<Component> = people.iter().map(|person| self.number(person)).collect();
            numbers.sort_unstable();
            numbers
        };
        let sets = self.plan.sets_for(account, Factor::Password, None).into_iter();
        let passwords = sets
            .map(|set| Way::Set(set.name()))
            .chain(self.former_ways(account, Factor::Password, None));
        Shape {
            kind: account.kind,
            provider: account.provider,
            keeps_credentials: keeps,
            passwords: passwords.filter(|_| keeps).collect(),
            codes: (keeps && !account.mfa.is_empty()).then(|| self.codes(account)),
            mailbox: numbers(&account.mailbox.value),
            phone: numbers(&account.phone.value),
        }
    }

    fn remember(&mut self, shape: &Shape<'p>) {
        if shape.kind == AccountKind::Management {
            self.management.push(self.structures.len());
        }
        for way in shape.passwords.iter().chain(shape.codes.iter().flatten()) {
            if !self.gates.contains_key(way) {
                self.gates.insert(*way, self.way(*way, shape));
            }
        }
    }

    fn codes(&self, account: &'p Account) -> Vec<Way<'p>> {
        let mut codes: Vec<Way<'p>> = Vec::new();
        for device in &account.mfa {
            let sets = device.sets().iter().map(Way::Set);
            codes.extend(sets.chain(device.safe().map(Way::Token)));
            codes.extend(self.former_ways(account, Factor::Mfa, Some(device)));
        }
        let mut seen = BTreeSet::new();
        codes.retain(|way| seen.insert(*way));
        codes
    }

    fn former_ways(&self, account: &Account, factor: Factor, device: Option<&Device>) -> Vec<Way<'p>> {
        if self.former.is_empty() {
            return Vec::new();
        }
        let record = (account.id.clone(), device.map(|device| device.name.clone()));
        let opens = |one: &&&FormerEpoch| one.factor == factor && one.opens.contains(&record);
        self.former
            .values()
            .filter(opens)
            .map(|one| Way::Former(&one.set, one.epoch))
            .collect()
    }

    /// The people in an order in which those who stand in one gate stand together: first who is behind mailbox, phone and
    /// root access, then set for set.
    pub fn order(&self) -> Vec<Component> {
        let shapes = || self.structures.iter().map(|structure| &structure.shape);
        let around = shapes().flat_map(|shape| shape.phone.iter().chain(&shape.mailbox).copied());
        let root = self
            .plan
            .root_access()
            .into_iter()
            .flat_map(|any| any.of().map(|person| self.number(person)));
        let around: Vec<Component> = around.chain(root).collect();
        let sets = self.plan.sets().iter().flat_map(|set| self.quorum(set).components());
        let safes = self
            .plan
            .safes()
            .iter()
            .flat_map(|safe| self.safe(&safe.id).components());
        let behind: Vec<Component> = sets.chain(safes).collect();
        let of_both: BTreeSet<Component> = behind.iter().copied().collect();
        // Who stands on both sides stays with their safe, where the larger gates are.
        let mut order: Vec<Component> = around.into_iter().filter(|person| !of_both.contains(person)).collect();
        order.extend(behind);
        order.extend(0..self.plan.people().len());
        order
    }
}
