//! What a guided ceremony is lent: the terminal, the machine, the scanner.
//!
//! Rules of this file:
//! - scans are decoded in a process of their own; what comes back is shares or refusals;
//! - one terminal serves the questions and the custodians: what was typed ahead is not lost between them.

use crate::ceremony::deal::LockedShare;
use crate::ceremony::ports::{Custodians, Desk, Leader};
use crate::code::share_code::PaperShare;
use crate::code::words::{WordsTag, words_of};
use crate::crypto::passphrase::Passphrase;
use crate::hex;
use crate::ident::Mode;
use crate::paper::scan::Page;
use crate::plan::Plan;
use crate::quorum::access::Access;
use crate::refusal::Refusal;
use crate::secret::{SecretBytes, SecretText};
use crate::shell::commands::{check, preflight};
use crate::shell::decoder::Decoder;
use crate::shell::folding::folded;
use crate::shell::passphrases::teach;
use crate::shell::terminal::Terminal;
use crate::shell::{input, machine, scanning};
use std::cell::RefCell;
use std::path::{Path, PathBuf};

/// A terminal at which a room is led.
pub(super) struct Leading<'t>(pub(super) &'t RefCell<Terminal>);

impl Leader for Leading<'_> {
    fn say(&mut self, line: &str) -> Result<(), Refusal> {
        let mut terminal = self.0.borrow_mut();
        let folded = folded(line, terminal.columns());
        terminal.say(&folded)
    }

    fn ask(&mut self, question: &str) -> Result<String, Refusal> {
        let mut terminal = self.0.borrow_mut();
        let folded = folded(question, terminal.columns());
        terminal.answer(&folded)
    }

    fn ask_alone(&mut self, heading: &str) -> Result<SecretText, Refusal> {
        self.0.borrow_mut().secret_line(&format!("{heading}\n"))
    }
}

impl Custodians for Leading<'_> {
    fn hand_over(&mut self, share: &LockedShare<'_>, passphrase: &Passphrase) -> Result<(), Refusal> {
        teach(&mut self.0.borrow_mut(), share, passphrase)
    }
}

/// The operator's desk.
pub(super) struct AtHand<'p> {
    plan: &'p Plan,
    mode: Mode,
    out: Option<PathBuf>,
    decoder: Decoder,
    judged: Vec<String>,
    program: (String, String),
}

impl<'p> AtHand<'p> {
    /// Looks at the machine now: a process that is closed sees no more of it than its command needs.
    pub(super) fn new(plan: &'p Plan, mode: Mode, out: Option<&Path>) -> Result<Self, Refusal> {
        let hash = machine::own_hash()?;
        Ok(Self {
            plan,
            mode,
            out: out.map(Path::to_path_buf),
            decoder: Decoder::default(),
            judged: preflight::lines(out)?,
            program: (words_of(WordsTag::Program, &hash).to_string(), hex::encode(&hash)),
        })
    }
}

impl Desk for AtHand<'_> {
    fn preflight(&mut self) -> Result<Vec<String>, Refusal> {
        Ok(self.judged.clone())
    }

    fn program(&mut self) -> Result<(String, String), Refusal> {
        Ok(self.program.clone())
    }

    fn findings(&mut self) -> Result<Vec<String>, Refusal> {
        let access = Access::of(self.plan, &[]);
        let (_, judgement) = check::judge(&access, check::today())?;
        let findings = judgement.findings.iter();
        Ok(findings
            .map(|finding| format!("{} {}: {}", finding.rule, finding.about, finding.found))
            .collect())
    }

    fn codes(&mut self, path: &str) -> Result<Vec<Page>, Refusal> {
        let mut pages = Vec::new();
        for file in input::scans(&[PathBuf::from(path)])? {
            pages.extend(self.decoder.codes(&input::file(&file, input::SCAN_MAX)?)?);
        }
        Ok(pages)
    }

    fn shares(&mut self, path: &str) -> Result<Vec<Result<PaperShare, Refusal>>, Refusal> {
        let mut shares = Vec::new();
        for file in input::scans(&[PathBuf::from(path)])? {
            let entries = scanning::read(&mut self.decoder, &file, self.mode);
            shares.extend(entries.into_iter().map(|entry| entry.paper));
        }
        Ok(shares)
    }

    fn page(&mut self, name: &str) -> Option<SecretBytes> {
        input::file(&self.out.as_ref()?.join(name), input::SCAN_MAX).ok()
    }
}
