//! The people of the plan, and how many of some of them it takes.
//!
//! Rules of this file:
//! - a person has one id; everything else is text for paper;
//! - of the people named, at least one and no more than there are must come; nobody is counted twice.

use super::{
    limits,
    reader::Node,
    source::{Place, Placed},
    text::FreeText,
};
use crate::{
    ident::{PersonId, RegionId},
    refusal::{Refusal, Rule},
};
use std::collections::BTreeMap;

/// One person.
#[derive(Clone, Debug)]
pub struct Person {
    /// The id by which the rest of the plan names them.
    pub id: PersonId,
    /// The name as it stands on paper.
    pub name: FreeText,
    /// Where they work.
    pub team: Option<FreeText>,
    /// Where they are, most days.
    pub region: Option<RegionId>,
    /// How to call them in an incident. Printed on runbooks only.
    pub reach: Option<FreeText>,
    /// Where the plan says so.
    pub at: Place,
}

impl Person {
    pub(super) fn read(node: &Node<'_>) -> Result<Self, Refusal> {
        let table = node.table("a person", &["id", "name", "team", "region", "reach"])?;
        let id = table.required("id")?.placed()?;
        Ok(Self {
            at: id.place,
            id: id.value,
            name: table.required("name")?.parse()?,
            team: table.optional("team").map(|node| node.parse()).transpose()?,
            region: table.optional("region").map(|node| node.parse()).transpose()?,
            reach: table.optional("reach").map(|node| node.parse()).transpose()?,
        })
    }
}

/// Any so many of some people: who opens a safe, who may use centralised root access.
#[derive(Clone, Debug)]
pub struct AnyOf {
    any: Placed<u16>,
    of: Vec<Placed<PersonId>>,
}

impl AnyOf {
    /// How many must come: 1 to the number of people named.
    pub fn any(&self) -> usize {
        usize::from(self.any.value)
    }

    /// The people, each once.
    pub fn of(&self) -> impl ExactSizeIterator<Item = &PersonId> + Clone {
        self.of.iter().map(|person| &person.value)
    }

    /// Whether this person is one of them.
    pub fn includes(&self, person: &PersonId) -> bool {
        self.of().any(|one| one == person)
    }

    /// Where the plan says how many.
    pub fn at(&self) -> Place {
        self.any.place
    }

    pub(super) fn read<'a>(
        node: &Node<'a>,
        name: &'a str,
        people: &BTreeMap<PersonId, usize>,
    ) -> Result<Self, Refusal> {
        let table = node.table(name, &["any", "of"])?;
        let of = table.required("of")?.references("person", people)?;
        let any = table.required("any")?;
        let number = any.number(1..limits::NAMES_IN_A_LIST as u16 + 1)?;
        if usize::from(number) > of.len() {
            return Err(any.refuse(
                Rule::PlanValue,
                &format!("any {number} must come, of {} named", of.len()),
            ));
        }
        Ok(Self {
            any: Placed {
                value: number,
                place: any.place(),
            },
            of,
        })
    }
}
