//! What a plan must keep, one named rule each, and the judgement of a plan under them.
//!
//! Rules of this file:
//! - every finding names one [`PlanRule`], a place in the plan, what was found, what is allowed and the next step;
//! - a finding is about one thing, and an acceptance names the same rule and the same thing; after its day it accepts nothing;
//! - closed accounts are not judged, and of those without root credentials only that they say why (S10);
//! - judging looks at no clock: the day is an argument, and only acceptances are measured against it.

mod accounts;
mod circles;
mod factors;
mod sets;

use super::{Acceptance, Place, Plan, Provider};
use crate::ident::{AccountId, BuildingId, CopyId, IdentError, PersonId, RegionId, SafeId, SetName};
use jiff::civil::Date;
use serde::{Serialize, Serializer};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};

macro_rules! plan_rules {
    ($($variant:ident $meaning:literal;)*) => {
        /// A rule of the plan. `S` rules are those of the guidance, by its numbers in the mission; `D` rules are our own design's.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum PlanRule {
            $(#[doc = $meaning] $variant,)*
        }

        impl PlanRule {
            /// All of them, in the order of this file.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stable name, as it stands in messages, in `[[accept]]` and in the documents.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => stringify!($variant),)* }
            }

            /// What the rule asks, in one sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }
        }
    };
}

plan_rules! {
    S1  "an account's e-mail address is the organisation's own, not a public mail provider's";
    S2  "at least two people read an account's mailbox";
    S5  "an account that keeps root credentials has a password set";
    S6  "nothing that opens an account depends on that account";
    S7  "a share set survives the loss of one share, and every account the losses that the policy names";
    S8  "several people act together: a safe opens to two or more, and no safe holds a quorum";
    S10 "an account without root credentials says why and until when, and a management account keeps its own";
    S12 "an account that keeps root credentials has an MFA device";
    S13 "a management account's MFA is hardware";
    S15 "at every hour of the week a quorum can be had through the safes then open";
    S16 "a virtual device that serves members never serves a management account";
    S19 "the codes of an account can be had in more than one region, where the plan has more than one";
    S21 "the two factors of an account never lie in the same safe or building";
    S22 "the two factors of an account are in the hands of different people";
    S25 "a member has the management account's phone";
    S29 "no person is indispensable: the absence of any one locks no account out";
    S30 "no person alone holds a quorum, or signs in to an account by any path";
    S37 "every account's sign-in and phone are tried at every drill; a sample is accepted for a while";
    D1  "management accounts have password sets of their own";
    D2  "a custodian holds one share of a set";
    D3  "a share set opens a factor of some account";
    D4  "as many shares of a set as are needed stand without a passphrase";
    D5  "by every path it takes as many people to sign in as the policy says";
    D6  "paper of an epoch that is out of force is destroyed";
}

/// What a broken rule puts at risk. The gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Too few people get in.
    Exposed,
    /// Too little stands between an account and its loss.
    Fragile,
    /// Something is not as it should be.
    Untidy,
}

impl Severity {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Exposed, Self::Fragile, Self::Untidy];

    /// What it means, for a heading.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Exposed => "exposed: too few people get in",
            Self::Fragile => "fragile: too little stands between an account and its loss",
            Self::Untidy => "untidy: not as it should be",
        }
    }
}

impl PlanRule {
    /// What a finding under it puts at risk.
    pub fn severity(self) -> Severity {
        match self {
            Self::S8 | Self::S12 | Self::S16 | Self::S21 | Self::S22 | Self::S30 | Self::D1 | Self::D5 | Self::D6 => {
                Severity::Exposed
            }
            Self::S2 | Self::S5 | Self::S6 | Self::S7 | Self::S15 | Self::S19 | Self::S29 | Self::D2 | Self::D4 => {
                Severity::Fragile
            }
            Self::S1 | Self::S10 | Self::S13 | Self::S25 | Self::S37 | Self::D3 => Severity::Untidy,
        }
    }
}

impl fmt::Display for PlanRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for PlanRule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// What a finding or an acceptance is about: `safe:fra-1`, `account:444455556666`. `Display` and `FromStr` are inverse.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum About {
    /// The policy.
    Policy,
    /// A person.
    Person(PersonId),
    /// A safe.
    Safe(SafeId),
    /// A building.
    Building(BuildingId),
    /// A region.
    Region(RegionId),
    /// A share set.
    Set(SetName),
    /// An account.
    Account(AccountId),
    /// A copy of the vault.
    Copy(CopyId),
    /// A provider's ways around the quorums.
    Provider(Provider),
}

/// Not the name of a thing that a finding can be about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AboutError {
    /// No known kind before the colon.
    #[error(
        "a thing is named like account:444455556666; its kind is policy, person, safe, building, region, set, account, copy or provider"
    )]
    Kind,
    /// No identifier after the colon.
    #[error(transparent)]
    Ident(#[from] IdentError),
}

impl FromStr for About {
    type Err = AboutError;

    fn from_str(text: &str) -> Result<Self, AboutError> {
        Ok(match text.split_once(':').unwrap_or((text, "")) {
            ("policy", "") if !text.contains(':') => Self::Policy,
            ("person", id) => Self::Person(id.parse()?),
            ("safe", id) => Self::Safe(id.parse()?),
            ("building", id) => Self::Building(id.parse()?),
            ("region", id) => Self::Region(id.parse()?),
            ("set", id) => Self::Set(id.parse()?),
            ("account", id) => Self::Account(id.parse()?),
            ("copy", id) => Self::Copy(id.parse()?),
            ("provider", "aws") => Self::Provider(Provider::Aws),
            ("provider", "other") => Self::Provider(Provider::Other),
            _ => return Err(AboutError::Kind),
        })
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Policy => f.write_str("policy"),
            Self::Person(id) => write!(f, "person:{id}"),
            Self::Safe(id) => write!(f, "safe:{id}"),
            Self::Building(id) => write!(f, "building:{id}"),
            Self::Region(id) => write!(f, "region:{id}"),
            Self::Set(name) => write!(f, "set:{name}"),
            Self::Account(id) => write!(f, "account:{id}"),
            Self::Copy(id) => write!(f, "copy:{id}"),
            Self::Provider(provider) => write!(f, "provider:{}", provider.as_str()),
        }
    }
}

impl Serialize for About {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// One broken rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule.
    pub rule: PlanRule,
    /// Where in the plan.
    pub place: Place,
    /// What breaks it.
    pub about: About,
    /// What was found, in one sentence.
    pub found: String,
    /// What follows from it, where that needs saying.
    pub why: Option<String>,
    /// What is allowed.
    pub allowed: String,
    /// The next step; where there is a corrected line, that line.
    pub next: String,
}

/// A finding that is lived with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Accepted {
    /// The finding.
    pub finding: Finding,
    /// Why it is lived with.
    pub reason: String,
    /// The last day on which it is.
    #[serde(serialize_with = "as_text")]
    pub until: Date,
}

/// Something to know that breaks no rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    /// The rule that it is nearest to.
    pub rule: PlanRule,
    /// Where in the plan.
    pub place: Place,
    /// What it is about.
    pub about: About,
    /// What was found, in one sentence.
    pub found: String,
}

/// What was seen in a plan, before acceptances are held against it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// The broken rules.
    pub findings: Vec<Finding>,
    /// What else is worth knowing.
    pub notes: Vec<Note>,
}

/// A plan, judged on a day. Each list is in the order of the plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Judgement {
    /// The broken rules that nobody accepted, or no longer.
    pub findings: Vec<Finding>,
    /// The broken rules that are lived with.
    pub accepted: Vec<Accepted>,
    /// What else is worth knowing.
    pub notes: Vec<Note>,
}

/// Judges what can be seen in the plan without computing coalitions: enough to deal by, not the whole claim.
pub fn judge(plan: &Plan, today: Date) -> Judgement {
    weigh(plan, structural(plan), today)
}

/// Every structural rule, held against the plan.
pub fn structural(plan: &Plan) -> Observed {
    let mut observed = Observed::default();
    sets::observe(plan, &mut observed);
    factors::observe(plan, &mut observed);
    accounts::observe(plan, &mut observed);
    circles::observe(plan, &mut observed);
    observed
}

/// Holds the plan's acceptances against everything that was observed, by [`structural`] and by whatever else looked at the plan.
pub fn weigh(plan: &Plan, observed: Observed, today: Date) -> Judgement {
    let acceptances: BTreeMap<(PlanRule, &About), &Acceptance> = plan
        .acceptances()
        .iter()
        .map(|acceptance| ((acceptance.rule, &acceptance.about), acceptance))
        .collect();
    let mut used: BTreeSet<(PlanRule, &About)> = BTreeSet::new();
    let mut judgement = Judgement {
        notes: observed.notes,
        ..Judgement::default()
    };
    for mut finding in observed.findings {
        let Some(acceptance) = acceptances.get(&(finding.rule, &finding.about)).copied() else {
            judgement.findings.push(finding);
            continue;
        };
        used.insert((acceptance.rule, &acceptance.about));
        if acceptance.until >= today {
            judgement.accepted.push(Accepted {
                finding,
                reason: acceptance.reason.to_string(),
                until: acceptance.until,
            });
        } else {
            let expired = format!("it was accepted until {}, and that day has passed", acceptance.until);
            finding.why = Some(
                finding
                    .why
                    .map_or_else(|| expired.clone(), |why| format!("{why}; {expired}")),
            );
            judgement.findings.push(finding);
        }
    }
    for (key, acceptance) in &acceptances {
        // What is tried at drills is no matter of the plan alone: `due` reads this acceptance.
        if !used.contains(key) && acceptance.rule != PlanRule::S37 {
            judgement.notes.push(Note {
                rule: acceptance.rule,
                place: acceptance.at,
                about: acceptance.about.clone(),
                found: "this acceptance matches no finding and can be taken out".to_string(),
            });
        }
    }
    judgement.findings.sort_by_key(|finding| (finding.place, finding.rule));
    judgement
        .accepted
        .sort_by_key(|accepted| (accepted.finding.place, accepted.finding.rule));
    judgement.notes.sort_by_key(|note| (note.place, note.rule));
    judgement
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn as_text<S: Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(date)
}

/// `ana`, `ana and ben`, `ana, ben and carla`; of many, the first three and how many more.
pub fn listed<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    match names.as_slice() {
        [] => "nobody".to_string(),
        [one] => (*one).to_string(),
        [most @ .., last] if names.len() <= 4 => format!("{} and {last}", most.join(", ")),
        [a, b, c, rest @ ..] => format!("{a}, {b}, {c} and {} more", rest.len()),
        [..] => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_finding_is_about_reads_back_as_it_was_written() {
        for text in [
            "policy",
            "person:ana",
            "safe:fra-1",
            "building:fra-hq",
            "region:emea",
            "set:root-password",
            "account:111111111111",
            "copy:usb-fra",
            "provider:aws",
        ] {
            assert_eq!(
                text.parse::<About>().map(|about| about.to_string()),
                Ok(text.to_string())
            );
        }
        for text in [
            "",
            "fra-1",
            "safe",
            "safe:",
            "policy:",
            "policy:x",
            "room:1",
            "safe:FRA",
            "provider:gcp",
            "safe:fra-1 ",
        ] {
            assert!(text.parse::<About>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn every_meaning_is_a_sentence_in_our_voice() {
        for rule in PlanRule::ALL {
            assert!(
                !rule.meaning().ends_with('.') && rule.meaning().starts_with(char::is_lowercase),
                "{rule}"
            );
        }
    }

    #[test]
    fn a_long_list_is_cut_with_its_length() {
        assert_eq!(listed(["a", "b"]), "a and b");
        assert_eq!(listed(["a", "b", "c", "d"]), "a, b, c and d");
        assert_eq!(listed(["a", "b", "c", "d", "e"]), "a, b, c and 2 more");
    }
}
