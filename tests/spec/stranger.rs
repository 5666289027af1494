//! Whoever has docs/spec.md, and not the program.

use curve25519_dalek::scalar::Scalar;
use sha2::Sha256;
use strongroom::ident::ALPHABET;

/// The pseudo-code of the document, line by line.
pub(crate) fn polymod(mut residue: u128, values: &[u8]) -> u128 {
    const GEN: [u128; 5] = [
        0x1_9dc5_00ce_73fd_e210,
        0x1_bfae_00de_f77f_e529,
        0x1_fbd9_20ff_fe7b_ee52,
        0x1_7396_40bd_eee3_fdad,
        0x0_7729_a039_cfc7_5f5a,
    ];
    for value in values {
        let top = residue >> 60;
        residue = (residue & 0x0fff_ffff_ffff_ffff) << 5 ^ u128::from(*value);
        for (bit, generator) in GEN.iter().enumerate() {
            if top >> bit & 1 == 1 {
                residue ^= generator;
            }
        }
    }
    residue
}

pub(crate) fn expanded(letters: &str) -> Vec<u8> {
    let letters = letters.to_lowercase();
    letters
        .bytes()
        .map(|c| c >> 5)
        .chain([0])
        .chain(letters.bytes().map(|c| c & 31))
        .collect()
}

pub(crate) fn closed(letters: &str, data: &[u8]) -> Vec<u8> {
    let all: Vec<u8> = [expanded(letters), data.to_vec(), vec![0; 13]].concat();
    let check = polymod(1, &all) ^ 0x1_0ce0_795c_2fd1_e62a;
    data.iter()
        .copied()
        .chain((0..13).map(|i| (check >> (5 * (12 - i)) & 31) as u8))
        .collect()
}

/// Whoever has the document, and not the program.
pub(crate) struct Stranger {
    pub(crate) secret: [u8; 32],
    pub(crate) blinder: [u8; 32],
}

impl Stranger {
    /// What the values and the blinders of a quorum combine to.
    pub(crate) fn of(values: &[(u8, [u8; 32])], blinders: &[(u8, [u8; 32])]) -> Self {
        Self {
            secret: at_zero(values).to_bytes(),
            blinder: at_zero(blinders).to_bytes(),
        }
    }

    /// HKDF-SHA-256 of the secret, without a salt.
    pub(crate) fn expand(&self, info: &str) -> [u8; 32] {
        let mut out = [0; 32];
        hkdf::Hkdf::<Sha256>::new(None, &self.secret)
            .expand(info.as_bytes(), &mut out)
            .unwrap();
        out
    }
}

/// Lagrange at 0.
pub(crate) fn at_zero(points: &[(u8, [u8; 32])]) -> Scalar {
    points.iter().fold(Scalar::ZERO, |sum, (i, value)| {
        let others = points.iter().filter(|(j, _)| j != i);
        let weight = others.fold(Scalar::ONE, |product, (j, _)| {
            product * Scalar::from(*j) * (Scalar::from(*j) - Scalar::from(*i)).invert()
        });
        sum + weight * Scalar::from_canonical_bytes(*value).unwrap()
    })
}

/// A line of the document's table: version, kind, then the fields.
pub(crate) fn fields(letters: &str, line: &str) -> Vec<u8> {
    let values: Vec<u8> = line
        .bytes()
        .map(|c| ALPHABET.iter().position(|a| *a == c).unwrap() as u8)
        .collect();
    assert_eq!(
        polymod(polymod(1, &expanded(letters)), &values),
        0x1_0ce0_795c_2fd1_e62a,
        "the checksum of {line}"
    );
    let data = &values[..values.len() - 13];
    data.iter()
        .flat_map(|value| (0..5).rev().map(move |bit| value >> bit & 1))
        .collect()
}

pub(crate) fn bytes_of(bits: &[u8]) -> Vec<u8> {
    bits.chunks(8)
        .map(|byte| byte.iter().fold(0, |all, bit| all << 1 | bit))
        .collect()
}
