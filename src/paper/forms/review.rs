//! The review form: who has access, to be signed for.

use super::wordings::Paper;
use super::{Office, battery, place_of};
use crate::ident::PersonId;
use crate::paper::flow::Dress;
use crate::paper::flow::values::{Said, Values};
use crate::plan::{Account, DeviceKind};
use crate::refusal::Refusal;
use crate::secret::SecretBytes;

/// The form for the plan as it is.
pub fn review(office: &Office<'_>) -> Result<SecretBytes, Refusal> {
    let plan = office.plan();
    let central = plan.root_access().map_or_else(
        || Said::of(&[&"Nobody: the plan has none."]),
        |access| {
            Said::of(&[
                &"Any ",
                &access.any(),
                &" of ",
                &office.names(access.of()),
                &", with one reader of the mailbox, open a member account.",
            ])
        },
    );
    let safes = plan.safes().iter().map(|safe| {
        Values::new()
            .with("id", &safe.id)
            .with("any", &safe.controllers.any())
            .with("controllers", &office.names(safe.controllers.of()))
    });
    let values = office
        .values()
        .with("every", &plan.policy().review_every)
        .with("central", &central)
        .list("share", shares(office))
        .list("safe", safes.collect())
        .list("account", ways_around(office, |people| office.names(people)))
        .list("device", devices(office));
    office.render(Paper::Review, Dress::DENSE, &values)
}

fn shares(office: &Office<'_>) -> Vec<Values> {
    let mut rows = Vec::new();
    for set in office.plan().sets() {
        for (index, share) in set.indexed_shares() {
            rows.push(
                Values::new()
                    .with("set", set.name())
                    .with("threshold", &set.threshold())
                    .with("index", &index)
                    .with("custodian", &office.name(&share.custodian))
                    .with("team", &office.team(&share.custodian))
                    .with("safe", &place_of(share.safe.as_ref())),
            );
        }
    }
    rows
}

/// A row of more accounts than these would be longer than a page.
const A_ROW: usize = 60;

/// Accounts with the same readers and the same phone, in one row each.
pub(super) fn ways_around(office: &Office<'_>, said: impl Fn(&[PersonId]) -> Said) -> Vec<Values> {
    type Way<'a> = (&'a [PersonId], &'a [PersonId], Vec<&'a Account>);
    let mut ways: Vec<Way<'_>> = Vec::new();
    for account in office.plan().accounts().iter().filter(|account| account.is_open()) {
        let (mailbox, phone) = (account.mailbox.value.as_slice(), account.phone.value.as_slice());
        match ways.iter_mut().find(|way| way.0 == mailbox && way.1 == phone) {
            Some(way) => way.2.push(account),
            None => ways.push((mailbox, phone, vec![account])),
        }
    }
    let people = |people: &[PersonId]| {
        if people.is_empty() {
            Said::of(&[&"nobody"])
        } else {
            said(people)
        }
    };
    ways.iter()
        .flat_map(|(mailbox, phone, accounts)| {
            accounts.chunks(A_ROW).map(|accounts| {
                Values::new()
                    .with(
                        "names",
                        &Said::joined(accounts.iter().map(|one| Said::of(&[&one.name])), ", "),
                    )
                    .with("mailbox", &people(mailbox))
                    .with("phone", &people(phone))
            })
        })
        .collect()
}

fn devices(office: &Office<'_>) -> Vec<Values> {
    let mut rows = Vec::new();
    for account in office.plan().accounts().iter().filter(|account| account.is_open()) {
        for device in &account.mfa {
            if let DeviceKind::Hardware { safe, battery_expires } = &device.kind {
                rows.push(
                    Values::new()
                        .with("name", &device.name)
                        .with("account", &account.name)
                        .with("safe", safe)
                        .with("battery", &battery(*battery_expires)),
                );
            }
        }
    }
    rows
}
