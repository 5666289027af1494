//! A quorum from scans: what `drill open`, `reissue` and `relock` have in common.

use crate::ceremony::gathering::{Accepted, Gathering};
use crate::ceremony::ports::Passphrases;
use crate::code::share_code::PaperShare;
use crate::ident::Mode;
use crate::refusal::Refusal;
use crate::shell::decoder::Decoder;
use crate::shell::report::{self, say};
use crate::shell::scanning::Entry;
use crate::shell::{input, passphrases, scanning};
use std::path::{Path, PathBuf};

/// Takes every share on the scans; a bad one is said, and does not end the gathering.
pub(super) fn from_scans(
    scans: &[PathBuf],
    passphrases: Option<&Path>,
    mode: Mode,
    gathering: &mut Gathering<'_>,
) -> Result<(), Refusal> {
    let mut decoder = Decoder::default();
    let mut entries = Vec::new();
    for file in input::scans(scans)? {
        entries.extend(scanning::read(&mut decoder, &file, mode));
    }
    let mut person = passphrases::person();
    let mut passphrases = passphrases::source(passphrases, person.as_mut())?;
    gather_all(entries, gathering, &mut *passphrases)
}

/// Takes every entry; those under a passphrase last, and only as many as the quorum lacks: a custodian is not asked in vain.
fn gather_all(
    entries: Vec<Entry>,
    gathering: &mut Gathering<'_>,
    passphrases: &mut dyn Passphrases,
) -> Result<(), Refusal> {
    let is_locked = |entry: &Entry| entry.paper.as_ref().is_ok_and(PaperShare::is_locked);
    let (locked, open): (Vec<Entry>, Vec<Entry>) = entries.into_iter().partition(is_locked);
    for entry in open {
        add(gathering, entry, passphrases)?.iter().for_each(report::note);
    }
    for entry in locked {
        if gathering.is_enough() {
            break;
        }
        add(gathering, entry, passphrases)?.iter().for_each(report::note);
    }
    Ok(())
}

/// Takes an entry if it can; a bad one comes back with its place, and does not end the gathering. An error: nobody answers any more.
fn add(
    gathering: &mut Gathering<'_>,
    entry: Entry,
    passphrases: &mut dyn Passphrases,
) -> Result<Option<Refusal>, Refusal> {
    let Entry { paper, from } = entry;
    match paper.and_then(|paper| gathering.add(paper, passphrases)) {
        Ok(Accepted::Unproved) => {
            say(&format!(
                "note: {from}: it counts, but is not proved: its last line would tell a wrong one"
            ));
            Ok(None)
        }
        Ok(Accepted::Proved | Accepted::Again) => Ok(None),
        Err(refusal) if refusal.ends_asking() => Err(refusal),
        Err(refusal) => Ok(Some(scanning::of_file(&refusal, &from))),
    }
}
