//! The judgement and the claim, as a terminal shows them.
//!
//! Rules of this file:
//! - plain text of at most 100 columns where names allow; numbers and names first, reasons after, one line to quote last;
//! - a long list is cut with its length.

use crate::plan::rules::{Finding, Judgement, Severity};
use crate::plan::{AccountKind, Plan};
use crate::quorum::access::Kind;
use crate::quorum::claim::Claim;
use crate::quorum::coverage::HOURS;
use crate::quorum::cut::MOST;
use crate::quorum::units::Unit;
use crate::shell::commands::count;
use crate::vault::PLAN;
use std::fmt::Write as _;

/// How many rows of one table are shown.
const ROWS: usize = 12;

/// The whole report.
pub(super) fn report(claim: &mut Claim<'_, '_>, judgement: &Judgement) -> String {
    let mut out = String::new();
    sizes(&mut out, claim.access.plan);
    findings(&mut out, judgement);
    coalitions(&mut out, claim);
    losses(&mut out, claim);
    margins(&mut out, claim);
    coverage(&mut out, claim);
    let prefix = match judgement.findings.len() {
        0 => String::new(),
        findings => count(findings, "finding") + " to mend or accept; ",
    };
    let _ = writeln!(out, "\n{prefix}{}", claim.sentence());
    out
}

/// What is lost, in words: `fra-1 with nyc-1`.
pub(in crate::shell::commands) fn named(cut: &[Unit<'_>]) -> String {
    cut.iter().map(Unit::named).collect::<Vec<_>>().join(" with ")
}

fn sizes(out: &mut String, plan: &Plan) {
    let closed = match plan.accounts().iter().filter(|account| !account.is_open()).count() {
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
}

fn findings(out: &mut String, judgement: &Judgement) {
    match judgement.findings.len() {
        0 => out.push_str("no findings\n"),
        findings => {
            let _ = writeln!(out, "{}", count(findings, "finding"));
        }
    }
    for severity in Severity::ALL {
        let of: Vec<&Finding> = judgement
            .findings
            .iter()
            .filter(|finding| finding.rule.severity() == severity)
            .collect();
        if !of.is_empty() {
            let _ = writeln!(out, "\n  {}", severity.meaning());
        }
        for finding in of {
            write_finding(out, finding);
        }
    }
    if !judgement.accepted.is_empty() {
        let _ = writeln!(out, "{} accepted", count(judgement.accepted.len(), "finding"));
    }
    for accepted in &judgement.accepted {
        let _ = writeln!(
            out,
            "  {:<4}  until {}   {}: {}",
            accepted.finding.rule, accepted.until, accepted.finding.about, accepted.reason
        );
    }
    if !judgement.notes.is_empty() {
        let _ = writeln!(out, "{}", count(judgement.notes.len(), "note"));
    }
    for note in judgement.notes.iter().take(ROWS) {
        let _ = writeln!(
            out,
            "  {:<4}  {PLAN}:{}   {}: {}",
            note.rule, note.place, note.about, note.found
        );
    }
    more(out, judgement.notes.len(), "note");
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
    let _ = writeln!(out, "        about: {}", finding.about);
}

fn more(out: &mut String, all: usize, noun: &str) {
    if all > ROWS {
        let _ = writeln!(out, "        and {} more", count(all - ROWS, noun));
    }
}

fn coalitions(out: &mut String, claim: &mut Claim<'_, '_>) {
    let rows = claim.rows();
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "\n{:<44}{:>9}{:>8}{:>18}",
        "smallest group that can sign in", "by quorum", "mixed", "by the provider"
    );
    let number = |size: Option<usize>| size.map_or_else(|| "-".to_string(), |size| size.to_string());
    for row in rows.iter().take(ROWS) {
        let kind = match (row.kind, row.keeps_credentials) {
            (AccountKind::Management, true) => "management",
            (AccountKind::Member, true) => "members",
            (_, false) => "no password",
        };
        let who = match row.accounts {
            1 => row.first.name.to_string(),
            accounts => format!("{accounts} accounts"),
        };
        let [quorum, mixed, provider] = row.smallest.map(number);
        let _ = writeln!(
            out,
            "  {:<42}{quorum:>9}{mixed:>8}{provider:>18}",
            format!("{kind:<12}{}", cut(&who, 29))
        );
    }
    more(out, rows.len(), "row");
    let policy = claim.access.plan.policy();
    let _ = writeln!(
        out,
        "  {:<42}{:>9}{:>8}{:>18}\n",
        "            the policy asks at least",
        policy.smallest_by_quorum,
        policy.smallest_by_provider,
        policy.smallest_by_provider
    );
    for (kind, label) in Kind::ALL.into_iter().zip(["by quorum", "mixed", "by provider"]) {
        if let Some(who) = claim.weakest(kind).and_then(|at| claim.who(at, kind)) {
            let _ = writeln!(out, "  {label:<13} {who}");
        }
    }
}

fn losses(out: &mut String, claim: &Claim<'_, '_>) {
    out.push('\n');
    if claim.judged() == 0 {
        return;
    }
    let rows = claim.loss_rows();
    let accounts = |number: usize, first: &str| match number {
        all if all == claim.judged() => "every account".to_string(),
        1 => format!("account {first}"),
        some => format!("{some} accounts"),
    };
    if !rows.iter().any(|row| row.losses < 2) {
        let _ = writeln!(
            out,
            "one loss      no person, safe, building, region, vault copy or passphrase locks an account"
        );
    }
    for row in rows.iter().take(ROWS) {
        let label = match row.losses {
            0 => "as it is".to_string(),
            1 => "one loss".to_string(),
            2 => "two losses".to_string(),
            more => format!("{more} losses"),
        };
        let shown: Vec<String> = row.cuts.iter().take(6).map(|cut| named(cut)).collect();
        let rest = match row.cuts.len().saturating_sub(6) {
            0 => String::new(),
            rest => format!(" and {rest} more"),
        };
        let locks = accounts(row.accounts, row.first.name.as_str());
        let lost = if row.losses == 0 {
            "nothing is needed to lock".to_string()
        } else {
            format!("{}{rest} lock", shown.join(", "))
        };
        let _ = writeln!(out, "{label:<14}{lost} {locks}");
    }
    more(out, rows.len(), "row");
    if !rows.iter().any(|row| row.losses == 2) && claim.losses.depth == 2 && !rows.iter().any(|row| row.losses < 2) {
        out.push_str("two losses    no two of them lock an account\n");
    }
}

fn margins(out: &mut String, claim: &Claim<'_, '_>) {
    let margins = &claim.losses.margins;
    if margins.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "\n{:<26}{:>10}{:>14}{:>14}   which",
        "margin", "threshold", "spare shares", "locked by"
    );
    for margin in margins.iter().take(ROWS) {
        let locked_by = match margin.locked_by {
            None => format!("more than {MOST}"),
            Some(1) => "1 loss".to_string(),
            Some(losses) => format!("{losses} losses"),
        };
        let cuts: Vec<String> = margin.cuts.iter().take(3).map(|cut| named(cut)).collect();
        let rest = if margin.cuts.len() > 3 { ", …" } else { "" };
        let _ = writeln!(
            out,
            "  {:<24}{:>10}{:>14}{locked_by:>14}   {}{rest}",
            cut(margin.set, 23),
            margin.threshold,
            margin.spare,
            cuts.join(", ")
        );
    }
    more(out, margins.len(), "share set");
}

fn coverage(out: &mut String, claim: &Claim<'_, '_>) {
    let coverage = &claim.coverage;
    if coverage.overall.is_empty() {
        return;
    }
    let all = coverage
        .overall
        .iter()
        .map(|one| one.covered.hours)
        .min()
        .unwrap_or(HOURS);
    let mut hours: Vec<String> = coverage
        .regions
        .iter()
        .take(ROWS)
        .map(|one| format!("{} {}", one.region, one.covered.hours))
        .collect();
    hours.push(format!("over all {all}"));
    let _ = writeln!(
        out,
        "\nhours of the week (of {HOURS}) in which the safes then open give a quorum\n  {}",
        hours.join("   ")
    );
    for region in coverage
        .regions
        .iter()
        .filter(|one| one.covered.hours < HOURS)
        .take(ROWS)
    {
        let shown: Vec<&str> = region.covered.gaps.iter().take(5).map(String::as_str).collect();
        let rest = if region.covered.gaps.len() > 5 { ", …" } else { "" };
        let _ = writeln!(out, "  {} not: {}{rest} (UTC)", region.region, shown.join(", "));
    }
}

fn cut(text: &str, length: usize) -> String {
    if text.chars().count() <= length {
        return text.to_string();
    }
    text.chars().take(length - 1).chain(['…']).collect()
}
