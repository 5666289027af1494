//! The statement of custody: the claim on one page, to be signed.

use super::super::check;
use crate::ceremony::deal;
use crate::paper::statement::{self, Statement};
use crate::quorum::access::Access;
use crate::refusal::Refusal;
use crate::secret::SecretBytes;
use crate::shell::report::say;
use crate::vault::store::Store;
use crate::vault::{Vault, former};

/// The statement is made whatever it says: with open findings it names them.
pub(super) fn make(vault: &Vault<'_>, store: &Store) -> Result<(String, SecretBytes), Refusal> {
    let plan = vault.plan();
    deal::check_names(plan)?;
    let former = former::outstanding(store, plan)?;
    let access = Access::of(plan, &former);
    let date = check::today();
    let (mut claim, judgement) = check::judge(&access, date)?;
    let plan_hash = vault.plan_hash().to_string();
    let page = statement::render(
        &mut claim,
        &Statement {
            judgement: &judgement,
            date,
            plan_hash,
        },
    )?;
    say(&claim.sentence());
    Ok((format!("statement-{date}.pdf"), page))
}
