//! Which generation of a record is opened: the one in force, or an older one whose file is still there.
//!
//! Rules of this file:
//! - a generation that waits for its epoch is none yet, and one whose file is gone is none any more;
//! - one that opens to void epochs alone stays shut: void is out of force, for every generation;
//! - what cannot be opened is refused before a share is asked for, with what there is.

use crate::ident::Generation;
use crate::refusal::{Refusal, Rule};
use crate::vault::Vault;
use crate::vault::record::RecordName;
use crate::vault::register::RecordState;

/// The generation that was asked for; without one, the one in force.
pub fn choose<'v>(
    vault: &'v Vault<'_>,
    name: &RecordName,
    asked: Option<Generation>,
) -> Result<&'v RecordState, Refusal> {
    let in_force = vault.register().record(name);
    let in_force = in_force.ok_or_else(|| not_enrolled(vault, name))?;
    let Some(asked) = asked.filter(|asked| *asked != in_force.generation) else {
        return Ok(in_force);
    };
    let locked = vault.register().generations(name);
    let Some(state) = locked.iter().find(|state| state.generation == asked) else {
        return Err(shut(
            vault,
            name,
            in_force,
            format!("the {name} has no generation {asked}"),
        ));
    };
    if let Some(awaited) = &state.awaits {
        let found = format!("generation {asked} of the {name} is not in force: it waits for {awaited}");
        return Err(shut(vault, name, in_force, found));
    }
    match vault.locked_record(name, state) {
        Ok(_) if opens(vault, state) => Ok(state),
        Ok(_) => {
            let found = format!(
                "generation {asked} of the {name} opens to void epochs only: {}",
                sets_of(state)
            );
            Err(shut(vault, name, in_force, found)
                .hint("by hand, the sheets of that epoch still open it where they are not destroyed: strongroom export recoverer --out kit"))
        }
        Err(refusal) if refusal.rule() == Rule::RecordMissing => {
            let found = format!("the file of generation {asked} of the {name} is gone");
            Err(shut(vault, name, in_force, found))
        }
        Err(refusal) => Err(refusal),
    }
}

/// Refused, with every generation that could be asked for instead, the newest first.
fn shut(vault: &Vault<'_>, name: &RecordName, in_force: &RecordState, found: String) -> Refusal {
    let older = vault.register().generations(name).iter().rev().filter(|state| {
        let earlier = state.generation < in_force.generation && state.awaits.is_none();
        earlier && opens(vault, state) && vault.locked_record(name, state).is_ok()
    });
    let older: Vec<String> = older.map(|state| state.generation.to_string()).collect();
    let newest = format!(
        "the newest is generation {}: leave out --generation",
        in_force.generation
    );
    Refusal::new(Rule::RecordMissing, found).hint(if older.is_empty() {
        format!("{newest}; there is no older one to open")
    } else {
        format!("{newest}; older ones that can be opened: {}", older.join(", "))
    })
}

fn opens(vault: &Vault<'_>, state: &RecordState) -> bool {
    let mut epochs = state.sets.iter().filter_map(|of| vault.register().epoch(of));
    epochs.any(|epoch| epoch.void.is_none())
}

fn sets_of(state: &RecordState) -> String {
    state
        .sets
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("; ")
}

fn not_enrolled(vault: &Vault<'_>, name: &RecordName) -> Refusal {
    let others: Vec<String> = vault
        .register()
        .records()
        .filter(|(other, _)| other.account == name.account)
        .map(|(other, _)| other.to_string())
        .collect();
    let refusal = Refusal::new(Rule::RecordMissing, format!("the {name} was never enrolled"));
    if others.is_empty() {
        return refusal.hint(format!(
            "nothing of {} is in this vault; another copy may be newer",
            name.account
        ));
    }
    refusal.hint(format!("of this account there is: {}", others.join("; ")))
}
