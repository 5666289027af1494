//! Seeds in, codes out (RFC 4226, RFC 6238).
//!
//! Rules of this file:
//! - a seed is taken as providers give it: an `otpauth://totp/` URI, or base32 in either case, with spaces, dashes or padding;
//! - what cannot be a seed is refused without quoting any of it;
//! - time is an argument, in seconds since 1970; a code is shown with how long it lasts.

use crate::refusal::{Refusal, Rule};
use crate::secret::{SecretBytes, SecretText};
use data_encoding::{BASE32_NOPAD, Encoding};
use percent_encoding::percent_decode_str;
use std::sync::LazyLock;
use zeroize::Zeroizing;

/// The hash under a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// SHA-1, what every provider means when it says nothing.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

impl Algorithm {
    /// The name in URIs and records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
        }
    }

    /// The algorithm of that name, in either case.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Sha1, Self::Sha256, Self::Sha512]
            .into_iter()
            .find(|algorithm| algorithm.as_str().eq_ignore_ascii_case(name))
    }
}

/// What turns a seed into codes. Nothing of it is secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// The hash.
    pub algorithm: Algorithm,
    /// 6 to 8.
    pub digits: u8,
    /// The life of a code in seconds, 1 to 3600.
    pub period: u16,
}

impl Parameters {
    /// What is meant when a provider says nothing: SHA-1, 6 digits, 30 seconds.
    pub const DEFAULT: Self = Self {
        algorithm: Algorithm::Sha1,
        digits: 6,
        period: 30,
    };

    /// Checked parameters.
    pub fn new(algorithm: Algorithm, digits: u8, period: u16) -> Option<Self> {
        ((6..=8).contains(&digits) && (1..=3600).contains(&period)).then_some(Self {
            algorithm,
            digits,
            period,
        })
    }
}

/// A virtual MFA device: the seed, how it makes codes, and what the provider called it.
pub struct Seed {
    key: SecretBytes,
    parameters: Parameters,
    label: String,
}

/// A code and its remaining life.
pub struct Code {
    /// 6 to 8 digits.
    pub digits: SecretText,
    /// Seconds until the next code.
    pub seconds_left: u64,
}

/// RFC 4648 base32 without a check of the last bits: authenticators forgive them, so a seed with them must keep working.
static LENIENT: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = BASE32_NOPAD.specification();
    specification.check_trailing_bits = false;
    specification.encoding().unwrap_or(BASE32_NOPAD)
});

const SEED_MAX: usize = 256;
const URI_MAX: usize = 2048;

impl Seed {
    /// Takes an `otpauth://totp/` URI or base32 text. 10 to 256 base32 characters: 128 bits are advised, 50 are met.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        if text.len() > URI_MAX {
            return Err(malformed("it is longer than a seed can be"));
        }
        let is_uri = text
            .get(..10)
            .is_some_and(|start| start.eq_ignore_ascii_case("otpauth://"));
        if is_uri {
            Self::parse_uri(&text[10..])
        } else {
            Self::from_base32(text, Parameters::DEFAULT, String::new())
        }
    }

    /// A seed from its base32 text and its parameters.
    pub fn from_base32(text: &str, parameters: Parameters, label: String) -> Result<Self, Refusal> {
        let symbols = Zeroizing::new(
            text.chars()
                .filter(|c| !c.is_whitespace() && *c != '-' && *c != '=')
                .collect::<String>()
                .to_ascii_uppercase(),
        );
        if !(10..=SEED_MAX).contains(&symbols.len()) {
            return Err(malformed(&format!(
                "it has {} base32 characters, 10 to {SEED_MAX} are allowed",
                symbols.len()
            )));
        }
        let key = LENIENT.decode(symbols.as_bytes()).map_err(|fault| {
            malformed(&format!(
                "it is not base32 (A-Z, 2-7) at character {}",
                fault.position + 1
            ))
        })?;
        Ok(Self {
            key: SecretBytes::new(key),
            parameters,
            label,
        })
    }

    fn parse_uri(rest: &str) -> Result<Self, Refusal> {
        let (kind, rest) = rest
            .split_once('/')
            .ok_or_else(|| malformed("the URI ends before its label"))?;
        if !kind.eq_ignore_ascii_case("totp") {
            return Err(malformed(
                "only time-based seeds are kept: the URI begins otpauth://totp/",
            ));
        }
        let (label, query) = rest.split_once('?').ok_or_else(|| malformed("the URI has no secret"))?;
        let mut secret: Option<Zeroizing<String>> = None;
        let (mut algorithm, mut digits, mut period) = (Algorithm::Sha1, 6, 30);
        for (key, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            match key.to_ascii_lowercase().as_str() {
                "secret" if secret.is_some() => return Err(malformed("the URI has two secrets")),
                "secret" => secret = Some(decoded(value)?),
                "algorithm" => {
                    algorithm = Algorithm::from_name(value)
                        .ok_or_else(|| malformed("its algorithm is not SHA1, SHA256 or SHA512"))?;
                }
                "digits" => digits = value.parse().map_err(|_| malformed("its digits are not a number"))?,
                "period" => {
                    period = value
                        .parse()
                        .map_err(|_| malformed("its period is not a number of seconds"))?;
                }
                _ => {}
            }
        }
        let secret = secret.ok_or_else(|| malformed("the URI has no secret"))?;
        let parameters = Parameters::new(algorithm, digits, period)
            .ok_or_else(|| malformed("a code has 6 to 8 digits and lasts 1 to 3600 seconds"))?;
        let label: String = decoded(label)?.chars().filter(|c| !c.is_control()).take(128).collect();
        Self::from_base32(&secret, parameters, label)
    }

    /// How the seed makes codes.
    pub fn parameters(&self) -> Parameters {
        self.parameters
    }

    /// What the provider called the device; may be empty.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The seed as base32, upper case, without padding: the one spelling in records.
    pub fn to_base32(&self) -> SecretText {
        let length = BASE32_NOPAD.encode_len(self.key.len());
        SecretText::build(length, |text| {
            self.key.expose(|key| BASE32_NOPAD.encode_append(key, text));
        })
    }

    /// The seed as the URI that an authenticator takes.
    pub fn to_uri(&self) -> SecretText {
        let label = percent_encoding::utf8_percent_encode(&self.label, percent_encoding::NON_ALPHANUMERIC).to_string();
        let Parameters {
            algorithm,
            digits,
            period,
        } = self.parameters;
        self.to_base32().expose(|secret| {
            SecretText::new(format!(
                "otpauth://totp/{label}?secret={secret}&algorithm={}&digits={digits}&period={period}",
                algorithm.as_str()
            ))
        })
    }

    /// The code at `time`, in seconds since 1970.
    pub fn code_at(&self, time: u64) -> Code {
        let Parameters {
            algorithm,
            digits,
            period,
        } = self.parameters;
        let algorithm = match algorithm {
            Algorithm::Sha1 => totp_rs::Algorithm::SHA1,
            Algorithm::Sha256 => totp_rs::Algorithm::SHA256,
            Algorithm::Sha512 => totp_rs::Algorithm::SHA512,
        };
        let period = u64::from(period);
        let totp = totp_rs::Builder::new()
            .with_algorithm(algorithm)
            .with_digits(digits)
            .with_step_duration(period)
            .with_secret(self.key.expose(<[u8]>::to_vec))
            .build_noncompliant();
        Code {
            digits: SecretText::new(totp.generate(time).to_string()),
            seconds_left: period - time % period,
        }
    }
}

impl Seed {
    /// How far a clock that says `time` is off, in seconds, if `code` is good now: the nearest of so many periods each way whose code it is.
    pub fn drift(&self, code: &str, time: u64, windows: u8) -> Option<i64> {
        let period = i64::from(self.parameters.period);
        let off = |step: i64| step * period;
        let is_it = |drift: &i64| {
            let then = time.saturating_add_signed(*drift);
            self.code_at(then).digits.expose(|digits| digits == code)
        };
        let steps = (0..=i64::from(windows)).flat_map(|step| [step, -step]);
        steps.map(off).find(is_it)
    }
}

fn decoded(text: &str) -> Result<Zeroizing<String>, Refusal> {
    let text = percent_decode_str(text)
        .decode_utf8()
        .map_err(|_| malformed("the URI is not UTF-8"))?;
    Ok(Zeroizing::new(text.into_owned()))
}

fn malformed(found: &str) -> Refusal {
    Refusal::new(Rule::SeedMalformed, format!("this is not an MFA seed: {found}"))
        .hint("give the otpauth:// URI of the provider's QR code, its base32 text, or the QR code as an image")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_known_good_code_tells_how_far_a_clock_is_off() {
        let seed = Seed::parse("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").ok().unwrap();
        let good = seed.code_at(1_000_000).digits.expose(str::to_string);
        for off in [0_i64, 30, -30, 180, -180] {
            let said = 1_000_000_u64.saturating_add_signed(-off);
            assert_eq!(seed.drift(&good, said, 6), Some(off), "{off}");
        }
        assert_eq!(
            seed.drift(&good, 1_000_000 + 210, 6),
            None,
            "seven periods are too many"
        );
        assert_eq!(seed.drift("000000x", 1_000_000, 6), None);
    }

    fn code(seed: &str, time: u64) -> String {
        Seed::parse(seed)
            .ok()
            .unwrap()
            .code_at(time)
            .digits
            .expose(str::to_string)
    }

    fn rfc(algorithm: Algorithm, key: &[u8]) -> Seed {
        let parameters = Parameters::new(algorithm, 8, 30).unwrap();
        Seed::from_base32(&BASE32_NOPAD.encode(key), parameters, String::new())
            .ok()
            .unwrap()
    }

    #[test]
    fn the_vectors_of_rfc_6238_hold() {
        let digits = b"1234567890".repeat(7);
        let vectors = [
            (59, "94287082", "46119246", "90693936"),
            (1_111_111_109, "07081804", "68084774", "25091201"),
            (1_111_111_111, "14050471", "67062674", "99943326"),
            (1_234_567_890, "89005924", "91819424", "93441116"),
            (2_000_000_000, "69279037", "90698825", "38618901"),
            (20_000_000_000, "65353130", "77737706", "47863826"),
        ];
        for (time, sha1, sha256, sha512) in vectors {
            for (algorithm, length, expected) in [
                (Algorithm::Sha1, 20, sha1),
                (Algorithm::Sha256, 32, sha256),
                (Algorithm::Sha512, 64, sha512),
            ] {
                let found = rfc(algorithm, &digits[..length]).code_at(time).digits;
                assert!(found.expose(|found| found == expected), "{time} {algorithm:?}");
            }
        }
    }

    #[test]
    fn a_seed_is_the_same_in_either_case_with_spaces_dashes_and_padding() {
        let expected = code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 59);
        for seed in [
            "gezdgnbvgy3tqojqgezdgnbvgy3tqojq",
            "gezd gnbv gy3t qojq gezd gnbv gy3t qojq",
            "GEZD-GNBV-GY3T-QOJQ-GEZD-GNBV-GY3T-QOJQ======",
            "  GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n",
            "otpauth://totp/root@log-archive?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
            "OTPAUTH://TOTP/x?issuer=AWS&SECRET=gezdgnbvgy3tqojqgezdgnbvgy3tqojq",
        ] {
            assert_eq!(code(seed, 59), expected, "{seed}");
        }
    }

    #[test]
    fn a_uri_may_name_hash_digits_and_period() {
        let seed = Seed::parse("otpauth://totp/a%20b?secret=GEZDGNBVGY3TQOJQ&algorithm=SHA256&digits=8&period=60")
            .ok()
            .unwrap();
        assert_eq!(
            seed.parameters(),
            Parameters {
                algorithm: Algorithm::Sha256,
                digits: 8,
                period: 60
            }
        );
        assert_eq!(seed.label(), "a b");
        assert_eq!(seed.code_at(61).seconds_left, 59);
    }

    #[test]
    fn a_seed_reads_back_from_its_uri() {
        let seed = Seed::parse("otpauth://totp/Büro:x?secret=GEZDGNBVGY3TQOJQ&digits=7")
            .ok()
            .unwrap();
        let again = seed.to_uri().expose(|uri| Seed::parse(uri).ok().unwrap());
        assert_eq!(again.label(), seed.label());
        assert_eq!(again.parameters(), seed.parameters());
        assert!(again.to_base32().expose(|text| text == "GEZDGNBVGY3TQOJQ"));
    }

    #[test]
    fn what_is_no_seed_is_refused_without_being_quoted() {
        for bad in [
            "",
            "short",
            "GEZDGNBV1",
            "GEZDGNBVGY3TQOJ8",
            "otpauth://hotp/x?secret=GEZDGNBVGY3TQOJQ",
            "otpauth://totp/x",
            "otpauth://totp/x?secret=",
            "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&digits=9",
            "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&period=0",
            "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&algorithm=MD5",
            "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&secret=GEZDGNBVGY3TQOJQ",
            "otpauth://totp/x?secret=%ff%fe",
        ] {
            let refusal = Seed::parse(bad).err().unwrap();
            assert_eq!(refusal.rule(), Rule::SeedMalformed, "{bad}");
            assert!(!refusal.sentence().contains("GEZD"), "{bad}");
        }
    }
}
