//! The access notice of a recovery: whoever its alert wakes was told beforehand.
//!
//! Rules of this file:
//! - in production a vault that has notices left announces every account before a share is read, or says in the ledger why not;
//! - what is announced already, and still holds, is not announced again: password and code are recovered on two laptops;
//! - a rehearsal announces what it is given, and asks for nothing.

use super::asking::{excused, needed};
use crate::ceremony::notice::{self, Announcement};
use crate::ceremony::ports::Clock as _;
use crate::ceremony::recover::Request;
use crate::crypto::notice::NoticeWords;
use crate::ident::Mode;
use crate::refusal::{Refusal, Rule};
use crate::shell::args::Recover;
use crate::shell::commands::SystemClock;
use crate::shell::guard::Exceptions;
use crate::shell::report::say;
use crate::shell::terminal::Terminal;
use crate::vault::{Change, Vault};

/// What is to be announced once the work begins.
pub(super) type Announcements = Vec<(NoticeWords, Announcement)>;

/// Asks for the words of the next notice where one is due.
pub(super) fn judge(
    it: &Recover,
    vault: &Vault<'_>,
    requests: &[Request],
    exceptions: &mut Exceptions,
    mut terminal: Option<&mut Terminal>,
) -> Result<Announcements, Refusal> {
    let mut announcements = Vec::new();
    for request in requests {
        let account = &request.name.account;
        if let Some((number, until)) = notice::announced(vault, account, SystemClock.now()) {
            say(&format!(
                "announced: notice {number}, until {} UTC",
                until.strftime("%H:%M")
            ));
            continue;
        }
        if let Some(words) = words(it, vault, exceptions, announcements.len(), &mut terminal)? {
            let announcement = Announcement {
                account: account.clone(),
                reason: request.reason.clone(),
                by: request.present.clone(),
                minutes: it.window,
            };
            announcements.push((words, announcement));
        }
    }
    Ok(announcements)
}

fn words(
    it: &Recover,
    vault: &Vault<'_>,
    exceptions: &mut Exceptions,
    used: usize,
    terminal: &mut Option<&mut Terminal>,
) -> Result<Option<NoticeWords>, Refusal> {
    // A phrase announces one account; the next account of the sitting takes the next notice.
    if let (Some(given), 0) = (&it.notice, used) {
        return NoticeWords::read(given).map(Some);
    }
    let unspent = vault.register().night().notices().iter();
    let mut unspent: Vec<u32> = unspent
        .filter(|notice| notice.announced.is_empty())
        .map(|notice| notice.note.number)
        .collect();
    unspent.sort_unstable();
    let Some(next) = unspent.get(used) else { return Ok(None) };
    if vault.mode() == Mode::Rehearsal {
        return Ok(None);
    }
    let refusal = Refusal::new(
        Rule::Unannounced,
        format!("notice {next} is not spent, and nobody was told of this recovery: its alert will look like an attack"),
    )
    .hint("open the notices of the kit, and give the words of the next one: --notice \"WORD WORD WORD WORD WORD\"")
    .hint("to go on all the same, and have it in the ledger: --allow-unannounced \"<reason>\"");
    if it.allow_unannounced.is_some() {
        exceptions.allow(Err(refusal), it.allow_unannounced.as_ref())?;
        return Ok(None);
    }
    let Some(person) = terminal else { return Err(refusal) };
    let question = format!("the five words of notice {next}, from the kit (or: none)");
    let words = needed(
        None,
        &question,
        "--notice WORDS",
        &mut Some(&mut **person),
        |text| match text {
            "none" => Ok(None),
            words => NoticeWords::read(words).map(Some),
        },
    )?;
    if words.is_none() {
        let reason = excused(person, &refusal, "why is nobody told")?;
        exceptions.allow(Err(refusal), reason.as_ref())?;
    }
    Ok(words)
}

/// Announces, and says what those who recover have to say now.
pub(super) fn announce(
    change: &mut Change<'_>,
    announcements: Announcements,
    mut terminal: Option<&mut Terminal>,
) -> Result<(), Refusal> {
    for (words, announcement) in announcements {
        let account = announcement.account.clone();
        let number = notice::announce(change, &words, announcement, SystemClock.now())?;
        let (_, until) = notice::announced(change.vault(), &account, SystemClock.now())
            .ok_or_else(|| Refusal::new(Rule::Internal, "what was announced is not"))?;
        let told = format!(
            "announced: notice {number} for {account}, until {} UTC. ring those whom the alert wakes, say its number and five words, and wait for their five",
            until.strftime("%H:%M")
        );
        match &mut terminal {
            Some(terminal) => terminal.say(&told)?,
            None => say(&told),
        }
    }
    Ok(())
}
