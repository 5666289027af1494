//! An opened record before those who came for it.

use super::{SystemClock, of_generation};
use crate::ceremony::ports::Clock as _;
use crate::ceremony::recover::Opened;
use crate::plan::Factor;
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretText;
use crate::shell::args::{Recover, Show};
use crate::shell::report::{self, say};
use crate::shell::showing;
use crate::shell::terminal::Terminal;
use crate::vault::record::Content;

/// What is shown where nothing was asked for: a code of a device, a password in halves, a contact as text; to a pipe never halves.
pub(super) fn how_to_show(asked: Option<Show>, factor: Factor, stdout: bool) -> Result<Show, Refusal> {
    match (asked, factor) {
        (None | Some(Show::Code), Factor::Mfa) => Ok(Show::Code),
        (None, Factor::Password) if !stdout => Ok(Show::Halves),
        (None, _) => Ok(Show::Text),
        (Some(Show::Code), _) => {
            Err(Refusal::new(Rule::Usage, format!("a {} has no code", factor.as_str())).hint("--show text"))
        }
        (Some(Show::Halves), Factor::Mfa | Factor::Contact) => Err(Refusal::new(
            Rule::Usage,
            format!("{} is not shown in halves, only a password is", factor.as_str()),
        )
        .hint("--show text")),
        (Some(Show::Halves), _) if stdout => Err(Refusal::new(
            Rule::Usage,
            "halves are for two people at a terminal, not for a pipe",
        )
        .hint("leave out --stdout; or --show text --stdout")),
        (Some(show), _) => Ok(show),
    }
}

/// Shows one record where it was asked for.
pub(super) fn present(
    it: &Recover,
    show: Show,
    opened: Opened,
    operators: &[String],
    terminal: Option<&mut Terminal>,
) -> Result<(), Refusal> {
    let name = format!("{}{}", opened.record.name, of_generation(it.generation));
    let (of, reachable) = (opened.of.clone(), opened.reachable);
    match terminal {
        Some(terminal) if !it.stdout => at_the_terminal(terminal, &name, show, &opened, operators)?,
        _ => report::print_secret(&to_a_pipe(show, opened.record.content)?)?,
    }
    if !it.unattended {
        say(&format!(
            "shown: the {name}; this quorum of {of} could have opened {reachable} records"
        ));
    }
    Ok(())
}

fn at_the_terminal(
    terminal: &mut Terminal,
    name: &str,
    show: Show,
    opened: &Opened,
    operators: &[String],
) -> Result<(), Refusal> {
    let operator = |at: usize, otherwise: &'static str| operators.get(at).map_or(otherwise, String::as_str);
    let operators = [operator(0, "the first operator"), operator(1, "the second operator")];
    match (&opened.record.content, show) {
        (Content::Mfa(seed), Show::Code) => showing::code(terminal, name, seed, &SystemClock),
        (Content::Mfa(seed), Show::Qr) => showing::qr(terminal, name, &seed.to_uri()),
        (Content::Mfa(seed), _) => showing::text(terminal, name, &seed.to_uri()),
        (Content::Password(password), Show::Halves) => showing::in_halves(terminal, name, password, operators),
        (Content::Password(text) | Content::Contact(text), Show::Qr) => showing::qr(terminal, name, text),
        (Content::Password(text) | Content::Contact(text), _) => showing::text(terminal, name, text),
    }
}

fn to_a_pipe(show: Show, content: Content) -> Result<SecretText, Refusal> {
    let text = match (content, show) {
        (Content::Mfa(seed), Show::Code) => seed.code_at(SystemClock.now().as_second().unsigned_abs()).digits,
        (Content::Mfa(seed), _) => seed.to_uri(),
        (Content::Password(text) | Content::Contact(text), _) => text,
    };
    match show {
        Show::Qr => showing::qr_text(&text),
        _ => Ok(text),
    }
}
