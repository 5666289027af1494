//! Vectors as the program reads them: through the same doors that paper, files and people come in by.

#![allow(unreachable_pub, reason = "each test file uses a part of this")]

use crate::vault::Folder;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::path::Path;
use strongroom::ceremony::gathering::Gathering;
use strongroom::ceremony::known::KnownEpochs;
use strongroom::ceremony::ports::Passphrases;
use strongroom::ceremony::prove::Proving;
use strongroom::code::line_code;
use strongroom::code::reading::read_text;
use strongroom::code::share_code::{PaperShare, ShareBody};
use strongroom::code::symbols::Symbols;
use strongroom::code::words::{WordsTag, words_of};
use strongroom::crypto::identity::SetIdentity;
use strongroom::crypto::passphrase::Passphrase;
use strongroom::crypto::totp::{Algorithm, Parameters, Seed};
use strongroom::hex;
use strongroom::ident::{Generation, Mode, VaultId};
use strongroom::refusal::{Refusal, Rule};
use strongroom::secret::Secret;
use strongroom::vault::Vault;
use strongroom::vault::event::{Event, SetEpoch};
use strongroom::vault::ledger::{Chain, head_words};
use strongroom::vault::record::{Content, Record, RecordName};
use strongroom::vault::register::Register;
use strongroom::vault::share_set::StoredCore;
use strongroom::vault::store::Store;

/// What a reader says of a vector: what it understood, or the name of the rule that was broken.
pub type Outcome = Result<Value, &'static str>;

/// Reads what is given as a vector of this kind.
pub fn read(kind: &str, given: &Value) -> Outcome {
    match kind {
        "line" => line(&typed(given)),
        "share" => share(&typed(given)),
        "lock" => lock(&typed(given)),
        "fingerprint" => Ok(fingerprint(&typed(given))),
        "set" => set(&typed(given)),
        "proof" => proof(&typed(given)),
        "quorum" => quorum(&typed(given)),
        "record" => record(&typed(given)),
        "code" => Ok(code(&typed(given))),
        "ledger" => ledger(&typed(given)),
        other => panic!("{other} is no kind of vector"),
    }
}

/// What is given, without a key that is not known.
fn typed<T: DeserializeOwned>(given: &Value) -> T {
    serde_json::from_value(given.clone()).unwrap_or_else(|fault| panic!("{fault} in {given}"))
}

fn reason(refusal: &Refusal) -> &'static str {
    refusal.rule().name()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    world: Mode,
    line: String,
}

fn line(given: &Line) -> Outcome {
    let symbols = Symbols::from_text(&given.line).unwrap();
    let other = match given.world {
        Mode::Production => Mode::Rehearsal,
        Mode::Rehearsal => Mode::Production,
    };
    if line_code::check(given.world, &symbols) {
        return Ok(json!({ "whole": true }));
    }
    let of_the_other = line_code::check(other, &symbols);
    Err(if of_the_other {
        Rule::ShareOfOtherWorld
    } else {
        Rule::ShareUnreadable
    }
    .name())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    world: Mode,
    text: String,
}

/// The one share of a text.
fn paper(text: &str, world: Mode) -> Result<PaperShare, &'static str> {
    let mut papers = Vec::new();
    for entry in read_text(text, world) {
        papers.push(entry.map_err(|unread| unread.error.rule().name())?);
    }
    assert!(papers.len() < 2, "a vector has one share");
    papers.pop().ok_or(Rule::ShareUnreadable.name())
}

fn share(given: &Text) -> Outcome {
    let PaperShare { head, body } = paper(&given.text, given.world)?;
    let bytes = |secret: &Secret<32>| Value::from(secret.expose(|bytes| hex::encode(bytes)));
    let mut out = Map::new();
    out.insert("needed".into(), head.needed.into());
    out.insert("index".into(), head.index.get().into());
    out.insert("identity_kind".into(), head.identity_kind.number().into());
    out.insert("fingerprint".into(), head.fingerprint.hex().into());
    let (profile, value, blinder) = match &body {
        ShareBody::Open { value, blinder } => (0, value, blinder),
        ShareBody::Locked { lock, value, blinder } => {
            out.insert("salt".into(), hex::encode(&lock.salt).into());
            out.insert("tag".into(), hex::encode(&lock.tag).into());
            (lock.profile.number(), value, blinder)
        }
    };
    out.insert("profile".into(), profile.into());
    out.insert("value".into(), bytes(value));
    if let Some(blinder) = blinder {
        out.insert("blinder".into(), bytes(blinder));
    }
    Ok(out.into())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lock {
    world: Mode,
    text: String,
    passphrase: String,
}

fn lock(given: &Lock) -> Outcome {
    let paper = paper(&given.text, given.world)?;
    let passphrase = Passphrase::read(&given.passphrase).unwrap();
    let opened = paper.opened(&passphrase).map_err(|(_, fault)| fault.rule().name())?;
    let ShareBody::Open { value, blinder } = &opened.body else {
        panic!("an opened share is open");
    };
    let mut out = Map::new();
    out.insert("value".into(), value.expose(|bytes| hex::encode(bytes)).into());
    if let Some(blinder) = blinder {
        out.insert("blinder".into(), blinder.expose(|bytes| hex::encode(bytes)).into());
    }
    Ok(out.into())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fingerprint {
    tag: String,
    hash: String,
}

fn fingerprint(given: &Fingerprint) -> Value {
    let tag = match given.tag.as_str() {
        "set" => WordsTag::Set,
        "head" => WordsTag::Head,
        "program" => WordsTag::Program,
        other => panic!("{other} is no tag"),
    };
    let hash: [u8; 32] = hex::decode(&given.hash).unwrap();
    json!({ "fingerprint": words_of(tag, &hash).hex() })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetFile {
    file: String,
}

/// A set file whose words are those of its core, as `ledger verify` judges it.
fn stored(file: &str) -> Result<StoredCore, &'static str> {
    let stored = StoredCore::parse("the set file", file.as_bytes()).map_err(|refusal| reason(&refusal))?;
    if stored.core.fingerprint() == stored.fingerprint {
        Ok(stored)
    } else {
        Err(Rule::SetUnfit.name())
    }
}

fn set(given: &SetFile) -> Outcome {
    let stored = stored(&given.file)?;
    Ok(json!({
        "sha256": stored.core.hash().to_string(),
        "fingerprint": stored.fingerprint.hex(),
        "recipient": stored.core.recipient.as_str(),
        "threshold": stored.core.threshold.to_string(),
    }))
}

/// A vault that has dealt one set, and nothing else.
struct World {
    folder: Folder,
    of: SetEpoch,
    mode: Mode,
    vault: VaultId,
}

impl World {
    fn with(stored: &StoredCore, papers: &[PaperShare]) -> Self {
        Self {
            folder: Folder::dealt(stored, papers),
            of: stored.core.set_epoch(),
            mode: stored.core.mode(),
            vault: stored.core.vault,
        }
    }

    fn open<R>(&self, work: impl FnOnce(&Vault<'_>, &KnownEpochs) -> R) -> R {
        let store = Store::open(self.folder.scratch.path()).unwrap_or_else(|refusal| panic!("{refusal}"));
        let vault = Vault::load(&store).unwrap_or_else(|refusal| panic!("{refusal}"));
        work(&vault, &KnownEpochs::read(&vault))
    }
}

/// Passphrases in their order.
struct Listed<'a>(&'a [String]);

impl Passphrases for Listed<'_> {
    fn next(&mut self, _: &str, tried: usize) -> Result<Option<Passphrase>, Refusal> {
        Ok(self.0.get(tried).map(|text| Passphrase::read(text).unwrap()))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Proof {
    set: String,
    text: String,
}

fn proof(given: &Proof) -> Outcome {
    let stored = stored(&given.set)?;
    let paper = paper(&given.text, stored.core.mode())?;
    let index = paper.head.index.get();
    World::with(&stored, &[]).open(|vault, known| {
        let mut proving = Proving::new(vault, known, "b007".parse().unwrap());
        proving
            .add(paper, &mut Listed(&[]))
            .map_err(|refusal| reason(&refusal))?;
        Ok(json!({ "index": index }))
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Quorum {
    set: String,
    shares: Vec<String>,
    #[serde(default)]
    passphrases: Vec<String>,
}

/// The identity that the shares give, and which of them were refused alone.
fn gathered(given: &Quorum) -> Result<(World, SetIdentity, Vec<Value>), &'static str> {
    let stored = stored(&given.set)?;
    let mode = stored.core.mode();
    let whole: Vec<PaperShare> = given
        .shares
        .iter()
        .flat_map(|text| read_text(text, mode))
        .flatten()
        .collect();
    let world = World::with(&stored, &whole);
    let (identity, refused) = world.open(|_, known| {
        let mut gathering = Gathering::new(known, [world.of.clone()]);
        let mut refused = Vec::new();
        for (place, text) in (1..).zip(&given.shares) {
            let added = paper(text, world.mode).and_then(|paper| {
                let added = gathering.add(paper, &mut Listed(&given.passphrases));
                added.map(drop).map_err(|refusal| reason(&refusal))
            });
            refused.extend(added.err().map(|reason| json!({ "share": place, "reason": reason })));
        }
        let identity = gathering.finish().map_err(|refusal| reason(&refusal))?.identity;
        Ok::<_, &'static str>((identity, refused))
    })?;
    Ok((world, identity, refused))
}

fn quorum(given: &Quorum) -> Outcome {
    let (_, identity, refused) = gathered(given)?;
    Ok(json!({ "identity": identity.to_text().expose(str::to_string), "refused": refused }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordFile {
    set: String,
    shares: Vec<String>,
    #[serde(default)]
    passphrases: Vec<String>,
    path: String,
    file: String,
}

fn record(given: &RecordFile) -> Outcome {
    let quorum = Quorum {
        set: given.set.clone(),
        shares: given.shares.clone(),
        passphrases: given.passphrases.clone(),
    };
    let (world, identity, _) = gathered(&quorum)?;
    let (name, generation) = name_of(&given.path);
    let locked = data_encoding::HEXLOWER.decode(given.file.as_bytes()).unwrap();
    let opened = Record::open(&locked, identity, world.vault, &name, generation).map_err(|refusal| reason(&refusal))?;
    Ok(json!({ "secret": secret_of(&opened.content) }))
}

fn name_of(path: &str) -> (RecordName, Generation) {
    let parts: Vec<&str> = Path::new(path).iter().map(|part| part.to_str().unwrap()).collect();
    let [_, account, file] = parts[..] else {
        panic!("{path} is not a record's")
    };
    let mut words = file.split('.');
    let (what, generation) = (words.next().unwrap(), words.next().unwrap());
    let (factor, device) = what
        .split_once('-')
        .map_or((what, None), |(factor, device)| (factor, Some(device)));
    let name = RecordName {
        account: account.parse().unwrap(),
        factor: factor.parse().unwrap(),
        device: device.map(|device| device.parse().unwrap()),
    };
    let generation = generation.parse().unwrap();
    assert_eq!(name.path(generation), path);
    (name, generation)
}

fn secret_of(content: &Content) -> Value {
    match content {
        Content::Password(text) => json!({ "password": text.expose(str::to_string) }),
        Content::Contact(text) => json!({ "contact": text.expose(str::to_string) }),
        Content::Mfa(seed) => {
            let parameters = seed.parameters();
            json!({
                "seed": seed.to_base32().expose(str::to_string),
                "algorithm": parameters.algorithm.as_str(),
                "digits": parameters.digits,
                "period": parameters.period,
                "label": seed.label(),
            })
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TotpCode {
    secret: Device,
    time: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Device {
    seed: String,
    algorithm: String,
    digits: u8,
    period: u16,
    label: String,
}

fn code(given: &TotpCode) -> Value {
    let device = &given.secret;
    let algorithm = Algorithm::from_name(&device.algorithm).unwrap();
    let parameters = Parameters::new(algorithm, device.digits, device.period).unwrap();
    let seed = Seed::from_base32(&device.seed, parameters, device.label.clone())
        .ok()
        .unwrap();
    json!({ "code": seed.code_at(given.time).digits.expose(str::to_string) })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ledger {
    chain: String,
}

fn ledger(given: &Ledger) -> Outcome {
    let chain = Chain::parse("home".parse().unwrap(), given.chain.as_bytes()).map_err(|refusal| reason(&refusal))?;
    Register::of(std::slice::from_ref(&chain), None).map_err(|refusal| reason(&refusal))?;
    let last = chain.entries().last().unwrap();
    let mut out = json!({ "lines": chain.entries().len(), "head": chain.head().to_string() });
    if matches!(last.event, Event::Closing { .. }) {
        out["fingerprint"] = head_words(chain.head()).hex().into();
    }
    Ok(out)
}
