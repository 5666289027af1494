//! `recover`: one record opened by a quorum.

mod asking;

use super::SystemClock;
use crate::ceremony::gathering::{Accepted, Gathering};
use crate::ceremony::known::KnownEpochs;
use crate::ceremony::ports::{Clock as _, Passphrases};
use crate::ceremony::recover::Opened;
use crate::code::share_code::PaperShare;
use crate::ident::{Mode, PersonId};
use crate::plan::{Factor, Plan};
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretText;
use crate::shell::args::{Place, Recover, Show};
use crate::shell::decoder::Decoder;
use crate::shell::guard::{self, Exceptions};
use crate::shell::input;
use crate::shell::offering;
use crate::shell::passphrases;
use crate::shell::report::{self, Answer, say};
use crate::shell::scanning::{self, Entry};
use crate::shell::showing;
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
    let show = how_to_show(it.show, request.name.factor, it.stdout)?;
    let operators = names_of(change.vault().plan(), &request.present);
    let trust = asking::trust(it, change.vault(), terminal.as_mut())?;
    let mut exceptions = Exceptions::default();
    if change.vault().mode() == Mode::Production {
        exceptions.allow(request.judge_boot(change.vault()), it.allow_both_factors.as_ref())?;
    }
    let permit = request.judge(change.vault(), &trust)?;
    guard::enter(&mut change, &it.overrides, exceptions, SystemClock.now())?;
    let known = KnownEpochs::read(change.vault());
    let mut gathering = permit.gathering(&known)?;
    if it.passphrases.as_deref().is_some_and(|file| file.as_os_str() == "-") && it.scan.is_empty() {
        return Err(Refusal::new(
            Rule::Usage,
            "standard input cannot carry both the lines and the passphrases",
        )
        .hint("put the passphrases into a file on memory-backed storage: --passphrases FILE"));
    }
    gather(it, change.vault().mode(), &mut gathering, terminal.as_mut())?;
    let opened = permit.open(&mut change, gathering, SystemClock.now())?;
    present(it, show, opened, &operators, terminal)
}

/// The names of those present, as the plan gives them.
fn names_of(plan: &Plan, present: &[PersonId]) -> Vec<String> {
    let name = |id: &PersonId| plan.person(id).map_or(id.to_string(), |person| person.name.to_string());
    present.iter().map(name).collect()
}

fn gather(
    it: &Recover,
    mode: Mode,
    gathering: &mut Gathering<'_>,
    terminal: Option<&mut Terminal>,
) -> Result<(), Refusal> {
    if !it.scan.is_empty() {
        let files = input::scans(&it.scan)?;
        let mut decoder = Decoder::default();
        let entries = files
            .iter()
            .flat_map(|file| scanning::read(&mut decoder, file, mode))
            .collect();
        let mut terminal = terminal;
        let mut passphrases = passphrases::source(it.passphrases.as_deref(), terminal.as_deref_mut())?;
        gather_all(entries, gathering, &mut *passphrases);
        drop(passphrases);
        for lost in std::mem::take(&mut decoder.lost) {
            let Some(terminal) = terminal.as_deref_mut().filter(|_| !gathering.is_enough()) else {
                break;
            };
            let entries = lost.ask(terminal, mode)?;
            let mut passphrases = passphrases::source(it.passphrases.as_deref(), Some(terminal))?;
            gather_all(entries, gathering, &mut *passphrases);
        }
        return Ok(());
    }
    let Some(terminal) = terminal else {
        let entries = scanning::read_typed(&input::standard(input::TEXT_MAX)?, mode);
        let mut passphrases = passphrases::source(it.passphrases.as_deref(), None)?;
        gather_all(entries, gathering, &mut *passphrases);
        return Ok(());
    };
    gather_typed(it, mode, gathering, terminal)
}

/// Takes every entry; those under a passphrase last, and only as many as the quorum lacks: a custodian is not asked in vain.
fn gather_all(entries: Vec<Entry>, gathering: &mut Gathering<'_>, passphrases: &mut dyn Passphrases) {
    let is_locked = |entry: &Entry| entry.paper.as_ref().is_ok_and(PaperShare::is_locked);
    let (locked, open): (Vec<Entry>, Vec<Entry>) = entries.into_iter().partition(is_locked);
    for entry in open {
        add(gathering, entry, passphrases).iter().for_each(report::note);
    }
    for entry in locked {
        if gathering.is_enough() {
            break;
        }
        add(gathering, entry, passphrases).iter().for_each(report::note);
    }
}

fn gather_typed(
    it: &Recover,
    mode: Mode,
    gathering: &mut Gathering<'_>,
    terminal: &mut Terminal,
) -> Result<(), Refusal> {
    let mut said = String::new();
    while !gathering.is_enough() {
        let heading = format!(
            "{said}{}\n\nthe lines of one sheet, A first; an empty line ends it; nothing at all gives up",
            gathering.progress()
        );
        let typed = terminal.secret_lines(&heading)?;
        if typed.is_empty() {
            break;
        }
        let entries = offering::read_typed(terminal, &typed, mode)?;
        let mut passphrases = passphrases::source(it.passphrases.as_deref(), Some(terminal))?;
        let refused = entries
            .into_iter()
            .filter_map(|entry| add(gathering, entry, &mut *passphrases));
        said = refused.map(|refusal| told(&refusal) + "\n").collect();
    }
    Ok(())
}

/// Takes an entry if it can; a bad one comes back with its place, and does not end the gathering.
fn add(gathering: &mut Gathering<'_>, entry: Entry, passphrases: &mut dyn Passphrases) -> Option<Refusal> {
    let Entry { paper, from } = entry;
    match paper.and_then(|paper| gathering.add(paper, passphrases)) {
        Ok(Accepted::Unproved) => {
            say(&format!(
                "note: {from}: it counts, but is not proved: its last line would tell a wrong one"
            ));
            None
        }
        Ok(Accepted::Proved | Accepted::Again) => None,
        Err(refusal) => Some(scanning::of_file(&refusal, &from)),
    }
}

/// A refusal with its hints, for a screen.
fn told(refusal: &Refusal) -> String {
    let hints = refusal.hints().iter().map(|hint| format!("\n  {hint}"));
    format!("{refusal}{}", hints.collect::<String>())
}

/// What is shown where nothing was asked for: a code of a device, a password in halves, a contact as text; to a pipe never halves.
fn how_to_show(asked: Option<Show>, factor: Factor, stdout: bool) -> Result<Show, Refusal> {
    match (asked, factor) {
        (None | Some(Show::Code), Factor::Mfa) => Ok(Show::Code),
        (None, Factor::Password) if !stdout => Ok(Show::Halves),
        (None, _) => Ok(Show::Text),
        (Some(Show::Code), _) => {
            Err(Refusal::new(Rule::Usage, format!("a {} has no code", factor.as_str())).hint("--show text"))
        }
        (Some(Show::Halves), Factor::Mfa | Factor::Contact) => Err(Refusal::new(
            Rule::Usage,
            format!("{} is not shown in halves, only a password is", factor.as_str()),
        )
        .hint("--show text")),
        (Some(Show::Halves), _) if stdout => Err(Refusal::new(
            Rule::Usage,
            "halves are for two people at a terminal, not for a pipe",
        )
        .hint("leave out --stdout; or --show text --stdout")),
        (Some(show), _) => Ok(show),
    }
}

fn present(
    it: &Recover,
    show: Show,
    opened: Opened,
    operators: &[String],
    terminal: Option<Terminal>,
) -> Result<Answer, Refusal> {
    let name = opened.record.name.to_string();
    match terminal {
        Some(mut terminal) if !it.stdout => at_the_terminal(&mut terminal, &name, show, &opened, operators)?,
        _ => report::print_secret(&to_a_pipe(show, opened.record.content)?)?,
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

fn at_the_terminal(
    terminal: &mut Terminal,
    name: &str,
    show: Show,
    opened: &Opened,
    operators: &[String],
) -> Result<(), Refusal> {
    let operator = |at: usize, otherwise: &'static str| operators.get(at).map_or(otherwise, String::as_str);
    let operators = [operator(0, "the first operator"), operator(1, "the second operator")];
    match (&opened.record.content, show) {
        (Content::Mfa(seed), Show::Code) => showing::code(terminal, name, seed, &SystemClock),
        (Content::Mfa(seed), Show::Qr) => showing::qr(terminal, name, &seed.to_uri()),
        (Content::Mfa(seed), _) => showing::text(terminal, name, &seed.to_uri()),
        (Content::Password(password), Show::Halves) => showing::in_halves(terminal, name, password, operators),
        (Content::Password(text) | Content::Contact(text), Show::Qr) => showing::qr(terminal, name, text),
        (Content::Password(text) | Content::Contact(text), _) => showing::text(terminal, name, text),
    }
}

fn to_a_pipe(show: Show, content: Content) -> Result<SecretText, Refusal> {
    let text = match (content, show) {
        (Content::Mfa(seed), Show::Code) => seed.code_at(SystemClock.now().as_second().unsigned_abs()).digits,
        (Content::Mfa(seed), _) => seed.to_uri(),
        (Content::Password(text) | Content::Contact(text), _) => text,
    };
    match show {
        Show::Qr => showing::qr_text(&text),
        _ => Ok(text),
    }
}
