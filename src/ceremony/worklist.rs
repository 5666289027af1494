//! Which accounts still need which factor at the provider, one by one, over as many days as it takes.
//!
//! planned → generated → set at the provider → sign-in proved → proved by drill
//!
//! Rules of this file:
//! - states come from the ledger alone, so that any day goes on where the last one ended;
//! - what was generated and not set when its process ended can be read by a quorum only: it is generated anew, and the generation
//!   before it stays;
//! - those who set passwords never set up MFA, over the whole ledger (S22).

use super::enroll::{self, Work};
use crate::ident::{DeviceName, Generation, PersonId};
use crate::plan::Factor;
use crate::refusal::{Refusal, Rule};
use crate::vault::Vault;
use crate::vault::event::{AtProvider, Note};
use crate::vault::record::RecordName;

/// How far one record has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing was locked yet.
    Planned,
    /// It was locked; the provider does not have it.
    Generated,
    /// What the ledger says of it at the provider.
    Provider(AtProvider),
    /// A drill on a later day signed in with it.
    Practised,
}

impl State {
    /// The words for it.
    pub fn as_str(self, factor: Factor) -> &'static str {
        match (self, factor) {
            (Self::Planned, _) => "planned",
            (Self::Generated, Factor::Password) => "generated",
            (Self::Generated, _) => "brought in",
            (Self::Practised, _) => "proved by drill",
            (Self::Provider(AtProvider::Set), Factor::Mfa) => "accepted by the provider",
            (Self::Provider(state), _) => state.as_str(),
        }
    }

    /// Whether nothing is left to do.
    pub fn is_done(self) -> bool {
        matches!(self, Self::Practised | Self::Provider(AtProvider::SignedIn))
    }
}

/// One record of the worklist.
pub struct Row {
    /// Which.
    pub name: RecordName,
    /// The account's name.
    pub account: String,
    /// The generation in force, where there is one.
    pub generation: Option<Generation>,
    /// How far it has come.
    pub state: State,
}

/// Every record of a factor whose account keeps root credentials, in the order of the plan; a device narrows it.
pub fn rows(vault: &Vault<'_>, factor: Factor, device: Option<&DeviceName>) -> Vec<Row> {
    let accounts = vault
        .plan()
        .accounts()
        .iter()
        .filter(|account| enroll::wants(account).is_ok());
    let names = accounts.flat_map(|account| {
        let names = enroll::record_names(account, factor).into_iter();
        names.map(move |name| (name, account.name.to_string()))
    });
    names
        .filter(|(name, _)| device.is_none() || name.device.as_ref() == device)
        .map(|(name, account)| row(vault, name, account))
        .collect()
}

fn row(vault: &Vault<'_>, name: RecordName, account: String) -> Row {
    let generation = vault.register().record(&name).map(|state| state.generation);
    let at_provider = generation.and_then(|generation| vault.register().room().at_provider(&name, generation));
    Row {
        state: match (generation, at_provider) {
            (None, _) => State::Planned,
            (Some(_), None) => State::Generated,
            (Some(generation), Some(AtProvider::SignedIn)) if practised(vault, &name, generation) => State::Practised,
            (Some(_), Some(state)) => State::Provider(state),
        },
        name,
        account,
        generation,
    }
}

/// Whether a drill signed in to the account on a day after this generation was told to work: an earlier one tried another.
fn practised(vault: &Vault<'_>, name: &RecordName, generation: Generation) -> bool {
    let told = vault.register().room().told_at(name, generation);
    let tried = vault.register().life().tried.get(&name.account);
    let day = tried.and_then(|tried| tried.signed_in);
    told.zip(day)
        .is_some_and(|(told, day)| day > told.to_zoned(jiff::tz::TimeZone::UTC).date())
}

/// What has to be locked for a row; a new generation where one was locked and never came to work.
pub fn work(vault: &Vault<'_>, row: &Row, reason: &Note) -> Result<Work, Refusal> {
    let account = vault.plan().find_account(row.name.account.as_str())?;
    let reason = row.generation.is_some().then_some(reason);
    enroll::one_work(vault, account, row.name.factor, row.name.device.as_ref(), reason)
}

/// Whether these people may see this factor at the provider.
pub fn judge_operators(vault: &Vault<'_>, factor: Factor, operators: &[PersonId]) -> Result<(), Refusal> {
    if let [first, second] = operators
        && first == second
    {
        return Err(Refusal::new(
            Rule::TooFewPeople,
            format!("{first} is named twice: one half of a password is for one person, the other for another"),
        ));
    }
    let other = match factor {
        Factor::Password => Factor::Mfa,
        Factor::Mfa => Factor::Password,
        Factor::Contact => return Ok(()),
    };
    for person in operators {
        vault.plan().find_person(person.as_str())?;
        if vault.register().room().operated(person).contains(&other) {
            return Err(Refusal::new(
                Rule::RolesNotSeparated,
                format!(
                    "{person} has operated with {}: S22 wants different people",
                    other.as_str()
                ),
            )
            .hint("name somebody who never did"));
        }
    }
    Ok(())
}
