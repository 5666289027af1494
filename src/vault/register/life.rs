//! What the lines about an arrangement's life add up to.
//!
//! | file | what is done there |
//! |---|---|
//! | [`envelope`] | the stages of an envelope, and which step may follow which |
//! | [`matters`] | drills, reviews, findings; what a visit left unexplained |
//!
//! Rules of this file:
//! - paper is where it is, whoever wrote what down in which order: two sites may tell it differently, so no line about it breaks
//!   the ledger. What does not follow is a finding;
//! - what a drill proved is dated by the line; what people say they did, by the day that they say.

pub mod envelope;
pub mod matters;

use self::envelope::{Step, Whereabouts};
use self::matters::{DrillState, FindingState, ReviewState, VisitState};
use super::Register;
use crate::ident::{AccountId, CopyId, DeviceName, PersonId, SafeId, Serial, SiteName};
use crate::vault::event::{Event, LifeEvent, LineId, RoomEvent};
use crate::vault::ledger::{Entry, Hash};
use crate::vault::record::RecordName;
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// When the ways in and around an account were last found to work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tried {
    /// The provider let them in.
    pub signed_in: Option<Date>,
    /// Its phone rang.
    pub phone: Option<Date>,
    /// Its mailbox was read.
    pub mailbox: Option<Date>,
    /// Its contact record was right.
    pub contact: Option<Date>,
}

/// A hardware MFA device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceState {
    /// Its make.
    pub model: String,
    /// The number on it.
    pub number: String,
    /// Where it lies.
    pub safe: SafeId,
    /// Since when.
    pub installed: Date,
    /// When its battery ends.
    pub battery: Option<Date>,
    /// How many days a replacement takes to come.
    pub lead: u16,
    /// When it is to be tried next.
    pub next: Date,
    /// When it was last found to work.
    pub checked: Option<Date>,
    /// Whether it worked when it was last tried.
    pub works: bool,
}

/// What a provider's support promised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuidanceState {
    /// The ticket.
    pub ticket: String,
    /// What it is about.
    pub about: String,
    /// The last day on which it is to be relied on.
    pub until: Date,
}

/// What keeps an arrangement alive, as far as the ledger says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LifeState {
    /// When the vault was made.
    pub made: Option<Timestamp>,
    /// When something of an account was first enrolled.
    pub enrolled: BTreeMap<AccountId, Timestamp>,
    /// When the secret in force of a record was enrolled.
    pub secret_since: BTreeMap<RecordName, Timestamp>,
    /// When the page with this serial was last proved.
    pub proved: BTreeMap<Serial, Timestamp>,
    /// When somebody last practised, beside proving a share.
    pub practised: BTreeMap<PersonId, Date>,
    /// What was last found to work of each account.
    pub tried: BTreeMap<AccountId, Tried>,
    /// Every visit, oldest first.
    pub visits: BTreeMap<LineId, VisitState>,
    /// When the lock of a safe was last serviced.
    pub serviced: BTreeMap<SafeId, Date>,
    /// When a copy was last looked at, and up to which closing entry it went.
    pub copies: BTreeMap<CopyId, (Date, Hash)>,
    /// The hardware devices in service.
    pub devices: BTreeMap<(AccountId, DeviceName), DeviceState>,
    /// What support promised, by ticket.
    pub guidance: BTreeMap<String, GuidanceState>,
    /// Every drill.
    pub drills: BTreeMap<LineId, DrillState>,
    /// Every review.
    pub reviews: BTreeMap<LineId, ReviewState>,
    /// Every finding.
    pub findings: BTreeMap<LineId, FindingState>,
    /// When a drill last went through a runbook.
    pub rehearsed: BTreeMap<String, Date>,
    steps: BTreeMap<Serial, Vec<Step>>,
    /// What lies in each safe, as far as the lines so far say.
    lies: BTreeMap<SafeId, BTreeSet<Serial>>,
    /// Where each envelope was ever deposited.
    deposited: BTreeSet<(Serial, SafeId)>,
}

impl LifeState {
    /// The steps of an envelope, oldest first.
    pub fn steps(&self, serial: Serial) -> &[Step] {
        self.steps.get(&serial).map_or(&[], Vec::as_slice)
    }

    /// What a line says of the arrangement's life; most say nothing of it.
    pub(super) fn see(&mut self, site: &SiteName, entry: &Entry) {
        match &entry.event {
            Event::Init { .. } => self.made = Some(entry.time),
            Event::Proved { shares, .. } => {
                let proved = shares.iter().filter(|share| share.proved);
                self.proved.extend(proved.map(|share| (share.serial, entry.time)));
            }
            Event::Enrolled { factor, records, .. } => {
                for record in records {
                    self.enrolled.entry(record.account.clone()).or_insert(entry.time);
                    let name = RecordName {
                        account: record.account.clone(),
                        factor: *factor,
                        device: record.device.clone(),
                    };
                    self.secret_since.insert(name, entry.time);
                }
            }
            Event::Recovered { present, .. } => self.practise(present, day_of(entry.time)),
            Event::Room(RoomEvent::Sealed { serial, seal, .. }) => {
                self.go(*serial, Step::sealed(seal.as_str(), day_of(entry.time)));
            }
            Event::Life(event) => {
                let id = LineId {
                    site: site.clone(),
                    line: entry.number,
                };
                self.see_life(id, event);
            }
            _ => {}
        }
    }

    fn see_life(&mut self, id: LineId, event: &LifeEvent) {
        match event {
            LifeEvent::Moved { serial, step, day, .. } => self.go(*serial, Step::new(step.clone(), *day)),
            LifeEvent::LockServiced { safe, day, .. } => {
                latest(self.serviced.entry(safe.clone()).or_insert(*day), *day);
            }
            LifeEvent::CopyConfirmed { copy, head, day, .. } => {
                self.copies.insert(copy.clone(), (*day, *head));
            }
            LifeEvent::Guidance { ticket, about, until } => {
                let promised = GuidanceState {
                    ticket: ticket.as_str().to_string(),
                    about: about.as_str().to_string(),
                    until: *until,
                };
                self.guidance.insert(promised.ticket.clone(), promised);
            }
            LifeEvent::Device { .. } | LifeEvent::DeviceChecked { .. } | LifeEvent::DeviceRetired { .. } => {
                self.see_device(event);
            }
            LifeEvent::Tried { .. } => self.see_tried(event),
            LifeEvent::Practised { present, drill, .. } => {
                let day = self.drills.get(drill).map(|drill| drill.day);
                if let Some(day) = day {
                    self.practise(present, day);
                }
            }
            LifeEvent::Debriefed { practised, day, .. } => {
                self.practise(practised, *day);
                self.see_matter(id, event);
            }
            LifeEvent::Rehearsed { runbook, day, .. } => {
                latest(self.rehearsed.entry(runbook.as_str().to_string()).or_insert(*day), *day);
            }
            LifeEvent::Visited { .. }
            | LifeEvent::Drill { .. }
            | LifeEvent::Review { .. }
            | LifeEvent::Reviewed { .. }
            | LifeEvent::Finding { .. }
            | LifeEvent::Settled { .. } => self.see_matter(id, event),
            LifeEvent::Reissued { .. } | LifeEvent::Relocked { .. } => {}
        }
    }

    /// An envelope goes a step.
    fn go(&mut self, serial: Serial, step: Step) {
        let steps = self.steps.entry(serial).or_default();
        if let Some(Whereabouts::Deposited(Some(safe))) = steps.last().map(|last| &last.to)
            && let Some(there) = self.lies.get_mut(safe)
        {
            there.remove(&serial);
        }
        if let Whereabouts::Deposited(Some(safe)) = &step.to {
            self.lies.entry(safe.clone()).or_default().insert(serial);
            self.deposited.insert((serial, safe.clone()));
        }
        steps.push(step);
    }

    fn see_device(&mut self, event: &LifeEvent) {
        match event {
            LifeEvent::Device {
                account,
                device,
                model,
                number,
                safe,
                installed,
                battery,
                lead,
                next,
            } => {
                let state = DeviceState {
                    model: model.as_str().to_string(),
                    number: number.as_str().to_string(),
                    safe: safe.clone(),
                    installed: *installed,
                    battery: *battery,
                    lead: *lead,
                    next: *next,
                    checked: None,
                    works: true,
                };
                self.devices.insert((account.clone(), device.clone()), state);
            }
            LifeEvent::DeviceChecked {
                account,
                device,
                works,
                day,
                next,
                ..
            } => {
                if let Some(state) = self.devices.get_mut(&(account.clone(), device.clone())) {
                    (state.works, state.next) = (*works, *next);
                    state.checked = works.then_some(*day).or(state.checked);
                }
            }
            LifeEvent::DeviceRetired { account, device, .. } => {
                self.devices.remove(&(account.clone(), device.clone()));
            }
            _ => {}
        }
    }

    fn see_tried(&mut self, event: &LifeEvent) {
        let LifeEvent::Tried {
            account,
            signed_in,
            phone,
            mailbox,
            contact,
            day,
            by,
            ..
        } = event
        else {
            return;
        };
        let tried = self.tried.entry(account.clone()).or_default();
        let found = [
            (&mut tried.signed_in, signed_in),
            (&mut tried.phone, phone),
            (&mut tried.mailbox, mailbox),
            (&mut tried.contact, contact),
        ];
        for (last, worked) in found {
            if *worked == Some(true) {
                latest(last.get_or_insert(*day), *day);
            }
        }
        self.practise(by, *day);
    }

    fn practise(&mut self, people: &[PersonId], day: Date) {
        for person in people {
            latest(self.practised.entry(person.clone()).or_insert(day), day);
        }
    }
}

impl Register {
    /// What keeps the arrangement alive.
    pub fn life(&self) -> &LifeState {
        &self.life
    }
}

fn latest(last: &mut Date, day: Date) {
    *last = (*last).max(day);
}

/// The day of a line, where nothing says at which place it was written.
pub(super) fn day_of(time: Timestamp) -> Date {
    time.to_zoned(jiff::tz::TimeZone::UTC).date()
}
