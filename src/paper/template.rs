//! The wording of papers: sections of a small Markdown file, with placeholders.
//!
//! Rules of this file:
//! - a template is read whole or refused: every section once, every `{` closed, every placeholder one that is known where
//!   it is used;
//! - a value is text and nothing else: marks and placeholders in it are printed as they stand;
//! - no secret is ever a value: what stands on paper in secret is drawn by the program, not worded.

use super::fonts::{Face, shown};
use super::page::Span;
use crate::refusal::{Refusal, Rule};
use std::collections::BTreeMap;

/// The wording of one paper.
pub struct Template {
    sections: BTreeMap<String, Section>,
}

#[derive(Clone)]
struct Section {
    markdown: String,
    paragraphs: Vec<String>,
}

impl Template {
    /// Reads a template.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let mut sections = BTreeMap::new();
        let mut pieces = format!("\n{text}");
        // `\r\n` and `\n` are one; nothing else of the form is forgiven.
        pieces = pieces.replace("\r\n", "\n");
        for piece in pieces.split("\n## ").skip(1) {
            let (name, body) = piece.split_once('\n').unwrap_or((piece, ""));
            let section = Section {
                markdown: body.to_string(),
                paragraphs: paragraphs(body),
            };
            if sections.insert(name.trim().to_string(), section).is_some() {
                return Err(malformed(format!(
                    "the template has two sections {}",
                    shown(name.trim())
                )));
            }
        }
        Ok(Self { sections })
    }

    /// A section as it was written, for a paper that is laid out from Markdown.
    pub(super) fn markdown(&self, section: &str) -> Result<&str, Refusal> {
        let found = self.sections.get(section).map(|found| found.markdown.as_str());
        found.ok_or_else(|| missing(section))
    }

    /// Whether the template has a section of this name.
    pub(super) fn has(&self, section: &str) -> bool {
        self.sections.contains_key(section)
    }

    /// Takes the wording of a section from a section of another template, where that has it.
    pub(super) fn take(&mut self, section: &str, other: &Self, theirs: &str) {
        if let Some(found) = other.sections.get(theirs) {
            self.sections.insert(section.to_string(), found.clone());
        }
    }

    /// The paragraphs of a section, filled in. A step of a numbered list is a paragraph without its number.
    pub fn fill(&self, section: &str, values: &[(&str, &str)]) -> Result<Vec<Vec<Span>>, Refusal> {
        let found = self.sections.get(section).filter(|found| !found.paragraphs.is_empty());
        let found = found.ok_or_else(|| missing(section))?;
        found
            .paragraphs
            .iter()
            .map(|paragraph| spans(paragraph, values))
            .collect()
    }

    /// A section that is one paragraph.
    pub fn one(&self, section: &str, values: &[(&str, &str)]) -> Result<Vec<Span>, Refusal> {
        let mut paragraphs = self.fill(section, values)?;
        if paragraphs.len() > 1 {
            return Err(malformed(format!(
                "the section {} of the template has more than one paragraph",
                shown(section)
            )));
        }
        Ok(paragraphs.pop().unwrap_or_default())
    }

    /// A section that is one paragraph in one face.
    pub fn plain(&self, section: &str, values: &[(&str, &str)]) -> Result<String, Refusal> {
        Ok(self.one(section, values)?.into_iter().map(|span| span.text).collect())
    }
}

fn missing(section: &str) -> Refusal {
    malformed(format!("the template has no section {}", shown(section)))
}

fn malformed(sentence: String) -> Refusal {
    Refusal::new(Rule::InputMalformed, sentence).hint("compare it with the one that comes with the program")
}

fn paragraphs(body: &str) -> Vec<String> {
    let mut paragraphs = Vec::new();
    let mut current = String::new();
    for line in body.lines().map(str::trim) {
        let step = line.split_once(". ").filter(|(number, _)| number.parse::<u8>().is_ok());
        if line.is_empty() || step.is_some() {
            paragraphs.push(std::mem::take(&mut current));
        }
        let line = step.map_or(line, |(_, rest)| rest);
        if !current.is_empty() && !line.is_empty() {
            current.push(' ');
        }
        current.push_str(line);
    }
    paragraphs.push(current);
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs
}

/// Marks are read before values are put in, so that no value can bring marks of its own.
fn spans(paragraph: &str, values: &[(&str, &str)]) -> Result<Vec<Span>, Refusal> {
    let mut spans = Vec::new();
    let mut bold = false;
    for (number, outer) in paragraph.split('`').enumerate() {
        let in_mono = number % 2 == 1;
        for (number, inner) in outer.split("**").enumerate() {
            bold ^= number > 0;
            let face = if in_mono {
                Face::Mono
            } else if bold {
                Face::Bold
            } else {
                Face::Regular
            };
            if !inner.is_empty() {
                spans.push(Span {
                    face,
                    text: filled(inner, values)?,
                });
            }
        }
    }
    Ok(spans)
}

fn filled(text: &str, values: &[(&str, &str)]) -> Result<String, Refusal> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let known = after.split_once('}').and_then(|(name, after)| {
            values
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value, after))
        });
        let (value, after) = known.ok_or_else(|| {
            malformed(format!(
                "the template asks for a value that is not known in {}",
                shown(text)
            ))
        })?;
        filled.push_str(before);
        filled.push_str(value);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(text: &str) -> Template {
        Template::parse(text).unwrap_or_else(|refusal| panic!("{refusal}"))
    }

    #[test]
    fn sections_are_found_by_name_and_filled() {
        let template = template(
            "# about\nnot printed\n\n## title\n\nShare {index} of\n{total}\n\n## steps\n\nfirst\n\n1. one\n   more\n2. two\n",
        );
        assert_eq!(
            template
                .plain("title", &[("index", "1"), ("total", "5")])
                .ok()
                .as_deref(),
            Some("Share 1 of 5")
        );
        let steps = template.fill("steps", &[]).unwrap_or_default();
        let steps: Vec<_> = steps.iter().map(|step| step[0].text.as_str()).collect();
        assert_eq!(steps, ["first", "one more", "two"]);
    }

    #[test]
    fn marks_change_the_face_and_values_bring_none() {
        let template = template("## a\n**To** `{x}` {x}");
        let spans = template.one("a", &[("x", "**{y}**`z`")]).unwrap_or_default();
        let faces: Vec<_> = spans.iter().map(|span| (span.face, span.text.as_str())).collect();
        assert_eq!(
            faces,
            [
                (Face::Bold, "To"),
                (Face::Regular, " "),
                (Face::Mono, "**{y}**`z`"),
                (Face::Regular, " **{y}**`z`")
            ]
        );
    }

    #[test]
    fn what_is_missing_or_unknown_is_refused() {
        let bad =
            |result: Result<Vec<Span>, Refusal>| result.is_err_and(|refusal| refusal.rule() == Rule::InputMalformed);
        assert!(bad(template("## a\ntext").one("b", &[])));
        assert!(bad(template("## a\n{who}").one("a", &[("what", "")])));
        assert!(bad(template("## a\n{what").one("a", &[("what", "")])));
        assert!(bad(template("## a\none\n\ntwo").one("a", &[])));
        assert!(bad(template("## a\n").one("a", &[])));
        assert!(Template::parse("## a\n1\n## a\n2").is_err_and(|refusal| refusal.rule() == Rule::InputMalformed));
    }
}
