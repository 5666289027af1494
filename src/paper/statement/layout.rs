//! How the statement is set: one page of the plan's paper, 180 mm of text.
//!
//! Rules of this file:
//! - everything hangs from what stands above it; only signatures and foot have a place of their own, and nothing reaches into it;
//! - a cell has a width and a number of lines; a text that needs more is cut with an ellipsis.

use super::Statement;
use super::content::{Content, Finding, PathRow};
use crate::ident::Mode;
use crate::paper::flow;
use crate::paper::page::{Document, PaperSize, Style, TEXT_WIDTH, bold, mono, regular};
use crate::paper::template::Template;
use crate::plan::Plan;
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretBytes;

/// Type: body, its leading in millimetres, heads of columns.
const BODY: f32 = 10.0;
const LEADING: f32 = 5.0;
const SMALL: f32 = 8.0;

/// Where the columns of each table begin, from the left edge of the text.
const WAYS: [f32; 4] = [0.0, 44.0, 64.0, 88.0];
const LOSSES: [f32; 3] = [0.0, 84.0, 116.0];
const OPEN: [f32; 3] = [0.0, 14.0, 62.0];
const ACCEPTED: [f32; 5] = [0.0, 14.0, 62.0, 132.0, 158.0];

/// The height of what stands at the foot: signatures, and below them the hash of the plan.
const SIGNATURES: f32 = 56.0;
const FOOT: f32 = 27.0;

pub(super) fn draw(plan: &Plan, it: &Statement<'_>, content: &Content) -> Result<SecretBytes, Refusal> {
    let template = it.template;
    let mut page = Page {
        document: Document::set_in(it.faces, plan.paper()),
        paper: plan.paper(),
        template,
        y: 18.0,
    };
    page.head(plan.organisation().as_str(), content)?;
    page.ways(&content.ways)?;
    if content.weakest {
        page.y += 8.5;
        let weakest = template.plain("weakest", &[])?;
        page.cell(regular(BODY), 0.0, TEXT_WIDTH, 1, &weakest)?;
    }
    page.losses(content)?;
    page.findings(&content.findings)?;
    if page.y > page.limit() {
        let sentence = format!(
            "the statement reaches {:.0} mm down its page, its box ends at {:.0} mm",
            page.y,
            page.limit()
        );
        return Err(Refusal::new(Rule::PageUnfit, sentence));
    }
    page.signatures()?;
    page.foot(content)?;
    if it.mode == Mode::Rehearsal {
        flow::rehearsal(&mut page.document)?;
    }
    page.document.finish()
}

struct Page<'a> {
    document: Document,
    paper: PaperSize,
    template: &'a Template,
    /// The baseline of the next line.
    y: f32,
}

impl Page<'_> {
    fn head(&mut self, organisation: &str, content: &Content) -> Result<(), Refusal> {
        let marker = self.template.plain("marker", &[])?;
        self.cell(regular(9.0), 0.0, 125.0, 1, organisation)?;
        self.document
            .text_to(regular(9.0), self.paper.right(), self.y, 50.0, &marker)?;
        self.y += 12.0;
        let lines = self.cell(bold(20.0), 0.0, TEXT_WIDTH, 3, &content.headline)?;
        self.y += lines * 9.0 + 1.0;
        self.cell(regular(BODY), 0.0, TEXT_WIDTH, 1, &content.computed)?;
        self.y += 10.0;
        Ok(())
    }

    fn ways(&mut self, rows: &[PathRow]) -> Result<(), Refusal> {
        let heads = ["ways", "group", "policy", "who"].map(|head| format!("coalitions: {head}"));
        self.heads(&WAYS, &heads, 2)?;
        for (number, row) in rows.iter().enumerate() {
            let is_first = row.allowed.is_some();
            if is_first && number > 0 {
                self.line(0.2);
            }
            let (size, indent, height) = if is_first { (16.0, 0.0, 7.6) } else { (BODY, 5.0, 5.6) };
            self.y += height;
            let label = if is_first { bold(BODY) } else { regular(BODY) };
            self.cell(label, indent, WAYS[1] - indent - 2.0, 1, &row.label)?;
            let people = match (row.people, is_first) {
                (None, _) => "–".to_string(),
                (Some(people), true) => people.to_string(),
                (Some(1), false) => "1 person".to_string(),
                (Some(people), false) => format!("{people} people"),
            };
            let style = if is_first { bold(size) } else { regular(size) };
            self.cell(style, WAYS[1], if is_first { 18.0 } else { 40.0 }, 1, &people)?;
            if let Some(allowed) = row.allowed {
                self.cell(regular(BODY), WAYS[2], 20.0, 1, &allowed.to_string())?;
            }
            let most = if is_first { 2 } else { 1 };
            let lines = self.cell(regular(BODY), WAYS[3], TEXT_WIDTH - WAYS[3], most, &row.who)?;
            self.y += (lines - 1.0) * LEADING;
        }
        Ok(())
    }

    fn losses(&mut self, content: &Content) -> Result<(), Refusal> {
        if content.losses.is_empty() {
            return Ok(());
        }
        self.y += 10.0;
        self.heads(&LOSSES, &["losses: what", "losses: accounts"].map(str::to_string), 1)?;
        let limit = self.limit() - of_findings(&content.findings);
        let widths = [LOSSES[1] - 3.0, 30.0, TEXT_WIDTH - LOSSES[2]];
        let mut further = content.further;
        for (number, row) in content.losses.iter().enumerate() {
            let what = fitted(&self.document, regular(BODY), widths[0], 3, &row.what)?.len();
            let lines = what
                .max(fitted(&self.document, regular(BODY), widths[2], 2, &row.note)?.len())
                .max(1);
            let height = 8.8 + (lines - 1) as f32 * LEADING;
            let is_last = number + 1 == content.losses.len() && further == 0;
            if self.y + height + if is_last { 0.0 } else { 6.0 } > limit {
                further += content.losses.len() - number;
                break;
            }
            if number > 0 {
                self.line(0.2);
            }
            self.y += 6.2;
            self.cell(regular(BODY), LOSSES[0], widths[0], 3, &row.what)?;
            self.cell(bold(BODY), LOSSES[1], widths[1], 1, &row.locked)?;
            self.cell(regular(BODY), LOSSES[2], widths[2], 2, &row.note)?;
            self.y += (lines - 1) as f32 * LEADING;
        }
        if further > 0 {
            self.y += 6.0;
            let further = self
                .template
                .plain("further losses", &[("count", &further.to_string())])?;
            self.cell(regular(SMALL), 0.0, TEXT_WIDTH, 1, &further)?;
        }
        Ok(())
    }

    fn findings(&mut self, findings: &[Finding]) -> Result<(), Refusal> {
        self.y += BETWEEN;
        let (accepted, open): (Vec<&Finding>, Vec<&Finding>) =
            findings.iter().partition(|finding| finding.until.is_some());
        if findings.is_empty() {
            let none = self.template.plain("none accepted", &[])?;
            self.cell(regular(BODY), 0.0, TEXT_WIDTH, 1, &none)?;
            return Ok(());
        }
        let kept = match accepted.len() {
            0 => 0.0,
            rows => BETWEEN + of_rows(rows),
        };
        if !open.is_empty() {
            let limit = self.limit() - kept;
            self.table("findings", (&OPEN, &["rule", "about", "what"]), &open, limit)?;
            self.y += if accepted.is_empty() { 0.0 } else { BETWEEN };
        }
        if !accepted.is_empty() {
            let heads = ["rule", "about", "reason", "until", "initials"];
            self.table("accepted", (&ACCEPTED, &heads), &accepted, self.limit())?;
        }
        Ok(())
    }

    /// As many findings as fit above `limit`, and how many more there are.
    fn table(
        &mut self,
        title: &str,
        (columns, heads): (&[f32], &[&str]),
        of: &[&Finding],
        limit: f32,
    ) -> Result<(), Refusal> {
        let title = self.template.plain(title, &[])?;
        self.cell(bold(BODY), 0.0, TEXT_WIDTH, 1, &title)?;
        self.y += 6.0;
        let heads: Vec<String> = heads.iter().map(|head| format!("findings: {head}")).collect();
        self.heads(columns, &heads, 1)?;
        for (number, finding) in of.iter().enumerate() {
            let left = of.len() - number;
            if self.y + if left > 1 { 21.0 } else { 14.5 } > limit {
                self.y += 6.0;
                let more = self
                    .template
                    .plain("further findings", &[("count", &left.to_string())])?;
                self.cell(regular(SMALL), 0.0, TEXT_WIDTH, 1, &more)?;
                return Ok(());
            }
            if number > 0 {
                self.line(0.2);
            }
            self.y += 6.2;
            let end = columns.get(3).copied().unwrap_or(TEXT_WIDTH + 3.0);
            self.cell(bold(BODY), columns[0], 12.0, 1, &finding.rule)?;
            let about = self.cell(
                regular(BODY),
                columns[1],
                columns[2] - columns[1] - 3.0,
                2,
                &finding.about,
            )?;
            let text = self.cell(regular(BODY), columns[2], end - columns[2] - 3.0, 2, &finding.text)?;
            if let Some(until) = &finding.until {
                self.cell(regular(BODY), end, 24.0, 1, until)?;
                self.rectangle(columns[4], self.y - 4.2, 16.0, 7.6);
            }
            let least = if finding.until.is_some() { 1.6 } else { 1.0 };
            self.y += (about.max(text).max(least) - 1.0) * LEADING;
        }
        Ok(())
    }

    fn signatures(&mut self) -> Result<(), Refusal> {
        let (y, width, gap) = (self.paper.height() - SIGNATURES + 10.0, 54.0, 9.0);
        let line = self.template.plain("sign: line", &[])?;
        for (number, who) in ["custody", "audit", "management"].into_iter().enumerate() {
            let who = self.template.plain(&format!("sign: {who}"), &[])?;
            let x = number as f32 * (width + gap);
            let left = self.paper.left() + x;
            self.document.rule(left, y, left + width, y, 0.3);
            self.y = y + 4.0;
            self.cell(bold(SMALL), x, width, 1, &who)?;
            self.y += 3.6;
            self.cell(regular(SMALL), x, width, 1, &line)?;
        }
        Ok(())
    }

    fn foot(&mut self, content: &Content) -> Result<(), Refusal> {
        self.y = self.paper.height() - FOOT;
        self.line(0.2);
        self.y += 4.5;
        let (label, number) = (self.template.plain("hash", &[])?, self.template.plain("page", &[])?);
        let right = self.paper.right();
        self.cell(regular(SMALL), 0.0, 60.0, 1, &label)?;
        let program = concat!("strongroom ", env!("CARGO_PKG_VERSION"));
        self.document.text_to(
            regular(SMALL),
            right,
            self.y,
            60.0,
            &format!("{program}, {}", content.date),
        )?;
        self.y += 4.0;
        let digits: Vec<char> = content.plan_hash.chars().collect();
        let groups: Vec<String> = digits.chunks(8).map(|group| group.iter().collect()).collect();
        self.cell(mono(7.0), 0.0, 140.0, 1, &groups.join(" "))?;
        self.document.text_to(regular(SMALL), right, self.y, 30.0, &number)
    }

    /// Above what nothing but the signatures may stand.
    fn limit(&self) -> f32 {
        self.paper.height() - SIGNATURES - 4.0
    }

    fn heads(&mut self, columns: &[f32], sections: &[String], lines: usize) -> Result<(), Refusal> {
        let texts = sections
            .iter()
            .map(|section| self.template.plain(section, &[]))
            .collect::<Result<Vec<_>, _>>()?;
        let top = self.y;
        for (number, text) in texts.iter().enumerate() {
            let end = columns.get(number + 1).map_or(TEXT_WIDTH, |next| next - 2.0);
            let width = end - columns[number];
            let needed = fitted(&self.document, regular(SMALL), width, lines, text)?.len();
            // Heads stand on their last line.
            self.y = top + (lines - needed) as f32 * 3.8;
            self.set(regular(SMALL), columns[number], (width, lines, 3.8), text)?;
        }
        self.y = top + (lines - 1) as f32 * 3.8;
        self.line(0.3);
        Ok(())
    }

    /// A rule 3 mm below the line.
    fn line(&mut self, thickness: f32) {
        self.y += 2.6;
        self.document
            .rule(self.paper.left(), self.y, self.paper.right(), self.y, thickness);
    }

    fn rectangle(&mut self, x: f32, y: f32, width: f32, height: f32) {
        let (left, right) = (self.paper.left() + x, self.paper.left() + x + width);
        for at in [y, y + height] {
            self.document.rule(left, at, right, at, 0.2);
        }
        for at in [left, right] {
            self.document.rule(at, y, at, y + height, 0.2);
        }
    }

    /// Text in a cell; how many lines it took.
    fn cell(&mut self, style: Style, x: f32, width: f32, lines: usize, text: &str) -> Result<f32, Refusal> {
        let leading = if style.size > 12.0 { style.size * 0.45 } else { LEADING };
        self.set(style, x, (width, lines, leading), text)
    }

    fn set(
        &mut self,
        style: Style,
        x: f32,
        (width, lines, leading): (f32, usize, f32),
        text: &str,
    ) -> Result<f32, Refusal> {
        let fitted = fitted(&self.document, style, width, lines, text)?;
        for (number, line) in fitted.iter().enumerate() {
            let y = self.y + number as f32 * leading;
            self.document.text(style, self.paper.left() + x, y, width + 0.1, line)?;
        }
        Ok(fitted.len().max(1) as f32)
    }
}

/// Between two tables.
const BETWEEN: f32 = 9.0;

/// What a table of so many findings takes at the least: title, heads, one row, and how many more there are.
fn of_rows(rows: usize) -> f32 {
    8.6 + if rows == 1 { 14.5 } else { 21.0 }
}

/// What the findings take at the least.
fn of_findings(findings: &[Finding]) -> f32 {
    let accepted = findings.iter().filter(|finding| finding.until.is_some()).count();
    let kinds = [accepted, findings.len() - accepted]
        .into_iter()
        .filter(|rows| *rows > 0);
    kinds.map(|rows| BETWEEN + of_rows(rows)).sum::<f32>().max(BETWEEN)
}

/// The lines of a text that is broken between words, and cut with an ellipsis where it needs more lines than there are.
fn fitted(set_in: &Document, style: Style, width: f32, lines: usize, text: &str) -> Result<Vec<String>, Refusal> {
    let mut set: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let longer = if line.is_empty() {
            word.to_string()
        } else {
            format!("{line} {word}")
        };
        if set_in.width(style, &longer)? <= width {
            line = longer;
            continue;
        }
        if set.len() + 1 == lines || line.is_empty() {
            set.push(cut(set_in, style, width, &longer)?);
            line.clear();
            if set.len() == lines {
                return Ok(set);
            }
            continue;
        }
        set.push(std::mem::replace(&mut line, word.to_string()));
        if set_in.width(style, &line)? > width {
            line = cut(set_in, style, width, &line)?;
        }
    }
    if !line.is_empty() {
        set.push(line);
    }
    Ok(set)
}

/// As much of a text as fits with an ellipsis behind it.
fn cut(set_in: &Document, style: Style, width: f32, text: &str) -> Result<String, Refusal> {
    let mut letters: Vec<char> = text.chars().collect();
    loop {
        letters.pop();
        let shorter = letters.iter().collect::<String>().trim_end().to_string() + "…";
        if letters.is_empty() || set_in.width(style, &shorter)? <= width {
            return Ok(shorter);
        }
    }
}
