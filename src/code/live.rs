//! Lines judged while they are typed: which groups fit so far, and which do not.
//!
//! Rules of this file:
//! - a line has one checksum, at its end; before that a group is judged by what is known of it: the head of line A by the sets that
//!   are wanted, the head of a later line by the line A above it. What is not known yet is said to be so, never guessed;
//! - at the end of a line the checksum judges all of it: whole, or the groups that a correction would change, or none where too
//!   much is wrong to be located;
//! - nothing is corrected here: a correction is offered after the entry, for the eyes of a human with the paper.

use super::correction::replaced;
use super::line_code;
use super::share_code::PaperShare;
use super::share_code::ShareHead;
use super::share_lines::{GROUP, GroupName, Line};
use super::symbols::{Symbols, Unpacker, letter_of};
use super::typed::{self, TypedLine};
use super::words::Fingerprint;
use crate::crypto::identity::IdentityKind;
use crate::crypto::passphrase::LockProfile;
use crate::ident::{Mode, ShareIndex};
use crate::secret::SecretText;

/// What is known of a set before a share of it is typed.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// The kind of its identity.
    pub identity_kind: IdentityKind,
    /// How many shares it needs, and how many there are.
    pub needed: u8,
    /// How many shares there are.
    pub total: u8,
    /// Its fingerprint.
    pub fingerprint: Fingerprint,
}

/// What can be said of a group so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It fits.
    Fits,
    /// Nothing is known of it before its line ends.
    Open,
    /// It does not fit.
    Wrong,
}

/// One group as it was typed so far.
pub struct LiveGroup {
    /// Its name on the paper.
    pub name: GroupName,
    /// Its symbols; `?` for what cannot be one.
    pub text: SecretText,
    /// What can be said of it.
    pub mark: Mark,
}

/// What can be said of a line so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineState {
    /// So many symbols lack.
    Lacks(usize),
    /// Its checksum holds.
    Whole,
    /// Its checksum holds in the other world: it is of a rehearsal in production, or the reverse.
    OtherWorld,
    /// Its checksum does not hold, and the groups that do not fit were found.
    Located,
    /// Its checksum does not hold, and more is wrong than can be found; or it is too long.
    Beyond,
}

/// One line as it was typed so far.
pub struct LiveLine {
    /// Which.
    pub line: Line,
    /// Its groups.
    pub groups: Vec<LiveGroup>,
    /// What can be said of it.
    pub state: LineState,
}

/// The symbols of the head of line A that hold nothing of its value; of the last one only the first four bits do.
const HEAD_A: usize = 24;
/// The whole symbols of the head of line B or C.
const HEAD_LATER: usize = 7;
/// More symbols of a head wrong than this, and it is the head of something else.
const STRANGER: usize = 10;

/// Judges the lines of one share as far as they were typed.
pub fn judge(text: &str, mode: Mode, wanted: &[Wanted]) -> Vec<LiveLine> {
    let lines = typed::lines(text);
    let mut first: Option<Symbols> = None;
    let mut judged = Vec::new();
    let mut due = Line::A;
    for typed in &lines {
        let line = typed.label.unwrap_or(due);
        let expected = match (line, &first) {
            (Line::A, _) => head_of_a(typed, mode, wanted),
            (later, Some(a)) => a.expose(|a| head_of_later(later, a)),
            (_, None) => None,
        };
        judged.push(judge_line(typed, line, mode, expected.as_deref()));
        if line == Line::A {
            first = Some(typed.symbols.expose(|symbols| Symbols::of(symbols.iter().copied())));
        }
        due = match line {
            Line::A => Line::B,
            Line::B if first.as_ref().is_some_and(is_locked) => Line::C,
            Line::B | Line::C => Line::A,
        };
    }
    judged
}

/// Whether the lines that a share has are all there and whole.
pub fn is_whole(text: &str, mode: Mode) -> bool {
    let lines = typed::lines(text);
    let Some(first) = lines.first() else { return false };
    let wanted: &[Line] = if is_locked(&first.symbols) {
        &Line::ALL
    } else {
        &[Line::A, Line::B]
    };
    lines.len() == wanted.len()
        && lines.iter().zip(wanted).all(|(typed, line)| {
            let clean = typed.unreadable.is_empty() && typed.count() == line.symbols();
            clean && (is_closed(typed, mode) || is_closed(typed, other(mode)))
        })
}

fn is_closed(typed: &TypedLine, mode: Mode) -> bool {
    line_code::check(mode, &typed.symbols)
}

fn other(mode: Mode) -> Mode {
    match mode {
        Mode::Production => Mode::Rehearsal,
        Mode::Rehearsal => Mode::Production,
    }
}

/// Whether a line A says that its share is locked.
fn is_locked(a: &Symbols) -> bool {
    a.expose(|symbols| symbols.get(1).is_some_and(|kind| kind & 7 != 0))
}

fn judge_line(typed: &TypedLine, line: Line, mode: Mode, expected: Option<&[u8]>) -> LiveLine {
    let (state, located) = state_of(typed, line, mode);
    let count = typed.symbols.len();
    let groups = (0..count.div_ceil(GROUP).min(usize::from(line.groups()))).filter_map(|number| {
        let name = GroupName::new(line, number as u8 + 1)?;
        let places = number * GROUP..((number + 1) * GROUP).min(count);
        let unreadable = places.clone().any(|place| typed.unreadable.contains(&place));
        let mark = match state {
            LineState::Located if located.contains(&name) => Mark::Wrong,
            LineState::Whole | LineState::OtherWorld | LineState::Located => Mark::Fits,
            _ if unreadable => Mark::Wrong,
            _ => expected.map_or(Mark::Open, |expected| by_head(typed, line, &places, expected)),
        };
        Some(LiveGroup {
            name,
            text: text_of(typed, &places),
            mark,
        })
    });
    LiveLine {
        line,
        groups: groups.collect(),
        state,
    }
}

fn state_of(typed: &TypedLine, line: Line, mode: Mode) -> (LineState, Vec<GroupName>) {
    let count = typed.count();
    if count < line.symbols() {
        return (LineState::Lacks(line.symbols() - count), Vec::new());
    }
    if count > line.symbols() {
        return (LineState::Beyond, Vec::new());
    }
    for (world, state) in [(mode, LineState::Whole), (other(mode), LineState::OtherWorld)] {
        if typed.unreadable.is_empty() && is_closed(typed, world) {
            return (state, Vec::new());
        }
    }
    match replaced(mode, typed) {
        Some(correction) => {
            let groups = correction.groups(line).iter().map(|group| group.name).collect();
            (LineState::Located, groups)
        }
        None => (LineState::Beyond, Vec::new()),
    }
}

/// A group is known by the head as far as all of its symbols are.
fn by_head(typed: &TypedLine, line: Line, places: &std::ops::Range<usize>, expected: &[u8]) -> Mark {
    let known = places.clone().filter(|place| *place < expected.len());
    let wrong = typed.symbols.expose(|symbols| {
        known
            .clone()
            .any(|place| differs(line, place, symbols.get(place).copied().unwrap_or(0), expected[place]))
    });
    match (wrong, places.end <= expected.len()) {
        (true, _) => Mark::Wrong,
        (false, true) => Mark::Fits,
        (false, false) => Mark::Open,
    }
}

/// The last symbol of the head of line A has one bit of the value: it is not looked at.
fn differs(line: Line, place: usize, found: u8, expected: u8) -> bool {
    let seen = if line == Line::A && place == HEAD_A - 1 {
        0b1_1110
    } else {
        0b1_1111
    };
    (found ^ expected) & seen != 0
}

/// The head that is nearest to what was typed, of all shares of all sets that are wanted.
fn head_of_a(typed: &TypedLine, mode: Mode, wanted: &[Wanted]) -> Option<Vec<u8>> {
    let distance = |head: &Vec<u8>| {
        typed.symbols.expose(|symbols| {
            let places = symbols.iter().zip(head).enumerate();
            places
                .filter(|(place, (found, expected))| differs(Line::A, *place, **found, **expected))
                .count()
        })
    };
    let heads = wanted.iter().flat_map(|set| heads_of(set, mode));
    heads
        .map(|head| (distance(&head), head))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= STRANGER)
        .map(|(_, head)| head)
}

fn heads_of(set: &Wanted, mode: Mode) -> Vec<Vec<u8>> {
    let profiles = [None, Some(LockProfile::Argon2id256MiB)];
    let indices = (1..=set.total).filter_map(|index| ShareIndex::new(index).ok());
    indices
        .flat_map(|index| {
            let head = ShareHead {
                mode,
                identity_kind: set.identity_kind,
                needed: set.needed,
                index,
                fingerprint: set.fingerprint,
            };
            profiles.map(|profile| symbols_of(&PaperShare::aad(&head, profile)))
        })
        .collect()
}

/// The 15 bytes of a head as the 24 symbols that carry them.
fn symbols_of(bytes: &[u8; 15]) -> Vec<u8> {
    let bits = |at: usize| bytes[at / 8] >> (7 - at % 8) & 1;
    (0..HEAD_A)
        .map(|symbol| (0..5).fold(0, |value, bit| value << 1 | bits(symbol * 5 + bit)))
        .collect()
}

/// The head of line B or C, as the line A above it tells: version, kind, index, mark.
fn head_of_later(line: Line, a: &[u8]) -> Option<Vec<u8>> {
    let mut bits = Unpacker::new(a.get(..HEAD_A)?);
    let (version, _, profile) = (bits.take(5), bits.take(2), bits.take(3));
    let (_, _, index) = (bits.take(5), bits.take(8), bits.take(8));
    let mark = [bits.take(8), bits.take(8), bits.take(4)];
    let mut all = u64::from(version);
    for (value, width) in [
        (line.number(), 2),
        (profile, 3),
        (index, 8),
        (mark[0], 8),
        (mark[1], 8),
        (mark[2], 4),
    ] {
        all = all << width | u64::from(value);
    }
    // 38 bits: seven symbols, and three bits of the next one.
    Some(
        (0..HEAD_LATER)
            .map(|at| (all >> (38 - 5 * (at + 1)) & 31) as u8)
            .collect(),
    )
}

fn text_of(typed: &TypedLine, places: &std::ops::Range<usize>) -> SecretText {
    SecretText::build(GROUP, |text| {
        typed.symbols.expose(|symbols| {
            for place in places.clone() {
                let readable = !typed.unreadable.contains(&place);
                text.push(
                    symbols
                        .get(place)
                        .filter(|_| readable)
                        .map_or('?', |value| letter_of(*value)),
                );
            }
        });
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    const MODE: Mode = Mode::Rehearsal;

    fn wanted() -> Wanted {
        Wanted {
            identity_kind: IdentityKind::X25519,
            needed: 3,
            total: 5,
            fingerprint: Fingerprint::new([7, 1, 200, 3, 90, 5, 6, 77, 8, 9, 10]),
        }
    }

    fn lines() -> Vec<String> {
        let set = wanted();
        let head = ShareHead {
            mode: MODE,
            identity_kind: set.identity_kind,
            needed: set.needed,
            index: ShareIndex::new(4).unwrap(),
            fingerprint: set.fingerprint,
        };
        let bytes = |byte: u8| Secret::build(|out: &mut [u8; 32]| *out = [byte; 32]);
        let text = PaperShare::new(head, bytes(5), Some(bytes(9))).lines().qr_text();
        text.expose(|text| text.split('/').map(|line| line[3..].to_string()).collect())
    }

    fn marks(text: &str) -> Vec<Vec<Mark>> {
        let judged = judge(text, MODE, &[wanted()]);
        judged
            .iter()
            .map(|line| line.groups.iter().map(|group| group.mark).collect())
            .collect()
    }

    fn with_other(line: &str, at: usize) -> String {
        let other = if &line[at..=at] == "Q" { "P" } else { "Q" };
        format!("{}{other}{}", &line[..at], &line[at + 1..])
    }

    #[test]
    fn the_head_of_a_line_is_judged_group_by_group_as_it_is_typed() {
        let a = &lines()[0];
        for length in 1..=24 {
            let marks = &marks(&a[..length])[0];
            assert!(marks.iter().all(|mark| *mark == Mark::Fits), "{length} {marks:?}");
        }
        assert_eq!(marks(&a[..32])[0][6..], [Mark::Open, Mark::Open]);
    }

    #[test]
    fn a_wrong_group_of_the_head_is_pointed_at_before_the_line_ends() {
        let a = &lines()[0];
        for at in 8..23 {
            let marks = &marks(&with_other(&a[..24], at))[0];
            let wrong: Vec<usize> = (0..6).filter(|group| marks[*group] == Mark::Wrong).collect();
            assert_eq!(wrong, [at / 4], "symbol {at}");
        }
    }

    #[test]
    fn a_line_of_no_wanted_set_fits_nowhere_and_says_nothing_false() {
        let a = &lines()[0];
        let other = Wanted {
            fingerprint: Fingerprint::new([250; 11]),
            ..wanted()
        };
        let judged = judge(&a[..24], MODE, &[other]);
        assert!(judged[0].groups.iter().all(|group| group.mark == Mark::Open));
    }

    #[test]
    fn at_its_end_a_line_is_whole_or_its_wrong_groups_are_pointed_at() {
        let a = &lines()[0];
        assert_eq!(judge(a, MODE, &[wanted()])[0].state, LineState::Whole);
        let bad = with_other(&with_other(a, 30), 70);
        let judged = judge(&bad, MODE, &[wanted()]);
        assert_eq!(judged[0].state, LineState::Located);
        let wrong = judged[0].groups.iter().filter(|group| group.mark == Mark::Wrong);
        assert_eq!(
            wrong.map(|group| group.name.to_string()).collect::<Vec<_>>(),
            ["A8", "A18"]
        );
        assert_eq!(judge(&a[..80], MODE, &[wanted()])[0].state, LineState::Lacks(8));
    }

    #[test]
    fn the_second_line_is_held_against_the_first_as_it_is_typed() {
        let lines = lines();
        let text = |b: &str| format!("{}\n{b}", lines[0]);
        assert_eq!(marks(&text(&lines[1][..4]))[1], [Mark::Fits]);
        assert_eq!(marks(&text(&with_other(&lines[1][..8], 2)))[1][0], Mark::Wrong);
        assert!(is_whole(&text(&lines[1]), MODE) && !is_whole(&lines[0], MODE));
        assert!(!is_whole(&text(&with_other(&lines[1], 40)), MODE));
    }
}
