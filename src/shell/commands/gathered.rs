//! A quorum from scans: what `drill open`, `reissue` and `relock` have in common.

use super::recover::gather_all;
use crate::ceremony::gathering::Gathering;
use crate::ident::Mode;
use crate::refusal::Refusal;
use crate::shell::decoder::Decoder;
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
    gather_all(entries, gathering, &mut *passphrases);
    Ok(())
}
