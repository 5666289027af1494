//! What a rehearsal is played with: the plan in other sizes, a forged share, the words of a command.

use crate::code::reading::read_text;
use crate::code::share_code::{PaperShare, ShareBody};
use crate::ident::Mode;
use crate::paper::scan;
use crate::plan::starter;
use crate::refusal::{Refusal, Rule};
use crate::secret::{Secret, SecretBytes, SecretText};
use std::path::PathBuf;

/// The example organisation, with as many accounts as asked for: members are left out, or repeated under new numbers.
pub(super) fn plan_text(accounts: Option<u32>) -> Result<String, Refusal> {
    const ACCOUNT: &str = "[[account]]";
    let example = starter::example();
    let Some(wanted) = accounts else {
        return Ok(example.to_string());
    };
    let unfit = || failed("the example organisation can be resized");
    let (head, rest) = example.split_once(ACCOUNT).ok_or_else(unfit)?;
    let (accounts, tail) = rest.split_once("[provider.aws]").ok_or_else(unfit)?;
    let mut blocks: Vec<String> = accounts.split(ACCOUNT).map(str::to_string).collect();
    blocks.truncate(wanted as usize);
    let member = blocks.get(1).cloned().ok_or_else(unfit)?;
    for number in blocks.len()..wanted as usize {
        let id = format!("{:012}", 200_000_000_000_u64 + number as u64);
        let lines = member
            .lines()
            .map(|line| match line.split_once(" = ").map(|(key, _)| key) {
                Some("id") => format!("id = \"{id}\""),
                Some("name") => format!("name = \"member-{number}\""),
                Some("email") => format!("email = \"aws-root+member-{number}@example.com\""),
                _ => line.to_string(),
            });
        blocks.push(lines.collect::<Vec<_>>().join("\n") + "\n\n");
    }
    Ok(format!("{head}{ACCOUNT}{}[provider.aws]{tail}", blocks.join(ACCOUNT)))
}

/// The share on one image of one sheet.
pub(super) fn share_on(image: &SecretBytes) -> Result<PaperShare, Refusal> {
    let pages = image.expose(scan::codes)?;
    let code = pages
        .into_iter()
        .flat_map(|page| page.codes)
        .next()
        .ok_or_else(|| failed("a sheet shows its code"))?;
    let share = code.expose(|text| read_text(text, Mode::Rehearsal)).into_iter().next();
    share
        .and_then(Result::ok)
        .ok_or_else(|| failed("the code of a sheet is a share"))
}

/// The same share with one bit of its value flipped.
pub(super) fn altered(paper: PaperShare) -> Result<PaperShare, Refusal> {
    let ShareBody::Open { value, blinder } = paper.body else {
        return Err(failed("the sheet has no lock"));
    };
    let value = Secret::build(|out: &mut [u8; 32]| {
        value.expose(|value| *out = *value);
        out[0] ^= 1;
    });
    Ok(PaperShare::new(paper.head, value, blinder))
}

pub(super) fn with_scans(arguments: &str, sheets: &[PathBuf], chosen: &[usize]) -> Vec<String> {
    let mut all = words(arguments);
    all.extend(
        chosen
            .iter()
            .filter_map(|at| sheets.get(*at))
            .map(|sheet| sheet.display().to_string()),
    );
    all
}

pub(super) fn numbers(chosen: &[usize]) -> String {
    chosen
        .iter()
        .map(|at| (at + 1).to_string())
        .collect::<Vec<_>>()
        .join(" ")
}

pub(super) fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_string).collect()
}

pub(super) fn nothing() -> SecretText {
    SecretText::new(String::new())
}

pub(super) fn promise(kept: bool, promise: &str) -> Result<(), Refusal> {
    if kept { Ok(()) } else { Err(failed(promise)) }
}

pub(super) fn failed(promise: &str) -> Refusal {
    Refusal::new(
        Rule::RehearsalFailed,
        format!("a promise of the rehearsal is not kept: {promise}"),
    )
    .hint("do not hold a ceremony with this program on this machine before it is")
}
