//! `notice`: a recovery announced to those whom its alert wakes, and what they make of it.

use super::SystemClock;
use crate::ceremony::notice::{self, Announcement};
use crate::ceremony::ports::Clock as _;
use crate::crypto::notice::NoticeWords;
use crate::refusal::Refusal;
use crate::shell::args::{Notice, NoticeCommand, Place};
use crate::shell::report::{Answer, print};
use crate::vault::event::Note;
use crate::vault::store::Store;
use crate::vault::{Change, Vault};

/// Announces, or checks.
pub fn run(place: &Place, it: &Notice) -> Result<Answer, Refusal> {
    let store = Store::open(&place.vault)?;
    match &it.command {
        NoticeCommand::New {
            phrase,
            account,
            reason,
            by,
            window,
        } => {
            let mut change = Change::begin(&store, place.site.as_ref())?;
            let words = NoticeWords::read(phrase)?;
            let plan = change.vault().plan();
            let account = plan.find_account(account)?.id.clone();
            let by = by
                .iter()
                .map(|id| plan.find_person(id.as_str()).map(|person| person.id.clone()));
            let announcement = Announcement {
                by: by.collect::<Result<_, _>>()?,
                account: account.clone(),
                reason: reason.clone(),
                minutes: *window,
            };
            let number = notice::announce(&mut change, &words, announcement, SystemClock.now())?;
            print(&format!("notice {number} announces {account} for {window} minutes\n"));
            Ok(Answer::Done)
        }
        NoticeCommand::Check { phrase, account } => {
            let vault = Vault::load(&store)?;
            let words = NoticeWords::read(phrase)?;
            let named = account
                .as_deref()
                .map(|text| vault.plan().find_account(text))
                .transpose()?;
            let named = named.map(|account| &account.id);
            print(&checked(&vault, &words, named)?);
            Ok(Answer::Done)
        }
    }
}

fn checked(
    vault: &Vault<'_>,
    words: &NoticeWords,
    account: Option<&crate::ident::AccountId>,
) -> Result<String, Refusal> {
    let expected = notice::check(vault, words, account, SystemClock.now())?;
    let announced = expected.announced;
    let name = vault
        .plan()
        .account(&announced.account)
        .map(|account| account.name.to_string());
    let by: Vec<String> = announced.by.iter().map(ToString::to_string).collect();
    let next = if expected.is_answer {
        "these are the words that answer: you speak with those who are woken"
    } else {
        "answer with the words of this notice on your sheet; a sign-in to any other account is none of this"
    };
    let reason: Note = announced
        .reason
        .parse()
        .map_err(|fault: &'static str| Refusal::new(crate::refusal::Rule::LedgerBroken, fault))?;
    Ok(format!(
        "expected: notice {}, until {} UTC\n  account   {} ({})\n  reason    {}\n  by        {}\n{next}\n",
        expected.number,
        announced.until.strftime("%Y-%m-%d %H:%M"),
        name.unwrap_or_default(),
        announced.account,
        reason.as_str(),
        if by.is_empty() {
            "nobody named".to_string()
        } else {
            by.join(", ")
        },
    ))
}
