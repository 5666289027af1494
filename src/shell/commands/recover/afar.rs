//! The session that invites, and what arrives in it.
//!
//! Rules of this file:
//! - the identity of the session is in the memory of this process alone: a recovery that ends takes it along;
//! - a file that arrives is read once; one that changed since is read again, for it may have been on its way;
//! - a contribution that is of no use is told by its file, and the others go on.

use crate::ceremony::afar::{self, Asking, Invite};
use crate::ceremony::gathering::{Accepted, From, Gathering};
use crate::ceremony::known::KnownEpochs;
use crate::ceremony::ports::Passphrases;
use crate::crypto::passphrase::Passphrase;
use crate::crypto::session::Session;
use crate::entropy::{Entropy, System};
use crate::refusal::{Refusal, Rule};
use crate::shell::decoder::Decoder;
use crate::shell::folding::all_folded;
use crate::shell::report::print;
use crate::shell::scanning;
use crate::shell::travelling::{self, OnScreen};
use crate::vault::event::{Event, NightEvent, SetEpoch};
use crate::vault::{Change, note, note_of_finding};
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A session that invited.
pub(super) struct Afar {
    session: Session,
    invite: Invite,
    code: String,
    place: PathBuf,
    picture: Option<PathBuf>,
    paths: Vec<PathBuf>,
    read: BTreeSet<(PathBuf, u64, Option<SystemTime>)>,
    decoder: Decoder,
}

impl Afar {
    /// Begins a session, writes its invitation, and enters it in the ledger.
    pub(super) fn begin(
        change: &mut Change<'_>,
        known: &KnownEpochs,
        sets: &[SetEpoch],
        asking: Asking,
        place: &Path,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let mut system = System;
        let session = Session::begin(&mut Entropy::new(&mut system))?;
        let cores = sets.iter().map(|of| known.need(of).map(|epoch| epoch.stored.clone()));
        let invite = Invite::new(change.vault().id(), &session, asking, cores.collect::<Result<_, _>>()?)?;
        let code = invite.code()?;
        let picture = travelling::write(place, &code)?;
        let event = NightEvent::Invited {
            invite: invite.hash(),
            account: invite.asking.account.clone(),
            factor: invite.asking.factor,
            device: invite.asking.device.clone(),
            boot: crate::shell::machine::boot()?,
        };
        change.commit(&[], vec![Event::Night(event)], now)?;
        Ok(Self {
            session,
            invite,
            code,
            place: place.to_path_buf(),
            picture,
            paths: Vec::new(),
            read: BTreeSet::new(),
            decoder: Decoder::default(),
        })
    }

    /// Where contributions arrive.
    pub(super) fn expect(&mut self, paths: &[PathBuf]) {
        self.paths.extend_from_slice(paths);
    }

    /// Whether it is known where contributions arrive.
    pub(super) fn expects(&self) -> bool {
        !self.paths.is_empty()
    }

    /// The invitation in words: where it is, and what is compared by voice.
    pub(super) fn told(&self) -> String {
        let picture = self.picture.as_ref().map_or(String::new(), |picture| {
            format!(", and as a picture in {}", picture.display())
        });
        format!(
            "the invitation is in {}{picture}\nsend it over any channel, then read these 8 words to each contributor by voice:\n\n    {}\n",
            self.place.display(),
            self.invite.words()
        )
    }

    /// The same, with the code itself where it fits the screen; and whether a larger screen would show more.
    pub(super) fn shown(&self, (rows, columns): (usize, usize)) -> (String, bool) {
        let told = all_folded(&self.told(), columns);
        // Besides what is told: a blank row on each side of the code, the keys, and the row of the cursor.
        let around = told.lines().count() + 4;
        let (code, grows) = match travelling::on_screen(&self.code, (rows.saturating_sub(around), columns)) {
            OnScreen::Code(code) => (code.expose(str::to_string), false),
            OnScreen::TooSmall(high, wide) => (too_small((high + around, wide), (rows, columns)), true),
            OnScreen::TooLong => ("it is too long for one code: send the file\n".to_string(), false),
        };
        let shown = format!("{told}\n{code}\n[enter] back   [w]here contributions arrive\n");
        (shown, grows)
    }

    /// Says on standard output what an unattended session invites with.
    pub(super) fn announce(&self, to_a_pipe: bool) {
        if to_a_pipe {
            crate::shell::report::say(&self.told());
        } else {
            print(&self.told());
        }
    }

    /// Takes what arrived since the last look. What is said of it, and what the ledger has to know, come back.
    pub(super) fn take(&mut self, gathering: &mut Gathering<'_>) -> (Vec<String>, Vec<Event>) {
        let (mut said, mut events) = (Vec::new(), Vec::new());
        for file in travelling::arrived(&self.paths) {
            let Ok(facts) = std::fs::metadata(&file) else { continue };
            if !self.read.insert((file.clone(), facts.len(), facts.modified().ok())) {
                continue;
            }
            let texts = match travelling::read(&mut self.decoder, &file) {
                Ok(texts) => texts,
                Err(refusal) => {
                    said.push(told(&scanning::of_file(&refusal, &file.display().to_string())));
                    continue;
                }
            };
            // A contribution lies beside its picture: what is neither is passed over without a word.
            for text in texts.iter().filter(|text| afar::is_contribution(text)) {
                let from = file.display().to_string();
                match self.take_one(text, gathering, &mut events) {
                    Ok(Some(name)) => said.push(format!("{from}: {name}")),
                    Ok(None) => {}
                    Err(refusal) => said.push(told(&scanning::of_file(&refusal, &from))),
                }
            }
        }
        (said, events)
    }

    fn take_one(
        &self,
        text: &str,
        gathering: &mut Gathering<'_>,
        events: &mut Vec<Event>,
    ) -> Result<Option<String>, Refusal> {
        let received = self.invite.receive(&self.session, text)?;
        let index = received.paper.head.index;
        let accepted = gathering.take(received.paper, From::Afar, &mut Opened)?;
        if accepted == Accepted::Again {
            return Ok(None);
        }
        for exception in &received.exceptions {
            let (rule, found) = exception
                .as_str()
                .split_once(": ")
                .unwrap_or(("elsewhere", exception.as_str()));
            events.push(Event::Exception {
                rule: note_of_finding(rule)?,
                found: note_of_finding(found)?,
                reason: note("overridden on the laptop of a contributor")?,
            });
        }
        Ok(Some(format!("share {index}, from afar, proved")))
    }
}

fn too_small((high, wide): (usize, usize), (rows, columns): (usize, usize)) -> String {
    all_folded(
        &format!(
            "this window is too small to show the code: it needs {high} rows of {wide} columns, and has {rows} of {columns}\nsend the file or the picture instead; or make the window larger, and the code appears here\n"
        ),
        columns,
    )
}

/// A share that arrives is open: nobody is asked.
struct Opened;

impl Passphrases for Opened {
    fn next(&mut self, _: &str, _: usize) -> Result<Option<Passphrase>, Refusal> {
        Err(Refusal::new(
            Rule::ShareLocked,
            "a share that was contributed is still locked",
        ))
    }
}

/// A refusal with its hints, in one text.
pub(super) fn told(refusal: &Refusal) -> String {
    let hints = refusal.hints().iter().map(|hint| format!("; {hint}"));
    format!("{refusal}{}", hints.collect::<String>())
}
