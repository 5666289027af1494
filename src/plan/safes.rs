//! The safes: where they stand, when they can be reached, who opens them.
//!
//! Rules of this file:
//! - a safe stands in one building of one region, in a time zone of the bundled data, spelt as there;
//! - opening hours have one spelling: `24x7`, or `Mon-Fri 08:00-18:00`, several of the latter joined by a comma and in order;
//! - hours are local to the safe, and none reaches over midnight: `24:00` ends a day.

use super::{
    people::AnyOf,
    reader::{Node, needs},
    source::{Place, Placed, with_nearest},
    text::{FreeText, quoted},
};
use crate::{
    ident::{AccountId, BuildingId, CopyId, PersonId, RegionId, SafeId},
    refusal::{Refusal, Rule},
};
use jiff::{
    civil::{Date, DateTime, Weekday},
    tz::{TimeZone, TimeZoneDatabase},
};
use std::{collections::BTreeMap, fmt, str::FromStr};

/// One safe.
#[derive(Clone, Debug)]
pub struct Safe {
    /// The id by which the rest of the plan names it.
    pub id: SafeId,
    /// How to find it, for people.
    pub place: FreeText,
    /// The building in which it stands.
    pub building: BuildingId,
    /// The region in which the building stands.
    pub region: RegionId,
    /// The time by which its hours are meant.
    pub time_zone: TimeZone,
    /// When it can be reached.
    pub open: Hours,
    /// Who opens it.
    pub controllers: AnyOf,
    /// When its lock was last looked after.
    pub lock_serviced: Option<Date>,
    /// The accounts without which it does not open: where its combination or the badges of its building are kept.
    pub needs: Vec<Placed<AccountId>>,
    /// Where the plan says so.
    pub at: Place,
}

impl Safe {
    pub(super) fn read(node: &Node<'_>, people: &BTreeMap<PersonId, usize>) -> Result<Self, Refusal> {
        let known = [
            "id",
            "place",
            "building",
            "region",
            "time_zone",
            "open",
            "controllers",
            "lock_serviced",
            "needs",
        ];
        let table = node.table("a safe", &known)?;
        let id = table.required("id")?.placed()?;
        Ok(Self {
            at: id.place,
            id: id.value,
            place: table.required("place")?.parse()?,
            building: table.required("building")?.parse()?,
            region: table.required("region")?.parse()?,
            time_zone: time_zone(&table.required("time_zone")?)?,
            open: table.required("open")?.parse()?,
            controllers: AnyOf::read(&table.required("controllers")?, "`controllers`", people)?,
            lock_serviced: table.optional("lock_serviced").map(|node| node.date()).transpose()?,
            needs: needs(&table)?,
        })
    }
}

fn time_zone(node: &Node<'_>) -> Result<TimeZone, Refusal> {
    let name = node.text()?;
    let database = TimeZoneDatabase::bundled();
    match database.get(name) {
        Ok(zone) if zone.iana_name() == Some(name) => Ok(zone),
        // The data answers to any case; the plan keeps one spelling.
        _ => {
            let known: Vec<String> = database.available().map(|zone| zone.to_string()).collect();
            let refusal = node.refuse(Rule::PlanValue, &format!("there is no time zone {}", quoted(name)));
            Err(with_nearest(refusal, name, known.iter().map(String::as_str)))
        }
    }
}

/// A copy of the vault: which, and in which safe.
#[derive(Clone, Debug)]
pub struct VaultCopy {
    /// The id of the copy.
    pub id: CopyId,
    /// The safe in which it lies.
    pub safe: SafeId,
    /// Where the plan says so.
    pub at: Place,
}

impl VaultCopy {
    pub(super) fn read(node: &Node<'_>, safes: &BTreeMap<SafeId, usize>) -> Result<Self, Refusal> {
        let table = node.table("a copy", &["id", "safe"])?;
        let id = table.required("id")?.placed()?;
        Ok(Self {
            at: id.place,
            id: id.value,
            safe: table.required("safe")?.reference("safe", safes)?.value,
        })
    }
}

/// When a safe can be reached, in its own local time. `Display` and `FromStr` are inverse to each other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Hours {
    /// At any time.
    Always,
    /// On some days, from one minute until another.
    Weekly(Vec<Opening>),
}

/// The same hours on some days in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Opening {
    first: Weekday,
    last: Weekday,
    from: u16,
    until: u16,
}

/// Why something is not opening hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// Not of the form.
    #[error("hours are written `24x7` or `Mon-Fri 08:00-18:00`, several joined by `, `")]
    Form,
    /// A day before the one it should follow.
    #[error("days run from Mon to Sun; days that run over Sunday are written as two")]
    Days,
    /// An end that is not after its beginning.
    #[error("hours end after they begin; hours over midnight are written as two, the first until 24:00")]
    Order,
}

impl Hours {
    /// Whether the safe can be reached at this local time.
    pub fn at(&self, local: DateTime) -> bool {
        let minute = local.hour() as u16 * 60 + local.minute() as u16;
        self.at_minute(local.weekday(), minute)
    }

    /// Whether the safe can be reached in this minute (0 to 1439) of a day of the week.
    pub fn at_minute(&self, day: Weekday, minute: u16) -> bool {
        match self {
            Self::Always => true,
            Self::Weekly(openings) => openings.iter().any(|opening| {
                (number(opening.first)..=number(opening.last)).contains(&number(day))
                    && (opening.from..opening.until).contains(&minute)
            }),
        }
    }
}

const DAYS: [(&str, Weekday); 7] = [
    ("Mon", Weekday::Monday),
    ("Tue", Weekday::Tuesday),
    ("Wed", Weekday::Wednesday),
    ("Thu", Weekday::Thursday),
    ("Fri", Weekday::Friday),
    ("Sat", Weekday::Saturday),
    ("Sun", Weekday::Sunday),
];

const DAY_MINUTES: u16 = 24 * 60;

fn number(day: Weekday) -> i8 {
    day.to_monday_zero_offset()
}

fn day(text: &str) -> Result<Weekday, HoursError> {
    DAYS.iter()
        .find(|(name, _)| *name == text)
        .map(|(_, day)| *day)
        .ok_or(HoursError::Form)
}

/// `08:00` as minutes since midnight; two digits each, up to `24:00`.
fn minutes(text: &str) -> Result<u16, HoursError> {
    let [a, b, b':', c, d] = text.as_bytes() else {
        return Err(HoursError::Form);
    };
    let [a, b, c, d] = [a, b, c, d].map(|digit| u16::from(*digit).wrapping_sub(u16::from(b'0')));
    if [a, b, c, d].iter().any(|digit| *digit > 9) || c > 5 {
        return Err(HoursError::Form);
    }
    let minutes = (a * 10 + b) * 60 + c * 10 + d;
    if minutes > DAY_MINUTES {
        Err(HoursError::Form)
    } else {
        Ok(minutes)
    }
}

impl FromStr for Hours {
    type Err = HoursError;

    fn from_str(text: &str) -> Result<Self, HoursError> {
        if text == "24x7" {
            return Ok(Self::Always);
        }
        // Seven days with a break each are fourteen; nobody writes more.
        if text.len() > 14 * "Mon-Fri 08:00-18:00, ".len() {
            return Err(HoursError::Form);
        }
        text.split(", ")
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map(Self::Weekly)
    }
}

impl FromStr for Opening {
    type Err = HoursError;

    fn from_str(text: &str) -> Result<Self, HoursError> {
        let (days, hours) = text.split_once(' ').ok_or(HoursError::Form)?;
        let (first, last) = match days.split_once('-') {
            Some((first, last)) => (day(first)?, day(last)?),
            None => (day(days)?, day(days)?),
        };
        if number(first) > number(last) || days.contains('-') && first == last {
            return Err(HoursError::Days);
        }
        let (from, until) = hours.split_once('-').ok_or(HoursError::Form)?;
        let (from, until) = (minutes(from)?, minutes(until)?);
        if from < until {
            Ok(Self {
                first,
                last,
                from,
                until,
            })
        } else {
            Err(HoursError::Order)
        }
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Always => f.pad("24x7"),
            Self::Weekly(openings) => {
                let openings: Vec<String> = openings.iter().map(ToString::to_string).collect();
                f.pad(&openings.join(", "))
            }
        }
    }
}

impl fmt::Display for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |day: Weekday| DAYS[number(day) as usize % DAYS.len()].0;
        f.write_str(name(self.first))?;
        if self.first != self.last {
            write!(f, "-{}", name(self.last))?;
        }
        write!(
            f,
            " {:02}:{:02}-{:02}:{:02}",
            self.from / 60,
            self.from % 60,
            self.until / 60,
            self.until % 60
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn hours_read_back_as_they_were_written() {
        for text in [
            "24x7",
            "Mon-Fri 08:00-18:00",
            "Sun 00:00-24:00",
            "Mon-Fri 07:30-12:00, Mon-Fri 13:00-18:00, Sat 09:00-12:00",
        ] {
            assert_eq!(
                text.parse::<Hours>().map(|hours| hours.to_string()),
                Ok(text.to_string())
            );
        }
    }

    #[test]
    fn hours_have_one_spelling() {
        for text in [
            "",
            "24/7",
            "always",
            "mon-fri 08:00-18:00",
            "Mon–Fri 08:00-18:00",
            "Mon-Fri 8:00-18:00",
            "Mon-Fri 08:00",
            "Mon-Fri 08:00-24:01",
            "Mon-Fri 08:60-18:00",
            "Mon-Fri  08:00-18:00",
            "Mon-Fri 08:00-18:00,Sat 09:00-12:00",
            "Mon-Fri 08:00-18:00, ",
            "Mon-Fri +8:00-18:00",
        ] {
            assert_eq!(text.parse::<Hours>(), Err(HoursError::Form), "{text:?}");
        }
        assert!("Mon 08:00-09:00, ".repeat(1 << 20).parse::<Hours>().is_err());
    }

    #[test]
    fn hours_do_not_run_backwards() {
        assert_eq!("Fri-Mon 08:00-18:00".parse::<Hours>(), Err(HoursError::Days));
        assert_eq!("Mon-Mon 08:00-18:00".parse::<Hours>(), Err(HoursError::Days));
        assert_eq!("Mon-Fri 18:00-08:00".parse::<Hours>(), Err(HoursError::Order));
        assert_eq!("Mon-Fri 08:00-08:00".parse::<Hours>(), Err(HoursError::Order));
    }

    #[test]
    fn the_last_minute_is_the_one_before_the_end() {
        let hours: Hours = "Mon-Fri 07:00-20:00".parse().unwrap_or(Hours::Always);
        let friday = date(2026, 11, 27);
        assert_eq!(friday.weekday(), Weekday::Friday);
        assert!(!hours.at(friday.at(6, 59, 0, 0)));
        assert!(hours.at(friday.at(7, 0, 0, 0)));
        assert!(hours.at(friday.at(19, 59, 59, 0)));
        assert!(!hours.at(friday.at(20, 0, 0, 0)));
        assert!(!hours.at(date(2026, 11, 28).at(12, 0, 0, 0)));
    }
}
