//! What is locked, printed and written is undone and checked by other people's tools, as they come.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod common;
#[path = "common/python.rs"]
mod python;
#[path = "format/sample.rs"]
mod sample;
#[path = "spec/stranger.rs"]
#[allow(dead_code, reason = "a part of it is used here")]
mod stranger;
#[path = "format/vault.rs"]
mod vault;
#[path = "assurance/vaults.rs"]
#[allow(dead_code, reason = "a part of it is used here")]
mod vaults;

use common::{Scratch, rehearsal, run_with};
use sample::{Of, Sample, Seeded};
use strongroom::crypto::totp::{Algorithm, Parameters, Seed};
use strongroom::ident::{Generation, Mode};
use strongroom::plan::Factor;
use strongroom::secret::SecretText;
use strongroom::vault::record::{Content, Record, RecordName};
use strongroom::vault::share_set::StoredCore;
use vault::Folder;

const PASSWORD: &str = "kT4+w9Qa<>&Pz(e7mRh";
/// Where `.ci/run` puts `age-encryption` of npm.
const TYPAGE: &str = "target/stock/node_modules/age-encryption/dist/index.js";

/// A vault with one password, its record's place, and the identity that the recoverer prints for two of three sheets.
fn recovered() -> (Folder, String, String) {
    let of = Of {
        mode: Mode::Production,
        name: "keys",
        purpose: Factor::Password,
        region: None,
        threshold: "2-of-3".to_string(),
    };
    let sample = Sample::deal("stock tools", &of);
    let stored = StoredCore {
        core: sample.core.clone(),
        fingerprint: sample.fingerprint,
    };
    let mut folder = Folder::dealt(&stored, &[]);
    let record = Record {
        name: RecordName {
            account: "111122223333".parse().unwrap(),
            factor: Factor::Password,
            device: None,
        },
        generation: Generation::FIRST,
        made: "2026-02-11T16:42:00Z".parse().unwrap(),
        content: Content::Password(SecretText::new(PASSWORD.to_string())),
    };
    let file = folder.enroll(&stored, &record);
    let sheets = format!("{}\n{}\n", sample.code(1), sample.code(3));
    let recoverer = ["-I", "recoverer/strongroom_recover.py"];
    let identity = run_with("python3", &recoverer, sheets.as_bytes())
        .ok()
        .out
        .trim_end()
        .to_string();
    assert!(identity.starts_with("AGE-SECRET-KEY-1"));
    (folder, file, identity)
}

fn opens_to_the_password(plain: &str) {
    let record: serde_json::Value = serde_json::from_str(plain).unwrap();
    assert_eq!(
        (plain.len(), record["secret"]["password"].as_str()),
        (1024, Some(PASSWORD))
    );
}

#[test]
fn the_age_of_debian_opens_a_record_with_the_identity_from_the_recoverer() {
    let (folder, file, identity) = recovered();
    let key = folder.scratch.join("identity.txt");
    std::fs::write(&key, identity).unwrap();
    opens_to_the_password(&run_with("age", &["--decrypt", "--identity", &key, &file], b"").ok().out);
}

#[test]
fn the_age_of_npm_opens_a_record_with_the_identity_from_the_recoverer() {
    let (_folder, file, identity) = recovered();
    let module = std::fs::canonicalize(TYPAGE)
        .unwrap_or_else(|_| panic!("{TYPAGE} is needed by this test, and `.ci/run` installs it"));
    let script = "
        const [module, file] = process.argv.slice(1);
        const age = await import('file://' + module);
        const fs = await import('node:fs');
        const opener = new age.Decrypter();
        opener.addIdentity(fs.readFileSync(0, 'utf8'));
        process.stdout.write(await opener.decrypt(fs.readFileSync(file), 'text'));";
    let arguments = [
        "--input-type=module",
        "--eval",
        script,
        "--",
        module.to_str().unwrap(),
        &file,
    ];
    opens_to_the_password(&run_with("node", &arguments, identity.as_bytes()).ok().out);
}

/// In groups of four.
fn spaced(text: &str) -> String {
    let groups: Vec<String> = text
        .chars()
        .collect::<Vec<_>>()
        .chunks(4)
        .map(|group| group.iter().collect())
        .collect();
    groups.join(" ")
}

#[test]
fn oathtool_agrees_on_the_codes_of_a_thousand_random_seeds() {
    let mut stream = Seeded::new("oathtool");
    for round in 0..1000 {
        let length = 6 + stream.below(75);
        let key: Vec<u8> = (0..length).map(|_| stream.below(256) as u8).collect();
        let text = data_encoding::BASE32_NOPAD.encode(&key);
        let algorithm = [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512][stream.below(3)];
        let (digits, period) = (6 + stream.below(3) as u8, [15, 30, 60, 3600][stream.below(4)]);
        let time = stream.below(1 << 33) as u64;
        let parameters = Parameters::new(algorithm, digits, period).unwrap();
        let padding = "=".repeat((8 - text.len() % 8) % 8);
        // As people type it: in small letters, in groups, padded or not.
        let spelt = match stream.below(4) {
            0 => text.clone(),
            1 => text.to_lowercase(),
            2 => format!("{text}{padding}"),
            _ => spaced(&text.to_lowercase()),
        };
        let seed = Seed::from_base32(&spelt, parameters, String::new()).unwrap_or_else(|refusal| panic!("{refusal}"));
        let arguments = [
            format!("--totp={}", algorithm.as_str().to_lowercase()),
            format!("--digits={digits}"),
            format!("--time-step-size={period}s"),
            format!("--now=@{time}"),
            "--base32".to_string(),
            "-".to_string(),
        ];
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let theirs = run_with("oathtool", &arguments, format!("{text}{padding}\n").as_bytes())
            .ok()
            .out;
        let ours = seed.code_at(time).digits.expose(str::to_string);
        assert_eq!(theirs.trim_end(), ours, "round {round}: {arguments:?}");
    }
}

fn sha256sum(path: &str) -> String {
    run_with("sha256sum", &[path], b"").ok().out[..64].to_string()
}

#[test]
fn sha256sum_agrees_on_every_hash_of_the_ledger() {
    let world = rehearsal();
    let ledger = std::fs::read_to_string(format!("{}/ledger/home.jsonl", world.vault)).unwrap();
    let mut before = "0".repeat(64);
    let (mut records, mut plans) = (0, 0);
    for line in ledger.split_inclusive('\n') {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(entry["before"], before.as_str());
        before = run_with("sha256sum", &[], line.as_bytes()).ok().out[..64].to_string();
        let body = &entry["body"];
        match entry["kind"].as_str().unwrap() {
            "plan" => {
                plans += 1;
                assert_eq!(
                    body["sha256"],
                    sha256sum(&format!("{}/strongroom.toml", world.vault)).as_str()
                );
            }
            "enrolled" => {
                for record in body["records"].as_array().unwrap() {
                    records += 1;
                    let device = record["device"]
                        .as_str()
                        .map(|device| format!("-{device}"))
                        .unwrap_or_default();
                    let account = record["account"].as_str().unwrap();
                    let factor = body["factor"].as_str().unwrap();
                    let file = format!(
                        "{}/records/{account}/{factor}{device}.{}.age",
                        world.vault, record["generation"]
                    );
                    assert_eq!(record["sha256"], sha256sum(&file).as_str(), "{file}");
                }
            }
            _ => {}
        }
    }
    assert!(records > 20 && plans == 1, "{records} records, {plans} plans");
}

#[test]
fn zbarimg_reads_both_codes_of_every_sheet_that_a_rehearsal_makes() {
    let scratch = Scratch::new();
    let out = scratch.join("r");
    common::run(&["rehearse", "--out", &out]).ok();
    let mut sheets = 0;
    for entry in std::fs::read_dir(format!("{out}/pages")).unwrap() {
        let page = entry.unwrap().path();
        if page.extension().is_none_or(|kind| kind != "pdf") {
            continue;
        }
        sheets += 1;
        let (page, image) = (page.to_str().unwrap(), scratch.join("page"));
        run_with(
            "pdftoppm",
            &["-r", "150", "-gray", "-png", "-singlefile", page, &image],
            b"",
        )
        .ok();
        let read = qr_codes(&image);
        let codes: Vec<&str> = read.lines().collect();
        assert!(
            codes.len() == 2 && codes[0] == codes[1],
            "{page}: {} codes",
            codes.len()
        );
        assert!([167, 243].contains(&codes[0].len()));
    }
    assert_eq!(sheets, 22);
}

#[test]
fn the_exported_recoverer_is_the_one_whose_hash_stands_on_the_sheets() {
    let scratch = Scratch::new();
    let kit = scratch.join("kit");
    let said = common::run(&["export", "recoverer", "--out", &kit]).ok().out;
    let hash = sha256sum(&format!("{kit}/strongroom_recover.py"));
    assert!(said.starts_with(&format!("{hash}  strongroom_recover.py\n")), "{said}");
    run_with(
        "sh",
        &["-c", &format!("cd '{kit}' && sha256sum --check --strict SHA256SUMS")],
        b"",
    )
    .ok();
    let sheet = &rehearsal().sheets("root-password")[0];
    let text = run_with("pdftotext", &["-raw", sheet, "-"], b"").ok().out;
    let grouped: Vec<&str> = (0..16).map(|at| &hash[4 * at..4 * at + 4]).collect();
    for row in grouped.chunks(4) {
        assert!(text.contains(&row.join(" ")), "{row:?}: {text}");
    }
    common::run(&["export", "recoverer", "--out", &kit]).refused(2, "output-exists");
}

#[test]
fn a_stranger_recovers_a_rehearsal_from_its_sheets_with_the_exported_recoverer() {
    let world = rehearsal();
    let scratch = Scratch::new();
    let kit = scratch.join("kit");
    common::run(&["export", "recoverer", "--out", &kit]).ok();
    let sheets = world.sheets("root-password");
    let chosen = [&sheets[4], &sheets[0], &sheets[2]];
    let expected = world.recover_password(&chosen.map(String::as_str)).ok().out;
    let lines: String = chosen.map(|sheet| code_on(sheet, &scratch) + "\n").concat();
    let record = format!("{}/records/{}/password.1.age", world.vault, common::MEMBER);
    let recoverer = format!("{kit}/strongroom_recover.py");
    let ended = run_with("python3", &["-I", &recoverer, "--record", &record], lines.as_bytes()).ok();
    assert_eq!(ended.out, expected);
    assert!(ended.err.contains("REHEARSAL"), "{ended:?}");
}

fn code_on(sheet: &str, scratch: &Scratch) -> String {
    let image = scratch.join("code");
    run_with("pdftoppm", &["-r", "200", "-png", "-singlefile", sheet, &image], b"").ok();
    qr_codes(&image).lines().next().unwrap_or_default().to_string()
}

/// The QR codes that `zbarimg` reads, one a line. Asked for every kind, it takes longer and finds what nobody printed.
fn qr_codes(image: &str) -> String {
    let picture = format!("{image}.png");
    run_with(
        "zbarimg",
        &["-q", "--raw", "-Sdisable", "-Sqrcode.enable", &picture],
        b"",
    )
    .ok()
    .out
}
