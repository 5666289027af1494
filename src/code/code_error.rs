//! Why a text is not a share.
//!
//! Rules of this file:
//! - a sentence names the line, the group, the count: what a human looks for on the paper; it never quotes a symbol;
//! - it is lower case, without a full stop, without the name of its rule;
//! - whatever says "newer" holds only for a line whose checksum holds: a stain is never taken for the future.

use super::share_lines::{GroupName, Line};
use crate::ident::{Mode, ShareIndex};
use crate::refusal::{Refusal, Rule};

/// Why a text is not a share. Carries places and counts, nothing of the share.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// More text than any number of sheets gives.
    #[error("a text with shares has at most 1 MiB")]
    TooLarge,
    /// The share is whole, or would be, under the other prefix.
    #[error("{}", match found {
        Mode::Rehearsal => "this share is of a rehearsal, and this vault is not",
        Mode::Production => "this share is of production, and this vault is a rehearsal",
    })]
    OtherWorld {
        /// The world that the share is of.
        found: Mode,
    },
    /// A whole line of a later version of the code.
    #[error("this share is written in version {version} of the code, and this program reads version 0")]
    NewerVersion {
        /// The version that it says.
        version: u8,
    },
    /// A whole line that is none of A, B and C, or a line C without a lock.
    #[error("line kind {kind} is not one that this program knows")]
    UnknownKind {
        /// The five bits of it.
        kind: u8,
    },
    /// A whole line under a lock profile that does not exist yet.
    #[error("lock profile {profile} is not one that this program knows")]
    UnknownLock {
        /// The number of it.
        profile: u8,
    },
    /// A whole line A of an identity kind that does not exist yet.
    #[error("identity kind {kind} is not one that this program knows")]
    UnknownIdentity {
        /// The number of it.
        kind: u8,
    },
    /// A whole line with a bit set that means nothing.
    #[error("line {line} carries a bit that is not in use")]
    ReservedBit {
        /// The line.
        line: Line,
    },
    /// A whole line that claims the index of the secret itself.
    #[error("line {line} says index 0, which no share has")]
    IndexZero {
        /// The line.
        line: Line,
    },
    /// A whole line A that claims what no threshold allows.
    #[error("line A says that {needed} would be enough, which no share set allows")]
    Needed {
        /// How many shares it says are needed.
        needed: u8,
    },
    /// A share of which a line is missing that it cannot do without.
    #[error("share {index} came without its line {missing}")]
    Incomplete {
        /// The share.
        index: ShareIndex,
        /// The missing line.
        missing: Line,
    },
    /// Lines of different shares.
    #[error("line {line} is of another share than line A of share {index}")]
    LinesDiffer {
        /// The share of line A.
        index: ShareIndex,
        /// The line that is not of it.
        line: Line,
    },
    /// One line more than the share has.
    #[error("line {line} of share {index} is there twice")]
    LineTwice {
        /// The share.
        index: ShareIndex,
        /// The line.
        line: Line,
    },
    /// Wrong or unreadable symbols that were located. An offer comes with it; a human compares it with the paper.
    #[error("{} not fit", places(groups))]
    Damaged {
        /// The groups in which they stand.
        groups: Vec<GroupName>,
    },
    /// Too few or too many symbols. Where the place was located, an offer comes with it.
    #[error("line {line} has {found} symbols where {} belong{}", line.symbols(), group.map_or(String::new(), |at| format!("; look at group {at}")))]
    Length {
        /// The line that it seems to be.
        line: Line,
        /// How many symbols were found.
        found: usize,
        /// Where symbols are missing or too many.
        group: Option<GroupName>,
    },
    /// More wrong symbols than can be located.
    #[error("line {line} is beyond correction: more than four symbols are wrong")]
    BeyondCorrection {
        /// The line that it seems to be.
        line: Line,
    },
}

impl CodeError {
    /// The rule that was broken.
    pub fn rule(&self) -> Rule {
        match self {
            Self::TooLarge => Rule::InputTooLarge,
            Self::OtherWorld { .. } => Rule::ShareOfOtherWorld,
            Self::NewerVersion { .. }
            | Self::UnknownKind { .. }
            | Self::UnknownLock { .. }
            | Self::UnknownIdentity { .. }
            | Self::ReservedBit { .. } => Rule::ShareOfNewerVersion,
            Self::Incomplete { .. } => Rule::ShareIncomplete,
            Self::LinesDiffer { .. } | Self::LineTwice { .. } => Rule::ShareLinesDiffer,
            Self::IndexZero { .. }
            | Self::Needed { .. }
            | Self::Damaged { .. }
            | Self::Length { .. }
            | Self::BeyondCorrection { .. } => Rule::ShareUnreadable,
        }
    }
}

impl From<CodeError> for Refusal {
    fn from(error: CodeError) -> Self {
        Self::new(error.rule(), error.to_string())
    }
}

fn places(groups: &[GroupName]) -> String {
    let names: Vec<String> = groups.iter().map(GroupName::to_string).collect();
    match names.as_slice() {
        [] => "the line does".to_string(),
        [one] => format!("group {one} does"),
        [first @ .., last] => format!("groups {} and {last} do", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_of_each() -> Vec<CodeError> {
        let (line, index) = (Line::B, ShareIndex::FIRST);
        let group = GroupName::at(Line::A, 27);
        vec![
            CodeError::TooLarge,
            CodeError::OtherWorld { found: Mode::Rehearsal },
            CodeError::OtherWorld {
                found: Mode::Production,
            },
            CodeError::NewerVersion { version: 3 },
            CodeError::UnknownKind { kind: 24 },
            CodeError::UnknownLock { profile: 2 },
            CodeError::UnknownIdentity { kind: 1 },
            CodeError::ReservedBit { line },
            CodeError::IndexZero { line },
            CodeError::Needed { needed: 1 },
            CodeError::Incomplete { index, missing: line },
            CodeError::LinesDiffer { index, line },
            CodeError::LineTwice { index, line },
            CodeError::Damaged { groups: vec![group] },
            CodeError::Damaged {
                groups: vec![group, group, group],
            },
            CodeError::Length {
                line,
                found: 71,
                group: None,
            },
            CodeError::Length {
                line,
                found: 71,
                group: Some(group),
            },
            CodeError::BeyondCorrection { line },
        ]
    }

    #[test]
    fn every_sentence_is_in_our_voice() {
        for error in one_of_each() {
            let sentence = error.to_string();
            assert!(sentence.starts_with(|c: char| c.is_lowercase()), "{sentence}");
            assert!(
                !sentence.ends_with('.') && !sentence.contains(error.rule().name()),
                "{sentence}"
            );
        }
    }

    #[test]
    fn a_located_fault_is_named_by_its_groups() {
        let sentences: Vec<String> = one_of_each()[13..17].iter().map(CodeError::to_string).collect();
        assert_eq!(
            sentences,
            [
                "group A7 does not fit",
                "groups A7, A7 and A7 do not fit",
                "line B has 71 symbols where 72 belong",
                "line B has 71 symbols where 72 belong; look at group A7",
            ]
        );
    }
}
