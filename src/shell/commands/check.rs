//! `check`: the plan, judged; the claim, computed.

mod json;
mod text;

use super::SystemClock;
use crate::ceremony::deal;
use crate::ceremony::ports::Clock as _;
use crate::paper::faces::Faces;
use crate::plan::Plan;
use crate::plan::rules::{self, Judgement};
use crate::quorum::access::{Access, FormerEpoch};
use crate::quorum::claim::Claim;
use crate::refusal::Refusal;
use crate::shell::args::{Check, Place};
use crate::shell::report::{Answer, print};
use crate::vault::store::Store;
use crate::vault::{fonts, former, read_plan};
use jiff::civil::Date;

/// Judges the plan as of today.
pub fn run(place: &Place, it: &Check) -> Result<Answer, Refusal> {
    let (plan, former) = read(place)?;
    let faces = Faces::read(fonts::read(&Store::open(&place.vault)?, &plan)?)?;
    let access = Access::of(&plan, &former);
    let (mut claim, judgement) = judge(&access, today())?;
    // Last, for it draws every sheet.
    deal::check_names(&plan, faces)?;
    print(&if it.json {
        json::report(&mut claim, &judgement)
    } else {
        text::report(&mut claim, &judgement)
    });
    Ok(if judgement.findings.is_empty() {
        Answer::Done
    } else {
        Answer::No
    })
}

/// The plan of a folder, and the paper that its ledger knows and the plan does not name.
pub(super) fn read(place: &Place) -> Result<(Plan, Vec<FormerEpoch>), Refusal> {
    let store = Store::open(&place.vault)?;
    let plan = Plan::parse(&read_plan(&store)?)?;
    let former = former::outstanding(&store, &plan)?;
    Ok((plan, former))
}

/// The whole claim, and every rule held against it.
pub(super) fn judge<'a, 'p>(access: &'a Access<'p>, today: Date) -> Result<(Claim<'a, 'p>, Judgement), Refusal> {
    let mut claim = Claim::of(access, today)?;
    let mut observed = rules::structural(access.plan);
    let computed = claim.observe();
    observed.findings.extend(computed.findings);
    observed.notes.extend(computed.notes);
    let judgement = rules::weigh(access.plan, observed, today);
    Ok((claim, judgement))
}

/// The day of the laptop's own clock.
pub(super) fn today() -> Date {
    SystemClock.now().to_zoned(jiff::tz::TimeZone::UTC).date()
}
