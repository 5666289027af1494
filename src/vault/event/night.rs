//! What happens around a recovery: notices, invitations, what was exposed.

use super::{Boot, Note, SetEpoch};
use crate::ident::{AccountId, DeviceName, PersonId, Serial, ShareIndex};
use crate::plan::Factor;
use crate::vault::ledger::Hash;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One line about a recovery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    content = "body",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case",
    deny_unknown_fields
)]
pub enum NightEvent {
    /// Phrases for access notices are about to be printed.
    Notices {
        /// One for each notice.
        notices: Vec<NoticeNote>,
        /// The start of the machine.
        boot: Boot,
    },
    /// A recovery was announced by the phrase of a notice, which is spent by it.
    Announced {
        /// The digest of the phrase.
        call: Hash,
        /// From when on a sign-in is expected.
        from: Timestamp,
        /// Until when.
        until: Timestamp,
        /// To which account.
        account: AccountId,
        /// Why.
        reason: Note,
        /// Who announced it.
        by: Vec<PersonId>,
    },
    /// Custodians elsewhere were invited to contribute to one session.
    Invited {
        /// The SHA-256 of the invitation.
        invite: Hash,
        /// For whose record.
        account: AccountId,
        /// Which factor.
        factor: Factor,
        /// The device, for an MFA seed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        device: Option<DeviceName>,
        /// The start of the machine.
        boot: Boot,
    },
    /// What a recovery is about to expose, and how its record is shown.
    Exposed {
        /// Whose.
        account: AccountId,
        /// Which factor.
        factor: Factor,
        /// The device, for an MFA seed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        device: Option<DeviceName>,
        /// How: `code`, `qr`, `text`, `halves`.
        shown: Note,
        /// Every envelope whose share this sitting read, used or not.
        envelopes: Vec<ReadEnvelope>,
        /// The start of the machine.
        boot: Boot,
    },
}

/// One notice: what the ledger knows of its two phrases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeNote {
    /// Its number on both sheets, from 1.
    pub number: u32,
    /// The digest of what is said by those who recover.
    pub call: Hash,
    /// The digest of what is answered by those whom the alert wakes.
    pub answer: Hash,
}

/// An envelope whose share was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadEnvelope {
    /// Of which epoch.
    pub of: SetEpoch,
    /// Which share.
    pub index: ShareIndex,
    /// The envelope that the register names for it.
    pub serial: Serial,
    /// Whether it was read on another laptop, and came locked to the session.
    pub afar: bool,
    /// Whether it was a share that was dealt, as far as it was judged.
    pub sound: bool,
}

impl NightEvent {
    /// Every kind of this family.
    pub const KINDS: [&'static str; 4] = ["notices", "announced", "invited", "exposed"];
}
