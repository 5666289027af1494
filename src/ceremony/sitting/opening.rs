//! Before anything secret exists: machine, room, program, clock, plan, printer, dice.
//!
//! Rules of this file:
//! - the clock is a gate: more than a minute from the watch, and nothing goes on;
//! - throws of dice are counted and judged for their evenness; what was thrown is recorded nowhere.

use super::AtWork;
use crate::ceremony::steps::Step;
use crate::paper::forms::{self, Office};
use crate::refusal::{Refusal, Rule};
use crate::vault::event::{Event, Note, RoomEvent};
use crate::vault::{note, note_of_finding};
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use zeroize::Zeroizing;

/// How far the laptop's clock may be from a watch, in seconds.
const CLOCK_APART: i64 = 60;
/// Pearson's statistic of a fair die with six faces is larger than this once in a thousand times (χ², 5 degrees of freedom).
const EVEN: f64 = 20.5;
/// The page that a printer shows what it can on.
const PRINTER_TEST: &str = "printer-test.pdf";

impl AtWork<'_, '_, '_, '_> {
    pub(super) fn preflight(&mut self, step: &Step) -> Result<Option<Note>, Refusal> {
        let found = self.lent.desk.preflight()?;
        for line in &found {
            self.say(&format!("  {line}"))?;
        }
        self.yes(&step.asks[0])?;
        note_of_finding(&found.join("; ")).map(Some)
    }

    pub(super) fn roll_call(&mut self, step: &Step) -> Result<Option<Note>, Refusal> {
        let planned = self.planned;
        for one in planned.roles.as_list() {
            let name = self.name(&one.person);
            self.say(&format!("  {:<14}{name}", one.role))?;
        }
        for item in &planned.items {
            self.say(&format!("  {:<14}{}", "in the room", item.as_str()))?;
        }
        self.yes(&step.asks[0])?;
        Ok(None)
    }

    /// What was brought into the room is there, before it is closed.
    pub(super) fn balance(&mut self, step: &Step) -> Result<Option<Note>, Refusal> {
        let items = self.planned.items.clone();
        for item in &items {
            self.say(&format!("  {:<14}{}", "in the room", item.as_str()))?;
        }
        self.yes(&step.asks[0])?;
        self.yes(&step.asks[1])?;
        note(&format!("{} things on the list, all accounted for", items.len())).map(Some)
    }

    pub(super) fn program(&mut self, step: &Step) -> Result<Option<Note>, Refusal> {
        let (words, digits) = self.lent.desk.program()?;
        self.say(&format!("  {words}"))?;
        self.say(&format!("  sha256 {digits}"))?;
        self.yes(&step.asks[0])?;
        note(&words).map(Some)
    }

    pub(super) fn clock(&mut self, step: &Step) -> Result<Option<Note>, Refusal> {
        loop {
            let now = self.lent.clock.now();
            self.say(&format!("  the laptop says {} UTC", now.strftime("%Y-%m-%d %H:%M:%S")))?;
            let typed = self.line(&step.asks[0])?;
            let now = self.lent.clock.now();
            let Some(watch) = watch(&typed, now) else {
                self.say("a time of day is written 14:03:20, or with its day 2026-11-25T14:03:20Z")?;
                continue;
            };
            let behind = watch.as_second() - now.as_second();
            if behind.abs() > CLOCK_APART {
                let way = if behind > 0 { "behind" } else { "before" };
                let found = format!(
                    "the laptop's clock is {} s {way} the watch: more than {CLOCK_APART}",
                    behind.abs()
                );
                let refusal = Refusal::new(Rule::ClockWrong, found).hint(format!(
                    "in another window: date -u -s \"{}\"; then type the watch's time again",
                    watch.strftime("%Y-%m-%d %H:%M:%S")
                ));
                self.refused(&refusal)?;
                continue;
            }
            self.yes(&step.asks[1])?;
            let by = self
                .planned
                .roles
                .as_list()
                .iter()
                .map(|one| one.person.clone())
                .take(2)
                .collect();
            self.commit(vec![Event::Room(RoomEvent::Clock { watch, by })])?;
            return note(&format!("laptop {behind:+} s to the watch").replace("+0 s", "0 s")).map(Some);
        }
    }

    pub(super) fn plan(&mut self, step: &Step) -> Result<Option<Note>, Refusal> {
        let findings = self.lent.desk.findings()?;
        for finding in &findings {
            self.say(&format!("  {finding}"))?;
        }
        if !findings.is_empty() && self.change.vault().mode() == crate::ident::Mode::Production {
            return Err(Refusal::new(
                Rule::Findings,
                format!("the plan has {} findings that nobody accepted", findings.len()),
            )
            .hint("strongroom check; mend them, or accept each in strongroom.toml with [[accept]]"));
        }
        let hash = self.change.vault().plan_hash();
        self.say(&format!("  findings {}, plan sha256 {hash}", findings.len()))?;
        self.yes(&step.asks[0])?;
        note(&format!("{} findings, plan sha256 {hash}", findings.len())).map(Some)
    }

    pub(super) fn printer_test(&mut self, step: &Step) -> Result<Option<Note>, Refusal> {
        let page = forms::printer_test::printer_test(&self.office())?;
        self.lent.pages.put_plain(PRINTER_TEST, &page)?;
        loop {
            let path = self.line(&step.asks[0])?;
            let compared = self
                .lent
                .desk
                .codes(&path)
                .and_then(|codes| forms::printer_test::compare(&codes));
            match compared {
                Ok(()) => break,
                Err(refusal) => self.refused(&refusal)?,
            }
        }
        // What lies among the pages with shares is a page with a share.
        self.lent.pages.put_away(PRINTER_TEST);
        self.say("  both codes were read as they were printed")?;
        self.yes(&step.asks[1])?;
        Ok(None)
    }

    pub(super) fn dice(&mut self, step: &Step) -> Result<Option<Note>, Refusal> {
        let wanted = usize::from(self.planned.plan.room().dice);
        loop {
            let typed = self
                .lent
                .leader
                .ask_alone(&format!("{wanted} throws: {}", step.asks[0].text()))?;
            let throws = typed.expose(throws);
            let Some(throws) = throws.filter(|throws| throws.len() >= wanted) else {
                let question = format!("{wanted} throws of 1 to 6 are needed, and that was not them. again? [y]");
                self.text(&question)?;
                continue;
            };
            let statistic = evenness(&throws);
            let count = throws.len();
            if statistic > EVEN {
                let question = format!(
                    "{count} throws, and a fair die does this less than once in a thousand times. y takes them all the same: they only add to the machine's randomness"
                );
                if !super::asking::is_yes(&self.text(&question)?) {
                    continue;
                }
            }
            self.lent.entropy.mix(&throws);
            self.thrown = true;
            let judged = if statistic > EVEN {
                "uneven, taken all the same"
            } else {
                "even"
            };
            return note(&format!("{count} throws, {judged}")).map(Some);
        }
    }

    /// What papers are filled in from.
    pub(super) fn office(&self) -> Office<'_> {
        Office {
            vault: self.change.vault(),
            chain: self.change.chain(),
            faces: self.lent.press.faces,
            today: self.lent.clock.now().to_zoned(TimeZone::UTC).date(),
            wordings: self.lent.wordings,
        }
    }
}

/// The moment that a watch shows: with its day, or of the day that brings it nearest to `now`.
fn watch(typed: &str, now: Timestamp) -> Option<Timestamp> {
    if let Ok(moment) = typed.parse::<Timestamp>() {
        return Timestamp::from_second(moment.as_second()).ok();
    }
    let time: Time = typed.trim_end_matches(" UTC").parse().ok()?;
    let today = now.to_zoned(TimeZone::UTC).date();
    let days = [-1, 0, 1]
        .into_iter()
        .filter_map(|days| today.checked_add(days.days()).ok());
    let moments = days.filter_map(|day| day.to_datetime(time).to_zoned(TimeZone::UTC).ok());
    let nearest = moments.min_by_key(|moment| (moment.timestamp().as_second() - now.as_second()).abs())?;
    Timestamp::from_second(nearest.timestamp().as_second()).ok()
}

/// The throws in what was typed: digits 1 to 6, whatever stands between them; nothing where there is another digit or a letter.
fn throws(typed: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut throws = Zeroizing::new(Vec::with_capacity(typed.len()));
    for c in typed.bytes() {
        match c {
            b'1'..=b'6' => throws.push(c),
            b' ' | b',' | b'\t' | b'-' => {}
            _ => return None,
        }
    }
    Some(throws)
}

/// Pearson's statistic of throws of a die with six faces.
fn evenness(throws: &[u8]) -> f64 {
    let expected = throws.len() as f64 / 6.0;
    let mut seen = [0_u32; 6];
    for throw in throws {
        seen[usize::from(throw.saturating_sub(b'1')).min(5)] += 1;
    }
    let apart = seen.iter().map(|seen| (f64::from(*seen) - expected).powi(2) / expected);
    apart.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-02-28T23:59:50Z".parse().unwrap()
    }

    #[test]
    fn a_watch_is_read_with_its_day_or_of_the_nearest_one() {
        for (typed, read) in [
            ("23:59:55", "2026-02-28T23:59:55Z"),
            ("00:00:10", "2026-03-01T00:00:10Z"),
            ("00:00", "2026-03-01T00:00:00Z"),
            ("22:59:50 UTC", "2026-02-28T22:59:50Z"),
            ("2026-03-01T00:00:10Z", "2026-03-01T00:00:10Z"),
        ] {
            assert_eq!(watch(typed, now()), read.parse().ok(), "{typed}");
        }
        for typed in ["", "noon", "25:00", "12:60:00", "now"] {
            assert_eq!(watch(typed, now()), None, "{typed}");
        }
    }

    #[test]
    fn throws_are_digits_of_a_die_and_nothing_else() {
        assert_eq!(
            throws("1 2,3-4 56").map(|throws| throws.to_vec()),
            Some(b"123456".to_vec())
        );
        for typed in ["1270", "12a", "0"] {
            assert!(throws(typed).is_none(), "{typed}");
        }
    }

    #[test]
    fn a_die_that_always_falls_alike_is_uneven_and_a_fair_one_is_not() {
        assert!(evenness(&[b'3'; 50]) > EVEN);
        let fair: Vec<u8> = (0..60).map(|throw| b'1' + (throw * 7 % 6) as u8).collect();
        assert!(evenness(&fair) < 1.0);
    }
}
