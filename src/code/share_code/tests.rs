use super::*;
use crate::code::share_lines::GroupName;
use std::fmt;

/// The lines of [`example`], computed from the table above by another implementation.
pub(in crate::code) const EXAMPLE: &str = "SR1QQQQVPZARUM0K3D90NTSQV4JQQPQGPSGPGXQUYQJZSTPSXSURCSZYFPX9Q4ZCT3SXG6RVWP68SLQHWNTPFFUXW7T/SR1QGQGHGL8LLAL0UL0A0N78H7M6LFULJ78CWLMHDAN47460GULNWTE8RUTS7Q36LU0KK90MPVQ";
/// The same share in a rehearsal.
pub(in crate::code) const REHEARSAL: &str = "ZZ1QQQQVPZARUM0K3D90NTSQV4JQQPQGPSGPGXQUYQJZSTPSXSURCSZYFPX9Q4ZCT3SXG6RVWP68SLNY0YEWS8F9YMW/ZZ1QGQGHGL8LLAL0UL0A0N78H7M6LFULJ78CWLMHDAN47460GULNWTE8RUTS7QHUR4RVXVRH9UU";
/// The same share under the passphrase `correct horse` and the salt `sixteen of bytes`.
pub(in crate::code) const LOCKED: &str = "SR1QPQQVPZARUM0K3D90NTSQV4J5C2NAT6WHDUNMMEZ3NRRPPQH6L3RW298R5GU556XUSZ55MUX2TVQMF8AHN0GWT0K/SR1QFQGHGL9EKJ7R5V4JKUGR0VCSXY7T5V4E63HH043Q6P7HSX58P7RP3T6RA7XEUE0D3H58MNA/SR1Q3QGHGLYY7DTWPQFETWXSPJNQ688K8RMN278XYVF7VJFNU2V4T97G9QQLYXXNXN0KC2CZEYT";
const LOCKED_DIGEST: &str = "69416bff672f915d418b4023234501f525c9489ce9688e8c9d481e860042109c";
const LOCKED_AAD: &str = "004006045d1f36fb45a57cd70032b2";

pub(in crate::code) fn head(mode: Mode) -> ShareHead {
    ShareHead {
        mode,
        identity_kind: IdentityKind::X25519,
        needed: 3,
        index: ShareIndex::new(2).expect("not 0"),
        fingerprint: Fingerprint::from_hex("2e8f9b7da2d2be6b801959").expect("22 digits"),
    }
}

fn value() -> Secret<32> {
    Secret::build(|bytes| *bytes = std::array::from_fn(|i| i as u8))
}

fn blinder() -> Secret<32> {
    Secret::build(|bytes| *bytes = std::array::from_fn(|i| 255 - i as u8))
}

pub(in crate::code) fn example(mode: Mode) -> PaperShare {
    PaperShare::new(head(mode), value(), Some(blinder()))
}

fn locked() -> PaperShare {
    let passphrase = Passphrase::read("correct horse").expect("a passphrase");
    let (profile, salt) = (LockProfile::Argon2id256MiB, *b"sixteen of bytes");
    let head = head(Mode::Production);
    match PaperShare::locked(head, &value(), &blinder(), profile, &passphrase, salt) {
        Ok(share) => share,
        Err(error) => panic!("{error}"),
    }
}

fn qr(share: &PaperShare) -> String {
    share.lines().qr_text().expose(str::to_string)
}

/// A whole line with these bits, `0` and `1`, spaces for the eye.
pub(in crate::code) fn line_of_bits(mode: Mode, bits: &str) -> String {
    let bits: Vec<u8> = bits.bytes().filter(|bit| *bit != b' ').map(|bit| bit - b'0').collect();
    let symbols = Symbols::of(
        bits.chunks(5)
            .map(|five| five.iter().fold(0, |symbol, bit| symbol << 1 | bit)),
    );
    line_code::encode(mode, &symbols)
        .text()
        .expose(|text| format!("{}{text}", mode.prefix()))
}

#[test]
fn nothing_secret_on_this_floor_can_be_printed_copied_or_compared() {
    use crate::code::{correction::GroupOffer, line_code::Fix, reading::Offer};
    use static_assertions::assert_not_impl_any as never;
    never!(Symbols: fmt::Debug, fmt::Display, Clone, PartialEq);
    never!(Fix: fmt::Debug, fmt::Display, Clone, PartialEq);
    never!(PaperShare: fmt::Debug, fmt::Display, Clone, PartialEq);
    never!(ShareBody: fmt::Debug, fmt::Display, Clone, PartialEq);
    never!(ShareLines: fmt::Debug, fmt::Display, Clone, PartialEq);
    never!(Offer: fmt::Debug, fmt::Display, Clone, PartialEq);
    never!(GroupOffer: fmt::Debug, fmt::Display, Clone, PartialEq);
    never!(Passphrase: fmt::Debug, fmt::Display, Clone, PartialEq);
}

#[test]
fn an_open_share_gives_the_lines_of_the_table() {
    assert_eq!(qr(&example(Mode::Production)), EXAMPLE);
    assert_eq!(qr(&example(Mode::Rehearsal)), REHEARSAL);
    assert_eq!(EXAMPLE.len(), 167);
}

#[test]
fn a_locked_share_gives_the_lines_of_the_table() {
    let share = locked();
    assert_eq!(qr(&share), LOCKED);
    assert_eq!(LOCKED.len(), 243);
    assert_eq!(
        share.lock_digest().map(|digest| digest.to_string()).as_deref(),
        Some(LOCKED_DIGEST)
    );
    let aad = PaperShare::aad(&share.head, Some(LockProfile::Argon2id256MiB));
    assert_eq!(crate::hex::encode(&aad), LOCKED_AAD);
}

#[test]
fn a_code_has_only_characters_of_the_alphanumeric_mode() {
    assert!(
        LOCKED
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'/')
    );
}

#[test]
fn a_locked_share_opens_to_its_passphrase_and_stays_locked_to_another() {
    let wrong = Passphrase::read("correct horses").expect("a passphrase");
    let Err((share, error)) = locked().opened(&wrong) else {
        panic!("another passphrase opened it")
    };
    assert_eq!(error, LockError::WrongPassphrase);
    let right = Passphrase::read("correct horse").expect("a passphrase");
    assert!(
        share
            .opened(&right)
            .is_ok_and(|share| qr(&share) == EXAMPLE && share.lock_digest().is_none())
    );
}

#[test]
fn only_an_open_share_goes_to_the_commitments() {
    assert!(locked().into_share().is_err());
    assert!(
        example(Mode::Production)
            .into_share()
            .is_ok_and(|share| share.index().get() == 2)
    );
}

#[test]
fn a_share_without_a_blinder_has_line_a_alone() {
    let share = PaperShare::new(head(Mode::Production), value(), None);
    assert_eq!(Some(qr(&share).as_str()), EXAMPLE.split('/').next());
}

#[test]
fn groups_are_named_as_on_the_sheet() {
    let mut groups = Vec::new();
    let lines = example(Mode::Production).lines();
    lines.for_each_group(Line::A, |name, text| groups.push(format!("{name} {text}")));
    assert_eq!(groups.len(), 22);
    assert_eq!(groups[0], format!("A1 {}", &EXAMPLE[3..7]));
    assert_eq!(groups[21], format!("A22 {}", &EXAMPLE[87..91]));
    lines.for_each_group(Line::C, |_, _| panic!("an open share has no line C"));
    assert_eq!(GroupName::at(Line::B, 71).to_string(), "B18");
    assert_eq!(GroupName::at(Line::B, 1000).to_string(), "B18");
    assert_eq!(GroupName::new(Line::B, 19), None);
    assert_eq!(GroupName::new(Line::A, 0), None);
}

#[test]
fn a_typed_group_fits_or_does_not() {
    let lines = example(Mode::Production).lines();
    let name = GroupName::new(Line::A, 22).expect("the last group");
    let right = EXAMPLE[87..91].to_lowercase();
    for typed in [
        right.clone(),
        format!(" {} {}\n", &right[..2], &right[2..]),
        format!("a22: {right}"),
    ] {
        assert_eq!(lines.group_fits(name, &typed), Some(true), "{typed}");
    }
    for typed in ["", "qqqq", &right[..3], &format!("{right}q"), "????"] {
        assert_eq!(lines.group_fits(name, typed), Some(false), "{typed}");
    }
    assert_eq!(lines.group_fits(GroupName::at(Line::C, 0), &right), None);
}

#[test]
fn whole_lines_that_say_what_is_unknown_are_refused_by_what_they_say() {
    let (mark, bytes) = ("0".repeat(20), "0".repeat(256));
    let head = format!("00000011 00000010 {}", "0".repeat(88));
    let cases = [
        (
            format!("00001 00000 00000 {head} {bytes}"),
            CodeError::NewerVersion { version: 1 },
        ),
        (
            format!("11111 11111 {}", "0".repeat(100)),
            CodeError::NewerVersion { version: 31 },
        ),
        (
            format!("00000 11000 00000010 {mark} {bytes} 0"),
            CodeError::UnknownKind { kind: 24 },
        ),
        (
            format!("00000 10000 00000010 {mark} {bytes} 0"),
            CodeError::UnknownKind { kind: 16 },
        ),
        (
            format!("00000 00010 00000 {head} {bytes}"),
            CodeError::UnknownLock { profile: 2 },
        ),
        (
            format!("00000 01111 00000010 {mark} {bytes} 0"),
            CodeError::UnknownLock { profile: 7 },
        ),
        (
            format!("00000 00000 00001 {head} {bytes}"),
            CodeError::UnknownIdentity { kind: 1 },
        ),
        (
            format!("00000 01000 00000010 {mark} {bytes} 1"),
            CodeError::ReservedBit { line: Line::B },
        ),
        (
            format!("00000 01000 00000000 {mark} {bytes} 0"),
            CodeError::IndexZero { line: Line::B },
        ),
        (
            format!("00000 00000 00000 {} {bytes}", head.replacen("10 ", "00 ", 1)),
            CodeError::IndexZero { line: Line::A },
        ),
        (
            format!("00000 00000 00000 {} {bytes}", head.replacen("11 ", "01 ", 1)),
            CodeError::Needed { needed: 1 },
        ),
        (
            format!("00000 01000 {head} {bytes} 000"),
            CodeError::Length {
                line: Line::B,
                found: 88,
                group: None,
            },
        ),
    ];
    for (bits, error) in cases {
        let line = Symbols::from_text(&line_of_bits(Mode::Production, &bits)[3..].replace(' ', "")).expect("symbols");
        assert!(line_code::check(Mode::Production, &line));
        assert_eq!(read_line(Mode::Production, &line).err(), Some(error), "{bits}");
    }
}
