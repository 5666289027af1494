//! Scans and typed lines to shares, each with the place that it came from.
//!
//! Rules of this file:
//! - a scan without a share is refused alone, and so is every code on it that is none: the others go on;
//! - a page without a code is kept for whoever can ask a person: what was read of it is not lost;
//! - nothing of a share is quoted: a refusal names the file, the page, the line, the group.

use super::decoder::Decoder;
use super::input;
use super::lost::Lost;
use crate::code::reading::{TEXT_MAX, Unread, read_text};
use crate::code::share_code::PaperShare;
use crate::ident::Mode;
use crate::refusal::{Refusal, Rule};
use crate::secret::{SecretBytes, SecretText};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// One share that was scanned or typed, or why there is none.
pub struct Entry {
    /// The share.
    pub paper: Result<PaperShare, Refusal>,
    /// Where it came from, for a person: a file and page, or a row of what was typed.
    pub from: String,
}

/// Every share on the pages of one scan; of a text file, every share whose lines or code it holds.
pub fn read(decoder: &mut Decoder, file: &Path, mode: Mode) -> Vec<Entry> {
    let name = file.display().to_string();
    let refused = |refusal| {
        vec![Entry {
            paper: Err(refusal),
            from: name.clone(),
        }]
    };
    let bytes = match input::file(file, input::SCAN_MAX) {
        Ok(bytes) => bytes,
        Err(refusal) => return refused(refusal),
    };
    let pages = match decoder.codes(&bytes) {
        Ok(pages) => pages,
        Err(refusal) => return read_lines(bytes, &name, mode).unwrap_or_else(|| refused(refusal)),
    };
    let several = pages.len() > 1;
    let mut entries = Vec::new();
    for (number, page) in (1..).zip(pages) {
        let from = if several {
            format!("{name}, page {number}")
        } else {
            name.clone()
        };
        if page.codes.is_empty() {
            let lines = page.remains;
            entries.extend(without_a_code(Lost { from, lines }, mode, decoder));
            continue;
        }
        for text in &page.codes {
            entries.extend(read_each(text, mode, |_| from.clone()));
        }
    }
    entries
}

/// A page without a code: a share where its lines were read whole all the same, else a refusal, and it waits for a person.
fn without_a_code(lost: Lost, mode: Mode, decoder: &mut Decoder) -> Vec<Entry> {
    let read = lost
        .lines
        .as_ref()
        .map(|lines| read_each(lines, mode, |_| lost.from.clone()));
    if let Some(read) = read.filter(|read| read.iter().any(|entry| entry.paper.is_ok())) {
        return read;
    }
    let refused = Entry {
        paper: Err(lost.refusal()),
        from: lost.from.clone(),
    };
    decoder.lost.push(lost);
    vec![refused]
}

/// Every share on many scans, in their order, and the pages of which no code survived: decoded by several processes at once, with a
/// bar at a terminal.
pub fn read_all(files: &[PathBuf], mode: Mode) -> (Vec<Entry>, Vec<Lost>) {
    let workers = std::thread::available_parallelism()
        .map_or(1, usize::from)
        .clamp(1, WORKERS_MAX);
    let bar = progress(files.len());
    let next = AtomicUsize::new(0);
    let read_some = || {
        let mut decoder = Decoder::default();
        let mut mine = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(file) = files.get(at) else {
                return (mine, std::mem::take(&mut decoder.lost));
            };
            mine.push((at, read(&mut decoder, file, mode)));
            bar.inc(1);
        }
    };
    let (mut all, mut lost) = (Vec::new(), Vec::new());
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..workers.min(files.len())).map(|_| scope.spawn(read_some)).collect();
        for (mine, theirs) in threads.into_iter().filter_map(|thread| thread.join().ok()) {
            all.extend(mine);
            lost.extend(theirs);
        }
    });
    bar.finish_and_clear();
    all.sort_by_key(|(at, _)| *at);
    (all.into_iter().flat_map(|(_, entries)| entries).collect(), lost)
}

/// The most decoders at once: each may take the memory of a large picture.
pub const WORKERS_MAX: usize = 4;
/// From how many scans on a bar is worth a row.
const BAR_FROM: usize = 8;

/// A bar on standard error; none into a pipe, and none for a few scans.
fn progress(scans: usize) -> ProgressBar {
    if scans < BAR_FROM || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{pos} of {len} scans read  [{bar:40}]  {eta} left");
    let bar = ProgressBar::new(scans as u64);
    style.map_or(bar.clone(), |style| bar.with_style(style.progress_chars("=> ")))
}

/// A file that is no scan, as typed lines; nothing unless a share stands in it.
fn read_lines(bytes: SecretBytes, name: &str, mode: Mode) -> Option<Vec<Entry>> {
    let text = if bytes.len() <= TEXT_MAX {
        bytes.into_text()?
    } else {
        return None;
    };
    let entries = read_each(&text, mode, |row| {
        row.map_or(name.to_string(), |row| format!("{name}, row {row}"))
    });
    entries.iter().any(|entry| entry.paper.is_ok()).then_some(entries)
}

/// Every share of a typed text.
pub fn read_typed(text: &SecretText, mode: Mode) -> Vec<Entry> {
    let read = text.expose(|text| read_text(text, mode));
    let entries: Vec<Entry> = read.into_iter().map(typed_entry).collect();
    if entries.is_empty() {
        return vec![nothing_typed()];
    }
    entries
}

/// One share of what a person typed, or why there is none.
pub fn typed_entry(share: Result<PaperShare, Unread>) -> Entry {
    match share {
        Ok(paper) => Entry {
            paper: Ok(paper),
            from: "the typed lines".to_string(),
        },
        Err(unread) => Entry {
            from: format!("typed row {}", unread.row),
            paper: Err(refusal_of(&unread)),
        },
    }
}

/// A text in which no line of a share stands.
pub fn nothing_typed() -> Entry {
    let found = Refusal::new(Rule::NothingScanned, "no line of a share was typed")
        .hint("type line A, then line B of each sheet; or scan: --scan FILE…");
    Entry {
        paper: Err(found),
        from: "the typed lines".to_string(),
    }
}

/// The refusal with the place that it is about in front.
pub fn of_file(refusal: &Refusal, from: &str) -> Refusal {
    let placed = Refusal::new(
        refusal.rule(),
        format!("{}: {}", from.escape_debug(), refusal.sentence()),
    );
    refusal
        .hints()
        .iter()
        .fold(placed, |placed, hint| placed.hint(hint.clone()))
}

/// Every share of one code that was seen.
pub fn read_code(text: &SecretText, mode: Mode, from: &str) -> Vec<Entry> {
    read_each(text, mode, |_| from.to_string())
}

fn read_each(text: &SecretText, mode: Mode, place: impl Fn(Option<usize>) -> String) -> Vec<Entry> {
    let entries = text.expose(|text| read_text(text, mode));
    entries
        .into_iter()
        .map(|entry| match entry {
            Ok(paper) => Entry {
                paper: Ok(paper),
                from: place(None),
            },
            Err(unread) => Entry {
                from: place(Some(unread.row)),
                paper: Err(refusal_of(&unread)),
            },
        })
        .collect()
}

fn refusal_of(unread: &Unread) -> Refusal {
    let refusal = Refusal::new(unread.error.rule(), unread.error.to_string());
    let Some(offer) = &unread.offer else {
        return refusal.hint(next_step(unread.error.rule()));
    };
    let groups: Vec<String> = offer.groups().iter().map(|group| group.name.to_string()).collect();
    refusal.hint(format!(
        "compare {} with the paper, and enter the line again",
        groups.join(", ")
    ))
}

/// What to do with a sheet whose lines are none of a share that could help, where no correction is offered.
fn next_step(rule: Rule) -> &'static str {
    match rule {
        Rule::ShareOfOtherWorld => "put it back into its envelope",
        Rule::ShareOfNewerVersion => "read it with the program that printed it, or a later one",
        _ => "type the lines of that sheet again, group by group from the paper; or scan it again",
    }
}
