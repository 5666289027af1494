//! What is left of a share's code that no reader reads: block by block, from every copy of it on the page.
//!
//! A QR code corrects its bytes in blocks, each for itself (ISO/IEC 18004, 7.5), and a reader gives up where one is beyond
//! correction. Both codes of a sheet say the same: what the one lost the other may have, and what both lost is little to type.
//!
//! Rules of this file:
//! - only corrected blocks count: a symbol is known or it is `?`, never a guess;
//! - blocks are put together where codes agree in size, level and every block that both have; others stand for themselves;
//! - two codes are also read as one, along many lines: what lies on one side from this code, the other side from that one;
//! - what comes out is judged by the checksums of its lines like whatever is typed.

use super::decode::{halved, local_threshold};
use super::quiet::quietly;
use super::raster::Picture;
use crate::code::share_lines::Line;
use crate::secret::SecretText;
use rxing::common::reedsolomon::{PredefinedGenericGF, ReedSolomonDecoder};
use rxing::common::{BitMatrix, DetectorRXingResult as _, HybridBinarizer};
use rxing::multi::qrcode::detector::MultiDetector;
use rxing::qrcode::decoder::{BitMatrixParser, DataBlock};
use rxing::{BinaryBitmap, DecodeHints, Luma8Source};
use zeroize::Zeroizing;

/// What was gathered of the codes of one page.
#[derive(Default)]
pub(super) struct Salvage {
    codes: Vec<Code>,
    grids: Vec<Grid>,
}

/// The lines of a share as far as they could be read.
pub(super) enum Remains {
    /// The text of the code.
    Whole(SecretText),
    /// Its lines, `?` for each symbol that is lost.
    Lines(SecretText),
}

/// The modules of one code as they were seen, row by row.
struct Grid {
    side: u32,
    dark: Zeroizing<Vec<bool>>,
}

/// A line through a code: its distance from the middle, and the direction in which that is measured.
struct Halving {
    across: f32,
    down: f32,
    off: f32,
    middle: f32,
}

impl Halving {
    /// Lines of eight directions, six modules apart.
    fn all(side: u32) -> impl Iterator<Item = Self> {
        const DIRECTIONS: u8 = 8;
        let middle = side as f32 / 2.0;
        (0..DIRECTIONS).flat_map(move |number| {
            let angle = std::f32::consts::PI * f32::from(number) / f32::from(DIRECTIONS);
            (-4_i8..=4).map(move |step| Self {
                across: angle.cos(),
                down: angle.sin(),
                off: 6.0 * f32::from(step),
                middle,
            })
        })
    }

    fn is_before(&self, x: u32, y: u32) -> bool {
        (x as f32 - self.middle) * self.across + (y as f32 - self.middle) * self.down < self.off
    }
}

/// The most codes of a page that are mixed with each other: two as they stand, and as the steps of help show them.
const GRIDS_MAX: usize = 6;

/// One code in blocks; those that are known.
struct Code {
    /// Modules a side, and the number of the level of correction: what says how a code is divided.
    form: (u32, u8),
    blocks: Vec<Block>,
}

struct Block {
    length: usize,
    known: Option<Zeroizing<Vec<u8>>>,
}

impl Salvage {
    /// Adds what the codes of a picture of the page still say.
    pub(super) fn add(&mut self, picture: &Picture) {
        const STEPS: [fn(&Picture) -> Picture; 3] =
            [local_threshold, halved, |picture| local_threshold(&halved(picture))];
        self.add_codes(picture);
        for step in STEPS {
            if self.whole().is_some() {
                return;
            }
            self.add_codes(&step(picture));
        }
        self.mix();
    }

    /// What is left: of the code of which the most is known.
    pub(super) fn remains(&self) -> Option<Remains> {
        if let Some(text) = self.whole() {
            return Some(Remains::Whole(text));
        }
        let best = self.codes.iter().max_by_key(|code| code.known())?;
        best.lines().map(Remains::Lines)
    }

    fn add_codes(&mut self, picture: &Picture) {
        for grid in quietly(|| grids(picture)).unwrap_or_default() {
            let whole = grid.matrix(|x, y| grid.is_dark(x, y));
            quietly(|| code(whole?))
                .flatten()
                .into_iter()
                .for_each(|code| self.put(code));
            if self.grids.len() < GRIDS_MAX {
                self.grids.push(grid);
            }
        }
    }

    /// Every two codes as one, halved along lines of eight directions.
    fn mix(&mut self) {
        let grids = std::mem::take(&mut self.grids);
        let pairs = grids
            .iter()
            .enumerate()
            .flat_map(|(number, one)| grids[number + 1..].iter().map(move |other| (one, other)));
        for (one, other) in pairs.filter(|(one, other)| one.side == other.side) {
            for line in Halving::all(one.side) {
                for (first, second) in [(one, other), (other, one)] {
                    let mixed = first.matrix(|x, y| if line.is_before(x, y) { first } else { second }.is_dark(x, y));
                    if let Some(code) = quietly(|| code(mixed?)).flatten() {
                        self.put(code);
                    }
                    if self.whole().is_some() {
                        return;
                    }
                }
            }
        }
    }

    fn whole(&self) -> Option<SecretText> {
        let mut texts = self.codes.iter().filter_map(Code::text);
        texts.find(|text| text.expose(|text| !text.contains('?')))
    }

    fn put(&mut self, code: Code) {
        match self.codes.iter_mut().find(|known| known.agrees(&code)) {
            Some(known) => known.join(code),
            None => self.codes.push(code),
        }
    }
}

impl Code {
    fn known(&self) -> usize {
        let known = self.blocks.iter().filter(|block| block.known.is_some());
        known.map(|block| block.length).sum()
    }

    fn agrees(&self, other: &Self) -> bool {
        let mut both = self.blocks.iter().zip(&other.blocks);
        self.form == other.form
            && both.all(|(a, b)| match (&a.known, &b.known) {
                (Some(a), Some(b)) => **a == **b,
                _ => true,
            })
    }

    fn join(&mut self, other: Self) {
        for (mine, theirs) in self.blocks.iter_mut().zip(other.blocks) {
            if mine.known.is_none() {
                mine.known = theirs.known;
            }
        }
    }

    /// The text of the code, `?` for what is lost; nothing where it is no code of a share.
    fn text(&self) -> Option<SecretText> {
        let size = Size::of(self.form.0)?;
        let bytes = self.blocks.iter().flat_map(|block| {
            let known = block.known.as_ref();
            (0..block.length).map(move |at| known.map(|known| known[at]))
        });
        let bytes = Zeroizing::new(bytes.collect::<Vec<Option<u8>>>());
        let header = bits(&bytes, 0, 4 + size.count_bits);
        // Alphanumeric mode, and the number of symbols (7.4.4).
        if header.is_some_and(|header| header != 2 << size.count_bits | size.symbols as u32) {
            return None;
        }
        Some(SecretText::build(size.symbols, |text| {
            for at in (0..size.symbols).step_by(2) {
                let from = 4 + size.count_bits + at / 2 * 11;
                if at + 1 < size.symbols {
                    let pair = bits(&bytes, from, 11);
                    text.push(symbol(pair.map(|pair| pair / 45)));
                    text.push(symbol(pair.map(|pair| pair % 45)));
                } else {
                    text.push(symbol(bits(&bytes, from, 6)));
                }
            }
        }))
    }

    /// The lines of the share, each behind its letter; nothing where nothing is known.
    fn lines(&self) -> Option<SecretText> {
        const PREFIX: usize = 3;
        if self.known() == 0 {
            return None;
        }
        let text = self.text()?;
        Some(text.expose(|text| {
            SecretText::build(text.len() + 16, |lines| {
                let mut at = 0;
                for line in Line::ALL {
                    let from = at + PREFIX;
                    let Some(symbols) = text.get(from..from + line.symbols()) else {
                        break;
                    };
                    lines.push_str(["A: ", "B: ", "C: "][usize::from(line.number())]);
                    lines.push_str(symbols);
                    lines.push('\n');
                    // A slash stands between two lines.
                    at = from + line.symbols() + 1;
                }
            })
        }))
    }
}

/// The two forms that the code of a share has.
struct Size {
    count_bits: usize,
    symbols: usize,
}

impl Size {
    fn of(side: u32) -> Option<Self> {
        match side {
            // Version 9, an open share; version 11, a locked one.
            53 => Some(Self {
                count_bits: 9,
                symbols: 167,
            }),
            61 => Some(Self {
                count_bits: 11,
                symbols: 243,
            }),
            _ => None,
        }
    }
}

impl Grid {
    fn of(modules: &BitMatrix) -> Self {
        let side = modules.width();
        let places = (0..side).flat_map(|y| (0..side).map(move |x| (x, y)));
        Self {
            side,
            dark: Zeroizing::new(places.map(|(x, y)| modules.get(x, y)).collect()),
        }
    }

    fn is_dark(&self, x: u32, y: u32) -> bool {
        self.dark[(y * self.side + x) as usize]
    }

    fn matrix(&self, is_dark: impl Fn(u32, u32) -> bool) -> Option<BitMatrix> {
        let mut matrix = BitMatrix::with_single_dimension(self.side).ok()?;
        for y in 0..self.side {
            (0..self.side).filter(|x| is_dark(*x, y)).for_each(|x| matrix.set(x, y));
        }
        Some(matrix)
    }
}

/// The modules of every code in the picture.
fn grids(picture: &Picture) -> Vec<Grid> {
    let Ok(source) = Luma8Source::new_with_slice(picture.pixels(), picture.width(), picture.height()) else {
        return Vec::new();
    };
    let hints = DecodeHints {
        TryHarder: Some(true),
        ..DecodeHints::default()
    };
    let bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
    let found = MultiDetector::new(bitmap.get_black_matrix()).detectMulti(&hints);
    let found = found.unwrap_or_default();
    found.iter().map(|found| Grid::of(found.getBits())).collect()
}

/// The code, with those of its blocks that can be corrected; nothing where none can.
fn code(modules: BitMatrix) -> Option<Code> {
    let mut parser = BitMatrixParser::new(modules).ok()?;
    let version = parser.readVersion().ok()?;
    let level = parser.readFormatInformation().ok()?.getErrorCorrectionLevel();
    let codewords = Zeroizing::new(parser.readCodewords().ok()?);
    let blocks = DataBlock::getDataBlocks(&codewords, version, level).ok()?;
    let corrector = ReedSolomonDecoder::new(PredefinedGenericGF::QrCodeField256.into());
    let blocks = blocks.iter().map(|block| {
        let length = block.getNumDataCodewords() as usize;
        let mut bytes = Zeroizing::new(block.getCodewords().to_vec());
        let corrections = i32::try_from(bytes.len() - length).unwrap_or(0);
        let corrected = corrector.decode(&mut bytes, corrections).is_ok();
        bytes.truncate(length);
        Block {
            length,
            known: corrected.then_some(bytes),
        }
    });
    let code = Code {
        form: (version.getDimensionForVersion(), level.get_value()),
        blocks: blocks.collect(),
    };
    (code.known() > 0).then_some(code)
}

/// `count` bits from bit `from` on, where all of their bytes are known.
fn bits(bytes: &[Option<u8>], from: usize, count: usize) -> Option<u32> {
    (from..from + count).try_fold(0, |value, at| {
        let byte = (*bytes.get(at / 8)?)?;
        Some(value << 1 | u32::from(byte >> (7 - at % 8) & 1))
    })
}

fn symbol(value: Option<u32>) -> char {
    const ALPHANUMERIC: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    let known = value.and_then(|value| ALPHANUMERIC.get(value as usize));
    known.map_or('?', |byte| char::from(*byte))
}
