//! The brute force: every subset of the people, every loss, tried on the plan itself.
//!
//! Rules of this file:
//! - it reads the plan's own types and nothing of `quorum/`; it knows no gate, no diagram and no path, only who is there;
//! - a set of people is a number of bits, the first person of the plan the lowest.

use std::collections::BTreeSet;
use strongroom::ident::PersonId;
use strongroom::plan::{Account, AccountKind, AnyOf, DeviceKind, Factor, Plan, Provider, Safe, Share, ShareSet};

/// Something that can be lost, as `safe:s0`.
pub type Thing = (&'static str, String);

/// What is there.
pub struct World<'p> {
    pub plan: &'p Plan,
    /// The people, as bits.
    pub people: u32,
    /// What is lost.
    pub lost: Vec<Thing>,
    /// The safes that are shut for good or for now, by their ids, besides those that are lost.
    pub shut: BTreeSet<String>,
}

impl<'p> World<'p> {
    pub fn whole(plan: &'p Plan) -> Self {
        Self::with(plan, u32::MAX)
    }

    pub fn with(plan: &'p Plan, people: u32) -> Self {
        Self {
            plan,
            people,
            lost: Vec::new(),
            shut: BTreeSet::new(),
        }
    }

    fn gone(&self, kind: &str, id: &str) -> bool {
        self.lost.iter().any(|(lost, name)| *lost == kind && name == id)
    }

    pub fn there(&self, person: &PersonId) -> bool {
        let at = self.plan.people().iter().position(|one| one.id == *person).unwrap();
        self.people >> at & 1 == 1 && !self.gone("person", person.as_str())
    }

    fn any_of(&self, of: &AnyOf) -> bool {
        of.of().filter(|person| self.there(person)).count() >= of.any()
    }

    fn one_of(&self, people: &[PersonId]) -> bool {
        people.iter().any(|person| self.there(person))
    }

    pub fn opens(&self, safe: &Safe) -> bool {
        !self.shut.contains(safe.id.as_str())
            && !self.gone("safe", safe.id.as_str())
            && !self.gone("building", safe.building.as_str())
            && !self.gone("region", safe.region.as_str())
            && self.any_of(&safe.controllers)
    }

    fn has_share(&self, share: &Share) -> bool {
        let locked =
            share.passphrase && (!self.there(&share.custodian) || self.gone("passphrase", share.custodian.as_str()));
        let paper = match &share.safe {
            Some(id) => self.opens(self.plan.safe(id).unwrap()),
            None => self.there(&share.custodian),
        };
        paper && !locked
    }

    fn has_set(&self, set: &ShareSet) -> bool {
        set.shares().iter().filter(|share| self.has_share(share)).count() >= usize::from(set.threshold().needed())
    }

    pub fn has_password(&self, account: &Account) -> bool {
        let sets = self.plan.sets().iter();
        account.keeps_root_credentials()
            && sets
                .filter(|set| set.purpose() == Factor::Password && set.opens(account))
                .any(|set| self.has_set(set))
    }

    /// Whether a code is had, or none is asked.
    pub fn has_code(&self, account: &Account) -> bool {
        account.mfa.iter().any(|device| match &device.kind {
            DeviceKind::Virtual { sets } => sets.iter().any(|set| self.has_set(self.plan.set(set).unwrap())),
            DeviceKind::Hardware { safe, .. } => self.opens(self.plan.safe(safe).unwrap()),
        })
    }

    pub fn resets_password(&self, account: &Account) -> bool {
        account.keeps_root_credentials() && self.one_of(&account.mailbox.value)
    }

    pub fn resets_code(&self, account: &Account) -> bool {
        self.one_of(&account.mailbox.value) && self.one_of(&account.phone.value)
    }

    /// Whether the account opens by its own factors: by quorum, mixed, by the provider.
    fn own(&self, account: &Account) -> [bool; 3] {
        let (password, reset) = (self.has_password(account), self.resets_password(account));
        if account.mfa.is_empty() {
            return [password, false, reset];
        }
        let (code, code_reset) = (self.has_code(account), self.resets_code(account));
        [
            password && code,
            reset && code || password && code_reset,
            reset && code_reset,
        ]
    }

    /// Whether these people sign in: by quorum, mixed, by the provider.
    pub fn signs_in(&self, account: &Account) -> [bool; 3] {
        let [quorum, mut mixed, mut provider] = self.own(account);
        if account.kind == AccountKind::Member {
            let root = account.provider == Provider::Aws && self.plan.root_access().is_some_and(|any| self.any_of(any));
            provider |= root && self.one_of(&account.mailbox.value);
            let is_above = |one: &&Account| {
                one.kind == AccountKind::Management && one.provider == account.provider && one.is_open()
            };
            for management in self.plan.accounts().iter().filter(is_above) {
                let [by_quorum, by_both, by_provider] = self.own(management);
                mixed |= by_quorum || by_both;
                provider |= by_provider;
            }
        }
        [quorum, mixed, provider]
    }

    /// Whether a quorum recovers the account, with a copy of the vault where the plan names any.
    pub fn recovers(&self, account: &Account) -> bool {
        let copies = self.plan.copies();
        let copy = copies
            .iter()
            .any(|copy| !self.gone("copy", copy.id.as_str()) && self.opens(self.plan.safe(&copy.safe).unwrap()));
        (copies.is_empty() || copy) && self.has_password(account) && (account.mfa.is_empty() || self.has_code(account))
    }
}

/// The minimal sets for which something holds, over all subsets of `count` people.
pub fn minimal(count: usize, holds: impl Fn(u32) -> bool) -> Vec<u32> {
    let table: Vec<bool> = (0..1_u32 << count).map(holds).collect();
    let is_minimal = |set: &u32| {
        table[*set as usize] && (0..count).all(|one| set >> one & 1 == 0 || !table[(set & !(1 << one)) as usize])
    };
    (0..1_u32 << count).filter(is_minimal).collect()
}

/// Everything that can be lost.
pub fn things(plan: &Plan) -> Vec<Thing> {
    let mut things: BTreeSet<Thing> = plan
        .people()
        .iter()
        .map(|person| ("person", person.id.to_string()))
        .collect();
    for safe in plan.safes() {
        things.insert(("safe", safe.id.to_string()));
        things.insert(("building", safe.building.to_string()));
        things.insert(("region", safe.region.to_string()));
    }
    things.extend(plan.copies().iter().map(|copy| ("copy", copy.id.to_string())));
    let locked = plan
        .sets()
        .iter()
        .flat_map(ShareSet::shares)
        .filter(|share| share.passphrase);
    things.extend(locked.map(|share| ("passphrase", share.custodian.to_string())));
    things.into_iter().collect()
}

/// Whether losing `less` loses strictly less than losing `more`, whatever else is there.
fn is_part(plan: &Plan, less: &Thing, more: &Thing) -> bool {
    let safe = |id: &str| plan.safes().iter().find(|safe| safe.id.as_str() == id).unwrap();
    let copy = |id: &str| {
        safe(
            plan.copies()
                .iter()
                .find(|copy| copy.id.as_str() == id)
                .unwrap()
                .safe
                .as_str(),
        )
    };
    let inside = |safe: &Safe| match more.0 {
        "building" => safe.building.as_str() == more.1,
        "region" => safe.region.as_str() == more.1,
        _ => false,
    };
    match (less.0, more.0) {
        ("passphrase", "person") => less.1 == more.1,
        ("copy", "safe") => copy(&less.1).id.as_str() == more.1,
        ("copy", _) => inside(copy(&less.1)),
        ("safe", _) => inside(safe(&less.1)),
        ("building", "region") => plan
            .safes()
            .iter()
            .any(|safe| safe.building.as_str() == less.1 && safe.region.as_str() == more.1),
        _ => false,
    }
}

/// The cuts of an account of at most `depth` losses: nothing can be left out of one, and nothing in it be replaced by less.
pub fn cuts(plan: &Plan, account: &Account, depth: usize) -> BTreeSet<Vec<Thing>> {
    let things = things(plan);
    let locks = |lost: &[Thing]| {
        let mut world = World::whole(plan);
        world.lost = lost.to_vec();
        !world.recovers(account)
    };
    let mut found: BTreeSet<Vec<Thing>> = BTreeSet::new();
    let mut layer: Vec<Vec<Thing>> = vec![Vec::new()];
    for _ in 0..=depth {
        let mut longer = Vec::new();
        for set in layer {
            if found.iter().any(|cut| cut.iter().all(|thing| set.contains(thing))) {
                continue;
            }
            if locks(&set) {
                found.insert(set);
                continue;
            }
            let next = set
                .last()
                .map_or(0, |last| things.iter().position(|thing| thing == last).unwrap() + 1);
            longer.extend(
                things[next..]
                    .iter()
                    .map(|thing| [set.as_slice(), std::slice::from_ref(thing)].concat()),
            );
        }
        layer = longer;
    }
    let all = found.clone();
    found.retain(|cut| {
        cut.iter().enumerate().all(|(at, thing)| {
            things.iter().filter(|less| is_part(plan, less, thing)).all(|less| {
                let mut set = cut.clone();
                set[at] = less.clone();
                !locks(&set)
            })
        })
    });
    assert!(all.is_empty() || !found.is_empty(), "something stands for each cut");
    found
}
