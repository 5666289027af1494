//! A screen that is worked with single keys, and lines that are judged while they are typed.
//!
//! Rules of this file:
//! - all of it stands on the alternate screen, which is cleared before the main one comes back;
//! - what is typed is kept in one buffer that never moves, and is wiped.

use super::secretly::{Modes, Secretly};
use super::signals::{self, Came};
use super::{AFRESH, LINES_MAX, STOP, Terminal, gone};
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretText;
use rustix::event::Timespec;
use std::os::fd::AsFd as _;
use std::time::Duration;
use zeroize::Zeroizing;

/// The keys that end typing without an answer: Ctrl-C, Ctrl-D, escape.
const GIVE_UP: [char; 3] = [STOP, '\u{4}', '\u{1b}'];

/// As long as it lives, what is typed is not seen.
pub struct Hush {
    _modes: Option<Modes>,
}

impl Terminal {
    /// Rows and columns; what a bare console has where the terminal does not say.
    pub fn size(&self) -> (usize, usize) {
        let size = rustix::termios::tcgetwinsize(&self.screen).ok();
        let size = size.filter(|size| size.ws_row > 0 && size.ws_col > 0);
        size.map_or((25, 80), |size| (usize::from(size.ws_row), usize::from(size.ws_col)))
    }

    /// Shows a screen until a key is pressed or `patience` is over. Ctrl-C is a key like any other. What is typed from then on is
    /// not seen for as long as the [`Hush`] lives: typing that begins a moment too early lands on no screen.
    pub fn menu(&mut self, shown: &str, patience: Duration) -> Result<(Option<char>, Hush), Refusal> {
        let mut secretly = Secretly::keys(&self.screen).map_err(|fault| gone(&fault))?;
        let asked = self
            .raw(AFRESH)
            .and_then(|()| self.raw(shown.as_bytes()))
            .and_then(|()| self.key(patience));
        secretly.was_interrupted |= asked.is_err();
        let modes = secretly.leave();
        Ok((asked?.map(|key| key.to_ascii_lowercase()), Hush { _modes: modes }))
    }

    /// Whether nothing more was typed or pasted within a moment.
    fn is_paused(&self) -> bool {
        self.has_nothing_for(60_000_000)
    }

    /// Whether no key comes for so many nanoseconds.
    fn has_nothing_for(&self, nanoseconds: i64) -> bool {
        let moment = Timespec {
            tv_sec: 0,
            tv_nsec: nanoseconds,
        };
        matches!(signals::wait(self.keys.as_fd(), Some(moment)), Ok(Came::Nothing))
    }

    /// Takes the lines of one share, drawn anew by `draw` after every key, until an empty line, or until `is_whole` says so at the
    /// end of a line. Ctrl-C, Ctrl-D or escape gives up: nothing.
    pub fn typed_lines(
        &mut self,
        draw: &mut dyn FnMut(&str) -> SecretText,
        is_whole: &dyn Fn(&str) -> bool,
    ) -> Result<SecretText, Refusal> {
        self.secretly(Secretly::keys, |terminal, _| terminal.type_quietly(draw, is_whole))
    }

    fn type_quietly(
        &mut self,
        draw: &mut dyn FnMut(&str) -> SecretText,
        is_whole: &dyn Fn(&str) -> bool,
    ) -> Result<SecretText, Refusal> {
        let mut text = Zeroizing::new(String::with_capacity(LINES_MAX));
        loop {
            // What was pasted is taken whole before it is drawn.
            if self.has_nothing_for(0) {
                self.raw(AFRESH)?;
                draw(&text).expose(|shown| self.raw(shown.as_bytes()))?;
            }
            let Some(key) = self.letter()? else { continue };
            match key {
                key if GIVE_UP.contains(&key) => return Ok(SecretText::new(String::new())),
                '\r' | '\n' => {
                    let ends = text.rsplit('\n').next().is_none_or(|row| row.trim().is_empty());
                    if ends || (is_whole(&text) && self.is_paused()) {
                        return Ok(SecretText::new(std::mem::take(&mut *text)));
                    }
                    text.push('\n');
                }
                '\u{7f}' | '\u{8}' => drop(text.pop()),
                key if text.len() + key.len_utf8() < LINES_MAX => text.push(key),
                _ => {
                    return Err(Refusal::new(
                        Rule::InputTooLarge,
                        format!("the lines of one share have at most {LINES_MAX} characters"),
                    ));
                }
            }
        }
    }

    /// The next character, which may be of several bytes; nothing for a moment without one, and for what is no text.
    fn letter(&mut self) -> Result<Option<char>, Refusal> {
        let Some(first) = self.key(Duration::from_mins(1))? else {
            return Ok(None);
        };
        let more = match u32::from(first) {
            0xc2..=0xdf => 1,
            0xe0..=0xef => 2,
            0xf0..=0xf4 => 3,
            _ => return Ok(first.is_ascii().then_some(first)),
        };
        let mut bytes = vec![u32::from(first) as u8];
        for _ in 0..more {
            let Some(byte) = self.byte()? else { return Ok(None) };
            bytes.push(byte);
        }
        Ok(std::str::from_utf8(&bytes).ok().and_then(|text| text.chars().next()))
    }
}
