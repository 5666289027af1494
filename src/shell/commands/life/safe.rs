//! `safe`: visits, lock services, copies of the vault that were looked at.

use super::{day, write};
use crate::ceremony::ports::Clock as _;
use crate::ceremony::upkeep;
use crate::ceremony::upkeep::envelopes;
use crate::ident::{PersonId, SafeId};
use crate::plan::Plan;
use crate::refusal::{Refusal, Rule};
use crate::shell::args::{Place, Safe, SafeCommand};
use crate::shell::commands::SystemClock;
use crate::shell::report::{Answer, print, say};
use crate::vault::Change;
use crate::vault::anchor::Anchor;
use crate::vault::event::{Event, LifeEvent};
use crate::vault::store::Store;

/// Writes down what happened at a safe.
pub fn run(place: &Place, it: &Safe) -> Result<Answer, Refusal> {
    let store = Store::open(&place.vault)?;
    let mut change = Change::begin(&store, place.site.as_ref())?;
    match &it.command {
        SafeCommand::Visit { .. } => visit(&mut change, &it.command),
        SafeCommand::Serviced { safe, seen } => {
            judge(change.vault().plan(), safe, &seen.by)?;
            let serviced = LifeEvent::LockServiced {
                safe: safe.clone(),
                day: day(seen.on),
                by: seen.by.clone(),
            };
            write(&mut change, vec![Event::Life(serviced)])?;
            print(&format!("the lock of {safe} was serviced on {}\n", day(seen.on)));
            Ok(Answer::Done)
        }
        SafeCommand::Copy { copy, head, seen } => {
            let plan = change.vault().plan();
            upkeep::known(plan, &seen.by)?;
            if plan.copy(copy).is_none() {
                let known: Vec<&str> = plan.copies().iter().map(|copy| copy.id.as_str()).collect();
                return Err(
                    Refusal::new(Rule::UnknownCopy, format!("the plan has no copy `{copy}`"))
                        .hint(format!("it has {}", known.join(", "))),
                );
            }
            let anchor = Anchor::find(change.vault().chains(), head)?;
            let entry = change
                .vault()
                .chains()
                .iter()
                .find(|chain| *chain.site() == anchor.site);
            let entry = entry.and_then(|chain| chain.entries().get(anchor.number as usize));
            let entry = entry.ok_or_else(|| Refusal::new(Rule::Internal, "an anchor has its line"))?;
            let confirmed = LifeEvent::CopyConfirmed {
                copy: copy.clone(),
                head: entry.hash,
                day: day(seen.on),
                by: seen.by.clone(),
            };
            let said = format!(
                "{copy} goes up to the closing sheet of {}\n",
                anchor.time.strftime("%Y-%m-%d %H:%M UTC")
            );
            write(&mut change, vec![Event::Life(confirmed)])?;
            print(&said);
            Ok(Answer::Done)
        }
    }
}

fn visit(change: &mut Change<'_>, it: &SafeCommand) -> Result<Answer, Refusal> {
    let SafeCommand::Visit {
        safe,
        at,
        by,
        reason,
        intact,
        broken,
        took,
        put,
        whole,
    } = it
    else {
        return Ok(Answer::Done);
    };
    judge(change.vault().plan(), safe, by)?;
    let named = intact.iter().chain(broken).chain(took).chain(put);
    named
        .into_iter()
        .try_for_each(|serial| envelopes::find(change.vault(), *serial).map(|_| ()))?;
    let event = LifeEvent::Visited {
        safe: safe.clone(),
        at: at.unwrap_or_else(|| SystemClock.now()),
        by: by.clone(),
        reason: reason.clone(),
        intact: intact.clone(),
        broken: broken.clone(),
        taken: took.clone(),
        put: put.clone(),
        whole: *whole,
    };
    let id = write(change, vec![Event::Life(event)])?;
    let life = change.vault().register().life();
    let unexplained = life.visits.get(&id).map_or(Vec::new(), |visit| life.unexplained(visit));
    print(&format!("visit {id}: {safe}\n"));
    for (what, serials) in [("taken out", took), ("put in", put)] {
        if let Some(serial) = serials.first() {
            say(&format!(
                "next, for what was {what}: strongroom envelope open|send|deposit|destroy {serial} …"
            ));
        }
    }
    if unexplained.is_empty() {
        print("what was seen is what the ledger says\n");
        return Ok(Answer::Done);
    }
    for one in &unexplained {
        print(&format!("unexplained: {one}\n"));
    }
    say(&format!(
        "when it is explained: strongroom finding settle {id} --how \"<how>\" --by ID,ID"
    ));
    Ok(Answer::No)
}

fn judge(plan: &Plan, safe: &SafeId, by: &[PersonId]) -> Result<(), Refusal> {
    if plan.safe(safe).is_none() {
        let known: Vec<&str> = plan.safes().iter().map(|safe| safe.id.as_str()).collect();
        return Err(
            Refusal::new(Rule::UnknownSafe, format!("the plan has no safe `{safe}`"))
                .hint(format!("it has {}", known.join(", "))),
        );
    }
    upkeep::known(plan, by)
}
