//! Text that people chose: names, places, reasons; and how foreign text is quoted in a message.
//!
//! Rules of this file:
//! - free text is 1 to 80 printable characters on one line; the only white space is the plain space, and not at either end;
//! - what is not seen is refused: control, bidirectional, zero-width, tag, filler and variation characters;
//! - at most four combining marks stand in a row, and none stands first: no text climbs out of its line;
//! - text that was refused is quoted escaped and shortened: a terminal takes no order from a plan.

use super::limits;
use crate::seen::{is_combining, is_unseen};
use std::{fmt, str::FromStr};

/// Why something is not free text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing, or too much.
    #[error("text has 1 to {allowed} characters, this has {found}")]
    Length {
        /// How many characters there were.
        found: usize,
        /// How many there may be.
        allowed: usize,
    },
    /// A character that is not seen, shown escaped.
    #[error("text is made of characters that are seen, not of {found} (character {at})")]
    Unseen {
        /// The character, escaped.
        found: String,
        /// Which one of the text, from 1.
        at: usize,
    },
    /// A space at either end.
    #[error("text neither begins nor ends with a space")]
    Edge,
    /// More marks than one letter carries, or marks without a letter.
    #[error("text has at most {allowed} combining marks in a row, and a letter before them (character {at})")]
    Marks {
        /// How many there may be.
        allowed: usize,
        /// The character at which it is too many, from 1.
        at: usize,
    },
}

/// One line of text that a person chose and that can be shown anywhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FreeText(String);

impl FreeText {
    /// The text as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As [`FromStr`], for the few texts that may be longer than a line of paper.
    pub fn with_at_most(text: &str, allowed: usize) -> Result<Self, TextError> {
        let found = text.chars().count();
        if found == 0 || found > allowed {
            return Err(TextError::Length { found, allowed });
        }
        if text.starts_with(' ') || text.ends_with(' ') {
            return Err(TextError::Edge);
        }
        let mut marks = limits::COMBINING_MARKS;
        for (before, c) in text.chars().enumerate() {
            let at = before + 1;
            if is_unseen(c) {
                return Err(TextError::Unseen {
                    found: c.escape_default().to_string(),
                    at,
                });
            }
            marks = if is_combining(c) { marks + 1 } else { 0 };
            // The count starts full, so that a mark with no letter before it is one too many.
            if marks > limits::COMBINING_MARKS {
                return Err(TextError::Marks {
                    allowed: limits::COMBINING_MARKS,
                    at,
                });
            }
        }
        Ok(Self(text.to_string()))
    }
}

impl FromStr for FreeText {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        Self::with_at_most(text, limits::FREE_TEXT_CHARACTERS)
    }
}

impl fmt::Display for FreeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// An e-mail address: printable ASCII, one `@`, a domain with a dot.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Email(String);

/// Why something is not an e-mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an e-mail address is written like root@example.com, in at most 254 printable ASCII characters")]
pub struct EmailError;

impl Email {
    /// The address as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands after the `@`, in lower case.
    pub fn domain(&self) -> String {
        self.0
            .rsplit_once('@')
            .map_or_else(String::new, |(_, domain)| domain.to_ascii_lowercase())
    }
}

impl FromStr for Email {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Self, EmailError> {
        let (local, domain) = text.split_once('@').ok_or(EmailError)?;
        let labels = domain.split('.').collect::<Vec<_>>();
        let label_fits = |label: &&str| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        let fits = text.len() <= 254
            && !local.is_empty()
            && local
                .bytes()
                .all(|b| b.is_ascii_graphic() && !b"\"(),:;<>[\\]".contains(&b))
            && labels.len() >= 2
            && labels.iter().all(label_fits);
        if fits {
            Ok(Self(text.to_string()))
        } else {
            Err(EmailError)
        }
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Foreign text for a message, between backticks: escaped where it is not plain, and cut after 40 characters.
pub fn quoted(text: &str) -> String {
    format!("`{}`", escaped(text, 40))
}

/// Foreign text, escaped where it is not plain, and cut after so many characters.
pub(super) fn escaped(text: &str, length: usize) -> String {
    let mut shown = String::new();
    for c in text.chars().take(length) {
        if is_unseen(c) || is_combining(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    if text.chars().nth(length).is_some() {
        shown.push('…');
    }
    shown
}

/// The known name nearest to `text`, if one is near enough to have been meant.
pub fn nearest<'n>(text: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    // The distance costs the product of both lengths: no name is longer than a line of text, so nothing longer is near one.
    let length = text.chars().count();
    if length > limits::FREE_TEXT_CHARACTERS {
        return None;
    }
    let near = (length / 3).max(2);
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(text, name), name))
        // A name of which nothing is left is not near.
        .filter(|(distance, name)| *distance <= near && *distance < name.chars().count().max(length))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// The first bidirectional control of a whole text, and where it stands in bytes. In a comment, too, it lets a plan look like another.
pub(super) fn bidirectional_control(text: &str) -> Option<(usize, char)> {
    text.char_indices().find(
        |(_, c)| matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_script_are_free_text() {
        for name in [
            "Łukasz Wójcik",
            "Yuki Satō",
            "Κώστας",
            "Ольга",
            "山田 太郎",
            "ก็ดี",
            "देवनागरी",
            "O'Brien & Söhne, 2.",
            "e\u{301}",
        ] {
            assert_eq!(name.parse::<FreeText>().map(|t| t.to_string()), Ok(name.to_string()));
        }
    }

    #[test]
    fn what_is_not_seen_is_refused_and_shown_escaped() {
        for c in [
            '\0',
            '\n',
            '\t',
            '\u{1b}',
            '\u{7f}',
            '\u{85}',
            '\u{a0}',
            '\u{ad}',
            '\u{61c}',
            '\u{200b}',
            '\u{200d}',
            '\u{202e}',
            '\u{2028}',
            '\u{2066}',
            '\u{3000}',
            '\u{3164}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{e000}',
            '\u{e0041}',
            '\u{e0100}',
            '\u{10ffff}',
        ] {
            let refused = format!("Ana{c}Sousa").parse::<FreeText>().map_err(|e| e.to_string());
            assert!(
                refused
                    .clone()
                    .is_err_and(|text| !text.contains(c) && text.contains("character 4")),
                "{refused:?}"
            );
        }
    }

    #[test]
    fn four_combining_marks_are_a_letter_and_five_are_a_tower() {
        assert!("a\u{301}\u{302}\u{303}\u{304}b".parse::<FreeText>().is_ok());
        assert!(matches!(
            "a\u{301}\u{302}\u{303}\u{304}\u{305}".parse::<FreeText>(),
            Err(TextError::Marks { at: 6, .. })
        ));
        assert!(matches!(
            "\u{301}a".parse::<FreeText>(),
            Err(TextError::Marks { at: 1, .. })
        ));
    }

    #[test]
    fn eighty_characters_fit_and_eighty_one_do_not() {
        assert!("é".repeat(80).parse::<FreeText>().is_ok());
        assert_eq!(
            "é".repeat(81).parse::<FreeText>(),
            Err(TextError::Length { found: 81, allowed: 80 })
        );
        assert_eq!("".parse::<FreeText>(), Err(TextError::Length { found: 0, allowed: 80 }));
    }

    #[test]
    fn a_space_at_either_end_is_refused() {
        assert_eq!(" a".parse::<FreeText>(), Err(TextError::Edge));
        assert_eq!("a ".parse::<FreeText>(), Err(TextError::Edge));
    }

    #[test]
    fn an_address_has_one_at_and_a_domain() {
        for good in ["aws-root+log-archive@example.com", "a@b.c", "x.y@sub.example.co.uk"] {
            assert!(good.parse::<Email>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "a",
            "@b.c",
            "a@",
            "a@b",
            "a@b.",
            "a@.b",
            "a@b@c.d",
            "a b@c.d",
            "ä@b.c",
            "a@b.c\n",
            "a@-b.c",
            "\u{1b}@b.c",
        ] {
            assert_eq!(bad.parse::<Email>(), Err(EmailError), "{bad:?}");
        }
        assert_eq!(
            "A@Example.COM".parse::<Email>().map(|e| e.domain()),
            Ok("example.com".to_string())
        );
    }

    #[test]
    fn quoted_text_gives_a_terminal_no_orders_and_is_short() {
        assert_eq!(quoted("\u{1b}[2J"), "`\\u{1b}[2J`");
        assert!(!quoted("a\u{202e}b").contains('\u{202e}'));
        assert!(quoted(&"x".repeat(1 << 20)).len() < 100);
    }

    #[test]
    fn a_near_name_is_found_and_a_far_one_is_not() {
        assert_eq!(nearest("fra-9", ["nyc-1", "fra-1"]), Some("fra-1"));
        assert_eq!(nearest("controlers", ["open", "controllers"]), Some("controllers"));
        assert_eq!(nearest("zzzzzz", ["nyc-1", "fra-1"]), None);
        assert_eq!(nearest("q", ["ab", "c"]), None);
        assert_eq!(nearest(&"x".repeat(1 << 24), ["x"]), None);
    }
}
