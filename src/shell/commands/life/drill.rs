//! `drill`: planned, begun, tried, opened, closed with its debrief.

use super::{day, unknown_line, write};
use crate::ceremony::known::KnownEpochs;
use crate::ceremony::ports::Clock as _;
use crate::ceremony::practise::Exercise;
use crate::ceremony::trust::Trust;
use crate::ceremony::upkeep::drills::{self, Planned};
use crate::ceremony::upkeep::{self, two_of};
use crate::ident::Mode;
use crate::paper::forms::runbooks::Runbook;
use crate::plan::{Factor, Plan};
use crate::refusal::{Refusal, Rule};
use crate::shell::args::{DrillArgs, DrillCommand, DrillOpen, Place};
use crate::shell::commands::{SystemClock, count, gathered};
use crate::shell::guard::{self, Exceptions};
use crate::shell::machine;
use crate::shell::report::{self, Answer, print, say};
use crate::vault::event::{Event, LifeEvent, LineId};
use crate::vault::record::RecordName;
use crate::vault::store::Store;
use crate::vault::{Change, Vault, note, read_plan};
use serde_json::json;
use std::fmt::Write as _;

/// Does what was asked.
pub fn run(place: &Place, it: &DrillArgs) -> Result<Answer, Refusal> {
    let store = Store::open(&place.vault)?;
    if let DrillCommand::Plan { from, json } = &it.command {
        let plan = Plan::parse(&read_plan(&store)?)?;
        let drills = drills::of_year(&plan, day(*from));
        print(&if *json {
            as_json(&drills)
        } else {
            as_text(&plan, &drills)
        });
        return Ok(Answer::Done);
    }
    let mut change = Change::begin(&store, place.site.as_ref())?;
    match &it.command {
        DrillCommand::Plan { .. } => Ok(Answer::Done),
        DrillCommand::New { led_by, set, on } => {
            let plan = change.vault().plan();
            upkeep::known(plan, std::slice::from_ref(led_by))?;
            let named = set.iter().map(|name| plan.find_set(name).map(|set| set.name().clone()));
            let mut sets = named.collect::<Result<Vec<_>, _>>()?;
            if sets.is_empty() {
                sets = plan.sets().iter().map(|set| set.name().clone()).collect();
            }
            let begun = LifeEvent::Drill {
                day: day(*on),
                led_by: led_by.clone(),
                sets,
            };
            let id = write(&mut change, vec![Event::Life(begun)])?;
            print(&format!("drill {id}\n"));
            say("next: strongroom print drill --out papers; strongroom prove --scan FILE, one share at a time");
            say(&format!(
                "then: strongroom drill try {id} ACCOUNT… --signed-in yes --phone yes --by ID,ID; strongroom drill close {id} …"
            ));
            Ok(Answer::Done)
        }
        DrillCommand::Try { .. } => tried(&mut change, &it.command),
        DrillCommand::Open(it) => open(&mut change, it),
        DrillCommand::Close { .. } => close(&mut change, &it.command),
    }
}

fn is_open(vault: &Vault<'_>, drill: &LineId) -> Result<(), Refusal> {
    let open: Vec<String> = vault
        .register()
        .life()
        .open_drills()
        .map(|(id, _)| id.to_string())
        .collect();
    if open.contains(&drill.to_string()) {
        return Ok(());
    }
    Err(unknown_line("drill", drill, &open))
}

fn tried(change: &mut Change<'_>, it: &DrillCommand) -> Result<Answer, Refusal> {
    let DrillCommand::Try {
        drill,
        accounts,
        signed_in,
        phone,
        mailbox,
        contact,
        remark,
        seen,
    } = it
    else {
        return Ok(Answer::Done);
    };
    is_open(change.vault(), drill)?;
    let plan = change.vault().plan();
    upkeep::known(plan, &seen.by)?;
    let all = [signed_in, phone, mailbox, contact];
    if all.iter().all(|answer| answer.is_none()) {
        return Err(Refusal::new(Rule::Usage, "nothing was tried")
            .hint("say what came of it: --signed-in yes|no --phone yes|no --mailbox yes|no --contact yes|no"));
    }
    let failed = all.iter().any(|answer| answer.is_some_and(|answer| !answer.0));
    let mut events = Vec::new();
    for account in accounts {
        events.push(Event::Life(LifeEvent::Tried {
            drill: drill.clone(),
            account: plan.find_account(account)?.id.clone(),
            signed_in: signed_in.map(|answer| answer.0),
            phone: phone.map(|answer| answer.0),
            mailbox: mailbox.map(|answer| answer.0),
            contact: contact.map(|answer| answer.0),
            remark: remark.clone(),
            day: day(seen.on),
            by: seen.by.clone(),
        }));
    }
    write(change, events)?;
    print(&format!(
        "{} tried in drill {drill}\n",
        count(accounts.len(), "account")
    ));
    if failed {
        say("what did not work belongs into the debrief, with who changes it, and until when");
        return Ok(Answer::No);
    }
    Ok(Answer::Done)
}

fn open(change: &mut Change<'_>, it: &DrillOpen) -> Result<Answer, Refusal> {
    let exercise = exercise(change.vault().plan(), it)?;
    if it.code && it.factor != Factor::Mfa {
        return Err(Refusal::new(
            Rule::Usage,
            format!("a {} has no code: at a drill it is opened and not shown", it.factor),
        ));
    }
    let trust = Trust::establish(change.vault(), it.anchor.as_ref())?;
    let mut exceptions = Exceptions::default();
    if change.vault().mode() == Mode::Production {
        exceptions.allow(exercise.judge_boot(change.vault()), it.allow_both_factors.as_ref())?;
    }
    let state = exercise.judge(change.vault(), &trust)?;
    guard::enter(change, &it.overrides, exceptions, SystemClock.now())?;
    let known = KnownEpochs::read(change.vault());
    let mut gathering = exercise.gathering(&known, &state)?;
    let mode = change.vault().mode();
    gathered::from_scans(&it.scan, it.passphrases.as_deref(), mode, &mut gathering)?;
    let name = exercise.name.to_string();
    let practised = exercise.open(change, gathering, &state, SystemClock.now())?;
    say(&format!(
        "{name}: it opens; {} could have been opened. Nothing was changed",
        count(practised.reachable, "record")
    ));
    say(&format!(
        "next: sign in, ring the phone, then: strongroom drill try {} {} --signed-in yes --phone yes --by ID,ID",
        it.drill, it.account
    ));
    if let (true, Some(seed)) = (it.code, practised.seed) {
        let now = SystemClock.now().as_second().unsigned_abs();
        report::print_secret(&seed.code_at(now).digits)?;
    }
    Ok(Answer::Done)
}

fn exercise(plan: &Plan, it: &DrillOpen) -> Result<Exercise, Refusal> {
    let account = plan.find_account(&it.account)?;
    let device = match (it.factor, &it.device) {
        (Factor::Mfa, Some(device)) => Some(account.find_device(device.as_str())?.name.clone()),
        (Factor::Mfa, None) => Some(
            account
                .virtual_devices()
                .next()
                .map(|device| device.name.clone())
                .ok_or_else(|| {
                    Refusal::new(Rule::UnknownDevice, format!("{} has no virtual MFA device", account.id))
                })?,
        ),
        (_, None) => None,
        (factor, Some(_)) => {
            return Err(Refusal::new(Rule::Usage, format!("a {factor} has no device")).hint("leave out --device"));
        }
    };
    upkeep::known(plan, &it.present)?;
    Ok(Exercise {
        drill: it.drill.clone(),
        name: RecordName {
            account: account.id.clone(),
            factor: it.factor,
            device,
        },
        present: it.present.clone(),
        boot: machine::boot()?,
    })
}

fn close(change: &mut Change<'_>, it: &DrillCommand) -> Result<Answer, Refusal> {
    let DrillCommand::Close {
        drill,
        practised,
        wrong,
        change: agreed,
        rehearsed,
        seen,
    } = it
    else {
        return Ok(Answer::Done);
    };
    is_open(change.vault(), drill)?;
    let plan = change.vault().plan();
    two_of(plan, &seen.by, "a debrief")?;
    upkeep::known(plan, practised)?;
    let nothing = wrong.as_str() == "nothing";
    if nothing != agreed.is_empty() {
        let found = if nothing {
            "nothing went wrong, and something is changed"
        } else {
            "something went wrong, and nothing is changed"
        };
        return Err(Refusal::new(Rule::DebriefIncomplete, found)
            .hint("say what is changed, by whom, until when: --change \"ID DATE TEXT\"")
            .hint("or, where nothing went wrong: --wrong nothing"));
    }
    let mut events = vec![Event::Life(LifeEvent::Debriefed {
        drill: drill.clone(),
        practised: practised.clone(),
        wrong: wrong.clone(),
        day: day(seen.on),
        by: seen.by.clone(),
    })];
    for name in rehearsed {
        events.push(Event::Life(LifeEvent::Rehearsed {
            drill: drill.clone(),
            runbook: note(Runbook::find(name)?.name)?,
            day: day(seen.on),
        }));
    }
    for one in agreed {
        upkeep::known(plan, std::slice::from_ref(&one.owner))?;
        events.push(Event::Life(LifeEvent::Finding {
            of: note(&format!("drill {drill}"))?,
            found: wrong.clone(),
            change: one.change.clone(),
            owner: one.owner.clone(),
            until: one.until,
        }));
    }
    write(change, events)?;
    print(&format!(
        "drill {drill} is closed: {} to be made\n",
        count(agreed.len(), "change")
    ));
    Ok(Answer::Done)
}

fn as_text(plan: &Plan, drills: &[Planned]) -> String {
    let mut out = String::new();
    for drill in drills {
        let _ = writeln!(out, "{}: {} to prove", drill.day, count(drill.shares.len(), "share"));
        for share in &drill.shares {
            let safe = share.safe.as_ref().map_or("in hand", crate::ident::SafeId::as_str);
            let _ = writeln!(
                out,
                "  {:<22} share {:<3} {:<12} {safe}",
                share.set, share.index, share.custodian
            );
        }
        let quorums = drills::quorums(plan, drill);
        if !quorums.is_empty() {
            let names: Vec<&str> = quorums.iter().map(crate::ident::SetName::as_str).collect();
            let _ = writeln!(
                out,
                "  a quorum of {}: switch the laptop off and on between its shares",
                names.join(", ")
            );
        }
    }
    out
}

fn as_json(drills: &[Planned]) -> String {
    let drills: Vec<_> = drills
        .iter()
        .map(|drill| {
            let shares: Vec<_> = drill
                .shares
                .iter()
                .map(|share| json!({ "set": share.set, "index": share.index.get(), "custodian": share.custodian, "safe": share.safe }))
                .collect();
            json!({ "day": drill.day, "shares": shares })
        })
        .collect();
    format!("{}\n", json!({ "schema": "strongroom/drill-plan/1", "drills": drills }))
}
