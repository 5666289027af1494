//! Two copies of one vault, brought together: what the laptops of several sites wrote since their copies last met.
//!
//! Rules of this file:
//! - of two chains of one site, one is the beginning of the other, or nothing is taken (`ledger-forked`);
//! - nothing is taken that the lines of both copies together contradict, and no file that they do not name by its hash;
//! - lines are only appended, and a file that stands here is replaced only where it is not the one that is named;
//! - files come first, then lines in the order in which they add up: whatever instant the power fails, what is there is whole, and
//!   the same import completes it.

use super::event::Event;
use super::ledger::{Chain, Hash};
use super::register::{EpochState, Register, in_order};
use super::share_set::{self, SET_FILE_MAX};
use super::{Files, PLAN, Vault, chain_path, fresh, judge_core, judge_signature, judge_size, parse_chains};
use crate::crypto::identity::RECORD_MAX;
use crate::ident::SiteName;
use crate::plan::Plan;
use crate::refusal::{Refusal, Rule};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::ops::Range;

/// Another copy of a vault, as it arrived: its chains are whole, and do not contradict each other.
pub struct OtherCopy {
    files: Files,
    chains: Vec<Chain>,
    register: Register,
}

impl OtherCopy {
    /// Reads the files of another copy, and verifies every chain. Cores and records are judged where they are taken.
    pub fn parse(files: Files) -> Result<Self, Refusal> {
        let chains = parse_chains(&files)?;
        let register = Register::of(&chains, None)?;
        Ok(Self {
            files,
            chains,
            register,
        })
    }

    /// Its chains, in the order of the sites' names.
    pub fn chains(&self) -> &[Chain] {
        &self.chains
    }

    /// What its ledger adds up to.
    pub fn register(&self) -> &Register {
        &self.register
    }
}

/// What an exchange brings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gain {
    /// The new lines of each site that has some.
    pub lines: Lengths,
    /// How many cores are new, or whole again.
    pub cores: usize,
    /// How many records are new, or whole again.
    pub records: usize,
    /// Whether another plan is in force than before.
    pub plan: bool,
    /// How many lines stand here that the other copy lacks.
    pub ahead: usize,
    /// The files that the ledger names and neither copy has.
    pub lacking: Vec<String>,
}

impl Gain {
    /// Whether there is nothing to take.
    pub fn is_nothing(&self) -> bool {
        self.lines.is_empty() && self.cores + self.records == 0 && !self.plan
    }
}

/// What two copies have together, judged, and what of it is new here.
pub struct Together {
    pub(super) chains: Vec<Chain>,
    pub(super) register: Register,
    pub(super) files: Vec<(String, Vec<u8>)>,
    /// What is new in one chain after the other, in the order in which the lines add up.
    runs: Vec<Run>,
    /// The files of the other copy, in which those lines stand.
    theirs: Files,
    pub(super) plan: Option<NewPlan>,
    gain: Gain,
}

/// Lines of one chain that follow each other: where they stand in the file of the other copy.
struct Run {
    chain: String,
    bytes: Range<usize>,
}

/// A plan that comes into force.
pub(super) struct NewPlan {
    pub(super) plan: Plan,
    pub(super) sha256: Hash,
}

impl Together {
    /// Judges another copy beside the vault; writes nothing.
    pub fn judge(vault: &Vault<'_>, other: OtherCopy) -> Result<Self, Refusal> {
        if other.register.vault != vault.id() {
            let sentence = format!("it is of vault {}, this one is {}", other.register.vault, vault.id());
            return Err(Refusal::new(Rule::VaultForeign, sentence)
                .hint("name the folder of the vault that it belongs to: strongroom --vault DIR exchange import FILE"));
        }
        if vault.register.plan != Some(vault.plan_hash) {
            let sentence = format!("{PLAN} was changed here, and the ledger does not name it yet");
            return Err(Refusal::new(Rule::PlanUnrecorded, sentence)
                .hint("judge it, then have the ledger name it: strongroom check; strongroom ledger head"));
        }
        let OtherCopy { files, chains, .. } = other;
        let (ours, theirs) = (lengths(&vault.chains), lengths(&chains));
        let chains = longest_of_each(vault.chains.clone(), chains)?;
        let register = Register::of(&chains, None).map_err(|found| contradictory(&found))?;
        let here = |place: &str| vault.store.read(place, limit_of(place)).ok().flatten();
        let mut together = Self::of(chains, register, &files, &here, Some(vault.plan_hash))?;
        together.runs = runs(&together.chains, &ours, &files);
        together.gain.lines = lines_beyond(&together.chains, &ours);
        together.gain.ahead = lines_beyond(&together.chains, &theirs).values().sum();
        together.theirs = files;
        fresh::judge(vault, &together.files)?;
        Ok(together)
    }

    /// The file of a chain, and lines that are to be appended to it; one after the other, in this order.
    pub(super) fn lines(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let lines = |run: &Run| self.theirs.get(&run.chain)?.get(run.bytes.clone());
        self.runs
            .iter()
            .filter_map(move |run| Some((run.chain.as_str(), lines(run)?)))
    }

    /// What it brings.
    pub fn gain(&self) -> &Gain {
        &self.gain
    }

    fn of(
        chains: Vec<Chain>,
        register: Register,
        theirs: &Files,
        here: &dyn Fn(&str) -> Option<Vec<u8>>,
        plan_here: Option<Hash>,
    ) -> Result<Self, Refusal> {
        let mut together = Self {
            chains,
            register,
            files: Vec::new(),
            runs: Vec::new(),
            theirs: Files::new(),
            plan: None,
            gain: Gain::default(),
        };
        together.take_plan(plan_here, theirs)?;
        together.take_cores(here, theirs)?;
        together.take_records(here, theirs);
        Ok(together)
    }

    fn take_plan(&mut self, here: Option<Hash>, theirs: &Files) -> Result<(), Refusal> {
        if here.is_some() && here == self.register.plan {
            return Ok(());
        }
        let named = theirs
            .get(PLAN)
            .cloned()
            .filter(|bytes| Some(Hash::of(bytes)) == self.register.plan);
        let text = named.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(|| {
            Refusal::new(
                Rule::PlanUnrecorded,
                format!("the other copy does not have the {PLAN} that the ledger names"),
            )
            .hint("there: strongroom ledger head, which names the plan as it is; then export again")
        })?;
        self.plan = Some(NewPlan {
            plan: Plan::parse(&text)?,
            sha256: Hash::of(text.as_bytes()),
        });
        self.gain.plan = true;
        self.files.push((PLAN.to_string(), text.into_bytes()));
        Ok(())
    }

    fn take_cores(&mut self, here: &dyn Fn(&str) -> Option<Vec<u8>>, theirs: &Files) -> Result<(), Refusal> {
        let vault = self.register.vault;
        let mut cores = BTreeMap::new();
        for state in self.register.epochs() {
            let place = share_set::path(&state.of.set, state.of.epoch);
            let named = |bytes: &Vec<u8>| judge_core(vault, state, bytes).is_ok();
            let (bytes, is_new) = match here(&place).filter(named) {
                Some(bytes) => (Some(bytes), false),
                None => (theirs.get(&place).cloned().filter(named), true),
            };
            let Some(bytes) = bytes else {
                self.gain.lacking.push(place);
                continue;
            };
            cores.insert(&state.of, judge_core(vault, state, &bytes)?.core);
            if is_new {
                self.gain.cores += 1;
                self.files.push((place, bytes));
            }
        }
        let signed = |state: &EpochState| {
            let Some(succession) = &state.succeeds else {
                return Ok(());
            };
            let before = cores.get(&succession.before);
            before.map_or(Ok(()), |before| judge_signature(state, succession, before))
        };
        self.register.epochs().try_for_each(signed)
    }

    fn take_records(&mut self, here: &dyn Fn(&str) -> Option<Vec<u8>>, theirs: &Files) {
        for (name, generations) in self.register.records() {
            // One that was locked again since has the same secret, and void paper may open its file: it is not brought back.
            let needed = generations
                .iter()
                .filter(|state| !self.register.is_superseded(name, state));
            for state in needed {
                let place = name.path(state.generation);
                let named = |bytes: &Vec<u8>| Hash::of(bytes) == state.sha256;
                if here(&place).is_some_and(|bytes| named(&bytes)) {
                    continue;
                }
                match theirs.get(&place).cloned().filter(named) {
                    Some(bytes) => {
                        self.gain.records += 1;
                        self.files.push((place, bytes));
                    }
                    None => self.gain.lacking.push(place),
                }
            }
        }
    }
}

/// The vault of a new site: what the other copy has, and a chain with one line.
pub struct Joined {
    /// Every file, the chains among them.
    pub files: Files,
    /// Every chain.
    pub chains: Vec<Chain>,
    /// What the other copy brings.
    pub gain: Gain,
}

/// Begins the chain of a new site beside those of another copy.
pub fn join(other: OtherCopy, site: SiteName, now: Timestamp) -> Result<Joined, Refusal> {
    if other.chains.iter().any(|chain| *chain.site() == site) {
        let sentence = format!("the other copy has a chain of site {site} already: a site is one laptop");
        return Err(Refusal::new(Rule::LedgerForked, sentence)
            .hint("name the new laptop otherwise: strongroom --vault DIR --site NAME exchange import FILE"));
    }
    let mut own = Chain::new(site);
    let vault = other.register.vault;
    let mut ledger = vec![(chain_path(own.site()), own.push(Event::Site { vault }, now)?)];
    for chain in &other.chains {
        let place = chain_path(chain.site());
        let whole = other.files.get(&place).and_then(|bytes| bytes.get(..chain.size()));
        ledger.push((place, whole.unwrap_or_default().to_vec()));
    }
    let lines = lines_beyond(&other.chains, &BTreeMap::new());
    let chains = longest_of_each(other.chains, vec![own])?;
    let register = Register::of(&chains, None)?;
    let together = Together::of(chains, register, &other.files, &|_| None, None)?;
    Ok(Joined {
        files: together.files.into_iter().chain(ledger).collect(),
        chains: together.chains,
        gain: Gain { lines, ..together.gain },
    })
}

/// Of each site the longer of its two chains, in the order of the sites' names.
fn longest_of_each(ours: Vec<Chain>, theirs: Vec<Chain>) -> Result<Vec<Chain>, Refusal> {
    let mut chains: BTreeMap<SiteName, Chain> = BTreeMap::new();
    for chain in ours.into_iter().chain(theirs) {
        let Some(other) = chains.get(chain.site()) else {
            chains.insert(chain.site().clone(), chain);
            continue;
        };
        judge_fork(other, &chain)?;
        if chain.entries().len() > other.entries().len() {
            chains.insert(chain.site().clone(), chain);
        }
    }
    let chains: Vec<Chain> = chains.into_values().collect();
    judge_size(&chains)?;
    Ok(chains)
}

/// A line holds the hash of the line before: where two lines of one number are equal, so is everything before them.
fn judge_fork(ours: &Chain, theirs: &Chain) -> Result<(), Refusal> {
    let pairs = || ours.entries().iter().zip(theirs.entries());
    if pairs().next_back().is_none_or(|(our, their)| our.hash == their.hash) {
        return Ok(());
    }
    let parted = pairs().take_while(|(our, their)| our.hash == their.hash).count();
    let sentence = format!(
        "ledger/{}.jsonl says one thing here and another there, from line {} on",
        ours.site(),
        parted + 1
    );
    Err(Refusal::new(Rule::LedgerForked, sentence)
        .hint("two laptops wrote as one site, or one copy was changed: the words of the closing sheets tell which is whole (strongroom ledger verify --head WORDS)"))
}

fn contradictory(found: &Refusal) -> Refusal {
    let sentence = format!(
        "each copy is whole, and together they contradict each other: {}",
        found.sentence()
    );
    Refusal::new(found.rule(), sentence)
        .hint("two sites did what only one can do, like dealing the same set or replacing the same password: nothing was taken")
}

/// Lines by the site that wrote them.
pub type Lengths = BTreeMap<SiteName, usize>;

fn lengths(chains: &[Chain]) -> Lengths {
    let each = chains.iter();
    each.map(|chain| (chain.site().clone(), chain.entries().len()))
        .collect()
}

/// How many lines the chains have beyond those lengths, where they have any.
fn lines_beyond(chains: &[Chain], known: &Lengths) -> Lengths {
    let beyond = |(site, length): (SiteName, usize)| {
        let more = length.saturating_sub(known.get(&site).copied().unwrap_or(0));
        (more > 0).then_some((site, more))
    };
    lengths(chains).into_iter().filter_map(beyond).collect()
}

/// The lines that are not known here, where they stand in the other copy.
fn runs(together: &[Chain], known: &Lengths, theirs: &Files) -> Vec<Run> {
    let ends: BTreeMap<&SiteName, Vec<usize>> = together
        .iter()
        .map(|chain| (chain.site(), ends_of_lines(theirs.get(&chain_path(chain.site())))))
        .collect();
    let mut runs: Vec<(&SiteName, Range<usize>)> = Vec::new();
    for (site, number) in in_order(together) {
        if number < known.get(site).copied().unwrap_or(0) {
            continue;
        }
        let ends = ends.get(site).map_or(&[][..], Vec::as_slice);
        let Some(end) = ends.get(number).copied() else {
            continue;
        };
        match runs.last_mut() {
            Some((last, run)) if *last == site => run.end = end,
            _ => runs.push((site, number.checked_sub(1).map_or(0, |before| ends[before])..end)),
        }
    }
    let run = |(site, bytes)| Run {
        chain: chain_path(site),
        bytes,
    };
    runs.into_iter().map(run).collect()
}

fn ends_of_lines(file: Option<&Vec<u8>>) -> Vec<usize> {
    let bytes = file.map_or(&[][..], Vec::as_slice).iter().zip(1..);
    bytes
        .filter_map(|(byte, end)| (*byte == b'\n').then_some(end))
        .collect()
}

/// The largest file that a vault has in this place.
fn limit_of(place: &str) -> usize {
    if place.starts_with("sets/") {
        SET_FILE_MAX
    } else {
        RECORD_MAX
    }
}

#[cfg(test)]
mod tests;
