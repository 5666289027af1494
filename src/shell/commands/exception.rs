//! `exception`: what left the script, written down; and what came back.

use super::SystemClock;
use crate::ceremony::ports::Clock as _;
use crate::ident::PersonId;
use crate::refusal::{Refusal, Rule};
use crate::shell::args::{Exception, ExceptionCommand, Place};
use crate::shell::report::{Answer, print};
use crate::vault::Change;
use crate::vault::event::{Event, RoomEvent};
use crate::vault::store::Store;

/// Opens or closes an exception, or notes what was not foreseen.
pub fn run(place: &Place, it: &Exception) -> Result<Answer, Refusal> {
    let store = Store::open(&place.vault)?;
    let mut change = Change::begin(&store, place.site.as_ref())?;
    let site = change.vault().register().room().site(change.chain().site());
    let (event, said) = match &it.command {
        ExceptionCommand::Open { left, taken, reason } => {
            are_of_the_plan(&change, left)?;
            let exception = site.next_exception();
            let event = RoomEvent::ExceptionOpened {
                exception,
                left: left.clone(),
                taken: taken.clone(),
                reason: reason.clone(),
            };
            (event, format!("exception {exception} is open"))
        }
        ExceptionCommand::Close {
            number,
            returned,
            brought,
        } => {
            are_of_the_plan(&change, returned)?;
            let exception = number.or_else(|| site.open.keys().next_back().copied());
            let exception = exception
                .filter(|exception| site.open.contains_key(exception))
                .ok_or_else(|| {
                    let open: Vec<String> = site.open.keys().map(ToString::to_string).collect();
                    Refusal::new(Rule::UnknownException, "no exception of that number is open").hint(
                        if open.is_empty() {
                            "none is open".to_string()
                        } else {
                            format!("open: {}", open.join(", "))
                        },
                    )
                })?;
            let event = RoomEvent::ExceptionClosed {
                exception,
                returned: returned.clone(),
                brought: brought.clone(),
            };
            (event, format!("exception {exception} is closed"))
        }
        ExceptionCommand::Note {
            expected,
            happened,
            decided,
        } => {
            let event = RoomEvent::Unforeseen {
                expected: expected.clone(),
                happened: happened.clone(),
                decided: decided.clone(),
            };
            (event, "recorded".to_string())
        }
    };
    change.commit(&[], vec![Event::Room(event)], SystemClock.now())?;
    print(&format!("{said}\n"));
    Ok(Answer::Done)
}

/// Refuses to close anything while an exception is open.
pub(super) fn none_open(change: &Change<'_>) -> Result<(), Refusal> {
    let site = change.vault().register().room().site(change.chain().site());
    let Some((number, open)) = site.open.first_key_value() else {
        return Ok(());
    };
    Err(Refusal::new(
        Rule::ExceptionOpen,
        format!("exception {number} is open: {}", open.reason.as_str()),
    )
    .hint(format!(
        "strongroom exception close --number {number} --returned ID --brought THING"
    )))
}

fn are_of_the_plan(change: &Change<'_>, people: &[PersonId]) -> Result<(), Refusal> {
    let plan = change.vault().plan();
    people
        .iter()
        .try_for_each(|person| plan.find_person(person.as_str()).map(drop))
}
