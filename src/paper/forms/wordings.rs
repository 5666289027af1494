//! Which wording a paper has: the operator's, where a folder has one, or the one that comes with the program.
//!
//! Rules of this file:
//! - one file a paper, named for it; a file of another name is refused, since it would change nothing;
//! - what a template may ask for is known, and anything else is refused before a page is drawn.

use crate::paper::template::Template;
use crate::plan::nearest;
use crate::refusal::{Refusal, Rule};
use std::collections::BTreeMap;

/// A paper that has a wording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Paper {
    /// One share.
    ShareSheet,
    /// Outside an envelope.
    Label,
    /// What a custodian holds.
    Card,
    /// What a custodian signs.
    Receipt,
    /// What lies in a safe.
    Inventory,
    /// Step by step.
    Script,
    /// The ledger head, signed.
    Closing,
    /// The first page of every printer.
    PrinterTest,
    /// Who has access.
    Review,
    /// That it works.
    Drill,
    /// The claim, signed.
    Statement,
    /// The vault as codes.
    VaultCopy,
    /// The frame of the runbooks.
    Runbook,
    /// Where everything stands.
    Status,
    /// What those say who recover.
    NoticeKit,
    /// What those answer whom the alert wakes.
    NoticeAlert,
    /// What a recovery opened and showed.
    Exposure,
}

macro_rules! papers {
    ($($paper:ident $name:literal;)*) => {
        impl Paper {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$paper),*];

            /// The name of its template, without `.md`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$paper => $name,)* }
            }

            fn wording(self) -> &'static str {
                match self { $(Self::$paper => include_str!(concat!("../../../templates/", $name, ".md")),)* }
            }
        }
    };
}

papers! {
    ShareSheet "share-sheet";
    Label "label";
    Card "card";
    Receipt "receipt";
    Inventory "inventory";
    Script "script";
    Closing "closing";
    PrinterTest "printer-test";
    Review "review";
    Drill "drill";
    Statement "statement";
    VaultCopy "vault-copy";
    Runbook "runbook";
    Status "status";
    NoticeKit "notice-kit";
    NoticeAlert "notice-alert";
    Exposure "exposure";
}

/// The wording of every paper.
#[derive(Clone, Debug, Default)]
pub struct Wordings(BTreeMap<Paper, String>);

impl Wordings {
    /// Those that come with the program.
    pub fn own() -> Self {
        Self::default()
    }

    /// Replaces the wording of the paper that `file` is named for.
    pub fn replace(&mut self, file: &str, text: String) -> Result<(), Refusal> {
        let name = file.strip_suffix(".md").unwrap_or(file);
        let paper = Paper::ALL.iter().find(|paper| paper.name() == name).ok_or_else(|| {
            let known: Vec<&str> = Paper::ALL.iter().map(|paper| paper.name()).collect();
            let refusal = Refusal::new(
                Rule::InputMalformed,
                format!("no paper has a template named {}", file.escape_debug()),
            );
            match nearest(name, known.iter().copied()) {
                Some(near) => refusal.hint(format!("did you mean {near}.md?")),
                None => refusal.hint(format!("one of: {}", known.join(", "))),
            }
        })?;
        self.0.insert(*paper, text);
        Ok(())
    }

    /// The template of a paper.
    pub fn template(&self, paper: Paper) -> Result<Template, Refusal> {
        Template::parse(self.text(paper))
    }

    /// The same, as it is written.
    pub(super) fn text(&self, paper: Paper) -> &str {
        self.0.get(&paper).map_or(paper.wording(), String::as_str)
    }
}
