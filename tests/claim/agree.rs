//! Two opinions on the same plan.

use super::brute::{self, Thing, World};
use super::plans::{Draw, plan};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use strongroom::plan::{Account, Factor, Plan};
use strongroom::quorum::access::{Access, Kind};
use strongroom::quorum::coalition::{Coalitions, Groups};
use strongroom::quorum::loss::Losses;
use strongroom::quorum::simulate::{Scenario, simulate};
use strongroom::quorum::units::Units;

/// Draws `count` plans of at most `most` people and compares all that is said of them; how many comparisons were made.
pub fn on_plans(first: u64, count: u64, most: usize) -> usize {
    (first..first + count)
        .map(|number| on_plan(&format!("plan {number}"), &plan(number, most), number))
        .sum()
}

/// Compares all that is said of one plan.
pub fn on_plan(name: &str, text: &str, seed: u64) -> usize {
    let plan = Plan::parse(text).unwrap_or_else(|refusal| panic!("{name}: {refusal}\n{text}"));
    let access = Access::of(&plan, &[]);
    coalitions(name, &plan, &access) + losses(name, &plan, &access) + nights(name, &plan, &access, seed)
}

fn bits(plan: &Plan, groups: Option<Groups<'_>>) -> Vec<u32> {
    let Some(groups) = groups else { return Vec::new() };
    let bit = |id: &strongroom::ident::PersonId| 1 << plan.people().iter().position(|person| person.id == *id).unwrap();
    let mut sets: Vec<u32> = groups
        .groups
        .iter()
        .map(|group| group.people.iter().map(|id| bit(id)).sum())
        .collect();
    assert!(
        groups.groups.is_sorted_by_key(|group| group.people.len()),
        "the smallest come first"
    );
    assert_eq!(groups.count, sets.len() as u128);
    assert_eq!(
        Some(groups.smallest),
        groups.groups.first().map(|group| group.people.len())
    );
    assert!(
        groups.groups.iter().all(|group| !group.path.is_empty()),
        "every group has its path"
    );
    sets.sort_unstable();
    sets
}

/// Whether a world has a factor of an account.
type Has = fn(&World<'_>, &Account) -> bool;

fn coalitions(name: &str, plan: &Plan, access: &Access<'_>) -> usize {
    let people = plan.people().len();
    let worlds: Vec<World<'_>> = (0..1_u32 << people).map(|set| World::with(plan, set)).collect();
    let mut computed = Coalitions::of(access).unwrap();
    let mut compared = 0;
    for at in 0..access.structures.len() {
        let accounts = access.structures[at].accounts.clone();
        for account in accounts {
            let by_kind: Vec<[bool; 3]> = worlds.iter().map(|world| world.signs_in(account)).collect();
            for kind in Kind::ALL {
                let wanted = brute::minimal(people, |set| by_kind[set as usize][kind as usize]);
                assert_eq!(
                    bits(plan, computed.groups(at, kind, usize::MAX)),
                    wanted,
                    "{name}: {} by {kind:?}",
                    account.id
                );
            }
            let has_factor: [(Factor, Kind, Has); 4] = [
                (Factor::Password, Kind::Quorum, |world, account| {
                    world.has_password(account)
                }),
                (Factor::Password, Kind::Provider, |world, account| {
                    world.resets_password(account)
                }),
                (Factor::Mfa, Kind::Quorum, |world, account| {
                    account.keeps_root_credentials() && world.has_code(account)
                }),
                (Factor::Mfa, Kind::Provider, |world, account| {
                    account.keeps_root_credentials() && !account.mfa.is_empty() && world.resets_code(account)
                }),
            ];
            for (factor, kind, has) in has_factor {
                let wanted = brute::minimal(people, |set| has(&worlds[set as usize], account));
                let found = bits(plan, computed.factor(at, factor, kind, usize::MAX));
                assert_eq!(found, wanted, "{name}: {factor} of {} by {kind:?}", account.id);
            }
            compared += 7;
        }
    }
    let in_structures: usize = access.structures.iter().map(|one| one.accounts.len()).sum();
    assert_eq!(
        in_structures,
        plan.accounts().iter().filter(|account| account.is_open()).count()
    );
    compared
}

fn losses(name: &str, plan: &Plan, access: &Access<'_>) -> usize {
    let computed = Losses::of(access).unwrap();
    let mut compared = 0;
    for of in &computed.of {
        let found: BTreeSet<Vec<Thing>> = of
            .cuts
            .iter()
            .map(|cut| {
                let mut things: Vec<Thing> = cut
                    .iter()
                    .map(|unit| (unit.kind().as_str(), unit.id().to_string()))
                    .collect();
                things.sort();
                things
            })
            .collect();
        assert!(!of.more && found.len() == of.cuts.len(), "{name}: each cut once");
        for account in of.accounts.iter().take(2) {
            assert_eq!(
                found,
                brute::cuts(plan, account, computed.depth),
                "{name}: cuts of {}",
                account.id
            );
            compared += 1;
        }
        for loss in &plan.policy().survive {
            let is_broken = of.broken.iter().any(|(broken, _)| broken == loss);
            assert_eq!(
                is_broken,
                breaks(plan, of.accounts[0], *loss),
                "{name}: {loss}, {}",
                of.accounts[0].id
            );
            compared += 1;
        }
    }
    let judged = plan.accounts().iter().filter(|account| account.is_judged()).count();
    assert_eq!(computed.of.iter().map(|of| of.accounts.len()).sum::<usize>(), judged);
    compared
}

/// Whether some loss of the policy's kind and number locks the account, by trying them all.
fn breaks(plan: &Plan, account: &Account, loss: strongroom::plan::Loss) -> bool {
    let of_kind: Vec<Thing> = brute::things(plan)
        .into_iter()
        .filter(|thing| thing.0 == loss.of.as_str())
        .collect();
    (0..1_u32 << of_kind.len())
        .filter(|set| set.count_ones() <= u32::from(loss.any))
        .any(|set| {
            let mut world = World::whole(plan);
            world.lost = of_kind
                .iter()
                .enumerate()
                .filter(|(at, _)| set >> at & 1 == 1)
                .map(|(_, thing)| thing.clone())
                .collect();
            !world.recovers(account)
        })
}

/// Some nights: who is away, what is lost, and whether and when the accounts open.
fn nights(name: &str, plan: &Plan, access: &Access<'_>, seed: u64) -> usize {
    let mut draw = Draw::new(seed ^ 0x6e69_6768_7473);
    let units = Units::of(plan);
    let mut compared = 0;
    for _ in 0..2 {
        let (away, lost) = (draw.number(0, 2), draw.number(0, 2));
        let away = draw.some(away, plan.people().len());
        let lost = draw.some(lost, units.list().len());
        let at = Timestamp::from_second(1_795_000_000 + draw.number(0, 31_000_000).cast_signed() as i64).unwrap();
        let scenario = Scenario {
            lost: lost.iter().map(|at| units.list()[*at]).collect(),
            away: away.iter().map(|at| &plan.people()[*at].id).collect(),
            at,
        };
        let mut world = World::with(plan, !away.iter().map(|at| 1_u32 << at).sum::<u32>());
        world.lost = scenario
            .lost
            .iter()
            .map(|unit| (unit.kind().as_str(), unit.id().to_string()))
            .collect();
        for outcome in simulate(access, &scenario).unwrap() {
            let account = plan.account(outcome.accounts[0]).unwrap();
            world.shut.clear();
            assert_eq!(
                outcome.soonest.is_some(),
                world.recovers(account),
                "{name}: {} at {at}",
                account.id
            );
            assert_eq!(
                outcome.soonest.is_none(),
                !outcome.lacks.is_empty(),
                "{name}: what is locked lacks something"
            );
            let smallest = (0..1_u32 << plan.people().len()).filter(|set| {
                let mut group = World::with(plan, *set & world.people);
                group.lost.clone_from(&world.lost);
                group.signs_in(account)[2]
            });
            assert_eq!(
                outcome.around,
                smallest.map(|set| set.count_ones() as usize).min(),
                "{name}: around {}",
                account.id
            );
            compared += 3;
            let Some(soonest) = outcome.soonest else { continue };
            // Not a minute earlier; then with this group, and with nobody of it missing.
            if soonest.moment.from > at {
                world.shut = shut_until(plan, at, soonest.moment.from - SignedDuration::from_secs(1));
                assert!(
                    !world.recovers(account),
                    "{name}: {} opens before {}",
                    account.id,
                    soonest.moment.from
                );
            }
            let shut = shut_until(plan, at, soonest.moment.from);
            let bit = |id: &strongroom::ident::PersonId| {
                1_u32 << plan.people().iter().position(|person| person.id == *id).unwrap()
            };
            let group: u32 = soonest.people.iter().map(|id| bit(id)).sum();
            let recovers = |people: u32| {
                let mut world = World {
                    plan,
                    people,
                    lost: world.lost.clone(),
                    shut: shut.clone(),
                };
                world.people &= !away.iter().map(|at| 1_u32 << at).sum::<u32>();
                world.recovers(account)
            };
            assert!(recovers(group), "{name}: the group of {}", account.id);
            let fewer = (0..1_u32 << plan.people().len()).filter(|set| set.count_ones() < group.count_ones());
            assert!(
                fewer.into_iter().all(|set| !recovers(set)),
                "{name}: a smaller group for {}",
                account.id
            );
            compared += 3;
        }
    }
    compared
}

/// The safes that are open in no minute from `from` until `until`.
fn shut_until(plan: &Plan, from: Timestamp, until: Timestamp) -> BTreeSet<String> {
    let minutes = until.duration_since(from).as_mins();
    let times = || {
        (0..=minutes)
            .map(|minute| from + SignedDuration::from_mins(minute))
            .chain([until])
    };
    let opens =
        |safe: &strongroom::plan::Safe| times().any(|at| safe.open.at(at.to_zoned(safe.time_zone.clone()).datetime()));
    plan.safes()
        .iter()
        .filter(|safe| !opens(safe))
        .map(|safe| safe.id.to_string())
        .collect()
}
