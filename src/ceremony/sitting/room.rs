//! Who may sit in which role.
//!
//! Rules of this file (`roles-not-separated`, `too-few-people`):
//! - a person has one role: nobody administers and witnesses;
//! - the operator holds no share of the sets that are dealt: a custodian sees no page but their own;
//! - operators of password and MFA sets are different people, over the whole ledger;
//! - in production every role has a person; a rehearsal goes on with an administrator, an operator and a witness.

use crate::ident::{Mode, PersonId};
use crate::plan::{Factor, Plan, Role, ShareSet};
use crate::refusal::{Refusal, Rule};
use crate::vault::event::InRole;
use crate::vault::register::RoomState;
use std::collections::BTreeSet;

/// The roles of a sitting, judged. There is no other way to have them.
#[derive(Clone, Debug)]
pub struct Roles(Vec<InRole>);

impl Roles {
    /// Judges who sits where.
    pub fn judged(
        room: Vec<InRole>,
        plan: &Plan,
        sets: &[&ShareSet],
        mode: Mode,
        before: &RoomState,
    ) -> Result<Self, Refusal> {
        let roles = Self(room);
        roles.everybody_is_here(mode)?;
        roles.one_role_each()?;
        for person in roles.having(Role::Operator) {
            holds_no_share(person, sets)?;
            operates_one_factor(person, sets, before)?;
        }
        for one in &roles.0 {
            plan.find_person(one.person.as_str())?;
        }
        Ok(roles)
    }

    /// As the ledger keeps them.
    pub fn as_list(&self) -> &[InRole] {
        &self.0
    }

    /// Whoever has a role.
    pub fn having(&self, role: Role) -> impl Iterator<Item = &PersonId> {
        self.0.iter().filter(move |one| one.role == role).map(|one| &one.person)
    }

    fn everybody_is_here(&self, mode: Mode) -> Result<(), Refusal> {
        let wanted = match mode {
            Mode::Production => &Role::ALL[..],
            Mode::Rehearsal => &[Role::Administrator, Role::Operator, Role::Witness][..],
        };
        let missing: Vec<&str> = wanted
            .iter()
            .filter(|role| self.having(**role).next().is_none())
            .map(|role| role.as_str())
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(Refusal::new(
            Rule::TooFewPeople,
            format!("a ceremony needs its {}, and nobody was named", missing.join(", ")),
        )
        .hint("--room administrator=ID,operator=ID,scribe=ID,witness=ID; or [room] in strongroom.toml"))
    }

    fn one_role_each(&self) -> Result<(), Refusal> {
        let mut seen: Vec<&InRole> = Vec::new();
        for one in &self.0 {
            if let Some(other) = seen.iter().find(|other| other.person == one.person) {
                return Err(Refusal::new(
                    Rule::RolesNotSeparated,
                    format!(
                        "{} is {} and {}: a person has one role in the room",
                        one.person, other.role, one.role
                    ),
                )
                .hint("name another person for one of them"));
            }
            seen.push(one);
        }
        Ok(())
    }
}

fn holds_no_share(operator: &PersonId, sets: &[&ShareSet]) -> Result<(), Refusal> {
    let held = sets
        .iter()
        .find(|set| set.shares().iter().any(|share| share.custodian == *operator));
    match held {
        None => Ok(()),
        Some(set) => Err(Refusal::new(
            Rule::RolesNotSeparated,
            format!(
                "{operator} is to operate, and holds a share of {}: a custodian sees no page but their own",
                set.name()
            ),
        )
        .hint("name an operator who holds no share of the sets that are dealt")),
    }
}

fn operates_one_factor(operator: &PersonId, sets: &[&ShareSet], before: &RoomState) -> Result<(), Refusal> {
    let now: BTreeSet<Factor> = sets.iter().map(|set| set.purpose()).collect();
    let apart = |one: Factor, other: Factor| now.contains(&one) && before.operated(operator).contains(&other);
    if !apart(Factor::Password, Factor::Mfa) && !apart(Factor::Mfa, Factor::Password) {
        return Ok(());
    }
    Err(Refusal::new(
        Rule::RolesNotSeparated,
        format!("{operator} has operated when sets of the other factor were dealt: S22 wants different people for password and mfa"),
    )
    .hint("name an operator who never did"))
}
