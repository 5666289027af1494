//! What keeps an arrangement alive between ceremonies. No secret comes near it.
//!
//! | file | what is done there |
//! |---|---|
//! | [`envelopes`] | a step of an envelope's life, judged before it is written |
//! | [`accesses`] | who has access, one line each, for a review |
//! | [`drills`] | which drill of a year proves which share |

pub mod accesses;
pub mod drills;
pub mod envelopes;

use crate::ident::PersonId;
use crate::plan::Plan;
use crate::refusal::{Refusal, Rule};
use std::collections::BTreeSet;

/// People of the plan, two of them or more.
pub fn two_of(plan: &Plan, people: &[PersonId], what: &str) -> Result<(), Refusal> {
    known(plan, people)?;
    let distinct: BTreeSet<&PersonId> = people.iter().collect();
    if distinct.len() >= 2 {
        return Ok(());
    }
    let found = format!("{what} is seen by two, {} is named", distinct.len());
    Err(Refusal::new(Rule::WitnessMissing, found).hint("name both: --by ID,ID"))
}

/// People of the plan.
pub fn known(plan: &Plan, people: &[PersonId]) -> Result<(), Refusal> {
    people
        .iter()
        .try_for_each(|person| plan.find_person(person.as_str()).map(|_| ()))
}
