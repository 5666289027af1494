//! The pages of a vault copy: twelve codes each, with marks that a person can sort by.
//!
//! Rules of this file:
//! - modules of half a millimetre: twelve dots of a laser printer, three pixels of a scan at 150 dpi;
//! - a page says its number large, and a bar at its right edge moves down from page to page: a stack in order shows a slope;
//! - the same archive gives the same pages.

use super::gather;
use super::wire::{BLOCK, Block, CopyMark, Group, SLOTS, Shape};
use crate::ident::Mode;
use crate::paper::faces::Faces;
use crate::paper::flow;
use crate::paper::modules::Modules;
use crate::paper::page::{Document, PaperSize, bold, regular};
use crate::paper::template::Template;
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretBytes;
use qrcode::bits::Bits;
use qrcode::canvas::{Canvas, MaskPattern};
use qrcode::{EcLevel, Version};

/// The side of a module, in millimetres.
pub const MODULE: f32 = 0.5;
/// Pages of one file: more than a scanner takes at a time would be of no use.
pub const PAGES_A_FILE: usize = 100;

const VERSION: i16 = 24;
const LEVEL: EcLevel = EcLevel::M;
const SIDE: u16 = 113;
const COLUMNS: u8 = 3;

/// What a copy says besides its codes.
pub struct Copy<'a> {
    /// The paper.
    pub paper: PaperSize,
    /// What names are set in.
    pub faces: Faces,
    /// The world of the vault.
    pub mode: Mode,
    /// The wording.
    pub template: &'a Template,
    /// The archive.
    pub archive: &'a [u8],
    /// Of whom and as of when: `{name}` of the template's section `as of`.
    pub as_of: &'a [(&'a str, &'a str)],
}

/// The files: their names, and their pages as PDF.
pub fn files(copy: &Copy<'_>) -> Result<Vec<(String, SecretBytes)>, Refusal> {
    let shape = Shape {
        length: copy.archive.len(),
        slots: SLOTS,
    };
    let mark = CopyMark::of(copy.archive);
    let drawn = Drawn { copy, mark, shape };
    let pages: Vec<(usize, Group)> = shape
        .groups()
        .flat_map(|group| (group.first..group.first + group.data + group.parity).map(move |page| (page, group)))
        .collect();
    let chunks: Vec<&[(usize, Group)]> = pages.chunks(PAGES_A_FILE).collect();
    let next = std::sync::Mutex::new(0..chunks.len());
    let made = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, |cores| cores.get().min(4)) {
            scope.spawn(|| {
                while let Some(number) = next.lock().ok().and_then(|mut next| next.next()) {
                    let file = drawn.file(chunks[number], pages.len());
                    if let Ok(mut made) = made.lock() {
                        made.push((number, file));
                    }
                }
            });
        }
    });
    let mut made = made.into_inner().unwrap_or_default();
    made.sort_by_key(|(number, _)| *number);
    let made: Vec<_> = made.into_iter().map(|(_, file)| file).collect::<Result<_, _>>()?;
    if made.len() != chunks.len() {
        return Err(Refusal::new(Rule::PageUnfit, "a page of the copy could not be drawn"));
    }
    Ok(made)
}

/// A code of this paper's modules, for whatever is short: the printer test.
pub fn code(text: &str) -> Result<Modules, Refusal> {
    let code = qrcode::QrCode::with_error_correction_level(text, LEVEL).map_err(unfit)?;
    let side = code.width() as u16;
    let dark = code.into_colors().into_iter().map(|color| color == qrcode::Color::Dark);
    Modules::new(side, dark.collect()).ok_or_else(|| Refusal::new(Rule::Internal, "a code is a square"))
}

struct Drawn<'a> {
    copy: &'a Copy<'a>,
    mark: CopyMark,
    shape: Shape,
}

impl Drawn<'_> {
    fn file(&self, pages: &[(usize, Group)], all: usize) -> Result<(String, SecretBytes), Refusal> {
        let mut document = Document::set_in(self.copy.faces, self.copy.paper);
        let mut rebuilding: Option<(usize, Vec<Vec<Vec<u8>>>)> = None;
        for (number, (page, group)) in pages.iter().enumerate() {
            if number > 0 {
                document.new_page();
            }
            let at = page - group.first;
            for slot in 0..SLOTS {
                let bytes = if at < group.data {
                    self.copy.archive[self.shape.bytes(group.first_data + at, slot)].to_vec()
                } else {
                    let made = match &rebuilding {
                        Some((first, made)) if *first == group.first => made,
                        _ => &rebuilding.insert((group.first, self.parity(group)?)).1,
                    };
                    made[usize::from(slot)]
                        .get(at - group.data)
                        .cloned()
                        .unwrap_or_default()
                };
                if !bytes.is_empty() {
                    self.place(&mut document, *page, slot, bytes)?;
                }
            }
            self.around(&mut document, *page, all, group)?;
        }
        let (first, last) = (
            pages.first().map_or(0, |(page, _)| page + 1),
            pages.last().map_or(0, |(page, _)| page + 1),
        );
        let mark = crate::hex::encode(&self.mark.0[..4]);
        Ok((
            format!("vault-copy-{mark}-pages-{first:04}-{last:04}.pdf"),
            document.finish()?,
        ))
    }

    /// For each place, the blocks of the group's pages to rebuild from.
    fn parity(&self, group: &Group) -> Result<Vec<Vec<Vec<u8>>>, Refusal> {
        (0..SLOTS)
            .map(|slot| {
                if !self.shape.has_parity(group, slot) {
                    return Ok(Vec::new());
                }
                let data: Vec<Vec<u8>> = (0..group.data)
                    .map(|at| {
                        let mut bytes = self.copy.archive[self.shape.bytes(group.first_data + at, slot)].to_vec();
                        bytes.resize(BLOCK, 0);
                        bytes
                    })
                    .collect();
                gather::rebuilding(&data, group.parity)
            })
            .collect()
    }

    fn place(&self, document: &mut Document, page: usize, slot: u8, bytes: Vec<u8>) -> Result<(), Refusal> {
        let block = Block {
            mark: self.mark,
            shape: self.shape,
            page,
            slot,
            bytes,
        };
        let dark = modules(&block.text(self.copy.mode), block.bytes.len() == BLOCK)?;
        let (x, y) = self.corner(slot);
        document.cells(x, y, MODULE, SIDE, &dark);
        Ok(())
    }

    /// The top left corner of a code.
    fn corner(&self, slot: u8) -> (f32, f32) {
        let (top, row) = match self.copy.paper {
            PaperSize::A4 => (28.0, 60.0),
            PaperSize::Letter => (25.0, 58.9),
        };
        let column = (crate::paper::page::TEXT_WIDTH - f32::from(SIDE) * MODULE) / f32::from(COLUMNS - 1);
        (
            self.copy.paper.left() + column * f32::from(slot % COLUMNS),
            top + row * f32::from(slot / COLUMNS),
        )
    }

    /// Head, foot, number, and the bar at the edge.
    fn around(&self, document: &mut Document, page: usize, all: usize, group: &Group) -> Result<(), Refusal> {
        let (paper, template) = (self.copy.paper, self.copy.template);
        let (left, right) = (paper.left(), paper.right());
        let (mark, pages) = (self.mark.to_string(), all.to_string());
        let (rebuilt, each) = (group.parity.to_string(), (group.data + group.parity).to_string());
        let first = (group.first + 1).to_string();
        let values = [
            ("copy", mark.as_str()),
            ("pages", &pages),
            ("rebuilt", &rebuilt),
            ("each", &each),
            ("first", &first),
        ];
        let head = template.plain("head", &values)?;
        // On Letter everything stands closer: two millimetres above the codes stay free, their quiet zone.
        let y = if paper == PaperSize::A4 { 19.6 } else { 18.2 };
        document.text(bold(14.0), left, y, 110.0, &head)?;
        let as_of = template.plain("as of", self.copy.as_of)?;
        document.fitted(&[8.0, 7.0, 6.0, 5.0].map(regular), left, y + 4.0, 178.0, &as_of)?;
        let of = template.plain("of", &values)?;
        let width = regular(9.0).width(&of)?;
        document.text(regular(9.0), right - width, y, width + 0.1, &of)?;
        let number = (page + 1).to_string();
        let before = right - width - 2.0;
        document.text_to(bold(22.0), before, y, 40.0, &number)?;
        let label = template.plain("page", &values)?;
        document.text_to(regular(9.0), before - bold(22.0).width(&number)? - 2.0, y, 20.0, &label)?;
        let y = paper.height() - 17.0;
        let foot = template.plain("foot", &values)?;
        document.fitted(&[regular(8.0), regular(7.0)], left, y, 178.0, &foot)?;
        let parity = template.plain("parity", &values)?;
        document.fitted(&[regular(8.0), regular(7.0)], left, y + 3.4, 178.0, &parity)?;
        // From 30 mm below the top to 30 mm above the bottom.
        let slope = (paper.height() - 68.0) * page as f32 / (all.max(2) - 1) as f32;
        document.cells(right + 6.0, 30.0 + slope, 2.0, 2, &[true; 8]);
        if self.copy.mode == Mode::Rehearsal {
            flow::rehearsal(document)?;
        }
        Ok(())
    }
}

/// The modules of a text. Of a whole block, which is as good as random, one mask is as good as another; a short one is filled
/// up with a pattern, and the best mask is sought.
fn modules(text: &str, whole: bool) -> Result<Vec<bool>, Refusal> {
    let version = Version::Normal(VERSION);
    let mut bits = Bits::new(version);
    bits.push_alphanumeric_data(text.as_bytes()).map_err(unfit)?;
    bits.push_terminator(LEVEL).map_err(unfit)?;
    let (data, correction) = qrcode::ec::construct_codewords(&bits.into_bytes(), version, LEVEL).map_err(unfit)?;
    let mut canvas = Canvas::new(version, LEVEL);
    canvas.draw_all_functional_patterns();
    canvas.draw_data(&data, &correction);
    let canvas = if whole {
        canvas.apply_mask(MaskPattern::Checkerboard);
        canvas
    } else {
        canvas.apply_best_mask()
    };
    let dark = canvas
        .into_colors()
        .into_iter()
        .map(|color| color == qrcode::Color::Dark);
    Ok(dark.collect())
}

fn unfit(_: qrcode::types::QrError) -> Refusal {
    Refusal::new(Rule::Internal, "a code of the vault copy does not hold its block")
}
