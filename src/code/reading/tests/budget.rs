//! How much work the lines of a text may ask for.

use super::*;

/// Whether a correction is sought for each of the lines, one after the other.
fn sought(lines: &[&str], mut left: Left) -> Vec<bool> {
    let sought = |line: &&str| {
        let typed = typed::lines(line).remove(0);
        matches!(judge(&typed, HERE, &mut left).state, State::Corrected(..))
    };
    lines.iter().map(sought).collect()
}

fn line_a(change: impl FnOnce(&mut Vec<u8>)) -> String {
    let code = spoilt(EXAMPLE, 0, change);
    code.split('/').next().unwrap_or_default().to_string()
}

#[test]
fn a_text_has_so_many_corrections_and_so_many_searches_and_no_more() {
    let wrong = line_a(|symbols| {
        for place in [9, 30, 51, 77] {
            symbols[place] = other_symbol(symbols[place]);
        }
    });
    let short = line_a(|symbols| without(symbols, 9));
    let (wrong, short) = (wrong.as_str(), short.as_str());
    let left = |corrections, searches| Left { corrections, searches };
    assert_eq!(sought(&[wrong, short, wrong], left(3, 1)), [true, true, true]);
    assert_eq!(sought(&[wrong, wrong, wrong], left(2, 1)), [true, true, false]);
    assert_eq!(sought(&[short, short, wrong], left(3, 1)), [true, false, true]);
    assert_eq!(sought(&[short, wrong], left(1, 1)), [true, false]);
}
