//! The room of a ceremony: who has which role, what is in it, whether dice are thrown.
//!
//! Rules of this file:
//! - a role that the plan leaves out is given at the ceremony; a person has one role;
//! - dice are mixed into the system's randomness, never put in its place.

use super::{
    limits,
    reader::Node,
    source::{Place, refuse_at},
    text::FreeText,
};
use crate::{ident::PersonId, refusal::Refusal, refusal::Rule};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a person is in the room for. Custodians come on top, one at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Leads: reads each step aloud, sends people behind the line.
    Administrator,
    /// Types.
    Operator,
    /// Writes on the printed script.
    Scribe,
    /// Watches, and says so.
    Witness,
}

impl Role {
    /// All of them, in the order in which they are asked for.
    pub const ALL: [Self; 4] = [Self::Administrator, Self::Operator, Self::Scribe, Self::Witness];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Operator => "operator",
            Self::Scribe => "scribe",
            Self::Witness => "witness",
        }
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

impl std::str::FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or_else(|| {
            let known: Vec<&str> = Self::ALL.into_iter().map(Self::as_str).collect();
            format!("a role is one of {}", known.join(", "))
        })
    }
}

/// What the plan says of the room.
#[derive(Clone, Debug, Default)]
pub struct RoomPlan {
    /// Who has which role, where the plan says so.
    pub roles: BTreeMap<Role, PersonId>,
    /// What is brought into the room, and must be there at the end.
    pub items: Vec<FreeText>,
    /// How often a die with six faces is thrown before a secret is drawn; 0: never.
    pub dice: u16,
}

impl RoomPlan {
    pub(super) fn read(node: &Node<'_>, people: &BTreeMap<PersonId, usize>) -> Result<Self, Refusal> {
        let words = Role::ALL.map(Role::as_str);
        let table = node.table("`room`", &[&words[..], &["items", "dice"]].concat())?;
        let mut room = Self::default();
        let mut first: BTreeMap<PersonId, (Role, Place)> = BTreeMap::new();
        for role in Role::ALL {
            let Some(named) = table.optional(role.as_str()) else {
                continue;
            };
            let person = named.reference("person", people)?;
            if let Some((other, place)) = first.insert(person.value.clone(), (role, person.place)) {
                let sentence = format!(
                    "`{}` is {role} and, at {place}, {other}: a person has one role in the room",
                    person.value
                );
                return Err(refuse_at(Rule::PlanValue, person.place, &sentence));
            }
            room.roles.insert(role, person.value);
        }
        if let Some(items) = table.optional("items") {
            let items = items.list(limits::NAMES_IN_A_LIST)?;
            room.items = items.iter().map(Node::parse).collect::<Result<_, _>>()?;
        }
        if let Some(dice) = table.optional("dice") {
            room.dice = dice.number(DICE_FEWEST..DICE_MOST + 1)?;
        }
        Ok(room)
    }
}

/// The fewest throws worth asking for: 50 of a die with six faces hold some 128 bits.
const DICE_FEWEST: u16 = 50;
/// The most that people can be asked for.
const DICE_MOST: u16 = 1000;
