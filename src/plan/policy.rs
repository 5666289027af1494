//! What the organisation asks of its arrangement, and which findings it lives with for a while.
//!
//! Rules of this file:
//! - nothing here has a default: a policy that was not written was not decided;
//! - a finding is accepted by rule and by what it is about, for a reason, until a day.

use super::{
    defences::Defence,
    limits,
    reader::{Node, Table},
    rules::{About, PlanRule},
    source::{Place, with_nearest},
    text::{FreeText, quoted},
};
use crate::refusal::{Refusal, Rule};
use jiff::civil::Date;
use std::{fmt, str::FromStr};

/// What the plan is measured against.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The fewest people who may sign in by way of shares.
    pub smallest_by_quorum: u16,
    /// The fewest people who may sign in by way of the provider's own reset paths.
    pub smallest_by_provider: u16,
    /// The losses that must lock no account.
    pub survive: Vec<Loss>,
    /// How often sign-in and phone of every account are tried.
    pub drill_every: Days,
    /// How often who has access is looked at.
    pub review_every: Days,
    /// The defences without which production is refused.
    pub demand: Vec<Defence>,
    /// Where the plan says so.
    pub at: Place,
}

/// One loss: any so many of a kind, written `any 1 safe` or `any 2 safes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Loss {
    /// How many: from 1 to [`limits::LOSSES`].
    pub any: u8,
    /// Of what.
    pub of: Lost,
}

/// What can be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Lost {
    /// A person.
    Person,
    /// A safe.
    Safe,
    /// A building, with every safe in it.
    Building,
    /// A region, with every safe in it.
    Region,
    /// A copy of the vault.
    Copy,
    /// A passphrase, with every share under it.
    Passphrase,
}

/// Not a loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a loss is written `any 1 person` or `any 1 safe`, up to `any {} safes`; of persons, safes, buildings, regions, copies or passphrases",
    limits::LOSSES
)]
pub struct LossError;

impl Lost {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Person,
        Self::Safe,
        Self::Building,
        Self::Region,
        Self::Copy,
        Self::Passphrase,
    ];

    /// The word for one.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Safe => "safe",
            Self::Building => "building",
            Self::Region => "region",
            Self::Copy => "copy",
            Self::Passphrase => "passphrase",
        }
    }

    fn several(self) -> &'static str {
        match self {
            Self::Person => "persons",
            Self::Safe => "safes",
            Self::Building => "buildings",
            Self::Region => "regions",
            Self::Copy => "copies",
            Self::Passphrase => "passphrases",
        }
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.any == 1 {
            self.of.as_str()
        } else {
            self.of.several()
        };
        write!(f, "any {} {what}", self.any)
    }
}

impl FromStr for Loss {
    type Err = LossError;

    fn from_str(text: &str) -> Result<Self, LossError> {
        Self::all().find(|loss| loss.to_string() == text).ok_or(LossError)
    }
}

impl Loss {
    /// Every loss that a policy can name.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=limits::LOSSES).flat_map(|any| Lost::ALL.map(|of| Self { any, of }))
    }
}

/// A number of days, written `92 days`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Days(u16);

/// Not a number of days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a number of days is written like 92 days, from 1 day to {} days", limits::DAYS)]
pub struct DaysError;

impl Days {
    /// How many: at least 1.
    pub fn get(self) -> u16 {
        self.0
    }
}

impl FromStr for Days {
    type Err = DaysError;

    fn from_str(text: &str) -> Result<Self, DaysError> {
        let number = text
            .split_once(' ')
            .and_then(|(number, _)| number.parse().ok())
            .ok_or(DaysError)?;
        let days = Self(number);
        // The standard library's numbers forgive a leading plus and leading zeros.
        if (1..=limits::DAYS).contains(&number) && days.to_string() == text {
            Ok(days)
        } else {
            Err(DaysError)
        }
    }
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} day{}", self.0, if self.0 == 1 { "" } else { "s" })
    }
}

impl Policy {
    pub(super) fn read(node: &Node<'_>) -> Result<Self, Refusal> {
        let table = node.table(
            "`policy`",
            &["smallest_coalition", "survive", "drill_every", "review_every", "demand"],
        )?;
        let smallest = table
            .required("smallest_coalition")?
            .table("`smallest_coalition`", &["quorum", "provider"])?;
        let people = |table: &Table<'_>, key| table.required(key)?.number(1..limits::NAMES_IN_A_LIST as u16 + 1);
        let mut survive = Vec::new();
        for node in table.required("survive")?.list(Loss::all().count())? {
            let loss = loss(&node)?;
            if survive.contains(&loss) {
                return Err(node.refuse(Rule::PlanDuplicate, &format!("`{loss}` stands in this list twice")));
            }
            survive.push(loss);
        }
        let mut demand = Vec::new();
        let demanded = table.optional("demand").map(|list| list.list(Defence::ALL.len()));
        for node in demanded.transpose()?.unwrap_or_default() {
            let defence = defence(&node)?;
            if demand.contains(&defence) {
                return Err(node.refuse(Rule::PlanDuplicate, &format!("`{defence}` stands in this list twice")));
            }
            demand.push(defence);
        }
        Ok(Self {
            smallest_by_quorum: people(&smallest, "quorum")?,
            smallest_by_provider: people(&smallest, "provider")?,
            survive,
            drill_every: table.required("drill_every")?.parse()?,
            review_every: table.required("review_every")?.parse()?,
            demand,
            at: table.place(),
        })
    }
}

fn defence(node: &Node<'_>) -> Result<Defence, Refusal> {
    node.parse().map_err(|refusal| {
        let written = node.text().unwrap_or_default();
        with_nearest(refusal, written, Defence::ALL.into_iter().map(Defence::as_str))
    })
}

fn loss(node: &Node<'_>) -> Result<Loss, Refusal> {
    node.parse().map_err(|refusal| {
        let written = node.text().unwrap_or_default();
        let known: Vec<String> = Loss::all().map(|loss| loss.to_string()).collect();
        with_nearest(refusal, written, known.iter().map(String::as_str))
    })
}

/// A finding that is lived with.
#[derive(Clone, Debug)]
pub struct Acceptance {
    /// The rule that is broken.
    pub rule: PlanRule,
    /// What breaks it.
    pub about: About,
    /// Why that is lived with.
    pub reason: FreeText,
    /// The last day on which it is.
    pub until: Date,
    /// Where the plan says so.
    pub at: Place,
}

impl Acceptance {
    /// The acceptance, and where it says what it is about.
    pub(super) fn read(node: &Node<'_>) -> Result<(Self, Place), Refusal> {
        let table = node.table("an acceptance", &["rule", "about", "reason", "until"])?;
        let rule = table.required("rule")?;
        let name = rule.text()?;
        let Some(known) = PlanRule::ALL.iter().find(|rule| rule.name() == name) else {
            let refusal = rule.refuse(
                Rule::PlanValue,
                &format!("no rule of the plan is named {}", quoted(name)),
            );
            return Err(with_nearest(
                refusal,
                name,
                PlanRule::ALL.iter().map(|rule| rule.name()),
            ));
        };
        let about = table.required("about")?;
        let acceptance = Self {
            rule: *known,
            about: about.parse()?,
            reason: table.required("reason")?.parse()?,
            until: table.required("until")?.date()?,
            at: rule.place(),
        };
        Ok((acceptance, about.place()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_read_back_as_they_were_written_and_have_one_spelling() {
        for loss in Loss::all() {
            assert_eq!(loss.to_string().parse(), Ok(loss));
        }
        for text in [
            "",
            "any safe",
            "any 0 safes",
            "any 1 safes",
            "any 2 safe",
            "any 4 safes",
            "any 01 safe",
            "Any 1 safe",
            "any 1 room",
        ] {
            assert_eq!(text.parse::<Loss>(), Err(LossError), "{text:?}");
        }
    }

    #[test]
    fn days_have_one_spelling() {
        for text in ["1 day", "31 days", "3660 days"] {
            assert_eq!(text.parse::<Days>().map(|days| days.to_string()), Ok(text.to_string()));
        }
        for text in [
            "",
            "0 days",
            "1 days",
            "31",
            "31days",
            "031 days",
            "+31 days",
            "31 Days",
            "31 days ",
            "3661 days",
            "99999 days",
        ] {
            assert_eq!(text.parse::<Days>(), Err(DaysError), "{text:?}");
        }
    }
}
