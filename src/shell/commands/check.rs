//! `check`: the plan, judged.

use super::{SystemClock, count};
use crate::ceremony::deal;
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
    #[serde(flatten)]
    judgement: &'a Judgement,
}

/// Judges the plan as of today.
pub fn run(place: &Place, it: &Check) -> Result<Answer, Refusal> {
    let store = Store::open(&place.vault)?;
    let plan = Plan::parse(&read_plan(&store)?)?;
    deal::check_names(&plan)?;
    let today = SystemClock.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let judgement = rules::judge(&plan, today);
    print(&if it.json {
        json(&plan, &judgement)
    } else {
        text(&plan, &judgement)
    });
    Ok(if judgement.findings.is_empty() {
        Answer::Done
    } else {
        Answer::No
    })
}

fn json(plan: &Plan, judgement: &Judgement) -> String {
    let report = Report {
        schema: "strongroom/check/1",
        people: plan.people().len(),
        safes: plan.safes().len(),
        share_sets: plan.sets().len(),
        accounts: plan.accounts().len(),
        closed_accounts: closed(plan),
        judgement,
    };
    format!("{}\n", serde_json::to_string(&report).unwrap_or_default())
}

fn text(plan: &Plan, judgement: &Judgement) -> String {
    let mut out = String::new();
    let closed = match closed(plan) {
        0 => String::new(),
        closed => format!(" ({closed} closed)"),
    };
    let sizes = [
        format!("{} people", plan.people().len()),
        count(plan.safes().len(), "safe"),
        count(plan.sets().len(), "share set"),
        count(plan.accounts().len(), "account") + &closed,
    ];
    let _ = writeln!(out, "{PLAN}: {}\n", sizes.join(", "));
    match judgement.findings.len() {
        0 => out.push_str("no findings\n"),
        findings => {
            let _ = writeln!(out, "{}", count(findings, "finding"));
        }
    }
    judgement
        .findings
        .iter()
        .for_each(|finding| write_finding(&mut out, finding));
    for accepted in &judgement.accepted {
        let _ = writeln!(
            out,
            "  accepted until {}   {}  {}: {}",
            accepted.until, accepted.finding.rule, accepted.finding.about, accepted.reason
        );
    }
    for note in &judgement.notes {
        let _ = writeln!(
            out,
            "  note      {:<4}  {PLAN}:{}   {}: {}",
            note.rule, note.place, note.about, note.found
        );
    }
    out.push('\n');
    out.push_str(match judgement.findings.len() {
        0 => "no person and no safe alone holds a quorum; the two factors of every account are apart\n",
        _ => "the plan is not fit to deal by until each finding is mended, or accepted with a reason and a date\n",
    });
    out
}

fn write_finding(out: &mut String, finding: &Finding) {
    let _ = writeln!(
        out,
        "  {:<4}  {PLAN}:{}   {}",
        finding.rule, finding.place, finding.found
    );
    if let Some(why) = &finding.why {
        let _ = writeln!(out, "        {why}");
    }
    let _ = writeln!(out, "        allowed: {}", finding.allowed);
    let _ = writeln!(out, "        next: {}", finding.next);
}

fn closed(plan: &Plan) -> usize {
    plan.accounts().iter().filter(|account| !account.is_open()).count()
}
