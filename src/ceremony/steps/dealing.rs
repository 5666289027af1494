//! Every step of dealing some sets, in order.

use super::{Act, Ask, Doer, Script, ShareOf, Step};
use crate::paper::flow::values::{Said, Sayable};
use crate::paper::forms::script::Writes;
use crate::plan::{Plan, Role, Share, ShareSet};
use crate::refusal::{Refusal, Rule};

/// Who leads and who watches: without them nothing goes on.
const LEAD: &[Role] = &[Role::Administrator, Role::Witness];
/// Those, and whoever types.
const TYPE: &[Role] = &[Role::Administrator, Role::Operator, Role::Witness];
/// Those, and whoever writes.
const WRITE: &[Role] = &[Role::Administrator, Role::Operator, Role::Scribe, Role::Witness];

/// The script of dealing `sets`.
pub fn dealing(plan: &Plan, sets: &[&ShareSet]) -> Result<Script, Refusal> {
    let mut steps = opening(plan, sets);
    for set in sets {
        let shares = || {
            set.indexed_shares()
                .map(|(index, share)| Whose::new(plan, set, index, share))
        };
        steps.extend(shares().filter(|whose| whose.locked).map(|whose| whose.passphrase()));
        steps.extend(dealt(set));
        steps.extend(shares().flat_map(|whose| whose.custody()));
        steps.push(count(set));
    }
    steps.extend(closing());
    Script::judged(steps).map_err(|out| Refusal::new(Rule::Internal, format!("the steps are in no order: {out}")))
}

fn opening(plan: &Plan, sets: &[&ShareSet]) -> Vec<Step> {
    let names = Said::joined(sets.iter().map(|set| Said::of(&[set.name()])), " ");
    let mut steps = vec![
        Step {
            command: Some(Said::of(&[&"strongroom ceremony ", &names, &" --printer NAME"])),
            ..step(
                Act::Preflight,
                Role::Operator,
                3,
                said(&[
                    &"Start the offline laptop, type this, and read what it found aloud: network, swap, cores, entropy.",
                ]),
                said(&[&"no network, no swap, pages in memory"]),
                vec![Ask::Yes(said(&[
                    &"is this the machine that was agreed on, and all of that fit?",
                ]))],
            )
        },
        step(
            Act::RollCall,
            Role::Administrator,
            5,
            said(&[
                &"Read the names of those present and the list of what is in the room aloud. Telephones and cameras are outside. The door is closed.",
            ]),
            said(&[&"everybody and everything named is here, nobody else"]),
            vec![Ask::Yes(said(&[&"is everybody named here, and nobody else?"]))],
        ),
        step(
            Act::Program,
            Role::Witness,
            3,
            said(&[
                &"Read the program’s words from the screen aloud. The scribe compares them with the ones of the published version.",
            ]),
            said(&[&"the same eight words"]),
            vec![Ask::Yes(said(&[&"are they the words of the published version?"]))],
        ),
        step(
            Act::Clock,
            Role::Witness,
            3,
            said(&[
                &"Compare the laptop’s clock with a watch, in UTC. Two people look. The scribe writes both beside this step.",
            ]),
            said(&[&"less than a minute apart"]),
            vec![
                Ask::Line(said(&[&"what does the watch say, in UTC, like 14:03:20?"])),
                Ask::Yes(said(&[&"did two people look?"])),
            ],
        ),
        step(
            Act::Plan,
            Role::Operator,
            3,
            said(&[&"Judge the plan. Its hash is the one at the foot of this page."]),
            said(&[&"every finding is accepted, by rule and until a day"]),
            vec![Ask::Yes(said(&[&"is it the hash at the foot of the script?"]))],
        ),
        step(
            Act::PrinterTest,
            Role::Operator,
            8,
            said(&[&"Print the printer test and scan it. Fold page 1 along its marks and hold it against a lamp."]),
            said(&[&"both codes read, rulers right, no line seen through"]),
            vec![
                Ask::Line(said(&[&"the scan of the printer test: a file or a folder"])),
                Ask::Yes(said(&[
                    &"are the rulers right, and is nothing seen through the folded page?",
                ])),
            ],
        ),
    ];
    if plan.room().dice > 0 {
        steps.push(step(
            Act::Dice,
            Role::Witness,
            10,
            said(&[
                &"Throw a die ",
                &plan.room().dice,
                &" times. One throws, one reads aloud, the operator types. Nobody writes it down.",
            ]),
            said(&[&"counted aloud; no warning that the die is not fair"]),
            vec![Ask::Secret(said(&[
                &"the throws, 1 to 6 each, as many as the plan asks for",
            ]))],
        ));
    }
    steps
}

fn dealt(set: &ShareSet) -> [Step; 2] {
    [
        step(
            Act::Deal(set.name().clone()),
            Role::Operator,
            2,
            said(&[&"Deal ", set.name(), &". Read the screen aloud."]),
            said(&[&set.threshold(), &" dealt, ", &set.shares().len(), &" sheets read back"]),
            vec![Ask::Yes(said(&[&"deal ", set.name(), &" now?"]))],
        ),
        Step {
            writes: Writes::Words,
            needs: WRITE,
            ..step(
                Act::Fingerprint(set.name().clone()),
                Role::Scribe,
                4,
                said(&[
                    &"Write the 8 words of the fingerprint as the operator reads them. The witness reads them back from this page.",
                ]),
                said(&[&"the same on the screen and here"]),
                vec![Ask::Yes(said(&[
                    &"were the words of ",
                    set.name(),
                    &" read back, the same?",
                ]))],
            )
        },
    ]
}

/// One share, on its way to its custodian.
struct Whose {
    of: ShareOf,
    doer: Doer,
    name: Said,
    locked: bool,
}

impl Whose {
    fn new(plan: &Plan, set: &ShareSet, index: crate::ident::ShareIndex, share: &Share) -> Self {
        let person = plan.person(&share.custodian);
        let name = person.map_or_else(|| said(&[&share.custodian]), |person| said(&[&person.name]));
        Self {
            of: ShareOf {
                set: set.name().clone(),
                index,
            },
            doer: Doer::Custodian(share.custodian.clone(), name.clone()),
            name,
            locked: share.passphrase,
        }
    }

    fn step(&self, act: fn(ShareOf) -> Act, minutes: u16, text: Said, expected: Said, asks: Vec<Ask>) -> Step {
        Step {
            role: self.doer.clone(),
            ..step(act(self.of.clone()), Role::Operator, minutes, text, expected, asks)
        }
    }

    fn passphrase(&self) -> Step {
        self.step(
            Act::Passphrase,
            4,
            said(&[
                &"Alone at the screen: learn the seven words of share ",
                &self.of.index,
                &", and type them back. They never lie beside the sheet.",
            ]),
            said(&[&"typed back, the same"]),
            vec![
                Ask::Yes(said(&[&"is ", &self.name, &" alone at the screen?"])),
                Ask::Secret(said(&[&"the seven words are shown, then typed back"])),
            ],
        )
    }

    /// A page is printed, proved, sealed and signed for.
    fn custody(&self) -> [Step; 4] {
        let share: [&dyn Sayable; 4] = [&"share ", &self.of.index, &" of ", &self.of.set];
        [
            self.step(
                Act::Page,
                3,
                said(&[
                    &"Everybody but ",
                    &self.name,
                    &" goes behind the line. Alone at the printer: take the one sheet, printed side down.",
                ]),
                said(&[
                    share[0],
                    share[1],
                    share[2],
                    share[3],
                    &", your name in its head, and the 8 words that the scribe wrote down",
                ]),
                vec![
                    Ask::Yes(said(&[&"is ", &self.name, &" alone at the printer, its tray empty?"])),
                    Ask::Yes(said(&[&"is the sheet in the hands of ", &self.name, &"? (s: it is spoilt)"])),
                ],
            ),
            self.step(
                Act::Prove,
                4,
                said(&[&"Prove the paper: scan it, or type the groups that the screen asks for."]),
                said(&[&"proved"]),
                vec![
                    Ask::Line(said(&[&"the scan of the sheet; or t to type groups of it; or s: it is spoilt"])),
                    Ask::Secret(said(&[&"three groups of each line, chosen by the program"])),
                ],
            ),
            Step {
                writes: Writes::Seal,
                ..self.step(
                    Act::Seal,
                    3,
                    said(&[
                        &"Fold: bottom panel up, head down over it. Into the opaque envelope, and seal it. Glue label A to its front, B over the flap, C to its back. Sign across the edge of B, you and the witness, and the log on C. Read the number of the seal aloud and write it here; the operator types it. The witness reads it again, from the seal, writes it below, and the operator types it again.",
                    ]),
                    said(&[&"both numbers the same; no print visible from outside"]),
                    vec![Ask::Twice(said(&[&"the number of the seal"]))],
                )
            },
            self.step(
                Act::Receipt,
                2,
                said(&[&"Sign the receipt: serial, seal number, day. Say now if you do not agree with what was done. Then leave with the envelope, or hand it to whoever carries it."]),
                said(&[&"signed"]),
                vec![Ask::Yes(said(&[&"has ", &self.name, &" signed the receipt?"]))],
            ),
        ]
    }
}

fn count(set: &ShareSet) -> Step {
    step(
        Act::Count(set.name().clone()),
        Role::Witness,
        2,
        said(&[
            &"Count the sealed envelopes of ",
            set.name(),
            &" aloud, and whatever was spoilt and shredded.",
        ]),
        said(&[&set.shares().len(), &" sealed, nothing else left"]),
        vec![Ask::Yes(said(&[&"do the envelopes of ", set.name(), &" balance?"]))],
    )
}

fn closing() -> [Step; 3] {
    [
        step(
            Act::Wipe,
            Role::Operator,
            2,
            said(&[
                &"The program wipes what it has of the pages. Show the empty folder; switch the printer off and on.",
            ]),
            said(&[&"nothing left"]),
            vec![Ask::Yes(said(&[
                &"is nothing left, in the machine, the printer and the bin?",
            ]))],
        ),
        step(
            Act::Dissent,
            Role::Administrator,
            5,
            said(&[
                &"Ask everybody who is still in the room whether they agree with what was done; custodians were asked with their receipt. Whoever does not says why; it is recorded, and stops nothing.",
            ]),
            said(&[&"everybody here was asked"]),
            vec![Ask::Line(said(&[&"who does not agree? their id; or none"]))],
        ),
        Step {
            writes: Writes::Words,
            needs: WRITE,
            ..step(
                Act::Close,
                Role::Operator,
                12,
                said(&[
                    &"Close the ledger, and print the closing sheet. The scribe writes the 8 words of its head as the operator reads them. Everybody named below signs the sheet and this script; the witness initials every page of it. The laptop is switched off. Nothing leaves the room but what is on the list of items that was read at the roll call.",
                ]),
                said(&[&"the same words on the screen, here, and on the closing sheet"]),
                vec![
                    Ask::Yes(said(&[
                        &"is everything on the list here, or in an exception that says where it is?",
                    ])),
                    Ask::Yes(said(&[&"close the ceremony?"])),
                ],
            )
        },
    ]
}

fn said(parts: &[&dyn Sayable]) -> Said {
    Said::of(parts)
}

fn step(act: Act, role: Role, minutes: u16, text: Said, expected: Said, asks: Vec<Ask>) -> Step {
    Step {
        act,
        needs: if role == Role::Operator { TYPE } else { LEAD },
        role: Doer::Role(role),
        minutes,
        text,
        command: None,
        expected,
        writes: Writes::Nothing,
        asks,
    }
}
