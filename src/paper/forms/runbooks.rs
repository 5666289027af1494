//! The runbooks: what to do on a day that nobody wants, with the names, safes and telephone numbers of the plan.
//!
//! Rules of this file:
//! - ten situations of the guidance (S35) and five of our own; each has a file in `templates/runbooks/`, in one frame;
//! - a runbook says whom to call and what to do, and never what a secret is; telephone numbers stand on runbooks only;
//! - each says when it was last rehearsed; the book is all of them, with a page that says where each begins.

use super::wordings::Paper;
use super::{Office, battery, hours, place_of, said_if};
use crate::ident::{PersonId, SafeId};
use crate::paper::flow::values::{Said, Values};
use crate::paper::flow::{self, Dress, Sheets};
use crate::paper::template::Template;
use crate::plan::{
    AccountKind, DeviceKind, Factor, ShareSet, nearest,
    tasks::{Task, tasks},
};
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretBytes;
use jiff::civil::Date;

/// One runbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Runbook {
    /// Its name, for the command line.
    pub name: &'static str,
    text: &'static str,
}

macro_rules! runbooks {
    ($($name:literal)*) => {
        /// All of them, those of the guidance first.
        pub const RUNBOOKS: &[Runbook] = &[$(Runbook {
            name: $name,
            text: include_str!(concat!("../../../templates/runbooks/", $name, ".md")),
        }),*];
    };
}

runbooks! {
    "root-only-task"
    "password-without-access"
    "change-password"
    "mfa-lost"
    "change-battery-device"
    "email-without-access"
    "change-email"
    "phone-without-access"
    "change-phone"
    "delete-management-account"
    "custodian-gone"
    "envelope-lost"
    "passphrase-forgotten"
    "lift-deny-root"
    "alert-rang"
}

impl Runbook {
    /// The runbook of this name.
    pub fn find(name: &str) -> Result<Self, Refusal> {
        RUNBOOKS.iter().copied().find(|one| one.name == name).ok_or_else(|| {
            let names: Vec<&str> = RUNBOOKS.iter().map(|one| one.name).collect();
            let refusal = Refusal::new(
                Rule::UnknownRunbook,
                format!("there is no runbook {}", name.escape_debug()),
            );
            match nearest(name, names.iter().copied()) {
                Some(near) => refusal.hint(format!("did you mean {near}")),
                None => refusal.hint(format!("one of: {}", names.join(", "))),
            }
        })
    }

    /// Its title.
    pub fn title(self) -> Result<String, Refusal> {
        Template::parse(self.text)?.plain("title", &[])
    }

    /// When it was last rehearsed.
    pub fn rehearsed(self, office: &Office<'_>) -> Option<Date> {
        office.register().life().rehearsed.get(self.name).copied()
    }

    fn template(self, office: &Office<'_>) -> Result<Template, Refusal> {
        let frame = office.wordings.text(Paper::Runbook);
        // What stands above the first section of a file is for whoever edits it.
        let sections = self.text.find("\n## ").map_or(self.text, |at| &self.text[at..]);
        Template::parse(&format!("{frame}\n{sections}"))
    }

    fn values(self, office: &Office<'_>) -> Values {
        let rehearsed = self.rehearsed(office);
        let rehearsed = rehearsed.map_or_else(|| Said::of(&[&"never"]), |day| Said::of(&[&day]));
        values(office).with("rehearsed", &rehearsed)
    }
}

/// One runbook on paper.
pub fn runbook(office: &Office<'_>, it: Runbook) -> Result<SecretBytes, Refusal> {
    let (template, values) = (it.template(office)?, it.values(office));
    flow::render(&sheets(office, &template, &values))
}

/// One runbook as plain text.
pub fn in_text(office: &Office<'_>, it: Runbook) -> Result<String, Refusal> {
    let (template, values) = (it.template(office)?, it.values(office));
    flow::plain(&sheets(office, &template, &values))
}

/// All of them, as one book that begins with its contents.
pub fn book(office: &Office<'_>) -> Result<SecretBytes, Refusal> {
    let mut parts = Vec::new();
    for it in RUNBOOKS {
        parts.push((*it, it.template(office)?, it.values(office)));
    }
    let contents = contents_template(office)?;
    let none: Vec<usize> = vec![999; parts.len()];
    let first = contents_values(office, &parts, &none)?;
    // The contents are as long whatever the numbers upon them.
    let mut begins = vec![flow::count(&sheets(office, &contents, &first))? + 1];
    for (_, template, values) in &parts {
        let last = begins.last().copied().unwrap_or_default();
        begins.push(last + flow::count(&sheets(office, template, values))?);
    }
    let first = contents_values(office, &parts, &begins)?;
    let mut all = vec![sheets(office, &contents, &first)];
    all.extend(
        parts
            .iter()
            .map(|(_, template, values)| sheets(office, template, values)),
    );
    flow::book(&all)
}

fn contents_template(office: &Office<'_>) -> Result<Template, Refusal> {
    let frame = office.wordings.text(Paper::Runbook);
    let own = "## title\n\nRunbooks\n\n## under\n\n{organisation}: what to do on a day that nobody wants. Plan as of {today}.\n\n\
               ## body\n\n| page <12> | runbook | its name | last rehearsed <30> |\n|---|---|---|---|\n| **{runbook.page}** | {runbook.title} | {runbook.name} | {runbook.rehearsed} |\n";
    Template::parse(&format!("{frame}\n{own}"))
}

fn contents_values(
    office: &Office<'_>,
    parts: &[(Runbook, Template, Values)],
    begins: &[usize],
) -> Result<Values, Refusal> {
    let mut rows = Vec::new();
    for ((it, template, _), page) in parts.iter().zip(begins) {
        let day = it.rehearsed(office);
        rows.push(
            Values::new()
                .with("page", page)
                .with("title", &flow::wording(template, "title")?)
                .with("name", &it.name)
                .with(
                    "rehearsed",
                    &day.map_or_else(|| Said::of(&[&"never"]), |day| Said::of(&[&day])),
                ),
        );
    }
    let last = parts.iter().filter_map(|(it, ..)| it.rehearsed(office)).min();
    let last = last.map_or_else(
        || Said::of(&[&"see within"]),
        |day| Said::of(&[&"the longest ago on ", &day]),
    );
    Ok(office.values().with("rehearsed", &last).list("runbook", rows))
}

fn sheets<'a>(office: &Office<'a>, template: &'a Template, values: &'a Values) -> Sheets<'a> {
    Sheets {
        paper: office.paper(),
        faces: office.faces,
        mode: office.mode(),
        dress: Dress::DENSE,
        template,
        values,
    }
}

fn values(office: &Office<'_>) -> Values {
    let plan = office.plan();
    let management = plan
        .accounts()
        .iter()
        .filter(|account| account.kind == AccountKind::Management);
    let management = management.map(|account| Values::new().with("name", &account.name).with("id", &account.id));
    let central = plan.root_access().map_or_else(
        || Said::of(&[&"Nobody has central root access."]),
        |access| {
            Said::of(&[
                &"Central root access: any ",
                &access.any(),
                &" of ",
                &office.names(access.of()),
                &".",
            ])
        },
    );
    office
        .values()
        .with("central", &central)
        .list("passwordsafe", safes(office, Factor::Password))
        .list("mfasafe", safes(office, Factor::Mfa))
        .list("task", tasks().iter().map(task).collect())
        .list("password", shares(office, Factor::Password))
        .list("mfa", shares(office, Factor::Mfa))
        .list("contact", shares(office, Factor::Contact))
        .list(
            "way",
            super::review::ways_around(office, |people| office.reached(people)),
        )
        .list("token", tokens(office))
        .list("management", management.collect())
        .list("caller", super::card::callers(office))
        .list("nobody", said_if(false, ""))
}

fn shares(office: &Office<'_>, purpose: Factor) -> Vec<Values> {
    let sets = office.plan().sets().iter().filter(|set| set.purpose() == purpose);
    let row = |set: &ShareSet, index, share: &crate::plan::Share| {
        Values::new()
            .with("set", set.name())
            .with("threshold", &set.threshold())
            .with("index", &index)
            .with("custodian", &office.name(&share.custodian))
            .with("reach", &reach(office, &share.custodian))
            .with("safe", &place_of(share.safe.as_ref()))
    };
    sets.flat_map(|set| set.indexed_shares().map(move |(index, share)| row(set, index, share)))
        .collect()
}

/// For each share set the safes that its shares lie in: who has them, and who opens the door.
fn safes(office: &Office<'_>, purpose: Factor) -> Vec<Values> {
    let sets = office.plan().sets().iter().filter(|set| set.purpose() == purpose);
    sets.flat_map(|set| {
        let mut lying: Vec<(Option<&SafeId>, Vec<&PersonId>)> = Vec::new();
        for share in set.shares() {
            let safe = share.safe.as_ref();
            match lying.iter_mut().find(|(other, _)| *other == safe) {
                Some((_, custodians)) => custodians.push(&share.custodian),
                None => lying.push((safe, vec![&share.custodian])),
            }
        }
        let rows = lying
            .into_iter()
            .map(|(safe, custodians)| row_of(office, set, safe, custodians));
        rows.collect::<Vec<_>>()
    })
    .collect()
}

fn row_of(office: &Office<'_>, set: &ShareSet, safe: Option<&SafeId>, custodians: Vec<&PersonId>) -> Values {
    let place = safe.and_then(|safe| office.plan().safe(safe));
    let (when, controllers) = place.map_or_else(
        || (Said::default(), Said::of(&[&"–"])),
        |safe| {
            let any = safe.controllers.any();
            let when = Said::of(&[&"any ", &any, &" open it ", &hours(&safe.open), &", ", &safe.time_zone]);
            (when, office.reached(safe.controllers.of()))
        },
    );
    Values::new()
        .with("set", set.name())
        .with("threshold", &set.threshold())
        .with("for", &whom(office, set))
        .with("safe", &place_of(safe))
        .with("when", &when)
        .with("custodians", &office.reached(custodians))
        .with("controllers", &controllers)
}

/// The kind of accounts that a set opens.
fn whom(office: &Office<'_>, set: &ShareSet) -> &'static str {
    let opens = |kind: AccountKind| {
        let mut accounts = office.plan().accounts().iter();
        accounts.any(|account| account.is_open() && account.kind == kind && set.opens(account))
    };
    match (opens(AccountKind::Management), opens(AccountKind::Member)) {
        (true, false) => "for the management account",
        (false, true) => "for member accounts",
        (true, true) => "for every kind of account",
        (false, false) => "for no account that is open",
    }
}

fn task(task: &'static Task) -> Values {
    let role = task.role_suffices.as_deref().unwrap_or("–");
    Values::new()
        .with("id", &task.id)
        .with("what", &Said::catalogued(&task.what))
        .with("role", &Said::catalogued(role))
}

fn reach(office: &Office<'_>, person: &PersonId) -> Said {
    let reach = office.reach(person);
    reach.map_or_else(|| Said::of(&[&"–"]), |reach| Said::of(&[reach]))
}

fn tokens(office: &Office<'_>) -> Vec<Values> {
    let open = office.plan().accounts().iter().filter(|account| account.is_open());
    open.flat_map(|account| {
        account.mfa.iter().filter_map(|device| match &device.kind {
            DeviceKind::Hardware { safe, battery_expires } => Some(
                Values::new()
                    .with("name", &device.name)
                    .with("account", &account.name)
                    .with("safe", safe)
                    .with("battery", &battery(*battery_expires)),
            ),
            DeviceKind::Virtual { .. } => None,
        })
    })
    .collect()
}
