//! Every step and every prompt of a ceremony, and nothing else.

use crate::ceremony::deal;
use crate::ceremony::steps::{self, Doer, Step};
use crate::paper::faces::Faces;
use crate::plan::ShareSet;
use crate::refusal::Refusal;
use crate::shell::report::{Answer, print};
use crate::vault::Vault;
use std::fmt::Write as _;

/// Prints the steps of dealing these sets.
pub(super) fn run(vault: &Vault<'_>, names: &[String]) -> Result<Answer, Refusal> {
    let plan = vault.plan();
    let sets = names
        .iter()
        .map(|name| plan.find_set(name))
        .collect::<Result<Vec<&ShareSet>, _>>()?;
    deal::one_purpose(&sets)?;
    deal::check_names(plan, Faces::read(vault.fonts()?)?)?;
    let script = steps::dealing(plan, &sets)?;
    let steps = script.steps();
    let minutes: u32 = steps.iter().map(|step| u32::from(step.minutes)).sum();
    let mut out = format!(
        "dry run: deal {}; {} steps, about {}:{:02} h; nothing is asked, drawn or written\n",
        names.join(" "),
        steps.len(),
        minutes / 60,
        minutes % 60
    );
    for (number, step) in (1..).zip(steps) {
        write_step(&mut out, number, step);
    }
    print(&out);
    Ok(Answer::Done)
}

fn write_step(out: &mut String, number: usize, step: &Step) {
    let who = match &step.role {
        Doer::Role(role) => role.to_string(),
        Doer::Custodian(_, name) => format!("custodian {}", name.as_str()),
    };
    let needed: Vec<&str> = step.needs.iter().map(|role| role.as_str()).collect();
    let _ = writeln!(
        out,
        "\nstep {number}   {}   {who}   about {} min",
        step.act, step.minutes
    );
    let _ = writeln!(out, "  {}", step.text.as_str());
    if let Some(command) = &step.command {
        let _ = writeln!(out, "  $ {}", command.as_str());
    }
    let _ = writeln!(out, "  expect: {}", step.expected.as_str());
    let _ = writeln!(out, "  needs: {}", needed.join(", "));
    for ask in &step.asks {
        let _ = writeln!(out, "  ask: {} {}", ask.text(), ask.answered_by());
    }
}
