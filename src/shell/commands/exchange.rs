//! `exchange`: plan, public halves, records and chains, from site to site.
//!
//! Rules of this file:
//! - what is exported ends with a closing entry, whose words vouch for all of it; they go by another way than the file;
//! - in production nothing is taken without those words, and nothing that they do not vouch for;
//! - what is taken is closed over here at once: whatever this laptop writes next comes after it;
//! - what void paper opens is taken away here too, once the other site's epoch that follows it is live.

use super::exception::none_open;
use super::files_of::files_of;
use super::print::must_be_new;
use super::restore::the_words;
use super::{SystemClock, count};
use crate::ceremony::ports::Clock as _;
use crate::code::words::Fingerprint;
use crate::entropy::{Entropy, System};
use crate::ident::{Mode, SiteName};
use crate::paper::copy::archive;
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretBytes;
use crate::shell::args::{Exchange, ExchangeCommand, Place};
use crate::shell::input;
use crate::shell::output;
use crate::shell::report::{Answer, print, say};
use crate::shell::scanning::of_file;
use crate::vault::anchor::Anchor;
use crate::vault::exchange::{self, Gain, OtherCopy, Together};
use crate::vault::ledger::{Chain, head_words};
use crate::vault::store::Store;
use crate::vault::{self, Change};
use std::path::Path;

/// Makes the file for another site, or takes one in.
pub fn run(place: &Place, it: &Exchange) -> Result<Answer, Refusal> {
    match &it.command {
        ExchangeCommand::Export { out } => export(place, out),
        ExchangeCommand::Import { file, anchor, dry_run } => import(place, file, anchor.as_ref(), *dry_run),
    }
}

fn export(place: &Place, out: &Path) -> Result<Answer, Refusal> {
    if out.symlink_metadata().is_ok() {
        return Err(
            Refusal::new(Rule::OutputExists, format!("{} exists already", out.display()))
                .hint("name another file: nothing is overwritten"),
        );
    }
    let store = Store::open(&place.vault)?;
    let mut change = Change::begin(&store, place.site.as_ref())?;
    none_open(&change)?;
    let words = close(&mut change)?;
    let files = files_of(&store)?;
    let held = files.len();
    output::write_new(out, &SecretBytes::new(archive::pack(&files)?))?;
    print(&format!("{}: {} of this vault\n", out.display(), count(held, "file")));
    print(&format!("{words}\n{}\n", words.hex_grouped()));
    say("tell the other site these words by another way than the file, like the telephone: it types them");
    print("next, there: strongroom exchange import FILE, in production with --anchor and these words\n");
    Ok(Answer::Done)
}

fn close(change: &mut Change<'_>) -> Result<Fingerprint, Refusal> {
    let mut system = System;
    let head = change.close(&mut Entropy::new(&mut system), SystemClock.now())?;
    Ok(head_words(head))
}

fn import(place: &Place, file: &Path, words: Option<&Fingerprint>, dry_run: bool) -> Result<Answer, Refusal> {
    let limit = usize::try_from(archive::BYTES_MAX).unwrap_or(usize::MAX);
    let other = input::file(file, limit)?
        .expose(archive::unpack)
        .and_then(OtherCopy::parse)
        .map_err(|refusal| of_file(&refusal, &file.display().to_string()))?;
    vouched(&other, words)?;
    if must_be_new(&place.vault).is_ok() {
        return join(place, file, other, dry_run);
    }
    let store = Store::open(&place.vault)?;
    let mut change = Change::begin(&store, place.site.as_ref())?;
    none_open(&change)?;
    let together =
        Together::judge(change.vault(), other).map_err(|refusal| of_file(&refusal, &file.display().to_string()))?;
    let gain = together.gain().clone();
    let was_alone = change.vault().chains().len() == 1;
    if !dry_run {
        if !gain.is_nothing() {
            change.take(together)?;
            close(&mut change)?;
        }
        // Also where an import before this one was cut short behind its last line.
        change.clear_superseded()?;
    }
    let answer = tell(&gain, file, change.chain(), dry_run);
    if was_alone && change.vault().chains().len() > 1 {
        say(&with_its_site(change.chain().site()));
    }
    Ok(answer)
}

/// The laptop of a new site begins: a vault of what the other copy has, and a chain of its own.
fn join(place: &Place, file: &Path, other: OtherCopy, dry_run: bool) -> Result<Answer, Refusal> {
    let site = place.site.clone().ok_or_else(|| {
        let found = format!(
            "{} is no vault yet, and a new laptop has a site of its own",
            place.vault.display()
        );
        Refusal::new(Rule::UnknownSite, found).hint(format!(
            "strongroom --vault {} --site NAME exchange import {}",
            place.vault.display(),
            file.display()
        ))
    })?;
    let joined = exchange::join(other, site.clone(), SystemClock.now())?;
    let own = Chain::new(site.clone());
    if dry_run {
        return Ok(tell(&joined.gain, file, &own, true));
    }
    vault::make(&place.vault, joined.files, &joined.chains)?;
    let store = Store::open(&place.vault)?;
    close(&mut Change::begin(&store, Some(&site))?)?;
    let answer = tell(&joined.gain, file, &own, false);
    say(&with_its_site(&site));
    print(&format!(
        "next: strongroom --vault {} --site {site} ledger verify\n",
        place.vault.display()
    ));
    Ok(answer)
}

fn with_its_site(site: &SiteName) -> String {
    format!(
        "this vault has chains of several sites now: say --site {site}, or STRONGROOM_SITE={site}, with every command that writes"
    )
}

/// Whether somebody who saw the export vouches for all that arrived.
fn vouched(other: &OtherCopy, words: Option<&Fingerprint>) -> Result<(), Refusal> {
    let words = match (words, other.register().mode()) {
        (Some(words), _) => *words,
        (None, Mode::Production) => the_words(
            "the 8 words that the export said at the other site",
            "strongroom exchange import FILE --anchor \"WORD WORD WORD WORD WORD WORD WORD WORD\"",
        )?,
        (None, Mode::Rehearsal) => return Ok(()),
    };
    let anchor = Anchor::find(other.chains(), &words)?;
    let lines: usize = other.chains().iter().map(|chain| chain.entries().len()).sum();
    let later = lines - anchor.extent.values().sum::<usize>();
    if later == 0 {
        return Ok(());
    }
    let sentence = format!(
        "{} of the other copy came after these words: nobody vouches for them",
        count(later, "line")
    );
    Err(Refusal::new(Rule::NotYetOnPaper, sentence)
        .hint("type the words that its export said, not those of an older closing sheet"))
}

fn tell(gain: &Gain, file: &Path, own: &Chain, dry_run: bool) -> Answer {
    let verb = if dry_run { "would be taken" } else { "taken" };
    if gain.is_nothing() {
        print(&format!(
            "nothing to take: {} has nothing that this copy lacks\n",
            file.display()
        ));
    } else {
        let lines: usize = gain.lines.values().sum();
        print(&format!(
            "{verb}: {}, {}, {}{}\n",
            count(lines, "line"),
            count(gain.cores, "core"),
            count(gain.records, "record"),
            if gain.plan { ", the plan" } else { "" }
        ));
    }
    for (site, lines) in &gain.lines {
        print(&format!("site {site}: {}\n", count(*lines, "new line")));
    }
    if let Some(lines) = gain.lines.get(own.site()) {
        say(&format!(
            "{} of this laptop's own site came back to it: the copy here was older than the other",
            count(*lines, "line")
        ));
    }
    if gain.ahead > 0 {
        print(&format!(
            "the other copy lacks {} of this one: strongroom exchange export --out FILE\n",
            count(gain.ahead, "line")
        ));
    }
    for place in &gain.lacking {
        say(&format!("neither copy has {place}, which the ledger names"));
    }
    if gain.lacking.is_empty() {
        Answer::Done
    } else {
        Answer::No
    }
}
