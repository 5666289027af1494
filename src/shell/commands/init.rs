//! `init`: a vault with a plan and the first lines of its ledger.

use super::{SystemClock, count};
use crate::ceremony::ports::Clock as _;
use crate::entropy::{Entropy, System};
use crate::ident::{Mode, SiteName};
use crate::plan::organizations::{self, Merged, Organizations};
use crate::plan::starter;
use crate::refusal::{Refusal, Rule};
use crate::shell::args::Init;
use crate::shell::input;
use crate::shell::report::{Answer, print, say};
use crate::vault::store::Store;
use crate::vault::{self, Change, PLAN, PLAN_MAX};
use std::path::Path;

/// Makes the vault, or lets the plan of one grow by an account list.
pub fn run(it: &Init, site: Option<SiteName>) -> Result<Answer, Refusal> {
    let organizations = it.organizations.as_deref().map(read_organizations).transpose()?;
    if let Some(organizations) = &organizations
        && it.folder.join(PLAN).exists()
    {
        return grow(it, site.as_ref(), organizations);
    }
    let plan = if it.example {
        starter::example()
    } else {
        starter::starter()
    };
    let merged = organizations
        .map(|accounts| organizations::merge(plan, &accounts))
        .transpose()?;
    let plan = merged.as_ref().map_or(plan, |merged| merged.text.as_str());
    let mode = if it.rehearsal {
        Mode::Rehearsal
    } else {
        Mode::Production
    };
    let site = match site {
        Some(site) => site,
        None => "home"
            .parse()
            .map_err(|_| Refusal::new(Rule::Internal, "the default site is no site"))?,
    };
    let mut system = System;
    vault::init(
        &it.folder,
        plan,
        mode,
        site,
        &mut Entropy::new(&mut system),
        SystemClock.now(),
    )?;
    let folder = it.folder.display();
    print(&format!(
        "{folder}: a vault for {}, with its plan in {PLAN}\n",
        if it.rehearsal { "rehearsals" } else { "production" }
    ));
    if let Some(merged) = &merged {
        say_merged(merged);
    }
    print(&format!(
        "next: edit {folder}/{PLAN}, then: strongroom --vault {folder} check\n"
    ));
    Ok(Answer::Done)
}

fn grow(it: &Init, site: Option<&SiteName>, organizations: &Organizations) -> Result<Answer, Refusal> {
    if it.example || it.rehearsal {
        return Err(Refusal::new(
            Rule::VaultExists,
            format!(
                "{} is a vault already: --example and --rehearsal are for a new one",
                it.folder.display()
            ),
        )
        .hint(format!("strongroom init {} --organizations FILE", it.folder.display())));
    }
    let store = Store::open(&it.folder)?;
    let mut change = Change::begin(&store, site)?;
    let merged = organizations::merge(&vault::read_plan(&store)?, organizations)?;
    change.replace_plan(&merged.text, SystemClock.now())?;
    say_merged(&merged);
    Ok(Answer::Done)
}

fn say_merged(merged: &Merged) {
    print(&format!(
        "{} added, {} marked as closed\n",
        count(merged.added.len(), "account"),
        merged.closed.len()
    ));
    if !merged.added.is_empty() {
        say(
            "an added account has no mailbox, phone or MFA device yet: fill them in, or keep its root credentials off (S10)",
        );
    }
}

fn read_organizations(path: &Path) -> Result<Organizations, Refusal> {
    let bytes = input::file(path, PLAN_MAX)?;
    let text = input::text(bytes, &path.display().to_string())?;
    text.expose(Organizations::parse)
}
