//! In which order the lines of several chains add up.
//!
//! chains by the names of their sites, each from its first line to its last; before a closing entry, the lines of every chain
//! that it names, by the same rule, up to the line that it names
//!
//! Rules of this file:
//! - every line comes once, and after the lines of its chain before it;
//! - the order depends on the lines alone: two copies of a vault with the same chains add up to the same.

use super::Extent;
use crate::ident::SiteName;
use crate::vault::event::Event;
use crate::vault::ledger::{Chain, Entry, Hash};
use std::cell::OnceCell;
use std::collections::HashMap;

/// The lines that count, in the order in which they add up; of each chain as many as `extent` says, all where it is `None`.
pub(super) fn added_up<'c>(chains: &'c [Chain], extent: Option<&Extent>) -> Vec<(&'c Chain, &'c Entry)> {
    let mut by_name: Vec<&Chain> = chains.iter().collect();
    by_name.sort_by_key(|chain| chain.site().as_str());
    let counted = |chain: &Chain| {
        let count = extent.map_or(usize::MAX, |extent| extent.get(chain.site()).copied().unwrap_or(0));
        count.min(chain.entries().len())
    };
    let mut order = Order {
        ends: by_name.iter().map(|chain| counted(chain)).collect(),
        next: vec![0; by_name.len()],
        lines_by_hash: by_name.iter().map(|_| OnceCell::new()).collect(),
        chains: by_name,
        lines: Vec::new(),
    };
    for at in 0..order.chains.len() {
        order.add_to(at, order.ends[at]);
    }
    order.lines
}

/// The lines of chains in the order in which they add up: the site and the number of each.
pub(in crate::vault) fn in_order(chains: &[Chain]) -> impl Iterator<Item = (&SiteName, usize)> {
    let lines = added_up(chains, None).into_iter();
    lines.map(|(chain, entry)| (chain.site(), entry.number as usize))
}

struct Order<'c> {
    chains: Vec<&'c Chain>,
    /// How many lines of each chain count.
    ends: Vec<usize>,
    /// How many lines of each chain were begun: one that is waiting for others is among them, so that nothing waits for itself.
    next: Vec<usize>,
    /// The lines of a chain by their hashes, once a closing entry has named one.
    lines_by_hash: Vec<OnceCell<HashMap<Hash, usize>>>,
    lines: Vec<(&'c Chain, &'c Entry)>,
}

impl Order<'_> {
    /// Adds the lines of a chain up to line `end`. What a closing entry waits for stands on a stack of our own: a ledger decides how
    /// often sites close in turn, and must not decide how deep this goes.
    fn add_to(&mut self, chain: usize, end: usize) {
        let mut waiting = vec![Step::Chain { chain, end }];
        while let Some(step) = waiting.pop() {
            match step {
                Step::Line { chain, number } => {
                    let chain = self.chains[chain];
                    self.lines.push((chain, &chain.entries()[number]));
                }
                Step::Chain { chain, end } if self.next[chain] < end => {
                    let number = self.next[chain];
                    self.next[chain] += 1;
                    waiting.push(Step::Chain { chain, end });
                    waiting.push(Step::Line { chain, number });
                    let before = self.named_by(&self.chains[chain].entries()[number]);
                    waiting.extend(before.into_iter().rev());
                }
                Step::Chain { .. } => {}
            }
        }
    }

    /// The other chains that a closing entry names, each to the line that it names.
    fn named_by(&self, entry: &Entry) -> Vec<Step> {
        let Event::Closing { chains, .. } = &entry.event else {
            return Vec::new();
        };
        let named = chains.iter().filter_map(|(site, head)| {
            let chain = self.chains.iter().position(|chain| chain.site() == site)?;
            let entries = || self.chains[chain].entries().iter().zip(0..);
            let lines =
                self.lines_by_hash[chain].get_or_init(|| entries().map(|(entry, at)| (entry.hash, at)).collect());
            let line = lines.get(head)?;
            let end = (line + 1).min(self.ends[chain]);
            Some(Step::Chain { chain, end })
        });
        named.collect()
    }
}

enum Step {
    Chain { chain: usize, end: usize },
    Line { chain: usize, number: usize },
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use std::collections::BTreeMap;

    fn line(chain: &mut Chain, text: &str) {
        let event = Event::Exception {
            rule: text.parse().unwrap(),
            found: text.parse().unwrap(),
            reason: text.parse().unwrap(),
        };
        chain.push(event, Timestamp::UNIX_EPOCH).map(drop).ok().unwrap();
    }

    fn close(chain: &mut Chain, others: &[(&str, Hash)]) {
        let chains: BTreeMap<_, _> = others
            .iter()
            .map(|(site, head)| (site.parse().unwrap(), *head))
            .collect();
        let nonce = "00".parse().unwrap();
        chain
            .push(Event::Closing { nonce, chains }, Timestamp::UNIX_EPOCH)
            .map(drop)
            .ok()
            .unwrap();
    }

    fn chain(site: &str) -> Chain {
        Chain::new(site.parse().unwrap())
    }

    fn order(chains: &[Chain], extent: Option<&Extent>) -> String {
        let names = added_up(chains, extent)
            .into_iter()
            .map(|(chain, entry)| format!("{}{}", chain.site(), entry.number));
        names.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn chains_add_up_by_the_names_of_their_sites() {
        let (mut a, mut b) = (chain("a"), chain("b"));
        for text in ["one", "two"] {
            line(&mut a, text);
            line(&mut b, text);
        }
        assert_eq!(order(&[b.clone(), a.clone()], None), "a0 a1 b0 b1");
        let extent = Extent::from([("a".parse().unwrap(), 1), ("b".parse().unwrap(), 9)]);
        assert_eq!(order(&[a, b], Some(&extent)), "a0 b0 b1");
    }

    #[test]
    fn what_a_closing_entry_names_comes_before_it() {
        let (mut a, mut b) = (chain("a"), chain("b"));
        line(&mut b, "first at b");
        close(&mut b, &[]);
        line(&mut a, "first at a");
        close(&mut a, &[("b", b.head())]);
        line(&mut b, "after a closed");
        close(&mut b, &[("a", a.head())]);
        assert_eq!(order(&[a, b], None), "a0 b0 b1 a1 b2 b3");
    }

    #[test]
    fn a_line_that_no_copy_has_is_not_waited_for() {
        let (mut a, mut b) = (chain("a"), chain("b"));
        line(&mut b, "first at b");
        close(&mut a, &[("b", Hash([7; 32])), ("c", b.head())]);
        assert_eq!(order(&[a, b], None), "a0 b0");
    }

    #[test]
    fn sites_that_close_in_turn_ten_thousand_times_add_up_to_the_end() {
        let (mut a, mut b) = (chain("a"), chain("b"));
        for _ in 0..10_000 {
            close(&mut a, &[("b", b.head())]);
            close(&mut b, &[("a", a.head())]);
        }
        assert_eq!(added_up(&[a, b], None).len(), 20_000);
    }
}
