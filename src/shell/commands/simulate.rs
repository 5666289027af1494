//! `simulate`: some things lost, some people away, at some hour.

use super::{SystemClock, check, count};
use crate::ceremony::ports::Clock as _;
use crate::ident::PersonId;
use crate::plan::{Lost, Plan, nearest, quoted};
use crate::quorum::access::Access;
use crate::quorum::simulate::{Moment, Outcome, Scenario, Soonest, simulate};
use crate::quorum::units::{Unit, Units};
use crate::refusal::{Refusal, Rule};
use crate::shell::args::{Place, Simulate};
use crate::shell::report::{Answer, print, say};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt::Write as _;

#[derive(Serialize)]
struct Report<'a, 'p> {
    schema: &'static str,
    at: Timestamp,
    lost: Vec<Unit<'p>>,
    away: Vec<&'p str>,
    accounts: usize,
    open: usize,
    locked: usize,
    outcomes: &'a [Outcome<'p>],
}

/// Plays the scenario that was asked for.
pub fn run(place: &Place, it: &Simulate) -> Result<Answer, Refusal> {
    let (plan, former) = check::read(place)?;
    let access = Access::of(&plan, &former);
    let scenario = scenario(&plan, it)?;
    let outcomes = simulate(&access, &scenario)?;
    let report = report(&scenario, &outcomes);
    print(&if it.json {
        format!("{}\n", serde_json::to_string(&report).unwrap_or_default())
    } else {
        text(&report)
    });
    Ok(if report.locked == 0 { Answer::Done } else { Answer::No })
}

fn scenario<'p>(plan: &'p Plan, it: &Simulate) -> Result<Scenario<'p>, Refusal> {
    let units = Units::of(plan);
    let away = it
        .away
        .iter()
        .map(|person| plan.find_person(person).map(|person| &person.id));
    Ok(Scenario {
        lost: it
            .lose
            .iter()
            .map(|text| unit(plan, &units, text))
            .collect::<Result<_, _>>()?,
        away: away.collect::<Result<_, _>>()?,
        at: it.at.unwrap_or_else(|| SystemClock.now()),
    })
}

fn unit<'p>(plan: &'p Plan, units: &Units<'p>, text: &str) -> Result<Unit<'p>, Refusal> {
    if let Some(unit) = units.list().iter().find(|unit| unit.to_string() == text) {
        return Ok(*unit);
    }
    let kinds = Lost::ALL.map(Lost::as_str);
    let Some((kind, id)) = text.split_once(':').filter(|(kind, _)| kinds.contains(kind)) else {
        let kind = text.split(':').next().unwrap_or_default();
        let refusal = Refusal::new(
            Rule::UnknownLoss,
            format!(
                "a loss is KIND:ID, with a kind of {}; {} is not that",
                kinds.join(", "),
                quoted(text)
            ),
        );
        return Err(match nearest(kind, kinds) {
            Some(kind) => refusal.hint(format!("did you mean `--lose {kind}:…`")),
            None => refusal.hint("strongroom simulate --lose safe:ID"),
        });
    };
    if kind == "passphrase" {
        // Whoever has no locked share may lose a passphrase all the same: nothing hangs on it.
        let custodian = &plan.find_person(id)?.id;
        say(&format!(
            "note: no share of the plan stands under a passphrase of {custodian}"
        ));
        return Ok(Unit::Passphrase(custodian));
    }
    let known: Vec<&str> = units
        .list()
        .iter()
        .filter(|unit| unit.kind().as_str() == kind)
        .map(Unit::id)
        .collect();
    let sentence = format!("the plan has no {kind} {}", quoted(id));
    let refusal = Refusal::new(Rule::UnknownLoss, sentence);
    Err(match nearest(id, known.iter().copied()) {
        Some(near) => refusal.hint(format!("did you mean `{kind}:{near}`")),
        None if known.is_empty() => refusal,
        None => {
            let shown: Vec<&str> = known.iter().take(12).copied().collect();
            refusal.hint(format!(
                "known are {}{}",
                shown.join(", "),
                if known.len() > 12 { ", …" } else { "" }
            ))
        }
    })
}

fn report<'a, 'p>(scenario: &Scenario<'p>, outcomes: &'a [Outcome<'p>]) -> Report<'a, 'p> {
    let accounts = |open: bool| {
        let of = outcomes.iter().filter(|outcome| outcome.soonest.is_some() == open);
        of.map(|outcome| outcome.accounts.len()).sum::<usize>()
    };
    Report {
        schema: "strongroom/simulate/1",
        at: scenario.at,
        lost: scenario.lost.iter().copied().collect(),
        away: scenario.away.iter().map(|person| person.as_str()).collect(),
        accounts: accounts(true) + accounts(false),
        open: accounts(true),
        locked: accounts(false),
        outcomes,
    }
}

fn text(report: &Report<'_, '_>) -> String {
    let mut out = String::new();
    let lost: BTreeSet<String> = report.lost.iter().map(ToString::to_string).collect();
    let listed = |names: Vec<&str>| {
        if names.is_empty() {
            "nothing".to_string()
        } else {
            names.join(", ")
        }
    };
    let away = if report.away.is_empty() {
        "nobody".to_string()
    } else {
        report.away.join(", ")
    };
    let _ = writeln!(
        out,
        "{}   lost: {}   away: {away}",
        report.at,
        listed(lost.iter().map(String::as_str).collect())
    );
    for outcome in report.outcomes {
        write_outcome(&mut out, outcome);
    }
    let _ = writeln!(out, "\ntravel is not modelled: whoever is not away can be at any safe");
    let _ = writeln!(out, "{}", verdict(report));
    out
}

fn write_outcome(out: &mut String, outcome: &Outcome<'_>) {
    let rest = match outcome.accounts.len() {
        1 => String::new(),
        more => format!(" and {}", count(more - 1, "account") + " like it"),
    };
    let _ = writeln!(out, "\n{}{rest}", outcome.name);
    if let Some(soonest) = &outcome.soonest {
        write_soonest(out, soonest);
    } else {
        let _ = writeln!(out, "  locked    no quorum can be had any more");
        for lacking in &outcome.lacks {
            let _ = writeln!(out, "            {lacking}");
        }
    }
    if !outcome.regions.is_empty() {
        let moment = |moment: Option<Moment>| moment.map_or_else(|| "not any more".to_string(), when);
        let regions: Vec<String> = outcome
            .regions
            .iter()
            .map(|one| format!("{} {}", one.region, moment(one.moment)))
            .collect();
        let _ = writeln!(out, "  regions   {}", regions.join("   "));
    }
    let around = match outcome.around {
        None => "nobody who is there".to_string(),
        Some(people) => format!("{people} by the provider's own ways"),
    };
    let _ = writeln!(out, "  around    {around}");
}

fn write_soonest(out: &mut String, soonest: &Soonest<'_>) {
    let joined = |people: &[&PersonId]| {
        people
            .iter()
            .map(|person| person.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let _ = writeln!(
        out,
        "  opens     {}, by {}: {}",
        when(soonest.moment),
        soonest.people.len(),
        joined(&soonest.people)
    );
    for step in &soonest.steps {
        let at = step.safe.map_or_else(|| "in hand".to_string(), ToString::to_string);
        let locked = match step.passphrases.as_slice() {
            [] => String::new(),
            locked => format!("   passphrase of {}", joined(locked)),
        };
        let _ = writeln!(
            out,
            "            {:<22} {at:<10} {}{locked}",
            step.to,
            joined(&step.people)
        );
    }
}

fn when(moment: Moment) -> String {
    match moment.minutes {
        ..=0 => "at once".to_string(),
        minutes => format!("in {}:{:02} h", minutes / 60, minutes % 60),
    }
}

fn verdict(report: &Report<'_, '_>) -> String {
    let all = count(report.accounts, "account");
    match (report.locked, report.accounts) {
        (_, 0) => "there is no account to open".to_string(),
        (0, 1) => "the account can be opened".to_string(),
        (0, _) => format!("all {all} can be opened"),
        (locked, _) => format!("{locked} of {all} cannot be opened"),
    }
}
