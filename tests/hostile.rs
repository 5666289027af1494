//! Every reader against inputs that are nearly right, in small numbers; `just deep` tries 100,000 of each, `just fuzz` more.

#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    reason = "a test may stop at the first surprise"
)]

#[path = "hostile/attack.rs"]
mod attack;
#[path = "hostile/mutate.rs"]
mod mutate;
#[path = "hostile/parsers.rs"]
mod parsers;
#[path = "format/sample.rs"]
mod sample;

/// What is allocated is counted: a reader that a small file makes ask for much is found.
#[global_allocator]
static MEMORY: peak_alloc::PeakAlloc = peak_alloc::PeakAlloc;

#[test]
fn no_reader_panics_or_takes_what_nobody_wrote() {
    for parser in parsers::PARSERS {
        let count = match parser.name {
            "image" | "pdf" | "record" | "age" | "invite" | "answer" => 200,
            "plan" => 500,
            _ => 2000,
        };
        let outcome = attack::attempt(parser, count);
        assert!(outcome.is_good(), "{}: {outcome}", parser.name);
    }
}
