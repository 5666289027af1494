//! `prove`: shares on paper against the commitments.

use super::SystemClock;
use crate::ceremony::known::KnownEpochs;
use crate::ceremony::ports::Clock as _;
use crate::ceremony::prove::{Outcome, Proving};
use crate::refusal::Refusal;
use crate::shell::args::{Place, Prove};
use crate::shell::guard::{self, Exceptions};
use crate::shell::report::{self, Answer, print};
use crate::shell::scanning::{self, Entry};
use crate::shell::{input, report::note};
use crate::vault::Change;
use crate::vault::store::Store;

/// Proves every share that the scans show, and records it.
pub fn run(place: &Place, it: &Prove) -> Result<Answer, Refusal> {
    let store = Store::open(&place.vault)?;
    let mut change = Change::begin(&store, place.site.as_ref())?;
    let files = input::scans(&it.scan)?;
    let boot = guard::enter(&mut change, &it.overrides, Exceptions::default(), SystemClock.now())?;
    let known = KnownEpochs::read(change.vault())?;
    let mut proving = Proving::new(change.vault(), &known, boot);
    let (mut proved, mut refused) = (0, Vec::new());
    for file in files {
        for Entry { paper, from } in scanning::read(&file, change.vault().mode()) {
            match paper.and_then(|paper| proving.add(paper)) {
                Ok(name) => {
                    proved += 1;
                    print(&format!("proved  {name}\n"));
                }
                Err(refusal) => {
                    note(&scanning::of_file(&refusal, &from));
                    refused.push(refusal);
                }
            }
        }
    }
    for outcome in proving.record(&mut change, SystemClock.now())? {
        print(&summary(&outcome));
    }
    // One refusal alone decides the status, so that an unsafe drill ends as such.
    match (proved, refused.pop()) {
        (0, Some(refusal)) if refused.is_empty() && refusal.status() != crate::refusal::Status::No => {
            report::say("nothing was proved");
            Ok(Answer::Status(refusal.status()))
        }
        (_, Some(worst)) => {
            let status = refused.iter().map(Refusal::status).fold(worst.status(), std::cmp::Ord::max);
            Ok(Answer::Status(status))
        }
        (_, None) => Ok(Answer::Done),
    }
}

fn summary(outcome: &Outcome) -> String {
    let Outcome { of, proved: (now, all), .. } = outcome;
    if outcome.drill {
        return format!("{of}: proved at a drill; nothing was revealed or changed\n");
    }
    if outcome.became_live {
        return format!("{of}: all {all} pages proved; it is live\n");
    }
    format!("{of}: {now} of {all} pages proved\n")
}
