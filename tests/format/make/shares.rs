//! The vectors of shares as they are scanned and typed.

#![allow(clippy::too_many_lines, reason = "a list")]

use super::*;

fn expected(sample: &Sample, index: u8, with_blinder: bool) -> Value {
    let point = &sample.points[usize::from(index) - 1];
    let mut out = json!({
        "needed": sample.core.threshold.needed(), "index": index, "identity_kind": 0,
        "fingerprint": sample.fingerprint.hex(), "profile": 0, "value": hex::encode(&point.value),
    });
    if with_blinder {
        out["blinder"] = hex::encode(&point.blinder).into();
    }
    out
}

/// Rows of groups of four, so many groups a row.
fn grouped(line: &str, a_row: usize) -> String {
    let groups: Vec<&str> = (0..line.len() / 4).map(|at| &line[4 * at..4 * at + 4]).collect();
    groups
        .chunks(a_row)
        .map(|row| row.join(" "))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The groups under their names, as the sheet shows them.
fn named(line: &str, letter: char) -> String {
    let groups: Vec<&str> = (0..line.len() / 4).map(|at| &line[4 * at..4 * at + 4]).collect();
    let rows = groups.chunks(6).enumerate().map(|(row, groups)| {
        let names: Vec<String> = (0..groups.len())
            .map(|at| format!("{letter}{}", row * 6 + at + 1))
            .collect();
        format!("{}\n{}", names.join("   "), groups.join(" "))
    });
    rows.collect::<Vec<_>>().join("\n")
}

pub(super) fn shares(book: &mut Book, open: &Sample, play: &Sample, all: &Sample) {
    let given = |world: &str, text: &str| json!({ "world": world, "text": text });
    let (a, b) = (line_of(&open.paper(2), Line::A), line_of(&open.paper(2), Line::B));
    let whole = expected(open, 2, true);
    let mut hold =
        |name: &str, fact: &str, text: &str| book.holds("share", name, fact, given("production", text), whole.clone());
    hold(
        "qr_text",
        "the text of the code: lines with their prefixes, joined by a slash",
        &code(&open.paper(2)),
    );
    hold(
        "lines_with_prefix",
        "two rows, each with its prefix",
        &format!("SR1{a}\nSR1{b}\n"),
    );
    hold(
        "small_letters",
        "small letters are capitals",
        &format!("{}\n\n{}\n", a.to_lowercase(), b.to_lowercase()),
    );
    hold(
        "groups_in_rows",
        "groups of four, five a row, a blank row between the lines",
        &format!("{}\n\n{}\n", grouped(&a, 5), grouped(&b, 5)),
    );
    hold(
        "dashes_between_groups",
        "dashes stand between groups",
        &format!(
            "{}\n\n{}",
            grouped(&a, 99).replace(' ', "-"),
            grouped(&b, 99).replace(' ', "–")
        ),
    );
    hold(
        "labels",
        "lines under the labels that people write",
        &format!("Line A: {}\nLine B: {}\n", grouped(&a, 99), grouped(&b, 99)),
    );
    hold("short_labels", "A: and B: begin a line", &format!("A: {a}\nB: {b}\n"));
    hold(
        "names_of_groups",
        "the names that the sheet prints above its groups are no symbols",
        &format!("{}\n\n{}\n", named(&a, 'A'), named(&b, 'B')),
    );
    hold("line_b_first", "lines come in any order", &format!("B: {b}\nA: {a}\n"));
    hold(
        "look_alikes",
        "B is read as 8, O as 0, I and 1 as L",
        &format!(
            "A: {}\nB: {}\n",
            a.replace('8', "B").replace('0', "O").replace('L', "I"),
            b.replace('8', "b").replace('0', "o").replace('L', "1")
        ),
    );
    hold(
        "full_width",
        "full-width forms are their ASCII characters",
        &format!("{}\n\n{b}", full_width(&a)),
    );
    hold(
        "slash_within_a_row",
        "a slash ends a line",
        &format!("{}/{}", grouped(&a, 99), grouped(&b, 99)),
    );
    hold(
        "row_of_dashes_between_lines",
        "a row of separators alone ends a line",
        &format!("{}\n---\n{}\n", grouped(&a, 5), grouped(&b, 5)),
    );
    hold(
        "check_groups_in_words",
        "the words above the check groups are no symbols",
        &format!(
            "{}\ncheck groups {}\n\n{}\ncheck groups {}\n",
            grouped(&a[..76], 5),
            grouped(&a[76..], 3),
            grouped(&b[..60], 5),
            grouped(&b[60..], 3)
        ),
    );
    hold(
        "other_ends_of_rows",
        "the other ends of rows that Unicode has",
        &format!("{}\u{2028}{}\u{85}\u{2029}{b}", &a[..44], &a[44..]),
    );
    hold(
        "prefix_of_the_other_world",
        "a prefix tells where a line begins, the checksum tells the world",
        &format!("ZZ1{a}\nZZ1{b}\n"),
    );
    hold(
        "windows_line_ends",
        "a carriage return before a line feed is no row of its own",
        &format!(
            "{}\r\n\r\n{}\r\n",
            grouped(&a, 5).replace('\n', "\r\n"),
            grouped(&b, 5).replace('\n', "\r\n")
        ),
    );
    hold(
        "joiners_passed_over",
        "what is not seen is passed over",
        &format!("\u{feff}{}\u{200b}{}\n\n{b}", &a[..7], &a[7..]),
    );

    let mut other = |name: &str, fact: &str, world: &str, text: &str, expect: Value| {
        book.holds("share", name, fact, given(world, text), expect);
    };
    other(
        "line_a_alone",
        "line A alone is a share that cannot be proved",
        "production",
        &format!("SR1{a}"),
        expected(open, 2, false),
    );
    other(
        "rehearsal",
        "a share of a rehearsal",
        "rehearsal",
        &code(&play.paper(1)),
        expected(play, 1, true),
    );
    other(
        "rehearsal_without_prefix",
        "without prefixes the checksum tells the world",
        "rehearsal",
        &format!(
            "{}\n\n{}",
            line_of(&play.paper(1), Line::A),
            line_of(&play.paper(1), Line::B)
        ),
        expected(play, 1, true),
    );
    other(
        "index_255",
        "the last index and the largest threshold",
        "production",
        &code(&all.paper(255)),
        expected(all, 255, true),
    );
    let locked = play.locked(
        3,
        "abandon ability able about above absent absorb",
        Seeded::new("strongroom/vectors/salt").bytes(),
    );
    let (la, lb, lc) = (
        line_of(&locked, Line::A),
        line_of(&locked, Line::B),
        line_of(&locked, Line::C),
    );
    other(
        "locked",
        "a share under a passphrase has three lines",
        "rehearsal",
        &code(&locked),
        locked_fields(&locked, play, true),
    );
    other(
        "locked_without_line_c",
        "without line C a locked share opens and cannot be proved",
        "rehearsal",
        &format!("ZZ1{la}/ZZ1{lb}"),
        locked_fields(&locked, play, false),
    );
    other(
        "locked_in_any_order",
        "lines C, B and A",
        "rehearsal",
        &format!("C: {lc}\nB: {lb}\nA: {la}\n"),
        locked_fields(&locked, play, true),
    );

    let mut refuse = |name: &str, fact: &str, text: &str, reason: &str| {
        book.refuses("share", name, fact, given("production", text), reason);
    };
    refuse(
        "line_a_damaged",
        "a symbol of line A is wrong: nothing is used before a human has compared it",
        &format!("A: {}\nB: {b}\n", wrong(&a, 30)),
        "share-unreadable",
    );
    refuse(
        "line_b_damaged",
        "a symbol of line B is wrong",
        &format!("A: {a}\nB: {}\n", wrong(&b, 30)),
        "share-unreadable",
    );
    refuse(
        "unreadable_symbol",
        "a symbol that is none of the alphabet",
        &format!("A: {}?{}\nB: {b}\n", &a[..20], &a[21..]),
        "share-unreadable",
    );
    refuse(
        "line_a_short",
        "line A lacks a group",
        &format!("A: {}\nB: {b}\n", &a[4..]),
        "share-unreadable",
    );
    refuse(
        "other_world",
        "a share of a rehearsal opens nothing in production",
        &code(&play.paper(1)),
        "share-of-other-world",
    );
    refuse(
        "line_b_alone",
        "line B without its line A",
        &format!("SR1{b}"),
        "share-incomplete",
    );
    refuse(
        "line_b_of_another_index",
        "lines A and B of two shares of a set",
        &format!("A: {a}\nB: {}\n", line_of(&open.paper(3), Line::B)),
        "share-lines-differ",
    );
    refuse(
        "line_b_of_another_set",
        "lines with one index and other marks",
        &format!(
            "A: {a}\nB: {}\n",
            LineB {
                mark: open.fingerprint.mark() ^ 1,
                ..line_b(open, 2)
            }
            .text("SR")
        ),
        "share-lines-differ",
    );
    refuse(
        "line_b_locked_line_a_open",
        "a line B under a lock beside an open line A",
        &format!(
            "A: {a}\nB: {}\n",
            LineB {
                kind: 0b01_001,
                ..line_b(open, 2)
            }
            .text("SR")
        ),
        "share-lines-differ",
    );
    refuse(
        "line_b_twice",
        "two lines B beside one line A",
        &format!("A: {a}\nB: {b}\nB: {b}\n"),
        "share-lines-differ",
    );
    let with_a = |change: &dyn Fn(&mut LineA)| {
        let mut raw = line_a(open, 2);
        change(&mut raw);
        format!("A: {}\nB: {b}\n", raw.text("SR"))
    };
    let with_b = |change: &dyn Fn(&mut LineB)| {
        let mut raw = line_b(open, 2);
        change(&mut raw);
        format!("A: {a}\nB: {}\n", raw.text("SR"))
    };
    refuse(
        "line_a_of_version_1",
        "a whole line A of the next version",
        &with_a(&|a| a.version = 1),
        "share-of-newer-version",
    );
    refuse(
        "line_a_of_version_31",
        "a whole line A of the last version that the five bits have",
        &with_a(&|a| a.version = 31),
        "share-of-newer-version",
    );
    refuse(
        "line_b_of_version_1",
        "a whole line B of the next version",
        &with_b(&|b| b.version = 1),
        "share-of-newer-version",
    );
    refuse(
        "line_of_kind_3",
        "a fourth line that does not exist",
        &with_b(&|b| b.kind = 0b11_000),
        "share-of-newer-version",
    );
    refuse(
        "line_c_of_an_open_share",
        "a line C without a lock",
        &with_b(&|b| b.kind = 0b10_000),
        "share-of-newer-version",
    );
    refuse(
        "lock_profile_2",
        "a lock profile that does not exist",
        &with_a(&|a| a.kind = 2),
        "share-of-newer-version",
    );
    refuse(
        "identity_kind_1",
        "an identity kind that does not exist yet",
        &with_a(&|a| a.identity_kind = 1),
        "share-of-newer-version",
    );
    refuse(
        "last_bit_of_line_b",
        "the last bit of line B is 1",
        &with_b(&|b| b.last = 1),
        "share-of-newer-version",
    );
    refuse(
        "index_0_in_line_a",
        "index 0 would be the secret itself",
        &with_a(&|a| a.index = 0),
        "share-unreadable",
    );
    refuse(
        "index_0_in_line_b",
        "line B says index 0",
        &with_b(&|b| b.index = 0),
        "share-unreadable",
    );
    refuse(
        "needed_0",
        "no share set opens to nothing",
        &with_a(&|a| a.needed = 0),
        "share-unreadable",
    );
    refuse(
        "needed_1",
        "no share set opens to one share",
        &with_a(&|a| a.needed = 1),
        "share-unreadable",
    );
    refuse(
        "whole_line_of_another_length",
        "a whole line A of 40 symbols",
        &format!("A: {}\n", line("SR", &[0; 135])),
        "share-unreadable",
    );
    let mut refuse = |name: &str, fact: &str, text: &str, reason: &str| {
        book.refuses("share", name, fact, given("rehearsal", text), reason);
    };
    refuse(
        "locked_without_line_b",
        "a locked share without its line B has neither salt nor tag",
        &format!("ZZ1{la}/ZZ1{lc}"),
        "share-incomplete",
    );
    refuse(
        "line_c_damaged",
        "a symbol of line C is wrong",
        &format!("A: {la}\nB: {lb}\nC: {}\n", wrong(&lc, 5)),
        "share-unreadable",
    );
    refuse(
        "line_c_of_another_index",
        "a line C of another share",
        &format!(
            "A: {la}\nB: {lb}\nC: {}\n",
            LineB {
                kind: 0b10_001,
                ..line_b(play, 2)
            }
            .text("ZZ")
        ),
        "share-lines-differ",
    );
    refuse(
        "production_in_a_rehearsal",
        "a share of production is put back into its envelope",
        &code(&open.paper(1)),
        "share-of-other-world",
    );
}

fn full_width(text: &str) -> String {
    text.chars()
        .map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap())
        .collect()
}

fn locked_fields(locked: &PaperShare, sample: &Sample, with_blinder: bool) -> Value {
    let fields = |which| {
        let bits = crate::stranger::fields(letters(sample.mode), &line_of(locked, which));
        let from = if which == Line::A { 119 } else { 38 };
        hex::encode(&crate::stranger::bytes_of(&bits[from..from + 256]))
    };
    let beside = fields(Line::B);
    let mut out = json!({
        "needed": sample.core.threshold.needed(), "index": locked.head.index.get(), "identity_kind": 0,
        "fingerprint": sample.fingerprint.hex(), "profile": 1, "value": fields(Line::A),
        "salt": &beside[..32], "tag": &beside[32..],
    });
    if with_blinder {
        out["blinder"] = fields(Line::C).into();
    }
    out
}
