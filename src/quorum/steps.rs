//! What a group does: which safes it opens and which shares it brings, so that a reader sees why it gets in.
//!
//! Rules of this file:
//! - of the shares that a group has, the first that are enough are taken, in the order of the plan;
//! - of those who open a safe, as many as it takes.

use super::access::{Access, Path, Shape, Way};
use crate::ident::{PersonId, SafeId};
use crate::plan::{Plan, Share, ShareSet};
use serde::Serialize;

/// One thing that a group does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step<'p> {
    /// For which way, or `vault copy` and its id.
    pub to: String,
    /// Which safe is opened; none where a custodian holds the share in person.
    pub safe: Option<&'p SafeId>,
    /// Who it takes there.
    pub people: Vec<&'p PersonId>,
    /// Whose passphrases it takes there: custodians who must be among them.
    pub passphrases: Vec<&'p PersonId>,
}

/// A group, and what the world lets it do.
pub struct Group<'g, 'p> {
    /// The plan.
    pub plan: &'p Plan,
    /// Its people.
    pub people: &'g [&'p PersonId],
    /// Whether a safe can be reached.
    pub reaches: &'g dyn Fn(&'p SafeId) -> bool,
    /// Whether a custodian still has their passphrase.
    pub remembers: &'g dyn Fn(&'p PersonId) -> bool,
}

impl<'p> Group<'_, 'p> {
    /// What it does for a way to a factor by shares or tokens.
    pub fn steps(&self, way: Way<'p>) -> Vec<Step<'p>> {
        match way {
            Way::Set(name) => self.plan.set(name).map_or_else(Vec::new, |set| self.shares(way, set)),
            Way::Token(safe) => vec![Step {
                to: way.to_string(),
                safe: Some(safe),
                people: self.opens(safe).unwrap_or_default(),
                passphrases: Vec::new(),
            }],
            Way::Former(..) | Way::Mailbox | Way::MailboxAndPhone => Vec::new(),
        }
    }

    /// Who of it opens a safe, if it can.
    pub fn opens(&self, safe: &'p SafeId) -> Option<Vec<&'p PersonId>> {
        let safe = self.plan.safe(safe).filter(|safe| (self.reaches)(&safe.id))?;
        let mut who: Vec<&'p PersonId> = safe
            .controllers
            .of()
            .filter(|person| self.people.contains(person))
            .collect();
        who.truncate(safe.controllers.any());
        (who.len() == safe.controllers.any()).then_some(who)
    }

    fn shares(&self, way: Way<'p>, set: &'p ShareSet) -> Vec<Step<'p>> {
        let had = set
            .shares()
            .iter()
            .filter_map(|share| Some((share, self.holds(share)?)));
        let mut steps: Vec<Step<'p>> = Vec::new();
        for (share, people) in had.take(usize::from(set.threshold().needed())) {
            let safe = share.safe.as_ref();
            let same_safe = steps.iter().position(|step| safe.is_some() && step.safe == safe);
            let at = same_safe.unwrap_or(steps.len());
            if at == steps.len() {
                steps.push(Step {
                    to: way.to_string(),
                    safe,
                    people: Vec::new(),
                    passphrases: Vec::new(),
                });
            }
            let step = &mut steps[at];
            for person in people {
                add(&mut step.people, person);
            }
            if share.passphrase {
                add(&mut step.passphrases, &share.custodian);
            }
        }
        steps
    }

    fn holds(&self, share: &'p Share) -> Option<Vec<&'p PersonId>> {
        let custodian = Some(&share.custodian).filter(|custodian| self.people.contains(custodian));
        let Some(safe) = &share.safe else {
            return custodian.map(|custodian| vec![custodian]);
        };
        let mut people = self.opens(safe)?;
        if share.passphrase {
            add(&mut people, custodian.filter(|custodian| (self.remembers)(custodian))?);
        }
        Some(people)
    }
}

fn add<'p>(people: &mut Vec<&'p PersonId>, person: &'p PersonId) {
    if !people.contains(&person) {
        people.push(person);
    }
}

/// A path in words, as a group takes it: `2 of ana jonas mira + 2 of ben carla dwight`, `dana or eli (mailbox)`.
pub fn spelled<'p>(access: &Access<'p>, shape: &Shape<'p>, path: &Path<'p>, people: &[&'p PersonId]) -> String {
    let group = Group {
        plan: access.plan,
        people,
        reaches: &|_| true,
        remembers: &|_| true,
    };
    let mailbox = || either(access, &shape.mailbox, "mailbox");
    let way = |way: Way<'p>| match way {
        Way::Mailbox => vec![mailbox()],
        Way::MailboxAndPhone => vec![mailbox(), either(access, &shape.phone, "phone")],
        Way::Former(..) => vec![format!("{way}: {}", joined(people, ", "))],
        Way::Set(_) | Way::Token(_) => group
            .steps(way)
            .iter()
            .map(|step| of_controllers(access, step))
            .collect(),
    };
    let mut parts = match path {
        Path::Password(password) => way(*password),
        Path::Both(password, mfa) => [way(*password), way(*mfa)].concat(),
        Path::RootAccess => {
            let any = access.plan.root_access().into_iter();
            let root = any.map(|any| {
                format!(
                    "{} of {} (root access)",
                    any.any(),
                    joined(&any.of().collect::<Vec<_>>(), " ")
                )
            });
            root.chain([mailbox()]).collect()
        }
        Path::Management(account, by) => {
            let of = access.management_of(shape).find(|one| one.accounts[0].id == **account);
            let inner = of
                .map(|management| spelled(access, &management.shape, by, people))
                .unwrap_or_default();
            vec![format!("{inner}, through the management account")]
        }
    };
    let mut seen = std::collections::BTreeSet::new();
    parts.retain(|part| seen.insert(part.clone()));
    parts.join(" + ")
}

fn of_controllers(access: &Access<'_>, step: &Step<'_>) -> String {
    let Some(safe) = step.safe.and_then(|safe| access.plan.safe(safe)) else {
        return joined(&step.people, " ");
    };
    let controllers: Vec<&PersonId> = safe.controllers.of().collect();
    let any = safe.controllers.any();
    let opens = if any == controllers.len() {
        joined(&controllers, " ")
    } else {
        format!("{any} of {}", joined(&controllers, " "))
    };
    match step.passphrases.as_slice() {
        [] => opens,
        locked => format!("{opens}, with the passphrase of {}", joined(locked, " and ")),
    }
}

fn either(access: &Access<'_>, people: &[usize], what: &str) -> String {
    let names: Vec<&PersonId> = people.iter().filter_map(|person| access.person(*person)).collect();
    format!("{} ({what})", joined(&names, " or "))
}

fn joined(people: &[&PersonId], by: &str) -> String {
    people.iter().map(|person| person.as_str()).collect::<Vec<_>>().join(by)
}
