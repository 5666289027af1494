//! The only door to standard output and standard error.
//!
//! Rules of this file:
//! - standard output carries the answer: text, one JSON object, or the one secret that was asked for with `--stdout`;
//! - standard error carries what is said besides, and `strongroom: error: …` with its `hint:` lines;
//! - a closed pipe is no error of ours, and a panic is met here: one sentence, status 4, no trace.

use crate::ceremony::ports::Voice;
use crate::refusal::{Refusal, Rule, Status};
use crate::secret::SecretText;
use std::io::Write as _;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::sync::Mutex;

/// How a command ended that was not refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Done, nothing to report.
    Done,
    /// The work ran, and the answer is no; what is wrong was said.
    No,
    /// Some of the work was refused; each refusal was said, and this is the gravest.
    Refused(Status),
}

/// Puts text on standard output.
pub fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    // Whoever closed the pipe has read what they wanted.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Puts the one secret that was asked for on standard output, with a line feed.
pub fn print_secret(secret: &SecretText) -> Result<(), Refusal> {
    let mut out = std::io::stdout().lock();
    secret
        .expose(|text| {
            out.write_all(text.as_bytes())
                .and_then(|()| out.write_all(b"\n"))
                .and_then(|()| out.flush())
        })
        .map_err(|fault| {
            Refusal::new(
                Rule::InputOutput,
                format!("the secret could not be put on standard output: {fault}"),
            )
        })
}

/// Says one line on standard error.
pub fn say(line: &str) {
    let mut err = std::io::stderr().lock();
    let _ = writeln!(err, "{line}");
}

/// Says a refusal that does not end the work.
pub fn note(refusal: &Refusal) {
    say(&format!("strongroom: {refusal}"));
    refusal.hints().iter().for_each(|hint| say(&format!("hint: {hint}")));
}

/// The voice of a ceremony: standard error.
pub struct Standard;

impl Voice for Standard {
    fn say(&mut self, line: &str) {
        say(line);
    }
}

/// The voice of work that nobody listens to.
pub struct Silent;

impl Voice for Silent {
    fn say(&mut self, _: &str) {}
}

/// Ends the program: says a refusal, and gives its status.
pub fn exit(answer: Result<Answer, Refusal>) -> ExitCode {
    match answer {
        Ok(Answer::Done) => ExitCode::SUCCESS,
        Ok(Answer::No) => ExitCode::from(Status::No as u8),
        Ok(Answer::Refused(status)) => ExitCode::from(status as u8),
        Err(refusal) => {
            say(&format!("strongroom: error: {refusal}"));
            refusal.hints().iter().for_each(|hint| say(&format!("hint: {hint}")));
            ExitCode::from(refusal.status() as u8)
        }
    }
}

/// Ends the program that was called in a way it does not know, or was asked for help.
pub fn usage(fault: &clap::Error) -> ExitCode {
    if !fault.use_stderr() {
        print(&fault.render().to_string());
        return ExitCode::SUCCESS;
    }
    let text = fault.render().to_string();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or("the command is not known");
    let mut sentence = first.strip_prefix("error: ").unwrap_or(first).to_string();
    let rest: Vec<&str> = lines.collect();
    // A list of missing arguments stands on lines of its own.
    for line in rest
        .iter()
        .take_while(|line| line.starts_with('<') || line.starts_with("--"))
    {
        sentence = format!("{sentence} {line}");
    }
    say(&format!(
        "strongroom: error: {} ({})",
        sentence.trim_end_matches('.'),
        Rule::Usage
    ));
    for line in rest {
        let line = line
            .strip_prefix("tip: ")
            .or_else(|| line.strip_prefix("Usage: "))
            .or_else(|| line.strip_prefix("For more information, try "));
        if let Some(line) = line {
            say(&format!("hint: {}", line.trim_end_matches('.').replace('\'', "")));
        }
    }
    ExitCode::from(Status::Request as u8)
}

/// Runs `work`; where it contradicts itself, that is a refusal like any other.
pub fn uninterrupted<T>(work: impl FnOnce() -> Result<T, Refusal>) -> Result<T, Refusal> {
    static PLACE: Mutex<Option<String>> = Mutex::new(None);
    // The message of a panic could quote what it tripped over: only its place is kept.
    panic::set_hook(Box::new(|panic| {
        if let (Ok(mut place), Some(at)) = (PLACE.lock(), panic.location()) {
            *place = Some(format!(
                "{}:{}",
                at.file().rsplit("/src/").next().unwrap_or_default(),
                at.line()
            ));
        }
    }));
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let place = PLACE.lock().ok().and_then(|place| place.clone()).unwrap_or_default();
        Err(
            Refusal::new(Rule::Internal, format!("the program contradicted itself at {place}"))
                .hint("the vault is as it was, or as the ledger says; please report this place and the command"),
        )
    })
}
