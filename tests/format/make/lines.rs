//! The vectors of single lines.

#![allow(clippy::too_many_lines, reason = "a list")]

use super::*;

pub(super) fn lines(book: &mut Book, open: &Sample, play: &Sample) {
    let given = |world: &str, line: &str| json!({ "world": world, "line": line });
    let whole = json!({ "whole": true });
    let (a, b) = (line_of(&open.paper(1), Line::A), line_of(&open.paper(1), Line::B));
    let rehearsed = line_of(&play.paper(1), Line::A);
    book.holds(
        "line",
        "test_in_production",
        "the data TEST, closed under SR1",
        given("production", "TESTTXJFSV7V36Q0Z"),
        whole.clone(),
    );
    book.holds(
        "line",
        "test_in_rehearsal",
        "the data TEST, closed under ZZ1",
        given("rehearsal", "TEST6465QX7EX0AAT"),
        whole.clone(),
    );
    book.holds(
        "line",
        "line_a",
        "a line A of 88 symbols",
        given("production", &a),
        whole.clone(),
    );
    book.holds(
        "line",
        "line_b",
        "a line B of 72 symbols",
        given("production", &b),
        whole.clone(),
    );
    book.holds(
        "line",
        "rehearsal_line_a",
        "a line A of a rehearsal",
        given("rehearsal", &rehearsed),
        whole,
    );
    let mut refuse = |name: &str, fact: &str, world: &str, line: &str| {
        let of_the_other = name.contains("_read_as_");
        let reason = if of_the_other {
            "share-of-other-world"
        } else {
            "share-unreadable"
        };
        book.refuses("line", name, fact, given(world, line), reason);
    };
    refuse(
        "first_symbol_wrong",
        "the first symbol is another one",
        "production",
        &wrong(&a, 0),
    );
    refuse(
        "middle_symbol_wrong",
        "a symbol in the middle is another one",
        "production",
        &wrong(&a, 44),
    );
    refuse(
        "last_symbol_wrong",
        "the last symbol, of the checksum, is another one",
        "production",
        &wrong(&a, 87),
    );
    refuse(
        "neighbours_swapped",
        "two neighbours have changed places",
        "production",
        &swapped(&a),
    );
    refuse("symbol_missing", "one symbol is missing", "production", &a[1..]);
    refuse(
        "symbol_doubled",
        "one symbol is there twice",
        "production",
        &format!("{}{a}", &a[..1]),
    );
    refuse(
        "production_read_as_rehearsal",
        "a line of production does not hold under ZZ1",
        "rehearsal",
        &a,
    );
    refuse(
        "rehearsal_read_as_production",
        "a line of a rehearsal does not hold under SR1",
        "production",
        &rehearsed,
    );
    refuse(
        "closed_without_prefix",
        "the checksum was made without the prefix",
        "production",
        &closed_bare(&a),
    );
    refuse(
        "closed_for_codex32",
        "the checksum was made for the prefix ms of BIP-93",
        "production",
        &repaired("MS", &a),
    );
}

fn swapped(line: &str) -> String {
    let mut values = values_of(line);
    let at = (0..values.len() - 1).find(|at| values[*at] != values[at + 1]).unwrap();
    values.swap(at, at + 1);
    text_of(&values)
}

fn closed_bare(line: &str) -> String {
    let values = values_of(line);
    let data = &values[..values.len() - 13];
    let all: Vec<u8> = data.iter().copied().chain([0; 13]).collect();
    let check = crate::stranger::polymod(1, &all) ^ 0x1_0ce0_795c_2fd1_e62a;
    let closed: Vec<u8> = data
        .iter()
        .copied()
        .chain((0..13).map(|i| (check >> (5 * (12 - i)) & 31) as u8))
        .collect();
    text_of(&closed)
}
