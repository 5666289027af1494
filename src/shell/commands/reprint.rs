//! `reprint` and `passphrase`: one page made again from its own sheet.

use super::SystemClock;
use super::print::{SecretPlace, press};
use crate::ceremony::deal::Room;
use crate::ceremony::known::KnownEpochs;
use crate::ceremony::ports::{Clock as _, Custodians};
use crate::ceremony::reprint::{Anew, Wanted};
use crate::code::share_code::PaperShare;
use crate::entropy::System;
use crate::ident::Mode;
use crate::refusal::{Refusal, Rule};
use crate::shell::args::{Place, Reprint};
use crate::shell::decoder::Decoder;
use crate::shell::guard::{self, Exceptions};
use crate::shell::input;
use crate::shell::offering;
use crate::shell::passphrases::{self, AtTheTerminal, InAFile, Nobody};
use crate::shell::report::{Answer, Standard, print, say};
use crate::shell::scanning;
use crate::shell::terminal::Terminal;
use crate::vault::event::Note;
use crate::vault::store::Store;
use crate::vault::{Change, note};
use std::path::Path;

/// Makes the page again: with the same lines, or under a new passphrase.
pub fn run(place: &Place, it: &Reprint, anew: Anew) -> Result<Answer, Refusal> {
    let store = Store::open(&place.vault)?;
    let mut change = Change::begin(&store, place.site.as_ref())?;
    let mode = change.vault().mode();
    let known = KnownEpochs::read(change.vault());
    let wanted = Wanted::find(&change, &known, it.serial, anew)?;
    let name = wanted.name();
    let press = press(change.vault(), it.templates.as_deref())?;
    guard::judge_unattended(mode, &it.unattended, &format!("{} {}", command(anew), it.serial))?;
    if anew == Anew::NewPassphrase && mode == Mode::Production && it.unattended.unattended {
        return Err(Refusal::new(
            Rule::CustodianAbsent,
            format!("unattended, nobody is there to learn the new passphrase of {name}"),
        )
        .hint(format!("strongroom passphrase {} --out /dev/shm/pages", it.serial)));
    }
    let to = SecretPlace {
        out: it.out.as_deref(),
        printer: it.printer.as_ref(),
        allow_disk: it.allow_disk.as_ref(),
        allow_spool: it.allow_spool.as_ref(),
    };
    let mut exceptions = Exceptions::default();
    to.judge(&change, &mut exceptions)?;
    let mut terminal = if it.unattended.unattended {
        None
    } else {
        Some(Terminal::open()?)
    };
    let boot = guard::enter(&mut change, &it.overrides, exceptions, SystemClock.now())?;
    let paper = sheet(it, mode, &name, terminal.as_mut())?;
    let reason = reason(it, anew)?;
    let mut passphrases = passphrases::source(it.passphrases.as_deref(), terminal.as_mut())?;
    let mut written = InAFile::beside(to.out.unwrap_or(Path::new("/dev/shm")));
    let mut at_the_terminal = if it.unattended.unattended {
        None
    } else {
        Some(AtTheTerminal(Terminal::open()?))
    };
    let custodians: &mut dyn Custodians = match (&mut at_the_terminal, mode) {
        (Some(there), _) => there,
        (None, Mode::Rehearsal) => &mut written,
        (None, Mode::Production) => &mut Nobody,
    };
    let mut system = System;
    let mut entropy = change.entropy(&mut system);
    let mut pages = to.open()?;
    let mut room = Room {
        entropy: &mut entropy,
        clock: &SystemClock,
        press: &press,
        pages: pages.as_mut(),
        custodians,
        voice: &mut Standard,
        boot,
        unattended: it.unattended.reason.clone(),
    };
    let serial = wanted.reprint(&mut change, paper, reason, passphrases.as_mut(), &mut room)?;
    for file in written.write()? {
        say(&format!("the passphrase of this rehearsal is in {}", file.display()));
    }
    print(&format!(
        "{name}: its page was made again, serial {serial}, read back\n"
    ));
    if mode == Mode::Production {
        say(&match to.out {
            Some(out) => format!(
                "next: print it, then prove it on paper: strongroom prove --scan {}",
                out.display()
            ),
            None => "next: prove it on paper: strongroom prove --scan SCAN".to_string(),
        });
        say(&format!(
            "once it is proved, destroy the sheet with serial {}: it still opens",
            it.serial
        ));
    }
    Ok(Answer::Done)
}

fn command(anew: Anew) -> &'static str {
    match anew {
        Anew::SameLines => "reprint",
        Anew::NewPassphrase => "passphrase",
    }
}

fn reason(it: &Reprint, anew: Anew) -> Result<Note, Refusal> {
    let default = match anew {
        Anew::SameLines => "asked for by its custodian",
        Anew::NewPassphrase => "a new passphrase",
    };
    it.unattended.reason.clone().map_or_else(|| note(default), Ok)
}

/// The one share that was scanned or typed.
fn sheet(it: &Reprint, mode: Mode, name: &str, terminal: Option<&mut Terminal>) -> Result<PaperShare, Refusal> {
    let mut entries = Vec::new();
    if !it.scan.is_empty() {
        let mut decoder = Decoder::default();
        for file in input::scans(&it.scan)? {
            entries.extend(scanning::read(&mut decoder, &file, mode));
        }
    } else if let Some(terminal) = terminal {
        let typed = terminal.secret_lines(&format!("the lines of {name}; an empty line ends it"))?;
        entries.extend(offering::read_typed(terminal, &typed, mode)?);
    } else {
        entries.extend(scanning::read_typed(&input::standard(input::TEXT_MAX)?, mode));
    }
    let mut papers = Vec::new();
    for entry in entries {
        let paper = entry
            .paper
            .map_err(|refusal| scanning::of_file(&refusal, &entry.from))?;
        papers.push(paper);
    }
    // Both codes of a sheet say the same.
    papers.dedup_by_key(|paper| (paper.head.fingerprint, paper.head.index));
    match (papers.pop(), papers.is_empty()) {
        (Some(paper), true) => Ok(paper),
        _ => Err(Refusal::new(
            Rule::OneShareAProcess,
            "one command makes one page again, from its own sheet",
        )
        .hint(format!("give the sheet of {name}, and no other: --scan FILE"))),
    }
}
