//! The lines of a sheet, judged while they are typed: what fits, what does not, what lacks.
//!
//! Rules of this file:
//! - what was typed stands on the alternate screen only, in the groups of the paper, eleven a row as the sheet has them;
//! - a mark stands under each group: nothing is told by colour alone.

use super::terminal::Terminal;
use crate::code::live::{self, LineState, LiveGroup, LiveLine, Mark, Wanted};
use crate::ident::Mode;
use crate::refusal::Refusal;
use crate::secret::SecretText;

/// The groups of a row, on the sheet and here.
const ROW: usize = 11;
/// Characters of a group with its mark and the space after it, in both rows of it.
const CELL: usize = 7;

/// Takes the lines of one sheet. Nothing at all gives up.
pub fn lines(terminal: &mut Terminal, heading: &str, mode: Mode, wanted: &[Wanted]) -> Result<SecretText, Refusal> {
    let mut draw = |text: &str| drawn(heading, text, mode, wanted);
    terminal.typed_lines(&mut draw, &|text| live::is_whole(text, mode))
}

fn drawn(heading: &str, text: &str, mode: Mode, wanted: &[Wanted]) -> SecretText {
    let lines = live::judge(text, mode, wanted);
    let groups: usize = lines.iter().map(|line| line.groups.len()).sum();
    let capacity = heading.len() + HELP.len() + 4096 + groups * CELL * 4 + text.len();
    SecretText::build(capacity, |out| {
        out.push_str(heading);
        out.push_str(HELP);
        for line in &lines {
            push_line(out, line);
        }
        if lines.is_empty() {
            out.push_str("  line A\n");
        }
        out.push_str("\n> ");
        out.push_str(last_row(text));
    })
}

const HELP: &str = "
the lines of one sheet, A first, in any grouping; paste is welcome
[enter] ends a line, an empty line ends the sheet
[esc] or nothing at all gives up this sheet, and goes back

";

/// The end of what is being typed, as much as a row shows.
fn last_row(text: &str) -> &str {
    let row = text.rsplit('\n').next().unwrap_or_default();
    let skipped = row.chars().count().saturating_sub(70);
    row.char_indices().nth(skipped).map_or("", |(at, _)| &row[at..])
}

fn push_line(out: &mut String, line: &LiveLine) {
    out.push_str("  line ");
    out.push_str(["A", "B", "C"][usize::from(line.line.number())]);
    match line.state {
        LineState::Lacks(symbols) => {
            out.push_str(": ");
            out.push_str(&symbols.to_string());
            out.push_str(" symbols lack\n");
        }
        LineState::Whole => out.push_str(": whole\n"),
        LineState::OtherWorld => out.push_str(": whole, and of the other world: rehearsal and production never mix\n"),
        LineState::Located => {
            out.push_str(": ");
            push_names(out, line);
            out.push_str(" not as on the paper; a correction will be offered\n");
        }
        LineState::Beyond => out.push_str(": more is wrong than can be found; [esc], and type the sheet again\n"),
    }
    for groups in line.groups.chunks(ROW) {
        for (push, indent) in [(push_text as Push, "    "), (push_mark as Push, "    ")] {
            out.push_str(indent);
            for group in groups {
                push(out, group);
            }
            out.push('\n');
        }
    }
}

type Push = fn(&mut String, &LiveGroup);

fn push_text(out: &mut String, group: &LiveGroup) {
    group.text.expose(|text| {
        out.push_str(text);
        out.extend(std::iter::repeat_n(' ', (CELL - 1).saturating_sub(text.len())));
    });
}

/// `A7` under a group that fits, `A7?` under one that is not known yet, `A7!!` under a wrong one.
fn push_mark(out: &mut String, group: &LiveGroup) {
    let sign = match group.mark {
        Mark::Fits => "",
        Mark::Open => "?",
        Mark::Wrong => "!!",
    };
    let mark = format!("{}{sign}", group.name);
    out.push_str(&mark);
    out.extend(std::iter::repeat_n(' ', (CELL - 1).saturating_sub(mark.len())));
}

fn push_names(out: &mut String, line: &LiveLine) {
    let wrong = line.groups.iter().filter(|group| group.mark == Mark::Wrong);
    let names: Vec<String> = wrong.map(|group| group.name.to_string()).collect();
    out.push_str(&names.join(", "));
    out.push_str(if names.len() == 1 { " is" } else { " are" });
}
