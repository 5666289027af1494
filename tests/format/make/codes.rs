//! The vectors of codes: RFC 6238, appendix B.

#![allow(clippy::too_many_lines, reason = "a list")]

use super::*;

/// When, and which code.
type Rows = [(u64, &'static str); 6];

pub(super) fn codes(book: &mut Book) {
    let base32 = |length: usize| {
        let key: Vec<u8> = b"1234567890".iter().copied().cycle().take(length).collect();
        data_encoding::BASE32_NOPAD.encode(&key)
    };
    let table: [(&str, usize, Rows); 3] = [
        (
            "SHA1",
            20,
            [
                (59, "94287082"),
                (1_111_111_109, "07081804"),
                (1_111_111_111, "14050471"),
                (1_234_567_890, "89005924"),
                (2_000_000_000, "69279037"),
                (20_000_000_000, "65353130"),
            ],
        ),
        (
            "SHA256",
            32,
            [
                (59, "46119246"),
                (1_111_111_109, "68084774"),
                (1_111_111_111, "67062674"),
                (1_234_567_890, "91819424"),
                (2_000_000_000, "90698825"),
                (20_000_000_000, "77737706"),
            ],
        ),
        (
            "SHA512",
            64,
            [
                (59, "90693936"),
                (1_111_111_109, "25091201"),
                (1_111_111_111, "99943326"),
                (1_234_567_890, "93441116"),
                (2_000_000_000, "38618901"),
                (20_000_000_000, "47863826"),
            ],
        ),
    ];
    for (algorithm, length, rows) in table {
        for (time, code) in rows {
            let secret =
                json!({ "seed": base32(length), "algorithm": algorithm, "digits": 8, "period": 30, "label": "" });
            let name = format!("{}_at_{time}", algorithm.to_lowercase());
            book.holds(
                "code",
                &name,
                "a row of RFC 6238, appendix B",
                json!({ "secret": secret, "time": time }),
                json!({ "code": code }),
            );
        }
    }
    let with = |digits: u8, period: u16| json!({ "secret": { "seed": base32(20), "algorithm": "SHA1", "digits": digits, "period": period, "label": "" }, "time": 59 });
    book.holds(
        "code",
        "six_digits",
        "six digits are the last six",
        with(6, 30),
        json!({ "code": "287082" }),
    );
    book.holds(
        "code",
        "seven_digits",
        "seven digits are the last seven",
        with(7, 30),
        json!({ "code": "4287082" }),
    );
    book.holds(
        "code",
        "period_of_60",
        "second 59 lies in the first minute: RFC 4226, appendix D, count 0",
        with(6, 60),
        json!({ "code": "755224" }),
    );
}
