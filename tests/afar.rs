//! A quorum on three continents: a session invites, three laptops contribute, and nothing is shared but an invitation and three files.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use common::session::Session;
use common::{Ended, MEMBER, RECOVER_PASSWORD, Scratch, World, code_on, forged, program, rehearsal, run, run_with};
use data_encoding::BASE32_NOPAD;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use strongroom::ceremony::afar::Invite;
use strongroom::crypto::identity;
use strongroom::secret::SecretBytes;
use strongroom::vault::ledger::Hash;

/// A recovery that waits for what arrives in `folder`.
fn inviting(world: &World, invite: &str, folder: &str) -> Child {
    let more = ["--invite", invite, "--contribution", folder, "--wait", "2"];
    let child = Command::new(program())
        .args(["--vault", &world.vault])
        .args(RECOVER_PASSWORD)
        .args(more)
        .env_remove("STRONGROOM_VAULT")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let started = Instant::now();
    // The picture is written last.
    while !Path::new(&format!("{invite}.png")).exists() {
        assert!(started.elapsed() < Duration::from_mins(1), "no invitation was written");
        std::thread::sleep(Duration::from_millis(50));
    }
    std::thread::sleep(Duration::from_millis(200));
    child
}

fn ended(child: Child) -> Ended {
    let ended = child.wait_with_output().unwrap();
    Ended {
        status: ended.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&ended.stdout).into_owned(),
        err: String::from_utf8_lossy(&ended.stderr).into_owned(),
    }
}

/// Another laptop: it has the invitation and one sheet, and no vault.
fn contribute(invite: &str, sheet: &str, out: &str) -> Ended {
    let arguments = [
        "contribute",
        "--to",
        invite,
        "--scan",
        sheet,
        "--out",
        out,
        "--unattended",
    ];
    let quoted: Vec<String> = arguments.iter().map(|word| format!("'{word}'")).collect();
    let command = format!("cd / && exec unshare -rn {} {}", program(), quoted.join(" "));
    run_with("bash", &["-c", &command], b"")
}

#[test]
fn three_laptops_that_share_an_invitation_and_three_files_open_one_password() {
    let world = rehearsal().copy();
    let sheets = world.sheets("root-password");
    let expected = world.recover_password(&[&sheets[0], &sheets[2], &sheets[4]]).ok().out;
    let folder = world.scratch.join("arrived");
    std::fs::create_dir(&folder).unwrap();
    let (invite, elsewhere) = (world.scratch.join("invite.txt"), Scratch::new());
    let recovering = inviting(&world, &invite, &folder);
    for (at, name) in [(0, "ana"), (2, "ben"), (4, "mei")] {
        let out = elsewhere.join(name);
        // One of them has only a picture of the invitation.
        let to = if at == 2 {
            format!("{invite}.png")
        } else {
            invite.clone()
        };
        let done = contribute(&to, &sheets[at], &out).ok();
        assert!(
            done.err.contains("account   ") && done.err.contains(MEMBER) && done.err.contains("exercise"),
            "{done:?}"
        );
        let text = std::fs::read_to_string(&out).unwrap();
        assert!(text.starts_with("ZC1/"), "{text}");
        // And one of them sends a photograph.
        let travels = if at == 4 { format!("{out}.png") } else { out.clone() };
        std::fs::copy(
            &travels,
            format!("{folder}/{name}{}", if at == 4 { ".png" } else { "" }),
        )
        .unwrap();
    }
    let done = ended(recovering).ok();
    assert_eq!(done.out, expected);
    assert!(done.err.contains("read these 8 words"), "{done:?}");
    let shown = world.run(&["ledger", "show"]).ok().out;
    assert!(shown.contains("invited     734602235274 password"), "{shown}");
}

#[test]
fn a_contribution_is_of_no_use_in_another_session() {
    let world = rehearsal().copy();
    let sheets = world.sheets("root-password");
    let (first, second) = (world.scratch.join("first"), world.scratch.join("second"));
    let (one, two) = (world.scratch.join("one.txt"), world.scratch.join("two.txt"));
    for folder in [&first, &second] {
        std::fs::create_dir(folder).unwrap();
    }
    let mut of_one = inviting(&world, &one, &first);
    let out = world.scratch.join("ana");
    contribute(&one, &sheets[0], &out).ok();
    of_one.kill().unwrap();
    of_one.wait().unwrap();
    let mut of_two = inviting(&world, &two, &second);
    std::fs::copy(&out, format!("{second}/ana")).unwrap();
    std::thread::sleep(Duration::from_secs(4));
    of_two.kill().unwrap();
    let done = ended(of_two);
    assert!(
        done.err.contains("(contribution-foreign)") && done.out.is_empty(),
        "{done:?}"
    );
}

/// A contribution as whoever sends their own would make one: of this share, in answer to the invitation of this hash.
fn locked(invite: &Invite, answers: &Hash, share: &str) -> String {
    let plain =
        format!(r#"{{"exceptions":[],"invite":"{answers}","schema":"strongroom/contribution/1","share":"{share}"}}"#);
    let plain = SecretBytes::new(plain.into_bytes());
    let locked = identity::lock(&plain, std::slice::from_ref(&invite.recipient));
    let locked = locked.unwrap_or_else(|refusal| panic!("{refusal}"));
    format!("ZC1/{}", BASE32_NOPAD.encode(&locked))
}

#[test]
fn what_arrives_answers_this_invitation_and_is_proved_again() {
    let world = rehearsal().copy();
    let sheets = world.sheets("root-password");
    let expected = world.recover_password(&[&sheets[0], &sheets[2], &sheets[3]]).ok().out;
    let folder = world.scratch.join("arrived");
    std::fs::create_dir(&folder).unwrap();
    let file = world.scratch.join("invite.txt");
    let recovering = inviting(&world, &file, &folder);
    let invite = Invite::read(&std::fs::read_to_string(&file).unwrap()).unwrap_or_else(|refusal| panic!("{refusal}"));
    let (this, another) = (invite.hash(), Hash::of(b"another invitation"));
    let share = |at: usize| code_on(&sheets[at]);
    for (name, answers, share) in [
        ("1-answers-another", &another, share(4)),
        ("2-forged", &this, forged(&share(1))),
        ("3", &this, share(0)),
        ("4", &this, share(2)),
        ("5", &this, share(3)),
    ] {
        // Nobody reads half a file.
        let made = world.scratch.join(name);
        std::fs::write(&made, locked(&invite, answers, &share)).unwrap();
        std::fs::rename(&made, format!("{folder}/{name}")).unwrap();
    }
    let done = ended(recovering).ok();
    assert_eq!(done.out, expected);
    for (name, why) in [
        ("1-answers-another", "answers another invitation"),
        ("2-forged", "(share-forged)"),
    ] {
        let said = done.err.lines().find(|line| line.contains(name)).unwrap_or_default();
        assert!(said.contains(why), "{name}: {done:?}");
    }
}

#[test]
fn a_forged_share_is_refused_on_the_laptop_of_its_contributor() {
    let world = rehearsal().copy();
    let sheet = &world.sheets("root-password")[1];
    let folder = world.scratch.join("arrived");
    std::fs::create_dir(&folder).unwrap();
    let invite = world.scratch.join("invite.txt");
    let mut recovering = inviting(&world, &invite, &folder);
    recovering.kill().unwrap();
    recovering.wait().unwrap();
    let (lines, out) = (world.scratch.join("lines.txt"), world.scratch.join("out"));
    std::fs::write(&lines, forged(&code_on(sheet))).unwrap();
    contribute(&invite, &lines, &out).refused(1, "share-forged");
    assert!(!Path::new(&out).exists() && !Path::new(&format!("{out}.png")).exists());
    std::fs::write(&lines, code_on(sheet)).unwrap();
    contribute(&invite, &lines, &out).ok();
}

#[test]
fn what_cannot_help_is_refused_where_it_is_read() {
    let world = rehearsal().copy();
    let folder = world.scratch.join("arrived");
    std::fs::create_dir(&folder).unwrap();
    let invite = world.scratch.join("invite.txt");
    let mut recovering = inviting(&world, &invite, &folder);
    recovering.kill().unwrap();
    recovering.wait().unwrap();
    let out = world.scratch.join("out");
    contribute(&invite, &world.sheets("mfa-emea")[0], &out).refused(1, "share-not-of-this-set");
    contribute(&invite, &invite, &out).refused(2, "scan-unreadable");
    contribute(
        &world.sheets("root-password")[0],
        &world.sheets("root-password")[0],
        &out,
    )
    .refused(2, "input-malformed");
    let text = std::fs::read_to_string(&invite).unwrap();
    for (name, altered) in [
        ("cut", text[..text.len() / 2].to_string()),
        ("other", text.replacen("ZI1/", "SI1/", 1)),
        ("changed", {
            let at = text.len() / 2;
            let other = if &text[at..=at] == "A" { "B" } else { "A" };
            format!("{}{other}{}", &text[..at], &text[at + 1..])
        }),
    ] {
        let file = world.scratch.join(name);
        std::fs::write(&file, altered).unwrap();
        let done = contribute(&file, &world.sheets("root-password")[0], &out);
        assert!(done.status == 2 || done.err.contains("(set-unfit)"), "{name}: {done:?}");
    }
    assert!(!Path::new(&out).exists());
    run(&["contribute", "--to", "nothing.txt", "--out", &out]).refused(2, "input-malformed");
}

#[test]
fn a_custodian_compares_the_words_and_agrees_or_nothing_is_read() {
    let world = rehearsal().copy();
    let folder = world.scratch.join("arrived");
    std::fs::create_dir(&folder).unwrap();
    let invite = world.scratch.join("invite.txt");
    let mut recovering = inviting(&world, &invite, &folder);
    recovering.kill().unwrap();
    recovering.wait().unwrap();
    let sheet = &world.sheets("root-password")[0];
    for (answers, out) in [(&["n"][..], "no"), (&["y", "n"], "later"), (&["y", "y"], "yes")] {
        let out = world.scratch.join(out);
        let mut session = Session::begin(&["contribute", "--to", &invite, "--scan", sheet, "--out", &out]);
        let told = session.until("are they these 8 words? [y/n]");
        assert!(told.contains("security-event") && told.contains("exercise"), "{told}");
        session.line(answers[0]);
        if let Some(second) = answers.get(1) {
            session.until("contribute your share for this account and this reason? [y/n]");
            session.line(second);
        }
        let agreed = answers == ["y", "y"];
        assert_eq!(session.end(), i32::from(!agreed), "{}", session.screen);
        assert_eq!(Path::new(&out).exists(), agreed);
    }
}

#[test]
fn at_the_screen_a_session_invites_waits_and_takes_what_arrives() {
    let world = rehearsal().copy();
    let sheets = world.sheets("root-password");
    let folder = world.scratch.join("arrived");
    std::fs::create_dir(&folder).unwrap();
    let (invite, out) = (world.scratch.join("invite.txt"), world.scratch.join("mei"));
    let fixed = [
        "--vault",
        &world.vault,
        "recover",
        "--account",
        MEMBER,
        "--factor",
        "password",
        "--task",
        "security-event",
        "--reason",
        "exercise",
        "--invite",
        &invite,
        "--contribution",
        &folder,
    ];
    let mut session = Session::begin(&fixed);
    session.until("read these 8 words");
    session.until("[enter] back");
    session.line("");
    session.until("invited, waiting.");
    contribute(&invite, &sheets[4], &out).ok();
    std::fs::copy(&out, format!("{folder}/mei")).unwrap();
    session.until("share 5, from afar, proved");
    session.until("1 of 3.");
    session.keys("q");
    session.until("quit?");
    session.line("y");
    assert_eq!(session.end(), 1, "{}", session.screen);
}
