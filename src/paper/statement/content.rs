//! What the statement says, before it is set.
//!
//! Rules of this file:
//! - each number is that of the weakest account that is judged;
//! - sentences come from the template; names, numbers and dates from the claim.

use super::Statement;
use crate::ident::PersonId;
use crate::paper::template::Template;
use crate::plan::{AccountKind, AnyOf, Factor, Lost};
use crate::quorum::access::{Kind, Way};
use crate::quorum::claim::Claim;
use crate::quorum::diagram::Diagrams;
use crate::quorum::gate::Gate;
use crate::quorum::units::Unit;
use crate::refusal::Refusal;

/// One row of the coalitions: a kind of path, or below it one way of it.
pub(super) struct PathRow {
    pub(super) label: String,
    pub(super) people: Option<usize>,
    /// What the policy asks; nothing in a row below another.
    pub(super) allowed: Option<u16>,
    pub(super) who: String,
}

/// One row of the losses.
pub(super) struct Loss {
    pub(super) what: String,
    pub(super) locked: String,
    pub(super) note: String,
}

/// One finding.
pub(super) struct Finding {
    pub(super) rule: String,
    pub(super) about: String,
    pub(super) text: String,
    /// The last day on which it is accepted; nothing where it is open.
    pub(super) until: Option<String>,
}

/// Everything that stands on the page.
pub(super) struct Content {
    pub(super) headline: String,
    pub(super) computed: String,
    pub(super) ways: Vec<PathRow>,
    pub(super) weakest: bool,
    pub(super) losses: Vec<Loss>,
    /// How many losses there are besides, of as many things as the last row.
    pub(super) further: usize,
    pub(super) findings: Vec<Finding>,
    pub(super) date: String,
    pub(super) plan_hash: String,
}

/// How many losses one row names.
const NAMED: usize = 4;

/// How many rows of pairs there are.
const PAIRS: usize = 2;

pub(super) fn of(claim: &mut Claim<'_, '_>, it: &Statement<'_>, template: &Template) -> Result<Content, Refusal> {
    let (losses, further) = losses(claim, template)?;
    let date = it.date.to_string();
    let sizes = sizes(claim);
    Ok(Content {
        headline: headline(claim, template)?,
        computed: template.plain("computed", &[("date", &date), ("sizes", &sizes)])?,
        ways: ways(claim, template)?,
        weakest: claim
            .smallest(Kind::Provider)
            .is_some_and(|people| claim.smallest(Kind::Quorum).is_none_or(|quorum| people < quorum)),
        losses,
        further,
        findings: findings(it),
        date,
        plan_hash: it.plan_hash.clone(),
    })
}

fn headline(claim: &Claim<'_, '_>, template: &Template) -> Result<String, Refusal> {
    if claim.judged() == 0 {
        return template.plain("nothing to judge", &[]);
    }
    let (alone, loss) = (capital(&claim.alone()), claim.single_loss());
    template.plain("headline", &[("alone", &alone), ("loss", &loss)])
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn sizes(claim: &Claim<'_, '_>) -> String {
    let plan = claim.access.plan;
    let counted = |number: usize, noun: &str| format!("{number} {noun}{}", if number == 1 { "" } else { "s" });
    [
        format!("{} people", plan.people().len()),
        counted(plan.safes().len(), "safe"),
        counted(plan.sets().len(), "share set"),
        counted(claim.judged(), "account"),
    ]
    .join(", ")
}

fn ways(claim: &mut Claim<'_, '_>, template: &Template) -> Result<Vec<PathRow>, Refusal> {
    let policy = claim.access.plan.policy();
    let (by_quorum, by_provider) = (policy.smallest_by_quorum, policy.smallest_by_provider);
    let mut rows = Vec::new();
    for (kind, section, allowed) in [
        (Kind::Quorum, "by quorum", by_quorum),
        (Kind::Mixed, "mixed", by_provider),
        (Kind::Provider, "by provider", by_provider),
    ] {
        let at = claim.weakest(kind);
        let who = at.and_then(|at| claim.who(at, kind));
        rows.push(PathRow {
            label: template.plain(section, &[])?,
            people: claim.smallest(kind),
            allowed: Some(allowed),
            who: who.map_or_else(|| template.plain("no path", &[]), Ok)?,
        });
        match (kind, at) {
            (Kind::Quorum, Some(at)) => {
                for (factor, section) in [(Factor::Password, "password"), (Factor::Mfa, "mfa")] {
                    let groups = claim.coalitions.factor(at, factor, Kind::Quorum, 1);
                    let who = groups
                        .as_ref()
                        .and_then(|groups| groups.groups.first())
                        .map(|group| group.path.clone());
                    rows.push(below(
                        template.plain(section, &[])?,
                        groups.map(|groups| groups.smallest),
                        who.unwrap_or_default(),
                    ));
                }
            }
            (Kind::Provider, Some(_)) => rows.extend(around(claim, template)?),
            _ => {}
        }
    }
    rows.retain(|row| row.allowed.is_some() || row.people.is_some());
    Ok(rows)
}

/// The provider's ways one by one, each at its weakest.
fn around(claim: &Claim<'_, '_>, template: &Template) -> Result<Vec<PathRow>, Refusal> {
    let access = claim.access;
    let judged = || {
        access
            .structures
            .iter()
            .filter(|structure| structure.shape.keeps_credentials)
    };
    let mut phone: Option<usize> = None;
    let mut root: Option<usize> = None;
    let mut diagrams = Diagrams::new(access.order());
    let mut fewest = |least: &mut Option<usize>, gate: &Gate| -> Result<(), Refusal> {
        let function = diagrams.function(gate)?;
        let family = diagrams.minimal(function)?;
        *least = (*least).into_iter().chain(diagrams.smallest(family)).min();
        Ok(())
    };
    for structure in judged() {
        if structure.shape.codes.is_some() {
            fewest(&mut phone, &access.way(Way::MailboxAndPhone, &structure.shape))?;
        }
        if structure.shape.kind == AccountKind::Member {
            fewest(&mut root, &access.root_access(&structure.shape))?;
        }
    }
    let root_access = access.plan.root_access();
    let of: Vec<&str> = root_access
        .into_iter()
        .flat_map(AnyOf::of)
        .map(PersonId::as_str)
        .collect();
    let who = root_access.map_or_else(String::new, |any| {
        format!("{} of {} and a mailbox reader; members only", any.any(), of.join(" "))
    });
    Ok(vec![
        below(
            template.plain("mailbox and phone", &[])?,
            phone,
            "a reader of the mailbox and a holder of the phone".to_string(),
        ),
        below(template.plain("root access", &[])?, root, who),
    ])
}

fn below(label: String, people: Option<usize>, who: String) -> PathRow {
    PathRow {
        label,
        people,
        allowed: None,
        who,
    }
}

fn losses(claim: &Claim<'_, '_>, template: &Template) -> Result<(Vec<Loss>, usize), Refusal> {
    if claim.judged() == 0 {
        return Ok((Vec::new(), 0));
    }
    let lost = claim.single_kinds();
    let (harmful, harmless): (Vec<Lost>, Vec<Lost>) =
        Lost::ALL.into_iter().partition(|kind| lost.contains(kind.as_str()));
    let names: Vec<&str> = harmless
        .into_iter()
        .filter(|kind| exists(claim, *kind))
        .map(|kind| match kind {
            Lost::Copy => "vault copy",
            other => other.as_str(),
        })
        .collect();
    let mut rows = Vec::new();
    if let Some((last, most)) = names.split_last() {
        let any_one = if most.is_empty() {
            (*last).to_string()
        } else {
            format!("{} or {last}", most.join(", "))
        };
        rows.push(Loss {
            what: format!("any one {any_one}"),
            locked: "none".to_string(),
            note: template.plain("survived", &[])?,
        });
    }
    for kind in harmful {
        let (units, locked) = single(claim, kind);
        let first = named(&units.iter().map(|unit| vec![*unit]).collect::<Vec<_>>());
        rows.push(Loss {
            what: format!("one {}", kind.as_str()),
            locked: accounts(claim, locked),
            note: template.plain("not survived", &[("first", &first)])?,
        });
    }
    let smallest = claim.losses.smallest().unwrap_or(0);
    let all = claim.loss_rows();
    let of_several: Vec<_> = all
        .iter()
        .filter(|row| row.losses == smallest && smallest > 1)
        .collect();
    for (number, row) in of_several.iter().take(PAIRS).enumerate() {
        rows.push(Loss {
            what: named(&row.cuts),
            locked: accounts(claim, row.accounts),
            note: if number == 0 {
                template.plain("smallest losses", &[])?
            } else {
                row.first.name.to_string()
            },
        });
    }
    let shown = of_several
        .iter()
        .take(PAIRS)
        .map(|row| row.cuts.len().min(NAMED))
        .sum::<usize>();
    let count = of_several.iter().map(|row| row.cuts.len()).sum::<usize>();
    Ok((rows, count - shown))
}

fn exists(claim: &Claim<'_, '_>, kind: Lost) -> bool {
    let plan = claim.access.plan;
    match kind {
        Lost::Person => true,
        Lost::Safe | Lost::Building | Lost::Region => !plan.safes().is_empty(),
        Lost::Copy => !plan.copies().is_empty(),
        Lost::Passphrase => plan
            .sets()
            .iter()
            .any(|set| set.shares().iter().any(|share| share.passphrase)),
    }
}

/// The things of a kind whose loss locks accounts out, and the most accounts that one of them locks.
fn single<'p>(claim: &Claim<'_, 'p>, kind: Lost) -> (Vec<Unit<'p>>, usize) {
    let mut units: std::collections::BTreeMap<Unit<'p>, usize> = std::collections::BTreeMap::new();
    for cuts in &claim.losses.of {
        for unit in cuts.alone.iter().filter(|unit| unit.kind() == kind) {
            *units.entry(*unit).or_insert(0) += cuts.accounts.len();
        }
    }
    let most = units.values().copied().max().unwrap_or(0);
    (units.into_keys().collect(), most)
}

fn accounts(claim: &Claim<'_, '_>, locked: usize) -> String {
    if locked == claim.judged() {
        "all".to_string()
    } else {
        locked.to_string()
    }
}

fn named(cuts: &[Vec<Unit<'_>>]) -> String {
    let with = |cut: &Vec<Unit<'_>>| cut.iter().map(Unit::named).collect::<Vec<_>>().join(" with ");
    cuts.iter().take(NAMED).map(with).collect::<Vec<_>>().join(", ")
}

/// Open findings first, the gravest first.
fn findings(it: &Statement<'_>) -> Vec<Finding> {
    let mut open: Vec<_> = it.judgement.findings.iter().collect();
    open.sort_by_key(|finding| finding.rule.severity());
    let open = open.into_iter().map(|finding| Finding {
        rule: finding.rule.to_string(),
        about: finding.about.to_string(),
        text: finding.found.clone(),
        until: None,
    });
    let accepted = it.judgement.accepted.iter().map(|accepted| Finding {
        rule: accepted.finding.rule.to_string(),
        about: accepted.finding.about.to_string(),
        text: accepted.reason.clone(),
        until: Some(accepted.until.to_string()),
    });
    open.chain(accepted).collect()
}
