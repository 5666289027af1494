//! Files to one stream of bytes that any system unpacks, and back.
//!
//! Rules of this file:
//! - the same files give the same bytes: names in order, no time, no owner, one mode;
//! - on the way back a name is one that a vault has, once, and nothing else: no folder above, no link, no device;
//! - sizes are judged before anything grows: a stream of a thousand bytes cannot ask for the memory of the machine.

use crate::refusal::{Refusal, Rule};
use crate::vault::Files;
use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;
use std::io::{Read as _, Write as _};

/// The most bytes of all files together: ten thousand accounts with all their devices, and room to spare.
pub const BYTES_MAX: u64 = 96 << 20;

/// The files as one stream.
pub fn pack(files: &Files) -> Result<Vec<u8>, Refusal> {
    let failed = |_| Refusal::new(Rule::Internal, "the copy of the vault could not be packed");
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    {
        let mut archive = tar::Builder::new(&mut gzip);
        for (name, bytes) in files {
            judge_name(name)?;
            let mut header = tar::Header::new_ustar();
            header.set_path(name).map_err(failed)?;
            header.set_size(bytes.len() as u64);
            header.set_mode(0o600);
            header.set_mtime(0);
            header.set_uid(0);
            header.set_gid(0);
            header.set_cksum();
            archive.append(&header, bytes.as_slice()).map_err(failed)?;
        }
        archive.finish().map_err(failed)?;
    }
    gzip.flush().map_err(failed)?;
    gzip.finish().map_err(failed)
}

/// The files of a stream.
pub fn unpack(stream: &[u8]) -> Result<Files, Refusal> {
    let damaged = |what: String| {
        Refusal::new(Rule::CopyDamaged, format!("this copy does not unpack: {what}"))
            .hint("what was read is what was written: take another copy of the vault")
    };
    let mut gzip = GzDecoder::new(stream);
    let limited = gzip.by_ref().take(BYTES_MAX + (64 << 20));
    let mut archive = tar::Archive::new(limited);
    let mut files = Files::new();
    let mut total = 0_u64;
    let entries = archive.entries().map_err(|fault| damaged(fault.to_string()))?;
    // Raw: what lengthens the name of the entry behind it is an entry like any other, and no file of a vault.
    for entry in entries.raw(true) {
        let mut entry = entry.map_err(|fault| damaged(fault.to_string()))?;
        let name = String::from_utf8(entry.path_bytes().into_owned())
            .map_err(|_| damaged("a name in it is not text".to_string()))?;
        judge_name(&name)?;
        if entry.header().entry_type() != tar::EntryType::Regular {
            return Err(damaged(format!("{name} is not a plain file")));
        }
        total = total.saturating_add(entry.size());
        if total > BYTES_MAX {
            let (found, most) = (total >> 20, BYTES_MAX >> 20);
            return Err(Refusal::new(
                Rule::InputTooLarge,
                format!("the files of this copy have {found} MiB or more, at most {most} are read"),
            )
            .hint("no vault is as large: take another copy of the vault"));
        }
        let mut bytes = Vec::new();
        entry
            .read_to_end(&mut bytes)
            .map_err(|fault| damaged(fault.to_string()))?;
        if files.insert(name.clone(), bytes).is_some() {
            return Err(damaged(format!("{name} stands in it twice")));
        }
    }
    if !is_over(&mut gzip) || !gzip.into_inner().is_empty() {
        return Err(damaged("something stands behind its end".to_string()));
    }
    Ok(files)
}

/// Whether nothing is left of a stream but the zeros that end an archive, of which nobody needs more than a mebibyte; its own sum
/// is judged at its end.
fn is_over(stream: &mut impl std::io::Read) -> bool {
    let (mut block, mut left) = ([0; 8192], 1_usize << 20);
    loop {
        match stream.read(&mut block) {
            Ok(0) => return true,
            Ok(read) if read <= left && block[..read].iter().all(|byte| *byte == 0) => left -= read,
            _ => return false,
        }
    }
}

/// Whether a vault has a file of this name: the plan, `sets/<name>/<epoch>.toml`, `records/<account>/….age`, `ledger/<site>.jsonl`.
pub fn is_of_a_vault(name: &str) -> bool {
    let fit = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-._".contains(&byte))
    };
    let ends = |file: &str, end: &str| file.len() > end.len() && file.ends_with(end);
    let parts: Vec<&str> = name.split('/').collect();
    match parts.as_slice() {
        [plan] => *plan == crate::vault::PLAN,
        ["ledger", chain] => fit(chain) && ends(chain, ".jsonl"),
        ["sets", folder, file] => fit(folder) && fit(file) && ends(file, ".toml"),
        ["records", folder, file] => fit(folder) && fit(file) && ends(file, ".age"),
        _ => false,
    }
}

fn judge_name(name: &str) -> Result<(), Refusal> {
    if is_of_a_vault(name) && name.len() <= 100 {
        return Ok(());
    }
    let shown: String = name.chars().take(60).flat_map(char::escape_debug).collect();
    Err(Refusal::new(
        Rule::CopyDamaged,
        format!("this copy has a file {shown} that no vault has"),
    )
    .hint("it was not made by strongroom: take another copy of the vault"))
}
