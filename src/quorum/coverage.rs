//! Coverage: the hours of the week in which a quorum can physically be had, given opening hours and time zones.
//!
//! Rules of this file:
//! - the week is that of UTC, minute by minute; a minute counts as covered only if it is so whatever the clocks of the year from
//!   the given day on say: every change of daylight saving in it is looked at;
//! - only safes and what lies in them count: where people are at that hour the plan does not know;
//! - an hour is covered when each of its minutes is.

use super::access::{Access, Way};
use super::loss::by_ways;
use super::units::Ways;
use crate::ident::{RegionId, SafeId};
use crate::plan::{Account, Factor, Hours, Plan, Safe, ShareSet};
use jiff::{SignedDuration, Timestamp, civil::Date, civil::Weekday, tz::TimeZone};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Minutes of a week.
const WEEK: usize = 7 * 24 * 60;

/// Hours of a week.
pub const HOURS: usize = 7 * 24;

/// The hours of a week of UTC, Monday first, that are covered, and when it is not so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Covered {
    /// How many of the 168 hours are covered.
    pub hours: usize,
    /// When it is not so, in UTC: `Fri 20:00 to Mon 08:00`.
    pub gaps: Vec<String>,
}

/// What accounts with the same ways of recovery can count on.
#[derive(Clone, Debug)]
pub struct Overall<'p> {
    /// The accounts.
    pub accounts: Vec<&'p Account>,
    /// Their ways.
    pub ways: Ways<'p>,
    /// Their hours, by whichever region.
    pub covered: Covered,
}

/// What one region offers.
#[derive(Clone, Debug, Serialize)]
pub struct Regional<'p> {
    /// The region.
    pub region: &'p RegionId,
    /// How many accounts have a way to their codes in it.
    pub accounts: usize,
    /// The hours in which all of these can be opened by way of it.
    #[serde(flatten)]
    pub covered: Covered,
}

/// A share set that has nothing to spare while a safe is shut.
#[derive(Clone, Debug)]
pub struct Tight<'p> {
    /// The set.
    pub set: &'p ShareSet,
    /// The safe that is shut at times.
    pub shut: &'p Safe,
    /// The safes and custodians that it then cannot do without.
    pub needs: Vec<&'p str>,
}

/// When quorums can be had.
#[derive(Clone, Debug)]
pub struct Coverage<'p> {
    /// Accounts with the same ways of recovery, in the order of their first.
    pub overall: Vec<Overall<'p>>,
    /// The regions, in the order of the plan's safes.
    pub regions: Vec<Regional<'p>>,
    /// The share sets without anything to spare at times.
    pub tight: Vec<Tight<'p>>,
}

impl<'p> Coverage<'p> {
    /// The hours of the year that begins with `from`.
    pub fn of(access: &Access<'p>, from: Date) -> Self {
        let plan = access.plan;
        let weeks = Weeks::of(plan, from);
        let by_ways = by_ways(access);
        let mut overall: Vec<Overall<'p>> = by_ways
            .iter()
            .map(|(ways, accounts)| Overall {
                accounts: accounts.clone(),
                ways: (*ways).clone(),
                covered: covered(&weeks.recovery(ways, None)),
            })
            .collect();
        overall.sort_by_key(|one| one.accounts[0].at);
        let mut regions: Vec<&RegionId> = Vec::new();
        for safe in plan.safes() {
            if !regions.contains(&&safe.region) {
                regions.push(&safe.region);
            }
        }
        let regional = regions.into_iter().filter_map(|region| {
            let served: Vec<_> = by_ways.iter().filter(|(ways, _)| serves(plan, ways, region)).collect();
            let mut minutes = vec![true; WEEK];
            for (ways, _) in &served {
                and(&mut minutes, &weeks.recovery(ways, Some(region)));
            }
            (!served.is_empty()).then(|| Regional {
                region,
                accounts: served.iter().map(|(_, accounts)| accounts.len()).sum(),
                covered: covered(&minutes),
            })
        });
        Self {
            overall,
            regions: regional.collect(),
            tight: plan
                .sets()
                .iter()
                .filter(|set| set.purpose() != Factor::Contact)
                .flat_map(|set| weeks.tight(set))
                .collect(),
        }
    }
}

/// Whether some way to the codes is of this region.
fn serves(plan: &Plan, ways: &Ways<'_>, region: &RegionId) -> bool {
    ways.codes.iter().flatten().any(|way| is_of(plan, *way, region))
}

/// Whether a way is of a region: a set that serves it, a token that lies in it.
pub fn is_of(plan: &Plan, way: Way<'_>, region: &RegionId) -> bool {
    match way {
        Way::Set(name) => plan.set(name).and_then(ShareSet::region) == Some(region),
        Way::Token(safe) => plan.safe(safe).is_some_and(|safe| safe.region == *region),
        Way::Former(..) | Way::Mailbox | Way::MailboxAndPhone => false,
    }
}

/// Whether a way to a password is of use where recovery goes by way of a region: its own set, or one that serves no region alone.
pub fn is_at_hand(plan: &Plan, way: Way<'_>, region: &RegionId) -> bool {
    match way {
        Way::Set(name) => plan
            .set(name)
            .is_some_and(|set| set.region().is_none_or(|own| own == region)),
        _ => is_of(plan, way, region),
    }
}

/// The minutes of the week in which each safe is open, once for each state of the clocks of a year.
struct Weeks<'p> {
    plan: &'p Plan,
    states: Vec<BTreeMap<&'p SafeId, Minutes>>,
}

/// The minutes of a week of UTC in which something is so; nothing stands for all of them.
type Minutes = Option<Vec<bool>>;

impl<'p> Weeks<'p> {
    fn of(plan: &'p Plan, from: Date) -> Self {
        let mut known: BTreeMap<(String, i32), Minutes> = BTreeMap::new();
        let mut states = BTreeSet::new();
        for at in changes(plan, from) {
            states.insert(
                plan.safes()
                    .iter()
                    .map(|safe| safe.time_zone.to_offset(at).seconds())
                    .collect::<Vec<_>>(),
            );
        }
        let state = |offsets: Vec<i32>| {
            let safes = plan.safes().iter().zip(offsets);
            let week = safes.map(|(safe, offset)| {
                let minutes = known
                    .entry((safe.open.to_string(), offset))
                    .or_insert_with(|| minutes(&safe.open, offset));
                (&safe.id, minutes.clone())
            });
            week.collect()
        };
        Self {
            plan,
            states: states.into_iter().map(state).collect(),
        }
    }

    /// The minutes in which both factors can be had, by way of a region where one is named.
    fn recovery(&self, ways: &Ways<'p>, region: Option<&RegionId>) -> Vec<bool> {
        let mut always = vec![true; WEEK];
        for state in &self.states {
            let passwords = ways
                .passwords
                .iter()
                .filter(|way| region.is_none_or(|region| is_at_hand(self.plan, **way, region)));
            restrict(&mut always, self.any(state, passwords));
            if let Some(codes) = &ways.codes {
                let codes = codes
                    .iter()
                    .filter(|way| region.is_none_or(|region| is_of(self.plan, **way, region)));
                restrict(&mut always, self.any(state, codes));
            }
            if !self.plan.copies().is_empty() {
                let copies = self
                    .plan
                    .copies()
                    .iter()
                    .map(|copy| state.get(&copy.safe).cloned().unwrap_or_default());
                restrict(&mut always, either(copies));
            }
        }
        always
    }

    fn any<'w>(&self, state: &BTreeMap<&'p SafeId, Minutes>, ways: impl Iterator<Item = &'w Way<'p>>) -> Minutes
    where
        'p: 'w,
    {
        either(ways.map(|way| match way {
            Way::Set(name) => self.plan.set(name).map_or_else(
                || Some(vec![false; WEEK]),
                |set| {
                    let needed = set.threshold().needed();
                    let had = had(state, set);
                    had.map(|had| had.into_iter().map(|shares| shares >= needed).collect())
                },
            ),
            Way::Token(safe) => state.get(safe).cloned().unwrap_or_default(),
            Way::Former(..) | Way::Mailbox | Way::MailboxAndPhone => Some(vec![false; WEEK]),
        }))
    }

    /// Each safe of a set without which it has nothing to spare.
    fn tight(&self, set: &'p ShareSet) -> Vec<Tight<'p>> {
        let mut tight: Vec<Tight<'p>> = Vec::new();
        for state in &self.states {
            let Some(shares) = had(state, set) else { continue };
            let bare: Vec<usize> = (0..WEEK).filter(|at| shares[*at] == set.threshold().needed()).collect();
            for safe in set
                .shares()
                .iter()
                .filter_map(|share| self.plan.safe(share.safe.as_ref()?))
            {
                let Some(Some(open)) = state.get(&safe.id) else {
                    continue;
                };
                let Some(at) = bare.iter().find(|at| !open[**at]) else {
                    continue;
                };
                if tight.iter().any(|known| known.shut.id == safe.id) {
                    continue;
                }
                let open_then = |id: &SafeId| {
                    state
                        .get(id)
                        .is_some_and(|open| open.as_ref().is_none_or(|open| open[*at]))
                };
                let mut needs: Vec<&'p str> = Vec::new();
                for share in set.shares() {
                    let name = match &share.safe {
                        Some(safe) if open_then(safe) => safe.as_str(),
                        Some(_) => continue,
                        None => share.custodian.as_str(),
                    };
                    if !needs.contains(&name) {
                        needs.push(name);
                    }
                }
                tight.push(Tight { set, shut: safe, needs });
            }
        }
        tight
    }
}

/// How many shares of a set can be had in each minute; nothing where all of them always can.
fn had(state: &BTreeMap<&SafeId, Minutes>, set: &ShareSet) -> Option<Vec<u8>> {
    let shut: Vec<&Vec<bool>> = set
        .shares()
        .iter()
        .filter_map(|share| state.get(share.safe.as_ref()?))
        .filter_map(Option::as_ref)
        .collect();
    let always = set.threshold().total() - shut.len() as u8;
    (!shut.is_empty()).then(|| {
        (0..WEEK)
            .map(|at| always + shut.iter().filter(|open| open[at]).count() as u8)
            .collect()
    })
}

fn either(of: impl Iterator<Item = Minutes>) -> Minutes {
    let mut any = vec![false; WEEK];
    for minutes in of {
        let minutes = minutes?;
        any.iter_mut().zip(minutes).for_each(|(any, one)| *any |= one);
    }
    Some(any)
}

fn restrict(minutes: &mut [bool], by: Minutes) {
    if let Some(by) = by {
        and(minutes, &by);
    }
}

fn and(minutes: &mut [bool], by: &[bool]) {
    minutes.iter_mut().zip(by).for_each(|(all, one)| *all &= one);
}

/// When the clocks of some safe change in the year that begins with a day, that day's beginning among them.
fn changes(plan: &Plan, from: Date) -> BTreeSet<Timestamp> {
    let Ok(begin) = from.to_zoned(TimeZone::UTC).map(|day| day.timestamp()) else {
        return BTreeSet::new();
    };
    let end = begin
        .saturating_add(SignedDuration::from_hours(366 * 24))
        .unwrap_or(Timestamp::MAX);
    let mut at: BTreeSet<Timestamp> = BTreeSet::from([begin]);
    let mut seen = BTreeSet::new();
    for safe in plan.safes() {
        if seen.insert(safe.time_zone.iana_name()) {
            at.extend(
                safe.time_zone
                    .following(begin)
                    .map(|change| change.timestamp())
                    .take_while(|change| *change < end),
            );
        }
    }
    at
}

fn minutes(open: &Hours, offset: i32) -> Minutes {
    if *open == Hours::Always {
        return None;
    }
    let ahead = usize::try_from((offset / 60).rem_euclid(7 * 24 * 60)).unwrap_or(0);
    let local = |at: usize| {
        let local = (at + ahead) % WEEK;
        let day = Weekday::from_monday_zero_offset((local / 1440) as i8).unwrap_or(Weekday::Monday);
        open.at_minute(day, (local % 1440) as u16)
    };
    Some((0..WEEK).map(local).collect())
}

fn covered(minutes: &[bool]) -> Covered {
    let hours = minutes
        .chunks(60)
        .filter(|hour| hour.iter().all(|minute| *minute))
        .count();
    let Some(first) = minutes.iter().position(|minute| *minute) else {
        return Covered {
            hours,
            gaps: vec!["at any time".to_string()],
        };
    };
    let mut gaps = Vec::new();
    let mut since = None;
    for at in first..=first + WEEK {
        match (minutes[at % WEEK], since) {
            (false, None) => since = Some(at),
            (true, Some(begin)) => {
                gaps.push(format!("{} to {}", time_of_week(begin), time_of_week(at)));
                since = None;
            }
            _ => {}
        }
    }
    Covered { hours, gaps }
}

fn time_of_week(at: usize) -> String {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let at = at % WEEK;
    format!("{} {:02}:{:02}", DAYS[at / 1440], at % 1440 / 60, at % 60)
}
