//! `print`: papers without shares.
//!
//! Rules of this file:
//! - what is printed is a function of plan, ledger and day; nothing here opens a record or sees a share;
//! - a copy of the vault is named in the ledger before its pages are made, so that the copy has that line too.

mod notices;
mod statement;
mod vault_copy;

use super::{SystemClock, count};
use crate::ceremony::ports::{Clock as _, Pages};
use crate::ceremony::steps;
use crate::entropy::{Entropy, System};
use crate::ident::{Mode, PersonId, SafeId, Serial};
use crate::paper::faces::Faces;
use crate::paper::forms::wordings::{Paper, Wordings};
use crate::paper::forms::{self, Office, Sitting, printer_test, script::script};
use crate::paper::scan;
use crate::paper::sheet::Press;
use crate::plan::{FreeText, Plan, Role, ShareSet};
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretBytes;
use crate::shell::args::{Destination, Envelopes, InTheRoom, Place, Print, PrintCommand};
use crate::shell::decoder::Decoder;
use crate::shell::guard::Exceptions;
use crate::shell::output::{self, Folder};
use crate::shell::printing::{self, Printer};
use crate::shell::report::{Answer, print, print_place, say};
use crate::shell::{input, machine};
use crate::vault::event::Event;
use crate::vault::store::Store;
use crate::vault::{Change, Vault, note};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The largest template, in bytes.
const TEMPLATE_MAX: usize = 256 * 1024;

/// Makes the papers, and puts them where they were asked for.
pub fn run(place: &Place, it: &Print) -> Result<Answer, Refusal> {
    let store = Store::open(&place.vault)?;
    if let PrintCommand::Statement { to } = &it.what
        && let Some(out) = &to.out
    {
        return statement::into_folder(&store, &wordings(to.templates.as_deref())?, out);
    }
    let mut change = Change::begin(&store, place.site.as_ref())?;
    if let PrintCommand::PrinterTest { scan, to } = &it.what
        && !scan.is_empty()
    {
        return compare(&mut change, scan, to);
    }
    let to = destination(&it.what);
    let wordings = wordings(to.templates.as_deref())?;
    if let PrintCommand::Notices { allow_disk, .. } = &it.what {
        notices::judge_place(&mut change, to, allow_disk.as_ref())?;
    }
    let mut pages = open(&mut change, to)?;
    let papers = match &it.what {
        PrintCommand::Statement { .. } => {
            let (name, page, _) = statement::make(&store, &wordings)?;
            vec![(name, page)]
        }
        PrintCommand::Notices { count, .. } => notices::make(&mut change, *count, &wordings)?,
        PrintCommand::VaultCopy { .. } => vault_copy::make(&mut change, &store, &wordings, to)?,
        PrintCommand::Closing { .. } => {
            super::exception::none_open(&change)?;
            let mut system = System;
            change.close(&mut Entropy::new(&mut system), SystemClock.now())?;
            papers(&change, &it.what, &wordings)?
        }
        other => papers(&change, other, &wordings)?,
    };
    for (at, (name, page)) in papers.iter().enumerate() {
        if let Err(refusal) = pages.put(name, page) {
            papers[..at].iter().for_each(|(name, _)| pages.withdraw(name));
            return Err(refusal);
        }
    }
    match (&to.out, &to.printer) {
        (Some(out), _) => {
            for (name, _) in &papers {
                print_place(&out.join(name));
            }
        }
        (_, Some(printer)) => print(&format!(
            "{} given to {}\n",
            count(papers.len(), "document"),
            printer.as_str()
        )),
        _ => {}
    }
    if let PrintCommand::PrinterTest { to, .. } = &it.what {
        let printer = to.printer.as_ref().map_or("NAME", |printer| printer.as_str());
        say(&format!(
            "next: scan both pages, then: strongroom print printer-test --printer {printer} --scan FILE…"
        ));
    }
    Ok(Answer::Done)
}

fn destination(what: &PrintCommand) -> &Destination {
    match what {
        PrintCommand::Label { to, .. }
        | PrintCommand::Card { to, .. }
        | PrintCommand::Receipt { to, .. }
        | PrintCommand::Inventory { to, .. }
        | PrintCommand::Script { to, .. }
        | PrintCommand::Closing { to, .. }
        | PrintCommand::PrinterTest { to, .. }
        | PrintCommand::Review { to }
        | PrintCommand::Status { to }
        | PrintCommand::Drill { to, .. }
        | PrintCommand::Statement { to }
        | PrintCommand::Notices { to, .. }
        | PrintCommand::Exposure { to }
        | PrintCommand::VaultCopy { to } => to,
    }
}

/// The wording of the program, with what the operator's folder has instead.
pub(super) fn wordings(templates: Option<&Path>) -> Result<Wordings, Refusal> {
    let mut wordings = Wordings::own();
    let Some(folder) = templates else {
        return Ok(wordings);
    };
    let failed = |fault: std::io::Error| {
        Refusal::new(
            Rule::InputMalformed,
            format!("cannot read {}: {fault}", folder.display()),
        )
    };
    let mut names: Vec<PathBuf> = std::fs::read_dir(folder)
        .map_err(failed)?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "md"))
        .collect();
    names.sort();
    for path in names {
        let text = input::text(input::file(&path, TEMPLATE_MAX)?, &path.display().to_string())?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        wordings.replace(&name, text.expose(str::to_string))?;
    }
    Ok(wordings)
}

/// What share sheets are set in and worded with: read before anything secret exists.
pub(super) fn press(vault: &Vault<'_>, templates: Option<&Path>) -> Result<Press, Refusal> {
    Ok(Press {
        faces: Faces::read(vault.fonts()?)?,
        wording: wordings(templates)?.template(Paper::ShareSheet)?,
    })
}

/// A folder or a printer. These papers hold no secret, so a folder may be on a disk; a spool is judged all the same, for they
/// name people and places.
pub(super) fn open(change: &mut Change<'_>, to: &Destination) -> Result<Box<dyn Pages>, Refusal> {
    if let Some(printer) = &to.printer {
        let mut exceptions = Exceptions::default();
        if change.vault().mode() == Mode::Production {
            exceptions.allow(printing::judge_spool(), to.allow_spool.as_ref())?;
        }
        exceptions.record(change, SystemClock.now())?;
        return Ok(Box::new(Printer::new(printer.clone())));
    }
    let out = to.out.as_ref().ok_or_else(|| {
        Refusal::new(Rule::Usage, "the papers need a place to go to").hint("--out DIR, or --printer NAME")
    })?;
    Ok(Box::new(Folder::open(out)?))
}

type Papers = Vec<(String, SecretBytes)>;

fn papers(change: &Change<'_>, what: &PrintCommand, wordings: &Wordings) -> Result<Papers, Refusal> {
    let plan = change.vault().plan();
    let office = Office {
        vault: change.vault(),
        chain: change.chain(),
        faces: Faces::read(change.vault().fonts()?)?,
        today: SystemClock.now().to_zoned(jiff::tz::TimeZone::UTC).date(),
        wordings,
    };
    match what {
        PrintCommand::Label { envelopes, .. } => each(serials(&office, plan, envelopes)?, |serial| {
            Ok((
                format!("label-{serial}.pdf"),
                forms::label(&office, &office.find(serial)?)?,
            ))
        }),
        PrintCommand::Receipt { envelopes, .. } => each(serials(&office, plan, envelopes)?, |serial| {
            Ok((
                format!("receipt-{serial}.pdf"),
                forms::receipt(&office, &office.find(serial)?)?,
            ))
        }),
        PrintCommand::Card { people, all, .. } => each(custodians(plan, people, *all)?, |id| {
            let person = plan.find_person(id.as_str())?;
            Ok((format!("card-{id}.pdf"), forms::card(&office, person)?))
        }),
        PrintCommand::Inventory { safes, all, .. } => each(safes_of(plan, safes, *all), |id| {
            let safe = plan.safe(&id).ok_or_else(|| unknown_safe(plan, &id))?;
            Ok((format!("inventory-{id}.pdf"), forms::inventory(&office, safe)?))
        }),
        PrintCommand::Script { sets, room, .. } => {
            let sets = sets
                .iter()
                .map(|name| plan.find_set(name))
                .collect::<Result<Vec<&ShareSet>, _>>()?;
            let room = in_the_room(plan, room)?;
            let sittings: Vec<Vec<&ShareSet>> = if sets.is_empty() {
                plan.sets().iter().map(|set| vec![set]).collect()
            } else {
                vec![sets]
            };
            each(sittings, |sets| {
                let names: Vec<_> = sets.iter().map(|set| set.name()).collect();
                let printed = steps::script::printed(&steps::dealing(plan, &sets)?);
                let joined: Vec<String> = names.iter().map(ToString::to_string).collect();
                let page = script(&office, &names, &printed, &room)?;
                Ok((format!("script-{}.pdf", joined.join("-")), page))
            })
        }
        PrintCommand::Closing { room, .. } => {
            let room = in_the_room(plan, room)?;
            let page = forms::closing(&office, &Sitting { room: &room })?;
            let name = format!(
                "closing-{}-{}.pdf",
                office.chain.site(),
                office.chain.entries().len() - 1
            );
            Ok(vec![(name, page)])
        }
        PrintCommand::PrinterTest { .. } => Ok(vec![(
            "printer-test.pdf".to_string(),
            printer_test::printer_test(&office)?,
        )]),
        PrintCommand::Status { .. } => Ok(vec![(format!("status-{}.pdf", office.today), forms::status(&office)?)]),
        PrintCommand::Review { .. } => Ok(vec![(format!("review-{}.pdf", office.today), forms::review(&office)?)]),
        PrintCommand::Drill { set, .. } => {
            let sets = set
                .iter()
                .map(|name| plan.find_set(name).map(|set| set.name().clone()))
                .collect::<Result<Vec<_>, _>>()?;
            Ok(vec![(
                format!("drill-{}.pdf", office.today),
                forms::drill(&office, &sets)?,
            )])
        }
        PrintCommand::Exposure { .. } => Ok(vec![(
            format!(
                "exposure-{}-{}.pdf",
                office.chain.site(),
                office.chain.entries().len() - 1
            ),
            forms::exposure(&office)?,
        )]),
        PrintCommand::Statement { .. } | PrintCommand::Notices { .. } | PrintCommand::VaultCopy { .. } => {
            Err(Refusal::new(Rule::Internal, "this paper is made elsewhere"))
        }
    }
}

fn each<T>(things: Vec<T>, make: impl Fn(T) -> Result<(String, SecretBytes), Refusal>) -> Result<Papers, Refusal> {
    things.into_iter().map(make).collect()
}

fn serials(office: &Office<'_>, plan: &Plan, which: &Envelopes) -> Result<Vec<Serial>, Refusal> {
    let sets = which
        .set
        .iter()
        .map(|name| plan.find_set(name).map(|set| set.name().clone()))
        .collect::<Result<BTreeSet<_>, _>>()?;
    which.safe.iter().try_for_each(|safe| match plan.safe(safe) {
        Some(_) => Ok(()),
        None => Err(unknown_safe(plan, safe)),
    })?;
    which
        .serials
        .iter()
        .try_for_each(|serial| office.find(*serial).map(|_| ()))?;
    let wanted = office.serials(|held| {
        which.all
            || which.serials.contains(&held.envelope.serial)
            || sets.contains(&held.epoch.of.set)
            || held
                .envelope
                .safe
                .as_ref()
                .is_some_and(|safe| which.safe.contains(safe))
    });
    if wanted.is_empty() {
        return Err(
            Refusal::new(Rule::UnknownSerial, "no envelope in force is among those asked for")
                .hint("name serials, or --set SET, --safe SAFE, --all; envelopes exist once their set was dealt"),
        );
    }
    Ok(wanted)
}

fn custodians(plan: &Plan, people: &[String], all: bool) -> Result<Vec<PersonId>, Refusal> {
    if all {
        let each = plan.sets().iter().flat_map(ShareSet::shares);
        let each: BTreeSet<PersonId> = each.map(|share| share.custodian.clone()).collect();
        return Ok(each.into_iter().collect());
    }
    let found = people
        .iter()
        .map(|text| plan.find_person(text).map(|person| person.id.clone()));
    found.collect()
}

fn safes_of(plan: &Plan, safes: &[SafeId], all: bool) -> Vec<SafeId> {
    if all {
        return plan.safes().iter().map(|safe| safe.id.clone()).collect();
    }
    safes.to_vec()
}

fn unknown_safe(plan: &Plan, id: &SafeId) -> Refusal {
    let known: Vec<&str> = plan.safes().iter().map(|safe| safe.id.as_str()).collect();
    Refusal::new(Rule::UnknownSafe, format!("the plan has no safe `{id}`")).hint(format!("it has {}", known.join(", ")))
}

/// Every role, in order, with whoever was named for it, here or in the plan.
fn in_the_room<'p>(plan: &'p Plan, named: &[InTheRoom]) -> Result<Vec<(&'static str, Option<&'p FreeText>)>, Refusal> {
    Role::ALL
        .into_iter()
        .map(|role| {
            let person = named.iter().find(|one| one.role == role).map(|one| &one.person);
            let person = person.or_else(|| plan.room().roles.get(&role));
            let person = person.map(|id| plan.find_person(id.as_str())).transpose()?;
            Ok((role.as_str(), person.map(|person| &person.name)))
        })
        .collect()
}

/// The scan of a printer test, compared and entered in the ledger.
fn compare(change: &mut Change<'_>, scans: &[PathBuf], to: &Destination) -> Result<Answer, Refusal> {
    let mut shown = Vec::new();
    for file in input::scans(scans)? {
        shown.extend(read(&file)?);
    }
    printer_test::compare(&shown)?;
    let Some(printer) = &to.printer else {
        print("both codes of the printer test were read as they were printed\n");
        return Ok(Answer::Done);
    };
    let passed = Event::Printed {
        paper: note("printer-test")?,
        printer: Some(note(printer.as_str())?),
        boot: machine::boot()?,
    };
    change.commit(&[], vec![passed], SystemClock.now())?;
    print(&format!("{} has passed its test\n", printer.as_str()));
    Ok(Answer::Done)
}

fn read(file: &Path) -> Result<Vec<scan::Page>, Refusal> {
    Decoder::default().codes(&input::file(file, input::SCAN_MAX)?)
}

/// Refuses a folder that would be made in vain.
pub(super) fn must_be_new(path: &Path) -> Result<(), Refusal> {
    let occupied = std::fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_some());
    // A link that leads nowhere is something, too.
    let is_no_folder = path.symlink_metadata().is_ok() && !path.is_dir();
    if occupied || is_no_folder {
        let found = if occupied { "is not empty" } else { "is no folder" };
        return Err(Refusal::new(Rule::VaultExists, format!("{} {found}", path.display()))
            .hint("name a folder that does not exist yet"));
    }
    Ok(())
}

/// Whether this printer has passed its test since the machine was started.
pub(super) fn was_tested(change: &Change<'_>, printer: &printing::PrinterName) -> Result<(), Refusal> {
    let boot = machine::boot()?;
    let passed = change.chain().entries().iter().any(|entry| {
        matches!(&entry.event, Event::Printed { paper, printer: Some(by), boot: on }
            if paper.as_str() == "printer-test" && by.as_str() == printer.as_str() && *on == boot)
    });
    if passed {
        return Ok(());
    }
    let name = printer.as_str();
    Err(Refusal::new(
        Rule::PrinterUntested,
        format!("{name} has not passed its test since this machine was started"),
    )
    .hint(format!("strongroom print printer-test --printer {name}"))
    .hint(format!("strongroom print printer-test --printer {name} --scan FILE…")))
}

/// A place for pages with shares: a folder in memory, or a printer that passed its test and whose spool keeps nothing.
pub(super) struct SecretPlace<'a> {
    pub(super) out: Option<&'a Path>,
    pub(super) printer: Option<&'a printing::PrinterName>,
    pub(super) allow_disk: Option<&'a crate::vault::event::Note>,
    pub(super) allow_spool: Option<&'a crate::vault::event::Note>,
}

impl SecretPlace<'_> {
    /// Judges the place; what was overridden is added to `exceptions`.
    pub(super) fn judge(&self, change: &Change<'_>, exceptions: &mut Exceptions) -> Result<(), Refusal> {
        let production = change.vault().mode() == Mode::Production;
        match (self.out, self.printer) {
            (Some(out), None) if production => exceptions.allow(output::judge_place(out), self.allow_disk),
            (None, Some(printer)) if production => {
                exceptions.allow(printing::judge_spool(), self.allow_spool)?;
                was_tested(change, printer)
            }
            (Some(_), None) | (None, Some(_)) => Ok(()),
            _ => Err(Refusal::new(Rule::Usage, "the sheets need a place to go to")
                .hint("--out DIR, on memory-backed storage: --out /dev/shm/pages; or --printer NAME")),
        }
    }

    /// Judges the place for a guided ceremony, whose printer passes its test as one of its steps.
    pub(super) fn judge_guided(&self, change: &Change<'_>, exceptions: &mut Exceptions) -> Result<(), Refusal> {
        if self.printer.is_some() && change.vault().mode() == Mode::Production {
            return exceptions.allow(printing::judge_spool(), self.allow_spool);
        }
        self.judge(change, exceptions)
    }

    /// Opens it.
    pub(super) fn open(&self) -> Result<Box<dyn Pages>, Refusal> {
        match (self.out, self.printer) {
            (Some(out), _) => Ok(Box::new(Folder::open(out)?)),
            (None, Some(printer)) => Ok(Box::new(Printer::new(printer.clone()))),
            (None, None) => Err(Refusal::new(Rule::Usage, "the sheets need a place to go to")),
        }
    }

    /// Where it is, for a person.
    pub(super) fn said(&self) -> String {
        match (self.out, self.printer) {
            (Some(out), _) => format!("sheets in {}: they stay there until you wipe them", out.display()),
            (None, Some(printer)) => format!("sheets given to {}", printer.as_str()),
            (None, None) => String::new(),
        }
    }
}
