//! `recover`: one record opened by a quorum.

use super::SystemClock;
use crate::ceremony::gathering::Gathering;
use crate::ceremony::known::KnownEpochs;
use crate::ceremony::ports::Clock as _;
use crate::ceremony::recover::{Opened, Request};
use crate::ceremony::trust::Trust;
use crate::ident::{Mode, PersonId};
use crate::plan::{Factor, Plan, tasks};
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretText;
use crate::shell::args::{Place, Recover, Show};
use crate::shell::guard::{self, Exceptions};
use crate::shell::report::{self, Answer, say};
use crate::shell::scanning::{self, Entry};
use crate::shell::terminal::Terminal;
use crate::shell::{input, machine};
use crate::vault::event::Note;
use crate::vault::record::{Content, RecordName};
use crate::vault::store::Store;
use crate::vault::{Change, Vault};

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
    let request = complete(it, change.vault(), terminal.as_mut())?;
    let show = how_to_show(it.show, request.name.factor)?;
    let trust = trust(it, change.vault(), terminal.as_mut())?;
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

fn complete(it: &Recover, vault: &Vault<'_>, mut terminal: Option<&mut Terminal>) -> Result<Request, Refusal> {
    let plan = vault.plan();
    let account = needed(it.account.clone(), "account", "--account ACCOUNT", &mut terminal)?;
    let account = plan.find_account(&account)?;
    let factor = match it.factor {
        Some(factor) => factor,
        None => needed(
            None,
            "factor (password, mfa, contact)",
            "--factor password|mfa|contact",
            &mut terminal,
        )?
        .parse()
        .map_err(|fault: crate::plan::FactorError| Refusal::new(Rule::Usage, fault.to_string()))?,
    };
    let device = match (factor, &it.device) {
        (Factor::Mfa, Some(device)) => Some(account.find_device(device.as_str())?.name.clone()),
        (Factor::Mfa, None) => Some(only_device(account, &mut terminal)?),
        (_, Some(_)) => {
            return Err(
                Refusal::new(Rule::Usage, format!("a {} has no device", factor.as_str())).hint("leave out --device"),
            );
        }
        (_, None) => None,
    };
    let task = tasks::find_task(&needed(it.task.clone(), "task", "--task TASK", &mut terminal)?)?;
    if let Some(role) = &task.role_suffices {
        say(&format!("note: {} may not need the root user: {role}", task.id));
    }
    let reason: Note = match &it.reason {
        Some(reason) => reason.clone(),
        None => needed(None, "reason", "--reason \"<reason>\"", &mut terminal)?
            .parse()
            .map_err(|fault: &'static str| Refusal::new(Rule::Usage, fault))?,
    };
    let (present, approved_by) = people(it, plan, vault.mode(), &mut terminal)?;
    let name = RecordName {
        account: account.id.clone(),
        factor,
        device,
    };
    Ok(Request {
        name,
        task: task.id.clone(),
        reason,
        present,
        approved_by,
        boot: machine::boot()?,
    })
}

fn people(
    it: &Recover,
    plan: &Plan,
    mode: Mode,
    terminal: &mut Option<&mut Terminal>,
) -> Result<(Vec<PersonId>, Option<PersonId>), Refusal> {
    let mut present: Vec<String> = it.present.iter().map(ToString::to_string).collect();
    let mut approved_by = it.approved_by.as_ref().map(ToString::to_string);
    if let (Mode::Production, Some(terminal)) = (mode, terminal) {
        if present.is_empty() {
            present = terminal
                .ask("present (ids, with commas)")?
                .split(',')
                .map(|id| id.trim().to_string())
                .collect();
        }
        if approved_by.is_none() {
            approved_by = Some(terminal.ask("approved by (id)")?);
        }
    }
    let known = |id: &String| plan.find_person(id).map(|person| person.id.clone());
    Ok((
        present.iter().map(known).collect::<Result<_, _>>()?,
        approved_by.as_ref().map(known).transpose()?,
    ))
}

fn only_device(
    account: &crate::plan::Account,
    terminal: &mut Option<&mut Terminal>,
) -> Result<crate::ident::DeviceName, Refusal> {
    let devices: Vec<_> = account.virtual_devices().map(|device| device.name.clone()).collect();
    if let [only] = devices.as_slice() {
        return Ok(only.clone());
    }
    if devices.is_empty() {
        return Err(Refusal::new(
            Rule::UnknownDevice,
            format!("{} ({}) has no virtual MFA device", account.name, account.id),
        )
        .hint("its token lies in a safe: the plan says where"));
    }
    let names = devices.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let asked = needed(
        None,
        &format!("device ({names})"),
        &format!("--device NAME, one of {names}"),
        terminal,
    )?;
    account.find_device(&asked).map(|device| device.name.clone())
}

/// What was given; else the answer of a person; else a refusal that names the flag.
fn needed(
    given: Option<String>,
    question: &str,
    flag: &str,
    terminal: &mut Option<&mut Terminal>,
) -> Result<String, Refusal> {
    match (given, terminal) {
        (Some(given), _) => Ok(given),
        (None, Some(terminal)) => terminal.ask(question),
        (None, None) => Err(Refusal::new(
            Rule::Usage,
            format!("unattended, everything is given: {flag} is missing"),
        )
        .hint(format!("strongroom recover … {flag} --unattended --stdout"))),
    }
}

/// In production the words of the closing sheet come first. A recovery that people watch may go on without them.
fn trust(it: &Recover, vault: &Vault<'_>, terminal: Option<&mut Terminal>) -> Result<Trust, Refusal> {
    let (Mode::Production, None, Some(terminal)) = (vault.mode(), &it.anchor, terminal) else {
        return Trust::establish(vault, it.anchor.as_ref());
    };
    let typed = terminal.ask("the 8 words of the last signed closing sheet (or: none)")?;
    if typed != "none" {
        let words = typed
            .parse()
            .map_err(|fault: crate::code::words::WordsError| Refusal::new(fault.rule(), fault.to_string()))?;
        return Trust::establish(vault, Some(&words));
    }
    terminal.say("record not vouched for by paper: only the fingerprint on your sheets vouches for the set")?;
    if terminal.confirm("go on all the same, and have it in the ledger?")? {
        Ok(Trust::SharesAlone)
    } else {
        Trust::establish(vault, None)
    }
}

fn gather(
    it: &Recover,
    mode: Mode,
    gathering: &mut Gathering<'_>,
    terminal: Option<&mut Terminal>,
) -> Result<(), Refusal> {
    if !it.scan.is_empty() {
        for file in input::scans(&it.scan)? {
            add(gathering, scanning::read(&file, mode));
        }
        return Ok(());
    }
    let Some(terminal) = terminal else {
        add(
            gathering,
            scanning::read_typed(&input::standard(input::TEXT_MAX)?, mode),
        );
        return Ok(());
    };
    while !gathering.is_enough() {
        let typed = terminal
            .secret_lines("type line A, then line B of one sheet; an empty line ends it; nothing at all gives up")?;
        if typed.is_empty() {
            break;
        }
        add(gathering, scanning::read_typed(&typed, mode));
        say(&gathering.progress());
    }
    Ok(())
}

/// Every bad entry is said, and none ends the gathering.
fn add(gathering: &mut Gathering<'_>, entries: Vec<Entry>) {
    for Entry { paper, from } in entries {
        if let Err(refusal) = paper.and_then(|paper| gathering.add(paper)) {
            report::note(&scanning::of_file(&refusal, &from));
        }
    }
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
