//! `print vault-copy`: the whole vault as pages with codes.

use super::super::SystemClock;
use super::super::files_of::files_of;
use crate::ceremony::ports::Clock as _;
use crate::paper::copy::archive;
use crate::paper::copy::draw::{self, Copy};
use crate::paper::faces::Faces;
use crate::paper::forms::wordings::{Paper, Wordings};
use crate::refusal::Refusal;
use crate::secret::SecretBytes;
use crate::shell::args::Destination;
use crate::shell::machine;
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
    let files = files_of(store)?;
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
