//! What the organisation asks of its arrangement, and which findings it lives with for a while.
//!
//! Rules of this file:
//! - nothing here has a default: a policy that was not written was not decided;
//! - a finding is accepted by rule and by what it is about, for a reason, until a day.

use super::{
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
    /// Where the plan says so.
    pub at: Place,
}

/// One loss: any one of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Loss {
    /// Any one person.
    Person,
    /// Any one safe.
    Safe,
    /// Any one building, with every safe in it.
    Building,
    /// Any one region, with every safe in it.
    Region,
}

impl Loss {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Person, Self::Safe, Self::Building, Self::Region];

    /// The words for it in the plan.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "any 1 person",
            Self::Safe => "any 1 safe",
            Self::Building => "any 1 building",
            Self::Region => "any 1 region",
        }
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
            &["smallest_coalition", "survive", "drill_every", "review_every"],
        )?;
        let smallest = table
            .required("smallest_coalition")?
            .table("`smallest_coalition`", &["quorum", "provider"])?;
        let people = |table: &Table<'_>, key| table.required(key)?.number(1..limits::NAMES_IN_A_LIST as u16 + 1);
        let mut survive = Vec::new();
        for node in table.required("survive")?.list(Loss::ALL.len())? {
            let loss = node.one_of(&Loss::ALL.map(|loss| (loss.as_str(), loss)))?;
            if survive.contains(&loss) {
                return Err(node.refuse(
                    Rule::PlanDuplicate,
                    &format!("`{}` stands in this list twice", loss.as_str()),
                ));
            }
            survive.push(loss);
        }
        Ok(Self {
            smallest_by_quorum: people(&smallest, "quorum")?,
            smallest_by_provider: people(&smallest, "provider")?,
            survive,
            drill_every: table.required("drill_every")?.parse()?,
            review_every: table.required("review_every")?.parse()?,
            at: table.place(),
        })
    }
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
