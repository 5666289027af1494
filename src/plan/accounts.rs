//! The accounts: who they belong to, who is behind their mailbox and phone, and what asks for a code at sign-in.
//!
//! Rules of this file:
//! - an AWS account's id is 12 digits, and it has an e-mail address;
//! - a virtual device names the share sets that open its seed; a hardware device names the safe in which it lies;
//! - an account keeps its root credentials unless the plan says since when it has none.

use super::{
    Factor, limits,
    reader::{Node, Table, needs},
    share_sets::ShareSet,
    source::{Place, Placed, refuse_at},
    text::{Email, FreeText},
};
use crate::{
    ident::{AccountId, DeviceName, PersonId, SafeId, SetName},
    refusal::{Refusal, Rule},
};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// One account.
#[derive(Clone, Debug)]
pub struct Account {
    /// The provider's number for it, or a name where there is none.
    pub id: AccountId,
    /// The name as people know it.
    pub name: FreeText,
    /// Member or management.
    pub kind: AccountKind,
    /// Whose account it is.
    pub provider: Provider,
    /// The address that the root user signs in with. Every AWS account has one.
    pub email: Option<Placed<Email>>,
    /// Who reads that mailbox: a way around the quorum, so it is counted.
    pub mailbox: Placed<Vec<PersonId>>,
    /// Who has the phone.
    pub phone: Placed<Vec<PersonId>>,
    /// Whether there is a password at all.
    pub root_credentials: RootCredentials,
    /// What asks for a code.
    pub mfa: Vec<Device>,
    /// Closed at the provider; kept for the record, judged no more.
    pub closed: bool,
    /// Where it stands in its organisation, as the provider says.
    pub paths: Vec<FreeText>,
    /// The provider's tags.
    pub tags: BTreeMap<FreeText, FreeText>,
    /// The accounts without which its mailbox or its phone is not reached.
    pub needs: Vec<Placed<AccountId>>,
    /// Where the plan says so.
    pub at: Place,
}

/// What an account is to the others of its organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AccountKind {
    /// One of many.
    Member,
    /// The one that rules the members.
    Management,
}

impl AccountKind {
    /// The word for it in the plan.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Management => "management",
        }
    }
}

/// Whose account it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Provider {
    /// Amazon Web Services.
    Aws,
    /// Any other root.
    Other,
}

impl Provider {
    /// The word for it in the plan.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Other => "other",
        }
    }
}

/// Whether an account has root credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RootCredentials {
    /// It has.
    Kept,
    /// It has none; its provider's centralised root access stands in for them.
    None {
        /// Since when.
        since: Option<Date>,
        /// Why.
        reason: Option<FreeText>,
        /// When the decision is looked at again.
        review_by: Option<Date>,
        /// Where the plan says so.
        at: Place,
    },
}

/// One MFA device.
#[derive(Clone, Debug)]
pub struct Device {
    /// The name, unique in its account.
    pub name: DeviceName,
    /// What it is, and what opens it.
    pub kind: DeviceKind,
    /// Where the plan says so.
    pub at: Place,
}

/// What an MFA device is, and what opens it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceKind {
    /// A seed: whoever opens one of the share sets has it.
    Virtual {
        /// The share sets, all of purpose `mfa`, at least one.
        sets: Vec<SetName>,
    },
    /// A thing: whoever opens the safe has it.
    Hardware {
        /// The safe.
        safe: SafeId,
        /// When its battery is empty, if it has one.
        battery_expires: Option<Date>,
    },
}

impl Account {
    /// Whether the account is still in use at its provider.
    pub fn is_open(&self) -> bool {
        !self.closed
    }

    /// Whether there is a password to keep. Closed or not.
    pub fn keeps_root_credentials(&self) -> bool {
        self.root_credentials == RootCredentials::Kept
    }

    /// Whether the account must be opened by quorums: open, and with root credentials.
    pub fn is_judged(&self) -> bool {
        self.is_open() && self.keeps_root_credentials()
    }

    /// Whether it rules the others.
    pub fn is_management(&self) -> bool {
        self.kind == AccountKind::Management
    }

    /// The devices whose seed share sets keep.
    pub fn virtual_devices(&self) -> impl Iterator<Item = &Device> {
        self.mfa
            .iter()
            .filter(|device| matches!(device.kind, DeviceKind::Virtual { .. }))
    }

    /// The device of this name.
    pub fn device(&self, name: &DeviceName) -> Option<&Device> {
        self.mfa.iter().find(|device| device.name == *name)
    }
}

impl Device {
    /// The share sets that open a virtual device; none for hardware.
    pub fn sets(&self) -> &[SetName] {
        match &self.kind {
            DeviceKind::Virtual { sets } => sets,
            DeviceKind::Hardware { .. } => &[],
        }
    }

    /// The safe in which a hardware device lies; none for a virtual one.
    pub fn safe(&self) -> Option<&SafeId> {
        match &self.kind {
            DeviceKind::Virtual { .. } => None,
            DeviceKind::Hardware { safe, .. } => Some(safe),
        }
    }
}

/// What accounts name and others define.
pub(super) struct Defined<'p> {
    pub(super) people: &'p BTreeMap<PersonId, usize>,
    pub(super) safes: &'p BTreeMap<SafeId, usize>,
    pub(super) set_names: &'p BTreeMap<SetName, usize>,
    pub(super) sets: &'p [ShareSet],
}

const KEYS: [&str; 16] = [
    "id",
    "name",
    "kind",
    "provider",
    "email",
    "mailbox",
    "phone",
    "root_credentials",
    "since",
    "reason",
    "review_by",
    "mfa",
    "closed",
    "paths",
    "tags",
    "needs",
];

impl Account {
    pub(super) fn read(node: &Node<'_>, defined: &Defined<'_>) -> Result<Self, Refusal> {
        let table = node.table("an account", &KEYS)?;
        let provider = match table.optional("provider") {
            Some(node) => node.one_of(&[("aws", Provider::Aws), ("other", Provider::Other)])?,
            None => Provider::Aws,
        };
        let id = id(&table.required("id")?, provider)?;
        let email = match provider {
            Provider::Aws => Some(table.required("email")?),
            Provider::Other => table.optional("email"),
        };
        let readers = |key| match table.optional(key) {
            None => Ok::<_, Refusal>(Placed {
                value: Vec::new(),
                place: id.place,
            }),
            Some(node) => {
                let people = node.references("person", defined.people)?;
                Ok(Placed {
                    value: people.into_iter().map(|person| person.value).collect(),
                    place: node.place(),
                })
            }
        };
        Ok(Self {
            name: table.required("name")?.parse()?,
            kind: table
                .required("kind")?
                .one_of(&[("member", AccountKind::Member), ("management", AccountKind::Management)])?,
            provider,
            email: email.map(|node| node.placed()).transpose()?,
            mailbox: readers("mailbox")?,
            phone: readers("phone")?,
            root_credentials: RootCredentials::read(&table)?,
            mfa: devices(&table, defined)?,
            closed: table
                .optional("closed")
                .map(|node| node.flag())
                .transpose()?
                .unwrap_or(false),
            paths: table
                .tables("paths", limits::NAMES_IN_A_LIST)?
                .iter()
                .map(Node::long_text)
                .collect::<Result<_, _>>()?,
            tags: tags(&table)?,
            needs: needs(&table)?,
            at: id.place,
            id: id.value,
        })
    }
}

fn id(node: &Node<'_>, provider: Provider) -> Result<Placed<AccountId>, Refusal> {
    let id = node.placed::<AccountId>()?;
    let digits = id.as_str().bytes().all(|b| b.is_ascii_digit());
    if provider == Provider::Aws && !(digits && id.as_str().len() == 12) {
        let sentence = format!("an AWS account has 12 digits, `{}` is not that", id.value);
        return Err(node
            .refuse(Rule::PlanValue, &sentence)
            .hint("for another provider's root: provider = \"other\""));
    }
    Ok(id)
}

impl RootCredentials {
    fn read(table: &Table<'_>) -> Result<Self, Refusal> {
        let none = match table.optional("root_credentials") {
            Some(node) if node.one_of(&[("kept", false), ("none", true)])? => Some(node.place()),
            _ => None,
        };
        let Some(at) = none else {
            for key in ["since", "reason", "review_by"] {
                table.absent(key, "it stands beside root_credentials = \"none\"")?;
            }
            return Ok(Self::Kept);
        };
        Ok(Self::None {
            since: table.optional("since").map(|node| node.date()).transpose()?,
            reason: table.optional("reason").map(|node| node.parse()).transpose()?,
            review_by: table.optional("review_by").map(|node| node.date()).transpose()?,
            at,
        })
    }
}

fn devices(table: &Table<'_>, defined: &Defined<'_>) -> Result<Vec<Device>, Refusal> {
    let mut devices: Vec<Device> = Vec::new();
    for node in table.tables("mfa", limits::DEVICES)? {
        let device = Device::read(&node, defined)?;
        if let Some(first) = devices.iter().find(|other| other.name == device.name) {
            let sentence = format!(
                "device `{}` is defined a second time, first at {}",
                device.name, first.at
            );
            return Err(node.refuse(Rule::PlanDuplicate, &sentence));
        }
        devices.push(device);
    }
    Ok(devices)
}

impl Device {
    fn read(node: &Node<'_>, defined: &Defined<'_>) -> Result<Self, Refusal> {
        let table = node.table("an MFA device", &["device", "kind", "sets", "safe", "battery_expires"])?;
        let name = table.required("device")?.placed::<DeviceName>()?;
        let kind = if table
            .required("kind")?
            .one_of(&[("virtual", false), ("hardware", true)])?
        {
            table.absent("sets", "a hardware device lies in a safe, and no share set opens it")?;
            DeviceKind::Hardware {
                safe: table.required("safe")?.reference("safe", defined.safes)?.value,
                battery_expires: table.optional("battery_expires").map(|node| node.date()).transpose()?,
            }
        } else {
            for key in ["safe", "battery_expires"] {
                table.absent(key, "a virtual device is a seed, and share sets keep it")?;
            }
            let node = table.required("sets")?;
            let sets = node.references("share set", defined.set_names)?;
            if sets.is_empty() {
                return Err(node.refuse(
                    Rule::PlanValue,
                    "a virtual device names at least one share set of purpose `mfa`",
                ));
            }
            for set in &sets {
                of_purpose_mfa(set, defined)?;
            }
            DeviceKind::Virtual {
                sets: sets.into_iter().map(|set| set.value).collect(),
            }
        };
        Ok(Self {
            at: name.place,
            name: name.value,
            kind,
        })
    }
}

fn of_purpose_mfa(name: &Placed<SetName>, defined: &Defined<'_>) -> Result<(), Refusal> {
    let set = defined.set_names.get(&name.value).and_then(|at| defined.sets.get(*at));
    match set {
        Some(set) if set.purpose() != Factor::Mfa => {
            let sentence = format!(
                "share set `{}` is of purpose `{}`, an MFA device needs one of purpose `mfa`",
                name.value,
                set.purpose()
            );
            let others: Vec<&str> = defined
                .sets
                .iter()
                .filter(|set| set.purpose() == Factor::Mfa)
                .map(|set| set.name().as_str())
                .collect();
            let refusal = refuse_at(Rule::PlanReference, name.place, &sentence);
            Err(if others.is_empty() {
                refusal
            } else {
                refusal.hint(format!("sets of purpose mfa: {}", others.join(", ")))
            })
        }
        _ => Ok(()),
    }
}

fn tags(table: &Table<'_>) -> Result<BTreeMap<FreeText, FreeText>, Refusal> {
    let Some(node) = table.optional("tags") else {
        return Ok(BTreeMap::new());
    };
    let mut tags = BTreeMap::new();
    for (key, value) in node.free_table("`tags`")?.entries() {
        let key = FreeText::with_at_most(key, limits::LONG_TEXT_CHARACTERS)
            .map_err(|error| value.refuse(Rule::PlanValue, &format!("the name of this tag: {error}")))?;
        tags.insert(key, value.long_text()?);
    }
    if tags.len() > limits::TAGS {
        return Err(node.refuse(
            Rule::PlanTooLarge,
            &format!("`tags` has {} entries, at most {} are read", tags.len(), limits::TAGS),
        ));
    }
    Ok(tags)
}
