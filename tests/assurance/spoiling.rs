//! Real sheets, spoiled: what a scanner, a telephone, a fax, a fold, a cup and a pair of scissors do to them.
//!
//! Each picture is read by the program, by `zbarimg`, and by the first reader alone, at the picture's own size.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::cast_possible_wrap,
    clippy::suboptimal_flops,
    clippy::many_single_char_names,
    clippy::struct_excessive_bools,
    clippy::let_and_return,
    reason = "each test file uses a part of this; a test may stop at the first surprise"
)]

use crate::common::run_with;
use crate::sample::{Of, Sample, Seeded, code, secret};
use std::fmt::Write as _;
use strongroom::code::reading::read_text;
use strongroom::code::share_code::PaperShare;
use strongroom::code::share_lines::Line;
use strongroom::ident::{Mode, Serial};
use strongroom::paper::page::PaperSize;
use strongroom::paper::sheet::{self, SecretLines, ShareSheet};
use strongroom::paper::{raster, recoverer, scan};
use strongroom::plan::Factor;
use strongroom::secret::SecretBytes;

/// A real sheet, and the text of its codes.
pub struct Sheet {
    pub pdf: SecretBytes,
    pub code: String,
    pub paper: PaperSize,
}

/// A sheet of a share dealt from a seed of its own.
pub fn sheet_of(number: usize) -> Sheet {
    let paper = if number % 4 < 2 {
        PaperSize::A4
    } else {
        PaperSize::Letter
    };
    sheet_in(number, paper, number % 8 == 7)
}

/// As [`sheet_of`], on this paper, with or without a passphrase.
fn sheet_in(number: usize, paper: PaperSize, locked: bool) -> Sheet {
    let (sample, share) = dealt(number, locked);
    Sheet {
        pdf: drawn(&sample, &share, paper),
        code: code(&share),
        paper,
    }
}

fn dealt(number: usize, locked: bool) -> (Sample, PaperShare) {
    let of = Of {
        mode: if number.is_multiple_of(2) {
            Mode::Production
        } else {
            Mode::Rehearsal
        },
        name: "root-password",
        purpose: Factor::Password,
        region: None,
        threshold: "3-of-5".to_string(),
    };
    let sample = Sample::deal(&format!("spoiled {number}"), &of);
    let share = if locked {
        sample.locked(
            2,
            "abandon ability able about above absent absorb",
            Seeded::new("spoiled").bytes(),
        )
    } else {
        sample.paper(1 + (number % 5) as u8)
    };
    (sample, share)
}

fn drawn(sample: &Sample, share: &PaperShare, paper: PaperSize) -> SecretBytes {
    let wording = sheet::wording().unwrap_or_else(|refusal| panic!("{refusal}"));
    let (lines, hex, hash) = (share.lines(), sample.fingerprint.hex_grouped(), recoverer::sha256());
    let sheet = ShareSheet {
        organisation: "Example Corp",
        custodian: "Łukasz Wójcik",
        set: &sample.core.name,
        purpose: "root passwords",
        threshold: sample.core.threshold,
        index: share.head.index,
        epoch: sample.core.epoch,
        dealt: jiff::civil::date(2026, 11, 24),
        safe: Some(&"fra-1".parse().unwrap()),
        serial: Serial::from_bits(0x1234_5678 & 0x3fff_ffff),
        words: sample.fingerprint.words(),
        fingerprint_hex: &hex,
        faces: strongroom::paper::faces::Faces::OWN,
        mode: sample.mode,
        paper,
        recoverer_sha256: Some(&hash),
        template: &wording,
    };
    let qr_text = lines.qr_text();
    let secrets = SecretLines {
        qr_text: &qr_text,
        a: lines.line(Line::A).unwrap(),
        b: lines.line(Line::B).unwrap(),
        c: lines.line(Line::C),
    };
    sheet::render(&sheet, &secrets, &secret(Seeded::new("spoiled tint").bytes())).unwrap_or_else(|r| panic!("{r}"))
}

/// `count` share sheets, drawn and not read back: median milliseconds of this thread's processor time and of the clock, which a busy
/// machine stretches; the bytes of the largest.
pub fn drawing(count: usize) -> (f64, f64, usize) {
    let forms = FORMS.map(|(paper, locked)| (paper, dealt(1, locked)));
    let (mut worked, mut passed, mut bytes) = (Vec::new(), Vec::new(), 0);
    for number in 0..count {
        let (paper, (sample, share)) = &forms[number % FORMS.len()];
        let (before, started) = (processor_ms(), std::time::Instant::now());
        let pdf = drawn(sample, share, *paper);
        passed.push(started.elapsed().as_secs_f64() * 1000.0);
        worked.push(processor_ms() - before);
        bytes = bytes.max(pdf.expose(<[u8]>::len));
    }
    let median = |mut times: Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[count / 2]
    };
    (median(worked), median(passed), bytes)
}

/// How long this thread has had a processor (proc(5), `schedstat`).
fn processor_ms() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    let nanoseconds: u64 = text.split(' ').next().unwrap().parse().unwrap();
    nanoseconds as f64 / 1e6
}

/// Both papers, open and locked.
const FORMS: [(PaperSize, bool); 4] = [
    (PaperSize::A4, false),
    (PaperSize::A4, true),
    (PaperSize::Letter, false),
    (PaperSize::Letter, true),
];

/// Grey, row by row.
#[derive(Clone)]
pub struct Grey {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
    dpi: f32,
}

/// A picture of a sheet at this resolution.
pub fn picture(sheet: &Sheet, dpi: f32) -> Grey {
    let png = raster::png_of(&sheet.pdf, 0, dpi).unwrap_or_else(|refusal| panic!("{refusal}"));
    let image = png.expose(|png| image::load_from_memory(png).unwrap().into_luma8());
    Grey {
        width: image.width() as usize,
        height: image.height() as usize,
        pixels: image.into_raw(),
        dpi,
    }
}

/// Numbers that look random and are the same each time (xorshift).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn within(&mut self, from: f32, to: f32) -> f32 {
        from + (to - from) * ((self.next() >> 40) as f32 / (1 << 24) as f32)
    }
}

type Spoil = fn(&Grey, &mut Dice) -> Grey;

/// Every way to spoil a sheet.
pub const KINDS: [(&str, f32, Spoil); 14] = [
    ("clean, 150 dpi", 150.0, |page, _| page.clone()),
    ("rotation, any angle", 200.0, |page, dice| {
        turned(page, dice.within(0.0, 360.0))
    }),
    ("perspective", 200.0, perspective),
    ("blur", 200.0, |page, dice| blurred(page, dice.within(0.3, 1.6))),
    ("noise", 200.0, |page, dice| {
        let strength = dice.within(20.0, 120.0);
        noisy(page, strength, dice)
    }),
    ("low contrast", 150.0, |page, dice| {
        let low = dice.within(90.0, 150.0);
        faded(page, low, low + dice.within(25.0, 60.0))
    }),
    ("shading", 150.0, shaded),
    ("JPEG", 150.0, |page, dice| jpeg(page, dice.within(8.0, 40.0) as u8)),
    ("fax, 1 bit, 150 dpi", 150.0, |page, dice| {
        let noise = dice.within(0.0, 70.0);
        one_bit(&noisy(page, noise, dice), 128)
    }),
    ("folds through the code", 200.0, folded),
    ("stains, 5 mm grid", 150.0, |page, dice| spotted(page, dice, 60)),
    ("holes, 5 mm grid", 150.0, |page, dice| spotted(page, dice, 255)),
    ("torn: one code and a half", 150.0, torn),
    ("a telephone in poor light", 200.0, |page, dice| {
        let tilted = perspective(&turned(page, dice.within(-25.0, 25.0)), dice);
        let soft = blurred(&shaded(&tilted, dice), dice.within(0.3, 1.0));
        let grainy = noisy(&soft, 25.0, dice);
        jpeg(&grainy, 45)
    }),
];

/// What was read of the pictures of one kind.
#[derive(Clone, Default)]
pub struct Row {
    pub kind: &'static str,
    pub pictures: usize,
    pub program: usize,
    pub zbarimg: usize,
    pub rxing: usize,
    pub wrong: usize,
}

/// Spoils `each` pictures of each kind.
pub fn attempt(each: usize) -> Vec<Row> {
    let work = std::sync::Mutex::new((0..KINDS.len() * each).collect::<Vec<_>>());
    let rows = std::sync::Mutex::new(vec![Row::default(); KINDS.len()]);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(number) = {
                    let next = work.lock().unwrap().pop();
                    next
                } {
                    let (kind, name, spoil) = (
                        number % KINDS.len(),
                        KINDS[number % KINDS.len()].0,
                        KINDS[number % KINDS.len()].2,
                    );
                    let sheet = sheet_of(number / KINDS.len());
                    let mut dice = Dice::new(number as u64 + 1);
                    let spoiled = spoil(&picture(&sheet, KINDS[kind].1), &mut dice);
                    let read = Read::of(&spoiled, &sheet, number);
                    let mut rows = rows.lock().unwrap();
                    let row = &mut rows[kind];
                    row.kind = name;
                    row.pictures += 1;
                    row.program += usize::from(read.program);
                    row.zbarimg += usize::from(read.zbarimg);
                    row.rxing += usize::from(read.rxing);
                    row.wrong += usize::from(read.wrong);
                }
            });
        }
    });
    rows.into_inner().unwrap()
}

/// The rows as a table of Markdown, with their sum.
pub fn table(rows: &[Row]) -> String {
    let mut out =
        String::from("| spoiled by | pictures | program | zbarimg | rxing | wrong |\n|---|---|---|---|---|---|\n");
    let mut line = |row: &Row| {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} |",
            row.kind, row.pictures, row.program, row.zbarimg, row.rxing, row.wrong
        );
    };
    rows.iter().for_each(&mut line);
    line(&sum(rows));
    out
}

pub fn sum(rows: &[Row]) -> Row {
    rows.iter().fold(
        Row {
            kind: "all",
            ..Row::default()
        },
        |sum, row| Row {
            kind: sum.kind,
            pictures: sum.pictures + row.pictures,
            program: sum.program + row.program,
            zbarimg: sum.zbarimg + row.zbarimg,
            rxing: sum.rxing + row.rxing,
            wrong: sum.wrong + row.wrong,
        },
    )
}

struct Read {
    program: bool,
    zbarimg: bool,
    rxing: bool,
    wrong: bool,
}

impl Read {
    fn of(picture: &Grey, sheet: &Sheet, number: usize) -> Self {
        let png = picture.png();
        let pages = scan::codes(&png).unwrap_or_default();
        let texts: Vec<String> = pages
            .iter()
            .flat_map(|page| &page.codes)
            .map(|code| code.expose(str::to_string))
            .collect();
        // A text that is no share is refused further on; one that is another share would be a wrong one.
        let wrong = texts.iter().filter(|text| **text != sheet.code).any(|text| {
            [Mode::Production, Mode::Rehearsal]
                .into_iter()
                .any(|mode| read_text(text, mode).iter().any(Result::is_ok))
        });
        Self {
            program: texts.contains(&sheet.code),
            zbarimg: by_zbarimg(&png, number).contains(&sheet.code),
            rxing: by_rxing(picture).contains(&sheet.code),
            wrong,
        }
    }
}

fn by_zbarimg(png: &[u8], number: usize) -> Vec<String> {
    by_zbarimg_with(&[], png, number)
}

/// What asks `zbarimg` for QR codes. Asked for all it knows, it twice read short bar codes out of the print as well, beside both codes:
/// numbers 716 and 770 of [`clean`] at 300 dpi.
const QR_ONLY: [&str; 2] = ["-Sdisable", "-Sqrcode.enable"];

fn by_zbarimg_with(options: &[&str], png: &[u8], number: usize) -> Vec<String> {
    let file = format!("/dev/shm/strongroom-spoiled-{}-{number}.png", std::process::id());
    std::fs::write(&file, png).unwrap();
    let read = run_with("zbarimg", &[&["-q", "--raw"], options, &[file.as_str()]].concat(), b"").out;
    std::fs::remove_file(&file).unwrap();
    read.lines().map(str::to_string).collect()
}

/// The first reader alone, as it comes.
fn by_rxing(picture: &Grey) -> Vec<String> {
    use rxing::common::HybridBinarizer;
    use rxing::multi::MultipleBarcodeReader as _;
    use rxing::multi::qrcode::QRCodeMultiReader;
    use rxing::{BinaryBitmap, DecodeHints, Luma8Source};
    let read = std::panic::catch_unwind(|| {
        let source = Luma8Source::new_with_slice(&picture.pixels, picture.width as u32, picture.height as u32).ok()?;
        let hints = DecodeHints {
            TryHarder: Some(true),
            ..DecodeHints::default()
        };
        let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
        QRCodeMultiReader::new()
            .decode_multiple_with_hints(&mut bitmap, &hints)
            .ok()
    });
    let codes = read.ok().flatten().unwrap_or_default();
    codes.iter().map(|code| code.getText().to_string()).collect()
}

impl Grey {
    fn png(&self) -> Vec<u8> {
        let mut png = std::io::Cursor::new(Vec::new());
        image::GrayImage::from_raw(self.width as u32, self.height as u32, self.pixels.clone())
            .unwrap()
            .write_to(&mut png, image::ImageFormat::Png)
            .unwrap();
        png.into_inner()
    }

    /// Between pixels, white outside.
    fn at(&self, x: f32, y: f32) -> f32 {
        let pixel = |x: f32, y: f32| {
            if x < 0.0 || y < 0.0 || x >= self.width as f32 || y >= self.height as f32 {
                255.0
            } else {
                f32::from(self.pixels[y as usize * self.width + x as usize])
            }
        };
        let (left, top) = (x.floor(), y.floor());
        let (right, down) = (x - left, y - top);
        let row = |y: f32| pixel(left, y) * (1.0 - right) + pixel(left + 1.0, y) * right;
        row(top) * (1.0 - down) + row(top + 1.0) * down
    }

    fn made(&self, width: usize, height: usize, from: impl Fn(f32, f32) -> (f32, f32)) -> Self {
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let (x, y) = from(x as f32, y as f32);
                pixels.push(self.at(x, y) as u8);
            }
        }
        Self {
            width,
            height,
            pixels,
            dpi: self.dpi,
        }
    }

    fn changed(&self, mut change: impl FnMut(f32, f32, f32) -> f32) -> Self {
        let mut other = self.clone();
        for (at, pixel) in other.pixels.iter_mut().enumerate() {
            let (x, y) = ((at % self.width) as f32, (at / self.width) as f32);
            *pixel = change(x, y, f32::from(*pixel)).clamp(0.0, 255.0) as u8;
        }
        other
    }

    fn millimetres(&self, pixels: f32) -> f32 {
        pixels / self.dpi * 25.4
    }
}

fn turned(page: &Grey, degrees: f32) -> Grey {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (w, h) = (page.width as f32, page.height as f32);
    let (width, height) = (
        (w * cos.abs() + h * sin.abs()) as usize + 2,
        (w * sin.abs() + h * cos.abs()) as usize + 2,
    );
    page.made(width, height, |x, y| {
        let (x, y) = (x - width as f32 / 2.0, y - height as f32 / 2.0);
        (x * cos + y * sin + w / 2.0, y * cos - x * sin + h / 2.0)
    })
}

fn perspective(page: &Grey, dice: &mut Dice) -> Grey {
    let (w, h) = (page.width as f32, page.height as f32);
    let (a, b) = (dice.within(-0.25, 0.25) / w, dice.within(-0.25, 0.25) / h);
    page.made(page.width, page.height, |x, y| {
        let (x, y) = (x - w / 2.0, y - h / 2.0);
        let depth = 1.0 + a * x + b * y;
        (x * 1.12 / depth + w / 2.0, y * 1.12 / depth + h / 2.0)
    })
}

/// Three times a box, as good as a bell.
fn blurred(page: &Grey, radius: f32) -> Grey {
    let mut other = page.clone();
    for _ in 0..3 {
        let before = other.clone();
        other = before.changed(|x, y, _| {
            let r = radius;
            (before.at(x - r, y) + before.at(x + r, y) + before.at(x, y - r) + before.at(x, y + r) + before.at(x, y))
                / 5.0
        });
    }
    other
}

fn noisy(page: &Grey, strength: f32, dice: &mut Dice) -> Grey {
    page.changed(|_, _, pixel| pixel + dice.within(-strength, strength))
}

fn faded(page: &Grey, dark: f32, light: f32) -> Grey {
    page.changed(|_, _, pixel| dark + pixel / 255.0 * (light - dark))
}

fn shaded(page: &Grey, dice: &mut Dice) -> Grey {
    let (angle, strength) = (dice.within(0.0, 6.3), dice.within(0.4, 0.85));
    let (sin, cos) = angle.sin_cos();
    let (w, h) = (page.width as f32, page.height as f32);
    page.changed(|x, y, pixel| {
        let along = ((x / w - 0.5) * cos + (y / h - 0.5) * sin + 0.7) / 1.4;
        pixel * (1.0 - strength * along.clamp(0.0, 1.0))
    })
}

fn jpeg(page: &Grey, quality: u8) -> Grey {
    let mut bytes = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, quality)
        .encode(
            &page.pixels,
            page.width as u32,
            page.height as u32,
            image::ExtendedColorType::L8,
        )
        .unwrap();
    Grey {
        pixels: image::load_from_memory(&bytes).unwrap().into_luma8().into_raw(),
        ..page.clone()
    }
}

fn one_bit(page: &Grey, threshold: u8) -> Grey {
    page.changed(|_, _, pixel| if pixel < f32::from(threshold) { 0.0 } else { 255.0 })
}

/// A crease through both codes: toner gone along it, the paper beside it moved and shaded.
fn folded(page: &Grey, dice: &mut Dice) -> Grey {
    let (h, slope) = (page.height as f32, dice.within(-0.06, 0.06));
    let (at, width, shift) = (
        h * dice.within(0.36, 0.66),
        dice.within(0.2, 0.9) / 25.4 * page.dpi,
        dice.within(-2.0, 2.0),
    );
    let below = |x: f32, y: f32| y - at - slope * x;
    let moved = page.made(page.width, page.height, |x, y| {
        (x + if below(x, y) > 0.0 { shift } else { 0.0 }, y)
    });
    moved.changed(|x, y, pixel| {
        let distance = below(x, y).abs();
        if distance < width / 2.0 {
            255.0 - (255.0 - pixel) * 0.15
        } else {
            pixel * (1.0 - 0.35 * (1.0 - distance / (20.0 * width)).max(0.0))
        }
    })
}

/// Two spots of 6 to 14 mm, their middles on a grid of 5 mm over the secret panel.
fn spotted(page: &Grey, dice: &mut Dice, tone: u8) -> Grey {
    let spot = |dice: &mut Dice| {
        let grid = |from: f32, to: f32, dice: &mut Dice| (dice.within(from, to) / 5.0).round() * 5.0;
        (
            grid(15.0, 195.0, dice),
            grid(100.0, 195.0, dice),
            dice.within(6.0, 14.0),
        )
    };
    let spots = [spot(dice), spot(dice)];
    page.changed(|x, y, pixel| {
        let (x, y) = (page.millimetres(x), page.millimetres(y));
        let hit = spots
            .iter()
            .any(|(a, b, r)| (x - a) * (x - a) + (y - b) * (y - b) < r * r);
        if !hit {
            pixel
        } else if tone == 255 {
            255.0
        } else {
            f32::from(tone) + pixel * 0.1
        }
    })
}

/// Everything at the left or the right of a line is gone.
fn torn(page: &Grey, dice: &mut Dice) -> Grey {
    let left = dice.next().is_multiple_of(2);
    let at = page.width as f32 * dice.within(0.3, 0.6);
    page.changed(|x, _, pixel| if (x < at) == left { 255.0 } else { pixel })
}

/// A sheet folded in three with a lamp behind it: what is printed on the panel over the secret lies upon it. The fold is off by
/// `shift` millimetres, across and down.
pub fn through_a_lamp(sheet: &Sheet, shift: (f32, f32)) -> Grey {
    let page = picture(sheet, 150.0);
    let (second, first) = match sheet.paper {
        PaperSize::A4 => (99.0, 199.0),
        PaperSize::Letter => (93.2, 187.2),
    };
    let pixels = |millimetres: f32| millimetres / 25.4 * page.dpi;
    let before = page.clone();
    page.changed(|x, y, pixel| {
        let down = before.millimetres(y);
        if down < second || down > first {
            return 255.0;
        }
        let over = before.at(x - pixels(shift.0), pixels(2.0 * first - down) - pixels(shift.1));
        pixel * over / 255.0
    })
}

/// How many codes the program and `zbarimg` find in a picture.
pub fn found(picture: &Grey, number: usize) -> (usize, usize) {
    let png = picture.png();
    let ours = scan::codes(&png).unwrap_or_default();
    (
        ours.iter().map(|page| page.codes.len()).sum(),
        by_zbarimg(&png, 20_000 + number).len(),
    )
}

/// Random sheets at 150 and 300 dpi: how many the program and `zbarimg` read, both codes alike.
#[derive(Default)]
pub struct Clean {
    pub program: usize,
    pub zbarimg: usize,
    /// Each picture that fell short, and what was read instead.
    pub short: Vec<String>,
}

/// Reads the sheets of these numbers.
pub fn clean(numbers: std::ops::Range<usize>) -> Clean {
    let work = std::sync::Mutex::new(numbers);
    let read = std::sync::Mutex::new(Clean::default());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(number) = {
                    let next = work.lock().unwrap().next();
                    next
                } {
                    let one = clean_sheet(10_000 + number);
                    let mut read = read.lock().unwrap();
                    read.program += one.program;
                    read.zbarimg += one.zbarimg;
                    read.short.extend(one.short);
                }
            });
        }
    });
    read.into_inner().unwrap()
}

fn clean_sheet(number: usize) -> Clean {
    let sheet = sheet_of(number);
    let (mut ours, mut theirs, mut short) = (true, true, Vec::new());
    for dpi in [150.0, 300.0] {
        let png = picture(&sheet, dpi).png();
        let pages = scan::codes(&png).unwrap_or_default();
        let codes = &pages[0].codes;
        if codes.is_empty() || !codes.iter().all(|code| code.expose(|code| code == sheet.code)) {
            ours = false;
            short.push(format!(
                "sheet {number} at {dpi} dpi: {} codes by the program",
                codes.len()
            ));
        }
        let read = by_zbarimg_with(&QR_ONLY, &png, number);
        if read.is_empty() || read.iter().any(|text| *text != sheet.code) {
            theirs = false;
            short.push(format!("sheet {number} at {dpi} dpi: {read:?} by zbarimg"));
        }
    }
    Clean {
        program: usize::from(ours),
        zbarimg: usize::from(theirs),
        short,
    }
}

/// A disc of a quarter of the secret panel, stained or cut out in turn, its middle on a grid of `step` millimetres over the panel of
/// both papers, open and locked: at how many places the share was read, of how many, and where it was not.
pub fn discs(step: f32) -> (usize, usize, Vec<String>) {
    let forms = FORMS.map(|(paper, locked)| sheet_in(1, paper, locked));
    let mut places = Vec::new();
    for (number, sheet) in forms.iter().enumerate() {
        let (width, second, first) = panel(sheet.paper);
        let count = |length: f32| (length / step) as u16;
        for row in 0..=count(first - second) {
            for column in 0..=count(width) {
                places.push((
                    number,
                    f32::from(column) * step,
                    second + f32::from(row) * step,
                    (row + column) % 2 == 0,
                ));
            }
        }
    }
    let all = places.len();
    let pages: Vec<Grey> = forms.iter().map(|sheet| picture(sheet, 150.0)).collect();
    let work = std::sync::Mutex::new(places);
    let lost = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some((number, x, y, stained)) = {
                    let next = work.lock().unwrap().pop();
                    next
                } {
                    let (sheet, page) = (&forms[number], &pages[number]);
                    let (width, second, first) = panel(sheet.paper);
                    let reach = width * (first - second) / 4.0 / std::f32::consts::PI;
                    let spoiled = page.changed(|a, b, pixel| {
                        let (a, b) = (page.millimetres(a) - x, page.millimetres(b) - y);
                        match (a * a + b * b < reach, stained) {
                            (false, _) => pixel,
                            (true, true) => 30.0,
                            (true, false) => 255.0,
                        }
                    });
                    let read = scan::codes(&spoiled.png()).unwrap_or_default();
                    let codes = read.iter().flat_map(|page| &page.codes);
                    if !codes.clone().any(|code| code.expose(|code| code == sheet.code)) {
                        lost.lock()
                            .unwrap()
                            .push(format!("form {number} at {x}, {y}, stained: {stained}"));
                    }
                }
            });
        }
    });
    let lost = lost.into_inner().unwrap();
    (all - lost.len(), all, lost)
}

/// Width of the paper, and the folds that the secret panel lies between.
fn panel(paper: PaperSize) -> (f32, f32, f32) {
    match paper {
        PaperSize::A4 => (210.0, 99.0, 199.0),
        PaperSize::Letter => (215.9, 93.2, 187.2),
    }
}
