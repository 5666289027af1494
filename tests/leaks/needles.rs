//! Every form in which a secret could lie somewhere.

use data_encoding::{BASE32_NOPAD, BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};

/// One secret, by a name that says what it is and not what it says.
pub struct Needle {
    pub name: String,
    pub bytes: Vec<u8>,
}

impl Needle {
    pub fn new(name: impl Into<String>, bytes: &[u8]) -> Self {
        Self {
            name: name.into(),
            bytes: bytes.to_vec(),
        }
    }
}

/// How many forms there are.
pub const FORMS: usize = 16;

/// The forms of one secret, each of eight bytes or more: what is shorter is found by chance.
pub fn forms(secret: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let wide = |width: usize| -> Vec<u8> {
        let widened = |byte: &u8| {
            std::iter::once(*byte)
                .chain(std::iter::repeat_n(0, width - 1))
                .collect::<Vec<u8>>()
        };
        secret.iter().flat_map(widened).collect()
    };
    let half = secret.len() / 2;
    let symbols: Vec<u8> = String::from_utf8_lossy(secret)
        .bytes()
        .filter_map(|byte| strongroom::ident::ALPHABET.iter().position(|symbol| *symbol == byte))
        .map(|value| value as u8)
        .collect();
    let lower = |text: String| text.to_ascii_lowercase().into_bytes();
    let mut all: Vec<(&'static str, Vec<u8>)> = vec![
        ("raw", secret.to_vec()),
        ("reversed", secret.iter().rev().copied().collect()),
        ("first half", secret[..half].to_vec()),
        ("second half", secret[half..].to_vec()),
        ("small letters", secret.to_ascii_lowercase()),
        ("capitals", secret.to_ascii_uppercase()),
        ("hexadecimal", HEXLOWER.encode(secret).into_bytes()),
        ("hexadecimal capitals", HEXUPPER.encode(secret).into_bytes()),
        ("base64", BASE64_NOPAD.encode(secret).into_bytes()),
        ("base64url", BASE64URL_NOPAD.encode(secret).into_bytes()),
        ("base32", BASE32_NOPAD.encode(secret).into_bytes()),
        ("base32 small", lower(BASE32_NOPAD.encode(secret))),
        ("utf-16", wide(2)),
        ("utf-32", wide(4)),
        ("base45", base45::encode(secret).into_bytes()),
        ("symbol values", symbols),
    ];
    assert_eq!(all.len(), FORMS);
    let mut seen = std::collections::BTreeSet::new();
    all.retain(|(_, form)| {
        let distinct: std::collections::BTreeSet<&u8> = form.iter().collect();
        form.len() >= 8 && distinct.len() >= 4 && seen.insert(form.clone())
    });
    all
}
