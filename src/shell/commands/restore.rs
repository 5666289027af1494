//! `restore`: a vault from its printed copy.
//!
//! Rules of this file:
//! - nothing is written before everything was read, unpacked and found whole; a crash leaves no vault;
//! - what is written is what was printed, byte by byte: no line is added;
//! - in production the words of the last signed closing sheet come first; only a copy without any closing entry has none.

use super::count;
use super::print::must_be_new;
use crate::code::words::Fingerprint;
use crate::ident::Mode;
use crate::paper::copy::archive;
use crate::paper::copy::gather::{Gathered, Restored};
use crate::paper::copy::wire::Block;
use crate::refusal::{Refusal, Rule};
use crate::shell::args::Restore;
use crate::shell::decoder::Decoder;
use crate::shell::input;
use crate::shell::passphrases;
use crate::shell::report::{Answer, note, print, say};
use crate::shell::scanning::of_file;
use crate::vault::event::Event;
use crate::vault::ledger::Chain;
use crate::vault::register::Register;
use crate::vault::{self, anchor::Anchor};
use std::path::PathBuf;
use std::sync::Mutex;

/// Reads the pages and makes the vault.
pub fn run(it: &Restore) -> Result<Answer, Refusal> {
    must_be_new(&it.folder)?;
    let gathered = read(input::scans(&it.scan)?)?;
    let restored = gathered.restore()?;
    let files = archive::unpack(&restored.archive)?;
    let chains = vault::parse_chains(&files)?;
    vouched(&restored, &chains, it.anchor.as_ref())?;
    let count_of_files = files.len();
    vault::make(&it.folder, files, &chains)?;
    if !restored.rebuilt.is_empty() {
        let numbers: Vec<String> = restored.rebuilt.iter().map(ToString::to_string).collect();
        say(&format!("rebuilt from the other pages: {}", numbers.join(", ")));
    }
    print(&format!(
        "{}: {} from {}, as they were printed\n",
        it.folder.display(),
        count(count_of_files, "file"),
        count(restored.pages, "page")
    ));
    print(&format!(
        "next: strongroom --vault {} ledger verify\n",
        it.folder.display()
    ));
    Ok(Answer::Done)
}

/// Every page of every scan, several at a time, each decoded apart; what they say is put together in the order of the scans, so that
/// the same scans give the same answer. A scan that cannot be read is said, and the others go on.
fn read(files: Vec<PathBuf>) -> Result<Gathered, Refusal> {
    let next = Mutex::new(files.into_iter().enumerate());
    let read = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, |cores| cores.get().min(8)) {
            scope.spawn(|| {
                let mut decoder = Decoder::default();
                while let Some((at, file)) = next.lock().ok().and_then(|mut next| next.next()) {
                    let pages = input::file(&file, input::SCAN_MAX).and_then(|bytes| decoder.copy_pages(&bytes));
                    let pages = pages.unwrap_or_else(|refusal| {
                        note(&of_file(&refusal, &file.display().to_string()));
                        Vec::new()
                    });
                    let codes = pages.iter().flat_map(|page| &page.codes);
                    let blocks: Vec<_> = codes.filter_map(|code| code.expose(Block::parse)?.ok()).collect();
                    let Ok(mut read) = read.lock() else { return };
                    read.push((at, blocks));
                }
            });
        }
    });
    let mut read = read.into_inner().unwrap_or_default();
    read.sort_by_key(|(at, _)| *at);
    let mut gathered = Gathered::default();
    for (mode, block) in read.into_iter().flat_map(|(_, blocks)| blocks) {
        gathered.put(mode, block)?;
    }
    Ok(gathered)
}

/// Whether paper vouches for the ledger that was restored.
fn vouched(restored: &Restored, chains: &[Chain], words: Option<&Fingerprint>) -> Result<(), Refusal> {
    let register = Register::of(chains, None)?;
    if register.mode() != restored.mode {
        return Err(Refusal::new(
            Rule::CopyDamaged,
            format!(
                "the pages are of {}, the vault upon them is of {}",
                restored.mode,
                register.mode()
            ),
        ));
    }
    let closed = chains
        .iter()
        .flat_map(Chain::entries)
        .any(|entry| matches!(entry.event, Event::Closing { .. }));
    let words = match (words, register.mode()) {
        (Some(words), _) => Some(*words),
        (None, Mode::Production) if closed => Some(the_words(
            "the 8 words of the last signed closing sheet",
            "strongroom restore DIR --scan PAGES… --anchor \"WORD WORD WORD WORD WORD WORD WORD WORD\"",
        )?),
        (None, Mode::Production) => {
            say("this copy has no closing entry: no paper vouches for anything in it");
            None
        }
        (None, Mode::Rehearsal) => None,
    };
    let Some(words) = words else { return Ok(()) };
    let anchor = Anchor::find(chains, &words)?;
    let lines: usize = chains.iter().map(|chain| chain.entries().len()).sum();
    let later = lines - anchor.extent.values().sum::<usize>();
    if later > 0 {
        say(&format!("{} after these words: not yet on paper", count(later, "line")));
    }
    Ok(())
}

/// The words, from a person; without one they are missing, and `command` gives them.
pub(super) fn the_words(which: &str, command: &str) -> Result<Fingerprint, Refusal> {
    let missing = || {
        Refusal::new(Rule::AnchorMissing, format!("in production this begins with {which}"))
            .hint(format!("give them: {command}"))
    };
    let mut person = passphrases::person().ok_or_else(missing)?;
    loop {
        let typed = person.ask(which)?;
        match Fingerprint::from_words(&typed) {
            Ok(words) => return Ok(words),
            Err(fault) => person.say(&fault.to_string())?,
        }
    }
}
