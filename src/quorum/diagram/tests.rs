//! What diagrams promise: the minimal sets of all subsets, in any order of components, and never a rounded number.

use super::*;

fn minimal(gate: &Gate, components: usize) -> Vec<Vec<Component>> {
    let mut diagrams = Diagrams::new(0..components);
    let function = diagrams.function(gate).expect("it is small");
    let family = diagrams.minimal(function).expect("it is small");
    let sets = diagrams.sets(family, usize::MAX, usize::MAX);
    assert_eq!(diagrams.count(family), sets.len() as u128);
    assert_eq!(diagrams.smallest(family), sets.first().map(Vec::len));
    sets
}

/// Every subset, held against the gates themselves.
fn by_hand(gate: &Gate, components: usize) -> Vec<Vec<Component>> {
    let holds = |subset: u32| gate.holds(&|component| subset >> component & 1 == 1);
    let minimal = |subset: &u32| {
        holds(*subset) && (0..components).all(|one| subset >> one & 1 == 0 || !holds(subset & !(1 << one)))
    };
    let set = |subset: u32| (0..components).filter(|one| subset >> one & 1 == 1).collect();
    (0..1 << components).filter(minimal).map(set).collect()
}

fn gates() -> Vec<Gate> {
    let safe = |any, of: [usize; 3]| Gate::at_least_of(any, of);
    let shares = |needed| {
        let custodian = |who, gate| Gate::all([gate, Gate::One(who)]);
        Gate::at_least(
            needed,
            [
                safe(2, [0, 1, 2]),
                custodian(4, safe(2, [2, 3, 4])),
                Gate::One(5),
                safe(1, [0, 5, 6]),
            ],
        )
    };
    vec![
        Gate::always(),
        Gate::never(),
        Gate::One(3),
        safe(2, [1, 2, 3]),
        shares(2),
        shares(3),
        shares(3).dual(),
        Gate::all([shares(2), shares(3).dual()]),
        Gate::any([shares(4), Gate::all([safe(1, [6, 7, 3]), shares(2)])]),
    ]
}

#[test]
fn the_minimal_sets_are_those_of_all_subsets() {
    for gate in gates() {
        let mut sets = minimal(&gate, 8);
        assert!(sets.is_sorted_by_key(Vec::len), "the smallest come first");
        sets.sort();
        let mut wanted = by_hand(&gate, 8);
        wanted.sort();
        assert_eq!(sets, wanted, "{gate:?}");
    }
}

#[test]
fn the_order_of_components_makes_no_difference_to_the_sets() {
    for gate in gates() {
        let mut diagrams = Diagrams::new([7, 0, 6, 1, 5, 2, 4, 3]);
        let function = diagrams.function(&gate).expect("it is small");
        let family = diagrams.minimal(function).expect("it is small");
        let mut sets = diagrams.sets(family, usize::MAX, usize::MAX);
        sets.sort();
        let mut wanted = minimal(&gate, 8);
        wanted.sort();
        assert_eq!(sets, wanted);
    }
}

#[test]
fn sets_are_cut_by_size_and_by_number_and_counted_all_the_same() {
    let mut diagrams = Diagrams::new(0..60);
    let function = diagrams.function(&Gate::at_least_of(30, 0..60)).expect("it is small");
    let family = diagrams.minimal(function).expect("it is small");
    assert_eq!(diagrams.count(family), 118_264_581_564_861_424);
    assert_eq!(diagrams.sets(family, 30, 7).len(), 7);
    assert_eq!(diagrams.sets(family, 29, 7).len(), 0);
}

#[test]
fn what_is_too_tangled_is_refused_and_not_rounded() {
    let mut diagrams = Diagrams::new(0..60);
    let pairs = (0..30).map(|one| Gate::all([Gate::One(one), Gate::One(one + 30)]));
    let refused = diagrams.function(&Gate::at_least(15, pairs)).err();
    assert_eq!(refused.map(|refusal| refusal.rule()), Some(Rule::PlanTooTangled));
}
