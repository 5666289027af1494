//! How much a plan may hold. Every bound of this floor stands here, and nowhere else.
//!
//! Rules of this file:
//! - a bound is far above what an organisation needs and far below what a machine can bear;
//! - text is measured in bytes before it is parsed, free text in characters after.

/// The text of a plan, and of an account list, in bytes.
pub const TEXT_BYTES: usize = 16 << 20;

/// Marks of a plan: bytes that are no part of a word, a run of blanks counted once. Each may cost the TOML reader 120 bytes; a
/// plan of 10,000 accounts has some 600,000.
pub const MARKS: usize = 1_600_000;

/// Accounts of a plan, and of an account list: the provider's own limit for one organisation.
pub const ACCOUNTS: usize = 10_000;

/// People of a plan.
pub const PEOPLE: usize = 10_000;

/// Safes of a plan.
pub const SAFES: usize = 1_000;

/// Share sets of a plan.
pub const SHARE_SETS: usize = 1_000;

/// Copies of the vault that a plan names.
pub const COPIES: usize = 1_000;

/// Acceptances: two for every account.
pub const ACCEPTANCES: usize = 20_000;

/// Font files of a plan.
pub const FONTS: usize = 8;

/// Shares of one set: an index is one byte, and 0 is the secret.
pub const SHARES: usize = 255;

/// Controllers of one safe; people behind one mailbox or one phone; share sets of one device.
pub const NAMES_IN_A_LIST: usize = 100;

/// MFA devices of one account: the provider's own limit for a root user.
pub const DEVICES: usize = 8;

/// Tags of one account: the provider's own limit.
pub const TAGS: usize = 50;

/// Free text, in characters: one line of paper.
pub const FREE_TEXT_CHARACTERS: usize = 80;

/// The place of an account in its organisation, and a tag, in characters.
pub const LONG_TEXT_CHARACTERS: usize = 512;

/// Combining marks in a row.
pub const COMBINING_MARKS: usize = crate::seen::MARKS_MAX;

/// Days between two drills or two reviews: ten years.
pub const DAYS: u16 = 3_660;

/// Losses at once that a policy can ask an arrangement to survive.
pub const LOSSES: u8 = 3;
