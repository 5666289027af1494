//! The anchor: the ledger head on the last signed closing sheet, the one thing that paper vouches for.
//!
//! Rules of this file:
//! - only a closing entry has words, and they are compared as 88 bits, newest entry first;
//! - what an anchor vouches for is its own chain up to that entry, and every other chain up to the line that the entry names;
//! - nothing in the vault remembers an anchor: it is typed from paper each time.

use super::event::Event;
use super::ledger::{Chain, Entry, head_words};
use super::register::Extent;
use crate::code::words::Fingerprint;
use crate::ident::SiteName;
use crate::refusal::{Refusal, Rule};
use jiff::Timestamp;

/// A closing entry that somebody vouched for by typing its words.
#[derive(Clone, Debug)]
pub struct Anchor {
    /// The site that wrote it.
    pub site: SiteName,
    /// The number of its line, from 0.
    pub number: u64,
    /// When it was written.
    pub time: Timestamp,
    /// What it vouches for.
    pub extent: Extent,
}

impl Anchor {
    /// The closing entry whose words were typed. Each comparison costs tens of milliseconds: the words are stretched.
    pub fn find(chains: &[Chain], typed: &Fingerprint) -> Result<Self, Refusal> {
        let mut closings: Vec<(&Chain, &Entry)> = chains
            .iter()
            .flat_map(|chain| chain.entries().iter().map(move |entry| (chain, entry)))
            .filter(|(_, entry)| matches!(entry.event, Event::Closing { .. }))
            .collect();
        closings.sort_by_key(|(_, entry)| std::cmp::Reverse(entry.time));
        let found = closings.into_iter().find(|(_, entry)| head_words(entry.hash) == *typed);
        let (chain, entry) = found.ok_or_else(|| {
            Refusal::new(Rule::AnchorUnknown, "no closing entry of this ledger has these words: the vault was rolled back, or they are of another vault")
                .hint("compare the words with the closing sheet, then the vault with another copy")
        })?;
        Ok(Self {
            site: chain.site().clone(),
            number: entry.number,
            time: entry.time,
            extent: extent(chains, chain, entry)?,
        })
    }
}

fn extent(chains: &[Chain], of: &Chain, closing: &Entry) -> Result<Extent, Refusal> {
    let mut extent = Extent::from([(of.site().clone(), closing.number as usize + 1)]);
    let Event::Closing { chains: named, .. } = &closing.event else {
        return Ok(extent);
    };
    for (site, head) in named {
        let chain = chains.iter().find(|chain| chain.site() == site);
        let line = chain.and_then(|chain| chain.entries().iter().find(|entry| entry.hash == *head));
        let line = line.ok_or_else(|| {
            let found = format!("the closing entry names a line of ledger/{site}.jsonl that this vault does not have");
            Refusal::new(Rule::LedgerBroken, found)
                .hint("that chain was rolled back: compare with another copy of the vault")
        })?;
        extent.insert(site.clone(), line.number as usize + 1);
    }
    Ok(extent)
}
