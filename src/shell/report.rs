//! The only door to standard output and standard error.
//!
//! Rules of this file:
//! - standard output carries the answer: text, one JSON object, or the one secret that was asked for with `--stdout`;
//! - standard error carries what is said besides, and `strongroom: error: …` with its `hint:` lines;
//! - a closed pipe is no error of ours, and a panic is met here: one sentence, status 4, no trace.

use super::folding::all_folded;
use crate::ceremony::ports::Voice;
use crate::refusal::{Refusal, Rule, Status};
use crate::secret::SecretText;
use crate::seen::{visible, visible_json};
use clap::error::ErrorKind;
use std::io::Write as _;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

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

/// Whether standard output took everything that was put there.
static LOST: AtomicBool = AtomicBool::new(false);

/// Puts text on standard output. What is not seen, but line feeds, is shown escaped: an answer that begins like JSON, as JSON does it.
pub fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let put = out.write_all(shown(text).as_bytes()).and_then(|()| out.flush());
    // Whoever closed the pipe has read what they wanted; a disk that is full has lost the answer.
    if put.is_err_and(|fault| fault.kind() != std::io::ErrorKind::BrokenPipe) {
        LOST.store(true, Ordering::Relaxed);
    }
}

/// Puts the one secret that was asked for on standard output, with a line feed.
pub fn print_secret(secret: &SecretText) -> Result<(), Refusal> {
    // Not through the standard library's writer: its buffer is never wiped. Nothing waits in it: `print` flushes.
    let put = |mut bytes: &[u8]| -> rustix::io::Result<()> {
        while !bytes.is_empty() {
            match rustix::io::write(rustix::stdio::stdout(), bytes) {
                Ok(written) => bytes = &bytes[written..],
                Err(rustix::io::Errno::INTR) => {}
                Err(fault) => return Err(fault),
            }
        }
        Ok(())
    };
    secret
        .expose(|text| put(text.as_bytes()).and_then(|()| put(b"\n")))
        .map_err(|fault| {
            Refusal::new(
                Rule::InputOutput,
                format!("the secret could not be put on standard output: {fault}"),
            )
        })
}

/// Says one line on standard error; at a terminal folded to its width, so that no command and no serial is broken.
pub fn say(line: &str) {
    let line = shown(&redacted(line));
    let line = width().map_or_else(|| line.clone(), |columns| all_folded(&line, columns));
    let mut err = std::io::stderr().lock();
    let _ = writeln!(err, "{line}");
}

/// How wide standard error is, in columns, where it is a terminal that says so.
fn width() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(rustix::stdio::stderr()).ok()?;
    (size.ws_col > 0).then(|| usize::from(size.ws_col))
}

/// A terminal takes no orders from a message.
fn shown(text: &str) -> String {
    if text.starts_with(['{', '[']) {
        return visible_json(text);
    }
    visible(text, true)
}

/// A place on a line of its own, whatever its name is.
pub fn print_place(path: &Path) {
    print(&format!("{}\n", visible(&path.display().to_string(), false)));
}

/// What could be a share, a seed or a password that somebody gave in the wrong place: a run of 40 or more letters and
/// digits that is no hash. The last line of defence: messages are not built from secrets.
fn redacted(line: &str) -> String {
    let hides = |word: &str| {
        let symbols = word.chars().filter(char::is_ascii_alphanumeric).count();
        let hash = word.len() >= 40 && word.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
        // The scheme and the kind alone are what our own sentences name.
        let uri = word.contains("otpauth:") && symbols > "otpauthtotp".len();
        (symbols >= 40 && !hash && !word.contains(['/', '.'])) || word.contains("secret=") || uri
    };
    let joined = line.split(' ').map(|word| if hides(word) { "…" } else { word });
    joined.collect::<Vec<_>>().join(" ")
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
        Ok(_) if LOST.load(Ordering::Relaxed) => {
            say("strongroom: error: the answer could not be put on standard output (input-output)");
            ExitCode::from(Status::Machine as u8)
        }
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
    let text = fault.render().to_string();
    if !fault.use_stderr() {
        print(&text);
        return exit(Ok(Answer::Done));
    }
    if fault.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        say("strongroom: error: a command is missing (usage)");
        say("hint: strongroom rehearse --out DIR, or one of: strongroom --help");
        return ExitCode::from(Status::Request as u8);
    }
    let message = text.split("\n\n").next().unwrap_or_default();
    let sentence = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let sentence = sentence.trim_start_matches("error: ").trim_end_matches('.');
    say(&format!("strongroom: error: {sentence} ({})", Rule::Usage));
    for line in text.lines().map(str::trim) {
        if let Some(tip) = line.strip_prefix("tip: ").or_else(|| line.strip_prefix("Usage: ")) {
            say(&format!("hint: {}", tip.trim_end_matches('.').replace('\'', "")));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_or_seed_given_in_the_wrong_place_is_not_repeated() {
        let line = "QQQQVQJARUM0K3D90NTSQV4N53LPQJP9ZE0XVX9CL7S5636G5R9ZVNSUF57P";
        assert_eq!(
            redacted(&format!("the plan has no account `{line}`")),
            "the plan has no account …"
        );
        assert_eq!(redacted("no file otpauth://totp/x?secret=GEZD"), "no file …");
        let own = "only time-based seeds are kept: the URI begins otpauth://totp/";
        assert_eq!(redacted(own), own);
    }

    #[test]
    fn hashes_and_paths_are_said_whole() {
        for line in [
            format!("sha256 {}", "9f1c".repeat(16)),
            format!("/dev/shm/{}/pages/root-password-1-share-1.pdf", "a".repeat(40)),
        ] {
            assert_eq!(redacted(&line), line);
        }
    }

    #[test]
    fn a_terminal_takes_no_orders_from_a_message() {
        assert_eq!(shown("a\u{1b}[31mb\n"), "a\\u{1b}[31mb\n");
    }
}
