//! What was not given is asked for; a wrong answer is told, and asked for again.
//!
//! Rules of this file:
//! - unattended, nothing is asked: what is missing is refused by the name of its flag;
//! - an answer is judged as the flag would be, at once, so that what is typed next never goes anywhere else.

use crate::ceremony::recover::Request;
use crate::ceremony::trust::Trust;
use crate::code::words::{Fingerprint, WordsError};
use crate::ident::{DeviceName, Mode, PersonId};
use crate::plan::{Account, Factor, FactorError, Plan, tasks};
use crate::refusal::{Refusal, Rule};
use crate::shell::args::Recover;
use crate::shell::machine;
use crate::shell::report::say;
use crate::shell::terminal::Terminal;
use crate::vault::Vault;
use crate::vault::event::Note;
use crate::vault::record::RecordName;

/// The request: from the flags, and from a person for what they leave open.
pub(super) fn complete(
    it: &Recover,
    vault: &Vault<'_>,
    mut terminal: Option<&mut Terminal>,
) -> Result<Request, Refusal> {
    let plan = vault.plan();
    let account = needed(
        it.account.as_deref(),
        "account",
        "--account ACCOUNT",
        &mut terminal,
        |text| plan.find_account(text),
    )?;
    let factor = it.factor.map(Factor::as_str);
    let factor = needed(
        factor,
        "factor (password, mfa, contact)",
        "--factor password",
        &mut terminal,
        |text| {
            text.parse()
                .map_err(|fault: FactorError| Refusal::new(Rule::Usage, fault.to_string()))
        },
    )?;
    let device = device(it, account, factor, &mut terminal)?;
    let task = needed(
        it.task.as_deref(),
        "task",
        "--task security-event",
        &mut terminal,
        tasks::find_task,
    )?;
    if let Some(role) = &task.role_suffices {
        say(&format!("note: {} may not need the root user: {role}", task.id));
    }
    let reason = it.reason.as_ref().map(Note::as_str);
    let reason = needed(reason, "reason", "--reason \"<reason>\"", &mut terminal, |text| {
        text.parse()
            .map_err(|fault: &'static str| Refusal::new(Rule::Usage, fault))
    })?;
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

/// In production the words of the closing sheet come first. A recovery that people watch may go on without them.
pub(super) fn trust(it: &Recover, vault: &Vault<'_>, terminal: Option<&mut Terminal>) -> Result<Trust, Refusal> {
    let (Mode::Production, None, Some(terminal)) = (vault.mode(), &it.anchor, terminal) else {
        return Trust::establish(vault, it.anchor.as_ref());
    };
    let question = "the 8 words of the last signed closing sheet (or: none)";
    let words = needed(
        None,
        question,
        "--anchor WORDS",
        &mut Some(&mut *terminal),
        |text| match text {
            "none" => Ok(None),
            words => words
                .parse::<Fingerprint>()
                .map(Some)
                .map_err(|fault: WordsError| Refusal::new(fault.rule(), fault.to_string())),
        },
    )?;
    if words.is_some() {
        return Trust::establish(vault, words.as_ref());
    }
    terminal.say("record not vouched for by paper: only the fingerprint on your sheets vouches for the set")?;
    if terminal.confirm("go on all the same, and have it in the ledger?")? {
        return Ok(Trust::SharesAlone);
    }
    Trust::establish(vault, None)
}

fn device(
    it: &Recover,
    account: &Account,
    factor: Factor,
    terminal: &mut Option<&mut Terminal>,
) -> Result<Option<DeviceName>, Refusal> {
    if factor != Factor::Mfa {
        return match &it.device {
            None => Ok(None),
            Some(_) => Err(Refusal::new(Rule::Usage, format!("a {factor} has no device")).hint("leave out --device")),
        };
    }
    let names: Vec<&str> = account.virtual_devices().map(|device| device.name.as_str()).collect();
    let Some(first) = names.first() else {
        let found = format!("{} ({}) has no virtual MFA device", account.name, account.id);
        return Err(Refusal::new(Rule::UnknownDevice, found).hint("its token lies in a safe: the plan says where"));
    };
    let given = it
        .device
        .as_ref()
        .map(DeviceName::as_str)
        .or_else(|| (names.len() == 1).then_some(*first));
    let (question, flag) = (format!("device ({})", names.join(", ")), format!("--device {first}"));
    needed(given, &question, &flag, terminal, |text| {
        account.find_device(text).map(|device| Some(device.name.clone()))
    })
}

/// Who is there and who approved. Only production asks: a rehearsal has nothing to protect.
fn people(
    it: &Recover,
    plan: &Plan,
    mode: Mode,
    terminal: &mut Option<&mut Terminal>,
) -> Result<(Vec<PersonId>, Option<PersonId>), Refusal> {
    let known = |text: &str| plan.find_person(text.trim()).map(|person| person.id.clone());
    let all = |text: &str| text.split(',').map(known).collect::<Result<Vec<_>, _>>();
    let given: Vec<&str> = it.present.iter().map(PersonId::as_str).collect();
    let given = (!given.is_empty()).then(|| given.join(","));
    let approved = it.approved_by.as_ref().map(PersonId::as_str);
    if mode == Mode::Rehearsal || terminal.is_none() {
        // Too few people are refused where the request is judged.
        return Ok((
            given.map_or(Ok(Vec::new()), |text| all(&text))?,
            approved.map(known).transpose()?,
        ));
    }
    let present = needed(
        given.as_deref(),
        "present, two or more (ids, with commas)",
        "--present ID,ID",
        terminal,
        |text| {
            let people = all(text)?;
            if people.len() < 2 {
                return Err(Refusal::new(
                    Rule::TooFewPeople,
                    "in production two people are present at a recovery",
                ));
            }
            Ok(people)
        },
    )?;
    let approved = needed(approved, "approved by (id)", "--approved-by ID", terminal, |text| {
        let person = known(text)?;
        if present.contains(&person) {
            return Err(Refusal::new(
                Rule::TooFewPeople,
                format!("{person} cannot approve what {person} is present to do"),
            ));
        }
        Ok(person)
    })?;
    Ok((present, Some(approved)))
}

/// What was given, judged; else the first answer of a person that holds; else a refusal that names the flag.
fn needed<T>(
    given: Option<&str>,
    question: &str,
    flag: &str,
    terminal: &mut Option<&mut Terminal>,
    judge: impl Fn(&str) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    if let Some(given) = given {
        return judge(given);
    }
    let Some(terminal) = terminal else {
        return Err(Refusal::new(
            Rule::Usage,
            format!("unattended, everything is given: {flag} is missing"),
        )
        .hint(format!("strongroom recover … {flag} --unattended --stdout")));
    };
    loop {
        match judge(&terminal.ask(question)?) {
            Ok(answer) => return Ok(answer),
            Err(refusal) => {
                terminal.say(&refusal.to_string())?;
                for hint in refusal.hints() {
                    terminal.say(&format!("hint: {hint}"))?;
                }
            }
        }
    }
}
