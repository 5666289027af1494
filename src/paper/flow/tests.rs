use super::*;
use crate::paper::faces::Faces;
use crate::plan::FreeText;

const FRAME: &str = "## left\n\n{who}\n\n## right\n\nTest, page {page} of {pages}\n\n## title\n\n{who}\n\n## foot left\n\nleft\n\n## foot right\n\npage {page} of {pages}\n\n## body\n\n";

fn template(body: &str) -> Template {
    Template::parse(&format!("{FRAME}{body}")).unwrap_or_else(|refusal| panic!("{refusal}"))
}

fn laid(paper: PaperSize, body: &str, values: &Values) -> Result<Vec<Vec<Mark>>, Refusal> {
    lay_out(
        &Sheets {
            paper,
            faces: Faces::OWN,
            mode: Mode::Production,
            dress: Dress::PLAIN,
            template: &template(body),
            values,
        },
        None,
    )
}

fn named(name: &str) -> Values {
    let name: FreeText = name.parse().unwrap_or_else(|fault| panic!("{fault}"));
    Values::new().with("who", &name)
}

fn texts(page: &[Mark]) -> Vec<String> {
    page.iter()
        .filter_map(|mark| match mark {
            Mark::Text { text, .. } => Some(text.clone()),
            _ => None,
        })
        .collect()
}

/// No two texts meet, no rule crosses one, nothing leaves the room that a laser printer has.
fn is_sound(paper: PaperSize, page: &[Mark]) {
    let inside = |[left, top, right, bottom]: [f32; 4]| {
        left >= 4.5 && top >= 4.5 && right <= paper.width() - 4.5 && bottom <= paper.height() - 4.5
    };
    let words: Vec<(&Mark, [f32; 4])> = page
        .iter()
        .filter(|mark| matches!(mark, Mark::Text { .. }))
        .map(|mark| (mark, mark.bounds()))
        .collect();
    for mark in page {
        assert!(inside(mark.bounds()), "{mark:?} leaves the page");
    }
    let meets =
        |a: [f32; 4], b: [f32; 4]| a[0] < b[2] - 0.05 && b[0] < a[2] - 0.05 && a[1] < b[3] - 0.05 && b[1] < a[3] - 0.05;
    for (at, (mark, bounds)) in words.iter().enumerate() {
        for (other, other_bounds) in &words[at + 1..] {
            assert!(!meets(*bounds, *other_bounds), "{mark:?} meets {other:?}");
        }
        for rule in page.iter().filter(|mark| matches!(mark, Mark::Rule { .. })) {
            let [left, top, right, bottom] = rule.bounds();
            let thick = [left, top - 0.1, right, bottom + 0.1];
            assert!(!meets(*bounds, thick), "{mark:?} is crossed by {rule:?}");
        }
    }
}

const EVERYTHING: &str = "\
### A part

Running text of {who}, long enough for several lines of the paper on which it stands, with **weight** and `mono` in it, and more
words, and still more words, until it is certain that a line is broken somewhere.

1. #### A step
   What it says, {who}.
2. [ ] A step to tick
3. A plain step

- a dash
- another, of {who}

> ```words
> abandon
> ability
> able
> about
> above
> absent
> absorb
> abstract
> ```
>
> in a frame

<!-- columns -->

**left** {who}

<!-- next -->

- right
- {who}

<!-- end -->

| label | other label <30> | [time] |
|---|---|---|
| {row.name} | {row.name} | [time]<br>*about* |

| a log <40> | of hands | |
|---|---|---|
| [row] | | |

[words]

[seal] and [line]

---

    typed as it stands

```sign
{who} | role
second | role
```
";

fn everything(name: &str, rows: usize) -> Values {
    let name: FreeText = name.parse().unwrap_or_else(|fault| panic!("{fault}"));
    let row = Values::new().with("name", &name);
    Values::new().with("who", &name).list("row", vec![row; rows])
}

#[test]
fn no_text_meets_another_or_leaves_the_page_on_either_paper_with_any_name() {
    for paper in [PaperSize::A4, PaperSize::Letter] {
        for name in [
            "A",
            "Ana Sousa",
            &"W".repeat(80),
            &"Wolfgang Amadeus ".repeat(4),
            &"i".repeat(80),
        ] {
            let name = name.trim();
            let pages = laid(paper, EVERYTHING, &everything(name, 40)).unwrap_or_else(|refusal| panic!("{refusal}"));
            assert!(pages.len() > 1, "{name}");
            for page in &pages {
                is_sound(paper, page);
            }
        }
    }
}

#[test]
fn what_a_test_measures_would_be_seen() {
    let text = |x, y| Mark::text(x, y, bold(10.0), "text").unwrap_or_else(|refusal| panic!("{refusal}"));
    let overlap = std::panic::catch_unwind(|| is_sound(PaperSize::A4, &[text(20.0, 20.0), text(22.0, 21.0)]));
    let outside = std::panic::catch_unwind(|| is_sound(PaperSize::A4, &[text(205.0, 20.0)]));
    assert!(overlap.is_err() && outside.is_err());
}

#[test]
fn every_page_says_which_of_how_many_it_is() {
    let pages = laid(PaperSize::A4, EVERYTHING, &everything("Ana Sousa", 90)).unwrap_or_default();
    let count = pages.len();
    assert!(count >= 3, "{count}");
    for (number, page) in (1..).zip(&pages) {
        let foot = texts(page).join(" ");
        assert!(foot.contains(&format!("page {number} of {count}")), "{foot}");
    }
}

#[test]
fn a_table_repeats_its_labels_and_keeps_its_rows_whole() {
    let body = "| label one | label two |\n|---|---|\n| {row.name} | **x** |\n";
    let pages = laid(PaperSize::A4, body, &everything("Ana Sousa", 100)).unwrap_or_default();
    assert!(pages.len() > 2);
    for page in &pages {
        let texts = texts(page);
        assert!(texts.iter().any(|text| text == "one") && texts.iter().any(|text| text == "two"));
        let (names, marks) = (
            texts.iter().filter(|text| *text == "Sousa").count(),
            texts.iter().filter(|text| *text == "x").count(),
        );
        // The title of the first page names her too, and so does the head of each.
        assert!(names >= marks && names <= marks + 2, "{names} {marks}");
    }
}

#[test]
fn a_heading_never_ends_a_page() {
    for filler in 20..60 {
        let body = format!("{}### Last\n\nafter it\n", "line\n\n".repeat(filler));
        let pages = laid(PaperSize::A4, &body, &named("Ana")).unwrap_or_default();
        for page in &pages {
            let texts = texts(page);
            if texts.iter().any(|text| text == "Last") {
                assert!(texts.iter().any(|text| text == "after"), "{filler}");
            }
        }
    }
}

#[test]
fn no_row_of_a_table_stands_alone_and_a_sentence_over_a_table_stays_with_it() {
    for filler in 20..60 {
        let table = "### Last\n\nunder it\n\n| label |\n|---|\n| {row.name} cell |\n";
        let body = format!("{}{table}", "line\n\n".repeat(filler));
        let pages = laid(PaperSize::A4, &body, &everything("Ana", 4)).unwrap_or_default();
        for page in &pages {
            let texts = texts(page);
            let rows = texts.iter().filter(|text| *text == "cell").count();
            assert_ne!(rows, 1, "{filler}");
            assert!(rows > 0 || !texts.iter().any(|text| text == "under"), "{filler}");
        }
    }
}

#[test]
fn a_short_log_stays_on_one_page_and_a_long_one_goes_on() {
    for filler in 20..60 {
        let log = format!("| label |\n|---|\n{}", "| [row] cell |\n".repeat(4));
        let pages = laid(
            PaperSize::A4,
            &format!("{}{log}", "line\n\n".repeat(filler)),
            &named("Ana"),
        );
        let rows = |page: &Vec<Mark>| texts(page).iter().filter(|text| *text == "cell").count();
        let rows: Vec<usize> = pages.unwrap_or_default().iter().map(rows).collect();
        assert!(rows.iter().all(|rows| [0, 4].contains(rows)), "{filler}: {rows:?}");
    }
    let long = format!("| label |\n|---|\n{}", "| [row] cell |\n".repeat(60));
    assert!(laid(PaperSize::A4, &long, &named("Ana")).unwrap_or_default().len() > 1);
}

#[test]
fn what_belongs_together_but_fits_no_page_goes_on_over_several() {
    let tall = "x<br>".repeat(30);
    let body = format!("### Last\n\n| label |\n|---|\n| {tall} |\n| {tall} |\n| {tall} |\n");
    let pages = laid(PaperSize::Letter, &body, &named("Ana")).unwrap_or_else(|refusal| panic!("{refusal}"));
    assert_eq!(pages.len(), 3);
    for page in &pages {
        is_sound(PaperSize::Letter, page);
    }
}

#[test]
fn whatever_stands_in_a_value_is_printed_as_it_stands() {
    for hostile in [
        "**{who}** `x` | a | [time] [ ]",
        ") Tj ET /F1 <</JS (app.alert)>> %PDF-1.7 \\",
        "{{ secret }} {% for %} ${HOME} {row.name}",
        "# <script> <!-- end --> [a](b) ![c](d) ---",
        "<br> &lt; &#60; \\n \\u001b[2J",
    ] {
        let pages = laid(PaperSize::A4, "{who}\n", &named(hostile)).unwrap_or_else(|refusal| panic!("{refusal}"));
        let drawn = texts(&pages[0]).join(" ");
        let words: Vec<&str> = hostile.split(' ').filter(|word| !word.is_empty()).collect();
        assert!(drawn.contains(&words.join(" ")), "{drawn}");
        assert!(
            !pages[0].iter().any(|mark| matches!(mark, Mark::Box { .. })),
            "no value is a box"
        );
    }
}

#[test]
fn what_cannot_be_drawn_is_refused_by_name() {
    for name in ["李雷", "Ana 👍", "שרה", "अनिता"] {
        let refused = laid(PaperSize::A4, "{who}\n", &named(name));
        assert!(
            refused.is_err_and(|refusal| refusal.rule() == Rule::PageUnfit && refusal.sentence().contains("U+")),
            "{name}"
        );
    }
}

#[test]
fn a_template_asks_for_what_is_known_and_has_nothing_that_paper_cannot_show() {
    for body in [
        "{secret}",
        "{who",
        "{row.nothing}",
        "{rows.name}",
        "[a](https://example.com)",
        "![a](b.png)",
        "<b>bold</b>",
        "<!-- columns -->\n\nx\n",
        "```unknown\nx\n```",
    ] {
        let refused = laid(PaperSize::A4, body, &everything("Ana", 2));
        assert!(
            refused.is_err_and(|refusal| refusal.rule() == Rule::InputMalformed),
            "{body}"
        );
    }
}

#[test]
fn a_part_that_no_page_holds_is_refused() {
    let frame = format!("> {}\n", "line<br>".repeat(100));
    let refused = laid(PaperSize::A4, &frame, &named("Ana"));
    assert!(refused.is_err_and(|refusal| refusal.rule() == Rule::PageUnfit));
}

#[test]
fn the_same_input_gives_the_same_bytes_also_twice_in_one_process() {
    let (template, values) = (template(EVERYTHING), everything("Ana Sousa", 30));
    let made = || {
        let sheets = Sheets {
            paper: PaperSize::Letter,
            faces: Faces::OWN,
            mode: Mode::Rehearsal,
            dress: Dress::PLAIN,
            template: &template,
            values: &values,
        };
        let pdf = render(&sheets).unwrap_or_else(|refusal| panic!("{refusal}"));
        pdf.expose(<[u8]>::to_vec)
    };
    assert!(made() == made());
}

#[test]
fn a_list_goes_on_counting_behind_a_table() {
    let body = "1. one\n2. two\n\n| label |\n|---|\n| cell |\n\n3. three\n4. four\n";
    let pages = laid(PaperSize::A4, body, &named("Ana")).unwrap_or_default();
    let texts = texts(&pages[0]);
    for number in ["2", "3", "4"] {
        assert_eq!(texts.iter().filter(|text| *text == number).count(), 1, "{texts:?}");
    }
}

/// The texts of each line of a paragraph, in a column so wide.
fn rows(text: &str, width: f32) -> Vec<String> {
    let blocks = blocks::parse(text).unwrap_or_default();
    let [Block::Paragraph(text)] = blocks.as_slice() else {
        panic!("{blocks:?}")
    };
    let lines = lines::lay(text, width, Dress::PLAIN.body).unwrap_or_default();
    let mut rows: Vec<(f32, String)> = Vec::new();
    for mark in lines.marks {
        let Mark::Text { y, text, .. } = mark else { continue };
        match rows.last_mut() {
            Some((at, row)) if (*at - y).abs() < 0.01 => *row = format!("{row} {text}"),
            _ => rows.push((y, text)),
        }
    }
    rows.into_iter().map(|(_, row)| row).collect()
}

#[test]
fn what_is_read_as_one_stays_on_one_line() {
    for (text, whole) in [
        ("Ask Ana Sousa +00 000 1024.", "+00 000 1024."),
        ("Of share set mfa-emea, epoch 12, it is", "epoch 12,"),
        ("Then type `strongroom check --reason LOST`", "strongroom check"),
        ("Then type `strongroom check --reason LOST`", "--reason LOST"),
    ] {
        for width in 34..80_u8 {
            let rows = rows(text, width.into());
            assert!(rows.iter().any(|row| row.contains(whole)), "{width}: {rows:?}");
        }
    }
}

#[test]
fn what_is_read_as_one_but_fits_no_line_is_broken_at_its_spaces() {
    assert_eq!(rows("+00 000 1024", 16.0), ["+00 000", "1024"]);
}

#[test]
fn no_paragraph_ends_with_one_short_word_where_the_line_above_can_give_one_up() {
    let text = "The seal was whole and its number is the one that was written on the label by them all";
    for width in 60..120_u8 {
        let rows = rows(text, width.into());
        let last = rows.last().map_or(0, |row| row.split(' ').count());
        assert!(rows.len() < 2 || last > 1, "{width}: {rows:?}");
    }
}

#[test]
fn a_line_to_write_on_has_room_for_a_name_and_nothing_stands_upon_it() {
    for filler in 1..30 {
        let text = format!("{}[line] behind it\n", "word ".repeat(filler));
        let pages = laid(PaperSize::A4, &text, &named("Ana")).unwrap_or_default();
        is_sound(PaperSize::A4, &pages[0]);
        let rules = pages[0].iter().filter(|mark| matches!(mark, Mark::Rule { .. }));
        let shortest = rules
            .map(|rule| rule.bounds()[2] - rule.bounds()[0])
            .fold(f32::MAX, f32::min);
        assert!(shortest >= 45.0, "{shortest}");
    }
}

#[test]
fn a_loose_sheet_says_where_it_belongs() {
    let body = format!("{}\n## left again\n\n{{title}}, continued\n", "line\n\n".repeat(60));
    let pages = laid(PaperSize::A4, &body, &named("Ana Sousa")).unwrap_or_default();
    assert!(pages.len() > 1);
    for (at, page) in pages.iter().enumerate() {
        let said = texts(page).join(" ");
        assert_eq!(said.contains("Ana Sousa, continued"), at > 0, "{said}");
    }
}
