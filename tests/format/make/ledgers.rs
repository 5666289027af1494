//! The vectors of the ledger.

#![allow(clippy::too_many_lines, reason = "a list")]

use super::Book;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use strongroom::code::words::{WordsTag, words_of};
use strongroom::crypto::passphrase::LockDigest;
use strongroom::ident::{Epoch, Generation, Mode, Serial, ShareIndex, VaultId};
use strongroom::plan::Factor;
use strongroom::vault::event::{
    Cause, DealtEnvelope, Event, LifeEvent, LockedRecordNote, Network, Note, SeenShare, SetEpoch, Signature,
};
use strongroom::vault::ledger::{Chain, Hash, head_words};

fn parsed<T: std::str::FromStr>(text: &str) -> T {
    text.parse().ok().unwrap()
}

fn note(text: &str) -> Note {
    parsed(text)
}

fn of(epoch: u32) -> SetEpoch {
    SetEpoch {
        set: parsed("root-password"),
        epoch: Epoch::new(epoch).unwrap(),
    }
}

fn index(number: u8) -> ShareIndex {
    ShareIndex::new(number).unwrap()
}

fn init() -> Event {
    Event::Init {
        vault: VaultId::new(Mode::Production, [7; 15]),
        mode: Mode::Production,
        program: note("strongroom 0.1.0"),
    }
}

/// `2-of-3`, serials from `first`.
fn dealt(epoch: u32, first: u32) -> Event {
    let envelopes = (1..=3).map(|at| DealtEnvelope {
        index: index(at),
        custodian: parsed(["ana", "ben", "mei"][usize::from(at) - 1]),
        safe: (at != 2).then(|| parsed("fra-1")),
        serial: Serial::from_bits(first + u32::from(at)),
        lock: (at == 3).then(|| LockDigest::of("AAAA/BBBB/CCCC")),
    });
    Event::Dealt {
        of: of(epoch),
        threshold: parsed("2-of-3"),
        core: Hash([epoch as u8; 32]),
        fingerprint: note(&words_of(WordsTag::Set, &[epoch as u8; 32]).hex()),
        envelopes: envelopes.collect(),
        unattended: Some(note("no witness could come")),
        boot: parsed("b007-1"),
    }
}

fn proved(shares: &[(u8, u32)]) -> Event {
    proved_of(1, shares)
}

fn proved_of(epoch: u32, shares: &[(u8, u32)]) -> Event {
    let shares = shares.iter().map(|(at, serial)| SeenShare {
        index: index(*at),
        serial: Serial::from_bits(*serial),
        proved: true,
    });
    Event::Proved {
        of: of(epoch),
        shares: shares.collect(),
        drill: false,
        boot: parsed("b007-1"),
    }
}

/// The same, of a set that is live already.
fn at_a_drill(event: Event) -> Event {
    let Event::Proved { of, shares, boot, .. } = event else {
        panic!("a drill proves");
    };
    Event::Proved {
        of,
        shares,
        drill: true,
        boot,
    }
}

fn reprinted(at: u8, replaces: u32, serial: u32) -> Event {
    Event::Reprinted {
        of: of(1),
        index: index(at),
        replaces: Serial::from_bits(replaces),
        serial: Serial::from_bits(serial),
        lock: None,
        reason: note("stained"),
        boot: parsed("b007-2"),
    }
}

fn enrolled(generation: u32, epoch: u32) -> Event {
    Event::Enrolled {
        factor: Factor::Password,
        records: vec![LockedRecordNote {
            account: parsed("111122223333"),
            device: None,
            generation: Generation::new(generation).unwrap(),
            sha256: Hash([generation as u8; 32]),
            sets: vec![of(epoch)],
        }],
        reason: None,
        unattended: false,
    }
}

/// An epoch that is to succeed another.
fn reissued(epoch: u32, succeeds: u32) -> Event {
    Event::Life(LifeEvent::Reissued {
        of: of(epoch),
        succeeds: of(succeeds),
        cause: Cause::Lost,
        signature: Signature([epoch as u8; 64]),
        shares: vec![SeenShare {
            index: index(1),
            serial: Serial::from_bits(1),
            proved: true,
        }],
        reachable: 1,
        boot: parsed("b007-3"),
    })
}

/// The record locked again, to one epoch.
fn relocked(generation: u32, epoch: u32, awaits: Option<u32>) -> Event {
    Event::Life(LifeEvent::Relocked {
        factor: Factor::Password,
        records: vec![LockedRecordNote {
            account: parsed("111122223333"),
            device: None,
            generation: Generation::new(generation).unwrap(),
            sha256: Hash([generation as u8; 32]),
            sets: vec![of(epoch)],
        }],
        awaits: awaits.map(of),
        by: of(1),
        boot: parsed("b007-3"),
    })
}

/// A live set with a record, and its successor, whose pages are not proved.
fn succeeded() -> Vec<Event> {
    let more = [
        enrolled(1, 1),
        dealt(2, 20),
        reissued(2, 1),
        relocked(2, 2, Some(2)),
        Event::Rendered { of: of(2) },
    ];
    [live(), more.to_vec()].concat()
}

/// The vectors of epochs that succeed others.
fn successions(book: &mut Book, given: &dyn Fn(&str) -> Value, facts: &dyn Fn(&[Event]) -> Value) {
    let all_proved = || proved_of(2, &[(1, 21), (2, 22), (3, 23)]);
    let waits = [succeeded(), vec![recovered(1), enrolled(3, 1)]].concat();
    book.holds(
        "ledger",
        "reissue_waits_for_its_pages",
        "until every page of the new epoch is proved, the old one is live",
        given(&text(&waits)),
        facts(&waits),
    );
    let done = [succeeded(), vec![all_proved(), enrolled(3, 2)]].concat();
    book.holds(
        "ledger",
        "reissue_done",
        "records may be locked to the new epoch once every page is proved",
        given(&text(&done)),
        facts(&done),
    );
    let half = [
        live(),
        vec![
            dealt(2, 20),
            reissued(2, 1),
            enrolled(1, 1),
            Event::Rendered { of: of(2) },
            all_proved(),
            enrolled(2, 1),
        ],
    ]
    .concat();
    book.holds(
        "ledger",
        "reissue_leaves_what_opens_something",
        "an epoch that alone opens a record in force is not void by its successor",
        given(&text(&half)),
        facts(&half),
    );
    let refused = [
        (
            "enrolled_for_an_epoch_that_was_succeeded",
            "the old epoch is void once its successor is live",
            [succeeded(), vec![all_proved(), enrolled(3, 1)]].concat(),
        ),
        (
            "relocked_for_an_epoch_that_is_not_live",
            "without a wait, records are locked again to live epochs only",
            [succeeded(), vec![relocked(3, 2, None)]].concat(),
        ),
        (
            "relocked_generation_skipped",
            "a record that is locked again has the next generation",
            [succeeded(), vec![relocked(4, 2, Some(2))]].concat(),
        ),
        (
            "relocked_and_never_enrolled",
            "only what was locked is locked again",
            [live(), vec![relocked(1, 1, None)]].concat(),
        ),
        (
            "relocked_without_what_it_awaits",
            "what is awaited opens the record",
            [succeeded(), vec![relocked(3, 1, Some(2))]].concat(),
        ),
        (
            "reissued_twice",
            "an epoch succeeds one at most",
            [succeeded(), vec![reissued(2, 1)]].concat(),
        ),
        (
            "reissued_backwards",
            "an epoch succeeds one with a smaller number",
            [live(), vec![dealt(2, 20), reissued(1, 2)]].concat(),
        ),
        (
            "reissued_of_a_void_epoch",
            "a void epoch is not succeeded",
            [
                live(),
                vec![
                    Event::Void {
                        of: of(1),
                        reason: note("lost"),
                    },
                    dealt(2, 20),
                    reissued(2, 1),
                ],
            ]
            .concat(),
        ),
    ];
    for (name, fact, events) in refused {
        refuse_chain(book, name, fact, &text(&events));
    }
}

/// Generation 1 of the record, opened by an epoch.
fn recovered(epoch: u32) -> Event {
    Event::Recovered {
        account: parsed("111122223333"),
        factor: Factor::Password,
        device: None,
        generation: Generation::FIRST,
        task: parsed("security-event"),
        reason: note("incident 7"),
        present: vec![parsed("ana"), parsed("ben")],
        approved_by: Some(parsed("walt")),
        of: of(epoch),
        shares: vec![SeenShare {
            index: index(1),
            serial: Serial::from_bits(1),
            proved: false,
        }],
        reachable: 1,
        on_paper: true,
        boot: parsed("b007-2"),
    }
}

fn closing() -> Event {
    Event::Closing {
        nonce: note("00112233445566778899aabbccddeeff"),
        chains: BTreeMap::new(),
    }
}

fn live() -> Vec<Event> {
    vec![
        init(),
        dealt(1, 0),
        Event::Rendered { of: of(1) },
        proved(&[(1, 1), (2, 2), (3, 3)]),
    ]
}

fn chain(events: &[Event]) -> Chain {
    let mut chain = Chain::new(parsed("home"));
    for event in events {
        chain
            .push(event.clone(), parsed("2026-02-11T16:42:00Z"))
            .unwrap_or_else(|refusal| panic!("{refusal}"));
    }
    chain
}

fn text(events: &[Event]) -> String {
    let mut chain = Chain::new(parsed("home"));
    let lines = events
        .iter()
        .map(|event| chain.push(event.clone(), parsed("2026-02-11T16:42:00Z")).ok().unwrap());
    String::from_utf8(lines.collect::<Vec<_>>().concat()).unwrap()
}

/// One of every kind, in an order that adds up.
fn everything() -> Vec<Event> {
    let mut events = live();
    events.extend([
        Event::Machine {
            network: Network::None,
            swap: false,
            boot: parsed("b007-2"),
            program: note("strongroom 0.1.0"),
        },
        Event::Plan { sha256: Hash([3; 32]) },
        enrolled(1, 1),
        reprinted(2, 2, 9),
        Event::Rendered { of: of(1) },
        at_a_drill(proved(&[(2, 9)])),
        Event::Exception {
            rule: note("swap-on"),
            found: note("a tab\u{a0}and an umlaut: ü, \"quoted\", a backslash \\"),
            reason: note("no other laptop"),
        },
        recovered(1),
        Event::Void {
            of: of(1),
            reason: note("reissued"),
        },
        dealt(2, 20),
        Event::Rendered { of: of(2) },
        proved_of(2, &[(1, 21), (2, 22), (3, 23)]),
        enrolled(2, 2),
        closing(),
    ]);
    events
}

fn refuse_chain(book: &mut Book, name: &str, fact: &str, chain: &str) {
    book.refuses("ledger", name, fact, json!({ "chain": chain }), "ledger-broken");
}

pub(super) fn ledgers(book: &mut Book) {
    let given = |text: &str| json!({ "chain": text });
    let facts = |events: &[Event]| -> Value {
        let chain = chain(events);
        let mut out = json!({ "lines": events.len(), "head": chain.head().to_string() });
        if matches!(events.last(), Some(Event::Closing { .. })) {
            out["fingerprint"] = head_words(chain.head()).hex().into();
        }
        out
    };
    successions(book, &given, &facts);
    let init_only = [init()];
    book.holds(
        "ledger",
        "init_only",
        "the first line names the vault",
        given(&text(&init_only)),
        facts(&init_only),
    );
    let closed = [init(), closing()];
    book.holds(
        "ledger",
        "closed",
        "a closing entry has a fingerprint",
        given(&text(&closed)),
        facts(&closed),
    );
    book.holds(
        "ledger",
        "one_of_every_kind",
        "one line of every kind, with and without what may be missing",
        given(&text(&everything())),
        facts(&everything()),
    );
    let play = Event::Init {
        vault: VaultId::new(Mode::Rehearsal, [7; 15]),
        mode: Mode::Rehearsal,
        program: note("strongroom 0.1.0"),
    };
    let rendered = || Event::Rendered { of: of(1) };
    let rehearsed = [play.clone(), dealt(1, 0), rendered(), enrolled(1, 1)];
    book.holds(
        "ledger",
        "rehearsal_live_when_rendered",
        "in a rehearsal a rendered set is live",
        given(&text(&rehearsed)),
        facts(&rehearsed),
    );
    let again = [
        play.clone(),
        dealt(1, 0),
        rendered(),
        reprinted(2, 2, 9),
        rendered(),
        reprinted(2, 9, 10),
    ];
    book.holds(
        "ledger",
        "rehearsal_reprint_in_force_when_rendered",
        "in a rehearsal a page made again is in force once it is rendered",
        given(&text(&again)),
        facts(&again),
    );
    refuse_chain(
        book,
        "rehearsal_not_live_before_rendered",
        "in a rehearsal too a set is live only when its pages were made",
        &text(&[play, dealt(1, 0), enrolled(1, 1)]),
    );
    let pending = [
        live(),
        vec![reprinted(2, 2, 9), rendered(), enrolled(1, 1), proved(&[(2, 2)])],
    ]
    .concat();
    book.holds(
        "ledger",
        "reprint_waits_for_its_proof",
        "until a page made again is proved, the one before it is in force",
        given(&text(&pending)),
        facts(&pending),
    );
    let partly = [
        init(),
        dealt(1, 0),
        rendered(),
        proved(&[(1, 1), (3, 3)]),
        enrolled(1, 1),
    ];
    refuse_chain(
        book,
        "not_live_while_one_page_is_unproved",
        "one page that was not proved is enough for a set not to be live",
        &text(&partly),
    );
    let dead = [
        live(),
        vec![
            Event::Void {
                of: of(1),
                reason: note("x"),
            },
            proved(&[(1, 1)]),
            enrolled(1, 1),
        ],
    ]
    .concat();
    refuse_chain(
        book,
        "void_epoch_stays_void",
        "a proof does not bring a void epoch back",
        &text(&dead),
    );
    book.holds(
        "ledger",
        "cut_at_its_end",
        "bytes after the last line feed are not read",
        given(&(text(&closed) + "{\"before\":\"")),
        facts(&closed),
    );
    shapes(book);
    contradictions(book);
}

/// Chains whose last line is wrong in itself.
fn shapes(book: &mut Book) {
    let whole = text(&live());
    let last = whole.lines().last().unwrap();
    let mut refuse = |name: &str, fact: &str, from: &str, to: &str| {
        assert!(last.contains(from), "{name}: {from}");
        let altered = last.replacen(from, to, 1);
        refuse_chain(book, name, fact, &whole.replace(last, &altered));
    };
    refuse(
        "number_skipped",
        "a number is not the one that is due",
        "\"number\":3",
        "\"number\":4",
    );
    refuse(
        "number_with_fraction",
        "a number with a fraction",
        "\"number\":3",
        "\"number\":3.0",
    );
    refuse(
        "number_with_exponent",
        "a number with an exponent",
        "\"number\":3",
        "\"number\":3e0",
    );
    refuse(
        "number_with_zero_before",
        "a number has one spelling",
        "\"number\":3",
        "\"number\":03",
    );
    refuse("number_negative", "a number below 0", "\"index\":2", "\"index\":-2");
    refuse(
        "number_as_text",
        "a number as a text",
        "\"number\":3",
        "\"number\":\"3\"",
    );
    refuse(
        "space_after_colon",
        "white space between values",
        "\"number\":3",
        "\"number\": 3",
    );
    refuse(
        "keys_not_sorted",
        "keys are sorted by code point",
        "\"drill\":false,\"of\":{\"epoch\":1,\"set\":\"root-password\"}",
        "\"of\":{\"epoch\":1,\"set\":\"root-password\"},\"drill\":false",
    );
    refuse(
        "key_twice",
        "a key is there twice",
        "\"number\":3",
        "\"number\":3,\"number\":3",
    );
    refuse(
        "key_unknown",
        "a line has no other keys",
        "\"number\":3",
        "\"note\":\"x\",\"number\":3",
    );
    refuse(
        "field_unknown",
        "a body has no fields but those of its kind",
        "\"drill\":false",
        "\"drill\":false,\"extra\":1",
    );
    refuse("field_missing", "a field is missing", "\"drill\":false,", "");
    refuse(
        "field_null",
        "a field that may not be missing is null",
        "\"drill\":false",
        "\"drill\":null",
    );
    refuse(
        "kind_unknown",
        "a kind that no version has written",
        "\"kind\":\"proved\"",
        "\"kind\":\"checked\"",
    );
    refuse(
        "escaped_without_need",
        "a character that needs no escape is escaped",
        "root-password",
        "root\\u002dpassword",
    );
    refuse(
        "time_with_fraction",
        "times have whole seconds",
        "16:42:00Z",
        "16:42:00.5Z",
    );
    refuse(
        "time_with_offset",
        "times are in UTC, written Z",
        "16:42:00Z",
        "16:42:00+00:00",
    );
    refuse(
        "time_that_is_none",
        "a day that does not exist",
        "2026-02-11",
        "2026-02-30",
    );
    refuse(
        "serial_in_small_letters",
        "a serial has one spelling",
        "QQQ-QQP",
        "qqq-qqp",
    );
    refuse("index_0", "no share has index 0", "\"index\":2", "\"index\":0");
    refuse("epoch_0", "epochs are counted from 1", "\"epoch\":1", "\"epoch\":0");
    refuse(
        "identifier_in_capitals",
        "an identifier has small letters",
        "\"set\":\"root-password\"",
        "\"set\":\"Root-password\"",
    );
    refuse(
        "boot_with_other_letters",
        "a start of a machine is hexadecimal digits and dashes",
        "b007-1",
        "boot-1",
    );
    let before = &last[11..75];
    refuse(
        "before_of_another_line",
        "a line does not continue the one before it",
        before,
        &"ab".repeat(32),
    );
    refuse(
        "before_in_capitals",
        "a hash has small digits",
        before,
        &before.to_uppercase(),
    );
    refuse_chain(book, "empty", "a chain without a line", "");
    refuse_chain(
        book,
        "no_line_feed",
        "a first line that was never finished",
        whole.lines().next().unwrap(),
    );
    refuse_chain(book, "blank_line", "a line without a character", &format!("{whole}\n"));
    let first_gone: String = whole.split_inclusive('\n').skip(1).collect();
    refuse_chain(book, "first_line_gone", "a chain begins with line 0", &first_gone);
    let middle_gone: String = whole
        .split_inclusive('\n')
        .enumerate()
        .filter(|(at, _)| *at != 1)
        .map(|(_, line)| line)
        .collect();
    refuse_chain(book, "middle_line_gone", "a line was taken away", &middle_gone);
    let altered = text(&[init(), closing(), closing()]).replacen("0011", "1111", 1);
    refuse_chain(
        book,
        "earlier_line_altered",
        "a line that others continue was changed",
        &altered,
    );
    let reason = |reason: &str| {
        let event = Event::Void {
            of: of(1),
            reason: note("REASON"),
        };
        let lines = text(&[live(), vec![event]].concat());
        lines.replace("REASON", reason)
    };
    refuse_chain(
        book,
        "note_with_direction_mark",
        "a note has no invisible characters",
        &reason("x\u{202e}y"),
    );
    refuse_chain(
        book,
        "note_with_space_at_its_end",
        "a note is not surrounded by white space",
        &reason("x "),
    );
    refuse_chain(book, "note_empty", "a note has at least one character", &reason(""));
    refuse_chain(
        book,
        "note_too_long",
        "a note has at most 500 characters",
        &reason(&"ü".repeat(501)),
    );
}

/// Chains whose lines are whole and do not add up.
fn contradictions(book: &mut Book) {
    let mut refuse = |name: &str, fact: &str, more: &[Event]| {
        refuse_chain(book, name, fact, &text(&[live(), more.to_vec()].concat()));
    };
    refuse("init_twice", "a vault is made once", &[init()]);
    refuse("epoch_skipped", "epochs follow each other", &[dealt(3, 20)]);
    refuse("epoch_twice", "an epoch is dealt once", &[dealt(1, 20)]);
    refuse("serial_twice", "a serial is used once", &[dealt(2, 2)]);
    refuse(
        "proved_in_another_envelope",
        "a share is in the envelope that the ledger names",
        &[proved(&[(1, 2)])],
    );
    refuse(
        "proved_beyond_total",
        "a share that was never dealt",
        &[proved(&[(4, 4)])],
    );
    refuse(
        "rendered_of_no_epoch",
        "pages of an epoch that was never dealt",
        &[Event::Rendered { of: of(2) }],
    );
    refuse(
        "void_of_no_epoch",
        "an epoch that was never dealt is declared void",
        &[Event::Void {
            of: of(2),
            reason: note("x"),
        }],
    );
    refuse(
        "enrolled_for_no_epoch",
        "a record is locked to an epoch that was never dealt",
        &[enrolled(1, 2)],
    );
    refuse(
        "enrolled_for_an_epoch_that_is_not_live",
        "a record is locked to an epoch whose pages were not proved",
        &[dealt(2, 20), Event::Rendered { of: of(2) }, enrolled(1, 2)],
    );
    refuse(
        "enrolled_for_a_void_epoch",
        "a record is locked to an epoch that is out of force",
        &[
            Event::Void {
                of: of(1),
                reason: note("x"),
            },
            enrolled(1, 1),
        ],
    );
    refuse("generation_skipped", "generations follow each other", &[enrolled(2, 1)]);
    refuse(
        "generation_twice",
        "a generation is locked once",
        &[enrolled(1, 1), enrolled(1, 1)],
    );
    refuse(
        "recovered_of_what_was_never_locked",
        "a generation that was never locked is opened",
        &[recovered(1)],
    );
    refuse(
        "recovered_by_another_epoch",
        "a record is opened by an epoch that it was not locked to",
        &[
            enrolled(1, 1),
            dealt(2, 20),
            Event::Rendered { of: of(2) },
            proved_of(2, &[(1, 21), (2, 22), (3, 23)]),
            recovered(2),
        ],
    );
    refuse(
        "site_behind_the_first_line",
        "a chain begins once",
        &[Event::Site {
            vault: VaultId::new(Mode::Production, [7; 15]),
        }],
    );
    refuse(
        "reprint_of_what_is_not_in_force",
        "a page replaces the one in force",
        &[reprinted(2, 1, 9)],
    );
    refuse(
        "reprint_under_a_used_serial",
        "a serial is never used again",
        &[reprinted(2, 2, 3)],
    );
    refuse(
        "reprint_beyond_total",
        "a share that was never dealt is printed again",
        &[reprinted(4, 2, 9)],
    );
    refuse(
        "replaced_envelope_proved",
        "an envelope that was replaced is proved",
        &[
            reprinted(2, 2, 9),
            Event::Rendered { of: of(1) },
            proved(&[(2, 9)]),
            proved(&[(2, 2)]),
        ],
    );
    let Event::Proved {
        mut shares,
        of: epoch,
        drill,
        boot,
    } = proved(&[(1, 1)])
    else {
        return;
    };
    shares[0].proved = false;
    refuse(
        "proved_and_not",
        "a share is recorded as proved and as not",
        &[Event::Proved {
            of: epoch,
            shares,
            drill,
            boot,
        }],
    );
    let Event::Dealt {
        of: epoch,
        threshold,
        core,
        fingerprint,
        mut envelopes,
        unattended,
        boot,
    } = dealt(2, 20)
    else {
        return;
    };
    envelopes.pop();
    refuse(
        "envelope_missing",
        "a dealing has one envelope for each share",
        &[Event::Dealt {
            of: epoch,
            threshold,
            core,
            fingerprint,
            envelopes,
            unattended,
            boot,
        }],
    );
    let rehearsal = Event::Init {
        vault: VaultId::new(Mode::Production, [7; 15]),
        mode: Mode::Rehearsal,
        program: note("strongroom 0.1.0"),
    };
    refuse_chain(
        book,
        "mode_not_of_the_vault",
        "the world is that of the vault id",
        &text(&[rehearsal]),
    );
    refuse_chain(book, "without_init", "a vault has been made", &text(&[closing()]));
}
