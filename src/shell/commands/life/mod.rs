//! What keeps an arrangement alive: what people did is written down, what they must do is said.

pub mod device;
pub mod drill;
pub mod due;
pub mod envelope;
pub mod finding;
pub mod review;
pub mod safe;
pub mod status;

use super::SystemClock;
use crate::ceremony::ports::Clock as _;
use crate::refusal::{Refusal, Rule};
use crate::vault::Change;
use crate::vault::due::AsOf;
use crate::vault::event::{Event, LineId};
use jiff::civil::Date;

/// The day that was named, or this laptop's.
fn day(on: Option<Date>) -> Date {
    on.unwrap_or_else(|| as_of(None).here())
}

/// As of the day that was named, or of now.
pub(super) fn as_of(on: Option<Date>) -> AsOf {
    on.map_or_else(|| AsOf::Now(SystemClock.now()), AsOf::Day)
}

/// Writes the lines; gives the name of the first of them.
fn write(change: &mut Change<'_>, events: Vec<Event>) -> Result<LineId, Refusal> {
    let count = events.len();
    change.commit(&[], events, SystemClock.now())?;
    let chain = change.chain();
    Ok(LineId {
        site: chain.site().clone(),
        line: (chain.entries().len() - count) as u64,
    })
}

fn unknown_line(what: &str, id: &LineId, open: &[String]) -> Refusal {
    let refusal = Refusal::new(Rule::UnknownLine, format!("this vault has no open {what} {id}"));
    if open.is_empty() {
        return refusal.hint(format!("no {what} is open"));
    }
    refusal.hint(format!("open: {}", open.join(", ")))
}
