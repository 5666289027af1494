//! Typed lines with a person before them: a correction is offered, compared with the paper group by group, and only then used.
//!
//! Rules of this file:
//! - what was typed and what is offered stand on the alternate screen only;
//! - one group is asked for at a time; one *no* is a no to the whole line, which is then typed again;
//! - a line beyond correction is named, and the others go on.

use super::scanning::{self, Entry};
use super::terminal::Terminal;
use crate::code::correction::GroupOffer;
use crate::code::reading::{Offer, Unread, read_text};
use crate::code::share_code::PaperShare;
use crate::ident::Mode;
use crate::refusal::Refusal;
use crate::secret::SecretText;

/// Every share of a typed text; where a line can be put right, the person is asked.
pub fn read_typed(terminal: &mut Terminal, typed: &SecretText, mode: Mode) -> Result<Vec<Entry>, Refusal> {
    let read = typed.expose(|text| read_text(text, mode));
    let mut entries = Vec::new();
    for share in read {
        let share = match share {
            Err(unread) if unread.offer.is_some() => offered(terminal, unread, mode)?,
            other => other,
        };
        entries.push(scanning::typed_entry(share));
    }
    if entries.is_empty() {
        entries.push(scanning::nothing_typed());
    }
    Ok(entries)
}

/// The share as it should be, once every group was compared with the paper; else as it was.
fn offered(terminal: &mut Terminal, unread: Unread, mode: Mode) -> Result<Result<PaperShare, Unread>, Refusal> {
    let Unread { row, error, offer } = unread;
    let Some(offer) = offer else {
        return Ok(Err(Unread { row, error, offer }));
    };
    for group in offer.groups() {
        if !terminal.secret_confirm(&question(group), "is that what the paper says? [y/n] ")? {
            let offer = Some(offer);
            return Ok(Err(Unread { row, error, offer }));
        }
    }
    let corrected = Offer::confirmed(offer);
    let read = corrected.expose(|text| read_text(text, mode)).into_iter().next();
    Ok(read.unwrap_or(Err(Unread {
        row,
        error,
        offer: None,
    })))
}

fn question(group: &GroupOffer) -> SecretText {
    let name = group.name.to_string();
    let size = name.len() + group.found.len() + group.offered.len() + 96;
    SecretText::build(size, |text| {
        text.push_str("group ");
        text.push_str(&name);
        text.push_str(" does not fit\n\n    typed         ");
        group.found.expose(|found| text.push_str(found));
        text.push_str("\n    did you mean  ");
        group.offered.expose(|offered| text.push_str(offered));
        text.push_str("\n\n");
    })
}
