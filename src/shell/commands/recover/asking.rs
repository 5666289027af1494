//! What was not given is asked for; a wrong answer is told, and asked for again.
//!
//! Rules of this file:
//! - unattended, nothing is asked: what is missing is refused by the name of its flag;
//! - an answer is judged as the flag would be, at once, so that what is typed next never goes anywhere else.

use crate::ceremony::generation;
use crate::ceremony::recover::Request;
use crate::ceremony::trust::Trust;
use crate::code::words::{Fingerprint, WordsError};
use crate::ident::{DeviceName, Mode, PersonId};
use crate::plan::tasks::{self, Task};
use crate::plan::{Account, Factor, FactorError, Plan};

use crate::refusal::{Refusal, Rule};
use crate::shell::args::Recover;
use crate::shell::folding::folded;
use crate::shell::guard::Exceptions;
use crate::shell::machine;
use crate::shell::report::say;
use crate::shell::terminal::Terminal;
use crate::vault::Vault;
use crate::vault::event::Note;
use crate::vault::record::RecordName;

/// The requests of one sitting: from the flags, and from a person for what they leave open. Each account has a reason of its own.
pub(super) fn complete(
    it: &Recover,
    vault: &Vault<'_>,
    exceptions: &mut Exceptions,
    mut terminal: Option<&mut Terminal>,
) -> Result<Vec<Request>, Refusal> {
    let plan = vault.plan();
    let names = names_asked(it, vault, &mut terminal)?;
    judge_generation(it, vault, &names)?;
    let task = needed(
        it.task.as_deref(),
        "task, like security-event",
        "--task security-event",
        &mut terminal,
        tasks::find_task,
    )?;
    for name in &names {
        judge_task(it, vault, task, name, exceptions, &mut terminal)?;
    }
    let reasons = reasons(it, &names, &mut terminal)?;
    let (present, approved_by) = people(it, plan, vault.mode(), &mut terminal)?;
    let boot = machine::boot()?;
    let requests = names.into_iter().zip(reasons).map(|(name, reason)| Request {
        name,
        generation: it.generation,
        task: task.id.clone(),
        reason,
        present: present.clone(),
        approved_by: approved_by.clone(),
        boot: boot.clone(),
    });
    Ok(requests.collect())
}

/// Which records are asked for, where nobody is to be asked.
pub(super) fn names(it: &Recover, vault: &Vault<'_>) -> Result<Vec<RecordName>, Refusal> {
    names_asked(it, vault, &mut None)
}

fn names_asked(
    it: &Recover,
    vault: &Vault<'_>,
    terminal: &mut Option<&mut Terminal>,
) -> Result<Vec<RecordName>, Refusal> {
    let plan = vault.plan();
    let mut accounts = Vec::new();
    for text in &it.account {
        accounts.push(plan.find_account(text)?);
    }
    if accounts.is_empty() {
        accounts.push(needed(
            None,
            "account (id or name)",
            "--account ACCOUNT",
            terminal,
            |text| plan.find_account(text),
        )?);
    }
    let factor = it.factor.map(Factor::as_str);
    let question = "factor (password, mfa, contact)";
    let factor = needed(factor, question, "--factor password", terminal, |text| {
        text.parse()
            .map_err(|fault: FactorError| Refusal::new(Rule::Usage, fault.to_string()))
    })?;
    let mut names = Vec::new();
    for account in accounts {
        let name = RecordName {
            account: account.id.clone(),
            factor,
            device: device(it, account, factor, terminal)?,
        };
        if names.contains(&name) {
            return Err(Refusal::new(Rule::Usage, format!("the {name} is asked for twice")));
        }
        names.push(name);
    }
    Ok(names)
}

/// A generation is a number within one record, and one that can be opened.
pub(super) fn judge_generation(it: &Recover, vault: &Vault<'_>, names: &[RecordName]) -> Result<(), Refusal> {
    let Some(asked) = it.generation else { return Ok(()) };
    let [name] = names else {
        return Err(Refusal::new(
            Rule::Usage,
            format!("a generation belongs to one record, and {} are asked for", names.len()),
        )
        .hint(format!("recover it alone: --account ACCOUNT --generation {asked}")));
    };
    generation::choose(vault, name, it.generation).map(|_| ())
}

/// One reason for each account: from the flags, in their order, or asked for.
fn reasons(it: &Recover, names: &[RecordName], terminal: &mut Option<&mut Terminal>) -> Result<Vec<Note>, Refusal> {
    let given = it.reason.len();
    if given > names.len() || (given > 0 && given < names.len() && terminal.is_none()) {
        return Err(Refusal::new(
            Rule::ReasonMissing,
            format!("{} accounts have {given} reasons: each has one of its own", names.len()),
        )
        .hint("--account A --reason \"<reason for A>\" --account B --reason \"<reason for B>\""));
    }
    let mut reasons = it.reason.clone();
    for name in &names[given..] {
        let question = if names.len() == 1 {
            "reason".to_string()
        } else {
            format!("reason for {}", name.account)
        };
        reasons.push(needed(None, &question, "--reason \"<reason>\"", terminal, |text| {
            text.parse()
                .map_err(|fault: &'static str| Refusal::new(Rule::Usage, fault))
        })?);
    }
    Ok(reasons)
}

/// Where an ordinary role suffices, the root user is an exception.
fn judge_task(
    it: &Recover,
    vault: &Vault<'_>,
    task: &Task,
    name: &RecordName,
    exceptions: &mut Exceptions,
    terminal: &mut Option<&mut Terminal>,
) -> Result<(), Refusal> {
    let account = vault.plan().account(&name.account);
    let Some(role) = account.and_then(|account| task.role_for(account)) else {
        return Ok(());
    };
    let found = format!("{} does not need the root user of {}: {role}", task.id, name.account);
    if vault.mode() == Mode::Rehearsal {
        say(&format!("note: {found}"));
        return Ok(());
    }
    let refusal = Refusal::new(Rule::RoleSuffices, found)
        .hint("use the role; to go on all the same, and have it in the ledger: --allow-root \"<reason>\"");
    let reason = match (&it.allow_root, terminal) {
        (None, Some(terminal)) => excused(terminal, &refusal, "why does the role not do")?,
        (given, _) => given.clone(),
    };
    exceptions.allow(Err(refusal), reason.as_ref())
}

/// Says what stands against going on, and takes a reason for it; none where nothing is typed but `no`.
pub(super) fn excused(terminal: &mut Terminal, refusal: &Refusal, question: &str) -> Result<Option<Note>, Refusal> {
    terminal.say(&refusal.to_string())?;
    let answer = terminal.ask(&format!("{question}? (it goes into the ledger; or: no)"))?;
    if answer == "no" {
        return Ok(None);
    }
    let reason = answer.parse().map(Some);
    reason.map_err(|fault: &'static str| Refusal::new(Rule::Usage, fault))
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
pub(super) fn needed<T>(
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
                let columns = terminal.columns();
                terminal.say(&folded(&refusal.to_string(), columns))?;
                for hint in refusal.hints() {
                    terminal.say(&folded(&format!("hint: {hint}"), columns))?;
                }
            }
        }
    }
}
