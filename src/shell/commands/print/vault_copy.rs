//! `print vault-copy`: the whole vault as pages with codes.

use super::super::SystemClock;
use crate::ceremony::ports::Clock as _;
use crate::paper::copy::archive::{self, Files};
use crate::paper::copy::draw::{self, Copy};
use crate::paper::faces::Faces;
use crate::paper::forms::wordings::{Paper, Wordings};
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretBytes;
use crate::shell::args::Destination;
use crate::shell::machine;
use crate::shell::report::say;
use crate::vault::event::Event;
use crate::vault::store::Store;
use crate::vault::{Change, note};

/// Names the copy in the ledger, then makes its pages: they hold that line too.
pub(super) fn make(
    change: &mut Change<'_>,
    store: &Store,
    wordings: &Wordings,
    to: &Destination,
) -> Result<Vec<(String, SecretBytes)>, Refusal> {
    let faces = Faces::read(change.vault().fonts()?)?;
    let template = wordings.template(Paper::VaultCopy)?;
    let printed = Event::Printed {
        paper: note("vault-copy")?,
        printer: to.printer.as_ref().map(|printer| note(printer.as_str())).transpose()?,
        boot: machine::boot()?,
    };
    let now = SystemClock.now();
    change.commit(&[], vec![printed], now)?;
    let files = collect(store)?;
    let packed = archive::pack(&files)?;
    let (line, site) = (change.chain().entries().len() - 1, change.chain().site());
    let (line, today) = (line.to_string(), now.strftime("%Y-%m-%d").to_string());
    let plan = change.vault().plan();
    draw::files(&Copy {
        paper: plan.paper(),
        faces,
        mode: change.vault().mode(),
        template: &template,
        archive: &packed,
        as_of: &[
            ("organisation", plan.organisation().as_str()),
            ("line", &line),
            ("site", site.as_str()),
            ("today", &today),
        ],
    })
}

/// Every file of the vault. What lies beside them is named and left out.
fn collect(store: &Store) -> Result<Files, Refusal> {
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
                    "this vault has more than {} MiB: no paper holds that",
                    archive::BYTES_MAX >> 20
                ),
            ));
        }
        files.insert(name, bytes);
    }
    Ok(files)
}
