//! Who has access to what, one line each: what a review answers for.
//!
//! Rules of this file:
//! - a line is made of ids, so that it can be given back on the command line as it stands, and in the same words next time;
//! - closed accounts are left out; an account without root credentials still has a mailbox and a phone.

use crate::ident::PersonId;
use crate::plan::{Device, Plan};
use std::collections::BTreeMap;

/// One access.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Access {
    /// The account, where it is of one only.
    pub account: Option<String>,
    /// Whose.
    pub person: PersonId,
    /// The line by which it is named: `share root-password 1 ana`, `mailbox 111122223333 dana`.
    pub line: String,
}

/// Every access that the plan gives, in the order of the plan.
pub fn all(plan: &Plan) -> Vec<Access> {
    let mut found = Vec::new();
    let mut add = |account: Option<&str>, person: &PersonId, line: String| {
        found.push(Access {
            account: account.map(str::to_string),
            person: person.clone(),
            line: format!("{line} {person}"),
        });
    };
    for set in plan.sets() {
        for (index, share) in set.indexed_shares() {
            add(None, &share.custodian, format!("share {} {index}", set.name()));
        }
    }
    for safe in plan.safes() {
        for person in safe.controllers.of() {
            add(None, person, format!("safe {}", safe.id));
        }
    }
    for person in plan.root_access().into_iter().flat_map(crate::plan::AnyOf::of) {
        add(None, person, "root-access aws".to_string());
    }
    for account in plan.accounts().iter().filter(|account| account.is_open()) {
        let id = account.id.as_str();
        for person in &account.mailbox.value {
            add(Some(id), person, format!("mailbox {id}"));
        }
        for person in &account.phone.value {
            add(Some(id), person, format!("phone {id}"));
        }
        let tokens = account.mfa.iter().filter_map(|device| Some((device, device.safe()?)));
        for (device, safe) in tokens {
            let controllers = plan.safe(safe).into_iter().flat_map(|safe| safe.controllers.of());
            for person in controllers {
                add(Some(id), person, token(id, device));
            }
        }
    }
    found
}

fn token(account: &str, device: &Device) -> String {
    format!("token {account} {}", device.name)
}

/// The same, by person.
pub fn by_person(accesses: &[Access]) -> BTreeMap<&PersonId, Vec<&Access>> {
    let mut people: BTreeMap<&PersonId, Vec<&Access>> = BTreeMap::new();
    for access in accesses {
        people.entry(&access.person).or_default().push(access);
    }
    people
}

/// The same, by account; what is of no account alone stands under the empty name.
pub fn by_account(accesses: &[Access]) -> BTreeMap<&str, Vec<&Access>> {
    let mut accounts: BTreeMap<&str, Vec<&Access>> = BTreeMap::new();
    for access in accesses {
        accounts
            .entry(access.account.as_deref().unwrap_or_default())
            .or_default()
            .push(access);
    }
    accounts
}
