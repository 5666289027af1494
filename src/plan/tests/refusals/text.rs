//! What is no TOML, or more of it than a plan has.

use super::*;

#[test]
fn what_is_not_toml_is_refused_where_it_stops_being_so() {
    let refusal = refused("any = 2, of", "any = 2 of");
    assert_eq!(refusal.rule(), Rule::PlanSyntax);
    assert!(refusal.sentence().contains(": this is not TOML: "), "{refusal}");
    for text in ["[", "a = ", "a = \"", "\u{0}", "= 1", "a = 1 b = 2", "a = 2026-13-01"] {
        assert_eq!(refused_text(text).rule(), Rule::PlanSyntax, "{text:?}");
    }
}

#[test]
fn an_empty_plan_lacks_its_schema() {
    assert_eq!(
        refused_text("").sentence(),
        "strongroom.toml:1:1: the plan lacks the key `schema`"
    );
}

#[test]
fn a_column_is_counted_in_characters() {
    let refusal = refused("name = \"Yuki Satō\"", "name = { \"Łōçé\" = 1, x = }");
    assert_eq!(refusal.rule(), Rule::PlanSyntax);
    let place = place_of(
        &edit("name = \"Yuki Satō\"", "name = { \"Łōçé\" = 1, x = }"),
        "}\nteam = \"operations\"\nregion = \"apac\"\nreach = \"+00 000 1008\"",
    );
    assert!(refusal.sentence().contains(&format!(":{place}:")), "{refusal} {place}");
}

#[test]
fn a_place_on_a_long_line_costs_no_more_than_on_a_short_one() {
    // One line of ten thousand people, the last of which is the first again.
    let people: Vec<String> = (0..9_999)
        .chain([0])
        .map(|n| format!("{{ id = \"p{n}\", name = \"Łukasz {n}\" }}"))
        .collect();
    let text = format!("schema = \"strongroom/plan/1\"\nperson = [{}]\n", people.join(", "));
    let start = std::time::Instant::now();
    let refusal = refused_text(&text);
    assert_eq!(refusal.rule(), Rule::PlanDuplicate);
    let at = text
        .rfind("\"p0\"")
        .map(|at| text[..at].rsplit('\n').next().unwrap_or_default().chars().count() + 1);
    assert!(
        refusal
            .sentence()
            .starts_with(&format!("strongroom.toml:2:{}: ", at.unwrap_or(0))),
        "{refusal}"
    );
    assert!(start.elapsed() < std::time::Duration::from_secs(5));
}

#[test]
fn a_hundred_thousand_brackets_are_refused_in_time() {
    for text in [
        "[".repeat(100_000),
        format!("a = {}", "[".repeat(100_000)),
        format!("a = {}{}", "[".repeat(100_000), "]".repeat(100_000)),
    ] {
        let start = std::time::Instant::now();
        assert_eq!(refused_text(&text).rule(), Rule::PlanSyntax);
        assert!(start.elapsed() < std::time::Duration::from_secs(2));
    }
    assert_eq!(refused_text(&"a = { ".repeat(100_000)).rule(), Rule::PlanSyntax);
    assert_eq!(
        refused_text(&format!("a{} = 1", ".a".repeat(100_000))).rule(),
        Rule::PlanSyntax
    );
}

#[test]
fn the_deepest_nesting_that_toml_allows_is_refused_without_overflow() {
    let path = vec!["a"; 79].join(".");
    let text = format!("{}a = 1{}", format!("{path} = {{ ").repeat(78), " }".repeat(78));
    assert_eq!(refused_text(&text).rule(), Rule::PlanKey);
}

#[test]
fn fifty_megabytes_are_refused_unread() {
    let start = std::time::Instant::now();
    let refusal = refused_text(&" ".repeat(50 << 20));
    assert_eq!(refusal.rule(), Rule::PlanTooLarge);
    assert!(start.elapsed() < std::time::Duration::from_secs(2));
}

#[test]
fn text_of_more_marks_than_any_plan_has_is_refused_before_toml_is_asked() {
    for piece in ["[", "1,", "\n", "a.", "a ", "{a=", "\"\" ", "[t]\n"] {
        let start = std::time::Instant::now();
        let text = piece.repeat((15 << 20) / piece.len());
        let refusal = refused_text(&text);
        assert_eq!(refusal.rule(), Rule::PlanTooLarge, "{piece:?}");
        assert!(start.elapsed() < std::time::Duration::from_secs(2), "{piece:?}");
    }
    // Blanks in a row are one mark, and what is within a word is none.
    assert_ne!(refused_text(&" ".repeat(15 << 20)).rule(), Rule::PlanTooLarge);
    assert_ne!(refused_text(&"é".repeat(7 << 20)).rule(), Rule::PlanTooLarge);
}

#[test]
fn more_of_a_thing_than_a_plan_has_room_for_is_refused() {
    let text = format!(
        "schema = \"strongroom/plan/1\"\n{}",
        "[[account]]\n".repeat(limits::ACCOUNTS + 1)
    );
    let refusal = refused_text(&text);
    assert_eq!(refusal.rule(), Rule::PlanTooLarge);
    assert!(
        refusal.sentence().contains("10001 entries, at most 10000 are read"),
        "{refusal}"
    );
    let devices = (0..9)
        .map(|n| format!("{{ device = \"d{n}\", kind = \"hardware\", safe = \"fra-2\" }}"))
        .collect::<Vec<_>>()
        .join(", ");
    assert_eq!(
        refused(
            "phone = [\"fern\", \"zoe\"]\nmfa = [",
            &format!("phone = []\nmfa = [{devices}, ")
        )
        .rule(),
        Rule::PlanTooLarge
    );
}

#[test]
fn whatever_is_cut_out_of_a_plan_the_answer_is_a_plan_or_a_refusal_with_a_place() {
    let text = starter::example();
    let starts: Vec<usize> = std::iter::once(0)
        .chain(text.match_indices('\n').map(|(at, _)| at + 1))
        .collect();
    let without_a_line = starts
        .windows(2)
        .map(|line| [&text[..line[0]], &text[line[1]..]].concat());
    let cut_short = (0..text.len())
        .step_by(61)
        .filter(|at| text.is_char_boundary(*at))
        .map(|at| text[..at].to_string());
    for text in without_a_line.chain(cut_short) {
        if let Err(refusal) = Plan::parse(&text) {
            let place = refusal
                .sentence()
                .strip_prefix("strongroom.toml:")
                .and_then(|rest| rest.split_once(": "))
                .map(|(place, _)| place);
            let numbers = place
                .and_then(|place| place.split_once(':'))
                .map(|(line, column)| (line.parse::<u32>(), column.parse::<u32>()));
            assert!(matches!(numbers, Some((Ok(1..), Ok(1..)))), "{refusal}");
        }
    }
}
