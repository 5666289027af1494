//! What the vault promises of files that the ledger does not name; and a vault for every test above that needs one.

use super::event::{DealtEnvelope, LockedRecordNote};
use super::ledger::head_words;
use super::share_set::Core;
use super::*;
use crate::crypto::identity::{IdentityKind, SetIdentity, lock};
use crate::crypto::sharing::{self, Share};
use crate::entropy::{Source, System};
use crate::ident::{Epoch, Generation, Serial, ShareIndex};
use crate::plan::{Factor, starter};
use crate::secret::SecretBytes;

/// A vault in a folder of its own, removed with it.
pub(crate) struct Scratch(std::path::PathBuf);

impl Scratch {
    /// A vault of the example organisation.
    pub(crate) fn new(name: &str, mode: Mode) -> Self {
        Self::drawn(name, mode, starter::example(), &mut System)
    }

    /// A vault of this plan, under an id that comes from `source`.
    pub(crate) fn drawn(name: &str, mode: Mode, plan: &str, source: &mut dyn Source) -> Self {
        let path = std::env::temp_dir().join(format!("strongroom-vault-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        let site = "home".parse().unwrap();
        init(&path, plan, mode, site, &mut Entropy::new(source), now()).unwrap();
        Self(path)
    }

    pub(crate) fn store(&self) -> Store {
        Store::open(&self.0).unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn now() -> Timestamp {
    "2026-02-11T16:42:00Z".parse().unwrap()
}

/// A fresh dealing of `keys`, 2-of-3, epoch 1: its core and its shares.
pub(crate) fn dealt(vault: VaultId) -> (Core, Vec<Share>) {
    let threshold = "2-of-3".parse().unwrap();
    let dealing = sharing::deal(threshold, &mut Entropy::new(&mut System)).unwrap_or_else(|r| panic!("{r}"));
    let kind = IdentityKind::X25519;
    let identity = SetIdentity::derive(dealing.secret, vault.mode(), kind).unwrap_or_else(|r| panic!("{r}"));
    let core = Core {
        vault,
        name: "keys".parse().unwrap(),
        purpose: Factor::Password,
        region: None,
        epoch: Epoch::FIRST,
        threshold,
        identity_kind: kind,
        recipient: identity.recipient(),
        commitments: dealing.commitments,
        successor_key: identity.successor_key(),
        before: Hash([0; 32]),
    };
    (core, dealing.shares)
}

/// Takes an epoch in, as a dealing does.
fn enter(change: &mut Change<'_>, core: &Core) {
    let envelope = |index: u8| DealtEnvelope {
        index: ShareIndex::new(index).unwrap(),
        custodian: "ana".parse().unwrap(),
        safe: None,
        serial: Serial::from_bits(u32::from(index)),
        lock: None,
    };
    let (of, fingerprint) = (core.set_epoch(), core.fingerprint());
    let dealt = Event::Dealt {
        of: of.clone(),
        threshold: core.threshold,
        core: core.hash(),
        fingerprint: note(&fingerprint.hex()).unwrap(),
        envelopes: (1..=3).map(envelope).collect(),
        unattended: None,
        boot: "b007".parse().unwrap(),
    };
    let file = (core.path(), core.render(&fingerprint).into_bytes());
    change
        .commit(&[file], vec![dealt, Event::Rendered { of }], now())
        .unwrap();
}

#[test]
fn a_sound_core_that_the_ledger_does_not_name_is_refused_whatever_paper_says() {
    let scratch = Scratch::new("planted-core", Mode::Production);
    let store = scratch.store();
    let mut change = Change::begin(&store, None).unwrap();
    let id = change.vault().id();
    let [(core, _), (other, _)] = [dealt(id), dealt(id)];
    enter(&mut change, &core);
    let head = change.close(&mut Entropy::new(&mut System), now()).unwrap();
    assert!(anchor::Anchor::find(change.vault().chains(), &head_words(head)).is_ok());
    let of = core.set_epoch();
    assert!(change.vault().core(&of).is_ok());
    let words = other.fingerprint();
    for planted in [other.render(&words), core.render(&words)] {
        assert!(StoredCore::parse("it", planted.as_bytes()).is_ok());
        std::fs::write(store.path().join(core.path()), planted).unwrap();
        let vault = Vault::load(&store).unwrap();
        let refusal = vault.core(&of).err();
        assert_eq!(refusal.map(|refusal| refusal.rule()), Some(Rule::SetUnfit));
    }
}

#[test]
fn a_record_under_a_one_time_key_that_was_used_is_not_taken_in() {
    let scratch = Scratch::new("copied-record", Mode::Rehearsal);
    let store = scratch.store();
    let mut change = Change::begin(&store, None).unwrap();
    let (core, _) = dealt(change.vault().id());
    enter(&mut change, &core);
    let locked = || {
        lock(
            &SecretBytes::new(b"secret".to_vec()),
            std::slice::from_ref(&core.recipient),
        )
        .unwrap()
    };
    let (one, two) = (locked(), locked());
    let mut take_in = |generation: u32, bytes: &Vec<u8>, more: &[(String, Vec<u8>)]| {
        let generation = Generation::new(generation).unwrap();
        let name = RecordName {
            account: "111111111111".parse().unwrap(),
            factor: Factor::Password,
            device: None,
        };
        let record = LockedRecordNote {
            account: name.account.clone(),
            device: None,
            generation,
            sha256: Hash::of(bytes),
            sets: vec![core.set_epoch()],
        };
        let enrolled = Event::Enrolled {
            factor: Factor::Password,
            records: vec![record],
            reason: None,
            unattended: false,
        };
        let files = [&[(name.path(generation), bytes.clone())][..], more].concat();
        change
            .commit(&files, vec![enrolled], now())
            .map_err(|refusal| refusal.rule())
    };
    let folder = || store.list("records/111111111111").unwrap().len();
    assert_eq!(take_in(1, &one, &[]), Ok(()));
    assert_eq!(take_in(2, &one, &[]), Err(Rule::EntropyStuck));
    let beside = [("records/222222222222/password.1.age".to_string(), two.clone())];
    assert_eq!(take_in(2, &two, &beside), Err(Rule::EntropyStuck));
    assert_eq!(folder(), 1, "nothing was written");
    assert_eq!(take_in(2, &two, &[]), Ok(()));
    assert_eq!(folder(), 2);
}
