//! Project Wycheproof's vectors, on the primitives that this program calls itself: what is valid is taken, what is not is refused.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use ed25519_dalek::{Signature, VerifyingKey};
use wycheproof::TestResult;

#[test]
fn chacha20_poly1305_opens_what_is_valid_and_nothing_else() {
    let set = wycheproof::aead::TestSet::load(wycheproof::aead::TestName::ChaCha20Poly1305).unwrap();
    let mut tried = 0;
    for group in &set.test_groups {
        for test in &group.tests {
            let cipher = ChaCha20Poly1305::new_from_slice(&test.key).unwrap();
            let whole = [&test.ct[..], &test.tag[..]].concat();
            let payload = Payload {
                msg: &whole,
                aad: &test.aad,
            };
            let opened = Nonce::try_from(&test.nonce[..])
                .ok()
                .and_then(|nonce| cipher.decrypt(&nonce, payload).ok());
            match test.result {
                TestResult::Invalid => assert!(opened.is_none(), "{}: {}", test.tc_id, test.comment),
                _ => assert_eq!(
                    opened.as_deref(),
                    Some(&test.pt[..]),
                    "{}: {}",
                    test.tc_id,
                    test.comment
                ),
            }
            tried += 1;
        }
    }
    assert!(tried >= 300, "{tried}");
}

#[test]
fn hkdf_gives_what_is_due_and_no_more_than_it_may() {
    use wycheproof::hkdf::{TestName, TestSet};
    let mut tried = 0;
    for name in [TestName::HkdfSha256, TestName::HkdfSha512] {
        let set = TestSet::load(name).unwrap();
        for test in set.test_groups.iter().flat_map(|group| &group.tests) {
            let mut out = vec![0; test.size];
            let made = match name {
                TestName::HkdfSha256 => {
                    hkdf::Hkdf::<sha2::Sha256>::new(Some(&test.salt), &test.ikm).expand(&test.info, &mut out)
                }
                _ => hkdf::Hkdf::<sha2::Sha512>::new(Some(&test.salt), &test.ikm).expand(&test.info, &mut out),
            };
            match test.result {
                TestResult::Invalid => assert!(made.is_err(), "{}: {}", test.tc_id, test.comment),
                _ => assert!(made.is_ok() && out == test.okm[..], "{}: {}", test.tc_id, test.comment),
            }
            tried += 1;
        }
    }
    assert!(tried >= 150, "{tried}");
}

#[test]
fn ed25519_takes_what_is_valid_and_nothing_else() {
    let set = wycheproof::eddsa::TestSet::load(wycheproof::eddsa::TestName::Ed25519).unwrap();
    let mut tried = 0;
    for group in &set.test_groups {
        let key = VerifyingKey::from_bytes(group.key.pk[..].try_into().unwrap()).unwrap();
        for test in &group.tests {
            let signature = Signature::from_slice(&test.sig).ok();
            let taken = signature.is_some_and(|signature| key.verify_strict(&test.msg, &signature).is_ok());
            assert_eq!(
                taken,
                test.result != TestResult::Invalid,
                "{}: {}",
                test.tc_id,
                test.comment
            );
            tried += 1;
        }
    }
    assert!(tried >= 100, "{tried}");
}
