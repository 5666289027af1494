//! Factors locked to live sets. Needs no quorum: locking takes the public half only.
//!
//! Rules of this file:
//! - a record is locked to every live epoch that protects the factor, and to nothing that is not live;
//! - in production the sets must have been live on paper (`trust`), or a planted recipient would open everything;
//! - one command is one line of the ledger: a crash leaves all of its records or none;
//! - a factor that is enrolled is replaced only for a stated reason (S4), by a new generation; the old file stays.

use super::trust::Trust;
use crate::crypto::password::{self, Length};
use crate::crypto::totp::Seed;
use crate::entropy::Entropy;
use crate::ident::{DeviceName, Generation};
use crate::plan::{Account, Factor};
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretText;
use crate::vault::event::{Event, LockedRecordNote, Note, SetEpoch};
use crate::vault::ledger::Hash;
use crate::vault::record::{Content, Record, RecordName};
use crate::vault::{Change, Vault};
use jiff::Timestamp;

/// One factor of one account that is to be locked.
pub struct Work {
    /// Which.
    pub name: RecordName,
    /// The generation that it becomes.
    pub generation: Generation,
    /// The live epochs that it is locked to.
    pub sets: Vec<SetEpoch>,
    /// The account's name and email, which a password must not contain.
    pub forbidden: Vec<String>,
}

/// An account or device that is passed over, and why.
pub struct Skipped {
    /// Which, in words.
    pub what: String,
    /// Why.
    pub why: String,
}

/// What `enroll --all` would do: the work, and what is passed over.
pub fn all_work(vault: &Vault<'_>, factor: Factor, device: Option<&DeviceName>) -> (Vec<Work>, Vec<Skipped>) {
    let (mut work, mut skipped) = (Vec::new(), Vec::new());
    for account in vault.plan().accounts() {
        let names = record_names(account, factor)
            .into_iter()
            .filter(|name| device.is_none() || name.device.as_ref() == device);
        let names: Vec<RecordName> = names.collect();
        let mut skip = |what: String, why: &str| {
            skipped.push(Skipped {
                what,
                why: why.to_string(),
            });
        };
        let label = format!("{} ({})", account.name, account.id);
        if let Err(why) = wants(account) {
            skip(label, why);
        } else if names.is_empty() {
            skip(label, "it has no virtual device of that name");
        } else {
            for name in names {
                let live = live_sets(vault, account, &name);
                if vault.register().record(&name).is_some() {
                    skip(name.to_string(), "it is enrolled already");
                } else if live.is_empty() {
                    skip(name.to_string(), "none of its share sets is live");
                } else {
                    work.push(work_of(account, name, Generation::FIRST, live));
                }
            }
        }
    }
    (work, skipped)
}

/// The work for one account that was named; `reason` allows a new generation.
pub fn one_work(
    vault: &Vault<'_>,
    account: &Account,
    factor: Factor,
    device: Option<&DeviceName>,
    reason: Option<&Note>,
) -> Result<Work, Refusal> {
    let label = format!("{} ({})", account.name, account.id);
    wants(account).map_err(|why| Refusal::new(Rule::NothingToEnroll, format!("{label} is not enrolled: {why}")))?;
    let mut names = record_names(account, factor);
    if let Some(device) = device {
        names.retain(|name| name.device.as_ref() == Some(device));
    }
    let choices = names
        .iter()
        .filter_map(|name| name.device.as_ref().map(ToString::to_string))
        .collect::<Vec<_>>()
        .join(", ");
    let name = match names.len() {
        0 => {
            return Err(Refusal::new(
                Rule::NothingToEnroll,
                format!("{label} has no such virtual device in the plan"),
            ));
        }
        1 => names.remove(0),
        _ => {
            return Err(Refusal::new(
                Rule::NothingToEnroll,
                format!("{label} has several virtual devices: {choices}"),
            )
            .hint(format!(
                "name one: strongroom enroll {} --factor mfa --device {} …",
                account.id,
                choices.split(", ").next().unwrap_or_default()
            )));
        }
    };
    let live = live_sets(vault, account, &name);
    if live.is_empty() {
        return Err(Refusal::new(
            Rule::SetNotLive,
            format!("none of the share sets that protect the {name} is live"),
        )
        .hint(
            "deal them (strongroom ceremony SET …), and prove every page on paper (strongroom prove --scan PAGES…)",
        ));
    }
    let generation = match vault.register().record(&name) {
        None => Generation::FIRST,
        Some(state) if reason.is_some() => state
            .generation
            .next()
            .ok_or_else(|| Refusal::new(Rule::Internal, "there are no more generations"))?,
        Some(state) => {
            return Err(Refusal::new(
                Rule::AlreadyEnrolled,
                format!("the {name} is enrolled already, generation {}", state.generation),
            )
            .hint(format!(
                "to replace it, say why: strongroom enroll {} --factor {factor}{} --reason \"<reason>\"",
                account.id,
                name.device
                    .as_ref()
                    .map(|device| format!(" --device {device} --from FILE"))
                    .unwrap_or_default()
            )));
        }
    };
    Ok(work_of(account, name, generation, live))
}

/// Locks and records all of `work`. `content` makes the secret of each.
pub fn enroll(
    change: &mut Change<'_>,
    trust: &Trust,
    factor: Factor,
    work: &[Work],
    mut content: impl FnMut(&Work) -> Result<Content, Refusal>,
    terms: &Terms,
    now: Timestamp,
) -> Result<(), Refusal> {
    trust.plan(change.vault())?;
    let mut recipients = std::collections::BTreeMap::new();
    for of in work.iter().flat_map(|work| &work.sets) {
        if !recipients.contains_key(of) {
            trust.live_set(change.vault(), of)?;
            change.vault().judge_succession(of)?;
            nothing_pending(change.vault(), of)?;
            recipients.insert(of.clone(), change.vault().core(of)?.core.recipient);
        }
    }
    let (mut files, mut records) = (Vec::with_capacity(work.len()), Vec::with_capacity(work.len()));
    for work in work {
        let record = Record {
            name: work.name.clone(),
            generation: work.generation,
            made: now,
            content: content(work)?,
        };
        let to: Vec<_> = work.sets.iter().filter_map(|of| recipients.get(of).cloned()).collect();
        let locked = record.lock(change.vault().id(), &to)?;
        records.push(LockedRecordNote {
            account: work.name.account.clone(),
            device: work.name.device.clone(),
            generation: work.generation,
            sha256: Hash::of(&locked),
            sets: work.sets.clone(),
        });
        files.push((work.name.path(work.generation), locked));
    }
    if records.is_empty() {
        return Ok(());
    }
    let event = Event::Enrolled {
        factor,
        records,
        reason: terms.reason.clone(),
        unattended: terms.unattended,
    };
    change.commit(&files, vec![event], now)
}

/// Under which terms the enrolment is recorded.
pub struct Terms {
    /// Why, where a reason was given.
    pub reason: Option<Note>,
    /// Whether nobody watched.
    pub unattended: bool,
}

/// A fresh password for an account.
pub fn fresh_password(work: &Work, length: Length, entropy: &mut Entropy<'_>) -> Result<Content, Refusal> {
    let forbidden: Vec<&str> = work.forbidden.iter().map(String::as_str).collect();
    password::generate(length, &forbidden, entropy).map(Content::Password)
}

/// An MFA seed or a contact text that was brought in.
pub fn imported(factor: Factor, text: &SecretText) -> Result<Content, Refusal> {
    match factor {
        Factor::Mfa => text.expose(Seed::parse).map(Content::Mfa),
        Factor::Contact => contact(text),
        Factor::Password => Err(Refusal::new(
            Rule::Usage,
            "passwords are generated, never imported: a password that was typed was seen",
        )
        .hint("strongroom enroll ACCOUNT --factor password")),
    }
}

/// What is locked to an epoch now would open to nothing when its successor takes its place.
fn nothing_pending(vault: &Vault<'_>, of: &SetEpoch) -> Result<(), Refusal> {
    let Some(successor) = vault.register().pending_successor(of) else {
        return Ok(());
    };
    Err(Refusal::new(
        Rule::ReissuePending,
        format!("{successor} is to succeed {of}, and waits for its pages to be proved"),
    )
    .hint("prove every page of it, then go on: strongroom prove --scan PAGES…")
    .hint(format!(
        "or give it up: strongroom ceremony {} --void \"<reason>\"",
        of.set
    )))
}

fn contact(text: &SecretText) -> Result<Content, Refusal> {
    let limit = crate::vault::record::CONTACT_MAX;
    let trimmed = text.expose(|text| SecretText::build(text.len(), |out| out.push_str(text.trim())));
    if trimmed.expose(|text| text.chars().any(|c| c.is_control() && c != '\n')) {
        return Err(Refusal::new(
            Rule::InputMalformed,
            "a contact text has no control characters but line feeds",
        ));
    }
    if trimmed.is_empty() || trimmed.len() > limit {
        return Err(Refusal::new(
            Rule::InputMalformed,
            format!("a contact text has 1 to {limit} bytes, this has {}", trimmed.len()),
        ));
    }
    Ok(Content::Contact(trimmed))
}

fn work_of(account: &Account, name: RecordName, generation: Generation, sets: Vec<SetEpoch>) -> Work {
    Work {
        name,
        generation,
        sets,
        forbidden: [
            Some(account.name.to_string()),
            account.email.as_ref().map(|email| email.value.to_string()),
        ]
        .into_iter()
        .flatten()
        .collect(),
    }
}

pub(super) fn wants(account: &Account) -> Result<(), &'static str> {
    if !account.is_open() {
        return Err("the account is closed");
    }
    if !account.keeps_root_credentials() {
        return Err("it has no root credentials");
    }
    Ok(())
}

pub(super) fn record_names(account: &Account, factor: Factor) -> Vec<RecordName> {
    let name = |device: Option<DeviceName>| RecordName {
        account: account.id.clone(),
        factor,
        device,
    };
    match factor {
        Factor::Password | Factor::Contact => vec![name(None)],
        Factor::Mfa => account
            .virtual_devices()
            .map(|device| name(Some(device.name.clone())))
            .collect(),
    }
}

fn live_sets(vault: &Vault<'_>, account: &Account, name: &RecordName) -> Vec<SetEpoch> {
    let sets = vault.plan().sets_for(account, name.factor, name.device.as_ref());
    sets.into_iter()
        .filter_map(|set| vault.register().live(set.name()))
        .map(|state| state.of.clone())
        .collect()
}
