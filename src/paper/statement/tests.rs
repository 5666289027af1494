//! What the statement promises: one page, everything in its box, the same bytes for the same plan.

use super::*;
use crate::paper::forms::wordings::{Paper, Wordings};
use crate::paper::text::page_text;
use crate::plan::rules::{self, About, Accepted, Finding, PlanRule};
use crate::plan::{Place, Plan, starter};
use crate::quorum::access::Access;
use jiff::civil::date;

const DAY: Date = date(2026, 11, 24);

fn page(text: &str, more: impl Fn(&mut Judgement)) -> Result<SecretBytes, Refusal> {
    let plan = Plan::parse(text).expect("it is a plan");
    let access = Access::of(&plan, &[]);
    let mut claim = Claim::of(&access, DAY)?;
    let mut observed = rules::structural(&plan);
    observed.findings.extend(claim.observe().findings);
    let mut judgement = rules::weigh(&plan, observed, DAY);
    more(&mut judgement);
    let statement = Statement {
        faces: crate::paper::faces::Faces::OWN,
        template: &Wordings::own().template(Paper::Statement).expect("it is a template"),
        mode: crate::ident::Mode::Production,
        judgement: &judgement,
        date: DAY,
        plan_hash: "64879f7d".repeat(8),
    };
    render(&mut claim, &statement)
}

/// The words of a page, without the blanks between: large type is read with some of its own.
fn text_of(page: &SecretBytes) -> String {
    let text = page_text(page, 0).expect("it is a page");
    text.expose(|text| text.split_whitespace().collect())
}

fn says(text: &str, said: &str) -> bool {
    text.contains(&said.split_whitespace().collect::<String>())
}

fn pages(page: &SecretBytes) -> bool {
    page_text(page, 1).is_err()
}

fn finding(number: usize, length: usize) -> Finding {
    Finding {
        rule: PlanRule::S21,
        place: Place::default(),
        about: About::Set("s".repeat(length).parse().expect("it is a name")),
        found: format!("finding {number} {}", "word ".repeat(40)),
        why: None,
        allowed: String::new(),
        next: String::new(),
    }
}

#[test]
fn the_example_says_its_claim_its_numbers_and_its_smallest_losses() {
    let page = page(starter::example(), |_| {}).expect("it fits");
    let text = text_of(&page);
    for said in [
        "Example Corp",
        "Nobody can sign in to any account alone, and no",
        "Computed on 2026-11-24 from the plan: 26 people, 9 safes, 6 share sets, 23 accounts.",
        "central root access",
        "fra-1 with nyc-1, fra-1 with sin-1, nyc-1 with sin-1",
        "No finding is open, and none is accepted.",
        "for internal audit",
        "64879f7d 64879f7d",
        "page 1 of 1",
    ] {
        assert!(says(&text, said), "{said}\n{text}");
    }
    assert!(pages(&page), "there is one page");
}

#[test]
fn the_same_plan_and_day_give_the_same_bytes() {
    let [one, other] = [(), ()].map(|()| page(starter::example(), |_| {}).expect("it fits"));
    assert!(one.expose(|one| other.expose(|other| one == other)));
}

#[test]
fn what_is_too_much_is_counted_and_what_is_too_long_is_cut_on_either_paper() {
    let example = starter::example();
    let long = example
        .replace("Example Corp\"", &format!("{}\"", "M".repeat(80)))
        .replace("fra-1", &"f".repeat(32))
        .replace("nyc-1", &"n".repeat(32));
    for paper in ["A4", "Letter"] {
        let text = long.replace("paper = \"A4\"", &format!("paper = \"{paper}\""));
        for (open, accepted) in [(0, 0), (1, 0), (400, 0), (0, 400), (400, 400), (2, 2)] {
            let page = page(&text, |judgement| {
                judgement.findings.extend((0..open).map(|number| finding(number, 32)));
                judgement.accepted.extend((0..accepted).map(|number| Accepted {
                    finding: finding(number, 1),
                    reason: "r".repeat(80),
                    until: DAY,
                }));
            });
            let page = page.unwrap_or_else(|refusal| panic!("{paper}, {open}, {accepted}: {refusal}"));
            let said = text_of(&page);
            assert!(pages(&page) && said.contains('…'), "{said}");
            let counted = says(&said, "more; strongroom check lists them");
            assert!(counted || open + accepted < 100, "{paper}, {open}, {accepted}\n{said}");
        }
    }
}

#[test]
fn a_plan_that_breaks_its_promises_says_so_in_its_headline() {
    let text = starter::example()
        .replace("phone = [\"fern\", \"zoe\"]", "phone = [\"dana\"]")
        .replace(
            "survive = [\"any 1 person\", \"any 1 safe\", \"any 1 building\"]",
            "survive = []",
        )
        .replace("3-of-5", "5-of-5");
    let text = text_of(&page(&text, |_| {}).expect("it fits"));
    for said in [
        "One person alone can sign in to 23 accounts",
        "a single loss can lock 23 accounts out",
        "Findings that are open",
    ] {
        assert!(says(&text, said), "{said}\n{text}");
    }
}
