//! `enroll --worklist`: account by account, as it is done at the provider, over as many days as it takes.
//!
//! Rules of this file:
//! - a password is locked and in the ledger before anybody sees a half of it;
//! - it is shown to two operators, one half each, while it is set on another machine; then it is wiped;
//! - of a seed two consecutive codes are shown: the provider wants both.

use crate::ceremony::enroll::{self, Terms};
use crate::ceremony::ports::Clock as _;
use crate::ceremony::trust::Trust;
use crate::ceremony::worklist::{self, Row, State};
use crate::entropy::System;
use crate::ident::{Generation, PersonId};
use crate::plan::Factor;
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretText;
use crate::shell::args::Enroll;
use crate::shell::commands::{SystemClock, count};
use crate::shell::guard::{self, Exceptions};
use crate::shell::report::{Answer, print};
use crate::shell::terminal::Terminal;
use crate::shell::{passphrases, seeds, showing};
use crate::vault::event::{AtProvider, Event, RoomEvent};
use crate::vault::record::Content;
use crate::vault::{Change, note};
use std::fmt::Write as _;
use std::path::PathBuf;

/// About how long one account takes, in minutes, until the sitting has shown how long it really takes.
const MINUTES: u64 = 4;

/// Shows how far all are; at a terminal, goes on with what is left.
pub(super) fn run(change: &mut Change<'_>, it: &Enroll) -> Result<Answer, Refusal> {
    if it.factor == Factor::Contact {
        return Err(Refusal::new(
            Rule::Usage,
            "contacts are not set at the provider: they have no worklist",
        )
        .hint("strongroom enroll ACCOUNT --factor contact --from FILE"));
    }
    let rows = worklist::rows(change.vault(), it.factor, it.device.as_ref());
    print(&table(&rows, it.factor));
    let left: Vec<Row> = rows.into_iter().filter(|row| !row.state.is_done()).collect();
    let Some(mut terminal) = passphrases::person().filter(|_| !left.is_empty()) else {
        return Ok(Answer::Done);
    };
    let trust = Trust::establish(change.vault(), it.anchor.as_ref())?;
    let operators = operators(change, it.factor, &mut terminal)?;
    guard::enter(change, &it.overrides, Exceptions::default(), SystemClock.now())?;
    let all = left.len() as u64;
    for (done, row) in (0..).zip(&left) {
        let spent = SystemClock.elapsed().as_secs() / 60;
        let each = spent.checked_div(done).map_or(MINUTES, |each| each.max(1));
        terminal.say(&format!(
            "\n{} of {all}   {} {}   {}   about {} min left",
            done + 1,
            row.account,
            row.name,
            row.state.as_str(it.factor),
            each * (all - done)
        ))?;
        match terminal.answer("enter goes on, s skips it, q ends for today")?.as_str() {
            "q" => break,
            "s" => {}
            _ => one(change, it, &trust, row, &operators, &mut terminal)?,
        }
    }
    print(&table(
        &worklist::rows(change.vault(), it.factor, it.device.as_ref()),
        it.factor,
    ));
    Ok(Answer::Done)
}

fn table(rows: &[Row], factor: Factor) -> String {
    let done = rows.iter().filter(|row| row.state.is_done()).count();
    let mut out = format!("{done} of {} done\n", count(rows.len(), "record"));
    for row in rows {
        let generation = row.generation.map(|generation| format!(", generation {generation}"));
        let _ = writeln!(
            out,
            "  {:<26}{}{}",
            row.state.as_str(factor),
            row.name,
            generation.unwrap_or_default()
        );
    }
    out
}

fn operators(change: &Change<'_>, factor: Factor, terminal: &mut Terminal) -> Result<Vec<PersonId>, Refusal> {
    let which: &[&str] = match factor {
        Factor::Password => &["who sees the first half?", "who sees the second half?"],
        _ => &["who sets the device up?", "who watches?"],
    };
    loop {
        let mut people = Vec::new();
        for question in which {
            let typed = terminal.ask(&format!("{question} an id of the plan"))?;
            people.push(
                change
                    .vault()
                    .plan()
                    .find_person(&typed)
                    .map(|person| person.id.clone()),
            );
        }
        let people: Result<Vec<PersonId>, Refusal> = people.into_iter().collect();
        let judged = people.and_then(|people| {
            worklist::judge_operators(change.vault(), factor, &people)?;
            Ok(people)
        });
        match judged {
            Ok(people) => return Ok(people),
            Err(refusal) if refusal.rule() == Rule::UnknownPerson => terminal.say(&format!("no: {refusal}"))?,
            Err(refusal) => return Err(refusal),
        }
    }
}

fn one(
    change: &mut Change<'_>,
    it: &Enroll,
    trust: &Trust,
    row: &Row,
    operators: &[PersonId],
    terminal: &mut Terminal,
) -> Result<(), Refusal> {
    let generation = match (row.state, row.generation) {
        (State::Provider(AtProvider::Set), Some(generation)) => generation,
        _ => match lock_and_show(change, it, trust, row, operators, terminal)? {
            Some(generation) => generation,
            None => return Ok(()),
        },
    };
    let question = "sign in with it now. did that work? y, n, or later";
    match terminal.ask(question)?.as_str() {
        "y" => tell(change, row, generation, AtProvider::SignedIn, operators),
        "n" => tell(change, row, generation, AtProvider::Refused, operators),
        _ => Ok(()),
    }
}

/// Locks, shows, and asks whether the provider has taken it; nothing where it has not.
fn lock_and_show(
    change: &mut Change<'_>,
    it: &Enroll,
    trust: &Trust,
    row: &Row,
    operators: &[PersonId],
    terminal: &mut Terminal,
) -> Result<Option<Generation>, Refusal> {
    let reason = note("the provider never had the generation before it")?;
    let work = worklist::work(change.vault(), row, &reason)?;
    let mut brought = match it.factor {
        Factor::Mfa => {
            let file = terminal.ask("the file with its QR code or otpauth text")?;
            Some(seeds::bring(&PathBuf::from(file), false, std::slice::from_ref(&work))?)
        }
        _ => None,
    };
    let mut system = System;
    let mut entropy = change.entropy(&mut system);
    let mut shown = None;
    let terms = Terms {
        reason: row.generation.is_some().then_some(reason),
        unattended: false,
    };
    enroll::enroll(
        change,
        trust,
        it.factor,
        std::slice::from_ref(&work),
        |work| {
            let content = match &mut brought {
                Some(brought) => enroll::imported(it.factor, &brought.take(&work.name)?)?,
                None => enroll::fresh_password(work, it.length, &mut entropy)?,
            };
            shown = Some(copied(&content)?);
            Ok(content)
        },
        &terms,
        SystemClock.now(),
    )?;
    if let Some(shown) = shown {
        show(change, row, &shown, operators, terminal)?;
    }
    match terminal.ask("has the provider taken it? y, n, or later")?.as_str() {
        "y" => {
            tell(change, row, work.generation, AtProvider::Set, operators)?;
            Ok(Some(work.generation))
        }
        "n" => tell(change, row, work.generation, AtProvider::Refused, operators).map(|()| None),
        _ => Ok(None),
    }
}

/// What is shown while it is set: a password, or a seed by the codes that it gives.
enum Shown {
    Password(SecretText),
    Seed(crate::crypto::totp::Seed),
}

fn copied(content: &Content) -> Result<Shown, Refusal> {
    match content {
        Content::Password(password) => {
            Ok(Shown::Password(password.expose(|text| {
                SecretText::build(text.len(), |copy| copy.push_str(text))
            })))
        }
        Content::Mfa(seed) => Ok(Shown::Seed(seed.to_uri().expose(crate::crypto::totp::Seed::parse)?)),
        Content::Contact(_) => Err(Refusal::new(Rule::Internal, "contacts have no worklist")),
    }
}

fn show(
    change: &Change<'_>,
    row: &Row,
    shown: &Shown,
    operators: &[PersonId],
    terminal: &mut Terminal,
) -> Result<(), Refusal> {
    let name = |at: usize| {
        let person = operators.get(at).and_then(|id| change.vault().plan().person(id));
        person.map(|person| person.name.to_string()).unwrap_or_default()
    };
    match shown {
        Shown::Password(password) => {
            showing::in_halves(terminal, &row.name.to_string(), password, [&name(0), &name(1)])
        }
        Shown::Seed(seed) => showing::code(terminal, &row.name.to_string(), seed, &SystemClock),
    }
}

fn tell(
    change: &mut Change<'_>,
    row: &Row,
    generation: Generation,
    state: AtProvider,
    operators: &[PersonId],
) -> Result<(), Refusal> {
    let event = RoomEvent::AtProvider {
        account: row.name.account.clone(),
        factor: row.name.factor,
        device: row.name.device.clone(),
        generation,
        state,
        by: operators.to_vec(),
    };
    change.commit(&[], vec![Event::Room(event)], SystemClock.now())
}
