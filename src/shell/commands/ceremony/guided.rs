//! A ceremony that is led: the room, its place for pages, the sitting, the closing sheet.

use super::at_hand::{AtHand, Leading};
use super::place_of;
use crate::ceremony::deal;
use crate::ceremony::ports::{Clock as _, Pages};
use crate::ceremony::sitting::room::Roles;
use crate::ceremony::sitting::{self, Held, Lent, Planned};
use crate::ceremony::steps;
use crate::entropy::{Entropy, System};
use crate::ident::Mode;
use crate::paper::forms::wordings::Wordings;
use crate::paper::forms::{self, Office, Sitting};
use crate::paper::sheet::Press;
use crate::plan::{FreeText, Plan, Role, ShareSet};
use crate::refusal::Refusal;
use crate::shell::args::{Ceremony, InTheRoom};
use crate::shell::commands::SystemClock;
use crate::shell::commands::print::{press, wordings};
use crate::shell::guard::{self, Exceptions};
use crate::shell::lockdown;
use crate::shell::report::{Answer, Standard, print, say};
use crate::shell::terminal::Terminal;
use crate::vault::event::{InRole, Note};
use crate::vault::{Change, note};
use std::cell::RefCell;

/// Leads a room through the dealing of `sets`.
pub(super) fn run(
    change: &mut Change<'_>,
    plan: &Plan,
    sets: Vec<&ShareSet>,
    it: &Ceremony,
) -> Result<Answer, Refusal> {
    let press = press(change.vault(), it.templates.as_deref())?;
    begins_or_goes_on(change, &sets, &press)?;
    let to = place_of(it);
    let mut exceptions = Exceptions::default();
    to.judge_guided(change, &mut exceptions)?;
    if change.vault().mode() == Mode::Production {
        let isolated = guard::judge_isolation(&lockdown::network());
        exceptions.allow(isolated, it.overrides.allow_network.as_ref())?;
    }
    let terminal = RefCell::new(Terminal::open()?);
    let roles = roles(change, plan, &sets, &it.room, &terminal)?;
    let script = steps::dealing(plan, &sets)?;
    let mut desk = AtHand::new(plan, change.vault().mode(), to.out)?;
    let boot = guard::enter(change, &it.overrides, exceptions, SystemClock.now())?;
    let planned = Planned {
        plan,
        sets,
        script,
        roles,
        items: items(plan, &it.item)?,
    };
    let wordings = wordings(it.templates.as_deref())?;
    let mut system = System;
    let mut entropy = Entropy::new(&mut system);
    let mut pages = to.open()?;
    let words = sitting::run(
        change,
        &planned,
        Lent {
            leader: &mut Leading(&terminal),
            desk: &mut desk,
            entropy: &mut entropy,
            clock: &SystemClock,
            pages: Held::new(pages.as_mut(), to.printer.is_some()),
            custodians: &mut Leading(&terminal),
            voice: &mut Standard,
            wordings: &wordings,
            press: &press,
            boot,
        },
    )?;
    closing_sheet(change, &planned, (&wordings, &press), pages.as_mut())?;
    print(&format!("{words}\n{}\n", words.hex_grouped()));
    Ok(Answer::Done)
}

/// Whether these sets can be dealt, or are being dealt by a sitting that was interrupted.
fn begins_or_goes_on(change: &Change<'_>, sets: &[&ShareSet], press: &Press) -> Result<(), Refusal> {
    deal::one_purpose(sets)?;
    let site = change.vault().register().room().site(change.chain().site());
    if site.sitting.is_some() {
        // The sitting is held against its own script when it goes on.
        return deal::check_names(change.vault().plan(), press.faces);
    }
    deal::judge(change.vault(), sets, false, press).map(drop)
}

/// Those who were named, those of the plan, and whoever is named now.
fn roles(
    change: &Change<'_>,
    plan: &Plan,
    sets: &[&ShareSet],
    named: &[InTheRoom],
    terminal: &RefCell<Terminal>,
) -> Result<Roles, Refusal> {
    let mut room: Vec<InRole> = named
        .iter()
        .map(|one| InRole {
            role: one.role,
            person: one.person.clone(),
        })
        .collect();
    for role in Role::ALL {
        if room.iter().any(|one| one.role == role) {
            continue;
        }
        let person = match plan.room().roles.get(&role) {
            Some(person) => person.clone(),
            None => asked(plan, role, terminal)?,
        };
        room.push(InRole { role, person });
    }
    room.sort_by_key(|one| one.role);
    let before = change.vault().register().room();
    Roles::judged(room, plan, sets, change.vault().mode(), before)
}

fn asked(plan: &Plan, role: Role, terminal: &RefCell<Terminal>) -> Result<crate::ident::PersonId, Refusal> {
    loop {
        let typed = terminal
            .borrow_mut()
            .ask(&format!("who is the {role}? an id of the plan"))?;
        match plan.find_person(&typed) {
            Ok(person) => return Ok(person.id.clone()),
            Err(refusal) => terminal.borrow_mut().say(&format!("no: {refusal}"))?,
        }
    }
}

fn items(plan: &Plan, named: &[Note]) -> Result<Vec<Note>, Refusal> {
    let planned = plan.room().items.iter().map(|item| note(item.as_str()));
    planned.chain(named.iter().cloned().map(Ok)).collect()
}

/// The sheet that everybody signs, where the pages went.
fn closing_sheet(
    change: &Change<'_>,
    planned: &Planned<'_>,
    (wordings, press): (&Wordings, &Press),
    pages: &mut dyn Pages,
) -> Result<(), Refusal> {
    let office = Office {
        vault: change.vault(),
        chain: change.chain(),
        faces: press.faces,
        today: SystemClock.now().to_zoned(jiff::tz::TimeZone::UTC).date(),
        wordings,
    };
    let named = |role: Role| -> Option<&FreeText> {
        let person = planned.roles.having(role).next()?;
        planned.plan.person(person).map(|person| &person.name)
    };
    let room: Vec<_> = Role::ALL.map(|role| (role.as_str(), named(role))).into();
    let page = forms::closing(&office, &Sitting { room: &room })?;
    let name = format!(
        "closing-{}-{}.pdf",
        office.chain.site(),
        office.chain.entries().len() - 1
    );
    pages.put(&name, &page)?;
    say(&format!("the closing sheet is {name}: everybody signs it. its words:"));
    Ok(())
}
