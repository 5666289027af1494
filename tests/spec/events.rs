//! One body of every kind of a ledger line, with every field that it can have.

use super::example::{canonical, parsed};
use jiff::civil::Date;
use std::collections::BTreeMap;
use strongroom::crypto::passphrase::LockDigest;
use strongroom::ident::{Epoch, Generation, Mode, Serial, ShareIndex, VaultId};
use strongroom::plan::{Defence, Factor, Role};
use strongroom::vault::event::{
    AtProvider, Cause, DealtEnvelope, EnvelopeStep, Event, InRole, LifeEvent, LineId, LockedRecordNote, Network,
    NightEvent, Note, NoticeNote, ReadEnvelope, ReviewAnswer, RoomEvent, SeenShare, SetEpoch, Signature, Verdict,
};
use strongroom::vault::ledger::Hash;

/// One body of every kind, with every field that it can have.
#[allow(clippy::too_many_lines, reason = "one of each")]
pub(crate) fn events(vault: VaultId, core: Hash, fingerprint: &str, note: &dyn Fn(&str) -> Note) -> String {
    let of = SetEpoch {
        set: parsed("mfa-emea"),
        epoch: Epoch::FIRST,
    };
    let boot = || "00000000-0000-4000-8000-000000000000".parse().unwrap();
    let seen = SeenShare {
        index: ShareIndex::FIRST,
        serial: Serial::from_bits(1),
        proved: true,
    };
    let all = vec![
        Event::Init {
            vault,
            mode: Mode::Rehearsal,
            program: note("strongroom 0.1.0"),
        },
        Event::Site { vault },
        Event::Machine {
            network: Network::IsolatedByNamespace,
            swap: false,
            boot: boot(),
            program: note("strongroom 0.1.0"),
        },
        Event::Plan {
            sha256: Hash::of(b"a plan\n"),
        },
        Event::Dealt {
            of: of.clone(),
            threshold: parsed("2-of-2"),
            core,
            fingerprint: note(fingerprint),
            envelopes: [(1, Some("fra-1")), (2, None)]
                .map(|(index, safe)| DealtEnvelope {
                    index: ShareIndex::new(index).unwrap(),
                    custodian: parsed("ana"),
                    safe: safe.map(parsed),
                    serial: Serial::from_bits(u32::from(index)),
                    lock: safe.map(|_| LockDigest::of("QQQQ/QQQQ/QQQQ")),
                })
                .to_vec(),
            unattended: Some(note("no witness could come")),
            boot: boot(),
        },
        Event::Reprinted {
            of: of.clone(),
            index: ShareIndex::FIRST,
            replaces: Serial::from_bits(1),
            serial: Serial::from_bits(3),
            lock: Some(LockDigest::of("PPPP/PPPP/PPPP")),
            reason: note("a new passphrase"),
            boot: boot(),
        },
        Event::Rendered { of: of.clone() },
        Event::Proved {
            of: of.clone(),
            shares: vec![seen.clone()],
            drill: false,
            boot: boot(),
        },
        Event::Void {
            of: of.clone(),
            reason: note("the dealing was interrupted"),
        },
        Event::Enrolled {
            factor: Factor::Mfa,
            records: vec![LockedRecordNote {
                account: parsed("111122223333"),
                device: Some(parsed("emea")),
                generation: Generation::FIRST,
                sha256: Hash::of(b"a record"),
                sets: vec![of.clone()],
            }],
            reason: Some(note("first enrolment")),
            unattended: false,
        },
        Event::Recovered {
            account: parsed("111122223333"),
            factor: Factor::Mfa,
            device: Some(parsed("emea")),
            generation: Generation::FIRST,
            task: parsed("security-event"),
            reason: note("incident 7"),
            present: vec![parsed("ana"), parsed("ben")],
            approved_by: Some(parsed("walt")),
            of: of.clone(),
            shares: vec![seen],
            reachable: 22,
            on_paper: true,
            boot: boot(),
        },
        Event::Printed {
            paper: note("printer-test"),
            printer: Some(note("office")),
            boot: boot(),
        },
        Event::Defences {
            missing: vec![Defence::Landlock, Defence::LockedMemory],
        },
        Event::Exception {
            rule: note("swap-on"),
            found: note("memory can be swapped out: /dev/sda2 is on"),
            reason: note("no other laptop"),
        },
        Event::Closing {
            nonce: note("00112233445566778899aabbccddeeff"),
            chains: BTreeMap::from([(parsed("away"), core)]),
        },
    ];
    let mut kinds = Vec::new();
    let families = [room(&of, note), life(&of, note), night(&of, note)];
    for event in all.iter().chain(families.iter().flatten()) {
        let (kind, body) = event.to_parts().unwrap();
        assert_eq!(Event::from_parts(kind.clone(), body.clone()).unwrap(), *event);
        kinds.push(format!("{kind}\n  {}", canonical(&body)));
    }
    kinds.join("\n")
}

/// What happens in the room of a ceremony.
#[allow(clippy::too_many_lines, reason = "one of each")]
fn room(of: &SetEpoch, note: &dyn Fn(&str) -> Note) -> Vec<Event> {
    let boot = || "00000000-0000-4000-8000-000000000000".parse().unwrap();
    let room = |administrator| {
        vec![
            InRole {
                role: Role::Administrator,
                person: parsed(administrator),
            },
            InRole {
                role: Role::Operator,
                person: parsed("walt"),
            },
        ]
    };
    let all = vec![
        RoomEvent::Sitting {
            sets: vec![of.set.clone()],
            purpose: Factor::Mfa,
            room: room("mira"),
            items: vec![note("laptop 7")],
            steps: 31,
            script: Hash::of(b"preflight\n"),
            boot: boot(),
        },
        RoomEvent::Resumed {
            room: room("zoe"),
            items: vec![],
            boot: boot(),
        },
        RoomEvent::Step {
            number: 1,
            step: note("preflight"),
            by: vec![parsed("walt"), parsed("mira")],
            said: Some(note("network none, swap off")),
            boot: boot(),
        },
        RoomEvent::Clock {
            watch: "2026-02-11T16:42:03Z".parse().unwrap(),
            by: vec![parsed("mira"), parsed("walt")],
        },
        RoomEvent::HandedOut {
            of: of.clone(),
            index: ShareIndex::FIRST,
            serial: Serial::from_bits(1),
        },
        RoomEvent::Sealed {
            of: of.clone(),
            index: ShareIndex::FIRST,
            serial: Serial::from_bits(1),
            seal: note("A 004711"),
        },
        RoomEvent::ExceptionOpened {
            exception: 1,
            left: vec![parsed("ana")],
            taken: vec![note("a telephone")],
            reason: note("a call from the school"),
        },
        RoomEvent::ExceptionClosed {
            exception: 1,
            returned: vec![parsed("ana")],
            brought: vec![note("a telephone, put into the box outside")],
        },
        RoomEvent::Unforeseen {
            expected: note("a label on the printer"),
            happened: note("it was torn"),
            decided: note("go on: its serial number was read from inside"),
        },
        RoomEvent::Dissent {
            person: parsed("zoe"),
            step: note("clock"),
            reason: note("the watch is not mine"),
        },
        RoomEvent::SittingEnded {
            reason: Some(note("the building is evacuated")),
        },
        RoomEvent::AtProvider {
            account: parsed("111122223333"),
            factor: Factor::Mfa,
            device: Some(parsed("emea")),
            generation: Generation::FIRST,
            state: AtProvider::SignedIn,
            by: vec![parsed("walt"), parsed("mira")],
        },
    ];
    assert_eq!(all.len(), RoomEvent::KINDS.len());
    all.into_iter().map(Event::Room).collect()
}

/// What keeps an arrangement alive.
#[allow(clippy::too_many_lines, reason = "one of each")]
fn life(of: &SetEpoch, note: &dyn Fn(&str) -> Note) -> Vec<Event> {
    let day = |text: &str| text.parse::<Date>().unwrap();
    let line = |line: u64| LineId {
        site: parsed("home"),
        line,
    };
    let by = || vec![parsed("mira"), parsed("walt")];
    let boot = || "00000000-0000-4000-8000-000000000000".parse().unwrap();
    let (serial, account, device) = (Serial::from_bits(1), "111122223333", Some(parsed("emea")));
    let seen = || SeenShare {
        index: ShareIndex::FIRST,
        serial,
        proved: true,
    };
    let moved = |step: EnvelopeStep| LifeEvent::Moved {
        serial,
        step,
        day: day("2026-02-12"),
        by: by(),
    };
    let after = SetEpoch {
        set: of.set.clone(),
        epoch: Epoch::new(2).unwrap(),
    };
    let all = vec![
        moved(EnvelopeStep::Printed {}),
        moved(EnvelopeStep::Spoilt {
            reason: note("the toner smeared"),
        }),
        moved(EnvelopeStep::InTransit {
            carrier: note("ana"),
            safe: Some(parsed("fra-1")),
            due: day("2026-02-20"),
        }),
        moved(EnvelopeStep::Deposited {
            safe: Some(parsed("fra-1")),
        }),
        moved(EnvelopeStep::Opened { reason: note("drill") }),
        moved(EnvelopeStep::Lost {
            reason: note("not in its safe"),
        }),
        moved(EnvelopeStep::Destroyed {}),
        LifeEvent::Visited {
            safe: parsed("fra-1"),
            at: "2026-02-14T09:30:00Z".parse().unwrap(),
            by: by(),
            reason: note("drill"),
            intact: vec![serial],
            broken: vec![Serial::from_bits(2)],
            taken: vec![serial],
            put: vec![Serial::from_bits(3)],
            whole: true,
        },
        LifeEvent::LockServiced {
            safe: parsed("fra-1"),
            day: day("2026-03-01"),
            by: by(),
        },
        LifeEvent::CopyConfirmed {
            copy: parsed("usb-fra"),
            head: Hash::of(b"a closing entry"),
            day: day("2026-03-01"),
            by: by(),
        },
        LifeEvent::Device {
            account: parsed(account),
            device: parsed("token-7"),
            model: note("Token 7"),
            number: note("004711"),
            safe: parsed("fra-1"),
            installed: day("2026-02-12"),
            battery: Some(day("2029-01-31")),
            lead: 30,
            next: day("2027-02-12"),
        },
        LifeEvent::DeviceChecked {
            account: parsed(account),
            device: parsed("token-7"),
            works: true,
            day: day("2027-02-10"),
            next: day("2028-02-10"),
            by: by(),
        },
        LifeEvent::DeviceRetired {
            account: parsed(account),
            device: parsed("token-7"),
            day: day("2029-01-10"),
            reason: note("its battery ends"),
        },
        LifeEvent::Guidance {
            ticket: note("case 4711"),
            about: note("what support asks for"),
            until: day("2026-12-31"),
        },
        LifeEvent::Drill {
            day: day("2026-05-04"),
            led_by: parsed("walt"),
            sets: vec![of.set.clone()],
        },
        LifeEvent::Tried {
            drill: line(40),
            account: parsed(account),
            signed_in: Some(true),
            phone: Some(true),
            mailbox: Some(false),
            contact: Some(true),
            remark: Some(note("the mailbox is full")),
            day: day("2026-05-04"),
            by: by(),
        },
        LifeEvent::Practised {
            drill: line(40),
            account: parsed(account),
            factor: Factor::Mfa,
            device: device.clone(),
            generation: Generation::FIRST,
            of: of.clone(),
            shares: vec![seen()],
            reachable: 22,
            present: by(),
            boot: boot(),
        },
        LifeEvent::Debriefed {
            drill: line(40),
            practised: by(),
            wrong: note("the mailbox is full"),
            day: day("2026-05-05"),
            by: by(),
        },
        LifeEvent::Rehearsed {
            drill: line(40),
            runbook: note("alert-rang"),
            day: day("2026-05-05"),
        },
        LifeEvent::Review {
            day: day("2026-03-10"),
            led_by: parsed("walt"),
        },
        LifeEvent::Reviewed {
            review: line(44),
            kept: 120,
            others: vec![
                ReviewAnswer {
                    access: note("mailbox 111122223333 dana"),
                    answer: Verdict::Remove,
                },
                ReviewAnswer {
                    access: note("safe fra-1 jonas"),
                    answer: Verdict::Change,
                },
            ],
            day: day("2026-03-11"),
            by: by(),
        },
        LifeEvent::Finding {
            of: note("drill home-40"),
            found: note("the mailbox is full"),
            change: note("a second mailbox"),
            owner: parsed("walt"),
            until: day("2026-06-01"),
        },
        LifeEvent::Settled {
            finding: line(46),
            how: note("done"),
            day: day("2026-05-20"),
            by: by(),
        },
        LifeEvent::Reissued {
            of: after.clone(),
            succeeds: of.clone(),
            cause: Cause::Leaver,
            signature: Signature([0x5a; 64]),
            shares: vec![seen()],
            reachable: 22,
            boot: boot(),
        },
        LifeEvent::Relocked {
            factor: Factor::Mfa,
            records: vec![LockedRecordNote {
                account: parsed(account),
                device,
                generation: Generation::FIRST,
                sha256: Hash::of(b"a record"),
                sets: vec![after.clone()],
            }],
            awaits: Some(after),
            by: of.clone(),
            boot: boot(),
        },
    ];
    all.into_iter().map(Event::Life).collect()
}

/// What happens around a recovery.
fn night(of: &SetEpoch, note: &dyn Fn(&str) -> Note) -> Vec<Event> {
    let boot = || "00000000-0000-4000-8000-000000000000".parse().unwrap();
    let all = vec![
        NightEvent::Notices {
            notices: vec![NoticeNote {
                number: 1,
                call: Hash::of(b"a call"),
                answer: Hash::of(b"an answer"),
            }],
            boot: boot(),
        },
        NightEvent::Announced {
            call: Hash::of(b"a call"),
            from: "2026-02-11T02:58:00Z".parse().unwrap(),
            until: "2026-02-11T04:58:00Z".parse().unwrap(),
            account: parsed("111122223333"),
            reason: note("incident 7"),
            by: vec![parsed("mira"), parsed("walt")],
        },
        NightEvent::Invited {
            invite: Hash::of(b"an invitation"),
            account: parsed("111122223333"),
            factor: Factor::Mfa,
            device: Some(parsed("emea")),
            boot: boot(),
        },
        NightEvent::Exposed {
            account: parsed("111122223333"),
            factor: Factor::Mfa,
            device: Some(parsed("emea")),
            shown: note("code"),
            envelopes: vec![ReadEnvelope {
                of: of.clone(),
                index: ShareIndex::FIRST,
                serial: Serial::from_bits(1),
                afar: false,
                sound: true,
            }],
            boot: boot(),
        },
    ];
    all.into_iter().map(Event::Night).collect()
}
