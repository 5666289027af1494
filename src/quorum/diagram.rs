//! Decision diagrams: the minimal path sets of a structure function, exactly, however many there are.
//!
//! A function is a reduced ordered binary decision diagram (Bryant, 1986); its minimal path sets are a zero-suppressed diagram
//! (Minato, 1993), taken from it by the decomposition of Rauzy, *New algorithms for fault trees analysis* (1993): the minimal
//! sets with a component are those of the function given it, less those that do without.
//!
//! Rules of this file:
//! - one set of diagrams for all functions of a plan, so that what two of them share is computed once;
//! - numbers are exact; only a count beyond 2^128 stays there;
//! - every entry of a table is a step of [`Effort`]: a function that takes too many is refused, never rounded.

use super::effort::{self, Effort};
use super::gate::{Component, Gate};
use crate::refusal::{Refusal, Rule};
use rustc_hash::FxHashMap;
use std::{cmp::Reverse, collections::BinaryHeap};

/// A structure function, as a node of its diagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Function(u32);

/// A family of sets of components, as a node of its diagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Family(u32);

impl Function {
    /// Holds never.
    pub const NEVER: Self = Self(0);
    /// Holds always.
    pub const ALWAYS: Self = Self(1);
}

impl Family {
    const EMPTY: Self = Self(0);
    /// The family of the empty set alone.
    const UNIT: Self = Self(1);
}

/// A node: below its level, what is left without its component and with it. The first two of each kind are the constants.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Node {
    level: u32,
    without: u32,
    with: u32,
}

const CONSTANT: Node = Node {
    level: u32::MAX,
    without: 0,
    with: 0,
};

/// The diagrams of one plan.
pub struct Diagrams {
    level_of: Vec<u32>,
    component_at: Vec<Component>,
    functions: Nodes,
    families: Nodes,
    choices: FxHashMap<(Function, Function, Function), Function>,
    minimal: FxHashMap<Function, Family>,
    stripped: FxHashMap<(Family, Function), Family>,
    sizes: Vec<Option<u32>>,
    counts: FxHashMap<Family, u128>,
    effort: Effort,
}

impl Diagrams {
    /// Diagrams over components in this order: those that stand together in a gate best stand together here.
    pub fn new(order: impl IntoIterator<Item = Component>) -> Self {
        let (mut level_of, mut component_at) = (Vec::new(), Vec::new());
        for component in order {
            if component >= level_of.len() {
                level_of.resize(component + 1, u32::MAX);
            }
            if level_of[component] == u32::MAX {
                level_of[component] = component_at.len() as u32;
                component_at.push(component);
            }
        }
        Self {
            level_of,
            component_at,
            functions: Nodes::new(),
            families: Nodes::new(),
            choices: FxHashMap::default(),
            minimal: FxHashMap::default(),
            stripped: FxHashMap::default(),
            sizes: vec![None, Some(0)],
            counts: FxHashMap::default(),
            effort: Effort::new(effort::Of::Groups),
        }
    }

    /// The function of a tree of gates.
    pub fn function(&mut self, gate: &Gate) -> Result<Function, Refusal> {
        match gate {
            Gate::One(component) => self.one(*component),
            Gate::AtLeast { needed, of } => {
                let of = of
                    .iter()
                    .map(|gate| self.function(gate))
                    .collect::<Result<Vec<_>, _>>()?;
                self.at_least(*needed, of)
            }
        }
    }

    /// Both functions.
    pub fn both(&mut self, one: Function, other: Function) -> Result<Function, Refusal> {
        self.choose(one, other, Function::NEVER)
    }

    /// Either function.
    pub fn either(&mut self, one: Function, other: Function) -> Result<Function, Refusal> {
        self.choose(one, Function::ALWAYS, other)
    }

    /// Any of the functions. Those that begin last come first, so that each is put before what is there and not behind it.
    pub fn any(&mut self, of: impl IntoIterator<Item = Function>) -> Result<Function, Refusal> {
        let mut of: Vec<Function> = of.into_iter().collect();
        of.sort_by_key(|function| Reverse(self.functions.of(function.0).level));
        of.into_iter()
            .try_fold(Function::NEVER, |any, one| self.either(one, any))
    }

    /// The minimal path sets of a function.
    pub fn minimal(&mut self, of: Function) -> Result<Family, Refusal> {
        match of {
            Function::NEVER => return Ok(Family::EMPTY),
            Function::ALWAYS => return Ok(Family::UNIT),
            Function(_) => {}
        }
        if let Some(known) = self.minimal.get(&of) {
            return Ok(*known);
        }
        let node = self.functions.of(of.0);
        let without = self.minimal(Function(node.without))?;
        let with = self.minimal(Function(node.with))?;
        let with = self.stripped(with, Function(node.without))?;
        let family = self.family(node.level, without, with);
        self.effort.spend(1)?;
        self.minimal.insert(of, family);
        Ok(family)
    }

    /// The size of the smallest set of a family, or nothing of an empty one.
    pub fn smallest(&self, of: Family) -> Option<usize> {
        self.sizes[of.0 as usize].map(|size| size as usize)
    }

    /// How many sets a family has; 2^128 - 1 stands for that many or more.
    pub fn count(&mut self, of: Family) -> u128 {
        match of {
            Family::EMPTY => return 0,
            Family::UNIT => return 1,
            Family(_) => {}
        }
        if let Some(known) = self.counts.get(&of) {
            return *known;
        }
        let node = self.families.of(of.0);
        let (without, with) = (self.count(Family(node.without)), self.count(Family(node.with)));
        let count = without.saturating_add(with);
        self.counts.insert(of, count);
        count
    }

    /// The first sets of a family, the smallest first, none larger than `size`, at most `limit`.
    pub fn sets(&self, of: Family, size: usize, limit: usize) -> Vec<Vec<Component>> {
        // Best first: what a set will have at least is known exactly, so each step leads to a set; of equals the one that was
        // begun last, so that each set is finished before the next is begun.
        let mut chosen: Vec<(u32, usize)> = Vec::new();
        let mut open: BinaryHeap<(Reverse<u32>, usize, u32, u32, usize)> = BinaryHeap::new();
        let mut sets = Vec::new();
        let mut asked = 0;
        let mut ask = |open: &mut BinaryHeap<_>, family: u32, size: u32, at: usize| {
            if let Some(rest) = self.sizes[family as usize] {
                asked += 1;
                open.push((Reverse(size + rest), asked, family, size, at));
            }
        };
        ask(&mut open, of.0, 0, usize::MAX);
        while let Some((Reverse(least), _, family, taken, mut at)) = open.pop() {
            if least as usize > size || sets.len() == limit {
                break;
            }
            if Family(family) == Family::UNIT {
                let mut set = Vec::new();
                while let Some((level, before)) = chosen.get(at) {
                    set.push(self.component_at[*level as usize]);
                    at = *before;
                }
                set.sort_unstable();
                sets.push(set);
                continue;
            }
            let node = self.families.of(family);
            chosen.push((node.level, at));
            ask(&mut open, node.without, taken, at);
            ask(&mut open, node.with, taken + 1, chosen.len() - 1);
        }
        sets
    }

    /// How many steps the functions and families took.
    pub fn steps(&self) -> u64 {
        self.effort.spent()
    }

    fn one(&mut self, component: Component) -> Result<Function, Refusal> {
        let level = match self.level_of.get(component) {
            Some(level) if *level != u32::MAX => *level,
            _ => return Err(Refusal::new(Rule::Internal, "a component stands in no order")),
        };
        Ok(self.node(level, Function::NEVER, Function::ALWAYS))
    }

    /// At least `needed` of the functions: a row of counters, from the last function to the first.
    fn at_least(&mut self, needed: usize, mut of: Vec<Function>) -> Result<Function, Refusal> {
        if needed > of.len() {
            return Ok(Function::NEVER);
        }
        of.sort_by_key(|function| Reverse(self.functions.of(function.0).level));
        // `row[still]` holds where so many more are had from the functions that were met.
        let mut row = vec![Function::NEVER; needed + 1];
        row[0] = Function::ALWAYS;
        for (met, function) in of.into_iter().enumerate() {
            for still in (1..=needed.min(met + 1)).rev() {
                row[still] = self.choose(function, row[still - 1], row[still])?;
            }
        }
        Ok(row[needed])
    }

    /// If `of`, then `with`, else `without`.
    fn choose(&mut self, of: Function, with: Function, without: Function) -> Result<Function, Refusal> {
        match (of, with, without) {
            (Function::ALWAYS, _, _) => return Ok(with),
            (Function::NEVER, _, _) => return Ok(without),
            (_, Function::ALWAYS, Function::NEVER) => return Ok(of),
            _ if with == without => return Ok(with),
            _ => {}
        }
        let key = (of, with, without);
        if let Some(known) = self.choices.get(&key) {
            return Ok(*known);
        }
        let nodes = [of, with, without].map(|function| self.functions.of(function.0));
        let level = nodes.iter().map(|node| node.level).min().unwrap_or(u32::MAX);
        let half = |taken: bool| {
            let side = |at: usize, function: Function| match &nodes[at] {
                node if node.level != level => function,
                node if taken => Function(node.with),
                node => Function(node.without),
            };
            (side(0, of), side(1, with), side(2, without))
        };
        let (a, b, c) = half(false);
        let low = self.choose(a, b, c)?;
        let (a, b, c) = half(true);
        let high = self.choose(a, b, c)?;
        let chosen = self.node(level, low, high);
        self.effort.spend(1)?;
        self.choices.insert(key, chosen);
        Ok(chosen)
    }

    fn node(&mut self, level: u32, without: Function, with: Function) -> Function {
        if without == with {
            return without;
        }
        let node = Node {
            level,
            without: without.0,
            with: with.0,
        };
        Function(self.functions.number(node))
    }

    fn family(&mut self, level: u32, without: Family, with: Family) -> Family {
        if with == Family::EMPTY {
            return without;
        }
        let node = Node {
            level,
            without: without.0,
            with: with.0,
        };
        let number = self.families.number(node);
        if number as usize == self.sizes.len() {
            let size = |family: Family| self.sizes[family.0 as usize];
            let sizes = [size(without), size(with).map(|size| size + 1)];
            self.sizes.push(sizes.into_iter().flatten().min());
        }
        Family(number)
    }

    /// The sets of a family for which `function` does not hold.
    fn stripped(&mut self, family: Family, function: Function) -> Result<Family, Refusal> {
        match (family, function) {
            (_, Function::NEVER) | (Family::EMPTY, _) => return Ok(family),
            (_, Function::ALWAYS) => return Ok(Family::EMPTY),
            // A coherent function that is no constant does not hold for nobody.
            (Family::UNIT, _) => return Ok(family),
            _ => {}
        }
        if let Some(known) = self.stripped.get(&(family, function)) {
            return Ok(*known);
        }
        let (set, rule) = (self.families.of(family.0), self.functions.of(function.0));
        let stripped = if rule.level < set.level {
            self.stripped(family, Function(rule.without))?
        } else {
            let (without, with) = if rule.level == set.level {
                (Function(rule.without), Function(rule.with))
            } else {
                (function, function)
            };
            let without = self.stripped(Family(set.without), without)?;
            let with = self.stripped(Family(set.with), with)?;
            self.family(set.level, without, with)
        };
        self.effort.spend(1)?;
        self.stripped.insert((family, function), stripped);
        Ok(stripped)
    }
}

/// Nodes of one kind, each once.
struct Nodes {
    list: Vec<Node>,
    numbers: FxHashMap<Node, u32>,
}

impl Nodes {
    fn new() -> Self {
        Self {
            list: vec![CONSTANT; 2],
            numbers: FxHashMap::default(),
        }
    }

    fn of(&self, number: u32) -> Node {
        self.list[number as usize]
    }

    fn number(&mut self, node: Node) -> u32 {
        if let Some(number) = self.numbers.get(&node) {
            return *number;
        }
        // Steps are far fewer than 2^32.
        let number = self.list.len() as u32;
        self.list.push(node);
        self.numbers.insert(node, number);
        number
    }
}

#[cfg(test)]
mod tests;
