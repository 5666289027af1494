//! `review`: who has access, answered for by two.

use super::{day, unknown_line, write};
use crate::ceremony::upkeep::accesses::{self, Access};
use crate::ceremony::upkeep::{self, two_of};
use crate::refusal::{Refusal, Rule};
use crate::shell::args::{Place, ReviewArgs, ReviewCommand};
use crate::shell::commands::count;
use crate::shell::report::{Answer, print, say};
use crate::vault::event::{Event, LifeEvent, LineId, Note, ReviewAnswer, Verdict};
use crate::vault::store::Store;
use crate::vault::{Change, note};
use serde_json::json;
use std::fmt::Write as _;

/// Begins a review, or closes it.
pub fn run(place: &Place, it: &ReviewArgs) -> Result<Answer, Refusal> {
    let store = Store::open(&place.vault)?;
    let mut change = Change::begin(&store, place.site.as_ref())?;
    match &it.command {
        ReviewCommand::New {
            led_by,
            on,
            by_account,
            json,
        } => {
            upkeep::known(change.vault().plan(), std::slice::from_ref(led_by))?;
            let begun = LifeEvent::Review {
                day: day(*on),
                led_by: led_by.clone(),
            };
            let id = write(&mut change, vec![Event::Life(begun)])?;
            let all = accesses::all(change.vault().plan());
            print(&if *json {
                as_json(&id, &all)
            } else {
                as_text(&id, &all, *by_account)
            });
            say(&format!(
                "the form to sign: strongroom print review --out papers; then: strongroom review close {id} --by ID,ID"
            ));
            Ok(Answer::Done)
        }
        ReviewCommand::Close { .. } => close(&mut change, &it.command),
    }
}

fn close(change: &mut Change<'_>, it: &ReviewCommand) -> Result<Answer, Refusal> {
    let ReviewCommand::Close {
        review,
        remove,
        change: changed,
        owner,
        until,
        seen,
    } = it
    else {
        return Ok(Answer::Done);
    };
    let plan = change.vault().plan();
    two_of(plan, &seen.by, "a review")?;
    let life = change.vault().register().life();
    let open: Vec<String> = life.open_reviews().map(|(id, _)| id.to_string()).collect();
    if !open.contains(&review.to_string()) {
        return Err(unknown_line("review", review, &open));
    }
    let all = accesses::all(plan);
    let others = answers(&all, remove, changed)?;
    let mut events = vec![Event::Life(LifeEvent::Reviewed {
        review: review.clone(),
        kept: (all.len() - others.len()) as u64,
        others: others.clone(),
        day: day(seen.on),
        by: seen.by.clone(),
    })];
    if !others.is_empty() {
        let (Some(owner), Some(until)) = (owner, until) else {
            return Err(Refusal::new(
                Rule::DebriefIncomplete,
                format!("{} not kept, and nobody sees to it", count(others.len(), "access")),
            )
            .hint("name who changes the plan, and until when: --owner ID --until DATE"));
        };
        upkeep::known(plan, std::slice::from_ref(owner))?;
        for one in &others {
            events.push(Event::Life(LifeEvent::Finding {
                of: note(&format!("review {review}"))?,
                found: one.access.clone(),
                change: note(&format!("{} it in the plan", one.answer.as_str()))?,
                owner: owner.clone(),
                until: *until,
            }));
        }
    }
    write(change, events)?;
    print(&format!(
        "review {review} is signed: {} kept, {} not\n",
        all.len() - others.len(),
        others.len()
    ));
    Ok(Answer::Done)
}

fn answers(all: &[Access], remove: &[Note], changed: &[Note]) -> Result<Vec<ReviewAnswer>, Refusal> {
    let named = remove.iter().map(|access| (access, Verdict::Remove));
    let named = named.chain(changed.iter().map(|access| (access, Verdict::Change)));
    let mut others: Vec<ReviewAnswer> = Vec::new();
    for (access, answer) in named {
        if !all.iter().any(|one| one.line == access.as_str()) {
            let found = format!("the plan gives no access `{}`", access.as_str());
            let refusal = Refusal::new(Rule::InputMalformed, found);
            let near = crate::plan::nearest(access.as_str(), all.iter().map(|one| one.line.as_str()));
            return Err(match near {
                Some(near) => refusal.hint(format!("did you mean `{near}`")),
                None => refusal.hint("the accesses stand in the answer of: strongroom review new --led-by ID"),
            });
        }
        if others.iter().any(|one| one.access == *access) {
            return Err(Refusal::new(
                Rule::InputMalformed,
                format!("`{}` is answered twice", access.as_str()),
            ));
        }
        others.push(ReviewAnswer {
            access: access.clone(),
            answer,
        });
    }
    Ok(others)
}

fn as_text(id: &LineId, all: &[Access], by_account: bool) -> String {
    let mut out = format!("review {id}: {} to answer for\n", count(all.len(), "line"));
    let mut group = |name: &str, lines: &[&Access]| {
        let _ = writeln!(out, "{name}");
        for access in lines {
            let _ = writeln!(out, "  {}", access.line);
        }
    };
    if by_account {
        for (account, lines) in accesses::by_account(all) {
            group(
                if account.is_empty() {
                    "of several accounts"
                } else {
                    account
                },
                &lines,
            );
        }
    } else {
        for (person, lines) in accesses::by_person(all) {
            group(person.as_str(), &lines);
        }
    }
    out
}

fn as_json(id: &LineId, all: &[Access]) -> String {
    let accesses: Vec<_> = all
        .iter()
        .map(|one| json!({ "access": one.line, "person": one.person, "account": one.account }))
        .collect();
    format!(
        "{}\n",
        json!({ "schema": "strongroom/review-new/1", "review": id.to_string(), "accesses": accesses })
    )
}
