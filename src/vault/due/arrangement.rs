//! Drills, proofs, practice, reviews, contacts, accounts without root credentials, findings.

use super::{CLOSED_WITHIN, Kind, List, a_year_after, days_after, in_zone, is_sampled};
use crate::ident::PersonId;
use crate::plan::rules::About;
use crate::plan::{Account, Factor, RootCredentials, ShareSet};
use crate::vault::record::RecordName;
use crate::vault::register::life::envelope::Force;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

pub(super) fn add(list: &mut List<'_>) {
    accounts(list);
    proofs_and_practice(list);
    reviews(list);
    findings(list);
}

fn accounts(list: &mut List<'_>) {
    let (plan, life) = (list.plan, list.register.life());
    let every = i64::from(plan.policy().drill_every.get());
    let today = list.as_of.here();
    for account in plan.accounts() {
        if let RootCredentials::None {
            review_by: Some(day), ..
        } = &account.root_credentials
            && account.is_open()
        {
            list.push(Kind::NoRoot, about(account), *day);
        }
        let Some(enrolled) = life.enrolled.get(&account.id).filter(|_| account.is_judged()) else {
            continue;
        };
        let since = in_zone(*enrolled, &TimeZone::UTC);
        let tried = life.tried.get(&account.id);
        let phone = (!account.phone.value.is_empty()).then(|| tried.and_then(|tried| tried.phone));
        let signed_in = tried.and_then(|tried| tried.signed_in);
        if !is_sampled(plan, &About::Account(account.id.clone()), today) {
            // Whichever was tried longer ago; the phone only where the plan names one.
            let tried = phone.map_or(signed_in, |phone| signed_in.min(phone));
            list.push(Kind::Drill, about(account), days_after(tried.unwrap_or(since), every));
        }
        contact(list, account, every, since);
    }
}

fn contact(list: &mut List<'_>, account: &Account, every: i64, since: Date) {
    let name = RecordName {
        account: account.id.clone(),
        factor: Factor::Contact,
        device: None,
    };
    if list.register.record(&name).is_none() {
        return;
    }
    let proved = list
        .register
        .life()
        .tried
        .get(&account.id)
        .and_then(|tried| tried.contact);
    list.push(
        Kind::Contact,
        about(account),
        days_after(proved.unwrap_or(since), every),
    );
}

fn about(account: &Account) -> String {
    format!("account:{}", account.id)
}

fn proofs_and_practice(list: &mut List<'_>) {
    let (plan, register) = (list.plan, list.register);
    let life = register.life();
    let mut practised: BTreeMap<PersonId, Date> = BTreeMap::new();
    let mut dealt: BTreeMap<PersonId, Date> = BTreeMap::new();
    let pages: Vec<_> = register.pages().filter(|held| held.force == Force::InForce).collect();
    for held in &pages {
        let zone = held.envelope.safe.as_ref().and_then(|safe| plan.safe(safe));
        let zone = zone.map_or(TimeZone::UTC, |safe| safe.time_zone.clone());
        let since = in_zone(held.epoch.dealt, &zone);
        let proved = life.proved.get(&held.envelope.serial).map(|time| in_zone(*time, &zone));
        let custodian = &held.envelope.custodian;
        if let Some(day) = proved {
            let latest = practised.entry(custodian.clone()).or_insert(day);
            *latest = (*latest).max(day);
        }
        let first = dealt.entry(custodian.clone()).or_insert(since);
        *first = (*first).min(since);
        let day = a_year_after(proved.unwrap_or(since));
        let due = list.push_at(Kind::Proof, super::envelope(held.envelope.serial), day, &zone);
        due.owner = Some(custodian.clone());
        due.note = Some(format!("share {} of {}", held.index, held.epoch.of));
    }
    let mut practice: Vec<(PersonId, Date)> = Vec::new();
    for (person, since) in dealt {
        if plan.person(&person).is_none() {
            continue;
        }
        let beside = life.practised.get(&person).copied();
        let latest = practised.get(&person).copied().max(beside);
        practice.push((person, a_year_after(latest.unwrap_or(since))));
    }
    for (person, day) in practice {
        list.push(Kind::Practice, format!("person:{person}"), day).owner = Some(person.clone());
    }
    for state in register.epochs() {
        let Some(succession) = state.succeeds.as_ref().filter(|_| state.void.is_none()) else {
            continue;
        };
        if !state.is_live(register.mode()) {
            let day = in_zone(state.dealt, &TimeZone::UTC);
            let due = list.push(Kind::Reissue, format!("set:{}", state.of.set), day);
            due.note = Some(format!("epoch {}, {}", state.of.epoch, succession.cause.as_str()));
        }
    }
    let half: Vec<&ShareSet> = plan.sets().iter().filter(|set| old_is_open(list, set)).collect();
    for set in half {
        let day = list.as_of.here();
        list.push(Kind::Reissue, format!("set:{}", set.name()), day).note =
            Some("records that open to the old epoch only: relock".to_string());
    }
}

/// Whether two epochs of a set are live: something still opens to the old one only.
fn old_is_open(list: &List<'_>, set: &ShareSet) -> bool {
    let mode = list.register.mode();
    let live = list.register.epochs().filter(|state| state.of.set == *set.name());
    live.filter(|state| state.is_live(mode)).count() > 1
}

fn reviews(list: &mut List<'_>) {
    let life = list.register.life();
    let every = i64::from(list.plan.policy().review_every.get());
    let reviewed = life.last_review().unwrap_or_else(|| list.made());
    list.push(Kind::Review, "plan".to_string(), days_after(reviewed, every));
    for (id, review) in life.open_reviews() {
        let due = list.push(
            Kind::ReviewClose,
            format!("review:{id}"),
            days_after(review.day, CLOSED_WITHIN),
        );
        due.owner = Some(review.led_by.clone());
    }
    for (id, drill) in life.open_drills() {
        let due = list.push(
            Kind::Debrief,
            format!("drill:{id}"),
            days_after(drill.day, CLOSED_WITHIN),
        );
        due.owner = Some(drill.led_by.clone());
    }
}

fn findings(list: &mut List<'_>) {
    let life = list.register.life();
    for (id, finding) in life.open_findings() {
        let due = list.push(Kind::Finding, format!("finding:{id}"), finding.until);
        due.owner = Some(finding.owner.clone());
        due.note = Some(finding.change.clone());
    }
    for (id, visit) in life.open_visits() {
        let zone = list
            .plan
            .safe(&visit.safe)
            .map_or(TimeZone::UTC, |safe| safe.time_zone.clone());
        let day = in_zone(visit.at, &zone);
        list.push_at(Kind::Visit, format!("visit:{id}"), day, &zone).note =
            Some(format!("safe {}: {}", visit.safe, life.unexplained(visit).join("; ")));
    }
    for acceptance in list.plan.acceptances() {
        list.push(Kind::Acceptance, acceptance.about.to_string(), acceptance.until)
            .note = Some(acceptance.rule.name().to_string());
    }
}
