//! The picture of a gathering: what is at hand, what lacks, what was wrong with the last entry, what to do next.
//!
//! Rules of this file:
//! - a function of what is known to text of 80 columns and the rows of a bare console; nothing secret is given to it;
//! - numbers and names first, reasons after, next step last; nothing is told by colour.

use crate::ceremony::gathering::{Picture, Row, Stands};
use std::fmt::Write as _;

/// What stands around the shares.
pub(super) struct Frame<'a> {
    /// What is to be opened, for which task, why.
    pub(super) title: &'a [String],
    /// What was said of the last entries.
    pub(super) said: &'a [String],
    /// Who could bring what lacks, soonest first.
    pub(super) soonest: &'a str,
    /// Whether custodians elsewhere were invited.
    pub(super) invited: bool,
    /// The rows of the terminal.
    pub(super) rows: usize,
}

const KEYS: &str = "[s]can  [t]ype  [c]amera  [i]nvite  [u]ndo  [?] whom to call  [q]uit";
const KEYS_ENOUGH: &str = "[enter] open it   more shares are welcome: [s] [t] [c]   [u]ndo  [q]uit";
const WIDTH: usize = 80;

/// The whole screen.
pub(super) fn drawn(pictures: &[Picture<'_>], frame: &Frame<'_>) -> String {
    let mut out = String::new();
    for line in frame.title {
        let _ = writeln!(out, "{}", cut(line));
    }
    // The title, what was said, the sums, the keys, and a blank row around each.
    let said: Vec<String> = frame.said.iter().flat_map(|said| wrapped(said)).collect();
    let said = &said[said.len().saturating_sub(SAID_MAX)..];
    let mut left = frame.rows.saturating_sub(frame.title.len() + said.len() + 9);
    for picture in pictures {
        left = push_picture(&mut out, picture, left);
    }
    if !said.is_empty() {
        out.push('\n');
        for line in said {
            let _ = writeln!(out, "{line}");
        }
    }
    let enough = pictures.iter().any(|picture| picture.have >= picture.needed);
    out.push('\n');
    for line in wrapped(&sums(pictures, frame, enough)) {
        let _ = writeln!(out, "{line}");
    }
    let _ = write!(out, "\n{}\n", if enough { KEYS_ENOUGH } else { KEYS });
    out
}

/// The most rows of what was said.
const SAID_MAX: usize = 6;

/// Each thing that was said, in rows, where the screen has no room for all of it: nothing that was said is cut off unread.
pub(super) fn too_much(said: &[String]) -> Option<Vec<Vec<String>>> {
    let each: Vec<Vec<String>> = said.iter().map(|said| wrapped(said)).collect();
    (each.iter().map(Vec::len).sum::<usize>() > SAID_MAX).then_some(each)
}

fn sums(pictures: &[Picture<'_>], frame: &Frame<'_>, enough: bool) -> String {
    let Some(nearest) = pictures.first() else {
        return "no set in force opens this".to_string();
    };
    let stands = format!("{} of {}.", nearest.have, nearest.needed);
    if enough {
        return format!("{stands}  the quorum is at hand");
    }
    let invited = if frame.invited { "  invited, waiting." } else { "" };
    if frame.soonest.is_empty() {
        return format!("{stands}{invited}");
    }
    format!("{stands}{invited}  soonest: {}", frame.soonest)
}

/// One set; gives how many rows are left.
fn push_picture(out: &mut String, picture: &Picture<'_>, left: usize) -> usize {
    let fingerprint = picture.epoch.stored.fingerprint.words();
    let _ = writeln!(
        out,
        "\n  {}, fingerprint {} … {}   {} of {} needed",
        picture.epoch.state.of,
        fingerprint[0],
        fingerprint[7],
        picture.needed,
        picture.rows.len()
    );
    let left = left.saturating_sub(2);
    if picture.rows.len() <= left {
        picture.rows.iter().for_each(|row| push_row(out, row));
        return left - picture.rows.len();
    }
    // A large set, or many: those at hand, and how many are not.
    let at_hand: Vec<&Row<'_>> = picture
        .rows
        .iter()
        .filter(|row| row.stands != Stands::Missing)
        .collect();
    for row in &at_hand {
        push_row(out, row);
    }
    let _ = writeln!(out, "      and {} more", picture.rows.len() - at_hand.len());
    left.saturating_sub(at_hand.len() + 1)
}

fn push_row(out: &mut String, row: &Row<'_>) {
    let stands = match row.stands {
        Stands::Missing => "",
        Stands::Proved => "proved",
        Stands::Unproved => "counts, not proved",
    };
    let line = format!(
        "  {:>3}  {:<18} {:<9} serial {}   {stands}",
        row.index.get(),
        row.custodian,
        row.safe.map_or("in hand", |safe| safe.as_str()),
        row.serial,
    );
    let _ = writeln!(out, "{}", cut(line.trim_end()));
}

/// What stands over the lines that are typed.
pub(super) fn typing_heading(pictures: &[Picture<'_>]) -> String {
    let sets: Vec<String> = pictures
        .iter()
        .map(|picture| format!("{}: {} of {}", picture.epoch.state.of, picture.have, picture.needed))
        .collect();
    cut(&sets.join("; "))
}

fn cut(line: &str) -> String {
    line.chars()
        .take(WIDTH)
        .map(|c| if c.is_control() { '?' } else { c })
        .collect()
}

/// A long sentence in rows of the screen.
fn wrapped(text: &str) -> Vec<String> {
    let mut rows = vec![String::new()];
    for word in text.split_whitespace() {
        let row = rows.last().map_or(0, |row| row.chars().count());
        if row > 0 && row + 1 + word.chars().count() > WIDTH - 4 {
            rows.push("  ".to_string());
        }
        if let Some(row) = rows.last_mut() {
            row.push_str(if row.trim().is_empty() { "" } else { " " });
            row.push_str(word);
        }
    }
    rows.iter().map(|row| cut(row)).collect()
}
