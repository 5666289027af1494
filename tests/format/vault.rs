//! A vault that has dealt one set, and what a stranger finds in its folder.

#![allow(dead_code, unreachable_pub, reason = "each test file uses a part of this")]

use crate::common::Scratch;
use strongroom::code::share_code::PaperShare;
use strongroom::ident::{Serial, ShareIndex};
use strongroom::plan::starter;
use strongroom::vault::event::{DealtEnvelope, Event, LockedRecordNote};
use strongroom::vault::ledger::{Chain, Hash};
use strongroom::vault::note;
use strongroom::vault::record::Record;
use strongroom::vault::share_set::StoredCore;

/// The folder, in memory.
pub struct Folder {
    pub scratch: Scratch,
    chain: Chain,
    lines: Vec<u8>,
}

impl Folder {
    /// `stored` was dealt, and the digests of `papers` that are locked are in the ledger.
    pub fn dealt(stored: &StoredCore, papers: &[PaperShare]) -> Self {
        let core = &stored.core;
        let digest = |index: u8| {
            let paper = papers.iter().find(|paper| paper.head.index.get() == index);
            paper.and_then(PaperShare::lock_digest)
        };
        let envelopes = (1..=core.threshold.total()).map(|index| DealtEnvelope {
            index: ShareIndex::new(index).unwrap(),
            custodian: "ana".parse().unwrap(),
            safe: None,
            serial: Serial::from_bits(u32::from(index)),
            lock: digest(index),
        });
        let mut folder = Self {
            scratch: Scratch::new(),
            chain: Chain::new("home".parse().unwrap()),
            lines: Vec::new(),
        };
        let plan = starter::starter();
        folder.put("strongroom.toml", plan.as_bytes());
        folder.put(&core.path(), core.render(&stored.fingerprint).as_bytes());
        folder.write(Event::Init {
            vault: core.vault,
            mode: core.mode(),
            program: note("a test").unwrap(),
        });
        folder.write(Event::Plan {
            sha256: Hash::of(plan.as_bytes()),
        });
        folder.write(Event::Dealt {
            of: core.set_epoch(),
            threshold: core.threshold,
            core: core.hash(),
            fingerprint: note(&stored.fingerprint.hex()).unwrap(),
            envelopes: envelopes.collect(),
            unattended: None,
            boot: "b007".parse().unwrap(),
        });
        folder.write(Event::Rendered { of: core.set_epoch() });
        folder
    }

    /// Locks a record to the set, and names it in the ledger; gives its place.
    pub fn enroll(&mut self, stored: &StoredCore, record: &Record) -> String {
        let core = &stored.core;
        let file = record.lock(core.vault, std::slice::from_ref(&core.recipient));
        let file = file.unwrap_or_else(|refusal| panic!("{refusal}"));
        let name = record.name.path(record.generation);
        self.put(&name, &file);
        self.write(Event::Enrolled {
            factor: record.name.factor,
            records: vec![LockedRecordNote {
                account: record.name.account.clone(),
                device: record.name.device.clone(),
                generation: record.generation,
                sha256: Hash::of(&file),
                sets: vec![core.set_epoch()],
            }],
            reason: None,
            unattended: true,
        });
        self.scratch.join(&name)
    }

    fn write(&mut self, event: Event) {
        let line = self.chain.push(event, "2026-02-11T16:42:00Z".parse().unwrap());
        self.lines.extend(line.unwrap_or_else(|refusal| panic!("{refusal}")));
        self.put("ledger/home.jsonl", &self.lines.clone());
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        let place = self.scratch.path().join(name);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::write(place, bytes).unwrap();
    }
}
