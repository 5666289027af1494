//! The ceremony script: one step, one look: do, expect, time, initials, dissent.
//!
//! Rules of this file:
//! - the steps are data that a ceremony gives; this file knows how they look, and none of them;
//! - a step is one row and never broken over a page.

use super::closing::signers;
use super::wordings::Paper;
use super::{Office, Room};
use crate::ident::SetName;
use crate::paper::flow::Dress;
pub use crate::paper::flow::values::Room as Writes;
use crate::paper::flow::values::{Said, Values};
use crate::refusal::Refusal;
use crate::secret::SecretBytes;

/// One step of a ceremony, as it stands on paper.
#[derive(Clone, Debug)]
pub struct ScriptStep {
    /// Its name, as the screen and the ledger have it.
    pub name: Said,
    /// Who does it: a role in the room.
    pub role: &'static str,
    /// The custodian whose turn it is, where it is one's.
    pub custodian: Option<Said>,
    /// About how long it takes.
    pub minutes: u16,
    /// What is done.
    pub text: Said,
    /// What is typed, where something is.
    pub command: Option<Said>,
    /// What is seen when it went right.
    pub expected: Said,
    /// What is written down.
    pub writes: Writes,
    /// By whom, and who writes it again below, where it is written twice.
    pub written: [&'static str; 2],
}

/// The script of a ceremony that deals `sets`.
pub fn script(
    office: &Office<'_>,
    sets: &[&SetName],
    steps: &[ScriptStep],
    room: &Room<'_>,
) -> Result<SecretBytes, Refusal> {
    let rows = (1_usize..).zip(steps).map(|(number, step)| {
        let person = room
            .iter()
            .find(|(role, _)| *role == step.role)
            .and_then(|(_, person)| *person);
        let name = step.custodian.clone().or_else(|| person.map(|name| Said::of(&[name])));
        Values::new()
            .with("number", &number)
            .with("step", &step.name)
            .with("role", &step.role)
            .with("name", &name.unwrap_or_default())
            .with("text", &step.text)
            .with("command", &step.command.clone().unwrap_or_default())
            .with("expected", &step.expected)
            .with("minutes", &step.minutes)
            .with("by", &step.written[0])
            .room("room", step.writes)
            .with("again", &step.written[1])
            .room(
                "twice",
                if step.written[1].is_empty() {
                    Writes::Nothing
                } else {
                    step.writes
                },
            )
    });
    let minutes: u32 = steps.iter().map(|step| u32::from(step.minutes)).sum();
    let custodians: std::collections::BTreeSet<&str> = steps
        .iter()
        .filter_map(|step| step.custodian.as_ref().map(Said::as_str))
        .collect();
    let values = office
        .values()
        .with("sets", &Said::joined(sets.iter().map(|set| Said::of(&[*set])), ", "))
        .with("steps", &steps.len())
        .with("people", &(room.len() + custodians.len()))
        .with("minutes", &minutes)
        .list("step", rows.collect())
        .list("signer", signers(room));
    office.render(Paper::Script, Dress::PLAIN, &values)
}
