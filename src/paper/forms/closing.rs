//! The closing sheet: the head of the ledger as eight words, and what they vouch for.

use super::wordings::Paper;
use super::{Office, Room, said_if};
use crate::paper::flow::Dress;
use crate::paper::flow::values::{Digits, Moment, Said, Values};
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretBytes;
use crate::vault::event::{Event, Note, RoomEvent};
use crate::vault::ledger::{Entry, head_words};
use crate::vault::register::life::envelope::Whereabouts;

/// Who was there.
pub struct Sitting<'a> {
    /// Roles and people.
    pub room: &'a Room<'a>,
}

/// The closing sheet of the last line, which must be a closing entry.
pub fn closing(office: &Office<'_>, sitting: &Sitting<'_>) -> Result<SecretBytes, Refusal> {
    let entries = office.chain.entries();
    let last = entries
        .last()
        .filter(|entry| matches!(entry.event, Event::Closing { .. }));
    let last = last.ok_or_else(|| {
        Refusal::new(Rule::AnchorUnknown, "the last line of the ledger is no closing entry")
            .hint("strongroom ledger head")
    })?;
    let words = head_words(last.hash);
    let each = words.words().map(|word| Values::new().with("text", &word));
    let epochs: Vec<_> = office
        .register()
        .epochs()
        .filter(|epoch| epoch.void.is_none())
        .collect();
    let sets: Vec<Values> = epochs
        .iter()
        .map(|epoch| {
            let state = if epoch.is_live(office.mode()) {
                "live"
            } else {
                "not live: pages unproved"
            };
            Values::new()
                .with("name", &epoch.of.set)
                .with("threshold", &epoch.threshold)
                .with("epoch", &epoch.of.epoch)
                .with("state", &state)
                .with("words", &epoch.fingerprint)
                .with("hex", &Digits(epoch.fingerprint))
        })
        .collect();
    let envelopes: Vec<Values> = office.envelopes().map(|held| held.row(office)).collect();
    let unaccounted = office.register().pages().filter(|page| page.now == Whereabouts::Lost);
    let spoilt: usize = epochs.iter().map(|epoch| epoch.replaced.len()).sum();
    let exceptions = exceptions(entries);
    let values = office
        .values()
        .with("hex", &Digits(words))
        .with("head", &words)
        .with("line", &last.number)
        .with("time", &Moment(last.time))
        .with("sealed", &envelopes.len())
        .with("spoilt", &spoilt)
        .with("unaccounted", &unaccounted.count())
        .with("exceptions", &exceptions.len())
        .list("word", each.to_vec())
        .list("nosets", said_if(sets.is_empty(), "No share set was dealt yet."))
        .list("set", sets)
        .list("envelope", envelopes)
        .list("noexceptions", said_if(exceptions.is_empty(), "None."))
        .list("exception", exceptions)
        .list("signer", signers(sitting.room));
    office.render(Paper::Closing, Dress::PLAIN, &values)
}

/// Since the closing entry before the last one.
fn exceptions(entries: &[Entry]) -> Vec<Values> {
    let before = entries.iter().rev().skip(1);
    let since = before.take_while(|entry| !matches!(entry.event, Event::Closing { .. }));
    let row = |entry: &Entry, found: Said, reason: &Note| {
        Values::new()
            .with("line", &entry.number)
            .with("found", &found)
            .with("reason", reason)
    };
    let mut rows: Vec<Values> = since
        .filter_map(|entry| match &entry.event {
            Event::Exception { found, reason, .. } => Some(row(entry, Said::of(&[found]), reason)),
            Event::Room(RoomEvent::ExceptionOpened {
                exception,
                left,
                taken,
                reason,
            }) => {
                let people = left.iter().map(|person| Said::of(&[person]));
                let things = taken.iter().map(|thing| Said::of(&[thing]));
                let gone = Said::joined(people.chain(things), ", ");
                Some(row(
                    entry,
                    Said::of(&[&"exception ", exception, &": ", &gone, &" left the room"]),
                    reason,
                ))
            }
            Event::Room(RoomEvent::Unforeseen {
                expected,
                happened,
                decided,
            }) => Some(row(
                entry,
                Said::of(&[&"expected ", expected, &"; happened ", happened]),
                decided,
            )),
            Event::Room(RoomEvent::Dissent { person, step, reason }) => {
                Some(row(entry, Said::of(&[person, &" does not agree with ", step]), reason))
            }
            _ => None,
        })
        .collect();
    rows.reverse();
    rows
}

pub(super) fn signers(room: &Room<'_>) -> Vec<Values> {
    room.iter()
        .map(|(role, person)| {
            let (name, under) = match person {
                Some(name) => (Said::of(&[*name]), Said::of(&[role])),
                None => (Said::of(&[role]), Said::of(&[&"name"])),
            };
            Values::new().with("name", &name).with("role", &under)
        })
        .collect()
}
