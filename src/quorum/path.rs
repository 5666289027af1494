//! Ways and paths, by their names: what a reader of a finding, a table or a statement is told.
//!
//! Rules of this file:
//! - every combination that signs in is a path with one name; the same name stands on screen, in JSON and on paper;
//! - a path is of one of three kinds, and a step around the quorum takes it out of the first.

use crate::ident::{AccountId, Epoch, SafeId, SetName};
use serde::{Serialize, Serializer};
use std::fmt;

/// A way to one factor of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way<'p> {
    /// A quorum of a share set.
    Set(&'p SetName),
    /// A quorum of an epoch that is out of force, with an old copy of the vault.
    Former(&'p SetName, Epoch),
    /// The safe in which a hardware device lies.
    Token(&'p SafeId),
    /// The provider's reset of the password: one reader of the mailbox.
    Mailbox,
    /// The provider's reset of the MFA: one reader of the mailbox, and one who has the phone.
    MailboxAndPhone,
}

/// A path into an account: every combination that signs in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Path<'p> {
    /// The password alone: the account asks for no code.
    Password(Way<'p>),
    /// Password and MFA.
    Both(Way<'p>, Way<'p>),
    /// Centralised root access, and one reader of the mailbox: no MFA is asked.
    RootAccess,
    /// The management account, opened by a path of its own: whoever opens it opens every member.
    Management(&'p AccountId, Box<Path<'p>>),
}

/// The three kinds of path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Everything by shares and tokens.
    Quorum,
    /// Shares or tokens for some of it, a step around the quorum for the rest.
    Mixed,
    /// The provider's own ways alone.
    Provider,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Quorum, Self::Mixed, Self::Provider];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Quorum => "quorum",
            Self::Mixed => "mixed",
            Self::Provider => "provider",
        }
    }
}

impl Way<'_> {
    /// Whether it goes around the quorum.
    pub fn is_around(self) -> bool {
        matches!(self, Self::Mailbox | Self::MailboxAndPhone)
    }
}

impl Path<'_> {
    /// Its kind. A member's path through the management account goes around the member's own quorum.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Password(way) if way.is_around() => Kind::Provider,
            Self::Password(_) => Kind::Quorum,
            Self::Both(password, mfa) => match (password.is_around(), mfa.is_around()) {
                (false, false) => Kind::Quorum,
                (true, true) => Kind::Provider,
                _ => Kind::Mixed,
            },
            Self::RootAccess => Kind::Provider,
            Self::Management(_, by) => by.kind().max(Kind::Mixed),
        }
    }
}

impl fmt::Display for Way<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Set(name) => write!(f, "{name}"),
            Self::Former(name, epoch) => write!(f, "{name} epoch {epoch} with an old copy of the vault"),
            Self::Token(safe) => write!(f, "the token in {safe}"),
            Self::Mailbox => f.write_str("mailbox"),
            Self::MailboxAndPhone => f.write_str("mailbox and phone"),
        }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Password(way) => write!(f, "{way}, and no code is asked"),
            Self::Both(Way::Mailbox, Way::MailboxAndPhone) => f.write_str("mailbox and phone"),
            Self::Both(password, mfa) => write!(f, "{password} and {mfa}"),
            Self::RootAccess => f.write_str("centralised root access and mailbox"),
            Self::Management(account, by) => write!(f, "management account {account} by {by}"),
        }
    }
}

impl Serialize for Path<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
