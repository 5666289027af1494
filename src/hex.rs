//! Lower-case hexadecimal, the one spelling of hashes and public bytes in files and on paper.

/// The bytes as lower-case digits.
pub fn encode(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// Exactly `N` bytes from `2·N` lower-case digits; anything else is nothing.
pub fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

/// Digits in groups of four, as paper and screens show them: `2e8f 9b7d a2d2`.
pub fn grouped(bytes: &[u8]) -> String {
    let digits = encode(bytes);
    let groups: Vec<&str> = (0..digits.len())
        .step_by(4)
        .map(|at| &digits[at..digits.len().min(at + 4)])
        .collect();
    groups.join(" ")
}

fn digit(symbol: u8) -> Option<u8> {
    match symbol {
        b'0'..=b'9' => Some(symbol - b'0'),
        b'a'..=b'f' => Some(symbol - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_spelling() {
        assert_eq!(decode::<2>("0aff"), Some([0x0a, 0xff]));
        for bad in ["0AFF", "0aff0", "0af", "0aéf", "+aff", ""] {
            assert_eq!(decode::<2>(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn groups_have_four_digits_and_the_last_what_is_left() {
        assert_eq!(grouped(&[0x2e, 0x8f, 0x9b]), "2e8f 9b");
    }
}
