//! What the register promises: it adds up what was done, and what contradicts itself breaks the ledger.

use super::*;
use crate::vault::event::DealtEnvelope;
use crate::vault::note;

fn vault(mode: Mode) -> VaultId {
    VaultId::new(mode, [9; 15])
}

fn init(mode: Mode) -> Event {
    Event::Init {
        vault: vault(mode),
        mode,
        program: note("test").unwrap(),
    }
}

fn of(epoch: u32) -> SetEpoch {
    SetEpoch {
        set: "keys".parse().unwrap(),
        epoch: Epoch::new(epoch).unwrap(),
    }
}

fn boot() -> Boot {
    "b007".parse().unwrap()
}

fn serial(number: u32) -> Serial {
    Serial::from_bits(number)
}

fn dealt(epoch: u32, first_serial: u32) -> Event {
    let envelopes = (0..3).map(|at| DealtEnvelope {
        index: ShareIndex::new(at + 1).unwrap(),
        custodian: "ana".parse().unwrap(),
        safe: None,
        serial: serial(first_serial + u32::from(at)),
    });
    Event::Dealt {
        of: of(epoch),
        threshold: "2-of-3".parse().unwrap(),
        core: Hash([1; 32]),
        fingerprint: note(&"ab".repeat(11)).unwrap(),
        envelopes: envelopes.collect(),
        unattended: None,
        boot: boot(),
    }
}

fn proved(indices: &[u8], drill: bool, serials_from: u32) -> Event {
    let share = |index: &u8| SeenShare {
        index: ShareIndex::new(*index).unwrap(),
        serial: serial(serials_from + u32::from(*index) - 1),
        proved: true,
    };
    Event::Proved {
        of: of(1),
        shares: indices.iter().map(share).collect(),
        drill,
        boot: boot(),
    }
}

/// The register of one chain with these events, read back from its own bytes.
fn register(events: Vec<Event>) -> Result<Register, Refusal> {
    let mut chain = Chain::new("home".parse().unwrap());
    let mut bytes = Vec::new();
    for event in events {
        bytes.extend(chain.push(event, "2026-02-11T16:42:00Z".parse().unwrap())?);
    }
    Register::of(&[Chain::parse("home".parse().unwrap(), &bytes)?], None)
}

fn broken(events: Vec<Event>, found: &str) {
    let refusal = register(events).err().unwrap();
    assert_eq!(refusal.rule(), Rule::LedgerBroken);
    assert!(refusal.sentence().contains(found), "{refusal}");
}

#[test]
fn in_production_a_set_is_live_when_every_page_was_proved() {
    let live = |events: Vec<Event>| register(events).unwrap().live(&of(1).set).is_some();
    let begin = || vec![init(Mode::Production), dealt(1, 10), Event::Rendered { of: of(1) }];
    assert!(!live(begin()));
    assert!(!live([begin(), vec![proved(&[1, 3], false, 10)]].concat()));
    assert!(live(
        [begin(), vec![proved(&[1, 3], false, 10), proved(&[2], false, 10)]].concat()
    ));
}

#[test]
fn in_a_rehearsal_a_rendered_set_is_live() {
    let register = register(vec![init(Mode::Rehearsal), dealt(1, 10), Event::Rendered { of: of(1) }]).unwrap();
    assert!(register.live(&of(1).set).is_some());
}

#[test]
fn a_dealing_whose_pages_were_not_all_made_is_interrupted() {
    let register = register(vec![init(Mode::Rehearsal), dealt(1, 10)]).unwrap();
    assert!(register.live(&of(1).set).is_none());
    assert!(register.last_epoch(&of(1).set).unwrap().is_interrupted());
}

#[test]
fn a_void_epoch_is_never_live_and_the_next_one_follows_it() {
    let void = Event::Void {
        of: of(1),
        reason: note("power failed").unwrap(),
    };
    let register = register(vec![
        init(Mode::Rehearsal),
        dealt(1, 10),
        void,
        dealt(2, 20),
        Event::Rendered { of: of(2) },
    ]);
    assert_eq!(register.unwrap().live(&of(1).set).unwrap().of, of(2));
}

#[test]
fn only_drills_count_towards_a_quorum_in_one_boot() {
    let begin = vec![
        init(Mode::Production),
        dealt(1, 10),
        Event::Rendered { of: of(1) },
        proved(&[1, 2, 3], false, 10),
    ];
    let practised = |events: Vec<Event>| register(events).unwrap().practised_in(&boot(), &of(1)).len();
    assert_eq!(practised(begin.clone()), 0);
    assert_eq!(
        practised([begin, vec![proved(&[2], true, 10), proved(&[2], true, 10)]].concat()),
        1
    );
}

#[test]
fn an_epoch_is_dealt_once_and_in_order() {
    broken(
        vec![init(Mode::Production), dealt(1, 10), dealt(1, 20)],
        "does not follow",
    );
    broken(vec![init(Mode::Production), dealt(2, 10)], "does not follow");
}

#[test]
fn a_serial_is_used_once_for_ever() {
    broken(vec![init(Mode::Production), dealt(1, 10), dealt(2, 12)], "used twice");
}

#[test]
fn what_was_never_dealt_is_never_proved() {
    broken(vec![init(Mode::Production), proved(&[1], false, 10)], "was never dealt");
    broken(
        vec![init(Mode::Production), dealt(1, 10), proved(&[1], false, 11)],
        "is not in envelope",
    );
}

#[test]
fn a_vault_is_made_once_and_in_the_mode_of_its_id() {
    broken(vec![init(Mode::Production), init(Mode::Production)], "made once");
    let other = Event::Init {
        vault: vault(Mode::Production),
        mode: Mode::Rehearsal,
        program: note("test").unwrap(),
    };
    broken(vec![other], "made once");
    broken(
        vec![
            init(Mode::Production),
            Event::Site {
                vault: vault(Mode::Rehearsal),
            },
        ],
        "another vault",
    );
}

#[test]
fn an_extent_cuts_off_what_came_later() {
    let mut chain = Chain::new("home".parse().unwrap());
    for event in [init(Mode::Rehearsal), dealt(1, 10), Event::Rendered { of: of(1) }] {
        chain.push(event, "2026-02-11T16:42:00Z".parse().unwrap()).unwrap();
    }
    let upto =
        |lines: usize| Register::of(&[chain.clone()], Some(&Extent::from([(chain.site().clone(), lines)]))).unwrap();
    assert!(upto(2).live(&of(1).set).is_none());
    assert!(upto(3).live(&of(1).set).is_some());
}
