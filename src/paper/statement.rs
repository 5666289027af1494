//! The statement of custody: the claim on one page, to be signed.
//!
//! Rules of this file:
//! - it carries no secret, and says nothing that was not computed: the wording is the template's, the numbers are the claim's;
//! - one page, whatever the plan: what is too long is cut with an ellipsis, what is too much is counted;
//! - the same plan, claim and day give the same bytes.

mod content;
mod layout;

use super::faces::Faces;
use super::template::Template;
use crate::ident::Mode;
use crate::plan::rules::Judgement;
use crate::quorum::claim::Claim;
use crate::refusal::Refusal;
use crate::secret::SecretBytes;
use jiff::civil::Date;

/// What a statement is made of besides the claim.
pub struct Statement<'a> {
    /// What names are set in.
    pub faces: Faces,
    /// Its wording; the program's own unless the operator brought another.
    pub template: &'a Template,
    /// The world of the vault: production where there is a plan and nothing else.
    pub mode: Mode,
    /// The judgement of the plan.
    pub judgement: &'a Judgement,
    /// The day.
    pub date: Date,
    /// The hash of the plan's file, in hexadecimal digits.
    pub plan_hash: String,
}

/// The page, as PDF. Nothing on it is secret.
pub fn render(claim: &mut Claim<'_, '_>, statement: &Statement<'_>) -> Result<SecretBytes, Refusal> {
    let content = content::of(claim, statement, statement.template)?;
    layout::draw(claim.access.plan, statement, &content)
}

#[cfg(test)]
mod tests;
