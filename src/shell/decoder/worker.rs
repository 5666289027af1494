//! The decoder's own process: it takes from itself what a decoder never needs, then decodes until its input ends.
//!
//! Rules of this file:
//! - the rights go before the first byte of a scan is read: sockets, opening of files, other programs, other processes' memory;
//! - memory and the processor's time are bounded by the system: a scan that asks for more ends its decoder, and no other;
//! - a decoder is a fork of its keeper, which never sees a scan: where one ends over a scan, the keeper says so and forks the next;
//! - a decoder that ends while a request or an answer is under way ends its keeper with it: what is left in the pipes is no request;
//! - where the system does not know the filter, the process does its work all the same: what it was given is bounded anyway.

use crate::paper::scan::{self, Page};
use crate::refusal::Refusal;
use crate::secret::SecretBytes;
use crate::shell::decoder::{ENDED_OVER_IT, Kind, TOOK_TOO_LONG};
use crate::shell::lockdown;
use rustix::io::Errno;
use rustix::process::{Resource, Rlimit, WaitStatus};
use std::os::fd::BorrowedFd;
use std::time::Duration;
use strongroom_bedrock::apart::{self, Stage};
use strongroom_bedrock::{patience, stack};

/// The memory that a decoder may have, in bytes, this program with it: the largest picture, a copy in grey, and what the readers
/// need beside them.
const MEMORY_MAX: u64 = 256 << 20;

/// The time of the processor that a scan may take, to its first page.
const FIRST_PATIENCE: Duration = Duration::from_millis(1700);
/// So much more for each page that was read.
const PAGE_PATIENCE: Duration = Duration::from_millis(300);
/// So much more for each code of a vault copy, of which a page has twelve.
const CODE_PATIENCE: Duration = Duration::from_millis(300);

/// How far a decoder is, where it matters who ends with it.
const DECODING: u8 = 1;
const OTHERWISE: u8 = 0;

/// Keeps a decoder at work until the input ends.
pub fn run() {
    bound();
    let stage = Stage::new();
    lockdown::close_to_forks();
    let Ok(stage) = stage else { return };
    loop {
        let Ok(ended) = apart::run(|| decode(&stage)) else {
            return;
        };
        let over_a_scan = ended.exit_status() != Some(0) && stage.get() == DECODING;
        if !over_a_scan || !answered(&[over(ended)]) {
            return;
        }
    }
}

/// Decodes until the input ends. Whatever else goes wrong ends the process.
fn decode(stage: &Stage) {
    lockdown::close_to_pipes();
    stage.set(OTHERWISE);
    while let Some((kind, scan)) = requested() {
        stage.set(DECODING);
        let answer = stack::cleared(|| SecretBytes::new(written(scan.expose(|bytes| pages(kind, bytes)))));
        // The answer is under way in its own time.
        let _ = patience::end();
        stage.set(OTHERWISE);
        if !answer.expose(answered) {
            return;
        }
    }
}

/// The next scan; nothing at the end of the input, or where it is no request.
fn requested() -> Option<(Kind, SecretBytes)> {
    let from = rustix::stdio::stdin();
    let (mut kind, mut length) = ([0; 1], [0; 8]);
    if !read_all(from, &mut kind) || !read_all(from, &mut length) {
        return None;
    }
    let kind = Kind::from_number(kind[0])?;
    let length = usize::try_from(u64::from_le_bytes(length)).ok()?;
    if length > scan::BYTES_MAX {
        return None;
    }
    let scan = SecretBytes::try_build(length, |bytes| read_all(from, bytes).then_some(()).ok_or(()));
    Some((kind, scan.ok()?))
}

/// Sends an answer; whether somebody took it.
fn answered(answer: &[u8]) -> bool {
    let to = rustix::stdio::stdout();
    write_all(to, &(answer.len() as u64).to_le_bytes()) && write_all(to, answer)
}

/// What is answered for a decoder that ended over its scan.
fn over(ended: WaitStatus) -> u8 {
    if ended.terminating_signal() == Some(libc::SIGPROF) {
        TOOK_TOO_LONG
    } else {
        ENDED_OVER_IT
    }
}

/// The pages of a scan, each within its time.
fn pages(kind: Kind, scan: &[u8]) -> Result<Vec<Page>, Refusal> {
    // Where the system has no such timer, the parent ends us by the clock.
    let _ = patience::limit(FIRST_PATIENCE);
    let more = |time| {
        let _ = patience::extend(time);
    };
    let mut pages = Vec::new();
    let read = |page| {
        pages.push(page);
        more(PAGE_PATIENCE);
    };
    match kind {
        Kind::Sheets => scan::each_page(scan, read)?,
        Kind::Copy => scan::copy_pages(scan, || more(CODE_PATIENCE), read)?,
    }
    Ok(pages)
}

/// Through no buffer but the one that is given: what passed is nowhere else.
fn read_all(from: BorrowedFd<'_>, mut bytes: &mut [u8]) -> bool {
    while !bytes.is_empty() {
        match rustix::io::read(from, &mut *bytes) {
            Ok(0) => return false,
            Ok(read) => bytes = &mut bytes[read..],
            Err(Errno::INTR) => {}
            Err(_) => return false,
        }
    }
    true
}

fn write_all(to: BorrowedFd<'_>, mut bytes: &[u8]) -> bool {
    while !bytes.is_empty() {
        match rustix::io::write(to, bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(Errno::INTR) => {}
            Err(_) => return false,
        }
    }
    true
}

/// An answer, as its parent reads it.
pub(super) fn written(found: Result<Vec<Page>, Refusal>) -> Vec<u8> {
    match found {
        Ok(pages) => {
            let size = pages
                .iter()
                .flat_map(|page| page.codes.iter().chain(&page.remains))
                .map(|code| code.len() + 4)
                .sum::<usize>();
            let mut out = Vec::with_capacity(5 + 8 * pages.len() + size);
            out.push(0);
            put_number(&mut out, pages.len());
            for page in &pages {
                put_number(&mut out, page.codes.len());
                page.codes
                    .iter()
                    .for_each(|code| code.expose(|text| put_text(&mut out, text)));
                put_number(&mut out, usize::from(page.remains.is_some()));
                page.remains
                    .iter()
                    .for_each(|lines| lines.expose(|text| put_text(&mut out, text)));
            }
            out
        }
        Err(refusal) => {
            let mut out = vec![1];
            put_text(&mut out, refusal.rule().name());
            put_text(&mut out, refusal.sentence());
            put_number(&mut out, refusal.hints().len());
            refusal.hints().iter().for_each(|hint| put_text(&mut out, hint));
            out
        }
    }
}

fn put_number(out: &mut Vec<u8>, number: usize) {
    // Pages, codes and texts are bounded far below 2^32.
    out.extend_from_slice(&(number as u32).to_le_bytes());
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put_number(out, text.len());
    out.extend_from_slice(text.as_bytes());
}

/// The most that this process and its forks may have.
fn bound() {
    for (resource, most) in [(Resource::As, MEMORY_MAX), (Resource::Fsize, 0)] {
        let most = Some(most);
        let limit = Rlimit {
            current: most,
            maximum: most,
        };
        let _ = rustix::process::setrlimit(resource, limit);
    }
}
