//! Every reader of `tests/hostile/parsers.rs`, one a run: `PARSER=plan cargo fuzz run readers`. `just fuzz SECONDS` tries each.
//!
//! With `SEEDS=folder` it writes the seeds of the reader there and ends.
#![no_main]

#[path = "../../tests/hostile/parsers.rs"]
#[allow(dead_code, reason = "what `just deep` judges besides is no matter of the engine")]
mod parsers;
#[path = "../../tests/format/sample.rs"]
#[allow(dead_code)]
mod sample;

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static PARSER: LazyLock<&parsers::Parser> = LazyLock::new(|| {
    let name = std::env::var("PARSER").expect("PARSER names a reader");
    let parser = parsers::PARSERS.iter().find(|parser| parser.name == name).expect("PARSER names a reader");
    if let Ok(folder) = std::env::var("SEEDS") {
        std::fs::create_dir_all(&folder).expect("a folder for seeds");
        for (number, seed) in (parser.seeds)().iter().enumerate() {
            std::fs::write(format!("{folder}/seed-{number}"), seed).expect("a seed");
        }
        std::process::exit(0);
    }
    parser
});

fuzz_target!(|data: &[u8]| {
    let _ = (PARSER.read)(data);
});
