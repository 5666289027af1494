//! A gathering that ended without a quorum: what is said, and what the ledger has to know all the same.

use super::gather::Gatherer;
use crate::ceremony::ports::Clock as _;
use crate::refusal::{Refusal, Rule};
use crate::shell::commands::SystemClock;
use crate::shell::machine;
use crate::shell::terminal::Terminal;
use crate::vault::event::{Event, NightEvent};
use crate::vault::note;

/// Refused with what to do next, once somebody means it.
pub(super) fn quit(terminal: &mut Terminal) -> Result<(), Refusal> {
    if terminal.confirm("quit? nothing of what was gathered is kept")? {
        return Err(given_up());
    }
    Ok(())
}

fn given_up() -> Refusal {
    Refusal::new(Rule::GivenUp, "the gathering was given up: nothing of it is kept")
        .hint("every envelope that was opened: back into a new one, with a new seal; they are in the ledger: strongroom ledger show")
}

/// Enters in the ledger that envelopes were opened for nothing.
pub(super) fn record(gatherer: &mut Gatherer<'_, '_, '_>) -> Result<(), Refusal> {
    let read = gatherer.gathering.read();
    if read.is_empty() {
        return Ok(());
    }
    let asking = &gatherer.asking;
    let exposed = NightEvent::Exposed {
        account: asking.account.clone(),
        factor: asking.factor,
        device: asking.device.clone(),
        shown: note("nothing")?,
        envelopes: read,
        boot: machine::boot()?,
    };
    gatherer
        .change
        .commit(&[], vec![Event::Night(exposed)], SystemClock.now())
}
