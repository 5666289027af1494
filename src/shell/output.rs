//! Pages out: to memory-backed storage, each file new and its owner's alone.
//!
//! Rules of this file:
//! - a disk is refused, unless a reason is given that the ledger keeps: what was once on it can be found there;
//! - nothing is overwritten, and a page that was not written whole is removed.

use super::machine;
use crate::ceremony::ports::Pages;
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretBytes;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// A folder that takes pages.
pub struct Folder(PathBuf);

impl Folder {
    /// The folder at `path`, made if it is missing.
    pub fn open(path: &Path) -> Result<Self, Refusal> {
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.map_err(|fault| failed("create", path, &fault))?;
        Ok(Self(path.to_path_buf()))
    }
}

/// Refuses a place that is not in memory; the sentence is what the exception would record.
pub fn judge_place(path: &Path) -> Result<(), Refusal> {
    if machine::is_memory_backed(path)? {
        return Ok(());
    }
    Err(Refusal::new(
        Rule::OutputOnDisk,
        format!(
            "{} is on a disk: what was once written there can be found again",
            path.display()
        ),
    )
    .hint("use memory: --out /dev/shm/pages")
    .hint("to go on all the same, and have it in the ledger: --allow-disk \"<reason>\""))
}

impl Pages for Folder {
    fn put(&mut self, name: &str, page: &SecretBytes) -> Result<(), Refusal> {
        write_new(&self.0.join(name), page)
    }

    fn withdraw(&mut self, name: &str) {
        let _ = std::fs::remove_file(self.0.join(name));
    }
}

/// Writes a new file that only its owner can read; what is not written whole is removed.
pub fn write_new(path: &Path, bytes: &SecretBytes) -> Result<(), Refusal> {
    let mut options = std::fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(|fault| match fault.kind() {
            std::io::ErrorKind::AlreadyExists => {
                Refusal::new(Rule::OutputExists, format!("{} exists already", path.display()))
                    .hint("name another folder: nothing is overwritten")
            }
            _ => failed("create", path, &fault),
        })?;
    bytes
        .expose(|bytes| file.write_all(bytes))
        .and_then(|()| file.sync_all())
        .map_err(|fault| {
            let _ = std::fs::remove_file(path);
            failed("write", path, &fault)
        })
}

fn failed(verb: &str, path: &Path, fault: &std::io::Error) -> Refusal {
    let why = match fault.kind() {
        std::io::ErrorKind::StorageFull => "it is full".to_string(),
        _ => fault.to_string().to_lowercase(),
    };
    Refusal::new(Rule::InputOutput, format!("cannot {verb} {}: {why}", path.display()))
}
