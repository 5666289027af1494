//! What a visit to a safe finds.

use super::*;

fn moved(number: u32, step: EnvelopeStep) -> Event {
    Event::Life(LifeEvent::Moved {
        serial: serial(number),
        step,
        day: jiff::civil::date(2026, 2, 12),
        by: vec!["mira".parse().unwrap()],
    })
}

fn deposited(number: u32, safe: &str) -> Event {
    let safe = Some(safe.parse().unwrap());
    moved(number, EnvelopeStep::Deposited { safe })
}

fn visited(safe: &str, intact: &[u32]) -> Event {
    Event::Life(LifeEvent::Visited {
        safe: safe.parse().unwrap(),
        at: "2026-02-14T09:30:00Z".parse().unwrap(),
        by: vec!["mira".parse().unwrap()],
        reason: "drill".parse().unwrap(),
        intact: intact.iter().map(|number| serial(*number)).collect(),
        broken: Vec::new(),
        taken: Vec::new(),
        put: Vec::new(),
        whole: true,
    })
}

fn unexplained(register: &Register) -> Vec<Vec<String>> {
    let life = register.life();
    life.visits.values().map(|visit| life.unexplained(visit)).collect()
}

#[test]
fn a_visit_is_held_against_what_lies_in_that_safe_at_that_moment() {
    let events = vec![
        init(Mode::Production),
        deposited(1, "fra-1"),
        deposited(2, "fra-1"),
        deposited(3, "lis-1"),
        visited("fra-1", &[1, 2]),
        moved(2, EnvelopeStep::Destroyed {}),
        visited("fra-1", &[1]),
        deposited(1, "lis-1"),
        visited("fra-1", &[1]),
    ];
    let found = unexplained(&register(events).unwrap());
    assert!(found[0].is_empty() && found[1].is_empty(), "{found:?}");
    assert_eq!(
        found[2],
        [format!("{} was there, and the ledger does not say so", serial(1))]
    );
}

#[test]
fn what_a_thousand_visits_did_not_see_is_counted_not_listed() {
    let mut events = vec![init(Mode::Production)];
    events.extend((1..=2000).map(|number| deposited(number, "fra-1")));
    events.extend((0..1000).map(|_| visited("fra-1", &[7])));
    let found = unexplained(&register(events).unwrap());
    assert_eq!(found.len(), 1000);
    for visit in found {
        assert_eq!(visit.len(), 101);
        assert_eq!(visit[100], "1899 more should lie there and were not seen");
    }
}
