//! Questions, and the alternate screen.
//!
//! Rules of this file:
//! - it speaks to `/dev/tty`, never to a pipe; without one it says so;
//! - what is secret stands on the alternate screen only, which is cleared, scrollback too, before the main one comes back.

use crate::refusal::{Refusal, Rule};
use crate::secret::SecretText;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use zeroize::Zeroizing;

const ENTER: &[u8] = b"\x1b[?1049h\x1b[2J\x1b[H";
const LEAVE: &[u8] = b"\x1b[2J\x1b[3J\x1b[H\x1b[?1049l";

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

    /// Takes lines on the alternate screen until an empty one: the lines of one share.
    pub fn secret_lines(&mut self, heading: &str) -> Result<SecretText, Refusal> {
        self.raw(ENTER)?;
        let mut text = Zeroizing::new(String::with_capacity(4096));
        let read = self.say(heading).and_then(|()| {
            loop {
                let line = self.line("> ")?;
                if line.is_empty() || text.len() + line.len() + 1 > text.capacity() {
                    return Ok(());
                }
                text.push_str(&line);
                text.push('\n');
            }
        });
        self.raw(LEAVE)?;
        read.map(|()| SecretText::new(std::mem::take(&mut *text)))
    }

    /// Shows a secret on the alternate screen until enter is pressed.
    pub fn show(&mut self, heading: &str, secret: &SecretText) -> Result<(), Refusal> {
        self.raw(ENTER)?;
        let shown = self.say(heading).and_then(|()| {
            secret.expose(|text| {
                self.raw(b"\n    ")
                    .and_then(|()| self.raw(text.as_bytes()))
                    .and_then(|()| self.raw(b"\n\n"))
            })?;
            self.line("press enter when done ").map(drop)
        });
        self.raw(LEAVE)?;
        shown
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
                "the terminal was closed; nothing was opened or kept",
            )),
            Ok(_) => Ok(Zeroizing::new(line.trim().to_string())),
            Err(fault) => Err(gone(&fault)),
        }
    }
}

fn gone(fault: &std::io::Error) -> Refusal {
    Refusal::new(Rule::NotATerminal, format!("the terminal does not answer: {fault}"))
}
