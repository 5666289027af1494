//! What the shell lends to a ceremony. Tests lend something else.

use super::deal::LockedShare;
use crate::code::share_code::PaperShare;
use crate::crypto::passphrase::Passphrase;
use crate::refusal::Refusal;
use crate::secret::{SecretBytes, SecretText};
use jiff::Timestamp;
use std::path::Path;
use std::time::Duration;

/// What time the laptop believes it is.
pub trait Clock {
    /// Now.
    fn now(&self) -> Timestamp;

    /// How long this process has run, by a clock that never jumps.
    fn elapsed(&self) -> Duration;
}

/// Where pages with secrets go: memory-backed storage, later a printer.
pub trait Pages {
    /// Puts one page out, under a name that nothing has yet.
    fn put(&mut self, name: &str, page: &SecretBytes) -> Result<(), Refusal>;

    /// Takes back a page that was put out, when the dealing it belongs to is given up.
    fn withdraw(&mut self, name: &str);
}

/// The custodians of locked shares, one at a time.
pub trait Custodians {
    /// Lets the custodian of `share` learn a passphrase, and nobody else; comes back when they have shown that they know it.
    fn hand_over(&mut self, share: &LockedShare<'_>, passphrase: &Passphrase) -> Result<(), Refusal>;
}

/// Where the passphrases of locked shares come from when such a share is opened.
pub trait Passphrases {
    /// The next one to try on `share`, after `tried` that did not open it; none, where there is no further one.
    fn next(&mut self, share: &str, tried: usize) -> Result<Option<Passphrase>, Refusal>;

    /// The last one that was given has opened its share.
    fn opened(&mut self) {}
}

/// What is said while work goes on: to a person, never to a pipe that carries a secret.
pub trait Voice {
    /// One line.
    fn say(&mut self, line: &str);
}

/// What another process of this program printed and how it ended.
pub struct Ended {
    /// Its exit status.
    pub status: i32,
    /// What it printed; may be the one secret that was asked for.
    pub output: SecretText,
    /// What it said besides.
    pub said: String,
}

/// Runs this program again, as a process of its own.
pub trait Processes {
    /// Runs it with `arguments`, `input` on its standard input, and waits.
    fn run(&mut self, arguments: &[String], input: &SecretText) -> Result<Ended, Refusal>;
}

/// Files that are not of the vault: page images of a rehearsal.
pub trait Files {
    /// Writes a new file, readable by its owner only.
    fn write(&mut self, path: &Path, bytes: &SecretBytes) -> Result<(), Refusal>;

    /// Reads a file of ours.
    fn read(&mut self, path: &Path) -> Result<SecretBytes, Refusal>;

    /// The names in a folder, sorted.
    fn list(&mut self, path: &Path) -> Result<Vec<String>, Refusal>;
}

/// The terminal at which a ceremony is led.
pub trait Leader {
    /// One line, for everybody in the room.
    fn say(&mut self, line: &str) -> Result<(), Refusal>;

    /// Asks for one line. A terminal that was closed is a refusal.
    fn ask(&mut self, question: &str) -> Result<String, Refusal>;

    /// Asks on a screen of its own for what nobody else may see; nothing at all gives up.
    fn ask_alone(&mut self, heading: &str) -> Result<SecretText, Refusal>;
}

/// What lies on the operator's desk: the machine, the scanner, the plan's judgement.
pub trait Desk {
    /// What was found of the machine, a line each.
    fn preflight(&mut self) -> Result<Vec<String>, Refusal>;

    /// The words of this program's own hash, and its digits.
    fn program(&mut self) -> Result<(String, String), Refusal>;

    /// The findings of the plan that nobody accepted, a line each.
    fn findings(&mut self) -> Result<Vec<String>, Refusal>;

    /// The codes on the scans of a file or folder.
    fn codes(&mut self, path: &str) -> Result<Vec<crate::paper::scan::Page>, Refusal>;

    /// Every share on the scans of a file or folder, or why there is none.
    fn shares(&mut self, path: &str) -> Result<Vec<Result<PaperShare, Refusal>>, Refusal>;

    /// The page of this name, where it was put out as a file that is still there.
    fn page(&mut self, name: &str) -> Option<SecretBytes>;
}
