//! What the register promises: it adds up what was done, and what contradicts itself breaks the ledger.

mod reissues;
mod visits;

use super::*;
use crate::crypto::passphrase::LockDigest;
use crate::vault::event::{DealtEnvelope, EnvelopeStep, LifeEvent};
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
        lock: None,
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
    broken(
        vec![init(Mode::Production), init(Mode::Production)],
        "neither comes later",
    );
    let other = Event::Init {
        vault: vault(Mode::Production),
        mode: Mode::Rehearsal,
        program: note("test").unwrap(),
    };
    broken(vec![other], "world that its id carries");
    let chain = |site: &str, event: Event| {
        let mut chain = Chain::new(site.parse().unwrap());
        chain.push(event, jiff::Timestamp::UNIX_EPOCH).unwrap();
        chain
    };
    let site = Event::Site {
        vault: vault(Mode::Rehearsal),
    };
    let chains = [chain("away", site), chain("home", init(Mode::Production))];
    let refusal = Register::of(&chains, None).err().unwrap();
    assert!(refusal.sentence().contains("another vault"), "{refusal}");
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

fn reprinted(index: u8, replaces: u32, new: u32, lock: Option<&str>) -> Event {
    Event::Reprinted {
        of: of(1),
        index: ShareIndex::new(index).unwrap(),
        replaces: serial(replaces),
        serial: serial(new),
        lock: lock.map(LockDigest::of),
        reason: note("stained").unwrap(),
        boot: boot(),
    }
}

/// A live set of production whose second page is made again.
fn live_with_reprint(mode: Mode) -> Vec<Event> {
    vec![
        init(mode),
        dealt(1, 10),
        Event::Rendered { of: of(1) },
        proved(&[1, 2, 3], false, 10),
        reprinted(2, 11, 20, Some("lines")),
        Event::Rendered { of: of(1) },
    ]
}

fn second() -> ShareIndex {
    ShareIndex::new(2).unwrap()
}

#[test]
fn the_old_envelope_stays_in_force_until_the_new_page_is_proved() {
    let register = register(live_with_reprint(Mode::Production)).unwrap();
    let state = register.epoch(&of(1)).unwrap();
    assert!(state.is_live(Mode::Production));
    assert_eq!(state.envelopes[&second()].serial, serial(11));
    assert!(state.find_serial(serial(20)).is_none());
}

#[test]
fn a_reprinted_page_that_was_proved_is_in_force_and_the_old_one_accounted_for() {
    let proof = Event::Proved {
        of: of(1),
        shares: vec![SeenShare {
            index: second(),
            serial: serial(20),
            proved: true,
        }],
        drill: true,
        boot: boot(),
    };
    let register = register([live_with_reprint(Mode::Production), vec![proof]].concat()).unwrap();
    let state = register.epoch(&of(1)).unwrap();
    assert!(state.is_live(Mode::Production));
    assert_eq!(state.find_serial(serial(20)).unwrap().0, second());
    assert_eq!(state.replaced[0].1.serial, serial(11));
    assert!(
        state.knows_lock(second(), LockDigest::of("lines")) && !state.knows_lock(second(), LockDigest::of("other"))
    );
}

#[test]
fn in_a_rehearsal_a_reprinted_page_is_in_force_once_it_is_rendered() {
    let register = register(live_with_reprint(Mode::Rehearsal)).unwrap();
    assert_eq!(register.epoch(&of(1)).unwrap().envelopes[&second()].serial, serial(20));
}

#[test]
fn a_page_that_was_made_again_twice_is_spoilt_and_accounted_for() {
    let events = [live_with_reprint(Mode::Production), vec![reprinted(2, 11, 21, None)]].concat();
    let register = register(events).unwrap();
    let state = register.epoch(&of(1)).unwrap();
    assert_eq!(state.reprints[&second()].serial, serial(21));
    assert_eq!(state.replaced[0].1.serial, serial(20));
}

#[test]
fn a_reprint_of_what_is_not_in_force_or_under_a_used_serial_breaks_the_ledger() {
    let after = |event| [live_with_reprint(Mode::Production), vec![event]].concat();
    broken(after(reprinted(2, 20, 30, None)), "not in envelope");
    broken(after(reprinted(2, 11, 12, None)), "used twice");
    broken(after(reprinted(9, 11, 30, None)), "no share 9");
}

#[test]
fn a_share_that_was_printed_again_counts_towards_a_quorum_in_one_boot() {
    let register = register(live_with_reprint(Mode::Production)).unwrap();
    assert!(register.practised_in(&boot(), &of(1)).contains(&second()));
}
