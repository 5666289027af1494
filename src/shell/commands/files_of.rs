//! Every file of a vault, for a copy of it.

use crate::paper::copy::archive;
use crate::refusal::{Refusal, Rule};
use crate::shell::report::say;
use crate::vault::Files;
use crate::vault::store::Store;

/// Every file of the vault. What lies beside them is named and left out.
pub(super) fn files_of(store: &Store) -> Result<Files, Refusal> {
    let mut names = Vec::new();
    for top in store.list(".")? {
        match top.as_str() {
            "ledger" => names.extend(store.list("ledger")?.into_iter().map(|name| format!("ledger/{name}"))),
            "sets" | "records" => {
                for folder in store.list(&top)? {
                    let inside = store.list(&format!("{top}/{folder}"))?;
                    names.extend(inside.into_iter().map(|name| format!("{top}/{folder}/{name}")));
                }
            }
            _ => names.push(top),
        }
    }
    let mut files = Files::new();
    let mut total = 0;
    for name in names {
        if !archive::is_of_a_vault(&name) {
            say(&format!(
                "not copied, since it is no file of a vault: {}",
                name.escape_debug()
            ));
            continue;
        }
        let limit = usize::try_from(archive::BYTES_MAX).unwrap_or(usize::MAX);
        let Some(bytes) = store.read(&name, limit)? else {
            continue;
        };
        total += bytes.len() as u64;
        if total > archive::BYTES_MAX {
            return Err(Refusal::new(
                Rule::InputTooLarge,
                format!(
                    "this vault has more than {} MiB: no copy holds that",
                    archive::BYTES_MAX >> 20
                ),
            ));
        }
        files.insert(name, bytes);
    }
    Ok(files)
}
