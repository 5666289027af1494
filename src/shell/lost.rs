//! A sheet of which no code survived: what could be read of its lines, and a request for the rest.
//!
//! Rules of this file:
//! - a message says how much was read and which groups are missing, never a symbol of them; the lines stand on the alternate screen
//!   only;
//! - one group is asked for at a time, by the name that is printed above it; an empty answer leaves it open, and a line with two
//!   open groups may still be filled in from its checksum;
//! - what was put together is judged like typed lines: nothing counts because it was read by a machine.

use super::offering;
use super::scanning::Entry;
use super::terminal::Terminal;
use crate::code::share_lines::{GROUP, GroupName, Line};
use crate::code::symbols::letter_of;
use crate::code::typed::{self, TypedLine};
use crate::ident::Mode;
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretText;
use std::fmt::Write as _;

/// A page without a code.
pub struct Lost {
    /// The file and page.
    pub from: String,
    /// Its lines as far as they could be read, `?` for a symbol that is lost; none where nothing was.
    pub lines: Option<SecretText>,
}

/// One line of a share in groups; a group that is not known whole is missing.
struct Groups {
    line: Line,
    symbols: Vec<Option<SecretText>>,
}

impl Lost {
    /// Why there is no share, and what would help.
    pub fn refusal(&self) -> Refusal {
        let lines = self.groups();
        if lines.is_empty() {
            return Refusal::new(Rule::NothingScanned, "no code was found")
                .hint("scan it again, flat and at 300 dpi; or type its lines");
        }
        let read = lines.iter().map(|line| {
            let known = line.symbols.iter().flatten().count();
            format!("{known} of {} groups of line {}", line.symbols.len(), line.line)
        });
        let read = read.collect::<Vec<_>>().join(", ");
        let missing: Vec<String> = lines
            .iter()
            .flat_map(Groups::missing)
            .map(|group| group.to_string())
            .collect();
        let refusal = Refusal::new(
            Rule::NothingScanned,
            format!("no code survived, but {read} could be read"),
        );
        if missing.is_empty() {
            return refusal.hint("scan it again, flat and at 300 dpi; or type its lines");
        }
        refusal.hint(format!(
            "still needed: {}; at a terminal they are asked for, or scan it again, flat and at 300 dpi",
            missing.join(" ")
        ))
    }

    /// Asks for what is missing; the shares that come of it, none where the person gave up.
    pub fn ask(&self, terminal: &mut Terminal, mode: Mode) -> Result<Vec<Entry>, Refusal> {
        let mut lines = self.groups();
        if lines.is_empty() {
            let from = self.from.escape_debug();
            let typed = terminal.secret_lines(&format!(
                "{from}: no code was found, and nothing could be read\n\nthe lines of that sheet, A first; an empty line ends it; nothing at all leaves the sheet out"
            ))?;
            return entries(terminal, &typed, mode);
        }
        let missing: Vec<GroupName> = lines.iter().flat_map(Groups::missing).collect();
        for group in missing {
            match self.asked(terminal, &lines, group)? {
                Answer::Group(symbols) => put(&mut lines, group, symbols),
                Answer::Open => {}
                Answer::GivenUp => return Ok(Vec::new()),
            }
        }
        entries(terminal, &written(&lines), mode)
    }

    fn asked(&self, terminal: &mut Terminal, lines: &[Groups], group: GroupName) -> Result<Answer, Refusal> {
        let mut remark = "";
        loop {
            let shown = self.shown(lines, remark);
            let answer = terminal.secret_answer(&shown, &format!("group {group}: "))?;
            let answer = answer.expose(|typed| match typed {
                "" => Some(Answer::Open),
                "q" | "\u{3}" => Some(Answer::GivenUp),
                typed => typed::group(typed).map(|symbols| Answer::Group(symbols.text())),
            });
            if let Some(answer) = answer {
                return Ok(answer);
            }
            remark = "a group has four symbols, each a letter or a digit\n\n";
        }
    }

    /// The lines as they stand, under a heading.
    fn shown(&self, lines: &[Groups], remark: &str) -> SecretText {
        const A_ROW: usize = 5;
        let from = self.from.escape_debug().to_string();
        SecretText::build(4096 + from.len(), |text| {
            text.push_str(&from);
            text.push_str(": no code survived; this much of its lines did\n\n");
            for line in lines {
                for (row, groups) in line.symbols.chunks(A_ROW).enumerate() {
                    let first = format!("{}{}", line.line, row * A_ROW + 1);
                    // Writing to a text does not fail.
                    let _ = write!(text, "    {first:<4}");
                    for group in groups {
                        text.push(' ');
                        match group {
                            Some(symbols) => symbols.expose(|symbols| text.push_str(symbols)),
                            None => text.push_str("...."),
                        }
                    }
                    text.push('\n');
                }
                text.push('\n');
            }
            text.push_str(remark);
            text.push_str(
                "from the paper, one group at a time; an empty line where it cannot be read; q leaves the sheet out\n",
            );
        })
    }

    fn groups(&self) -> Vec<Groups> {
        let Some(text) = &self.lines else { return Vec::new() };
        let typed = text.expose(typed::lines);
        let due = |line: &TypedLine, due: Line| line.label.unwrap_or(due).symbols();
        // What a reader of letters left out nobody can place.
        if typed
            .iter()
            .zip(Line::ALL)
            .any(|(line, which)| line.count() != due(line, which))
        {
            return Vec::new();
        }
        let lines = typed.iter().take(Line::ALL.len()).zip(Line::ALL).map(|(typed, due)| {
            let line = typed.label.unwrap_or(due);
            let symbols = (1..=line.groups()).filter_map(|number| {
                let places = GroupName::new(line, number)?.places();
                let known =
                    places.end <= typed.symbols.len() && !places.clone().any(|at| typed.unreadable.contains(&at));
                Some(known.then(|| {
                    typed.symbols.expose(|symbols| {
                        SecretText::build(GROUP, |text| {
                            symbols[places].iter().for_each(|value| text.push(letter_of(*value)));
                        })
                    })
                }))
            });
            Groups {
                line,
                symbols: symbols.collect(),
            }
        });
        lines.collect()
    }
}

enum Answer {
    Group(SecretText),
    Open,
    GivenUp,
}

impl Groups {
    fn missing(&self) -> impl Iterator<Item = GroupName> + '_ {
        let numbered = (1..).zip(&self.symbols);
        let missing = numbered.filter(|(_, symbols)| symbols.is_none());
        missing.filter_map(|(number, _)| GroupName::new(self.line, number))
    }
}

fn put(lines: &mut [Groups], group: GroupName, symbols: SecretText) {
    let place = lines
        .iter_mut()
        .find(|line| line.line == group.line())
        .and_then(|line| line.symbols.get_mut(usize::from(group.number()) - 1));
    if let Some(place) = place {
        *place = Some(symbols);
    }
}

/// The lines as a person would type them.
fn written(lines: &[Groups]) -> SecretText {
    SecretText::build(1024, |text| {
        for line in lines {
            let _ = write!(text, "{}:", line.line);
            for group in &line.symbols {
                text.push(' ');
                match group {
                    Some(symbols) => symbols.expose(|symbols| text.push_str(symbols)),
                    None => text.push_str("????"),
                }
            }
            text.push('\n');
        }
    })
}

fn entries(terminal: &mut Terminal, typed: &SecretText, mode: Mode) -> Result<Vec<Entry>, Refusal> {
    if typed.is_empty() {
        return Ok(Vec::new());
    }
    offering::read_typed(terminal, typed, mode)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost(lines: &str) -> Lost {
        Lost {
            from: "scan.png".to_string(),
            lines: Some(SecretText::new(lines.to_string())),
        }
    }

    #[test]
    fn what_is_missing_is_named_and_nothing_that_was_read_is_quoted() {
        let lines = format!(
            "A: {}????{}\nB: {}\n",
            "QPZR".repeat(10),
            "Y9X8".repeat(11),
            "GF2T".repeat(18)
        );
        let refusal = lost(&lines).refusal();
        assert_eq!(
            refusal.sentence(),
            "no code survived, but 21 of 22 groups of line A, 18 of 18 groups of line B could be read"
        );
        assert!(refusal.hints()[0].starts_with("still needed: A11;"), "{refusal:?}");
        assert!(!format!("{refusal:?}").contains("QPZR"));
    }

    #[test]
    fn where_nothing_was_read_nothing_is_claimed() {
        let nothing = Lost {
            from: "scan.png".to_string(),
            lines: None,
        };
        assert_eq!(nothing.refusal().sentence(), "no code was found");
    }

    #[test]
    fn a_group_that_was_typed_takes_its_place() {
        let lost = lost(&format!("A: {}????\n", "QPZR".repeat(21)));
        let mut lines = lost.groups();
        let missing: Vec<GroupName> = lines.iter().flat_map(Groups::missing).collect();
        assert_eq!(missing, [GroupName::new(Line::A, 22).unwrap()]);
        written(&lines).expose(|text| assert!(text.ends_with("QPZR ????\n")));
        put(&mut lines, missing[0], SecretText::new("Y9X8".to_string()));
        written(&lines).expose(|text| assert_eq!(text, format!("A:{} Y9X8\n", " QPZR".repeat(21))));
    }
}
