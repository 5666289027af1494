//! Seeds and contact texts brought in: by file or standard input, as text or as a QR image, one or a list.
//!
//! Rules of this file:
//! - a list is lines of `ACCOUNT DEVICE otpauth-URI` (for contacts `ACCOUNT TEXT`), each record once;
//! - what cannot be read is refused by its line, and nothing of it is quoted.

use super::camera::{self, Frames};
use super::decoder::Decoder;
use super::input;
use crate::ceremony::enroll::Work;
use crate::ident::{AccountId, DeviceName};
use crate::plan::Factor;
use crate::refusal::{Refusal, Rule};
use crate::secret::SecretText;
use crate::vault::record::RecordName;
use std::collections::HashMap;
use std::path::Path;

/// What was brought, by the record that it is for.
pub struct Brought {
    one: Option<SecretText>,
    each: HashMap<RecordName, SecretText>,
}

impl Brought {
    /// Nothing: the secrets are generated.
    pub fn nothing() -> Self {
        Self {
            one: None,
            each: HashMap::new(),
        }
    }

    /// Whether something was brought for this record.
    pub fn has(&self, name: &RecordName) -> bool {
        self.one.is_some() || self.each.contains_key(name)
    }

    /// What was brought for this record. Each secret is used once.
    pub fn take(&mut self, name: &RecordName) -> Result<SecretText, Refusal> {
        let found = self.each.remove(name).or_else(|| self.one.take());
        found.ok_or_else(|| Refusal::new(Rule::InputMalformed, format!("nothing was brought for the {name}")))
    }
}

/// Reads `from` (`-` is standard input): a list for the records of `work`, or the one secret of its one record.
pub fn bring(from: &Path, list: bool, work: &[Work]) -> Result<Brought, Refusal> {
    let text = text_or_image(from)?;
    if !list {
        return Ok(Brought {
            one: Some(text),
            each: HashMap::new(),
        });
    }
    let factor = work.first().map_or(Factor::Mfa, |work| work.name.factor);
    let each = text.expose(|text| read_list(text, factor))?;
    Ok(Brought { one: None, each })
}

/// The one seed that a camera sees: the code that the provider shows on another screen.
pub fn seen(frames: &mut dyn Frames, decoder: &mut Decoder) -> Result<Brought, Refusal> {
    let mut one = None;
    camera::watch(frames, decoder, &mut |code| {
        one = Some(code);
        false
    })?;
    Ok(Brought {
        one,
        each: HashMap::new(),
    })
}

fn read_list(text: &str, factor: Factor) -> Result<HashMap<RecordName, SecretText>, Refusal> {
    let mut each = HashMap::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (name, secret) = read_line(line, factor).ok_or_else(|| malformed(number, factor))?;
        let shown = name.to_string();
        if each.insert(name, secret).is_some() {
            return Err(Refusal::new(
                Rule::InputMalformed,
                format!("line {number} of the list brings the {shown} a second time"),
            ));
        }
    }
    Ok(each)
}

fn read_line(line: &str, factor: Factor) -> Option<(RecordName, SecretText)> {
    let (account, rest) = line.split_once(char::is_whitespace)?;
    let account: AccountId = account.parse().ok()?;
    let (device, secret) = match factor {
        Factor::Mfa => {
            let (device, secret) = rest.trim_start().split_once(char::is_whitespace)?;
            (Some(device.parse::<DeviceName>().ok()?), secret)
        }
        Factor::Password | Factor::Contact => (None, rest),
    };
    let secret = secret.trim();
    let secret = SecretText::build(secret.len(), |out| out.push_str(secret));
    Some((
        RecordName {
            account,
            factor,
            device,
        },
        secret,
    ))
}

fn malformed(number: usize, factor: Factor) -> Refusal {
    let form = if factor == Factor::Mfa {
        "ACCOUNT DEVICE otpauth://…"
    } else {
        "ACCOUNT TEXT"
    };
    Refusal::new(
        Rule::InputMalformed,
        format!("line {number} of the list is not of the form {form}"),
    )
}

/// A text file as it is; of an image, the text of the one code on it.
fn text_or_image(from: &Path) -> Result<SecretText, Refusal> {
    let standard = from == Path::new("-");
    let bytes = if standard {
        input::standard_bytes(input::SCAN_MAX)?
    } else {
        input::file(from, input::SCAN_MAX)?
    };
    let place = if standard {
        "standard input".to_string()
    } else {
        from.display().to_string()
    };
    if !bytes.expose(is_image) {
        if bytes.len() > input::TEXT_MAX {
            return Err(Refusal::new(
                Rule::InputTooLarge,
                format!("{place} is larger than a list of seeds can be"),
            ));
        }
        return input::text(bytes, &place);
    }
    let mut codes: Vec<SecretText> = Decoder::default()
        .codes(&bytes)?
        .into_iter()
        .flat_map(|page| page.codes)
        .collect();
    match (codes.pop(), codes.is_empty()) {
        (Some(code), true) => Ok(code),
        (None, _) => Err(
            Refusal::new(Rule::NothingScanned, format!("no code was found in {place}"))
                .hint("give the text of the code instead"),
        ),
        (Some(_), false) => Err(
            Refusal::new(Rule::SeedMalformed, format!("{place} shows several codes"))
                .hint("cut the image to the one that is meant"),
        ),
    }
}

fn is_image(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x89PNG") || bytes.starts_with(b"\xff\xd8\xff") || bytes.starts_with(b"%PDF")
}
