//! `just deep`: the long promises in full numbers, one row each; status 1 when one falls short. The last figures stand in
//! docs/assurance.md.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test harness of its own, which may stop at the first surprise"
)]

#[path = "../hostile/attack.rs"]
mod attack;
#[path = "../assurance/chi.rs"]
mod chi;
#[path = "../common/mod.rs"]
mod common;
#[path = "../assurance/dealings.rs"]
mod dealings;
#[path = "../assurance/forgeries.rs"]
mod forgeries;
#[path = "../hostile/mutate.rs"]
mod mutate;
#[path = "../assurance/orders.rs"]
mod orders;
#[path = "../hostile/parsers.rs"]
mod parsers;
#[path = "../assurance/passwords.rs"]
mod passwords;
#[path = "../common/python.rs"]
mod python;
#[path = "../format/sample.rs"]
mod sample;
#[path = "../assurance/spoiling.rs"]
mod spoiling;
#[path = "../spec/stranger.rs"]
#[allow(dead_code, reason = "a part of it is used here")]
mod stranger;
#[path = "../format/vault.rs"]
mod vault;
#[path = "../assurance/vaults.rs"]
mod vaults;

use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Instant;

/// What is allocated is counted: a reader that a small file makes ask for much is found.
#[global_allocator]
static MEMORY: peak_alloc::PeakAlloc = peak_alloc::PeakAlloc;

/// One promise: what must be reached, and how it is tried. The answer says what was reached, and whether that is enough.
struct Promise {
    name: &'static str,
    wanted: &'static str,
    attempt: fn() -> (String, bool),
}

const PROMISES: [Promise; 10] = [
    Promise {
        name: "coefficients of dealings of a fixed secret",
        wanted: "1,000,000 dealings, χ² below the 99.99 % bound",
        attempt: coefficients,
    },
    Promise {
        name: "altered lines with whole checksums",
        wanted: "1,000,000 lines, 0 prove",
        attempt: altered_lines,
    },
    Promise {
        name: "orders of seven shares of a 4-of-7, up to three forged",
        wanted: "5,040 orders recovered, every forger named",
        attempt: all_orders,
    },
    Promise {
        name: "generated password characters",
        wanted: "10,000,000 characters, χ² below the 99.99 % bound",
        attempt: password_characters,
    },
    Promise {
        name: "hostile inputs",
        wanted: "100,000 for each of 15 readers and 10,000,000 over all; no panic, nothing taken that nobody wrote, each within 2 s of the processor and 256 MiB",
        attempt: hostile_inputs,
    },
    Promise {
        name: "random vaults through the recoverer",
        wanted: "1,000 of 1,000, 100 of them with locked shares",
        attempt: random_vaults,
    },
    Promise {
        name: "share sheets, drawn and not read back",
        wanted: "100 on both papers, open and locked: the median within 20 ms of one processor, each within 60 kB",
        attempt: drawn_sheets,
    },
    Promise {
        name: "random sheets at 150 and 300 dpi",
        wanted: "1,000 of 1,000 by the program, and by zbarimg asked for QR codes",
        attempt: random_sheets,
    },
    Promise {
        name: "spoiled sheets",
        wanted: "560 pictures, no wrong share, at least as many read as by zbarimg and by rxing alone",
        attempt: spoiled_sheets,
    },
    Promise {
        name: "sheets that lost a quarter of their secret panel",
        wanted: "a disc at every place of a 5 mm grid, on both papers, open and locked: the share is read",
        attempt: discs,
    },
];

fn main() -> ExitCode {
    let mut short = 0;
    println!(
        "cores {}, release {}\n",
        std::thread::available_parallelism().map_or(1, usize::from),
        !cfg!(debug_assertions)
    );
    // An argument picks the promises whose name has it.
    let wanted_names: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let is_wanted =
        |name: &str| wanted_names.is_empty() || wanted_names.iter().any(|wanted| name.contains(wanted.as_str()));
    for Promise { name, wanted, attempt } in PROMISES.into_iter().filter(|promise| is_wanted(promise.name)) {
        let started = Instant::now();
        let (reached, kept) = attempt();
        short += usize::from(!kept);
        let verdict = if kept { "reached" } else { "SHORT" };
        println!(
            "{verdict:<8} {name}\n         wanted   {wanted}\n         reached  {reached}\n         in       {:.0} s\n",
            started.elapsed().as_secs_f64()
        );
    }
    println!("{short} of the promises tried fell short");
    if short == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn coefficients() -> (String, bool) {
    match dealings::judge(1_000_000) {
        Ok(worst) => (
            format!("1,000,000 dealings; the worst of 37 statistics is {worst:.2} of its bound"),
            true,
        ),
        Err(fault) => (fault, false),
    }
}

fn altered_lines() -> (String, bool) {
    let tried = forgeries::attempt(1_000_000);
    let enough = tried.judged + tried.refused == 1_000_000;
    (
        format!(
            "{} put to the proof, {} refused before, {} proved",
            tried.judged, tried.refused, tried.proved
        ),
        enough && tried.proved == 0,
    )
}

fn all_orders() -> (String, bool) {
    let wrong = orders::attempt(5040);
    wrong
        .iter()
        .take(5)
        .for_each(|line| println!("         wrong    {line}"));
    (format!("{} of 5,040", 5040 - wrong.len()), wrong.is_empty())
}

fn password_characters() -> (String, bool) {
    let (chi, bound, count) = passwords::judge(10_000_000);
    (
        format!("{count} characters; χ² {chi:.1}, its bound {bound:.1}"),
        chi < bound,
    )
}

fn hostile_inputs() -> (String, bool) {
    // Names of readers among the words pick those.
    let words: Vec<String> = std::env::args().collect();
    let picked: Vec<&parsers::Parser> = parsers::PARSERS
        .iter()
        .filter(|parser| words.iter().any(|word| word == parser.name))
        .collect();
    let is_whole = picked.is_empty();
    let readers = if is_whole {
        parsers::PARSERS.iter().collect()
    } else {
        picked
    };
    let (mut inputs, mut good) = (0, true);
    for parser in readers {
        // The quick ones make up the ten million.
        let count = match parser.name {
            "share" | "words" => 200_000,
            "plan" | "set" | "record" | "age" | "invite" | "answer" | "image" | "pdf" => 100_000,
            _ => 1_900_000,
        };
        let outcome = attack::attempt(parser, count);
        println!("         {:<9}{outcome}", parser.name);
        inputs += outcome.inputs;
        good &= outcome.is_good();
    }
    (format!("{inputs} inputs"), good && (inputs >= 10_000_000 || !is_whole))
}

fn drawn_sheets() -> (String, bool) {
    let (worked, passed, bytes) = spoiling::drawing(100);
    (
        format!("median {worked:.1} ms of one processor, {passed:.1} ms by the clock; largest {bytes} bytes"),
        worked < 20.0 && bytes < 60_000,
    )
}

fn random_sheets() -> (String, bool) {
    let read = spoiling::clean(0..1000);
    read.short
        .iter()
        .take(10)
        .for_each(|sheet| println!("         short    {sheet}"));
    (
        format!("{} of 1,000 by the program, {} by zbarimg", read.program, read.zbarimg),
        (read.program, read.zbarimg) == (1000, 1000),
    )
}

fn spoiled_sheets() -> (String, bool) {
    let rows = spoiling::attempt(40);
    let all = spoiling::sum(&rows);
    println!("{}", spoiling::table(&rows));
    (
        format!(
            "{} pictures: {} by the program, {} by zbarimg, {} by rxing, {} wrong",
            all.pictures, all.program, all.zbarimg, all.rxing, all.wrong
        ),
        all.pictures >= 500 && all.wrong == 0 && all.program >= all.zbarimg.max(all.rxing),
    )
}

fn discs() -> (String, bool) {
    let (read, all, lost) = spoiling::discs(5.0);
    lost.iter()
        .take(5)
        .for_each(|place| println!("         lost     {place}"));
    (format!("{read} of {all}, by their codes"), read == all)
}

/// Two at a time; a passphrase takes 256 MiB.
fn random_vaults() -> (String, bool) {
    let next = Mutex::new(0..1000);
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let number = next.lock().unwrap().next();
                    let Some(number) = number else { break };
                    let restored = vaults::restore(number, number % 10 == 0);
                    if !restored.is_right() {
                        wrong
                            .lock()
                            .unwrap()
                            .push(format!("{}: {:?}", restored.what, restored.ended));
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    for line in wrong.iter().take(5) {
        println!("         wrong    {line}");
    }
    (format!("{} of 1,000 restored", 1000 - wrong.len()), wrong.is_empty())
}
