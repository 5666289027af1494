//! `runbook`: list, show, print.

use super::SystemClock;
use super::print::{open, wordings};
use crate::ceremony::ports::Clock as _;
use crate::paper::faces::Faces;
use crate::paper::forms::Office;
use crate::paper::forms::runbooks::{self, RUNBOOKS};
use crate::paper::forms::wordings::Wordings;
use crate::refusal::{Refusal, Rule};
use crate::shell::args::{Destination, Place, Runbook, RunbookCommand};
use crate::shell::report::{Answer, print};
use crate::vault::store::Store;
use crate::vault::{Change, Vault};
use jiff::tz::TimeZone;
use serde_json::json;

/// Lists, shows or prints.
pub fn run(place: &Place, it: &Runbook) -> Result<Answer, Refusal> {
    let store = Store::open(&place.vault)?;
    match &it.command {
        RunbookCommand::Print { names, all, to } => {
            let mut change = Change::begin(&store, place.site.as_ref())?;
            on_paper(&mut change, names, *all, to)
        }
        RunbookCommand::List { json } => {
            let own = Wordings::own();
            let vault = Vault::load(&store)?;
            print(&list(&office(&vault, &own)?, *json)?);
            Ok(Answer::Done)
        }
        RunbookCommand::Show { name } => {
            let own = Wordings::own();
            let vault = Vault::load(&store)?;
            print(&runbooks::in_text(
                &office(&vault, &own)?,
                runbooks::Runbook::find(name)?,
            )?);
            Ok(Answer::Done)
        }
    }
}

fn office<'a>(vault: &'a Vault<'a>, wordings: &'a Wordings) -> Result<Office<'a>, Refusal> {
    let chain = vault.chains().first();
    Ok(Office {
        vault,
        chain: chain.ok_or_else(|| Refusal::new(Rule::Internal, "a vault has a chain"))?,
        faces: Faces::read(vault.fonts()?)?,
        today: SystemClock.now().to_zoned(TimeZone::UTC).date(),
        wordings,
    })
}

fn list(office: &Office<'_>, as_json: bool) -> Result<String, Refusal> {
    let mut rows = Vec::new();
    for one in RUNBOOKS {
        rows.push((one.name, one.title()?, one.rehearsed(office)));
    }
    if as_json {
        let rows: Vec<_> = rows
            .iter()
            .map(|(name, title, day)| json!({ "name": name, "title": title, "rehearsed": day }))
            .collect();
        return Ok(format!(
            "{}\n",
            json!({ "schema": "strongroom/runbook-list/1", "runbooks": rows })
        ));
    }
    let row = |(name, title, day): &(&str, String, Option<jiff::civil::Date>)| {
        let day = day.map_or("never rehearsed".to_string(), |day| format!("rehearsed {day}"));
        format!("{name:<26} {day:<22} {title}\n")
    };
    Ok(rows.iter().map(row).collect())
}

fn on_paper(change: &mut Change<'_>, names: &[String], all: bool, to: &Destination) -> Result<Answer, Refusal> {
    let wordings = wordings(to.templates.as_deref())?;
    let mut pages = open(change, to)?;
    let office = office(change.vault(), &wordings)?;
    let mut papers = Vec::new();
    if all {
        papers.push(("runbooks.pdf".to_string(), runbooks::book(&office)?));
    }
    for name in names {
        let it = runbooks::Runbook::find(name)?;
        papers.push((format!("runbook-{}.pdf", it.name), runbooks::runbook(&office, it)?));
    }
    for (name, page) in &papers {
        pages.put(name, page)?;
        match (&to.out, &to.printer) {
            (Some(out), _) => print(&format!("{}\n", out.join(name).display())),
            (_, Some(printer)) => print(&format!("{name} given to {}\n", printer.as_str())),
            _ => {}
        }
    }
    Ok(Answer::Done)
}
