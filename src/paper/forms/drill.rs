//! The drill form: that shares, sign-in and phone work.

use super::wordings::Paper;
use super::{Office, said_if};
use crate::ident::SetName;
use crate::paper::flow::Dress;
use crate::paper::flow::values::Values;
use crate::refusal::Refusal;
use crate::secret::SecretBytes;

/// The form for these share sets, or for all that were dealt.
pub fn drill(office: &Office<'_>, sets: &[SetName]) -> Result<SecretBytes, Refusal> {
    let wanted = |set: &SetName| sets.is_empty() || sets.contains(set);
    let shares: Vec<Values> = office
        .envelopes()
        .filter(|held| wanted(&held.epoch.of.set))
        .map(|held| held.row(office))
        .collect();
    let plan = office.plan();
    let opened = |account: &&crate::plan::Account| {
        let by_set = |name: &SetName| plan.set(name).is_some_and(|set| set.opens(account));
        account.is_judged() && (sets.is_empty() || sets.iter().any(by_set))
    };
    let accounts = plan
        .accounts()
        .iter()
        .filter(opened)
        .map(|account| Values::new().with("name", &account.name).with("id", &account.id));
    let values = office
        .values()
        .with("every", &plan.policy().drill_every)
        .list(
            "noshares",
            said_if(shares.is_empty(), "No share of these sets was dealt yet."),
        )
        .list("share", shares)
        .list("account", accounts.collect());
    office.render(Paper::Drill, Dress::DENSE, &values)
}
