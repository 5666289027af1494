//! Whether sets can be dealt, judged before a secret exists.
//!
//! Rules of this file:
//! - one run deals sets of one purpose: passwords and MFA never meet in one memory;
//! - names that cannot be drawn are found here, on pages with a share of zeros;
//! - an epoch follows one that is void; what is live is reissued by its quorum, never dealt again.

use super::super::page_of::{Addressee, PageOf};
use crate::ident::{Epoch, Mode, Serial, ShareIndex};
use crate::paper::faces::Faces;
use crate::paper::sheet::Press;
use crate::paper::{forms, sheet};
use crate::plan::{Plan, ShareSet};
use crate::refusal::{Refusal, Rule};
use crate::vault::Vault;
use jiff::civil::Date;

/// Whether `sets` can be dealt now, before anything is asked of the machine; the epochs that they would be.
pub fn judge(vault: &Vault<'_>, sets: &[&ShareSet], unattended: bool, press: &Press) -> Result<Vec<Epoch>, Refusal> {
    one_purpose(sets)?;
    let mut names = std::collections::BTreeSet::new();
    if let Some(twice) = sets.iter().find(|set| !names.insert(set.name())) {
        return Err(Refusal::new(
            Rule::Usage,
            format!("{} is named twice: a set is dealt once", twice.name()),
        ));
    }
    if unattended && vault.mode() == Mode::Production {
        custodians_are_there(sets)?;
    }
    // Labels, receipts and cards follow the sheets: what cannot stand on them is found now, not beside a sheet in its envelope.
    forms::check_texts(vault.plan(), press.faces)?;
    sets.iter()
        .map(|set| {
            let epoch = next_epoch(vault, set)?;
            check_pages(vault.plan(), vault.mode(), set, epoch, press)?;
            Ok(epoch)
        })
        .collect()
}

/// Whether every text of a plan can be drawn, and every name fits its sheet.
pub fn check_names(plan: &Plan, faces: Faces) -> Result<(), Refusal> {
    forms::check_texts(plan, faces)?;
    let wording = sheet::wording()?;
    let press = Press { faces, wording };
    plan.sets()
        .iter()
        .try_for_each(|set| check_pages(plan, Mode::Production, set, Epoch::FIRST, &press))
}

/// A passphrase that nobody learns opens nothing: unattended, no set with a locked share is dealt.
pub(in crate::ceremony) fn custodians_are_there(sets: &[&ShareSet]) -> Result<(), Refusal> {
    let Some(set) = sets.iter().find(|set| set.has_locked_shares()) else {
        return Ok(());
    };
    let custodians = set
        .shares()
        .iter()
        .filter(|share| share.passphrase)
        .map(|share| share.custodian.as_str());
    let found = format!(
        "the plan puts shares of {} under passphrases of {}: unattended, nobody is there to learn them",
        set.name(),
        custodians.collect::<Vec<_>>().join(", ")
    );
    Err(Refusal::new(Rule::CustodianAbsent, found).hint(format!(
        "let them be there: strongroom ceremony {} --out /dev/shm/pages",
        set.name()
    )))
}

/// Whether all of `sets` are for the same factor: one process never meets two.
pub fn one_purpose(sets: &[&ShareSet]) -> Result<(), Refusal> {
    let Some(first) = sets.first() else { return Ok(()) };
    match sets.iter().find(|set| set.purpose() != first.purpose()) {
        None => Ok(()),
        Some(other) => Err(Refusal::new(
            Rule::OnePurpose,
            format!(
                "{} is for {} and {} for {}: one process deals sets of one purpose",
                first.name(),
                first.purpose().as_str(),
                other.name(),
                other.purpose().as_str()
            ),
        )
        .hint(format!(
            "deal them one after the other: strongroom ceremony {} …",
            first.name()
        ))),
    }
}

fn next_epoch(vault: &Vault<'_>, set: &ShareSet) -> Result<Epoch, Refusal> {
    let Some(last) = vault.register().last_epoch(set.name()) else {
        return Ok(Epoch::FIRST);
    };
    if last.void.is_some() {
        return last
            .of
            .epoch
            .next()
            .ok_or_else(|| Refusal::new(Rule::Internal, "there are no more epochs"));
    }
    let refusal = Refusal::new(Rule::SetAlreadyDealt, format!("{} was dealt already", last.of));
    if last.is_interrupted() {
        let serials: Vec<String> = last
            .envelopes
            .values()
            .map(|envelope| envelope.serial.to_string())
            .collect();
        return Err(Refusal::new(
            Rule::SetAlreadyDealt,
            format!("the dealing of {} was interrupted", last.of),
        )
        .hint(format!(
            "destroy whichever of its pages exist ({}), then: strongroom ceremony {} --void \"<reason>\"",
            serials.join(", "),
            set.name()
        )));
    }
    if last.is_live(vault.mode()) {
        return Err(refusal.hint(format!(
            "it is live; a new epoch of a live set is a reissue, by its quorum: strongroom reissue {} --reason CAUSE --scan PAGES…",
            set.name()
        )));
    }
    Err(refusal
        .hint("prove its pages, and it is live: strongroom prove --scan PAGES…")
        .hint(format!(
            "or declare it void: strongroom ceremony {} --void \"<reason>\"",
            set.name()
        )))
}

/// Draws every page with a share of zeros, so that a name that does not fit is found before a secret exists.
pub(in crate::ceremony) fn check_pages(
    plan: &Plan,
    mode: Mode,
    set: &ShareSet,
    epoch: Epoch,
    press: &Press,
) -> Result<(), Refusal> {
    let words = ["abandon"; 8];
    for (index, planned) in (1..).zip(set.shares()) {
        let index = ShareIndex::new(index).map_err(|fault| Refusal::new(Rule::Internal, fault.to_string()))?;
        let page = PageOf::new(plan, set, epoch, mode, Date::default(), press);
        let fits = sheet::check_fits(&page.sheet(
            index,
            Addressee::planned(planned),
            Serial::from_bits(0),
            words,
            "0000 0000 0000 0000 0000 00",
        ));
        fits.map_err(|refusal| match refusal.rule() {
            Rule::PageUnfit => {
                Refusal::new(Rule::NameUnfit, refusal.sentence()).hint("give another spelling of it in strongroom.toml")
            }
            _ => refusal,
        })?;
    }
    Ok(())
}
