//! `export`: files for the world outside. Nothing of a vault is in them that is secret.

mod aws;
mod calendar;
mod evidence;
mod tool;

use crate::paper::recoverer;
use crate::refusal::Refusal;
use crate::secret::SecretBytes;
use crate::shell::args::{Export, ExportCommand, Place};
use crate::shell::output::{self, Folder};
use crate::shell::report::{Answer, print};
use sha2::{Digest as _, Sha256};
use std::path::Path;

/// Writes what was asked for.
pub fn run(place: &Place, it: &Export) -> Result<Answer, Refusal> {
    match &it.command {
        ExportCommand::Recoverer { out } => export_recoverer(out),
        ExportCommand::Scp { out } => write_all(out, aws::scp()?),
        ExportCommand::Alert { out } => write_all(out, aws::alert(place)?),
        ExportCommand::Calendar { out, on } => calendar::export(place, out.as_deref(), *on),
        ExportCommand::Evidence { from, to, redact, out } => {
            write_all(out, evidence::files(place, (*from, *to), *redact)?)
        }
        ExportCommand::Man { out } => write_all(out, tool::man_pages()?),
        ExportCommand::Completions { shell } => {
            print(&tool::completions(*shell)?);
            Ok(Answer::Done)
        }
    }
}

/// A file by its name, and what stands in it.
type Written = (String, Vec<u8>);

fn write_all(out: &Path, files: Vec<Written>) -> Result<Answer, Refusal> {
    Folder::open(out)?;
    for (name, bytes) in files {
        let path = out.join(name);
        output::write_new(&path, &SecretBytes::new(bytes))?;
        print(&format!("{}\n", path.display()));
    }
    Ok(Answer::Done)
}

/// The stand-alone recoverer, the specification that it was written from with its example, and the hashes of them as `sha256sum` reads them.
fn export_recoverer(out: &Path) -> Result<Answer, Refusal> {
    Folder::open(out)?;
    let files = [
        (recoverer::NAME, recoverer::TEXT),
        (recoverer::SPECIFICATION_NAME, recoverer::SPECIFICATION),
        (recoverer::EXAMPLE_NAME, recoverer::EXAMPLE),
    ];
    let sum = |(name, text): &(&str, &str)| [&crate::hex::encode(&Sha256::digest(text)), "  ", name, "\n"].concat();
    let sums: String = files.iter().map(sum).collect();
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
