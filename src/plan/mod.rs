//! The plan: the organisation as written by a human, read whole or refused.
//!
//! | file | what is done there |
//! |---|---|
//! | `limits` | how much a plan may hold |
//! | `source`, `reader`, `text` | where something stands; TOML with the place of every value; text that can be shown |
//! | `people` `safes` `share_sets` `accounts` `policy` `room` `factor` `fonts` | the types |
//! | [`find`] | by id or name, or the nearest |
//! | [`rules`] | what the plan must keep |
//! | [`organizations`], `merge` | the provider's own account list, and how it is written into a plan |
//! | [`tasks`] | what root is for |
//! | [`starter`] | plans to begin with |
//!
//! Rules of this folder:
//! - text in, types or a refusal out: no files, no clock, no terminal; the day of judgement is an argument;
//! - a [`Plan`] that exists is consistent: what it names it defines, and ids are used once. Whether it is *good* is for [`rules`];
//! - nothing of a plan is secret, and no key of it could hold a secret.

mod accounts;
mod defences;
mod factor;
pub mod find;
mod fonts;
pub mod limits;
mod merge;
pub mod organizations;
mod people;
mod policy;
mod reader;
mod room;
pub mod rules;
mod safes;
mod share_sets;
mod source;
pub mod starter;
pub mod tasks;
mod text;

#[cfg(test)]
mod tests;

pub use accounts::{Account, AccountKind, Device, DeviceKind, Provider, RootCredentials};
pub use defences::{Defence, DefenceError};
pub use factor::{Factor, FactorError};
pub use fonts::{FontPath, FontPathError};
pub use people::{AnyOf, Person};
pub use policy::{Acceptance, Days, DaysError, Loss, LossError, Lost, Policy};
pub use room::{Role, RoomPlan};
pub use rules::judge;
pub use safes::{Hours, HoursError, Opening, Safe, VaultCopy};
pub use share_sets::{Covers, Share, ShareSet};
pub use source::{PLAN_FILE, Place, Placed};
pub use text::{Email, EmailError, FreeText, TextError, nearest, quoted};

use crate::{
    ident::{AccountId, BuildingId, CopyId, DeviceName, PersonId, RegionId, SafeId, SetName},
    refusal::{Refusal, Rule},
};
use accounts::Defined;
use reader::{AsName, Node, Table, define, undefined};
use rules::About;
use source::{Source, refuse_at};
use std::collections::BTreeMap;

/// The schema that this version reads.
pub const SCHEMA: &str = "strongroom/plan/1";

/// The paper that pages are made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PaperSize {
    /// 210 by 297 mm.
    A4,
    /// 8½ by 11 inches.
    Letter,
}

impl PaperSize {
    /// The word for it in the plan.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::A4 => "A4",
            Self::Letter => "Letter",
        }
    }
}

/// A plan. It exists only whole: every name in it is defined, every id is used once.
#[derive(Clone, Debug)]
pub struct Plan {
    organisation: FreeText,
    paper: PaperSize,
    fonts: Vec<FontPath>,
    security: Option<FreeText>,
    policy: Policy,
    people: Vec<Person>,
    safes: Vec<Safe>,
    sets: Vec<ShareSet>,
    accounts: Vec<Account>,
    root_access: Option<AnyOf>,
    copies: Vec<VaultCopy>,
    acceptances: Vec<Acceptance>,
    room: RoomPlan,
    index: Index,
}

/// Where the thing of each id stands in its list.
#[derive(Clone, Debug, Default)]
struct Index {
    people: BTreeMap<PersonId, usize>,
    safes: BTreeMap<SafeId, usize>,
    regions: BTreeMap<RegionId, usize>,
    buildings: BTreeMap<BuildingId, usize>,
    sets: BTreeMap<SetName, usize>,
    accounts: BTreeMap<AccountId, usize>,
    copies: BTreeMap<CopyId, usize>,
}

impl Plan {
    /// Reads a plan, or says at which line and column it is not one.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let (source, document) = Source::parse(text)?;
        let known = [
            "schema",
            "organisation",
            "paper",
            "fonts",
            "security",
            "policy",
            "person",
            "safe",
            "share_set",
            "account",
            "provider",
            "copy",
            "accept",
            "room",
        ];
        Self::read(&Table::document(&source, &document, &known)?)
    }

    /// The organisation's name.
    pub fn organisation(&self) -> &FreeText {
        &self.organisation
    }

    /// The paper that its pages are made for.
    pub fn paper(&self) -> PaperSize {
        self.paper
    }

    /// The font files for scripts that the program's own faces lack, the first that has a letter before the others.
    pub fn fonts(&self) -> &[FontPath] {
        &self.fonts
    }

    /// The number of security on call, which cards, notices and runbooks print.
    pub fn security(&self) -> Option<&FreeText> {
        self.security.as_ref()
    }

    /// What the arrangement is measured against.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The people, in the order of the plan.
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// The safes, in the order of the plan.
    pub fn safes(&self) -> &[Safe] {
        &self.safes
    }

    /// The share sets, in the order of the plan.
    pub fn sets(&self) -> &[ShareSet] {
        &self.sets
    }

    /// The accounts, in the order of the plan, closed ones among them.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// Who may use AWS's centralised root access, if the plan says so: a way around every member's quorum.
    pub fn root_access(&self) -> Option<&AnyOf> {
        self.root_access.as_ref()
    }

    /// Where copies of the vault lie.
    pub fn copies(&self) -> &[VaultCopy] {
        &self.copies
    }

    /// The findings that are lived with.
    pub fn acceptances(&self) -> &[Acceptance] {
        &self.acceptances
    }

    /// What it says of the room of a ceremony.
    pub fn room(&self) -> &RoomPlan {
        &self.room
    }

    /// The person of this id.
    pub fn person(&self, id: &PersonId) -> Option<&Person> {
        self.index.people.get(id).and_then(|at| self.people.get(*at))
    }

    /// The safe of this id.
    pub fn safe(&self, id: &SafeId) -> Option<&Safe> {
        self.index.safes.get(id).and_then(|at| self.safes.get(*at))
    }

    /// The share set of this name.
    pub fn set(&self, name: &SetName) -> Option<&ShareSet> {
        self.index.sets.get(name).and_then(|at| self.sets.get(*at))
    }

    /// The account of this id.
    pub fn account(&self, id: &AccountId) -> Option<&Account> {
        self.index.accounts.get(id).and_then(|at| self.accounts.get(*at))
    }

    /// The copy of the vault of this id.
    pub fn copy(&self, id: &CopyId) -> Option<&VaultCopy> {
        self.index.copies.get(id).and_then(|at| self.copies.get(*at))
    }

    /// The share sets that open a factor of an account, in the order of the plan. For `mfa`: those of the device, or of all its
    /// virtual devices if none is named; the device makes no difference to the other factors.
    pub fn sets_for(&self, account: &Account, factor: Factor, device: Option<&DeviceName>) -> Vec<&ShareSet> {
        let mut at: Vec<usize> = match factor {
            Factor::Mfa => {
                let devices = account
                    .virtual_devices()
                    .filter(|one| device.is_none_or(|name| one.name == *name));
                devices
                    .flat_map(Device::sets)
                    .filter_map(|name| self.index.sets.get(name).copied())
                    .collect()
            }
            Factor::Password | Factor::Contact => {
                let opens = |(_, set): &(usize, &ShareSet)| set.purpose() == factor && set.opens(account);
                self.sets.iter().enumerate().filter(opens).map(|(at, _)| at).collect()
            }
        };
        at.sort_unstable();
        at.dedup();
        at.into_iter().filter_map(|at| self.sets.get(at)).collect()
    }

    /// The accounts of which a share set opens its factor, in the order of the plan. Closed accounts are among them, and those
    /// without root credentials: a record that was locked once can still be opened.
    pub fn reach_of(&self, name: &SetName) -> Vec<&Account> {
        let Some(set) = self.set(name) else { return Vec::new() };
        self.accounts.iter().filter(|account| set.opens(account)).collect()
    }

    fn read(table: &Table<'_>) -> Result<Self, Refusal> {
        schema(&table.required("schema")?)?;
        let mut index = Index::default();
        let people = list(table, "person", limits::PEOPLE, Person::read)?;
        for (at, person) in people.iter().enumerate() {
            define(
                &mut index.people,
                "person",
                &placed(&person.id, person.at),
                at,
                |first| people[first].at,
            )?;
        }
        let safes = list(table, "safe", limits::SAFES, |node| Safe::read(node, &index.people))?;
        for (at, safe) in safes.iter().enumerate() {
            define(&mut index.safes, "safe", &placed(&safe.id, safe.at), at, |first| {
                safes[first].at
            })?;
            index.regions.entry(safe.region.clone()).or_insert(at);
            index.buildings.entry(safe.building.clone()).or_insert(at);
        }
        one_region_for_a_building(&safes)?;
        let mut listed = Vec::new();
        let sets = list(table, "share_set", limits::SHARE_SETS, |node| {
            ShareSet::read(node, &index.people, &index.safes, &index.regions, &mut listed)
        })?;
        for (at, set) in sets.iter().enumerate() {
            define(
                &mut index.sets,
                "share set",
                &placed(set.name(), set.at()),
                at,
                |first| sets[first].at(),
            )?;
        }
        let defined = Defined {
            people: &index.people,
            safes: &index.safes,
            set_names: &index.sets,
            sets: &sets,
        };
        let accounts = list(table, "account", limits::ACCOUNTS, |node| Account::read(node, &defined))?;
        for (at, account) in accounts.iter().enumerate() {
            define(
                &mut index.accounts,
                "account",
                &placed(&account.id, account.at),
                at,
                |first| accounts[first].at,
            )?;
        }
        listed.extend(safes.iter().flat_map(|safe| &safe.needs).cloned());
        listed.extend(accounts.iter().flat_map(|account| &account.needs).cloned());
        if let Some(id) = listed.iter().find(|id| !index.accounts.contains_key(&id.value)) {
            return Err(undefined(id.place, "account", id.as_str(), &index.accounts));
        }
        let copies = list(table, "copy", limits::COPIES, |node| {
            VaultCopy::read(node, &index.safes)
        })?;
        for (at, copy) in copies.iter().enumerate() {
            define(&mut index.copies, "copy", &placed(&copy.id, copy.at), at, |first| {
                copies[first].at
            })?;
        }
        Ok(Self {
            organisation: table.required("organisation")?.parse()?,
            paper: match table.optional("paper") {
                Some(node) => node.one_of(&[PaperSize::A4, PaperSize::Letter].map(|size| (size.as_str(), size)))?,
                None => PaperSize::A4,
            },
            fonts: fonts(table)?,
            security: table.optional("security").map(|node| node.parse()).transpose()?,
            policy: Policy::read(&table.required("policy")?)?,
            root_access: root_access(table, &index.people)?,
            acceptances: acceptances(table, &index)?,
            room: match table.optional("room") {
                Some(node) => RoomPlan::read(&node, &index.people)?,
                None => RoomPlan::default(),
            },
            people,
            safes,
            sets,
            accounts,
            copies,
            index,
        })
    }
}

fn list<'a, T>(
    table: &Table<'a>,
    key: &'a str,
    allowed: usize,
    read: impl FnMut(&Node<'a>) -> Result<T, Refusal>,
) -> Result<Vec<T>, Refusal> {
    table.tables(key, allowed)?.iter().map(read).collect()
}

fn placed<K: Clone>(id: &K, place: Place) -> Placed<K> {
    Placed {
        value: id.clone(),
        place,
    }
}

fn schema(node: &Node<'_>) -> Result<(), Refusal> {
    let found = node.text()?;
    if found == SCHEMA {
        return Ok(());
    }
    let (family, known) = SCHEMA.rsplit_once('/').unwrap_or_default();
    let newer = found
        .strip_prefix(family)
        .and_then(|rest| rest.strip_prefix('/'))
        .and_then(|number| number.parse::<u32>().ok())
        .is_some_and(|number| known.parse().is_ok_and(|known: u32| number > known));
    let sentence = format!("the schema is {}, this version reads `{SCHEMA}`", quoted(found));
    Err(node
        .refuse(if newer { Rule::PlanNotYet } else { Rule::PlanValue }, &sentence)
        .hint(format!("schema = \"{SCHEMA}\"")))
}

/// A building is known by its safes alone, so they must agree on where it is.
fn one_region_for_a_building(safes: &[Safe]) -> Result<(), Refusal> {
    let mut first: BTreeMap<&BuildingId, &Safe> = BTreeMap::new();
    for safe in safes {
        let other = first.entry(&safe.building).or_insert(safe);
        if other.region != safe.region {
            let sentence = format!(
                "safe `{}` puts building `{}` in region `{}`, safe `{}` at {} in region `{}`",
                safe.id, safe.building, safe.region, other.id, other.at, other.region
            );
            return Err(refuse_at(Rule::PlanValue, safe.at, &sentence));
        }
    }
    Ok(())
}

fn fonts(table: &Table<'_>) -> Result<Vec<FontPath>, Refusal> {
    let Some(node) = table.optional("fonts") else {
        return Ok(Vec::new());
    };
    node.list(limits::FONTS)?.iter().map(Node::parse).collect()
}

fn root_access(table: &Table<'_>, people: &BTreeMap<PersonId, usize>) -> Result<Option<AnyOf>, Refusal> {
    let Some(provider) = table.optional("provider") else {
        return Ok(None);
    };
    let Some(aws) = provider.table("`provider`", &["aws"])?.optional("aws") else {
        return Ok(None);
    };
    let Some(access) = aws.table("`provider.aws`", &["root_access"])?.optional("root_access") else {
        return Ok(None);
    };
    AnyOf::read(&access, "`root_access`", people).map(Some)
}

fn acceptances(table: &Table<'_>, index: &Index) -> Result<Vec<Acceptance>, Refusal> {
    let mut first: BTreeMap<(rules::PlanRule, About), Place> = BTreeMap::new();
    let mut acceptances = Vec::new();
    for node in table.tables("accept", limits::ACCEPTANCES)? {
        let (acceptance, about_at) = Acceptance::read(&node)?;
        match &acceptance.about {
            About::Person(id) => must_be_defined(id, "person", about_at, &index.people)?,
            About::Safe(id) => must_be_defined(id, "safe", about_at, &index.safes)?,
            About::Building(id) => must_be_defined(id, "building", about_at, &index.buildings)?,
            About::Region(id) => must_be_defined(id, "region", about_at, &index.regions)?,
            About::Set(id) => must_be_defined(id, "share set", about_at, &index.sets)?,
            About::Account(id) => must_be_defined(id, "account", about_at, &index.accounts)?,
            About::Copy(id) => must_be_defined(id, "copy", about_at, &index.copies)?,
            About::Provider(_) | About::Policy => {}
        }
        if let Some(place) = first.insert((acceptance.rule, acceptance.about.clone()), acceptance.at) {
            let sentence = format!(
                "{} about {} is accepted a second time, first at {place}",
                acceptance.rule, acceptance.about
            );
            return Err(refuse_at(Rule::PlanDuplicate, acceptance.at, &sentence));
        }
        acceptances.push(acceptance);
    }
    Ok(acceptances)
}

fn must_be_defined<K: Ord + AsName>(
    id: &K,
    what: &str,
    at: Place,
    defined: &BTreeMap<K, usize>,
) -> Result<(), Refusal> {
    if defined.contains_key(id) {
        Ok(())
    } else {
        Err(undefined(at, what, id.as_name(), defined))
    }
}
