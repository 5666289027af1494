//! The judgement and the claim as one JSON object: `strongroom/check/1`, described in `docs/json.md`.
//!
//! Rules of this file:
//! - keys are stable: one is added, never taken away or given another meaning, within one schema;
//! - what is counted beyond 2^53 - 1 is given as that number, which every reader of JSON holds.

use crate::plan::rules::{Accepted, Finding, Judgement, Note, Severity};
use crate::plan::{Account, Factor};
use crate::quorum::access::{Kind, Structure};
use crate::quorum::claim::Claim;
use crate::quorum::coalition::Groups;
use crate::quorum::coverage::{Covered, HOURS, Regional};
use crate::quorum::loss::Margin;
use crate::quorum::steps;
use crate::quorum::units::Unit;
use serde::Serialize;

/// How many groups of each kind are listed, at most; fewer where there are very many structures.
const GROUPS: usize = 12;

/// The largest whole number that every reader of JSON holds.
const MOST: u64 = (1 << 53) - 1;

/// How many groups of each kind are listed over all structures.
const ALL_GROUPS: usize = 2_400;

#[derive(Serialize)]
struct Report<'a, 'p> {
    schema: &'static str,
    claim: String,
    people: usize,
    safes: usize,
    share_sets: usize,
    accounts: usize,
    closed_accounts: usize,
    policy: Policy,
    findings: Vec<Weighed<'a, Finding>>,
    accepted: &'a [Accepted],
    notes: &'a [Note],
    groups_listed: usize,
    coalitions: Vec<Coalition<'p>>,
    losses: Losses<'a, 'p>,
    margins: &'a [Margin<'p>],
    coverage: Coverage<'a, 'p>,
}

#[derive(Serialize)]
struct Policy {
    smallest_by_quorum: u16,
    smallest_by_provider: u16,
    survive: Vec<String>,
}

#[derive(Serialize)]
struct Weighed<'a, T> {
    severity: Severity,
    #[serde(flatten)]
    of: &'a T,
}

#[derive(Serialize)]
struct Coalition<'p> {
    accounts: Vec<&'p str>,
    name: &'p str,
    kind: &'static str,
    provider: &'static str,
    root_credentials: bool,
    by: ByKind<'p>,
    factors: Factors<'p>,
}

#[derive(Serialize)]
struct ByKind<'p> {
    quorum: Option<Paths<'p>>,
    mixed: Option<Paths<'p>>,
    provider: Option<Paths<'p>>,
}

#[derive(Serialize)]
struct Factors<'p> {
    password: Ways<'p>,
    mfa: Ways<'p>,
}

#[derive(Serialize)]
struct Ways<'p> {
    quorum: Option<Paths<'p>>,
    provider: Option<Paths<'p>>,
}

#[derive(Serialize)]
struct Paths<'p> {
    smallest: usize,
    allowed: Option<u16>,
    holds: Option<bool>,
    count: u64,
    groups: Vec<Group<'p>>,
}

#[derive(Serialize)]
struct Group<'p> {
    people: Vec<&'p str>,
    path: String,
    means: String,
}

#[derive(Serialize)]
struct Losses<'a, 'p> {
    depth: usize,
    cuts: Vec<Cut<'a, 'p>>,
    more: bool,
}

#[derive(Serialize)]
struct Cut<'a, 'p> {
    lost: &'a [Unit<'p>],
    accounts: usize,
    first: &'p str,
}

#[derive(Serialize)]
struct Coverage<'a, 'p> {
    hours: usize,
    overall: Vec<Overall<'a, 'p>>,
    regions: &'a [Regional<'p>],
}

#[derive(Serialize)]
struct Overall<'a, 'p> {
    accounts: usize,
    first: &'p str,
    #[serde(flatten)]
    covered: &'a Covered,
}

/// The whole report, on one line.
pub(super) fn report(claim: &mut Claim<'_, '_>, judgement: &Judgement) -> String {
    let plan = claim.access.plan;
    let groups_listed = (ALL_GROUPS / claim.access.structures.len().max(1)).clamp(1, GROUPS);
    let coalitions = (0..claim.access.structures.len())
        .map(|at| coalition(claim, at, groups_listed))
        .collect();
    let weighed = |finding: &'_ Finding| finding.rule.severity();
    let report = Report {
        schema: "strongroom/check/1",
        claim: claim.sentence(),
        people: plan.people().len(),
        safes: plan.safes().len(),
        share_sets: plan.sets().len(),
        accounts: plan.accounts().len(),
        closed_accounts: plan.accounts().iter().filter(|account| !account.is_open()).count(),
        policy: Policy {
            smallest_by_quorum: plan.policy().smallest_by_quorum,
            smallest_by_provider: plan.policy().smallest_by_provider,
            survive: plan.policy().survive.iter().map(ToString::to_string).collect(),
        },
        findings: judgement
            .findings
            .iter()
            .map(|of| Weighed {
                severity: weighed(of),
                of,
            })
            .collect(),
        accepted: &judgement.accepted,
        notes: &judgement.notes,
        groups_listed,
        coalitions,
        losses: Losses {
            depth: claim.losses.depth,
            cuts: claim.losses.by_cut().into_iter().map(cut).collect(),
            more: claim.losses.of.iter().any(|cuts| cuts.more),
        },
        margins: &claim.losses.margins,
        coverage: Coverage {
            hours: HOURS,
            overall: claim.coverage.overall.iter().map(overall).collect(),
            regions: &claim.coverage.regions,
        },
    };
    format!("{}\n", serde_json::to_string(&report).unwrap_or_default())
}

fn overall<'a, 'p>(one: &'a crate::quorum::coverage::Overall<'p>) -> Overall<'a, 'p> {
    Overall {
        accounts: one.accounts.len(),
        first: one.accounts[0].id.as_str(),
        covered: &one.covered,
    }
}

fn cut<'a, 'p>((lost, accounts, first): (&'a [Unit<'p>], usize, &'p Account)) -> Cut<'a, 'p> {
    Cut {
        lost,
        accounts,
        first: first.id.as_str(),
    }
}

fn coalition<'p>(claim: &mut Claim<'_, 'p>, at: usize, limit: usize) -> Coalition<'p> {
    let access = claim.access;
    let structure = &access.structures[at];
    let policy = access.plan.policy();
    let mut by = |kind: Kind| {
        let allowed = match kind {
            Kind::Quorum => policy.smallest_by_quorum,
            Kind::Mixed | Kind::Provider => policy.smallest_by_provider,
        };
        let judged = structure.shape.keeps_credentials.then_some(allowed);
        let groups = claim.coalitions.groups(at, kind, limit)?;
        Some(paths(claim, structure, groups, judged))
    };
    let by = ByKind {
        quorum: by(Kind::Quorum),
        mixed: by(Kind::Mixed),
        provider: by(Kind::Provider),
    };
    let mut ways = |factor: Factor| {
        let mut one = |kind| {
            let groups = claim.coalitions.factor(at, factor, kind, limit)?;
            Some(paths(claim, structure, groups, None))
        };
        Ways {
            quorum: one(Kind::Quorum),
            provider: one(Kind::Provider),
        }
    };
    Coalition {
        accounts: structure.accounts.iter().map(|account| account.id.as_str()).collect(),
        name: structure.accounts[0].name.as_str(),
        kind: structure.shape.kind.as_str(),
        provider: structure.shape.provider.as_str(),
        root_credentials: structure.shape.keeps_credentials,
        by,
        factors: Factors {
            password: ways(Factor::Password),
            mfa: ways(Factor::Mfa),
        },
    }
}

fn paths<'p>(claim: &Claim<'_, 'p>, structure: &Structure<'p>, of: Groups<'p>, allowed: Option<u16>) -> Paths<'p> {
    let group = |group: crate::quorum::coalition::Group<'p>| Group {
        means: group.by.as_ref().map_or_else(String::new, |path| {
            steps::spelled(claim.access, &structure.shape, path, &group.people)
        }),
        people: group.people.iter().map(|person| person.as_str()).collect(),
        path: group.path,
    };
    Paths {
        smallest: of.smallest,
        allowed,
        holds: allowed.map(|allowed| of.smallest >= usize::from(allowed)),
        count: u64::try_from(of.count).unwrap_or(MOST).min(MOST),
        groups: of.groups.into_iter().map(group).collect(),
    }
}
