//! `print notices`: two sheets of phrases, whose digests are in the ledger before a sheet exists.
//!
//! Rules of this file:
//! - the phrases open nothing, but whoever has both sheets can make an attack look expected: in production they go into memory or
//!   through a printer, like pages with shares.

use super::Papers;
use crate::ceremony::notice;
use crate::ceremony::ports::Clock as _;
use crate::entropy::System;
use crate::ident::Mode;
use crate::paper::faces::Faces;
use crate::paper::forms::wordings::Wordings;
use crate::paper::forms::{self, NoticeRow, Office};
use crate::refusal::Refusal;
use crate::shell::args::Destination;
use crate::shell::commands::SystemClock;
use crate::shell::guard::Exceptions;
use crate::shell::report::say;
use crate::shell::{machine, output};
use crate::vault::Change;
use crate::vault::event::Note;

/// Refuses a disk in production, unless a reason is given.
pub(super) fn judge_place(change: &mut Change<'_>, to: &Destination, allow_disk: Option<&Note>) -> Result<(), Refusal> {
    let (Mode::Production, Some(out)) = (change.vault().mode(), &to.out) else {
        return Ok(());
    };
    let mut exceptions = Exceptions::default();
    exceptions.allow(output::judge_place(out), allow_disk)?;
    exceptions.record(change, SystemClock.now())
}

/// Both sheets.
pub(super) fn make(change: &mut Change<'_>, count: u32, wordings: &Wordings) -> Result<Papers, Refusal> {
    say(&format!(
        "{count} notices: each of their phrases is stretched, which takes a second or two a notice"
    ));
    let mut system = System;
    let mut entropy = change.entropy(&mut system);
    let made = notice::make(change, count, &mut entropy, machine::boot()?, SystemClock.now())?;
    let rows: Vec<NoticeRow<'_>> = made
        .iter()
        .map(|notice| NoticeRow {
            number: notice.number,
            call: &notice.call,
            answer: &notice.answer,
        })
        .collect();
    let office = Office {
        vault: change.vault(),
        chain: change.chain(),
        faces: Faces::read(change.vault().fonts()?)?,
        today: SystemClock.now().to_zoned(jiff::tz::TimeZone::UTC).date(),
        wordings,
    };
    let [kit, alert] = forms::notices(&office, &rows)?;
    let number = |row: Option<&NoticeRow<'_>>| row.map_or(0, |row| row.number);
    let range = format!("{}-{}", number(rows.first()), number(rows.last()));
    Ok(vec![
        (format!("notices-{range}-kit.pdf"), kit),
        (format!("notices-{range}-alert.pdf"), alert),
    ])
}
