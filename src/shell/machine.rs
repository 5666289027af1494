//! What else of the machine matters to a secret: swap, storage, and which start of it this is.

use crate::refusal::{Refusal, Rule};
use crate::vault::event::Boot;
use std::path::Path;
use std::sync::LazyLock;

/// The areas to which memory can be swapped, as `/proc/swaps` names them.
pub fn swap_areas() -> Vec<String> {
    swap_areas_in(&std::fs::read_to_string("/proc/swaps").unwrap_or_default())
}

pub(super) fn swap_areas_in(swaps: &str) -> Vec<String> {
    swaps
        .lines()
        .skip(1)
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_string)
        .collect()
}

/// The start of the machine, as the kernel names it: asked once, for a process that is closed reads it no more.
pub fn boot() -> Result<Boot, Refusal> {
    static TEXT: LazyLock<String> =
        LazyLock::new(|| std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default());
    TEXT.trim().parse().map_err(|_| {
        Refusal::new(
            Rule::InputOutput,
            "the kernel does not say which start of the machine this is",
        )
    })
}

/// Whether what is written below `path` stays in memory: tmpfs or ramfs. A folder that does not exist yet is judged by the
/// nearest one above it that does.
pub fn is_memory_backed(path: &Path) -> Result<bool, Refusal> {
    const TMPFS: u64 = 0x0102_1994;
    const RAMFS: u64 = 0x8584_58f6;
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let existing = absolute
        .ancestors()
        .find(|ancestor| ancestor.exists())
        .unwrap_or(Path::new("/"));
    let stat = rustix::fs::statfs(existing).map_err(|fault| {
        Refusal::new(
            Rule::InputOutput,
            format!("cannot judge {}: {fault}", existing.display()),
        )
    })?;
    let kind = stat.f_type as u64 & 0xffff_ffff;
    Ok(kind == TMPFS || kind == RAMFS)
}

/// The SHA-256 of the program that is running.
pub fn own_hash() -> Result<[u8; 32], Refusal> {
    let program = std::fs::read("/proc/self/exe")
        .map_err(|fault| Refusal::new(Rule::InputOutput, format!("cannot read the program itself: {fault}")))?;
    Ok(crate::vault::ledger::Hash::of(&program).0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swap_is_what_the_kernel_lists_below_its_heading() {
        assert!(swap_areas_in("Filename Type Size Used Priority\n").is_empty());
        assert_eq!(
            swap_areas_in("Filename Type\n/dev/sda2 partition 1 0 -2\n/swapfile file 1 0 -3\n"),
            ["/dev/sda2", "/swapfile"]
        );
    }

    #[test]
    fn a_folder_that_does_not_exist_is_judged_by_the_one_above_it() {
        assert_eq!(is_memory_backed(Path::new("/proc/self/nothing/here")).ok(), Some(false));
    }
}
