//! Shares under passphrases: their custodians learn them, and nobody opens such a share without.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;

use common::session::Session;
use common::{Ended, Scratch, World, run};
use std::sync::OnceLock;
use strongroom::code::reading::read_text;
use strongroom::code::share_code::PaperShare;
use strongroom::crypto::passphrase::{LockProfile, Passphrase};
use strongroom::ident::Mode;
use strongroom::paper::scan;

const SET: &str = "management-password";
/// Where the locked shares lie among the sheets, counted from 0.
const LOCKED: [usize; 2] = [0, 4];

/// A rehearsal with `management-password` dealt and its password enrolled.
fn rehearsal() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let scratch = Scratch::new();
        let (vault, pages) = (scratch.join("vault"), scratch.join("pages"));
        let world = World { scratch, vault, pages };
        run(&["init", &world.vault, "--example", "--rehearsal"]).ok();
        world
            .run(&["ceremony", SET, "--unattended", "--out", &world.pages])
            .ok();
        world
            .run(&["enroll", &account(), "--factor", "password", "--unattended"])
            .ok();
        world
    })
}

/// The management account of the example organisation.
fn account() -> String {
    let plan = std::fs::read_to_string("templates/plan/example.toml").unwrap();
    let block = plan
        .split("[[account]]")
        .find(|block| block.contains("kind = \"management\""))
        .unwrap();
    let id = block.lines().find_map(|line| line.strip_prefix("id = \"")).unwrap();
    id.trim_end_matches('"').to_string()
}

fn passphrases(world: &World) -> String {
    format!("{}/{SET}-passphrases.txt", world.pages)
}

fn recover(world: &World, scans: &[&str], more: &[&str]) -> Ended {
    let id = account();
    let fixed = [
        "recover",
        "--account",
        &id,
        "--factor",
        "password",
        "--task",
        "security-event",
        "--reason",
        "exercise",
        "--unattended",
        "--stdout",
        "--scan",
    ];
    world.run(&[&fixed[..], scans, more].concat())
}

fn share_on(sheet: &str) -> PaperShare {
    let pages = scan::codes(&std::fs::read(sheet).unwrap()).unwrap_or_else(|refusal| panic!("{refusal}"));
    let code = pages.into_iter().flat_map(|page| page.codes).next().unwrap();
    code.expose(|text| read_text(text, Mode::Rehearsal))
        .pop()
        .and_then(Result::ok)
        .unwrap()
}

fn serial_of(sheet: &str) -> String {
    sheet.rsplit("-share-").next().unwrap()[2..]
        .trim_end_matches(".pdf")
        .to_string()
}

/// The sheets of the set that were made last, one for each index.
fn newest(world: &World, index: usize, not: &str) -> String {
    let start = format!("share-{index}-");
    world
        .sheets(SET)
        .into_iter()
        .find(|sheet| sheet.contains(&start) && sheet != not)
        .unwrap()
}

#[test]
fn a_quorum_with_locked_shares_opens_with_their_passphrases_and_not_without() {
    let world = rehearsal();
    let sheets = world.sheets(SET);
    let scans = [LOCKED[0], 1, LOCKED[1]].map(|at| sheets[at].as_str());
    let refused = recover(world, &scans, &[]).refused(1, "too-few-shares");
    assert_eq!(refused.err.matches("(share-locked)").count(), 2, "{refused:?}");
    assert!(
        refused.err.contains("Mira Novák") && refused.err.contains("Yuki Satō"),
        "{refused:?}"
    );
    let opened = recover(world, &scans, &["--passphrases", &passphrases(world)]).ok();
    let open = recover(world, &[&sheets[1], &sheets[2], &sheets[3]], &[]).ok();
    assert_eq!((opened.out.trim_end().len(), &opened.out), (64, &open.out));
}

#[test]
fn a_custodian_is_not_asked_where_open_shares_suffice() {
    let world = rehearsal();
    let ended = recover(world, &[&world.pages], &[]).ok();
    assert!(!ended.err.contains("share-locked"), "{ended:?}");
}

#[test]
fn a_wrong_passphrase_is_told_from_a_sheet_that_was_never_printed() {
    let world = rehearsal();
    let sheets = world.sheets(SET);
    let scratch = Scratch::new();
    let wrong = scratch.join("wrong.txt");
    std::fs::write(&wrong, "# nobody's\nabandon ability able about above absent absorb\n").unwrap();
    let scans = [&sheets[LOCKED[0]], &sheets[1]].map(String::as_str);
    let ended = recover(world, &scans, &["--passphrases", &wrong]).refused(1, "too-few-shares");
    assert!(
        ended.err.contains("(passphrase-wrong)") && ended.err.contains("Mira Novák"),
        "{ended:?}"
    );

    let own = Passphrase::read("zoo zone zero youth young you yellow").unwrap();
    let head = share_on(&sheets[LOCKED[0]]).head;
    let secret = || strongroom::secret::Secret::build(|bytes: &mut [u8; 32]| bytes.fill(7));
    let forged = PaperShare::locked(head, &secret(), &secret(), LockProfile::Argon2id256MiB, &own, [9; 16])
        .ok()
        .unwrap();
    let text = scratch.join("forged.txt");
    forged
        .lines()
        .qr_text()
        .expose(|text_of| std::fs::write(&text, text_of))
        .unwrap();
    let scans = [text.as_str(), &sheets[1]];
    let ended = recover(world, &scans, &["--passphrases", &wrong]).refused(1, "too-few-shares");
    assert!(
        ended.err.contains("(sheet-not-printed)") && !ended.err.contains("(passphrase-wrong)"),
        "{ended:?}"
    );
}

#[test]
fn a_forger_who_knows_a_passphrase_is_named_by_the_commitments() {
    let world = rehearsal();
    let sheets = world.sheets(SET);
    let scratch = Scratch::new();
    let own = Passphrase::read("zoo zone zero youth young you yellow").unwrap();
    let secret = || strongroom::secret::Secret::build(|bytes: &mut [u8; 32]| bytes[0] = 7);
    let head = share_on(&sheets[LOCKED[0]]).head;
    let forged = PaperShare::locked(head, &secret(), &secret(), LockProfile::Argon2id256MiB, &own, [9; 16])
        .ok()
        .unwrap();
    let (text, phrase) = (scratch.join("forged.txt"), scratch.join("phrase.txt"));
    forged
        .lines()
        .qr_text()
        .expose(|text_of| std::fs::write(&text, text_of))
        .unwrap();
    std::fs::write(&phrase, "zoo zone zero youth young you yellow\n").unwrap();
    let ended =
        recover(world, &[&text, &sheets[1], &sheets[2]], &["--passphrases", &phrase]).refused(1, "too-few-shares");
    assert!(
        ended.err.contains("(share-forged)") && ended.err.contains("Mira Novák"),
        "{ended:?}"
    );
}

#[test]
fn passphrases_come_by_standard_input_too_and_are_never_quoted() {
    let world = rehearsal();
    let sheets = world.sheets(SET);
    let phrases = std::fs::read_to_string(passphrases(world)).unwrap();
    let id = account();
    let arguments = [
        "recover",
        "--account",
        &id,
        "--factor",
        "password",
        "--task",
        "security-event",
        "--reason",
        "exercise",
        "--unattended",
        "--stdout",
        "--passphrases",
        "-",
        "--scan",
        &sheets[0],
        &sheets[1],
        &sheets[4],
    ];
    let ended = world.run_with_input(&arguments, &phrases).ok();
    assert_eq!(ended.out.trim_end().len(), 64);
    let bad = world
        .run_with_input(&arguments, "grüße aus dem tresor\n")
        .refused(2, "input-malformed");
    assert!(bad.err.contains("row 1") && !bad.err.contains("tresor"), "{bad:?}");
    let id = account();
    let both = [
        "recover",
        "--account",
        &id,
        "--factor",
        "password",
        "--task",
        "security-event",
        "--reason",
        "exercise",
        "--unattended",
        "--stdout",
        "--passphrases",
        "-",
    ];
    world.run_with_input(&both, &phrases).refused(2, "usage");
}

#[test]
fn a_new_passphrase_makes_a_new_page_and_the_old_one_no_longer_opens_it() {
    let world = rehearsal().copy();
    let sheets = world.sheets(SET);
    let (old, serial) = (&sheets[LOCKED[0]], serial_of(&sheets[LOCKED[0]]));
    let kept = world.scratch.join("old.txt");
    std::fs::rename(passphrases(&world), &kept).unwrap();
    let change = |serial: &str, sheet: &str, phrases: &str| {
        world.run(&[
            "passphrase",
            serial,
            "--unattended",
            "--out",
            &world.pages,
            "--passphrases",
            phrases,
            "--scan",
            sheet,
        ])
    };
    let ended = change(&serial, old, &kept).ok();
    assert!(ended.out.contains("read back"), "{ended:?}");
    let new = newest(&world, 1, old);
    let fresh = passphrases(&world);
    recover(&world, &[&new, &sheets[1], &sheets[2]], &["--passphrases", &fresh]).ok();
    let refused = recover(&world, &[&new, &sheets[1]], &["--passphrases", &kept]).refused(1, "too-few-shares");
    assert!(refused.err.contains("(passphrase-wrong)"), "{refused:?}");
    // The share upon it is the same: until the old sheet is destroyed, it opens to the old passphrase.
    recover(&world, &[old, &sheets[1], &sheets[2]], &["--passphrases", &kept]).ok();
    change(&serial, old, &kept).refused(2, "unknown-serial");
    let shown = world.run(&["ledger", "show"]).ok().out;
    assert!(shown.contains(&format!("in place of {serial}")), "{shown}");
    world.run(&["ledger", "verify"]).ok();
    change(&serial_of(&sheets[1]), &sheets[1], &kept).refused(2, "usage");
}

#[test]
fn a_page_is_made_again_from_its_own_sheet_and_from_no_other() {
    let world = rehearsal().copy();
    let sheets = world.sheets(SET);
    let reprint = |at: usize, sheet: &str| {
        world.run(&[
            "reprint",
            &serial_of(&sheets[at]),
            "--unattended",
            "--out",
            &world.pages,
            "--scan",
            sheet,
        ])
    };
    reprint(1, &sheets[2]).refused(1, "share-not-of-this-set");
    reprint(1, &world.pages).refused(3, "one-share-a-process");
    for (at, phrases) in [(1, None), (LOCKED[0], Some(passphrases(&world)))] {
        reprint(at, &sheets[at]).ok();
        let new = newest(&world, at + 1, &sheets[at]);
        let lines = |sheet: &str| share_on(sheet).lines().qr_text().expose(str::to_string);
        assert_eq!(lines(&new), lines(&sheets[at]), "the same lines");
        let more: Vec<&str> = phrases
            .iter()
            .flat_map(|file| ["--passphrases", file.as_str()])
            .collect();
        recover(&world, &[&new, &sheets[2], &sheets[3]], &more).ok();
        reprint(at, &sheets[at]).refused(2, "unknown-serial");
    }
}

#[test]
fn unattended_production_never_locks_a_share_that_nobody_learns_to_open() {
    let scratch = Scratch::new();
    let (vault, pages) = (scratch.join("vault"), scratch.join("pages"));
    run(&["init", &vault, "--example"]).ok();
    let world = World { scratch, vault, pages };
    let ceremony = [
        "ceremony",
        SET,
        "--unattended",
        "--reason",
        "test",
        "--out",
        &world.pages,
    ];
    let ended = world.run_isolated(&ceremony).refused(3, "custodian-absent");
    assert!(
        ended.err.contains("mira, yuki") && ended.err.contains("hint: "),
        "{ended:?}"
    );
    assert!(!std::path::Path::new(&world.pages).exists());
}

/// Answers for one custodian; gives the words that were shown.
fn learn(session: &mut Session, name: &str) -> String {
    session.until(&format!("is {name} alone at the screen? [y/n]"));
    session.line("y");
    session.until("never beside the sheet");
    let words = session.until("press enter when done").trim().to_string();
    session.line("");
    session.until("type the seven words back");
    words
}

/// A guided ceremony, up to the first custodian.
fn ceremony(world: &World) -> Session {
    let mut session = Session::begin(&[
        "--vault",
        &world.vault,
        "ceremony",
        SET,
        "--out",
        &world.pages,
        "--room",
        "administrator=zoe,operator=gil,scribe=hana,witness=walt",
        "--allow-network",
        "a test",
        "--allow-swap",
        "a test",
    ]);
    session.open_a_ceremony(&world.pages);
    session
}

#[test]
fn in_production_each_custodian_learns_seven_words_alone_and_types_them_back() {
    let scratch = Scratch::new();
    let (vault, pages) = (scratch.join("vault"), scratch.join("pages"));
    run(&["init", &vault, "--example"]).ok();
    let world = World { scratch, vault, pages };
    let mut session = ceremony(&world);
    let mira = learn(&mut session, "Mira Novák");
    session.until("> ");
    session.line("abandon ability able about above absent absorb");
    session.until("that is not the passphrase");
    session.until("never beside the sheet");
    assert!(
        session.until("press enter when done").contains(&mira),
        "the same words again"
    );
    session.line("");
    session.until("type the seven words back");
    session.line(&mira.to_uppercase().to_lowercase());
    let yuki = learn(&mut session, "Yuki Satō");
    session.line(&yuki);
    for _ in ["deal", "fingerprint"] {
        session.until("[y] > ");
        session.line("y");
    }
    session.until("tray empty? [y] > ");
    session.line("q");
    assert_eq!(session.end(), 1, "{}", session.screen);
    assert_eq!((mira.split(' ').count(), yuki.split(' ').count()), (7, 7));
    assert_ne!(mira, yuki);

    // Fresh pages are proved by the digest of their lines, without the custodians: the last one makes the set live.
    let proved = world.run_isolated(&["prove", "--scan", &world.pages]).ok();
    assert!(proved.out.contains("all 5 pages proved; it is live"), "{proved:?}");
    // At a drill the passphrase is what is practised.
    let sheets = world.sheets(SET);
    world
        .run_isolated(&["prove", "--scan", &sheets[0]])
        .ok_but(1, "(share-locked)");
    let phrase = world.scratch.join("mira.txt");
    std::fs::write(&phrase, &mira).unwrap();
    let drill = world
        .run_isolated(&["prove", "--scan", &sheets[0], "--passphrases", &phrase])
        .ok();
    assert!(drill.out.contains("nothing was revealed or changed"), "{drill:?}");
    // A share that is printed again counts as seen within this boot.
    let reprint = |at: usize| {
        let serial = serial_of(&sheets[at]);
        world.run_isolated(&[
            "reprint",
            &serial,
            "--unattended",
            "--reason",
            "stained",
            "--out",
            &world.pages,
            "--scan",
            &sheets[at],
        ])
    };
    reprint(1).ok();
    reprint(2).refused(3, "quorum-in-one-boot");
    // No word of a passphrase stands in the vault.
    let found = common::run_with("grep", &["-rlF", &mira, &world.vault, &world.pages], b"");
    assert_eq!(found.out, "");
}

trait Answered {
    fn ok_but(self, status: i32, said: &str);
}

impl Answered for Ended {
    #[track_caller]
    fn ok_but(self, status: i32, said: &str) {
        assert!(self.status == status && self.err.contains(said), "{self:?}");
    }
}

#[test]
fn a_ceremony_whose_custodian_gives_up_deals_nothing() {
    let scratch = Scratch::new();
    let (vault, pages) = (scratch.join("vault"), scratch.join("pages"));
    run(&["init", &vault, "--example", "--rehearsal"]).ok();
    let world = World { scratch, vault, pages };
    let mut session = ceremony(&world);
    learn(&mut session, "Mira Novák");
    session.line("");
    assert_eq!(session.end(), 1, "{}", session.screen);
    assert!(session.screen.contains("(given-up)"), "{}", session.screen);
    assert_eq!(world.sheets(SET), Vec::<String>::new());
    assert!(!world.run(&["ledger", "show"]).ok().out.contains("dealt"));
}

#[test]
fn a_wrong_passphrase_is_told_at_the_screen_and_another_share_takes_its_place() {
    let world = rehearsal().copy();
    let sheets = world.sheets(SET);
    let id = account();
    let fixed = [
        "--vault",
        &world.vault,
        "recover",
        "--account",
        &id,
        "--factor",
        "password",
    ];
    let why = ["--task", "security-event", "--reason", "exercise"];
    let mut session = Session::begin(&[&fixed[..], &why].concat());
    let scan = |session: &mut Session, sheet: &str| {
        session.until("[s]can  [t]ype");
        session.keys("s");
        session.until("or a folder of scans");
        session.line(sheet);
    };
    scan(&mut session, &sheets[0]);
    session.until("(Mira Novák");
    session.until("on without this share");
    session.line("abandon ability able about above absent absorb");
    session.until("it does not open to that one");
    session.until("(Mira Novák");
    session.line("");
    session.until("(Mira Novák");
    session.until("(passphrase-wrong)");
    session.until("another share");
    session.until("0 of 3.");
    for sheet in &sheets[1..4] {
        scan(&mut session, sheet);
    }
    session.until("[enter] open it");
    session.line("");
    for operator in ["the first operator", "the second operator"] {
        session.until(&format!("is {operator} alone at the screen? [y/n]"));
        session.line("y");
        session.until("hides in");
        session.line("");
    }
    assert_eq!(session.end(), 0, "{}", session.screen);
}

/// A recovery at a terminal from the scans of two locked shares and an open one.
fn asked(world: &World) -> Session {
    let sheets = world.sheets(SET);
    let id = account();
    Session::begin(&[
        "--vault",
        &world.vault,
        "recover",
        "--account",
        &id,
        "--factor",
        "password",
        "--task",
        "security-event",
        "--reason",
        "exercise",
        "--scan",
        &sheets[0],
        &sheets[1],
        &sheets[4],
    ])
}

#[test]
fn keys_that_stop_or_suspend_are_keys_where_a_passphrase_is_typed() {
    let world = rehearsal().copy();
    let mut session = asked(&world);
    session.until("the passphrase of share 1 of");
    // Ctrl-Z and what quits; then Ctrl-U, which takes them back.
    session.keys("\u{1a}\u{1c}\u{15}");
    session.line("abandon ability able about above absent absorb");
    let told = session.until("it does not open to that one");
    assert!(!told.contains("(given-up)") && !told.contains("share 5"), "{told}");
}

#[test]
fn at_a_terminal_a_custodian_is_asked_until_the_share_opens() {
    let world = rehearsal().copy();
    let phrases = std::fs::read_to_string(passphrases(&world)).unwrap();
    let mut phrases = phrases.lines().filter(|row| !row.starts_with('#'));
    let mut session = asked(&world);
    session.until("the passphrase of share 1 of management-password, epoch 1 (Mira Novák");
    session.line("abandon ability able about above absent absorb");
    session.until("it does not open to that one");
    session.line(phrases.next().unwrap());
    session.until("the passphrase of share 5 of management-password, epoch 1 (Yuki Satō");
    session.line(phrases.next().unwrap());
    for operator in ["the first operator", "the second operator"] {
        session.until(&format!("is {operator} alone at the screen? [y/n]"));
        session.line("y");
        session.until("hides in");
        session.line("");
    }
    assert_eq!(session.end(), 0, "{}", session.screen);
}

#[test]
fn what_was_said_to_be_proved_is_recorded_where_a_signal_ends_the_asking() {
    let world = rehearsal().copy();
    let sheets = world.sheets(SET);
    // What was proved once is proved again as a drill, at which passphrases are practised.
    world.run(&["prove", "--scan", &world.pages]).ok();
    let proved = || world.run(&["ledger", "show"]).ok().out.matches("proved ").count();
    let before = proved();
    let mut session = Session::begin(&["--vault", &world.vault, "prove", "--scan", &sheets[1], &sheets[0]]);
    session.until("proved  ");
    session.until("the passphrase of share 1 of");
    world.signal("TERM");
    assert_ne!(session.end(), 0, "{}", session.screen);
    assert_eq!(proved(), before + 1, "{}", session.screen);
}
