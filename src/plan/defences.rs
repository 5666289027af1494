//! What a process takes from itself before a secret is in it, by name.
//!
//! Rules of this file:
//! - the names stand in plans and ledgers: one is never changed, and none is used again for another thing.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// One defence of a process that holds secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Defence {
    /// No core file, whatever ends it.
    NoCore,
    /// Other processes of the same user neither trace it nor read its memory.
    NotDumpable,
    /// No program that it could start has more rights than it has.
    NoNewPrivileges,
    /// It lives in a network of its own, with nothing in it.
    NetworkNamespace,
    /// It reaches the files that its command needs, and no others.
    Landlock,
    /// It makes the system calls that it needs, and no others: no socket, no program, no tracing.
    Seccomp,
    /// Its secrets are never swapped out.
    LockedMemory,
}

/// Not a defence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a defence is no-core, not-dumpable, no-new-privileges, network-namespace, landlock, seccomp or locked-memory")]
pub struct DefenceError;

impl Defence {
    /// All of them, in the order in which they are taken up.
    pub const ALL: [Self; 7] = [
        Self::NoCore,
        Self::NotDumpable,
        Self::NoNewPrivileges,
        Self::NetworkNamespace,
        Self::Landlock,
        Self::Seccomp,
        Self::LockedMemory,
    ];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoCore => "no-core",
            Self::NotDumpable => "not-dumpable",
            Self::NoNewPrivileges => "no-new-privileges",
            Self::NetworkNamespace => "network-namespace",
            Self::Landlock => "landlock",
            Self::Seccomp => "seccomp",
            Self::LockedMemory => "locked-memory",
        }
    }
}

impl fmt::Display for Defence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Defence {
    type Err = DefenceError;

    fn from_str(text: &str) -> Result<Self, DefenceError> {
        Self::ALL
            .into_iter()
            .find(|defence| defence.as_str() == text)
            .ok_or(DefenceError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_defence_has_one_name_in_plans_and_ledgers() {
        for defence in Defence::ALL {
            assert_eq!(defence.as_str().parse(), Ok(defence));
            assert_eq!(serde_json::to_value(defence).unwrap(), defence.as_str());
        }
        assert_eq!("Landlock".parse::<Defence>(), Err(DefenceError));
    }
}
