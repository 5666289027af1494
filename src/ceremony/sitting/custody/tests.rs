//! What a sitting keeps of a passphrase: nothing.

use super::*;
use crate::ceremony::deal::tests::{Nobody, Numbered};
use crate::ceremony::ports::{Desk, Leader};
use crate::ceremony::sitting::room::Roles;
use crate::ceremony::sitting::{Held, Lent, Planned};
use crate::ceremony::steps::{Act, dealing};
use crate::entropy::Entropy;
use crate::ident::Mode;
use crate::paper::faces::Faces;
use crate::paper::forms::wordings::Wordings;
use crate::paper::sheet::{self, Press};
use crate::plan::{Role, starter};
use crate::secret::{SecretBytes, SecretText};
use crate::vault::Change;
use crate::vault::event::InRole;
use crate::vault::register::RoomState;
use crate::vault::tests::Scratch;
use std::collections::BTreeMap;

fn unasked<T>() -> Result<T, Refusal> {
    Err(Refusal::new(Rule::Internal, "nobody is to be asked"))
}

impl Leader for Nobody {
    fn say(&mut self, _: &str) -> Result<(), Refusal> {
        Ok(())
    }

    fn ask(&mut self, _: &str) -> Result<String, Refusal> {
        unasked()
    }

    fn ask_alone(&mut self, _: &str) -> Result<SecretText, Refusal> {
        unasked()
    }
}

impl Desk for Nobody {
    fn preflight(&mut self) -> Result<Vec<String>, Refusal> {
        unasked()
    }

    fn program(&mut self) -> Result<(String, String), Refusal> {
        unasked()
    }

    fn findings(&mut self) -> Result<Vec<String>, Refusal> {
        unasked()
    }

    fn codes(&mut self, _: &str) -> Result<Vec<scan::Page>, Refusal> {
        unasked()
    }

    fn shares(&mut self, _: &str) -> Result<Vec<Result<PaperShare, Refusal>>, Refusal> {
        unasked()
    }

    fn page(&mut self, _: &str) -> Option<SecretBytes> {
        None
    }
}

/// The passphrases that were learnt from draws that begin with this number, and the ledger behind it.
fn learnt(from: u64) -> (Vec<String>, String) {
    let scratch = Scratch::drawn(
        &format!("learnt-{from}"),
        Mode::Rehearsal,
        starter::example(),
        &mut Numbered(0),
    );
    let store = scratch.store();
    let mut change = Change::begin(&store, None).unwrap();
    let plan = crate::plan::Plan::parse(starter::example()).unwrap();
    let set = plan.find_set("management-password").unwrap();
    let sits = |role, person: &str| InRole {
        role,
        person: person.parse().unwrap(),
    };
    let room = vec![
        sits(Role::Administrator, "ana"),
        sits(Role::Operator, "jonas"),
        sits(Role::Witness, "eva"),
    ];
    let planned = Planned {
        plan: &plan,
        sets: vec![set],
        script: dealing(&plan, &[set]).unwrap(),
        roles: Roles::judged(room, &plan, &[set], Mode::Rehearsal, &RoomState::default()).unwrap(),
        items: Vec::new(),
    };
    let press = Press {
        faces: Faces::OWN,
        wording: sheet::wording().unwrap_or_else(|refusal| panic!("{refusal}")),
    };
    let (mut source, mut out, wordings) = (Numbered(from), Nobody, Wordings::own());
    let lent = Lent {
        leader: &mut Nobody,
        desk: &mut Nobody,
        entropy: &mut Entropy::new(&mut source),
        clock: &Nobody,
        pages: Held::new(&mut out, true),
        custodians: &mut Nobody,
        voice: &mut Nobody,
        wordings: &wordings,
        press: &press,
        boot: "b007".parse().unwrap(),
    };
    let mut work = AtWork {
        planned: &planned,
        change: &mut change,
        lent,
        learned: BTreeMap::new(),
        thrown: false,
        now: String::new(),
    };
    work.sit_down().unwrap();
    for (number, step) in (1..).zip(planned.script.steps()) {
        if let Act::Passphrase(of) = &step.act {
            let said = work.passphrase(of).unwrap();
            work.record(number, step, said).unwrap();
        }
    }
    let learned = work.learned.values().flat_map(BTreeMap::values);
    let learned = learned.map(|passphrase| passphrase.expose(str::to_string)).collect();
    let ledger = std::fs::read_to_string(store.path().join("ledger/home.jsonl")).unwrap();
    (learned, ledger)
}

#[test]
fn nothing_that_a_sitting_writes_depends_on_the_passphrase_that_was_learnt() {
    let [(one, ledger), (other, same)] = [0, 100].map(learnt);
    assert_eq!((one.len(), other.len()), (2, 2));
    assert!(one.iter().all(|passphrase| !other.contains(passphrase)));
    assert!(ledger.contains("passphrase management-password"));
    assert_eq!(ledger, same);
}
