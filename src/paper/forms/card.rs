//! The custodian card.

use super::wordings::Paper;
use super::{Office, later, place_of};
use crate::ident::PersonId;
use crate::paper::flow::Dress;
use crate::paper::flow::values::{Said, Values};
use crate::plan::{AnyOf, Factor, Person, ShareSet};
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretBytes;
use std::collections::BTreeSet;

/// The card of one custodian.
pub fn card(office: &Office<'_>, person: &Person) -> Result<SecretBytes, Refusal> {
    let held: Vec<_> = office
        .envelopes()
        .filter(|held| held.envelope.custodian == person.id)
        .collect();
    let shares: Vec<Values> = held
        .iter()
        .map(|held| {
            let place = match &held.envelope.safe {
                Some(safe) => Said::of(&[&"in the safe ", safe]),
                None => Said::of(&[&"with you"]),
            };
            let purpose = office.plan().set(&held.epoch.of.set).map(ShareSet::purpose);
            held.row(office)
                .with("place", &place)
                .with("opens", &purpose.map_or("a record", opens))
        })
        .collect();
    let mut planned = Vec::new();
    for set in office.plan().sets() {
        if held.iter().any(|held| held.epoch.of.set == *set.name()) {
            continue;
        }
        for (index, share) in set.indexed_shares().filter(|(_, share)| share.custodian == person.id) {
            planned.push(
                Values::new()
                    .with("index", &index)
                    .with("total", &u16::from(set.threshold().total()))
                    .with("set", set.name())
                    .with("place", &place_of(share.safe.as_ref())),
            );
        }
    }
    if shares.is_empty() && planned.is_empty() {
        return Err(Refusal::new(
            Rule::UnknownPerson,
            format!("{} is custodian of no share, and needs no card", person.id),
        )
        .hint("strongroom print card --all"));
    }
    let values = office
        .values()
        .with("person", &person.name)
        .with("drill", &later(office.today, office.plan().policy().drill_every.get()))
        .list("share", shares)
        .list("planned", planned)
        .list("caller", callers(office));
    office.render(Paper::Card, Dress::CARD, &values)
}

/// Who confirms a request: people of the plan through whom no path to any account leads.
pub(super) fn callers(office: &Office<'_>) -> Vec<Values> {
    let plan = office.plan();
    let mut involved: BTreeSet<&PersonId> = BTreeSet::new();
    involved.extend(
        plan.sets()
            .iter()
            .flat_map(ShareSet::shares)
            .map(|share| &share.custodian),
    );
    involved.extend(plan.safes().iter().flat_map(|safe| safe.controllers.of()));
    involved.extend(plan.root_access().into_iter().flat_map(AnyOf::of));
    for account in plan.accounts() {
        involved.extend(account.mailbox.value.iter().chain(&account.phone.value));
    }
    let outside = plan.people().iter().filter(|person| !involved.contains(&person.id));
    outside
        .filter_map(|person| Some((person, person.reach.as_ref()?)))
        .take(4)
        .map(|(person, reach)| {
            Values::new()
                .with("name", &person.name)
                .with("team", &office.team(&person.id))
                .with("reach", reach)
        })
        .collect()
}

fn opens(purpose: Factor) -> &'static str {
    match purpose {
        Factor::Password => "a password",
        Factor::Mfa => "an MFA seed",
        Factor::Contact => "contact details",
    }
}
