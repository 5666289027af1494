//! What a paper says that its template does not know: names, numbers, days, by the names of placeholders.
//!
//! Rules of this file:
//! - a value is [`Said`], and `Said` is made of checked identifiers, text of the plan, notes of the ledger, numbers, days and
//!   wording of the program, of nothing else: what is lent by `expose` lives too shortly to be any of them, so no template
//!   can reach a secret;
//! - a value is put in after the Markdown was parsed: nothing in it is a mark.

use super::blocks::{Block, Inline, Item, Pen};
use crate::paper::faces::Faces;
use crate::paper::fonts::shown;
use crate::refusal::{Refusal, Rule};
use std::collections::BTreeMap;

/// Text that may stand on any paper.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said(String);

impl Said {
    /// Parts one after the other.
    pub fn of(parts: &[&dyn Sayable]) -> Self {
        Self(parts.iter().map(|part| part.said().0).collect())
    }

    /// Several, with `between` between each two.
    pub fn joined(each: impl IntoIterator<Item = Self>, between: &'static str) -> Self {
        let each: Vec<String> = each.into_iter().map(|one| one.0).collect();
        Self(each.join(between))
    }

    /// Several, a line each: no text of a plan has a line feed.
    pub fn lines(each: impl IntoIterator<Item = Self>) -> Self {
        Self::joined(each, "\n")
    }

    /// In groups of so many symbols, as it is read aloud.
    #[must_use]
    pub fn grouped(self, size: usize) -> Self {
        let symbols: Vec<char> = self.0.chars().collect();
        let groups = symbols.chunks(size.max(1)).map(String::from_iter);
        Self(groups.collect::<Vec<_>>().join(" "))
    }

    /// Wording of the catalogue of tasks, which comes with the program.
    pub fn catalogued(text: &'static str) -> Self {
        Self(text.to_string())
    }

    /// Wording of a template, as it stands there.
    pub(super) fn worded(text: &str) -> Self {
        Self(text.to_string())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

mod sealed {
    pub trait Sealed {}
}

/// What can be said on a paper. Sealed: the list below is all there is.
pub trait Sayable: sealed::Sealed {
    /// As text.
    fn said(&self) -> Said;
}

macro_rules! sayable {
    ($($kind:ty),* $(,)?) => {$(
        impl sealed::Sealed for $kind {}

        impl Sayable for $kind {
            fn said(&self) -> Said {
                Said(self.to_string())
            }
        }
    )*};
}

sayable!(
    &'static str,
    u16,
    u32,
    u64,
    usize,
    crate::ident::PersonId,
    crate::ident::SafeId,
    crate::ident::SetName,
    crate::ident::AccountId,
    crate::ident::DeviceName,
    crate::ident::RegionId,
    crate::ident::SiteName,
    crate::ident::TaskId,
    crate::ident::CopyId,
    crate::ident::Serial,
    crate::ident::ShareIndex,
    crate::ident::Epoch,
    crate::ident::Generation,
    crate::ident::Mode,
    crate::threshold::Threshold,
    crate::plan::FreeText,
    crate::plan::Email,
    crate::plan::Hours,
    crate::plan::Days,
    crate::code::words::Fingerprint,
    crate::vault::ledger::Hash,
    crate::vault::due::Subject,
    jiff::civil::Date,
);

impl sealed::Sealed for Said {}

impl Sayable for Said {
    fn said(&self) -> Said {
        self.clone()
    }
}

impl sealed::Sealed for crate::vault::event::Note {}

impl Sayable for crate::vault::event::Note {
    fn said(&self) -> Said {
        Said(self.as_str().to_string())
    }
}

/// A fingerprint as its digits.
pub struct Digits(pub crate::code::words::Fingerprint);

/// A moment, in UTC to the minute.
pub struct Moment(pub jiff::Timestamp);

impl sealed::Sealed for Digits {}
impl sealed::Sealed for Moment {}
impl sealed::Sealed for jiff::tz::TimeZone {}

impl Sayable for Digits {
    fn said(&self) -> Said {
        Said(self.0.hex_grouped())
    }
}

impl Sayable for Moment {
    fn said(&self) -> Said {
        Said(self.0.strftime("%Y-%m-%d %H:%M").to_string())
    }
}

impl Sayable for jiff::tz::TimeZone {
    fn said(&self) -> Said {
        Said(self.iana_name().unwrap_or("UTC").to_string())
    }
}

/// The values of one paper, or of one row of a list.
#[derive(Clone, Debug, Default)]
pub struct Values {
    fields: BTreeMap<&'static str, Said>,
    rooms: BTreeMap<&'static str, Room>,
    lists: BTreeMap<&'static str, Vec<Self>>,
}

/// Room for a pen that depends on the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// None.
    Nothing,
    /// Eight words.
    Words,
    /// The number of a seal.
    Seal,
    /// A line.
    Line,
}

impl Values {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// With a value more: `{name}` in the template.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &dyn Sayable) -> Self {
        self.fields.insert(name, value.said());
        self
    }

    /// With room for a pen: `{name}` in the template.
    #[must_use]
    pub fn room(mut self, name: &'static str, room: Room) -> Self {
        self.rooms.insert(name, room);
        self
    }

    /// With a list more: whatever names `{list.field}` is repeated for each row of it.
    #[must_use]
    pub fn list(mut self, name: &'static str, rows: Vec<Self>) -> Self {
        self.lists.insert(name, rows);
        self
    }

    fn field(&self, name: &str) -> Option<&Said> {
        self.fields.get(name)
    }
}

/// The values that hold in one place: those of the paper, and of the row that is being repeated.
#[derive(Clone, Copy)]
pub(super) struct Scope<'v> {
    values: &'v Values,
    faces: Faces,
    row: Option<(&'v str, &'v Values)>,
}

impl<'v> Scope<'v> {
    pub(super) fn new(values: &'v Values, faces: Faces) -> Self {
        Self {
            values,
            faces,
            row: None,
        }
    }

    /// The blocks, filled in and repeated.
    pub(super) fn blocks(self, blocks: &[Block]) -> Result<Vec<Block>, Refusal> {
        let mut filled = Vec::new();
        for block in blocks {
            match block {
                // What holds rows repeats its rows, not itself.
                Block::List { kind, items } => {
                    let items = self.each(items, Item::names, Self::item)?;
                    if !items.is_empty() {
                        filled.push(Block::List { kind: *kind, items });
                    }
                }
                Block::Table { head, rows } => {
                    let rows = self.each(
                        rows,
                        |row| row.iter().flat_map(|cell| names_in(cell)).collect(),
                        |scope, row| row.iter().map(|cell| scope.inlines(cell)).collect(),
                    )?;
                    let head = head.iter().map(|cell| self.inlines(cell)).collect::<Result<_, _>>()?;
                    if !rows.is_empty() {
                        filled.push(Block::Table { head, rows });
                    }
                }
                Block::Signatures(each) => {
                    let each = self.each(
                        each,
                        |(name, role)| names_in(name).into_iter().chain(names_in(role)).collect(),
                        |scope, (name, role)| Ok((scope.inlines(name)?, scope.inlines(role)?)),
                    )?;
                    filled.push(Block::Signatures(each));
                }
                Block::Big(each) => {
                    let each = self.each(each, |one| names_in(one), |scope, one| scope.inlines(one))?;
                    filled.push(Block::Big(each));
                }
                Block::Heading(..) | Block::Paragraph(_) | Block::Code(_) => {
                    let block = std::slice::from_ref(block);
                    filled.extend(self.each(block, Block::names, Self::plain)?);
                }
                Block::Frame(inside) => filled.push(Block::Frame(self.blocks(inside)?)),
                Block::Columns(columns) => filled.push(Block::Columns(
                    columns
                        .iter()
                        .map(|column| self.blocks(column))
                        .collect::<Result<_, _>>()?,
                )),
                Block::Rule => filled.push(Block::Rule),
            }
        }
        Ok(filled)
    }

    fn plain(self, block: &Block) -> Result<Block, Refusal> {
        Ok(match block {
            Block::Heading(level, text) => Block::Heading(*level, self.inlines(text)?),
            Block::Paragraph(text) => Block::Paragraph(self.inlines(text)?),
            Block::Code(lines) => {
                let filled = lines.iter().map(|line| self.text(line)).collect::<Result<_, _>>()?;
                Block::Code(filled)
            }
            other => other.clone(),
        })
    }

    fn item(self, item: &Item) -> Result<Item, Refusal> {
        Ok(Item {
            tick: item.tick,
            blocks: self.blocks(&item.blocks)?,
        })
    }

    /// `things` as they are, or once for each row of the list that one names.
    fn each<T, U>(
        self,
        things: &[T],
        names: impl Fn(&T) -> Vec<String>,
        fill: impl Fn(Self, &T) -> Result<U, Refusal>,
    ) -> Result<Vec<U>, Refusal> {
        let mut filled = Vec::new();
        for thing in things {
            let list = names(thing)
                .into_iter()
                .filter_map(|name| name.split_once('.').map(|(list, _)| list.to_string()))
                .find(|list| self.row.is_none_or(|(current, _)| current != list));
            let Some(list) = list else {
                filled.push(fill(self, thing)?);
                continue;
            };
            let (name, rows) = self
                .values
                .lists
                .get_key_value(list.as_str())
                .ok_or_else(|| unknown(&list))?;
            for row in rows {
                let scope = Scope {
                    values: self.values,
                    faces: self.faces,
                    row: Some((name, row)),
                };
                filled.push(fill(scope, thing)?);
            }
        }
        Ok(filled)
    }

    /// Text filled in; what stands for room for a pen becomes it.
    pub(super) fn inlines(self, inlines: &[Inline]) -> Result<Vec<Inline>, Refusal> {
        let mut filled = Vec::new();
        for inline in inlines {
            let Inline::Text { face, small, text } = inline else {
                filled.push(inline.clone());
                continue;
            };
            let room = names_of(text)
                .into_iter()
                .find_map(|name| Some((self.room(&name)?, name)));
            let Some((room, name)) = room else {
                for (number, line) in self.text(text)?.split('\n').enumerate() {
                    filled.extend((number > 0).then_some(Inline::Break));
                    let runs = self.faces.runs(*face, line).into_iter();
                    filled.extend(runs.map(|(face, run)| Inline::Text {
                        face,
                        small: *small,
                        text: run.to_string(),
                    }));
                }
                continue;
            };
            let (before, after) = text.split_once(&format!("{{{name}}}")).unwrap_or((text, ""));
            let part = |text: &str| Inline::Text {
                face: *face,
                small: *small,
                text: text.to_string(),
            };
            filled.extend(self.inlines(&[part(before)])?);
            filled.extend(match room {
                Room::Nothing => None,
                Room::Words => Some(Inline::Pen(Pen::Words)),
                Room::Seal => Some(Inline::Pen(Pen::Seal)),
                Room::Line => Some(Inline::Pen(Pen::Line)),
            });
            filled.extend(self.inlines(&[part(after)])?);
        }
        Ok(filled)
    }

    fn room(self, name: &str) -> Option<Room> {
        match (name.split_once('.'), self.row) {
            (Some((list, field)), Some((current, row))) if list == current => row.rooms.get(field).copied(),
            _ => self.values.rooms.get(name).copied(),
        }
    }

    fn text(self, text: &str) -> Result<String, Refusal> {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or_else(|| unknown(text))?;
            let value = match (name.split_once('.'), self.row) {
                (Some((list, field)), Some((current, row))) if list == current => row.field(field),
                (Some(_), _) => None,
                (None, _) => self.values.field(name),
            };
            filled.push_str(before);
            filled.push_str(&value.ok_or_else(|| unknown(text))?.0);
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }
}

impl Block {
    fn names(&self) -> Vec<String> {
        match self {
            Self::Heading(_, text) | Self::Paragraph(text) => names_in(text),
            Self::Code(lines) => lines.iter().flat_map(|line| names_of(line)).collect(),
            _ => Vec::new(),
        }
    }
}

impl Item {
    fn names(&self) -> Vec<String> {
        self.blocks.iter().flat_map(Block::names).collect()
    }
}

fn names_in(inlines: &[Inline]) -> Vec<String> {
    let texts = inlines.iter().filter_map(|inline| match inline {
        Inline::Text { text, .. } => Some(names_of(text)),
        _ => None,
    });
    texts.flatten().collect()
}

fn names_of(text: &str) -> Vec<String> {
    let starts = text.split('{').skip(1);
    starts
        .filter_map(|start| start.split_once('}').map(|(name, _)| name.to_string()))
        .collect()
}

fn unknown(text: &str) -> Refusal {
    Refusal::new(
        Rule::InputMalformed,
        format!("the template asks for a value that is not known in {}", shown(text)),
    )
    .hint("compare it with the one that comes with the program")
}
