//! The two sheets of access notices. The only paper whose values are words that nobody may guess: they are no secret of the vault,
//! and open nothing, but whoever has one sheet must not be able to write the other.

use super::Office;
use super::card::callers;
use super::wordings::Paper;
use crate::crypto::notice::NoticeWords;
use crate::paper::flow::Dress;
use crate::paper::flow::values::{Said, Values};
use crate::refusal::Refusal;
use crate::secret::SecretBytes;

/// One notice: its number, what is said, what is answered.
pub struct NoticeRow<'a> {
    /// Its number on both sheets.
    pub number: u32,
    /// What those who recover say.
    pub call: &'a NoticeWords,
    /// What those who are woken answer.
    pub answer: &'a NoticeWords,
}

/// The sheet that is sealed with the kit, then that of those who are woken.
pub fn notices(office: &Office<'_>, rows: &[NoticeRow<'_>]) -> Result<[SecretBytes; 2], Refusal> {
    let kit = rows.iter().map(|row| {
        Values::new()
            .with("number", &row.number)
            .with("call", &all(row.call))
            .with("begins", &row.answer.words()[0])
    });
    let alert = rows.iter().map(|row| {
        Values::new()
            .with("number", &row.number)
            .with("answer", &all(row.answer))
            .with("begins", &row.call.words()[0])
    });
    let values = || {
        let number = |row: Option<&NoticeRow<'_>>| row.map_or(0, |row| row.number);
        office
            .values()
            .with("first", &number(rows.first()))
            .with("last", &number(rows.last()))
    };
    let kit = values().list("notice", kit.collect());
    let alert = values().list("notice", alert.collect()).list("caller", callers(office));
    Ok([
        office.render(Paper::NoticeKit, Dress::PLAIN, &kit)?,
        office.render(Paper::NoticeAlert, Dress::PLAIN, &alert)?,
    ])
}

fn all(words: &NoticeWords) -> Said {
    Said::joined(words.words().into_iter().map(|word| Said::of(&[&word])), " ")
}
