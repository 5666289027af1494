//! The statement of custody: the claim on one page, to be signed. It is computed from the plan; a ledger adds what is still out there.

use super::super::check;
use crate::ceremony::deal;
use crate::paper::faces::Faces;
use crate::paper::forms::wordings::{Paper, Wordings};
use crate::paper::statement::{self, Statement};
use crate::plan::Plan;
use crate::quorum::access::Access;
use crate::refusal::Refusal;
use crate::secret::SecretBytes;
use crate::shell::output::{Folder, write_new};
use crate::shell::report::{Answer, print, print_place};
use crate::vault::ledger::Hash;
use crate::vault::store::Store;
use crate::vault::{fonts, former, mode_of, read_plan};
use std::path::Path;

/// The page in a folder: a plan without a ledger will do.
pub(super) fn into_folder(store: &Store, wordings: &Wordings, out: &Path) -> Result<Answer, Refusal> {
    let (name, page, sentence) = make(store, wordings)?;
    Folder::open(out)?;
    let path = out.join(name);
    write_new(&path, &page)?;
    print_place(&path);
    print(&format!("{sentence}\n"));
    Ok(Answer::Done)
}

/// The name of the file, the page, and the claim in one sentence. The page is made whatever it says: with open findings it names them.
pub(super) fn make(store: &Store, wordings: &Wordings) -> Result<(String, SecretBytes, String), Refusal> {
    let text = read_plan(store)?;
    let plan = Plan::parse(&text)?;
    let faces = Faces::read(fonts::read(store, &plan)?)?;
    deal::check_names(&plan, faces)?;
    let former = former::outstanding(store, &plan)?;
    let access = Access::of(&plan, &former);
    let date = check::today();
    let (mut claim, judgement) = check::judge(&access, date)?;
    let plan_hash = Hash::of(text.as_bytes()).to_string();
    let page = statement::render(
        &mut claim,
        &Statement {
            faces,
            template: &wordings.template(Paper::Statement)?,
            mode: mode_of(store)?,
            judgement: &judgement,
            date,
            plan_hash,
        },
    )?;
    Ok((format!("statement-{date}.pdf"), page, claim.sentence()))
}
