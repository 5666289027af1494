//! A paper as plain text, for a screen: the same words in the same order, without their places.

use super::blocks::{Block, Inline, ListKind, Pen};
use std::fmt::Write as _;

/// Blocks, one under the other.
pub(super) fn blocks(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        one(block, &mut out);
    }
    out
}

fn one(block: &Block, out: &mut String) {
    match block {
        Block::Heading(_, text) => row(out, &format!("\n{}\n", line(text).to_uppercase())),
        Block::Paragraph(text) => row(out, &line(text)),
        Block::List { kind, items } => {
            let first = match kind {
                ListKind::Numbers(first) => *first,
                ListKind::Dashes => 1,
            };
            for (number, item) in (first..).zip(items) {
                let inner = blocks(&item.blocks);
                let _ = writeln!(out, "{number:>3}  {}", inner.trim_end().replace('\n', "\n     "));
            }
        }
        Block::Table { head, rows } => table(head, rows, out),
        Block::Frame(inner) => out.push_str(&blocks(inner)),
        Block::Columns(columns) => columns.iter().for_each(|column| out.push_str(&blocks(column))),
        Block::Signatures(lines) => {
            for (name, under) in lines {
                let _ = writeln!(out, "{}: ______________ ({})", line(name), line(under));
            }
        }
        Block::Big(words) => words.iter().for_each(|word| row(out, &line(word))),
        Block::Code(lines) => lines.iter().for_each(|text| row(out, &format!("    {text}"))),
        Block::Rule => out.push('\n'),
    }
}

fn row(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

fn table(head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>], out: &mut String) {
    let text = |row: &[Vec<Inline>]| -> Vec<String> { row.iter().map(|cell| line(cell).replace('\n', ", ")).collect() };
    let mut all: Vec<Vec<String>> = vec![text(head)];
    all.extend(rows.iter().map(|row| text(row)));
    if all[0].iter().all(String::is_empty) {
        all.remove(0);
    }
    let columns = all.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        all.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .max()
    };
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or_default()).collect();
    out.push('\n');
    for row in &all {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        let _ = writeln!(out, "  {}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
    out.push('\n');
}

pub(super) fn line(text: &[Inline]) -> String {
    let parts = text.iter().map(|part| match part {
        Inline::Text { text, .. } => text.as_str(),
        Inline::Pen(Pen::Tick) => "[ ]",
        Inline::Pen(_) => "______________",
        Inline::Break => "\n",
    });
    parts.collect::<String>()
}
