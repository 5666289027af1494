//! What must hold of a vault after whatever happened.

use crate::common::{program, run, run_with};
use crate::rows::{Begins, Row, base};
use std::collections::BTreeMap;
use std::path::Path;

/// Every file below a folder, by its name.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

const LEDGER: &str = "ledger/home.jsonl";
const PLAN: &str = "strongroom.toml";

/// Whether a plan is the old one, or the old one and an account more.
fn is_grown(now: &[u8], before: &[u8]) -> bool {
    let accounts = |text: &[u8]| String::from_utf8_lossy(text).matches("[[account]]").count();
    now == before || (accounts(now) > accounts(before) && now.starts_with(&before[..1000]))
}

fn lines(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count()
}

/// Whether a later generation of a record, which the ledger names before the old one goes, is there in its place.
fn has_successor(name: &str, files: &BTreeMap<String, Vec<u8>>) -> bool {
    let Some((record, generation)) = name.trim_end_matches(".age").rsplit_once('.') else {
        return false;
    };
    let later = generation
        .parse::<u32>()
        .map(|generation| format!("{record}.{}.age", generation + 1));
    name.starts_with("records/") && later.is_ok_and(|later| files.contains_key(&later))
}

/// What is lost or broken in the vault; nothing where all is well: it is the old one, or one that is further.
pub fn judge(row: &Row, vault: &Path, pages: Option<&Path>) -> Result<(), String> {
    let now = files(vault);
    let ledger = now.get(LEDGER);
    if row.begins == Begins::Empty && ledger.is_none_or(|bytes| lines(bytes) == 0) {
        return Ok(());
    }
    let ledger = ledger.ok_or("the ledger is gone")?;
    if row.begins == Begins::Vault {
        let before = files(Path::new(&base().vault));
        for (name, bytes) in &before {
            let kept = match now.get(name) {
                Some(found) if name == LEDGER => found.starts_with(bytes),
                Some(found) if name == PLAN && row.name.starts_with("init") => is_grown(found, bytes),
                Some(found) => found == bytes,
                None => has_successor(name, &now),
            };
            if !kept {
                return Err(format!("{name} is not what it was"));
            }
        }
        let added = lines(ledger) - lines(&before[LEDGER]);
        if added > row.lines {
            return Err(format!("{added} lines were added, {} are due", row.lines));
        }
    }
    let verified = run(&["--vault", &vault.display().to_string(), "ledger", "verify"]);
    if verified.status != 0 {
        return Err(format!("the ledger does not verify: {}", verified.err));
    }
    let text = String::from_utf8_lossy(ledger);
    for name in pages.map(files).unwrap_or_default().into_keys() {
        let page = name.trim_end_matches(".pdf");
        let serial = &page[page.len().saturating_sub(7)..];
        if page.contains("-share-") && !text.contains(serial) {
            return Err(format!("{name} is a page that nobody accounts for"));
        }
    }
    Ok(())
}

/// A later command works, and leaves nothing unfinished where it writes. In the folder of a set or an account nothing reads such
/// a file, and the next who writes there removes it.
pub fn judge_the_next(vault: &Path) -> Result<(), String> {
    let place = vault.display().to_string();
    if !vault.join(LEDGER).exists() {
        return Ok(());
    }
    let ended = run_with(program(), &["--vault", &place, "--site", "home", "ledger", "head"], b"");
    if ended.status != 0 {
        return Err(format!("the next command does not work: {}", ended.err));
    }
    let left = files(vault)
        .into_keys()
        .find(|name| name.contains(".unfinished-") && !name.starts_with("records/") && !name.starts_with("sets/"));
    left.map_or(Ok(()), |name| Err(format!("{name} is left")))
}
