//! What comes into force, and when, where a set is dealt anew.

use super::*;

fn reissued(epoch: u32, succeeds: u32) -> Event {
    Event::Life(LifeEvent::Reissued {
        of: of(epoch),
        succeeds: of(succeeds),
        cause: crate::vault::event::Cause::Lost,
        signature: crate::vault::event::Signature([7; 64]),
        shares: Vec::new(),
        reachable: 1,
        boot: boot(),
    })
}

fn locked(generation: u32, epoch: u32) -> LockedRecordNote {
    LockedRecordNote {
        account: "111122223333".parse().unwrap(),
        device: None,
        generation: Generation::new(generation).unwrap(),
        sha256: Hash([generation as u8; 32]),
        sets: vec![of(epoch)],
    }
}

fn enrolled(generation: u32, epoch: u32) -> Event {
    Event::Enrolled {
        factor: Factor::Password,
        records: vec![locked(generation, epoch)],
        reason: None,
        unattended: false,
    }
}

fn relocked(generation: u32, epoch: u32, awaits: Option<u32>) -> Event {
    Event::Life(LifeEvent::Relocked {
        factor: Factor::Password,
        records: vec![locked(generation, epoch)],
        awaits: awaits.map(of),
        by: of(1),
        boot: boot(),
    })
}

fn proved_of(epoch: u32, indices: &[u8], serials_from: u32) -> Event {
    let Event::Proved { shares, boot, .. } = proved(indices, false, serials_from) else {
        unreachable!("it is a proof")
    };
    Event::Proved {
        of: of(epoch),
        shares,
        drill: false,
        boot,
    }
}

fn name() -> RecordName {
    RecordName {
        account: "111122223333".parse().unwrap(),
        factor: Factor::Password,
        device: None,
    }
}

/// A live set with a record, and its successor, which waits for its pages.
fn waiting() -> Vec<Event> {
    vec![
        init(Mode::Production),
        dealt(1, 10),
        Event::Rendered { of: of(1) },
        proved(&[1, 2, 3], false, 10),
        enrolled(1, 1),
        dealt(2, 20),
        reissued(2, 1),
        relocked(2, 2, Some(2)),
        Event::Rendered { of: of(2) },
    ]
}

#[test]
fn the_old_epoch_stays_in_force_until_every_page_of_its_successor_is_proved() {
    let before = register([waiting(), vec![proved_of(2, &[1, 2], 20)]].concat()).unwrap();
    assert_eq!(before.record(&name()).unwrap().generation.get(), 1);
    assert_eq!(before.pending_successor(&of(1)), Some(&of(2)));
    assert!(before.epoch(&of(1)).unwrap().void.is_none());
    let after = register([waiting(), vec![proved_of(2, &[1, 2, 3], 20)]].concat()).unwrap();
    assert_eq!(after.record(&name()).unwrap().generation.get(), 2);
    assert_eq!(after.pending_successor(&of(1)), None);
    assert!(after.epoch(&of(1)).unwrap().void.is_some() && after.live(&of(1).set).unwrap().of == of(2));
    let (_, generations) = after.records().next().unwrap();
    assert!(after.is_superseded(&name(), &generations[0]) && !after.is_superseded(&name(), &generations[1]));
}

#[test]
fn a_reissue_that_was_given_up_leaves_the_old_epoch_and_the_next_one_follows() {
    let given_up = Event::Void {
        of: of(2),
        reason: note("power failed").unwrap(),
    };
    let again = vec![
        given_up,
        dealt(3, 30),
        reissued(3, 1),
        relocked(3, 3, Some(3)),
        Event::Rendered { of: of(3) },
    ];
    let register = register([waiting(), again, vec![proved_of(3, &[1, 2, 3], 30)]].concat()).unwrap();
    assert_eq!(register.record(&name()).unwrap().generation.get(), 3);
    assert!(register.epoch(&of(1)).unwrap().void.is_some());
    let (_, generations) = register.records().next().unwrap();
    assert!(
        register.is_superseded(&name(), &generations[1]),
        "it waits for an epoch that is void"
    );
}

#[test]
fn an_epoch_that_alone_opens_something_is_not_void() {
    let late = |awaiting: Vec<Event>| register([awaiting, vec![proved_of(2, &[1, 2, 3], 20)]].concat()).unwrap();
    let mut other = locked(1, 1);
    other.account = "444455556666".parse().unwrap();
    let enrolled_late = Event::Enrolled {
        factor: Factor::Password,
        records: vec![other],
        reason: None,
        unattended: false,
    };
    let half = late([waiting(), vec![enrolled_late]].concat());
    assert!(
        half.epoch(&of(1)).unwrap().void.is_none(),
        "one record opens to it only"
    );
    assert_eq!(half.live(&of(1).set).unwrap().of, of(2));
}

#[test]
fn a_record_is_locked_again_only_to_what_is_live_or_awaited() {
    let begin = || waiting()[..7].to_vec();
    broken([begin(), vec![relocked(2, 2, None)]].concat(), "is not live");
    broken([begin(), vec![relocked(3, 2, Some(2))]].concat(), "does not follow");
    broken([begin(), vec![relocked(2, 1, Some(2))]].concat(), "does not open it");
    broken([begin(), vec![reissued(2, 1)]].concat(), "succeeds two");
    broken(
        [waiting()[..6].to_vec(), vec![reissued(1, 2)]].concat(),
        "cannot succeed",
    );
}

#[test]
fn what_an_epoch_could_open_counts_until_somebody_signed_in_with_a_newer_secret() {
    let live = [waiting(), vec![proved_of(2, &[1, 2, 3], 20)]].concat();
    let exposed = |events: Vec<Event>| {
        let register = register(events).unwrap();
        [1, 2].map(|epoch| register.is_exposed_to(&name(), &of(epoch)))
    };
    assert_eq!(exposed(live.clone()), [true, true], "the same secret, locked again");
    let renewed = [live, vec![enrolled(3, 2)]].concat();
    assert_eq!(
        exposed(renewed.clone()),
        [true, true],
        "nobody has signed in with the new one"
    );
    let tried = Event::Life(LifeEvent::Tried {
        drill: "home-1".parse().unwrap(),
        account: "111122223333".parse().unwrap(),
        signed_in: Some(true),
        phone: None,
        mailbox: None,
        contact: None,
        remark: None,
        day: "2026-02-11".parse().unwrap(),
        by: Vec::new(),
    });
    assert_eq!(exposed([renewed, vec![tried]].concat()), [false, true]);
}
