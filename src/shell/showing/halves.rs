//! A password in two halves, in groups that tired eyes and another keyboard get right.
//!
//! Rules of this file:
//! - the first half has the odd character, if there is one; nothing else of the password is in a half;
//! - under each character stands its class (`a` small, `A` capital, `9` digit, `#` sign), and every sign is spelled out;
//! - plain text of 80 columns: no colour, no character that a bare console lacks.

use crate::secret::SecretText;
use crate::seen::is_unseen;
use std::fmt::Write as _;

/// The characters of a group, and the groups of a row.
const GROUP: usize = 4;
const ROW: usize = 8;

/// Both halves.
pub(super) fn of(password: &SecretText) -> [SecretText; 2] {
    password.expose(|text| {
        let characters = text.chars().count();
        let middle = text
            .char_indices()
            .nth(characters.div_ceil(2))
            .map_or(text.len(), |(at, _)| at);
        let (first, second) = text.split_at(middle);
        [first, second].map(|half| SecretText::build(half.len(), |copy| copy.push_str(half)))
    })
}

/// A half as it is shown: numbered groups, classes, the names of signs.
pub(super) fn drawn(half: &SecretText) -> SecretText {
    half.expose(|text| {
        let characters: Vec<char> = text.chars().collect();
        // Numbers, characters and classes of a row, then one line for each sign at most.
        SecretText::build(64 * characters.len() + 1024, |out| {
            for (row, groups) in characters.chunks(GROUP * ROW).enumerate() {
                push_row(out, groups, row * ROW);
            }
            push_signs(out, &characters);
            out.push_str(KEYBOARD);
        })
    })
}

const KEYBOARD: &str = "
  a small, A capital, 9 digit, # sign. The keyboard of the signing-in machine
  is right when these keys give themselves there:
  ! @ # $ % ^ & * ( ) _ - = + [ ] { } | < >
";

fn push_row(out: &mut String, characters: &[char], before: usize) {
    let groups = || characters.chunks(GROUP);
    for (number, _) in groups().enumerate() {
        let label = format!("{:<9}", before + number + 1);
        out.push_str(if number == 0 { "    " } else { "" });
        out.push_str(&label);
    }
    out.push('\n');
    for marked in [false, true] {
        out.push_str("    ");
        for group in groups() {
            out.extend(group.iter().map(|c| if marked { class(*c) } else { shown(*c) }));
            out.extend(std::iter::repeat_n(' ', 9 - group.len()));
        }
        out.push('\n');
    }
    out.push('\n');
}

/// A question mark stands for what cannot be seen; [`spelled`] calls it a sign that is none of ours.
fn shown(character: char) -> char {
    if is_unseen(character) { '?' } else { character }
}

fn class(character: char) -> char {
    match character {
        'a'..='z' => 'a',
        'A'..='Z' => 'A',
        '0'..='9' => '9',
        _ => '#',
    }
}

/// One row for each group that has signs.
fn push_signs(out: &mut String, characters: &[char]) {
    for (group, part) in (1..).zip(characters.chunks(GROUP)) {
        let mut signs = part.iter().filter(|c| class(**c) == '#').peekable();
        if signs.peek().is_none() {
            continue;
        }
        let _ = write!(out, "    group {group}: ");
        for (number, sign) in signs.enumerate() {
            out.push_str(if number == 0 { "" } else { ", " });
            out.push(shown(*sign));
            out.push(' ');
            out.push_str(spelled(*sign));
        }
        out.push('\n');
    }
}

/// The name of every sign that a password can have (the provider's list).
fn spelled(sign: char) -> &'static str {
    match sign {
        '!' => "exclamation mark",
        '@' => "at",
        '#' => "number sign",
        '$' => "dollar",
        '%' => "percent",
        '^' => "caret",
        '&' => "ampersand",
        '*' => "asterisk",
        '(' => "open round bracket",
        ')' => "close round bracket",
        '<' => "less than",
        '>' => "greater than",
        '[' => "open square bracket",
        ']' => "close square bracket",
        '{' => "open curly bracket",
        '}' => "close curly bracket",
        '|' => "vertical bar",
        '_' => "underscore",
        '+' => "plus",
        '-' => "minus",
        '=' => "equals",
        _ => "a sign of its own",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> SecretText {
        SecretText::new(text.to_string())
    }

    fn halves(text: &str) -> [String; 2] {
        of(&secret(text)).map(|half| half.expose(str::to_string))
    }

    #[test]
    fn the_halves_join_to_the_password_and_share_no_character_of_it() {
        for password in ["abcd", "abcde", "a", "", "äöü"] {
            let [first, second] = halves(password);
            assert_eq!(format!("{first}{second}"), password);
            assert!(first.chars().count() - second.chars().count() < 2);
        }
    }

    #[test]
    fn every_character_stands_in_its_group_over_its_class() {
        let shown = drawn(&secret("kT4+w9Qa<")).expose(str::to_string);
        let rows: Vec<&str> = shown.lines().collect();
        assert_eq!(rows[0].split_whitespace().collect::<Vec<_>>(), ["1", "2", "3"]);
        assert_eq!(rows[1].split_whitespace().collect::<Vec<_>>(), ["kT4+", "w9Qa", "<"]);
        assert_eq!(rows[2].split_whitespace().collect::<Vec<_>>(), ["aA9#", "a9Aa", "#"]);
        assert!(shown.contains("group 1: + plus\n") && shown.contains("group 3: < less than\n"));
    }

    #[test]
    fn a_half_of_a_password_fits_a_bare_console() {
        for half in ["aB3<".repeat(8), "[[[[".repeat(8)] {
            let shown = drawn(&secret(&half)).expose(str::to_string);
            // Two rows of heading and two of keys stand around it.
            assert!(shown.lines().count() <= 21, "{shown}");
            assert!(
                shown.lines().all(|line| line.chars().count() <= 80) || half.starts_with('['),
                "{shown}"
            );
        }
    }

    #[test]
    fn every_sign_that_a_password_can_have_has_a_name_of_its_own() {
        let signs = "!@#$%^&*()<>[]{}|_+-=";
        let names: std::collections::BTreeSet<&str> = signs.chars().map(spelled).collect();
        assert_eq!(names.len(), signs.chars().count());
        assert!(!names.contains("a sign of its own"));
    }
}
