//! A template's Markdown as blocks: headings, paragraphs, lists, tables, and what a pen fills in.
//!
//! Rules of this file:
//! - Markdown is read by `pulldown-cmark`; what this paper floor has no drawing for (links, pictures, HTML) is refused, not
//!   dropped;
//! - what a pen fills in stands in square brackets (`[time]`, `[initials]`), read before any value is put in: no value is a box;
//! - `*text*` is a label in small letters: there are no italics.

use crate::paper::fonts::{Face, shown};
use crate::refusal::{Refusal, Rule};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TextMergeStream};

/// A block of a paper.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Block {
    /// Level 3: over a part; deeper: over a step.
    Heading(u8, Vec<Inline>),
    /// Running text.
    Paragraph(Vec<Inline>),
    /// Items under each other.
    List {
        /// How they begin.
        kind: ListKind,
        /// The items.
        items: Vec<Item>,
    },
    /// Rows under labels.
    Table {
        /// The labels; none are drawn where all are empty.
        head: Vec<Vec<Inline>>,
        /// The rows.
        rows: Vec<Vec<Vec<Inline>>>,
    },
    /// The one frame that matters.
    Frame(Vec<Block>),
    /// Side by side.
    Columns(Vec<Vec<Block>>),
    /// Lines to sign on: name, and what stands under it.
    Signatures(Vec<(Vec<Inline>, Vec<Inline>)>),
    /// Words to be read across a table, numbered.
    Big(Vec<Vec<Inline>>),
    /// What is typed as it stands.
    Code(Vec<String>),
    /// A rule over the width.
    Rule,
}

/// How the items of a list begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ListKind {
    Dashes,
    /// From this one on.
    Numbers(usize),
}

/// One item of a list.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Item {
    /// Whether a box to tick stands before it.
    pub(super) tick: bool,
    /// What it says.
    pub(super) blocks: Vec<Block>,
}

/// A part of running text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Inline {
    /// Text in one face; small: a label.
    Text { face: Face, small: bool, text: String },
    /// Room for a pen.
    Pen(Pen),
    /// The line ends here.
    Break,
}

/// Room for a pen, measured in the mock-ups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pen {
    /// A box to tick.
    Tick,
    /// Hours and minutes.
    Time,
    /// Initials.
    Initials,
    /// *I do not agree*: the number of an exception.
    Dissent,
    /// The number of a seal, ten characters.
    Seal,
    /// Eight words on numbered lines.
    Words,
    /// A line to write on, to the end of the column.
    Line,
    /// An empty row of a log.
    Row,
}

impl Pen {
    const NAMES: [(&'static str, Self); 8] = [
        ("[ ]", Self::Tick),
        ("[time]", Self::Time),
        ("[initials]", Self::Initials),
        ("[dissent]", Self::Dissent),
        ("[seal]", Self::Seal),
        ("[words]", Self::Words),
        ("[line]", Self::Line),
        ("[row]", Self::Row),
    ];
}

/// Reads one section of a template.
pub(super) fn parse(markdown: &str) -> Result<Vec<Block>, Refusal> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS;
    let events: Vec<Event<'_>> = TextMergeStream::new(Parser::new_ext(markdown, options)).collect();
    let mut reader = Reader { events, at: 0 };
    let blocks = reader.blocks()?;
    if reader.at < reader.events.len() {
        return Err(unfit("something is closed that was never opened"));
    }
    Ok(blocks)
}

/// Text of one line: a head, a foot.
pub(super) fn parse_line(markdown: &str) -> Result<Vec<Inline>, Refusal> {
    match parse(markdown)?.as_slice() {
        [Block::Paragraph(text)] => Ok(text.clone()),
        [] => Ok(Vec::new()),
        _ => Err(unfit("a head or a foot is one paragraph")),
    }
}

struct Reader<'t> {
    events: Vec<Event<'t>>,
    at: usize,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Option<Event<'t>> {
        let event = self.events.get(self.at).cloned();
        self.at += usize::from(event.is_some());
        event
    }

    fn peek(&self) -> Option<&Event<'t>> {
        self.events.get(self.at)
    }

    /// Blocks up to the end of what is around them, which is not taken.
    fn blocks(&mut self) -> Result<Vec<Block>, Refusal> {
        let mut blocks = Vec::new();
        while let Some(event) = self.peek() {
            match event {
                Event::End(_) => break,
                Event::Html(html) if is_mark(html, "next") || is_mark(html, "end") => break,
                // An item of a tight list has its text without a paragraph around it.
                Event::Text(_) | Event::Code(_) | Event::InlineHtml(_) | Event::Start(Tag::Strong | Tag::Emphasis) => {
                    blocks.push(Block::Paragraph(self.inlines()?));
                }
                _ => blocks.extend(self.block()?),
            }
        }
        Ok(blocks)
    }

    fn block(&mut self) -> Result<Option<Block>, Refusal> {
        let Some(event) = self.next() else { return Ok(None) };
        let block = match event {
            Event::Rule => return Ok(Some(Block::Rule)),
            Event::Start(Tag::HtmlBlock) => return self.html().map(Some),
            Event::Start(Tag::Heading { level, .. }) => Block::Heading(level_of(level), self.inlines()?),
            Event::Start(Tag::Paragraph) => Block::Paragraph(self.inlines()?),
            Event::Start(Tag::BlockQuote(_)) => Block::Frame(self.blocks()?),
            Event::Start(Tag::CodeBlock(kind)) => self.code(&kind)?,
            Event::Start(Tag::List(first)) => self.list(first)?,
            Event::Start(Tag::Table(_)) => self.table()?,
            other => return Err(no_drawing(&other)),
        };
        self.next();
        Ok(Some(block))
    }

    /// `<!-- columns -->` … `<!-- next -->` … `<!-- end -->`, the only HTML there is.
    fn html(&mut self) -> Result<Block, Refusal> {
        match self.next() {
            Some(Event::Html(html)) if is_mark(&html, "columns") => {}
            Some(other) => return Err(no_drawing(&other)),
            None => return Err(unfit("a comment is not closed")),
        }
        self.next();
        let mut columns = Vec::new();
        loop {
            columns.push(self.column()?);
            let mark = self.next();
            self.next();
            match mark {
                Some(Event::Html(html)) if is_mark(&html, "next") => {}
                Some(Event::Html(html)) if is_mark(&html, "end") => return Ok(Block::Columns(columns)),
                _ => return Err(unfit("columns are not closed by <!-- end -->")),
            }
        }
    }

    /// The blocks of one column, up to and with the beginning of the comment that ends it.
    fn column(&mut self) -> Result<Vec<Block>, Refusal> {
        let mut blocks = Vec::new();
        while self.peek().is_some() {
            if matches!(self.peek(), Some(Event::Start(Tag::HtmlBlock))) {
                self.next();
                break;
            }
            blocks.extend(self.block()?);
        }
        Ok(blocks)
    }

    fn code(&mut self, kind: &CodeBlockKind<'_>) -> Result<Block, Refusal> {
        let text = match self.next() {
            Some(Event::Text(text)) => text.to_string(),
            _ => return Err(unfit("a fenced block is empty")),
        };
        let lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty());
        let purpose = match kind {
            CodeBlockKind::Fenced(purpose) => purpose.to_string(),
            CodeBlockKind::Indented => String::new(),
        };
        Ok(match purpose.as_str() {
            "" => Block::Code(lines.map(str::to_string).collect()),
            "sign" => Block::Signatures(
                lines
                    .map(|line| {
                        let (name, role) = line.split_once(" | ").unwrap_or((line, ""));
                        Ok((parse_line(name)?, parse_line(role)?))
                    })
                    .collect::<Result<_, Refusal>>()?,
            ),
            "words" => Block::Big(lines.map(parse_line).collect::<Result<_, _>>()?),
            other => return Err(unfit(&format!("there is no fenced block {}", shown(other)))),
        })
    }

    fn list(&mut self, first: Option<u64>) -> Result<Block, Refusal> {
        let mut items = Vec::new();
        while let Some(Event::Start(Tag::Item)) = self.peek() {
            self.next();
            let tick = matches!(self.peek(), Some(Event::TaskListMarker(_)));
            if tick {
                self.next();
            }
            items.push(Item {
                tick,
                blocks: self.blocks()?,
            });
            self.next();
        }
        let first = first.map(|first| usize::try_from(first).unwrap_or(1));
        let kind = first.map_or(ListKind::Dashes, ListKind::Numbers);
        Ok(Block::List { kind, items })
    }

    fn table(&mut self) -> Result<Block, Refusal> {
        let (mut head, mut rows) = (Vec::new(), Vec::new());
        while let Some(Event::Start(Tag::TableHead | Tag::TableRow)) = self.peek() {
            let is_head = matches!(self.next(), Some(Event::Start(Tag::TableHead)));
            let mut cells = Vec::new();
            while let Some(Event::Start(Tag::TableCell)) = self.peek() {
                self.next();
                cells.push(self.inlines()?);
                self.next();
            }
            self.next();
            if is_head {
                head = cells;
            } else {
                rows.push(cells);
            }
        }
        Ok(Block::Table { head, rows })
    }

    /// Text up to the end of what is around it, which is not taken.
    fn inlines(&mut self) -> Result<Vec<Inline>, Refusal> {
        let mut inlines = Vec::new();
        let (mut bold, mut small) = (0, 0);
        while let Some(event) = self.peek().cloned() {
            let face = if bold > 0 { Face::Bold } else { Face::Regular };
            match event {
                Event::Text(text) => with_pens(&mut inlines, &text, face, small > 0),
                Event::Code(text) => inlines.push(Inline::Text {
                    face: Face::Mono,
                    small: small > 0,
                    text: text.to_string(),
                }),
                Event::SoftBreak => with_pens(&mut inlines, " ", face, small > 0),
                Event::HardBreak => inlines.push(Inline::Break),
                Event::InlineHtml(html) if html.as_ref() == "<br>" => inlines.push(Inline::Break),
                Event::Start(Tag::Strong) => bold += 1,
                Event::Start(Tag::Emphasis) => small += 1,
                Event::End(pulldown_cmark::TagEnd::Strong) => bold -= 1,
                Event::End(pulldown_cmark::TagEnd::Emphasis) => small -= 1,
                // The end of what is around it, or the next block of a tight item.
                Event::End(_) | Event::Start(Tag::List(_) | Tag::Paragraph | Tag::CodeBlock(_) | Tag::Table(_)) => {
                    break;
                }
                other => return Err(no_drawing(&other)),
            }
            self.next();
        }
        Ok(inlines)
    }
}

fn level_of(level: HeadingLevel) -> u8 {
    level as u8
}

fn is_mark(html: &str, name: &str) -> bool {
    html.trim() == format!("<!-- {name} -->")
}

/// Text with what a pen fills in taken out of it.
fn with_pens(inlines: &mut Vec<Inline>, text: &str, face: Face, small: bool) {
    let mut rest = text;
    let text_of = |text: &str| Inline::Text {
        face,
        small,
        text: text.to_string(),
    };
    while let Some((at, name, pen)) = Pen::NAMES
        .iter()
        .filter_map(|(name, pen)| rest.find(name).map(|at| (at, *name, *pen)))
        .min_by_key(|(at, ..)| *at)
    {
        if at > 0 {
            inlines.push(text_of(&rest[..at]));
        }
        inlines.push(Inline::Pen(pen));
        rest = &rest[at + name.len()..];
    }
    if !rest.is_empty() {
        inlines.push(text_of(rest));
    }
}

fn no_drawing(event: &Event<'_>) -> Refusal {
    let what = match event {
        Event::Html(text) | Event::InlineHtml(text) => shown(text.trim()),
        Event::Start(Tag::Link { dest_url, .. }) => format!("a link to {}", shown(dest_url)),
        Event::Start(Tag::Image { .. }) => "a picture".to_string(),
        _ => "a mark of Markdown".to_string(),
    };
    unfit(&format!("the template has {what}, which has no place on paper"))
}

fn unfit(sentence: &str) -> Refusal {
    Refusal::new(Rule::InputMalformed, sentence).hint("compare it with the one that comes with the program")
}
