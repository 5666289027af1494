//! Codes in, in any order: what is missing, what is rebuilt, what does not belong.
//!
//! Rules of this file:
//! - pages of two copies are never mixed: the second copy is named and refused; so is a page that says two things;
//! - a page counts as far as it was read; a group rebuilds what it lacks where enough of it is there, place by place;
//! - pages that cannot be rebuilt are named by the numbers that stand on them;
//! - what comes out has the hash that every code carries, or nothing comes out.

use super::wire::{BLOCK, Block, CopyMark, Group, Shape};
use crate::ident::Mode;
use crate::refusal::{Refusal, Rule};
use reed_solomon_erasure::galois_8::ReedSolomon;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// The pages of one copy, as far as they were read.
#[derive(Default)]
pub struct Gathered {
    copy: Option<(Mode, CopyMark, Shape)>,
    blocks: BTreeMap<(usize, u8), Vec<u8>>,
}

/// A copy that is whole again.
pub struct Restored {
    /// The world of its vault.
    pub mode: Mode,
    /// The archive.
    pub archive: Vec<u8>,
    /// The pages that were rebuilt, whole or in part, counted from 1.
    pub rebuilt: Vec<usize>,
    /// How many pages there are.
    pub pages: usize,
}

impl Gathered {
    /// Takes the text of a code. `false`: it is no code of a vault copy, or one that was damaged.
    pub fn add(&mut self, text: &str) -> Result<bool, Refusal> {
        let Some(Ok((mode, block))) = Block::parse(text) else {
            return Ok(false);
        };
        self.put(mode, block)?;
        Ok(true)
    }

    /// Takes one block of a copy.
    pub fn put(&mut self, mode: Mode, block: Block) -> Result<(), Refusal> {
        let of = (mode, block.mark, block.shape);
        match self.copy {
            None => self.copy = Some(of),
            Some(first) if first == of => {}
            Some((world, first, _)) => {
                return Err(Refusal::new(
                    Rule::CopyMixed,
                    format!(
                        "page {} is of copy {} in {mode}, the pages before it are of copy {first} in {world}",
                        block.page + 1,
                        block.mark
                    ),
                )
                .hint("sort the pages by the mark at their head, and restore from one copy"));
            }
        }
        match self.blocks.entry((block.page, block.slot)) {
            Entry::Vacant(place) => {
                place.insert(block.bytes);
            }
            Entry::Occupied(known) if *known.get() == block.bytes => {}
            Entry::Occupied(_) => {
                let (page, mark) = (block.page + 1, block.mark);
                return Err(Refusal::new(
                    Rule::CopyMixed,
                    format!("page {page} of copy {mark} says two things in these scans"),
                )
                .hint("somebody made one of them: find the pages with this number, and give one of them at a time"));
            }
        }
        Ok(())
    }

    /// How many codes were read.
    pub fn count(&self) -> usize {
        self.blocks.len()
    }

    /// The archive, with whatever is missing rebuilt.
    pub fn restore(self) -> Result<Restored, Refusal> {
        let (mode, mark, shape) = self.copy.ok_or_else(|| {
            Refusal::new(Rule::NothingScanned, "no page of a vault copy was found in these scans")
                .hint("scan the pages flat, at 300 dpi, grey")
        })?;
        let mut archive = vec![0; shape.length];
        let (mut missing, mut rebuilt) = (BTreeSet::new(), BTreeSet::new());
        for group in shape.groups() {
            for slot in 0..shape.slots {
                if !shape.has_parity(&group, slot) {
                    continue;
                }
                let lacking = self.place(shape, &group, slot, &mut archive);
                match lacking {
                    Ok(pages) => rebuilt.extend(pages),
                    Err(pages) => missing.extend(pages),
                }
            }
        }
        if !missing.is_empty() {
            return Err(incomplete(mark, shape.pages(), &missing));
        }
        if CopyMark::of(&archive) != mark {
            return Err(Refusal::new(
                Rule::CopyDamaged,
                format!("what the pages of copy {mark} give has not the hash that stands on them"),
            )
            .hint("restore from another copy of the vault"));
        }
        Ok(Restored {
            mode,
            archive,
            rebuilt: rebuilt.into_iter().collect(),
            pages: shape.pages(),
        })
    }

    /// Puts one place of a group's pages into the archive. `Ok`: the pages with data that were rebuilt; `Err`: those that
    /// cannot be.
    fn place(&self, shape: Shape, group: &Group, slot: u8, archive: &mut [u8]) -> Result<Vec<usize>, Vec<usize>> {
        let mut rows: Vec<Option<Vec<u8>>> = (0..group.data + group.parity)
            .map(|at| {
                let read = self.blocks.get(&(group.first + at, slot)).cloned();
                let ended = at < group.data && shape.bytes(group.first_data + at, slot).is_empty();
                // Behind the end of the archive everything is zero.
                read.or_else(|| ended.then(Vec::new)).map(|mut bytes| {
                    bytes.resize(BLOCK, 0);
                    bytes
                })
            })
            .collect();
        let lacking: Vec<usize> = (0..group.data)
            .filter(|at| rows[*at].is_none())
            .map(|at| group.first + at + 1)
            .collect();
        if !lacking.is_empty() {
            let rebuilt = ReedSolomon::new(group.data, group.parity).and_then(|code| code.reconstruct_data(&mut rows));
            if rebuilt.is_err() {
                return Err(lacking);
            }
        }
        for (at, row) in rows.iter().take(group.data).enumerate() {
            let range = shape.bytes(group.first_data + at, slot);
            if let Some(row) = row {
                let length = range.len();
                archive[range].copy_from_slice(&row[..length]);
            }
        }
        Ok(lacking)
    }
}

/// The blocks that rebuild a place of a group, from those with data, all of one length.
pub fn rebuilding(data: &[Vec<u8>], more: usize) -> Result<Vec<Vec<u8>>, Refusal> {
    let failed = |_| Refusal::new(Rule::Internal, "the pages to rebuild from could not be made");
    let length = data.first().map_or(0, Vec::len);
    let mut rows = data.to_vec();
    rows.extend(std::iter::repeat_n(vec![0; length], more));
    let code = ReedSolomon::new(data.len(), more).map_err(failed)?;
    code.encode(&mut rows).map_err(failed)?;
    Ok(rows.split_off(data.len()))
}

fn incomplete(mark: CopyMark, pages: usize, missing: &BTreeSet<usize>) -> Refusal {
    const SAID: usize = 20;
    let mut numbers: Vec<String> = missing.iter().take(SAID).map(ToString::to_string).collect();
    if missing.len() > SAID {
        numbers.push(format!("and {} more", missing.len() - SAID));
    }
    let (pages_word, are) = if missing.len() == 1 {
        ("page", "is")
    } else {
        ("pages", "are")
    };
    Refusal::new(
        Rule::CopyIncomplete,
        format!(
            "{pages_word} {} of {pages} of copy {mark} {are} missing or not read whole",
            numbers.join(", ")
        ),
    )
    .hint("scan them again, flat and at 300 dpi, and give all pages: --scan PAGES…")
}
