//! `prove`: shares on paper against the commitments.

use super::SystemClock;
use crate::ceremony::known::KnownEpochs;
use crate::ceremony::ports::Clock as _;
use crate::ceremony::prove::{Outcome, Proving};
use crate::refusal::Refusal;
use crate::shell::args::{Place, Prove};
use crate::shell::decoder::Decoder;
use crate::shell::guard::{self, Exceptions};
use crate::shell::input;
use crate::shell::passphrases;
use crate::shell::report::{Answer, note, print};
use crate::shell::scanning::{self, Entry};
use crate::vault::Change;
use crate::vault::store::Store;

/// Proves every share that the scans show, and records it.
pub fn run(place: &Place, it: &Prove) -> Result<Answer, Refusal> {
    let store = Store::open(&place.vault)?;
    let mut change = Change::begin(&store, place.site.as_ref())?;
    let files = input::scans(&it.scan)?;
    let boot = guard::enter(&mut change, &it.overrides, Exceptions::default(), SystemClock.now())?;
    let known = KnownEpochs::read(change.vault());
    let mut proving = Proving::new(change.vault(), &known, boot);
    let mut person = passphrases::person();
    let mut passphrases = passphrases::source(it.passphrases.as_deref(), person.as_mut())?;
    let mut refused = Vec::new();
    let mut decoder = Decoder::default();
    'scans: for file in files {
        for Entry { paper, from } in scanning::read(&mut decoder, &file, change.vault().mode()) {
            match paper.and_then(|paper| proving.add(paper, passphrases.as_mut())) {
                Ok(name) => print(&format!("proved  {name}\n")),
                Err(refusal) => {
                    let ends = refusal.ends_asking();
                    note(&scanning::of_file(&refusal, &from));
                    refused.push(refusal);
                    // What was said to be proved is recorded all the same.
                    if ends {
                        break 'scans;
                    }
                }
            }
        }
    }
    for outcome in proving.record(&mut change, SystemClock.now())? {
        print(&summary(&outcome));
        if outcome.became_live {
            super::reissue::say_what_is_void(&change, &outcome.of)?;
        }
    }
    match refused.iter().map(Refusal::status).max() {
        None => Ok(Answer::Done),
        Some(gravest) => Ok(Answer::Refused(gravest)),
    }
}

fn summary(outcome: &Outcome) -> String {
    let Outcome {
        of, proved: (now, all), ..
    } = outcome;
    if outcome.drill {
        return format!("{of}: proved at a drill; nothing was revealed or changed\n");
    }
    if outcome.became_live {
        return format!("{of}: all {all} pages proved; it is live\n");
    }
    format!("{of}: {now} of {all} pages proved\n")
}
