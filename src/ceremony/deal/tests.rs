//! What a dealing promises to those who keep a share under a passphrase.

use super::*;
use crate::entropy::Source;
use crate::ident::Mode;
use crate::paper::faces::Faces;
use crate::paper::sheet;
use crate::plan::starter;
use crate::secret::SecretBytes;
use crate::vault::tests::{Scratch, now};
use serde_json::Value;

/// Draws from a number on: the same each time, and never alike.
pub(in crate::ceremony) struct Numbered(pub(in crate::ceremony) u64);

impl Source for Numbered {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), String> {
        self.0 += 1;
        out.fill(0);
        out[..8].copy_from_slice(&self.0.to_be_bytes());
        Ok(())
    }
}

/// A room in which nobody is asked.
pub(in crate::ceremony) struct Nobody;

impl Clock for Nobody {
    fn now(&self) -> Timestamp {
        now()
    }

    fn elapsed(&self) -> std::time::Duration {
        std::time::Duration::ZERO
    }
}

impl Pages for Nobody {
    fn put(&mut self, _: &str, _: &SecretBytes) -> Result<(), Refusal> {
        Ok(())
    }

    fn withdraw(&mut self, _: &str) {}
}

impl Custodians for Nobody {
    fn hand_over(&mut self, _: &LockedShare<'_>, _: &Passphrase) -> Result<(), Refusal> {
        Ok(())
    }
}

impl Voice for Nobody {
    fn say(&mut self, _: &str) {}
}

/// The lines of the ledger and the core, after one share was dealt under this passphrase and all else was drawn alike.
fn stored(passphrase: &str) -> (Vec<Value>, String) {
    // One lock is enough, and each costs a second.
    let locked = "safe = \"sin-1\", passphrase = true";
    let plan = starter::example().replace(locked, "safe = \"sin-1\"");
    let scratch = Scratch::drawn(&passphrase.replace(' ', "-"), Mode::Production, &plan, &mut Numbered(0));
    let store = scratch.store();
    let mut change = Change::begin(&store, None).unwrap();
    let plan = Plan::parse(&plan).unwrap();
    let set = plan.find_set("management-password").unwrap();
    let learned: Learned = set
        .indexed_shares()
        .filter(|(_, share)| share.passphrase)
        .map(|(index, _)| {
            (
                index,
                Passphrase::read(passphrase).unwrap_or_else(|fault| panic!("{fault}")),
            )
        })
        .collect();
    assert_eq!(learned.len(), 1);
    let press = Press {
        faces: Faces::OWN,
        wording: sheet::wording().unwrap_or_else(|refusal| panic!("{refusal}")),
    };
    let mut source = Numbered(0);
    let mut room = Room {
        entropy: &mut Entropy::new(&mut source),
        clock: &Nobody,
        press: &press,
        pages: &mut Nobody,
        custodians: &mut Nobody,
        voice: &mut Nobody,
        boot: "b007".parse().unwrap(),
        unattended: None,
    };
    let dealt = Dealt::deal(change.vault(), set, Epoch::FIRST, learned, &mut room).unwrap_or_else(|r| panic!("{r}"));
    let envelopes = envelopes(set, &dealt.shares);
    let rendered = Rendered {
        set,
        core: dealt.core,
        fingerprint: dealt.fingerprint,
        envelopes,
        pages: Vec::new(),
    };
    let place = rendered.core().path();
    rendered.hand_out(&mut change, &mut room).unwrap();
    let text = |place: &str| std::fs::read_to_string(store.path().join(place)).unwrap();
    let lines = text("ledger/home.jsonl");
    let lines = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (lines, text(&place))
}

/// The digests of locks in `lines`, taken out of them, with the hashes that chain the lines.
fn without_locks(lines: &mut [Value]) -> Vec<Value> {
    let mut locks = Vec::new();
    for line in lines {
        line.as_object_mut().unwrap().remove("before");
        let envelopes = line["body"].get_mut("envelopes").and_then(Value::as_array_mut);
        for envelope in envelopes.into_iter().flatten() {
            locks.extend(envelope.as_object_mut().unwrap().remove("lock"));
        }
    }
    locks
}

#[test]
fn what_is_stored_of_a_passphrase_is_the_digest_of_the_locked_lines_alone() {
    let [(mut one, core), (mut two, other)] = ["correct horse", "battery staple"].map(stored);
    assert_eq!(core, other);
    assert_ne!(one, two);
    let [locks, others] = [&mut one, &mut two].map(|lines| without_locks(lines));
    assert_eq!((locks.len(), others.len()), (1, 1));
    assert_ne!(locks, others);
    assert_eq!(one, two);
}
