//! `recover`: one record opened by a quorum; several in one sitting, each for a reason of its own.
//!
//! Rules of this file:
//! - everything is judged before a share is asked for; what was overridden is in the ledger before the work begins;
//! - whatever ends the gathering, the ledger knows which envelopes were opened for it.

mod afar;
mod announcing;
mod asking;
mod gather;
mod in_vain;
mod presenting;
mod screen;
mod sorted;
mod whom;

use self::gather::Gatherer;
use super::SystemClock;
use crate::ceremony::afar::Asking;
use crate::ceremony::known::KnownEpochs;
use crate::ceremony::ports::Clock as _;
use crate::ceremony::recover::{Exposure, Permit, Request};
use crate::ident::{Generation, Mode, PersonId};
use crate::plan::Plan;
use crate::refusal::{Refusal, Rule};
use crate::shell::args::{Place, Recover, Show};
use crate::shell::guard::{self, Exceptions};
use crate::shell::report::{Answer, note, print, say};
use crate::shell::terminal::Terminal;
use crate::vault::store::Store;
use crate::vault::{self, Change, Vault};
use std::collections::BTreeSet;

/// Asks for what was not given, gathers, opens, shows.
pub fn run(place: &Place, it: &Recover) -> Result<Answer, Refusal> {
    if it.whom {
        return say_whom(place, it);
    }
    judge_flags(it)?;
    let mut terminal = if it.unattended { None } else { Some(Terminal::open()?) };
    let store = Store::open(&place.vault)?;
    let mut change = Change::begin(&store, place.site.as_ref())?;
    let mut exceptions = Exceptions::default();
    let requests = asking::complete(it, change.vault(), &mut exceptions, terminal.as_mut())?;
    let shows = requests
        .iter()
        .map(|request| presenting::how_to_show(it.show, request.name.factor, it.stdout));
    let shows = shows.collect::<Result<Vec<Show>, _>>()?;
    let operators = names_of(change.vault().plan(), &requests[0].present);
    let trust = asking::trust(it, change.vault(), terminal.as_mut())?;
    if change.vault().mode() == Mode::Production {
        for request in &requests {
            exceptions.allow(request.judge_boot(change.vault()), it.allow_both_factors.as_ref())?;
        }
    }
    let (asking, title) = told(change.vault(), &requests);
    let names: Vec<_> = requests.iter().map(|request| request.name.clone()).collect();
    let calls = whom::calls(change.vault(), (&names[0], it.generation), &it.away, SystemClock.now());
    let announcements = announcing::judge(it, change.vault(), &requests, &mut exceptions, terminal.as_mut())?;
    let permits = requests
        .into_iter()
        .map(|request| request.judge(change.vault(), &trust));
    let permits = permits.collect::<Result<Vec<Permit>, _>>()?;
    guard::enter(&mut change, &it.overrides, exceptions, SystemClock.now())?;
    announcing::announce(&mut change, announcements, terminal.as_mut())?;
    let known = KnownEpochs::read(change.vault());
    if let Some(terminal) = &mut terminal {
        terminal.say(whom::page(change.vault().plan(), &calls, SystemClock.now()).trim_end())?;
    }
    let mut gatherer = Gatherer {
        it,
        gathering: Permit::gathering(&permits, &known)?,
        sets: gather::sets_of(&permits, &known),
        change: &mut change,
        known: &known,
        asking,
        calls,
        title,
        afar: None,
        lost: Vec::new(),
        said: Vec::new(),
    };
    let held = match gatherer.hold(terminal.as_mut()) {
        Ok(held) => held,
        Err(refusal) => {
            in_vain::record(&mut gatherer)?;
            return Err(refusal);
        }
    };
    let read = gatherer.gathering.read();
    drop(gatherer);
    held.wrong.iter().for_each(note);
    for (permit, show) in permits.into_iter().zip(shows) {
        let exposure = Exposure {
            shown: vault::note(show.as_str())?,
            read: read.clone(),
        };
        let opened = permit.open(&mut change, &held, exposure, SystemClock.now())?;
        presenting::present(it, show, opened, &operators, terminal.as_mut())?;
    }
    if !it.unattended {
        let serials: Vec<String> = read.iter().map(|read| read.serial.to_string()).collect();
        say(&format!("opened envelopes: {}", serials.join(", ")));
        say(
            "next: each back into a new one, with a new seal; what was exposed, to be signed: strongroom print exposure --out DIR",
        );
    }
    Ok(Answer::Done)
}

fn judge_flags(it: &Recover) -> Result<(), Refusal> {
    if it.unattended && !it.stdout {
        return Err(Refusal::new(
            Rule::Usage,
            "unattended, a secret goes where it is asked to go: nothing was named",
        )
        .hint("strongroom recover … --unattended --stdout"));
    }
    let lines_on_input = it.scan.is_empty() && it.camera.is_none() && it.contribution.is_empty() && it.unattended;
    if lines_on_input && it.passphrases.as_deref().is_some_and(|file| file.as_os_str() == "-") {
        return Err(Refusal::new(
            Rule::Usage,
            "standard input cannot carry both the lines and the passphrases",
        )
        .hint("put the passphrases into a file on memory-backed storage: --passphrases FILE"));
    }
    Ok(())
}

/// Whom to call, for people who have no share yet.
fn say_whom(place: &Place, it: &Recover) -> Result<Answer, Refusal> {
    let store = Store::open(&place.vault)?;
    let vault = Vault::load(&store)?;
    let at = it.at.unwrap_or_else(|| SystemClock.now());
    let mut found = true;
    let names = asking::names(it, &vault)?;
    asking::judge_generation(it, &vault, &names)?;
    for name in names {
        let calls = whom::calls(&vault, (&name, it.generation), &it.away, at);
        found &= calls.first().is_some_and(|calls| calls.moment.is_some());
        print(&format!("the {name}: {}", whom::page(vault.plan(), &calls, at)));
    }
    Ok(if found { Answer::Done } else { Answer::No })
}

/// The names of those present, as the plan gives them.
fn names_of(plan: &Plan, present: &[PersonId]) -> Vec<String> {
    let name = |id: &PersonId| plan.person(id).map_or(id.to_string(), |person| person.name.to_string());
    present.iter().map(name).collect()
}

/// What is asked for, as an invitation carries it, and as it stands over the screen.
fn told(vault: &Vault<'_>, requests: &[Request]) -> (Asking, Vec<String>) {
    let plan = vault.plan();
    let first = &requests[0];
    let name_of = |request: &Request| {
        let account = plan.account(&request.name.account);
        account.map_or(request.name.account.to_string(), |account| account.name.to_string())
    };
    let mut title: Vec<String> = requests
        .iter()
        .map(|request| {
            let device = request
                .name
                .device
                .as_ref()
                .map(|device| format!(" {device}"))
                .unwrap_or_default();
            format!(
                "{} ({})   {}{device}{}   {}   \"{}\"",
                name_of(request),
                request.name.account,
                request.name.factor.as_str(),
                of_generation(request.generation),
                request.task,
                request.reason.as_str()
            )
        })
        .collect();
    if !first.present.is_empty() {
        let approved: Vec<PersonId> = first.approved_by.iter().cloned().collect();
        title.push(format!(
            "present  {}     approved by  {}     {} UTC",
            names_of(plan, &first.present).join(", "),
            names_of(plan, &approved).join(", "),
            SystemClock.now().strftime("%H:%M")
        ));
    }
    let reasons: BTreeSet<&str> = requests.iter().map(|request| request.reason.as_str()).collect();
    let all = reasons.into_iter().collect::<Vec<_>>().join("; ");
    // An invitation has no field for it, and a contributor agrees to what is read out.
    let all = match first.generation {
        None => all,
        Some(generation) => format!("generation {generation}: {all}"),
    };
    let asking = Asking {
        account: first.name.account.clone(),
        account_name: name_of(first),
        factor: first.name.factor,
        device: first.name.device.clone(),
        task: first.task.clone(),
        reason: vault::note_of_finding(&all).unwrap_or_else(|_| first.reason.clone()),
        present: first.present.clone(),
        approved_by: first.approved_by.clone(),
        made: SystemClock.now(),
    };
    (asking, title)
}

/// What is said of a generation that was asked for by its number.
fn of_generation(asked: Option<Generation>) -> String {
    asked.map_or(String::new(), |generation| format!(", generation {generation}"))
}
