//! What is due, and since when: a function of the plan, of what the ledger adds up to, and of the day.
//!
//! | file | what is done there |
//! |---|---|
//! | `arrangement` | drills, proofs, practice, reviews, contacts, accounts without root credentials |
//! | `things` | envelopes, safes, devices, copies of the vault, guidance |
//!
//! Rules of this file:
//! - something is overdue from the day after its due day, at the place where it is due: a safe's day is that of its clock;
//! - intervals are counted in days of the calendar; a year is the same day of the next one, the 28th of February after a 29th;
//! - what was never done is due as long after its beginning as it would be after having been done: nothing is overdue at birth;
//! - paper that is out of force is due at once.

mod arrangement;
mod things;

use crate::ident::{AccountId, PersonId, Serial};
use crate::plan::Plan;
use crate::plan::rules::{About, PlanRule};
use crate::vault::register::Register;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// How long after its service a lock is due again, and how often a share is proved, a custodian practises.
const YEAR: i32 = 1;
/// Days within which a drill or a review that began is closed.
const CLOSED_WITHIN: i64 = 7;

/// As of when something is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsOf {
    /// As of a day, the same at every place.
    Day(Date),
    /// As of now, at each place by its own clock.
    Now(Timestamp),
}

impl AsOf {
    /// The day at a place.
    pub fn day(self, zone: &TimeZone) -> Date {
        match self {
            Self::Day(day) => day,
            Self::Now(now) => now.to_zoned(zone.clone()).date(),
        }
    }

    /// The day where nothing says at which place.
    pub fn here(self) -> Date {
        self.day(&TimeZone::UTC)
    }
}

/// What kind of thing is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Sign-in and phone of an account are tried.
    Drill,
    /// A share is proved.
    Proof,
    /// A person practises.
    Practice,
    /// A contact record is proved.
    Contact,
    /// A drill is debriefed.
    Debrief,
    /// Who has access is reviewed.
    Review,
    /// A review is signed.
    ReviewClose,
    /// An account without root credentials is looked at.
    NoRoot,
    /// A finding is settled.
    Finding,
    /// What a visit left unexplained is explained.
    Visit,
    /// A finding of `check` that was accepted comes back.
    Acceptance,
    /// An envelope arrives.
    Transit,
    /// Paper is destroyed.
    Destruction,
    /// The pages of a reissue are proved.
    Reissue,
    /// The lock of a safe is serviced.
    Lock,
    /// A battery is replaced.
    Battery,
    /// A device is tried.
    Device,
    /// A copy of the vault is looked at.
    Copy,
    /// What support said is asked for again.
    Guidance,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 19] = [
        Self::Drill,
        Self::Proof,
        Self::Practice,
        Self::Contact,
        Self::Debrief,
        Self::Review,
        Self::ReviewClose,
        Self::NoRoot,
        Self::Finding,
        Self::Visit,
        Self::Acceptance,
        Self::Transit,
        Self::Destruction,
        Self::Reissue,
        Self::Lock,
        Self::Battery,
        Self::Device,
        Self::Copy,
        Self::Guidance,
    ];

    /// The name for machines.
    pub fn name(self) -> &'static str {
        match self {
            Self::Drill => "drill",
            Self::Proof => "proof",
            Self::Practice => "practice",
            Self::Contact => "contact",
            Self::Debrief => "debrief",
            Self::Review => "review",
            Self::ReviewClose => "review-close",
            Self::NoRoot => "no-root",
            Self::Finding => "finding",
            Self::Visit => "visit",
            Self::Acceptance => "acceptance",
            Self::Transit => "transit",
            Self::Destruction => "destruction",
            Self::Reissue => "reissue",
            Self::Lock => "lock",
            Self::Battery => "battery",
            Self::Device => "device",
            Self::Copy => "copy",
            Self::Guidance => "guidance",
        }
    }

    /// What is to be done, in words.
    pub fn says(self) -> &'static str {
        match self {
            Self::Drill => "try sign-in and phone",
            Self::Proof => "prove the share",
            Self::Practice => "practise",
            Self::Contact => "prove the contact record",
            Self::Debrief => "debrief and close the drill",
            Self::Review => "review who has access",
            Self::ReviewClose => "sign the review",
            Self::NoRoot => "look again at an account without root credentials",
            Self::Finding => "settle the finding",
            Self::Visit => "explain what a visit found",
            Self::Acceptance => "an accepted finding expires",
            Self::Transit => "an envelope arrives",
            Self::Destruction => "destroy paper that is out of force",
            Self::Reissue => "prove the pages of the reissue",
            Self::Lock => "service the lock",
            Self::Battery => "replace the battery device",
            Self::Device => "try the device",
            Self::Copy => "look at the copy of the vault",
            Self::Guidance => "ask support again",
        }
    }
}

/// What something that is due is about: `account:111122223333`, `safe:fra-1`, `envelope:4K7-2QD`. Ids of the plan and serials alone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject(String);

impl Subject {
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The account, where it is about one.
    pub fn account(&self) -> Option<AccountId> {
        self.0.strip_prefix("account:")?.parse().ok()
    }
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

/// One thing that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The last day on which it is in time.
    pub day: Date,
    /// What kind of thing.
    pub kind: Kind,
    /// What it is about.
    pub about: Subject,
    /// Who sees to it, where the ledger says so.
    pub owner: Option<PersonId>,
    /// A word more, where there is one. Never what a secret is.
    pub note: Option<String>,
    /// Whether that day has passed, there.
    pub overdue: bool,
}

/// Everything that has a due day, the earliest first.
pub fn all(plan: &Plan, register: &Register, as_of: AsOf) -> Vec<Due> {
    let mut list = List {
        plan,
        register,
        as_of,
        due: Vec::new(),
    };
    arrangement::add(&mut list);
    things::add(&mut list);
    list.due
        .sort_by(|one, other| (one.day, one.kind, &one.about).cmp(&(other.day, other.kind, &other.about)));
    list.due
}

struct List<'a> {
    plan: &'a Plan,
    register: &'a Register,
    as_of: AsOf,
    due: Vec<Due>,
}

impl List<'_> {
    fn push(&mut self, kind: Kind, about: String, day: Date) -> &mut Due {
        self.push_at(kind, about, day, &TimeZone::UTC)
    }

    fn push_at(&mut self, kind: Kind, about: String, day: Date, zone: &TimeZone) -> &mut Due {
        let overdue = self.as_of.day(zone) > day;
        self.due.push(Due {
            day,
            kind,
            about: Subject(about),
            owner: None,
            note: None,
            overdue,
        });
        let last = self.due.len() - 1;
        &mut self.due[last]
    }

    fn made(&self) -> Date {
        let made = self.register.life().made.unwrap_or(Timestamp::UNIX_EPOCH);
        made.to_zoned(TimeZone::UTC).date()
    }
}

fn days_after(day: Date, days: i64) -> Date {
    day.checked_add(days.days()).unwrap_or(Date::MAX)
}

fn a_year_after(day: Date) -> Date {
    day.checked_add(YEAR.years()).unwrap_or(Date::MAX)
}

fn in_zone(time: Timestamp, zone: &TimeZone) -> Date {
    time.to_zoned(zone.clone()).date()
}

fn envelope(serial: Serial) -> String {
    format!("envelope:{serial}")
}

/// Whether the plan lives with not trying this account every time (S37).
fn is_sampled(plan: &Plan, about: &About, day: Date) -> bool {
    plan.acceptances()
        .iter()
        .any(|one| one.rule == PlanRule::S37 && one.about == *about && one.until >= day)
}

#[cfg(test)]
mod tests;
