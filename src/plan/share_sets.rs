//! The share sets: which factor they open, of which accounts, and who holds their shares.
//!
//! Rules of this file:
//! - a set has exactly as many shares as its threshold says, in the order of their indices;
//! - an MFA set opens the devices that name it, so it names no accounts; the others name theirs;
//! - a share is in a safe or with its custodian; where the plan says so, a passphrase of the custodian stands upon it.

use super::{
    Factor,
    accounts::{Account, AccountKind},
    limits,
    reader::Node,
    source::{Place, Placed},
};
use crate::{
    ident::{AccountId, PersonId, RegionId, SafeId, SetName, ShareIndex},
    refusal::{Refusal, Rule},
    threshold::Threshold,
};
use std::collections::{BTreeMap, BTreeSet};

/// One share set. The number of its shares is its threshold's total.
#[derive(Clone, Debug)]
pub struct ShareSet {
    name: Placed<SetName>,
    purpose: Factor,
    region: Option<RegionId>,
    threshold: Placed<Threshold>,
    covers: Covers,
    shares: Vec<Share>,
}

/// Which accounts a set of purpose `password` or `contact` opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Covers {
    /// Those whose device names the set: the only way for a set of purpose `mfa`.
    Devices,
    /// All members.
    Members,
    /// The management accounts.
    Management,
    /// Every account.
    All,
    /// Those listed.
    Listed(BTreeSet<AccountId>),
}

/// One share, as planned.
#[derive(Clone, Debug)]
pub struct Share {
    /// The custodian who is entitled to it.
    pub custodian: PersonId,
    /// The safe in which it lies; without one its custodian holds it in person.
    pub safe: Option<SafeId>,
    /// Whether a passphrase of its custodian stands upon it.
    pub passphrase: bool,
    /// Where the plan says so.
    pub at: Place,
}

impl ShareSet {
    /// The name.
    pub fn name(&self) -> &SetName {
        &self.name.value
    }

    /// The factor that the set opens.
    pub fn purpose(&self) -> Factor {
        self.purpose
    }

    /// The region that the set serves, if it is regional.
    pub fn region(&self) -> Option<&RegionId> {
        self.region.as_ref()
    }

    /// How many shares there are, and how many are needed.
    pub fn threshold(&self) -> Threshold {
        self.threshold.value
    }

    /// Where the plan says the threshold.
    pub fn threshold_at(&self) -> Place {
        self.threshold.place
    }

    /// The accounts that the set names.
    pub fn covers(&self) -> &Covers {
        &self.covers
    }

    /// The shares, in the order of their indices: as many as the threshold's total.
    pub fn shares(&self) -> &[Share] {
        &self.shares
    }

    /// The shares with their indices, from 1.
    pub fn indexed_shares(&self) -> impl Iterator<Item = (ShareIndex, &Share)> {
        std::iter::successors(Some(ShareIndex::FIRST), |index| index.next()).zip(&self.shares)
    }

    /// Whether a passphrase stands upon any of its shares.
    pub fn has_locked_shares(&self) -> bool {
        self.shares.iter().any(|share| share.passphrase)
    }

    /// Where the plan names the set.
    pub fn at(&self) -> Place {
        self.name.place
    }

    /// Whether the set opens its factor of this account.
    pub fn opens(&self, account: &Account) -> bool {
        match &self.covers {
            Covers::Devices => account
                .virtual_devices()
                .any(|device| device.sets().iter().any(|set| set == self.name())),
            Covers::Members => account.kind == AccountKind::Member,
            Covers::Management => account.kind == AccountKind::Management,
            Covers::All => true,
            Covers::Listed(ids) => ids.contains(&account.id),
        }
    }

    pub(super) fn read(
        node: &Node<'_>,
        people: &BTreeMap<PersonId, usize>,
        safes: &BTreeMap<SafeId, usize>,
        regions: &BTreeMap<RegionId, usize>,
        listed: &mut Vec<Placed<AccountId>>,
    ) -> Result<Self, Refusal> {
        let table = node.table(
            "a share set",
            &["name", "purpose", "region", "threshold", "accounts", "shares"],
        )?;
        let purpose = table
            .required("purpose")?
            .one_of(&Factor::ALL.map(|factor| (factor.as_str(), factor)))?;
        let covers = if purpose == Factor::Mfa {
            table.absent(
                "accounts",
                "a set of purpose `mfa` opens the devices that name it in their `sets`",
            )?;
            Covers::Devices
        } else {
            Covers::read(&table.required("accounts")?, listed)?
        };
        let threshold = table.required("threshold")?.placed::<Threshold>()?;
        let node = table.required("shares")?;
        let shares = node
            .list(limits::SHARES)?
            .iter()
            .map(|node| Share::read(node, people, safes))
            .collect::<Result<Vec<_>, _>>()?;
        if shares.len() != usize::from(threshold.total()) {
            let sentence = format!(
                "{} shares are listed, the threshold {} has {}",
                shares.len(),
                threshold.value,
                threshold.total()
            );
            return Err(node.refuse(Rule::PlanValue, &sentence));
        }
        Ok(Self {
            name: table.required("name")?.placed()?,
            purpose,
            region: table
                .optional("region")
                .map(|node| node.reference("region", regions))
                .transpose()?
                .map(|region| region.value),
            threshold,
            covers,
            shares,
        })
    }
}

impl Covers {
    /// Listed ids are also put into `listed`: accounts are read after sets, and the ids are looked up then.
    fn read(node: &Node<'_>, listed: &mut Vec<Placed<AccountId>>) -> Result<Self, Refusal> {
        if node.text().is_ok() {
            return node
                .one_of(&[("members", 0), ("management", 1), ("all", 2)])
                .map(|choice| [Self::Members, Self::Management, Self::All][choice].clone());
        }
        let mut ids = BTreeSet::new();
        for node in node.list(limits::ACCOUNTS)? {
            let id = node.placed::<AccountId>()?;
            if !ids.insert(id.value.clone()) {
                return Err(node.refuse(
                    Rule::PlanDuplicate,
                    &format!("account `{}` stands in this list twice", id.value),
                ));
            }
            listed.push(id);
        }
        if ids.is_empty() {
            return Err(node.refuse(Rule::PlanValue, "`accounts` lists at least one account"));
        }
        Ok(Self::Listed(ids))
    }
}

impl Share {
    fn read(
        node: &Node<'_>,
        people: &BTreeMap<PersonId, usize>,
        safes: &BTreeMap<SafeId, usize>,
    ) -> Result<Self, Refusal> {
        let table = node.table("a share", &["custodian", "safe", "passphrase"])?;
        let custodian = table.required("custodian")?.reference("person", people)?;
        let safe = table
            .optional("safe")
            .map(|node| node.reference("safe", safes))
            .transpose()?;
        let passphrase = table.optional("passphrase").map(|node| node.flag()).transpose()?;
        Ok(Self {
            at: custodian.place,
            custodian: custodian.value,
            safe: safe.map(|safe| safe.value),
            passphrase: passphrase.unwrap_or(false),
        })
    }
}
