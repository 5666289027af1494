//! A question, and what can be said instead of an answer.
//!
//! Rules of this file:
//! - whatever is asked, a single letter stands for something else than an answer: somebody leaves or returns, something was not
//!   foreseen, somebody does not agree, a pause, help, an end for now;
//! - each of them becomes a line of the ledger at once, and then the question is asked again.

use super::AtWork;
use crate::ceremony::steps::{Ask, Doer, Step};
use crate::ident::PersonId;
use crate::plan::Role;
use crate::refusal::{Refusal, Rule};
use crate::vault::event::{Event, Note, RoomEvent};
use crate::vault::note;
use std::collections::BTreeSet;

const HELP: [&str; 7] = [
    "x  somebody leaves, or something is taken out: an exception is opened",
    "r  they return: the exception is closed",
    "u  something happened that the script does not know",
    "d  somebody does not agree",
    "p  a pause",
    "q  end for now; the same command goes on at this step",
    "?  this list",
];

impl AtWork<'_, '_, '_, '_> {
    /// One line; empty ones are asked again.
    pub(super) fn line(&mut self, ask: &Ask) -> Result<String, Refusal> {
        let question = ask.text().to_string();
        self.text(&question)
    }

    pub(super) fn text(&mut self, question: &str) -> Result<String, Refusal> {
        loop {
            if let Some(typed) = self.once(question)? {
                return Ok(typed);
            }
        }
    }

    /// One line; nothing where something else was said than an answer, or nothing at all.
    fn once(&mut self, question: &str) -> Result<Option<String>, Refusal> {
        let typed = self.lent.leader.ask(question)?;
        let typed = typed.trim();
        match typed {
            "x" => self.open_exception()?,
            "r" => self.close_exception()?,
            "u" => self.unforeseen()?,
            "d" => self.disagree()?,
            "p" => self.pause()?,
            "q" => return Err(self.ended_for_now()),
            "?" => HELP.iter().try_for_each(|line| self.lent.leader.say(line))?,
            "" => {}
            _ => return Ok(Some(typed.to_string())),
        }
        Ok(None)
    }

    /// A yes; anything else asks again.
    pub(super) fn yes(&mut self, ask: &Ask) -> Result<(), Refusal> {
        let question = format!("{} [y]", ask.text());
        while !is_yes(&self.text(&question)?) {
            self.say("y goes on; ? lists what else can be typed")?;
        }
        Ok(())
    }

    /// A line, typed twice and the same.
    pub(super) fn twice(&mut self, ask: &Ask) -> Result<Note, Refusal> {
        loop {
            let first = self.line(ask)?;
            let again = self.text(&format!("{}, once more", ask.text()))?;
            if first != again {
                self.say("not the same twice: read it again")?;
                continue;
            }
            match first.parse::<Note>() {
                Ok(note) => return Ok(note),
                Err(fault) => self.say(fault)?,
            }
        }
    }

    pub(super) fn note(&mut self, question: &str) -> Result<Note, Refusal> {
        loop {
            match self.text(question)?.parse::<Note>() {
                Ok(note) => return Ok(note),
                Err(fault) => self.say(fault)?,
            }
        }
    }

    /// Says what was refused, with its hints; the question is asked again.
    pub(super) fn refused(&mut self, refusal: &Refusal) -> Result<(), Refusal> {
        self.say(&format!("no: {refusal}"))?;
        refusal
            .hints()
            .iter()
            .try_for_each(|hint| self.lent.leader.say(&format!("hint: {hint}")))
    }

    /// Waits until everybody who is needed is in the room.
    pub(super) fn wait_for(&mut self, step: &Step) -> Result<(), Refusal> {
        while let Some((person, what)) = self.away(step) {
            let name = self.name(&person);
            let question = format!("{name}, {what}, is away: r when they are back");
            if self.once(&question)?.is_some() {
                self.say("the step waits: r closes the exception, q ends for now")?;
            }
        }
        Ok(())
    }

    /// Who is needed for a step and has left.
    fn away(&self, step: &Step) -> Option<(PersonId, String)> {
        let left: BTreeSet<PersonId> = self.site().open.into_values().flat_map(|open| open.left).collect();
        let custodian = match &step.role {
            Doer::Custodian(person, _) => Some((person.clone(), "the custodian".to_string())),
            Doer::Role(_) => None,
        };
        let roles = step.needs.iter().flat_map(|role| self.in_role(*role));
        custodian
            .into_iter()
            .chain(roles)
            .find(|(person, _)| left.contains(person))
    }

    fn in_role(&self, role: Role) -> Vec<(PersonId, String)> {
        let people = self.planned.roles.having(role);
        people.map(|person| (person.clone(), format!("the {role}"))).collect()
    }

    /// Ids of the plan, separated by commas; a dash for nobody.
    fn people(&mut self, question: &str) -> Result<Vec<PersonId>, Refusal> {
        loop {
            let typed = self.answer(&format!("{question} (ids, with commas; - for nobody)"))?;
            let found: Result<Vec<PersonId>, Refusal> = parts(&typed)
                .map(|id| self.planned.plan.find_person(id).map(|person| person.id.clone()))
                .collect();
            match found {
                Ok(people) => return Ok(people),
                Err(refusal) => self.refused(&refusal)?,
            }
        }
    }

    fn things(&mut self, question: &str) -> Result<Vec<Note>, Refusal> {
        loop {
            let typed = self.answer(&format!("{question} (with commas; - for nothing)"))?;
            match parts(&typed).map(str::parse).collect() {
                Ok(notes) => return Ok(notes),
                Err(fault) => self.say(fault)?,
            }
        }
    }

    /// A line about an exception: nothing can be said instead of it.
    fn answer(&mut self, question: &str) -> Result<String, Refusal> {
        loop {
            let typed = self.lent.leader.ask(question)?;
            if !typed.trim().is_empty() {
                return Ok(typed.trim().to_string());
            }
        }
    }

    fn told(&mut self, question: &str) -> Result<Note, Refusal> {
        loop {
            match self.answer(question)?.parse() {
                Ok(note) => return Ok(note),
                Err(fault) => self.say(fault)?,
            }
        }
    }

    fn open_exception(&mut self) -> Result<(), Refusal> {
        let exception = self.site().next_exception();
        let left = self.people("who leaves?")?;
        let taken = self.things("what is taken out?")?;
        let reason = self.told("why?")?;
        let event = RoomEvent::ExceptionOpened {
            exception,
            left,
            taken,
            reason,
        };
        self.commit(vec![Event::Room(event)])?;
        self.say(&format!("exception {exception} is open"))
    }

    fn close_exception(&mut self) -> Result<(), Refusal> {
        let open = self.site().open;
        let Some((last, _)) = open.last_key_value() else {
            return self.say("no exception is open");
        };
        let mut exception = *last;
        if open.len() > 1 {
            let known: Vec<String> = open.keys().map(ToString::to_string).collect();
            let typed = self.answer(&format!("which exception: {}?", known.join(", ")))?;
            match typed.parse().ok().filter(|number| open.contains_key(number)) {
                Some(number) => exception = number,
                None => return self.say("no exception of that number is open"),
            }
        }
        let returned = self.people("who returned?")?;
        let brought = self.things("what was brought back?")?;
        let event = RoomEvent::ExceptionClosed {
            exception,
            returned,
            brought,
        };
        self.commit(vec![Event::Room(event)])?;
        self.say(&format!("exception {exception} is closed"))
    }

    fn unforeseen(&mut self) -> Result<(), Refusal> {
        let event = RoomEvent::Unforeseen {
            expected: self.told("what was expected?")?,
            happened: self.told("what happened?")?,
            decided: self.told("what was decided?")?,
        };
        self.commit(vec![Event::Room(event)])?;
        self.say("recorded")
    }

    pub(super) fn disagree(&mut self) -> Result<(), Refusal> {
        for person in self.people("who does not agree?")? {
            let event = RoomEvent::Dissent {
                step: note(&self.now.clone())?,
                reason: self.told(&format!("why does {person} not agree?"))?,
                person,
            };
            self.commit(vec![Event::Room(event)])?;
            self.say("recorded; it stops nothing")?;
        }
        Ok(())
    }

    fn pause(&mut self) -> Result<(), Refusal> {
        self.answer("a pause; nobody leaves without an exception. any line goes on")
            .map(drop)
    }

    fn ended_for_now(&self) -> Refusal {
        let sets: Vec<&str> = self.planned.sets.iter().map(|set| set.name().as_str()).collect();
        Refusal::new(Rule::GivenUp, format!("the ceremony ends for now at {}", self.now)).hint(format!(
            "the same command goes on there: strongroom ceremony {} …",
            sets.join(" ")
        ))
    }
}

pub(super) fn is_yes(typed: &str) -> bool {
    matches!(typed, "y" | "yes")
}

fn parts(typed: &str) -> impl Iterator<Item = &str> {
    typed
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty() && *part != "-")
}
