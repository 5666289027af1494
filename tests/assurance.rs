//! The long promises, in numbers that a change can wait for. `just deep` keeps them in the numbers of docs/assurance.md.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

#[path = "assurance/chi.rs"]
mod chi;
mod common;
#[path = "assurance/dealings.rs"]
mod dealings;
#[path = "assurance/forgeries.rs"]
mod forgeries;
#[path = "assurance/orders.rs"]
mod orders;
#[path = "common/python.rs"]
mod python;
#[path = "format/sample.rs"]
mod sample;
#[path = "assurance/spoiling.rs"]
mod spoiling;
#[path = "spec/stranger.rs"]
#[allow(dead_code, reason = "a part of it is used here")]
mod stranger;
#[path = "format/vault.rs"]
mod vault;
#[path = "assurance/vaults.rs"]
mod vaults;

#[test]
fn the_coefficients_of_ten_thousand_dealings_are_uniform_and_one_share_predicts_nothing() {
    dealings::judge(10_000).unwrap_or_else(|fault| panic!("{fault}"));
}

#[test]
fn a_coefficient_that_is_never_zero_would_be_seen() {
    let mut bins = chi::Even::new(256);
    for draw in 0..10_000_usize {
        bins.add(1 + draw % 255);
    }
    assert!(
        !bins.is_full() && bins.statistic() < bins.bound(),
        "only the missing value gives it away"
    );
    bins.add(0);
    (0..1000).for_each(|_| bins.add(7));
    assert!(bins.statistic() > bins.bound());
}

#[test]
fn none_of_ten_thousand_altered_lines_with_whole_checksums_proves() {
    let tried = forgeries::attempt(10_000);
    assert_eq!(tried.proved, 0);
    assert!(
        tried.judged > 7_000 && tried.refused > 100,
        "{} judged, {} refused",
        tried.judged,
        tried.refused
    );
}

#[test]
fn seven_shares_of_a_4_of_7_recover_in_any_of_fifty_orders_and_the_forgers_are_named() {
    let wrong = orders::attempt(50);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn spoiled_sheets_give_no_wrong_share_and_are_read_at_least_as_often_as_by_others() {
    let rows = spoiling::attempt(2);
    let all = spoiling::sum(&rows);
    let table = spoiling::table(&rows);
    assert_eq!((all.pictures, all.wrong), (2 * spoiling::KINDS.len(), 0), "{table}");
    assert!(all.program >= all.zbarimg.max(all.rxing), "{table}");
}

#[test]
fn through_the_folded_panels_neither_the_program_nor_zbarimg_finds_a_code() {
    let mut number = 0;
    for sheet in [0, 1, 2, 3, 7].map(spoiling::sheet_of) {
        for shift in [(0.0, 0.0), (1.0, -0.7), (-1.5, 2.0)] {
            number += 1;
            let folded = spoiling::through_a_lamp(&sheet, shift);
            assert_eq!(spoiling::found(&folded, number), (0, 0), "{shift:?}");
        }
    }
    let flat = spoiling::picture(&spoiling::sheet_of(0), 150.0);
    assert_ne!(spoiling::found(&flat, 0), (0, 0), "unfolded, it is found");
}

#[test]
fn eight_random_sheets_are_read_at_150_and_300_dpi_by_the_program_and_by_zbarimg() {
    let read = spoiling::clean(0..8);
    assert_eq!((read.program, read.zbarimg), (8, 8), "{}", read.short.join("\n"));
}

#[test]
fn the_recoverer_restores_ten_random_vaults_from_paper_text() {
    let wrong: Vec<String> = (0..10)
        .map(|number| vaults::restore(number, number % 5 == 0))
        .filter(|restored| !restored.is_right())
        .map(|restored| format!("{}: {:?}", restored.what, restored.ended))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
