//! What is due, to the day.

use super::*;
use crate::ident::{Epoch, Generation, Mode, ShareIndex, VaultId};
use crate::plan::Factor;
use crate::vault::event::{
    Boot, DealtEnvelope, EnvelopeStep, Event, LifeEvent, LockedRecordNote, Note, SeenShare, SetEpoch,
};
use crate::vault::ledger::{Chain, Hash};

fn note(text: &str) -> Note {
    text.parse().unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn boot() -> Boot {
    "b007".parse().unwrap()
}

/// A ledger that grows line by line, each with its time.
struct Story {
    plan: Plan,
    chain: Chain,
}

impl Story {
    fn new(made: &str) -> Self {
        let mut story = Self {
            plan: Plan::parse(crate::plan::starter::example()).ok().unwrap(),
            chain: Chain::new("home".parse().unwrap()),
        };
        let world = Mode::Production;
        story.line(
            made,
            Event::Init {
                vault: VaultId::new(world, [9; 15]),
                mode: world,
                program: note("test"),
            },
        );
        story
    }

    fn line(&mut self, time: &str, event: Event) -> &mut Self {
        self.chain.push(event, time.parse().unwrap()).ok().unwrap();
        self
    }

    fn life(&mut self, time: &str, event: LifeEvent) -> &mut Self {
        self.line(time, Event::Life(event))
    }

    /// A set of two shares, live: ana's in Frankfurt, mei's in Singapore; and one record.
    fn begin(&mut self, time: &str) {
        let of = SetEpoch {
            set: "root-password".parse().unwrap(),
            epoch: Epoch::FIRST,
        };
        let envelope = |index: u8, custodian: &str, safe: &str| DealtEnvelope {
            index: ShareIndex::new(index).unwrap(),
            custodian: custodian.parse().unwrap(),
            safe: Some(safe.parse().unwrap()),
            serial: Serial::from_bits(u32::from(index)),
            lock: None,
        };
        let dealt = Event::Dealt {
            of: of.clone(),
            threshold: "2-of-2".parse().unwrap(),
            core: Hash([1; 32]),
            fingerprint: note(&"ab".repeat(11)),
            envelopes: vec![envelope(1, "ana", "fra-1"), envelope(2, "mei", "sin-1")],
            unattended: None,
            boot: boot(),
        };
        let record = LockedRecordNote {
            account: "734602235274".parse().unwrap(),
            device: None,
            generation: Generation::FIRST,
            sha256: Hash([2; 32]),
            sets: vec![of.clone()],
        };
        self.line(time, dealt).proved(time, &[1, 2]).line(
            time,
            Event::Enrolled {
                factor: Factor::Password,
                records: vec![record],
                reason: None,
                unattended: false,
            },
        );
    }

    fn proved(&mut self, time: &str, indices: &[u8]) -> &mut Self {
        let share = |index: &u8| SeenShare {
            index: ShareIndex::new(*index).unwrap(),
            serial: Serial::from_bits(u32::from(*index)),
            proved: true,
        };
        let of = SetEpoch {
            set: "root-password".parse().unwrap(),
            epoch: Epoch::FIRST,
        };
        let proved = Event::Proved {
            of,
            shares: indices.iter().map(share).collect(),
            drill: true,
            boot: boot(),
        };
        self.line(time, proved)
    }

    fn due(&self, as_of: AsOf) -> Vec<Due> {
        let register = Register::of(std::slice::from_ref(&self.chain), None).ok().unwrap();
        all(&self.plan, &register, as_of)
    }

    /// The due day of the first of this kind about this.
    fn day_of(&self, kind: Kind, about: &str) -> Option<Date> {
        let all = self.due(AsOf::Day(day("2026-01-01")));
        let mut found = all.iter().filter(|due| due.kind == kind && due.about.as_str() == about);
        found.next().map(|due| due.day)
    }

    /// The first day on which this is overdue, counting from its due day.
    fn is_overdue(&self, kind: Kind, about: &str, on: &str) -> bool {
        let all = self.due(AsOf::Day(day(on)));
        all.iter()
            .any(|due| due.kind == kind && due.about.as_str() == about && due.overdue)
    }
}

#[test]
fn something_is_overdue_from_the_day_after_its_due_day() {
    let mut story = Story::new("2026-01-10T12:00:00Z");
    assert_eq!(
        story.day_of(Kind::Review, "plan"),
        Some(day("2026-02-10")),
        "31 days after the making"
    );
    assert!(!story.is_overdue(Kind::Review, "plan", "2026-02-10"));
    assert!(story.is_overdue(Kind::Review, "plan", "2026-02-11"));
    let review = LifeEvent::Review {
        day: day("2026-02-09"),
        led_by: "walt".parse().unwrap(),
    };
    let reviewed = LifeEvent::Reviewed {
        review: "home-1".parse().unwrap(),
        kept: 3,
        others: Vec::new(),
        day: day("2026-02-12"),
        by: vec!["walt".parse().unwrap(), "zoe".parse().unwrap()],
    };
    story.life("2026-02-09T12:00:00Z", review);
    assert_eq!(
        story.day_of(Kind::ReviewClose, "review:home-1"),
        Some(day("2026-02-16"))
    );
    story.life("2026-02-12T12:00:00Z", reviewed);
    assert_eq!(story.day_of(Kind::ReviewClose, "review:home-1"), None);
    assert_eq!(story.day_of(Kind::Review, "plan"), Some(day("2026-03-15")));
}

#[test]
fn a_year_after_the_29th_of_february_is_the_28th() {
    let mut story = Story::new("2028-02-01T00:00:00Z");
    story.begin("2028-02-29T12:00:00Z");
    let (ana, mei) = ("envelope:QQQ-QQP", "envelope:QQQ-QQZ");
    assert_eq!(story.day_of(Kind::Proof, ana), Some(day("2029-02-28")));
    assert_eq!(story.day_of(Kind::Proof, mei), Some(day("2029-02-28")));
    assert!(!story.is_overdue(Kind::Proof, ana, "2029-02-28") && story.is_overdue(Kind::Proof, ana, "2029-03-01"));
    // 92 days over a leap day.
    let mut leap = Story::new("2027-12-01T00:00:00Z");
    leap.begin("2027-12-15T12:00:00Z");
    assert_eq!(
        leap.day_of(Kind::Drill, "account:734602235274"),
        Some(day("2028-03-16"))
    );
}

#[test]
fn the_day_of_a_safe_is_that_of_its_clock() {
    // 16:30 in UTC is half past midnight in Singapore, and still the same day in Frankfurt.
    let mut story = Story::new("2026-01-01T00:00:00Z");
    story.begin("2026-03-01T12:00:00Z");
    story
        .proved("2026-06-30T16:30:00Z", &[1])
        .proved("2026-06-30T16:30:00Z", &[2]);
    assert_eq!(story.day_of(Kind::Proof, "envelope:QQQ-QQP"), Some(day("2027-06-30")));
    assert_eq!(story.day_of(Kind::Proof, "envelope:QQQ-QQZ"), Some(day("2027-07-01")));
    // At 17:00 UTC on the 1st of July 2027 that day is over in Singapore, and not in Frankfurt.
    let overdue = |moment: &str, about: &str| {
        let all = story.due(AsOf::Now(moment.parse().unwrap()));
        all.iter()
            .any(|due| due.kind == Kind::Proof && due.about.as_str() == about && due.overdue)
    };
    assert!(!overdue("2027-07-01T15:59:59Z", "envelope:QQQ-QQZ"));
    assert!(overdue("2027-07-01T16:00:00Z", "envelope:QQQ-QQZ"));
    // Frankfurt's 30th of June ends at 22:00 UTC, in summer.
    assert!(!overdue("2027-06-30T21:59:59Z", "envelope:QQQ-QQP"));
    assert!(overdue("2027-06-30T22:00:00Z", "envelope:QQQ-QQP"));
}

#[test]
fn sign_in_and_phone_are_due_by_whichever_was_tried_longer_ago() {
    let mut story = Story::new("2026-01-01T00:00:00Z");
    story.begin("2026-02-01T12:00:00Z");
    let account = "account:734602235274";
    assert_eq!(
        story.day_of(Kind::Drill, account),
        Some(day("2026-05-04")),
        "92 days after it was enrolled"
    );
    let drill = LifeEvent::Drill {
        day: day("2026-04-01"),
        led_by: "walt".parse().unwrap(),
        sets: Vec::new(),
    };
    let tried = |signed_in, phone, on: &str| LifeEvent::Tried {
        drill: "home-4".parse().unwrap(),
        account: "734602235274".parse().unwrap(),
        signed_in,
        phone,
        mailbox: None,
        contact: None,
        remark: None,
        day: day(on),
        by: vec!["walt".parse().unwrap()],
    };
    story.life("2026-04-01T12:00:00Z", drill);
    assert_eq!(story.day_of(Kind::Debrief, "drill:home-4"), Some(day("2026-04-08")));
    story.life("2026-04-01T12:00:00Z", tried(Some(true), Some(false), "2026-04-01"));
    assert_eq!(
        story.day_of(Kind::Drill, account),
        Some(day("2026-05-04")),
        "a phone that did not ring was not tried"
    );
    story.life("2026-04-20T12:00:00Z", tried(None, Some(true), "2026-04-20"));
    assert_eq!(
        story.day_of(Kind::Drill, account),
        Some(day("2026-07-02")),
        "92 days after the sign-in"
    );
}

#[test]
fn an_accepted_sample_is_not_tried_and_the_acceptance_itself_is_due() {
    let mut story = Story::new("2026-01-01T00:00:00Z");
    let text = format!(
        "{}\n[[accept]]\nrule = \"S37\"\nabout = \"account:734602235274\"\nreason = \"a sample\"\nuntil = 2026-03-31\n",
        crate::plan::starter::example()
    );
    story.plan = Plan::parse(&text).ok().unwrap();
    story.begin("2026-01-02T12:00:00Z");
    let account = "account:734602235274";
    assert_eq!(story.day_of(Kind::Drill, account), None);
    assert_eq!(story.day_of(Kind::Acceptance, account), Some(day("2026-03-31")));
    assert!(!story.is_overdue(Kind::Drill, account, "2026-03-31"));
    assert!(
        !story.is_overdue(Kind::Drill, account, "2026-04-04"),
        "92 days from the second of January end on the 4th of April"
    );
    assert!(story.is_overdue(Kind::Drill, account, "2026-04-05"));
}

#[test]
fn an_envelope_on_its_way_a_lost_one_and_a_battery_are_due() {
    let mut story = Story::new("2026-01-01T00:00:00Z");
    story.begin("2026-02-01T12:00:00Z");
    let moved = |step, on: &str| LifeEvent::Moved {
        serial: Serial::from_bits(1),
        step,
        day: day(on),
        by: vec!["walt".parse().unwrap()],
    };
    let sent = EnvelopeStep::InTransit {
        carrier: note("ana"),
        safe: Some("fra-1".parse().unwrap()),
        due: day("2026-02-10"),
    };
    story.life("2026-02-02T12:00:00Z", moved(sent, "2026-02-02"));
    assert_eq!(story.day_of(Kind::Transit, "envelope:QQQ-QQP"), Some(day("2026-02-10")));
    let lost = EnvelopeStep::Lost {
        reason: note("never came"),
    };
    story.life("2026-02-12T12:00:00Z", moved(lost, "2026-02-12"));
    assert_eq!(story.day_of(Kind::Transit, "envelope:QQQ-QQP"), None);
    assert_eq!(
        story.day_of(Kind::Reissue, "set:root-password"),
        Some(day("2026-02-12"))
    );
    let installed = LifeEvent::Device {
        account: "111111111111".parse().unwrap(),
        device: story.plan.accounts()[0].mfa[0].name.clone(),
        model: note("Token 7"),
        number: note("4711"),
        safe: "fra-2".parse().unwrap(),
        installed: day("2026-02-12"),
        battery: Some(day("2028-03-15")),
        lead: 15,
        next: day("2027-02-12"),
    };
    let about = format!("device:111111111111/{}", story.plan.accounts()[0].mfa[0].name);
    story.life("2026-02-12T12:00:00Z", installed);
    assert_eq!(
        story.day_of(Kind::Battery, &about),
        Some(day("2028-02-29")),
        "15 days before its end"
    );
    assert_eq!(story.day_of(Kind::Device, &about), Some(day("2027-02-12")));
}
