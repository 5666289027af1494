//! The steps as the printed script has them.

use super::{Doer, Script};
use crate::paper::forms::script::{ScriptStep, Writes};

/// Every step as a row of the script.
pub fn printed(script: &Script) -> Vec<ScriptStep> {
    let rows = script.steps().iter().map(|step| ScriptStep {
        role: step.role.word(),
        custodian: match &step.role {
            Doer::Custodian(_, name) => Some(name.clone()),
            Doer::Role(_) => None,
        },
        name: step.act.said(),
        minutes: step.minutes,
        text: step.text.clone(),
        command: step.command.clone(),
        expected: step.expected.clone(),
        writes: step.writes,
        written: match step.writes {
            Writes::Seal => ["the custodian writes", "the witness writes, from the seal"],
            Writes::Words => ["the scribe writes", ""],
            Writes::Nothing | Writes::Line => ["", ""],
        },
    });
    rows.collect()
}
