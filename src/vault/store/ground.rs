//! What a vault stands on: whose its files are, and who else could write them.
//!
//! Rules of this file:
//! - a vault lies on a file system that has owners and modes;
//! - whoever changes it owns it, and nobody else may write to what no hash holds: its folders, its plan, its chains. Records and set
//!   files are held by the hashes in the ledger.

use super::{Store, failed};
use crate::refusal::{Refusal, Rule};
use rustix::fs::{Mode, OFlags};

/// File systems of sticks, by the numbers that the kernel gives them: FAT, exFAT. They have no owners and modes: on them a vault
/// would be everybody's who mounts it.
const WITHOUT_MODES: [u64; 2] = [0x4d44, 0x2011_bab0];

/// Refuses a vault where every file is everybody's.
pub(super) fn keeps_modes(store: &Store) -> Result<(), Refusal> {
    let stat = rustix::fs::fstatfs(&store.root).map_err(|fault| failed("judge", &store.path, fault))?;
    let kind = stat.f_type as u64 & 0xffff_ffff;
    if !WITHOUT_MODES.contains(&kind) {
        return Ok(());
    }
    Err(Refusal::new(
        Rule::VaultWithoutModes,
        format!(
            "{} is on a FAT file system, on which a file is everybody's",
            store.path.display()
        ),
    )
    .hint("such a stick carries papers and bundles, never a vault: put the vault on ext4, xfs or btrfs, or in memory"))
}

/// Refuses to change a vault that is somebody else's, or that somebody else may change.
pub(super) fn is_ones_own(store: &Store) -> Result<(), Refusal> {
    let chains = store.list("ledger")?;
    let chains = chains.iter().map(|chain| format!("ledger/{chain}"));
    let fixed = [".", crate::vault::PLAN, "ledger", "sets", "records"].map(str::to_string);
    fixed.into_iter().chain(chains).try_for_each(|name| judge(store, &name))
}

fn judge(store: &Store, name: &str) -> Result<(), Refusal> {
    let flags = OFlags::PATH | OFlags::CLOEXEC;
    // What is missing is judged where it is read.
    let Ok(place) = store.open_inside(name, flags, Mode::empty()) else {
        return Ok(());
    };
    let stat = rustix::fs::fstat(&place).map_err(|fault| failed("judge", &store.path.join(name), fault))?;
    let me = rustix::process::geteuid().as_raw();
    let (path, vault) = (store.path.join(name), store.path.display());
    let refusal = |found| Refusal::new(Rule::VaultOfOthers, format!("{} {found}", path.display()));
    match stranger(stat.st_uid, Mode::from_raw_mode(stat.st_mode), me) {
        None => Ok(()),
        Some(Stranger::Owner(found)) => Err(refusal(found)
            .hint("work as its owner, or on a copy of your own")
            .hint(format!("if it is yours to take: chown -R {me} {vault}"))),
        Some(Stranger::Writer(found)) => Err(refusal(found).hint(format!(
            "look at what they may have changed, then: chmod -R go-w {vault}"
        ))),
    }
}

/// Who else could change a file, in words.
#[derive(Debug, PartialEq, Eq)]
enum Stranger {
    Owner(String),
    Writer(String),
}

fn stranger(owner: u32, mode: Mode, me: u32) -> Option<Stranger> {
    if owner != me {
        return Some(Stranger::Owner(format!(
            "belongs to user {owner}, and this is user {me}"
        )));
    }
    let open = mode.intersects(Mode::WGRP | Mode::WOTH);
    open.then(|| Stranger::Writer(format!("can be written by others (mode {:03o})", mode.bits() & 0o777)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vault_is_changed_by_its_owner_and_by_nobody_else() {
        let of = |owner, mode| stranger(owner, Mode::from_raw_mode(mode), 1000);
        for mode in [0o700, 0o755, 0o600, 0o644, 0o500] {
            assert_eq!(of(1000, mode), None, "{mode:o}");
            assert!(matches!(of(0, mode), Some(Stranger::Owner(_))), "{mode:o}");
        }
        for mode in [0o720, 0o702, 0o777, 0o660, 0o606, 0o1777] {
            assert!(matches!(of(1000, mode), Some(Stranger::Writer(_))), "{mode:o}");
        }
    }
}
