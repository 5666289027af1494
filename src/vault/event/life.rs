//! What keeps an arrangement alive: envelopes on their way, safes visited, drills, reviews, devices, replacements.
//!
//! Rules of this file:
//! - `day` is the day on which it happened, at the place where it did; the line's own time is when it was written down;
//! - who did something is named by the ids of the plan; a carrier may be somebody whom the plan does not know.

use super::{Boot, LockedRecordNote, Note, SeenShare, SetEpoch};
use crate::hex;
use crate::ident::{AccountId, CopyId, DeviceName, Generation, PersonId, SafeId, Serial, SetName, SiteName};
use crate::plan::Factor;
use crate::vault::ledger::Hash;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// One line about an arrangement's life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    content = "body",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case",
    deny_unknown_fields
)]
pub enum LifeEvent {
    /// An envelope went a step of its life.
    Moved {
        /// Its serial.
        serial: Serial,
        /// Which step.
        step: EnvelopeStep,
        /// On which day.
        day: Date,
        /// Who did it, or saw it.
        by: Vec<PersonId>,
    },
    /// People were at a safe.
    Visited {
        /// Which.
        safe: SafeId,
        /// When.
        at: Timestamp,
        /// Who.
        by: Vec<PersonId>,
        /// Why.
        reason: Note,
        /// Envelopes whose seal was seen whole.
        intact: Vec<Serial>,
        /// Envelopes whose seal was seen broken.
        broken: Vec<Serial>,
        /// What was taken out.
        taken: Vec<Serial>,
        /// What was put in.
        put: Vec<Serial>,
        /// Whether everything in the safe was looked at, so that what is not named was not there.
        whole: bool,
    },
    /// The lock of a safe was serviced.
    LockServiced {
        /// Which safe.
        safe: SafeId,
        /// On which day.
        day: Date,
        /// Who was there.
        by: Vec<PersonId>,
    },
    /// A copy of the vault was looked at.
    CopyConfirmed {
        /// Which.
        copy: CopyId,
        /// The closing entry up to which it goes.
        head: Hash,
        /// On which day.
        day: Date,
        /// Who looked.
        by: Vec<PersonId>,
    },
    /// A hardware MFA device serves an account from this day on.
    Device {
        /// Which account.
        account: AccountId,
        /// Its name in the plan.
        device: DeviceName,
        /// Its make.
        model: Note,
        /// The number on it.
        number: Note,
        /// Where it lies.
        safe: SafeId,
        /// Since when.
        installed: Date,
        /// When its battery ends, where it has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        battery: Option<Date>,
        /// How many days a replacement takes to come.
        lead: u16,
        /// When it is to be tried next.
        next: Date,
    },
    /// A hardware MFA device was tried.
    DeviceChecked {
        /// Which account.
        account: AccountId,
        /// Its name in the plan.
        device: DeviceName,
        /// Whether it works.
        works: bool,
        /// On which day.
        day: Date,
        /// When it is to be tried next.
        next: Date,
        /// Who tried it.
        by: Vec<PersonId>,
    },
    /// A hardware MFA device no longer serves an account.
    DeviceRetired {
        /// Which account.
        account: AccountId,
        /// Its name in the plan.
        device: DeviceName,
        /// On which day.
        day: Date,
        /// Why.
        reason: Note,
    },
    /// What a provider's support promised, with a ticket, until it is stale.
    Guidance {
        /// The ticket.
        ticket: Note,
        /// What it is about.
        about: Note,
        /// The last day on which it is to be relied on.
        until: Date,
    },
    /// A drill began.
    Drill {
        /// On which day.
        day: Date,
        /// Who leads it.
        led_by: PersonId,
        /// Whose shares are to be proved in it.
        sets: Vec<SetName>,
    },
    /// A drill tried what an account's ways in and around are worth. What was not tried is missing.
    Tried {
        /// The drill, by its line.
        drill: LineId,
        /// Which account.
        account: AccountId,
        /// Whether the provider let them in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signed_in: Option<bool>,
        /// Whether its phone rang, and who has it took the call.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        phone: Option<bool>,
        /// Whether a message to its mailbox was read.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mailbox: Option<bool>,
        /// Whether its contact record was found right.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contact: Option<bool>,
        /// What was remarkable.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        remark: Option<Note>,
        /// On which day.
        day: Date,
        /// Who tried it.
        by: Vec<PersonId>,
    },
    /// A quorum opened a record at a drill; of a password nothing was shown, of a device at most one code.
    Practised {
        /// The drill, by its line.
        drill: LineId,
        /// Whose record.
        account: AccountId,
        /// Which factor.
        factor: Factor,
        /// The device, for an MFA seed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        device: Option<DeviceName>,
        /// Which generation.
        generation: Generation,
        /// The epoch that was gathered.
        of: SetEpoch,
        /// The shares that were used.
        shares: Vec<SeenShare>,
        /// How many records this quorum could have opened, this one included.
        reachable: u64,
        /// Who was there.
        present: Vec<PersonId>,
        /// The start of the machine.
        boot: Boot,
    },
    /// A drill ended, and was talked over.
    Debriefed {
        /// The drill, by its line.
        drill: LineId,
        /// Who practised.
        practised: Vec<PersonId>,
        /// What went wrong.
        wrong: Note,
        /// On which day.
        day: Date,
        /// Who signed.
        by: Vec<PersonId>,
    },
    /// A drill went through a runbook.
    Rehearsed {
        /// The drill, by its line.
        drill: LineId,
        /// The runbook, by its name.
        runbook: Note,
        /// On which day.
        day: Date,
    },
    /// A review of who has access began.
    Review {
        /// On which day.
        day: Date,
        /// Who leads it.
        led_by: PersonId,
    },
    /// A review ended, signed by two.
    Reviewed {
        /// The review, by its line.
        review: LineId,
        /// How many answers were: keep.
        kept: u64,
        /// The others.
        others: Vec<ReviewAnswer>,
        /// On which day.
        day: Date,
        /// Who signed.
        by: Vec<PersonId>,
    },
    /// Something that is to be changed, or explained.
    Finding {
        /// What it came of: `drill home-12`, `review home-20`, `visit fra-1`.
        of: Note,
        /// What was found.
        found: Note,
        /// What is to be changed.
        change: Note,
        /// Who sees to it.
        owner: PersonId,
        /// Until when.
        until: Date,
    },
    /// A finding, or what a visit left unexplained, is settled.
    Settled {
        /// The line of the finding or of the visit.
        finding: LineId,
        /// How.
        how: Note,
        /// On which day.
        day: Date,
        /// Who settled it.
        by: Vec<PersonId>,
    },
    /// An epoch was dealt in the place of another, by whose quorum it is signed.
    Reissued {
        /// The new epoch.
        of: SetEpoch,
        /// The epoch that it succeeds.
        succeeds: SetEpoch,
        /// Why.
        cause: Cause,
        /// By the successor key of the old epoch, over both cores.
        signature: Signature,
        /// The shares that were used.
        shares: Vec<SeenShare>,
        /// How many records this quorum could have opened.
        reachable: u64,
        /// The start of the machine.
        boot: Boot,
    },
    /// Records were locked again, to other epochs, with the same secret in each.
    Relocked {
        /// Which factor.
        factor: Factor,
        /// One for each account and device.
        records: Vec<LockedRecordNote>,
        /// They are not in force before this epoch is live.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        awaits: Option<SetEpoch>,
        /// The epoch that was gathered.
        by: SetEpoch,
        /// The start of the machine.
        boot: Boot,
    },
}

impl LifeEvent {
    /// Every kind of this family.
    pub const KINDS: [&'static str; 19] = [
        "moved",
        "visited",
        "lock-serviced",
        "copy-confirmed",
        "device",
        "device-checked",
        "device-retired",
        "guidance",
        "drill",
        "tried",
        "practised",
        "debriefed",
        "rehearsed",
        "review",
        "reviewed",
        "finding",
        "settled",
        "reissued",
        "relocked",
    ];
}

/// A step in the life of an envelope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "to",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case",
    deny_unknown_fields
)]
pub enum EnvelopeStep {
    /// Its page came out of a printer.
    Printed {},
    /// Its page is of no use, and was destroyed before it was sealed.
    Spoilt {
        /// Why.
        reason: Note,
    },
    /// It was given to somebody who carries it.
    InTransit {
        /// Who.
        carrier: Note,
        /// To which safe; to its custodian, where none is named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        safe: Option<SafeId>,
        /// The day by which it is to be there.
        due: Date,
    },
    /// It came to where it is to lie, its seal whole.
    Deposited {
        /// In which safe; with its custodian, where none is named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        safe: Option<SafeId>,
    },
    /// Its seal was broken, by people who may.
    Opened {
        /// Why.
        reason: Note,
    },
    /// Nobody knows where it is.
    Lost {
        /// What is known.
        reason: Note,
    },
    /// It was destroyed before witnesses.
    Destroyed {},
}

/// A line of the ledger: its site and its number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineId {
    /// The site that wrote it.
    pub site: SiteName,
    /// Its number in the chain of that site.
    pub line: u64,
}

impl std::fmt::Display for LineId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&format!("{}-{}", self.site, self.line))
    }
}

impl std::str::FromStr for LineId {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRITTEN: &str = "a drill, review or finding is named by its line, like home-17";
        let (site, line) = text.rsplit_once('-').ok_or(WRITTEN)?;
        let id = Self {
            site: site.parse().map_err(|_| WRITTEN)?,
            line: line.parse().map_err(|_| WRITTEN)?,
        };
        // The standard library's numbers forgive a leading plus and leading zeros.
        if id.to_string() == text { Ok(id) } else { Err(WRITTEN) }
    }
}

/// What a review says of one access, where it is not: keep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewAnswer {
    /// Which access: `share root-password 1 ana`, `safe fra-1 jonas`, `mailbox 111122223333 dana`.
    pub access: Note,
    /// What is to become of it.
    pub answer: Verdict,
}

/// What is to become of an access.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Nobody has it any more.
    Remove,
    /// Somebody else has it.
    Change,
}

impl Verdict {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Remove => "remove",
            Self::Change => "change",
        }
    }
}

/// Why an epoch is succeeded by another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Somebody may have gathered shares who must not.
    Compromise,
    /// A custodian left.
    Leaver,
    /// A share is lost.
    Lost,
    /// A share was seen.
    Exposed,
    /// Another threshold.
    Threshold,
    /// Other custodians.
    CustodianChange,
}

impl Cause {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Compromise,
        Self::Leaver,
        Self::Lost,
        Self::Exposed,
        Self::Threshold,
        Self::CustodianChange,
    ];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Compromise => "compromise",
            Self::Leaver => "leaver",
            Self::Lost => "lost",
            Self::Exposed => "exposed",
            Self::Threshold => "threshold",
            Self::CustodianChange => "custodian-change",
        }
    }
}

impl std::str::FromStr for Cause {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|cause| cause.as_str() == text);
        known.ok_or_else(|| {
            let words: Vec<&str> = Self::ALL.into_iter().map(Self::as_str).collect();
            format!("a set is reissued for one of these causes: {}", words.join(", "))
        })
    }
}

/// A signature of Ed25519 (RFC 8032), in files as 128 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Signature(pub [u8; 64]);

impl std::fmt::Debug for Signature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl From<Signature> for String {
    fn from(signature: Signature) -> Self {
        hex::encode(&signature.0)
    }
}

impl TryFrom<String> for Signature {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        hex::decode(&text)
            .map(Self)
            .ok_or("a signature is 128 lower-case hexadecimal digits")
    }
}
