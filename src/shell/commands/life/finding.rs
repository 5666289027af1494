//! `finding`: what is to be changed or explained, and who settled it.

use super::{day, unknown_line, write};
use crate::ceremony::upkeep;
use crate::refusal::Refusal;
use crate::shell::args::{FindingArgs, FindingCommand, Place};
use crate::shell::report::{Answer, print};
use crate::vault::event::{Event, LifeEvent};
use crate::vault::register::LifeState;
use crate::vault::store::Store;
use crate::vault::{Change, Vault};
use serde_json::json;

/// Lists what is open, or settles one of it.
pub fn run(place: &Place, it: &FindingArgs) -> Result<Answer, Refusal> {
    let store = Store::open(&place.vault)?;
    match &it.command {
        FindingCommand::List { json } => {
            let vault = Vault::load(&store)?;
            let life = vault.register().life();
            print(&if *json { as_json(life) } else { as_text(life) });
            Ok(Answer::Done)
        }
        FindingCommand::Settle { finding, how, seen } => {
            let mut change = Change::begin(&store, place.site.as_ref())?;
            upkeep::known(change.vault().plan(), &seen.by)?;
            let life = change.vault().register().life();
            let open: Vec<String> = life
                .open_findings()
                .map(|(id, _)| id)
                .chain(life.open_visits().map(|(id, _)| id))
                .map(ToString::to_string)
                .collect();
            if !open.contains(&finding.to_string()) {
                return Err(unknown_line("finding", finding, &open));
            }
            let settled = LifeEvent::Settled {
                finding: finding.clone(),
                how: how.clone(),
                day: day(seen.on),
                by: seen.by.clone(),
            };
            write(&mut change, vec![Event::Life(settled)])?;
            print(&format!("{finding} is settled\n"));
            Ok(Answer::Done)
        }
    }
}

fn as_text(life: &LifeState) -> String {
    let findings = life.open_findings().map(|(id, finding)| {
        format!(
            "{id}  {}: {}\n    {}, {} until {}\n",
            finding.of, finding.found, finding.change, finding.owner, finding.until
        )
    });
    let visits = life.open_visits().map(|(id, visit)| {
        format!(
            "{id}  visit to {}: {}\n",
            visit.safe,
            life.unexplained(visit).join("; ")
        )
    });
    let all: String = findings.chain(visits).collect();
    if all.is_empty() {
        return "nothing is open\n".to_string();
    }
    all
}

fn as_json(life: &LifeState) -> String {
    let findings: Vec<_> = life
        .open_findings()
        .map(|(id, finding)| {
            json!({
                "id": id.to_string(),
                "of": finding.of,
                "found": finding.found,
                "change": finding.change,
                "owner": finding.owner,
                "until": finding.until,
            })
        })
        .collect();
    let visits: Vec<_> = life
        .open_visits()
        .map(|(id, visit)| json!({ "id": id.to_string(), "safe": visit.safe, "at": visit.at, "unexplained": life.unexplained(visit) }))
        .collect();
    format!(
        "{}\n",
        json!({ "schema": "strongroom/finding-list/1", "findings": findings, "visits": visits })
    )
}
