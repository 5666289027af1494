//! Dealing, and one custodian at a time: page, proof, seal, receipt.
//!
//! Rules of this file:
//! - the ledger names a page before it leaves the memory of the machine;
//! - paper is proved by its own scan, or by three groups of each line that the program chooses;
//! - a page that is spoilt, or fails its proof, is made again under a new serial, and the spoilt one stays accounted for;
//! - the number of a seal is typed twice, and no other envelope ever had it.

use super::AtWork;
use super::asking::is_yes;
use crate::ceremony::deal::{self, Dealt, page_name};
use crate::ceremony::known::KnownEpochs;
use crate::ceremony::ports::{Pages as _, Passphrases};
use crate::ceremony::prove::Proving;
use crate::ceremony::reprint::{Anew, Wanted};
use crate::ceremony::steps::{ShareOf, Step};
use crate::code::reading::read_text;
use crate::code::share_code::PaperShare;
use crate::code::share_lines::{GroupName, Line};
use crate::crypto::passphrase::Passphrase;
use crate::entropy::Purpose;
use crate::ident::{Serial, SetName};
use crate::paper::{forms, scan};
use crate::refusal::{Refusal, Rule};
use crate::vault::event::{Event, Note, RoomEvent, SetEpoch};
use crate::vault::note;
use crate::vault::register::{EpochState, Stage};

/// How many groups of each line are typed to prove a page.
const GROUPS_OF_A_LINE: usize = 3;
/// How often groups may be typed before the page counts as spoilt.
const TRIES: usize = 3;

/// The page of one share, as it is now.
struct Now {
    of: SetEpoch,
    serial: Serial,
    name: String,
    proved: bool,
}

impl AtWork<'_, '_, '_, '_> {
    pub(super) fn passphrase(&mut self, of: &ShareOf) -> Result<Option<Note>, Refusal> {
        let planned = self.planned;
        let set = planned.plan.find_set(of.set.as_str())?;
        let epochs = deal::judge(self.change.vault(), &[set], false, self.lent.press)?;
        let epoch = epochs.first().copied().unwrap_or(crate::ident::Epoch::FIRST);
        let learned = deal::learn(planned.plan, set, epoch, of.index, &mut self.lent.room())?;
        self.learned
            .entry(of.set.clone())
            .or_default()
            .insert(of.index, learned);
        note("typed back").map(Some)
    }

    pub(super) fn deal(&mut self, step: &Step, name: &SetName) -> Result<Option<Note>, Refusal> {
        let planned = self.planned;
        let set = planned.plan.find_set(name.as_str())?;
        let epochs = deal::judge(self.change.vault(), &[set], false, self.lent.press)?;
        let epoch = epochs.first().copied().unwrap_or(crate::ident::Epoch::FIRST);
        self.yes(&step.asks[0])?;
        let learned = self.learned.remove(name).unwrap_or_default();
        let mut room = self.lent.room();
        let dealt = Dealt::deal(self.change.vault(), set, epoch, learned, &mut room)?;
        let rendered = dealt.render(planned.plan, room.press)?;
        rendered.hand_out(self.change, &mut room)?;
        note(&format!("epoch {epoch}, {}", set.threshold())).map(Some)
    }

    pub(super) fn fingerprint(&mut self, step: &Step, set: &SetName) -> Result<Option<Note>, Refusal> {
        let words = self.state(set)?.fingerprint.to_string();
        self.say(&format!("  {words}"))?;
        self.yes(&step.asks[0])?;
        note(&words).map(Some)
    }

    pub(super) fn page(&mut self, step: &Step, of: &ShareOf) -> Result<Option<Note>, Refusal> {
        self.yes(&step.asks[0])?;
        loop {
            let now = self.now_of(of)?;
            self.hand_out(of, &now)?;
            let typed = self.line(&step.asks[1])?;
            if typed == "s" {
                self.make_anew(of, None)?;
            } else if is_yes(&typed) {
                return note(&format!("serial {}", self.now_of(of)?.serial)).map(Some);
            } else {
                self.say("y, or s where it is spoilt")?;
            }
        }
    }

    pub(super) fn prove(&mut self, step: &Step, of: &ShareOf) -> Result<Option<Note>, Refusal> {
        loop {
            let now = self.now_of(of)?;
            if now.proved {
                self.lent.pages.drop_page(&now.name);
                return note(&format!("serial {} proved", now.serial)).map(Some);
            }
            let typed = self.line(&step.asks[0])?;
            let proved = match typed.as_str() {
                "t" => self.prove_by_groups(of, &now),
                "s" => {
                    self.spoilt_at_proof(of)?;
                    continue;
                }
                path => self.prove_by_scan(of, path),
            };
            if let Err(refusal) = proved {
                if refusal.ends_asking() {
                    return Err(refusal);
                }
                self.refused(&refusal)?;
            }
        }
    }

    pub(super) fn seal(&mut self, step: &Step, of: &ShareOf) -> Result<Option<Note>, Refusal> {
        loop {
            let seal = self.twice(&step.asks[0])?;
            if let Some(other) = self.change.vault().register().room().sealed_by(seal.as_str()) {
                let found = format!("seal {} closes envelope {other} already", seal.as_str());
                self.refused(&Refusal::new(Rule::SealUsed, found).hint("read the number again, or take another seal"))?;
                continue;
            }
            let now = self.now_of(of)?;
            let said = note(&format!("serial {}, seal {}", now.serial, seal.as_str()))?;
            self.commit(vec![Event::Room(RoomEvent::Sealed {
                of: now.of,
                index: of.index,
                serial: now.serial,
                seal,
            })])?;
            return Ok(Some(said));
        }
    }

    pub(super) fn receipt(&mut self, step: &Step, of: &ShareOf) -> Result<Option<Note>, Refusal> {
        self.yes(&step.asks[0])?;
        note(&format!("serial {}", self.now_of(of)?.serial)).map(Some)
    }

    pub(super) fn count(&mut self, step: &Step, set: &SetName) -> Result<Option<Note>, Refusal> {
        let state = self.state(set)?;
        let spoilt: Vec<String> = state
            .replaced
            .iter()
            .map(|(_, envelope)| envelope.serial.to_string())
            .collect();
        let sealed = state.envelopes.len();
        self.say(&format!(
            "  {sealed} sealed; spoilt, to be shredded: {}",
            or_none(&spoilt)
        ))?;
        self.yes(&step.asks[0])?;
        note(&format!("{sealed} sealed; spoilt {}", or_none(&spoilt))).map(Some)
    }

    pub(super) fn wipe(&mut self, step: &Step) -> Result<Option<Note>, Refusal> {
        for set in &self.planned.sets {
            let state = self.state(set.name())?;
            let each = state
                .envelopes
                .iter()
                .chain(state.replaced.iter().map(|(index, envelope)| (index, envelope)));
            for (index, envelope) in each {
                self.lent.pages.withdraw(&page_name(&state.of, *index, envelope.serial));
            }
        }
        self.yes(&step.asks[0])?;
        Ok(None)
    }

    pub(super) fn dissent(&mut self, step: &Step) -> Result<Option<Note>, Refusal> {
        loop {
            let typed = self.line(&step.asks[0])?;
            if typed == "none" {
                return note("everybody was asked").map(Some);
            }
            let Ok(person) = self.planned.plan.find_person(&typed).map(|person| person.id.clone()) else {
                self.say("an id of the plan, or none")?;
                continue;
            };
            let reason = self.note(&format!("why does {person} not agree?"))?;
            let step = self.text("with which step? its name")?;
            let step = step.parse().or_else(|_| note("the ceremony"))?;
            self.commit(vec![Event::Room(RoomEvent::Dissent { person, step, reason })])?;
        }
    }

    fn state(&self, set: &SetName) -> Result<EpochState, Refusal> {
        let state = self.change.vault().register().last_epoch(set).cloned();
        state.ok_or_else(|| Refusal::new(Rule::Internal, format!("{set} was not dealt")))
    }

    /// The page of a share that is on its way: made again, or the one in force.
    fn now_of(&self, of: &ShareOf) -> Result<Now, Refusal> {
        let state = self.state(&of.set)?;
        let made_again = state.reprints.get(&of.index);
        let envelope = made_again.or_else(|| state.envelopes.get(&of.index));
        let envelope =
            envelope.ok_or_else(|| Refusal::new(Rule::Internal, format!("{} has no share {}", of.set, of.index)))?;
        Ok(Now {
            name: page_name(&state.of, of.index, envelope.serial),
            serial: envelope.serial,
            proved: envelope.stage == Stage::Proved,
            of: state.of.clone(),
        })
    }

    fn hand_out(&mut self, of: &ShareOf, now: &Now) -> Result<(), Refusal> {
        let out = self
            .sitting()
            .is_some_and(|sitting| sitting.handed_out.contains(&now.serial));
        if !out {
            self.commit(vec![Event::Room(RoomEvent::HandedOut {
                of: now.of.clone(),
                index: of.index,
                serial: now.serial,
            })])?;
            self.lent.pages.release(&now.name)?;
            self.put_label(now)?;
        }
        self.say(&if self.lent.pages.waits() {
            format!("  page {} is printed", now.serial)
        } else {
            format!("  page {} is {}: print it", now.serial, now.name)
        })
    }

    /// The label and the receipt of an envelope in force: papers without a share.
    fn put_label(&mut self, now: &Now) -> Result<(), Refusal> {
        let office = self.office();
        let Ok(held) = office.find(now.serial) else {
            return Ok(());
        };
        let papers = [
            (format!("label-{}.pdf", now.serial), forms::label(&office, &held)?),
            (format!("receipt-{}.pdf", now.serial), forms::receipt(&office, &held)?),
        ];
        for (name, page) in papers {
            self.lent.pages.put_plain(&name, &page)?;
        }
        Ok(())
    }

    fn prove_by_scan(&mut self, of: &ShareOf, path: &str) -> Result<(), Refusal> {
        let shares = self.lent.desk.shares(path)?;
        let known = KnownEpochs::read(self.change.vault());
        let mut reason = None;
        for share in shares {
            let right = share.and_then(|share| {
                let epoch = known.identify(&share.head)?;
                if epoch.state.of.set == of.set && share.head.index == of.index {
                    return Ok(share);
                }
                let found = format!("this sheet is {}", known.name(epoch, share.head.index));
                Err(Refusal::new(Rule::ShareNotOfThisSet, found)
                    .hint("a custodian sees no page but their own: put it away"))
            });
            match right {
                Ok(share) => return self.record_proof(&known, share),
                Err(refusal) => reason = reason.or(Some(refusal)),
            }
        }
        Err(reason.unwrap_or_else(|| {
            Refusal::new(Rule::NothingScanned, "no share was found there")
                .hint("scan it again, flat and at 300 dpi; or t")
        }))
    }

    /// The custodian types groups of the paper; they are held against the page that the program made.
    fn prove_by_groups(&mut self, of: &ShareOf, now: &Now) -> Result<(), Refusal> {
        let share = self.in_hand(now)?;
        let lines = share.lines();
        for tried in 1..=TRIES {
            let mut wrong = None;
            for name in self.chosen(&lines)? {
                let heading = format!(
                    "{}, serial {}\ngroup {name} on the paper: four characters",
                    of.set, now.serial
                );
                let typed = self.lent.leader.ask_alone(&heading)?;
                let fits = typed.expose(|typed| lines.group_fits(name, typed)).unwrap_or(false);
                if !fits {
                    wrong = Some(name);
                    break;
                }
            }
            let Some(name) = wrong else {
                let known = KnownEpochs::read(self.change.vault());
                return self.record_proof(&known, share);
            };
            self.say(&format!(
                "  group {name} is not what the page says, try {tried} of {TRIES}"
            ))?;
        }
        Err(
            Refusal::new(Rule::ShareUnreadable, "the paper and the page do not agree")
                .hint("scan it; or s: it is spoilt"),
        )
    }

    /// Three groups of each line, drawn.
    fn chosen(&mut self, lines: &crate::code::share_lines::ShareLines) -> Result<Vec<GroupName>, Refusal> {
        let mut chosen = Vec::new();
        for line in Line::ALL.into_iter().filter(|line| lines.line(*line).is_some()) {
            let mut groups: Vec<u8> = (1..=line.groups()).collect();
            let drawn = self.lent.entropy.bytes::<GROUPS_OF_A_LINE>(Purpose::Groups)?;
            let mut taken: Vec<u8> = drawn.expose(|bytes| {
                bytes
                    .iter()
                    .map(|byte| groups.remove(usize::from(*byte) % groups.len()))
                    .collect()
            });
            taken.sort_unstable();
            chosen.extend(taken.into_iter().filter_map(|number| GroupName::new(line, number)));
        }
        Ok(chosen)
    }

    /// The share on the page that the program still has.
    fn in_hand(&mut self, now: &Now) -> Result<PaperShare, Refusal> {
        let file = self.lent.desk.page(&now.name);
        let page = self.lent.pages.page(&now.name).or(file.as_ref());
        let mode = self.change.vault().mode();
        let gone = || {
            Refusal::new(
                Rule::NothingScanned,
                "the machine has this page no more: its groups cannot be compared",
            )
            .hint("scan it")
        };
        let pages = page.ok_or_else(gone)?.expose(scan::codes)?;
        let mut codes = pages.into_iter().flat_map(|page| page.codes);
        let shares = codes.find_map(|code| code.expose(|code| read_text(code, mode).into_iter().find_map(Result::ok)));
        shares.ok_or_else(gone)
    }

    fn record_proof(&mut self, known: &KnownEpochs, share: PaperShare) -> Result<(), Refusal> {
        let mut proving = Proving::new(self.change.vault(), known, self.lent.boot.clone());
        let name = proving.add(share, &mut Unasked)?;
        let outcomes = proving.record(self.change, self.lent.clock.now())?;
        self.say(&format!("  proved  {name}"))?;
        for outcome in outcomes.iter().filter(|outcome| outcome.became_live) {
            self.say(&format!(
                "  {}: all {} pages proved; it is live",
                outcome.of, outcome.proved.1
            ))?;
        }
        Ok(())
    }

    fn spoilt_at_proof(&mut self, of: &ShareOf) -> Result<(), Refusal> {
        self.make_anew(of, None)?;
        let now = self.now_of(of)?;
        self.hand_out(of, &now)
    }

    /// The page of a share under a new serial; from the page in hand, or from `sheet`.
    fn make_anew(&mut self, of: &ShareOf, sheet: Option<PaperShare>) -> Result<(), Refusal> {
        let reason = self.note("what is wrong with the page?")?;
        let now = self.now_of(of)?;
        let share = match sheet {
            Some(share) => share,
            None => self.in_hand(&now)?,
        };
        let in_force = self
            .state(&of.set)?
            .envelopes
            .get(&of.index)
            .map_or(now.serial, |envelope| envelope.serial);
        let known = KnownEpochs::read(self.change.vault());
        let wanted = Wanted::find(self.change, &known, in_force, Anew::SameLines)?;
        let serial = wanted.reprint(self.change, share, reason, &mut Unasked, &mut self.lent.room())?;
        self.lent.pages.withdraw(&now.name);
        self.say(&format!(
            "  {} is spoilt: put it aside, to be shredded at the count; the new page is {serial}",
            now.serial
        ))
    }
}

/// Of a set that is not live nobody is asked for a passphrase: its pages are known by their digest.
struct Unasked;

impl Passphrases for Unasked {
    fn next(&mut self, _: &str, _: usize) -> Result<Option<Passphrase>, Refusal> {
        Ok(None)
    }
}

fn or_none(serials: &[String]) -> String {
    if serials.is_empty() {
        "none".to_string()
    } else {
        serials.join(" ")
    }
}

#[cfg(test)]
mod tests;
