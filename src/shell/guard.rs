//! What a machine must be before a secret is on it, and the exceptions to that.
//!
//! Rules of this file:
//! - in production a reachable network or swap is refused with status 3; each is overridden alone, by a reason that becomes an
//!   exception in the ledger before the work begins;
//! - the ledger names the machine whenever it is not the one of the lines before;
//! - a rehearsal needs none of it: its secrets are thrown away.

use super::args::{Overrides, Unattended};
use super::report::say;
use super::{lockdown, machine, network};
use crate::ident::Mode;
use crate::plan::Defence;
use crate::refusal::{Refusal, Rule};
use crate::vault::event::{Boot, Event, Network, Note};
use crate::vault::{Change, note, note_of_finding};
use jiff::Timestamp;

/// The reasons that were given for going on, each with what it overrides.
#[derive(Default)]
pub struct Exceptions(Vec<Event>);

impl Exceptions {
    /// Passes `judged` on, or turns its refusal into an exception where a reason was given.
    pub fn allow(&mut self, judged: Result<(), Refusal>, reason: Option<&Note>) -> Result<(), Refusal> {
        let Err(refusal) = judged else { return Ok(()) };
        let Some(reason) = reason else { return Err(refusal) };
        self.0.push(Event::Exception {
            rule: note(refusal.rule().name())?,
            found: note_of_finding(refusal.sentence())?,
            reason: reason.clone(),
        });
        Ok(())
    }
}

impl Exceptions {
    /// Enters them in the ledger, for work that needs nothing else of the machine.
    pub fn record(self, change: &mut Change<'_>, now: Timestamp) -> Result<(), Refusal> {
        if self.0.is_empty() {
            return Ok(());
        }
        change.commit(&[], self.0, now)
    }
}

/// Judges the machine for work with secrets, and writes what has to be in the ledger before it.
pub fn enter(
    change: &mut Change<'_>,
    overrides: &Overrides,
    mut exceptions: Exceptions,
    now: Timestamp,
) -> Result<Boot, Refusal> {
    let boot = machine::boot()?;
    let found = lockdown::network();
    let swap = machine::swap_areas();
    judge_machine(change.vault().mode(), &found, &swap, overrides, &mut exceptions)?;
    let program = note(concat!("strongroom ", env!("CARGO_PKG_VERSION")))?;
    let this = Event::Machine {
        network: found.network,
        swap: !swap.is_empty(),
        boot: boot.clone(),
        program,
    };
    let last = change
        .chain()
        .entries()
        .iter()
        .rev()
        .map(|entry| &entry.event)
        .find(|event| matches!(event, Event::Machine { .. }));
    let mut events = Vec::new();
    if last != Some(&this) {
        events.push(this);
    }
    events.extend(defences(change, lockdown::close())?);
    events.append(&mut exceptions.0);
    if !events.is_empty() {
        change.commit(&[], events, now)?;
    }
    Ok(boot)
}

/// What production asks of a machine, by its network and its swap.
fn judge_machine(
    mode: Mode,
    found: &network::Found,
    swap: &[String],
    overrides: &Overrides,
    exceptions: &mut Exceptions,
) -> Result<(), Refusal> {
    if mode == Mode::Rehearsal {
        return Ok(());
    }
    exceptions.allow(judge_network(found), overrides.allow_network.as_ref())?;
    exceptions.allow(judge_swap(swap), overrides.allow_swap.as_ref())
}

/// What is to be recorded of the defences that this process could not have. Said once, and refused where the plan demands them.
fn defences(change: &Change<'_>, missing: &[Defence]) -> Result<Option<Event>, Refusal> {
    let vault = change.vault();
    judge_defences(missing, &vault.plan().policy().demand, vault.mode())?;
    if !missing.is_empty() {
        say(&format!(
            "note: this system lacks {}: strongroom preflight",
            listed(missing)
        ));
    }
    let last = change
        .chain()
        .entries()
        .iter()
        .rev()
        .find_map(|entry| match &entry.event {
            Event::Defences { missing } => Some(missing.as_slice()),
            _ => None,
        });
    Ok((last.unwrap_or_default() != missing).then(|| Event::Defences {
        missing: missing.to_vec(),
    }))
}

fn judge_defences(missing: &[Defence], demanded: &[Defence], mode: Mode) -> Result<(), Refusal> {
    let lost: Vec<Defence> = missing.iter().copied().filter(|lost| demanded.contains(lost)).collect();
    if lost.is_empty() || mode == Mode::Rehearsal {
        return Ok(());
    }
    Err(Refusal::new(
        Rule::DefenceMissing,
        format!("the plan demands what this system does not have: {}", listed(&lost)),
    )
    .hint("use another system; or take it from `demand` under [policy], and have everybody sign that"))
}

fn listed(defences: &[Defence]) -> String {
    let names: Vec<&str> = defences.iter().map(|defence| defence.as_str()).collect();
    names.join(", ")
}

/// Refuses a reachable network.
pub fn judge_network(found: &network::Found) -> Result<(), Refusal> {
    if found.network != Network::Reachable {
        return Ok(());
    }
    let sentence = format!("a network is reachable: {} up", is_or_are(&found.interfaces));
    Err(Refusal::new(Rule::NetworkReachable, sentence)
        .hint("unplug it and switch off the radio; to go on all the same, and have it in the ledger: --allow-network \"<reason>\""))
}

/// Refuses, for attended work in production, a machine whose network is merely out of this process's sight.
pub fn judge_isolation(found: &network::Found) -> Result<(), Refusal> {
    if found.network != Network::IsolatedByNamespace {
        return Ok(());
    }
    Err(Refusal::new(
        Rule::NetworkReachable,
        "this process is shut out of the network, and the machine is not: a ceremony wants a machine without one",
    )
    .hint("unplug it and switch off the radio; to go on all the same, and have it in the ledger: --allow-network \"<reason>\""))
}

/// Refuses swap.
pub fn judge_swap(areas: &[String]) -> Result<(), Refusal> {
    if areas.is_empty() {
        return Ok(());
    }
    Err(Refusal::new(
        Rule::SwapOn,
        format!("memory can be swapped out: {} on", is_or_are(areas)),
    )
    .hint("swapoff -a; to go on all the same, and have it in the ledger: --allow-swap \"<reason>\""))
}

/// Unattended work in production states its reason.
pub fn judge_unattended(mode: Mode, unattended: &Unattended, command: &str) -> Result<(), Refusal> {
    if mode == Mode::Rehearsal || !unattended.unattended || unattended.reason.is_some() {
        return Ok(());
    }
    Err(Refusal::new(
        Rule::ReasonMissing,
        "unattended work in production states its reason, which the ledger keeps",
    )
    .hint(format!("strongroom {command} --unattended --reason \"<reason>\" …")))
}

fn is_or_are(names: &[String]) -> String {
    format!("{} {}", names.join(", "), if names.len() == 1 { "is" } else { "are" })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SWAPS: &str = "Filename Type Size Used Priority\n/dev/sda2 partition 8388604 0 -2\n";

    /// What a machine with this network and these swaps is refused for, and how many exceptions it makes.
    fn judged(mode: Mode, network: Network, swaps: &str, reasons: [Option<&str>; 2]) -> (Option<Rule>, usize) {
        let found = network::Found {
            network,
            interfaces: vec!["eth0".to_string()],
        };
        let [allow_network, allow_swap] = reasons.map(|reason| reason.map(|reason| note(reason).unwrap()));
        let overrides = Overrides {
            allow_network,
            allow_swap,
        };
        let (swap, mut exceptions) = (machine::swap_areas_in(swaps), Exceptions::default());
        let judged = judge_machine(mode, &found, &swap, &overrides, &mut exceptions);
        (judged.err().map(|refusal| refusal.rule()), exceptions.0.len())
    }

    #[test]
    fn production_is_refused_where_memory_can_be_swapped_out() {
        let judged = |mode, swaps, reasons| judged(mode, Network::None, swaps, reasons);
        assert_eq!(judged(Mode::Production, SWAPS, [None, None]), (Some(Rule::SwapOn), 0));
        assert_eq!(
            judged(Mode::Production, SWAPS, [Some("the other reason"), None]),
            (Some(Rule::SwapOn), 0)
        );
        assert_eq!(
            judged(Mode::Production, SWAPS, [None, Some("no other laptop")]),
            (None, 1)
        );
        assert_eq!(judged(Mode::Production, "Filename Type\n", [None, None]), (None, 0));
        assert_eq!(judged(Mode::Rehearsal, SWAPS, [None, None]), (None, 0));
    }

    #[test]
    fn production_is_refused_where_a_network_is_reachable() {
        let judged = |mode, reasons| judged(mode, Network::Reachable, "", reasons);
        assert_eq!(
            judged(Mode::Production, [None, Some("the other reason")]),
            (Some(Rule::NetworkReachable), 0)
        );
        assert_eq!(judged(Mode::Production, [Some("no other laptop"), None]), (None, 1));
        assert_eq!(judged(Mode::Rehearsal, [None, None]), (None, 0));
    }
}
