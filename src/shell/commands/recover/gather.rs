//! Shares gathered: from scans, a camera, typed lines, and from afar, with a picture of where it stands.
//!
//! Rules of this file:
//! - an entry that is of no use is told with its place, and never ends the gathering; a person quits, nothing else does;
//! - whatever ends it, nothing of a share is kept; that envelopes were opened is in the ledger all the same;
//! - nobody is asked for a passphrase that is not needed.

use super::afar::{Afar, told};
use super::in_vain;
use super::screen::{self, Frame};
use super::sorted::Sorted;
use super::whom;
use crate::ceremony::afar::Asking;
use crate::ceremony::gathering::{Accepted, Gathering, Held, Picture, Stands};
use crate::ceremony::known::KnownEpochs;
use crate::ceremony::ports::{Clock as _, Passphrases};
use crate::ceremony::recover::Permit;
use crate::code::live::Wanted;
use crate::code::share_code::PaperShare;
use crate::ident::Mode;
use crate::quorum::whom::Calls;
use crate::refusal::Refusal;
use crate::secret::SecretText;
use crate::shell::args::Recover;
use crate::shell::camera::{self, Camera};
use crate::shell::commands::SystemClock;
use crate::shell::decoder::Decoder;
use crate::shell::input;
use crate::shell::lost::Lost;
use crate::shell::offering;
use crate::shell::passphrases;
use crate::shell::report::{self, say};
use crate::shell::scanning::{self, Entry};
use crate::shell::terminal::{Hush, Terminal};
use crate::shell::typing;
use crate::vault::Change;
use crate::vault::event::SetEpoch;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// One gathering at work.
pub(super) struct Gatherer<'g, 'v, 'k> {
    pub(super) it: &'g Recover,
    pub(super) change: &'g mut Change<'v>,
    pub(super) known: &'k KnownEpochs,
    pub(super) gathering: Gathering<'k>,
    pub(super) sets: Vec<SetEpoch>,
    pub(super) asking: Asking,
    pub(super) calls: Vec<Calls>,
    pub(super) title: Vec<String>,
    pub(super) afar: Option<Afar>,
    pub(super) lost: Vec<Lost>,
    pub(super) said: Vec<String>,
}

/// The device that is offered where none was named.
const CAMERA: &str = "/dev/video0";
/// How often what arrives from afar is looked for.
const LOOK: Duration = Duration::from_secs(1);

/// The epochs that open every record of a sitting.
pub(super) fn sets_of(permits: &[Permit], known: &KnownEpochs) -> Vec<SetEpoch> {
    let Some((first, others)) = permits.split_first() else {
        return Vec::new();
    };
    let common = first.sets().iter().filter(|of| {
        let live = known.find(of).is_some_and(|epoch| epoch.state.void.is_none());
        live && others.iter().all(|other| other.sets().contains(of))
    });
    common.cloned().collect()
}

impl Gatherer<'_, '_, '_> {
    fn mode(&self) -> Mode {
        self.change.vault().mode()
    }

    /// Gathers until a quorum is held, or says why there is none.
    pub(super) fn hold(&mut self, mut terminal: Option<&mut Terminal>) -> Result<Held, Refusal> {
        if let Some(place) = &self.it.invite {
            self.invite(place)?;
            if let Some(afar) = &mut self.afar {
                afar.expect(&self.it.contribution);
            }
            match (&mut terminal, &self.afar) {
                (Some(terminal), _) => self.ask_invite(terminal)?,
                (None, Some(afar)) => afar.announce(self.it.stdout),
                (None, None) => {}
            }
        }
        if !self.it.scan.is_empty() {
            let scans = self.it.scan.clone();
            let entries = self.scanned(&scans)?;
            self.sort(entries, terminal.as_deref_mut())?;
            self.ask_for_lost(terminal.as_deref_mut())?;
        }
        if let Some(device) = self.it.camera.clone() {
            self.look(&device, terminal.as_deref_mut())?;
        }
        match terminal {
            None => {
                self.speak();
                self.unwatched()
            }
            Some(terminal) => self.at_the_screen(terminal),
        }
    }

    fn unwatched(&mut self) -> Result<Held, Refusal> {
        if self.it.scan.is_empty() && self.it.camera.is_none() && self.it.contribution.is_empty() {
            let entries = scanning::read_typed(&input::standard(input::TEXT_MAX)?, self.mode());
            self.sort((entries, 0), None)?;
            self.speak();
        }
        let until = SystemClock.elapsed() + Duration::from_mins(u64::from(self.it.wait));
        while self.afar.as_ref().is_some_and(Afar::expects) {
            self.look_afar()?;
            self.speak();
            if self.gathering.is_enough() || SystemClock.elapsed() > until {
                break;
            }
            std::thread::sleep(LOOK);
        }
        self.gathering.hold()
    }

    /// The screen, until the quorum is opened or somebody quits.
    fn at_the_screen(&mut self, terminal: &mut Terminal) -> Result<Held, Refusal> {
        // Who gave scans that suffice has said what they want.
        if self.gathering.is_enough() && (!self.it.scan.is_empty() || self.it.camera.is_some()) {
            match self.gathering.hold() {
                Ok(held) => {
                    self.speak();
                    return Ok(held);
                }
                Err(refusal) => self.said.push(told(&refusal)),
            }
        }
        loop {
            self.look_afar()?;
            self.show_said(terminal)?;
            let enough = self.gathering.is_enough();
            let shown = self.drawn(terminal);
            let waits = self.afar.as_ref().is_some_and(Afar::expects);
            let (key, hush) = terminal.menu(&shown, if waits { LOOK } else { Duration::from_mins(1) })?;
            let Some(key) = key else { continue };
            self.said.clear();
            if key == 't' {
                self.type_sheet(terminal, hush)?;
                continue;
            }
            drop(hush);
            match key {
                's' => self.ask_scans(terminal)?,
                'c' => self.ask_camera(terminal)?,
                'i' => self.ask_invite(terminal)?,
                'u' => self.undo(),
                '?' => self.show_whom(terminal)?,
                'q' | '\u{3}' | '\u{4}' => in_vain::quit(terminal)?,
                '\r' | '\n' if enough => match self.gathering.hold() {
                    Ok(held) => return Ok(held),
                    Err(refusal) => self.said.push(told(&refusal)),
                },
                _ => {}
            }
        }
    }

    fn drawn(&self, terminal: &Terminal) -> String {
        let pictures = self.gathering.pictures();
        let soonest = pictures.first().and_then(|nearest| {
            let calls = self
                .calls
                .iter()
                .find(|calls| calls.set == nearest.epoch.state.of.set)?;
            let lacks = |call: &crate::quorum::whom::Call| {
                let row = nearest.rows.iter().find(|row| row.index == call.kept.index);
                row.is_some_and(|row| row.stands == Stands::Missing)
            };
            Some(whom::soonest(self.change.vault().plan(), calls, &lacks))
        });
        let frame = Frame {
            title: &self.title,
            said: &self.said,
            soonest: soonest.as_deref().unwrap_or_default(),
            invited: self.afar.is_some(),
            rows: terminal.size().0,
        };
        screen::drawn(&pictures, &frame)
    }

    /// What is typed too early, before the lines are asked for, is not seen: `hush` ends when they were typed.
    fn type_sheet(&mut self, terminal: &mut Terminal, hush: Hush) -> Result<(), Refusal> {
        let (mode, pictures) = (self.mode(), self.gathering.pictures());
        let wanted: Vec<Wanted> = pictures.iter().map(wanted_of).collect();
        let typed = typing::lines(terminal, &screen::typing_heading(&pictures), mode, &wanted)?;
        drop(hush);
        if typed.is_empty() {
            return Ok(());
        }
        let entries = offering::read_typed(terminal, &typed, mode)?;
        self.sort((entries, 0), Some(terminal))
    }

    fn ask_scans(&mut self, terminal: &mut Terminal) -> Result<(), Refusal> {
        let Some(path) = asked_path(terminal, "a scan, or a folder of scans (nothing at all goes back)\n")? else {
            return Ok(());
        };
        match self.scanned(&[path]) {
            Ok(entries) => {
                self.sort(entries, Some(terminal))?;
                self.ask_for_lost(Some(terminal))
            }
            Err(refusal) => {
                self.said.push(told(&refusal));
                Ok(())
            }
        }
    }

    fn ask_camera(&mut self, terminal: &mut Terminal) -> Result<(), Refusal> {
        let device = self.it.camera.clone().unwrap_or_else(|| PathBuf::from(CAMERA));
        terminal.say(&format!(
            "looking through {}: hold one sheet before it",
            device.display()
        ))?;
        if let Err(refusal) = self.look(&device, Some(terminal)) {
            self.said.push(told(&refusal));
        }
        Ok(())
    }

    fn ask_invite(&mut self, terminal: &mut Terminal) -> Result<(), Refusal> {
        if self.afar.is_none() {
            let Some(path) = asked_path(terminal, "the file for the invitation (nothing at all goes back)\n")? else {
                return Ok(());
            };
            if let Err(refusal) = self.invite(&path) {
                self.said.push(told(&refusal));
                return Ok(());
            }
        }
        let Some(afar) = &mut self.afar else { return Ok(()) };
        loop {
            let (shown, grows) = afar.shown(terminal.size());
            let (key, hush) = terminal.menu(&shown, if grows { LOOK } else { Duration::from_mins(1) })?;
            drop(hush);
            match key {
                Some('w') => {
                    let question = "the file or folder in which contributions arrive (nothing at all goes back)\n";
                    if let Some(path) = asked_path(terminal, question)? {
                        afar.expect(&[path]);
                        return Ok(());
                    }
                }
                Some(_) => return Ok(()),
                None => {}
            }
        }
    }

    fn undo(&mut self) {
        let said = match self.gathering.take_back() {
            Some(name) => format!("taken back: {name}"),
            None => "there is no entry to take back".to_string(),
        };
        self.said.push(said);
    }

    fn show_whom(&mut self, terminal: &mut Terminal) -> Result<(), Refusal> {
        let page = whom::page(self.change.vault().plan(), &self.calls, SystemClock.now());
        let rows: Vec<Vec<String>> = page.lines().map(|row| vec![row.to_string()]).collect();
        in_pages(terminal, &rows)
    }

    /// Shows what was said where it is more than the screen of the gathering has room for; its last word stays.
    fn show_said(&mut self, terminal: &mut Terminal) -> Result<(), Refusal> {
        let Some(each) = screen::too_much(&self.said) else {
            return Ok(());
        };
        in_pages(terminal, &each)?;
        self.said.drain(..self.said.len().saturating_sub(1));
        if screen::too_much(&self.said).is_some() {
            self.said.clear();
        }
        Ok(())
    }

    /// Says, where no screen will cover it, what was said so far.
    fn speak(&mut self) {
        self.said.drain(..).for_each(|line| say(&line));
    }

    fn invite(&mut self, place: &Path) -> Result<(), Refusal> {
        let now = SystemClock.now();
        let afar = Afar::begin(self.change, self.known, &self.sets, self.asking.clone(), place, now)?;
        self.afar = Some(afar);
        Ok(())
    }

    fn look_afar(&mut self) -> Result<(), Refusal> {
        let Some(afar) = &mut self.afar else { return Ok(()) };
        let (said, events) = afar.take(&mut self.gathering);
        self.said.extend(said);
        if !events.is_empty() {
            self.change.commit(&[], events, SystemClock.now())?;
        }
        Ok(())
    }

    fn look(&mut self, device: &Path, terminal: Option<&mut Terminal>) -> Result<(), Refusal> {
        let mut frames = Camera::open(device)?;
        let (mode, mut entries) = (self.mode(), Vec::new());
        let mut take = |code: SecretText| {
            entries.extend(scanning::read_code(&code, mode, "the camera"));
            !entries.iter().any(|entry: &Entry| entry.paper.is_ok())
        };
        camera::watch(&mut frames, &mut Decoder::default(), &mut take)?;
        self.sort((entries, 0), terminal)
    }

    fn scanned(&mut self, paths: &[PathBuf]) -> Result<(Vec<Entry>, usize), Refusal> {
        let files = input::scans(paths)?;
        let (entries, lost) = scanning::read_all(&files, self.mode());
        self.lost.extend(lost);
        Ok((entries, files.len()))
    }

    /// Asks for what is left to know of sheets without a code, as long as the quorum lacks shares.
    fn ask_for_lost(&mut self, mut terminal: Option<&mut Terminal>) -> Result<(), Refusal> {
        for lost in std::mem::take(&mut self.lost) {
            let Some(terminal) = terminal.as_deref_mut().filter(|_| !self.gathering.is_enough()) else {
                break;
            };
            let entries = lost.ask(terminal, self.mode())?;
            self.sort((entries, 0), Some(terminal))?;
        }
        Ok(())
    }

    /// Takes every entry; those under a passphrase last, and only as many as the quorum lacks: a custodian is not asked in vain.
    fn sort(&mut self, (entries, scans): (Vec<Entry>, usize), terminal: Option<&mut Terminal>) -> Result<(), Refusal> {
        let mut passphrases = passphrases::source(self.it.passphrases.as_deref(), terminal)?;
        let is_locked = |entry: &Entry| entry.paper.as_ref().is_ok_and(PaperShare::is_locked);
        let (locked, open): (Vec<Entry>, Vec<Entry>) = entries.into_iter().partition(is_locked);
        let mut sorted = Sorted::default();
        for entry in open {
            self.add(entry, &mut *passphrases, &mut sorted)?;
        }
        for entry in locked {
            if self.gathering.is_enough() {
                break;
            }
            self.add(entry, &mut *passphrases, &mut sorted)?;
        }
        let (refused, sums) = sorted.told(scans);
        if self.is_watched() {
            self.said.extend(refused.iter().map(told));
        } else {
            refused.iter().for_each(report::note);
        }
        self.said.extend(sums);
        Ok(())
    }

    fn is_watched(&self) -> bool {
        !self.it.unattended
    }

    fn add(&mut self, entry: Entry, passphrases: &mut dyn Passphrases, sorted: &mut Sorted) -> Result<(), Refusal> {
        let Entry { paper, from } = entry;
        let paper = match paper {
            Ok(paper) => paper,
            Err(refusal) => {
                sorted.refuse(refusal, from, None);
                return Ok(());
            }
        };
        let epoch = self.known.epoch_of(&paper.head);
        let set = epoch.map(|epoch| epoch.state.of.to_string());
        let name = epoch.map(|epoch| self.known.name(epoch, paper.head.index));
        match self.gathering.add(paper, passphrases) {
            Ok(Accepted::Proved) => sorted.take(),
            Ok(Accepted::Unproved) => {
                sorted.take();
                self.said.push(format!(
                    "note: {from}: it counts, but is not proved: its last line would tell a wrong one"
                ));
            }
            Ok(Accepted::Again) => {
                sorted.again();
                if self.is_watched() {
                    let named = name.unwrap_or_default();
                    self.said
                        .push(format!("{from}: {named}: it is there already, and counts once"));
                }
            }
            Err(refusal) if refusal.ends_asking() => return Err(refusal),
            Err(refusal) => sorted.refuse(refusal, from, set),
        }
        Ok(())
    }
}

fn wanted_of(picture: &Picture<'_>) -> Wanted {
    let stored = &picture.epoch.stored;
    Wanted {
        identity_kind: stored.core.identity_kind,
        needed: stored.core.threshold.needed(),
        total: stored.core.threshold.total(),
        fingerprint: stored.fingerprint,
    }
}

/// Things of a few rows each in as many screens as they take, none of them divided; each screen until a key is pressed.
fn in_pages(terminal: &mut Terminal, each: &[Vec<String>]) -> Result<(), Refusal> {
    let fits = terminal.size().0.saturating_sub(3).max(1);
    let mut page: Vec<&str> = Vec::new();
    for rows in each.iter().flat_map(|rows| rows.chunks(fits)) {
        if page.len() + rows.len() > fits {
            in_one_page(terminal, &page)?;
            page.clear();
        }
        page.extend(rows.iter().map(String::as_str));
    }
    in_one_page(terminal, &page)
}

fn in_one_page(terminal: &mut Terminal, rows: &[&str]) -> Result<(), Refusal> {
    let shown = format!("{}\n\n[enter] on\n", rows.join("\n"));
    while terminal.menu(&shown, Duration::from_mins(1))?.0.is_none() {}
    Ok(())
}

/// A path that a person types, or nothing.
fn asked_path(terminal: &mut Terminal, question: &str) -> Result<Option<PathBuf>, Refusal> {
    let typed = terminal.secret_line(question)?;
    Ok(typed.expose(|text| (!text.is_empty()).then(|| PathBuf::from(text))))
}
