//! A record: one factor of one account, locked to share sets.
//!
//! plaintext = one JSON object, then spaces up to [`BUCKET`] bytes: the length of a file tells nothing of the secret
//!
//! Rules of this file:
//! - a record says what it is (vault, account, factor, device, generation), and on opening all of it must be what was asked for:
//!   a record put in another's place is refused;
//! - the file is `records/<account>/<factor>[-<device>].<generation>.age`, and no generation overwrites another;
//! - the JSON is written by hand, field by field, into one buffer that is wiped: no serialiser ever holds a secret.

use crate::crypto::identity::{self, Recipient, Relocking, SetIdentity};
use crate::crypto::totp::{Algorithm, Parameters, Seed};
use crate::ident::{AccountId, DeviceName, Generation, VaultId};
use crate::plan::Factor;
use crate::refusal::{Refusal, Rule};
use crate::secret::{SecretBytes, SecretText};
use jiff::Timestamp;
use serde::Deserialize;
use std::fmt;

/// The length of every plaintext in bytes.
pub const BUCKET: usize = 1024;
/// The longest contact text, in bytes.
pub const CONTACT_MAX: usize = 600;

const SCHEMA: &str = "strongroom/record/1";

/// Which record: what the ledger keys it by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordName {
    /// Whose.
    pub account: AccountId,
    /// Which factor.
    pub factor: Factor,
    /// The device, for an MFA seed.
    pub device: Option<DeviceName>,
}

impl RecordName {
    /// Where one generation of it stands in the vault.
    pub fn path(&self, generation: Generation) -> String {
        let device = self
            .device
            .as_ref()
            .map(|device| format!("-{device}"))
            .unwrap_or_default();
        format!(
            "records/{}/{}{device}.{generation}.age",
            self.account,
            self.factor.as_str()
        )
    }
}

impl fmt::Display for RecordName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.factor.as_str(), self.account)?;
        self.device
            .as_ref()
            .map_or(Ok(()), |device| write!(f, ", device {device}"))
    }
}

/// What a record keeps.
pub enum Content {
    /// A root password.
    Password(SecretText),
    /// The seed of a virtual MFA device.
    Mfa(Seed),
    /// What the provider's support will ask for: phone, security answers.
    Contact(SecretText),
}

/// A record before it is locked, or after it was opened.
pub struct Record {
    /// Which.
    pub name: RecordName,
    /// Which generation.
    pub generation: Generation,
    /// When it was made.
    pub made: Timestamp,
    /// The secret.
    pub content: Content,
}

impl Record {
    /// Locks the record of `vault` to every recipient; the bytes of its file.
    pub fn lock(&self, vault: VaultId, recipients: &[Recipient]) -> Result<Vec<u8>, Refusal> {
        identity::lock(&self.plaintext(vault)?, recipients)
    }

    /// Opens a file that should hold `name`, generation `generation`, of `vault`. The identity is gone afterwards.
    pub fn open(
        locked: &[u8],
        identity: SetIdentity,
        vault: VaultId,
        name: &RecordName,
        generation: Generation,
    ) -> Result<Self, Refusal> {
        Self::read(&identity.open(locked)?, vault, name, generation)
    }

    /// The same secret locked to other recipients, under the generation `next`; it never leaves this call.
    pub fn relock(
        locked: &[u8],
        identity: &Relocking,
        vault: VaultId,
        (name, generation, next): (&RecordName, Generation, Generation),
        recipients: &[Recipient],
    ) -> Result<Vec<u8>, Refusal> {
        let mut record = Self::read(&identity.open(locked)?, vault, name, generation)?;
        record.generation = next;
        record.lock(vault, recipients)
    }

    fn read(plain: &SecretBytes, vault: VaultId, name: &RecordName, generation: Generation) -> Result<Self, Refusal> {
        let unfit = |found: &str| {
            Refusal::new(
                Rule::RecordUnfit,
                format!("the opened record is not the {name}, generation {generation}: {found}"),
            )
            .hint("somebody put another record in its place: compare with another copy of the vault")
        };
        let file: RecordFile = plain
            .expose(|bytes| {
                let padded = bytes.rsplit(|byte| *byte == b'}').next()?;
                let is_whole =
                    bytes.len() == BUCKET && padded.len() < BUCKET && padded.iter().all(|byte| *byte == b' ');
                is_whole.then(|| serde_json::from_slice::<Object<RecordFile>>(bytes).ok())?
            })
            .map(|Object(file)| file)
            .ok_or_else(|| unfit("its form is not that of a record"))?;
        if file.schema != SCHEMA {
            return Err(unfit("it is of a version that this program does not know"));
        }
        if file.vault != vault {
            return Err(unfit("it belongs to another vault"));
        }
        let says = RecordName {
            account: file.account,
            factor: file.factor,
            device: file.device,
        };
        if says != *name {
            return Err(unfit(&format!("it says that it is the {says}")));
        }
        if file.generation != generation {
            return Err(unfit(&format!("it says that it is generation {}", file.generation)));
        }
        let content = file
            .secret
            .0
            .into_content(name.factor)
            .ok_or_else(|| unfit("its secret is of another kind"))?;
        Ok(Self {
            name: says,
            generation,
            made: file.made,
            content,
        })
    }

    fn plaintext(&self, vault: VaultId) -> Result<SecretBytes, Refusal> {
        let mut out = zeroize::Zeroizing::new(Vec::with_capacity(2 * BUCKET));
        let mut field = |key: &str, value: &str| write_field(&mut out, key, value);
        field("schema", SCHEMA);
        field("vault", &vault.to_string());
        field("account", self.name.account.as_str());
        field("factor", self.name.factor.as_str());
        if let Some(device) = &self.name.device {
            field("device", device.as_str());
        }
        out.extend_from_slice(format!(",\"generation\":{}", self.generation).as_bytes());
        write_field(&mut out, "made", &self.made.to_string());
        out.extend_from_slice(b",\"secret\":");
        self.content.write(&mut out);
        out.push(b'}');
        if out.len() > BUCKET {
            return Err(Refusal::new(
                Rule::InputTooLarge,
                format!("the {} does not fit into a record", self.name),
            )
            .hint(format!(
                "shorten its text or label: a contact text has at most {CONTACT_MAX} bytes"
            )));
        }
        out.resize(BUCKET, b' ');
        Ok(SecretBytes::new(std::mem::take(&mut *out)))
    }
}

impl Content {
    fn write(&self, out: &mut Vec<u8>) {
        let mut fields = Vec::with_capacity(2 * BUCKET);
        match self {
            Self::Password(text) => text.expose(|text| write_field(&mut fields, "password", text)),
            Self::Contact(text) => text.expose(|text| write_field(&mut fields, "contact", text)),
            Self::Mfa(seed) => {
                let Parameters {
                    algorithm,
                    digits,
                    period,
                } = seed.parameters();
                seed.to_base32().expose(|seed| write_field(&mut fields, "seed", seed));
                write_field(&mut fields, "algorithm", algorithm.as_str());
                fields.extend_from_slice(format!(",\"digits\":{digits},\"period\":{period}").as_bytes());
                write_field(&mut fields, "label", seed.label());
            }
        }
        out.extend_from_slice(&fields);
        out.push(b'}');
        zeroize::Zeroize::zeroize(&mut fields);
    }
}

/// `{` or `,` as the place asks, then `"key":"value"`.
fn write_field(out: &mut Vec<u8>, key: &str, value: &str) {
    out.push(if out.is_empty() { b'{' } else { b',' });
    // Writing into memory does not fail, and text is always JSON.
    let _ = serde_json::to_writer(&mut *out, key);
    out.push(b':');
    let _ = serde_json::to_writer(out, value);
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordFile {
    schema: String,
    vault: VaultId,
    account: AccountId,
    factor: Factor,
    #[serde(default, deserialize_with = "given")]
    device: Option<DeviceName>,
    generation: Generation,
    #[serde(deserialize_with = "in_utc")]
    made: Timestamp,
    secret: Object<SecretFields>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SecretFields {
    #[serde(default, deserialize_with = "given")]
    password: Option<SecretText>,
    #[serde(default, deserialize_with = "given")]
    contact: Option<SecretText>,
    #[serde(default, deserialize_with = "given")]
    seed: Option<SecretText>,
    #[serde(default, deserialize_with = "given")]
    algorithm: Option<String>,
    #[serde(default, deserialize_with = "given")]
    digits: Option<u8>,
    #[serde(default, deserialize_with = "given")]
    period: Option<u16>,
    #[serde(default, deserialize_with = "given")]
    label: Option<String>,
}

/// A key that is there has a value: `null` is none.
fn given<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// What stands as an object: serde would take the values alone, as a list, too.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfMap<T>(std::marker::PhantomData<T>);

        impl<'de, T: Deserialize<'de>> serde::de::Visitor<'de> for OfMap<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
                T::deserialize(serde::de::value::MapAccessDeserializer::new(map))
            }
        }

        deserializer.deserialize_map(OfMap(std::marker::PhantomData)).map(Self)
    }
}

/// Whether a text is of characters that give a terminal no orders; a line feed is one where `lines` says so.
fn is_plain(text: &SecretText, lines: bool) -> bool {
    text.expose(|text| text.chars().all(|c| !c.is_control() || lines && c == '\n'))
}

impl SecretFields {
    fn into_content(self, factor: Factor) -> Option<Content> {
        let fields = (
            self.password,
            self.contact,
            self.seed,
            self.algorithm,
            self.digits,
            self.period,
            self.label,
        );
        match (factor, fields) {
            (Factor::Password, (Some(password), None, None, None, None, None, None)) => {
                is_plain(&password, false).then_some(Content::Password(password))
            }
            (Factor::Contact, (None, Some(contact), None, None, None, None, None)) => {
                let fits = contact.len() <= CONTACT_MAX && is_plain(&contact, true);
                fits.then_some(Content::Contact(contact))
            }
            (Factor::Mfa, (None, None, Some(seed), Some(algorithm), Some(digits), Some(period), label)) => {
                let parameters = Parameters::new(Algorithm::from_name(&algorithm)?, digits, period)?;
                let device = seed.expose(|seed| Seed::from_base32(seed, parameters, label.unwrap_or_default()));
                let device = device.ok()?;
                in_one_spelling(&device, &seed, &algorithm).then_some(Content::Mfa(device))
            }
            _ => None,
        }
    }
}

/// A time as it is written: RFC 3339 in UTC, with `T` and `Z`.
fn in_utc<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(deserializer)?;
    let is_utc = text.as_bytes().get(10) == Some(&b'T') && text.ends_with('Z');
    let time = text.parse().ok().filter(|_| is_utc);
    time.ok_or_else(|| serde::de::Error::custom("a time is written in UTC"))
}

/// Whether a record says of a device what the program would write. An import forgives more; what is locked has one form.
fn in_one_spelling(device: &Seed, seed: &SecretText, algorithm: &str) -> bool {
    let same_seed = device.to_base32().expose(|written| seed.expose(|read| written == read));
    same_seed && device.parameters().algorithm.as_str() == algorithm
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{identity::IdentityKind, sharing};
    use crate::entropy::{Entropy, System};
    use crate::ident::Mode;

    fn vault() -> VaultId {
        VaultId::new(Mode::Production, [3; 15])
    }

    struct Set(sharing::Dealing);

    impl Set {
        fn deal() -> Self {
            Self(
                sharing::deal("2-of-2".parse().unwrap(), &mut Entropy::new(&mut System))
                    .ok()
                    .unwrap(),
            )
        }

        fn identity(&self) -> SetIdentity {
            let shares: Vec<_> = self.0.shares.iter().collect();
            let secret = sharing::combine_unproved("2-of-2".parse().unwrap(), &shares).unwrap();
            SetIdentity::derive(secret, Mode::Production, IdentityKind::X25519)
                .ok()
                .unwrap()
        }
    }

    fn record(account: &str, device: Option<&str>, content: Content) -> Record {
        let factor = match content {
            Content::Password(_) => Factor::Password,
            Content::Mfa(_) => Factor::Mfa,
            Content::Contact(_) => Factor::Contact,
        };
        let name = RecordName {
            account: account.parse().unwrap(),
            factor,
            device: device.map(|d| d.parse().unwrap()),
        };
        Record {
            name,
            generation: Generation::FIRST,
            made: "2026-02-11T16:42:00Z".parse().unwrap(),
            content,
        }
    }

    fn password(text: &str) -> Content {
        Content::Password(SecretText::new(text.to_string()))
    }

    #[test]
    fn a_record_opens_to_what_was_locked() {
        let set = Set::deal();
        let hostile = "a\"b\\c{}<>é\u{202e}";
        let locked = record("111122223333", None, password(hostile))
            .lock(vault(), &[set.identity().recipient()])
            .ok()
            .unwrap();
        let name = record("111122223333", None, password("")).name;
        let opened = Record::open(&locked, set.identity(), vault(), &name, Generation::FIRST)
            .ok()
            .unwrap();
        assert!(matches!(opened.content, Content::Password(text) if text.expose(|text| text == hostile)));
        let seed = Seed::parse("otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ&digits=8")
            .ok()
            .unwrap();
        let mfa = record("a", Some("emea"), Content::Mfa(seed));
        let locked = mfa.lock(vault(), &[set.identity().recipient()]).ok().unwrap();
        let opened = Record::open(&locked, set.identity(), vault(), &mfa.name, Generation::FIRST)
            .ok()
            .unwrap();
        assert!(matches!(opened.content, Content::Mfa(seed) if seed.parameters().digits == 8 && seed.label() == "a"));
    }

    #[test]
    fn what_would_give_a_terminal_orders_is_no_secret_of_ours() {
        let set = Set::deal();
        let opened = |content: Content| {
            let record = record("111122223333", None, content);
            let locked = record.lock(vault(), &[set.identity().recipient()]).ok().unwrap();
            Record::open(&locked, set.identity(), vault(), &record.name, Generation::FIRST)
        };
        let contact = |text: &str| Content::Contact(SecretText::new(text.to_string()));
        assert!(opened(contact("phone +351 21\ncode word")).is_ok());
        for orders in ["\u{1b}]52;c;eA==\u{7}", "a\u{9b}2J", "a\rb", "a\u{7f}"] {
            assert!(opened(contact(orders)).is_err(), "{orders:?}");
            assert!(opened(password(orders)).is_err(), "{orders:?}");
        }
        assert!(opened(password("a\nb")).is_err());
    }

    #[test]
    fn a_record_in_anothers_place_is_refused() {
        let set = Set::deal();
        let locked = record("111122223333", None, password("x"))
            .lock(vault(), &[set.identity().recipient()])
            .ok()
            .unwrap();
        let asked = |vault: VaultId, account: &str, generation: u32| {
            let name = record(account, None, password("")).name;
            let generation = Generation::new(generation).unwrap();
            Record::open(&locked, set.identity(), vault, &name, generation)
                .err()
                .map(|refusal| refusal.rule())
        };
        assert_eq!(asked(vault(), "111122223333", 1), None);
        assert_eq!(asked(vault(), "444455556666", 1), Some(Rule::RecordUnfit));
        assert_eq!(asked(vault(), "111122223333", 2), Some(Rule::RecordUnfit));
        assert_eq!(
            asked(VaultId::new(Mode::Production, [4; 15]), "111122223333", 1),
            Some(Rule::RecordUnfit)
        );
    }

    #[test]
    fn the_length_of_a_plaintext_tells_nothing() {
        let seed = Seed::parse("GEZDGNBVGY3TQOJQ").ok().unwrap();
        for content in [password("x"), password(&"x".repeat(128)), Content::Mfa(seed)] {
            assert_eq!(
                record("a", Some("d"), content).plaintext(vault()).ok().unwrap().len(),
                BUCKET
            );
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let content = Content::Contact(SecretText::new("x".repeat(BUCKET)));
        assert!(
            record("a", None, content)
                .plaintext(vault())
                .is_err_and(|refusal| refusal.rule() == Rule::InputTooLarge)
        );
        let content = Content::Contact(SecretText::new("x".repeat(CONTACT_MAX)));
        assert!(
            record(&"a".repeat(32), Some(&"d".repeat(32)), content)
                .plaintext(vault())
                .is_ok()
        );
    }
}
