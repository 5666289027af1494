//! The commands that hold secrets, each with a vault to work on and the secrets that it will have had.
//!
//! A command that is new gets a row: `ROWS` names it, a function here says what it is given and what to search for.

use crate::common::{ENROLL_AGAIN, MEMBER, RECOVER_PASSWORD, SEED, World, rehearsal};
use crate::held::Task;
use crate::needles::Needle;
use curve25519_dalek::scalar::Scalar;
use std::path::Path;
use strongroom::ceremony::afar::Invite;
use strongroom::code::reading::read_text;
use strongroom::code::share_lines::Line;
use strongroom::crypto::identity::{IdentityKind, SetIdentity};
use strongroom::crypto::session::Session;
use strongroom::crypto::sharing::{Share, combine_unproved};
use strongroom::entropy::{Entropy, System};
use strongroom::ident::Mode;
use strongroom::paper::scan;
use strongroom::vault::share_set::StoredCore;

/// A command at work on a vault of its own.
pub struct Ready {
    pub task: Task,
    pub world: World,
    /// Its secrets, once it has run: what it printed is given.
    pub secrets: fn(&World, &str) -> Vec<Needle>,
}

/// One row of the table.
pub struct Row {
    pub name: &'static str,
    pub ready: fn() -> Ready,
}

pub const ROWS: &[Row] = &[
    Row {
        name: "ceremony",
        ready: ceremony,
    },
    Row {
        name: "ceremony, passphrases",
        ready: ceremony_with_passphrases,
    },
    Row {
        name: "enroll, passwords",
        ready: enroll_password,
    },
    Row {
        name: "enroll, a seed",
        ready: enroll_seed,
    },
    Row {
        name: "prove",
        ready: prove,
    },
    Row {
        name: "recover, scans",
        ready: recover_scans,
    },
    Row {
        name: "recover, typed",
        ready: recover_typed,
    },
    Row {
        name: "reprint",
        ready: reprint,
    },
    Row {
        name: "reissue",
        ready: reissue,
    },
    Row {
        name: "contribute",
        ready: contribute,
    },
    Row {
        name: "drill open",
        ready: drill,
    },
];

fn on(world: World, arguments: &[&str], input: &[u8], secrets: fn(&World, &str) -> Vec<Needle>) -> Ready {
    let all: Vec<&str> = ["--vault", &world.vault]
        .into_iter()
        .chain(arguments.iter().copied())
        .collect();
    let task = Task::new(&all, input);
    Ready { task, world, secrets }
}

/// A fresh vault: nothing was dealt.
fn fresh() -> World {
    let world = rehearsal().copy();
    std::fs::remove_dir_all(&world.vault).unwrap();
    std::fs::remove_dir_all(&world.pages).unwrap();
    crate::common::run(&["init", &world.vault, "--example", "--rehearsal"]).ok();
    world
}

fn ceremony() -> Ready {
    let world = fresh();
    let pages = world.pages.clone();
    let arguments = ["ceremony", "root-password", "--unattended", "--out", &pages];
    on(world, &arguments, b"", |world, _| {
        of_sheets(&world.sheets("root-password"))
    })
}

fn ceremony_with_passphrases() -> Ready {
    let world = fresh();
    let pages = world.pages.clone();
    let arguments = ["ceremony", "management-password", "--unattended", "--out", &pages];
    on(world, &arguments, b"", |world, _| {
        let mut needles = of_sheets(&world.sheets("management-password"));
        let file = Path::new(&world.pages).join("management-password-passphrases.txt");
        let text = std::fs::read_to_string(file).unwrap();
        let rows = text.lines().filter(|row| !row.starts_with('#'));
        needles.extend(rows.map(|row| Needle::new("a passphrase", row.as_bytes())));
        needles
    })
}

fn enroll_password() -> Ready {
    let world = rehearsal().copy();
    on(world, ENROLL_AGAIN, b"", |world, _| {
        let sheets = world.sheets("root-password");
        let sheets: Vec<&str> = sheets.iter().map(String::as_str).collect();
        let password = world.recover_password(&sheets[..3]).ok().out;
        vec![Needle::new("the password", password.trim_end().as_bytes())]
    })
}

fn enroll_seed() -> Ready {
    let world = rehearsal().copy();
    let arguments = [
        "enroll",
        MEMBER,
        "--factor",
        "mfa",
        "--device",
        "emea",
        "--from",
        "-",
        "--unattended",
        "--reason",
        "leaks",
    ];
    on(world, &arguments, SEED.as_bytes(), |_, _| of_seed())
}

fn of_seed() -> Vec<Needle> {
    let (_, base32) = SEED.split_once("secret=").unwrap();
    vec![
        Needle::new("the seed as text", base32.as_bytes()),
        Needle::new(
            "the seed",
            &data_encoding::BASE32_NOPAD.decode(base32.as_bytes()).unwrap(),
        ),
    ]
}

fn prove() -> Ready {
    let world = rehearsal().copy();
    let sheet = world.sheets("root-password")[0].clone();
    on(world, &["prove", "--scan", &sheet], b"", |world, _| {
        of_sheets(&world.sheets("root-password")[..1])
    })
}

fn recover_scans() -> Ready {
    let world = rehearsal().copy();
    let sheets = world.sheets("root-password");
    let scans: Vec<&str> = sheets[..3].iter().map(String::as_str).collect();
    on(world, &[RECOVER_PASSWORD, &["--scan"], &scans].concat(), b"", recovered)
}

fn recover_typed() -> Ready {
    let world = rehearsal().copy();
    let typed: String = world.sheets("root-password")[..3]
        .iter()
        .map(|sheet| lines_of(sheet))
        .collect();
    on(world, RECOVER_PASSWORD, typed.as_bytes(), recovered)
}

fn recovered(world: &World, out: &str) -> Vec<Needle> {
    let mut needles = of_sheets(&world.sheets("root-password")[..3]);
    needles.push(Needle::new("the password", out.trim_end().as_bytes()));
    needles
}

fn reprint() -> Ready {
    let world = rehearsal().copy();
    let sheet = world.sheets("root-password")[1].clone();
    let serial = sheet
        .rsplit("share-2-")
        .next()
        .unwrap()
        .trim_end_matches(".pdf")
        .to_string();
    let pages = world.scratch.join("again");
    let arguments = ["reprint", &serial, "--scan", &sheet, "--out", &pages, "--unattended"];
    on(world, &arguments, b"", |world, _| {
        of_sheets(&world.sheets("root-password")[1..2])
    })
}

fn reissue() -> Ready {
    let world = rehearsal().copy();
    let pages = world.scratch.join("new");
    let old = world.sheets("root-password");
    let fixed = [
        "reissue",
        "root-password",
        "--reason",
        "leaver",
        "--unattended",
        "--out",
        &pages,
        "--scan",
    ];
    let scans: Vec<&str> = old[..3].iter().map(String::as_str).collect();
    on(world, &[&fixed[..], &scans].concat(), b"", |world, _| {
        let mut new: Vec<String> = std::fs::read_dir(world.scratch.join("new"))
            .unwrap()
            .map(|page| page.unwrap().path().display().to_string())
            .collect();
        new.sort();
        let quorum: Vec<&str> = new[..3].iter().map(String::as_str).collect();
        let password = world.recover_password(&quorum).ok().out;
        let mut needles = of_sheets(&world.sheets("root-password")[..3]);
        needles.extend(of_sheets(&new));
        needles.push(Needle::new(
            "a password that was locked again",
            password.trim_end().as_bytes(),
        ));
        needles
    })
}

/// The invitation of a session somewhere else.
fn invitation(world: &World) -> String {
    let core = std::fs::read(format!("{}/sets/root-password/1.toml", world.vault)).unwrap();
    let set = StoredCore::parse("the set", &core).unwrap();
    let session = Session::begin(&mut Entropy::new(&mut System)).ok().unwrap();
    let asking = serde_json::json!({
        "account": MEMBER, "account-name": "one", "factor": "password", "task": "exercise", "reason": "leaks",
        "present": ["walt", "zoe"], "made": "2026-02-11T16:42:00Z",
    });
    let asking = serde_json::from_value(asking).unwrap();
    let invite = Invite::new(set.core.vault, &session, asking, vec![set]).ok().unwrap();
    invite.code().ok().unwrap()
}

fn contribute() -> Ready {
    let world = rehearsal().copy();
    let (to, out) = (world.scratch.join("invite.txt"), world.scratch.join("share.txt"));
    std::fs::write(&to, invitation(&world)).unwrap();
    let sheet = world.sheets("root-password")[0].clone();
    let arguments = [
        "contribute",
        "--to",
        &to,
        "--scan",
        &sheet,
        "--out",
        &out,
        "--unattended",
    ];
    on(world, &arguments, b"", |world, _| {
        of_sheets(&world.sheets("root-password")[..1])
    })
}

fn drill() -> Ready {
    let world = rehearsal().copy();
    let planned = world.run(&["drill", "new", "--led-by", "walt"]).ok().out;
    let name = planned
        .lines()
        .next()
        .unwrap()
        .split([' ', ':'])
        .nth(1)
        .unwrap()
        .to_string();
    let sheets = world.sheets("mfa-emea");
    let fixed = [
        "drill",
        "open",
        &name,
        "--account",
        MEMBER,
        "--factor",
        "mfa",
        "--device",
        "emea",
        "--code",
        "--scan",
    ];
    let scans: Vec<&str> = sheets[..2].iter().map(String::as_str).collect();
    on(world, &[&fixed[..], &scans].concat(), b"", |world, _| {
        of_sheets(&world.sheets("mfa-emea")[..2])
    })
}

/// The shares on a page, as codes and lines.
fn codes_of(sheet: &str) -> Vec<String> {
    let bytes = std::fs::read(sheet).unwrap();
    let pages = scan::codes(&bytes).unwrap();
    let codes = pages.iter().flat_map(|page| &page.codes);
    codes.map(|code| code.expose(str::to_string)).collect()
}

/// The lines of a page, as they are typed.
fn lines_of(sheet: &str) -> String {
    let codes = codes_of(sheet);
    let paper = read_text(&codes[0], Mode::Rehearsal).remove(0).ok().unwrap();
    let lines = paper.lines();
    [Line::A, Line::B]
        .into_iter()
        .filter_map(|line| lines.line(line).map(|text| text.expose(|text| format!("{text}\n"))))
        .collect()
}

/// Everything that is secret of these sheets: lines, scalars; of a quorum also the secret of the set and its identity.
fn of_sheets(sheets: &[String]) -> Vec<Needle> {
    let mut needles = Vec::new();
    let mut shares: Vec<Share> = Vec::new();
    for (number, sheet) in (1..).zip(sheets) {
        for line in lines_of(sheet).lines() {
            needles.push(Needle::new(format!("a line of share {number}"), line.as_bytes()));
            // What the lines of one share have in common is on the outside of its envelope, too.
            needles.push(Needle::new(
                format!("the payload of share {number}"),
                &line.as_bytes()[12..],
            ));
        }
        let paper = read_text(&codes_of(sheet)[0], Mode::Rehearsal).remove(0).ok().unwrap();
        if let Ok(share) = paper.into_share() {
            share
                .value()
                .expose(|bytes| needles.push(Needle::new(format!("the value of share {number}"), bytes)));
            let blinder = share.blinder().unwrap();
            blinder.expose(|bytes| needles.push(Needle::new(format!("the blinder of share {number}"), bytes)));
            shares.push(share);
        }
    }
    if shares.len() >= 3 {
        let quorum: Vec<&Share> = shares.iter().take(3).collect();
        needles.push(Needle::new("the secret of the set", interpolated(&quorum).as_bytes()));
        let secret = combine_unproved("3-of-5".parse().unwrap(), &quorum).unwrap();
        let identity = SetIdentity::derive(secret, Mode::Rehearsal, IdentityKind::X25519)
            .ok()
            .unwrap();
        identity.to_text().expose(|text| {
            needles.push(Needle::new("the identity", text.as_bytes()));
            let hrp = bech32::decode(text).unwrap();
            needles.push(Needle::new("the seed of the identity", &hrp.1));
        });
    }
    needles
}

/// The value at zero, by Lagrange.
fn interpolated(shares: &[&Share]) -> Scalar {
    let at = |share: &&Share| Scalar::from(share.index().get());
    let term = |share: &&Share| {
        let value = share
            .value()
            .expose(|bytes| Scalar::from_canonical_bytes(*bytes).unwrap());
        let others = shares.iter().filter(|other| other.index() != share.index());
        others.fold(value, |product, other| {
            product * at(other) * (at(other) - at(share)).invert()
        })
    };
    shares.iter().map(term).sum()
}
