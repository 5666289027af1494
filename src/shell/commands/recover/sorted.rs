//! A box of scans, sorted: what helped, what belongs elsewhere, what is wrong.
//!
//! Rules of this file:
//! - whatever is wrong with a sheet is told by its file, each alone; what merely belongs elsewhere is told in one row for its set,
//!   once there are more than a few: in a box of a region most sheets do;
//! - the order is that of the scans.

use crate::refusal::{Refusal, Rule};
use crate::shell::scanning;

/// So many sheets that belong elsewhere are named one by one.
const FEW: usize = 5;

/// What became of the entries of a box.
#[derive(Default)]
pub(super) struct Sorted {
    taken: usize,
    again: usize,
    refused: Vec<Refused>,
}

struct Refused {
    refusal: Refusal,
    from: String,
    set: Option<String>,
}

impl Sorted {
    /// An entry that counts.
    pub(super) fn take(&mut self) {
        self.taken += 1;
    }

    /// An entry that was there already.
    pub(super) fn again(&mut self) {
        self.again += 1;
    }

    /// An entry that is of no use, with the set that it claims to be of.
    pub(super) fn refuse(&mut self, refusal: Refusal, from: String, set: Option<String>) {
        self.refused.push(Refused { refusal, from, set });
    }

    /// What there is to say, one refusal each.
    pub(super) fn told(self, scans: usize) -> (Vec<Refusal>, Option<String>) {
        let (elsewhere, wrong): (Vec<Refused>, Vec<Refused>) = self
            .refused
            .into_iter()
            .partition(|refused| is_elsewhere(refused.refusal.rule()));
        let counted = (self.taken, self.again, elsewhere.len(), wrong.len());
        let mut told: Vec<Refusal> = wrong.iter().map(placed).collect();
        let mut piles: Vec<Vec<Refused>> = Vec::new();
        for refused in elsewhere {
            let key = |of: &Refused| (of.refusal.rule(), of.set.clone());
            match piles
                .iter_mut()
                .find(|pile| pile.first().is_some_and(|first| key(first) == key(&refused)))
            {
                Some(pile) => pile.push(refused),
                None => piles.push(vec![refused]),
            }
        }
        for pile in &piles {
            if pile.len() <= FEW {
                told.extend(pile.iter().map(placed));
            } else {
                told.push(together(pile));
            }
        }
        let (taken, again, elsewhere, wrong) = counted;
        let sums = (scans > FEW).then(|| {
            format!("{scans} scans sorted: {taken} of use, {again} of those once more, {elsewhere} that belong elsewhere, {wrong} to look at")
        });
        (told, sums)
    }
}

/// What is no fault of a sheet: it belongs to another set, epoch or world, or is no sheet.
fn is_elsewhere(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::ShareOfOtherPurpose
            | Rule::ShareNotOfThisSet
            | Rule::ShareOfVoidEpoch
            | Rule::ShareOfOtherWorld
            | Rule::ShareOfUnknownSet
            | Rule::NothingScanned
    )
}

fn placed(refused: &Refused) -> Refusal {
    scanning::of_file(&refused.refusal, &refused.from)
}

fn together(pile: &[Refused]) -> Refusal {
    let first = &pile[0];
    let rule = first.refusal.rule();
    let many = pile.len();
    let sentence = match (&first.set, rule) {
        (_, Rule::NothingScanned) => format!(
            "{many} pages show no code of a share, {} first",
            first.from.escape_debug()
        ),
        (Some(set), Rule::ShareOfVoidEpoch) => format!("{many} sheets are of {set}, which is void"),
        (Some(set), _) => format!("{many} sheets are of {set}, and do not help here"),
        (None, Rule::ShareOfOtherWorld) => format!("{many} sheets are of the other world, rehearsal or production"),
        (None, _) => format!("{many} sheets are of sets that this vault does not know"),
    };
    let told = Refusal::new(rule, sentence);
    first
        .refusal
        .hints()
        .iter()
        .fold(told, |told, hint| told.hint(hint.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(rule: Rule) -> Refusal {
        Refusal::new(rule, "found").hint("put it back")
    }

    #[test]
    fn what_belongs_elsewhere_is_told_once_for_its_set_and_what_is_wrong_each_alone() {
        let mut sorted = Sorted::default();
        for at in 0..40 {
            let set = if at % 2 == 0 {
                "mfa-emea, epoch 1"
            } else {
                "mfa-apac, epoch 1"
            };
            sorted.refuse(
                refusal(Rule::ShareOfOtherPurpose),
                format!("{at}.png"),
                Some(set.to_string()),
            );
        }
        sorted.refuse(refusal(Rule::ShareForged), "bad.png".to_string(), None);
        sorted.take();
        let (told, sums) = sorted.told(42);
        let lines: Vec<String> = told.iter().map(ToString::to_string).collect();
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert_eq!(lines[0], "bad.png: found (share-forged)");
        assert!(lines[1].starts_with("20 sheets are of mfa-emea, epoch 1"));
        assert!(
            sums.unwrap()
                .contains("1 of use, 0 of those once more, 40 that belong elsewhere, 1 to look at")
        );
    }

    #[test]
    fn a_few_are_named_by_their_files() {
        let mut sorted = Sorted::default();
        sorted.refuse(refusal(Rule::NothingScanned), "blank.png".to_string(), None);
        let (told, sums) = sorted.told(2);
        assert_eq!(told[0].to_string(), "blank.png: found (nothing-scanned)");
        assert!(sums.is_none());
    }
}
