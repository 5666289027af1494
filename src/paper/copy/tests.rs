use super::archive;
use super::draw::{self, Copy};
use super::gather::Gathered;
use super::wire::{BLOCK, Block, CopyMark, DATA, SLOTS, Shape, prefix};
use crate::ident::Mode;
use crate::paper::page::PaperSize;
use crate::paper::scan;
use crate::paper::template::Template;
use crate::refusal::{Refusal, Rule};
use crate::vault::Files;
use sha2::{Digest as _, Sha256};

const MODE: Mode = Mode::Rehearsal;

/// Bytes that no compression shortens.
fn noise(length: usize, seed: u8) -> Vec<u8> {
    (0_u32..)
        .flat_map(|at| Sha256::digest([&at.to_be_bytes()[..], &[seed]].concat()))
        .take(length)
        .collect()
}

/// The text of every code, page by page.
fn codes(archive: &[u8]) -> Vec<Vec<String>> {
    let shape = Shape {
        length: archive.len(),
        slots: SLOTS,
    };
    let mut pages = vec![Vec::new(); shape.pages()];
    for group in shape.groups() {
        for slot in (0..SLOTS).filter(|slot| shape.has_parity(&group, *slot)) {
            let mut blocks: Vec<Vec<u8>> = (0..group.data)
                .map(|at| archive[shape.bytes(group.first_data + at, slot)].to_vec())
                .collect();
            let whole: Vec<Vec<u8>> = blocks
                .iter()
                .map(|block| {
                    let mut block = block.clone();
                    block.resize(BLOCK, 0);
                    block
                })
                .collect();
            blocks.extend(super::gather::rebuilding(&whole, group.parity).unwrap_or_default());
            for (at, bytes) in blocks.into_iter().enumerate().filter(|(_, bytes)| !bytes.is_empty()) {
                let page = group.first + at;
                let block = Block {
                    mark: CopyMark::of(archive),
                    shape,
                    page,
                    slot,
                    bytes,
                };
                pages[page].push(block.text(MODE));
            }
        }
    }
    pages
}

fn restored<'t>(texts: impl Iterator<Item = &'t String>) -> Result<Vec<u8>, Refusal> {
    let mut gathered = Gathered::default();
    for text in texts {
        gathered.add(text)?;
    }
    gathered.restore().map(|restored| restored.archive)
}

/// Lengths around every edge: a block, a page, nine pages, a group.
fn lengths() -> impl Iterator<Item = usize> {
    let page = BLOCK * usize::from(SLOTS);
    [BLOCK, page, 9 * page, DATA * page, 2 * DATA * page]
        .into_iter()
        .flat_map(|edge| [edge - 1, edge, edge + 1])
        .chain([1])
}

#[test]
fn a_copy_restores_from_its_codes_in_any_order_at_every_edge_of_its_shape() {
    for length in lengths() {
        let archive = noise(length, 1);
        let pages = codes(&archive);
        assert!(
            restored(pages.iter().flatten()).is_ok_and(|back| back == archive),
            "{length}"
        );
        let backwards = pages.iter().flatten().collect::<Vec<_>>();
        assert!(
            restored(backwards.into_iter().rev()).is_ok_and(|back| back == archive),
            "{length}"
        );
    }
}

#[test]
fn any_one_lost_page_in_ten_is_rebuilt_wherever_it_was() {
    let archive = noise(40 * BLOCK * usize::from(SLOTS), 2);
    let pages = codes(&archive);
    for first in 0..10 {
        let kept = pages.iter().enumerate().filter(|(number, _)| number % 10 != first);
        assert!(
            restored(kept.flat_map(|(_, page)| page)).is_ok_and(|back| back == archive),
            "every tenth page from {first}"
        );
    }
}

#[test]
fn every_single_page_can_be_lost_whatever_the_number_of_pages() {
    for length in lengths() {
        let archive = noise(length, 3);
        let pages = codes(&archive);
        for lost in (0..pages.len()).step_by(1 + pages.len() / 12) {
            let kept = pages.iter().enumerate().filter(|(number, _)| *number != lost);
            assert!(
                restored(kept.flat_map(|(_, page)| page)).is_ok_and(|back| back == archive),
                "{length} without page {lost}"
            );
        }
    }
}

#[test]
fn pages_that_cannot_be_rebuilt_are_named_as_they_are_numbered() {
    let archive = noise(4 * BLOCK * usize::from(SLOTS), 4);
    let pages = codes(&archive);
    let kept = pages.iter().enumerate().filter(|(number, _)| ![1, 2].contains(number));
    let refusal = restored(kept.flat_map(|(_, page)| page)).err();
    let refusal = refusal.filter(|refusal| refusal.rule() == Rule::CopyIncomplete);
    assert!(refusal.is_some_and(|refusal| refusal.sentence().contains("pages 2, 3 of 5")));
}

#[test]
fn a_page_of_another_copy_or_another_world_is_refused() {
    let (one, other) = (codes(&noise(5000, 5)), codes(&noise(5000, 6)));
    let mixed = restored(one[0].iter().chain(&other[1]));
    assert!(mixed.is_err_and(|refusal| refusal.rule() == Rule::CopyMixed));
    let production = one[0][0].replacen(prefix(MODE), prefix(Mode::Production), 1);
    assert!(Block::parse(&production).is_some_and(|block| block.is_err()));
}

#[test]
fn sound_codes_of_another_archive_under_the_same_mark_restore_nothing() {
    let (ours, other) = (noise(5000, 5), noise(5000, 6));
    let marked = codes(&other).into_iter().flatten().map(|text| {
        let (mode, mut block) = Block::parse(&text).unwrap().unwrap();
        block.mark = CopyMark::of(&ours);
        block.text(mode)
    });
    let marked: Vec<String> = marked.collect();
    assert!(marked.iter().all(|text| matches!(Block::parse(text), Some(Ok(_)))));
    let refusal = restored(marked.iter()).err();
    assert_eq!(refusal.map(|refusal| refusal.rule()), Some(Rule::CopyDamaged));
}

#[test]
fn no_altered_code_is_taken() {
    let text = codes(&noise(3000, 7))[0][1].clone();
    let sound = |text: &str| matches!(Block::parse(text), Some(Ok(_)));
    assert!(sound(&text));
    for at in (4..text.len()).step_by(7) {
        let mut altered = text.clone().into_bytes();
        altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
        assert!(!sound(&String::from_utf8_lossy(&altered)), "{at}");
    }
    for cut in [4, 5, 30, text.len() - 1, text.len() - 3] {
        assert!(!sound(&text[..cut]), "{cut}");
    }
    for other in ["", "SV1/", "SV1/é", "https://example.com", "ZZ1QQQQ"] {
        assert!(!sound(other));
    }
}

fn files() -> Files {
    [
        ("ledger/home.jsonl", b"line\n".to_vec()),
        ("records/734602235274/password.1.age", noise(1400, 8)),
        ("sets/root-password/1.toml", b"schema\n".to_vec()),
        ("strongroom.toml", b"plan\n".to_vec()),
    ]
    .into_iter()
    .map(|(name, bytes)| (name.to_string(), bytes))
    .collect()
}

#[test]
fn a_page_that_says_two_things_is_refused_by_its_number() {
    let archive = noise(2 * BLOCK * usize::from(SLOTS), 8);
    let pages = codes(&archive);
    let planted = Block {
        bytes: vec![7; BLOCK],
        ..Block::parse(&pages[1][3]).unwrap().unwrap().1
    };
    let (before, after) = (planted.text(MODE), planted.text(MODE));
    for texts in [
        pages.iter().flatten().chain([&after]).collect::<Vec<_>>(),
        [&before].into_iter().chain(pages.iter().flatten()).collect(),
    ] {
        let refusal = restored(texts.into_iter()).err().unwrap();
        assert_eq!(refusal.rule(), Rule::CopyMixed);
        assert!(refusal.sentence().starts_with("page 2 of copy "), "{refusal}");
    }
    let twice = pages.iter().flatten().chain(pages.iter().flatten());
    assert!(restored(twice).is_ok_and(|back| back == archive));
}

#[test]
fn a_name_that_is_stretched_over_entries_is_no_name_of_a_vault() {
    for kind in [tar::EntryType::GNULongName, tar::EntryType::XHeader] {
        let mut archive = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
        let mut header = tar::Header::new_ustar();
        let name = crate::vault::PLAN;
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(kind);
        header.set_size(1 << 20);
        header.set_cksum();
        archive.append(&header, &vec![b'x'; 1 << 20][..]).unwrap();
        let packed = archive.into_inner().unwrap().finish().unwrap();
        let refusal = archive::unpack(&packed).err().unwrap();
        assert!(refusal.sentence().contains("is not a plain file"), "{refusal}");
    }
}

#[test]
fn nothing_stands_behind_the_end_of_an_archive() {
    let packed = archive::pack(&files()).unwrap();
    let longer = [&packed[..], b"more"].concat();
    let twice = [&packed[..], &packed[..]].concat();
    for stream in [longer, twice] {
        let refusal = archive::unpack(&stream).err().unwrap();
        assert!(
            refusal.sentence().contains("something stands behind its end"),
            "{refusal}"
        );
    }
}

#[test]
fn an_archive_gives_its_files_back_and_has_the_same_bytes_each_time() {
    let packed = archive::pack(&files()).unwrap_or_default();
    assert!(archive::pack(&files()).is_ok_and(|again| again == packed));
    assert!(archive::unpack(&packed).is_ok_and(|back| back == files()));
}

#[test]
fn a_name_that_leaves_the_vault_is_refused() {
    for name in [
        "/etc/passwd",
        "../x",
        "records/../../x/y",
        "ledger/../x",
        "records/a/.unfinished-x",
        "other",
        "sets/a/b/c",
        "records/a/b",
        "sets/a.lock/b",
        "ledger/x.jsonl.tmp",
        "ledger/.jsonl",
        "",
        "ledger/A.jsonl",
    ] {
        assert!(!archive::is_of_a_vault(name), "{name}");
        let mut archive = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
        let mut header = tar::Header::new_ustar();
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(1);
        header.set_cksum();
        let _ = archive.append(&header, &b"x"[..]);
        let packed = archive
            .into_inner()
            .and_then(flate2::write::GzEncoder::finish)
            .unwrap_or_default();
        assert!(archive::unpack(&packed).is_err(), "{name}");
    }
}

#[test]
fn pages_are_read_as_they_were_drawn_at_150_and_300_dpi_on_either_paper() {
    let archive = noise(BLOCK * usize::from(SLOTS) + 700, 9);
    let wording = include_str!("../../../templates/vault-copy.md");
    let template = Template::parse(wording).unwrap_or_else(|refusal| panic!("{refusal}"));
    for paper in [PaperSize::A4, PaperSize::Letter] {
        let copy = Copy {
            paper,
            faces: crate::paper::faces::Faces::OWN,
            mode: MODE,
            template: &template,
            archive: &archive,
            as_of: &[
                ("organisation", "Example Corp"),
                ("line", "7"),
                ("site", "home"),
                ("today", "2026-11-24"),
            ],
        };
        let made = draw::files(&copy).unwrap_or_else(|refusal| panic!("{refusal}"));
        let again = draw::files(&copy).unwrap_or_else(|refusal| panic!("{refusal}"));
        assert!(
            made.len() == 1 && made[0].1.expose(|one| again[0].1.expose(|other| one == other)),
            "the same archive, the same pages"
        );
        for dpi in [150.0, 300.0] {
            let mut gathered = Gathered::default();
            for page in 0..3 {
                let image = crate::paper::raster::png_of(&made[0].1, page, dpi).unwrap_or_else(|r| panic!("{r}"));
                let read = image.expose(|png| {
                    scan::copy_pages(
                        png,
                        || (),
                        |page| {
                            for code in page.codes {
                                assert_eq!(code.expose(|text| gathered.add(text)).ok(), Some(true));
                            }
                        },
                    )
                });
                assert_eq!(read, Ok(()));
            }
            assert_eq!(gathered.count(), 12 + 1 + 12, "{paper:?} {dpi}");
            assert!(
                gathered
                    .restore()
                    .is_ok_and(|back| back.archive == archive && back.rebuilt.is_empty())
            );
        }
    }
}
