//! Floor 7: everything that touches the machine.
//!
//! | room | what is done there |
//! |---|---|
//! | [`args`] | one definition per flag; help comes from it |
//! | [`commands`] | one file for each command: ask the machine, call a ceremony, say what came of it |
//! | [`report`] | error to sentence, hint and exit status; the only door to standard output and error |
//! | [`guard`] | what a machine must be before a secret is on it, and the exceptions to that |
//! | [`network`] [`machine`] [`hardware`] | judging the machine, and telling of it |
//! | [`lockdown`] | what a process takes from itself before a secret is in it |
//! | [`decoder`] | scans decoded in a process of their own |
//! | [`input`] [`scanning`] [`seeds`] | files in, capped; scans to shares; seeds brought in |
//! | [`passphrases`] | where passphrases come from, and where they go |
//! | [`output`] | pages out, to memory-backed storage |
//! | [`showing`] | an opened secret before those who came for it |
//! | [`offering`] [`lost`] | a mistyped line, corrected with the paper at hand; the rest of a sheet whose codes are gone |
//! | [`typing`] | lines judged while they are typed |
//! | [`camera`] | sheets held before a camera |
//! | [`travelling`] | texts that go from laptop to laptop, as files and pictures |
//! | [`printing`] | pages out, through a pipe to the print system, its spool judged |
//! | [`terminal`] [`folding`] | questions, and the alternate screen; text in rows that break no word |

pub mod args;
pub mod camera;
pub mod commands;
pub mod decoder;
pub mod folding;
pub mod guard;
pub mod hardware;
pub mod input;
pub mod lockdown;
pub mod lost;
pub mod machine;
pub mod network;
pub mod offering;
pub mod output;
pub mod passphrases;
pub mod printing;
pub mod report;
pub mod scanning;
pub mod seeds;
pub mod showing;
pub mod terminal;
pub mod travelling;
pub mod typing;

use crate::ceremony::reprint::Anew;
use crate::refusal::Refusal;
use args::{Arguments, Command};
use clap::Parser as _;
use report::Answer;
use std::process::ExitCode;
use std::sync::Arc;

/// The program: arguments in, exit status out.
pub fn run() -> ExitCode {
    // A file that grows beyond a limit of the system is a refusal like a full disk, not our end.
    let _ = signal_hook::flag::register(libc::SIGXFSZ, Arc::default());
    if let Some(helper) = helper() {
        lockdown::begin(None);
        helper();
        return ExitCode::SUCCESS;
    }
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(usage) => return report::usage(&usage),
    };
    lockdown::begin(lockdown::Needs::of(&arguments.place, &arguments.command));
    report::exit(report::uninterrupted(|| answer(arguments)))
}

/// What this process is to another one of this program, where it was started as its helper.
fn helper() -> Option<fn()> {
    let first = std::env::args_os().nth(1)?;
    match first.to_str()? {
        decoder::COMMAND => Some(decoder::worker::run),
        printing::COMMAND => Some(printing::client::run),
        _ => None,
    }
}

fn answer(arguments: Arguments) -> Result<Answer, Refusal> {
    let place = arguments.place;
    match arguments.command {
        Command::Rehearse(it) => commands::rehearse::run(&it),
        Command::Init(it) => commands::init::run(&it, place.site),
        Command::Check(it) => commands::check::run(&place, &it),
        Command::Simulate(it) => commands::simulate::run(&place, &it),
        Command::Preflight(it) => commands::preflight::run(&it),
        Command::Ceremony(it) => commands::ceremony::run(&place, it),
        Command::Prove(it) => commands::prove::run(&place, &it),
        Command::Reprint(it) => commands::reprint::run(&place, &it, Anew::SameLines),
        Command::Passphrase(it) => commands::reprint::run(&place, &it, Anew::NewPassphrase),
        Command::Enroll(it) => commands::enroll::run(&place, &it),
        Command::Recover(it) => commands::recover::run(&place, &it),
        Command::Contribute(it) => commands::contribute::run(&it),
        Command::Notice(it) => commands::notice::run(&place, &it),
        Command::Print(it) => commands::print::run(&place, &it),
        Command::Restore(it) => commands::restore::run(&it),
        Command::Reissue(it) => commands::reissue::run(&place, &it),
        Command::Relock(it) => commands::reissue::relock(&place, &it),
        Command::Status(it) => commands::life::status::run(&place, &it),
        Command::Due(it) => commands::life::due::run(&place, &it),
        Command::Envelope(it) => commands::life::envelope::run(&place, &it),
        Command::Safe(it) => commands::life::safe::run(&place, &it),
        Command::Device(it) => commands::life::device::run(&place, &it),
        Command::Guidance(it) => commands::life::device::guidance(&place, &it),
        Command::Drill(it) => commands::life::drill::run(&place, &it),
        Command::Review(it) => commands::life::review::run(&place, &it),
        Command::Finding(it) => commands::life::finding::run(&place, &it),
        Command::Runbook(it) => commands::runbook::run(&place, &it),
        Command::Exchange(it) => commands::exchange::run(&place, &it),
        Command::Export(it) => commands::export::run(&place, &it),
        Command::Exception(it) => commands::exception::run(&place, &it),
        Command::Ledger(it) => commands::ledger::run(&place, &it),
    }
}
