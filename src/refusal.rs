//! How the program says no: a rule by its name, what was found, what to do next.
//!
//! Rules of this file:
//! - every refusal names one [`Rule`]; the same name stands in the message, in the ledger, in `SECURITY.md` and in the test;
//! - the rule decides the exit status: 1 the answer is no, 2 the request is wrong, 3 unsafe, 4 the machine failed;
//! - a sentence is lower case, without a full stop, and never carries a secret: it is built from names, counts and places.

use crate::seen::visible;
use std::fmt;

/// The exit status of a refusal. 0 is not among them, and nothing a user feeds the program ends otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// The work ran and the answer is no.
    No = 1,
    /// The request is wrong: usage, a malformed plan or input.
    Request = 2,
    /// Refused for safety.
    Safety = 3,
    /// The machine failed: input and output, memory, entropy.
    Machine = 4,
}

macro_rules! rules {
    ($($variant:ident $name:literal $status:ident $meaning:literal;)*) => {
        /// Every reason for which the program says no.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Rule {
            $(#[doc = $meaning] $variant,)*
        }

        impl Rule {
            /// All of them, in the order of this file.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stable name, as it stands in messages, the ledger and the documents.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The exit status of a refusal under this rule.
            pub fn status(self) -> Status {
                match self { $(Self::$variant => Status::$status,)* }
            }

            /// What the rule asks, in one sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }
        }
    };
}

rules! {
    // the request
    Usage                   "usage"                     Request "a command takes what its help says";
    PlanSyntax              "plan-syntax"               Request "a plan is TOML";
    PlanKey                 "plan-key"                  Request "a plan has no keys but the known ones, each once, and all that are required";
    PlanValue               "plan-value"                Request "every value of a plan has its type and range";
    PlanReference           "plan-reference"            Request "what a plan names, it defines";
    PlanDuplicate           "plan-duplicate"            Request "an id is used once";
    PlanTooLarge            "plan-too-large"            Request "a plan has at most 16 MiB";
    PlanTooTangled          "plan-too-tangled"          Request "the groups of a plan can be computed exactly";
    NameUnfit               "name-unfit"                Request "every name of a plan can be drawn and fits its sheet";
    FontUnfit               "font-unfit"                Request "a font that the plan names is a whole TrueType font, in a plain file below the plan";
    PlanNotYet              "plan-not-yet"              Request "a plan asks only for what this version does";
    Organizations           "organizations"             Request "an account list is the whole answer of `aws organizations list-accounts`";
    InputMalformed          "input-malformed"           Request "an input has the form that its command asks for";
    InputTooLarge           "input-too-large"           Request "an input is no larger than its kind can need";
    ScanUnreadable          "scan-unreadable"           Request "a scan is a PNG, a JPEG or a PDF";
    VaultMissing            "vault-missing"             Request "a command works on a folder that holds strongroom.toml and a ledger";
    VaultExists             "vault-exists"              Request "`init` writes into a folder that does not exist or is empty";
    OutputExists            "output-exists"             Request "a file is created new, never overwritten";
    UnknownAccount          "unknown-account"           Request "an account is one of the plan's";
    UnknownSet              "unknown-set"               Request "a share set is one of the plan's";
    UnknownPerson           "unknown-person"            Request "a person is one of the plan's";
    UnknownLoss             "unknown-loss"              Request "what is supposed lost is a person, safe, building, region, copy or passphrase of the plan";
    UnknownSafe             "unknown-safe"              Request "a safe is one of the plan's";
    UnknownDevice           "unknown-device"            Request "a device is one of the account's";
    UnknownSerial           "unknown-serial"            Request "a serial is that of an envelope in force";
    UnknownSite             "unknown-site"              Request "a site is one that has a ledger chain in this vault";
    PlanUnrecorded          "plan-unrecorded"           Request "two copies are brought together where the ledger names the plan of both";
    VaultForeign            "vault-foreign"             Request "an exchange is between copies of one vault";
    UnknownTask             "unknown-task"              Request "S45: recovery is for a task of the catalogue";
    ReasonMissing           "reason-missing"            Request "unattended work in production, and a new password, state their reason";
    UnknownLine             "unknown-line"              Request "a drill, review or finding is one of this vault's that is open";
    UnknownCopy             "unknown-copy"              Request "a copy of the vault is one of the plan's";
    UnknownRunbook          "unknown-runbook"           Request "a runbook is one of those that come with the program";
    DebriefIncomplete       "debrief-incomplete"        Request "S39: a drill ends with what went wrong, what is changed, by whom, until when";
    StageSkipped            "stage-skipped"             Request "an envelope goes from stage to stage, and skips none";
    ReissuePending          "reissue-pending"           Request "while a reissue waits for its pages, nothing else is locked to its set";
    NothingToRelock         "nothing-to-relock"         Request "records are locked again where a set is to open them that does not";
    OnePurpose              "one-purpose"               Request "S22: one process handles share sets of one purpose";
    SittingOpen             "sitting-open"              Request "a site holds one ceremony at a time";
    UnknownException        "unknown-exception"         Request "an exception that is closed was opened";
    SetAlreadyDealt         "set-already-dealt"         Request "a share set is dealt once; a new epoch is a reissue";
    AlreadyEnrolled         "already-enrolled"          Request "S4: a factor that is enrolled is replaced only for a stated reason";
    NothingToEnroll         "nothing-to-enroll"         Request "an account has the factor that is to be enrolled";
    SeedMalformed           "seed-malformed"            Request "an MFA seed is an otpauth URI, base32, or a QR image of one";
    // the answer is no
    Findings                "findings"                  No      "a plan is used without findings that nobody accepted";
    TooFewShares            "too-few-shares"            No      "a record opens to a quorum of its share set";
    ShareUnreadable         "share-unreadable"          No      "a share is read whole, or corrected and confirmed";
    ShareForged             "share-forged"              No      "a share satisfies the commitments of its set";
    ShareIncomplete         "share-incomplete"          No      "a share comes with its first line";
    ShareOfUnknownSet       "share-of-unknown-set"      No      "a share is of a set of this vault";
    ShareNotOfThisSet       "share-not-of-this-set"     No      "a share is of a set that opens the record asked for";
    ShareOfOtherPurpose     "share-of-other-purpose"    No      "S22: a share of one factor never helps to open the other";
    ShareOfVoidEpoch        "share-of-void-epoch"       No      "a share is of the epoch in force";
    ShareOfOtherWorld       "share-of-other-world"      No      "a rehearsal share opens nothing in production, nor the reverse";
    ShareOfNewerVersion     "share-of-newer-version"    No      "a share is of a version that this program knows";
    ShareLocked             "share-locked"              No      "a share under a passphrase is opened by its custodian first";
    PassphraseWrong         "passphrase-wrong"          No      "a share opens to the passphrase that its custodian locked it with";
    SheetNotPrinted         "sheet-not-printed"         No      "a locked sheet is one that the ledger knows";
    ShareDuplicate          "share-duplicate"           No      "a share counts once";
    ShareConflicting        "share-conflicting"         No      "two entries under one index say the same";
    ShareLinesDiffer        "share-lines-differ"        No      "the lines of one share belong together";
    QuorumRefused           "quorum-refused"            No      "a quorum gives the identity whose recipient the vault names";
    SetNotLive              "set-not-live"              No      "records are locked to sets whose every page was proved";
    SuccessorUnsigned       "successor-unsigned"        No      "an epoch that succeeds another is signed by that one's quorum";
    SetUnfit                "set-unfit"                 No      "the core of a share set is whole and has one encoding";
    DealingUnfit            "dealing-unfit"             Machine "a dealing passes every check before a page is printed";
    PageUnfit               "page-unfit"                Machine "a page counts when it was read back from its own image";
    RecordMissing           "record-missing"            No      "a record that is asked for was enrolled";
    RecordReplaced          "record-replaced"           No      "a record is the one that the ledger names";
    RecordUnfit             "record-unfit"              No      "an opened record says that it is the one asked for";
    LedgerBroken            "ledger-broken"             No      "a ledger chain is whole from its first line";
    LedgerForked            "ledger-forked"             No      "of two copies of one chain, one is the beginning of the other";
    AnchorUnknown           "anchor-unknown"            No      "the words of an anchor are those of a closing entry of this vault";
    ClockWrong              "clock-wrong"               No      "the laptop's clock is within a minute of a watch";
    SealUsed                "seal-used"                 No      "the number of a seal is used once";
    GivenUp                 "given-up"                  No      "what a person was asked for is answered";
    NothingScanned          "nothing-scanned"           No      "a scan shows at least one share";
    CopyIncomplete          "copy-incomplete"           No      "a vault is restored from all pages of one copy, or from enough of them to rebuild the rest";
    CopyMixed               "copy-mixed"                No      "a vault is restored from pages of one copy";
    CopyDamaged             "copy-damaged"              No      "a copy restores to what was printed, byte by byte";
    NoticeUnknown           "notice-unknown"            No      "S44: a recovery is announced by a phrase of this vault's notices";
    NoticeOver              "notice-over"               No      "S44: the phrase of a notice works once, in its window, for what it announced";
    ContributionForeign     "contribution-foreign"      No      "a contribution opens in the session that it was made for, and is useless in any other";
    RehearsalFailed         "rehearsal-failed"          No      "a rehearsal does what the program promises";
    // unsafe
    NetworkReachable        "network-reachable"         Safety  "no network is reachable where secrets are";
    SwapOn                  "swap-on"                   Safety  "no secret can reach a disk by way of swap";
    RolesNotSeparated       "roles-not-separated"       Safety  "S22: a person has one role, an operator no share, and operators of passwords none of mfa";
    ExceptionOpen           "exception-open"            Safety  "nothing is closed while an exception is open";
    VaultWithoutModes       "vault-without-modes"       Safety  "a vault lies where a file can be its owner's alone";
    VaultOfOthers           "vault-of-others"           Safety  "a vault is changed by its owner, and by nobody else";
    OutputOnDisk            "output-on-disk"            Safety  "secret pages go to memory-backed storage";
    SpoolKeeps              "spool-keeps"               Safety  "a print system takes secret pages where its spool is in memory and keeps no jobs";
    PrinterUntested         "printer-untested"          Safety  "a printer has passed its test before a secret page goes to it";
    AnchorMissing           "anchor-missing"            Safety  "in production the words of the last signed closing sheet come first";
    NotYetOnPaper           "not-yet-on-paper"          Safety  "in production unattended work uses only what the anchor vouches for";
    TooFewPeople            "too-few-people"            Safety  "S8: in production two people are present and a third approved";
    WitnessMissing          "witness-missing"           Safety  "a deposit, an opening and a destruction are seen by two, and a review is signed by two";
    CarrierQuorum           "carrier-quorum"            Safety  "one carrier never has a quorum of a set on the way";
    CustodianAbsent         "custodian-absent"          Safety  "a share goes under a passphrase only where its custodian is there to learn it";
    BothFactors             "both-factors"              Safety  "S22: two factors of one account are never gathered in one boot";
    QuorumInOneBoot         "quorum-in-one-boot"        Safety  "a drill never has a quorum of a live set pass through one boot";
    OneShareAProcess        "one-share-a-process"       Safety  "of a live set one process proves one share";
    DefenceMissing          "defence-missing"           Safety  "in production a process with secrets has the defences that the plan demands";
    RoleSuffices            "role-suffices"             Safety  "S42: the root user is not used where an ordinary role suffices";
    Unannounced             "unannounced"               Safety  "S44: a recovery is announced to those whom its alert wakes";
    NotATerminal            "not-a-terminal"            Safety  "a secret is shown on a terminal, or where it was asked to go";
    // the machine
    EntropyFailed           "entropy-failed"            Machine "the system gives randomness";
    EntropyStuck            "entropy-stuck"             Machine "the system's randomness does not repeat itself";
    PrinterFailed           "printer-failed"            Machine "the print system takes what it is given";
    InputOutput             "input-output"              Machine "files can be read and written";
    VaultBusy               "vault-busy"                Machine "one process at a time changes a vault";
    NotAPlainFile           "not-a-plain-file"          Request "what stands in a file's place is a file, not a link, device or pipe";
    Internal                "internal"                  Machine "the program does not contradict itself";
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// One refusal: the rule, what was found, and what to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    rule: Rule,
    sentence: String,
    hints: Vec<String>,
}

impl Refusal {
    /// A refusal under `rule`. The sentence says what was found and what is allowed: lower case, no full stop, no secret. What it
    /// quotes of a path or a name stays on its line, and gives no orders.
    pub fn new(rule: Rule, sentence: impl Into<String>) -> Self {
        Self {
            rule,
            sentence: visible(&sentence.into(), false),
            hints: Vec::new(),
        }
    }

    /// Adds a next step; where there is a corrected command, the hint is that command, whole.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(visible(&hint.into(), false));
        self
    }

    /// Whether nobody answers any more: what was asked was given up, a signal came, or the terminal is gone. Whoever goes on after a
    /// refusal of one thing ends at such a one.
    pub fn ends_asking(&self) -> bool {
        matches!(self.rule, Rule::GivenUp | Rule::NotATerminal)
    }

    /// The rule that was broken.
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// What was found, and what is allowed.
    pub fn sentence(&self) -> &str {
        &self.sentence
    }

    /// What to do next.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }

    /// The exit status.
    pub fn status(&self) -> Status {
        self.rule.status()
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.sentence, self.rule)
    }
}

impl std::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_name_of_its_own_in_one_spelling() {
        let names: std::collections::BTreeSet<_> = Rule::ALL.iter().map(|rule| rule.name()).collect();
        assert_eq!(names.len(), Rule::ALL.len());
        for name in names {
            assert!(
                name.bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
                "{name}"
            );
        }
    }

    #[test]
    fn every_meaning_is_a_sentence_in_our_voice() {
        for rule in Rule::ALL {
            let meaning = rule.meaning();
            assert!(!meaning.ends_with('.'), "{rule}");
            assert!(
                meaning.starts_with(|c: char| !c.is_uppercase()) || meaning.starts_with('S'),
                "{rule}"
            );
        }
    }

    #[test]
    fn a_refusal_reads_as_what_was_found_and_its_rule() {
        let refusal = Refusal::new(Rule::UnknownSet, "there is no share set named rot-password")
            .hint("strongroom ceremony root-password");
        assert_eq!(
            refusal.to_string(),
            "there is no share set named rot-password (unknown-set)"
        );
        assert_eq!(refusal.status(), Status::Request);
    }
}
