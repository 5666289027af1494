//! The papers without shares, filled in from plan and register.
//!
//! | file | paper |
//! |---|---|
//! | [`wordings`] | which template, the operator's own or the one that comes with the program |
//! | [`runbooks`] | what to do on a day that nobody wants |
//! | `status` | where everything stands |
//! | `card` `receipt` `inventory` `closing` `review` `drill` `exposure` `notice` | Markdown through [`super::flow`] |
//! | [`script`] | the steps of a ceremony, with room for time, initials and dissent |
//! | `label` | three pieces to cut out |
//! | [`printer_test`] | a dummy share, every symbol, rulers |
//!
//! Rules of this file:
//! - a paper is a function of plan, register, ledger and day: the same ones give the same bytes;
//! - nothing here has ever seen a share; the dummy of the printer test is made from a public text;
//! - what is not known yet is room for a pen, never a guess.

mod card;
mod closing;
mod drill;
mod exposure;
mod inventory;
mod label;
mod notice;
pub mod printer_test;
mod receipt;
mod review;
pub mod runbooks;
pub mod script;
mod status;
pub mod wordings;

#[cfg(test)]
mod tests;

pub use card::card;
pub use closing::{Sitting, closing};
pub use drill::drill;
pub use exposure::exposure;
pub use inventory::inventory;
pub use label::label;
pub use notice::{NoticeRow, notices};
pub use receipt::receipt;
pub use review::review;
pub use status::status;

use self::wordings::{Paper, Wordings};
use super::faces::Faces;
use super::flow::values::{Said, Values};
use super::flow::{self, Dress, Sheets};
use super::page::PaperSize;
use crate::ident::{Mode, PersonId, SafeId, Serial, ShareIndex};
use crate::plan::{FreeText, Hours, Plan};
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretBytes;
use crate::vault::Vault;
use crate::vault::ledger::Chain;
use crate::vault::register::{Envelope, EpochState, Register};
use jiff::civil::Date;

/// What papers are filled in from.
pub struct Office<'a> {
    /// The vault, with its plan and what its ledger adds up to.
    pub vault: &'a Vault<'a>,
    /// The chain of this laptop.
    pub chain: &'a Chain,
    /// What names are set in.
    pub faces: Faces,
    /// The day that the papers name.
    pub today: Date,
    /// The wording.
    pub wordings: &'a Wordings,
}

/// Roles in the room of a ceremony, and who has them; a role without a person is filled in by hand.
pub type Room<'a> = [(&'static str, Option<&'a FreeText>)];

impl<'a> Office<'a> {
    fn plan(&self) -> &'a Plan {
        self.vault.plan()
    }

    fn register(&self) -> &'a Register {
        self.vault.register()
    }

    fn paper(&self) -> PaperSize {
        self.plan().paper()
    }

    fn mode(&self) -> Mode {
        self.vault.mode()
    }

    /// The values that every paper knows.
    fn values(&self) -> Values {
        let known = match self.plan().security() {
            Some(number) => Values::new().with("security", number),
            None => Values::new().room("security", super::flow::values::Room::Line),
        };
        known
            .with("organisation", self.plan().organisation())
            .with("today", &self.today)
            .with("plan", &Said::of(&[&self.vault.plan_hash()]).grouped(8))
            .with("line", &(self.chain.entries().len().saturating_sub(1)))
            .with("site", self.chain.site())
    }

    fn render(&self, paper: Paper, dress: Dress, values: &Values) -> Result<SecretBytes, Refusal> {
        let template = self.wordings.template(paper)?;
        flow::render(&Sheets {
            paper: self.paper(),
            faces: self.faces,
            mode: self.mode(),
            dress,
            template: &template,
            values,
        })
    }

    fn name(&self, person: &PersonId) -> Said {
        match self.plan().person(person) {
            Some(person) => Said::of(&[&person.name]),
            None => Said::of(&[person]),
        }
    }

    fn names<'p>(&self, people: impl IntoIterator<Item = &'p PersonId>) -> Said {
        Said::joined(people.into_iter().map(|person| self.name(person)), ", ")
    }

    /// One a line, each with their number where the plan has one.
    fn reached<'p>(&self, people: impl IntoIterator<Item = &'p PersonId>) -> Said {
        Said::lines(people.into_iter().map(|person| match self.reach(person) {
            Some(reach) => Said::of(&[&self.name(person), &" ", reach]),
            None => self.name(person),
        }))
    }

    fn reach(&self, person: &PersonId) -> Option<&'a FreeText> {
        self.plan().person(person)?.reach.as_ref()
    }

    fn team(&self, person: &PersonId) -> Said {
        let team = self.plan().person(person).and_then(|person| person.team.as_ref());
        team.map_or_else(|| Said::of(&[&"–"]), |team| Said::of(&[team]))
    }

    /// Every envelope in force of an epoch that is not void.
    fn envelopes(&self) -> impl Iterator<Item = Held<'a>> + use<'a> {
        let epochs = self.register().epochs().filter(|epoch| epoch.void.is_none());
        epochs.flat_map(|epoch| {
            let held = epoch.envelopes.iter();
            held.map(move |(index, envelope)| Held {
                epoch,
                index: *index,
                envelope,
            })
        })
    }

    /// The envelope in force with this serial.
    pub fn find(&self, serial: Serial) -> Result<Held<'a>, Refusal> {
        self.envelopes()
            .find(|held| held.envelope.serial == serial)
            .ok_or_else(|| {
                Refusal::new(
                    Rule::UnknownSerial,
                    format!("no envelope in force has the serial {serial}"),
                )
                .hint("the serials of this vault: strongroom ledger show")
            })
    }

    /// The serials of the envelopes in force that `wanted` picks, in the order of sets and indices.
    pub fn serials(&self, wanted: impl Fn(&Held<'_>) -> bool) -> Vec<Serial> {
        self.envelopes()
            .filter(|held| wanted(held))
            .map(|held| held.envelope.serial)
            .collect()
    }
}

/// Whether every text of the plan that stands on a paper can be drawn; a long one breaks over lines, so none is too long.
pub fn check_texts(plan: &Plan, faces: Faces) -> Result<(), Refusal> {
    let people = plan.people().iter().flat_map(|person| {
        [Some(&person.name), person.team.as_ref(), person.reach.as_ref()]
            .into_iter()
            .flatten()
    });
    let safes = plan.safes().iter().map(|safe| &safe.place);
    let accounts = plan.accounts().iter().map(|account| &account.name);
    let reasons = plan.acceptances().iter().map(|acceptance| &acceptance.reason);
    let organisation = std::iter::once(plan.organisation()).chain(plan.security());
    let texts = organisation.chain(people).chain(safes).chain(accounts).chain(reasons);
    faces.judge(texts).map_err(|refusal| match refusal.rule() {
        Rule::PageUnfit => {
            let unfit = Refusal::new(Rule::NameUnfit, refusal.sentence());
            refusal
                .hints()
                .iter()
                .fold(unfit, |unfit, hint| unfit.hint(hint.clone()))
        }
        _ => refusal,
    })
}

/// One envelope in force, and its epoch.
#[derive(Clone, Copy)]
pub struct Held<'a> {
    /// The epoch.
    pub epoch: &'a EpochState,
    /// The index of its share.
    pub index: ShareIndex,
    /// The envelope.
    pub envelope: &'a Envelope,
}

impl Held<'_> {
    /// The first two words of the fingerprint: they can be said aloud, and tell nothing.
    fn code(&self) -> Said {
        let [first, second, ..] = self.epoch.fingerprint.words();
        Said::joined([first, second].map(|word| Said::of(&[&word])), " ")
    }

    fn place(&self) -> Said {
        place_of(self.envelope.safe.as_ref())
    }

    fn row(&self, office: &Office<'_>) -> Values {
        let epoch = self.epoch;
        Values::new()
            .with("serial", &self.envelope.serial)
            .with("code", &self.code())
            .with("set", &epoch.of.set)
            .with("epoch", &epoch.of.epoch)
            .with("index", &self.index)
            .with("total", &u16::from(epoch.threshold.total()))
            .with("needed", &u16::from(epoch.threshold.needed()))
            .with("custodian", &office.name(&self.envelope.custodian))
            .with("safe", &self.place())
            .with("words", &epoch.fingerprint)
            .with("seal", &self.seal(office))
    }

    /// The number of its seal, where the ledger has one: nothing is left to be filled in after the signing.
    fn seal(&self, office: &Office<'_>) -> Said {
        let seal = office.register().room().seal_of(self.envelope.serial);
        seal.map_or_else(|| Said::of(&[&"none"]), |seal| Said::of(&[seal]))
    }
}

fn place_of(safe: Option<&SafeId>) -> Said {
    safe.map_or_else(|| Said::of(&[&"with its custodian"]), |safe| Said::of(&[safe]))
}

/// When a safe is open, in words.
fn hours(open: &Hours) -> Said {
    match open {
        Hours::Always => Said::of(&[&"at every hour"]),
        Hours::Weekly(_) => Said::of(&[open]),
    }
}

fn battery(until: Option<Date>) -> Said {
    until.map_or_else(|| Said::of(&[&"no battery"]), |day| Said::of(&[&day]))
}

/// A list that is one row long where something is missing, and empty otherwise.
fn said_if(missing: bool, text: &'static str) -> Vec<Values> {
    missing.then(|| Values::new().with("text", &text)).into_iter().collect()
}

fn later(day: Date, days: u16) -> Date {
    day.checked_add(jiff::Span::new().days(i64::from(days))).unwrap_or(day)
}
