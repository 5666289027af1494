//! Floor 4: the vault. The directory of one organisation: nothing secret in the clear, but it names people and places.
//!
//! | room | what is done there |
//! |---|---|
//! | [`store`] | files, whole or absent |
//! | [`event`] [`ledger`] | what a line can say; the chain of lines |
//! | [`register`] | what the lines add up to |
//! | [`due`] | what is due, and since when |
//! | [`standing`] | accounts by state, sets with their margin, envelopes by stage |
//! | [`former`] | paper that is still out there although the plan does not name it |
//! | [`Change`] | the one way to write |
//! | [`anchor`] | what paper vouches for |
//! | [`share_set`] | the core of a set |
//! | [`record`] | one factor of one account, locked |
//! | [`exchange`] | two copies of one vault, brought together |
//! | `fresh` | what two runs under the same randomness would make alike |
//! | [`fonts`] | the font files that the plan names, which are no part of the vault |
//!
//! Rules of this file:
//! - a vault is read whole and verified before anything of it is used;
//! - it is changed only through [`Change`]: files first, then the ledger's lines in one write, which is the commit point;
//! - a file that the ledger does not name does not count, and one whose hash differs is refused.

pub mod anchor;
mod change;
pub mod due;
pub mod event;
pub mod exchange;
pub mod fonts;
pub mod former;
mod fresh;
pub mod ledger;
pub mod record;
pub mod register;
pub mod share_set;
pub mod standing;
pub mod store;
#[cfg(test)]
pub(crate) mod tests;

pub use change::Change;

use crate::entropy::{Entropy, Purpose};
use crate::ident::{Mode, SiteName, VaultId};
use crate::plan::Plan;
use crate::refusal::{Refusal, Rule};
use event::{Event, Note, SetEpoch};
use jiff::Timestamp;
use ledger::{Chain, Hash, LEDGER_MAX};
use record::RecordName;
use register::{EpochState, RecordState, Register, Succession};
use share_set::{Core, SET_FILE_MAX, StoredCore};
use std::collections::BTreeMap;
use std::path::Path;
use store::{Store, Writer};

/// The name of the plan.
pub const PLAN: &str = "strongroom.toml";
/// The most chains of one vault: one for each laptop that writes.
pub const SITES_MAX: usize = 1000;
/// The largest plan that is read, in bytes.
pub const PLAN_MAX: usize = 16 * 1024 * 1024;

/// The files of a vault: their places in it, and what stands in them.
pub type Files = BTreeMap<String, Vec<u8>>;

/// A vault as it stands on disk, read whole.
pub struct Vault<'a> {
    store: &'a Store,
    chains: Vec<Chain>,
    register: Register,
    plan: Plan,
    plan_hash: Hash,
}

impl<'a> Vault<'a> {
    /// Reads plan and ledger, and verifies every chain.
    pub fn load(store: &'a Store) -> Result<Self, Refusal> {
        let text = read_plan(store)?;
        let chains = read_chains(store)?;
        let register = Register::of(&chains, None)?;
        Ok(Self {
            store,
            chains,
            register,
            plan: Plan::parse(&text)?,
            plan_hash: Hash::of(text.as_bytes()),
        })
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The font files that the plan names.
    pub fn fonts(&self) -> Result<Vec<fonts::FontFile>, Refusal> {
        fonts::read(self.store, &self.plan)
    }

    /// The hash of the plan's file as it is now.
    pub fn plan_hash(&self) -> Hash {
        self.plan_hash
    }

    /// Every chain, in the order of the sites' names.
    pub fn chains(&self) -> &[Chain] {
        &self.chains
    }

    /// What the ledger adds up to.
    pub fn register(&self) -> &Register {
        &self.register
    }

    /// The id of the vault.
    pub fn id(&self) -> VaultId {
        self.register.vault
    }

    /// The world of the vault.
    pub fn mode(&self) -> Mode {
        self.register.mode()
    }

    /// The core of an epoch: its file, held against the ledger.
    pub fn core(&self, of: &SetEpoch) -> Result<StoredCore, Refusal> {
        let place = share_set::path(&of.set, of.epoch);
        let state = self
            .register
            .epoch(of)
            .ok_or_else(|| Refusal::new(Rule::SetUnfit, format!("{of} was never dealt")))?;
        let bytes = self.store.read(&place, SET_FILE_MAX)?.ok_or_else(|| {
            Refusal::new(Rule::SetUnfit, format!("{place} is missing"))
                .hint("take this one file from another copy of the vault, or all that lacks from another site: strongroom exchange import FILE")
        })?;
        judge_core(self.id(), state, &bytes)
    }

    /// Whether an epoch that succeeds another is signed by it.
    pub fn judge_succession(&self, of: &SetEpoch) -> Result<(), Refusal> {
        let Some(state) = self.register.epoch(of) else {
            return Ok(());
        };
        let Some(succession) = &state.succeeds else {
            return Ok(());
        };
        judge_signature(state, succession, &self.core(&succession.before)?.core)
    }

    /// The file of a record's generation, held against the ledger.
    pub fn locked_record(&self, name: &RecordName, state: &RecordState) -> Result<Vec<u8>, Refusal> {
        let place = name.path(state.generation);
        let limit = crate::crypto::identity::RECORD_MAX;
        let bytes = self.store.read(&place, limit)?.ok_or_else(|| {
            Refusal::new(Rule::RecordMissing, format!("{place} is missing"))
                .hint("take this one file from another copy of the vault, or all that lacks from another site: strongroom exchange import FILE")
        })?;
        if Hash::of(&bytes) != state.sha256 {
            return Err(Refusal::new(
                Rule::RecordReplaced,
                format!("{place} is not the record that the ledger names"),
            )
            .hint(format!(
                "the ledger names sha256 {}; compare with another copy: strongroom exchange import FILE",
                state.sha256
            )));
        }
        Ok(bytes)
    }
}

/// The core in these bytes, where it is the one that the ledger names.
fn judge_core(vault: VaultId, state: &EpochState, bytes: &[u8]) -> Result<StoredCore, Refusal> {
    let place = share_set::path(&state.of.set, state.of.epoch);
    let stored = StoredCore::parse(&place, bytes)?;
    let named = stored.core.set_epoch() == state.of
        && stored.core.vault == vault
        && stored.core.hash() == state.core
        && stored.fingerprint == state.fingerprint;
    if named {
        return Ok(stored);
    }
    Err(
        Refusal::new(Rule::SetUnfit, format!("{place} is not the core that the ledger names")).hint(format!(
            "the ledger names sha256 {}; compare with another copy: strongroom exchange import FILE",
            state.core
        )),
    )
}

/// Whether the quorum of the epoch before signed this one.
fn judge_signature(state: &EpochState, succession: &Succession, before: &Core) -> Result<(), Refusal> {
    let signature = &succession.signature.0;
    if crate::crypto::identity::is_successor(&before.successor_key, &before.hash().0, &state.core.0, signature) {
        return Ok(());
    }
    let sentence = format!(
        "{} says that it succeeds {}, and is not signed by its quorum",
        state.of, succession.before
    );
    Err(Refusal::new(Rule::SuccessorUnsigned, sentence)
        .hint("somebody else dealt it: lock nothing to it, and compare with another copy of the vault"))
}

/// Makes a vault at `path`: the plan, and a ledger whose first lines name the vault and the plan.
pub fn init(
    path: &Path,
    plan: &str,
    mode: Mode,
    site: SiteName,
    entropy: &mut Entropy<'_>,
    now: Timestamp,
) -> Result<(), Refusal> {
    Plan::parse(plan)?;
    let random = entropy.bytes::<15>(Purpose::VaultId)?.expose(|bytes| *bytes);
    let vault = VaultId::new(mode, random);
    let store = store::make_root(path)?;
    let writer = Writer::lock(&store)?;
    let mut chain = Chain::new(site);
    let program = note(concat!("strongroom ", env!("CARGO_PKG_VERSION")))?;
    let mut lines = chain.push(Event::Init { vault, mode, program }, now)?;
    lines.extend_from_slice(&chain.push(
        Event::Plan {
            sha256: Hash::of(plan.as_bytes()),
        },
        now,
    )?);
    writer.put(&[(PLAN.to_string(), plan.as_bytes().to_vec())])?;
    writer.append(&chain_path(chain.site()), &lines)
}

/// Makes a vault at `path` of whole files, among them the chains. The chain that begins with the making of the vault comes last: a
/// crash leaves no vault.
pub fn make(path: &Path, files: Files, chains: &[Chain]) -> Result<(), Refusal> {
    let begins = |chain: &&Chain| {
        matches!(
            chain.entries().first().map(|entry| &entry.event),
            Some(Event::Init { .. })
        )
    };
    let first: Vec<String> = chains
        .iter()
        .filter(begins)
        .map(|chain| chain_path(chain.site()))
        .collect();
    let store = store::make_root(path)?;
    let writer = Writer::lock(&store)?;
    let (last, others): (Vec<_>, Vec<_>) = files.into_iter().partition(|(name, _)| first.contains(name));
    writer.put(&others)?;
    writer.put(&last)
}

/// The world of the vault in a folder: production where a plan stands there without a ledger.
pub fn mode_of(store: &Store) -> Result<Mode, Refusal> {
    if store.list("ledger")?.is_empty() {
        return Ok(Mode::Production);
    }
    Ok(Register::of(&read_chains(store)?, None)?.mode())
}

/// The text of the plan.
pub fn read_plan(store: &Store) -> Result<String, Refusal> {
    let bytes = store.read(PLAN, PLAN_MAX + 1)?.ok_or_else(|| {
        Refusal::new(
            Rule::VaultMissing,
            format!("there is no {PLAN} in {}", store.path().display()),
        )
        .hint(format!(
            "strongroom init {} --example",
            store.path().join("vault").display()
        ))
        .hint("or name the folder of strongroom.toml: strongroom --vault DIR …")
    })?;
    String::from_utf8(bytes).map_err(|fault| {
        let at = fault.utf8_error().valid_up_to();
        Refusal::new(
            Rule::PlanSyntax,
            format!("{PLAN} is not UTF-8 text: byte {} is not", at + 1),
        )
    })
}

fn read_chains(store: &Store) -> Result<Vec<Chain>, Refusal> {
    let names = store.list("ledger")?;
    if names.len() > SITES_MAX {
        return Err(Refusal::new(
            Rule::InputTooLarge,
            format!(
                "the folder ledger has {} files, at most {SITES_MAX} are read",
                names.len()
            ),
        )
        .hint("one file is one laptop that writes: compare with another copy of the vault"));
    }
    let mut chains = Vec::new();
    for site in names.iter().filter_map(|name| site_of(name)) {
        let bytes = store.read(&chain_path(&site), LEDGER_MAX)?.unwrap_or_default();
        chains.push(Chain::parse(site, &bytes)?);
        judge_size(&chains)?;
    }
    if chains.is_empty() {
        return Err(Refusal::new(
            Rule::VaultMissing,
            format!("there is no ledger in {}", store.path().display()),
        )
        .hint("take it from another copy of the vault; a new vault begins with: strongroom init DIR"));
    }
    Ok(chains)
}

/// The chains among files, in the order of the sites' names.
pub fn parse_chains(files: &Files) -> Result<Vec<Chain>, Refusal> {
    let mut chains = Vec::new();
    for (name, bytes) in files {
        let Some(site) = name.strip_prefix("ledger/").and_then(site_of) else {
            continue;
        };
        chains.push(Chain::parse(site, bytes)?);
        judge_size(&chains)?;
    }
    Ok(chains)
}

/// Refuses more lines, in more chains, than a vault has.
fn judge_size(chains: &[Chain]) -> Result<(), Refusal> {
    // What a crash left behind the last line was read, too.
    let bytes: usize = chains.iter().map(|chain| chain.size() + chain.cut()).sum();
    let sentence = if chains.len() > SITES_MAX {
        format!("this vault has chains of more than {SITES_MAX} sites")
    } else if bytes > LEDGER_MAX {
        format!(
            "the chains of this vault have more than {} MiB together",
            LEDGER_MAX >> 20
        )
    } else {
        return Ok(());
    };
    Err(Refusal::new(Rule::InputTooLarge, sentence)
        .hint("a chain is what one laptop wrote: compare with another copy of the vault"))
}

/// The site whose chain is in a file of this name.
fn site_of(file: &str) -> Option<SiteName> {
    file.strip_suffix(".jsonl")?.parse().ok()
}

fn chain_path(site: &SiteName) -> String {
    format!("ledger/{site}.jsonl")
}

/// What a refusal found, as a note: cut to what a note holds, what cannot be seen replaced.
pub fn note_of_finding(sentence: &str) -> Result<Note, Refusal> {
    let seen: String = sentence
        .chars()
        .take(500)
        .map(|c| if c.is_control() { '?' } else { c })
        .collect();
    note(&seen).or_else(|_| note("what was found cannot be written down"))
}

/// Text of our own as a note of the ledger.
pub fn note(text: &str) -> Result<Note, Refusal> {
    text.parse()
        .map_err(|fault: &'static str| Refusal::new(Rule::Usage, fault))
}
