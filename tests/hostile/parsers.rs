//! Every reader of what comes from outside, by name: bytes in, no panic out. Both the mutations and `fuzz/` use this list.

#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    reason = "two harnesses share it, and each may stop at the first surprise"
)]

use data_encoding::BASE32_NOPAD;
use std::sync::OnceLock;
use strongroom::ceremony::afar::Invite;
use strongroom::code::reading::read_text;
use strongroom::code::share_code::PaperShare;
use strongroom::code::share_lines::Line;
use strongroom::code::words::Fingerprint;
use strongroom::crypto::identity::{self, IdentityKind, SetIdentity};
use strongroom::crypto::passphrase::Passphrase;
use strongroom::crypto::session::Session;
use strongroom::crypto::sharing::{self, Share};
use strongroom::crypto::totp::Seed;
use strongroom::entropy::{Entropy, System};
use strongroom::ident::{Generation, Mode, VaultId};
use strongroom::paper::copy::{archive, wire::Block};
use strongroom::paper::scan;
use strongroom::paper::template::Template;
use strongroom::plan::organizations::Organizations;
use strongroom::plan::{Factor, Plan};
use strongroom::secret::SecretBytes;
use strongroom::vault::ledger::Chain;
use strongroom::vault::record::{Record, RecordName};
use strongroom::vault::share_set::StoredCore;

/// A reader. It answers what it took, where that must be something that somebody wrote.
pub struct Parser {
    pub name: &'static str,
    pub read: fn(&[u8]) -> Vec<String>,
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Whether what it takes is told from chance by a checksum: only a seed's own content may come out.
    pub is_checked: bool,
}

pub const PARSERS: &[Parser] = &[
    Parser {
        name: "share",
        read: share,
        seeds: shares,
        is_checked: true,
    },
    Parser {
        name: "plan",
        read: plan,
        seeds: plans,
        is_checked: false,
    },
    Parser {
        name: "ledger",
        read: ledger,
        seeds: ledgers,
        is_checked: false,
    },
    Parser {
        name: "set",
        read: set,
        seeds: sets,
        is_checked: false,
    },
    Parser {
        name: "record",
        read: record,
        seeds: records,
        is_checked: false,
    },
    Parser {
        name: "age",
        read: locked,
        seeds: lockeds,
        is_checked: true,
    },
    Parser {
        name: "accounts",
        read: accounts,
        seeds: account_lists,
        is_checked: false,
    },
    Parser {
        name: "otpauth",
        read: otpauth,
        seeds: uris,
        is_checked: false,
    },
    Parser {
        name: "words",
        read: words,
        seeds: phrases,
        is_checked: false,
    },
    Parser {
        name: "copy",
        read: copy,
        seeds: copies,
        is_checked: false,
    },
    Parser {
        name: "template",
        read: template,
        seeds: templates,
        is_checked: false,
    },
    Parser {
        name: "invite",
        read: invite,
        seeds: invites,
        is_checked: false,
    },
    Parser {
        name: "answer",
        read: answer,
        seeds: answers,
        is_checked: true,
    },
    Parser {
        name: "image",
        read: picture,
        seeds: pictures,
        is_checked: true,
    },
    Parser {
        name: "pdf",
        read: picture,
        seeds: pdfs,
        is_checked: true,
    },
];

fn text(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

fn share(bytes: &[u8]) -> Vec<String> {
    let read = read_text(&text(bytes), Mode::Production);
    read.into_iter().flatten().flat_map(|paper| said(&paper)).collect()
}

/// The lines of a share.
fn said(paper: &PaperShare) -> Vec<String> {
    let lines = paper.lines();
    let each = [Line::A, Line::B].map(|line| lines.line(line).map(|text| text.expose(str::to_string)));
    each.into_iter().flatten().collect()
}

fn plan(bytes: &[u8]) -> Vec<String> {
    let _ = Plan::parse(&text(bytes));
    Vec::new()
}

fn ledger(bytes: &[u8]) -> Vec<String> {
    let _ = Chain::parse("home".parse().unwrap(), bytes);
    Vec::new()
}

fn set(bytes: &[u8]) -> Vec<String> {
    let _ = StoredCore::parse("a set", bytes);
    Vec::new()
}

fn accounts(bytes: &[u8]) -> Vec<String> {
    let _ = Organizations::parse(&text(bytes));
    Vec::new()
}

fn otpauth(bytes: &[u8]) -> Vec<String> {
    if let Ok(seed) = Seed::parse(&text(bytes)) {
        let _ = seed.code_at(59);
        // What was taken is written in one spelling, which is taken again.
        assert!(seed.to_uri().expose(Seed::parse).is_ok());
    }
    Vec::new()
}

fn words(bytes: &[u8]) -> Vec<String> {
    let _ = Fingerprint::from_words(&text(bytes));
    let _ = Passphrase::read(&text(bytes));
    Vec::new()
}

fn copy(bytes: &[u8]) -> Vec<String> {
    let _ = Block::parse(&text(bytes));
    let _ = archive::unpack(bytes);
    Vec::new()
}

/// A session of a recovery, and its invitation.
fn session() -> &'static (Session, Invite) {
    static SESSION: OnceLock<(Session, Invite)> = OnceLock::new();
    SESSION.get_or_init(|| {
        let sample = &sheets().sample;
        let mut source = super::sample::Seeded::new("a session");
        let session = Session::begin(&mut Entropy::new(&mut source)).ok().unwrap();
        let asking = serde_json::json!({
            "account": "111122223333", "account-name": "one", "factor": "password", "task": "security-event",
            "reason": "at night", "present": ["ana", "ben"], "made": "2026-02-11T16:42:00Z",
        });
        let set = StoredCore {
            core: sample.core.clone(),
            fingerprint: sample.fingerprint,
        };
        let asking = serde_json::from_value(asking).unwrap();
        let invite = Invite::new(sample.core.vault, &session, asking, vec![set])
            .ok()
            .unwrap();
        (session, invite)
    })
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// What travels, or the JSON in it: behind a checksum nothing would be met.
fn invite(bytes: &[u8]) -> Vec<String> {
    let packed = || format!("SI1/{}", BASE32_NOPAD.encode(&gzipped(bytes)));
    let travels = if bytes.starts_with(b"{") {
        packed()
    } else {
        text(bytes).into_owned()
    };
    let _ = Invite::read(&travels);
    Vec::new()
}

fn invites() -> Vec<Vec<u8>> {
    let code = session().1.code().ok().unwrap();
    let mut json = String::new();
    let packed = BASE32_NOPAD.decode(&code.as_bytes()[4..]).unwrap();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(packed.as_slice()), &mut json).unwrap();
    // The words of a set that is whole are stretched anew, which takes its time: most seeds have none.
    let (before, _) = json.split_once("\"sets\":[").unwrap();
    let without = format!("{before}\"sets\":[],{}", &json[json.rfind("\"vault\":").unwrap()..]);
    let mut seeds = vec![code.into_bytes(), json.into_bytes()];
    seeds.extend(std::iter::repeat_n(without.into_bytes(), 10));
    seeds
}

/// The same, of a contribution: whatever opens in the session is a share that was locked to it.
fn answer(bytes: &[u8]) -> Vec<String> {
    let (session, invite) = session();
    let travels = if bytes.starts_with(b"{") {
        let locked = identity::lock(&SecretBytes::new(bytes.to_vec()), &[session.recipient()]).unwrap();
        format!("SC1/{}", BASE32_NOPAD.encode(&locked))
    } else {
        text(bytes).into_owned()
    };
    let received = invite.receive(session, &travels).ok().into_iter();
    received.flat_map(|received| said(&received.paper)).collect()
}

fn answers() -> Vec<Vec<u8>> {
    let (_, code) = &sheets().texts[0];
    let plain = format!(
        r#"{{"exceptions":["none"],"invite":"{}","schema":"strongroom/contribution/1","share":"{code}"}}"#,
        session().1.hash()
    );
    let locked = identity::lock(
        &SecretBytes::new(plain.clone().into_bytes()),
        &[session().0.recipient()],
    )
    .unwrap();
    vec![
        plain.into_bytes(),
        format!("SC1/{}", BASE32_NOPAD.encode(&locked)).into_bytes(),
    ]
}

fn template(bytes: &[u8]) -> Vec<String> {
    let _ = Template::parse(&text(bytes));
    Vec::new()
}

/// What is found in a picture is read as a share: only that could do harm.
fn picture(bytes: &[u8]) -> Vec<String> {
    let pages = scan::codes(bytes).unwrap_or_default();
    let codes = pages.iter().flat_map(|page| &page.codes);
    codes
        .flat_map(|code| code.expose(|code| share(code.as_bytes())))
        .collect()
}

/// A dealing of which both shares are known.
fn identity() -> SetIdentity {
    static SHARES: OnceLock<Vec<(Share, Share)>> = OnceLock::new();
    let pairs = SHARES.get_or_init(|| {
        let mut dealing = sharing::deal("2-of-2".parse().unwrap(), &mut Entropy::new(&mut System))
            .ok()
            .unwrap();
        let (second, first) = (dealing.shares.pop().unwrap(), dealing.shares.pop().unwrap());
        vec![(first, second)]
    });
    let (first, second) = &pairs[0];
    let secret = sharing::combine_unproved("2-of-2".parse().unwrap(), &[first, second]).unwrap();
    SetIdentity::derive(secret, Mode::Production, IdentityKind::X25519)
        .ok()
        .unwrap()
}

/// The JSON of a record, locked and opened: it is what a quorum would meet.
fn record(bytes: &[u8]) -> Vec<String> {
    let identity = identity();
    let locked = identity::lock(&SecretBytes::new(bytes.to_vec()), &[identity.recipient()]).unwrap();
    let name = RecordName {
        account: "111122223333".parse().unwrap(),
        factor: Factor::Password,
        device: None,
    };
    let vault = VaultId::new(Mode::Production, [3; 15]);
    let _ = Record::open(&locked, identity, vault, &name, Generation::FIRST);
    Vec::new()
}

/// A locked file: whatever opens is what was locked, to its last byte.
fn locked(bytes: &[u8]) -> Vec<String> {
    let opened = identity().open(bytes);
    opened
        .map(|plain| plain.expose(|plain| text(plain).into_owned()))
        .into_iter()
        .collect()
}

fn lockeds() -> Vec<Vec<u8>> {
    let plain = SecretBytes::new(vec![b'x'; 1024]);
    vec![identity::lock(&plain, &[identity().recipient()]).unwrap()]
}

fn vectors(folder: &str, key: &str) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let place = concat!(env!("CARGO_MANIFEST_DIR"), "/");
    let root = place.trim_end_matches("fuzz/");
    for entry in std::fs::read_dir(format!("{root}tests/vectors/{folder}")).unwrap() {
        let vector: serde_json::Value = serde_json::from_slice(&std::fs::read(entry.unwrap().path()).unwrap()).unwrap();
        collect(&vector, key, &mut found);
    }
    found.sort();
    found.dedup();
    assert!(!found.is_empty(), "{folder}");
    found.truncate(60);
    found
}

/// Every text under that key, wherever it stands.
fn collect(value: &serde_json::Value, key: &str, found: &mut Vec<Vec<u8>>) {
    match value {
        serde_json::Value::Object(fields) => {
            for (name, inside) in fields {
                if let (true, Some(text)) = (name == key, inside.as_str()) {
                    found.push(text.as_bytes().to_vec());
                }
                collect(inside, key, found);
            }
        }
        serde_json::Value::Array(list) => list.iter().for_each(|inside| collect(inside, key, found)),
        _ => {}
    }
}

/// A dealing of two shares, and what they say: as they are typed, and as their codes.
struct Sheets {
    sample: super::sample::Sample,
    texts: Vec<(String, String)>,
}

fn sheets() -> &'static Sheets {
    static SHEETS: OnceLock<Sheets> = OnceLock::new();
    SHEETS.get_or_init(|| {
        let of = super::sample::Of {
            mode: Mode::Production,
            name: "keys",
            purpose: Factor::Password,
            region: None,
            threshold: "2-of-2".to_string(),
        };
        let sample = super::sample::Sample::deal("hostile", &of);
        let points = sample.points.iter();
        let texts = points
            .map(|point| {
                let lines = sample.paper(point.index.get()).lines();
                let code = lines.qr_text().expose(str::to_string);
                let typed: String = [Line::A, Line::B]
                    .into_iter()
                    .filter_map(|line| lines.line(line).map(|text| text.expose(|text| format!("{text}\n"))))
                    .collect();
                (typed, code)
            })
            .collect();
        Sheets { sample, texts }
    })
}

fn shares() -> Vec<Vec<u8>> {
    let each = sheets().texts.iter();
    each.flat_map(|(typed, code)| [typed.clone().into_bytes(), code.clone().into_bytes()])
        .collect()
}

fn plans() -> Vec<Vec<u8>> {
    vec![
        include_bytes!("../../templates/plan/starter.toml").to_vec(),
        include_bytes!("../../templates/plan/example.toml").to_vec(),
    ]
}

fn ledgers() -> Vec<Vec<u8>> {
    vectors("ledger", "chain")
}

fn sets() -> Vec<Vec<u8>> {
    vectors("set", "file")
}

fn records() -> Vec<Vec<u8>> {
    let json = br#"{"schema":"strongroom/record/1","vault":"00030303030303030303030303030303","account":"111122223333","factor":"password","generation":1,"made":"2026-02-11T16:42:00Z","secret":{"password":"correct horse battery staple"}}"#;
    let mut whole = json.to_vec();
    whole.resize(1024, b' ');
    vec![whole]
}

fn account_lists() -> Vec<Vec<u8>> {
    vec![include_bytes!("../data/organizations-list-accounts.json").to_vec()]
}

fn uris() -> Vec<Vec<u8>> {
    [
        "otpauth://totp/Example:root?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Example&algorithm=SHA256&digits=8&period=60",
        "otpauth://totp/a%20b?secret=GEZDGNBVGY3TQOJQ",
        "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
    ]
    .map(|uri| uri.as_bytes().to_vec())
    .to_vec()
}

fn phrases() -> Vec<Vec<u8>> {
    vec![
        b"sell erosion okay census rib color culture beyond".to_vec(),
        b"abandon ability able about above absent absorb".to_vec(),
    ]
}

fn copies() -> Vec<Vec<u8>> {
    vec![
        b"SV1/00000000000000000000000000000000000000000".to_vec(),
        b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0".to_vec(),
    ]
}

fn templates() -> Vec<Vec<u8>> {
    vec![b"# Receipt {serial}\n\n- {name}\n\n| a | b |\n|---|---|\n| {x} | **{y}** |\n".to_vec()]
}

/// A code of a share, small, in two formats.
fn pictures() -> Vec<Vec<u8>> {
    let (_, code) = &sheets().texts[0];
    let qr = qrcode::QrCode::with_error_correction_level(code, qrcode::EcLevel::L).unwrap();
    let (width, scale) = (qr.width(), 3);
    let side = ((width + 8) * scale) as u32;
    let image = image::GrayImage::from_fn(side, side, |x, y| {
        let at = |v: u32| (v as usize / scale).checked_sub(4).filter(|at| *at < width);
        let dark = at(x).zip(at(y)).is_some_and(|(x, y)| qr[(x, y)] == qrcode::Color::Dark);
        image::Luma([if dark { 0 } else { 255 }])
    });
    [image::ImageFormat::Png, image::ImageFormat::Jpeg]
        .map(|format| {
            let mut bytes = std::io::Cursor::new(Vec::new());
            image.write_to(&mut bytes, format).unwrap();
            bytes.into_inner()
        })
        .to_vec()
}

/// Small pages, each object in the open: what is altered is the document, not a stream that is compressed.
fn pdfs() -> Vec<Vec<u8>> {
    let with = |content: &str, more: &str| {
        let mut out = b"%PDF-1.4\n".to_vec();
        let mut places = Vec::new();
        let stream = format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len());
        let page =
            format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 60 60] /Contents 4 0 R /Resources << {more} >> >>");
        let objects = [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            &page,
            &stream,
        ];
        for (number, object) in (1..).zip(objects) {
            places.push(out.len());
            out.extend_from_slice(format!("{number} 0 obj\n{object}\nendobj\n").as_bytes());
        }
        let start = out.len();
        out.extend_from_slice(b"xref\n0 5\n0000000000 65535 f \n");
        for at in places {
            out.extend_from_slice(format!("{at:010} 00000 n \n").as_bytes());
        }
        out.extend_from_slice(format!("trailer << /Size 5 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n").as_bytes());
        out
    };
    vec![
        with("0 g 5 5 20 20 re f 1 0 0 1 10 10 cm 0 0 m 9 9 l 3 3 4 4 5 5 c S", ""),
        with(
            "BT /F1 9 Tf 5 5 Td (text) Tj ET",
            "/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>",
        ),
        with(
            "q 20 0 0 20 5 5 cm BI /W 4 /H 4 /CS /G /BPC 8 ID 0123456789abcdef EI Q",
            "/ExtGState << /G << /ca 0.5 >> >>",
        ),
    ]
}
