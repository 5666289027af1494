//! A sitting: people in a room, led through the steps of a script, each recorded when it is done.
//!
//! judged roles → sitting in the ledger → every step that does not stand yet: asked, done, recorded → the ledger closed
//!
//! | file | what is done there |
//! |---|---|
//! | [`room`] | who may sit in which role |
//! | `asking` | a question, and what can be said instead of an answer: exceptions, dissent, a pause |
//! | `opening` | machine, room, program, clock, plan, printer, dice |
//! | `custody` | dealing; one custodian at a time: page, proof, seal, receipt |
//! | `resuming` | what stands after an interruption, and what was lost with the memory |
//! | `held` | pages between their making and their printer |
//!
//! Rules of this folder:
//! - a step is recorded when it is done, so that an interrupted sitting goes on at the last whole one;
//! - a refusal that a person can mend is said, and the question is asked again; anything else ends the process, never the sitting;
//! - what was judged of a machine holds for one start of it; dice and passphrases for one process;
//! - nothing goes on while somebody who is needed is away, and nothing is closed while an exception is open.

mod asking;
mod custody;
mod held;
mod opening;
mod resuming;
pub mod room;

pub use self::held::Held;
use self::room::Roles;
use super::deal::{Learned, Room};
use super::ports::{Clock, Custodians, Desk, Leader, Voice};
use super::steps::{Act, Doer, Script, Step, hash};
use crate::code::words::Fingerprint;
use crate::entropy::Entropy;
use crate::ident::{PersonId, SetName};
use crate::paper::forms::wordings::Wordings;
use crate::paper::sheet::Press;
use crate::plan::{Plan, Role, ShareSet};
use crate::refusal::{Refusal, Rule};
use crate::vault::event::{Boot, Event, Note, RoomEvent};
use crate::vault::ledger::head_words;
use crate::vault::register::{SiteRoom, Sitting};
use crate::vault::{Change, note};
use std::collections::BTreeMap;

/// What a sitting is lent.
pub struct Lent<'l, 'e> {
    /// The terminal.
    pub leader: &'l mut dyn Leader,
    /// The machine.
    pub desk: &'l mut dyn Desk,
    /// Randomness.
    pub entropy: &'l mut Entropy<'e>,
    /// Time.
    pub clock: &'l dyn Clock,
    /// Where pages go.
    pub pages: Held<'l>,
    /// Who learns passphrases.
    pub custodians: &'l mut dyn Custodians,
    /// Who is told of what was dealt.
    pub voice: &'l mut dyn Voice,
    /// The wording of papers.
    pub wordings: &'l Wordings,
    /// What sheets are set in.
    pub press: &'l Press,
    /// The start of the machine.
    pub boot: Boot,
}

impl<'e> Lent<'_, 'e> {
    /// What dealing and reprinting borrow.
    fn room(&mut self) -> Room<'_, 'e> {
        Room {
            entropy: &mut *self.entropy,
            clock: self.clock,
            press: self.press,
            pages: &mut self.pages,
            custodians: &mut *self.custodians,
            voice: &mut *self.voice,
            boot: self.boot.clone(),
            unattended: None,
        }
    }
}

/// Who sits down to deal what.
pub struct Planned<'p> {
    /// The plan.
    pub plan: &'p Plan,
    /// The sets.
    pub sets: Vec<&'p ShareSet>,
    /// Every step.
    pub script: Script,
    /// Who has which role.
    pub roles: Roles,
    /// What is in the room.
    pub items: Vec<Note>,
}

/// A sitting at work.
struct AtWork<'w, 'v, 'l, 'e> {
    planned: &'w Planned<'w>,
    change: &'w mut Change<'v>,
    lent: Lent<'l, 'e>,
    learned: BTreeMap<SetName, Learned>,
    thrown: bool,
    /// The step that is asked about.
    now: String,
}

/// Leads through every step that does not stand yet; gives the words of the ledger's head.
pub fn run(change: &mut Change<'_>, planned: &Planned<'_>, lent: Lent<'_, '_>) -> Result<Fingerprint, Refusal> {
    let mut work = AtWork {
        planned,
        change,
        lent,
        learned: BTreeMap::new(),
        thrown: false,
        now: "sitting".to_string(),
    };
    work.sit_down()?;
    let steps = planned.script.steps();
    for (number, step) in (1..).zip(steps) {
        if work.stands(&step.act) {
            continue;
        }
        work.now = step.act.to_string();
        work.show(number, step)?;
        work.wait_for(step)?;
        let said = work.perform(step)?;
        work.wait_for(step)?;
        work.record(number, step, said)?;
        if step.act == Act::Close {
            return work.close();
        }
    }
    Err(Refusal::new(Rule::Internal, "a script ended without its close"))
}

impl AtWork<'_, '_, '_, '_> {
    fn site(&self) -> SiteRoom {
        let site = self.change.chain().site();
        self.change.vault().register().room().site(site)
    }

    fn sitting(&self) -> Option<Sitting> {
        self.site().sitting
    }

    fn commit(&mut self, events: Vec<Event>) -> Result<(), Refusal> {
        self.change.commit(&[], events, self.lent.clock.now())
    }

    fn say(&mut self, line: &str) -> Result<(), Refusal> {
        self.lent.leader.say(line)
    }

    fn show(&mut self, number: usize, step: &Step) -> Result<(), Refusal> {
        let steps = self.planned.script.steps();
        let who = match &step.role {
            Doer::Role(role) => match self.planned.roles.having(*role).next() {
                Some(person) => format!("{role} {}", self.name(person)),
                None => role.to_string(),
            },
            Doer::Custodian(_, name) => format!("custodian {}", name.as_str()),
        };
        let planned: u64 = steps[..number - 1].iter().map(|step| u64::from(step.minutes)).sum();
        let began = self.sitting().map_or(self.lent.clock.now(), |sitting| sitting.began);
        let since = self.lent.clock.now().duration_since(began).as_mins().max(0);
        let open = self.site().open.len();
        let open = if open == 0 {
            "none".to_string()
        } else {
            open.to_string()
        };
        self.say("")?;
        self.say(&format!(
            "step {number} of {}   {}   {who}   about {} min",
            steps.len(),
            step.act,
            step.minutes
        ))?;
        self.say(&format!("  {}", step.text.as_str()))?;
        self.say(&format!("  expect: {}", step.expected.as_str()))?;
        self.say(&format!(
            "  exceptions open: {open}   {}:{:02} since start, script says {}:{:02}   [?] what else can be typed",
            since / 60,
            since % 60,
            planned / 60,
            planned % 60
        ))
    }

    fn perform(&mut self, step: &Step) -> Result<Option<Note>, Refusal> {
        match &step.act {
            Act::Preflight => self.preflight(step),
            Act::RollCall => self.roll_call(step),
            Act::Program => self.program(step),
            Act::Clock => self.clock(step),
            Act::Plan => self.plan(step),
            Act::PrinterTest => self.printer_test(step),
            Act::Dice => self.dice(step),
            Act::Passphrase(of) => self.passphrase(of),
            Act::Deal(set) => self.deal(step, set),
            Act::Fingerprint(set) => self.fingerprint(step, set),
            Act::Page(of) => self.page(step, of),
            Act::Prove(of) => self.prove(step, of),
            Act::Seal(of) => self.seal(step, of),
            Act::Receipt(of) => self.receipt(step, of),
            Act::Count(set) => self.count(step, set),
            Act::Wipe => self.wipe(step),
            Act::Dissent => self.dissent(step),
            Act::Close => self.balance(step),
        }
    }

    fn record(&mut self, number: usize, step: &Step, said: Option<Note>) -> Result<(), Refusal> {
        let doer = match &step.role {
            Doer::Role(role) => self.planned.roles.having(*role).next(),
            Doer::Custodian(person, _) => Some(person),
        };
        let mut by: Vec<PersonId> = doer
            .into_iter()
            .chain(self.planned.roles.having(Role::Witness))
            .cloned()
            .collect();
        by.dedup();
        let event = RoomEvent::Step {
            number: number as u64,
            step: note(&step.act.to_string())?,
            by,
            said,
            boot: self.lent.boot.clone(),
        };
        self.commit(vec![Event::Room(event)])
    }

    /// The ledger is closed under the sitting.
    fn close(&mut self) -> Result<Fingerprint, Refusal> {
        self.commit(vec![Event::Room(RoomEvent::SittingEnded { reason: None })])?;
        let head = self.change.close(self.lent.entropy, self.lent.clock.now())?;
        Ok(head_words(head))
    }

    fn name(&self, person: &PersonId) -> String {
        let known = self.planned.plan.person(person);
        known.map_or_else(|| person.to_string(), |person| person.name.to_string())
    }

    fn sit_down(&mut self) -> Result<(), Refusal> {
        let script = hash(self.planned.script.steps());
        let names: Vec<SetName> = self.planned.sets.iter().map(|set| set.name().clone()).collect();
        let (room, items) = (self.planned.roles.as_list().to_vec(), self.planned.items.clone());
        let boot = self.lent.boot.clone();
        let Some(sitting) = self.sitting() else {
            let purpose = self
                .planned
                .sets
                .first()
                .map_or(crate::plan::Factor::Password, |set| set.purpose());
            let steps = self.planned.script.steps().len() as u64;
            return self.commit(vec![Event::Room(RoomEvent::Sitting {
                sets: names,
                purpose,
                room,
                items,
                steps,
                script,
                boot,
            })]);
        };
        if sitting.sets != names || sitting.script != script {
            return Err(another(&sitting));
        }
        self.say(&format!(
            "this ceremony began {} UTC and was interrupted; {} stand{}",
            sitting.began.strftime("%Y-%m-%d %H:%M"),
            match sitting.done.len() {
                1 => "1 step".to_string(),
                more => format!("{more} steps"),
            },
            if sitting.done.len() == 1 { "s" } else { "" }
        ))?;
        self.commit(vec![Event::Room(RoomEvent::Resumed { room, items, boot })])?;
        self.give_up_what_is_lost()
    }
}

fn another(sitting: &Sitting) -> Refusal {
    let sets: Vec<&str> = sitting.sets.iter().map(SetName::as_str).collect();
    let sets = sets.join(" ");
    Refusal::new(
        Rule::SittingOpen,
        format!(
            "a ceremony of {sets}, begun {} UTC, is not over, and this is not its script",
            sitting.began.strftime("%Y-%m-%d %H:%M")
        ),
    )
    .hint(format!(
        "go on with it, under the plan that it began with: strongroom ceremony {sets} …"
    ))
    .hint(format!("or give it up: strongroom ceremony {sets} --void \"<reason>\""))
}
