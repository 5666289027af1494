//! Takes the values of a plan out of its TOML, each as the type that it must have.
//!
//! Rules of this file:
//! - a table is opened with the keys that it may have: another key is refused there and then, with the nearest known one;
//! - a value is taken out as the type it must have, or refused under [`Rule::PlanValue`];
//! - a name of something that is defined elsewhere is looked up as it is read, and refused with the nearest.

use super::{
    limits,
    source::{Place, Placed, Source, refuse_at, with_nearest},
    text::{FreeText, nearest, quoted},
};
use crate::{
    ident::AccountId,
    refusal::{Refusal, Rule},
};
use jiff::civil::Date;
use std::{collections::BTreeMap, fmt, ops::Range, str::FromStr};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// One value of the text, under the name by which messages call it.
#[derive(Clone, Copy)]
pub(super) struct Node<'a> {
    source: &'a Source<'a>,
    value: &'a Spanned<DeValue<'a>>,
    name: &'a str,
}

/// One table of the text, opened with the keys that it may have.
pub(super) struct Table<'a> {
    source: &'a Source<'a>,
    keys: &'a DeTable<'a>,
    at: usize,
    name: &'a str,
}

impl<'a> Table<'a> {
    /// The whole document.
    pub(super) fn document(
        source: &'a Source<'a>,
        document: &'a Spanned<DeTable<'a>>,
        known: &[&str],
    ) -> Result<Self, Refusal> {
        Self::check(
            Self {
                source,
                keys: document.get_ref(),
                at: 0,
                name: "the plan",
            },
            known,
        )
    }

    fn check(self, known: &[&str]) -> Result<Self, Refusal> {
        match self
            .keys
            .keys()
            .filter(|key| !known.contains(&&**key.get_ref()))
            .min_by_key(|key| key.span().start)
        {
            None => Ok(self),
            Some(key) => {
                let found = key.get_ref();
                let sentence = format!("{} has no key {}", self.name, quoted(found));
                let refusal = self.source.refuse(Rule::PlanKey, key.span().start, &sentence);
                Err(match nearest(found, known.iter().copied()) {
                    Some(name) => refusal.hint(format!("did you mean `{name}`")),
                    None => refusal.hint(format!("its keys are {}", known.join(", "))),
                })
            }
        }
    }

    /// The value of a key that must be there.
    pub(super) fn required(&self, key: &'a str) -> Result<Node<'a>, Refusal> {
        self.optional(key)
            .ok_or_else(|| self.refuse(Rule::PlanKey, &format!("{} lacks the key `{key}`", self.name)))
    }

    /// The value of a key that may be left out.
    pub(super) fn optional(&self, key: &'a str) -> Option<Node<'a>> {
        self.keys.get(key).map(|value| Node {
            source: self.source,
            value,
            name: key,
        })
    }

    /// Refuses a key that has no meaning beside another one's value.
    pub(super) fn absent(&self, key: &'a str, because: &str) -> Result<(), Refusal> {
        match self.keys.get_key_value(key) {
            None => Ok(()),
            Some((key, _)) => Err(self.source.refuse(
                Rule::PlanKey,
                key.span().start,
                &format!("{} has no key {}: {because}", self.name, quoted(key.get_ref())),
            )),
        }
    }

    /// The elements of a list of tables, or none if the key is left out; more than `allowed` are refused.
    pub(super) fn tables(&self, key: &'a str, allowed: usize) -> Result<Vec<Node<'a>>, Refusal> {
        let Some(list) = self.optional(key) else {
            return Ok(Vec::new());
        };
        list.list(allowed)
    }

    /// All keys with their values, for a table whose keys are free.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'a str, Node<'a>)> {
        self.keys.iter().map(|(key, value)| {
            let name: &'a str = key.get_ref();
            (
                name,
                Node {
                    source: self.source,
                    value,
                    name,
                },
            )
        })
    }

    /// Where the table begins.
    pub(super) fn place(&self) -> Place {
        self.source.place(self.at)
    }

    /// A refusal at the beginning of the table.
    pub(super) fn refuse(&self, rule: Rule, sentence: &str) -> Refusal {
        self.source.refuse(rule, self.at, sentence)
    }
}

impl<'a> Node<'a> {
    /// Where the value begins.
    pub(super) fn place(&self) -> Place {
        self.source.place(self.value.span().start)
    }

    /// A refusal at the value.
    pub(super) fn refuse(&self, rule: Rule, sentence: &str) -> Refusal {
        self.source.refuse(rule, self.value.span().start, sentence)
    }

    fn wrong_type(&self, allowed: &str) -> Refusal {
        let found = match self.value.get_ref() {
            DeValue::String(_) => "text",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a number with a point",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.refuse(Rule::PlanValue, &format!("`{}` is {allowed}, not {found}", self.name))
    }

    /// The table, called `name` in messages, with the keys that it may have.
    pub(super) fn table(&self, name: &'a str, known: &[&str]) -> Result<Table<'a>, Refusal> {
        let table = self.free_table(name)?;
        Table::check(table, known)
    }

    /// A table whose keys are free.
    pub(super) fn free_table(&self, name: &'a str) -> Result<Table<'a>, Refusal> {
        let keys = self
            .value
            .get_ref()
            .as_table()
            .ok_or_else(|| self.wrong_type("a table"))?;
        Ok(Table {
            source: self.source,
            keys,
            at: self.value.span().start,
            name,
        })
    }

    /// The elements of a list, at most `allowed`.
    pub(super) fn list(&self, allowed: usize) -> Result<Vec<Node<'a>>, Refusal> {
        let list = self
            .value
            .get_ref()
            .as_array()
            .ok_or_else(|| self.wrong_type("a list"))?;
        if list.len() > allowed {
            let sentence = format!("`{}` has {} entries, at most {allowed} are read", self.name, list.len());
            return Err(self.refuse(Rule::PlanTooLarge, &sentence));
        }
        Ok(list
            .iter()
            .map(|value| Node {
                source: self.source,
                value,
                name: self.name,
            })
            .collect())
    }

    /// The text as it stands. Not yet fit to be shown.
    pub(super) fn text(&self) -> Result<&'a str, Refusal> {
        self.value.get_ref().as_str().ok_or_else(|| self.wrong_type("text"))
    }

    /// Text that reads as a `T`.
    pub(super) fn parse<T: FromStr<Err: fmt::Display>>(&self) -> Result<T, Refusal> {
        let text = self.text()?;
        text.parse().map_err(|error| {
            self.refuse(
                Rule::PlanValue,
                &format!("`{}` is {}: {error}", self.name, quoted(text)),
            )
        })
    }

    /// As [`Node::parse`], keeping the place.
    pub(super) fn placed<T: FromStr<Err: fmt::Display>>(&self) -> Result<Placed<T>, Refusal> {
        Ok(Placed {
            value: self.parse()?,
            place: self.place(),
        })
    }

    /// Free text of more than a line of paper.
    pub(super) fn long_text(&self) -> Result<FreeText, Refusal> {
        FreeText::with_at_most(self.text()?, limits::LONG_TEXT_CHARACTERS)
            .map_err(|error| self.refuse(Rule::PlanValue, &format!("`{}`: {error}", self.name)))
    }

    /// One of a few words.
    pub(super) fn one_of<T: Copy>(&self, words: &[(&str, T)]) -> Result<T, Refusal> {
        let text = self.text()?;
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
            return Ok(*value);
        }
        let allowed: Vec<_> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
        let sentence = format!("`{}` is {}, not {}", self.name, allowed.join(" or "), quoted(text));
        Err(with_nearest(
            self.refuse(Rule::PlanValue, &sentence),
            text,
            words.iter().map(|(word, _)| *word),
        ))
    }

    /// True or false.
    pub(super) fn flag(&self) -> Result<bool, Refusal> {
        self.value
            .get_ref()
            .as_bool()
            .ok_or_else(|| self.wrong_type("true or false"))
    }

    /// A whole number of a range.
    pub(super) fn number(&self, allowed: Range<u16>) -> Result<u16, Refusal> {
        let number = self
            .value
            .get_ref()
            .as_integer()
            .ok_or_else(|| self.wrong_type("a whole number"))?;
        match u16::from_str_radix(number.as_str(), number.radix()) {
            Ok(value) if allowed.contains(&value) => Ok(value),
            _ => {
                let sentence = format!(
                    "`{}` is a whole number from {} to {}, not {}",
                    self.name,
                    allowed.start,
                    allowed.end - 1,
                    quoted(number.as_str())
                );
                Err(self.refuse(Rule::PlanValue, &sentence))
            }
        }
    }

    /// A date without a time.
    pub(super) fn date(&self) -> Result<Date, Refusal> {
        let written = match self.value.get_ref().as_datetime() {
            Some(toml::value::Datetime {
                date: Some(date),
                time: None,
                offset: None,
            }) => *date,
            _ => return Err(self.wrong_type("a date like 2027-02-28, without quotes")),
        };
        Date::new(
            i16::try_from(written.year).unwrap_or(i16::MAX),
            written.month.cast_signed(),
            written.day.cast_signed(),
        )
        .map_err(|_| self.refuse(Rule::PlanValue, &format!("`{}` is no day of the calendar", self.name)))
    }

    /// The id of something that the plan defines elsewhere.
    pub(super) fn reference<K: FromStr<Err: fmt::Display> + Ord + AsName>(
        &self,
        what: &str,
        defined: &BTreeMap<K, usize>,
    ) -> Result<Placed<K>, Refusal> {
        let id: K = self.parse()?;
        if defined.contains_key(&id) {
            return Ok(Placed {
                value: id,
                place: self.place(),
            });
        }
        Err(undefined(self.place(), what, id.as_name(), defined))
    }

    /// A list of ids of things that the plan defines elsewhere, each once.
    pub(super) fn references<K: FromStr<Err: fmt::Display> + Ord + AsName>(
        &self,
        what: &str,
        defined: &BTreeMap<K, usize>,
    ) -> Result<Vec<Placed<K>>, Refusal> {
        let mut ids: Vec<Placed<K>> = Vec::new();
        for node in self.list(limits::NAMES_IN_A_LIST)? {
            let id = node.reference(what, defined)?;
            if ids.contains(&id) {
                return Err(node.refuse(
                    Rule::PlanDuplicate,
                    &format!("{what} `{}` stands in this list twice", id.as_name()),
                ));
            }
            ids.push(id);
        }
        Ok(ids)
    }
}

/// The accounts that something names as those it depends on. They are looked up once all accounts are known.
pub(super) fn needs(table: &Table<'_>) -> Result<Vec<Placed<AccountId>>, Refusal> {
    let mut ids: Vec<Placed<AccountId>> = Vec::new();
    for node in table.tables("needs", limits::NAMES_IN_A_LIST)? {
        let id = node.placed::<AccountId>()?;
        if ids.contains(&id) {
            return Err(node.refuse(
                Rule::PlanDuplicate,
                &format!("account `{}` stands in this list twice", id.value),
            ));
        }
        ids.push(id);
    }
    Ok(ids)
}

/// The refusal of a name that nothing in the plan has.
pub(super) fn undefined<K: AsName>(place: Place, what: &str, found: &str, defined: &BTreeMap<K, usize>) -> Refusal {
    let refusal = refuse_at(Rule::PlanReference, place, &format!("{what} `{found}` is not defined"));
    with_nearest(refusal, found, defined.keys().map(AsName::as_name))
}

/// Enters an id, the `at`th of its kind, into the index; a second one of the same id is refused with the place of the first.
pub(super) fn define<K: Ord + Clone + AsName>(
    index: &mut BTreeMap<K, usize>,
    what: &str,
    id: &Placed<K>,
    at: usize,
    place_of: impl Fn(usize) -> Place,
) -> Result<(), Refusal> {
    match index.insert(id.value.clone(), at) {
        None => Ok(()),
        Some(first) => {
            let sentence = format!(
                "{what} `{}` is defined a second time, first at {}",
                id.value.as_name(),
                place_of(first)
            );
            Err(refuse_at(Rule::PlanDuplicate, id.place, &sentence))
        }
    }
}

/// An identifier by its text.
pub(super) trait AsName {
    /// The identifier as it is written.
    fn as_name(&self) -> &str;
}

macro_rules! as_name {
    ($($name:ident)*) => {$(
        impl AsName for crate::ident::$name {
            fn as_name(&self) -> &str {
                self.as_str()
            }
        }
    )*};
}

as_name! { PersonId SafeId BuildingId RegionId SetName AccountId DeviceName CopyId }
