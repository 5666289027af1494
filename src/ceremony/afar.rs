//! A quorum on three continents: a session invites, and on another laptop one share is proved and locked to that session.
//!
//! invitation   = `SI1/` or `ZI1/` ‖ base32 (RFC 4648, without padding) of gzip (RFC 1952) of its JSON
//! contribution = `SC1/` or `ZC1/` ‖ base32 of an age file, locked to the recipient of the invitation
//!
//! Rules of this file:
//! - an invitation says for what it asks, and carries the cores of the sets; its 8 words are of all of it, and are compared by
//!   voice: they alone tell a contributor that the recipient is that of the session and not of somebody between;
//! - a core vouches for a share because the share carries its fingerprint, computed anew here; nothing else of the invitation is
//!   believed;
//! - a contribution is one open share that was proved; it opens in its session and says whose invitation it answers;
//! - what comes back is judged again as if it had been typed.

use super::known::forged;
use super::locks;
use super::ports::Passphrases;
use crate::code::reading::read_text;
use crate::code::share_code::PaperShare;
use crate::code::words::{self, Fingerprint, WordsTag};
use crate::crypto::identity::{self, Recipient};
use crate::crypto::session::Session;
use crate::ident::{AccountId, DeviceName, Mode, PersonId, TaskId, VaultId};
use crate::plan::{Factor, FreeText};
use crate::refusal::{Refusal, Rule};
use crate::secret::{SecretBytes, SecretText};
use crate::vault::event::Note;
use crate::vault::ledger::Hash;
use crate::vault::share_set::StoredCore;
use data_encoding::BASE32_NOPAD;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::io::{Read as _, Write as _};

/// The largest invitation, as JSON, in bytes: sixteen sets of 255 commitments would not be asked for by voice.
const INVITE_MAX: u64 = 256 * 1024;
/// A contribution is padded to a multiple of this many bytes: its length tells nothing.
const BUCKET: usize = 512;
const INVITE: &str = "strongroom/invite/1";
const CONTRIBUTION: &str = "strongroom/contribution/1";

/// For what a session asks.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Asking {
    /// Whose record.
    pub account: AccountId,
    /// The name of that account.
    pub account_name: String,
    /// Which factor.
    pub factor: Factor,
    /// The device, for an MFA seed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceName>,
    /// For which task.
    pub task: TaskId,
    /// Why.
    pub reason: Note,
    /// Who is present at the session.
    pub present: Vec<PersonId>,
    /// Who approved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<PersonId>,
    /// When the session began.
    pub made: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Written {
    schema: String,
    vault: VaultId,
    recipient: String,
    asking: Asking,
    sets: Vec<String>,
}

/// An invitation.
pub struct Invite {
    /// The vault.
    pub vault: VaultId,
    /// For what it asks.
    pub asking: Asking,
    /// What a share is locked to.
    pub recipient: Recipient,
    /// The sets of which a share helps.
    pub sets: Vec<StoredCore>,
    json: String,
}

impl Invite {
    /// The invitation of a session.
    pub fn new(vault: VaultId, session: &Session, asking: Asking, sets: Vec<StoredCore>) -> Result<Self, Refusal> {
        let recipient = session.recipient();
        let written = Written {
            schema: INVITE.to_string(),
            vault,
            recipient: recipient.to_string(),
            asking: asking.clone(),
            sets: sets.iter().map(|set| set.core.render(&set.fingerprint)).collect(),
        };
        // By way of a value: its keys are sorted.
        let json = serde_json::to_value(&written).map(|value| value.to_string());
        let json = json.map_err(|fault| Refusal::new(Rule::Internal, format!("an invitation has no text: {fault}")))?;
        Ok(Self {
            vault,
            asking,
            recipient,
            sets,
            json,
        })
    }

    /// The text that travels.
    pub fn code(&self) -> Result<String, Refusal> {
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        let packed = packed.write_all(self.json.as_bytes()).and_then(|()| packed.finish());
        let packed =
            packed.map_err(|fault| Refusal::new(Rule::Internal, format!("an invitation cannot be packed: {fault}")))?;
        Ok(format!(
            "{}I1/{}",
            letter(self.vault.mode()),
            BASE32_NOPAD.encode(&packed)
        ))
    }

    /// Reads what travelled. The words of every set in it are computed anew.
    pub fn read(text: &str) -> Result<Self, Refusal> {
        let malformed = |found: &str| {
            Refusal::new(Rule::InputMalformed, format!("this is no invitation: {found}"))
                .hint("an invitation is what `strongroom recover … --invite FILE` wrote, or a picture of its code")
        };
        let (mode, packed) = unwrapped(text, 'I').ok_or_else(|| malformed("it does not begin with SI1/ or ZI1/"))?;
        let mut json = String::new();
        let read = GzDecoder::new(packed.as_slice())
            .take(INVITE_MAX + 1)
            .read_to_string(&mut json);
        if read.is_err() || json.len() as u64 > INVITE_MAX {
            return Err(malformed("it is damaged, cut short, or too long"));
        }
        let written: Written = serde_json::from_str(&json).map_err(|_| malformed("it has another form"))?;
        if written.schema != INVITE || written.vault.mode() != mode {
            return Err(malformed(
                "it is of a version or a world that its beginning does not say",
            ));
        }
        let sets = written.sets.iter().map(|text| read_set(text, written.vault));
        let sets = sets.collect::<Result<Vec<_>, _>>()?;
        let name: Result<FreeText, _> = written.asking.account_name.parse();
        if name.is_err() || sets.is_empty() {
            return Err(malformed(
                "it names no set, or an account by a name that cannot be shown",
            ));
        }
        let recipient = written
            .recipient
            .parse()
            .map_err(|_| malformed("its recipient is none of age"))?;
        Ok(Self {
            vault: written.vault,
            asking: written.asking,
            recipient,
            sets,
            json,
        })
    }

    /// What machines know it by.
    pub fn hash(&self) -> Hash {
        Hash::of(self.json.as_bytes())
    }

    /// The 8 words that are compared by voice.
    pub fn words(&self) -> Fingerprint {
        words::words_of(WordsTag::Invite, &self.hash().0)
    }
}

fn read_set(text: &str, vault: VaultId) -> Result<StoredCore, Refusal> {
    let set = StoredCore::parse("a set of the invitation", text.as_bytes())?;
    if set.core.vault != vault || set.core.fingerprint() != set.fingerprint {
        return Err(Refusal::new(
            Rule::SetUnfit,
            format!(
                "the words of {} in this invitation are not those of its core",
                set.core.set_epoch()
            ),
        )
        .hint("do not contribute; ring those who sent it, by a number of your own card"));
    }
    Ok(set)
}

/// A share on its way.
pub struct Contribution {
    /// The text that travels.
    pub code: String,
    /// `share 2 of root-password, epoch 1`.
    pub name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenShare {
    schema: String,
    invite: Hash,
    share: SecretText,
    exceptions: Vec<Note>,
}

/// What arrived: the share, and what was overridden on the laptop that it was read on.
pub struct Received {
    /// The share, proved there; it is proved here again.
    pub paper: PaperShare,
    /// Refusals for safety that were overridden there, each with its reason.
    pub exceptions: Vec<Note>,
}

impl Invite {
    /// The name of a share that could help, or why it cannot.
    pub fn judge(&self, paper: &PaperShare) -> Result<(&StoredCore, String), Refusal> {
        let head = &paper.head;
        if head.mode != self.vault.mode() {
            return Err(Refusal::new(
                Rule::ShareOfOtherWorld,
                format!(
                    "this share is of {}, the invitation of {}",
                    head.mode,
                    self.vault.mode()
                ),
            )
            .hint("put it back into its envelope"));
        }
        let wanted = || {
            let names: Vec<String> = self.sets.iter().map(|set| set.core.set_epoch().to_string()).collect();
            names.join(" or ")
        };
        let set = self
            .sets
            .iter()
            .find(|set| set.fingerprint == head.fingerprint)
            .ok_or_else(|| {
                Refusal::new(
                    Rule::ShareNotOfThisSet,
                    format!(
                        "this share does not help: the invitation asks for a share of {}",
                        wanted()
                    ),
                )
                .hint("put it back into its envelope; compare the 8 words on its sheet with those of the set")
            })?;
        let core = &set.core;
        let name = format!("share {} of {}", head.index, core.set_epoch());
        let fits = head.index.get() <= core.threshold.total()
            && head.needed == core.threshold.needed()
            && head.identity_kind == core.identity_kind;
        if fits { Ok((set, name)) } else { Err(forged(&name)) }
    }

    /// Proves a share, and locks it to the session.
    pub fn answer(
        &self,
        paper: PaperShare,
        passphrases: &mut dyn Passphrases,
        exceptions: &[Note],
    ) -> Result<Contribution, Refusal> {
        let (set, name) = self.judge(&paper)?;
        let open = locks::opened(paper, &name, passphrases)?.map_err(|(_, tried)| locks::not_opened(&name, tried))?;
        let text = open.lines().qr_text();
        let share = open
            .into_share()
            .map_err(|_| Refusal::new(Rule::Internal, "an opened share is locked"))?;
        if share.blinder().is_none() {
            return Err(Refusal::new(
                Rule::ShareIncomplete,
                format!("{name} cannot be proved without its last line"),
            )
            .hint("enter all of its lines, or scan a code"));
        }
        if set.core.commitments.prove(share).is_err() {
            return Err(forged(&name));
        }
        let exceptions = serde_json::to_string(exceptions).unwrap_or_else(|_| "[]".to_string());
        let plain = self.plain(&text, &exceptions);
        let locked = identity::lock(&plain, std::slice::from_ref(&self.recipient))?;
        Ok(Contribution {
            code: format!("{}C1/{}", letter(self.vault.mode()), BASE32_NOPAD.encode(&locked)),
            name,
        })
    }

    fn plain(&self, share: &SecretText, exceptions: &str) -> SecretBytes {
        let head = format!(
            "{{\"exceptions\":{exceptions},\"invite\":\"{}\",\"schema\":\"{CONTRIBUTION}\",\"share\":\"",
            self.hash()
        );
        let length = (head.len() + share.len() + 2).next_multiple_of(BUCKET);
        let mut plain = Vec::with_capacity(length);
        plain.extend_from_slice(head.as_bytes());
        share.expose(|share| plain.extend_from_slice(share.as_bytes()));
        plain.extend_from_slice(b"\"}");
        plain.resize(length, b' ');
        SecretBytes::new(plain)
    }

    /// Opens a contribution in its session.
    pub fn receive(&self, session: &Session, text: &str) -> Result<Received, Refusal> {
        let malformed = || {
            Refusal::new(Rule::InputMalformed, "this is no contribution")
                .hint("a contribution is what `strongroom contribute --out FILE` wrote, or a picture of its code")
        };
        let (mode, locked) = unwrapped(text, 'C').ok_or_else(malformed)?;
        if mode != self.vault.mode() {
            return Err(Refusal::new(
                Rule::ShareOfOtherWorld,
                format!("this contribution is of {mode}, this vault of {}", self.vault.mode()),
            ));
        }
        let plain = session.open(&locked)?;
        let written: WrittenShare = plain
            .expose(|bytes| serde_json::from_slice(bytes))
            .map_err(|_| malformed())?;
        if written.schema != CONTRIBUTION || written.invite != self.hash() {
            return Err(Refusal::new(
                Rule::ContributionForeign,
                "this contribution answers another invitation than that of this session",
            ));
        }
        let mut shares = written.share.expose(|text| read_text(text, mode));
        match (shares.pop(), shares.is_empty()) {
            (Some(Ok(paper)), true) => Ok(Received {
                paper,
                exceptions: written.exceptions,
            }),
            _ => Err(malformed()),
        }
    }
}

/// Whether a text begins as one that travels: an invitation or a contribution.
pub fn is_contribution(text: &str) -> bool {
    unwrapped_kind(text.trim()) == Some('C')
}

/// Whether a text begins as an invitation.
pub fn is_invite(text: &str) -> bool {
    unwrapped_kind(text.trim()) == Some('I')
}

fn unwrapped_kind(text: &str) -> Option<char> {
    let mut letters = text.chars();
    let (world, kind) = (letters.next()?, letters.next()?);
    ("SZ".contains(world) && letters.as_str().starts_with("1/")).then_some(kind)
}

/// The world and the bytes of a text that travels. Chats break lines and add blanks: white space is no symbol of it, and base45,
/// which every code could carry more tightly, has one that is.
fn unwrapped(text: &str, kind: char) -> Option<(Mode, Vec<u8>)> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let mode = match text.chars().next()? {
        'S' => Mode::Production,
        'Z' => Mode::Rehearsal,
        _ => return None,
    };
    let body = text.get(1..)?.strip_prefix(kind)?.strip_prefix("1/")?;
    Some((mode, BASE32_NOPAD.decode(body.as_bytes()).ok()?))
}

fn letter(mode: Mode) -> char {
    match mode {
        Mode::Production => 'S',
        Mode::Rehearsal => 'Z',
    }
}

#[cfg(test)]
mod tests;
