//! Small files that ask for much: each is refused by name within two seconds of the processor and 256 MiB, and what stands
//! beside it is read. The readers alone are tried by `tests/hostile.rs`; here it is the program, as people have it.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;
#[path = "bombs/pdfs.rs"]
mod pdfs;
#[path = "bombs/pictures.rs"]
mod pictures;
#[path = "bombs/plans.rs"]
mod plans;

use common::{Ended, RECOVER_PASSWORD, Scratch, program, rehearsal, run_with};

/// A run of the program, and what the most demanding of its processes took.
struct Measured {
    ended: Ended,
    seconds: f64,
    mebibytes: u64,
}

/// Runs the program; its processor time is that of all its processes, its memory that of the largest.
fn measured(arguments: &[&str]) -> Measured {
    const MEASURE: &str = "import resource, subprocess, sys
ended = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f'\\n{used.ru_utime + used.ru_stime} {used.ru_maxrss // 1024}', file=sys.stderr)
sys.exit(ended.returncode if ended.returncode >= 0 else 100)";
    let all: Vec<&str> = ["-I", "-c", MEASURE, program()]
        .into_iter()
        .chain(arguments.iter().copied())
        .collect();
    let mut ended = run_with("python3", &all, b"");
    let (said, used) = ended.err.trim_end().rsplit_once('\n').unwrap();
    let (seconds, mebibytes) = used.split_once(' ').unwrap();
    let (seconds, mebibytes) = (seconds.parse().unwrap(), mebibytes.parse().unwrap());
    ended.err = said.to_string();
    Measured {
        ended,
        seconds,
        mebibytes,
    }
}

impl Measured {
    /// Within the bounds, by a status of ours, with a sentence.
    #[track_caller]
    fn is_bounded(&self, name: &str) {
        let Self {
            ended,
            seconds,
            mebibytes,
        } = self;
        assert!((1..=4).contains(&ended.status), "{name}: {ended:?}");
        assert!(ended.err.contains("strongroom: "), "{name}: {ended:?}");
        assert!(
            *seconds < 2.0 && *mebibytes <= 256,
            "{name}: {seconds} s, {mebibytes} MiB"
        );
    }
}

#[test]
fn a_scan_that_asks_for_too_much_is_refused_in_two_seconds_and_256_mib() {
    let world = rehearsal().copy();
    let scratch = Scratch::new();
    for (name, bytes) in pictures::all().into_iter().chain(pdfs::all()) {
        let file = scratch.join(name);
        std::fs::write(&file, bytes).unwrap();
        let arguments = [&["--vault", &world.vault], RECOVER_PASSWORD, &["--scan", &file]].concat();
        let tried = measured(&arguments);
        tried.is_bounded(name);
        assert!(tried.ended.err.contains(name), "{name}: {:?}", tried.ended);
    }
}

#[test]
fn the_sheets_beside_nine_bombs_open_the_account() {
    let world = rehearsal().copy();
    let scratch = Scratch::new();
    let finders = pictures::finders(600);
    for number in 0..9 {
        std::fs::write(scratch.join(&format!("bomb-{number}.png")), &finders).unwrap();
    }
    for (number, sheet) in world.sheets("root-password").iter().take(3).enumerate() {
        std::fs::copy(sheet, scratch.join(&format!("sheet-{number}.pdf"))).unwrap();
    }
    let folder = scratch.path().display().to_string();
    let ended = world.recover_password(&[&folder]).ok();
    assert_eq!(ended.out.trim_end().len(), 64);
    let late = "the decoder of scans took longer than it may";
    assert_eq!(ended.err.matches(late).count(), 9, "{ended:?}");
}

#[test]
fn a_copy_of_a_vault_is_not_sought_for_ever_in_what_is_none() {
    let scratch = Scratch::new();
    for (name, bytes) in [("finders.png", pictures::finders(600)), ("forms.pdf", pdfs::forms())] {
        let (file, vault) = (scratch.join(name), scratch.join("vault"));
        std::fs::write(&file, bytes).unwrap();
        let tried = measured(&["restore", &vault, "--scan", &file]);
        tried.is_bounded(name);
        assert!(
            tried.ended.err.contains("took longer than it may"),
            "{name}: {:?}",
            tried.ended
        );
    }
}

#[test]
fn a_large_ledger_or_plan_that_is_none_is_refused_where_it_breaks() {
    let world = rehearsal().copy();
    let whole = std::fs::read(format!("{}/ledger/home.jsonl", world.vault)).unwrap();
    let last = whole.split_inclusive(|byte| *byte == b'\n').next_back().unwrap();
    let large = |piece: &[u8]| [&whole[..], &piece.repeat((120 << 20) / piece.len())].concat();
    for (name, bytes) in [
        ("line feeds", large(b"\n")),
        ("one line again and again", large(last)),
        ("depth", large(b"[")),
        ("too much", vec![0; 130 << 20]),
    ] {
        std::fs::write(format!("{}/ledger/home.jsonl", world.vault), bytes).unwrap();
        let tried = measured(&["--vault", &world.vault, "status"]);
        // What is cut off at the end is what a crash left: it counts for nothing.
        if name == "depth" {
            assert_eq!(tried.ended.status, 0, "{:?}", tried.ended);
            assert!(tried.seconds < 2.0 && tried.mebibytes <= 256, "{} MiB", tried.mebibytes);
        } else {
            tried.is_bounded(name);
        }
    }
    std::fs::write(format!("{}/ledger/home.jsonl", world.vault), &whole).unwrap();
    for piece in ["1,", "\n", "[[a]]\n", "a.", "#", "{a=", "\"\"\n"] {
        let text = piece.repeat((15 << 20) / piece.len());
        std::fs::write(format!("{}/strongroom.toml", world.vault), text).unwrap();
        measured(&["--vault", &world.vault, "check"]).is_bounded(piece);
    }
}

#[test]
fn a_plan_whose_claim_is_too_dear_is_refused_and_never_rounded() {
    let scratch = Scratch::new();
    for (name, plan, what) in [
        ("tangled", plans::tangled(), "the groups of this plan"),
        ("lossy", plans::lossy(), "the losses of this plan"),
    ] {
        std::fs::write(scratch.join("strongroom.toml"), plan).unwrap();
        let tried = measured(&["--vault", &scratch.join("."), "check"]);
        tried.is_bounded(name);
        let refused = tried.ended.refused(2, "plan-too-tangled");
        assert!(refused.err.contains(what), "{refused:?}");
    }
}

#[test]
fn lines_without_end_are_refused() {
    let world = rehearsal().copy();
    let scratch = Scratch::new();
    // Lines that begin as those of a share do, each nearly right: the dearest to correct.
    let lines = "A: QPZR Y9X8 GF2T VDW0 S3JN 54KH CE6M UA7L QPZR Y9X8 GF2T VDW0 S3JN 54KH CE6M UA7L QPZR Y9X8 GF2T\n";
    for size in [1 << 20, 60 << 20] {
        let file = scratch.join("lines.txt");
        std::fs::write(&file, lines.repeat(size / lines.len())).unwrap();
        let arguments = [&["--vault", &world.vault], RECOVER_PASSWORD, &["--scan", &file]].concat();
        measured(&arguments).is_bounded("lines");
    }
}

#[test]
fn a_line_of_a_ledger_has_a_bound_and_so_have_all_chains_together() {
    let line = |value: &str, count: usize| {
        let values = value.repeat(count);
        format!(
            "{{\"before\":\"{}\",\"body\":[{values}0],\"kind\":\"none\",\"number\":9,\"time\":\"2026-02-11T16:42:00Z\"}}\n",
            "0".repeat(64)
        )
    };
    for (name, behind) in [
        ("a line of 17 MiB", line("11111111111111111,", (17 << 20) / 18)),
        ("a line of 400,001 values", line("0,", 400_001)),
        ("a line of 60 million values", line("0,", 60_000_000)),
    ] {
        let world = rehearsal().copy();
        let chain = format!("{}/ledger/home.jsonl", world.vault);
        let whole = std::fs::read(&chain).unwrap();
        std::fs::write(&chain, [&whole[..], behind.as_bytes()].concat()).unwrap();
        let tried = measured(&["--vault", &world.vault, "ledger", "verify"]);
        tried.is_bounded(name);
        assert!(
            tried.ended.err.contains("it has more than 16 MiB or 400000 commas"),
            "{name}"
        );
    }
    let world = rehearsal().copy();
    let whole = std::fs::read(format!("{}/ledger/home.jsonl", world.vault)).unwrap();
    for site in 0..100 {
        let chain = std::fs::File::create(format!("{}/ledger/site-{site}.jsonl", world.vault)).unwrap();
        std::os::unix::fs::FileExt::write_all_at(&chain, &whole, 0).unwrap();
        chain.set_len(100 << 20).unwrap();
    }
    let tried = measured(&["--vault", &world.vault, "ledger", "verify"]);
    tried.is_bounded("a hundred chains of 100 MiB");
    assert!(
        tried.ended.err.contains("more than 128 MiB together"),
        "{:?}",
        tried.ended
    );
}
