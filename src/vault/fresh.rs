//! What the same randomness would make twice, in two runs that know nothing of each other: a machine that was copied, a generator
//! that begins anew with every start.
//!
//! Rules of this file:
//! - no core is taken in beside another with its recipient or one of its commitments: one quorum would open what the other protects;
//! - no record is taken in beside another with a one-time key in common: who repeats that repeats passwords;
//! - both are judged before anything is written, so before a page of a dealing exists.

use super::Vault;
use super::share_set::{self, StoredCore};
use crate::crypto::identity::{RECORD_MAX, one_time_keys};
use crate::refusal::{Refusal, Rule};
use std::collections::BTreeSet;

/// Refuses new files of a vault that an earlier run has already made.
pub(super) fn judge(vault: &Vault<'_>, files: &[(String, Vec<u8>)]) -> Result<(), Refusal> {
    judge_cores(vault, files)?;
    judge_records(vault, files)
}

fn judge_cores(vault: &Vault<'_>, files: &[(String, Vec<u8>)]) -> Result<(), Refusal> {
    for (place, bytes) in files.iter().filter(|(place, _)| place.starts_with("sets/")) {
        let new = StoredCore::parse(place, bytes)?.core;
        for state in vault.register.epochs() {
            if share_set::path(&state.of.set, state.of.epoch) == *place {
                continue;
            }
            // One that is missing or altered is refused where it is used.
            let Ok(StoredCore { core: other, .. }) = vault.core(&state.of) else {
                continue;
            };
            let has = |point| other.commitments.encoded().contains(point);
            if other.recipient == new.recipient || new.commitments.encoded().iter().any(has) {
                return Err(repeated(&format!("what was dealt is what {} was dealt", state.of)));
            }
        }
    }
    Ok(())
}

fn judge_records(vault: &Vault<'_>, files: &[(String, Vec<u8>)]) -> Result<(), Refusal> {
    let new = || files.iter().filter(|(place, _)| place.starts_with("records/"));
    if new().next().is_none() {
        return Ok(());
    }
    let replaced: BTreeSet<&String> = new().map(|(place, _)| place).collect();
    let mut seen = BTreeSet::new();
    for (name, generations) in vault.register.records() {
        for state in generations {
            let place = name.path(state.generation);
            if replaced.contains(&place) {
                continue;
            }
            // One that is gone or altered is refused where it is used.
            if let Ok(Some(bytes)) = vault.store.read(&place, RECORD_MAX) {
                seen.extend(one_time_keys(&bytes).map(<[u8]>::to_vec));
            }
        }
    }
    match locked_twice(seen, new()) {
        Some(place) => Err(repeated(&format!(
            "{place} was locked under a key that another record has"
        ))),
        None => Ok(()),
    }
}

/// The first of `files` that has a one-time key of those in `seen`, or of a file before it.
fn locked_twice<'a>(
    mut seen: BTreeSet<Vec<u8>>,
    files: impl Iterator<Item = &'a (String, Vec<u8>)>,
) -> Option<&'a str> {
    for (place, bytes) in files {
        let keys: BTreeSet<Vec<u8>> = one_time_keys(bytes).map(<[u8]>::to_vec).collect();
        if !keys.is_disjoint(&seen) {
            return Some(place);
        }
        seen.extend(keys);
    }
    None
}

fn repeated(found: &str) -> Refusal {
    Refusal::new(
        Rule::EntropyStuck,
        format!("the system's randomness repeats that of an earlier run: {found}"),
    )
    .hint("do not use this machine: nothing was dealt or written")
    .hint("what it made before is as predictable: deal and enroll it again on another one")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::identity::{IdentityKind, SetIdentity, lock};
    use crate::crypto::sharing;
    use crate::entropy::{Entropy, System};
    use crate::ident::Mode;
    use crate::secret::SecretBytes;

    #[test]
    fn a_one_time_key_is_used_once() {
        let dealing = sharing::deal("2-of-2".parse().unwrap(), &mut Entropy::new(&mut System));
        let secret = dealing.ok().unwrap().secret;
        let identity = SetIdentity::derive(secret, Mode::Rehearsal, IdentityKind::X25519);
        let recipient = [identity.ok().unwrap().recipient()];
        let plain = SecretBytes::new(b"the same".to_vec());
        let [one, two] = ["one", "two"].map(|place| (place.to_string(), lock(&plain, &recipient).ok().unwrap()));
        let again = ("again".to_string(), one.1.clone());
        let keys: BTreeSet<Vec<u8>> = one_time_keys(&one.1).map(<[u8]>::to_vec).collect();
        assert_eq!(keys.len(), 1);
        assert_eq!(locked_twice(BTreeSet::new(), [&one, &two].into_iter()), None);
        assert_eq!(
            locked_twice(BTreeSet::new(), [&one, &two, &again].into_iter()),
            Some("again")
        );
        assert_eq!(locked_twice(keys, [&two, &again].into_iter()), Some("again"));
    }
}
