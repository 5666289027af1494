//! The text of a code, and which page is in which group.
//!
//! Rules of this file:
//! - a code says by itself of which copy it is, on which page and in which place, so that no order is needed;
//! - its world is its prefix: a page of a rehearsal restores nothing in production;
//! - groups are runs of pages as they lie on each other: 18 with data and 2 to rebuild any two of the 20, in a last group of
//!   up to 9 with data one. Wherever one page in ten is lost, every group has lost no more than it rebuilds.

use crate::ident::Mode;
use sha2::{Digest as _, Sha256};
use std::ops::Range;

/// The bytes of one block.
pub const BLOCK: usize = 852;
/// The codes of one page.
pub const SLOTS: u8 = 12;
/// The bytes before a block.
pub const HEADER: usize = 28;
/// Pages with data in a whole group.
pub const DATA: usize = 18;
/// The longest archive: 65,535 pages hold it.
pub const LENGTH_MAX: usize = 64 << 20;

/// The id of a copy: the first 16 bytes of the SHA-256 of its archive.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CopyMark(pub [u8; 16]);

impl CopyMark {
    /// The mark of an archive.
    pub fn of(archive: &[u8]) -> Self {
        let mut mark = [0; 16];
        mark.copy_from_slice(&Sha256::digest(archive)[..16]);
        Self(mark)
    }
}

impl std::fmt::Display for CopyMark {
    /// Its first 32 bits: enough for people to keep two copies apart.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let hex = crate::hex::encode(&self.0[..4]);
        f.pad(&format!("{} {}", &hex[..4], &hex[4..]))
    }
}

impl std::fmt::Debug for CopyMark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

/// The shape of a copy: how its archive lies on pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The bytes of the archive.
    pub length: usize,
    /// The codes of one page.
    pub slots: u8,
}

impl Shape {
    /// Blocks with data.
    pub fn blocks(self) -> usize {
        self.length.div_ceil(BLOCK)
    }

    /// Pages with data.
    pub fn data_pages(self) -> usize {
        self.blocks().div_ceil(usize::from(self.slots))
    }

    /// The groups, in order.
    pub fn groups(self) -> impl Iterator<Item = Group> {
        let all = self.data_pages();
        (0..all.div_ceil(DATA)).map(move |number| {
            let first_data = number * DATA;
            let data = (all - first_data).min(DATA);
            Group {
                // Every group before this one is whole.
                first: number * (DATA + 2),
                first_data,
                data,
                parity: if data > DATA / 2 { 2 } else { 1 },
            }
        })
    }

    /// All pages.
    pub fn pages(self) -> usize {
        self.groups().map(|group| group.data + group.parity).sum()
    }

    /// The bytes of the archive that stand in a slot of a data page, counted from 0; none where the archive has ended.
    pub fn bytes(self, data_page: usize, slot: u8) -> Range<usize> {
        let block = data_page * usize::from(self.slots) + usize::from(slot);
        let start = (block * BLOCK).min(self.length);
        start..(start + BLOCK).min(self.length)
    }

    /// Whether a slot of a group's pages to rebuild from has a code: where any page with data of the group has one.
    pub fn has_parity(self, group: &Group, slot: u8) -> bool {
        !self.bytes(group.first_data, slot).is_empty()
    }
}

/// A run of pages that rebuild each other; pages are counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its first page.
    pub first: usize,
    /// Which page with data that is.
    pub first_data: usize,
    /// Its pages with data.
    pub data: usize,
    /// Its pages to rebuild from, after those.
    pub parity: usize,
}

/// One code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Of which copy.
    pub mark: CopyMark,
    /// The shape of the copy.
    pub shape: Shape,
    /// On which page, counted from 0.
    pub page: usize,
    /// In which place of it, counted from 0.
    pub slot: u8,
    /// What it carries.
    pub bytes: Vec<u8>,
}

/// The prefix of a world's codes.
pub fn prefix(mode: Mode) -> &'static str {
    match mode {
        Mode::Production => "SV1/",
        Mode::Rehearsal => "ZV1/",
    }
}

impl Block {
    /// The text of its code.
    pub fn text(&self, mode: Mode) -> String {
        let head = self.head();
        let mut bytes = Vec::with_capacity(HEADER + self.bytes.len());
        bytes.extend_from_slice(&head);
        bytes.extend_from_slice(&check(mode, &head, &self.bytes));
        bytes.extend_from_slice(&self.bytes);
        format!("{}{}", prefix(mode), base45::encode(bytes))
    }

    /// The block of a text, or why it is none: `None` where it is no code of a vault copy at all.
    pub fn parse(text: &str) -> Option<Result<(Mode, Self), &'static str>> {
        let mode = [Mode::Production, Mode::Rehearsal]
            .into_iter()
            .find(|mode| text.starts_with(prefix(*mode)))?;
        Some(Self::parse_in(mode, &text[prefix(mode).len()..]).map(|block| (mode, block)))
    }

    fn parse_in(mode: Mode, text: &str) -> Result<Self, &'static str> {
        let bytes = base45::decode(text).map_err(|_| "its text is not base45")?;
        // One text says one thing.
        if base45::encode(&bytes) != text || bytes.len() < HEADER || bytes.len() > HEADER + BLOCK {
            return Err("it has not the length of a code");
        }
        let (head, rest) = bytes.split_at(HEADER - 4);
        let (sum, bytes) = rest.split_at(4);
        if check(mode, head, bytes) != sum {
            return Err("its check does not hold");
        }
        let number = |at: usize, width: usize| {
            head[at..at + width]
                .iter()
                .fold(0, |sum, byte| sum << 8 | usize::from(*byte))
        };
        let mut mark = [0; 16];
        mark.copy_from_slice(&head[..16]);
        let block = Self {
            mark: CopyMark(mark),
            shape: Shape {
                length: number(16, 4),
                slots: head[23],
            },
            page: number(20, 2),
            slot: head[22],
            bytes: bytes.to_vec(),
        };
        if block.is_sound() {
            Ok(block)
        } else {
            Err("it is of a shape that no copy has")
        }
    }

    fn head(&self) -> [u8; HEADER - 4] {
        let mut head = [0; HEADER - 4];
        head[..16].copy_from_slice(&self.mark.0);
        head[16..20].copy_from_slice(&(self.shape.length as u32).to_be_bytes());
        head[20..22].copy_from_slice(&(self.page as u16).to_be_bytes());
        head[22] = self.slot;
        head[23] = self.shape.slots;
        head
    }

    fn is_sound(&self) -> bool {
        let Shape { length, slots } = self.shape;
        if slots != SLOTS || length == 0 || length > LENGTH_MAX || self.slot >= slots || self.page >= self.shape.pages()
        {
            return false;
        }
        let group = self
            .shape
            .groups()
            .find(|group| self.page < group.first + group.data + group.parity);
        group.is_some_and(|group| {
            let at = self.page - group.first;
            if at < group.data {
                self.bytes.len() == self.shape.bytes(group.first_data + at, self.slot).len() && !self.bytes.is_empty()
            } else {
                self.bytes.len() == BLOCK && self.shape.has_parity(&group, self.slot)
            }
        })
    }
}

/// The first four bytes of SHA-256(prefix ‖ head ‖ block).
fn check(mode: Mode, head: &[u8], block: &[u8]) -> [u8; 4] {
    let hash = Sha256::new()
        .chain_update(prefix(mode))
        .chain_update(head)
        .chain_update(block)
        .finalize();
    [hash[0], hash[1], hash[2], hash[3]]
}
