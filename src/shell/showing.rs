//! An opened secret before the people who came for it: a code, a code to scan, text, or one half for each of two operators.
//!
//! Rules of this file:
//! - everything secret stands on the alternate screen, hides itself after a while, and is gone when the next person sits down;
//! - nobody sees both halves of a password;
//! - what is drawn is made by the rooms below from the secret alone: they know no terminal, no clock.

mod halves;
mod qr;

use super::terminal::{Pressed, Terminal};
use crate::ceremony::ports::Clock;
use crate::crypto::totp::Seed;
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretText;
use crate::seen::is_unseen;
use jiff::Timestamp;
use std::fmt::Write as _;

pub use self::qr::{drawn as qr_text, size as qr_size};

/// How long a secret stays on the screen before it hides itself, in seconds.
const VISIBLE: u64 = 60;
/// How far a laptop's clock may be off and be put right by one known-good code, in periods each way.
const WINDOWS: u8 = 6;

/// Shows a text until its reader is done.
pub fn text(terminal: &mut Terminal, heading: &str, secret: &SecretText) -> Result<(), Refusal> {
    let draw = |_| framed(heading, secret);
    until_done(terminal, draw, "[h]ide   [enter] done")
}

/// Shows a QR code until its reader is done.
pub fn qr(terminal: &mut Terminal, heading: &str, secret: &SecretText) -> Result<(), Refusal> {
    let code = qr::drawn(secret)?;
    let draw = |room| qr::placed(heading, &code, room);
    until_done(terminal, draw, "[h]ide   [enter] done")
}

/// Shows a password in two halves: the first to one operator, the second to another.
pub fn in_halves(
    terminal: &mut Terminal,
    name: &str,
    password: &SecretText,
    operators: [&str; 2],
) -> Result<(), Refusal> {
    let halves = halves::of(password);
    for (number, (half, operator)) in halves.iter().zip(operators).enumerate() {
        let which = ["first", "second"][number];
        terminal.say(&format!("{which} half, for {operator} alone"))?;
        // The shares are gone with the process: an enter too many must not cost a quorum.
        while !terminal.decide(&format!("is {operator} alone at the screen?"))? {
            if terminal.decide(&format!("give up, and show the {which} half to nobody?"))? {
                return Err(not_shown(name, which));
            }
        }
        one_half(terminal, &format!("{name}: {which} half, for {operator} alone"), half)?;
    }
    Ok(())
}

fn not_shown(name: &str, which: &str) -> Refusal {
    Refusal::new(Rule::GivenUp, format!("the {which} half of the {name} was not shown"))
        .hint("begin again when both operators are there: the ledger already says that it was opened")
}

fn one_half(terminal: &mut Terminal, heading: &str, half: &SecretText) -> Result<(), Refusal> {
    let (rows, code) = (halves::drawn(half), qr::drawn(half)?);
    loop {
        let keys = "[q]r for a keyboard scanner   [h]ide   [enter] done";
        match terminal.watch(VISIBLE, keys, &mut |_| joined(heading, &rows))? {
            Pressed::Enter => return Ok(()),
            Pressed::Key('q') => {
                let keys = "[g]roups   [h]ide   [enter] done";
                if terminal.watch(VISIBLE, keys, &mut |room| qr::placed(heading, &code, room))? == Pressed::Enter {
                    return Ok(());
                }
            }
            Pressed::Key(_) => {}
        }
    }
}

/// Shows the current code and the next one, by the laptop's clock or by what one known-good code says of it.
pub fn code(terminal: &mut Terminal, name: &str, seed: &Seed, clock: &dyn Clock) -> Result<(), Refusal> {
    let (mut drift, mut remark) = (0, String::new());
    loop {
        let draw = &mut |_| codes_at(name, seed, clock.now(), (drift, &remark));
        match terminal.watch(VISIBLE, "[c]lock is off   [h]ide   [enter] done", draw)? {
            Pressed::Enter => return Ok(()),
            Pressed::Key('c') => match known_good(terminal, seed, clock)? {
                Known::Drift(found) => (drift, remark) = (found, String::new()),
                Known::Not => remark = no_such_code(),
                Known::Nothing => remark = String::new(),
            },
            Pressed::Key(_) => {}
        }
    }
}

/// How far the clock is off, by a code that another device shows or the provider has just accepted.
fn known_good(terminal: &mut Terminal, seed: &Seed, clock: &dyn Clock) -> Result<Known, Refusal> {
    let typed = terminal.secret_line("a code that is known to be good now; nothing at all goes back\n")?;
    let now = clock.now().as_second().unsigned_abs();
    let found = typed.expose(|code| seed.drift(code.trim(), now, WINDOWS));
    Ok(match found {
        Some(drift) => Known::Drift(drift),
        None if typed.is_empty() => Known::Nothing,
        None => Known::Not,
    })
}

/// What a code that was typed says of the clock.
enum Known {
    Drift(i64),
    Not,
    Nothing,
}

fn no_such_code() -> String {
    format!("that is no code of this device within {WINDOWS} periods of the laptop's clock\n")
}

fn codes_at(name: &str, seed: &Seed, now: Timestamp, (drift, remark): (i64, &str)) -> SecretText {
    let time = now.as_second().saturating_add(drift).unsigned_abs();
    let (code, next) = (
        seed.code_at(time),
        seed.code_at(time + u64::from(seed.parameters().period)),
    );
    let corrected = match drift {
        0 => "compare it with a watch".to_string(),
        off => format!("put right by {off:+} s"),
    };
    let clock = now.strftime("%H:%M:%S");
    SecretText::build(512, |text| {
        let _ = write!(text, "{name}\nlaptop {clock} UTC, {corrected}\n{remark}\n    ");
        code.digits.expose(|digits| push_in_threes(text, digits));
        let _ = write!(text, "        {} s left        next  ", code.seconds_left);
        next.digits.expose(|digits| push_in_threes(text, digits));
        text.push('\n');
    })
}

/// `481 093`: half and half, as authenticators show them.
fn push_in_threes(text: &mut String, digits: &str) {
    let (first, second) = digits.split_at(digits.len().div_ceil(2));
    text.push_str(first);
    text.push(' ');
    text.push_str(second);
}

fn until_done(
    terminal: &mut Terminal,
    mut draw: impl FnMut((usize, usize)) -> SecretText,
    keys: &str,
) -> Result<(), Refusal> {
    while terminal.watch(VISIBLE, keys, &mut draw)? != Pressed::Enter {}
    Ok(())
}

fn framed(heading: &str, secret: &SecretText) -> SecretText {
    const SHOWN: usize = 10;
    SecretText::build(heading.len() + SHOWN * secret.len() + 16, |text| {
        text.push_str(heading);
        text.push_str("\n\n    ");
        secret.expose(|secret| {
            for c in secret.chars() {
                // What cannot be seen is shown by its number, of ten characters at most.
                if c != '\n' && is_unseen(c) {
                    text.extend(c.escape_unicode());
                } else {
                    text.push(c);
                }
            }
        });
        text.push('\n');
    })
}

fn joined(heading: &str, below: &SecretText) -> SecretText {
    SecretText::build(heading.len() + below.len() + 4, |text| {
        text.push_str(heading);
        text.push_str("\n\n");
        below.expose(|below| text.push_str(below));
    })
}
