//! `check`: the plan, judged.

use super::{SystemClock, count};
use crate::ceremony::ports::Clock as _;
use crate::plan::Plan;
use crate::plan::rules::{self, Finding, Judgement};
use crate::refusal::Refusal;
use crate::shell::args::{Check, Place};
use crate::shell::report::{Answer, print};
use crate::vault::store::Store;
use crate::vault::{PLAN, read_plan};
use serde::Serialize;
use std::fmt::Write as _;

#[derive(Serialize)]
struct Report<'a> {
    schema: &'static str,
    people: usize,
    safes: usize,
    share_sets: usize,
    accounts: usize,
    closed_accounts: usize,
    findings: &'a [Finding],
    accepted: Vec<AcceptedView<'a>>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct AcceptedView<'a> {
    finding: &'a Finding,
    reason: &'a str,
    until: String,
}

/// Judges the plan as of today.
pub fn run(place: &Place, it: &Check) -> Result<Answer, Refusal> {
    let store = Store::open(&place.vault)?;
    let plan = Plan::parse(&read_plan(&store)?)?;
    let today = SystemClock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let judgement = rules::judge(&plan, today);
    print(&if it.json { json(&plan, &judgement) } else { text(&plan, &judgement) });
    Ok(if judgement.findings.is_empty() { Answer::Done } else { Answer::No })
}
