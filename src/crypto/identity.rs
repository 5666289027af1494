//! From the secret of a set to its identity and successor key; lock and open.
//!
//! identity seed  = HKDF-SHA-256(ikm s, no salt, info `strongroom/v1/identity/`mode`/`kind, 32 bytes)
//! successor seed = HKDF-SHA-256(ikm s, no salt, info `strongroom/v1/successor/`mode, 32 bytes)
//! succession     = Ed25519(successor seed, `strongroom/v1/succeeds` ‖ hash of the core before ‖ hash of the core after)
//!
//! Rules of this file:
//! - an identity is derived only from a [`SetSecret`], so only from a dealing or a quorum;
//! - the identity is a plain age identity (`AGE-SECRET-KEY-1…`): any age implementation opens the record;
//! - opening consumes the identity: one record, then it is gone; only a reissue opens many, to lock each again at once;
//! - a file is judged before it is parsed: at most [`RECORD_MAX`] bytes, [`STANZAS_MAX`] stanzas, and none that asks for work or
//!   lacks its last, short line, which our library of age would take (age-encryption.org/v1, recipient stanzas).

use super::sharing::SetSecret;
use crate::ident::Mode;
use crate::refusal::{Refusal, Rule};
use crate::secret::{Secret, SecretBytes, SecretText};
use age::x25519;
use bech32::{Bech32, Hrp};
use std::{fmt, io, io::Read as _, io::Write as _, str::FromStr};
use strongroom_bedrock::stack;
use zeroize::Zeroizing;

/// The largest locked record that is read, in bytes.
pub const RECORD_MAX: usize = 64 * 1024;
/// The largest number of stanzas (recipients and grease) of a record that is read.
pub const STANZAS_MAX: usize = 64;

const SUCCEEDS: &[u8] = b"strongroom/v1/succeeds";

/// The kinds of identity, by their number in shares and cores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum IdentityKind {
    /// X25519, age's own recipient type. Not safe against a quantum computer.
    X25519,
}

impl IdentityKind {
    /// The number in binary encodings and, in decimal, in the derivation label: 0 to 31.
    pub fn number(self) -> u8 {
        match self {
            Self::X25519 => 0,
        }
    }

    /// The kind for a number, where this version knows one. 1 is kept for `mlkem768x25519`.
    pub fn from_number(number: u8) -> Option<Self> {
        (number == Self::X25519.number()).then_some(Self::X25519)
    }

    /// The word for it in set files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::X25519 => "x25519",
        }
    }
}

/// The public half of an identity: `age1…`, canonical.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Recipient(pub(super) String);

impl Recipient {
    /// The text of it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn age(&self) -> Result<x25519::Recipient, Refusal> {
        x25519::Recipient::from_str(&self.0)
            .map_err(|fault| Refusal::new(Rule::SetUnfit, format!("the recipient is not one of age: {fault}")))
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for Recipient {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let recipient = Self(text.to_string());
        if recipient.age()?.to_string() == text {
            return Ok(recipient);
        }
        Err(Refusal::new(Rule::SetUnfit, "the recipient is not in its one spelling"))
    }
}

/// What opens the records of one epoch of a set, and signs its successor. Exists only while a quorum is at work.
pub struct SetIdentity {
    seed: Secret<32>,
    successor: Secret<32>,
}

impl SetIdentity {
    /// Derives both keys of the set, and wipes its secret.
    pub fn derive(secret: SetSecret, mode: Mode, kind: IdentityKind) -> Result<Self, Refusal> {
        let seed = expand(&secret, &format!("strongroom/v1/identity/{mode}/{}", kind.number()));
        let successor = expand(&secret, &format!("strongroom/v1/successor/{mode}"));
        drop(secret);
        let this = Self { seed, successor };
        this.with_age(|_| ())?;
        Ok(this)
    }

    /// The public half that records are locked to.
    pub fn recipient(&self) -> Recipient {
        let recipient = self.with_age(|age| age.to_public().to_string());
        // `derive` has tried it.
        Recipient(recipient.unwrap_or_default())
    }

    /// Lends the identity in the form of age, which lies on the stack: afterwards the stack is cleared.
    fn with_age<R>(&self, work: impl FnOnce(&x25519::Identity) -> R) -> Result<R, Refusal> {
        stack::cleared(|| {
            let impossible = || Refusal::new(Rule::Internal, "32 bytes are not an identity of age");
            let text = Zeroizing::new(identity_text(&self.seed).ok_or_else(impossible)?);
            let age = x25519::Identity::from_str(&text).map_err(|_| impossible())?;
            Ok(work(&age))
        })
    }

    /// The public half of the key that signs the next epoch (Ed25519, RFC 8032): 32 bytes.
    pub fn successor_key(&self) -> [u8; 32] {
        let key = |seed: &[u8; 32]| ed25519_dalek::SigningKey::from_bytes(seed).verifying_key().to_bytes();
        stack::cleared(|| self.successor.expose(key))
    }

    /// The identity as text, `AGE-SECRET-KEY-1…`: what stock tools take.
    pub fn to_text(&self) -> SecretText {
        // `derive` has tried it.
        stack::cleared(|| SecretText::new(identity_text(&self.seed).unwrap_or_default()))
    }

    /// Opens one record, and is gone. The reason of a failure is not told apart: damaged and foreign look the same.
    pub fn open(self, locked: &[u8]) -> Result<SecretBytes, Refusal> {
        self.with_age(|age| opened(age, locked))?
    }

    /// The identity at the work of a reissue, where its quorum is present anyway.
    pub fn into_relocking(self) -> Relocking {
        Relocking(self)
    }
}

/// An identity whose quorum came together to lock records again: what it opens goes into another lock, and it signs the next epoch.
pub struct Relocking(SetIdentity);

impl Relocking {
    /// Opens one record of many.
    pub fn open(&self, locked: &[u8]) -> Result<SecretBytes, Refusal> {
        self.0.with_age(|age| opened(age, locked))?
    }

    /// Signs (Ed25519, RFC 8032) that the core with the second hash succeeds the one with the first: 64 bytes.
    pub fn sign_successor(&self, before: &[u8; 32], after: &[u8; 32]) -> [u8; 64] {
        let message = succession(before, after);
        self.0.successor.expose(|seed| {
            use ed25519_dalek::Signer as _;
            ed25519_dalek::SigningKey::from_bytes(seed).sign(&message).to_bytes()
        })
    }
}

/// Whether the quorum behind a successor key signed that the core with the second hash succeeds the one with the first.
pub fn is_successor(key: &[u8; 32], before: &[u8; 32], after: &[u8; 32], signature: &[u8; 64]) -> bool {
    let signature = ed25519_dalek::Signature::from_bytes(signature);
    ed25519_dalek::VerifyingKey::from_bytes(key)
        .is_ok_and(|key| key.verify_strict(&succession(before, after), &signature).is_ok())
}

/// `strongroom/v1/succeeds` ‖ hash of the core before ‖ hash of the core after.
fn succession(before: &[u8; 32], after: &[u8; 32]) -> Vec<u8> {
    [SUCCEEDS, before, after].concat()
}

const COMPARE: &str = "compare its file with that of another copy of the vault";

/// What a locked file opens to. Its length and its stanzas are judged before age sees it.
pub(super) fn opened(identity: &x25519::Identity, locked: &[u8]) -> Result<SecretBytes, Refusal> {
    judge_bounds(locked)?;
    released(identity, locked)
}

/// The plaintext, whole, after all of it was authenticated; or nothing of it.
fn released(identity: &x25519::Identity, locked: &[u8]) -> Result<SecretBytes, Refusal> {
    let unfit = || {
        Refusal::new(
            Rule::RecordUnfit,
            "the record does not open: it is damaged, or locked to other sets",
        )
        .hint(COMPARE)
    };
    if !has_whole_stanzas(locked) {
        return Err(unfit());
    }
    let decryptor = age::Decryptor::new_buffered(locked).map_err(|_| unfit())?;
    let mut reader = decryptor
        .decrypt(std::iter::once(identity as &dyn age::Identity))
        .map_err(|_| unfit())?;
    SecretBytes::gather(locked.len(), locked.len(), |bytes| reader.read(bytes)).map_err(|_| unfit())
}

/// Locks `plain` to every recipient: each of them alone opens it.
pub fn lock(plain: &SecretBytes, recipients: &[Recipient]) -> Result<Vec<u8>, Refusal> {
    let recipients = recipients.iter().map(Recipient::age).collect::<Result<Vec<_>, _>>()?;
    let each = recipients.iter().map(|recipient| recipient as &dyn age::Recipient);
    let encryptor = age::Encryptor::with_recipients(each)
        .map_err(|fault| Refusal::new(Rule::Internal, format!("a record cannot be locked: {fault}")))?;
    let mut locked = Vec::new();
    let written = stack::cleared(|| {
        encryptor.wrap_output(&mut locked).and_then(|mut writer| {
            plain.expose(|bytes| writer.write_all(bytes))?;
            writer.finish().map(drop)
        })
    });
    written.map_err(|fault: io::Error| Refusal::new(Rule::Internal, format!("a record cannot be locked: {fault}")))?;
    Ok(locked)
}

/// The header lines of an age file are counted before age reads them: a file must not be able to ask for work.
fn judge_bounds(locked: &[u8]) -> Result<(), Refusal> {
    if locked.len() > RECORD_MAX {
        let found = format!("the record has {} bytes, {RECORD_MAX} are allowed", locked.len());
        return Err(Refusal::new(Rule::RecordUnfit, found).hint(COMPARE));
    }
    let header = locked
        .split(|byte| *byte == b'\n')
        .take_while(|line| !line.starts_with(b"---"));
    let stanzas = header.filter(|line| line.starts_with(b"-> ")).count();
    if stanzas > STANZAS_MAX {
        return Err(Refusal::new(
            Rule::RecordUnfit,
            format!("the record has {stanzas} stanzas, {STANZAS_MAX} are allowed"),
        )
        .hint(COMPARE));
    }
    Ok(())
}

/// Whether every stanza of the header ends with a line of less than 64 columns, which may be empty.
fn has_whole_stanzas(locked: &[u8]) -> bool {
    const COLUMNS: usize = 64;
    let mut before: Option<&[u8]> = None;
    for line in locked.split(|byte| *byte == b'\n').skip(1) {
        let ends = line.starts_with(b"-> ") || line.starts_with(b"---");
        let is_open = before.is_some_and(|before| before.starts_with(b"-> ") || before.len() >= COLUMNS);
        if ends && is_open {
            return false;
        }
        if line.starts_with(b"---") {
            return true;
        }
        before = Some(line);
    }
    // There is no end of a header at all, which age says.
    true
}

/// The one-time public keys by which a locked file was locked to each of its recipients, in base64: no two files share one.
pub fn one_time_keys(locked: &[u8]) -> impl Iterator<Item = &[u8]> {
    let header = locked.split(|byte| *byte == b'\n');
    header
        .take_while(|line| !line.starts_with(b"---"))
        .filter_map(|line| line.strip_prefix(b"-> X25519 "))
}

fn expand(secret: &SetSecret, info: &str) -> Secret<32> {
    Secret::build(|out| {
        secret.expose(|ikm| {
            let expanded = hkdf::Hkdf::<sha2::Sha256>::new(None, ikm).expand(info.as_bytes(), out);
            debug_assert!(expanded.is_ok(), "32 bytes are one block of HKDF-SHA-256");
        });
    })
}

pub(super) fn identity_text(seed: &Secret<32>) -> Option<String> {
    let hrp = Hrp::parse("AGE-SECRET-KEY-").ok()?;
    seed.expose(|bytes| bech32::encode_upper::<Bech32>(hrp, bytes).ok())
}

#[cfg(test)]
mod cctv;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::sharing;
    use crate::crypto::sharing::tests::left_by;
    use crate::entropy::{Entropy, System};

    #[test]
    fn only_the_quorum_before_signs_a_successor_and_for_these_two_cores_alone() {
        let before = identity(Mode::Production);
        let key = before.successor_key();
        let other = identity(Mode::Production).successor_key();
        let signature = before.into_relocking().sign_successor(&[1; 32], &[2; 32]);
        assert!(is_successor(&key, &[1; 32], &[2; 32], &signature));
        assert!(!is_successor(&other, &[1; 32], &[2; 32], &signature));
        assert!(!is_successor(&key, &[2; 32], &[1; 32], &signature));
        assert!(!is_successor(&key, &[1; 32], &[3; 32], &signature));
        for bit in 0..512 {
            let mut forged = signature;
            forged[bit / 8] ^= 1 << (bit % 8);
            assert!(!is_successor(&key, &[1; 32], &[2; 32], &forged), "bit {bit}");
        }
    }

    fn identity(mode: Mode) -> SetIdentity {
        let dealing = sharing::deal("2-of-2".parse().unwrap(), &mut Entropy::new(&mut System))
            .ok()
            .unwrap();
        SetIdentity::derive(dealing.secret, mode, IdentityKind::X25519)
            .ok()
            .unwrap()
    }

    #[test]
    fn nothing_of_an_identity_is_left_on_the_stack_by_its_derivation() {
        let threshold = "2-of-2".parse().unwrap();
        let dealing = sharing::deal(threshold, &mut Entropy::new(&mut System)).ok().unwrap();
        let shares: Vec<&sharing::Share> = dealing.shares.iter().collect();
        let derived = || {
            let secret = sharing::combine_unproved(threshold, &shares).unwrap();
            SetIdentity::derive(secret, Mode::Production, IdentityKind::X25519)
                .ok()
                .unwrap()
        };
        let identity = derived();
        let part = || identity.to_text().expose(|text| text.as_bytes()[20..44].to_vec());
        let uncleared = || x25519::Identity::from_str(&Zeroizing::new(identity_text(&identity.seed).unwrap())).is_ok();
        let left = left_by(uncleared, part);
        assert!(left > 0, "without clearing, something is left: {left}");
        assert_eq!(left_by(derived, part), 0);
    }

    fn quorum_of(dealing: sharing::Dealing, mode: Mode) -> SetIdentity {
        let threshold = "2-of-2".parse().unwrap();
        let proved = dealing
            .shares
            .into_iter()
            .filter_map(|share| dealing.commitments.prove(share).ok())
            .collect();
        let quorum = sharing::Quorum::of(threshold, &dealing.commitments, proved)
            .ok()
            .unwrap();
        SetIdentity::derive(quorum.combine().ok().unwrap(), mode, IdentityKind::X25519)
            .ok()
            .unwrap()
    }

    #[test]
    fn a_quorum_derives_the_identity_of_its_dealing() {
        for mode in [Mode::Production, Mode::Rehearsal] {
            let dealing = sharing::deal("2-of-2".parse().unwrap(), &mut Entropy::new(&mut System))
                .ok()
                .unwrap();
            let secret = SetSecretCopy::of(&dealing);
            let dealt = SetIdentity::derive(secret, mode, IdentityKind::X25519).ok().unwrap();
            let gathered = quorum_of(dealing, mode);
            assert_eq!(gathered.recipient(), dealt.recipient());
            assert_eq!(gathered.successor_key(), dealt.successor_key());
        }
    }

    /// The secret once more, by way of the shares: a `SetSecret` has no copy, not even for tests.
    struct SetSecretCopy;

    impl SetSecretCopy {
        fn of(dealing: &sharing::Dealing) -> SetSecret {
            let shares: Vec<_> = dealing.shares.iter().collect();
            sharing::combine_unproved("2-of-2".parse().unwrap(), &shares).unwrap()
        }
    }

    #[test]
    fn the_same_secret_is_another_identity_in_rehearsal() {
        let dealing = sharing::deal("2-of-2".parse().unwrap(), &mut Entropy::new(&mut System))
            .ok()
            .unwrap();
        let [production, rehearsal] = [Mode::Production, Mode::Rehearsal].map(|mode| {
            SetIdentity::derive(SetSecretCopy::of(&dealing), mode, IdentityKind::X25519)
                .ok()
                .unwrap()
        });
        assert_ne!(production.recipient(), rehearsal.recipient());
        assert_ne!(production.successor_key(), rehearsal.successor_key());
    }

    #[test]
    fn what_is_locked_to_two_sets_opens_to_each_and_to_no_third() {
        let [one, two, three] = [(); 3].map(|()| identity(Mode::Production));
        let plain = SecretBytes::new(b"one password".to_vec());
        let locked = lock(&plain, &[one.recipient(), two.recipient()]).ok().unwrap();
        for identity in [one, two] {
            assert!(
                identity
                    .open(&locked)
                    .is_ok_and(|opened| opened.expose(|bytes| bytes == b"one password"))
            );
        }
        assert!(
            three
                .open(&locked)
                .is_err_and(|refusal| refusal.rule() == Rule::RecordUnfit)
        );
    }

    #[test]
    fn a_record_that_was_altered_anywhere_does_not_open() {
        let dealing = sharing::deal("2-of-2".parse().unwrap(), &mut Entropy::new(&mut System))
            .ok()
            .unwrap();
        let derive = || {
            SetIdentity::derive(SetSecretCopy::of(&dealing), Mode::Production, IdentityKind::X25519)
                .ok()
                .unwrap()
        };
        let locked = lock(&SecretBytes::new(vec![7; 100]), &[derive().recipient()])
            .ok()
            .unwrap();
        for at in 0..locked.len() {
            let mut altered = locked.clone();
            altered[at] ^= 1;
            assert!(derive().open(&altered).is_err(), "byte {at}");
        }
        for length in 0..locked.len() {
            assert!(derive().open(&locked[..length]).is_err(), "cut to {length}");
        }
    }

    #[test]
    fn a_file_that_is_too_long_or_has_too_many_stanzas_is_not_read() {
        let long = vec![b'x'; RECORD_MAX + 1];
        assert!(
            identity(Mode::Production)
                .open(&long)
                .is_err_and(|r| r.sentence().contains("bytes"))
        );
        let stanzas = [
            b"age-encryption.org/v1\n".to_vec(),
            b"-> X25519 a\nb\n".repeat(STANZAS_MAX + 1),
        ]
        .concat();
        assert!(
            identity(Mode::Production)
                .open(&stanzas)
                .is_err_and(|r| r.sentence().contains("stanzas"))
        );
    }

    #[test]
    fn a_passphrase_stanza_never_asks_for_work() {
        let header = b"age-encryption.org/v1\n-> scrypt bBjlhJVYZeE4aqUdmtRHfw 62\nZV/AhotwSGqaPCU43cepl4WYUouAa17a3xpu4G2yi5k\n--- fgMiVLJHMlg9fW7CVG/hPS5EAU4Zeg19LyCP7SoH5nA\n";
        let started = std::time::Instant::now();
        assert!(identity(Mode::Production).open(header).is_err());
        assert!(started.elapsed().as_secs() < 2);
    }

    #[test]
    fn a_recipient_has_one_spelling() {
        let recipient = identity(Mode::Production).recipient();
        assert_eq!(recipient.as_str().parse(), Ok(recipient.clone()));
        assert!(recipient.as_str().to_uppercase().parse::<Recipient>().is_err());
        assert!("age1".parse::<Recipient>().is_err());
    }
}
