//! Files in, capped.
//!
//! Rules of this file:
//! - what is read is a plain file or standard input, never a device or a pipe in a file's place, and never more than its kind can need;
//! - a folder given as a scan stands for the scans in it, in the order of their names; what is no scan in it is passed over.

use crate::refusal::{Refusal, Rule};
use crate::secret::{SecretBytes, SecretText};
use rustix::fs::{FileType, Mode, OFlags};
use std::os::fd::{AsFd as _, BorrowedFd};
use std::path::{Path, PathBuf};

/// The largest scan that is read, in bytes.
pub const SCAN_MAX: usize = 64 * 1024 * 1024;
/// The largest text that is read, in bytes: typed lines, a seed, a list of seeds.
pub const TEXT_MAX: usize = 4 * 1024 * 1024;
/// The largest number of scans of one command.
pub const SCANS_MAX: usize = 2000;

/// The whole of a plain file.
pub fn file(path: &Path, limit: usize) -> Result<SecretBytes, Refusal> {
    let failed = |fault: std::io::Error| match fault.kind() {
        std::io::ErrorKind::NotFound => {
            Refusal::new(Rule::InputMalformed, format!("there is no file {}", path.display()))
        }
        _ => Refusal::new(
            Rule::InputOutput,
            format!("cannot read {}: {}", path.display(), fault.to_string().to_lowercase()),
        ),
    };
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let handle = rustix::fs::open(path, flags, Mode::empty()).map_err(|fault| failed(fault.into()))?;
    let stat = rustix::fs::fstat(&handle).map_err(|fault| failed(fault.into()))?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err(Refusal::new(
            Rule::NotAPlainFile,
            format!("{} is not a plain file", path.display()),
        ));
    }
    // One byte more than the file has, so that reading to its end never moves it.
    let expected = usize::try_from(stat.st_size).unwrap_or(0).min(limit) + 1;
    let bytes = everything(expected, limit, handle.as_fd()).map_err(|fault| failed(fault.into()))?;
    if bytes.len() > limit {
        return Err(Refusal::new(
            Rule::InputTooLarge,
            format!(
                "{} has more than the {limit} bytes that such a file may have",
                path.display()
            ),
        ));
    }
    Ok(bytes)
}

/// All that can be read, and one byte more than the limit where there is more.
fn everything(expected: usize, limit: usize, from: BorrowedFd<'_>) -> rustix::io::Result<SecretBytes> {
    // Not through the standard library's readers: their buffers are never wiped.
    SecretBytes::gather(expected, limit.saturating_add(1), |bytes| {
        rustix::io::retry_on_intr(|| rustix::io::read(from, &mut *bytes))
    })
}

/// The whole of standard input.
pub fn standard_bytes(limit: usize) -> Result<SecretBytes, Refusal> {
    let bytes = everything(64 * 1024, limit, rustix::stdio::stdin())
        .map_err(|fault| Refusal::new(Rule::InputOutput, format!("cannot read standard input: {fault}")))?;
    if bytes.len() > limit {
        return Err(Refusal::new(
            Rule::InputTooLarge,
            format!("standard input has more than the {limit} bytes that are read"),
        ));
    }
    Ok(bytes)
}

/// The whole of standard input, as text.
pub fn standard(limit: usize) -> Result<SecretText, Refusal> {
    text(standard_bytes(limit)?, "standard input")
}

/// Bytes as text, or a refusal that names their place.
pub fn text(bytes: SecretBytes, place: &str) -> Result<SecretText, Refusal> {
    bytes
        .into_text()
        .ok_or_else(|| Refusal::new(Rule::InputMalformed, format!("{place} is not UTF-8 text")))
}

fn too_many() -> Refusal {
    Refusal::new(
        Rule::InputTooLarge,
        format!("more scans were named than the {SCANS_MAX} that are read at a time"),
    )
    .hint("give them in several runs, or one PDF of many pages")
}

/// The files that `--scan` names, folders opened.
pub fn scans(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Refusal> {
    let mut files = Vec::new();
    for path in paths {
        if !path.exists() {
            return Err(Refusal::new(
                Rule::InputMalformed,
                format!("there is no file or folder {}", path.display()),
            ));
        }
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let failed =
            |fault: std::io::Error| Refusal::new(Rule::InputOutput, format!("cannot read {}: {fault}", path.display()));
        let mut inside = Vec::new();
        for entry in std::fs::read_dir(path).map_err(failed)? {
            let entry = entry.map_err(failed)?.path();
            let kind = entry
                .extension()
                .and_then(|kind| kind.to_str())
                .unwrap_or_default()
                .to_ascii_lowercase();
            if ["pdf", "png", "jpg", "jpeg"].contains(&kind.as_str()) && entry.is_file() {
                inside.push(entry);
            }
            if files.len() + inside.len() > SCANS_MAX {
                return Err(too_many());
            }
        }
        inside.sort();
        files.extend(inside);
    }
    if files.is_empty() {
        return Err(Refusal::new(
            Rule::NothingScanned,
            "there is no scan (png, jpeg, pdf) in what --scan names",
        ));
    }
    if files.len() > SCANS_MAX {
        return Err(too_many());
    }
    Ok(files)
}
