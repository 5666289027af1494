//! Questions, and the alternate screen.
//!
//! Rules of this file:
//! - it speaks to `/dev/tty`, never to a pipe; without one it says so;
//! - what is secret stands on the alternate screen only, which is cleared, scrollback too, before the main one comes back;
//! - while it stands there, the keys that would stop or suspend the program are keys like any other: no shell prompt can
//!   appear under a secret.

mod keys;

pub use self::keys::Hush;

use crate::refusal::{Refusal, Rule};
use crate::secret::SecretText;
use rustix::event::{PollFd, PollFlags};
use rustix::termios::{LocalModes, OptionalActions, Termios};
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::time::Duration;
use zeroize::Zeroizing;

const ENTER: &[u8] = b"\x1b[?1049h\x1b[2J\x1b[H";
/// The screen empty, the cursor at its beginning.
const AFRESH: &[u8] = b"\x1b[2J\x1b[H";
const LEAVE: &[u8] = b"\x1b[2J\x1b[3J\x1b[H\x1b[?1049l";

/// What Ctrl-C types while it does not stop the program.
const STOP: char = '\u{3}';
/// The most that is typed for one share, in bytes.
const LINES_MAX: usize = 4096;

/// A terminal whose keys neither stop nor suspend this program; as it was before, when this is dropped.
struct Quiet {
    screen: Option<(File, Termios)>,
}

impl Quiet {
    /// Whole lines are typed, and seen.
    fn begin(screen: &File) -> Self {
        Self::without(screen, LocalModes::ISIG)
    }

    /// Single keys are pressed, and not seen.
    fn keys(screen: &File) -> Self {
        Self::without(screen, LocalModes::ISIG | LocalModes::ICANON | LocalModes::ECHO)
    }

    fn without(screen: &File, taken: LocalModes) -> Self {
        let quiet = || {
            let before = rustix::termios::tcgetattr(screen).ok()?;
            let mut modes = before.clone();
            modes.local_modes.remove(taken);
            rustix::termios::tcsetattr(screen, OptionalActions::Now, &modes).ok()?;
            Some((screen.try_clone().ok()?, before))
        };
        Self { screen: quiet() }
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        if let Some((screen, before)) = &self.screen {
            let _ = rustix::termios::tcsetattr(screen, OptionalActions::Now, before);
        }
    }
}

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
    keys: BufReader<File>,
    screen: File,
}

impl Terminal {
    /// The terminal of this process.
    pub fn open() -> Result<Self, Refusal> {
        let open = || {
            let keys = File::open("/dev/tty")?;
            let screen = std::fs::OpenOptions::new().write(true).open("/dev/tty")?;
            Ok::<_, std::io::Error>(Self {
                keys: BufReader::new(keys),
                screen,
            })
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

    /// Asks for yes or no; anything but a clear yes is no.
    pub fn confirm(&mut self, question: &str) -> Result<bool, Refusal> {
        Ok(matches!(
            self.line(&format!("{question} [y/n] "))?.as_str(),
            "y" | "yes"
        ))
    }

    /// Says a line.
    pub fn say(&mut self, line: &str) -> Result<(), Refusal> {
        writeln!(self.screen, "{line}").map_err(|fault| gone(&fault))
    }

    /// Takes lines on the alternate screen until an empty one: the lines of one share. Ctrl-C or Ctrl-D gives up: nothing.
    pub fn secret_lines(&mut self, heading: &str) -> Result<SecretText, Refusal> {
        let quiet = Quiet::begin(&self.screen);
        self.raw(ENTER)?;
        let mut text = Zeroizing::new(String::with_capacity(LINES_MAX));
        let read = self.say(heading).and_then(|()| self.take_lines(&mut text));
        self.raw(LEAVE)?;
        drop(quiet);
        read.map(|()| SecretText::new(std::mem::take(&mut *text)))
    }

    /// Takes one line on the alternate screen. Ctrl-C or an empty line gives up: nothing.
    pub fn secret_line(&mut self, heading: &str) -> Result<SecretText, Refusal> {
        let quiet = Quiet::begin(&self.screen);
        self.raw(ENTER)?;
        let typed = self.say(heading).and_then(|()| self.line("> "));
        self.raw(LEAVE)?;
        drop(quiet);
        let mut typed = typed?;
        if typed.contains(STOP) {
            return Ok(SecretText::new(String::new()));
        }
        Ok(SecretText::new(std::mem::take(&mut *typed)))
    }

    /// Asks for yes or no under something secret, on the alternate screen; anything but a clear yes is no.
    pub fn secret_confirm(&mut self, shown: &SecretText, question: &str) -> Result<bool, Refusal> {
        let quiet = Quiet::begin(&self.screen);
        self.raw(ENTER)?;
        let answer = shown
            .expose(|text| self.raw(text.as_bytes()))
            .and_then(|()| self.line(question));
        self.raw(LEAVE)?;
        drop(quiet);
        Ok(matches!(answer?.as_str(), "y" | "yes"))
    }

    /// Shows a secret on the alternate screen until enter is pressed, or the terminal goes away.
    pub fn show(&mut self, heading: &str, secret: &SecretText) -> Result<(), Refusal> {
        let quiet = Quiet::begin(&self.screen);
        self.raw(ENTER)?;
        let shown = self.say(heading).and_then(|()| {
            secret.expose(|text| {
                let seen = Zeroizing::new(seen(text));
                self.raw(format!("\n    {}\n\n", *seen).as_bytes())
            })
        });
        if shown.is_ok() {
            // Whatever ends the line: it was shown, and the ledger says so.
            let _ = self.line("press enter when done ");
        }
        self.raw(LEAVE)?;
        drop(quiet);
        shown
    }

    /// Keeps what `draw` gives on the alternate screen, drawn anew every second, until enter or another key is pressed. After `visible`
    /// seconds, or at `h`, it is hidden until a key brings it back. `draw` is told how many seconds it stays.
    pub fn watch(
        &mut self,
        visible: u64,
        keys: &str,
        draw: &mut dyn FnMut(u64) -> SecretText,
    ) -> Result<Pressed, Refusal> {
        let quiet = Quiet::keys(&self.screen);
        self.raw(ENTER)?;
        let pressed = self.watch_quietly(visible, keys, draw);
        self.raw(LEAVE)?;
        drop(quiet);
        pressed
    }

    fn watch_quietly(
        &mut self,
        visible: u64,
        keys: &str,
        draw: &mut dyn FnMut(u64) -> SecretText,
    ) -> Result<Pressed, Refusal> {
        let mut left = visible;
        loop {
            self.raw(AFRESH)?;
            if left > 0 {
                draw(left).expose(|text| self.raw(text.as_bytes()))?;
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
        if self.keys.buffer().is_empty() {
            let timeout = rustix::event::Timespec {
                tv_sec: i64::try_from(patience.as_secs()).unwrap_or(1),
                tv_nsec: 0,
            };
            let mut wanted = [PollFd::new(self.keys.get_ref(), PollFlags::IN)];
            match rustix::event::poll(&mut wanted, Some(&timeout)) {
                Ok(0) | Err(rustix::io::Errno::INTR) => return Ok(None),
                Ok(_) => {}
                Err(fault) => return Err(gone(&fault.into())),
            }
        }
        let mut byte = [0];
        match self.keys.read(&mut byte) {
            Ok(0) => Err(Refusal::new(
                Rule::NotATerminal,
                "the terminal was closed while a secret was shown",
            )),
            Ok(_) => Ok(Some(char::from(byte[0]))),
            Err(fault) => Err(gone(&fault)),
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

    fn line(&mut self, prompt: &str) -> Result<Zeroizing<String>, Refusal> {
        self.raw(prompt.as_bytes())?;
        let mut line = Zeroizing::new(String::with_capacity(1024));
        match self.keys.read_line(&mut line) {
            Ok(0) => Err(Refusal::new(
                Rule::NotATerminal,
                "the terminal was closed before an answer",
            )),
            Ok(_) => Ok(Zeroizing::new(line.trim().to_string())),
            Err(fault) => Err(gone(&fault)),
        }
    }
}

fn gone(fault: &std::io::Error) -> Refusal {
    Refusal::new(Rule::NotATerminal, format!("the terminal does not answer: {fault}"))
}
