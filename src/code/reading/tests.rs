mod budget;

use super::*;
use crate::code::share_code::ShareBody;
use crate::code::share_code::tests::{EXAMPLE, LOCKED, REHEARSAL, line_of_bits};
use crate::code::share_lines::GroupName;
use crate::code::stream::Stream;
use crate::refusal::Rule;

const HERE: Mode = Mode::Production;

/// Each entry: the text of the code that it would be printed as, or its error.
fn read(text: &str) -> Vec<Result<String, CodeError>> {
    let told = |entry: Result<PaperShare, Unread>| match entry {
        Ok(share) => Ok(share.lines().qr_text().expose(str::to_string)),
        Err(unread) => Err(unread.error),
    };
    read_text(text, HERE).into_iter().map(told).collect()
}

fn whole(code: &str) -> Vec<Result<String, CodeError>> {
    vec![Ok(code.to_string())]
}

/// The one refusal of a text.
fn unread(text: &str) -> Unread {
    let mut entries = read_text(text, HERE);
    assert_eq!(entries.len(), 1, "{text}");
    match entries.pop() {
        Some(Err(unread)) => unread,
        _ => panic!("a share was read from {text}"),
    }
}

/// The groups of an offer as `name found offered`, and the corrected text.
fn offer(unread: Unread) -> (Vec<String>, String) {
    let Some(offer) = unread.offer else {
        panic!("no offer beside: {}", unread.error)
    };
    let told = |group: &GroupOffer| {
        group.found.expose(|found| {
            group
                .offered
                .expose(|offered| format!("{} {found} {offered}", group.name))
        })
    };
    (
        offer.groups().iter().map(told).collect(),
        offer.confirmed().expose(str::to_string),
    )
}

/// The example with `change` made to its line A (0) or B (1), as `found` symbols.
fn spoilt(code: &str, line: usize, change: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut lines: Vec<String> = code.split('/').map(str::to_string).collect();
    let mut symbols = lines[line].as_bytes()[3..].to_vec();
    change(&mut symbols);
    lines[line] = format!("{}{}", &lines[line][..3], String::from_utf8_lossy(&symbols));
    lines.join("/")
}

fn without(symbols: &mut Vec<u8>, place: usize) {
    symbols.remove(place);
}

fn other_symbol(symbol: u8) -> u8 {
    if symbol == b'Q' { b'P' } else { b'Q' }
}

/// As the sheet prints it: rows of five groups, and above each its name.
fn sheet(code: &str) -> String {
    let mut rows = Vec::new();
    for (letter, line) in ['A', 'B', 'C'].into_iter().zip(code.split('/')) {
        rows.push(format!("Line {letter}"));
        let groups: Vec<&str> = (3..line.len()).step_by(4).map(|at| &line[at..at + 4]).collect();
        for (row, groups) in groups.chunks(5).enumerate() {
            let names: Vec<String> = (1..=groups.len())
                .map(|at| format!("{letter}{}", 5 * row + at))
                .collect();
            rows.extend([names.join("  "), groups.join(" ")]);
        }
    }
    rows.join("\n")
}

#[test]
fn a_share_reads_back_from_its_code_and_from_its_sheet() {
    for code in [EXAMPLE, LOCKED] {
        assert_eq!(read(code), whole(code));
        assert_eq!(read(&code.to_lowercase()), whole(code));
        assert_eq!(read(&sheet(code)), whole(code));
        assert_eq!(read(&sheet(code).replace("\nA1 ", "\ncheck groups\nA1 ")), whole(code));
        assert_eq!(read(&code.replace("SR1", "").replace('/', "\n")), whole(code));
        assert_eq!(read(&code.replace("SR1", "").replace('/', "\n\n")), whole(code));
        assert_eq!(read(&code.replace('/', " ")), whole(code));
    }
}

#[test]
fn rows_without_names_prefixes_or_blanks_are_read() {
    for code in [EXAMPLE, LOCKED] {
        let rows: Vec<&[u8]> = code
            .split('/')
            .flat_map(|line| line.as_bytes()[3..].chunks(20))
            .collect();
        let rows = String::from_utf8_lossy(&rows.join(&b'\n')).to_string();
        assert_eq!(read(&rows), whole(code));
    }
}

#[test]
fn line_a_alone_is_a_share_without_a_blinder() {
    let alone = EXAMPLE.split('/').next().unwrap_or_default();
    assert_eq!(read(alone), whole(alone));
    assert!(
        read_text(alone, HERE)
            .iter()
            .flatten()
            .all(|share| matches!(share.body, ShareBody::Open { blinder: None, .. }))
    );
}

#[test]
fn a_locked_share_opens_without_line_c_but_not_without_line_b() {
    let lines: Vec<&str> = LOCKED.split('/').collect();
    assert_eq!(read(&lines[..2].join("/")), whole(&lines[..2].join("/")));
    let missing = |missing| {
        vec![Err(CodeError::Incomplete {
            index: share_index(),
            missing,
        })]
    };
    assert_eq!(read(lines[0]), missing(Line::B));
    assert_eq!(read(&[lines[0], lines[2]].join("/")), missing(Line::B));
}

fn share_index() -> crate::ident::ShareIndex {
    crate::ident::ShareIndex::new(2).expect("not 0")
}

#[test]
fn a_later_line_without_line_a_is_incomplete() {
    let b = EXAMPLE.split('/').nth(1).unwrap_or_default();
    assert_eq!(
        read(b),
        [Err(CodeError::Incomplete {
            index: share_index(),
            missing: Line::A
        })]
    );
}

/// Another share: index 7, another mark, value and blinder of zeros.
fn another() -> String {
    let (zeros, index) = ("0".repeat(256), "00000111");
    let a = line_of_bits(
        HERE,
        &format!("00000 00000 00000 00000010 {index} {} {zeros}", "1".repeat(88)),
    );
    let b = line_of_bits(HERE, &format!("00000 01000 {index} {} {zeros} 0", "1".repeat(20)));
    format!("{a}/{b}")
}

#[test]
fn lines_find_their_share_in_any_order() {
    let other = another();
    let (a, b) = EXAMPLE.split_once('/').unwrap_or_default();
    let (other_a, other_b) = other.split_once('/').unwrap_or_default();
    let both = [Ok(EXAMPLE.to_string()), Ok(other.clone())];
    assert_eq!(read(&format!("{EXAMPLE}\n{other}")), both);
    assert_eq!(read(&[a, other_a, b, other_b].join("\n")), both);
    assert_eq!(read(&[a, other_a, other_b, b].join("\n")), both);
    assert_eq!(read(&[b, a, other_b, other_a].join("\n")), both);
    assert_eq!(
        read(&[EXAMPLE, EXAMPLE].join("\n")),
        [Ok(EXAMPLE.to_string()), Ok(EXAMPLE.to_string())]
    );
    assert_eq!(
        read(&[a, a, b, b].join("\n")),
        [Ok(EXAMPLE.to_string()), Ok(EXAMPLE.to_string())]
    );
}

#[test]
fn lines_of_different_shares_are_refused() {
    let other = another();
    let (a, _) = EXAMPLE.split_once('/').unwrap_or_default();
    let (_, other_b) = other.split_once('/').unwrap_or_default();
    let differ = [Err(CodeError::LinesDiffer {
        index: share_index(),
        line: Line::B,
    })];
    assert_eq!(read(&[a, other_b].join("/")), differ);
    // The line B of an open share under the line A of the same share, locked.
    let (locked_a, _) = LOCKED.split_once('/').unwrap_or_default();
    let (_, open_b) = EXAMPLE.split_once('/').unwrap_or_default();
    assert_eq!(read(&[locked_a, open_b].join("/")), differ);
}

#[test]
fn a_line_that_is_there_twice_is_named() {
    let b = EXAMPLE.split('/').nth(1).unwrap_or_default();
    let twice = Err(CodeError::LineTwice {
        index: share_index(),
        line: Line::B,
    });
    assert_eq!(read(&format!("{EXAMPLE}/{b}")), [Ok(EXAMPLE.to_string()), twice]);
}

#[test]
fn a_share_of_the_other_world_is_recognised_with_and_without_its_prefix_whole_or_not() {
    let other = Err(CodeError::OtherWorld { found: Mode::Rehearsal });
    let wrong = spoilt(REHEARSAL, 0, |symbols| symbols[50] = other_symbol(symbols[50]));
    let short = spoilt(REHEARSAL, 0, |symbols| without(symbols, 50));
    for code in [REHEARSAL, &wrong, &short] {
        for text in [code.to_string(), code.replace("ZZ1", ""), code.replace("ZZ1", "SR1")] {
            assert_eq!(read(&text), std::slice::from_ref(&other), "{text}");
        }
    }
    let entries = read_text(EXAMPLE, Mode::Rehearsal);
    assert!(entries.iter().all(|entry| {
        entry
            .as_ref()
            .is_err_and(|unread| unread.error.rule() == Rule::ShareOfOtherWorld && unread.offer.is_none())
    }));
    assert!(read_text(REHEARSAL, Mode::Rehearsal).iter().all(Result::is_ok));
}

#[test]
fn a_newer_version_is_told_from_damage() {
    for symbols in [20, 75] {
        let newer = line_of_bits(HERE, &format!("00010 {}", "10101".repeat(symbols - 1)));
        assert_eq!(read(&newer), [Err(CodeError::NewerVersion { version: 2 })]);
        assert_eq!(unread(&newer).error.rule(), Rule::ShareOfNewerVersion);
    }
    // The version symbol of an old line, misread.
    let misread = spoilt(EXAMPLE, 0, |symbols| symbols[0] = b'Z');
    assert_eq!(
        read(&misread),
        [Err(CodeError::Damaged {
            groups: vec![GroupName::at(Line::A, 0)]
        })]
    );
}

#[test]
fn a_wrong_symbol_is_refused_with_its_group_and_offered() {
    for (line, length) in [(0, 88), (1, 72), (2, 72)] {
        for place in 0..length {
            let text = spoilt(LOCKED, line, |symbols| symbols[place] = other_symbol(symbols[place]));
            let name = GroupName::at(Line::ALL[line], place);
            let unread = unread(&text);
            assert_eq!(unread.error, CodeError::Damaged { groups: vec![name] });
            assert_eq!(unread.error.rule(), Rule::ShareUnreadable);
            let (groups, corrected) = offer(unread);
            assert_eq!(groups.len(), 1);
            assert!(groups[0].starts_with(&name.to_string()));
            assert_eq!(read(&corrected), whole(LOCKED));
        }
    }
}

#[test]
fn an_offer_shows_what_was_typed_and_what_should_stand_there() {
    let text = spoilt(EXAMPLE, 0, |symbols| (symbols[25], symbols[26]) = (b'?', b'C'));
    assert_eq!(&EXAMPLE[3 + 24..3 + 28], "QQPQ");
    assert_eq!(
        offer(unread(&text)),
        (vec!["A7 Q?CQ QQPQ".to_string()], EXAMPLE.to_string())
    );
}

#[test]
fn an_offer_covers_every_damaged_line_of_a_share() {
    let once = spoilt(EXAMPLE, 0, |symbols| symbols[87] = b'?');
    let twice = spoilt(&once, 1, |symbols| symbols.swap(20, 21));
    let unread = unread(&twice);
    let groups = vec![GroupName::at(Line::A, 87), GroupName::at(Line::B, 20)];
    assert_eq!(unread.error, CodeError::Damaged { groups });
    assert_eq!(unread.error.to_string(), "groups A22 and B6 do not fit");
    assert_eq!(offer(unread).1, EXAMPLE);
}

#[test]
fn a_damaged_line_is_offered_although_another_line_is_still_missing() {
    let text = spoilt(LOCKED.split('/').next().unwrap_or_default(), 0, |symbols| {
        symbols[40] = b'*';
    });
    let (_, corrected) = offer(unread(&text));
    assert_eq!(Some(corrected.as_str()), LOCKED.split('/').next());
}

#[test]
fn nothing_is_offered_where_the_corrected_lines_would_differ() {
    let other = another();
    let mixed = format!(
        "{}/{}",
        EXAMPLE.split('/').next().unwrap_or_default(),
        other.split('/').nth(1).unwrap_or_default()
    );
    let unread = unread(&spoilt(&mixed, 1, |symbols| symbols[30] = b'?'));
    assert_eq!(
        unread.error,
        CodeError::LinesDiffer {
            index: share_index(),
            line: Line::B
        }
    );
    assert!(unread.offer.is_none());
}

#[test]
fn five_wrong_symbols_are_beyond_correction_and_the_line_is_named() {
    let mut stream = Stream::new(20);
    let text = spoilt(EXAMPLE, 1, |symbols| {
        for place in stream.places(6, 72) {
            symbols[place] = other_symbol(symbols[place]);
        }
    });
    let unread = unread(&text);
    assert_eq!(unread.error, CodeError::BeyondCorrection { line: Line::B });
    assert!(unread.offer.is_none());
}

#[test]
fn a_dropped_symbol_is_located_and_the_line_offered() {
    for line in 0..3 {
        for place in 0..Line::ALL[line].symbols() {
            let unread = unread(&spoilt(LOCKED, line, |symbols| without(symbols, place)));
            let expected = Line::ALL[line];
            assert!(
                matches!(
                    unread.error,
                    CodeError::Length { line, found, group: Some(_) } if line == expected && found + 1 == line.symbols()
                ),
                "{}",
                unread.error
            );
            assert_eq!(offer(unread).1, LOCKED);
        }
    }
}

#[test]
fn a_doubled_symbol_is_located_and_the_line_offered() {
    for line in 0..3 {
        for place in 0..Line::ALL[line].symbols() {
            let unread = unread(&spoilt(LOCKED, line, |symbols| symbols.insert(place, symbols[place])));
            assert!(
                matches!(unread.error, CodeError::Length { group: Some(_), .. }),
                "{}",
                unread.error
            );
            assert_eq!(offer(unread).1, LOCKED);
        }
    }
}

#[test]
fn a_group_left_out_or_typed_twice_is_located() {
    for place in (0..88).step_by(4) {
        let without = unread(&spoilt(EXAMPLE, 0, |symbols| drop(symbols.drain(place..place + 4))));
        assert_eq!(offer(without).1, EXAMPLE);
        let twice = unread(&spoilt(EXAMPLE, 0, |symbols| {
            let group = symbols[place..place + 4].to_vec();
            symbols.splice(place..place, group);
        }));
        assert_eq!(offer(twice).1, EXAMPLE);
    }
    let without = unread(&spoilt(EXAMPLE, 0, |symbols| drop(symbols.drain(24..28))));
    assert_eq!(
        without.error.to_string(),
        "line A has 84 symbols where 88 belong; look at group A7"
    );
    assert_eq!(offer(without).0, ["A7  QQPQ"]);
}

#[test]
fn a_line_that_is_far_too_short_is_told_by_its_count() {
    let unread = unread(
        &spoilt(EXAMPLE, 0, |symbols| symbols.truncate(60))
            .replace("SR1", "")
            .replace('/', "\n\n"),
    );
    assert_eq!(
        unread.error,
        CodeError::Length {
            line: Line::A,
            found: 60,
            group: None
        }
    );
    assert!(unread.offer.is_none());
}

#[test]
fn a_bad_entry_does_not_stop_the_next() {
    let bad = spoilt(EXAMPLE, 0, |symbols| symbols[3] = other_symbol(symbols[3]));
    let entries = read(&format!("{bad}\n{}\n{EXAMPLE}", another()));
    assert_eq!(entries.len(), 3);
    assert!(entries[0].is_err());
    assert_eq!(entries[1..], [Ok(another()), Ok(EXAMPLE.to_string())]);
}

#[test]
fn an_entry_is_found_again_by_its_row() {
    let text = format!("{}\n\n{}", another(), spoilt(EXAMPLE, 1, |symbols| symbols[3] = b'?'));
    let rows: Vec<usize> = read_text(&text, HERE)
        .into_iter()
        .filter_map(Result::err)
        .map(|unread| unread.row)
        .collect();
    assert_eq!(rows, [3]);
}

#[test]
fn no_symbol_of_a_share_stands_in_an_error() {
    let mut stream = Stream::new(21);
    for wrong in 1..8 {
        let text = spoilt(EXAMPLE, 0, |symbols| {
            for place in stream.places(wrong, 88) {
                symbols[place] = other_symbol(symbols[place]);
            }
        });
        let sentence = unread(&text).error.to_string().to_uppercase();
        for at in 3..EXAMPLE.len() - 4 {
            assert!(!sentence.contains(&EXAMPLE[at..at + 4]), "{sentence}");
        }
    }
}

#[test]
fn a_text_that_is_too_large_is_refused_whole() {
    assert_eq!(read(&" ".repeat(TEXT_MAX + 1)), [Err(CodeError::TooLarge)]);
    assert_eq!(read(&" ".repeat(TEXT_MAX)), []);
}

#[test]
fn a_text_of_nothing_but_damage_is_gone_through_in_bounded_time() {
    let short = spoilt(EXAMPLE, 0, |symbols| without(symbols, 9));
    let wrong = spoilt(EXAMPLE, 1, |symbols| symbols[20..30].fill(b'Q'));
    let entries = [
        short + "\n",
        wrong + "\n",
        format!("{EXAMPLE}\n"),
        format!("{}\n", &EXAMPLE[..91]),
    ];
    let pieces = ["Q\n\n", "A:Q/", "?", "A1 ", "SR1 "].map(str::to_string);
    for entry in entries.iter().chain(&pieces) {
        let start = std::time::Instant::now();
        let _ = read(&entry.repeat(TEXT_MAX / entry.len()));
        assert!(start.elapsed().as_secs() < 60, "{entry}: {:?}", start.elapsed());
    }
}

#[test]
fn any_text_gives_an_answer() {
    let mut stream = Stream::new(22);
    let pieces = [
        "SR1", "ZZ1", "A:", "Line B", "A1", "C18", "/", "\n", "\n\n", " ", "?", "é", "\u{200b}", "QQQQ", "B", EXAMPLE,
        LOCKED, REHEARSAL,
    ];
    for _ in 0..2000 {
        let mut text = String::new();
        for _ in 0..stream.below(12) {
            let piece = pieces[stream.below(pieces.len())];
            let cut = stream.below(piece.len() + 1);
            text.push_str(if stream.below(3) == 0 && piece.is_ascii() {
                &piece[cut..]
            } else {
                piece
            });
        }
        for share in read(&text).into_iter().flatten() {
            assert!(
                share == EXAMPLE || share == LOCKED || EXAMPLE.starts_with(&share) || LOCKED.starts_with(&share),
                "{text}"
            );
        }
    }
}
