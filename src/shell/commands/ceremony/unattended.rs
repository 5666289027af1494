//! Share sets dealt with nobody watching: pauses are left out, checks are not.

use super::place_of;
use crate::ceremony::deal::{self, Room};
use crate::ceremony::ports::Clock as _;
use crate::entropy::{Entropy, System};
use crate::ident::Mode;
use crate::plan::ShareSet;
use crate::refusal::Refusal;
use crate::shell::args::Ceremony;
use crate::shell::commands::SystemClock;
use crate::shell::commands::print::press;
use crate::shell::guard::{self, Exceptions};
use crate::shell::passphrases::InAFile;
use crate::shell::report::{Answer, Standard, say};
use crate::vault::Change;
use std::path::Path;

/// Deals all of `sets`.
pub(super) fn run(change: &mut Change<'_>, sets: &[&ShareSet], it: &Ceremony) -> Result<Answer, Refusal> {
    let mode = change.vault().mode();
    let press = press(change.vault(), it.templates.as_deref())?;
    deal::judge(change.vault(), sets, true, &press)?;
    guard::judge_unattended(mode, &it.unattended, &format!("ceremony {}", it.sets.join(" ")))?;
    let to = place_of(it);
    let mut exceptions = Exceptions::default();
    to.judge(change, &mut exceptions)?;
    let mut written = InAFile::beside(to.out.unwrap_or(Path::new("/dev/shm")));
    let boot = guard::enter(change, &it.overrides, exceptions, SystemClock.now())?;
    let mut system = System;
    let mut entropy = Entropy::new(&mut system);
    let mut pages = to.open()?;
    let rehearsal = || (mode == Mode::Rehearsal).then(|| "rehearsal".parse().ok()).flatten();
    let mut room = Room {
        entropy: &mut entropy,
        clock: &SystemClock,
        press: &press,
        pages: pages.as_mut(),
        custodians: &mut written,
        voice: &mut Standard,
        boot,
        unattended: it.unattended.reason.clone().or_else(rehearsal),
    };
    deal::deal_sets(change, sets, &mut room)?;
    for file in written.write()? {
        say(&format!("the passphrases of this rehearsal are in {}", file.display()));
    }
    say(&to.said());
    if mode == Mode::Production {
        say(&match to.out {
            Some(out) => format!(
                "next: print them, then prove every page on paper: strongroom prove --scan {}",
                out.display()
            ),
            None => "next: prove every page on paper: strongroom prove --scan SCANS".to_string(),
        });
    }
    Ok(Answer::Done)
}
