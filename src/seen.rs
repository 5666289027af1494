//! What a person sees of a text, and what a terminal would take from it besides.
//!
//! Rules of this file:
//! - what is not seen is shown by its number: control, bidirectional, zero-width, tag, filler and variation characters;
//! - no more than [`MARKS_MAX`] marks climb out of a line: those above are shown by their numbers.

use std::fmt::Write as _;

/// The most combining marks in a row: no script in use needs more on one letter.
pub const MARKS_MAX: usize = 4;

/// The text as it can be shown anywhere; line feeds stay where `lines` says so.
pub fn visible(text: &str, lines: bool) -> String {
    shown_with(text, lines, |c, shown| shown.extend(c.escape_default()))
}

/// JSON (RFC 8259) as it can be shown anywhere, which says the same.
pub fn visible_json(text: &str) -> String {
    shown_with(text, true, |c, shown| {
        let mut units = [0; 2];
        for unit in c.encode_utf16(&mut units) {
            let _ = write!(shown, "\\u{unit:04x}");
        }
    })
}

fn shown_with(text: &str, lines: bool, escape: impl Fn(char, &mut String)) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut marks = 0;
    for c in text.chars() {
        marks = if !c.is_ascii() && is_combining(c) { marks + 1 } else { 0 };
        if (lines && c == '\n') || !(is_unseen(c) || marks > MARKS_MAX) {
            shown.push(c);
        } else {
            escape(c, &mut shown);
        }
    }
    shown
}

/// What cannot be seen, or stands for something else. The standard library's escaping knows the categories of Unicode (control,
/// format, surrogate, private, unassigned, and every separator but the space); the list adds what Unicode calls a letter,
/// a mark or a symbol and yet draws nothing.
pub fn is_unseen(c: char) -> bool {
    !c.is_ascii() && !stays_within(c)
        || c.is_ascii_control()
        || matches!(c,
            '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{fffc}' | '\u{fffd}' | '\u{1d159}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether the standard library leaves the character as it is inside a text.
fn stays_within(c: char) -> bool {
    let mut letters = [0; 8];
    let after_a_letter = format!("a{}", c.encode_utf8(&mut letters));
    after_a_letter.escape_debug().skip(1).eq([c])
}

/// Whether the character sits upon the one before it: the standard library escapes it at the start of a text, and only there.
pub fn is_combining(c: char) -> bool {
    !c.is_ascii() && c.escape_debug().len() > 1 && stays_within(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_gives_orders_or_climbs_is_shown_by_its_number() {
        assert_eq!(visible("a\u{1b}[2Jb", false), "a\\u{1b}[2Jb");
        assert_eq!(visible("a\nb", false), "a\\nb");
        assert_eq!(visible("a\nb", true), "a\nb");
        assert_eq!(visible("x\u{202e}y\u{61c}z", true), "x\\u{202e}y\\u{61c}z");
        assert_eq!(
            visible_json("{\"a\":\"\u{61c}\u{e0041}\"}\n"),
            "{\"a\":\"\\u061c\\udb40\\udc41\"}\n"
        );
        let climbing = format!("a{}", "\u{301}".repeat(9));
        assert_eq!(visible(&climbing, true).matches("\\u{301}").count(), 5);
        for plain in ["Łukasz Wójcik", "山田 太郎", "e\u{301}", "देवनागरी", "…"] {
            assert_eq!(visible(plain, false), plain);
        }
    }
}
