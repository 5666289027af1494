//! Inputs that are nearly right: a seed, altered a few times, the same ones for the same number.

#![allow(unreachable_pub, reason = "two harnesses share it")]

use super::sample::Seeded;

/// What parsers fall over: lengths, signs, ends, depths.
const WORDS: &[&[u8]] = &[
    b"\0",
    b"\xff",
    b"\n",
    b"\r\n",
    b"\"",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b"<<",
    b">>",
    b"0",
    b"-1",
    b"1",
    b"255",
    b"256",
    b"65535",
    b"65536",
    b"4294967295",
    b"4294967296",
    b"9223372036854775807",
    b"18446744073709551616",
    b"1e999",
    b"NaN",
    b"true",
    b"null",
    b"\xe2\x80\xae",
    b"\xf0\x9f\x92\xa9",
    b"\xcc\x81",
    b"%00",
    b"%",
    b"../",
    b"/",
    b"secret=",
    b"stream",
    b"endobj",
    b"1 0 R",
    b"2 0 R",
    b"/Kids",
    b"/Length",
    b"IDAT",
    b"IHDR",
    b"\x00\x00\x00\x00",
    b"\x7f\xff\xff\xff",
    b"\xff\xff\xff\xff",
    b"QQQQQQ",
];

/// Input `number` made of these seeds.
pub fn input(seeds: &[Vec<u8>], name: &str, number: usize) -> Vec<u8> {
    let mut stream = Seeded::new(&format!("{name} {number}"));
    let mut bytes = seeds[stream.below(seeds.len())].clone();
    for _ in 0..=stream.below(6) {
        alter(&mut bytes, &mut stream, seeds);
    }
    bytes.truncate(1 << 20);
    bytes
}

fn alter(bytes: &mut Vec<u8>, stream: &mut Seeded, seeds: &[Vec<u8>]) {
    let at = stream.below(bytes.len() + 1);
    let run = stream.below(16).min(bytes.len() - at);
    match stream.below(10) {
        0 if at < bytes.len() => bytes[at] ^= 1 << stream.below(8),
        1 if at < bytes.len() => bytes[at] = stream.below(256) as u8,
        2 => {
            let word = WORDS[stream.below(WORDS.len())];
            bytes.splice(at..at, word.iter().copied());
        }
        3 => {
            let word = WORDS[stream.below(WORDS.len())];
            bytes.splice(at..at + run, word.iter().copied());
        }
        4 => drop(bytes.drain(at..at + run)),
        5 => {
            let copied = bytes[at..at + run].to_vec();
            let to = stream.below(bytes.len() + 1);
            bytes.splice(to..to, copied);
        }
        6 => bytes.truncate(at),
        7 => {
            let other = &seeds[stream.below(seeds.len())];
            let from = stream.below(other.len() + 1);
            bytes.truncate(at);
            bytes.extend_from_slice(&other[from..]);
        }
        8 => {
            // One piece over and over: depth, and work.
            let copied = bytes[at..at + run].to_vec();
            let often = 1 << stream.below(12);
            bytes.splice(at..at, copied.repeat(often));
        }
        _ if at < bytes.len() => {
            let small = [0, 1, 0x7f, 0x80, 0xff, b'9', b'A', b' '];
            bytes[at] = small[stream.below(small.len())];
        }
        _ => {}
    }
}
