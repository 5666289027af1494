//! The steps of a ceremony that deals share sets, as data: what the script prints, and a guided ceremony follows.
//!
//! Rules of this file:
//! - a step names one role, one act and what is seen when it went right;
//! - commands are those of this version, whole;
//! - nothing that is drawn at the ceremony is known here: serials and words are written down by hand.

use crate::paper::flow::values::Said;
use crate::paper::forms::script::{ScriptStep, Writes};
use crate::plan::{Plan, ShareSet};

/// The roles in the room, custodians aside.
pub const ROLES: [&str; 4] = ["administrator", "operator", "scribe", "witness"];

const PAGES: &str = "/dev/shm/pages";

/// Every step of dealing `sets`, in order.
pub fn dealing(plan: &Plan, sets: &[&ShareSet]) -> Vec<ScriptStep> {
    let mut steps = opening();
    for set in sets {
        steps.extend(deal(set));
        for (index, share) in set.indexed_shares() {
            let name = plan.person(&share.custodian);
            let name = name.map_or_else(|| Said::of(&[&share.custodian]), |person| Said::of(&[&person.name]));
            steps.extend(one_custodian(set, &name, &Said::of(&[&index]), share.passphrase));
        }
        steps.push(step(
            "witness",
            2,
            Said::of(&[
                &"Count the sealed envelopes of ",
                set.name(),
                &" aloud, and whatever was spoilt and shredded.",
            ]),
            Said::of(&[&set.shares().len(), &" sealed, nothing else left"]),
        ));
    }
    steps.extend(closing());
    steps
}

fn opening() -> Vec<ScriptStep> {
    vec![
        step(
            "administrator",
            5,
            Said::of(&[
                &"Read the names of those present aloud. Telephones and cameras are outside. The door is closed.",
            ]),
            Said::of(&[&"everybody named is here, nobody else"]),
        ),
        typed(
            "operator",
            3,
            Said::of(&[&"Start the offline laptop, type this, and read the screen aloud."]),
            Said::of(&[&"strongroom preflight --out ", &PAGES]),
            Said::of(&[&"no network, no swap, pages in memory"]),
        ),
        step(
            "witness",
            3,
            Said::of(&[&"Compare the program’s words on the screen with the ones of the published version."]),
            Said::of(&[&"the same eight words"]),
        ),
        typed(
            "operator",
            3,
            Said::of(&[&"Judge the plan. Its hash is the one at the foot of this page."]),
            Said::of(&[&"strongroom check"]),
            Said::of(&[&"no findings that nobody accepted"]),
        ),
        typed(
            "operator",
            8,
            Said::of(&[&"Print the printer test, scan both pages, and fold page 1 against a lamp."]),
            Said::of(&[&"strongroom print printer-test --printer NAME"]),
            Said::of(&[&"both codes read, rulers right, no line seen through"]),
        ),
    ]
}

fn deal(set: &ShareSet) -> Vec<ScriptStep> {
    let unattended: &'static str = if set.has_locked_shares() {
        ""
    } else {
        " --unattended --reason \"…\""
    };
    vec![
        typed(
            "operator",
            4,
            Said::of(&[&"Deal ", set.name(), &". Read the screen aloud."]),
            Said::of(&[&"strongroom ceremony ", set.name(), &unattended, &" --out ", &PAGES]),
            Said::of(&[&set.threshold(), &" dealt, ", &set.shares().len(), &" sheets read back"]),
        ),
        ScriptStep {
            writes: Writes::Words,
            ..step(
                "scribe",
                4,
                Said::of(&[
                    &"Write the 8 words of the fingerprint as the operator reads them. The witness reads them back from this page.",
                ]),
                Said::of(&[&"the same on the screen, here, and on every sheet"]),
            )
        },
    ]
}

fn one_custodian(set: &ShareSet, name: &Said, index: &Said, locked: bool) -> Vec<ScriptStep> {
    let custodian = |step: ScriptStep| ScriptStep {
        custodian: Some(name.clone()),
        ..step
    };
    let passphrase: &'static str = if locked {
        " The seven words stay with the custodian, never beside the sheet."
    } else {
        ""
    };
    vec![
        step(
            "administrator",
            1,
            Said::of(&[
                &"Send everyone but ",
                name,
                &" behind the line. Nobody else sees the printer.",
            ]),
            Said::of(&[&"printer tray empty"]),
        ),
        custodian(step(
            "custodian",
            2,
            Said::of(&[
                &"Alone at the printer: take the one sheet, printed side down.",
                &passphrase,
            ]),
            Said::of(&[&"share ", index, &" of ", set.name(), &", your name in its head"]),
        )),
        custodian(typed(
            "custodian",
            4,
            Said::of(&[&"Prove the paper: scan it, or type the groups that the screen asks for."]),
            Said::of(&[&"strongroom prove --scan SHEET"]),
            Said::of(&[&"proved"]),
        )),
        ScriptStep {
            writes: Writes::Seal,
            ..custodian(step(
                "custodian",
                3,
                Said::of(&[
                    &"Fold: bottom panel up, head down over it. Into the opaque envelope. Seal it, sign across the flap. The witness reads the number of the seal.",
                ]),
                Said::of(&[&"no print visible from outside"]),
            ))
        },
    ]
}

fn closing() -> Vec<ScriptStep> {
    vec![
        typed(
            "operator",
            2,
            Said::of(&[&"Wipe the pages, and show the empty folder."]),
            Said::of(&[&"rm ", &PAGES, &"/*.pdf"]),
            Said::of(&[&"nothing left"]),
        ),
        typed(
            "operator",
            3,
            Said::of(&[&"Close the ledger, and print the closing sheet."]),
            Said::of(&[&"strongroom print closing --printer NAME"]),
            Said::of(&[&"the eight words on the screen are the ones on the sheet"]),
        ),
        ScriptStep {
            writes: Writes::Words,
            ..step(
                "scribe",
                4,
                Said::of(&[&"Write the 8 words of the ledger head as the operator reads them from the screen."]),
                Said::of(&[&"the same on the closing sheet"]),
            )
        },
        step(
            "administrator",
            5,
            Said::of(&[&"Ask for dissent. Everybody signs the closing sheet and initials every page of this script."]),
            Said::of(&[&"all have signed, or an exception says why not"]),
        ),
        step(
            "witness",
            3,
            Said::of(&[
                &"Switch the laptop off and take its battery out, if it has one. Nothing leaves but what is on the list.",
            ]),
            Said::of(&[&"envelopes, closing sheet, this script, the vault’s copies"]),
        ),
    ]
}

fn step(role: &'static str, minutes: u16, text: Said, expected: Said) -> ScriptStep {
    ScriptStep {
        role,
        custodian: None,
        minutes,
        text,
        command: None,
        expected,
        writes: Writes::Nothing,
    }
}

fn typed(role: &'static str, minutes: u16, text: Said, command: Said, expected: Said) -> ScriptStep {
    ScriptStep {
        command: Some(command),
        ..step(role, minutes, text, expected)
    }
}
