use super::*;
use crate::code::stream::Stream;
use bech32::primitives::correction::CorrectableError as _;
use bech32::primitives::decode::UncheckedHrpstring;

/// The data symbols of line A, of lines B and C, and the shortest line there can be.
const LENGTHS: [usize; 3] = [75, 59, 1];
const WORLDS: [Mode; 2] = [Mode::Production, Mode::Rehearsal];

fn symbols(values: &[u8]) -> Symbols {
    Symbols::of(values.iter().copied())
}

fn line(stream: &mut Stream, mode: Mode, data: usize) -> Vec<u8> {
    let data: Vec<u8> = (0..data).map(|_| stream.byte() & 31).collect();
    encode(mode, &symbols(&data)).expose(<[u8]>::to_vec)
}

/// Other symbols at `places`.
fn spoil(stream: &mut Stream, line: &[u8], places: &[usize]) -> Vec<u8> {
    let mut spoilt = line.to_vec();
    for place in places {
        spoilt[*place] ^= 1 + stream.below(31) as u8;
    }
    spoilt
}

fn blot(line: &mut [u8], places: &[usize]) {
    for place in places {
        line[*place] = 0;
    }
}

/// The corrected line, with what was changed where.
fn corrected(mode: Mode, found: &[u8], unreadable: &[usize]) -> Option<(Vec<u8>, Vec<usize>)> {
    let fixes = correct(mode, &symbols(found), unreadable)?;
    let mut line = found.to_vec();
    for fix in &fixes {
        assert_eq!(fix.found.is_none(), unreadable.contains(&fix.position));
        assert!(
            fix.found
                .is_none_or(|symbol| symbol == found[fix.position] && symbol != fix.offered)
        );
        line[fix.position] = fix.offered;
    }
    Some((line, fixes.iter().map(|fix| fix.position).collect()))
}

fn sorted(mut places: Vec<usize>) -> Vec<usize> {
    places.sort_unstable();
    places
}

#[test]
fn the_constants_are_those_of_bip_93() {
    Codex32::sanity_check();
    // Every root that we evaluate at is a root of the generator x¹³ + ….
    for exponent in FIRST_ROOT..FIRST_ROOT + SYNDROMES {
        let root = BETA.power(exponent);
        let value = (0..CHECK_SYMBOLS).rev().fold(Gf1024::ONE, |sum, place| {
            sum.times(root)
                .plus(Gf1024::new(Codex32::GENERATOR_SH[0].unpack(place), 0))
        });
        assert_eq!(value, Gf1024::ZERO, "beta^{exponent}");
    }
    let order = (1..=1023).find(|exponent| BETA.power(*exponent) == Gf1024::ONE);
    assert_eq!(order, Some(93));
}

#[test]
fn the_first_vector_of_bip_93_passes_the_code() {
    let vector = "ms10testsxxxxxxxxxxxxxxxxxxxxxxxxxx4nzvca9cmczlw";
    assert!(UncheckedHrpstring::new(vector).is_ok_and(|parsed| parsed.validate_checksum::<Codex32>().is_ok()));
}

#[test]
fn a_line_is_what_bech32_makes_of_prefix_and_data() {
    use bech32::primitives::iter::Fe32IterExt as _;
    let mut stream = Stream::new(1);
    for mode in WORLDS {
        let hrp = bech32::Hrp::parse(&mode.prefix()[..2].to_lowercase()).expect("two letters");
        for data in LENGTHS {
            let ours = line(&mut stream, mode, data);
            let theirs: String = ours[..data]
                .iter()
                .map(|s| element(*s))
                .with_checksum::<Codex32>(&hrp)
                .chars()
                .collect();
            let text = symbols(&ours)
                .text()
                .expose(|text| format!("{}{text}", mode.prefix()).to_lowercase());
            assert_eq!(text, theirs);
        }
    }
}

#[test]
fn a_whole_line_is_offered_no_change() {
    let mut stream = Stream::new(2);
    for data in LENGTHS {
        let line = line(&mut stream, Mode::Production, data);
        assert!(check(Mode::Production, &symbols(&line)));
        assert_eq!(corrected(Mode::Production, &line, &[]), Some((line, vec![])));
    }
}

#[test]
fn up_to_four_wrong_symbols_are_located_and_offered() {
    let mut stream = Stream::new(3);
    for round in 0..10_000 {
        let (mode, data, wrong) = (WORLDS[round % 2], LENGTHS[round % 2], round / 4 % 5);
        let line = line(&mut stream, mode, data);
        let places = stream.places(wrong, line.len());
        let spoilt = spoil(&mut stream, &line, &places);
        assert_eq!(corrected(mode, &spoilt, &[]), Some((line, sorted(places))));
    }
}

#[test]
fn up_to_eight_unreadable_symbols_are_filled_in() {
    let mut stream = Stream::new(4);
    for round in 0..10_000 {
        let (data, unreadable) = (LENGTHS[round % 2], round % 9);
        let line = line(&mut stream, Mode::Production, data);
        let places = stream.places(unreadable, line.len());
        let mut spoilt = line.clone();
        blot(&mut spoilt, &places);
        assert_eq!(
            corrected(Mode::Production, &spoilt, &places),
            Some((line, sorted(places)))
        );
    }
}

#[test]
fn unreadable_and_wrong_symbols_together_are_found_within_the_bound() {
    let mut stream = Stream::new(5);
    for round in 0..10_000 {
        let wrong = 1 + round % 4;
        let unreadable = stream.below(9 - 2 * wrong);
        let line = line(&mut stream, Mode::Rehearsal, LENGTHS[round % 2]);
        let places = stream.places(wrong + unreadable, line.len());
        let mut spoilt = spoil(&mut stream, &line, &places[unreadable..]);
        blot(&mut spoilt, &places[..unreadable]);
        assert_eq!(
            corrected(Mode::Rehearsal, &spoilt, &places[..unreadable]),
            Some((line, sorted(places)))
        );
    }
}

#[test]
fn more_wrong_symbols_than_four_never_panic_and_nothing_offered_fails_its_check() {
    let mut stream = Stream::new(6);
    for round in 0..4000 {
        let (wrong, unreadable) = (5 + round % 9, stream.below(9));
        let line = line(&mut stream, Mode::Production, LENGTHS[round % 2]);
        let places = stream.places(wrong, line.len());
        let spoilt = spoil(&mut stream, &line, &places);
        let known = if round % 3 == 0 {
            stream.places(unreadable, line.len())
        } else {
            vec![]
        };
        if let Some((offered, _)) = corrected(Mode::Production, &spoilt, &known) {
            assert!(check(Mode::Production, &symbols(&offered)));
        }
    }
}

#[test]
fn lines_of_every_length_and_any_content_never_panic() {
    let mut stream = Stream::new(7);
    for length in 0..100 {
        for content in [0, 31, 32] {
            let values: Vec<u8> = (0..length)
                .map(|_| if content < 32 { content } else { stream.byte() & 31 })
                .collect();
            for unreadable in [vec![], vec![0, 0, 0], vec![length], vec![usize::MAX], (0..12).collect()] {
                assert!(corrected(Mode::Production, &values, &unreadable).is_none_or(|(line, _)| line.len() == length));
            }
        }
    }
}

#[test]
fn a_place_named_twice_counts_once() {
    let line = line(&mut Stream::new(8), Mode::Production, 75);
    let twice: Vec<usize> = (0..8).chain(0..8).collect();
    assert_eq!(
        corrected(Mode::Production, &line, &twice),
        Some((line, (0..8).collect()))
    );
}

#[test]
fn a_line_of_one_world_is_neither_whole_nor_corrected_in_the_other() {
    let mut stream = Stream::new(9);
    for round in 0..500 {
        let line = line(&mut stream, WORLDS[round % 2], LENGTHS[round / 2 % 2]);
        assert!(!check(WORLDS[1 - round % 2], &symbols(&line)));
        assert_eq!(corrected(WORLDS[1 - round % 2], &line, &[]), None);
    }
}

#[test]
fn every_single_wrong_symbol_is_located() {
    let mut stream = Stream::new(10);
    for data in LENGTHS {
        let line = line(&mut stream, Mode::Production, data);
        for place in 0..line.len() {
            for change in 1..32 {
                let mut spoilt = line.clone();
                spoilt[place] ^= change;
                assert!(!check(Mode::Production, &symbols(&spoilt)));
                assert_eq!(
                    corrected(Mode::Production, &spoilt, &[]),
                    Some((line.clone(), vec![place]))
                );
            }
        }
    }
}

#[test]
fn every_swap_of_neighbours_is_located() {
    let mut stream = Stream::new(11);
    for data in LENGTHS {
        let line = line(&mut stream, Mode::Production, data);
        for place in 1..line.len() {
            let mut spoilt = line.clone();
            spoilt.swap(place - 1, place);
            if spoilt != line {
                assert!(!check(Mode::Production, &symbols(&spoilt)));
                assert_eq!(
                    corrected(Mode::Production, &spoilt, &[]),
                    Some((line.clone(), vec![place - 1, place]))
                );
            }
        }
    }
}

#[test]
fn every_doubled_and_every_dropped_symbol_is_noticed() {
    let mut stream = Stream::new(12);
    for _ in 0..20 {
        for data in LENGTHS {
            let line = line(&mut stream, Mode::Production, data);
            for place in 0..line.len() {
                let mut dropped = line.clone();
                dropped.remove(place);
                assert!(!check(Mode::Production, &symbols(&dropped)));
                let mut doubled = line.clone();
                doubled.insert(place, line[place]);
                assert!(!check(Mode::Production, &symbols(&doubled)));
            }
        }
    }
}

/// What bech32's corrector makes of a line: `None` where it refuses, places a symbol outside the line, or panics.
fn theirs(mode: Mode, found: &[u8], unreadable: &[usize]) -> Option<Vec<u8>> {
    let text = symbols(found)
        .text()
        .expose(|text| format!("{}{text}", mode.prefix()).to_lowercase());
    let unreadable: Vec<usize> = unreadable.iter().map(|place| found.len() - 1 - place).collect();
    let attempt = std::panic::catch_unwind(|| {
        let parsed = UncheckedHrpstring::new(&text).ok()?;
        let Err(error) = parsed.validate_checksum::<Codex32>() else {
            return Some(vec![]);
        };
        let mut context = error.correction_context::<Codex32>()?;
        context.add_erasures(&unreadable);
        Some(context.bch_errors()?.collect::<Vec<_>>())
    });
    let mut line = found.to_vec();
    for (from_end, change) in attempt.ok().flatten()? {
        let place = found.len().checked_sub(1 + from_end)?;
        line[place] ^= change.to_u8();
    }
    check(mode, &symbols(&line)).then_some(line)
}

#[test]
fn the_corrector_agrees_with_that_of_bech32_wherever_that_one_answers() {
    // Its panics are what we came to avoid; their traces would drown the test's own.
    std::panic::set_hook(Box::new(|_| {}));
    let mut stream = Stream::new(13);
    let mut answers = 0;
    for round in 0..10_000 {
        let mode = WORLDS[round % 2];
        let line = line(&mut stream, mode, LENGTHS[round % 2]);
        let places = stream.places(round % 8, line.len());
        let spoilt = spoil(&mut stream, &line, &places);
        if let Some(answer) = theirs(mode, &spoilt, &[]) {
            answers += 1;
            assert_eq!(corrected(mode, &spoilt, &[]).map(|(line, _)| line), Some(answer));
        }
        // Theirs fills in unreadable symbols only where nothing else is wrong.
        let known = stream.places(round % 9, line.len());
        let spoilt = spoil(&mut stream, &line, &known);
        if let Some(answer) = theirs(mode, &spoilt, &known) {
            assert_eq!(corrected(mode, &spoilt, &known).map(|(line, _)| line), Some(answer));
        }
    }
    let _ = std::panic::take_hook();
    assert!(answers > 5000, "{answers}");
}
