//! `export`: files for the world outside. Nothing of a vault is in them that is secret.

use crate::paper::recoverer;
use crate::refusal::Refusal;
use crate::secret::SecretBytes;
use crate::shell::args::{Export, ExportCommand};
use crate::shell::output::{self, Folder};
use crate::shell::report::{Answer, print};
use sha2::{Digest as _, Sha256};
use std::path::Path;

/// Writes what was asked for.
pub fn run(it: &Export) -> Result<Answer, Refusal> {
    match &it.command {
        ExportCommand::Recoverer { out } => export_recoverer(out),
    }
}

/// The stand-alone recoverer, the specification that it was written from, and the hashes of both as `sha256sum` reads them.
fn export_recoverer(out: &Path) -> Result<Answer, Refusal> {
    Folder::open(out)?;
    let files = [
        (recoverer::NAME, recoverer::TEXT),
        (recoverer::SPECIFICATION_NAME, recoverer::SPECIFICATION),
    ];
    let sums = files.map(|(name, text)| format!("{}  {name}\n", crate::hex::encode(&Sha256::digest(text))));
    let sums = sums.concat();
    for (name, text) in files.into_iter().chain([("SHA256SUMS", sums.as_str())]) {
        output::write_new(&out.join(name), &SecretBytes::new(text.as_bytes().to_vec()))?;
    }
    print(&format!("{}  {}\n", recoverer::sha256(), recoverer::NAME));
    print("the same hash stands on every share sheet of this version\n");
    print(&format!(
        "next: python3 -I {} --record VAULT/records/ACCOUNT/FILE.age < lines.txt\n",
        out.join(recoverer::NAME).display()
    ));
    Ok(Answer::Done)
}
