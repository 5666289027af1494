//! Access notices: a recovery is told beforehand, by a phrase, to those whom its alert will wake.
//!
//! Rules of this file:
//! - a notice has two phrases on two sheets: the *call* lies with the kit, the *answer* with those who are woken. Neither sheet has
//!   the other's phrase, only its first word; the ledger has digests;
//! - a call announces once; what it announced holds in its window and for its account, and is then over;
//! - checking changes nothing: whoever is woken may check as often as they like.

use crate::crypto::notice::NoticeWords;
use crate::entropy::Entropy;
use crate::ident::{AccountId, PersonId};
use crate::refusal::{Refusal, Rule};
use crate::vault::event::{Boot, Event, NightEvent, Note, NoticeNote};
use crate::vault::ledger::Hash;
use crate::vault::register::{Announced, Notice};
use crate::vault::{Change, Vault};
use jiff::{SignedDuration, Timestamp};

/// The most notices that are printed at a time, and the longest window in minutes.
pub const NOTICES_MAX: u32 = 50;
/// A day.
pub const WINDOW_MAX: u32 = 24 * 60;

/// A notice that was made: both phrases, until they are on paper.
pub struct Made {
    /// Its number.
    pub number: u32,
    /// What those who recover say.
    pub call: NoticeWords,
    /// What those who are woken answer.
    pub answer: NoticeWords,
}

/// What an announcement says.
pub struct Announcement {
    /// To which account a sign-in is expected.
    pub account: AccountId,
    /// Why.
    pub reason: Note,
    /// Who announces it.
    pub by: Vec<PersonId>,
    /// For how many minutes.
    pub minutes: u32,
}

/// What a phrase says of a sign-in, where it is a good one.
pub struct Expected<'v> {
    /// The notice.
    pub number: u32,
    /// Whether it was the answer, so that the one who asks is the one who recovers.
    pub is_answer: bool,
    /// What was announced by it.
    pub announced: &'v Announced,
}

/// Makes `count` notices, and enters their digests before a sheet exists.
pub fn make(
    change: &mut Change<'_>,
    count: u32,
    entropy: &mut Entropy<'_>,
    boot: Boot,
    now: Timestamp,
) -> Result<Vec<Made>, Refusal> {
    let vault = change.vault().id();
    let first = change.vault().register().night().next_number();
    let mut made = Vec::new();
    let mut notices = Vec::new();
    for number in first..first.saturating_add(count) {
        let (call, answer) = (NoticeWords::generate(entropy)?, NoticeWords::generate(entropy)?);
        notices.push(NoticeNote {
            number,
            call: Hash(call.digest(vault)?),
            answer: Hash(answer.digest(vault)?),
        });
        made.push(Made { number, call, answer });
    }
    change.commit(&[], vec![Event::Night(NightEvent::Notices { notices, boot })], now)?;
    Ok(made)
}

/// The notice whose call was typed, if its phrase is still good for an announcement.
fn unspent<'v>(vault: &'v Vault<'_>, words: &NoticeWords) -> Result<&'v Notice, Refusal> {
    let digest = Hash(words.digest(vault.id())?);
    let notice = vault
        .register()
        .night()
        .find(digest)
        .filter(|notice| notice.note.call == digest);
    let notice = notice.ok_or_else(|| unknown("announces nothing"))?;
    match notice.announced.first() {
        None => Ok(notice),
        Some(before) => Err(Refusal::new(
            Rule::NoticeOver,
            format!(
                "notice {} was used on {}: a phrase works once",
                notice.note.number,
                day(before.from)
            ),
        )
        .hint("take the next one of the kit, and strike this one out")),
    }
}

/// Announces a recovery: from now on, for a while, a sign-in to its account is expected. The number of the notice comes back.
pub fn announce(
    change: &mut Change<'_>,
    words: &NoticeWords,
    announcement: Announcement,
    now: Timestamp,
) -> Result<u32, Refusal> {
    let notice = unspent(change.vault(), words)?;
    let number = notice.note.number;
    let until = now
        .checked_add(SignedDuration::from_mins(i64::from(announcement.minutes)))
        .map_err(|_| Refusal::new(Rule::Usage, "the window ends after the end of time"))?;
    let event = NightEvent::Announced {
        call: notice.note.call,
        from: now,
        until,
        account: announcement.account,
        reason: announcement.reason,
        by: announcement.by,
    };
    change.commit(&[], vec![Event::Night(event)], now)?;
    Ok(number)
}

/// Whether a sign-in to this account was announced and is expected now: by which notice, until when.
pub fn announced(vault: &Vault<'_>, account: &AccountId, now: Timestamp) -> Option<(u32, Timestamp)> {
    let notices = vault.register().night().notices().iter();
    let mut all = notices.flat_map(|notice| notice.announced.iter().map(move |one| (notice.note.number, one)));
    all.find(|(_, one)| one.account == *account && one.from <= now && now < one.until)
        .map(|(number, one)| (number, one.until))
}

/// Judges a phrase: what it announces now, or why the sign-in is to be treated as an attack.
pub fn check<'v>(
    vault: &'v Vault<'_>,
    words: &NoticeWords,
    account: Option<&AccountId>,
    now: Timestamp,
) -> Result<Expected<'v>, Refusal> {
    let digest = Hash(words.digest(vault.id())?);
    let notice = vault
        .register()
        .night()
        .find(digest)
        .ok_or_else(|| unknown("treat the sign-in as an attack"))?;
    let number = notice.note.number;
    let is_answer = notice.note.answer == digest;
    let Some(last) = notice.announced.last() else {
        return Err(Refusal::new(
            Rule::NoticeOver,
            format!("notice {number} has this phrase, but nothing was announced by it in this copy of the vault"),
        )
        .hint("ring back by a number of your own sheet; once they have told account and reason: strongroom notice new \"<phrase>\" --account ACCOUNT --reason \"<reason>\"")
        .hint("until then treat the sign-in as an attack"));
    };
    let current = notice.announced.iter().find(|one| one.from <= now && now < one.until);
    let Some(current) = current else {
        return Err(Refusal::new(
            Rule::NoticeOver,
            format!(
                "notice {number} was for {} to {} UTC, and it is {}: treat the sign-in as an attack",
                day(last.from),
                last.until.strftime("%H:%M"),
                day(now)
            ),
        )
        .hint(ESCALATE));
    };
    match account {
        Some(account) if *account != current.account => Err(Refusal::new(
            Rule::NoticeOver,
            format!(
                "notice {number} announced a sign-in to {}, not to {account}: treat this one as an attack",
                current.account
            ),
        )
        .hint(ESCALATE)),
        _ => Ok(Expected {
            number,
            is_answer,
            announced: current,
        }),
    }
}

const ESCALATE: &str =
    "ring security on call, by the number on your own sheet; lock the account's sessions before you ask why";

fn unknown(so: &str) -> Refusal {
    Refusal::new(
        Rule::NoticeUnknown,
        format!("no notice of this vault has this phrase: {so}"),
    )
    .hint(ESCALATE)
}

fn day(at: Timestamp) -> impl std::fmt::Display {
    at.strftime("%Y-%m-%d %H:%M")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ident::Mode;
    use crate::vault::tests::{Scratch, now};

    #[test]
    fn a_notice_announces_in_its_window_and_neither_before_nor_after() {
        let scratch = Scratch::new("window", Mode::Rehearsal);
        let store = scratch.store();
        let mut change = Change::begin(&store, None).unwrap();
        let words = NoticeWords::read("abandon ability able about above").ok().unwrap();
        let call = Hash(words.digest(change.vault().id()).unwrap());
        let account: AccountId = "111111111111".parse().unwrap();
        let (from, until) = (now(), now() + SignedDuration::from_mins(30));
        let printed = NightEvent::Notices {
            notices: vec![NoticeNote {
                number: 1,
                call,
                answer: Hash([7; 32]),
            }],
            boot: "b007".parse().unwrap(),
        };
        let announcement = NightEvent::Announced {
            call,
            from,
            until,
            account: account.clone(),
            reason: "locked out".parse().unwrap(),
            by: Vec::new(),
        };
        let events = [printed, announcement].map(Event::Night).to_vec();
        change.commit(&[], events, from).unwrap();
        let vault = change.vault();
        let second = SignedDuration::from_secs(1);
        for (at, holds) in [
            (from - second, false),
            (from, true),
            (until - second, true),
            (until, false),
        ] {
            assert_eq!(announced(vault, &account, at).is_some(), holds, "{at}");
        }
        // A stretching each.
        for (at, holds) in [(from - second, false), (until - second, true), (until, false)] {
            let refused = check(vault, &words, None, at).err().map(|refusal| refusal.rule());
            assert_eq!(refused, (!holds).then_some(Rule::NoticeOver), "{at}");
        }
    }
}
