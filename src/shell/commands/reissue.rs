//! `reissue` and `relock`: a new epoch signed by the quorum of the old one; a set added to records.

use super::print::{SecretPlace, press};
use super::{SystemClock, count, gathered};
use crate::ceremony::deal::Room;
use crate::ceremony::gathering::Gathering;
use crate::ceremony::known::KnownEpochs;
use crate::ceremony::ports::{Clock as _, Custodians};
use crate::ceremony::reissue::{self, Adding, Wanted};
use crate::ceremony::trust::Trust;
use crate::entropy::{Entropy, System};
use crate::ident::Mode;
use crate::refusal::{Refusal, Rule};
use crate::shell::args::{Place, Reissue, Relock};
use crate::shell::guard::{self, Exceptions};
use crate::shell::machine;
use crate::shell::passphrases::{AtTheTerminal, InAFile};
use crate::shell::report::{Answer, Standard, print, say};
use crate::shell::terminal::Terminal;
use crate::vault::event::SetEpoch;
use crate::vault::store::Store;
use crate::vault::{Change, note};
use std::path::Path;

/// How many accounts are named one by one.
const NAMED: usize = 20;

/// Deals the next epoch of a set.
pub fn run(place: &Place, it: &Reissue) -> Result<Answer, Refusal> {
    let store = Store::open(&place.vault)?;
    let mut change = Change::begin(&store, place.site.as_ref())?;
    let plan = change.vault().plan().clone();
    let set = plan.find_set(&it.set)?;
    let mode = change.vault().mode();
    let press = press(change.vault(), None)?;
    let wanted = Wanted::judge(change.vault(), set, it.reason, it.unattended, &press)?;
    let trust = Trust::establish(change.vault(), it.quorum.anchor.as_ref())?;
    let to = SecretPlace {
        out: it.out.as_deref(),
        printer: it.printer.as_ref(),
        allow_disk: it.allow_disk.as_ref(),
        allow_spool: it.allow_spool.as_ref(),
    };
    let mut exceptions = Exceptions::default();
    to.judge(&change, &mut exceptions)?;
    if mode == Mode::Production {
        let judged = wanted.judge_boot(change.vault(), &machine::boot()?);
        exceptions.allow(judged, it.quorum.allow_both_factors.as_ref())?;
    }
    let mut there = match (it.unattended, set.has_locked_shares()) {
        (false, true) => Some(AtTheTerminal(Terminal::open()?)),
        _ => None,
    };
    if !it.unattended && there.is_none() {
        return Err(Refusal::new(
            Rule::Usage,
            "this version asks nothing but passphrases at a reissue, and no share of this set has one",
        )
        .hint(format!(
            "strongroom reissue {} --reason {} --unattended …",
            it.set,
            it.reason.as_str()
        )));
    }
    let mut written = InAFile::beside(to.out.unwrap_or(Path::new("/dev/shm")));
    let custodians: &mut dyn Custodians = match &mut there {
        Some(there) => there,
        None => &mut written,
    };
    let boot = guard::enter(&mut change, &it.overrides, exceptions, SystemClock.now())?;
    let mut system = System;
    let mut pages = to.open()?;
    let unattended = it
        .unattended
        .then(|| note(&format!("reissue: {}", it.reason.as_str())))
        .transpose()?;
    let mut room = Room {
        entropy: &mut Entropy::new(&mut system),
        clock: &SystemClock,
        press: &press,
        pages: pages.as_mut(),
        custodians,
        voice: &mut Standard,
        boot,
        unattended,
    };
    let old = wanted.old().clone();
    let untried = reissue::untried(change.vault(), &old);
    if let Some(first) = untried.first() {
        say(&format!(
            "note: {} in force with which nobody has signed in yet ({first} among them): where the provider still has the one before, only {old} opens that",
            count(untried.len(), "new secret")
        ));
    }
    let known = KnownEpochs::read(change.vault());
    let prepared = wanted.prepare(&plan, &mut room)?;
    let mut gathering = Gathering::new(&known, [old]);
    gathered::from_scans(&it.quorum.scan, it.quorum.passphrases.as_deref(), mode, &mut gathering)?;
    let reissued = prepared.run(&mut change, &trust, gathering, &mut room)?;
    for file in written.write()? {
        say(&format!("the passphrases of this rehearsal are in {}", file.display()));
    }
    say(&to.said());
    print(&format!(
        "{} is signed by {}; {} locked again\n",
        reissued.of,
        reissued.old,
        count(reissued.records, "record")
    ));
    if mode == Mode::Production {
        say(&format!(
            "until every new page is proved, {} stays in force: keep its envelopes",
            reissued.old
        ));
        say("next: print them, then prove every page on paper: strongroom prove --scan SCANS");
    }
    say_what_is_void(&change, &reissued.of)?;
    Ok(Answer::Done)
}

/// Where an epoch has succeeded another that is void by it: what is to be destroyed, and what the old paper still opens.
pub(super) fn say_what_is_void(change: &Change<'_>, of: &SetEpoch) -> Result<(), Refusal> {
    let vault = change.vault();
    let register = vault.register();
    let Some(state) = register.epoch(of) else { return Ok(()) };
    let Some(succession) = &state.succeeds else {
        return Ok(());
    };
    let old = register.epoch(&succession.before).filter(|old| old.void.is_some());
    let Some(old) = old else {
        if state.is_live(register.mode()) {
            say(&format!(
                "{} still opens records that {of} does not: strongroom relock {} --scan PAGES…",
                succession.before, of.set
            ));
        }
        return Ok(());
    };
    change.clear_superseded()?;
    print(&format!(
        "{} is void; to be destroyed, each before two people:\n",
        old.of
    ));
    for held in register.pages_of(old).filter(|held| !held.now.is_gone()) {
        let envelope = held.envelope;
        let place = envelope.safe.as_ref().map_or("in hand", |safe| safe.as_str());
        print(&format!(
            "  {}  {:<12} {place:<12} {}\n",
            envelope.serial, envelope.custodian, held.now
        ));
    }
    say("strongroom envelope destroy SERIAL… --by ID,ID");
    let accounts = reissue::still_opens(vault, &old.of);
    for (person, shares) in reissue::leavers(vault, &old.of, of) {
        print(&format!(
            "{person} held {} of it, and holds none now\n",
            count(shares, "share")
        ));
    }
    if accounts.is_empty() {
        return Ok(());
    }
    let named: Vec<&str> = accounts.iter().take(NAMED).map(String::as_str).collect();
    let more = accounts.len() - named.len();
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    print(&format!(
        "with an older copy of the vault its quorum still opens {}: {}{more}\n",
        count(accounts.len(), "account"),
        named.join(" ")
    ));
    say(
        "destroyed paper ends that, or a new secret at the provider: strongroom enroll ACCOUNT --factor … --reason \"<reason>\"",
    );
    Ok(())
}

/// Adds a set to the records that the plan lets it open.
pub fn relock(place: &Place, it: &Relock) -> Result<Answer, Refusal> {
    let store = Store::open(&place.vault)?;
    let mut change = Change::begin(&store, place.site.as_ref())?;
    let plan = change.vault().plan().clone();
    let set = plan.find_set(&it.set)?;
    let mode = change.vault().mode();
    let adding = Adding::judge(change.vault(), set)?;
    let trust = Trust::establish(change.vault(), it.quorum.anchor.as_ref())?;
    let mut exceptions = Exceptions::default();
    if mode == Mode::Production {
        let judged = adding.judge_boot(change.vault(), &machine::boot()?);
        exceptions.allow(judged, it.quorum.allow_both_factors.as_ref())?;
    }
    let boot = guard::enter(&mut change, &it.overrides, exceptions, SystemClock.now())?;
    let known = KnownEpochs::read(change.vault());
    let mut gathering = Gathering::new(&known, adding.openers(change.vault()));
    gathered::from_scans(&it.quorum.scan, it.quorum.passphrases.as_deref(), mode, &mut gathering)?;
    let (done, left) = adding.run(&mut change, &trust, gathering, boot, SystemClock.now())?;
    print(&format!("{}: {} locked to it too\n", set.name(), count(done, "record")));
    if left > 0 {
        print(&format!(
            "{} open to other sets only: relock once more, by a quorum of theirs\n",
            count(left, "record")
        ));
        return Ok(Answer::No);
    }
    Ok(Answer::Done)
}
