//! Pictures that ask for memory or time.

use image::{ExtendedColorType, ImageEncoder as _};

/// By their names.
pub(super) fn all() -> Vec<(&'static str, Vec<u8>)> {
    let black = |side: u32, colour, depth: usize| png(side, side, colour, &vec![0; (side * side) as usize * depth]);
    vec![
        ("finders.png", finders(600)),
        ("more-finders.png", finders(3000)),
        ("black.png", black(8000, ExtendedColorType::L8, 1)),
        ("colours.png", black(8000, ExtendedColorType::Rgb8, 3)),
        ("depths.png", black(5000, ExtendedColorType::Rgba16, 8)),
        ("noise.png", noise(4000)),
        ("large.png", with_size(65_535)),
        ("profile.png", with_profile(1 << 30)),
    ]
}

fn png(width: u32, height: u32, colour: ExtendedColorType, pixels: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    image::codecs::png::PngEncoder::new(&mut bytes)
        .write_image(pixels, width, height, colour)
        .unwrap();
    bytes
}

/// The corner of a QR code, one pixel a module, again and again: each three of them could be a code.
pub(super) fn finders(side: u32) -> Vec<u8> {
    const CORNER: [&[u8; 9]; 9] = [
        b"1111111  ",
        b"1     1  ",
        b"1 111 1  ",
        b"1 111 1  ",
        b"1 111 1  ",
        b"1     1  ",
        b"1111111  ",
        b"         ",
        b"         ",
    ];
    let picture = image::GrayImage::from_fn(side, side, |x, y| {
        let is_dark = CORNER[(y % 9) as usize][(x % 9) as usize] == b'1';
        image::Luma([if is_dark { 0 } else { 255 }])
    });
    png(side, side, ExtendedColorType::L8, picture.as_raw())
}

fn noise(side: u32) -> Vec<u8> {
    let mut state = 1_u32;
    let pixels: Vec<u8> = (0..side * side)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .collect();
    png(side, side, ExtendedColorType::L8, &pixels)
}

/// A picture of one pixel that says that it has more.
fn with_size(side: u32) -> Vec<u8> {
    let mut bytes = png(1, 1, ExtendedColorType::L8, &[0]);
    bytes[16..20].copy_from_slice(&side.to_be_bytes());
    bytes[20..24].copy_from_slice(&side.to_be_bytes());
    let sum = crc(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&sum.to_be_bytes());
    bytes
}

/// A small picture whose colour profile unpacks to so many bytes.
fn with_profile(size: u64) -> Vec<u8> {
    let bytes = png(9, 9, ExtendedColorType::L8, &[255; 81]);
    let mut packed = b"iCCPx\0\0".to_vec();
    packed.extend(super::pdfs::packed_zeros(size));
    let mut chunk = u32::try_from(packed.len() - 4).unwrap().to_be_bytes().to_vec();
    chunk.extend(&packed);
    chunk.extend(crc(&packed).to_be_bytes());
    [&bytes[..33], &chunk, &bytes[33..]].concat()
}

/// CRC-32 as PNG has it.
fn crc(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}
