//! `enroll`: factors locked to live sets.

mod worklist;

use super::{SystemClock, count};
use crate::ceremony::enroll::{self, Skipped, Terms, Work};
use crate::ceremony::ports::Clock as _;
use crate::ceremony::trust::Trust;
use crate::entropy::System;
use crate::plan::Factor;
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretText;
use crate::shell::args::{Enroll, Place};
use crate::shell::camera::Camera;
use crate::shell::decoder::Decoder;
use crate::shell::guard::{self, Exceptions};
use crate::shell::report::{Answer, print};
use crate::shell::seeds;
use crate::vault::store::Store;
use crate::vault::{Change, Vault};

/// Enrols what was named, or everything that can be.
pub fn run(place: &Place, it: &Enroll) -> Result<Answer, Refusal> {
    let store = Store::open(&place.vault)?;
    let mut change = Change::begin(&store, place.site.as_ref())?;
    if it.worklist {
        return worklist::run(&mut change, it);
    }
    guard::judge_unattended(
        change.vault().mode(),
        &it.unattended,
        &format!(
            "enroll {} --factor {}",
            if it.all {
                "--all".to_string()
            } else {
                it.accounts.join(" ")
            },
            it.factor
        ),
    )?;
    judge_source(it)?;
    let trust = Trust::establish(change.vault(), it.anchor.as_ref())?;
    let (mut work, mut skipped) = find_work(change.vault(), it)?;
    guard::enter(&mut change, &it.overrides, Exceptions::default(), SystemClock.now())?;
    let mut system = System;
    let mut entropy = change.entropy(&mut system);
    let mut brought = match (&it.from, &it.camera) {
        (Some(from), _) => seeds::bring(from, it.all, &work)?,
        (None, Some(device)) => seeds::seen(&mut Camera::open(device)?, &mut Decoder::default())?,
        (None, None) => seeds::Brought::nothing(),
    };
    if it.from.is_some() && it.all {
        // A list may bring some of the seeds today and others tomorrow.
        let (with, without): (Vec<Work>, Vec<Work>) = work.into_iter().partition(|work| brought.has(&work.name));
        let why = "the list brings nothing for it".to_string();
        skipped.extend(without.into_iter().map(|work| Skipped {
            what: work.name.to_string(),
            why: why.clone(),
        }));
        work = with;
    }
    let content = |work: &Work| match it.factor {
        Factor::Password => enroll::fresh_password(work, it.length, &mut entropy),
        factor => brought
            .take(&work.name)
            .and_then(|text: SecretText| enroll::imported(factor, &text)),
    };
    let terms = Terms {
        reason: it.unattended.reason.clone(),
        unattended: it.unattended.unattended,
    };
    enroll::enroll(
        &mut change,
        &trust,
        it.factor,
        &work,
        content,
        &terms,
        SystemClock.now(),
    )?;
    report(it, &work, &skipped);
    Ok(Answer::Done)
}

fn judge_source(it: &Enroll) -> Result<(), Refusal> {
    match (it.factor, it.from.is_some() || it.camera.is_some()) {
        (Factor::Password, true) => Err(Refusal::new(
            Rule::Usage,
            "passwords are generated, never imported: one that was typed was seen",
        )
        .hint("strongroom enroll ACCOUNT --factor password")),
        (Factor::Mfa | Factor::Contact, false) => Err(Refusal::new(
            Rule::Usage,
            format!(
                "{} is brought in, not generated",
                match it.factor {
                    Factor::Mfa => "an MFA seed comes from the provider: it",
                    _ => "a contact text",
                }
            ),
        )
        .hint("--from FILE, or --from - for standard input, or --camera /dev/video0")),
        _ => Ok(()),
    }
}

fn find_work(vault: &Vault<'_>, it: &Enroll) -> Result<(Vec<Work>, Vec<Skipped>), Refusal> {
    if it.all {
        return Ok(enroll::all_work(vault, it.factor, it.device.as_ref()));
    }
    if (it.from.is_some() || it.camera.is_some()) && it.accounts.len() > 1 {
        return Err(Refusal::new(Rule::Usage, "one source brings the seed of one account")
            .hint("a list brings those of several: --all --from FILE"));
    }
    let mut work = Vec::new();
    for text in &it.accounts {
        let account = vault.plan().find_account(text)?;
        if let Some(device) = &it.device {
            account.find_device(device.as_str())?;
        }
        let one = enroll::one_work(
            vault,
            account,
            it.factor,
            it.device.as_ref(),
            it.unattended.reason.as_ref(),
        )?;
        if work.iter().all(|other: &Work| other.name != one.name) {
            work.push(one);
        }
    }
    Ok((work, Vec::new()))
}

fn report(it: &Enroll, work: &[Work], skipped: &[Skipped]) {
    let what = match it.factor {
        Factor::Password => "password",
        Factor::Mfa => "MFA seed",
        Factor::Contact => "contact text",
    };
    let entropy = match it.factor {
        Factor::Password if !work.is_empty() => format!(
            ", {} characters and {} bits each",
            it.length.get(),
            it.length.entropy_bits()
        ),
        _ => String::new(),
    };
    print(&format!("{} locked{entropy}\n", count(work.len(), what)));
    for skipped in skipped {
        print(&format!(
            "  skipped  {}: {}
",
            skipped.what, skipped.why
        ));
    }
}
