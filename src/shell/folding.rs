//! Text folded to the width of a terminal.
//!
//! Rules of this file:
//! - a word is never broken: a serial or a path that goes on in the next row is copied down wrong;
//! - what is folded stands a little to the right of its beginning.

/// The narrowest window that anything is folded to, in columns.
const NARROW: usize = 20;

/// A line, folded between words.
pub fn folded(line: &str, columns: usize) -> String {
    let indent = line.len() - line.trim_start().len();
    let hanging = " ".repeat(indent + 2);
    let options = textwrap::Options::new(columns.saturating_sub(1).max(NARROW))
        .subsequent_indent(&hanging)
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .break_words(false);
    textwrap::fill(line, options)
}

/// Every line of a text, each folded by itself; blank ones stay.
pub fn all_folded(text: &str, columns: usize) -> String {
    text.split('\n')
        .map(|line| folded(line, columns))
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_is_broken_and_no_line_lost() {
        let text = "one two three-four-five six-seven\n\n    indented words that go on and on\n";
        let folded = all_folded(text, 24);
        assert!(folded.lines().all(|row| row.len() < 24), "{folded}");
        assert!(
            folded.contains("\n\n    indented") && folded.ends_with('\n'),
            "{folded}"
        );
        let words = |text: &str| text.split_whitespace().map(str::to_string).collect::<Vec<_>>();
        assert_eq!(words(&folded), words(text));
    }
}
