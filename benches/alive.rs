//! What `status`, `due` and `check` cost with 10,000 accounts and a ledger of 100,000 lines. `cargo bench --bench alive` ends with 1 where one
//! takes more than a second, the whole program included.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench prints, and may stop at the first surprise"
)]

#[path = "../tests/claim/mod.rs"]
mod claim;

use claim::large::{Spread, plan};
use jiff::{Timestamp, ToSpan as _};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;
use strongroom::ident::{Epoch, Generation, Mode, PersonId, Serial, VaultId};
use strongroom::plan::{Factor, Plan};
use strongroom::vault::event::{DealtEnvelope, Event, LifeEvent, LineId, LockedRecordNote, Note, SeenShare, SetEpoch};
use strongroom::vault::ledger::{Chain, Hash};

const ACCOUNTS: usize = 10_000;
const LINES: usize = 100_000;
const SECONDS: f64 = 1.0;

fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == "--test" || argument == "--list") {
        return ExitCode::SUCCESS;
    }
    let folder = std::path::PathBuf::from(format!("/dev/shm/strongroom-alive-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("ledger")).unwrap();
    let text = plan(ACCOUNTS, Spread::Teams);
    std::fs::write(folder.join("strongroom.toml"), &text).unwrap();
    let ledger = ledger(&Plan::parse(&text).unwrap(), &text);
    println!("{ACCOUNTS} accounts, {LINES} lines, {} MiB", ledger.len() >> 20);
    std::fs::write(folder.join("ledger/home.jsonl"), ledger).unwrap();
    let mut fits = true;
    for command in ["status", "due", "check"] {
        // The best of three: what the machine does besides is not ours.
        let seconds = (0..3).map(|_| run(&folder, command)).fold(f64::MAX, f64::min);
        println!("{command:<8} {seconds:.2} s");
        fits &= seconds <= SECONDS;
    }
    std::fs::remove_dir_all(&folder).unwrap();
    println!("allowed: {SECONDS} s each");
    if fits { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run(folder: &Path, command: &str) -> f64 {
    let begun = Instant::now();
    let status = Command::new(env!("CARGO_BIN_EXE_strongroom"))
        .arg("--vault")
        .arg(folder)
        .arg(command)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(matches!(status.code(), Some(0 | 1)), "{command}: {status}");
    begun.elapsed().as_secs_f64()
}

/// Every set live, every account enrolled, and drills of every account until there are enough lines.
#[allow(clippy::too_many_lines, reason = "one of each kind that a ledger is full of")]
fn ledger(plan: &Plan, text: &str) -> Vec<u8> {
    let note = |text: &str| -> Note { text.parse().unwrap() };
    let mut chain = Chain::new("home".parse().unwrap());
    let mut bytes = Vec::new();
    let mut time: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let mut push = |event: Event| {
        time = time.checked_add(5.minutes()).unwrap();
        bytes.extend(chain.push(event, time).unwrap());
        chain.entries().len()
    };
    push(Event::Init {
        vault: VaultId::new(Mode::Production, [9; 15]),
        mode: Mode::Production,
        program: note("bench"),
    });
    push(Event::Plan {
        sha256: Hash::of(text.as_bytes()),
    });
    let mut serial = 0;
    for set in plan.sets() {
        let of = SetEpoch {
            set: set.name().clone(),
            epoch: Epoch::FIRST,
        };
        let mut envelopes = Vec::new();
        for (index, share) in set.indexed_shares() {
            serial += 1;
            envelopes.push(DealtEnvelope {
                index,
                custodian: share.custodian.clone(),
                safe: share.safe.clone(),
                serial: Serial::from_bits(serial),
                lock: None,
            });
        }
        let shares = envelopes.iter().map(|envelope| SeenShare {
            index: envelope.index,
            serial: envelope.serial,
            proved: true,
        });
        let proved = Event::Proved {
            of: of.clone(),
            shares: shares.collect(),
            drill: false,
            boot: "b007".parse().unwrap(),
        };
        push(Event::Dealt {
            of,
            threshold: set.threshold(),
            core: Hash([1; 32]),
            fingerprint: note(&"ab".repeat(11)),
            envelopes,
            unattended: None,
            boot: "b007".parse().unwrap(),
        });
        push(proved);
    }
    for account in plan.accounts() {
        let devices = account
            .virtual_devices()
            .map(|device| (Factor::Mfa, Some(&device.name)));
        for (factor, device) in std::iter::once((Factor::Password, None)).chain(devices) {
            let sets = plan.sets_for(account, factor, device);
            let record = LockedRecordNote {
                account: account.id.clone(),
                device: device.cloned(),
                generation: Generation::FIRST,
                sha256: Hash([2; 32]),
                sets: sets
                    .iter()
                    .map(|set| SetEpoch {
                        set: set.name().clone(),
                        epoch: Epoch::FIRST,
                    })
                    .collect(),
            };
            push(Event::Enrolled {
                factor,
                records: vec![record],
                reason: None,
                unattended: false,
            });
        }
    }
    let by: Vec<PersonId> = plan.people().iter().take(2).map(|person| person.id.clone()).collect();
    let day = "2026-06-01".parse().unwrap();
    let begun = push(Event::Life(LifeEvent::Drill {
        day,
        led_by: by[0].clone(),
        sets: Vec::new(),
    }));
    let drill = LineId {
        site: "home".parse().unwrap(),
        line: begun as u64 - 1,
    };
    for account in plan.accounts().iter().cycle() {
        let tried = LifeEvent::Tried {
            drill: drill.clone(),
            account: account.id.clone(),
            signed_in: Some(true),
            phone: Some(true),
            mailbox: None,
            contact: None,
            remark: None,
            day,
            by: by.clone(),
        };
        if push(Event::Life(tried)) >= LINES {
            return bytes;
        }
    }
    bytes
}
