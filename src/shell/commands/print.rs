//! `print`: papers that carry no share. They may lie on a disk.

use super::check;
use crate::ceremony::deal;
use crate::paper::statement::{self, Statement};
use crate::plan::Plan;
use crate::quorum::access::Access;
use crate::refusal::Refusal;
use crate::shell::args::{Paper, Place, Print};
use crate::shell::output::{Folder, write_new};
use crate::shell::report::{Answer, print};
use crate::vault::ledger::Hash;
use crate::vault::store::Store;
use crate::vault::{former, read_plan};
use std::path::Path;

/// Makes the paper.
pub fn run(place: &Place, it: &Print) -> Result<Answer, Refusal> {
    match &it.paper {
        Paper::Statement(it) => statement(place, &it.out),
    }
}

/// The statement is made whatever it says: with open findings it names them.
fn statement(place: &Place, out: &Path) -> Result<Answer, Refusal> {
    let store = Store::open(&place.vault)?;
    let text = read_plan(&store)?;
    let plan = Plan::parse(&text)?;
    deal::check_names(&plan)?;
    let former = former::outstanding(&store, &plan)?;
    let access = Access::of(&plan, &former);
    let date = check::today();
    let (mut claim, judgement) = check::judge(&access, date)?;
    let plan_hash = Hash::of(text.as_bytes()).to_string();
    let page = statement::render(
        &mut claim,
        &Statement {
            judgement: &judgement,
            date,
            plan_hash,
        },
    )?;
    Folder::open(out)?;
    let path = out.join(format!("statement-{date}.pdf"));
    write_new(&path, &page)?;
    print(&format!("{}\n{}\n", path.display(), claim.sentence()));
    Ok(Answer::Done)
}
