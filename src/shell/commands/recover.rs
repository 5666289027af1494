//! `recover`: one record opened by a quorum.

mod asking;

use super::SystemClock;
use crate::ceremony::gathering::{Accepted, Gathering};
use crate::ceremony::known::KnownEpochs;
use crate::ceremony::ports::Clock as _;
use crate::ceremony::recover::Opened;
use crate::ident::Mode;
use crate::plan::Factor;
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretText;
use crate::shell::args::{Place, Recover, Show};
use crate::shell::guard::{self, Exceptions};
use crate::shell::input;
use crate::shell::report::{self, Answer, say};
use crate::shell::scanning::{self, Entry};
use crate::shell::terminal::Terminal;
use crate::vault::Change;
use crate::vault::record::Content;
use crate::vault::store::Store;

/// Asks for what was not given, gathers, opens, shows.
pub fn run(place: &Place, it: &Recover) -> Result<Answer, Refusal> {
    let mut terminal = if it.unattended { None } else { Some(Terminal::open()?) };
    if it.unattended && !it.stdout {
        return Err(Refusal::new(
            Rule::Usage,
            "unattended, a secret goes where it is asked to go: nothing was named",
        )
        .hint("strongroom recover … --unattended --stdout"));
    }
    let store = Store::open(&place.vault)?;
    let mut change = Change::begin(&store, place.site.as_ref())?;
    let request = asking::complete(it, change.vault(), terminal.as_mut())?;
    let show = how_to_show(it.show, request.name.factor)?;
    let trust = asking::trust(it, change.vault(), terminal.as_mut())?;
    let mut exceptions = Exceptions::default();
    if change.vault().mode() == Mode::Production {
        exceptions.allow(request.judge_boot(change.vault()), it.allow_both_factors.as_ref())?;
    }
    let permit = request.judge(change.vault(), &trust)?;
    guard::enter(&mut change, &it.overrides, exceptions, SystemClock.now())?;
    let known = KnownEpochs::read(change.vault());
    let mut gathering = permit.gathering(&known)?;
    gather(it, change.vault().mode(), &mut gathering, terminal.as_mut())?;
    let opened = permit.open(&mut change, gathering, SystemClock.now())?;
    present(it, show, opened, terminal)
}

fn gather(
    it: &Recover,
    mode: Mode,
    gathering: &mut Gathering<'_>,
    terminal: Option<&mut Terminal>,
) -> Result<(), Refusal> {
    if !it.scan.is_empty() {
        for file in input::scans(&it.scan)? {
            add(gathering, scanning::read(&file, mode))
                .iter()
                .for_each(report::note);
        }
        return Ok(());
    }
    let Some(terminal) = terminal else {
        let typed = input::standard(input::TEXT_MAX)?;
        add(gathering, scanning::read_typed(&typed, mode))
            .iter()
            .for_each(report::note);
        return Ok(());
    };
    let mut said = String::new();
    while !gathering.is_enough() {
        let heading = format!(
            "{said}{}\n\nline A, then line B of one sheet; an empty line ends it; nothing at all gives up",
            gathering.progress()
        );
        let typed = terminal.secret_lines(&heading)?;
        if typed.is_empty() {
            break;
        }
        said = add(gathering, scanning::read_typed(&typed, mode))
            .iter()
            .map(|refusal| told(refusal) + "\n")
            .collect();
    }
    Ok(())
}

/// Takes what it can; every bad entry comes back with its place, and none ends the gathering.
fn add(gathering: &mut Gathering<'_>, entries: Vec<Entry>) -> Vec<Refusal> {
    let mut refused = Vec::new();
    for Entry { paper, from } in entries {
        match paper.and_then(|paper| gathering.add(paper)) {
            Ok(Accepted::Unproved) => say(&format!(
                "note: {from}: line A alone counts, but is not proved: line B would tell a wrong one"
            )),
            Ok(Accepted::Proved | Accepted::Again) => {}
            Err(refusal) => refused.push(scanning::of_file(&refusal, &from)),
        }
    }
    refused
}

/// A refusal with its hints, for a screen.
fn told(refusal: &Refusal) -> String {
    let hints = refusal.hints().iter().map(|hint| format!("\n  {hint}"));
    format!("{refusal}{}", hints.collect::<String>())
}

fn how_to_show(asked: Option<Show>, factor: Factor) -> Result<Show, Refusal> {
    match (asked, factor) {
        (Some(Show::Code) | None, Factor::Mfa) => Ok(Show::Code),
        (Some(Show::Code), _) => {
            Err(Refusal::new(Rule::Usage, format!("a {} has no code", factor.as_str())).hint("--show text"))
        }
        _ => Ok(Show::Text),
    }
}

fn present(it: &Recover, show: Show, opened: Opened, terminal: Option<Terminal>) -> Result<Answer, Refusal> {
    let name = opened.record.name.to_string();
    let secret: SecretText = match (opened.record.content, show) {
        (Content::Mfa(seed), Show::Code) => seed.code_at(SystemClock.now().as_second().unsigned_abs()).digits,
        (Content::Mfa(seed), Show::Text) => seed.to_uri(),
        (Content::Password(text) | Content::Contact(text), _) => text,
    };
    match terminal {
        Some(mut terminal) if !it.stdout => terminal.show(&name, &secret)?,
        _ => report::print_secret(&secret)?,
    }
    if !it.unattended {
        say(&format!(
            "shown: the {name}; this quorum of {} could have opened {} records",
            opened.of, opened.reachable
        ));
        say("the envelopes that were opened: back into new ones, with new seals");
    }
    Ok(Answer::Done)
}
