//! Where passphrases come from, and where they go.
//!
//! Rules of this file:
//! - at a terminal they stand on the alternate screen only, for one custodian, who is asked whether they are alone;
//! - a file gives one a row, in any order; rows that begin with `#` say for people whose they are. Each is tried on each locked share;
//! - only a rehearsal writes such a file: what stands in it is thrown away.

use super::input;
use super::output;
use super::terminal::Terminal;
use crate::ceremony::deal::LockedShare;
use crate::ceremony::ports::{Custodians, Passphrases};
use crate::crypto::passphrase::Passphrase;
use crate::ident::SetName;
use crate::refusal::{Refusal, Rule};
use crate::secret::{SecretBytes, SecretText};
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

/// The largest file with passphrases, in bytes: one for each of 255 shares, and room to spare.
const FILE_MAX: usize = 128 * 1024;
/// The most passphrases that are tried on one share: each costs most of a second.
const ROWS_MAX: usize = 255;

/// The source that a command was given: a file or `-`; else the terminal; else none.
pub fn source<'t>(
    file: Option<&Path>,
    terminal: Option<&'t mut Terminal>,
) -> Result<Box<dyn Passphrases + 't>, Refusal> {
    Ok(match (file, terminal) {
        (Some(file), _) => Box::new(Listed::read(file)?),
        (None, Some(terminal)) => Box::new(Asked(terminal)),
        (None, None) => Box::new(Nowhere),
    })
}

/// The terminal of this process, where a person sits at it.
pub fn person() -> Option<Terminal> {
    std::io::stdin().is_terminal().then(Terminal::open)?.ok()
}

/// No passphrase at all.
struct Nowhere;

impl Passphrases for Nowhere {
    fn next(&mut self, _: &str, _: usize) -> Result<Option<Passphrase>, Refusal> {
        Ok(None)
    }
}

/// Passphrases of a file. One that opened a share is tried last on the next: a custodian has one share of a set.
struct Listed {
    rows: Vec<SecretText>,
    last: usize,
}

impl Listed {
    fn read(path: &Path) -> Result<Self, Refusal> {
        let bytes = if path.as_os_str() == "-" {
            input::standard_bytes(FILE_MAX)?
        } else {
            input::file(path, FILE_MAX)?
        };
        let place = if path.as_os_str() == "-" {
            "standard input".to_string()
        } else {
            path.display().to_string()
        };
        let text = input::text(bytes, &place)?;
        let rows = text.expose(|text| {
            let rows = (1..)
                .zip(text.lines())
                .filter(|(_, row)| !row.trim().is_empty() && !row.starts_with('#'));
            rows.map(|(number, row)| judged(row, number, &place))
                .collect::<Result<Vec<_>, _>>()
        })?;
        if rows.is_empty() || rows.len() > ROWS_MAX {
            let found = format!("{place} has {} passphrases, 1 to {ROWS_MAX} are read", rows.len());
            return Err(
                Refusal::new(Rule::InputMalformed, found).hint("one a row; a row that begins with # is passed over")
            );
        }
        Ok(Self { rows, last: 0 })
    }
}

fn judged(row: &str, number: usize, place: &str) -> Result<SecretText, Refusal> {
    match Passphrase::read(row) {
        Ok(_) => Ok(SecretText::build(row.len(), |copy| copy.push_str(row))),
        Err(fault) => Err(Refusal::new(fault.rule(), format!("{place}, row {number}: {fault}"))),
    }
}

impl Passphrases for Listed {
    fn next(&mut self, _: &str, tried: usize) -> Result<Option<Passphrase>, Refusal> {
        self.last = tried;
        let row = self.rows.get(tried);
        Ok(row.map(|row| row.expose(Passphrase::read)).transpose()?)
    }

    fn opened(&mut self) {
        let row = self.rows.remove(self.last);
        self.rows.push(row);
    }
}

/// A custodian at the terminal.
struct Asked<'t>(&'t mut Terminal);

impl Passphrases for Asked<'_> {
    fn next(&mut self, share: &str, tried: usize) -> Result<Option<Passphrase>, Refusal> {
        let mut said = if tried == 0 {
            String::new()
        } else {
            "it does not open to that one: seven words in their order, small letters,\none space between; your own note has them\n\n".to_string()
        };
        loop {
            let heading = format!(
                "{said}the passphrase of {share}\nits custodian alone at the screen; nothing at all goes on without this share\n"
            );
            let typed = self.0.secret_line(&heading)?;
            if typed.is_empty() {
                return Ok(None);
            }
            match typed.expose(Passphrase::read) {
                Ok(passphrase) => return Ok(Some(passphrase)),
                Err(fault) => said = format!("{fault}\n\n"),
            }
        }
    }
}

/// Custodians who come to the terminal, one at a time.
pub struct AtTheTerminal(pub Terminal);

impl Custodians for AtTheTerminal {
    fn hand_over(&mut self, share: &LockedShare<'_>, passphrase: &Passphrase) -> Result<(), Refusal> {
        teach(&mut self.0, share, passphrase)
    }
}

/// Shows a custodian the seven words, until they have typed them back.
pub fn teach(terminal: &mut Terminal, share: &LockedShare<'_>, passphrase: &Passphrase) -> Result<(), Refusal> {
    let given_up = || {
        Refusal::new(Rule::GivenUp, format!("the passphrase of {share} was not typed back"))
            .hint("nothing was dealt or printed; begin again when the custodian is there")
    };
    terminal.say(&format!(
        "{share}: a passphrase of seven words, for {} alone",
        share.custodian
    ))?;
    if !terminal.confirm(&format!("is {} alone at the screen?", share.custodian))? {
        return Err(given_up());
    }
    loop {
        let shown = passphrase.expose(|text| SecretText::build(text.len(), |copy| copy.push_str(text)));
        terminal.show(
            &format!("{share}\nwrite these seven words down where nobody else finds them; never beside the sheet"),
            &shown,
        )?;
        let typed = terminal.secret_line(&format!(
            "{share}\ntype the seven words back; nothing at all gives up\n"
        ))?;
        if typed.is_empty() {
            return Err(given_up());
        }
        let back = typed.expose(Passphrase::read).ok();
        if back.is_some_and(|back| back.expose(|back| passphrase.expose(|words| back == words))) {
            return Ok(());
        }
        terminal.say("that is not the passphrase; here it is again")?;
    }
}

/// Custodians of a rehearsal whom nobody waits for: what they would learn stands in a file beside the pages.
pub struct InAFile {
    folder: PathBuf,
    rows: Vec<(SetName, SecretText)>,
}

impl InAFile {
    /// Beside the pages in `folder`.
    pub fn beside(folder: &Path) -> Self {
        Self {
            folder: folder.to_path_buf(),
            rows: Vec::new(),
        }
    }

    /// Writes one file for each set that has locked shares; gives their places.
    pub fn write(self) -> Result<Vec<PathBuf>, Refusal> {
        let mut places = Vec::new();
        let mut rows = self.rows.into_iter().peekable();
        while let Some((set, first)) = rows.next() {
            let mut text = zeroize::Zeroizing::new(Vec::with_capacity(FILE_MAX));
            first.expose(|row| text.extend_from_slice(row.as_bytes()));
            while let Some((_, row)) = rows.next_if(|(other, _)| *other == set) {
                row.expose(|row| text.extend_from_slice(row.as_bytes()));
            }
            let place = self.folder.join(format!("{set}-passphrases.txt"));
            output::write_new(&place, &SecretBytes::new(std::mem::take(&mut *text)))?;
            places.push(place);
        }
        Ok(places)
    }
}

impl Custodians for InAFile {
    fn hand_over(&mut self, share: &LockedShare<'_>, passphrase: &Passphrase) -> Result<(), Refusal> {
        let comment = format!("# {share}\n");
        let row = passphrase.expose(|words| {
            SecretText::build(comment.len() + words.len() + 1, |row| {
                row.push_str(&comment);
                row.push_str(words);
                row.push('\n');
            })
        });
        self.rows.push((share.set.clone(), row));
        Ok(())
    }
}

/// Nobody: of a command that locks nothing.
pub struct Nobody;

impl Custodians for Nobody {
    fn hand_over(&mut self, share: &LockedShare<'_>, _: &Passphrase) -> Result<(), Refusal> {
        Err(Refusal::new(
            Rule::CustodianAbsent,
            format!("{} is not there to learn the passphrase of {share}", share.custodian),
        )
        .hint("begin again at a terminal, without --unattended"))
    }
}
