//! Questions, and the alternate screen.
//!
//! Rules of this file:
//! - it speaks to `/dev/tty`, never to a pipe; without one it says so;
//! - what is secret stands on the alternate screen only (`secretly`); a signal ends the showing, not the screen's order (`signals`);
//! - what is typed passes through no buffer but the one that is given back: bytes are read one by one.

mod secretly;
mod signals;

mod keys;

pub use self::keys::Hush;

use super::folding::all_folded;
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretText;
use rustix::event::Timespec;
use secretly::Secretly;
use signals::Came;
use std::fs::File;
use std::io::Write as _;
use std::os::fd::AsFd as _;
use std::time::Duration;
use zeroize::Zeroizing;

/// The screen empty, the cursor at its beginning.
const AFRESH: &[u8] = b"\x1b[2J\x1b[H";

/// The rows under what is watched: a blank one, the keys, and the one in which the cursor stands.
const BELOW: usize = 3;

/// What Ctrl-C types while it does not stop the program.
const STOP: char = '\u{3}';
/// The most that is typed for one share, in bytes.
const LINES_MAX: usize = 4096;
/// The most that is typed in one line, in bytes: as much as a terminal takes.
const LINE_MAX: usize = 4096;

/// What a person did while something stood on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pressed {
    /// Done with it.
    Enter,
    /// A key that means something to whoever shows it, in small letters.
    Key(char),
}

/// Text whose control characters give a terminal no orders; line feeds stay.
fn seen(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() && c != '\n' { '?' } else { c })
        .collect()
}

/// A person at a terminal.
pub struct Terminal {
    keys: File,
    screen: File,
}

/// Gets ready to be told of signals: later, a process with secrets may not ask for it any more.
pub fn get_ready() {
    signals::get_ready();
}

impl Terminal {
    /// The terminal of this process.
    pub fn open() -> Result<Self, Refusal> {
        let open = || {
            let keys = File::open("/dev/tty")?;
            let screen = std::fs::OpenOptions::new().write(true).open("/dev/tty")?;
            Ok::<_, std::io::Error>(Self { keys, screen })
        };
        open().map_err(|_| {
            Refusal::new(Rule::NotATerminal, "there is no terminal to ask and to show on")
                .hint("run it in a terminal; or ask nothing and name a pipe: --unattended --stdout")
        })
    }

    /// Asks for one line; an empty one is asked again.
    pub fn ask(&mut self, question: &str) -> Result<String, Refusal> {
        loop {
            let line = self.line(&format!("{question}: "))?;
            if !line.is_empty() {
                return Ok(line.to_string());
            }
        }
    }

    /// How wide it is now, in columns; 80 where it does not say.
    pub fn columns(&self) -> usize {
        match rustix::termios::tcgetwinsize(&self.screen) {
            Ok(size) if size.ws_col > 0 => usize::from(size.ws_col),
            _ => 80,
        }
    }

    /// Asks for one line, empty or not.
    pub fn answer(&mut self, question: &str) -> Result<String, Refusal> {
        Ok(self.line(&format!("{question} > "))?.to_string())
    }

    /// Asks for yes or no; anything but a clear yes is no.
    pub fn confirm(&mut self, question: &str) -> Result<bool, Refusal> {
        Ok(matches!(
            self.line(&format!("{question} [y/n] "))?.as_str(),
            "y" | "yes"
        ))
    }

    /// Asks for yes or no until one of them is clear: where a key that was pressed once too often must not be an answer.
    pub fn decide(&mut self, question: &str) -> Result<bool, Refusal> {
        loop {
            match self.line(&format!("{question} [y/n] "))?.as_str() {
                "y" | "yes" => return Ok(true),
                "n" | "no" => return Ok(false),
                _ => {}
            }
        }
    }

    /// Says a line.
    pub fn say(&mut self, line: &str) -> Result<(), Refusal> {
        writeln!(self.screen, "{line}").map_err(|fault| gone(&fault))
    }

    /// Takes lines on the alternate screen until an empty one: the lines of one share. Ctrl-C or Ctrl-D gives up: nothing.
    pub fn secret_lines(&mut self, heading: &str) -> Result<SecretText, Refusal> {
        self.secretly(Secretly::lines, |terminal, _| {
            terminal.say(heading)?;
            let mut text = Zeroizing::new(String::with_capacity(LINES_MAX));
            terminal.take_lines(&mut text)?;
            Ok(SecretText::new(std::mem::take(&mut *text)))
        })
    }

    /// Takes one line on the alternate screen. Ctrl-C or an empty line gives up: nothing.
    pub fn secret_line(&mut self, heading: &str) -> Result<SecretText, Refusal> {
        let heading = all_folded(heading, self.columns());
        let mut typed = self.secretly(Secretly::lines, |terminal, _| {
            terminal.say(&heading)?;
            terminal.line("> ")
        })?;
        if typed.contains(STOP) {
            return Ok(SecretText::new(String::new()));
        }
        Ok(SecretText::new(std::mem::take(&mut *typed)))
    }

    /// Takes one line under something secret, on the alternate screen: empty where it was, Ctrl-C as it was typed.
    pub fn secret_answer(&mut self, shown: &SecretText, prompt: &str) -> Result<SecretText, Refusal> {
        let mut answer = self.secretly(Secretly::lines, |terminal, _| {
            shown.expose(|text| terminal.raw(text.as_bytes()))?;
            terminal.line(prompt)
        })?;
        Ok(SecretText::new(std::mem::take(&mut *answer)))
    }

    /// Asks for yes or no under something secret, on the alternate screen; anything but a clear yes is no.
    pub fn secret_confirm(&mut self, shown: &SecretText, question: &str) -> Result<bool, Refusal> {
        let answer = self.secretly(Secretly::lines, |terminal, _| {
            shown.expose(|text| terminal.raw(text.as_bytes()))?;
            terminal.line(question)
        })?;
        Ok(matches!(answer.as_str(), "y" | "yes"))
    }

    /// Shows a secret on the alternate screen until enter is pressed, the terminal goes away, or a signal ends it.
    pub fn show(&mut self, heading: &str, secret: &SecretText) -> Result<(), Refusal> {
        self.secretly(Secretly::lines, |terminal, secretly| {
            terminal.say(heading)?;
            secret.expose(|text| {
                let seen = Zeroizing::new(seen(text));
                terminal.raw(b"\n    ")?;
                terminal.raw(seen.as_bytes())?;
                terminal.raw(b"\n\n")
            })?;
            // Whatever ends the line: it was shown, and the ledger says so.
            secretly.was_interrupted = terminal.line("press enter when done ").is_err();
            Ok(())
        })
    }

    /// Keeps what `draw` gives on the alternate screen, drawn anew every second, until enter or another key is pressed. After `visible`
    /// seconds, or at `h`, or when the machine has slept, it is hidden until a key brings it back. `draw` is told how many rows and
    /// columns it has, which may change meanwhile.
    pub fn watch(
        &mut self,
        visible: u64,
        keys: &str,
        draw: &mut dyn FnMut((usize, usize)) -> SecretText,
    ) -> Result<Pressed, Refusal> {
        self.secretly(Secretly::keys, |terminal, secretly| {
            terminal.watch_quietly(visible, keys, draw, secretly)
        })
    }

    /// Does `work` on the alternate screen, which is gone when it comes back.
    fn secretly<R>(
        &mut self,
        enter: fn(&File) -> std::io::Result<Secretly>,
        work: impl FnOnce(&mut Self, &mut Secretly) -> Result<R, Refusal>,
    ) -> Result<R, Refusal> {
        let mut secretly = enter(&self.screen).map_err(|fault| gone(&fault))?;
        let done = work(self, &mut secretly);
        secretly.was_interrupted |= done.is_err();
        done
    }

    fn watch_quietly(
        &mut self,
        visible: u64,
        keys: &str,
        draw: &mut dyn FnMut((usize, usize)) -> SecretText,
        secretly: &mut Secretly,
    ) -> Result<Pressed, Refusal> {
        let mut left = visible;
        loop {
            if secretly.has_slept() {
                left = 0;
            }
            self.raw(AFRESH)?;
            if left > 0 {
                let (rows, columns) = self.size();
                draw((rows.saturating_sub(BELOW), columns)).expose(|text| self.raw(text.as_bytes()))?;
                self.raw(format!("\n{keys}        hides in {left} s\n").as_bytes())?;
            } else {
                self.raw(b"hidden\n\n[s]how again   [enter] done\n")?;
            }
            let key = self.key(Duration::from_secs(1))?;
            match key {
                Some('\r' | '\n') => return Ok(Pressed::Enter),
                Some('h') => left = 0,
                Some('s') if left == 0 => left = visible,
                Some(key) if left > 0 => return Ok(Pressed::Key(key.to_ascii_lowercase())),
                Some(_) => {}
                None => left = left.saturating_sub(1),
            }
        }
    }

    /// The next key, if one is pressed in time. A terminal that goes away is a refusal: nobody watches any more.
    fn key(&mut self, patience: Duration) -> Result<Option<char>, Refusal> {
        let patience = Timespec {
            tv_sec: i64::try_from(patience.as_secs()).unwrap_or(1),
            tv_nsec: 0,
        };
        match signals::wait(self.keys.as_fd(), Some(patience)).map_err(|fault| gone(&fault.into()))? {
            Came::Nothing => Ok(None),
            Came::Signal => Err(interrupted()),
            Came::Key => self.byte()?.map_or_else(
                || {
                    Err(Refusal::new(
                        Rule::NotATerminal,
                        "the terminal was closed while a secret was shown",
                    ))
                },
                |byte| Ok(Some(char::from(byte))),
            ),
        }
    }

    /// The next byte that was typed; nothing at the end.
    fn byte(&mut self) -> Result<Option<u8>, Refusal> {
        let mut byte = [0];
        loop {
            match rustix::io::read(&self.keys, &mut byte) {
                Ok(0) => return Ok(None),
                Ok(_) => return Ok(Some(byte[0])),
                Err(rustix::io::Errno::INTR) => {}
                Err(fault) => return Err(gone(&fault.into())),
            }
        }
    }

    fn take_lines(&mut self, text: &mut Zeroizing<String>) -> Result<(), Refusal> {
        loop {
            let line = match self.line("> ") {
                Ok(line) if line.contains(STOP) => Zeroizing::new(String::new()),
                Ok(line) => line,
                Err(refusal) => return Err(refusal),
            };
            if line.is_empty() {
                return Ok(());
            }
            if text.len() + line.len() + 1 > LINES_MAX {
                return Err(Refusal::new(
                    Rule::InputTooLarge,
                    format!("the lines of one share have at most {LINES_MAX} characters"),
                ));
            }
            text.push_str(&line);
            text.push('\n');
        }
    }

    fn raw(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.screen
            .write_all(bytes)
            .and_then(|()| self.screen.flush())
            .map_err(|fault| gone(&fault))
    }

    /// A line that was typed; what is no text is asked for again, for a slip must not end a ceremony.
    fn line(&mut self, prompt: &str) -> Result<Zeroizing<String>, Refusal> {
        loop {
            let line = self.bytes_of_line(prompt)?;
            if let Ok(text) = std::str::from_utf8(&line) {
                return Ok(Zeroizing::new(text.trim().to_string()));
            }
            self.raw(b"what was typed is not UTF-8 text: type it again\n")?;
        }
    }

    fn bytes_of_line(&mut self, prompt: &str) -> Result<Zeroizing<Vec<u8>>, Refusal> {
        self.raw(prompt.as_bytes())?;
        let mut line = Zeroizing::new(Vec::with_capacity(LINE_MAX));
        loop {
            if signals::wait(self.keys.as_fd(), None).map_err(|fault| gone(&fault.into()))? == Came::Signal {
                return Err(interrupted());
            }
            match self.byte()? {
                None if line.is_empty() => {
                    return Err(Refusal::new(
                        Rule::NotATerminal,
                        "the terminal was closed before an answer",
                    ));
                }
                Some(b'\n') | None => return Ok(line),
                // What does not fit is refused by whoever reads the line: it is longer than anything that is asked for.
                Some(byte) if line.len() < LINE_MAX => line.push(byte),
                Some(_) => {}
            }
        }
    }
}

fn interrupted() -> Refusal {
    Refusal::new(Rule::GivenUp, "a signal ended what was asked or shown")
}

fn gone(fault: &std::io::Error) -> Refusal {
    Refusal::new(Rule::NotATerminal, format!("the terminal does not answer: {fault}"))
}
