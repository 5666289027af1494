//! What a plan promises, held against the example organisation and against plans with one fact changed.
//!
//! Rules of this file and its folder:
//! - a bad plan is the example with one edit; the edit must have found its place, or the test fails;
//! - a test of a refusal names the rule and the place; a test of a finding names the rule and what it is about, and that nothing
//!   else was found.

mod findings;
mod lookups;
mod refusals;

use super::*;

/// The example organisation.
pub(super) fn example() -> Plan {
    Plan::parse(starter::example()).expect("the example is a plan")
}

/// The example's text with the first `from` replaced by `to`.
pub(super) fn edit(from: &str, to: &str) -> String {
    replaced(starter::example(), from, to)
}

/// `text` with the first `from` replaced by `to`.
pub(super) fn replaced(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "there is no {from:?} in the text");
    text.replacen(from, to, 1)
}

/// The plan of [`edit`].
pub(super) fn edited(from: &str, to: &str) -> Plan {
    Plan::parse(&edit(from, to)).expect("the edited example is a plan")
}
