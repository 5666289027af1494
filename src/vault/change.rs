//! The one way to change a vault: files first, then the ledger's lines, which are the commit point.
//!
//! Rules of this file:
//! - whoever changes a vault is the only one, read it after nobody else could change it, and writes as one site;
//! - what the ledger would contradict, or an earlier run has made already, is refused before a byte is written;
//! - whatever is done is done under the plan that the ledger names: a plan that was changed is named first.

use super::event::Event;
use super::exchange::Together;
use super::ledger::{Chain, Hash};
use super::register::Register;
use super::store::{Store, Writer};
use super::{PLAN, Vault, chain_path, fresh, note};
use crate::entropy::{Entropy, Purpose, Source};
use crate::hex;
use crate::ident::SiteName;
use crate::plan::Plan;
use crate::refusal::{Refusal, Rule};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A vault that this process alone may change.
pub struct Change<'a> {
    vault: Vault<'a>,
    writer: Writer<'a>,
    site: usize,
}

impl<'a> Change<'a> {
    /// Takes the right to write, then reads the vault. `site` may be left out where there is one chain only.
    pub fn begin(store: &'a Store, site: Option<&SiteName>) -> Result<Self, Refusal> {
        let writer = Writer::lock(store)?;
        let vault = Vault::load(store)?;
        let names = || {
            vault
                .chains
                .iter()
                .map(|chain| chain.site().as_str())
                .take(20)
                .collect::<Vec<_>>()
                .join(", ")
        };
        let index = match (site, vault.chains.as_slice()) {
            (None, [_]) => Some(0),
            (None, _) => {
                return Err(Refusal::new(
                    Rule::UnknownSite,
                    format!("this vault has chains of several sites: {}", names()),
                )
                .hint("say which is this laptop's: --site NAME, or STRONGROOM_SITE"));
            }
            (Some(site), chains) => chains.iter().position(|chain| chain.site() == site),
        };
        match index {
            Some(index) => Ok(Self {
                vault,
                writer,
                site: index,
            }),
            None => Err(Refusal::new(
                Rule::UnknownSite,
                format!("this vault has no chain of that site, only of {}", names()),
            )
            .hint("the laptop of a new site begins in a folder of its own: strongroom --vault DIR --site NAME exchange import FILE")),
        }
    }

    /// The vault as it stands.
    pub fn vault(&self) -> &Vault<'a> {
        &self.vault
    }

    /// Writes `files`, then the lines of `events` in one piece. Where the plan's file differs from what the ledger
    /// names, a line that names it comes first: whatever is done next is done under that plan. What an earlier run has
    /// already made is refused: its randomness was the same.
    pub fn commit(&mut self, files: &[(String, Vec<u8>)], events: Vec<Event>, now: Timestamp) -> Result<(), Refusal> {
        fresh::judge(&self.vault, files)?;
        let mut chain = self.chain().clone();
        let mut lines = Vec::new();
        let plan = (self.vault.register.plan != Some(self.vault.plan_hash)).then_some(Event::Plan {
            sha256: self.vault.plan_hash,
        });
        for event in plan.into_iter().chain(events) {
            lines.extend_from_slice(&chain.push(event, now)?);
        }
        let mut chains = self.vault.chains.clone();
        chains[self.site] = chain;
        // Folded before it is written: what the ledger would contradict is never appended to it.
        let register = Register::of(&chains, None)?;
        self.writer.put(files)?;
        self.writer.append(&chain_path(chains[self.site].site()), &lines)?;
        self.vault.chains = chains;
        self.vault.register = register;
        Ok(())
    }

    /// Takes away the files of generations that nobody needs: a later one keeps the same secret, or they never came into force.
    pub fn clear_superseded(&self) -> Result<(), Refusal> {
        let register = &self.vault.register;
        let mut files = Vec::new();
        for (name, generations) in register.records() {
            let done = generations.iter().filter(|state| register.is_superseded(name, state));
            files.extend(done.map(|state| name.path(state.generation)));
        }
        self.writer.remove(&files)
    }

    /// Replaces the plan's file, and names it in the ledger.
    pub fn replace_plan(&mut self, text: &str, now: Timestamp) -> Result<(), Refusal> {
        let plan = Plan::parse(text)?;
        let sha256 = Hash::of(text.as_bytes());
        if sha256 == self.vault.plan_hash {
            return Ok(());
        }
        (self.vault.plan, self.vault.plan_hash) = (plan, sha256);
        self.commit(&[(PLAN.to_string(), text.as_bytes().to_vec())], Vec::new(), now)
    }

    /// Takes in what another copy has and this one lacks.
    pub fn take(&mut self, together: Together) -> Result<(), Refusal> {
        let own = self.chain().site().clone();
        self.writer.put(&together.files)?;
        for (chain, lines) in together.lines() {
            self.writer.append(chain, lines)?;
        }
        self.vault.chains = together.chains;
        self.vault.register = together.register;
        if let Some(plan) = together.plan {
            (self.vault.plan, self.vault.plan_hash) = (plan.plan, plan.sha256);
        }
        let site = self.vault.chains.iter().position(|chain| *chain.site() == own);
        self.site = site.ok_or_else(|| Refusal::new(Rule::Internal, "this laptop's chain is gone"))?;
        Ok(())
    }

    /// The head to put on paper: a closing entry is appended unless the last line is one and the plan is still the same.
    pub fn close(&mut self, entropy: &mut Entropy<'_>, now: Timestamp) -> Result<Hash, Refusal> {
        let others = self.vault.chains.iter().enumerate().filter(|(at, _)| *at != self.site);
        let chains: BTreeMap<SiteName, Hash> = others.map(|(_, chain)| (chain.site().clone(), chain.head())).collect();
        let last = self.chain().entries().last().map(|entry| &entry.event);
        let closed = matches!(last, Some(Event::Closing { chains: named, .. }) if *named == chains);
        if !closed || self.vault.register.plan != Some(self.vault.plan_hash) {
            let nonce = entropy
                .bytes::<16>(Purpose::Closing)?
                .expose(|bytes| note(&hex::encode(bytes)))?;
            self.commit(&[], vec![Event::Closing { nonce, chains }], now)?;
        }
        Ok(self.chain().head())
    }

    /// Randomness for what this change makes, set apart from that of every other run, for the ledger has another head in each: a
    /// machine whose randomness begins anew with every run does not make the same password twice. A dealing takes its own, so
    /// that a repetition is seen, and refused.
    pub fn entropy<'e>(&self, source: &'e mut dyn Source) -> Entropy<'e> {
        let mut entropy = Entropy::new(source);
        entropy.mix(&self.chain().head().0);
        entropy
    }

    /// The chain of this laptop.
    pub fn chain(&self) -> &Chain {
        &self.vault.chains[self.site]
    }
}
