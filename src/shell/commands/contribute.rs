//! `contribute`: on another offline laptop, one share proved and locked to the session that invited.
//!
//! Rules of this file:
//! - no vault is needed: the invitation carries what a share is proved against, and the share vouches for that by its fingerprint;
//! - its custodian sees for what is asked, compares 8 words by voice, and says yes; unattended is for rehearsals only;
//! - the machine is judged as at a recovery; what is overridden has no ledger here, so it travels with the share;
//! - one share, and this process ends.

use crate::ceremony::afar::{self, Asking, Invite};
use crate::code::live::Wanted;
use crate::code::share_code::PaperShare;
use crate::ident::Mode;
use crate::refusal::{Refusal, Rule};
use crate::shell::args::Contribute;
use crate::shell::decoder::Decoder;
use crate::shell::guard;
use crate::shell::input;
use crate::shell::offering;
use crate::shell::passphrases;
use crate::shell::report::{Answer, note, print, say};
use crate::shell::scanning::{self, Entry};
use crate::shell::terminal::Terminal;
use crate::shell::travelling::{self, OnScreen};
use crate::shell::typing;
use crate::shell::{lockdown, machine};
use crate::vault::event::Note;
use crate::vault::note_of_finding;
use crate::vault::share_set::StoredCore;
use std::path::Path;

/// Reads the invitation, asks, proves, locks.
pub fn run(it: &Contribute) -> Result<Answer, Refusal> {
    let invite = read_invite(&it.to)?;
    let mode = invite.vault.mode();
    if it.unattended && mode == Mode::Production {
        return Err(Refusal::new(
            Rule::CustodianAbsent,
            "a share of production is contributed by its custodian, who compares the words and says yes",
        )
        .hint("leave out --unattended"));
    }
    let exceptions = judge_machine(it, mode)?;
    let mut terminal = if it.unattended { None } else { Some(Terminal::open()?) };
    let told = told(&invite);
    match &mut terminal {
        Some(terminal) => ask(terminal, &told)?,
        None => say(&told),
    }
    let paper = share(it, &invite, terminal.as_mut())?;
    let mut passphrases = passphrases::source(it.passphrases.as_deref(), terminal.as_mut())?;
    let contribution = invite.answer(paper, &mut *passphrases, &exceptions)?;
    drop(passphrases);
    let picture = travelling::write(&it.out, &contribution.code)?;
    let beside = picture.map_or(String::new(), |picture| {
        format!(", and as a picture in {}", picture.display())
    });
    print(&format!(
        "{} is proved, and locked to that session: {}{beside}\n",
        contribution.name,
        it.out.display()
    ));
    if let Some(terminal) = &mut terminal {
        let (rows, columns) = terminal.size();
        match travelling::on_screen(&contribution.code, (rows.saturating_sub(3), columns)) {
            OnScreen::Code(code) => {
                let shown = code.expose(|code| format!("{code}\nphotograph it, and send the picture   [enter] done\n"));
                while terminal.menu(&shown, std::time::Duration::from_mins(1))?.0.is_none() {}
            }
            OnScreen::TooSmall(..) => {
                terminal.say("this window is too small to show its code: send the file or the picture")?;
            }
            OnScreen::TooLong => {}
        }
    }
    say("it opens in that session only, and is of no use in any other; send it over any channel");
    say("next: the sheet back into a new envelope, with a new seal");
    Ok(Answer::Done)
}

fn read_invite(path: &Path) -> Result<Invite, Refusal> {
    let texts = travelling::read(&mut Decoder::default(), path)?;
    let text = texts.iter().find(|text| afar::is_invite(text)).or(texts.first());
    match text {
        Some(text) => Invite::read(text).map_err(|refusal| scanning::of_file(&refusal, &path.display().to_string())),
        None => Err(
            Refusal::new(Rule::NothingScanned, format!("no code was found in {}", path.display()))
                .hint("ask for the file of the invitation, or for a sharper picture"),
        ),
    }
}

/// What a machine must be for one share; what was overridden comes back, to travel with it.
fn judge_machine(it: &Contribute, mode: Mode) -> Result<Vec<Note>, Refusal> {
    // What this system lacks travels nowhere: the session that invited has its own ledger.
    lockdown::close();
    if mode == Mode::Rehearsal {
        return Ok(Vec::new());
    }
    let judged = [
        (guard::judge_network(&lockdown::network()), &it.overrides.allow_network),
        (guard::judge_swap(&machine::swap_areas()), &it.overrides.allow_swap),
    ];
    let mut exceptions = Vec::new();
    for (judged, reason) in judged {
        let Err(refusal) = judged else { continue };
        let Some(reason) = reason else { return Err(refusal) };
        let found = format!("{}: {}; {}", refusal.rule(), refusal.sentence(), reason.as_str());
        exceptions.push(note_of_finding(&found)?);
    }
    Ok(exceptions)
}

/// For what is asked, in the words of the invitation.
fn told(invite: &Invite) -> String {
    let Asking {
        account,
        account_name,
        factor,
        device,
        task,
        reason,
        present,
        approved_by,
        made,
    } = &invite.asking;
    let device = device.as_ref().map(|device| format!(" {device}")).unwrap_or_default();
    let sets: Vec<String> = invite.sets.iter().map(|set| set.core.set_epoch().to_string()).collect();
    let present: Vec<&str> = present.iter().map(crate::ident::PersonId::as_str).collect();
    let people = if present.is_empty() {
        String::new()
    } else {
        let approved = approved_by.as_ref().map_or("nobody", crate::ident::PersonId::as_str);
        format!("  present   {}; approved by {approved}\n", present.join(", "))
    };
    let world = match invite.vault.mode() {
        Mode::Production => "",
        Mode::Rehearsal => "   (a rehearsal: throwaway secrets)",
    };
    format!(
        "a recovery asks for one share of {}{world}\n  account   {account_name} ({account})\n  factor    {}{device}\n  task      {task}\n  reason    {}\n{people}  begun     {} UTC\n\n  words     {}\n",
        sets.join(" or "),
        factor.as_str(),
        reason.as_str(),
        made.strftime("%Y-%m-%d %H:%M"),
        invite.words()
    )
}

fn ask(terminal: &mut Terminal, told: &str) -> Result<(), Refusal> {
    let given_up = |found: &str| {
        Refusal::new(Rule::GivenUp, found.to_string())
            .hint("nothing was read; ring security, by the number on your own card")
    };
    terminal.say(told)?;
    terminal.say("ring those who invite you, by a number of your own card, and let them read their 8 words to you")?;
    if !terminal.decide("are they these 8 words?")? {
        return Err(given_up(
            "the words differ, so this invitation is not theirs: no share was contributed",
        ));
    }
    if !terminal.decide("do you, its custodian, contribute your share for this account and this reason?")? {
        return Err(given_up("its custodian did not agree: no share was contributed"));
    }
    Ok(())
}

/// The one share of the sheet, which could help.
fn share(it: &Contribute, invite: &Invite, terminal: Option<&mut Terminal>) -> Result<PaperShare, Refusal> {
    let mode = invite.vault.mode();
    let entries = if !it.scan.is_empty() {
        scanning::read_all(&input::scans(&it.scan)?, mode).0
    } else if let Some(terminal) = terminal {
        let wanted: Vec<Wanted> = invite.sets.iter().map(wanted_of).collect();
        let typed = typing::lines(terminal, "your share, for the session that invited you", mode, &wanted)?;
        if typed.is_empty() {
            return Err(Refusal::new(Rule::GivenUp, "no share was contributed"));
        }
        offering::read_typed(terminal, &typed, mode)?
    } else {
        scanning::read_typed(&input::standard(input::TEXT_MAX)?, mode)
    };
    let mut refused = Vec::new();
    for Entry { paper, from } in entries {
        match paper.and_then(|paper| invite.judge(&paper).map(|_| ()).map(|()| paper)) {
            Ok(paper) => {
                refused.iter().for_each(note);
                return Ok(paper);
            }
            Err(refusal) => refused.push(scanning::of_file(&refusal, &from)),
        }
    }
    let last = refused.pop();
    refused.iter().for_each(note);
    Err(last.unwrap_or_else(|| Refusal::new(Rule::NothingScanned, "no share was read")))
}

fn wanted_of(set: &StoredCore) -> Wanted {
    Wanted {
        identity_kind: set.core.identity_kind,
        needed: set.core.threshold.needed(),
        total: set.core.threshold.total(),
        fingerprint: set.fingerprint,
    }
}
